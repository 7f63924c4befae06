"""Zombies: what only seems to live is found by System 2, shut off by System 3, and its work done elsewhere, once.

System 2 hears of its siblings and knows nothing else. It suspects one that it no longer hears, though it hears
others, and one that says it is at work and completes nothing. That is an unreliable failure detector (Chandra
and Toueg 1996, source not checked): it may be wrong, so nothing that follows from it may do harm. System 3 has
the desk route past the suspect and its tasks given back, each in a new epoch: what the old holder still
completes is void. After a probation it tries the suspect again. How is our own choice.
"""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.kinds import (
    CLEARED,
    COMPLETED,
    HEARTBEAT,
    INTERVENE,
    LOAD,
    MGMT_OP,
    MOVED_OUT,
    OP_OP,
    OPENING,
    REHOME,
    REHOMED,
    S2,
    STANDING,
    STUCK,
    SUSPECT,
    SUSPECTED,
    TRANSFER,
    UNHEARD,
)
from vsmlab.laws.sending import carry, note, send
from vsmlab.laws.tables import Link, Message, Operation, State, System2, System3, Unit
from vsmlab.laws.tasks import leave_queue

from .agents import release
from .disturbed import lose_work
from .system1 import let_go
from .vitals import count_queue

AT_ONCE = 1000
"""Tasks given back at one message; System 3 repeats it, and the rest follows."""


# -- System 2: whom it suspects ------------------------------------------------------------------------------


@law
def is_heard(system2: System2, link: Link, now: float) -> bool:
    """Whether the last heartbeat is no older than so many periods of it."""
    return now - link.beat <= system2.suspect_after * system2.beat_every


@law
def hears_anyone(state: State, system2: System2, now: float) -> bool:
    """Whether System 2 hears anyone: who hears nobody has itself to suspect."""
    row = system2.first_link
    while row >= 0:
        if is_heard(system2, state.links[row], now):
            return True
        row = state.links[row].next
    return False


@law
def hear_life(system2: System2, link: Link, now: float, message: Message) -> None:
    """Keep when a sibling was last heard, last completed something, and last had nothing to do.

    Who was away begins anew: it is not held against it that it completed nothing meanwhile.
    """
    if message.kind == HEARTBEAT:
        if system2.suspect_after > 0.0 and not is_heard(system2, link, now):
            link.idle = now
        link.beat = now
    elif message.kind == LOAD:
        if message.ref == COMPLETED:
            if message.value != link.completed:
                link.completed, link.progressed = message.value, now
        elif message.value < 1.0:
            link.idle = now


@law
def why_suspect(state: State, system2: System2, link: Link, now: float) -> int:
    """Why a sibling is suspected on what was heard: it is not heard, or it is at work and nothing comes of it.

    Not heard: ``now - beat > suspect_after * beat_every`` while another is. Stuck: from the last time that it
    had completed something or had nothing to do, up to the last report, more than ``stuck_after`` seconds.
    """
    if system2.suspect_after > 0.0 and not is_heard(system2, link, now):
        if hears_anyone(state, system2, now):
            return UNHEARD
        return CLEARED
    at_work = link.heard - max(link.progressed, link.idle)
    if system2.stuck_after > 0.0 and link.load >= 1.0 and at_work > system2.stuck_after:
        return STUCK
    return CLEARED


@law
def is_cleared(system2: System2, link: Link, now: float) -> bool:
    """Whether a suspect has shown that it lives: by a heartbeat, or, if it was stuck, by completing something."""
    if link.suspected == UNHEARD:
        return is_heard(system2, link, now)
    return link.suspected == STUCK and link.progressed > link.since


@law
def look_for_zombies(state: State, unit: Unit, system2: System2, now: float, link: Link) -> None:
    """Tell System 3 whom System 2 suspects, as long as it has reason to, and when the suspect lives after all.

    That it lives is said for three periods: what is lost then costs no more than the rest of a probation.
    """
    why = why_suspect(state, system2, link, now)
    if why == CLEARED and not is_cleared(system2, link, now):
        lately = link.since > 0.0 and now - link.since <= 3.0 * system2.period
        if link.suspected != CLEARED or not lately:
            return
    if why != link.suspected:
        link.suspected, link.since = why, now
        note(state, unit, SUSPECTED, -1, link.address, float(why))
    if system2.system3 >= 0:
        send(state, unit, now, S2, SUSPECT, system2.system3, link.address, float(why))


# -- System 3: what it does about it -------------------------------------------------------------------------


@law
def another_is_open(state: State, system3: System3, link: Link) -> bool:
    """Whether the desk could route to anyone else."""
    row = system3.first_link
    while row >= 0:
        other = state.links[row]
        if other.address != link.address and other.closed == 0 and other.stage == STANDING:
            return True
        row = other.next
    return False


@law
def tell_opening(state: State, unit: Unit, system3: System3, now: float, link: Link) -> None:
    """Tell the desk whether it may route there; have all tasks given back by whom it may not."""
    if system3.desk < 0 or link.stage != STANDING:
        return
    open_to = 1.0 - link.closed
    send(state, unit, now, MGMT_OP, OPENING, system3.desk, link.address, open_to)
    if link.closed == 1:
        send(state, unit, now, INTERVENE, REHOME, link.to, system3.desk, 0.0)


@law
def shut_off(state: State, unit: Unit, system3: System3, now: float, link: Link) -> None:
    """Route past the suspect and re-home its work; the last one that is open stays open, suspect or not."""
    if system3.desk >= 0 and link.stage == STANDING and another_is_open(state, system3, link):
        link.closed = 1
        system3.rehomings += 1
        tell_opening(state, unit, system3, now, link)


@law
def let_in(state: State, unit: Unit, system3: System3, now: float, link: Link) -> None:
    """Route there again."""
    link.suspected, link.closed = CLEARED, 0
    tell_opening(state, unit, system3, now, link)


@law
def hear_suspicion(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 2 suspects one of the operations, or no longer does."""
    system3 = state.system3s[unit.at]
    row = system3.first_link
    while row >= 0 and state.links[row].address != message.ref:
        row = state.links[row].next
    if row < 0:
        return
    link = state.links[row]
    link.suspected = int(message.value + 0.5)
    if link.suspected != CLEARED:
        link.reopen_at = now + system3.probation
        if link.closed == 0:
            shut_off(state, unit, system3, now, link)
    elif link.closed == 1:
        let_in(state, unit, system3, now, link)


@law
def look_after_suspects(state: State, unit: Unit, system3: System3, now: float) -> None:
    """At each bargain: try those again whose probation is over, and say again what was said: it may have been lost."""
    row = system3.first_link
    while row >= 0:
        link = state.links[row]
        over = now >= link.reopen_at
        if link.closed == 1 and over:
            let_in(state, unit, system3, now, link)
        elif link.closed == 0 and link.suspected != CLEARED and not over:
            shut_off(state, unit, system3, now, link)
        elif link.reopen_at > 0.0:
            tell_opening(state, unit, system3, now, link)
        row = link.next


@law
def rehome_below(state: State, unit: Unit, now: float, message: Message) -> None:
    """A child system only seems to live: all its operations give their tasks back, to the desk above."""
    system3 = state.system3s[unit.at]
    row = system3.first_link
    while row >= 0:
        link = state.links[row]
        send(state, unit, now, INTERVENE, REHOME, link.to, message.ref, message.value)
        row = link.next


# -- the operation: its tasks go home ------------------------------------------------------------------------


@law
def give_back(state: State, unit: Unit, operation: Operation, now: float, row: int, desk: int) -> None:
    """A task goes to the desk, in a new epoch: whatever is still to come of the old one is void."""
    task = state.tasks[row]
    let_go(state, operation, task)
    task.epoch += 1
    task.goal = -1
    note(state, unit, MOVED_OUT, task.identity, desk, 0.0)
    carry(state, unit, now, OP_OP, TRANSFER, desk, row, task.epoch)


@law
def rehome(state: State, unit: Unit, now: float, message: Message) -> None:
    """Give every task back to the desk: those in service are begun anew elsewhere, those that wait stay as they are.

    A task leaves with the message that carries it, so it is in one place only, however often this is said. One
    that is between two attempts follows when its time has come and this is said again.
    """
    operation = state.operations[unit.at]
    moved, serving = 0, 0
    while operation.serving >= 0 and moved < AT_ONCE:
        row = operation.serving
        lose_work(state, unit, operation, now, row)
        give_back(state, unit, operation, now, row, message.ref)
        serving += 1
        moved += 1
    while operation.queue > 0 and moved < AT_ONCE:
        row = operation.head
        count_queue(operation, now)
        leave_queue(state, operation, row)
        give_back(state, unit, operation, now, row, message.ref)
        moved += 1
    if moved > 0:
        note(state, unit, REHOMED, -1, moved, float(serving))
        release(state, unit, operation, now)
