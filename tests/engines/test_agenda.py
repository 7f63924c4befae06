"""The compiled engine's agenda, interpreted: whatever is on it comes in the one total order, ties included."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba", reason="needs the extra `fast`: pip install 'vsmlab[fast]'")

from hypothesis import given
from hypothesis import strategies as st

from vsmlab.engines.compiled import agenda
from vsmlab.engines.compiled.engine import memory_of
from vsmlab.engines.compiled.memory import Memory
from vsmlab.engines.compiled.model import ORGANISATION
from vsmlab.engines.records import records_from
from vsmlab.engines.rows import empty_state, row_type
from vsmlab.engines.snapshot import AGENDA
from vsmlab.lab.build import build
from vsmlab.lab.loader import load
from vsmlab.laws.tables import ROWS, Message, State

pytestmark = pytest.mark.fast_extra

DUE = st.sampled_from([0.0, 1.0, 2.0, 2.5]) | st.floats(0.0, 4.0) | st.just(float("inf"))
KEYS = st.tuples(DUE, st.integers(0, 3), st.integers(0, 2), st.integers(0, 2))


STATE = empty_state()


def message(due: float, priority: int, receiver: int, origin: int, number: int) -> Message:
    return Message(due, priority, receiver, origin, number, 0, receiver, origin, -1, -1, -1, -1, 0.0, -1)


def empty(messages: list[Message]) -> Any:
    """A state with these in the pool, and a heap in which nothing is."""
    place = row_type(agenda.Place)
    return SimpleNamespace(pool=messages, heap=[place() for _ in messages])


@given(st.lists(KEYS, max_size=60), st.lists(st.tuples(st.booleans(), KEYS), max_size=60))
def test_the_first_is_the_least_whatever_came_and_went(begun, more):
    """Messages come, or come in the place of the first, as the loop has them do; then all go."""
    keys = [*begun, *(key for _, key in more)]
    messages = [message(*key, number) for number, key in enumerate(keys)]
    state, waiting = empty(messages), set(range(len(begun)))
    for n in range(len(begun)):
        agenda.push(state, n, messages[n].due, n)

    def first() -> int:
        least = min(waiting, key=messages.__getitem__)
        assert state.heap[0].slot == least
        return least

    for slot, (instead, _) in enumerate(more, len(begun)):
        if instead and waiting:
            waiting.remove(first())
            agenda.sink(state, len(waiting) + 1, messages[slot].due, slot)
        else:
            agenda.push(state, len(waiting), messages[slot].due, slot)
        waiting.add(slot)
    while waiting:
        waiting.remove(first())
        last = state.heap[len(waiting)]
        agenda.sink(state, len(waiting), last.due, last.slot)


@given(st.lists(KEYS, min_size=1, max_size=40), st.randoms())
def test_messages_begin_in_order_as_rows_and_as_records(keys, chance):
    messages = [message(*key, number) for number, key in enumerate(keys)]
    chance.shuffle(messages)
    records = np.array([tuple(each) for each in messages], AGENDA)
    for given_as in (messages, records):
        memory = Memory(ORGANISATION, STATE, given_as)
        assert [tuple(each) for each in memory.agenda().tolist()] == sorted(messages)


def test_tables_of_records_are_taken_as_tables_of_rows_are():
    start = build(load("spawning"))
    state: Any = State(**{name: records_from(row, getattr(start.state, name)) for name, row in ROWS.items()})
    one, other = memory_of(start), Memory(ORGANISATION, state, start.messages)
    for name, table in other.tables.items():
        assert np.array_equal(one.tables[name][: len(table)], table[: len(one.tables[name])]), name
    assert other.tables["units"].base is not state.units
    assert other.tables["units"].ctypes.data != state.units.ctypes.data
