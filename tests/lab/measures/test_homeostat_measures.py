"""How Systems 3 and 4 balance and whether their commitment hunts: known series, and eager against weighed pulls."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from small_runs import shop, told

from vsmlab.lab.measures.homeostat import commitment_measures, crossings
from vsmlab.lab.run import measures_of, resolved
from vsmlab.laws import kinds as k
from vsmlab.mechanisms.balances import contrast, residual


def test_a_swing_about_a_slope_is_hunting_and_the_slope_is_not():
    """A sine of amplitude 3 and period 60 s on a straight line: the moving mean over whole periods takes it out."""
    step = np.arange(1205.0)
    swing = 3.0 * np.sin(2.0 * math.pi * (step + 0.5) / 12.0)
    found = commitment_measures(swing + 0.01 * step, 5.0, 60)
    assert found["hunting_amplitude"].value == pytest.approx(3.0 / math.sqrt(2.0), rel=0.01)
    assert found["u_crossings_per_hour"].value == pytest.approx(2.0 * 3600.0 / 60.0, rel=0.01)
    alone = commitment_measures(0.01 * step, 5.0, 60)
    assert alone["hunting_amplitude"].value == 0.0
    assert alone["u_crossings_per_hour"].value == 0.0
    assert alone["u_std"].value == pytest.approx(0.01 * 1200.0 / math.sqrt(12.0), rel=0.001)


def test_zeros_are_of_the_sign_before_them():
    assert crossings(np.array([0.0, 1.0, 0.0, -1.0, 0.0, -1.0, 2.0]), 1.0).value == pytest.approx(2 / 6)


def test_a_run_shorter_than_the_moving_mean_has_no_hunting():
    found = commitment_measures(np.arange(20.0), 5.0, 60)
    assert found["hunting_amplitude"].value is None
    assert "605 s" in found["hunting_amplitude"].reason


def test_imbalance_and_residual_are_of_the_means():
    three, four = np.array([1.0, 3.0] * 50), np.array([3.0, 9.0] * 50)
    assert contrast(three, four).value == pytest.approx(0.5)
    assert contrast(four, three).value == pytest.approx(-0.5)
    assert residual(three, four).value == pytest.approx(4.0)
    assert contrast(three, 0.0 * four).value == -1.0
    assert contrast(0.0 * three, 0.0 * four).value is None


def test_the_residual_may_be_nought_where_the_difference_may_have_either_sign():
    noise = np.sin(np.arange(400.0) ** 2)
    found = residual(noise, np.zeros(400))
    assert found.low == 0.0
    assert found.high is not None
    assert found.value is not None
    assert found.value <= found.high


def test_decisions_and_interventions_are_counted_an_hour():
    who = "shop.system5"
    lines = [
        (30.0, k.WEIGHED, who, who, k.OUTSIDE, 0.5),  # before the window
        (100.0, k.WEIGHED, who, who, k.GAIN_NOW, 0.1), (100.0, k.WEIGHED, who, who, k.OUTSIDE, 0.5),
        (200.0, k.DECIDED, who, who, k.CHILD, 1.0), (300.0, k.DECIDED, who, who, k.CHILD, -1.0),
        (400.0, k.INTERVENED, "shop.system3", "shop.system3", 0, 0.4),
    ]  # fmt: skip
    found = told(shop(organisation={"system5": {}}), lines)["homeostat"]["shop"]
    assert found["decisions_per_hour"] == pytest.approx(2 * 3600.0 / 540.0)
    assert found["interventions_per_hour"] == pytest.approx(3600.0 / 540.0)
    assert found["interventions_per_hour_interval"] == pytest.approx([0.168786, 37.144], rel=1e-3)


def test_who_says_the_same_in_each_period_says_nothing():
    """System 4 says one of two things in turn, one bit a period; System 3 repeats itself."""
    lines = []
    for turn in range(10):
        time = 60.0 * turn + 1.0
        lines.append((time, k.LOAD, "shop.system3", "shop.system4", k.OFFERED, 4.0))
        lines.append((time, k.OUTLOOK, "shop.system4", "shop.system3", k.EXPECTED, 1.0 if turn % 2 else 8.0))
    found = told(shop(organisation={"system4": {"period": 60.0}}), lines)["homeostat"]["shop"]
    assert found["imbalance"] == 1.0
    assert found["residual_bits"] == pytest.approx(1.0, abs=0.15)  # nine periods, corrected for bias


def test_what_is_not_there_is_not_estimable_and_why():
    measures = told(shop(), [])
    assert measures["homeostat"]["shop"]["imbalance"] is None
    why = measures["not_estimable"]
    assert why["homeostat.shop.imbalance"] == "there is no System 4"
    assert why["homeostat.shop.decisions_per_hour"] == "there is no System 5"
    assert why["homeostat.shop.u_std"] == "nobody is hired here"


def test_weighed_by_system_5_the_commitment_hunts_less():
    """Gain times delay 2.4 as the two sides pull, 1/e as System 5 lets them."""

    def hunted(*overrides: str) -> dict[str, Any]:
        measures = measures_of(resolved("three-four-imbalance", until=2600.0, overrides=overrides))
        found: dict[str, Any] = measures["homeostat"]["shop"]
        return found

    weighed, eager = hunted(), hunted("knockout=[{system: shop.system5}]")
    assert weighed["hunting_amplitude"] == pytest.approx(0.71, abs=0.3)
    assert eager["hunting_amplitude"] > 15.0
    assert eager["u_std"] == pytest.approx(eager["hunting_amplitude"], rel=0.05)
    assert weighed["u_std"] > 3.0 * weighed["hunting_amplitude"]
    assert eager["u_crossings_per_hour"] == pytest.approx(36.0, abs=4.0)  # a swing takes 200 s
