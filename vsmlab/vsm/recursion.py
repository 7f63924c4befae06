"""Recursion: a child system is a copy of every row of its pattern, in which what is said of a row is moved along.

A viable system contains viable systems of the same structure (Beer 1979, the recursive system theorem). So the
child is not assembled: the pattern was laid out once, with complete Systems 1 to 5, like any other subtree;
what within the pattern speaks of the pattern speaks in the copy of the copy, and what speaks of the system
around the pattern speaks of the system that spawns. `references` says which fields these are.
"""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.identity import child_identity
from vsmlab.laws.kinds import (
    AUDIT,
    DESK,
    ENVIRONMENT,
    MANAGEMENT,
    OPERATION,
    SYSTEM2,
    SYSTEM3,
    SYSTEM4,
    SYSTEM5,
)
from vsmlab.laws.room import copy_row, reach
from vsmlab.laws.tables import Blueprint, State, System3, Unit

from .copying import (
    copy_audits,
    copy_choices,
    copy_desks,
    copy_environments,
    copy_links,
    copy_managements,
    copy_operations,
    copy_system2s,
    copy_system3s,
    copy_system4s,
    copy_system5s,
    copy_what_is_watched,
    copy_what_system4_knows,
)
from .relocation import moved_link, shifted


@law
def copy_pattern(
    state: State, unit: Unit, system3: System3, blueprint: Blueprint, now: float, ordinal: int
) -> None:
    """Copy every row of the pattern; the copies of a table follow each other as the rows of the pattern do."""
    make_room_for_units(state, blueprint)
    make_room_for_rows(state, blueprint)
    copy_units(state, unit, blueprint, ordinal)
    copy_operations(state, system3, blueprint, now)
    copy_environments(state, blueprint)
    copy_managements(state, system3, blueprint, now)
    copy_desks(state, system3, blueprint)
    copy_system2s(state, system3, blueprint)
    copy_system3s(state, system3, blueprint)
    copy_audits(state, system3, blueprint)
    copy_system4s(state, system3, blueprint)
    copy_system5s(state, system3, blueprint)
    copy_links(state, system3, blueprint, now)
    copy_choices(state, blueprint)
    copy_what_system4_knows(state, blueprint)
    copy_what_is_watched(state, blueprint, now)


@law
def make_room_for_units(state: State, blueprint: Blueprint) -> None:
    """Rows for the receivers of the child, and one for each in the table of its role."""
    ledger = state.ledger[0]
    for _ in range(blueprint.units):
        reach(state.units, ledger.units)
        ledger.units += 1
    for _ in range(blueprint.operations):
        reach(state.operations, ledger.operations)
        ledger.operations += 1
    for _ in range(blueprint.environments):
        reach(state.environments, ledger.environments)
        ledger.environments += 1
    for _ in range(blueprint.managements):
        reach(state.managements, ledger.managements)
        ledger.managements += 1
    for _ in range(blueprint.desks):
        reach(state.desks, ledger.desks)
        ledger.desks += 1
    for _ in range(blueprint.system2s):
        reach(state.system2s, ledger.system2s)
        ledger.system2s += 1
    for _ in range(blueprint.system3s):
        reach(state.system3s, ledger.system3s)
        ledger.system3s += 1
    for _ in range(blueprint.audits):
        reach(state.audits, ledger.audits)
        ledger.audits += 1
    for _ in range(blueprint.system4s):
        reach(state.system4s, ledger.system4s)
        ledger.system4s += 1
    for _ in range(blueprint.system5s):
        reach(state.system5s, ledger.system5s)
        ledger.system5s += 1


@law
def make_room_for_rows(state: State, blueprint: Blueprint) -> None:
    """Rows for what the receivers of the child hold."""
    ledger = state.ledger[0]
    for _ in range(blueprint.links):
        reach(state.links, ledger.links)
        ledger.links += 1
    for _ in range(blueprint.choices):
        reach(state.choices, ledger.choices)
        ledger.choices += 1
    for _ in range(blueprint.auditeds):
        reach(state.auditeds, ledger.auditeds)
        ledger.auditeds += 1
    for _ in range(blueprint.sources):
        reach(state.sources, ledger.sources)
        ledger.sources += 1
    for _ in range(blueprint.memories):
        reach(state.memories, ledger.memories)
        ledger.memories += 1
    for _ in range(blueprint.vitals):
        reach(state.vitals, ledger.vitals)
        ledger.vitals += 1
    for _ in range(blueprint.essentials):
        reach(state.essentials, ledger.essentials)
        ledger.essentials += 1


@law
def moved_place(state: State, blueprint: Blueprint, role: int, row: int) -> int:
    """A receiver's row in the table of its role."""
    ledger = state.ledger[0]
    if role == OPERATION:
        return shifted(row, blueprint.first_operation, blueprint.operations, ledger.operations)
    if role == ENVIRONMENT:
        return shifted(row, blueprint.first_environment, blueprint.environments, ledger.environments)
    if role == MANAGEMENT:
        return shifted(row, blueprint.first_management, blueprint.managements, ledger.managements)
    if role == DESK:
        return shifted(row, blueprint.first_desk, blueprint.desks, ledger.desks)
    if role == SYSTEM2:
        return shifted(row, blueprint.first_system2, blueprint.system2s, ledger.system2s)
    if role == SYSTEM3:
        return shifted(row, blueprint.first_system3, blueprint.system3s, ledger.system3s)
    if role == AUDIT:
        return shifted(row, blueprint.first_audit, blueprint.audits, ledger.audits)
    if role == SYSTEM4:
        return shifted(row, blueprint.first_system4, blueprint.system4s, ledger.system4s)
    if role == SYSTEM5:
        return shifted(row, blueprint.first_system5, blueprint.system5s, ledger.system5s)
    return row


@law
def copy_units(state: State, unit: Unit, blueprint: Blueprint, ordinal: int) -> None:
    """The receivers, each with an identity of its own, one recursion below the system that spawns."""
    base = state.ledger[0].units - blueprint.units
    for place in range(blueprint.units):
        to = base + place
        copy_row(state.units, to, blueprint.first_unit + place)
        made = state.units[to]
        made.row = to
        made.identity = child_identity(unit.identity, ordinal, place)
        made.depth += unit.depth + 1 - blueprint.depth
        made.at = moved_place(state, blueprint, made.role, made.at)
        made.first_tie = moved_link(state, blueprint, made.first_tie)
        made.numbers, made.tickets, made.announced = 0, 0, 0
        made.demand_draws, made.delay_draws, made.loss_draws, made.state_draws = 0, 0, 0, 0
        made.announcing = 0
        if made.first_tie >= 0:
            made.announcing = 1
        copy_channels(state, made)


@law
def copy_channels(state: State, made: Unit) -> None:
    """The patterns of the receiver's channels: what it will send on is made from them."""
    ledger = state.ledger[0]
    row = made.first_channel
    made.first_channel = -1
    while row >= 0:
        following = state.channels[row].next
        if state.channels[row].to < 0:
            to = ledger.channels
            ledger.channels = to + 1
            reach(state.channels, to)
            copy_row(state.channels, to, row)
            channel = state.channels[to]
            channel.owner, channel.next = made.row, made.first_channel
            made.first_channel = to
        row = following
