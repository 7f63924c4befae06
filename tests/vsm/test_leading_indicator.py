"""A leading indicator: believed as far as it has proved right, and forgotten when it falls silent."""

from __future__ import annotations

from typing import Any

import pytest
from forecasters import EVERY, forecaster, normal

from vsmlab.laws import kinds as k
from vsmlab.vsm.forecasting import (
    expect_demand,
    judge_foreshown,
    keep_foreshown,
    learn_demand,
    trend_mean,
    trend_variance,
)


def leading(lead: float = 300.0, error: float = 0.0, cut: float = 1e9) -> tuple[Any, Any, Any, Any]:
    """A noisy demand that turns upward at period 40, foreshown with some error; at period 45 of it."""
    state, system4, source = forecaster(k.DLM, leads=int(lead / EVERY) + 1, lead=lead)

    def demand(time: float) -> float:
        return 10.0 + max(0.0, time / EVERY - 40.0)

    wrong, noise = normal(46, 6), normal(46, 16)
    for n in range(46):
        now, value = n * EVERY, demand(n * EVERY - 15.0) + 0.5 * noise[n]
        if now < cut:
            keep_foreshown(state, source, now, demand(now + lead) + error * wrong[n])
        judge_foreshown(state, source, now, value)
        learn_demand(state, system4, source, now, value)
    return state, system4, source, demand


def test_what_is_foreshown_is_believed_once_it_has_proved_right():
    state, system4, source, demand = leading()
    time = 45 * EVERY + 250.0
    trend = trend_mean(state, system4, source, time)
    mean, variance = expect_demand(state, system4, source, time)
    assert abs(trend - demand(time)) > 2.0
    assert abs(mean - demand(time)) < 0.35 * abs(trend - demand(time))
    assert variance < 0.55 * trend_variance(system4, source, time)
    assert source.lead_error == pytest.approx(0.25, rel=0.5)
    assert source.lead_seen == 46 - 11, "from the first period on that was foreshown"


def test_what_is_foreshown_badly_counts_for_little():
    state, system4, source, demand = leading(error=20.0)
    time = 45 * EVERY + 250.0
    assert source.lead_error == pytest.approx(400.0, rel=0.6)
    trend = trend_mean(state, system4, source, time)
    mean, _ = expect_demand(state, system4, source, time)
    weight = trend_variance(system4, source, time) / (
        trend_variance(system4, source, time) + source.lead_error
    )
    assert weight < 0.05
    assert abs(mean - trend) < 0.05 * 60.0
    assert mean != trend
    assert demand(time) > trend


def test_the_weights_are_those_of_inverse_variance_and_both_share_the_noise():
    state, system4, source = forecaster(k.DLM, leads=3, lead=90.0)
    source.level, source.scale, source.freedom, source.since, source.number = 10.0, 1.0, 1e9, 0.0, 9
    source.c_level, source.lead_error, source.lead_seen = 2.0, 1.5, 9
    system4.keep_level = system4.keep_growth = 1.0
    keep_foreshown(state, source, 0.0, 20.0)
    mean, variance = expect_demand(state, system4, source, 90.0)
    weight = 3.0 / 4.5
    assert mean == pytest.approx((1.0 - weight) * 10.0 + weight * 20.0)
    apart = (1.0 - weight) ** 2 * 3.0 + weight**2 * 1.5 + 2.0 * weight * (1.0 - weight) * 1.0
    assert variance == pytest.approx(apart)
    assert variance < 1.5


def test_between_two_times_the_line_and_beyond_the_last_the_growth_counts():
    state, system4, source = forecaster(k.DLM, leads=4, lead=60.0)
    source.level, source.growth, source.since, source.number = 10.0, 1.5, 60.0, 9
    source.scale, source.freedom, source.c_growth, source.lead_seen = 1.0, 1e9, 0.5, 9
    for n, value in enumerate((20.0, 30.0, 50.0)):
        keep_foreshown(state, source, n * EVERY, value)
    source.lead_error = 1e-9  # nothing but the indicator counts
    assert expect_demand(state, system4, source, 75.0)[0] == pytest.approx(25.0)
    assert expect_demand(state, system4, source, 90.0)[0] == pytest.approx(30.0)
    at_end = expect_demand(state, system4, source, 120.0)
    assert at_end[0] == pytest.approx(50.0)
    later = expect_demand(state, system4, source, 180.0)
    grown = trend_variance(system4, source, 180.0) - trend_variance(system4, source, 120.0)
    weight = trend_variance(system4, source, 180.0) / (trend_variance(system4, source, 180.0) + grown)
    assert later[0] == pytest.approx(weight * 53.0 + (1.0 - weight) * (10.0 + 4.5 * 1.5))
    assert later[1] > at_end[1]


def test_an_indicator_that_fell_silent_says_less_and_less_and_in_the_end_nothing():
    time = 45 * EVERY + 280.0
    found = []
    for cut in (46, 40, 37):
        state, system4, source, _ = leading(cut=cut * EVERY)
        found.append(expect_demand(state, system4, source, time))
        trend = (trend_mean(state, system4, source, time), trend_variance(system4, source, time))
    assert found[0][1] < found[1][1] < found[2][1] < trend[1]
    state, system4, source, _ = leading(cut=20 * EVERY)
    assert expect_demand(state, system4, source, time) == (
        trend_mean(state, system4, source, time),
        trend_variance(system4, source, time),
    )


def test_before_anything_is_foreshown_or_before_its_time_the_trend_alone_counts():
    state, system4, source = forecaster(k.DLM, leads=3, lead=300.0)
    for n in range(5):
        learn_demand(state, system4, source, n * EVERY, 10.0 + n)
    time = 6 * EVERY
    alone = (trend_mean(state, system4, source, time), trend_variance(system4, source, time))
    assert expect_demand(state, system4, source, time) == alone
    keep_foreshown(state, source, 4 * EVERY, 99.0)
    assert expect_demand(state, system4, source, time) == alone
    judge_foreshown(state, source, 5 * EVERY, 15.0)
    assert source.lead_seen == 0
