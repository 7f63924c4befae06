import math

import numpy as np
import pytest
from small_runs import measured, shop

from vsmlab.lab.measures.autonomy import breaks, closed_alone, information, read_stories
from vsmlab.lab.measures.fold import RARE_ROW
from vsmlab.laws import kinds as k


def h(p):
    return -p * math.log2(p) - (1.0 - p) * math.log2(1.0 - p)


def rare(*lines):
    """Rare rows of (due, kind, receiver, ref, value)."""
    rows = np.zeros(len(lines), RARE_ROW)
    for row, line in zip(rows, lines, strict=True):
        for name, value in zip(("due", "kind", "receiver", "ref", "value"), line, strict=True):
            row[name] = value
    return rows


def channel(error, n=4000, seed=5):
    """A fair bit of load, and interventions that tell it with this error."""
    chance = np.random.default_rng(seed)
    state = chance.integers(0, 2, n)
    return state, state ^ (chance.random(n) < error)


def test_interventions_that_follow_the_load_with_errors_leave_the_entropy_of_the_errors():
    found = information(*channel(0.2), (1, 4000))
    assert found.value == pytest.approx(h(0.2), abs=0.02)  # 0.7219
    assert found.low < h(0.2) < found.high
    assert found.high - found.low < 0.1


@pytest.mark.parametrize(("error", "wanted"), [(0.0, 0.0), (0.5, 1.0)])
def test_an_operation_that_is_ruled_has_no_autonomy_and_one_ruled_at_random_has_all(error, wanted):
    found = information(*channel(error), (1, 4000))
    assert found.value == pytest.approx(wanted, abs=0.005)


def test_an_operation_that_nobody_steps_in_on_is_free():
    found = information(channel(0.0)[0], np.zeros(4000, np.int64), (1, 4000))
    assert found.value == 1.0
    assert found.reason == "interventions never changed: they say nothing"


def test_windows_are_taken_together_to_periods():
    state, above = channel(0.2)
    found = information(np.repeat(state, 3), np.repeat(above, 3), (3, 4000))
    assert found.value == information(state, above, (1, 4000)).value


@pytest.mark.parametrize(
    ("present", "groups", "reason"),
    [
        ([0, 1] * 3, (1, 6), "not estimable"),
        ([2, 3] * 50, (1, 100), "never changed"),
        ([1], (2, 0), "shorter than one"),
    ],
)
def test_what_cannot_be_said_of_information_has_its_reason(present, groups, reason):
    stepped = np.arange(len(present)) % 3
    assert reason in information(np.array(present), stepped, groups).reason


def test_troubles_that_were_over_before_anything_came_from_above_are_absorbed():
    troubles = [
        (10.0, 20.0, "a"),
        (30.0, 40.0, "a"),
        (50.0, math.inf, "a"),
        (70.0, math.inf, "b"),
        (1.0, 2.0, "a"),
    ]
    found = closed_alone(troubles, [25.0, 35.0, 60.0], since=5.0)
    assert (found.value, found.n) == (1.0 / 3.0, 3)  # the last is open, the one before began too early
    assert found.low < 1.0 / 3.0 < found.high


def test_without_troubles_nothing_can_be_said():
    assert closed_alone([(70.0, math.inf, "a")], [], since=0.0).value is None


def test_a_pain_lasts_until_it_is_eased_and_pleasure_is_none():
    stories = read_stories(
        rare(
            (10.0, k.FELT, 5, k.MEAN_WAIT, 2.0),
            (12.0, k.FELT, 5, k.MEAN_QUEUE, -0.5),
            (13.0, k.EASED, 5, k.MEAN_QUEUE, 1.0),
            (20.0, k.EASED, 5, k.MEAN_WAIT, 10.0),
            (30.0, k.FELT, 5, k.MEAN_WAIT, 2.0),
        )
    )
    assert stories[5].troubles == [(10.0, 20.0, "pain 0"), (30.0, math.inf, "pain 0")]


def test_a_disturbance_lasts_until_it_is_mended():
    stories = read_stories(
        rare(
            (10.0, k.DISTURBED, 5, k.CRASH, 1.0),
            (11.0, k.DISTURBED, 5, k.SLOW, 0.5),
            (20.0, k.DISTURBED, 5, k.CRASH, 0.0),
            (21.0, k.DISTURBED, 5, k.SLOW, 1.0),
        )
    )
    assert stories[5].troubles == [(10.0, 20.0, "disturbance 2"), (11.0, 21.0, "disturbance 3")]


def test_recalls_count_once_however_often_they_are_repeated():
    stories = read_stories(
        rare(
            (10.0, k.GRANT, 5, k.RECALLED, 1.0),
            (20.0, k.GRANT, 5, k.RECALLED, 1.0),
            (30.0, k.GRANT, 5, k.RECALLED, 2.0),
            (31.0, k.GRANT, 5, k.GRANTED, 9.0),
            (40.0, k.INTERVENTION, 5, k.SUSPENDED, 60.0),
            (50.0, k.REHOME, 5, 7, 0.0),
        )
    )
    assert sorted(stories[5].above) == [10.0, 30.0, 40.0, 50.0]


@pytest.mark.parametrize(
    ("ref", "value", "broken"),
    [
        (k.CRASH, 1.0, True), (k.CRASH, 0.0, False), (k.SLOW, 0.5, True), (k.SLOW, 1.0, False), (k.BIAS, 3.0, True),
        (k.BIAS, 1.0, False), (k.CUT + k.FAULT_STEP * k.S2, 1.0, True), (k.DELAY + k.FAULT_STEP * k.S2, 0.0, False),
    ],
)  # fmt: skip
def test_a_factor_of_one_mends_and_so_does_zero_of_everything_else(ref, value, broken):
    assert breaks(ref, value) is broken


def test_an_operation_whose_work_is_taken_away_while_it_is_down_absorbed_nothing():
    crash = {"kind": "crash", "unit": "shop.left", "time": 200.0, "lasts": 120.0}
    slow = {"kind": "slow", "unit": "shop.right", "factor": 0.9, "time": 100.0, "lasts": 20.0}
    measures = measured(shop(environment={"disturbances": [crash, slow]}))
    left, right = measures["autonomy"]["shop.left"], measures["autonomy"]["shop.right"]
    assert (left["troubles"], left["absorbed"]) == (1, 0.0)
    assert left["interventions"] > 0
    assert (right["troubles"], right["absorbed"], right["interventions"]) == (1, 1.0, 0)
    assert right["information"] == 1.0


def test_a_quiet_run_has_no_troubles_and_says_so():
    measures = measured(shop())
    assert measures["autonomy"]["shop.left"]["absorbed"] is None
    assert measures["not_estimable"]["autonomy.shop.left.absorbed"] == "no disturbances"
