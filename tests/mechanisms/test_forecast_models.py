"""Forecast models: steady coefficients, Holt's region, discounts, and the events of West and Harrison's series CP6."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vsmlab.mechanisms.forecast_models import (
    KINDS,
    Holt,
    LinearGrowth,
    adaptive_coefficient,
    collapse,
    holt_is_forecastable,
    local_level_coefficients,
    multi_process,
    observed,
    student_density,
)

CP6 = (
    620, 633, 652, 652, 661, 683, 693, 715, 743, 743, 752, 870,
    784, 765, 756, 775, 743, 734, 765, 734, 752, 793, 756, 784,
    911, 852, 879, 879, 829, 852, 875, 852, 879, 852, 870, 852,
    961, 966, 929, 980, 943, 980, 998, 939, 957, 929, 902, 920,
    952, 911, 893, 861, 888, 870, 929, 916, 888, 861, 888, 870,
)  # fmt: skip
"""Monthly sales from January 1955 to December 1959 (West and Harrison 1997, table 11.1)."""


# -- local level -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ratio", "expected"), [(1.0, 0.618034), (0.05, 0.2), (0.0, 0.0)])
def test_the_steady_adaptive_coefficient_is_the_published_one(ratio, expected):
    assert adaptive_coefficient(ratio) == pytest.approx(expected, abs=5e-7)


@given(ratio=st.floats(0.01, 100.0), start=st.floats(0.0, 1e6))
def test_the_filter_comes_to_the_steady_coefficient_wherever_it_starts(ratio, start):
    assert local_level_coefficients(ratio, start, 400)[-1] == pytest.approx(
        adaptive_coefficient(ratio), rel=1e-9
    )


def test_a_negative_ratio_is_refused():
    with pytest.raises(ValueError, match=r"at least 0, not -0\.1"):
        adaptive_coefficient(-0.1)


# -- Holt --------------------------------------------------------------------------------------------------


@given(alpha=st.floats(-0.5, 2.5), beta=st.floats(-0.5, 4.5))
def test_holts_region_is_where_the_state_forgets_its_past(alpha, beta):
    forgets = np.array([[1.0 - alpha, 1.0 - alpha], [-beta, 1.0 - beta]])
    radius = max(abs(np.linalg.eigvals(forgets)))
    if abs(radius - 1.0) > 1e-6:
        assert holt_is_forecastable(alpha, beta) == (radius < 1.0)


@pytest.mark.parametrize(
    ("alpha", "beta", "settles"),
    [(0.3, 0.1, True), (1.9, 0.19, True), (1.9, 0.21, False), (0.1, 3.79, True), (0.1, 3.81, False)],
)
def test_just_inside_holts_region_a_first_error_dies_out_and_just_outside_it_grows(alpha, beta, settles):
    one, other = Holt(0.0, 0.0, 1.0, 1.0), Holt(1.0, 0.0, 1.0, 1.0)
    for _ in range(4000):
        one, other = one.step(0.0, alpha, beta), other.step(0.0, alpha, beta)
    apart = abs(other.level - one.level)
    assert apart < 1e-6 if settles else apart > 1e6
    assert holt_is_forecastable(alpha, beta) == settles


def test_holt_follows_a_straight_line_without_error_and_says_so():
    state = Holt(10.0, 2.0, 4.0, 1.0)
    for t in range(1, 50):
        state = state.step(10.0 + 2.0 * t, 0.3, 0.1)
    assert (state.level, state.growth) == (pytest.approx(108.0), pytest.approx(2.0))
    assert state.scale == pytest.approx(4.0 / 50.0), "the first guess is one of fifty"
    assert state.forecast(10, 0.3, 0.1)[0] == pytest.approx(128.0)


def test_the_variance_of_holts_forecast_is_that_of_its_own_model():
    """200,000 futures of y = l + phi b + e, l += phi b + alpha e, b = phi b + beta e."""
    alpha, beta, damping, steps, count = 0.4, 0.15, 0.9, 6, 200_000
    chance = np.random.default_rng(8)
    level, growth = np.full(count, 5.0), np.full(count, 0.5)
    for _ in range(steps):
        error = chance.normal(size=count) * 2.0
        value = level + damping * growth + error
        level, growth = level + damping * growth + alpha * error, damping * growth + beta * error
    mean, variance = Holt(5.0, 0.5, 4.0, 9.0).forecast(steps, alpha, beta, damping)
    assert value.mean() == pytest.approx(mean, abs=4.0 * math.sqrt(variance / count))
    assert value.var() == pytest.approx(variance, rel=4.0 * math.sqrt(2.0 / count))


def test_damped_growth_comes_to_rest():
    state = Holt(5.0, 1.0, 1.0, 1.0)
    assert state.forecast(2000, 0.3, 0.1, 0.8)[0] == pytest.approx(5.0 + 0.8 / 0.2)
    for _ in range(3):
        state = state.skip(0.8)
    assert state.level == pytest.approx(5.0 + 0.8 + 0.64 + 0.512)


# -- the dynamic linear model ------------------------------------------------------------------------------


@pytest.mark.parametrize("discount", [0.5, 0.8, 0.9, 0.95, 0.99])
def test_a_level_that_is_discounted_comes_to_take_in_one_less_the_discount(discount):
    state, before = LinearGrowth(np.zeros(2), np.diag([50.0, 0.0]), 1.0, 1e12), 0.0
    for _ in range(3000):
        before = state.mean[0]
        state = state.step(before + 1.0, (discount, 0.9))
        error = 1.0
    assert (state.mean[0] - before) / error == pytest.approx(1.0 - discount, rel=1e-9)


@given(discount=st.floats(0.5, 0.999))
def test_a_discount_is_a_local_level_model_of_that_steady_coefficient(discount):
    """W = C (1 - d) / d and, steady, C = (1 - d) V: so q = (1 - d)^2 / d."""
    assert adaptive_coefficient((1.0 - discount) ** 2 / discount) == pytest.approx(1.0 - discount, rel=1e-9)


def test_without_discount_the_model_is_the_least_squares_line():
    chance = np.random.default_rng(4)
    times = np.arange(30.0)
    values = 3.0 + 0.7 * times + chance.normal(size=30)
    state = LinearGrowth(np.zeros(2), np.diag([1e9, 1e9]), 1.0, 1e-9)
    for value in values:
        state = state.step(value, (1.0, 1.0))
    line = stats.linregress(times, values)
    assert state.mean == pytest.approx([line.intercept + line.slope * 29.0, line.slope], rel=1e-6)
    residuals = values - line.intercept - line.slope * times
    assert state.scale * 30.0 == pytest.approx((residuals**2).sum(), rel=1e-4)
    assert math.sqrt(state.spread[1, 1] * 30.0 / 28.0) == pytest.approx(line.stderr, rel=1e-4)


def test_the_noise_is_learned_and_the_forecasts_intervals_hold():
    """Of 4,000 one-step forecasts of the model's own series, 90 in 100 come true within Student's interval."""
    chance = np.random.default_rng(12)
    state, inside, trials = LinearGrowth(np.array([50.0, 0.0]), np.diag([9.0, 0.01]), 1.0, 1.0), 0, 4000
    level = 50.0
    for _ in range(trials):
        level += chance.normal() * 0.9486833  # q = .1: discount .7298 of the level alone
        value = level + chance.normal() * 3.0
        mean, squared = state.forecast(1, (0.7298, 1.0))
        inside += abs(value - mean) < stats.t.ppf(0.95, state.freedom) * math.sqrt(squared)
        state = state.step(value, (0.7298, 1.0))
    assert state.scale == pytest.approx(9.0, rel=0.12)
    assert inside / trials == pytest.approx(0.9, abs=0.02)


def test_a_step_of_two_periods_is_two_steps_that_each_add_what_the_next_one_adds():
    state = LinearGrowth(np.array([10.0, 1.0]), np.array([[2.0, 0.3], [0.3, 0.5]]), 4.0, 5.0)
    matrix, added = state.evolution((0.9, 0.8), 0.95)
    by_hand = matrix @ (matrix @ state.spread @ matrix.T + added) @ matrix.T + added
    mean, spread = state.ahead(2, (0.9, 0.8), 0.95)
    assert spread == pytest.approx(by_hand)
    assert mean[0] == pytest.approx(10.0 + 0.95 + 0.95**2)
    assert added[1, 1] == pytest.approx(0.95**2 * 0.5 * 0.25)
    assert state.step(9.0, (0.9, 0.8), 0.95, 2).mean == pytest.approx(
        observed(mean, spread, 4.0, 5.0, 9.0, 1.0)[0].mean
    )


# -- several models at once --------------------------------------------------------------------------------


def test_the_density_is_students():
    assert student_density(1.3, 4.0, 7.0) == pytest.approx(stats.t.pdf(1.3, 7.0, scale=2.0))


def test_the_events_of_cp6_are_found_for_what_they_are_a_month_later():
    """Targets of an independent implementation (theory F1): at once, and in the light of the next month."""
    start = LinearGrowth(np.array([600.0, 10.0]), np.diag([1e4, 25.0]), 1440.0 / 10.0, 10.0)
    found = multi_process(CP6, start)
    _, outlier, level, growth = range(4)
    december55, january57, january58, july59 = 11, 24, 36, 54
    assert found[december55].now[[outlier, level]] == pytest.approx([0.608, 0.371], abs=5e-4)
    assert found[december55 + 1].last[outlier] == pytest.approx(0.991, abs=5e-4)
    assert found[january57].now[[outlier, level, growth]] == pytest.approx([0.530, 0.345, 0.123], abs=5e-4)
    assert found[january57 + 1].last[[outlier, level]] == pytest.approx([0.780, 0.200], abs=5e-4)
    assert found[january58].now[[outlier, level]] == pytest.approx([0.539, 0.383], abs=5e-4)
    assert found[january58 + 1].last[level] == pytest.approx(0.968, abs=5e-4)
    assert found[july59 + 1].last[level] == pytest.approx(0.735, abs=5e-4)
    assert collapse(found[-1].now, found[-1].models).scale == pytest.approx(171.3, abs=0.05)
    assert all(each.now.sum() == pytest.approx(1.0) == each.last.sum() for each in found)


def test_with_one_kind_of_event_only_the_several_models_are_the_one_model():
    start = LinearGrowth(np.array([600.0, 10.0]), np.diag([1e4, 25.0]), 144.0, 10.0)
    alone = observed(start.mean, start.spread, 144.0, 10.0, CP6[0], 1.0)[0]
    for value in CP6[1:]:
        alone = alone.step(value, (0.9, 0.9))
    last = multi_process(CP6, start, KINDS[:1])[-1].models[0]
    assert last.mean == pytest.approx(alone.mean)
    assert last.spread == pytest.approx(alone.spread)
    assert (last.scale, last.freedom) == (pytest.approx(alone.scale), 70.0)


def test_what_collapses_keeps_its_mean_and_what_the_parts_lie_apart():
    one = LinearGrowth(np.array([1.0, 0.0]), np.eye(2), 2.0, 5.0)
    other = LinearGrowth(np.array([4.0, 0.0]), np.eye(2), 2.0, 5.0)
    both = collapse(np.array([2.0, 1.0]), [one, other])
    assert both.mean == pytest.approx([2.0, 0.0])
    assert both.spread == pytest.approx(np.array([[1.0 + 2.0 / 3.0 + 4.0 / 3.0, 0.0], [0.0, 1.0]]))
    wider = LinearGrowth(other.mean, other.spread, 6.0, 5.0)
    uneven = collapse(np.array([1.0, 1.0]), [one, wider])
    assert uneven.scale == pytest.approx(3.0), "the harmonic mean"
    assert uneven.mean[0] == pytest.approx(0.75 * 1.0 + 0.25 * 4.0)
