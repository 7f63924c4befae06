"""Sequential stopping: where it stops, and how often its interval holds the mean."""

import math

import numpy as np
import pytest

from vsmlab.mechanisms.intervals import Estimate, mean_interval
from vsmlab.mechanisms.stopping import FEWEST, next_stop, relative_half_width, stop

MEAN, SPREAD, WISHED = 10.0, 5.0, 0.1
"""So (1.96 x 5 / 1)^2 = 96 replications are needed on average."""


def coverage(draw, mean, *, fewest=FEWEST, times=1000, most=800, wished=WISHED):
    """Intervals that hold the mean of so many sequences, and the mean number of replications."""
    hits, used = 0, []
    for _ in range(times):
        found = stop(draw(most), wished, fewest=fewest)
        assert found.reached
        hits += found.estimate.low <= mean <= found.estimate.high
        used.append(found.n)
    return hits, sum(used) / times


def test_of_1000_sequential_intervals_on_normal_data_as_many_hold_the_mean_as_should():
    """Stopping early where the spread looks small costs coverage: 925 is stated, 950 the level."""
    chance = np.random.default_rng(1)
    hits, used = coverage(lambda n: chance.normal(MEAN, SPREAD, n).tolist(), MEAN)
    assert 925 <= hits <= 967
    assert 88 <= used <= 102, "as many as an interval of this width needs: it was not bought by waiting"


def test_with_two_replications_to_begin_with_it_stops_by_chance_and_covers_too_little():
    def begun_with(fewest):
        chance = np.random.default_rng(1)
        draw = lambda n: chance.normal(MEAN, SPREAD, n).tolist()  # noqa: E731
        return coverage(draw, MEAN, fewest=fewest, wished=0.2, times=2000)

    early, late = begun_with(2), begun_with(FEWEST)
    assert early[0] < 2 * 925 <= late[0]
    assert early[1] < late[1]


def test_of_1000_fixed_intervals_931_to_967_hold_the_mean_and_they_are_as_wide_as_they_must_be():
    chance = np.random.default_rng(2)
    found = [mean_interval(chance.normal(MEAN, SPREAD, 30).tolist()) for _ in range(1000)]
    assert 931 <= sum(one.low <= MEAN <= one.high for one in found) <= 967
    exact = 2.0452 * SPREAD / math.sqrt(30)  # times the mean of chi over its root of degrees: 0.9914
    assert np.mean([one.half_width for one in found]) == pytest.approx(0.9914 * exact, rel=0.02)


def test_means_of_waits_that_are_skewed_and_not_normal_are_covered_as_stated():
    """Each replication the mean of 20 exponential times of mean 5."""
    chance = np.random.default_rng(3)
    hits, _ = coverage(lambda n: chance.gamma(20, 0.25, n).tolist(), 5.0, wished=0.05)
    assert 920 <= hits <= 967


def test_it_looks_at_20_and_then_at_every_five_more_and_stops_at_the_first_that_is_narrow():
    wide = [1.0, 3.0] * 20
    assert stop(wide, 0.25).n == 20
    n = stop(wide, 0.18).n
    assert n == 35
    assert relative_half_width(mean_interval(wide[:n])) <= 0.18
    for earlier in range(20, n, 5):
        assert relative_half_width(mean_interval(wide[:earlier])) > 0.18


def test_what_never_gets_narrow_uses_all_and_says_so():
    found = stop([1.0, 3.0] * 11, 0.01)
    assert (found.n, found.reached) == (22, False)
    few = stop([1.0] * 12, 0.5)
    assert (few.n, few.reached) == (12, False), "equal so far, but fewer than 20"


def test_a_mean_of_nothing_or_of_zero_has_no_relative_width():
    assert relative_half_width(mean_interval([0.0, 0.0])) is None
    assert relative_half_width(Estimate(2.0, None, None, 1, "")) is None
    assert relative_half_width(mean_interval([-1.0, -3.0])) > 0


def test_next_stop_never_passes_the_most():
    assert [next_stop(n, most=23) for n in (0, 20, 22)] == [20, 23, 23]
