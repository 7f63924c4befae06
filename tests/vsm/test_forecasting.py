"""System 4's forecasts: the laws against the models in matrices, number for number; and the season."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from forecasters import EVERY, forecaster, normal
from hypothesis import given, settings
from hypothesis import strategies as st

from vsmlab.laws import kinds as k
from vsmlab.mechanisms.forecast_models import Holt, LinearGrowth, seasonal_indices
from vsmlab.vsm.forecasting import (
    error_spread,
    expect_demand,
    heavy_tails,
    learn_demand,
    level_spread,
    season_index,
    trend_mean,
    trend_sums,
    trend_variance,
)

SAME = settings(max_examples=200, deadline=None, derandomize=True, database=None)

# -- sums of a damped growth -------------------------------------------------------------------------------


@SAME
@given(damping=st.sampled_from([0.0, 0.3, 0.8, 0.98, 1.0]), steps=st.integers(0, 40))
def test_the_sums_of_a_damped_growth_are_the_sums(damping, steps):
    powers = [damping**j for j in range(1, steps + 1)]
    each = list(np.cumsum(powers))
    expected = (
        sum(powers), damping**steps if damping > 0.0 else 0.0, sum(each), sum(s * s for s in each),
        sum(s * p for s, p in zip(each, powers, strict=True)), sum(p * p for p in powers),
    )  # fmt: skip
    assert trend_sums(damping, float(steps)) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@SAME
@given(
    damping=st.one_of(st.floats(0.5, 0.999), st.just(1.0)),
    one=st.floats(0.0, 20.0),
    other=st.floats(0.0, 20.0),
)
def test_a_growth_over_parts_of_steps_adds_up_to_that_over_their_sum(damping, one, other):
    both = trend_sums(damping, one + other)
    first, then = trend_sums(damping, one), trend_sums(damping, other)
    assert both[0] == pytest.approx(first[0] + first[1] * then[0], rel=1e-9, abs=1e-9)
    assert both[1] == pytest.approx(first[1] * then[1])


@SAME
@given(damping=st.floats(0.01, 1.0), steps=st.floats(0.0, 100.0))
def test_no_sum_of_squares_is_below_zero(damping, steps):
    assert min(trend_sums(damping, steps)) >= 0.0


# -- the laws are the models -------------------------------------------------------------------------------

VALUES = st.lists(st.floats(0.0, 1000.0), min_size=1, max_size=40)
STEPS = st.lists(st.integers(1, 3), min_size=40, max_size=40)


@SAME
@given(
    values=VALUES, steps=STEPS, damping=st.sampled_from([1.0, 0.9]),
    keep=st.tuples(st.floats(0.3, 1.0), st.floats(0.3, 1.0)), first=st.floats(0.5, 500.0),
)  # fmt: skip
def test_the_linear_growth_law_is_the_model_step_for_step(values, steps, damping, keep, first):
    state, system4, source = forecaster(
        k.DLM, damping=damping, keep_level=keep[0], keep_growth=keep[1], since=0.0
    )
    learn_demand(state, system4, source, 0.0, first)
    scale = 0.01 * first * first
    model = LinearGrowth(np.array([first, 0.0]), np.diag([scale, 0.04 * scale]), scale, 1.0)
    now = 0.0
    for value, gap in zip(values, steps, strict=False):
        now += gap * EVERY
        mean, spread = model.ahead(gap, keep, damping)
        far = (value - mean[0]) / math.sqrt(spread[0, 0] + model.scale)
        assert learn_demand(state, system4, source, now, value) == pytest.approx(far, rel=1e-6, abs=1e-6)
        model = model.step(value, keep, damping, gap)
        size = max(1.0, abs(first), *values)
        assert [source.level, source.growth] == pytest.approx(model.mean, rel=1e-6, abs=1e-6 * size)
        held = [source.c_level, source.c_both, source.c_growth]
        assert held == pytest.approx(model.spread[[0, 0, 1], [0, 1, 1]], rel=1e-5, abs=1e-7 * model.scale)
        assert (source.scale, source.freedom) == (pytest.approx(model.scale, rel=1e-6), model.freedom)
    for ahead in (1, 4, 15):
        mean, squared = model.forecast(ahead, keep, damping)
        time = now + (ahead - 0.5) * EVERY  # levels are of the middle of a period
        assert trend_mean(state, system4, source, time) == pytest.approx(mean, rel=1e-6, abs=1e-4 * size)
        variance = squared * heavy_tails(source)
        assert trend_variance(system4, source, time) == pytest.approx(variance, rel=1e-5)


@SAME
@given(
    values=VALUES, steps=STEPS, damping=st.sampled_from([1.0, 0.9]),
    alpha=st.floats(0.05, 0.95), beta=st.floats(0.0, 0.5), first=st.floats(0.0, 500.0),
)  # fmt: skip
def test_the_law_of_holt_is_the_model_step_for_step(values, steps, damping, alpha, beta, first):
    state, system4, source = forecaster(k.HOLT, damping=damping, alpha=alpha, beta=beta, since=0.0)
    learn_demand(state, system4, source, 0.0, first)
    model = Holt(first, 0.0, max(1e-4, 0.01 * first * first), 1.0)
    now = 0.0
    for value, gap in zip(values, steps, strict=False):
        now += gap * EVERY
        for _ in range(gap - 1):
            model = model.skip(damping)
        model = model.step(value, alpha, beta, damping)
        learn_demand(state, system4, source, now, value)
        found = [source.level, source.growth, source.scale, source.freedom]
        wanted = [model.level, model.growth, model.scale, model.freedom]
        assert found == pytest.approx(wanted, rel=1e-9, abs=1e-6)
    for ahead in (1, 4, 15):
        mean, variance = model.forecast(ahead, alpha, beta, damping)
        time = now + (ahead - 0.5) * EVERY
        assert trend_mean(state, system4, source, time) == pytest.approx(mean, rel=1e-9, abs=1e-5)
        assert trend_variance(system4, source, time) == pytest.approx(variance * heavy_tails(source))


@pytest.mark.parametrize("discount", [0.5, 0.8, 0.9, 0.95])
def test_the_law_comes_to_take_in_one_less_the_discount_of_an_error(discount):
    state, system4, source = forecaster(k.DLM, keep_level=discount, keep_growth=1.0)
    for n in range(2000):
        learn_demand(state, system4, source, n * EVERY, 5.0)
        source.c_growth = source.c_both = 0.0
    before = source.level
    learn_demand(state, system4, source, 2000 * EVERY, before + 1.0)
    assert source.level - before == pytest.approx(1.0 - discount, rel=1e-6)


# -- what is lost, repeated, late or looked at in between --------------------------------------------------


@pytest.mark.parametrize("method", [k.HOLT, k.DLM])
def test_what_comes_again_at_once_changes_nothing(method):
    state, system4, source = forecaster(method)
    for n in range(20):
        learn_demand(state, system4, source, n * EVERY, 5.0 + n % 3)
    before = [getattr(source, name) for name in type(source).__slots__]
    assert learn_demand(state, system4, source, 19 * EVERY + 0.2, 99.0) == 0.0
    assert [getattr(source, name) for name in type(source).__slots__] == before


@pytest.mark.parametrize("method", [k.HOLT, k.DLM])
def test_on_a_straight_line_lost_indicators_do_no_harm(method):
    """Every third one is lost; the trend is as if none were: a gap is as many steps as it is long."""
    state, system4, source = forecaster(method)
    for n in range(400):
        if n % 3:
            learn_demand(state, system4, source, n * EVERY, 2.0 + 0.1 * n)
    assert source.growth == pytest.approx(0.1, rel=1e-3)
    ahead = trend_mean(state, system4, source, 399 * EVERY + 9.5 * EVERY)
    assert ahead == pytest.approx(2.0 + 0.1 * 409, rel=1e-3)


@pytest.mark.parametrize(("method", "part"), [(k.HOLT, 0.25), (k.DLM, 0.25)])
def test_a_look_in_between_says_as_much_as_its_part_of_a_period(method, part):
    found = {}
    for share in (part, 1.0):
        state, system4, source = forecaster(method, since=0.0, level=10.0, number=5, scale=1.0, freedom=1e9)
        source.c_level = 0.01
        system4.keep_level = 1.0
        learn_demand(state, system4, source, share * EVERY, 11.0)
        found[share] = source.level - 10.0
    assert found[part] == pytest.approx(part * found[1.0], rel=0.01)


@pytest.mark.parametrize("method", [k.HOLT, k.DLM])
@pytest.mark.parametrize("value", [0.0, 7.5])
def test_demand_that_never_changes_or_is_nothing_leaves_every_number_finite(method, value):
    state, system4, source = forecaster(method, keep_level=0.8)
    for n in range(3000):
        learn_demand(state, system4, source, n * EVERY, value)
    mean, variance = expect_demand(state, system4, source, 3010 * EVERY)
    assert mean == pytest.approx(value, abs=1e-6)
    assert 0.0 < variance < 1e-2 * max(1.0, value)
    learn_demand(state, system4, source, 9000 * EVERY, 3.0)
    assert all(math.isfinite(getattr(source, name)) for name in type(source).__slots__)


def test_an_error_wider_than_expected_makes_the_deviation_wider():
    state, system4, source = forecaster(k.DLM)
    for n in range(50):
        learn_demand(state, system4, source, n * EVERY, 10.0 + 0.1 * (n % 2))
    quiet = trend_variance(system4, source, 60 * EVERY)
    far = learn_demand(state, system4, source, 50 * EVERY, 20.0)
    assert far > 20.0
    assert trend_variance(system4, source, 61 * EVERY) > 20.0 * quiet


def test_the_further_ahead_the_less_is_known():
    for method in (k.HOLT, k.DLM):
        state, system4, source = forecaster(method)
        for n, z in enumerate(normal(60, 3)):
            learn_demand(state, system4, source, n * EVERY, 10.0 + z)
        spreads = [trend_variance(system4, source, (60 + h) * EVERY) for h in range(20)]
        assert all(b > a for a, b in pairwise(spreads))
        assert spreads[0] > source.scale


@pytest.mark.parametrize(("method", "low", "high"), [(k.HOLT, 0.88, 0.97), (k.DLM, 0.90, 0.995)])
def test_ten_periods_ahead_the_truth_lies_within_two_deviations_about_as_often_as_it_should(
    method, low, high
):
    """Random level steps of .2 and noise of 1; forecasts at every period after the first fifty."""
    state, system4, source = forecaster(method, alpha=0.2, beta=0.005, keep_level=0.8, keep_growth=0.99)
    level, values = 20.0, []
    for step, noise in zip(normal(3000, 1), normal(3000, 2), strict=True):
        level += 0.2 * step
        values.append(max(0.0, level + noise))
    hits = []
    for n, value in enumerate(values[:-10]):
        learn_demand(state, system4, source, n * EVERY, value)
        if n > 50:
            mean, variance = expect_demand(state, system4, source, (n + 9.5) * EVERY)
            hits.append(abs(values[n + 10] - mean) <= 2.0 * math.sqrt(variance))
    assert low < sum(hits) / len(hits) < high


# -- a season ----------------------------------------------------------------------------------------------


def errors_ahead(seasons: int, method: int, noise: float = 0.0) -> tuple[float, Any, Any]:
    """Mean absolute error 5 periods ahead of a sine of 24 periods on a slope, after five of its cycles."""
    state, system4, source = forecaster(method, seasons=seasons, gamma=0.2, bin=EVERY * 24 / max(1, seasons))

    def demand(n: float) -> float:
        return 10.0 + 0.02 * n + 4.0 * math.sin(2.0 * math.pi * (n - 0.5) / 24.0)

    errors = []
    for n, z in enumerate(normal(480, 9)):
        learn_demand(state, system4, source, n * EVERY, demand(n) + noise * z)
        if n >= 120:
            mean, _ = expect_demand(state, system4, source, (n + 4.5) * EVERY)
            errors.append(abs(demand(n + 5) - mean))
    return sum(errors) / len(errors), state, source


@pytest.mark.parametrize(("method", "part"), [(k.HOLT, 0.075), (k.DLM, 0.09)])
def test_a_season_on_a_slope_that_is_learned_is_foreseen(method, part):
    """The growth follows a season this long: learned from a trend's errors the indices would run away."""
    without, _, _ = errors_ahead(0, method)
    learned, state, source = errors_ahead(12, method)
    assert learned < part * without
    indices = [state.memories[row].value for row in range(12)]
    halfway = 4.0 * math.cos(math.pi / 24.0) * math.sin(5.0 * math.pi / 12.0)  # the mean of two periods
    assert max(indices) == pytest.approx(halfway, rel=1e-3)
    assert sum(indices) == pytest.approx(0.0, abs=0.01), "the season adds next to nothing in all"
    assert source.growth == pytest.approx(0.02, abs=0.03)


@pytest.mark.parametrize("seasons", [2, 5, 6])
@pytest.mark.parametrize("visits", [1, 3])
def test_the_indices_are_those_of_classical_decomposition(seasons, visits):
    values = [20.0 + z for z in normal(seasons * visits * 5 + visits, 7)]
    state, system4, source = forecaster(k.DLM, seasons=seasons, gamma=0.3, bin=visits * EVERY)
    learn_demand(state, system4, source, 0.0, 20.0)
    for n, value in enumerate(values):
        learn_demand(state, system4, source, (n + 1) * EVERY, value)
    whole = [sum(values[n : n + visits]) / visits for n in range(0, len(values), visits)]
    expected = seasonal_indices(whole[:-1], seasons, 0.3)
    assert [state.memories[row].value for row in range(seasons)] == pytest.approx(expected)


def test_until_the_whole_season_is_known_none_of_it_counts():
    state, system4, source = forecaster(k.DLM, seasons=4, gamma=0.2, bin=EVERY)
    known = []
    for n in range(12):
        learn_demand(state, system4, source, n * EVERY, 10.0 + 8.0 * (n % 4 == 2))
        known.append(source.season_known)
        if not source.season_known:
            assert season_index(state, source, 1.5 * EVERY) == 0.0
    assert known.index(1) == 9, "two cycles and what closes the last part, after a first look"
    assert season_index(state, source, 1.5 * EVERY) == pytest.approx(6.0), (
        "8 in one of four: 6 above their mean"
    )
    assert season_index(state, source, 0.5 * EVERY) == pytest.approx(-2.0)


def test_when_the_season_is_known_the_level_no_longer_holds_it():
    """With alpha 1 the level is the last observation; from then on less the index of its part."""
    state, system4, source = forecaster(k.HOLT, seasons=4, gamma=0.2, bin=EVERY, alpha=1.0, beta=0.0)
    for n in range(12):
        value = 10.0 + (0.0, 3.0, 8.0, 1.0)[n % 4]
        learn_demand(state, system4, source, n * EVERY, value)
        index = season_index(state, source, (n - 0.5) * EVERY)
        assert source.level == pytest.approx(value - index)
    assert index == pytest.approx(1.0 - 3.0)


def test_a_season_whose_parts_are_shorter_than_the_looks_at_it_is_learned_from_the_parts_seen():
    state, system4, source = forecaster(k.DLM, seasons=8, gamma=0.2, bin=0.5 * EVERY)
    for n in range(40):
        learn_demand(state, system4, source, n * EVERY, 10.0 + 8.0 * (n % 4 == 2))
    assert source.season_known == 1
    assert season_index(state, source, 1.5 * EVERY) == pytest.approx(6.0, abs=0.7)


def test_the_spread_of_the_laws_is_zero_ahead_of_nothing():
    _, system4, source = forecaster(k.DLM, c_level=2.0)
    assert level_spread(system4, source, 0.0) == 2.0
    assert error_spread(system4, source, 1.0) == 0.0
