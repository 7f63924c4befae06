"""System 3 does as System 5 has decided: weights and limits at once, and in an emergency without restraint."""

from __future__ import annotations

import math

import pytest
from playing import DESK, FIRST, FIVE, SELF, root
from receivers import Said, hear

from vsmlab.laws import kinds as k
from vsmlab.vsm.decisions import decided
from vsmlab.vsm.system3 import bargain_due


def decision(state, which, value, now=100.0):
    return hear(state, SELF, decided, kind=k.DECISION, sender=FIVE, now=now, ref=which, value=value)


def test_weights_and_limits_are_in_force_as_soon_as_they_are_heard_and_kept_within_reason():
    state, system3, _ = root([4])
    for which, value, field, kept in (
        (k.GAIN_NOW, 0.004, "gain_now", 0.004), (k.GAIN_THEN, -1.0, "gain_then", 0.0),
        (k.OUTSIDE, 1.5, "outside", 1.0), (k.OUTSIDE, -0.5, "outside", 0.0),
        (k.AGENTS_MOST, 20.0, "agents_most", 20), (k.AGENTS_LEAST, 3.0, "agents_least", 3),
    ):  # fmt: skip
        assert decision(state, which, value) == []
        assert getattr(system3, field) == kept
    assert system3.heard_outside == 1


def test_in_an_emergency_system3_bargains_at_once_and_nothing_holds_it_back_until_it_is_over():
    state, _, links = root([8, 4], offered=[1.0, 7.0], max_moves=1, gain=0.1, period=30.0)
    hear(state, SELF, bargain_due, kind=k.BARGAIN_DUE, now=90.0)
    assert [one.target for one in links] == [7, 5]
    words = decision(state, k.EMERGENCY, 60.0)
    assert [one.target for one in links] == [2, 10]
    assert Said("grant", FIRST, k.RECALLED, 6.0, 100.0) in words
    assert [w.value for w in words if w.to == DESK] == [2 / 12, 10 / 12], "the desk is told at once"
    assert not [w for w in words if w.name == "bargain-due"], "the periodic bargain goes on beside it"


@pytest.mark.parametrize(("now", "best"), [(99.9, True), (100.0, False)])
def test_restraint_comes_back_when_the_emergency_is_over(now, best):
    state, _, links = root(
        [8, 4], offered=[1.0, 7.0], max_moves=1, gain=0.1, period=30.0, emergency_until=100.0
    )
    hear(state, SELF, bargain_due, kind=k.BARGAIN_DUE, now=now)
    assert [one.target for one in links] == ([2, 10] if best else [7, 5])


def test_an_emergency_that_is_told_again_is_not_begun_anew_and_never_made_shorter():
    state, system3, _ = root([8, 4], offered=[1.0, 7.0])
    assert decision(state, k.EMERGENCY, 60.0, 100.0) != []
    assert decision(state, k.EMERGENCY, 40.0, 120.0) == decision(state, k.EMERGENCY, 10.0, 121.0) == []
    assert system3.emergency_until == 160.0
    assert decision(state, k.EMERGENCY, 0.0, 200.0) == []


def test_system3_that_may_not_move_agents_moves_none_in_an_emergency():
    state, _, links = root([8, 4], offered=[1.0, 7.0], moves=0)
    links[0].target, links[1].target = 8, 4
    words = decision(state, k.EMERGENCY, 60.0)
    assert not [w for w in words if w.name == "grant"]
    assert math.isclose(sum(w.value for w in words if w.to == DESK), 1.0)
