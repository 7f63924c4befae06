"""Relocation: where a row of the pattern is in the copy, and who in the copy stands where someone else stood."""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.tables import Blueprint, State, System3


@law
def shifted(row: int, first: int, count: int, after: int) -> int:
    """The copy of a row: the last ``count`` rows of the table are copies of those from ``first`` on.

    A row outside the pattern is what it was.
    """
    if first <= row < first + count:
        return row - first + after - count
    return row


@law
def moved_unit(state: State, blueprint: Blueprint, row: int) -> int:
    """A receiver of the pattern, in the copy; anyone else is who it was."""
    return shifted(row, blueprint.first_unit, blueprint.units, state.ledger[0].units)


@law
def moved_party(state: State, mother: System3, blueprint: Blueprint, row: int) -> int:
    """A receiver of the pattern, in the copy; in place of the system around the pattern, the one that spawns."""
    if row < 0:
        return row
    if row == blueprint.mother_system3:
        return mother.unit
    if row == blueprint.mother_desk:
        return mother.parent
    if row == blueprint.mother_system2:
        return mother.system2
    if row == blueprint.mother_system5:
        return mother.signals_to
    if row == blueprint.mother_audit:
        return mother.audit
    return moved_unit(state, blueprint, row)


@law
def moved_link(state: State, blueprint: Blueprint, row: int) -> int:
    """A link of the pattern, in the copy."""
    return shifted(row, blueprint.first_link, blueprint.links, state.ledger[0].links)


@law
def moved_choice(state: State, blueprint: Blueprint, row: int) -> int:
    """A way on of the pattern, in the copy."""
    return shifted(row, blueprint.first_choice, blueprint.choices, state.ledger[0].choices)


@law
def moved_audited(state: State, blueprint: Blueprint, row: int) -> int:
    """What an audit of the pattern knows of an operation, in the copy."""
    return shifted(row, blueprint.first_audited, blueprint.auditeds, state.ledger[0].auditeds)


@law
def moved_source(state: State, blueprint: Blueprint, row: int) -> int:
    """What a System 4 of the pattern knows of a stream, in the copy."""
    return shifted(row, blueprint.first_source, blueprint.sources, state.ledger[0].sources)


@law
def moved_memory(state: State, blueprint: Blueprint, row: int) -> int:
    """What a System 4 of the pattern remembers, in the copy."""
    return shifted(row, blueprint.first_memory, blueprint.memories, state.ledger[0].memories)


@law
def moved_vital(state: State, blueprint: Blueprint, row: int) -> int:
    """An essential variable as an operation of the pattern measures it, in the copy."""
    return shifted(row, blueprint.first_vital, blueprint.vitals, state.ledger[0].vitals)


@law
def moved_essential(state: State, blueprint: Blueprint, row: int) -> int:
    """An essential variable as a management of the pattern judges it, in the copy."""
    return shifted(row, blueprint.first_essential, blueprint.essentials, state.ledger[0].essentials)
