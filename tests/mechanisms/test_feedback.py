import cmath
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsmlab.mechanisms.feedback import (
    MONOTONE_LIMIT,
    STABLE_LIMIT,
    regime,
    relay_cycle,
    rightmost_root,
    sampled_growth,
    sampled_monotone_limit,
    sampled_stable_limit,
)


@given(st.floats(0.01, 20.0), st.floats(0.01, 5.0))
def test_the_root_solves_its_equation_and_its_sign_tells_the_regime(gain, delay):
    root = rightmost_root(gain, delay)
    # at the double root (gain times delay = 1/e) a rounding error grows to its square root
    assert root == pytest.approx(-gain * cmath.exp(-root * delay), rel=1e-6, abs=1e-9)
    product = gain * delay
    if abs(product - MONOTONE_LIMIT) > 1e-6 and abs(product - STABLE_LIMIT) > 1e-6:
        expected = "monotone" if root.imag == 0.0 else "damped" if root.real < 0.0 else "growing"
        assert regime(gain, delay) == expected


def test_the_roots_of_the_notes():
    just_above = rightmost_root(0.3689, 1.0)
    assert (just_above.real, just_above.imag) == (
        pytest.approx(-0.998, abs=5e-4),
        pytest.approx(0.074, abs=5e-4),
    )
    lasting = rightmost_root(math.pi / 2, 1.0)
    assert lasting.real == pytest.approx(0.0, abs=1e-12)
    assert lasting.imag == pytest.approx(math.pi / 2)  # a period of four delays
    assert rightmost_root(2.0, 0.0) == -2.0


def test_the_sampled_limits_of_the_notes():
    stable = [2.0, 1.0, 0.618034, 0.445042, 0.347296, 0.284630]
    monotone = [1.0, 0.25, 0.148148, 0.105469, 0.081920, 0.066980]
    for m in range(6):
        assert sampled_stable_limit(m) == pytest.approx(stable[m], abs=6e-7)
        assert sampled_monotone_limit(m) == pytest.approx(monotone[m], abs=6e-7)


@pytest.mark.parametrize("m", range(8))
def test_the_stable_limit_is_where_the_roots_leave_the_unit_circle(m):
    limit = sampled_stable_limit(m)
    assert sampled_growth(limit, m) == pytest.approx(1.0, abs=1e-9)
    assert sampled_growth(0.99 * limit, m) < 1.0 < sampled_growth(1.01 * limit, m)


@pytest.mark.parametrize("m", range(1, 6))
def test_below_the_monotone_limit_a_path_does_not_cross_zero_and_above_it_does(m):
    def crosses(gain):
        x = [1.0] * (m + 1)
        for _ in range(600):
            x.append(x[-1] - gain * x[-1 - m])
            if abs(x[-1]) < 1e-200:
                break
        return min(x) < 0.0

    limit = sampled_monotone_limit(m)
    assert not crosses(0.999 * limit)
    assert crosses(1.05 * limit)


def test_the_relay_cycle_of_the_notes_and_of_a_path_played_out():
    amplitude, period = relay_cycle(1.0, 0.5, 0.3)
    assert (amplitude, period) == (pytest.approx(0.80), pytest.approx(3.2))
    rate, half_width, delay, step = 2.0, 1.0, 0.25, 1.0 / 1024
    x, direction, order, turns, highest = 0.0, 1.0, 1.0, [], 0.0
    pending = []
    for k in range(20_000):
        now = k * step
        if pending and pending[0][0] <= now:
            direction = pending.pop(0)[1]
            turns.append(now)
        x += rate * direction * step
        highest = max(highest, abs(x))
        if x * order >= half_width:
            order = -order
            pending.append((now + delay, order))
    amplitude, period = relay_cycle(rate, half_width, delay)
    assert highest == pytest.approx(amplitude, abs=0.01)
    assert turns[-1] - turns[-3] == pytest.approx(period, abs=0.01)


def test_impossible_loops_are_refused():
    with pytest.raises(ValueError, match="gain above 0"):
        rightmost_root(0.0, 1.0)
    with pytest.raises(ValueError, match="delay of at least 0"):
        regime(1.0, -1.0)
    with pytest.raises(ValueError, match="no cycle"):
        relay_cycle(1.0, 0.0, 0.0)
    for function in (sampled_stable_limit, sampled_monotone_limit):
        with pytest.raises(ValueError, match="at least 0"):
            function(-1)
