"""How a law speaks: send on a channel, carry a task, remind oneself, note a fact."""

from __future__ import annotations

from typing import cast

from . import law
from .chance import sequence_draw, variate
from .kinds import (
    ACCOUNTS,
    ANNOUNCE,
    BY_CAPACITY,
    BY_CHANCE,
    BY_CUT,
    CLIMB,
    DELAY_DRAWS,
    EXPIRED,
    GRANT,
    GRANTED,
    LOAD,
    LOSS_DRAWS,
    LOST,
    MANAGEMENT,
    RECALLED,
    RETIRE,
    RETIRED,
    RETURNED,
    SETTING,
)
from .room import reach
from .tables import Channel, Message, State, Task, Unit
from .tasks import drop_task

EffectTuple = tuple[int, int, int, float, int, int, int, int, float]
ROOM = 4096
"""Rows that one handling may use at most of any table; compiled, a breach raises the fault flag."""


def _post_interpreted(
    state: State,
    sender: int,
    kind: int,
    to: int,
    due: float,
    task: int,
    token: int,
    ticket: int,
    ref: int,
    value: float,
) -> None:
    cast("list[EffectTuple]", state.effects).append((sender, kind, to, due, task, token, ticket, ref, value))


@law(interpreted=_post_interpreted)
def post(
    state: State,
    sender: int,
    kind: int,
    to: int,
    due: float,
    task: int,
    token: int,
    ticket: int,
    ref: int,
    value: float,
) -> None:
    """Queue one effect. The engine adds priority, number and cause. Facts have no receiver."""
    ledger = state.ledger[0]
    n = ledger.sent
    if n >= ROOM:
        ledger.fault = 1
        return
    effect = state.effects[n]
    effect.sender, effect.kind, effect.to, effect.due = sender, kind, to, due
    effect.task, effect.token, effect.ticket = task, token, ticket
    effect.ref, effect.value = ref, value
    ledger.sent = n + 1


@law
def note(state: State, unit: Unit, fact: int, token: int, ref: int, value: float) -> None:
    """Write a fact into the journal, after the message being handled."""
    post(state, unit.row, fact, unit.row, 0.0, -1, token, -1, ref, value)


@law
def remind(state: State, unit: Unit, kind: int, due: float, ref: int) -> None:
    """A periodic reminder to oneself: it always does its work, so it needs no ticket."""
    post(state, unit.row, kind, unit.row, due, -1, -1, -1, ref, 0.0)


@law
def take_ticket(state: State, unit: Unit, about: int) -> int:
    """A ticket for a reminder that may become void before it is due; ``about`` is the row it speaks of."""
    ledger = state.ledger[0]
    row = ledger.free_ticket
    if row >= 0:
        ledger.free_ticket = state.tickets[row].next
    else:
        row = ledger.tickets
        ledger.tickets = row + 1
        reach(state.tickets, row)
    unit.tickets += 1
    ticket = state.tickets[row]
    ticket.owner, ticket.serial, ticket.about, ticket.valid = unit.row, unit.tickets, about, 1
    return row


@law
def await_ticket(state: State, unit: Unit, kind: int, due: float, task: int) -> int:
    """Remind the receiver of this task (-1: of none) at ``due``, unless the ticket is revoked before."""
    row = take_ticket(state, unit, task)
    token = -1
    if task >= 0:
        token = state.tasks[task].identity
    post(state, unit.row, kind, unit.row, due, -1, token, row, state.tickets[row].serial, 0.0)
    return row


@law
def await_climb(state: State, unit: Unit, due: float, about: int) -> int:
    """Remind the receiver at ``due`` that the time to end this pain or pleasure is over, unless it ended before."""
    row = take_ticket(state, unit, about)
    post(state, unit.row, CLIMB, unit.row, due, -1, -1, row, state.tickets[row].serial, 0.0)
    return row


@law
def revoke(state: State, row: int) -> None:
    """The reminder will still come, and find that nothing is to be done."""
    if row >= 0:
        state.tickets[row].valid = 0


@law
def redeem(state: State, unit: Unit, message: Message) -> int:
    """Give the ticket back. Returns 1 if it was still valid; if not, that is a fact, and nothing is to be done."""
    ticket = state.tickets[message.ticket]
    valid = ticket.valid
    ticket.next = state.ledger[0].free_ticket
    state.ledger[0].free_ticket = message.ticket
    ticket.owner = -1
    if valid == 0:
        note(state, unit, EXPIRED, message.token, message.kind, 0.0)
    return valid


@law
def channel_to(state: State, unit: Unit, kind: int, to: int) -> int:
    """The sender's channel of this kind to this receiver; made from the sender's pattern when first used."""
    before = -1
    pattern = -1
    row = unit.first_channel
    while row >= 0:
        channel = state.channels[row]
        if channel.kind == kind:
            if channel.to == to:
                if before >= 0:
                    state.channels[before].next = channel.next
                    channel.next = unit.first_channel
                    unit.first_channel = row
                return row
            if channel.to < 0:
                pattern = row
        before = row
        row = channel.next
    ledger = state.ledger[0]
    row = ledger.channels
    ledger.channels = row + 1
    reach(state.channels, row)
    fresh = state.channels[row]
    fresh.owner, fresh.kind, fresh.to, fresh.next = unit.row, kind, to, unit.first_channel
    unit.first_channel = row
    fresh.delay, fresh.loss, fresh.capacity, fresh.queue_limit = -1, 0.0, 0.0, -1
    fresh.quantum, fresh.cut, fresh.cuts, fresh.extra, fresh.free_at = 0.0, 0, 0, 0.0, 0.0
    if pattern >= 0:
        origin = state.channels[pattern]
        fresh.delay, fresh.loss, fresh.capacity = origin.delay, origin.loss, origin.capacity
        fresh.queue_limit, fresh.quantum, fresh.cut = origin.queue_limit, origin.quantum, origin.cut
        fresh.cuts, fresh.extra = origin.cuts, origin.extra
    return row


@law
def passage(state: State, unit: Unit, channel: Channel, now: float) -> float:
    """When what is sent now comes out of the channel; below zero, why it never will.

    Capacity is in messages a second: what exceeds it waits first in, first out, and beyond the queue's
    limit is lost. Returns ``-1 - reason`` for a loss.
    """
    if channel.cut != 0 or channel.cuts > 0:
        return -1.0 - BY_CUT
    if channel.loss > 0.0 and sequence_draw(state, unit, LOSS_DRAWS) < channel.loss:
        return -1.0 - BY_CHANCE
    out = now
    if channel.capacity > 0.0:
        if channel.free_at > now:
            waiting = (
                channel.free_at - now
            ) * channel.capacity  # of these, one or a part of one is on its way
            if channel.queue_limit >= 0 and waiting > channel.queue_limit + 1e-9:
                return -1.0 - BY_CAPACITY
            out = channel.free_at
        out = out + 1.0 / channel.capacity
        channel.free_at = out
    out = out + channel.extra
    if channel.delay >= 0:
        out = out + variate(state, channel.delay, sequence_draw(state, unit, DELAY_DRAWS))
    return out


@law
def quantised(value: float, quantum: float) -> float:
    """A transducer that attenuates: the nearest multiple of its step."""
    if quantum <= 0.0:
        return value
    steps = value / quantum
    whole = float(int(steps + 0.5)) if steps >= 0.0 else -float(int(0.5 - steps))
    return whole * quantum


@law
def counts_agents(unit: Unit, kind: int, ref: int) -> bool:
    """Whether the value is a total of agents, who are whole: no transducer makes or loses one by rounding."""
    if kind in (ANNOUNCE, RETIRE, RETIRED):
        return True
    if ref != GRANTED and ref != RECALLED and ref != RETURNED:
        return False
    if kind == SETTING:
        return unit.role == MANAGEMENT  # what System 3 sets at a desk are shares
    return kind in (GRANT, LOAD, ACCOUNTS)


@law
def send_later(
    state: State,
    unit: Unit,
    now: float,
    wait: float,
    channel: int,
    kind: int,
    to: int,
    ref: int,
    value: float,
) -> None:
    """Send one number on a channel; on top of the channel's passage it travels ``wait`` seconds."""
    row = state.channels[channel_to(state, unit, channel, to)]
    due = passage(state, unit, row, now)
    if due < 0.0:
        note(state, unit, LOST, -1, channel, -1.0 - due)
    else:
        said = value if counts_agents(unit, kind, ref) else quantised(value, row.quantum)
        post(state, unit.row, kind, to, due + wait, -1, -1, -1, ref, said)


@law
def send(
    state: State, unit: Unit, now: float, channel: int, kind: int, to: int, ref: int, value: float
) -> None:
    """Send one number on a channel. What the channel loses is a fact."""
    send_later(state, unit, now, 0.0, channel, kind, to, ref, value)


@law
def tell_of(
    state: State, unit: Unit, now: float, channel: int, kind: int, to: int, token: int, ref: int, value: float
) -> None:
    """Send one number about a task that is not carried along."""
    row = state.channels[channel_to(state, unit, channel, to)]
    due = passage(state, unit, row, now)
    if due < 0.0:
        note(state, unit, LOST, token, channel, -1.0 - due)
    else:
        post(state, unit.row, kind, to, due, -1, token, -1, ref, quantised(value, row.quantum))


@law
def carry(state: State, unit: Unit, now: float, channel: int, kind: int, to: int, row: int, ref: int) -> None:
    """Send a task to its next holder. A task that the channel loses is lost for good, and that is a fact."""
    task: Task = state.tasks[row]
    way = state.channels[channel_to(state, unit, channel, to)]
    due = passage(state, unit, way, now)
    if due < 0.0:
        note(state, unit, LOST, task.identity, channel, -1.0 - due)
        drop_task(state, row)
    else:
        post(state, unit.row, kind, to, due, row, task.identity, -1, ref, 0.0)
