"""MSER-5 against a search by hand, on series whose answer is known."""

import math

import numpy as np
import pytest

from vsmlab.mechanisms.intervals import mser5


def by_hand(series):
    """The cut that minimises the squared standard error of the batch means that remain, as the rule says it."""
    means = [sum(series[5 * k : 5 * k + 5]) / 5 for k in range(len(series) // 5)]
    m = len(means)
    errors = {}
    for d in range(m // 2 + 1):
        left = means[d:]
        centre = sum(left) / len(left)
        errors[d] = sum((z - centre) ** 2 for z in left) / len(left) ** 2
    return 5 * min(errors, key=lambda d: (errors[d], d))


def test_a_step_is_cut_where_it_ends():
    """50 observations at 100, then 0 and 1 by turns: batches 0 to 9 are the step."""
    series = [100.0] * 50 + [float(k % 2) for k in range(450)]
    assert mser5(series).observations == 50


def test_a_step_that_ends_within_a_batch_is_cut_after_that_batch():
    series = [100.0] * 52 + [float(k % 2) for k in range(448)]
    assert mser5(series).observations == 55


@pytest.mark.parametrize("seed", range(12))
def test_the_cut_is_the_one_that_a_search_by_hand_finds(seed):
    chance = np.random.default_rng(seed)
    decay = 20 * np.exp(-np.arange(600) / chance.uniform(5, 60))
    series = (decay + chance.normal(0, 1, 600)).tolist()
    assert mser5(series).observations == by_hand(series)


def test_a_wrong_rule_would_be_found():
    """The standard error with one power of the count less would cut elsewhere."""
    chance = np.random.default_rng(5)
    series = (20 * np.exp(-np.arange(600) / 40) + chance.normal(0, 1, 600)).tolist()
    means = np.array(series).reshape(-1, 5).mean(axis=1)
    spread = [means[d:].var() for d in range(61)]
    assert mser5(series).observations != 5 * int(np.argmin(spread))


def test_what_is_still_settling_in_the_middle_gets_no_answer():
    assert "too short" in mser5([math.exp(-k / 300) for k in range(500)]).reason
