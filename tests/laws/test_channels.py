"""Channels: capacity against a queue written out, chance against its own draws, rounding, and one row a receiver."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from vsmlab.engines.rows import empty_state
from vsmlab.laws import kinds as k
from vsmlab.laws.sending import channel_to, passage, quantised, send
from vsmlab.laws.tables import Channel, State, Unit
from vsmlab.mechanisms.philox import sequence_uniform

SEED = 21


def sender(patterns: int = 0, **fields: Any) -> tuple[State, Unit]:
    """A receiver that may send; the patterns are of the first kinds of channel."""
    rows: Any = empty_state()
    rows.ledger[0].seed = SEED
    for _ in range(9):
        unit = rows.units[rows.units.add()]
        unit.row, unit.identity, unit.first_channel = len(rows.units) - 1, 1000 + len(rows.units), -1
    unit = rows.units[0]
    for kind in range(patterns):
        made = rows.channels[rows.channels.add()]
        made.owner, made.kind, made.to, made.next, unit.first_channel = 0, kind, -1, unit.first_channel, kind
        made.delay = made.queue_limit = -1
        for name, value in fields.items():
            setattr(made, name, value)
    rows.ledger[0].channels = patterns
    return rows, unit


def channel(**fields: Any) -> tuple[State, Unit, Channel]:
    """A sender with one channel like this."""
    state, unit = sender(1, **fields)
    return state, unit, state.channels[channel_to(state, unit, 0, 5)]


def draws(unit: Unit, stream: int, count: int) -> list[float]:
    return [sequence_uniform(SEED, unit.identity, stream, n) for n in range(count)]


# -- passage -----------------------------------------------------------------------------------------------


def test_a_plain_channel_passes_everything_at_once_and_draws_nothing():
    state, unit, way = channel()
    assert [passage(state, unit, way, now) for now in (0.0, 0.0, 3.5)] == [0.0, 0.0, 3.5]
    assert (unit.loss_draws, unit.delay_draws) == (0, 0)


GAPS = st.lists(st.sampled_from([0.0, 0.125, 0.25, 0.5, 1.0, 4.0]), max_size=40)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(gaps=GAPS, capacity=st.sampled_from([0.5, 1.0, 2.0, 8.0]), limit=st.sampled_from([-1, 0, 1, 3]))
def test_capacity_is_a_line_of_one_server_with_so_many_places(gaps, capacity, limit):
    """All times are multiples of 1/8, so the two agree to the last bit."""
    state, unit, way = channel(capacity=capacity, queue_limit=limit)
    now, starts = 0.0, []
    for gap in gaps:
        now += gap
        busy = bool(starts) and starts[-1] + 1.0 / capacity > now
        waiting = sum(start > now for start in starts)
        out = passage(state, unit, way, now)
        if limit >= 0 and busy and waiting >= limit:
            assert out == -1.0 - k.BY_CAPACITY
        else:
            starts.append(max(now, starts[-1] + 1.0 / capacity) if busy else now)
            assert out == starts[-1] + 1.0 / capacity
    outs = [start + 1.0 / capacity for start in starts]
    assert all(b - a >= 1.0 / capacity for a, b in pairwise(outs))


def test_a_burst_leaves_a_channel_with_capacity_one_by_one():
    state, unit, way = channel(capacity=4.0)
    assert [passage(state, unit, way, 10.0) for _ in range(5)] == [10.25, 10.5, 10.75, 11.0, 11.25]
    assert passage(state, unit, way, 20.0) == 20.25


def test_losses_are_by_their_own_draws_and_as_frequent_as_the_channel_says():
    state, unit, way = channel(loss=0.3)
    lost = [passage(state, unit, way, float(n)) < 0.0 for n in range(8_000)]
    assert lost == [u < 0.3 for u in draws(unit, k.LOSS_DRAWS, 8_000)]
    assert stats.binomtest(sum(lost), 8_000, 0.3).pvalue > 0.001
    assert unit.delay_draws == 0


def test_what_is_lost_by_chance_takes_no_capacity():
    state, unit, way = channel(loss=0.5, capacity=1.0)
    outs = [passage(state, unit, way, 0.0) for _ in range(200)]
    assert [out for out in outs if out >= 0.0] == [
        float(n + 1) for n in range(sum(out >= 0.0 for out in outs))
    ]
    assert set(outs) >= {-1.0 - k.BY_CHANCE}


@pytest.mark.parametrize(("loss", "passes"), [(0.0, True), (1.0, False)])
def test_a_loss_of_nothing_or_all_is_certain(loss, passes):
    state, unit, way = channel(loss=loss)
    assert {passage(state, unit, way, 1.0) >= 0.0 for _ in range(100)} == {passes}


def test_a_cut_channel_passes_nothing_and_draws_nothing():
    state, unit, way = channel(cut=1, loss=0.5, capacity=1.0, delay=0)
    assert [passage(state, unit, way, 1.0) for _ in range(3)] == [-1.0 - k.BY_CUT] * 3
    assert (unit.loss_draws, unit.delay_draws, way.free_at) == (0, 0, 0.0)


def test_the_delay_comes_after_the_capacity_and_holds_nobody_else_up():
    state, unit, way = channel(capacity=2.0, delay=0)
    spread: Any = state.distributions
    made = spread[spread.add()]
    made.shape, made.a, made.b = k.UNIFORM, 3.0, 7.0
    outs = [passage(state, unit, way, 1.0) for _ in range(50)]
    expected = [1.0 + 0.5 * (n + 1) + 3.0 + 4.0 * u for n, u in enumerate(draws(unit, k.DELAY_DRAWS, 50))]
    assert outs == pytest.approx(expected, rel=1e-12)
    assert outs != sorted(outs), "a later message may overtake"
    assert way.free_at == 26.0


# -- rounding ----------------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(value=st.floats(-1e6, 1e6), step=st.floats(0.01, 100.0))
def test_a_transducer_says_the_nearest_multiple_of_its_step(value, step):
    said = quantised(value, step)
    assert abs(said - value) <= 0.5 * step * (1.0 + 1e-9)
    assert said / step == pytest.approx(round(said / step), abs=1e-6)
    assert quantised(said, step) == pytest.approx(said, abs=1e-9)
    assert quantised(-value, step) == -said


def test_halves_are_rounded_away_from_zero_and_without_a_step_nothing_is():
    assert [quantised(value, 2.0) for value in (-3.0, -1.0, -0.9, 0.9, 1.0, 2.9, 3.0)] == [
        -4,
        -2,
        0,
        0,
        2,
        2,
        4,
    ]
    assert [quantised(value, 0.0) for value in (-3.3, 0.7)] == [-3.3, 0.7]


# -- which channel -----------------------------------------------------------------------------------------


def on_list(state: State, unit: Unit) -> list[tuple[int, int]]:
    """Kind and receiver of each of the sender's channels."""
    found, row = [], unit.first_channel
    while row >= 0:
        found.append((state.channels[row].kind, state.channels[row].to))
        row = state.channels[row].next
    return found


ASKED = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 8)), max_size=40)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(asked=ASKED)
def test_each_receiver_has_one_channel_of_each_kind_whatever_the_order_of_asking(asked):
    state, unit = sender(2)
    rows: dict[tuple[int, int], int] = {}
    for kind, to in asked:
        row = channel_to(state, unit, kind, to)
        assert rows.setdefault((kind, to), row) == row
        made = state.channels[row]
        assert (made.owner, made.kind, made.to) == (0, kind, to)
    assert len(set(rows.values())) == len(rows)
    assert sorted(on_list(state, unit)) == sorted([(0, -1), (1, -1), *rows])
    assert state.ledger[0].channels == 2 + len(rows)


def test_a_channel_is_made_from_the_pattern_of_its_kind_and_keeps_its_own_line():
    state, unit = sender(2, loss=0.5, capacity=2.0, queue_limit=3, quantum=0.25, cut=0, delay=4)
    state.channels[1].capacity = 8.0
    names = ("loss", "capacity", "queue_limit", "quantum", "cut", "delay")
    for kind, capacity in ((0, 2.0), (1, 8.0)):
        made = state.channels[channel_to(state, unit, kind, 3)]
        assert [getattr(made, name) for name in names] == [0.5, capacity, 3, 0.25, 0, 4]
        made.free_at = 77.0
        assert state.channels[channel_to(state, unit, kind, 4)].free_at == 0.0
        assert state.channels[kind].free_at == 0.0
    plain = state.channels[channel_to(state, unit, 2, 3)]
    assert [getattr(plain, name) for name in names] == [0.0, 0.0, -1, 0.0, 0, -1]


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(order=st.permutations([(kind, to) for kind in range(3) for to in range(1, 5)]))
def test_moving_a_channel_to_the_front_changes_nothing_that_is_said(order):
    """Whatever was asked for before, the same words come out at the same times."""

    def said(first: list[tuple[int, int]]) -> list[Any]:
        state, unit = sender(2, capacity=2.0, queue_limit=2, quantum=0.5)
        for kind, to in first:
            channel_to(state, unit, kind, to)
        for n in range(24):
            send(state, unit, 0.25 * n, n % 3, k.LOAD, 1 + n % 4, n, 0.3 * n)
        return list(state.effects)  # type: ignore[call-overload]

    assert said(list(order)) == said([])
