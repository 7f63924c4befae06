import numpy as np
import pytest

from vsmlab.lab.measures.balances import balance, said, share, within
from vsmlab.mechanisms.intervals import Estimate


def drawn(seed, a, b, n=250):
    chance = np.random.default_rng(seed)
    return chance.gamma(4.0, a / 4.0, n), chance.gamma(4.0, b / 4.0, n)


def test_equal_amounts_balance_exactly():
    both = np.arange(1.0, 101.0)
    found = balance(both, both)
    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(("a", "b", "truth"), [(4.0, 2.0, 0.5), (2.0, 4.0, -0.5), (3.0, 3.0, 0.0)])
def test_intervals_of_a_balance_cover_it_about_as_often_as_they_say(a, b, truth):
    found = [one for one in (balance(*drawn(seed, a, b)) for seed in range(60)) if one.low is not None]
    hits = sum(one.low <= truth <= one.high for one in found)
    assert len(found) >= 55
    assert 0.88 * len(found) <= hits <= len(found)
    assert np.mean([one.high - one.low for one in found]) < 0.2


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


def test_numbers_in_sentences_have_three_digits():
    assert [said(number) for number in (0.0, 1.0, 4.0957, 1234.5, 0.012345)] == [
        "0",
        "1",
        "4.1",
        "1234",
        "0.0123",
    ]
