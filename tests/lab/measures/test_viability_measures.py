"""How a trajectory keeps within its limits: times, exits and recoveries that can be worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small_runs import shop, told

from vsmlab.lab.measures.viability import Watched, spells_inside, steps, together
from vsmlab.laws import kinds as k

LEFT, RIGHT = "shop.left", "shop.right"


def limited() -> dict[str, Any]:
    """The left operation may wait for 5 s on average; the right one may have at most half its tasks shed."""
    mapping = shop()
    operations = dict(mapping["organisation"]["operations"])
    operations["left"] = operations["left"] | {"essential": {"mean_wait_s": {"max": 5.0, "window": 20.0}}}
    operations["right"] = operations["right"] | {"essential": {"shed_share": {"max": 0.5, "window": 30.0}}}
    return mapping | {"organisation": mapping["organisation"] | {"operations": operations}}


def said(
    who: str, what: int, every: float, values: list[float]
) -> list[tuple[float, int, str, str, int, float]]:
    return [(every * (n + 1), k.VITAL, who, f"{who}.management", what, v) for n, v in enumerate(values)]


@pytest.fixture(scope="module")
def measures() -> dict[str, Any]:
    """Left is outside from 200 to 240 s and from 580 s on, right from 210 to 240 s."""
    left = [6.0 if t in (220, 240, 600) else 1.0 for t in range(20, 601, 20)]
    right = [0.9 if t == 240 else 0.5 for t in range(30, 601, 30)]
    return told(limited(), [*said(LEFT, k.MEAN_WAIT, 20.0, left), *said(RIGHT, k.SHED_SHARE, 30.0, right)])


def test_a_measurement_holds_for_the_time_that_it_was_taken_over(measures):
    left = measures["viability"][LEFT]
    assert left["variables"] == 1
    assert left["first_exit_s"] == 140.0  # from 60 s, where the window opens
    assert left["first_exit_censored"] is False
    assert left["exits"] == 2
    assert left["inside_share"] == pytest.approx(1.0 - 60.0 / 540.0)


def test_recovery_that_is_cut_off_counts_as_that(measures):
    """Forty seconds, and twenty that were cut off: Kaplan and Meier's mean is 40, and not 30."""
    assert measures["viability"][LEFT]["mean_recovery_s"] == 40.0
    assert measures["viability"][RIGHT]["mean_recovery_s"] == 30.0


def test_survival_is_over_the_spells_within(measures):
    survival = measures["viability"][LEFT]["survival"]
    assert (survival["spells"], survival["censored"], survival["up_to_s"]) == (2, 0, 340.0)
    assert survival["median_s"] == 140.0
    assert survival["mean_s"] == pytest.approx(240.0)
    assert measures["viability"][RIGHT]["survival"]["censored"] == 1
    assert measures["viability"][RIGHT]["survival"]["mean_s"] == pytest.approx(0.5 * 150.0 + 0.5 * 360.0)


def test_a_system_is_within_while_all_in_it_are(measures):
    """Outside from 200 to 240 and from 580 to 600: the right one is outside only while the left one is."""
    both = measures["viability"]["shop"]
    assert both["variables"] == 2
    assert both["inside_share"] == pytest.approx(1.0 - 60.0 / 540.0)
    assert both["exits"] == 2


def test_one_that_never_left_has_no_exit_and_says_that_it_was_cut_off():
    measures = told(limited(), said(LEFT, k.MEAN_WAIT, 20.0, [1.0] * 30))
    left = measures["viability"][LEFT]
    assert (left["first_exit_s"], left["first_exit_censored"], left["exits"]) == (None, True, 0)
    assert "censored" in measures["not_estimable"][f"viability.{LEFT}.first_exit_s"]
    assert (left["inside_share"], left["inside_share_interval"]) == (1.0, None)
    assert RIGHT not in measures["viability"]


def test_who_falls_silent_is_outside_unless_retired():
    sent, fine = np.array([20.0, 40.0]), np.array([True, True])
    for over, times in ((False, [0.0, 20.0, 40.0, 100.0]), (True, [0.0, 20.0, 40.0])):
        watched = steps(sent, fine, 20.0, 100.0, over=over)
        assert watched.times.tolist() == times
    assert steps(sent, fine, 30.0, 100.0, over=False).times.tolist() == [0.0, 20.0, 40.0]


def test_what_is_watched_later_or_no_more_does_not_count():
    one = Watched(np.array([0.0, 10.0, 20.0]), np.array([False, True]))
    other = Watched(np.array([30.0, 40.0]), np.array([False]))
    times, values = together([one, other], 5.0, 35.0) or (np.empty(0), np.empty(0))
    assert times.tolist() == [5.0, 10.0, 20.0, 30.0, 35.0]
    assert values.tolist() == [0.0, 1.0, 1.0, 0.0]
    assert together([one], 20.0, 35.0) is None


def test_spells_within_last_until_the_exit_or_the_end():
    spells = spells_inside(np.array([0.0, 10.0, 15.0, 40.0]), np.array([1.0, 0.0, 1.0]))
    assert [(spell.lasted, spell.ended) for spell in spells] == [(10.0, True), (25.0, False)]
