import math

import numpy as np
import pytest

from vsmlab.mechanisms.autonomy import Disturbance, autonomy_estimate, autonomy_of, closed_before_told
from vsmlab.mechanisms.intervals import wilson


def h(p):
    return -p * math.log2(p) - (1.0 - p) * math.log2(1.0 - p)


def obeyed(chance, n, error):
    said = chance.integers(0, 2, n)
    return said.tolist(), (said ^ (chance.random(n) < error)).tolist()


def test_a_unit_that_obeys_four_times_in_five_keeps_this_autonomy():
    assert autonomy_of([[0.4, 0.1], [0.1, 0.4]]) == pytest.approx(h(0.2), abs=1e-12)
    assert autonomy_of([[0.4, 0.1], [0.1, 0.4]]) == pytest.approx(0.721928, abs=5e-7)
    assert autonomy_of([[5, 0], [0, 5]]) == 0.0
    assert autonomy_of([[1, 2], [2, 4]]) == pytest.approx(1.0)
    with pytest.raises(ValueError, match="one state only"):
        autonomy_of([[3, 0], [4, 0]])


@pytest.mark.parametrize("error", [0.2, 0.35])
def test_intervals_of_autonomy_cover_as_often_as_they_should(error):
    chance = np.random.default_rng(101)
    found = [autonomy_estimate(*obeyed(chance, 400, error), resamples=199) for _ in range(400)]
    given = [one for one in found if one.low is not None]
    assert len(given) >= 396
    assert 368 <= sum(one.low <= h(error) <= one.high for one in given) <= 392
    assert all(one.low <= one.value <= one.high for one in given)
    assert max(one.high - one.low for one in given) < 0.24
    assert np.mean([one.value for one in found]) == pytest.approx(h(error), abs=0.006)


def test_interventions_at_random_leave_the_unit_free():
    chance = np.random.default_rng(102)
    found = [autonomy_estimate(*obeyed(chance, 400, 0.5), resamples=199) for _ in range(200)]
    assert sum(one.high > 1.0 - 1e-9 for one in found) >= 188
    assert min(one.low for one in found) > 0.92


def test_without_variety_autonomy_is_not_estimable():
    assert autonomy_estimate([], []).reason == "no periods"
    assert "never changed" in autonomy_estimate([0, 1] * 10, [3] * 20).reason
    free = autonomy_estimate([0] * 40, [0, 1] * 20)
    assert (free.value, free.low) == (1.0, None)
    assert "below 16" in autonomy_estimate([0, 1] * 7, [0, 1] * 7).reason
    bound = autonomy_estimate([0, 1, 1] * 40, [0, 1, 1] * 40)
    assert bound.value == 0.0
    assert bound.low is None
    assert "without exception" in bound.reason
    with pytest.raises(ValueError, match="pairs"):
        autonomy_estimate([0], [])


def test_what_was_closed_before_the_first_message_counts_as_the_units_own():
    own, late, silent, told = (
        Disturbance(3.0, 5.0),
        Disturbance(5.0, 3.0),
        Disturbance(4.0, None),
        Disturbance(None, 2.0),
    )
    share = closed_before_told([own, own, silent, late, told])
    exact = wilson(3, 5)
    assert (share.value, share.low, share.high, share.n) == (0.6, exact.low, exact.high, 5)
    assert closed_before_told([Disturbance(3.0, 3.0), own]).value == 0.5  # at the same moment: told first


def test_what_is_undecided_widens_the_interval_and_does_not_move_the_value():
    own, late, open_still = Disturbance(1.0, None), Disturbance(4.0, 3.0), Disturbance(None, None)
    share = closed_before_told([own, late, open_still, open_still])
    assert share.value == 0.5
    assert share.low == wilson(1, 4).low
    assert share.high == wilson(3, 4).high
    assert "2 of 4 undecided" in share.method
    assert "no disturbances" in closed_before_told([]).reason
    assert closed_before_told([open_still]).value is None


def test_intervals_of_the_share_cover_though_the_watch_ends():
    """Closing and messages are exponential: 3 of 4 are closed first; of 11 watches 3 end too soon."""
    chance = np.random.default_rng(103)
    hits, widths = 0, []
    for _ in range(400):
        seen = []
        for closed, told in zip(chance.exponential(1.0, 60), chance.exponential(3.0, 60), strict=True):
            ends = chance.exponential(2.0)
            seen.append(
                Disturbance(closed if closed <= ends else None, told if told <= ends else None)
                if min(closed, told) <= ends
                else Disturbance(None, None)
            )
        share = closed_before_told(seen)
        hits += share.low <= 0.75 <= share.high
        widths.append(share.high - share.low)
    assert hits >= 368
    assert np.mean(widths) < 0.5
