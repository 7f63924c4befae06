import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsmlab.lab.measures.levels import classes, letter_bits, window_bits
from vsmlab.mechanisms.variety import entropy_miller_madow

MM = 1.0 / (2.0 * math.log(2.0))


def test_bits_of_windows_add_up_to_rate_times_entropy():
    code, many, window = np.array([7, 7, 9, 9]), np.array([3, 1, 2, 2]), np.array([0, 1, 0, 3])
    bits = window_bits(code, many, window, 4)
    each = 1.0 + MM / 8.0
    assert bits.tolist() == pytest.approx([5 * each, 1 * each, 0.0, 2 * each])


def test_one_symbol_alone_says_nothing_however_often():
    assert window_bits(np.array([5]), np.array([1000]), np.array([2]), 4).tolist() == [0.0] * 4


def test_four_letters_in_turn_are_two_bits_a_period():
    turn = np.arange(64)
    bits = letter_bits(np.zeros(64, np.int64), turn, turn % 4, 64)
    assert bits.tolist() == pytest.approx([2.0 + 3.0 * MM / 64.0] * 64)


def test_silence_is_a_letter():
    turn = np.arange(0, 64, 2)
    bits = letter_bits(np.zeros(32, np.int64), turn, np.zeros(32, np.int64), 64)
    assert bits.tolist() == pytest.approx([1.0 + MM / 64.0] * 64)


@given(st.lists(st.lists(st.integers(-1, 3), min_size=40, max_size=40), min_size=1, max_size=4))
def test_letters_of_groups_add_up_to_their_entropies(series):
    """-1 is silence; a group that never speaks is none."""
    spoken = [row for row in series if max(row) >= 0]
    places = [
        (group, turn, said) for group, row in enumerate(spoken) for turn, said in enumerate(row) if said >= 0
    ]
    group, turn, said = np.array(places or [(0, 0, 0)][:0], dtype=np.int64).reshape(-1, 3).T
    bits = letter_bits(group, turn, said, 40)
    wanted = sum(entropy_miller_madow([row.count(one) for one in set(row)]) for row in spoken)
    assert bits.sum() / 40 == pytest.approx(wanted)


def test_classes_are_powers_of_two():
    assert classes(np.array([0, 1, 2, 3, 4, 7, 8])).tolist() == [0, 1, 2, 2, 3, 3, 4]
