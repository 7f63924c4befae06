"""What local management may set at its operation: agents, bucket, budget, autonomy, work to give away."""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.kinds import (
    BUDGET,
    GRANTED,
    MAX_WAIT,
    MOVED_OUT,
    OP_OP,
    RECALLED,
    SUSPENDED,
    TOKEN_BURST,
    TOKEN_RATE,
    TRANSFER,
)
from vsmlab.laws.sending import carry, note, revoke
from vsmlab.laws.tables import Message, Operation, State, Unit
from vsmlab.laws.tasks import leave_queue

from .agents import count_busy, note_agents, refill, release, start_waiting
from .system1 import budget_left, let_go
from .vitals import count_queue


@law
def take_agents(state: State, unit: Unit, operation: Operation, now: float, granted: int) -> None:
    """Agents granted so far: what is more than was known of has just arrived. They go to work at once."""
    if granted > operation.granted:
        if operation.first_vital >= 0:
            count_busy(operation, now, 0)
        operation.agents += granted - operation.granted
        operation.granted = granted
        note_agents(state, unit, operation)
        release(state, unit, operation, now)
        start_waiting(state, unit, operation, now)


@law
def set_number(state: State, unit: Unit, now: float, message: Message) -> None:
    """Management sets one number. Counts are totals since the beginning, so a repeated message changes nothing."""
    operation = state.operations[unit.at]
    which = message.ref
    if which == GRANTED:
        take_agents(state, unit, operation, now, int(message.value))
    elif which == RECALLED:
        if int(message.value) > operation.recalled:
            operation.owed += int(message.value) - operation.recalled
            operation.recalled = int(message.value)
            note_agents(state, unit, operation)
            release(state, unit, operation, now)
    elif which == TOKEN_RATE:
        refill(operation, now)
        operation.bucket, operation.bucket_rate = 1, message.value
        revoke(state, operation.bucket_ticket)
        operation.bucket_ticket = -1
        start_waiting(state, unit, operation, now)
    elif which == TOKEN_BURST:
        refill(operation, now)
        operation.bucket, operation.bucket_burst = 1, message.value
    elif which == BUDGET:
        budget_left(operation, now)
        operation.budget_rate = message.value
    elif which == SUSPENDED:
        operation.suspended_until = max(operation.suspended_until, now + message.value)
    elif which == MAX_WAIT:
        operation.max_wait = message.value


@law
def give_away(state: State, unit: Unit, now: float, message: Message) -> None:
    """Give the first waiting tasks to a sibling, each in a message of its own; the epoch fences the old holder."""
    operation = state.operations[unit.at]
    wanted = int(message.value)
    while wanted > 0 and operation.queue > 0:
        wanted -= 1
        row = operation.head
        count_queue(operation, now)
        leave_queue(state, operation, row)
        task = state.tasks[row]
        let_go(state, operation, task)
        task.epoch += 1
        task.coming = 2
        task.goal = -1
        note(state, unit, MOVED_OUT, task.identity, message.ref, 0.0)
        carry(state, unit, now, OP_OP, TRANSFER, message.ref, row, task.epoch)
