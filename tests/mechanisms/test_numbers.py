import math
import random
from types import FunctionType

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from vsmlab.mechanisms.numbers import logarithm, natural_exp, normal_quantile, sine
from vsmlab.mechanisms.subset import LAWS


def ulps(value, exact):
    return float(abs(mpmath.mpf(value) - exact) / mpmath.mpf(math.ulp(float(exact))))


def points(low, high, count=4000):
    chance = random.Random(20)
    return [chance.uniform(low, high) for _ in range(count)]


def test_the_logarithm_is_within_one_unit_in_the_last_place():
    chance = random.Random(21)
    arguments = [
        *points(0.0, 1.0),
        *(1.0 + x * 10.0 ** -chance.uniform(0, 15) for x in points(-0.5, 0.5)),
        *(math.ldexp(x, chance.randint(-1073, 1023)) for x in points(0.5, 1.0)),
    ]
    with mpmath.workprec(120):
        assert max(ulps(logarithm(x), mpmath.log(x)) for x in arguments if x != 1.0) < 1.0


def test_the_exponential_is_within_one_unit_in_the_last_place():
    chance = random.Random(22)
    arguments = [
        *points(-744.9, 709.0),
        *points(-5.0, 5.0),
        *(x * 10.0 ** -chance.uniform(0, 12) for x in points(-1.0, 1.0)),
    ]
    with mpmath.workprec(120):
        assert max(ulps(natural_exp(x), mpmath.exp(x)) for x in arguments) < 1.0


def test_the_exponential_neither_raises_nor_leaves_the_finite_numbers():
    assert natural_exp(-746.0) == natural_exp(-1e308) == 0.0
    assert natural_exp(-745.0) > 0.0
    assert natural_exp(1e308) == natural_exp(709.0) < math.inf


def test_the_logarithm_of_nothing_is_finite():
    assert logarithm(0.0) == logarithm(-3.0) == logarithm(5e-324) == pytest.approx(-744.44, abs=0.01)


def test_the_normal_quantile_agrees_with_scipy():
    chance = random.Random(23)
    arguments = [
        *points(0.0, 1.0),
        *(10.0 ** -chance.uniform(0, 300) for _ in range(4000)),
        *(0.5 + x * 10.0 ** -chance.uniform(0, 10) for x in points(-0.5, 0.5)),
        0.075,
        0.925,
        2.0**-53,
        1.0 - 2.0**-53,
    ]
    for p in arguments:
        assert normal_quantile(p) == pytest.approx(float(ndtri(p)), rel=1e-14, abs=1e-300)


def test_the_normal_quantile_of_nothing_and_of_certainty_is_finite_and_in_order():
    assert normal_quantile(0.0) == normal_quantile(-1.0) == pytest.approx(-37.5, abs=0.1)
    assert normal_quantile(1.0) == normal_quantile(2.0) == pytest.approx(8.2, abs=0.1)
    assert normal_quantile(1.0) >= normal_quantile(1.0 - 2.0**-53)


@given(st.floats(2.0**-53, 0.5))
def test_the_normal_quantile_is_odd_about_the_middle(p):
    other = 1.0 - p
    assert normal_quantile(1.0 - other) == -normal_quantile(other)


def test_the_sine_of_turns_is_right_to_the_last_place_of_one():
    chance = random.Random(24)
    turns = [
        *points(-3.0, 3.0),
        *(x * 10.0 ** -chance.uniform(0, 18) for x in points(-1.0, 1.0)),
        *points(0.0, 1e6),
        *(n / 8.0 + x for n in range(-16, 17) for x in (-1e-16, 0.0, 1e-16)),
    ]
    with mpmath.workprec(120):
        assert max(abs(sine(x) - mpmath.sinpi(2 * mpmath.mpf(x))) for x in turns) < 2e-16


def test_the_sine_is_exact_at_every_quarter_of_a_turn_and_odd():
    assert [sine(n / 4.0) for n in range(9)] == [0.0, 1.0, 0.0, -1.0, 0.0, 1.0, 0.0, -1.0, 0.0]
    assert all(math.copysign(1.0, sine(n / 2.0)) == 1.0 for n in range(-4, 5)), "no zero below zero"
    assert all(sine(-x) == -sine(x) and abs(sine(x)) <= 1.0 for x in points(0.0, 9.0))


@pytest.mark.fast_extra
def test_compiled_numbers_have_the_same_bits():
    numba = pytest.importorskip("numba")
    log = numba.njit(LAWS["logarithm"])
    exp = numba.njit(LAWS["natural_exp"])
    namespace = {"math": math, "logarithm": log}
    quantile = numba.njit(FunctionType(LAWS["normal_quantile"].__code__, namespace, "normal_quantile"))
    for x in [0.0, 5e-324, 1e308, *points(0.0, 1.0), *points(0.0, 1e6), *(10.0**e for e in range(-320, 308))]:
        assert log(x) == logarithm(x)
    for x in [-746.0, -745.0, 710.0, *points(-746.0, 710.0), *points(-2.0, 2.0), *points(-745.0, -708.0)]:
        assert exp(x) == natural_exp(x)
    for p in [0.0, 1.0, *points(0.0, 1.0), *(10.0**-e for e in range(1, 300))]:
        assert quantile(p) == normal_quantile(p)
    turns = numba.njit(LAWS["sine"])
    for x in [0.0, *points(-9.0, 9.0), *(n / 8.0 for n in range(-16, 17))]:
        assert turns(x) == sine(x)
