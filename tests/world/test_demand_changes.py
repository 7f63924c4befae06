"""Changes of demand: thinning is exactly the Poisson process of the product rate; copies have the right mean."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from stream_rows import numbers, stream

from vsmlab.laws import kinds as k
from vsmlab.laws.tables import Change, Message
from vsmlab.laws.tasks import drop_task
from vsmlab.world.arrivals import NEVER, next_time
from vsmlab.world.demand import next_arrival
from vsmlab.world.demand_changes import FOR_EVER, copies_at, factor, factor_of, silent_until, varies

Span = tuple[float, float, float, float]
"""Start, end, seconds to begin, factor."""


def change(
    state: Any, row: Any, spans: Sequence[Span], season: tuple[float, float, float] | None = None
) -> Any:
    """Give a stream these changes and this season, and the peak of its factor."""
    row.first_change = len(state.changes)
    for start, end, over, how_much in spans:
        one = state.changes[state.changes.add()]
        one.start, one.end, one.over, one.factor = start, end, over, how_much
    row.last_change = len(state.changes)
    row.peak = float(by_numpy(np.linspace(0.0, 2000.0, 20_001), spans).max())
    row.season_period = 1.0
    if season is not None:
        row.season, row.season_period, row.season_phase = season
        row.peak *= 1.0 + season[0]
    return row


def by_numpy(times: Any, spans: Sequence[Span], season: tuple[float, float, float] | None = None) -> Any:
    """The factor at many times, written a second time."""
    times = np.asarray(times, float)
    product = np.ones_like(times)
    for start, end, over, how_much in spans:
        inside = (times >= start) & (times < end)
        reached = np.clip((times - start) / over, 0.0, 1.0) if over > 0.0 else np.ones_like(times)
        product *= np.where(inside, 1.0 + (how_much - 1.0) * reached, 1.0)
    if season is not None:
        amplitude, period, phase = season
        product *= 1.0 + amplitude * np.sin(2.0 * math.pi * (times / period + phase))
    return product


def arrivals(state: Any, unit: Any, row: Any, until: float) -> Any:
    """The times up to then."""
    found, now = [], 0.0
    while True:
        now = next_time(state, unit, row, now)
        if now == NEVER or now > until:
            return np.array(found)
        found.append(now)


STEP = (200.0, 500.0, 0.0, 2.5)
SLOPE = (100.0, FOR_EVER, 600.0, 3.0)
DIP = (400.0, 700.0, 100.0, 0.2)
SEASON = (0.8, 300.0, 0.1)


# -- the factor --------------------------------------------------------------------------------------------


@settings(deadline=None, derandomize=True, database=None)
@given(time=st.floats(0.0, 2000.0))
def test_the_factor_is_the_product_of_all_changes_and_the_season(time):
    state, _, row = stream(k.POISSON, rate=1.0)
    change(state, row, [STEP, SLOPE, DIP], SEASON)
    expected = by_numpy([time], [STEP, SLOPE, DIP], SEASON)[0]
    assert factor(state, row, time) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_a_change_begins_and_ends_at_its_very_time():
    one: Any = type("Row", (), {})()
    one.start, one.end, one.over, one.factor = 10.0, 30.0, 10.0, 3.0
    assert [factor_of(one, t) for t in (9.999, 10.0, 15.0, 20.0, 29.999, 30.0)] == [1, 1, 2, 3, 3, 1]
    one.over = 0.0
    assert [factor_of(one, t) for t in (9.999, 10.0, 30.0)] == [1, 3, 1]
    assert set(Change.__annotations__) == {"start", "end", "over", "factor"}


def test_a_season_is_at_its_height_a_quarter_of_its_period_after_its_phase():
    state, _, row = stream(k.POISSON, rate=1.0)
    change(state, row, [], (0.5, 100.0, 0.0))
    assert [factor(state, row, t) for t in (0.0, 25.0, 50.0, 75.0, 100.0)] == [1.0, 1.5, 1.0, 0.5, 1.0]
    row.season_phase = 0.25
    assert factor(state, row, 0.0) == 1.5


def test_a_stream_is_silent_until_its_last_silence_ends():
    state, _, row = stream(k.POISSON, rate=1.0)
    change(state, row, [(10.0, 20.0, 0.0, 0.0), (15.0, 40.0, 10.0, 0.0), (0.0, 90.0, 0.0, 0.5)])
    assert [silent_until(state, row, t) for t in (5.0, 12.0, 19.0, 22.0, 26.0)] == [
        5.0,
        20.0,
        20.0,
        22.0,
        40.0,
    ]


def test_of_two_silences_the_longer_counts_whichever_is_said_first():
    for spans in (
        [(10.0, 40.0, 0.0, 0.0), (12.0, 20.0, 0.0, 0.0)],
        [(12.0, 20.0, 0.0, 0.0), (10.0, 40.0, 0.0, 0.0)],
    ):
        state, _, row = stream(k.POISSON, rate=1.0)
        change(state, row, spans)
        assert silent_until(state, row, 15.0) == 40.0


# -- thinning ----------------------------------------------------------------------------------------------


def poisson(seed: int) -> Any:
    return stream(k.POISSON, seed=seed, rate=12.0), lambda t: np.full_like(t, 12.0)


def linear(seed: int) -> Any:
    state, unit, row = stream(k.LINEAR, seed=seed)
    row.first, row.last = numbers(state, [0.0, 300.0, 800.0], [4.0, 20.0, 6.0])
    return (state, unit, row), lambda t: np.interp(t, [0.0, 300.0, 800.0], [4.0, 20.0, 6.0])


def markov_of_one_rate(seed: int) -> Any:
    state, unit, row = stream(k.MARKOV, seed=seed)
    row.first, row.last = numbers(state, [9.0, 9.0], [0.5, 2.0])
    return (state, unit, row), lambda t: np.full_like(t, 9.0)


@pytest.mark.parametrize("made", [poisson, linear, markov_of_one_rate])
@pytest.mark.parametrize(
    ("spans", "season"),
    [([STEP], None), ([SLOPE, DIP], None), ([], SEASON), ([STEP, SLOPE, DIP], SEASON)],
    ids=["step", "slopes", "season", "all"],
)
def test_thinning_gives_the_poisson_process_of_the_product_rate(made, spans, season):
    """In its own time the gaps are exponential; counts of 40 windows of three runs agree with the integrals."""
    until, grid = 1000.0, np.linspace(0.0, 1000.0, 400_001)
    found = []
    for seed in range(3):
        (state, unit, row), rate = made(seed)
        change(state, row, spans, season)
        found.append(arrivals(state, unit, row, until))
    product = rate(grid) * by_numpy(grid, spans, season)
    mass = np.concatenate([[0.0], np.cumsum(0.5 * (product[1:] + product[:-1]) * np.diff(grid))])
    own = [np.interp(each, grid, mass) for each in found]
    gaps = np.concatenate([np.diff(each, prepend=0.0) for each in own])
    assert stats.kstest(gaps, "expon").pvalue > 0.01
    edges = np.linspace(0.0, until, 41)
    counts = np.histogram(np.concatenate(found), bins=edges)[0]
    means = 3.0 * np.diff(np.interp(edges, grid, mass))
    chi2 = ((counts - means) ** 2 / means).sum()
    assert stats.chi2.ppf(0.001, 40) < chi2 < stats.chi2.ppf(0.999, 40)
    assert counts.sum() == pytest.approx(means.sum(), abs=3.0 * math.sqrt(means.sum()))


def test_a_modulated_stream_at_half_its_rate_has_the_gaps_of_one_whose_rates_are_half():
    """Kuczura's hyperexponential gaps (see test_arrivals), of rate 3/2 where it is on."""
    state, unit, row = stream(k.MARKOV)
    row.first, row.last = numbers(state, [3.0, 0.0], [0.5, 0.2])
    change(state, row, [(0.0, FOR_EVER, 0.0, 0.5)])
    gaps = np.diff(arrivals(state, unit, row, 40_000.0))
    on, off_rate, on_rate = 1.5, 0.5, 0.2
    total = on + off_rate + on_rate
    root = math.sqrt(total**2 - 4.0 * on * on_rate)
    quick, slow = 0.5 * (total + root), 0.5 * (total - root)
    part = (on - slow) / (quick - slow)
    assert len(gaps) > 10_000
    below = stats.kstest(gaps, lambda x: 1.0 - part * np.exp(-quick * x) - (1.0 - part) * np.exp(-slow * x))
    assert below.pvalue > 0.01


@pytest.mark.parametrize("made", [poisson, linear, markov_of_one_rate])
def test_nothing_arrives_in_a_silence_and_then_it_goes_on_as_before(made):
    (state, unit, row), rate = made(3)
    change(state, row, [(100.0, 400.0, 0.0, 0.0)])
    found = arrivals(state, unit, row, 1000.0)
    assert not ((found >= 100.0) & (found < 400.0)).any()
    grid = np.linspace(400.0, 1000.0, 60_001)
    mean = rate(grid).mean() * 600.0
    assert (found >= 400.0).sum() == pytest.approx(mean, abs=3.0 * math.sqrt(mean))


@pytest.mark.parametrize("made", [poisson, linear, markov_of_one_rate])
def test_a_silence_for_ever_is_the_end(made):
    (state, unit, row), _ = made(3)
    change(state, row, [(100.0, FOR_EVER, 50.0, 0.0)])
    found = arrivals(state, unit, row, 1e12)
    assert 100.0 < found[-1] < 150.0


def test_a_poisson_stream_passes_over_a_long_silence_in_one_step():
    (state, unit, row), _ = poisson(3)
    change(state, row, [(1.0, 1e9, 0.0, 0.0)])
    now = 0.0
    while now < 1.0:
        now = next_time(state, unit, row, now)
    assert 1e9 <= now < 1e9 + 2.0
    assert unit.demand_draws < 60


@pytest.mark.parametrize("made", [poisson, linear, markov_of_one_rate])
def test_where_nothing_changes_nothing_more_is_drawn(made):
    (state, unit, row), _ = made(3)
    (plain_state, plain_unit, plain), _ = made(3)
    row.peak, row.season_period = 1.0, 1.0
    assert not varies(row)
    assert (arrivals(state, unit, row, 50.0) == arrivals(plain_state, plain_unit, plain, 50.0)).all()
    assert unit.demand_draws == plain_unit.demand_draws


# -- copies ------------------------------------------------------------------------------------------------


def births(state: Any, unit: Any, until: float) -> list[tuple[float, int, float]]:
    """Time, identity and first column of every task, as the stream's own reminders make them."""
    found, ref, now = [], 0, 0.0
    while now <= until:
        message = Message(now, k.REMINDERS, 0, 0, 0, k.NEXT_ARRIVAL, 0, 0, -1, -1, -1, ref, 0.0, -1)
        next_arrival(state, unit, now, message)
        said, following = list(state.effects), None
        state.effects.clear()
        for _, kind, _, due, row, _, _, _, _ in said:
            if kind == k.ARRIVE:
                found.append((now, state.tasks[row].identity, state.tasks[row].column_0))
                drop_task(state, row)
            elif kind == k.NEXT_ARRIVAL:
                following = due
        if following is None:
            break
        ref, now = 1, following
    return found


def renewal() -> Any:
    state, unit, row = stream(k.RENEWAL)
    gap = state.distributions[state.distributions.add()]
    gap.shape, gap.a = k.CONSTANT, 0.05
    return state, unit, row


@pytest.mark.parametrize("how_much", [0.0, 0.3, 1.0, 1.7, 3.0])
def test_each_recorded_arrival_counts_as_often_as_the_factor_says_on_average(how_much):
    state, unit, row = renewal()
    change(state, row, [(0.0, FOR_EVER, 0.0, how_much)])
    found = births(state, unit, 500.0)
    times, counts = np.unique([round(time, 6) for time, _, _ in found], return_counts=True)
    arrived, whole = 10_000, int(how_much)
    share = how_much - whole
    assert set(counts) <= {whole, whole + 1} - {0}
    assert len(found) == pytest.approx(
        arrived * how_much, abs=3.0 * math.sqrt(arrived * share * (1 - share)) + whole + 1
    )
    assert len({identity for _, identity, _ in found}) == len(found) == row.count, "each copy is its own task"
    assert not len(times) or (np.diff(times) > 0.049).all(), "the times stay as they were"


def test_copies_follow_the_factor_in_time():
    state, unit, row = renewal()
    spans = [(100.0, FOR_EVER, 300.0, 2.6)]
    change(state, row, spans, (0.5, 200.0, 0.0))
    found = np.array([time for time, _, _ in births(state, unit, 500.0)])
    grid = np.linspace(0.0, 500.0, 100_001)
    product = 20.0 * by_numpy(grid, spans, (0.5, 200.0, 0.0))
    mass = np.concatenate([[0.0], np.cumsum(0.5 * (product[1:] + product[:-1]) * np.diff(grid))])
    edges = np.linspace(0.0, 500.0, 26)
    means = np.diff(np.interp(edges, grid, mass))
    counts = np.histogram(found, bins=edges)[0]
    # of 400 arrivals each has a fraction by chance: a variance of at most a quarter
    assert (np.abs(counts - means) < 4.0 * math.sqrt(400.0 * 0.25)).all()
    assert counts.sum() == pytest.approx(means.sum(), abs=3.0 * math.sqrt(10_000 * 0.25))


def profile(windows: list[tuple[float, float, list[int]]]) -> Any:
    """Windows of begin, end and counts of each class; the one column of a task is its class."""
    state, unit, row = stream(k.PROFILE, columns=1)
    for begin, end, counts in windows:
        window = state.windows[state.windows.add()]
        window.start, window.end, window.first = begin, end, len(state.cells)
        for number, count in enumerate(counts):
            cell = state.cells[state.cells.add()]
            cell.remaining, cell.quantiles = count, 1
            cell.column_0 = numbers(state, [number])[0]
        window.count, window.last = sum(counts), len(state.cells)
    row.last = len(windows)
    return state, unit, row


def test_copies_of_a_profile_are_of_the_class_that_was_recorded():
    windows = [(0.0, 100.0, [30, 50, 20]), (100.0, 200.0, [5, 0, 60])]
    state, unit, row = profile(windows)
    change(state, row, [(0.0, FOR_EVER, 0.0, 2.0)])
    found = births(state, unit, 1e9)
    for begin, end, counts in windows:
        classes = [int(column) for time, _, column in found if begin <= time < end]
        assert [classes.count(number) for number in range(3)] == [2 * count for count in counts]
    pairs = [column for _, _, column in found]
    assert pairs[0::2] == pairs[1::2]


def test_what_is_omitted_of_a_profile_is_of_every_class_alike():
    state, unit, row = profile([(0.0, 100.0, [3000, 6000])])
    change(state, row, [(0.0, FOR_EVER, 0.0, 0.5)])
    classes = [int(column) for _, _, column in births(state, unit, 1e9)]
    for number, count in enumerate([3000, 6000]):
        assert classes.count(number) == pytest.approx(0.5 * count, abs=3.0 * math.sqrt(0.25 * count))


def test_a_trace_is_copied_with_its_columns():
    state, unit, row = stream(k.TRACE, last=4)
    for number in range(4):
        instant = state.instants[state.instants.add()]
        instant.time, instant.column_0 = 10.0 * number, float(number)
    change(state, row, [(5.0, 15.0, 0.0, 3.0), (25.0, 99.0, 0.0, 0.0)])
    times = [(time, column) for time, _, column in births(state, unit, 1e9)]
    assert times == [(0.0, 0.0), (10.0, 1.0), (10.0, 1.0), (10.0, 1.0), (20.0, 2.0)]


def test_a_thinned_stream_is_not_copied_and_without_changes_no_copy_is_drawn():
    for process in (k.POISSON, k.RENEWAL, k.PROFILE, k.TRACE):
        state, unit, row = stream(process, rate=1.0)
        assert copies_at(state, unit, row, 5.0) == 1
        assert unit.demand_draws == 0
    state, unit, row = stream(k.POISSON, rate=1.0)
    change(state, row, [(0.0, FOR_EVER, 0.0, 3.0)])
    assert copies_at(state, unit, row, 5.0) == 1
