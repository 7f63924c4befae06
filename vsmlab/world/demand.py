"""Demand: a stream makes a task, knows what it is, and sends it to whoever it is for."""

from __future__ import annotations

import math

from vsmlab.laws import law
from vsmlab.laws.chance import inside, quantile, sequence_draw, task_draw, task_variate
from vsmlab.laws.kinds import (
    ARRIVE,
    BORN,
    COLUMN_DRAWS,
    DEMAND_DRAWS,
    ENV_OP,
    EXPIRED,
    PROFILE,
    TRACE,
    WORK_DRAWS,
)
from vsmlab.laws.sending import carry, note
from vsmlab.laws.tables import Cell, Message, State, Stream, Task, Unit
from vsmlab.laws.tasks import first_match, new_task
from vsmlab.mechanisms.normal import normal_probability
from vsmlab.mechanisms.numbers import normal_quantile

from .arrivals import next_time
from .demand_changes import copies_at
from .indicators import count_for_watches
from .operated import await_arrival


@law
def take_class(state: State, unit: Unit, first: int, last: int) -> int:
    """The class of the next task of a window: drawn without replacement from what remains of each."""
    left = 0
    for row in range(first, last):
        left += state.cells[row].remaining
    place = int(sequence_draw(state, unit, DEMAND_DRAWS) * left)
    for row in range(first, last):
        place -= state.cells[row].remaining
        if place < 0:
            state.cells[row].remaining -= 1
            return row
    return last - 1


@law
def draw_columns(state: State, cell: Cell, task: Task, columns: int) -> None:
    """The columns of a task of this class, joined to the first by a Gaussian copula."""
    u = task_draw(state, task, COLUMN_DRAWS, 0, 0)
    task.column_0 = quantile(state, cell.column_0, cell.quantiles, u)
    z = normal_quantile(inside(u))
    rho = cell.correlation
    rest = math.sqrt(max(0.0, 1.0 - rho * rho))
    for column in range(1, columns):
        other = normal_quantile(inside(task_draw(state, task, COLUMN_DRAWS, 0, column)))
        v = normal_probability(rho * z + rest * other)
        if column == 1:
            task.column_1 = quantile(state, cell.column_1, cell.quantiles, v)
        elif column == 2:
            task.column_2 = quantile(state, cell.column_2, cell.quantiles, v)
        else:
            task.column_3 = quantile(state, cell.column_3, cell.quantiles, v)


@law
def describe(state: State, stream: Stream, cell: int, task: Task) -> None:
    """What the environment wants of this task: columns, work, cost, rank, and what it will bear.

    The columns of a profile are those of its class in this window (``cell``), drawn anew for every copy.
    """
    if cell >= 0:
        draw_columns(state, state.cells[cell], task, stream.columns)
    elif stream.process == TRACE:
        instant = state.instants[stream.place - 1]
        task.column_0, task.column_1 = instant.column_0, instant.column_1
        task.column_2, task.column_3 = instant.column_2, instant.column_3
    else:
        task.column_0, task.column_1, task.column_2, task.column_3 = 0.0, 0.0, 0.0, 0.0
    task.work_law = stream.work
    if stream.work >= 0:
        task.work = task_variate(state, stream.work, task, WORK_DRAWS, 0)
    else:
        task.work = (
            stream.work_constant
            + stream.work_0 * task.column_0
            + stream.work_1 * task.column_1
            + stream.work_2 * task.column_2
            + stream.work_3 * task.column_3
        )
    task.cost = (
        stream.cost_constant
        + stream.cost_0 * task.column_0
        + stream.cost_1 * task.column_1
        + stream.cost_2 * task.column_2
        + stream.cost_3 * task.column_3
    )
    rank = first_match(state, stream.first_rank, stream.last_rank, task)
    task.rank = state.choices[rank].goal if rank >= 0 else 0
    task.failure, task.attempts, task.backoff = stream.failure, stream.attempts, stream.backoff
    task.patience, task.balks = stream.patience, stream.balks
    task.deadline = task.born + stream.deadline if stream.deadline > 0.0 else -1.0


@law
def bear(state: State, unit: Unit, stream: Stream, now: float, cell: int) -> None:
    """One task is born and goes where it belongs; whoever is shown this part of demand is shown it too."""
    stream.count += 1
    row = new_task(state, unit, stream.count, now)
    task = state.tasks[row]
    describe(state, stream, cell, task)
    way = first_match(state, stream.first_goal, stream.last_goal, task)
    goal = state.choices[way].goal
    count_for_watches(state, stream, way, task)
    note(state, unit, BORN, task.identity, goal, task.work)
    carry(state, unit, now, ENV_OP, ARRIVE, goal, row, 0)


@law
def next_arrival(state: State, unit: Unit, now: float, message: Message) -> None:
    """A task arrives now (``ref`` 1), and the next one is drawn. The first reminder (``ref`` 0) only draws.

    Where changes of demand copy arrivals, each copy is a task of its own, of the class that was recorded. Each
    time that an operator re-times the next arrival ``ref`` is one more, and what was to come before is void.
    """
    stream = state.streams[unit.at]
    if message.ref > 0:
        if message.ref != 1 + stream.turn:
            note(state, unit, EXPIRED, -1, message.kind, 0.0)
            return
        cell = -1
        if stream.process == PROFILE:
            window = state.windows[stream.place - 1]
            cell = take_class(state, unit, window.first, window.last)
        for _ in range(copies_at(state, unit, stream, now)):
            bear(state, unit, stream, now, cell)
    await_arrival(state, unit, stream, now, next_time(state, unit, stream, now))
