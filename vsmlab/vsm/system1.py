"""System 1: an operation takes tasks, serves them with its agents, and passes them on."""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.chance import task_draw, task_variate
from vsmlab.laws.kinds import (
    ABANDONED,
    ACCEPTED,
    ATTEMPT_FAILED,
    BACKOFF_DRAWS,
    BALKED,
    BALKING_DRAWS,
    DEADLINE,
    DEFERRED,
    DELIVER,
    FAILED,
    HAND_ON,
    HANDED_ON,
    IMPATIENT,
    NEXT_DRAWS,
    NO_BUDGET,
    OP_ENV,
    OP_OP,
    ORDER_DRAWS,
    OVER_DEADLINE,
    PATIENCE,
    PATIENCE_DRAWS,
    QUEUE_FULL,
    REQUEUED,
    RETRY,
    SERVED,
    SHED,
    TOO_LONG,
    TRANSFER,
)
from vsmlab.laws.sending import await_ticket, carry, note, redeem, revoke, tell_of
from vsmlab.laws.tables import Message, Operation, State, Task, Unit
from vsmlab.laws.tasks import (
    IN_SERVICE,
    QUEUED,
    RETRYING,
    drop_task,
    first_match,
    leave_queue,
    leave_service,
    set_key,
)

from .agents import STARTED_BEFORE, begin_waiting, free_agent, has_room, has_token, make_room, start
from .inspected import notice
from .passing import pass_on
from .vitals import count_arrival, count_end, count_queue

ARRIVES, HANDED, MOVED = 0, 1, 2
LAST_STAGE = 4094
"""A task that was handed on so often leaves: its draws are keyed by a stage of twelve bits."""


@law
def budget_left(operation: Operation, now: float) -> float:
    """Money that the operation may still spend; it comes in at the granted rate."""
    operation.budget += operation.budget_rate * (now - operation.budget_since)
    operation.budget_since = now
    return operation.budget


@law
def why_refused(state: State, operation: Operation, task: Task, now: float) -> int:
    """Why the operation would not take this task; -1 if it takes it. Local autonomy may be suspended."""
    if operation.has_budget == 1 and budget_left(operation, now) < task.cost:
        return NO_BUDGET
    present = operation.queue + operation.busy
    if task.balks == 1 and task_draw(state, task, BALKING_DRAWS, 0, 0) * (present + 1) >= 1.0:
        return BALKED
    if operation.queue == 0 and operation.busy < operation.agents and has_token(operation, now):
        return -1
    full = operation.limit >= 0 and operation.queue >= operation.limit
    if full and not make_room(state, operation, task, now):
        return QUEUE_FULL
    if operation.max_wait >= 0.0 and now >= operation.suspended_until:
        rate = operation.agents / operation.mean_service
        if operation.queue + 1 > operation.max_wait * rate:
            return TOO_LONG
    return -1


@law
def accept(state: State, unit: Unit, now: float, message: Message) -> None:
    """A task comes to the operation's door: from the environment, its desk, or a sibling."""
    operation = state.operations[unit.at]
    if operation.closing == 1:
        pass_on(state, unit, now, message, operation.successor)
        return
    row = message.task
    task = state.tasks[row]
    if message.kind == TRANSFER:
        task.coming = MOVED
    elif message.kind == HAND_ON:
        task.coming = HANDED
    task.goal = -1
    deferred = False
    if task.coming != MOVED:
        operation.window_arrivals += 1
        if operation.inspector >= 0:
            notice(state, operation, task)
        reason = why_refused(state, operation, task, now)
        deferred = reason == TOO_LONG and operation.defer > 0.0
        if operation.first_vital >= 0:
            count_arrival(state, operation, int(reason >= 0 and not deferred))
        if reason >= 0 and not deferred:
            note(state, unit, SHED, task.identity, reason, float(task.coming))
            drop_task(state, row)
            return
        if operation.has_budget == 1:
            operation.budget -= task.cost
        task.visits += 1
        task.patience_until = -1.0
        task.entered = now
    note(state, unit, ACCEPTED, task.identity, task.coming, float(operation.queue + operation.busy))
    if task.deadline >= 0.0:
        task.deadline_ticket = await_ticket(state, unit, DEADLINE, max(now, task.deadline), row)
    if deferred:
        defer(state, unit, operation, now, row)
        return
    task.coming = ARRIVES
    set_key(operation, task, task_draw(state, task, ORDER_DRAWS, 0, 0) if operation.discipline == 2 else 0.0)
    if operation.queue == 0 and has_room(state, unit, operation, now):
        start(state, unit, operation, now, row)
    elif begin_waiting(state, unit, operation, now, row):
        be_patient(state, unit, now, row)


@law
def be_patient(state: State, unit: Unit, now: float, row: int) -> None:
    """The task waits for its first start of service only as long as its patience lasts."""
    task = state.tasks[row]
    if task.patience >= 0 and task.patience_until != STARTED_BEFORE:
        if task.patience_until < 0.0:
            task.patience_until = now + task_variate(state, task.patience, task, PATIENCE_DRAWS, 0)
        task.patience_ticket = await_ticket(state, unit, PATIENCE, max(now, task.patience_until), row)


@law
def defer(state: State, unit: Unit, operation: Operation, now: float, row: int) -> None:
    """Local autonomy: the task would wait too long now, so it comes back later, as the same task."""
    task = state.tasks[row]
    note(state, unit, DEFERRED, task.identity, task.coming, operation.defer)
    task.coming = ARRIVES
    task.held = RETRYING
    operation.retrying += 1
    task.retry_ticket = await_ticket(state, unit, RETRY, now + operation.defer, row)


@law
def let_go(state: State, operation: Operation, task: Task) -> None:
    """The task leaves: what the operation was reminded of it becomes void."""
    revoke(state, task.deadline_ticket)
    revoke(state, task.patience_ticket)
    revoke(state, task.retry_ticket)
    revoke(state, task.done_ticket)
    task.deadline_ticket, task.patience_ticket, task.retry_ticket, task.done_ticket = -1, -1, -1, -1


@law
def next_choice(state: State, operation: Operation, task: Task) -> int:
    """Where the task goes on: the first way whose conditions hold, or one by chance; -1 if it leaves."""
    if operation.first_next >= operation.last_next:
        return -1
    if operation.max_visits > 0 and task.visits >= operation.max_visits:
        return -1
    if task.stage >= LAST_STAGE:
        return -1
    if state.choices[operation.first_next].probability < 0.0:
        return first_match(state, operation.first_next, operation.last_next, task)
    u = task_draw(state, task, NEXT_DRAWS, 0, 0)
    for row in range(operation.first_next, operation.last_next):
        u = u - state.choices[row].probability
        if u < 0.0:
            return row
    return -1


@law
def observe_service(operation: Operation, time: float) -> None:
    """Keep the mean service time: what was expected counts as ten tasks; older ones fade after fifty."""
    operation.completed += 1
    weight = max(0.02, 1.0 / (10.0 + operation.completed))
    operation.mean_service = max(1e-9, operation.mean_service + weight * (time - operation.mean_service))


@law
def done(state: State, unit: Unit, now: float, message: Message) -> None:
    """The world has served the task: it leaves for good, or goes on to another operation."""
    operation = state.operations[unit.at]
    row = state.tickets[message.ticket].about
    if redeem(state, unit, message) == 0:
        return
    task = state.tasks[row]
    task.done_ticket = -1
    leave_service(state, operation, row)
    observe_service(operation, task.served + now - task.started)
    task.left, task.served, task.attempt = -1.0, 0.0, 0
    if operation.first_vital >= 0:
        count_end(state, operation, 0)
    let_go(state, operation, task)
    way = next_choice(state, operation, task)
    if way < 0:
        note(state, unit, SERVED, task.identity, task.stage, task.cost)
        tell_of(state, unit, now, OP_ENV, DELIVER, operation.environment, task.identity, 0, 0.0)
        drop_task(state, row)
    else:
        choice = state.choices[way]
        note(state, unit, HANDED_ON, task.identity, choice.goal, task.cost)
        task.stage += 1
        task.goal = choice.goal
        task.coming = HANDED
        carry(state, unit, now, OP_OP, HAND_ON, choice.hop, row, task.stage)
    free_agent(state, unit, operation, now)


@law
def failed_attempt(state: State, unit: Unit, now: float, message: Message) -> None:
    """The attempt came to nothing: try again after the backoff, or give up when the attempts are spent."""
    operation = state.operations[unit.at]
    row = state.tickets[message.ticket].about
    if redeem(state, unit, message) == 0:
        return
    task = state.tasks[row]
    task.done_ticket = -1
    leave_service(state, operation, row)
    task.left, task.served = -1.0, 0.0
    task.attempt += 1
    if task.attempt >= task.attempts:
        if operation.first_vital >= 0:
            count_end(state, operation, 1)
        let_go(state, operation, task)
        note(state, unit, FAILED, task.identity, task.attempt, 0.0)
        drop_task(state, row)
    else:
        task.held = RETRYING
        note(state, unit, ATTEMPT_FAILED, task.identity, task.attempt, 0.0)
        operation.retrying += 1
        wait = task_variate(state, task.backoff, task, BACKOFF_DRAWS, task.attempt)
        task.retry_ticket = await_ticket(state, unit, RETRY, now + wait, row)
    free_agent(state, unit, operation, now)


@law
def retry(state: State, unit: Unit, now: float, message: Message) -> None:
    """The backoff is over: the same task stands in the queue again, whatever the queue's limit."""
    operation = state.operations[unit.at]
    row = state.tickets[message.ticket].about
    if redeem(state, unit, message) == 0:
        return
    task = state.tasks[row]
    task.retry_ticket = -1
    operation.retrying -= 1
    note(state, unit, REQUEUED, task.identity, task.attempt, 0.0)
    set_key(operation, task, task_draw(state, task, ORDER_DRAWS, task.attempt, 0))
    if operation.queue == 0 and has_room(state, unit, operation, now):
        start(state, unit, operation, now, row)
    elif begin_waiting(state, unit, operation, now, row):
        be_patient(state, unit, now, row)


@law
def abandon(state: State, unit: Unit, now: float, message: Message) -> None:
    """Deadline or patience is over: the task leaves, wherever the operation has it."""
    operation = state.operations[unit.at]
    row = state.tickets[message.ticket].about
    if redeem(state, unit, message) == 0:
        return
    task = state.tasks[row]
    impatient = message.kind == PATIENCE
    held = task.held
    if impatient:
        task.patience_ticket = -1
    else:
        task.deadline_ticket = -1
    if held == QUEUED:
        count_queue(operation, now)
        leave_queue(state, operation, row)
    elif held == IN_SERVICE:
        leave_service(state, operation, row)
    else:
        operation.retrying -= 1
    let_go(state, operation, task)
    note(state, unit, ABANDONED, task.identity, IMPATIENT if impatient else OVER_DEADLINE, 0.0)
    drop_task(state, row)
    if held == IN_SERVICE:
        free_agent(state, unit, operation, now)
