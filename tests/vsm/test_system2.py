"""System 2: the damping law against the theory of delayed loops (theory of A5), and what it does in an organisation."""

from __future__ import annotations

import math
from collections import deque
from itertools import pairwise

import pytest

from vsmlab.engines.rows import empty_state
from vsmlab.laws.tables import Link
from vsmlab.mechanisms.feedback import sampled_monotone_limit, sampled_stable_limit
from vsmlab.vsm.system2 import correction, expected_load, remember, under_way


def delayed_loop(gain: float, delay: float, *, step: float, length: float) -> list[float]:
    """Load under System 2's law alone, continuous but for a small step: x' = -gain x(t - delay), x = 1 before 0."""
    lag = round(delay / step)
    past = deque([1.0] * (lag + 1), maxlen=lag + 1)
    path = []
    for _ in range(int(length / step)):
        now = past[-1]
        path.append(now)
        # trapezoidal in the delayed term, so that the step does not shift the thresholds
        pull = 0.5 * (correction(gain, past[0], 0.0) + correction(gain, past[1] if lag else now, 0.0))
        past.append(now - step * pull)
    return path


def sampled_loop(gain: float, periods: int, rounds: int) -> list[float]:
    """Load under System 2's law with reports that are ``periods`` whole periods old."""
    path = [1.0] * (periods + 1)
    for _ in range(rounds):
        path.append(path[-1] - correction(gain, path[-1 - periods], 0.0))
    return path[periods:]


def changes_sign(path: list[float]) -> bool:
    return min(path) < -1e-12


def largest(path: list[float]) -> float:
    return max(abs(x) for x in path)


def threshold(holds, low: float, high: float) -> float:
    """The least gain for which ``holds`` is true, by bisection."""
    for _ in range(30):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def test_the_loop_is_monotone_up_to_gain_times_delay_of_one_over_e():
    found = threshold(lambda g: changes_sign(delayed_loop(g, 1.0, step=0.005, length=60.0)), 0.1, 1.0)
    assert found == pytest.approx(1.0 / math.e, rel=0.05)


def test_the_loop_stops_settling_at_gain_times_delay_of_half_pi():
    def grows(gain: float) -> bool:
        path = delayed_loop(gain, 1.0, step=0.005, length=120.0)
        return largest(path[-4000:]) > largest(path[8000:12000])

    assert threshold(grows, 1.0, 2.0) == pytest.approx(math.pi / 2.0, rel=0.05)


def test_at_the_limit_the_period_is_four_delays():
    path = delayed_loop(math.pi / 2.0, 1.0, step=0.005, length=60.0)
    rises = [i for i in range(1, len(path)) if path[i - 1] < 0.0 <= path[i]]
    periods = [(b - a) * 0.005 for a, b in pairwise(rises)]
    assert sum(periods) / len(periods) == pytest.approx(4.0, rel=0.01)


@pytest.mark.parametrize("periods", range(6))
def test_the_sampled_loop_is_stable_below_its_bound_and_not_above(periods):
    bound = sampled_stable_limit(periods)
    assert largest(sampled_loop(0.98 * bound, periods, 4000)[-50:]) < 0.1
    assert largest(sampled_loop(1.02 * bound, periods, 4000)[-50:]) > 10.0


@pytest.mark.parametrize("periods", range(1, 6))
def test_the_sampled_loop_first_changes_sign_at_its_monotone_bound(periods):
    found = threshold(lambda g: changes_sign(sampled_loop(g, periods, 3000)), 0.01, 0.9)
    assert found == pytest.approx(sampled_monotone_limit(periods), rel=0.05)


def test_n_siblings_that_act_in_phase_have_the_sum_of_their_gains():
    def siblings(gain: float, count: int) -> list[float]:
        path = [1.0] * 3
        for _ in range(2000):
            path.append(path[-1] - sum(correction(gain, path[-3], 0.0) for _ in range(count)))
        return path

    bound = sampled_stable_limit(2)
    for count in (2, 4, 8):
        assert largest(siblings(0.98 * bound / count, count)[-50:]) < 0.1
        assert largest(siblings(1.02 * bound / count, count)[-50:]) > 10.0


def test_prediction_keeps_a_loop_stable_that_is_not_without_it():
    """A Smith predictor takes off what earlier corrections will still take away: no delay is left in the loop."""

    def loop(gain: float, periods: int, predicts: bool) -> list[float]:
        path, made = [1.0] * (periods + 1), [0.0] * (periods + 1)
        for _ in range(400):
            waiting = sum(made[-periods:]) if predicts and periods else 0.0
            made.append(correction(gain, path[-1 - periods], waiting))
            path.append(path[-1] - made[-1])
        return path

    assert largest(loop(0.9, 3, predicts=False)[-20:]) > 10.0
    assert largest(loop(0.9, 3, predicts=True)[-20:]) < 1e-6


def link_with(state) -> Link:
    state.links.add()
    link = state.links[0]
    link.first_correction = link.last_correction = -1
    link.load, link.heard = 10.0, 20.0
    state.ledger[0].free_correction = -1
    return link


def test_a_correction_counts_until_a_report_can_show_it():
    state = empty_state()
    link = link_with(state)
    remember(state, link, 15.0, 2.0)
    remember(state, link, 19.0, 3.0)
    assert under_way(state, link, 6.0) == 5.0
    link.heard = 22.0  # what was done at 15 s shows in a report of 22 s if settling takes 6 s
    assert under_way(state, link, 6.0) == 3.0
    link.heard = 26.0
    assert under_way(state, link, 6.0) == 0.0
    assert link.first_correction == link.last_correction == -1
    remember(state, link, 27.0, 1.0)
    assert under_way(state, link, 6.0) == 1.0
    assert state.ledger[0].corrections == 2, "rows of what has settled are used again"


def test_without_prediction_the_reported_load_is_taken_as_it_is():
    state = empty_state()
    link = link_with(state)
    remember(state, link, 19.0, 3.0)
    state.system2s.add()
    system2 = state.system2s[0]
    system2.settle = 6.0
    assert expected_load(state, system2, link) == 10.0
    system2.predicts = 1
    assert expected_load(state, system2, link) == 7.0
