"""Variates: inversion against scipy's quantiles number by number, the gamma by its moments and by its law."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from vsmlab.engines.rows import empty_state
from vsmlab.lab.build.values import Tables
from vsmlab.lab.scenario import Distribution
from vsmlab.laws import kinds as k
from vsmlab.laws.chance import exponential, inside, quantile, spare_uniform, standard_gamma, variate
from vsmlab.laws.tables import State
from vsmlab.mechanisms.philox import sequence_uniform

SEED = 12
LEVELS = [0.0, 2.0**-53, 1e-9, 0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.999, 1.0 - 1e-9, 1.0 - 2.0**-53]


def written(mapping: Any) -> tuple[State, int]:
    """A state with the distribution that a scenario writes like this, and its row."""
    state = empty_state()
    state.ledger[0].seed = SEED
    return state, Tables(state).distribution(Distribution.model_validate(mapping))


def drawn(mapping: Any, count: int) -> Any:
    """That many variates."""
    state, row = written(mapping)
    return np.array([variate(state, row, sequence_uniform(SEED, 9, k.DEMAND_DRAWS, n)) for n in range(count)])


def lognormal(mean: float, cv2: float) -> Any:
    """scipy's lognormal of this mean and squared coefficient of variation."""
    variance = math.log1p(cv2)
    return stats.lognorm(math.sqrt(variance), scale=mean * math.exp(-0.5 * variance))


INVERTED = [
    ({"exponential": {"mean": 2.5}}, stats.expon(scale=2.5)),
    ({"uniform": {"min": 1.0, "max": 4.0}}, stats.uniform(1.0, 3.0)),
    ({"lognormal": {"mean": 3.0, "cv2": 0.25}}, lognormal(3.0, 0.25)),
    ({"lognormal": {"mean": 0.2, "cv2": 9.0}}, lognormal(0.2, 9.0)),
]
GAMMAS = [(2.0, 0.1), (3.0, 0.5), (1.0, 1.0), (2.0, 1.5), (0.5, 4.0), (1.0, 20.0)]
"""Mean and squared coefficient of variation: the shape is above, at and below one."""


@pytest.mark.parametrize(("mapping", "oracle"), INVERTED, ids=lambda part: str(part)[:30])
def test_what_is_drawn_by_inversion_is_the_quantile_of_its_uniform_number(mapping, oracle):
    state, row = written(mapping)
    for u in LEVELS:
        expected = oracle.isf(1.0 - u) if u > 0.5 else oracle.ppf(inside(u))
        assert variate(state, row, u) == pytest.approx(expected, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(("mapping", "oracle"), INVERTED, ids=lambda part: str(part)[:30])
def test_mean_and_spread_are_as_the_scenario_says(mapping, oracle):
    found = drawn(mapping, 10_000)
    assert stats.kstest(found, oracle.cdf).pvalue > 0.001
    (spread,) = mapping.values()
    mean = spread.get("mean", 2.5)
    cv2 = spread.get("cv2", oracle.var() / oracle.mean() ** 2)
    assert (oracle.mean(), oracle.var() / oracle.mean() ** 2) == pytest.approx((mean, cv2))
    assert found.mean() == pytest.approx(mean, abs=4.0 * oracle.std() / 100.0)


@pytest.mark.parametrize(("mean", "cv2"), GAMMAS)
def test_gamma_variates_have_their_law_their_mean_and_their_spread(mean, cv2):
    count = 6_000
    found = drawn({"gamma": {"mean": mean, "cv2": cv2}}, count)
    oracle = stats.gamma(1.0 / cv2, scale=mean * cv2)
    assert stats.kstest(found, oracle.cdf).pvalue > 0.001
    assert found.mean() == pytest.approx(mean, abs=4.0 * mean * math.sqrt(cv2 / count))
    kurtosis = 3.0 + float(oracle.stats(moments="k"))
    error = 4.0 * cv2 * math.sqrt((kurtosis - 1.0) / count)
    assert ((found - mean) ** 2).mean() / mean**2 == pytest.approx(cv2, abs=error)
    assert (found > 0.0).all()


@pytest.mark.parametrize("shape", [1.0, 1.5, 4.0, 40.0])
def test_over_evenly_spread_numbers_the_gamma_is_sharp_in_its_first_three_moments(shape):
    """A variate is nearly the quantile of its number, so the difference between the two scatters little."""
    count = 8_000
    found = np.array([standard_gamma(SEED, shape, (n + 0.5) / count) for n in range(count)])
    even = stats.gamma(shape).ppf((np.arange(count) + 0.5) / count)
    for power in (1, 2, 3):
        off = found**power - even**power
        error = 4.0 * off.std() / math.sqrt(count)
        assert abs(off.mean()) < error
        assert error < 0.14 / shape * (even**power).mean(), "sharper than plain sampling"


def test_gamma_variates_of_successive_numbers_are_independent():
    found = drawn({"gamma": {"mean": 1.0, "cv2": 4.0}}, 4_000)
    assert abs(stats.spearmanr(found[:-1], found[1:]).statistic) < 4.0 / math.sqrt(len(found))


@pytest.mark.parametrize("shape", [0.05, 0.5, 1.0, 3.0, 400.0])
def test_a_gamma_variate_hangs_on_its_seed_and_number_alone_and_is_always_there(shape):
    for u in LEVELS:
        value = standard_gamma(SEED, shape, u)
        assert value == standard_gamma(SEED, shape, u)
        assert value >= 0.0
        assert math.isfinite(value)


def test_the_numbers_that_hang_on_a_number_are_uniform_and_independent_of_it_and_of_each_other():
    numbers = [sequence_uniform(SEED, 9, k.DEMAND_DRAWS, n) for n in range(3_000)]
    spare = np.array([[u, *(spare_uniform(SEED, u, draw) for draw in range(3))] for u in numbers])
    for column in spare.T:
        assert stats.kstest(column, "uniform").pvalue > 0.001
    apart = stats.spearmanr(spare).statistic - np.eye(4)
    assert np.abs(apart).max() < 4.0 / math.sqrt(len(numbers))


def test_an_exponential_of_the_smallest_and_the_largest_number_is_finite():
    assert exponential(2.0, 0.0) == 0.0
    assert exponential(2.0, 1.0 - 2.0**-53) == pytest.approx(2.0 * 53.0 * math.log(2.0), rel=1e-15)


# -- lists of quantiles ------------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(
    values=st.lists(st.floats(0.0, 1e6), min_size=1, max_size=12).map(sorted),
    before=st.integers(0, 3),
    u=st.floats(0.0, 1.0, exclude_max=True),
)
def test_a_list_of_quantiles_is_linear_between_its_levels_and_constant_beyond(values, before, u):
    state = empty_state()
    Tables(state).numbers([-1.0] * before + values + [-1.0])
    levels = (np.arange(len(values)) + 0.5) / len(values)
    expected = float(np.interp(u, levels, values))
    assert quantile(state, before, len(values), u) == pytest.approx(expected, rel=1e-9, abs=1e-6)
    for level, value in zip(levels, values, strict=True):
        assert quantile(state, before, len(values), float(level)) == pytest.approx(value, rel=1e-9, abs=1e-6)


def test_the_mean_of_what_is_drawn_is_the_mean_of_the_list():
    values = [0.0, 1.0, 1.0, 4.0, 90.0]
    state, row = written({"empirical": {"quantiles": values}})
    # a whole number of steps within each piece between two levels, so that the trapezoid rule is exact
    found = [variate(state, row, (n + 0.5) / 10_000) for n in range(10_000)]
    assert sum(found) / len(found) == pytest.approx(sum(values) / len(values), rel=1e-12)


def test_a_number_alone_is_a_constant():
    state, row = written(3.5)
    assert [variate(state, row, u) for u in LEVELS] == [3.5] * len(LEVELS)
