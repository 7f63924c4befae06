"""The desk of a viable system: it takes tasks and routes them to its operations."""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.chance import task_draw
from vsmlab.laws.kinds import (
    CAPABILITY,
    ENV_OP,
    HAND_ON,
    LEAST_REPORTED,
    LOAD,
    OP_ENV,
    PRESENT,
    REPORT,
    ROUND_ROBIN,
    ROUTE,
    ROUTING_DRAWS,
    TRANSFER,
)
from vsmlab.laws.sending import carry, remind, send
from vsmlab.laws.tables import Desk, Message, State, Task, Unit


@law
def by_shares(state: State, unit: Unit, desk: Desk, task: Task) -> int:
    """At random, in the proportions that System 3 last announced. The draw belongs to the task."""
    total = 0.0
    for row in range(desk.first_link, desk.last_link):
        total += state.links[row].share
    u = task_draw(state, task, ROUTING_DRAWS, task.epoch, unit.depth) * total
    for row in range(desk.first_link, desk.last_link):
        u = u - state.links[row].share
        if u < 0.0:
            return row
    return desk.last_link - 1


@law
def by_turns(desk: Desk) -> int:
    """Each operation in its turn."""
    row = desk.first_link + desk.turn
    desk.turn += 1
    if desk.first_link + desk.turn == desk.last_link:
        desk.turn = 0
    return row


@law
def by_reports(state: State, desk: Desk) -> int:
    """Where the reported load, and what was sent there since, is least for the reported capability."""
    best = -1
    least = 0.0
    for row in range(desk.first_link, desk.last_link):
        link = state.links[row]
        if link.capability > 0.0:
            crowd = (link.load + link.sent + 1.0) / link.capability
            if best < 0 or crowd < least:
                best, least = row, crowd
    if best < 0:
        return by_turns(desk)
    return best


@law
def choose(state: State, unit: Unit, desk: Desk, task: Task) -> int:
    """The link to follow: the one that the task asks for, or by the desk's rule."""
    if task.goal >= 0:
        for row in range(desk.first_link, desk.last_link):
            if state.links[row].address == task.goal:
                task.goal = -1
                return row
    if desk.routing == ROUND_ROBIN:
        return by_turns(desk)
    if desk.routing == LEAST_REPORTED:
        return by_reports(state, desk)
    return by_shares(state, unit, desk, task)


@law
def route(state: State, unit: Unit, now: float, message: Message) -> None:
    """Pass the task one level down."""
    desk = state.desks[unit.at]
    task = state.tasks[message.task]
    if message.kind == TRANSFER:
        task.coming = 2
    elif message.kind == HAND_ON:
        task.coming = 1
    link = state.links[choose(state, unit, desk, task)]
    link.sent += 1.0
    carry(state, unit, now, ENV_OP, ROUTE, link.to, message.task, 0)


@law
def hear_operations(state: State, unit: Unit, now: float, message: Message) -> None:
    """Keep what an operation says of its load and capability."""
    desk = state.desks[unit.at]
    for row in range(desk.first_link, desk.last_link):
        link = state.links[row]
        if link.to == message.sender:
            if message.kind == LOAD:
                link.load, link.sent = message.value, 0.0
            else:
                link.capability = message.value


@law
def told_shares(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 3 announces a share: ``ref`` is the operation's turn among its siblings."""
    desk = state.desks[unit.at]
    if 0 <= message.ref < desk.last_link - desk.first_link:
        state.links[desk.first_link + message.ref].share = message.value


@law
def pass_report(state: State, unit: Unit, now: float, message: Message) -> None:
    """Tell the desk above the sum of what the operations said."""
    desk = state.desks[unit.at]
    remind(state, unit, REPORT, now + desk.report_every, 0)
    load, capability = 0.0, 0.0
    for row in range(desk.first_link, desk.last_link):
        load += state.links[row].load + state.links[row].sent
        capability += state.links[row].capability
    send(state, unit, now, OP_ENV, LOAD, desk.parent, PRESENT, load)
    send(state, unit, now, OP_ENV, CAPABILITY, desk.parent, 0, capability)
