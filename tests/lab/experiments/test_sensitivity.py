"""Sobol's indices against the Ishigami function, whose shares are known."""

import math

import pytest

from vsmlab.lab.experiments.designs import crossed
from vsmlab.lab.experiments.sensitivity import sobol_shares

FIRST, TOTAL = (0.313905, 0.442411, 0.0), (0.557589, 0.442411, 0.243684)


def ishigami(row):
    x, y, z = (math.pi * (2 * share - 1) for share in row)
    return math.sin(x) + 7 * math.sin(y) ** 2 + 0.1 * z**4 * math.sin(x)


@pytest.fixture(scope="module")
def found():
    return sobol_shares([ishigami(row) for row in crossed(2048, 3, 1)], 3, seed=1)


def test_the_shares_of_the_ishigami_function_are_found(found):
    assert [share.first.value for share in found] == pytest.approx(FIRST, abs=0.02)
    assert [share.total.value for share in found] == pytest.approx(TOTAL, abs=0.02)
    for share, first, total in zip(found, FIRST, TOTAL, strict=True):
        assert share.first.low <= first <= share.first.high
        assert share.total.low <= total <= share.total.high
        assert share.first.half_width < 0.12


def test_points_in_another_order_would_be_found_out():
    rows = crossed(2048, 3, 1)
    n = 2048
    swapped = rows[: 2 * n] + rows[3 * n : 4 * n] + rows[2 * n : 3 * n] + rows[4 * n :]
    wrong = sobol_shares([ishigami(row) for row in swapped], 3)
    assert abs(wrong[0].first.value - FIRST[0]) > 0.1


def test_the_blocks_differ_in_one_setting_each():
    rows = crossed(8, 2, 3)
    a, b = rows[:8], rows[8:16]
    assert rows[16:24] == [[two[0], one[1]] for one, two in zip(a, b, strict=True)]
    assert rows[24:] == [[one[0], two[1]] for one, two in zip(a, b, strict=True)]


def test_what_cannot_be_estimated_says_why():
    assert sobol_shares([1.0] * 16, 2)[0].first.reason == "the result does not vary"
    with pytest.raises(ValueError, match="15 values are not"):
        sobol_shares([1.0] * 15, 2)
    with pytest.raises(ValueError, match="at most 1,000,000"):
        crossed(2**19, 3, 1)
