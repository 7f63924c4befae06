"""Tasks: rows are recycled, identities are not; a queue is a linked list through the tasks that a unit holds."""

from __future__ import annotations

from . import law
from .kinds import EDF, LIFO, RANDOM
from .room import reach
from .tables import Operation, State, Task, Unit

NOWHERE, QUEUED, IN_SERVICE, RETRYING = 0, 1, 2, 3


@law
def new_task(state: State, unit: Unit, count: int, now: float) -> int:
    """A fresh task. Its identity is its origin (24 bits) and the origin's own count (38 bits)."""
    ledger = state.ledger[0]
    row = ledger.free_task
    if row >= 0:
        ledger.free_task = state.tasks[row].next
    else:
        row = ledger.tasks
        ledger.tasks = row + 1
        reach(state.tasks, row)
    task = state.tasks[row]
    task.identity = ((unit.identity & 0xFFFFFF) << 38) | count
    task.next, task.previous, task.held = -1, -1, NOWHERE
    task.stage, task.attempt, task.epoch, task.visits, task.coming = 0, 0, 0, 0, 0
    task.goal, task.rank, task.key = -1, 0, 0.0
    task.born, task.started, task.served, task.left = now, 0.0, 0.0, -1.0
    task.patience_until = -1.0
    task.done_ticket, task.deadline_ticket, task.patience_ticket, task.retry_ticket = -1, -1, -1, -1
    return row


@law
def drop_task(state: State, row: int) -> None:
    """The task is over; its row may serve another."""
    state.tasks[row].next = state.ledger[0].free_task
    state.ledger[0].free_task = row


@law
def goes_before(a: Task, b: Task) -> bool:
    """Whether ``a`` is served before ``b``: by rank, then by the discipline's key. Equal keys keep their order."""
    if a.rank != b.rank:
        return a.rank < b.rank
    return a.key < b.key


@law
def set_key(operation: Operation, task: Task, u: float) -> None:
    """What the discipline sorts by, among tasks of one rank."""
    operation.order += 1
    if operation.discipline == LIFO:
        task.key = -float(operation.order)
    elif operation.discipline == RANDOM:
        task.key = u
    elif operation.discipline == EDF:
        task.key = task.deadline if task.deadline >= 0.0 else 1e300
    else:
        task.key = float(operation.order)


@law
def random_place(state: State, operation: Operation, task: Task) -> int:
    """Whom the task stands behind at random among those of its rank; the key says how far from their end.

    Every order of those who wait stays equally likely, so that each start takes any of them alike.
    """
    last = operation.tail
    while last >= 0 and state.tasks[last].rank > task.rank:
        last = state.tasks[last].previous
    peers = 0
    row = last
    while row >= 0 and state.tasks[row].rank == task.rank:
        peers += 1
        row = state.tasks[row].previous
    for _ in range(int(task.key * (peers + 1))):
        last = state.tasks[last].previous
    return last


@law
def join_queue(state: State, operation: Operation, row: int) -> None:
    """Insert by rank and key; from the tail, where first in, first out finds its place at once."""
    task = state.tasks[row]
    task.held = QUEUED
    operation.queue += 1
    if (
        operation.discipline == LIFO
        and operation.head >= 0
        and goes_before(task, state.tasks[operation.head])
    ):
        after = -1
    elif operation.discipline == RANDOM:
        after = random_place(state, operation, task)
    else:
        after = operation.tail
        while after >= 0 and goes_before(task, state.tasks[after]):
            after = state.tasks[after].previous
    task.previous = after
    if after < 0:
        task.next = operation.head
        operation.head = row
    else:
        task.next = state.tasks[after].next
        state.tasks[after].next = row
    if task.next < 0:
        operation.tail = row
    else:
        state.tasks[task.next].previous = row


@law
def leave_queue(state: State, operation: Operation, row: int) -> None:
    """Take a task out of the queue, wherever it stands."""
    task = state.tasks[row]
    operation.queue -= 1
    if task.previous < 0:
        operation.head = task.next
    else:
        state.tasks[task.previous].next = task.next
    if task.next < 0:
        operation.tail = task.previous
    else:
        state.tasks[task.next].previous = task.previous
    task.next, task.previous, task.held = -1, -1, NOWHERE


@law
def join_service(state: State, operation: Operation, row: int) -> None:
    """Put the task among those in service."""
    task = state.tasks[row]
    task.held = IN_SERVICE
    task.previous = -1
    task.next = operation.serving
    if operation.serving >= 0:
        state.tasks[operation.serving].previous = row
    operation.serving = row


@law
def leave_service(state: State, operation: Operation, row: int) -> None:
    """Take the task from those in service."""
    task = state.tasks[row]
    if task.previous < 0:
        operation.serving = task.next
    else:
        state.tasks[task.previous].next = task.next
    if task.next >= 0:
        state.tasks[task.next].previous = task.previous
    task.next, task.previous, task.held = -1, -1, NOWHERE


@law
def least_urgent(state: State, operation: Operation) -> int:
    """The task in service that gives way first: the highest rank number, the latest start."""
    found = operation.serving
    row = found
    while row >= 0:
        task, worst = state.tasks[row], state.tasks[found]
        if task.rank > worst.rank or (task.rank == worst.rank and task.started > worst.started):
            found = row
        row = task.next
    return found


@law
def column_of(task: Task, column: int) -> float:
    """What is known of the task on arrival."""
    if column == 0:
        return task.column_0
    if column == 1:
        return task.column_1
    if column == 2:
        return task.column_2
    return task.column_3


@law
def first_match(state: State, first: int, last: int, task: Task) -> int:
    """The first choice whose conditions all hold; -1 if there is none."""
    for row in range(first, last):
        choice = state.choices[row]
        holds = True
        for c in range(choice.first, choice.last):
            condition = state.conditions[c]
            value = column_of(task, condition.column)
            if value < condition.low or value > condition.high:
                holds = False
        if holds:
            return row
    return -1
