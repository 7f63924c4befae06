import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsmlab.mechanisms.cohesion import (
    balance_residual,
    channel_load,
    cohesion_gap,
    erasure_capacity,
    gap_of,
    matrix_capacity,
    noiseless_capacity,
    symmetric_capacity,
    verdict,
    worst_residual,
    z_capacity,
)
from vsmlab.mechanisms.intervals import Estimate
from vsmlab.mechanisms.variety import entropy_plugin

EIGHT = [0.4, 0.2, 0.15, 0.1, 0.05, 0.05, 0.03, 0.02]


def periods(chance, n, told, answered):
    """Bits by period that share what was going on in it."""
    busy = chance.gamma(10.0, 0.1, n)
    return (
        (told * busy * chance.gamma(20.0, 0.05, n)).tolist(),
        (answered * busy * chance.gamma(20.0, 0.05, n)).tolist(),
    )


def given_gap(value, half):
    return Estimate(value, value - half, value + half, 9, "made up")


@given(st.floats(0.0, 1e6), st.floats(0.0, 1e6))
def test_the_gap_lies_within_one_and_changes_its_sign_with_the_direction(told, answered):
    if max(told, answered) == 0.0:
        with pytest.raises(ValueError, match="not both 0"):
            gap_of(told, answered)
        return
    assert -1.0 <= gap_of(told, answered) <= 1.0
    assert gap_of(told, answered) == -gap_of(answered, told)
    assert gap_of(3.0, 3.0) == 0.0
    assert (gap_of(2.0, 0.0), gap_of(0.0, 2.0)) == (1.0, -1.0)


@pytest.mark.parametrize(("told", "answered"), [(100.0, 100.0), (100.0, 80.0), (60.0, 100.0)])
def test_intervals_of_the_gap_cover_as_often_as_they_should(told, answered):
    chance = np.random.default_rng(111)
    found = [cohesion_gap(*periods(chance, 30, told, answered)) for _ in range(1000)]
    given_one = [one for one in found if one.low is not None]
    assert len(given_one) >= 980  # the test for correlation refuses one in a hundred
    truth = gap_of(told, answered)
    covered = sum(one.low <= truth <= one.high for one in given_one) / len(given_one)
    assert 0.931 <= covered <= 0.967
    assert all(-1.0 <= one.low <= one.value <= one.high <= 1.0 for one in given_one)
    assert max(one.high - one.low for one in given_one) < 0.36


def test_the_gap_and_its_interval_change_sign_with_the_direction():
    told, answered = periods(np.random.default_rng(112), 30, 100.0, 70.0)
    there, back = cohesion_gap(told, answered), cohesion_gap(answered, told)
    assert there.value == pytest.approx(-back.value)
    assert (there.low, there.high) == (pytest.approx(-back.high), pytest.approx(-back.low))
    exact = cohesion_gap([4.0, 5.0, 6.0], [2.0, 2.5, 3.0])
    assert exact.value == 0.5
    assert (exact.low, exact.high) == (pytest.approx(0.5), pytest.approx(0.5))


def test_a_gap_that_cannot_be_told_says_why():
    assert cohesion_gap([], []).reason == "no periods"
    assert "no variety" in cohesion_gap([0.0] * 5, [0.0] * 5).reason
    silent = cohesion_gap([3.0, 4.0, 5.0], [0.0] * 3)
    assert (silent.value, silent.low, silent.reason) == (1.0, None, "nothing was answered")
    assert cohesion_gap([0.0] * 3, [3.0, 4.0, 5.0]).value == -1.0
    assert "at least 3" in cohesion_gap([1.0, 2.0], [2.0, 1.0]).reason
    drift = cohesion_gap([float(k) for k in range(1, 31)], [float(31 - k) for k in range(1, 31)])
    assert drift.value == pytest.approx(0.0)
    assert "correlated" in drift.reason
    assert "neither" in cohesion_gap([9.0, 0.0, 0.0], [0.0, 0.0, 9.0]).reason
    with pytest.raises(ValueError, match="equally many"):
        cohesion_gap([1.0], [])
    with pytest.raises(ValueError, match="at least 0"):
        cohesion_gap([1.0], [-1.0])


def test_equality_needs_the_whole_interval_within_the_band():
    assert verdict(given_gap(0.05, 0.1)) == "balanced"
    assert verdict(given_gap(0.05, 0.2)) == "undecided"
    assert verdict(given_gap(0.4, 0.1)) == "told more"
    assert verdict(given_gap(-0.4, 0.1)) == "answered more"
    assert verdict(given_gap(0.4, 0.1), band=0.6) == "balanced"
    assert verdict(Estimate(0.0, None, None, 3, "made up", "no interval")) == "undecided"


def test_intervals_of_the_residual_cover_as_often_as_they_should():
    chance = np.random.default_rng(113)
    whole, kept = entropy_plugin(EIGHT), entropy_plugin([0.6, 0.25, 0.1, 0.05])
    found = []
    for _ in range(400):
        series = chance.choice(8, 500, p=EIGHT)
        found.append(balance_residual(series.tolist(), (series // 2).tolist(), resamples=199))
    given_one = [one for one in found if one.low is not None]
    assert len(given_one) >= 396
    assert 366 <= sum(one.low <= 1.0 - kept / whole <= one.high for one in given_one) <= 390
    assert max(one.high - one.low for one in given_one) < 0.1
    assert np.mean([one.value for one in found]) == pytest.approx(1.0 - kept / whole, abs=0.004)


def test_what_is_absorbed_wholly_leaves_no_residual_and_what_is_ignored_leaves_all():
    series = np.random.default_rng(114).integers(0, 4, 400).tolist()
    assert balance_residual(series, [3 - symbol for symbol in series]).value == pytest.approx(0.0)
    ignored = balance_residual(series, [0] * 400)
    assert ignored.value == ignored.high == 1.0
    assert balance_residual([symbol // 2 for symbol in series], series).value < -0.8
    assert "must be equal" in balance_residual(series, series[:-1]).reason
    assert "no variety" in balance_residual([1] * 400, series).reason
    assert "not estimable below 16" in balance_residual([0, 1, 2, 3], [0, 1, 2, 3]).reason
    assert balance_residual([], []).value is None


def test_the_worst_residual_is_named():
    nothing = Estimate(None, None, None, 0, "made up", "no messages")
    loops = {"env_op": given_gap(0.1, 0.1), "op_mgmt": given_gap(-0.4, 0.1), "mgmt_op": nothing}
    assert worst_residual(loops) == ("op_mgmt", loops["op_mgmt"])
    assert worst_residual({"env_op": nothing}) is None
    assert worst_residual({}) is None


def test_the_load_of_a_channel_is_what_it_carries_over_what_it_can():
    bits = Estimate(2.0, 1.5, 2.5, 40, "entropy")
    load = channel_load(3.0, bits, 12.0)
    assert (load.value, load.low, load.high) == (0.5, 0.375, 0.625)
    assert channel_load(3.0, bits, math.inf).reason == "the channel's capacity is not limited"
    unknown = Estimate(None, None, None, 2, "entropy", "not estimable")
    assert channel_load(3.0, unknown, 12.0).reason == "not estimable"
    with pytest.raises(ValueError, match="more than 0"):
        channel_load(3.0, bits, 0.0)


def test_the_capacities_worked_out():
    assert noiseless_capacity([1.0, 2.0]) == pytest.approx(math.log2((1.0 + math.sqrt(5.0)) / 2.0), abs=1e-15)
    assert noiseless_capacity([1.0, 2.0]) == pytest.approx(0.694242, abs=5e-7)
    assert symmetric_capacity(0.11) == pytest.approx(0.500084, abs=5e-7)
    assert erasure_capacity(0.2) == 0.8
    assert z_capacity(0.5) == pytest.approx(0.321928, abs=5e-7)


def test_capacities_at_their_ends():
    assert noiseless_capacity([2.0] * 8) == pytest.approx(1.5, abs=1e-15)
    assert noiseless_capacity([3.0]) == 0.0
    assert [symmetric_capacity(e) for e in (0.0, 0.5, 1.0)] == [1.0, 0.0, 1.0]
    assert [erasure_capacity(e) for e in (0.0, 1.0)] == [1.0, 0.0]
    assert [z_capacity(e) for e in (0.0, 1.0)] == [1.0, 0.0]
    for capacity in (symmetric_capacity, erasure_capacity, z_capacity):
        with pytest.raises(ValueError, match=r"\[0, 1\]"):
            capacity(1.1)
    with pytest.raises(ValueError, match="above 0"):
        noiseless_capacity([1.0, 0.0])
    with pytest.raises(ValueError, match="at least one"):
        noiseless_capacity([])


@given(st.floats(0.01, 0.99))
def test_the_algorithm_encloses_every_capacity_that_has_a_formula(error):
    right = 1.0 - error
    channels = [
        (symmetric_capacity, [[right, error], [error, right]]),
        (erasure_capacity, [[right, 0.0, error], [0.0, right, error]]),
        (z_capacity, [[1.0, 0.0], [error, right]]),
    ]
    for formula, matrix in channels:
        found = matrix_capacity(matrix, tolerance=1e-6)
        assert found.low - 1e-9 <= formula(error) <= found.high + 1e-9
        assert found.reason != "" or found.high - found.low <= 1e-6


def test_a_channel_must_be_one_of_probabilities():
    with pytest.raises(ValueError, match="distribution"):
        matrix_capacity([[0.5, 0.4]])
    with pytest.raises(ValueError, match="distribution"):
        matrix_capacity([[1.5, -0.5]])
    assert matrix_capacity([[1.0]]).value == pytest.approx(0.0, abs=1e-9)
