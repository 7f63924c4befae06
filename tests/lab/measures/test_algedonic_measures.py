"""What hurts, what is mended where it arose, and how soon the rest is known above: by hand and in the scenario."""

from __future__ import annotations

import math
from typing import Any

import pytest
from small_runs import told

from vsmlab.lab.measures.algedonic import merged
from vsmlab.lab.run import measures_of, resolved
from vsmlab.laws import kinds as k

OFF = dict.fromkeys(("system2", "audit", "system4"), "off")


def ward() -> dict[str, Any]:
    """An operation two recursions below a System 5, and one that has nothing to feel."""
    limits = {"mean_wait_s": {"max": 10, "window": 20, "climbs_after": 30, "good": {"max": 1}}}
    room = {"agents": 2, "essential": limits}
    inner = {"operations": {"room": room, "hall": {"agents": 1}}, "system5": {"climbs_after": 15}, **OFF}
    stream = {"arrivals": {"poisson": {"rate": 0.1}}, "work": {"constant": 1.0}, "to": "house"}
    return {
        "version": 1,
        "name": "ward",
        "title": "A ward",
        "horizon": 1000.0,
        "warmup": 100.0,
        "environment": {"demand": {"people": stream}},
        "organisation": {"name": "house", "operations": {"ward": inner}, "system5": {}, **OFF},
    }


ROOM, WARD, HOUSE = "house.ward.room.management", "house.ward.system5", "house.system5"


def noted(time: float, kind: int, who: str, value: float) -> tuple[float, int, str, str, int, float]:
    return (time, kind, who, who, k.MEAN_WAIT, value)


@pytest.fixture(scope="module")
def measures() -> dict[str, Any]:
    """Two pains that are mended, the second after it went up one level; one pleasure; one pain to the end."""
    lines = [
        noted(50.0, k.FELT, ROOM, 2.0), noted(150.0, k.EASED, ROOM, 100.0),  # before the window, into it
        noted(200.0, k.FELT, ROOM, 1.5), noted(220.0, k.EASED, ROOM, 20.0),
        noted(300.0, k.FELT, ROOM, 3.0), noted(330.0, k.CLIMBED, ROOM, 30.0), noted(340.0, k.EASED, ROOM, 40.0),
        noted(331.0, k.FELT, WARD, 3.0), noted(341.0, k.EASED, WARD, 10.0),
        noted(400.0, k.FELT, ROOM, -2.0), noted(500.0, k.EASED, ROOM, 100.0),
        noted(900.0, k.FELT, ROOM, 2.0), noted(930.0, k.CLIMBED, ROOM, 30.0),
        noted(932.0, k.FELT, WARD, 2.0), noted(947.0, k.CLIMBED, WARD, 15.0), noted(948.0, k.FELT, HOUSE, 2.0),
    ]  # fmt: skip
    return told(ward(), lines)


def test_pains_are_counted_where_they_begin_in_the_window(measures):
    room = measures["algedonic"]["house.ward.room"]
    assert (room["felt"], room["climbed"], room["pleasure_felt"]) == (3, 2, 1)
    assert measures["algedonic"]["house.ward"]["felt"] == 2
    assert measures["algedonic"]["house"]["felt"] == 1


def test_the_share_mended_before_climbing_is_of_pains_whose_fate_is_known(measures):
    assert measures["algedonic"]["house.ward.room"]["eased_before_climbing"] == pytest.approx(1 / 3)
    assert measures["algedonic"]["house.ward"]["eased_before_climbing"] == 0.5
    assert measures["algedonic"]["house"]["eased_before_climbing"] is None
    assert "algedonic.house.eased_before_climbing" in measures["not_estimable"]


def test_the_time_to_a_level_is_from_felt_here_to_felt_there(measures):
    room = measures["algedonic"]["house.ward.room"]["mean_time_to_level_s"]
    assert room == {"1": (31.0 + 32.0) / 2, "2": 48.0}
    assert measures["algedonic"]["house.ward"]["mean_time_to_level_s"] == {"1": 16.0}
    assert measures["algedonic"]["house"]["mean_time_to_level_s"] == {}


def test_time_in_pain_is_the_part_of_the_window_in_which_anything_hurt(measures):
    room = measures["algedonic"]["house.ward.room"]
    assert room["time_in_pain_share"] == pytest.approx((50.0 + 20.0 + 40.0 + 100.0) / 900.0)
    assert room["longest_pain_s"] == 100.0


def test_who_has_no_essential_variable_has_no_signals(measures):
    assert set(measures["algedonic"]) == {"house", "house.ward", "house.ward.room"}


def test_a_pain_and_a_pleasure_open_at_once_are_told_apart_by_when_they_began():
    lines = [
        noted(200.0, k.FELT, WARD, 2.0), noted(250.0, k.FELT, WARD, -2.0),
        noted(300.0, k.EASED, WARD, 50.0), noted(400.0, k.EASED, WARD, 200.0),
    ]  # fmt: skip
    assert told(ward(), lines)["algedonic"]["house.ward"]["longest_pain_s"] == 200.0


def test_intervals_that_touch_are_one():
    begins, ends = merged([(3.0, math.inf), (0.0, 1.0), (1.0, 2.0)])
    assert (begins.tolist(), ends.tolist()) == ([0.0, 3.0], [2.0, math.inf])
    assert [part.tolist() for part in merged([])] == [[], []]


def test_in_algedonic_escalation_each_level_knows_after_the_sum_of_the_times_to_mend():
    measures = measures_of(resolved("algedonic-escalation", until=2700.0))["algedonic"]
    room = measures["county.hospital.emergency.resuscitation"]
    assert room["mean_time_to_level_s"] == pytest.approx({"1": 100.05, "2": 145.10, "3": 175.15}, abs=1e-6)
    laboratory = measures["county.hospital.emergency.laboratory"]["mean_time_to_level_s"]
    assert laboratory == pytest.approx({"1": 60.05, "2": 105.10, "3": 135.15}, abs=1e-6)
    walk_in = measures["county.hospital.emergency.walk-in"]
    assert walk_in["felt"] >= 1
    assert walk_in["eased_before_climbing"] == 1.0
    assert measures["county"]["felt"] == 1
