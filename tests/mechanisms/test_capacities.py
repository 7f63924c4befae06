import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsmlab.mechanisms.capacities import (
    erasure_capacity,
    matrix_capacity,
    noiseless_capacity,
    symmetric_capacity,
    z_capacity,
)


def test_the_capacities_worked_out():
    assert noiseless_capacity([1.0, 2.0]) == pytest.approx(math.log2((1.0 + math.sqrt(5.0)) / 2.0), abs=1e-15)
    assert noiseless_capacity([1.0, 2.0]) == pytest.approx(0.694242, abs=5e-7)
    assert symmetric_capacity(0.11) == pytest.approx(0.500084, abs=5e-7)
    assert erasure_capacity(0.2) == 0.8
    assert z_capacity(0.5) == pytest.approx(0.321928, abs=5e-7)


def test_capacities_at_their_ends():
    assert noiseless_capacity([2.0] * 8) == pytest.approx(1.5, abs=1e-15)
    assert noiseless_capacity([3.0]) == 0.0
    assert [symmetric_capacity(e) for e in (0.0, 0.5, 1.0)] == [1.0, 0.0, 1.0]
    assert [erasure_capacity(e) for e in (0.0, 1.0)] == [1.0, 0.0]
    assert [z_capacity(e) for e in (0.0, 1.0)] == [1.0, 0.0]
    for capacity in (symmetric_capacity, erasure_capacity, z_capacity):
        with pytest.raises(ValueError, match=r"\[0, 1\]"):
            capacity(1.1)
    with pytest.raises(ValueError, match="above 0"):
        noiseless_capacity([1.0, 0.0])
    with pytest.raises(ValueError, match="at least one"):
        noiseless_capacity([])


@given(st.floats(0.01, 0.99))
def test_the_algorithm_encloses_every_capacity_that_has_a_formula(error):
    right = 1.0 - error
    channels = [
        (symmetric_capacity, [[right, error], [error, right]]),
        (erasure_capacity, [[right, 0.0, error], [0.0, right, error]]),
        (z_capacity, [[1.0, 0.0], [error, right]]),
    ]
    for formula, matrix in channels:
        found = matrix_capacity(matrix, tolerance=1e-6)
        assert found.low - 1e-9 <= formula(error) <= found.high + 1e-9
        assert found.reason != "" or found.high - found.low <= 1e-6


def test_a_channel_must_be_one_of_probabilities():
    with pytest.raises(ValueError, match="distribution"):
        matrix_capacity([[0.5, 0.4]])
    with pytest.raises(ValueError, match="distribution"):
        matrix_capacity([[1.5, -0.5]])
    assert matrix_capacity([[1.0]]).value == pytest.approx(0.0, abs=1e-9)
