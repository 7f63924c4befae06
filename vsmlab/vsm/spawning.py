"""System 3 makes and retires child systems, as many as System 5 has decided on: both are told as totals.

A child is a copy of the pattern, with complete Systems 1 to 5 and agents of its own (`recursion`); it then
announces itself to those around it, who know nothing of it before (`announcing`). The depth of recursion is
limited, and a child beyond the limit is refused: a fact that security wants to know of.
"""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.kinds import ANNOUNCE_DUE, DEPTH_REFUSED, SPAWNED
from vsmlab.laws.sending import note, remind
from vsmlab.laws.tables import Blueprint, State, System3, Unit

from .homeostat import take_in
from .recursion import copy_pattern
from .relocation import moved_unit
from .retiring import begin_retirement, youngest_child


@law
def spawn_children(state: State, unit: Unit, system3: System3, now: float, total: int) -> None:
    """Make children until there have been as many as were ever decided on, and no more than may live at once."""
    if system3.blueprint < 0 or system3.closing == 1:
        return
    blueprint = state.blueprints[system3.blueprint]
    depth = unit.depth + 1
    if depth > system3.max_depth:
        if total > system3.refused:
            system3.refused = total
            note(state, unit, DEPTH_REFUSED, -1, depth, float(system3.max_depth))
        return
    while system3.spawned < total and system3.spawned - system3.retired < blueprint.at_most:
        system3.spawned += 1
        spawn(state, unit, system3, blueprint, now)


@law
def spawn(state: State, unit: Unit, system3: System3, blueprint: Blueprint, now: float) -> None:
    """Make one child; its agents come with it, as hired, and its systems begin their days."""
    copy_pattern(state, unit, system3, blueprint, now, system3.spawned)
    note(state, unit, SPAWNED, -1, moved_unit(state, blueprint, blueprint.desk), float(unit.depth + 1))
    if blueprint.agents > 0:
        take_in(state, unit, system3, now, blueprint.agents)
    for row in range(blueprint.first_beginning, blueprint.last_beginning):
        beginning = state.beginnings[row]
        newborn = state.units[moved_unit(state, blueprint, beginning.unit)]
        remind(state, newborn, beginning.kind, now + beginning.wait, beginning.ref)
    for row in range(state.ledger[0].units - blueprint.units, state.ledger[0].units):
        newborn = state.units[row]
        if newborn.announcing == 1:
            remind(state, newborn, ANNOUNCE_DUE, now, 0)


@law
def retire_children(state: State, unit: Unit, system3: System3, now: float, total: int) -> None:
    """Retire the youngest children, until as many are gone or going as were ever decided on.

    A child that has not announced itself yet cannot be told to go: it is when the decision is said again.
    """
    while system3.retired < total:
        row = youngest_child(state, system3)
        if row < 0:
            return
        begin_retirement(state, unit, system3, now, row)
