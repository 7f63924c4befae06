import math
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsmlab.mechanisms.oscillation import (
    ar2_autocorrelation,
    ar2_coefficients,
    ar2_decrement,
    autocorrelation,
    damping_ratio,
    detrended,
    first_negative_minimum,
    fisher_g,
    fisher_p,
    log_decrement,
    overshoot,
    rms,
    settling_time,
    zero_crossings,
)


def wave(period, length, *, noise=0.0, slope=0.0):
    chance = random.Random(51)
    return [
        math.sin(2 * math.pi * k / period) + noise * chance.gauss(0.0, 1.0) + slope * k for k in range(length)
    ]


@given(st.integers(3, 60), st.floats(0.001, 0.999))
def test_fishers_p_is_its_exact_sum(ordinates, g):
    share = Fraction(g)
    exact = sum(
        (-1) ** (j - 1) * math.comb(ordinates, j) * max(Fraction(0), 1 - j * share) ** (ordinates - 1)
        for j in range(1, ordinates + 1)
    )
    assert fisher_p(g, ordinates) == pytest.approx(float(exact), rel=1e-6, abs=2e-7)


def test_a_hidden_period_is_found_through_noise_and_trend():
    found = fisher_g(wave(20, 200, noise=1.0, slope=0.05))
    assert found.period == 20.0
    assert found.p < 1e-6
    assert fisher_g(wave(25, 200)).g == pytest.approx(1.0, abs=0.02)


def test_white_noise_is_called_periodic_as_often_as_said():
    chance = random.Random(52)
    alarms = sum(fisher_g([chance.gauss(0.0, 1.0) for _ in range(64)]).p < 0.05 for _ in range(1000))
    assert 33 <= alarms <= 69  # 99 % binomial


def test_a_line_has_no_period():
    with pytest.raises(ValueError, match="straight line"):
        fisher_g([3.0 + 2.0 * k for k in range(50)])
    with pytest.raises(ValueError, match="at least 7"):
        fisher_g([1.0, 2.0])
    assert detrended([1.0, 3.0, 5.0]) == [0.0, 0.0, 0.0]


def test_the_exact_autocorrelation_obeys_yule_and_walker():
    a, b = ar2_coefficients(0.9, 0.5)
    exact = ar2_autocorrelation(0.9, 0.5, 30)
    assert exact[0] == pytest.approx(1.0)
    assert exact[1] == pytest.approx(a / (1.0 - b))
    for lag in range(2, 31):
        assert exact[lag] == pytest.approx(a * exact[lag - 1] + b * exact[lag - 2], abs=1e-12)


def test_measures_of_an_ar2_path_agree_with_theory():
    chance = random.Random(53)
    modulus, angle = 0.97, 2 * math.pi / 16
    a, b = ar2_coefficients(modulus, angle)
    series = [0.0, 0.0]
    for _ in range(40_000):
        series.append(a * series[-1] + b * series[-2] + chance.gauss(0.0, 1.0))
    measured = autocorrelation(series, 40)
    exact = ar2_autocorrelation(modulus, angle, 40)
    assert measured == pytest.approx(exact, abs=0.05)
    lag, depth = first_negative_minimum(measured)
    assert lag in (7, 8, 9)
    assert depth == pytest.approx(min(exact), abs=0.05)
    decrement = log_decrement(measured[16], measured[32])
    assert decrement == pytest.approx(ar2_decrement(modulus, angle), rel=0.2)


def test_the_impulse_response_loses_the_decrement_each_period():
    modulus, period = 0.9, 12
    a, b = ar2_coefficients(modulus, 2 * math.pi / period)
    series = [0.0, 1.0]
    for _ in range(40):
        series.append(a * series[-1] + b * series[-2])
    expected = ar2_decrement(modulus, 2 * math.pi / period)
    assert log_decrement(series[4], series[4 + period]) == pytest.approx(expected, rel=1e-12)


def test_damping_ratio_of_a_second_order_system():
    for ratio in (0.05, 0.3, 0.9):
        decrement = 2 * math.pi * ratio / math.sqrt(1 - ratio**2)
        assert damping_ratio(decrement) == pytest.approx(ratio)
    assert damping_ratio(log_decrement(1.0, 2.0)) < 0.0
    with pytest.raises(ValueError, match="same side"):
        log_decrement(1.0, -1.0)


def test_overshoot_of_a_second_order_step_is_the_classical_one():
    ratio, times = 0.3, [0.01 * k for k in range(4000)]
    natural = math.sqrt(1 - ratio**2)
    step = [
        1 - math.exp(-ratio * t) * (math.cos(natural * t) + ratio / natural * math.sin(natural * t))
        for t in times
    ]
    assert overshoot(step, 1.0) == pytest.approx(math.exp(-math.pi * ratio / natural), rel=1e-4)
    assert overshoot([10.0 - x for x in step], 9.0) == pytest.approx(overshoot(step, 1.0))
    settled = settling_time(times, step, 1.0)
    assert all(abs(x - 1.0) <= 0.05 for t, x in zip(times, step, strict=True) if t >= settled)
    assert settled == pytest.approx(10.2, abs=0.5)
    assert overshoot([0.0, 0.5, 0.9], 1.0) == 0.0
    with pytest.raises(ValueError, match="away from"):
        overshoot([1.0], 1.0)


def test_what_has_not_settled_has_no_settling_time():
    assert settling_time([0.0, 1.0, 2.0], [0.0, 1.0, 2.0], 1.0) is None
    assert settling_time([5.0, 6.0, 7.0], [0.0, 1.0, 1.01], 1.0) == 1.0
    with pytest.raises(ValueError, match="no observations"):
        settling_time([], [], 1.0)


def test_crossings_and_root_mean_square():
    assert zero_crossings([1.0, -1.0, 0.0, -1.0, 2.0]) == 2
    assert zero_crossings([1.0, 0.0, 1.0]) == 0
    assert zero_crossings([4.0, 6.0, 4.0], level=5.0) == 2
    assert rms(wave(20, 2000)) == pytest.approx(math.sqrt(0.5))
    assert rms([5.0, 7.0], level=6.0) == 1.0
    assert rms([]) == 0.0


def test_autocorrelation_of_nothing_is_refused():
    with pytest.raises(ValueError, match="constant"):
        autocorrelation([2.0, 2.0, 2.0], 1)
    with pytest.raises(ValueError, match="lag 3"):
        autocorrelation([2.0, 1.0, 2.0], 3)
    assert first_negative_minimum([1.0, 0.5, 0.2, 0.1]) is None
