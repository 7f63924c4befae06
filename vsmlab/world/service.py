"""Service: how long an agent works on a task, whether the attempt comes to anything, and delivery."""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.chance import task_draw, task_variate
from vsmlab.laws.kinds import DONE, FAILED_ATTEMPT, FAILURE_DRAWS, STARTED, WELL, WORK_DRAWS
from vsmlab.laws.sending import note, post, take_ticket
from vsmlab.laws.tables import Message, Operation, State, Task, Unit


@law
def attempt_work(state: State, operation: Operation, task: Task) -> float:
    """Work of this attempt in agent-seconds at speed one. The stream's first draw was made at birth."""
    if operation.work >= 0:
        return task_variate(state, operation.work, task, WORK_DRAWS, task.attempt)
    if task.work_law >= 0 and (task.attempt > 0 or task.stage > 0):
        return task_variate(state, task.work_law, task, WORK_DRAWS, task.attempt)
    return task.work


@law
def serve(state: State, unit: Unit, operation: Operation, now: float, row: int) -> None:
    """Serve this task: an effect addressed to the world. The answer is a message from the environment."""
    task = state.tasks[row]
    left = task.left
    if left < 0.0:
        left = attempt_work(state, operation, task)
    task.left = left
    task.started = now
    takes = left / operation.speed if operation.speed > 0.0 else left
    note(state, unit, STARTED, task.identity, task.attempt, takes)
    await_answer(state, unit, operation, now, row)


@law
def goes_on(operation: Operation) -> bool:
    """Whether agents get on with what they took: they are well, and not brought to a standstill."""
    return operation.state == WELL and operation.speed > 0.0


@law
def work_left(operation: Operation, task: Task, now: float) -> float:
    """Work that is left of a task in service, in agent-seconds at speed one."""
    if not goes_on(operation):
        return task.left
    return max(0.0, (task.finish - now) * operation.speed)


@law
def await_answer(state: State, unit: Unit, operation: Operation, now: float, row: int) -> None:
    """The world answers when what is left of the work is done; to agents who hang, never."""
    if not goes_on(operation):
        return
    task = state.tasks[row]
    task.finish = now + task.left / operation.speed
    answer = DONE
    if task.failure > 0.0 and task_draw(state, task, FAILURE_DRAWS, task.attempt, 0) < task.failure:
        answer = FAILED_ATTEMPT
    ticket = take_ticket(state, unit, row)
    task.done_ticket = ticket
    post(
        state,
        operation.environment,
        answer,
        unit.row,
        task.finish,
        -1,
        task.identity,
        ticket,
        task.attempt,
        0.0,
    )


@law
def deliver(state: State, unit: Unit, now: float, message: Message) -> None:
    """What was served reaches the environment."""
    state.environments[unit.at].delivered += 1
