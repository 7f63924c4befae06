"""The shipped scenario ``spawning`` with as many children as one allows: what each further child changes."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

from vsmlab.lab.newborn import nodes_of
from vsmlab.lab.record import Run
from vsmlab.lab.report.numerals import number
from vsmlab.lab.run import run
from vsmlab.lab.scenario import Scenario
from vsmlab.lab.series import history
from vsmlab.lab.series_lives import refused_for_depth
from vsmlab.laws import kinds as k

FAMILIES: Final = MappingProxyType(
    {
        "no child": "policy.spawn.max_depth=0",
        "one child": "organisation.spawn.at_most=1",
        "two children": "organisation.spawn.at_most=2",
        "three children": "organisation.spawn.at_most=3",
    }
)
"""What is set in the scenario, by the name of the organisation."""
WORK: Final = ("env_op", "op_env", "op_op")
"""Channels of the work itself; all others are the metasystem's."""


def family_run(name: str, seed: int, *, until: float, engine: str) -> Run:
    """One run of an organisation that may have so many children.

    Args:
        name: One of ``FAMILIES``.
        seed: Seed.
        until: Horizon, seconds.
        engine: As for ``vsmlab.run``.
    """
    return run("spawning", seed=seed, until=until, overrides=[FAMILIES[name]], engine=engine)


def metasystem_messages(done: Run, unit: str = "crew") -> float:
    """Messages on all channels but those of the work itself, for each task that a unit served in the window."""
    told = sum(use["messages"] for kind, use in done.measures["channels"].items() if kind not in WORK)
    return float(told / done.measures["units"][unit]["served"])


def growth(done: Run) -> dict[str, Any]:
    """When children were made and ended, what was refused because of the depth limit, and how deep it went."""
    past = history(done)
    nodes = nodes_of(past.places, Scenario.model_validate(done.manifest["scenario"]))
    made = [float(row["due"]) for row in past.noted.of(k.SPAWNED)]
    gone = [float(row["due"]) for row in past.noted.of(k.GONE)]
    refused = refused_for_depth(past)
    root = past.places[0][0]
    deep = [path.count(".") for path, node in nodes.items() if node.viable and path != root]
    return {
        "made at, s": ", ".join(map(number, made)) or "never",
        "ended at, s": ", ".join(map(number, gone)) or "never",
        "refused": len(refused),
        "first refused at, s": number(refused[0][0]) if refused else "never",
        "by": ", ".join(dict.fromkeys(path for _, path, _, _ in refused)) or "nobody",
        "deepest": max(deep, default=0),
    }
