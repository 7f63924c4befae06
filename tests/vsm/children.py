"""Families made by hand: a newborn, its parents, a System 3 with children, an operation that is to end."""

from __future__ import annotations

from typing import Any

from receivers import Said, hear, link, organisation, row_of

from vsmlab.laws import kinds as k
from vsmlab.laws.tasks import join_queue, new_task
from vsmlab.vsm import announcing

ME, MOTHER, OTHER = 0, 1, 2
MANAGERS, SYSTEMS = (2, 3), {"desk": 4, "system2": 5, "audit": 6, "system4": 7, "system5": 8}
OP, MANAGEMENT, DESK, ENVIRONMENT, SUCCESSOR = 0, 1, 2, 3, 4

HEARERS = {
    k.DESK: (announcing.announced_to_desk, "env_op", announcing.CALL),
    k.SYSTEM2: (announcing.announced_to_system2, "s2", announcing.HEARD),
    k.SYSTEM3: (announcing.announced_to_system3, "bargain", announcing.HEARD),
    k.SYSTEM5: (announcing.announced_to_system5, "intervene", announcing.HEARD),
    k.AUDIT: (announcing.announced_to_audit, "s3star", announcing.HEARD),
}
"""Who hears that a newborn is there: by which law, where the answer goes, and what it says."""


def newborn(role: int) -> Any:
    """A receiver that announces itself to one who is around it."""
    state: Any = organisation(role, role)
    link(state, ME, [MOTHER], initial=[4.0])
    state.units[ME].first_tie, state.units[ME].announcing = 0, 1
    return state


def said_to(found: list[Said], name: str) -> list[tuple[int, int, float]]:
    """Messages of one kind: to whom, ref, value."""
    return [(each.to, each.ref, each.value) for each in found if each.name == name]


def parent(role: int, known: int = 2) -> Any:
    """A receiver that knows so many others, and three who are still to come."""
    state: Any = organisation(role, *[role] * (known + 3))
    if role == k.AUDIT:
        audit = row_of(state, ME)
        audit.first_audited = audit.last_audited = -1
        for other in range(1, known + 1):
            hear(state, ME, announcing.announced_to_audit, kind=k.ANNOUNCE, sender=other, ref=100 + other)
        return state
    links = link(state, ME, range(1, known + 1))
    mine = row_of(state, ME)
    mine.first_link = 0 if links else -1
    if role in (k.DESK, k.SYSTEM5):
        mine.last_link = known - 1
    if role == k.SYSTEM5:
        mine.first_signal = -1
    else:
        mine.children = known
    state.ledger[0].links = known
    return state


def known_to(state: Any, role: int) -> list[int]:
    """Whom a receiver knows, in its order."""
    mine = row_of(state, ME)
    table, row = (state.auditeds, mine.first_audited) if role == k.AUDIT else (state.links, mine.first_link)
    found, last = [], -1
    while row >= 0:
        found.append(table[row].to)
        row, last = table[row].next, row
    assert getattr(mine, "children", len(found)) == len(found)
    if role in (k.DESK, k.SYSTEM5, k.AUDIT):
        assert (mine.last_audited if role == k.AUDIT else mine.last_link) == last
    return found


def mother_of(*agents: float) -> Any:
    """A System 3 with two operations of two agents and with children who came with so many."""
    state = parent(k.SYSTEM3, 2 + len(agents))
    system3 = row_of(state, ME)
    system3.parent, system3.account_to, system3.moves, system3.gain, system3.agents = 40, -1, 1, 1.0, 4
    system3.max_moves = -1
    for row, each in enumerate((2.0, 2.0, *agents)):
        one = state.links[row]
        one.initial, one.target, one.heard, one.born = each, int(each), 0.0, int(row >= 2)
        one.offered, one.bias = each, 1.0
        system3.agents += int(each) if row >= 2 else 0
    return state


def operation_of(agents: int, waiting: int) -> Any:
    """An operation with its management, its desk and the desk that is to take over."""
    state: Any = organisation(k.OPERATION, k.MANAGEMENT, k.DESK, k.ENVIRONMENT, k.DESK)
    operation = row_of(state, OP)
    operation.management, operation.desk, operation.environment = MANAGEMENT, DESK, ENVIRONMENT
    operation.head = operation.tail = operation.serving = operation.first_vital = -1
    operation.agents = operation.granted = agents
    operation.inspector = -1
    state.units[OP].first_tie = -1
    for count in range(waiting):
        row = new_task(state, state.units[SUCCESSOR], count, 0.0)
        join_queue(state, operation, row)
    row_of(state, MANAGEMENT).operation = OP
    row_of(state, MANAGEMENT).first_essential = -1
    return state


def child_of(mother: int = 1) -> Any:
    """A System 3 with two operations of two agents, its own Systems, and the System 3 above."""
    state: Any = organisation(
        k.SYSTEM3, k.SYSTEM3, k.MANAGEMENT, k.MANAGEMENT, k.DESK, k.SYSTEM2, k.AUDIT, k.SYSTEM4, k.SYSTEM5
    )
    link(state, ME, MANAGERS, initial=[2.0, 2.0], target=[2, 2], heard=[0.0, 0.0], offered=[2.0, 2.0])
    system3 = row_of(state, ME)
    system3.first_link, system3.children, system3.account_to, system3.granted = 0, 2, mother, 4.0
    system3.moves, system3.gain, system3.max_moves, system3.agents, system3.period = 1, 1.0, -1, 4, 5.0
    system3.parent, system3.system2, system3.audit, system3.system4, system3.system5 = SYSTEMS.values()
    return state
