"""The desk of a viable system: it takes tasks and routes them to its operations."""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.chance import task_draw
from vsmlab.laws.kinds import (
    CAPABILITY,
    ENV_OP,
    LEAST_REPORTED,
    LOAD,
    OP_ENV,
    PRESENT,
    REPORT,
    ROUND_ROBIN,
    ROUTE,
    ROUTING_DRAWS,
    STANDING,
)
from vsmlab.laws.sending import carry, remind, send
from vsmlab.laws.tables import Desk, Link, Message, State, Task, Unit

from .closing import ask_leavers_again
from .passing import came_how, pass_on


@law
def takes(link: Link, all_shut: int) -> bool:
    """Whether tasks may go there: it stands, and System 3 has not shut it; where all are shut, none is."""
    return link.stage == STANDING and (link.closed == 0 or all_shut == 1)


@law
def are_all_shut(state: State, desk: Desk) -> int:
    """1 if System 3 has shut every operation that stands, else 0."""
    row = desk.first_link
    while row >= 0:
        if takes(state.links[row], 0):
            return 0
        row = state.links[row].next
    return 1


@law
def by_shares(state: State, unit: Unit, desk: Desk, task: Task, all_shut: int) -> int:
    """At random, in the proportions that System 3 last announced. The draw belongs to the task."""
    total = 0.0
    row = desk.first_link
    while row >= 0:
        link = state.links[row]
        if takes(link, all_shut):
            total += link.share
        row = link.next
    u = task_draw(state, task, ROUTING_DRAWS, task.epoch, unit.depth) * total
    last = -1
    row = desk.first_link
    while row >= 0:
        link = state.links[row]
        if takes(link, all_shut):
            last = row
            u = u - link.share
            if u < 0.0:
                return row
        row = link.next
    return last


@law
def at_turn(state: State, desk: Desk) -> int:
    """The operation whose turn it is; the turn goes to the next."""
    place = desk.turn
    row = desk.first_link
    while place > 0:
        place -= 1
        row = state.links[row].next
    desk.turn += 1
    if desk.turn >= desk.children:
        desk.turn = 0
    return row


@law
def by_turns(state: State, desk: Desk, all_shut: int) -> int:
    """Each operation in its turn; who takes nothing is passed over."""
    row = at_turn(state, desk)
    for _ in range(desk.children):
        if takes(state.links[row], all_shut):
            return row
        row = at_turn(state, desk)
    return row


@law
def by_reports(state: State, desk: Desk, all_shut: int) -> int:
    """Where the reported load, and what was sent there since, is least for the reported capability."""
    best = -1
    least = 0.0
    row = desk.first_link
    while row >= 0:
        link = state.links[row]
        if link.capability > 0.0 and takes(link, all_shut):
            crowd = (link.load + link.sent + 1.0) / link.capability
            if best < 0 or crowd < least:
                best, least = row, crowd
        row = link.next
    if best < 0:
        return by_turns(state, desk, all_shut)
    return best


@law
def asked_for(state: State, desk: Desk, task: Task, all_shut: int) -> int:
    """The link to the operation that the task asks for; -1 if it asks for none, or for one that takes nothing."""
    if task.goal < 0:
        return -1
    row = desk.first_link
    while row >= 0 and state.links[row].address != task.goal:
        row = state.links[row].next
    if row >= 0:
        task.goal = -1
        if not takes(state.links[row], all_shut):
            return -1
    return row


@law
def choose(state: State, unit: Unit, desk: Desk, task: Task) -> int:
    """The link to follow: the one that the task asks for, or by the desk's rule."""
    all_shut = are_all_shut(state, desk)
    row = asked_for(state, desk, task, all_shut)
    if row >= 0:
        return row
    if desk.routing == ROUND_ROBIN:
        return by_turns(state, desk, all_shut)
    if desk.routing == LEAST_REPORTED:
        return by_reports(state, desk, all_shut)
    return by_shares(state, unit, desk, task, all_shut)


@law
def route(state: State, unit: Unit, now: float, message: Message) -> None:
    """Pass the task one level down; a desk that is to end passes it to who takes its work over."""
    desk = state.desks[unit.at]
    if desk.closing == 1:
        pass_on(state, unit, now, message, desk.successor)
        return
    came_how(state, message)
    link = state.links[choose(state, unit, desk, state.tasks[message.task])]
    link.sent += 1.0
    carry(state, unit, now, ENV_OP, ROUTE, link.to, message.task, 0)


@law
def hear_operations(state: State, unit: Unit, now: float, message: Message) -> None:
    """Keep what an operation says of its load and capability."""
    row = state.desks[unit.at].first_link
    while row >= 0:
        link = state.links[row]
        if link.to == message.sender:
            if message.kind == LOAD:
                link.load, link.sent = message.value, 0.0
            else:
                link.capability = message.value
        row = link.next


@law
def told_share(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 3 announces the share of an operation."""
    desk = state.desks[unit.at]
    row = desk.first_link
    while row >= 0:
        link = state.links[row]
        if link.address == message.ref:
            link.share = max(0.0, message.value)
        row = link.next
    ask_leavers_again(state, unit, desk, now)


@law
def told_opening(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 3 shuts an operation that it suspects, or opens it again."""
    row = state.desks[unit.at].first_link
    while row >= 0:
        link = state.links[row]
        if link.address == message.ref:
            link.closed = 0
            if message.value < 0.5:
                link.closed = 1
        row = link.next


@law
def pass_report(state: State, unit: Unit, now: float, message: Message) -> None:
    """Tell the desk above the sum of what the operations said."""
    desk = state.desks[unit.at]
    remind(state, unit, REPORT, now + desk.report_every, 0)
    load, capability = 0.0, 0.0
    row = desk.first_link
    while row >= 0:
        link = state.links[row]
        load += link.load + link.sent
        capability += link.capability
        row = link.next
    send(state, unit, now, OP_ENV, LOAD, desk.parent, PRESENT, load)
    send(state, unit, now, OP_ENV, CAPABILITY, desk.parent, 0, capability)
