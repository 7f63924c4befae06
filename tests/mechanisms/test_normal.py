"""The normal distribution function against fifty digits, and its quantile back again."""

from __future__ import annotations

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from vsmlab.mechanisms.normal import normal_probability
from vsmlab.mechanisms.numbers import normal_quantile

STEPS = [n / 16.0 for n in range(-160, 161)] + [-37.0, -20.0, -4.0 - 1e-12, -4.0 + 1e-12, 4.0, 20.0, 40.0]


def exact(z: float) -> float:
    with mpmath.workdps(50):
        return float(mpmath.ncdf(mpmath.mpf(z)))


def test_the_probability_is_exact_to_fifteen_digits():
    assert max(abs(normal_probability(z) - exact(z)) for z in STEPS) < 1e-15


def test_in_the_lower_tail_it_is_exact_in_proportion():
    for z in (-37.0, -30.0, -20.0, -12.0, -8.0, -5.0, -4.5, -4.0):
        assert normal_probability(z) == pytest.approx(exact(z), rel=1e-12)


@given(z=st.floats(-40.0, 40.0))
def test_it_agrees_with_scipy_and_is_symmetric(z):
    assert normal_probability(z) == pytest.approx(special.ndtr(z), abs=1e-15)
    assert normal_probability(z) + normal_probability(-z) == pytest.approx(1.0, abs=1e-15)
    assert 0.0 <= normal_probability(z) <= 1.0


@given(p=st.floats(1e-300, 1.0 - 2.0**-53))
def test_the_quantile_of_a_probability_leads_back_to_it(p):
    assert normal_probability(normal_quantile(p)) == pytest.approx(p, rel=1e-11 if p < 1e-5 else 1e-13)


@given(z=st.floats(-10.0, 10.0), step=st.floats(1e-6, 1.0))
def test_it_never_falls(z, step):
    assert normal_probability(z + step) >= normal_probability(z) - 1e-16
