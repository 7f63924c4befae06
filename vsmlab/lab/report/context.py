"""What every part of a run's report draws on: the run, its scenario, its journal over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from vsmlab.errors import PeerError
from vsmlab.lab.newborn import nodes_of
from vsmlab.lab.record import Run
from vsmlab.lab.report.charts import Series
from vsmlab.lab.report.numerals import seconds
from vsmlab.lab.report.surroundings import Setting
from vsmlab.lab.report.system import State
from vsmlab.lab.scenario import Node, Scenario
from vsmlab.lab.series import Floats, History, bins, history
from vsmlab.lab.series_noted import Trouble, troubles

FINE = 2400
"""Times at which what changes all the time is looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """A run, as the parts of its report see it."""

    run: Run
    scenario: Scenario
    nodes: dict[str, Node]
    history: History
    edges: Floats
    fine: Floats
    troubles: list[Trouble]

    @property
    def root(self) -> str:
        """Path of the root."""
        return self.history.places[0][0]

    @property
    def setting(self) -> Setting:
        """What surrounds every chart over time."""
        return Setting(end=self.history.horizon, warmup=float(self.run.manifest["warmup"]))

    @property
    def window(self) -> float:
        """Measured seconds."""
        return self.history.horizon - float(self.run.manifest["warmup"])

    def short(self, path: str) -> str:
        """The shortest end of a path, of at least its last name, that no other node has; a System's with its node."""
        node, _, role = path.rpartition(".")
        if any(row[0] == node for row in self.history.places) and path not in self.nodes:
            return f"{self.short(node)}.{role}"
        names = path.split(".")
        others = [row[0] for row in self.history.places if row[0] != path]
        for count in range(1, len(names)):
            end = ".".join(names[-count:])
            if not any(one == end or one.endswith(f".{end}") for one in others):
                return end
        return path

    def demand_spans(self) -> tuple[tuple[float, float, str], ...]:
        """Set changes of demand, as a chart shades them."""
        found = [one for one in self.troubles if one.what.startswith("demand")]
        return tuple((one.begin, one.end, f"{self.short(one.path)}: {one.what}") for one in found)

    def unit(self, path: str) -> dict[str, Any]:
        """Measures of a unit."""
        found: dict[str, Any] = self.run.measures["units"][path]
        return found

    def system(self, path: str) -> dict[str, Any]:
        """Measures of a viable system."""
        found: dict[str, Any] = self.run.measures["systems"].get(path, {})
        return found

    def state(self, path: str) -> State | None:
        """Whether a System of this path is there, and whether it is knocked out."""
        if path not in self.run.names.values():
            return None
        return "on" if self.out_since(path) is None else "knocked out"

    def out_since(self, path: str) -> float | None:
        """When a System was knocked out, seconds: zero from the beginning on; None if it was not."""
        role = path.rpartition(".")[2]
        if any(entry.system in (path, role) for entry in self.scenario.knockout):
            return 0.0
        done = [act.time for act in self.scenario.operator if act.kind == "knockout" and act.system == path]
        return min((time for time in done if time < self.history.horizon), default=None)

    def out_in_words(self, path: str) -> str:
        """The same: "knocked out", and since when if it was not from the beginning on; empty if it was not."""
        since = self.out_since(path)
        return "" if since is None else "knocked out" + (f" at {seconds(since)}" if since > 0.0 else "")

    def silenced(self, system: str) -> list[str]:
        """Viable systems whose System of this name is knocked out."""
        paths = [self.history.places[place][0] for place in self.viable(system=system)]
        return [path for path in paths if self.state(f"{path}.{system}") == "knocked out"]

    def why(self, measure: str) -> str:
        """Why a measure could not be estimated; empty if it could."""
        return str(self.run.measures["not_estimable"].get(measure, ""))

    def viable(self, *, least: int = 1, system: str = "") -> list[int]:
        """Places of viable systems with at least so many operations and, if said, with this System."""
        return [
            here
            for here, (path, *_rest, viable, _) in enumerate(self.history.places)
            if viable
            and len(self.history.children(here)) >= least
            and (not system or self.state(f"{path}.{system}") is not None)
        ]


def context_of(run: Run) -> Context:
    """Read a run for its report.

    Raises:
        PeerError: If its manifest or journal is not what this version of vsmlab writes.
    """
    try:
        scenario = Scenario.model_validate(run.manifest["scenario"])
        past = history(run)
    except (ValidationError, KeyError, TypeError, ValueError) as exc:
        said = str(exc).partition("\n")[0]
        raise PeerError(f"{run.folder}: not a run that this version of vsmlab can report on: {said}") from exc
    fine = np.linspace(0.0, past.horizon, FINE, endpoint=False)
    nodes = nodes_of(past.places, scenario)
    broken = troubles(past.noted, scenario, past.horizon)
    return Context(run, scenario, nodes, past, bins(past.horizon), fine, broken)


def known(values: npt.NDArray[np.floating[Any]]) -> list[float | None]:
    """Values as a chart takes them: None where nothing is known."""
    return [None if np.isnan(value) else float(value) for value in values]


def over_time(name: str, times: Floats, values: npt.NDArray[np.floating[Any]]) -> Series:
    """A named quantity over time."""
    return Series(name, times.tolist(), known(values))


def times(count: int) -> str:
    """How often, in words.

    >>> times(1), times(2), times(1200)
    ('once', 'twice', '1,200 times')
    """
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def listed(names: list[str]) -> str:
    """Names as a sentence has them.

    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part) if names else ""
