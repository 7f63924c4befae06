"""Who was born announces itself to those around it, again and again, until it is known.

A parent learns of its child by these announcements alone: the desk from the child's desk, System 2 from its
System 2, System 3 from its System 3, System 5 from its System 5, System 3* from its operations. The desk calls
on the child before it sends a task there, and sends none until the child has answered: a causal edge.
(After the FIPA Contract Net's habit of answering every call; that loss is met by repetition is our own choice.)
"""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.kinds import (
    ACCOUNT,
    ALGEDONIC,
    ANNOUNCE,
    ANNOUNCE_DUE,
    BARGAIN,
    CALLED,
    DESK,
    ENV_OP,
    INTERVENE,
    INVOKE,
    OP_ENV,
    RESULT,
    RETIRED,
    S2,
    S3STAR,
    STANDING,
    SYSTEM2,
    SYSTEM3,
    SYSTEM5,
)
from vsmlab.laws.room import reach
from vsmlab.laws.sending import remind, send
from vsmlab.laws.tables import Message, State, Unit

from .bargain import first_leaver

ANNOUNCE_EVERY = 10.0
"""Seconds between the first two announcements; each further gap is twice as long, up to sixteen times this."""
HEARD, CALL = 0, 1
"""What an ``invoke`` says: the announcement was heard; come, there is work."""


# -- the child ----------------------------------------------------------------------------------------------


@law
def upward(role: int) -> int:
    """The channel on which a receiver of this role speaks to its like in the system above."""
    if role == DESK:
        return OP_ENV
    if role == SYSTEM2:
        return S2
    if role == SYSTEM3:
        return ACCOUNT
    if role == SYSTEM5:
        return ALGEDONIC
    return S3STAR


@law
def introduce(state: State, unit: Unit, now: float, message: Message) -> None:
    """Announce oneself to all who have not said yet that they heard it; who has taken leave is silent."""
    if unit.announcing == 0:
        return
    unknown = 0
    row = unit.first_tie
    while row >= 0:
        tie = state.links[row]
        if tie.closed == 0 and tie.to >= 0:
            unknown += 1
            send(state, unit, now, upward(unit.role), ANNOUNCE, tie.to, tie.address, tie.initial)
        row = tie.next
    if unknown == 0:
        unit.announcing = 0
        return
    remind(state, unit, ANNOUNCE_DUE, now + ANNOUNCE_EVERY * (1 << min(4, unit.announced)), 0)
    unit.announced += 1


@law
def known(state: State, unit: Unit, now: float, message: Message) -> None:
    """The other has heard of us; or it calls, and is answered: we take tasks."""
    if message.ref == CALL:
        send(state, unit, now, OP_ENV, RESULT, message.sender, CALL, 0.0)
        return
    row = unit.first_tie
    while row >= 0:
        tie = state.links[row]
        if tie.to == message.sender:
            tie.closed = 1
        row = tie.next


@law
def farewell(state: State, unit: Unit, now: float) -> None:
    """Tell those in the system above who knew us that we have ended."""
    row = unit.first_tie
    while row >= 0:
        tie = state.links[row]
        if tie.to >= 0:
            send(state, unit, now, upward(unit.role), RETIRED, tie.to, tie.address, 0.0)
        row = tie.next


# -- the parent ---------------------------------------------------------------------------------------------


@law
def new_link(state: State, unit: Unit, to: int, address: int, agents: float, now: float) -> int:
    """A link to someone of whom nothing is known but that it is there."""
    ledger = state.ledger[0]
    row = ledger.links
    ledger.links = row + 1
    reach(state.links, row)
    link = state.links[row]
    link.owner, link.to, link.address, link.next = unit.row, to, address, -1
    link.heard, link.first_correction, link.last_correction = -1.0, -1, -1
    link.initial, link.target, link.bias, link.born = agents, int(agents), 1.0, 1
    link.beat, link.progressed, link.idle = now, now, now
    return row


@law
def last_of(state: State, first: int) -> int:
    """The last row of a chain of links; -1 of none."""
    last = -1
    row = first
    while row >= 0:
        last = row
        row = state.links[row].next
    return last


@law
def find_link(state: State, first: int, to: int) -> int:
    """The row of a chain that is about this receiver; -1 if none is."""
    row = first
    while row >= 0 and state.links[row].to != to:
        row = state.links[row].next
    return row


@law
def announced_to_desk(state: State, unit: Unit, now: float, message: Message) -> None:
    """A child's desk is there: call on it. Nothing goes there before it has answered, and System 3 set a share."""
    desk = state.desks[unit.at]
    row = find_link(state, desk.first_link, message.sender)
    if row < 0:
        row = new_link(state, unit, message.sender, message.ref, 0.0, now)
        state.links[row].stage = CALLED
        if desk.last_link >= 0 and desk.children > 0:
            state.links[desk.last_link].next = row
        else:
            desk.first_link = row
        desk.last_link = row
        desk.children += 1
    calls = CALL if state.links[row].stage == CALLED else HEARD
    send(state, unit, now, ENV_OP, INVOKE, message.sender, calls, 0.0)


@law
def answered(state: State, unit: Unit, now: float, message: Message) -> None:
    """The child has answered the call: tasks may go there."""
    row = find_link(state, state.desks[unit.at].first_link, message.sender)
    if row >= 0 and state.links[row].stage == CALLED:
        state.links[row].stage = STANDING
        send(state, unit, now, ENV_OP, INVOKE, message.sender, HEARD, 0.0)


@law
def announced_to_system2(state: State, unit: Unit, now: float, message: Message) -> None:
    """A child's System 2 is there: it is one more to coordinate."""
    system2 = state.system2s[unit.at]
    if find_link(state, system2.first_link, message.sender) < 0:
        row = new_link(state, unit, message.sender, message.ref, 0.0, now)
        last = last_of(state, system2.first_link)
        if last >= 0:
            state.links[last].next = row
        else:
            system2.first_link = row
        system2.children += 1
    send(state, unit, now, S2, INVOKE, message.sender, HEARD, 0.0)


@law
def announced_to_system3(state: State, unit: Unit, now: float, message: Message) -> None:
    """A child's System 3 is there with its agents: it takes part in the bargain. Who has left stays away."""
    system3 = state.system3s[unit.at]
    gone = find_link(state, first_leaver(system3), message.sender)
    if gone < 0 and find_link(state, system3.first_link, message.sender) < 0:
        row = new_link(state, unit, message.sender, message.ref, message.value, now)
        last = last_of(state, system3.first_link)
        if last >= 0:
            state.links[last].next = row
        else:
            system3.first_link = row
        system3.children += 1
    send(state, unit, now, BARGAIN, INVOKE, message.sender, HEARD, 0.0)


@law
def announced_to_system5(state: State, unit: Unit, now: float, message: Message) -> None:
    """A child's System 5 is there: policy is passed on to it from now on."""
    system5 = state.system5s[unit.at]
    if find_link(state, system5.first_link, message.sender) < 0:
        row = new_link(state, unit, message.sender, message.ref, 0.0, now)
        last = last_of(state, system5.first_link)
        if last >= 0:
            state.links[last].next = row
        else:
            system5.first_link = row
        system5.last_link = row
    send(state, unit, now, INTERVENE, INVOKE, message.sender, HEARD, 0.0)


@law
def announced_to_audit(state: State, unit: Unit, now: float, message: Message) -> None:
    """An operation of a child system is there: from now on it may be looked at. ``ref`` is its branch."""
    audit = state.audits[unit.at]
    last = -1
    row = audit.first_audited
    while row >= 0 and state.auditeds[row].to != message.sender:
        last = row
        row = state.auditeds[row].next
    if row < 0:
        ledger = state.ledger[0]
        row = ledger.auditeds
        ledger.auditeds = row + 1
        reach(state.auditeds, row)
        audited = state.auditeds[row]
        audited.owner, audited.to, audited.branch, audited.next = unit.row, message.sender, message.ref, -1
        audited.ratio, audited.serial, audited.asked = 1.0, -1, -1
        audited.claimed, audited.counted = -1.0, -1.0
        if last >= 0:
            state.auditeds[last].next = row
        else:
            audit.first_audited = row
        audit.last_audited = row
        audit.children += 1
    send(state, unit, now, S3STAR, INVOKE, message.sender, HEARD, 0.0)
