"""Arrivals: the exact inversion of a rate, exact counts of a profile, and what a modulated process is known to do."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from stream_rows import drawn, numbers, stream, tasks

from vsmlab.laws import kinds as k
from vsmlab.world.arrivals import NEVER, next_time


def arrivals(state, unit, row, count):
    """The first ``count`` times."""
    times, now = [], 0.0
    for _ in range(count):
        now = next_time(state, unit, row, now)
        if now == NEVER:
            break
        times.append(now)
    return np.array(times)


# -- Markov-modulated --------------------------------------------------------------------------------------


def modulated(rates, leave):
    state, unit, row = stream(k.MARKOV)
    row.first, row.last = numbers(state, rates, leave)
    return state, unit, row


def test_a_poisson_process_that_is_switched_on_and_off_has_hyperexponential_gaps():
    """Kuczura (1973, source not checked): independent gaps, a mixture of two exponentials."""
    on, off_rate, on_rate = 3.0, 0.5, 0.2
    gaps = np.diff(arrivals(*modulated([on, 0.0], [off_rate, on_rate]), 15_001))
    total = on + off_rate + on_rate
    root = math.sqrt(total**2 - 4.0 * on * on_rate)
    quick, slow = 0.5 * (total + root), 0.5 * (total - root)
    part = (on - slow) / (quick - slow)

    def below(x):
        return 1.0 - part * np.exp(-quick * x) - (1.0 - part) * np.exp(-slow * x)

    assert stats.kstest(gaps, below).pvalue > 0.001
    assert abs(np.corrcoef(gaps[:-1], gaps[1:])[0, 1]) < 4.0 / math.sqrt(len(gaps))


def test_two_states_give_the_mean_rate_and_the_index_of_dispersion_of_their_process():
    """Heffes and Lucantoni (1986, source not checked): variance of long counts over their mean."""
    (fast, slow), (a, b) = (4.0, 0.5), (0.8, 0.3)
    rate = (fast * b + slow * a) / (a + b)
    dispersion = 1.0 + 2.0 * (fast - slow) ** 2 * a * b / ((a + b) ** 2 * (fast * b + slow * a))
    span, windows = 60.0, 500
    times = arrivals(*modulated([fast, slow], [a, b]), int(1.05 * rate * span * windows))
    assert times[-1] > span * windows
    counts = np.histogram(times, bins=windows, range=(0.0, span * windows))[0]
    # counts of a finite span are a little less dispersed: exactly so much
    r = a + b
    less = (1.0 - math.exp(-r * span)) / (r * span)
    dispersion = 1.0 + (dispersion - 1.0) * (1.0 - less)
    assert counts.mean() == pytest.approx(
        rate * span, abs=4.0 * math.sqrt(dispersion * rate * span / windows)
    )
    assert counts.var() / counts.mean() == pytest.approx(dispersion, rel=4.0 * math.sqrt(2.0 / windows))


def test_each_state_has_its_share_of_the_arrivals_and_after_the_last_comes_the_first():
    rates, leave = np.array([6.0, 1.0, 3.0]), np.array([0.6, 0.2, 0.3])
    state, unit, row = modulated(rates, leave)
    now, stages = 0.0, []
    for _ in range(30_000):
        now = next_time(state, unit, row, now)
        stages.append(row.stage)
    dwelt = (1.0 / leave) / (1.0 / leave).sum()
    expected = dwelt * rates / (dwelt * rates).sum()
    blocks = np.array(
        [np.bincount(part, minlength=3) / len(part) for part in np.split(np.array(stages), 100)]
    )
    error = blocks.std(axis=0, ddof=1) / 10.0
    assert (np.abs(blocks.mean(axis=0) - expected) < 4.0 * error).all()
    # one change between two arrivals: leave/(rate + leave) out of the state, then an arrival in the next
    before, after = np.array(stages[:-1]), np.array(stages[1:])
    for here in range(3):
        stays = rates[here] / (rates[here] + leave[here])
        on = (here + 1) % 3
        to_next = (1.0 - stays) * rates[on] / (rates[on] + leave[on])
        whole = 1.0 - math.prod(
            leave / (rates + leave)
        )  # a tour of all states without an arrival starts anew
        at = before == here
        for place, chance in ((here, stays / whole), (on, to_next / whole)):
            spread = math.sqrt(chance * (1.0 - chance) / at.sum())
            assert abs((after[at] == place).mean() - chance) < 4.0 * spread


def test_where_all_states_have_one_rate_the_process_is_poisson():
    gaps = np.diff(arrivals(*modulated([2.0, 2.0], [0.7, 5.0]), 10_001))
    assert stats.kstest(gaps, "expon", args=(0, 0.5)).pvalue > 0.001


# -- piecewise linear --------------------------------------------------------------------------------------


def linear(times, rates):
    state, unit, row = stream(k.LINEAR)
    row.first, row.last = numbers(state, times, rates)
    return state, unit, row


def expected_until(t, times, rates):
    """Integral of the rate from 0 to t; after the last time the rate is constant."""
    t = np.asarray(t)
    ends = np.minimum(t[:, None], np.array(times[1:])[None, :])
    starts = np.array(times[:-1])[None, :]
    inside = np.maximum(0.0, ends - starts)
    slopes = np.diff(rates) / np.diff(times)
    pieces = inside * (np.array(rates[:-1]) + 0.5 * slopes * inside)
    return pieces.sum(axis=1) + rates[-1] * np.maximum(0.0, t - times[-1])


POINTS = st.lists(
    st.tuples(st.floats(0.5, 20.0), st.one_of(st.just(0.0), st.floats(0.01, 9.0))), min_size=1, max_size=6
)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(points=POINTS)
def test_the_expected_number_between_two_arrivals_is_the_exponential_that_was_drawn(points):
    times = [0.0, *np.cumsum([gap for gap, _ in points[1:]])]
    rates = [rate for _, rate in points]
    state, unit, row = linear(times, rates)
    found = arrivals(state, unit, row, 30)
    wanted = np.cumsum(-np.log1p(-np.array(drawn(state, unit, len(found) + 1))))
    assert expected_until(found, times, rates) == pytest.approx(wanted[: len(found)], rel=1e-9, abs=1e-9)
    assert (np.diff(found) >= 0.0).all()
    if len(found) < 30:
        assert rates[-1] == 0.0
        total = expected_until(np.array(times[-1:]), times, rates)[0] if len(times) > 1 else 0.0
        assert wanted[len(found)] >= total - 1e-9, "it ends only where no more is expected"


def test_a_linear_rate_gives_a_poisson_process_in_its_own_time():
    times, rates = [0.0, 50.0, 60.0, 200.0, 400.0], [0.0, 40.0, 5.0, 5.0, 60.0]
    found = arrivals(*linear(times, rates), 12_000)
    own = expected_until(found, times, rates)
    assert stats.kstest(np.diff(own, prepend=0.0), "expon").pvalue > 0.001
    counts = np.histogram(found, bins=times)[0]
    means = np.diff(expected_until(np.array(times), times, rates))
    assert (np.abs(counts - means) < 4.0 * np.sqrt(means)).all()
    after = found[found > 400.0] - 400.0
    assert len(after) > 1_000
    assert stats.kstest(np.diff(after, prepend=0.0), "expon", args=(0, 1.0 / 60.0)).pvalue > 0.001


def test_nothing_arrives_while_the_rate_is_zero_and_nothing_at_all_after_a_last_zero():
    times, rates = [0.0, 10.0, 20.0, 30.0, 40.0, 50.0], [5.0, 0.0, 0.0, 5.0, 0.0, 0.0]
    state, unit, row = linear(times, rates)
    found = arrivals(state, unit, row, 1_000)
    assert 60 < len(found) < 90  # 75 are expected
    assert not ((found > 10.0) & (found < 20.0)).any()
    assert found[-1] <= 40.0
    assert next_time(state, unit, row, found[-1]) == NEVER


# -- a profile ---------------------------------------------------------------------------------------------


def profile(windows):
    """A stream of windows (begin, end, counts of each class); the one column of a task is its class."""
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
    return state, unit


WINDOWS = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.5, 3.0]),
        st.floats(0.1, 20.0),
        st.lists(st.integers(0, 6), min_size=1, max_size=4),
    ),
    max_size=6,
)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(pieces=WINDOWS)
def test_every_window_has_exactly_its_tasks_of_every_class(pieces):
    windows, now = [], 0.0
    for gap, length, counts in pieces:
        windows.append((now + gap, now + gap + length, counts))
        now += gap + length
    found = [(time, int(task.column_0)) for time, task in tasks(*profile(windows))]
    rest = iter(found)
    for begin, end, counts in windows:
        mine = list(itertools.islice(rest, sum(counts)))
        assert all(begin <= time <= end for time, _ in mine)
        assert [[number for _, number in mine].count(n) for n in range(len(counts))] == counts
    assert next(rest, None) is None
    assert found == sorted(found, key=lambda pair: pair[0])


def test_within_its_window_a_task_comes_at_any_time_alike_and_any_class_comes_first_alike():
    counts = [3, 1, 4]
    windows = [(10.0 * n, 10.0 * n + 7.0, counts) for n in range(1_500)]
    found = [(time, int(task.column_0)) for time, task in tasks(*profile(windows))]
    places = np.array([time % 10.0 for time, _ in found]).reshape(len(windows), 8)
    assert stats.kstest(places.ravel() / 7.0, "uniform").pvalue > 0.001
    for place in (0, 3, 7):  # each in its order: uniform order statistics
        assert stats.kstest(places[:, place] / 7.0, "beta", args=(place + 1, 8 - place)).pvalue > 0.001
    kinds = np.array([number for _, number in found]).reshape(len(windows), 8)
    for place in (0, 7):
        seen = np.bincount(kinds[:, place], minlength=3)
        assert stats.chisquare(seen, np.array(counts) / 8.0 * len(windows)).pvalue > 0.001


def test_poisson_gaps_are_exponential_and_renewal_gaps_are_what_their_distribution_says():
    state, unit, row = stream(k.POISSON, rate=4.0)
    assert arrivals(state, unit, row, 500) == pytest.approx(
        np.cumsum(-np.log1p(-np.array(drawn(state, unit, 500))) / 4.0), rel=1e-12
    )
    state, unit, row = stream(k.RENEWAL, gap=0)
    spread = state.distributions[state.distributions.add()]
    spread.shape, spread.a, spread.b = k.UNIFORM, 1.0, 3.0
    gaps = np.diff(arrivals(state, unit, row, 500), prepend=0.0)
    assert gaps == pytest.approx(1.0 + 2.0 * np.array(drawn(state, unit, 500)), rel=1e-9)


def test_a_trace_arrives_when_it_says_and_then_never_again():
    state, unit, row = stream(k.TRACE, last=3)
    for time in (0.5, 2.0, 2.0):
        state.instants[state.instants.add()].time = time
    assert arrivals(state, unit, row, 9).tolist() == [0.5, 2.0, 2.0]
    assert next_time(state, unit, row, 2.0) == NEVER
