"""Welch's moving average against its definition, and on series where its answer is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsmlab.mechanisms.smoothing import welch_average


def by_hand(series, window):
    """Mean of as many as there are on both sides, at most the window."""
    found = []
    for i in range(len(series) - window):
        k = min(i, window)
        around = series[i - k : i + k + 1]
        found.append(sum(around) / len(around))
    return found


@pytest.mark.parametrize("window", [1, 7, 50])
def test_the_average_of_a_line_is_the_line(window):
    line = [3.0 * k - 20.0 for k in range(101)]
    assert welch_average(line, window).tolist() == pytest.approx(line[: 101 - window], abs=1e-12)


def test_the_first_average_is_the_first_observation_and_a_step_is_a_ramp():
    step = [0.0] * 10 + [8.0] * 10
    found = welch_average(step, 2).tolist()
    assert found[0] == 0.0
    assert found[8:13] == pytest.approx([1.6, 3.2, 4.8, 6.4, 8.0])
    assert len(found) == 18


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=60), st.data())
def test_it_is_what_its_definition_says(series, data):
    window = data.draw(st.integers(1, len(series) // 2))
    assert welch_average(series, window).tolist() == pytest.approx(by_hand(series, window), abs=1e-9)


def test_a_large_level_loses_no_digits():
    wave = np.sin(np.arange(20_000))
    assert welch_average(wave + 1e9, 40) - 1e9 == pytest.approx(welch_average(wave, 40), abs=1e-5)


@pytest.mark.parametrize(("count", "window"), [(10, 6), (10, 0), (11, 6), (1, 1), (0, 1)])
def test_a_window_wider_than_half_the_series_is_refused(count, window):
    with pytest.raises(ValueError, match=f"must be from 1 to {count // 2}"):
        welch_average([1.0] * count, window)
