"""Agents of an operation: who starts when, who makes way, and the token bucket that limits starts."""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.kinds import AGENTS, CRASHED, LOAD, OP_MGMT, PREEMPTED, RETURNED, TOKEN
from vsmlab.laws.sending import await_ticket, note, redeem, revoke, send
from vsmlab.laws.tables import Message, Operation, State, Task, Unit
from vsmlab.laws.tasks import goes_before, join_queue, join_service, least_urgent, leave_queue, leave_service
from vsmlab.world.service import serve, work_left

from .vitals import count_queue, count_start

STARTED_BEFORE = -2.0
"""In place of the end of a task's patience, which counts until its first start of service."""


@law
def count_busy(operation: Operation, now: float, change: int) -> None:
    """Keep the area under the number of busy agents: agent-seconds of work carried."""
    operation.busy_area += operation.busy * (now - operation.busy_since)
    if operation.first_vital >= 0:
        operation.worked += operation.busy * (now - operation.busy_since)
        operation.manned += operation.agents * (now - operation.busy_since)
    operation.busy_since = now
    operation.busy += change


@law
def refill(operation: Operation, now: float) -> float:
    """The bucket's level now: it fills at its rate up to its burst (token bucket)."""
    level = operation.bucket_level + operation.bucket_rate * (now - operation.bucket_since)
    operation.bucket_since = now
    operation.bucket_level = min(level, operation.bucket_burst)
    return operation.bucket_level


@law
def has_token(operation: Operation, now: float) -> bool:
    """Whether the bucket, if there is one, lets a service start now."""
    return operation.bucket == 0 or refill(operation, now) >= 1.0


@law
def has_room(state: State, unit: Unit, operation: Operation, now: float) -> bool:
    """Whether a start of service may happen now. If only a token is missing, wait for it."""
    if operation.state == CRASHED or operation.busy >= operation.agents:
        return False
    if has_token(operation, now):
        return True
    if operation.bucket_ticket < 0 and operation.bucket_rate > 0.0:
        missing = (1.0 - operation.bucket_level) / operation.bucket_rate
        operation.bucket_ticket = await_ticket(state, unit, TOKEN, now + missing, -1)
    return False


@law
def start(state: State, unit: Unit, operation: Operation, now: float, row: int) -> None:
    """An agent begins to work on the task."""
    task = state.tasks[row]
    if operation.bucket == 1:
        operation.bucket_level -= 1.0
    revoke(state, task.patience_ticket)
    task.patience_ticket, task.patience_until = -1, STARTED_BEFORE
    if operation.first_vital >= 0 and task.entered >= 0.0:
        count_start(state, operation, now - task.entered)
    task.entered = -1.0
    count_busy(operation, now, 1)
    join_service(state, operation, row)
    serve(state, unit, operation, now, row)


@law
def start_waiting(state: State, unit: Unit, operation: Operation, now: float) -> None:
    """Start whoever waits, as long as there is room."""
    while operation.queue > 0 and has_room(state, unit, operation, now):
        row = operation.head
        count_queue(operation, now)
        leave_queue(state, operation, row)
        start(state, unit, operation, now, row)


@law
def make_room(state: State, operation: Operation, task: Task, now: float) -> bool:
    """At the queue's limit a more urgent task may still come in where it will be served at once."""
    if operation.preemptive == 0 or operation.serving < 0 or operation.busy < operation.agents:
        return False
    if not has_token(operation, now):
        return False
    return task.rank < state.tasks[least_urgent(state, operation)].rank


@law
def begin_waiting(state: State, unit: Unit, operation: Operation, now: float, row: int) -> bool:
    """Queue the task, or let it take the agent of a less urgent one. Returns whether it waits."""
    task = state.tasks[row]
    if operation.preemptive == 1 and operation.serving >= 0 and operation.busy >= operation.agents:
        victim = least_urgent(state, operation)
        other = state.tasks[victim]
        first = operation.queue == 0 or goes_before(task, state.tasks[operation.head])
        if task.rank < other.rank and first and has_token(operation, now):
            preempt(state, unit, operation, now, victim)
            start(state, unit, operation, now, row)
            return False
    count_queue(operation, now)
    join_queue(state, operation, row)
    return True


@law
def preempt(state: State, unit: Unit, operation: Operation, now: float, row: int) -> None:
    """The task goes back to the queue with the work that is left of it (preemptive resume)."""
    task = state.tasks[row]
    revoke(state, task.done_ticket)
    task.done_ticket = -1
    task.left = work_left(operation, task, now)
    task.served += now - task.started
    leave_service(state, operation, row)
    count_busy(operation, now, -1)
    note(state, unit, PREEMPTED, task.identity, task.rank, task.left)
    count_queue(operation, now)
    join_queue(state, operation, row)


@law
def free_agent(state: State, unit: Unit, operation: Operation, now: float) -> None:
    """An agent has become free: it goes back where it is owed, or takes the next task."""
    count_busy(operation, now, -1)
    if operation.owed > 0:
        release(state, unit, operation, now)
    start_waiting(state, unit, operation, now)


@law
def release(state: State, unit: Unit, operation: Operation, now: float) -> None:
    """Give back the agents that System 3 recalled, as far as they are idle. From a crash nobody comes back."""
    given = 0
    if operation.state == CRASHED:
        return
    if operation.first_vital >= 0:
        count_busy(operation, now, 0)
    while operation.owed > 0 and operation.agents > operation.busy:
        operation.owed -= 1
        operation.agents -= 1
        operation.returned += 1
        given += 1
    if given > 0:
        note_agents(state, unit, operation)
        send(state, unit, now, OP_MGMT, LOAD, operation.management, RETURNED, float(operation.returned))


@law
def note_agents(state: State, unit: Unit, operation: Operation) -> None:
    """The number of agents has changed."""
    note(state, unit, AGENTS, -1, operation.agents, float(operation.granted - operation.recalled))


@law
def token(state: State, unit: Unit, now: float, message: Message) -> None:
    """The bucket holds a token again."""
    operation = state.operations[unit.at]
    if redeem(state, unit, message) == 0:
        return
    operation.bucket_ticket = -1
    operation.bucket_level = max(refill(operation, now), 1.0)
    start_waiting(state, unit, operation, now)
