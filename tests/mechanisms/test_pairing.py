"""What common random numbers gain, against its exact value."""

import numpy as np
import pytest

from vsmlab.mechanisms.intervals import holm, paired_difference, paired_p_value
from vsmlab.mechanisms.pairing import variance_ratio


@pytest.mark.parametrize("rho", [-0.5, 0.0, 0.5, 0.95])
def test_the_ratio_of_variances_is_that_of_the_correlation(rho):
    """Equal variances: 2 s^2 over 2 s^2 (1 - rho)."""
    chance = np.random.default_rng(4)
    a, noise = chance.normal(0, 1, (2, 20_000))
    b = rho * a + np.sqrt(1 - rho**2) * noise + 3.0
    found = variance_ratio(a.tolist(), b.tolist())
    assert found.ratio == pytest.approx(1 / (1 - rho), rel=0.05)


def test_pairs_in_another_order_gain_nothing():
    chance = np.random.default_rng(6)
    a = chance.normal(0, 1, 20_000)
    b = a + chance.normal(0, 0.1, 20_000)
    assert variance_ratio(a.tolist(), b.tolist()).ratio > 100
    assert variance_ratio(a.tolist(), chance.permutation(b).tolist()).ratio == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ([], [], "0 pairs are too few"),
        ([1.0, 2.0], [1.0, 3.0], "2 pairs are too few"),
        ([1.0, 1.0, 1.0], [2.0, 2.0, 2.0], "nothing varies"),
        ([0.1, 0.2, 0.3], [1.1, 1.2, 1.3], "the paired difference does not vary"),
    ],
)
def test_what_is_not_estimable_says_why(first, second, said):
    found = variance_ratio(first, second)
    assert found.ratio is None
    assert said in found.reason


def test_unequal_lists_are_no_pairs():
    with pytest.raises(ValueError, match="pairs are needed"):
        variance_ratio([1.0], [])


def test_holm_is_the_textbook_example_and_bounds_the_family():
    """p 0.01, 0.04, 0.03, 0.005: times 3, 1, 2 and 4, then never below an easier one."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    chance = np.random.default_rng(8)
    families = chance.normal(0, 1, (1000, 5, 12))
    wrong = plain = 0
    for family in families:
        p = [paired_p_value([0.0] * 12, differences.tolist()) for differences in family]
        plain += min(p) < 0.05
        wrong += min(holm(p)) < 0.05
    assert 33 <= wrong <= 69, "of 1000 families without any effect about 50, 99 % of the time"
    assert plain > 150, "without the correction it is one in four or five"


def test_paired_intervals_cover_as_they_should():
    chance = np.random.default_rng(9)
    hits = 0
    for _ in range(1000):
        a = chance.normal(0, 3, 10)
        found = paired_difference(a.tolist(), (a + chance.normal(0.7, 1, 10)).tolist())
        hits += found.low <= 0.7 <= found.high
    assert 931 <= hits <= 967
