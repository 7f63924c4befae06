import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsmlab.mechanisms.numbers import normal_quantile
from vsmlab.mechanisms.philox import philox
from vsmlab.mechanisms.resampling import (
    LEAST_BLOCKS,
    Blocks,
    block_counts,
    block_interval,
    block_resamples,
    circular_shifts,
    coded,
    random_words,
    resampled_variance,
    suited_blocks,
)


def ar1(chance, phi, length):
    x = chance.gauss(0.0, 1.0) / math.sqrt(1.0 - phi * phi)
    series = []
    for _ in range(length):
        series.append(x)
        x = phi * x + chance.gauss(0.0, 1.0)
    return series


def all_resamples(n, mean_block, **options):
    return np.concatenate(list(block_resamples(n, mean_block, **options)))


def test_the_words_are_those_of_the_generator_with_the_known_answers():
    words = random_words((3, 4), 7, 2, 0x1234_5678_9ABC)
    for row in range(3):
        for column in range(4):
            alone = philox(column, 2, 7 + row, 0, 0x5678_9ABC, 0x1234)
            assert tuple(int(word[row, column]) for word in words) == alone


def test_resamples_are_the_same_on_every_call_and_whatever_is_made_at_once(monkeypatch):
    whole = all_resamples(50, 4.0, resamples=30)
    assert (whole == all_resamples(50, 4.0, resamples=30)).all()
    assert (whole != all_resamples(50, 4.0, resamples=30, seed=9)).any()
    monkeypatch.setattr("vsmlab.mechanisms.resampling.AT_ONCE", 350)
    assert (whole == all_resamples(50, 4.0, resamples=30)).all()
    assert (all_resamples(50, 4.0, resamples=10) == whole[:10]).all()


@given(st.integers(1, 80), st.floats(1.0, 40.0))
def test_every_resample_is_as_long_as_the_series_and_lies_in_it(n, mean_block):
    places = all_resamples(n, mean_block, resamples=3)
    assert places.shape == (3, n)
    assert places.min() >= 0
    assert places.max() < n


def test_blocks_are_geometric_and_begin_anywhere():
    n, mean = 400, 5.0
    places = all_resamples(n, mean, resamples=500)
    goes_on = (np.diff(places, axis=1) % n == 1).mean()
    assert goes_on == pytest.approx(1.0 - (1.0 - 1.0 / n) / mean, abs=0.003)
    assert all_resamples(n, 1.0, resamples=500).mean() == pytest.approx((n - 1) / 2, abs=1.5)
    drawn = np.bincount(places.ravel(), minlength=n) / 500
    assert abs(drawn - 1.0).max() < 0.5
    lengths = np.diff(np.flatnonzero(np.diff(places[0], prepend=-9) % n != 1))
    assert lengths.min() == 1
    with pytest.raises(ValueError, match="at least 1"):
        next(block_resamples(0, 1.0))
    with pytest.raises(ValueError, match="at least 1"):
        next(block_resamples(5, 0.5))


def test_the_variance_of_resampled_means_is_the_exact_one():
    series = np.array(ar1(random.Random(61), 0.7, 30))
    for mean_block in (1.0, 3.0, 10.0):
        means = series[all_resamples(30, mean_block, resamples=20_000)].mean(axis=1)
        exact = resampled_variance(series, mean_block) * series.var() / 30
        assert means.var() == pytest.approx(exact, rel=0.04)  # its own error is 1 %
        assert means.mean() == pytest.approx(series.mean(), abs=5 * math.sqrt(exact / 20_000))
    assert resampled_variance(series, 1.0) == pytest.approx(1.0)


def test_blocks_grow_with_how_alike_neighbours_are():
    chance = random.Random(62)
    lengths = [
        np.mean([suited_blocks(ar1(chance, phi, 1000)).mean for _ in range(20)]) for phi in (0.0, 0.5, 0.9)
    ]
    assert lengths[0] < 4.0
    # the rule is aimed at (n (2 phi / (1 - phi**2))**2)**(1/3): 12.1 and 44.8
    assert 7.0 < lengths[1] < 17.0
    assert 28.0 < lengths[2] < 62.0
    assert suited_blocks(ar1(chance, -0.5, 1000)).mean < 20.0


def test_a_series_without_change_needs_no_blocks():
    assert suited_blocks([3.0] * 100) == Blocks(1.0, 100.0, 1.0)
    assert suited_blocks([0.1, 0.2]).mean == 1.0
    assert suited_blocks([1.0, -1.0] * 50).widening >= 1.0
    assert suited_blocks(np.zeros(200_000)).mean == 200.0  # a thousand blocks are enough
    few = Blocks(50.0, LEAST_BLOCKS - 1.0, 1.0)
    assert "20 are needed" in few.reason
    assert Blocks(1.0, 20.0, 1.0).reason == ""


def test_counts_are_those_of_the_resampled_codes():
    codes = np.array([0, 2, 2, 1, 0, 2, 0])
    counts = block_counts(codes, 4, Blocks(2.0, 3.5, 1.0), resamples=11)
    drawn = codes[all_resamples(7, 2.0, resamples=11)]
    assert counts.tolist() == [np.bincount(row, minlength=4).tolist() for row in drawn]
    assert coded([("a", 1), None, ("a", 1)]).tolist() == [0, 1, 0]
    assert coded([]).tolist() == []


def test_shifts_are_different_and_never_short():
    shifts = circular_shifts(400, shifts=200, least=21)
    assert len(set(shifts.tolist())) == 200
    assert 21 <= min(shifts) <= max(shifts) <= 379
    assert (shifts == circular_shifts(400, shifts=200, least=21)).all()
    assert (circular_shifts(400, shifts=100, least=21) == shifts[:100]).all()
    assert len(circular_shifts(30, shifts=200, least=10)) == 11
    assert len(circular_shifts(10, shifts=5, least=6)) == 0


def test_the_interval_is_that_of_the_basic_bootstrap():
    strayed = np.arange(-199.0, 200.0) / 100.0  # the tenth and the 390th of 399 are -1.9 and 1.9
    low, high = block_interval(5.0, strayed, Blocks(1.0, 1e9, 1.0), 0.95)
    assert (low, high) == (pytest.approx(3.1), pytest.approx(6.9))
    low, high = block_interval(5.0, strayed + 0.5, Blocks(1.0, 1e9, 2.0), 0.95)
    assert (low, high) == (pytest.approx(0.7), pytest.approx(8.3))
    low, high = block_interval(0.0, strayed, Blocks(1.0, 20.0, 1.0), 0.95)
    assert high == pytest.approx(1.9 * 2.0930 / normal_quantile(0.975), rel=1e-4)
    skewed = np.array([0.0] * 300 + [1.0] * 99)
    low, high = block_interval(0.0, skewed, Blocks(1.0, 1e9, 1.0), 0.95)
    assert (low, high) == (pytest.approx(-1.0), pytest.approx(0.0, abs=1e-6))


def test_intervals_of_the_mean_of_a_correlated_series_cover_as_often_as_they_should():
    chance = random.Random(63)
    hits = 0
    for _ in range(400):
        series = np.array(ar1(chance, 0.6, 600))
        blocks = suited_blocks(series)
        means = [row.mean() for row in series[all_resamples(600, blocks.mean, resamples=199)]]
        low, high = block_interval(series.mean(), np.array(means) - series.mean(), blocks, 0.95)
        hits += low <= 0.0 <= high
        assert high - low < 0.75  # exact: 2 * 1.96 * 2.5 / sqrt(600) = 0.40
    assert 368 <= hits <= 390
