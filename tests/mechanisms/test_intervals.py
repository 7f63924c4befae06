import itertools
import math
import random
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vsmlab.mechanisms.intervals import (
    batch_means,
    holm,
    lag_one,
    mean_interval,
    mser5,
    paired_difference,
    paired_p_value,
    poisson_rate,
    quantile_interval,
    ratio_fieller,
    ratio_jackknife,
    wilson,
)


def covers(estimate, truth):
    return estimate.low is not None and estimate.low <= truth <= estimate.high


def ar1(chance, phi, length):
    x = chance.gauss(0.0, 1.0) / math.sqrt(1.0 - phi * phi)
    series = []
    for _ in range(length):
        series.append(x)
        x = phi * x + chance.gauss(0.0, 1.0)
    return series


def test_the_mean_interval_is_that_of_scipy():
    sample = [3.1, 4.7, 2.2, 5.9, 4.4]
    estimate = mean_interval(sample, confidence=0.9)
    low, high = stats.t.interval(0.9, 4, loc=sum(sample) / 5, scale=stats.sem(sample))
    assert (estimate.low, estimate.high) == (pytest.approx(low), pytest.approx(high))
    assert estimate.half_width == pytest.approx((high - low) / 2)
    assert estimate.n == 5


def test_too_little_is_said_so_and_not_guessed():
    assert mean_interval([]).value is None
    assert mean_interval([]).reason == "no observations"
    assert mean_interval([3.0]).value == 3.0
    assert mean_interval([3.0]).half_width is None
    assert "too few" in batch_means([1.0] * 39).reason
    assert batch_means([]).value is None
    assert wilson(0, 0).reason == "no trials"
    assert "tail" in quantile_interval(list(range(20)), 0.99).reason
    assert quantile_interval([], 0.5).value is None
    assert "add up to 0" in ratio_fieller([1.0, 2.0], [1.0, -1.0]).reason
    assert "does not differ" in ratio_fieller([1.0, 2.0, 3.0], [-1.0, 2.0, 0.0]).reason
    assert "no spread" in ratio_jackknife([1.0], [2.0]).reason
    assert "too few" in mser5([1.0] * 49).reason


def test_nominal_95_percent_intervals_of_means_cover_as_often_as_they_should():
    chance = random.Random(31)
    hits = sum(covers(mean_interval([chance.gauss(2.0, 3.0) for _ in range(8)]), 2.0) for _ in range(1000))
    assert 931 <= hits <= 967


def test_batch_means_cover_a_correlated_series_where_the_naive_interval_does_not():
    chance = random.Random(32)
    hits = naive = refused = 0
    for _ in range(200):
        series = ar1(chance, 0.9, 4000)
        estimate = batch_means(series)
        refused += estimate.low is None
        hits += covers(estimate, 0.0)
        naive += covers(mean_interval(series), 0.0)
        assert estimate.half_width is None or estimate.half_width < 0.8  # about 2 * 10 / sqrt(4000), and room
    assert refused <= 25
    assert 0.9 <= hits / (200 - refused) <= 0.99
    assert naive < 110


def test_batches_that_are_too_short_are_found():
    chance = random.Random(33)
    refused = sum(batch_means(ar1(chance, 0.99, 1000)).low is None for _ in range(50))
    assert refused > 25
    walk = [0.0]
    for _ in range(1999):
        walk.append(walk[-1] + chance.gauss(0.0, 1.0))
    estimate = batch_means(walk)
    assert "correlated" in estimate.reason
    assert estimate.value is not None
    with pytest.raises(ValueError, match="at least 3"):
        batch_means(walk, batches=2)


def test_lag_one_of_known_series():
    assert lag_one([1.0, -1.0] * 50) == pytest.approx(-0.98)
    assert lag_one([5.0] * 10) == 0.0
    assert lag_one(ar1(random.Random(34), 0.6, 20_000)) == pytest.approx(0.6, abs=0.03)


def test_paired_differences_and_their_p_value_are_those_of_scipy():
    first, second = [1.0, 2.0, 4.0, 3.0], [1.5, 2.9, 4.1, 3.8]
    result = stats.ttest_rel(second, first)
    interval = result.confidence_interval(0.95)
    estimate = paired_difference(first, second)
    assert (estimate.low, estimate.high) == (pytest.approx(interval.low), pytest.approx(interval.high))
    assert paired_p_value(first, second) == pytest.approx(result.pvalue)
    assert paired_p_value([1.0], [2.0]) == 1.0
    assert paired_p_value([1.0, 2.0], [1.0, 2.0]) == 1.0
    assert paired_p_value([1.0, 2.0], [2.0, 3.0]) == 0.0
    with pytest.raises(ValueError, match="pairs"):
        paired_difference([1.0], [])


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=10))
def test_holm_lies_between_the_raw_and_the_bonferroni_p_values_and_keeps_their_order(p_values):
    adjusted = holm(p_values)
    for p, q in zip(p_values, adjusted, strict=True):
        assert p <= q <= min(1.0, len(p_values) * max(p_values))
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    assert all(adjusted[a] <= adjusted[b] for a, b in itertools.pairwise(order))
    smallest = min(p_values)
    assert adjusted[p_values.index(smallest)] >= min(1.0, len(p_values) * smallest)


def test_wilson_is_that_of_scipy():
    for successes, trials in [(0, 10), (8, 10), (10, 10), (311, 1259)]:
        exact = stats.binomtest(successes, trials).proportion_ci(method="wilson")
        estimate = wilson(successes, trials)
        assert estimate.low == pytest.approx(exact.low, abs=1e-12)
        assert estimate.high == pytest.approx(exact.high, abs=1e-12)
    with pytest.raises(ValueError, match="11 successes"):
        wilson(11, 10)


@pytest.mark.parametrize("interval", [ratio_fieller, ratio_jackknife])
def test_ratio_intervals_cover_as_often_as_they_should(interval):
    chance = random.Random(35)
    hits = 0
    for _ in range(1000):
        under = [chance.gauss(5.0, 1.0) for _ in range(12)]
        over = [0.6 * x + chance.gauss(0.0, 0.5) for x in under]
        estimate = interval(over, under)
        hits += covers(estimate, 0.6)
        assert estimate.half_width < 0.2
    assert 931 <= hits <= 967


def test_exact_proportion_has_an_interval_of_no_width():
    for interval in (ratio_fieller, ratio_jackknife):
        estimate = interval([18.0, 20.0, 22.0], [9.0, 10.0, 11.0])
        assert estimate.low == pytest.approx(2.0, abs=1e-7)
        assert estimate.high == pytest.approx(2.0, abs=1e-7)
    with pytest.raises(ValueError, match="pairs"):
        ratio_fieller([1.0], [])


@given(st.integers(5, 400), st.sampled_from([0.1, 0.5, 0.9, 0.95]), st.sampled_from([0.8, 0.95]))
def test_order_statistics_cover_with_at_least_the_confidence_and_no_rank_to_spare(n, probability, confidence):
    estimate = quantile_interval(list(range(1, n + 1)), probability, confidence=confidence)
    if estimate.low is None:
        return
    low, high = int(estimate.low), int(estimate.high)
    tail = (1.0 - confidence) / 2.0
    assert (
        stats.binom.cdf(low - 1, n, probability)
        <= tail + 1e-12
        < stats.binom.cdf(low, n, probability) + 2e-12
    )
    assert stats.binom.sf(high - 1, n, probability) <= tail + 1e-12
    assert stats.binom.sf(high - 2, n, probability) > tail - 1e-12
    assert low <= estimate.value <= high


def test_a_quantile_needs_a_probability():
    with pytest.raises(ValueError, match=r"\(0, 1\)"):
        quantile_interval([1.0, 2.0], 1.0)


def test_the_warm_up_is_found_where_the_start_decays():
    chance = random.Random(36)
    series = [20.0 * math.exp(-k / 40.0) + chance.gauss(0.0, 1.0) for k in range(2000)]
    assert 60 <= mser5(series).observations <= 400
    assert mser5([chance.gauss(0.0, 1.0) for _ in range(2000)]).observations <= 500


def test_a_series_that_never_settles_is_too_short():
    assert "too short" in mser5([float(k) for k in range(1000)]).reason


def test_importing_the_intervals_does_not_import_scipy():
    code = "import sys, vsmlab.mechanisms.intervals; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_poisson_rate_has_garwoods_interval():
    """The lower end is where so many or more come with 2.5 %, the upper where so many or fewer do."""
    rate = poisson_rate(3, 2.0)
    assert rate.value == 1.5
    for end, counts in ((rate.low, range(3)), (rate.high, range(4))):
        mean = end * 2.0
        below = math.fsum(math.exp(-mean) * mean**n / math.factorial(n) for n in counts)
        assert min(below, 1.0 - below) == pytest.approx(0.025, rel=1e-9)
    assert poisson_rate(0, 1.0).low == 0.0
    assert poisson_rate(0, 1.0).high == pytest.approx(-math.log(0.025))
    with pytest.raises(ValueError, match="-1 events in a time of 1"):
        poisson_rate(-1, 1.0)
