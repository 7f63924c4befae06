"""A demand stream made by hand: its rows, and the tasks that its law makes one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from vsmlab.engines.rows import empty_state, row_type
from vsmlab.laws import kinds as k
from vsmlab.laws.identity import identity
from vsmlab.laws.tables import Message, State, Stream, Unit
from vsmlab.laws.tasks import drop_task
from vsmlab.mechanisms.philox import sequence_uniform
from vsmlab.world.demand import next_arrival

make_row = cache(row_type)
GOAL = 1
"""The receiver to which all tasks go."""


def stream(process: int, *, seed: int = 5, name: str = "chat", **fields: Any) -> tuple[State, Unit, Stream]:
    """A stream of this process that sends plain tasks to one receiver."""
    rows: Any = empty_state(make_row)
    rows.ledger[0].seed, rows.ledger[0].free_task = seed, -1
    for row, path in enumerate((f"environment.{name}", "desk")):
        unit = rows.units[rows.units.add()]
        unit.row, unit.identity, unit.first_channel = row, identity(path), -1
    made = rows.streams[rows.streams.add()]
    made.process, made.work, made.patience, made.backoff = process, -1, -1, -1
    choice = rows.choices[rows.choices.add()]
    choice.goal, made.first_goal, made.last_goal = GOAL, 0, 1
    for field, value in fields.items():
        setattr(made, field, value)
    return rows, rows.units[0], made


def numbers(state: State, *lists: Sequence[float]) -> tuple[int, int]:
    """Lists of numbers one after the other; returns where the first begins and ends."""
    samples: Any = state.samples
    first = len(samples)
    for values in lists:
        for value in values:
            samples[samples.add()].value = float(value)
    return first, first + len(lists[0])


def drawn(state: State, unit: Unit, count: int) -> list[float]:
    """The uniform numbers that a stream draws, from its first on."""
    return [
        sequence_uniform(state.ledger[0].seed, unit.identity, k.DEMAND_DRAWS, draw) for draw in range(count)
    ]


def tasks(state: State, unit: Unit) -> Iterator[tuple[float, Any]]:
    """Each task with its time, as the stream's own reminders make them; its row is recycled after a look."""
    effects: Any = state.effects
    ref, now = 0, 0.0
    while True:
        message = Message(now, k.REMINDERS, 0, 0, 0, k.NEXT_ARRIVAL, 0, 0, -1, -1, -1, ref, 0.0, -1)
        next_arrival(state, unit, now, message)
        said, found = list(effects), None
        effects.clear()
        for _, kind, _, due, row, _, _, _, _ in said:
            if kind == k.ARRIVE:
                found = row
            elif kind == k.NEXT_ARRIVAL:
                following = due
        if found is not None:
            yield now, state.tasks[found]
            drop_task(state, found)
        if k.NEXT_ARRIVAL not in {effect[1] for effect in said}:
            return
        ref, now = 1, following
