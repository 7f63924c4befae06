"""``measures.json``: every measure of a run, and what could not be estimated and why."""

from __future__ import annotations

from typing import Any

from vsmlab.engines.start import Start
from vsmlab.lab.scenario import Scenario

from .baselines import baselines
from .channels import channel_measures
from .fold import Fold
from .systems import system_measures
from .units import Folded, Window, unit_measures
from .visits import read_lives


def folded_run(fold: Fold, start: Start, scenario: Scenario) -> Folded:
    """Visits, phases and changes of a finished run."""
    addresses = {start.identities[row[3]]: here for here, row in enumerate(start.places)}
    births, visits, phases = read_lives(fold.lives(), addresses)
    window = Window(scenario.warmup, scenario.horizon)
    return Folded(start.places, visits, phases, births, fold.changes(), addresses, window)


def all_measures(fold: Fold, start: Start, scenario: Scenario) -> dict[str, Any]:
    """Everything that ``measures.json`` says, in plain values.

    Args:
        fold: The folded journal.
        start: The built organisation: who is who.
        scenario: The scenario that was run.
    """
    folded = folded_run(fold, start, scenario)
    nodes = dict(scenario.nodes())
    units = unit_measures(folded, [nodes[row[0]].speed for row in start.places])
    agents = [nodes[row[0]].all_agents for row in start.places]
    base = baselines(folded, agents, [nodes[row[0]] for row in start.places])
    channels = channel_measures(fold, scenario, folded.not_estimable)
    systems = system_measures(fold, folded, start, units, base)
    return {
        "window_s": [scenario.warmup, scenario.horizon],
        "units": units,
        "channels": channels,
        "systems": systems,
        "not_estimable": dict(sorted(folded.not_estimable.items())),
    }
