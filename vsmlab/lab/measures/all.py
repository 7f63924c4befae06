"""``measures.json``: every measure of a run, and what could not be estimated and why."""

from __future__ import annotations

from typing import Any

from vsmlab.engines.start import Start
from vsmlab.lab.newborn import name_newborn, nodes_of
from vsmlab.lab.scenario import Scenario
from vsmlab.laws import kinds as k

from .algedonic import algedonic_measures
from .autonomy import autonomy_measures
from .baselines import baselines, why_not_this_run
from .channels import channel_measures
from .fold import Fold
from .homeostat import homeostat_measures
from .levels import Levels
from .metasystem import Noted
from .systems import system_measures
from .units import Folded, Window, births_of, unit_measures
from .variety import variety_measures
from .viability import viability_measures
from .visits import read_lives


def fold_of(start: Start, scenario: Scenario) -> Fold:
    """What is to be kept of the journal of this scenario."""
    limited = [name for name, channel in scenario.channels.items() if channel.capacity is not None]
    numbers = frozenset(k.CHANNEL_NAMES.index(name) for name in limited)
    units = start.state.units
    window = (scenario.warmup, scenario.horizon)
    return Fold(start.identities, start.roles, *window, numbers, newborn=lambda row: units[row].role)


def folded_run(fold: Fold, start: Start, scenario: Scenario) -> Folded:
    """Visits, phases and changes of a finished run."""
    name_newborn(start)
    addresses = {start.identities[row[3]]: here for here, row in enumerate(start.places)}
    births, visits, phases = read_lives(fold.lives(), addresses)
    window = Window(scenario.warmup, scenario.horizon)
    changes = fold.changes()
    born = births_of(start.places, addresses, changes)
    return Folded(start.places, visits, phases, births, changes, addresses, window, born=born)


def all_measures(fold: Fold, start: Start, scenario: Scenario) -> dict[str, Any]:
    """Everything that ``measures.json`` says, in plain values.

    Args:
        fold: The folded journal.
        start: The built organisation: who is who.
        scenario: The scenario that was run.
    """
    folded = folded_run(fold, start, scenario)
    nodes = nodes_of(start.places, scenario)
    units = unit_measures(folded, [nodes[row[0]].speed for row in start.places])
    agents = [nodes[row[0]].all_agents for row in start.places]
    base = why_not_this_run(fold.rare()) or baselines(folded, agents, [nodes[row[0]] for row in start.places])
    channels = channel_measures(fold, scenario, folded.not_estimable)
    systems = system_measures(fold, folded, start, units, base)
    levels = Levels(fold, folded, start, scenario)
    variety, cohesion = variety_measures(levels, units, folded.not_estimable)
    return {
        "window_s": [scenario.warmup, scenario.horizon],
        "units": units,
        "channels": channels,
        "systems": systems,
        "variety": variety,
        "cohesion": cohesion,
        "autonomy": autonomy_measures(levels, folded.not_estimable),
        "homeostat": homeostat_measures(levels, start, Noted(fold.rare(), folded), folded.not_estimable),
        "algedonic": algedonic_measures(fold.rare(), folded, start),
        "viability": viability_measures(fold.rare(), folded, start),
        "not_estimable": dict(sorted(folded.not_estimable.items())),
    }
