"""When System 3 makes children: as many as were ever decided on, no deeper than is allowed, each with its own days."""

from __future__ import annotations

from typing import Any

import pytest
from family import Family, scenario

from vsmlab.lab.build import build
from vsmlab.lab.loader import load
from vsmlab.laws import kinds as k
from vsmlab.vsm.spawning import spawn_children


def decide(family: Any, total: int, now: float = 7.0) -> list[Any]:
    """System 5's decision reaches the crew's System 3; returns what was said, by kind."""
    state = family.state
    unit = state.units[family.mother]
    spawn_children(state, unit, state.system3s[unit.at], now, total)
    said = list(state.effects)
    state.effects.clear()
    return said


@pytest.fixture
def crew() -> Any:
    made = Family.__new__(Family)
    made.start = build(load(scenario()))
    made.state, made.pattern = made.start.state, made.start.state.blueprints[0]
    made.mother = made.start.paths.index("top.crew.system3")
    return made


def test_as_many_are_made_as_were_ever_decided_on_however_often_it_is_said(crew):
    system3 = crew.state.system3s[crew.state.units[crew.mother].at]
    made = [len([e for e in decide(crew, total) if e[1] == k.SPAWNED]) for total in (1, 1, 0, 3, 3, 1)]
    assert made == [1, 0, 0, 2, 0, 0]
    assert system3.agents == 3 + 3 * 7


def test_no_more_live_at_once_than_may(crew):
    system3 = crew.state.system3s[crew.state.units[crew.mother].at]
    assert sum(e[1] == k.SPAWNED for e in decide(crew, 5)) == 3
    system3.retired = 1
    assert sum(e[1] == k.SPAWNED for e in decide(crew, 5)) == 1


def test_a_child_beyond_the_depth_limit_is_refused_once_and_that_is_a_fact(crew):
    system3 = crew.state.system3s[crew.state.units[crew.mother].at]
    system3.max_depth = 1
    before = len(crew.state.units)
    refused = [e[:2] + e[7:] for total in (1, 1, 2, 1) for e in decide(crew, total)]
    assert refused == [(crew.mother, k.DEPTH_REFUSED, 2, 1.0)] * 2
    assert len(crew.state.units) == before
    system3.max_depth = 2
    assert sum(e[1] == k.SPAWNED for e in decide(crew, 2)) == 2


def test_a_newborn_begins_its_days_in_its_own_name(crew):
    state, pattern = crew.state, crew.pattern
    base = len(state.units)
    said = decide(crew, 1)
    begun = {(e[0] - base + pattern.first_unit, e[1], e[7]): e[3] for e in said if e[1] < k.FACTS}
    expected = {
        (each.unit, each.kind, each.ref): 7.0 + each.wait
        for each in state.beginnings[pattern.first_beginning : pattern.last_beginning]
    }
    ties = [e for e in said if e[1] == k.ANNOUNCE_DUE]
    assert {key: due for key, due in begun.items() if key[1] != k.ANNOUNCE_DUE} == expected
    assert len(expected) > 20
    roles = sorted(state.units[e[0]].role for e in ties)
    assert roles == sorted([k.DESK, k.SYSTEM2, k.SYSTEM3, k.SYSTEM5] + [k.OPERATION] * 5)
    assert all(e[3] == 7.0 and e[0] == e[2] for e in ties)
