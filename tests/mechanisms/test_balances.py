import numpy as np
import pytest

from vsmlab.mechanisms.balances import balance, balance_residual, share, within
from vsmlab.mechanisms.intervals import Estimate
from vsmlab.mechanisms.variety import entropy_plugin

EIGHT = [0.4, 0.2, 0.15, 0.1, 0.05, 0.05, 0.03, 0.02]


def periods(chance, n, a, b):
    """Bits by period on two sides that share what was going on in it."""
    busy = chance.gamma(10.0, 0.1, n)
    return a * busy * chance.gamma(20.0, 0.05, n), b * busy * chance.gamma(20.0, 0.05, n)


def test_equal_amounts_balance_exactly():
    both = np.arange(1.0, 101.0)
    found = balance(both, both)
    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(("a", "b"), [(100.0, 100.0), (100.0, 80.0), (60.0, 100.0)])
def test_intervals_of_a_balance_cover_it_as_often_as_they_should(a, b):
    chance = np.random.default_rng(111)
    found = [balance(*periods(chance, 100, a, b)) for _ in range(1000)]
    given_one = [one for one in found if one.low is not None]
    assert len(given_one) >= 980
    covered = sum(one.low <= (a - b) / max(a, b) <= one.high for one in given_one) / len(given_one)
    assert 0.931 <= covered <= 0.967
    assert all(-1.0 <= one.low <= one.value <= one.high <= 1.0 for one in given_one)
    assert max(one.high - one.low for one in given_one) < 0.2


def test_a_balance_and_its_interval_change_sign_with_the_direction():
    a, b = periods(np.random.default_rng(112), 100, 100.0, 70.0)
    there, back = balance(a, b), balance(b, a)
    assert there.value == pytest.approx(-back.value)
    assert (there.low, there.high) == (
        pytest.approx(-back.high, abs=0.01),
        pytest.approx(-back.low, abs=0.01),
    )


def test_a_difference_may_be_below_zero_and_its_amount_counts():
    found = balance(np.full(50, 2.0), np.full(50, -1.0))
    assert found.value == 0.5


@pytest.mark.parametrize(
    ("one", "other", "value", "reason"),
    [
        ([], [], None, "shorter than one period"),
        ([0.0, 0.0], [0.0, 0.0], None, "neither side"),
        ([1.0] * 50, [0.0] * 50, 1.0, "one side said nothing"),
        ([0.0] * 50, [3.0] * 50, -1.0, "one side said nothing"),
        ([1.0, 2.0, 1.5], [1.0, 1.0, 1.0], 1.0 / 3.0, "are needed"),
    ],
)
def test_what_cannot_be_said_has_its_reason(one, other, value, reason):
    found = balance(np.array(one), np.array(other))
    assert found.value == (None if value is None else pytest.approx(value))
    assert found.low is None
    assert reason in found.reason


def test_a_share_is_the_ratio_of_the_sums_and_its_interval_covers_the_truth():
    chance = np.random.default_rng(3)
    hits = known = 0
    for _ in range(60):
        whole = chance.poisson(20.0, 200).astype(float)
        part = chance.binomial(whole.astype(int), 0.3).astype(float)
        found = share(part, whole)
        assert found.value == part.sum() / whole.sum()
        if found.low is not None:
            known += 1
            hits += found.low <= 0.3 <= found.high
    assert known >= 55
    assert 0.88 * known <= hits <= known


@pytest.mark.parametrize(
    ("ends", "holds"),
    [
        ((-0.1, 0.2), True),
        ((0.21, 0.9), False),
        ((-0.9, -0.21), False),
        ((0.1, 0.3), None),
        ((-1.0, 1.0), None),
    ],
)
def test_whether_a_balance_holds_is_said_only_if_the_whole_interval_says_so(ends, holds):
    assert within(Estimate(0.0, *ends, 10, "")) is holds


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
