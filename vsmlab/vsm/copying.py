"""The copy of each table: whatever a row says of another row is moved along, and time begins anew.

The fields that do are listed, for every row class, in `references`; a test holds these laws to that list.
"""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.room import copy_row
from vsmlab.laws.tables import Blueprint, State, System3

from .relocation import (
    moved_audited,
    moved_choice,
    moved_essential,
    moved_link,
    moved_memory,
    moved_party,
    moved_source,
    moved_unit,
    moved_vital,
)


@law
def copy_operations(state: State, mother: System3, blueprint: Blueprint, now: float) -> None:
    """Operations: they begin to observe themselves now."""
    base = state.ledger[0].operations - blueprint.operations
    for place in range(blueprint.operations):
        copy_row(state.operations, base + place, blueprint.first_operation + place)
        operation = state.operations[base + place]
        operation.unit = moved_unit(state, blueprint, operation.unit)
        operation.environment = moved_unit(state, blueprint, operation.environment)
        operation.management = moved_unit(state, blueprint, operation.management)
        operation.desk = moved_party(state, mother, blueprint, operation.desk)
        ways = operation.last_next - operation.first_next
        operation.first_next = moved_choice(state, blueprint, operation.first_next)
        operation.last_next = operation.first_next + ways
        operation.inspector = moved_party(state, mother, blueprint, operation.inspector)
        operation.first_vital = moved_vital(state, blueprint, operation.first_vital)
        operation.successor = moved_party(state, mother, blueprint, operation.successor)
        operation.budget_since = now
        operation.bucket_since = now
        operation.window_since = now
        operation.busy_since = now
        operation.queue_since = now


@law
def copy_environments(state: State, blueprint: Blueprint) -> None:
    """What each operation touches of the world."""
    base = state.ledger[0].environments - blueprint.environments
    for place in range(blueprint.environments):
        copy_row(state.environments, base + place, blueprint.first_environment + place)
        environment = state.environments[base + place]
        environment.unit = moved_unit(state, blueprint, environment.unit)
        environment.operation = moved_unit(state, blueprint, environment.operation)


@law
def copy_managements(state: State, mother: System3, blueprint: Blueprint, now: float) -> None:
    """Local managements."""
    base = state.ledger[0].managements - blueprint.managements
    for place in range(blueprint.managements):
        copy_row(state.managements, base + place, blueprint.first_management + place)
        management = state.managements[base + place]
        management.unit = moved_unit(state, blueprint, management.unit)
        management.operation = moved_unit(state, blueprint, management.operation)
        management.system2 = moved_party(state, mother, blueprint, management.system2)
        management.system3 = moved_party(state, mother, blueprint, management.system3)
        management.first_link = moved_link(state, blueprint, management.first_link)
        management.first_essential = moved_essential(state, blueprint, management.first_essential)
        management.system5 = moved_party(state, mother, blueprint, management.system5)
        management.heard = now


@law
def copy_desks(state: State, mother: System3, blueprint: Blueprint) -> None:
    """Desks."""
    base = state.ledger[0].desks - blueprint.desks
    for place in range(blueprint.desks):
        copy_row(state.desks, base + place, blueprint.first_desk + place)
        desk = state.desks[base + place]
        desk.unit = moved_unit(state, blueprint, desk.unit)
        desk.parent = moved_party(state, mother, blueprint, desk.parent)
        desk.first_link = moved_link(state, blueprint, desk.first_link)
        desk.last_link = moved_link(state, blueprint, desk.last_link)
        desk.successor = moved_party(state, mother, blueprint, desk.successor)


@law
def copy_system2s(state: State, mother: System3, blueprint: Blueprint) -> None:
    """Systems 2."""
    base = state.ledger[0].system2s - blueprint.system2s
    for place in range(blueprint.system2s):
        copy_row(state.system2s, base + place, blueprint.first_system2 + place)
        system2 = state.system2s[base + place]
        system2.unit = moved_unit(state, blueprint, system2.unit)
        system2.parent = moved_party(state, mother, blueprint, system2.parent)
        system2.first_link = moved_link(state, blueprint, system2.first_link)
        system2.system3 = moved_party(state, mother, blueprint, system2.system3)


@law
def copy_system3s(state: State, mother: System3, blueprint: Blueprint) -> None:
    """Systems 3. Of the blueprint of its own children each has the same one."""
    base = state.ledger[0].system3s - blueprint.system3s
    for place in range(blueprint.system3s):
        copy_row(state.system3s, base + place, blueprint.first_system3 + place)
        system3 = state.system3s[base + place]
        system3.unit = moved_unit(state, blueprint, system3.unit)
        system3.parent = moved_party(state, mother, blueprint, system3.parent)
        system3.desk = moved_party(state, mother, blueprint, system3.desk)
        system3.first_link = moved_link(state, blueprint, system3.first_link)
        system3.account_to = moved_party(state, mother, blueprint, system3.account_to)
        system3.system4 = moved_unit(state, blueprint, system3.system4)
        system3.system5 = moved_party(state, mother, blueprint, system3.system5)
        system3.retiring = moved_link(state, blueprint, system3.retiring)
        system3.system2 = moved_unit(state, blueprint, system3.system2)
        system3.audit = moved_unit(state, blueprint, system3.audit)
        system3.signals_to = moved_party(state, mother, blueprint, system3.signals_to)


@law
def copy_audits(state: State, mother: System3, blueprint: Blueprint) -> None:
    """Systems 3*."""
    base = state.ledger[0].audits - blueprint.audits
    for place in range(blueprint.audits):
        copy_row(state.audits, base + place, blueprint.first_audit + place)
        audit = state.audits[base + place]
        audit.unit = moved_unit(state, blueprint, audit.unit)
        audit.system3 = moved_party(state, mother, blueprint, audit.system3)
        audit.first_audited = moved_audited(state, blueprint, audit.first_audited)
        audit.last_audited = moved_audited(state, blueprint, audit.last_audited)
        audit.parent = moved_party(state, mother, blueprint, audit.parent)


@law
def copy_system4s(state: State, mother: System3, blueprint: Blueprint) -> None:
    """Systems 4."""
    base = state.ledger[0].system4s - blueprint.system4s
    for place in range(blueprint.system4s):
        copy_row(state.system4s, base + place, blueprint.first_system4 + place)
        system4 = state.system4s[base + place]
        system4.unit = moved_unit(state, blueprint, system4.unit)
        system4.system3 = moved_party(state, mother, blueprint, system4.system3)
        system4.system5 = moved_party(state, mother, blueprint, system4.system5)
        system4.first_source = moved_source(state, blueprint, system4.first_source)


@law
def copy_system5s(state: State, mother: System3, blueprint: Blueprint) -> None:
    """Systems 5."""
    base = state.ledger[0].system5s - blueprint.system5s
    for place in range(blueprint.system5s):
        copy_row(state.system5s, base + place, blueprint.first_system5 + place)
        system5 = state.system5s[base + place]
        system5.unit = moved_unit(state, blueprint, system5.unit)
        system5.system3 = moved_party(state, mother, blueprint, system5.system3)
        system5.system4 = moved_unit(state, blueprint, system5.system4)
        system5.parent = moved_party(state, mother, blueprint, system5.parent)
        system5.first_link = moved_link(state, blueprint, system5.first_link)
        system5.last_link = moved_link(state, blueprint, system5.last_link)


@law
def copy_links(state: State, mother: System3, blueprint: Blueprint, now: float) -> None:
    """What each has been told about another: nothing yet, but all seem alive."""
    base = state.ledger[0].links - blueprint.links
    for place in range(blueprint.links):
        copy_row(state.links, base + place, blueprint.first_link + place)
        link = state.links[base + place]
        link.owner = moved_unit(state, blueprint, link.owner)
        link.to = moved_party(state, mother, blueprint, link.to)
        link.address = moved_party(state, mother, blueprint, link.address)
        link.next = moved_link(state, blueprint, link.next)
        link.beat = now
        link.progressed = now
        link.idle = now


@law
def copy_choices(state: State, blueprint: Blueprint) -> None:
    """Ways on: to a sibling in the copy, or to where they led."""
    base = state.ledger[0].choices - blueprint.choices
    for place in range(blueprint.choices):
        copy_row(state.choices, base + place, blueprint.first_choice + place)
        choice = state.choices[base + place]
        choice.goal = moved_unit(state, blueprint, choice.goal)
        choice.hop = moved_unit(state, blueprint, choice.hop)


@law
def copy_what_system4_knows(state: State, blueprint: Blueprint) -> None:
    """What each System 4 knows of the environment, and remembers."""
    base = state.ledger[0].sources - blueprint.sources
    for place in range(blueprint.sources):
        copy_row(state.sources, base + place, blueprint.first_source + place)
        source = state.sources[base + place]
        source.owner = moved_unit(state, blueprint, source.owner)
        source.of = moved_unit(state, blueprint, source.of)
        source.next = moved_source(state, blueprint, source.next)
        source.first_season = moved_memory(state, blueprint, source.first_season)
        source.first_lead = moved_memory(state, blueprint, source.first_lead)
    base = state.ledger[0].memories - blueprint.memories
    for place in range(blueprint.memories):
        copy_row(state.memories, base + place, blueprint.first_memory + place)
        memory = state.memories[base + place]
        memory.owner = moved_unit(state, blueprint, memory.owner)


@law
def copy_what_is_watched(state: State, blueprint: Blueprint, now: float) -> None:
    """Essential variables as they are measured and judged, and what each System 3* knows of an operation."""
    base = state.ledger[0].vitals - blueprint.vitals
    for place in range(blueprint.vitals):
        copy_row(state.vitals, base + place, blueprint.first_vital + place)
        vital = state.vitals[base + place]
        vital.owner = moved_unit(state, blueprint, vital.owner)
        vital.next = moved_vital(state, blueprint, vital.next)
        vital.since = now
    base = state.ledger[0].essentials - blueprint.essentials
    for place in range(blueprint.essentials):
        copy_row(state.essentials, base + place, blueprint.first_essential + place)
        essential = state.essentials[base + place]
        essential.owner = moved_unit(state, blueprint, essential.owner)
        essential.next = moved_essential(state, blueprint, essential.next)
    base = state.ledger[0].auditeds - blueprint.auditeds
    for place in range(blueprint.auditeds):
        copy_row(state.auditeds, base + place, blueprint.first_audited + place)
        audited = state.auditeds[base + place]
        audited.owner = moved_unit(state, blueprint, audited.owner)
        audited.to = moved_unit(state, blueprint, audited.to)
        audited.branch = moved_unit(state, blueprint, audited.branch)
        audited.next = moved_audited(state, blueprint, audited.next)
