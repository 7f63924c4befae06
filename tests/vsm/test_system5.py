"""System 5: when it weighs 3 against 4, what it allows, what it passes down, and what pain makes it do."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playing import Play
from receivers import Said, hear, link, organisation, row_of, said, ways

from vsmlab.laws import kinds as k
from vsmlab.vsm.system5 import alarm, govern, hear_policy, hear_proposal

SELF, THREE, FOUR, BELOW, BESIDE = range(5)


def policy(**fields):
    """A System 5 with its Systems 3 and 4 and the Systems 5 of two children."""
    state = organisation(k.SYSTEM5, k.SYSTEM3, k.SYSTEM4, k.SYSTEM5, k.SYSTEM5)
    link(state, SELF, [BELOW, BESIDE])
    system5 = row_of(state, SELF)
    system5.system3, system5.system4, system5.parent, system5.first_link = THREE, FOUR, -1, 0
    system5.period, system5.tolerance, system5.outside = 150.0, 1.0, 0.5
    system5.hires, system5.safe_gain, system5.agents_most = 1, 0.008, -1
    system5.now_heard = system5.then_heard = system5.apart_since = -1.0
    system5.emergency, system5.emergency_until = 60.0, -1.0
    for name, value in fields.items():
        setattr(system5, name, value)
    return state, system5


def wish(state, which, amount, now):
    return hear(state, SELF, hear_proposal, kind=k.PROPOSAL, now=now, ref=which, value=amount)


def governed(state, now):
    """What it says at the end of a period, apart from its reminder and the policy to its children."""
    words = hear(state, SELF, govern, kind=k.GOVERN, now=now)
    assert words[-2:] == [
        Said("policy", to, k.OUTSIDE, state.system5s[0].outside, now) for to in (BELOW, BESIDE)
    ]
    assert Said("govern", SELF, 0, 0.0, now + 150.0) in words
    return [
        w
        for w in words
        if w.name not in {"policy", "govern"} and w.ref not in {k.AGENTS_LEAST, k.AGENTS_MOST}
    ]


def weights(outside):
    return [(k.GAIN_NOW, 0.008 * (1.0 - outside)), (k.GAIN_THEN, 0.008 * outside), (k.OUTSIDE, outside)]


# -- 3 against 4 -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("then", "apart"), [(11.0, False), (9.0, False), (11.01, True), (8.99, True)])
def test_it_steps_in_when_the_wishes_differ_by_more_than_the_tolerance(then, apart):
    state, system5 = policy()
    wish(state, k.AGENTS_NOW, 10.0, 5.0)
    assert wish(state, k.AGENTS_THEN, then, 6.0) == [], "a wish is heard and not answered"
    words = governed(state, 150.0)
    assert system5.weighed == int(apart)
    assert [(w.ref, w.value) for w in words if w.name == "weighed"] == (weights(0.5) if apart else [])
    told = [(w.to, w.ref, w.value) for w in words if w.name == "decision"]
    assert told == ([(THREE, which, amount) for which, amount in weights(0.5)] if apart else [])


@pytest.mark.parametrize(("patience", "weighed"), [(143.9, 1), (144.0, 1), (144.1, 0)])
def test_only_when_they_have_been_apart_for_as_long_as_patience_lasts(patience, weighed):
    state, system5 = policy(patience=patience)
    wish(state, k.AGENTS_NOW, 10.0, 5.0)
    wish(state, k.AGENTS_THEN, 20.0, 6.0)
    wish(state, k.AGENTS_THEN, 22.0, 80.0)
    governed(state, 150.0)
    assert system5.weighed == weighed


def test_a_moment_of_agreement_begins_the_time_anew():
    state, system5 = policy(patience=100.0)
    for which, amount, now in (
        (k.AGENTS_NOW, 10.0, 5.0), (k.AGENTS_THEN, 20.0, 6.0), (k.AGENTS_NOW, 19.5, 90.0), (k.AGENTS_NOW, 10.0, 91.0),
    ):  # fmt: skip
        wish(state, which, amount, now)
    assert governed(state, 150.0) == []
    assert governed(state, 300.0) != []
    assert system5.weighed == 1


@pytest.mark.parametrize("which", [k.AGENTS_NOW, k.AGENTS_THEN])
def test_where_only_one_side_has_been_heard_there_is_nothing_to_weigh(which):
    state, system5 = policy()
    wish(state, which, 50.0, 5.0)
    assert governed(state, 150.0) == []
    assert system5.weighed == 0


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(outside=st.floats(0.0, 1.0), delay=st.floats(1.0, 1000.0))
def test_the_weights_it_sets_add_up_to_what_settles_without_a_swing(outside, delay):
    state, _ = policy(weighed=1, outside=outside, safe_gain=1.0 / (math.e * delay))
    told = {w.ref: w.value for w in governed(state, 150.0)}
    assert told[k.GAIN_NOW] + told[k.GAIN_THEN] == pytest.approx(1.0 / (math.e * delay))
    assert told[k.GAIN_THEN] == pytest.approx(outside / (math.e * delay))
    assert told[k.OUTSIDE] == outside


def test_weights_are_a_fact_once_and_are_told_again_each_period_for_a_message_may_be_lost():
    state, _ = policy()
    wish(state, k.AGENTS_NOW, 10.0, 5.0)
    wish(state, k.AGENTS_THEN, 20.0, 6.0)
    first, second = governed(state, 150.0), governed(state, 300.0)
    assert [w.name for w in first] == ["weighed"] * 3 + ["decision"] * 3
    assert [(w.name, w.ref, w.value) for w in second] == [("decision", *each) for each in weights(0.5)]
    assert ways(state, SELF) == {("s5_34", THREE), ("intervene", BELOW), ("intervene", BESIDE)}


def test_where_nobody_hires_it_tells_the_part_that_is_given_to_outside_and_no_gains():
    state, _ = policy(hires=0, weighed=1)
    words = hear(state, SELF, govern, kind=k.GOVERN, now=150.0)
    assert [(w.ref, w.value) for w in words if w.name == "decision"] == [(k.OUTSIDE, 0.5)]


def test_what_policy_allows_is_told_each_period():
    state, _ = policy(agents_least=4, agents_most=30)
    words = hear(state, SELF, govern, kind=k.GOVERN, now=150.0)
    assert [(w.to, w.ref, w.value) for w in words if w.name == "decision"] == [
        (THREE, k.AGENTS_LEAST, 4.0),
        (THREE, k.AGENTS_MOST, 30.0),
    ]


# -- policy from above -------------------------------------------------------------------------------------


def passed_down(state, value, now=10.0):
    return hear(state, SELF, hear_policy, kind=k.POLICY, now=now, ref=k.OUTSIDE, value=value)


def test_policy_is_in_force_at_once_and_passed_on_only_where_it_is_new():
    state, system5 = policy(weighed=1)
    words = passed_down(state, 0.25)
    assert system5.outside == 0.25
    assert [(w.ref, w.value) for w in words if w.name == "weighed"] == weights(0.25)
    assert [(w.to, w.ref, w.value) for w in words if w.name == "decision"] == [
        (THREE, which, amount) for which, amount in weights(0.25)
    ]
    assert words[-2:] == [Said("policy", to, k.OUTSIDE, 0.25, 10.0) for to in (BELOW, BESIDE)]
    assert passed_down(state, 0.25) == []
    assert passed_down(state, 7.0)[-1].value == 1.0
    assert passed_down(state, -7.0)[-1].value == 0.0


def test_policy_sets_the_part_and_leaves_it_open_when_to_step_in():
    state, system5 = policy()
    assert {w.name for w in passed_down(state, 0.25)} == {"policy"}
    assert (system5.weighed, system5.outside) == (0, 0.25)


def test_policy_of_the_root_reaches_the_third_level_of_recursion():
    state = organisation(k.SYSTEM5, k.SYSTEM5, k.SYSTEM5)
    for upper, lower in ((0, 1), (1, 2)):
        link(state, upper, [lower])
    for row in range(3):
        system5 = row_of(state, row)
        system5.system3 = system5.system4 = -1
        system5.first_link = row if row < 2 else -1
        system5.period, system5.outside = 150.0, 0.5 if row else 0.8
    play = Play(state)
    play.post(0.0, k.GOVERN, 0)
    play.run(1.0)
    assert [one.outside for one in state.system5s] == [0.8, 0.8, 0.8]


# -- child systems -----------------------------------------------------------------------------------------


def answered(words):
    """What was decided, and who was told which totals."""
    return [w.value for w in words if w.name == "decided"], {
        (w.to, w.ref): w.value for w in words if w.name == "decision"
    }


def test_a_child_is_decided_on_as_long_as_policy_has_room_and_both_are_told_the_total():
    state, system5 = policy(most_children=2)
    assert answered(wish(state, k.CHILD, 1.0, 10.0)) == ([1.0], {(THREE, k.CHILD): 1.0, (FOUR, k.CHILD): 1.0})
    assert answered(wish(state, k.CHILD, 1.0, 160.0)) == (
        [2.0],
        {(THREE, k.CHILD): 2.0, (FOUR, k.CHILD): 2.0},
    )
    assert wish(state, k.CHILD, 1.0, 400.0) == [Said("decided", SELF, k.CHILD, -1.0, 0.0)]
    assert system5.births == 2


def test_a_proposal_said_twice_is_answered_twice_and_decided_once():
    state, system5 = policy(most_children=5)
    wish(state, k.CHILD, 1.0, 10.0)
    facts, told = answered(wish(state, k.CHILD, 1.0, 159.9))
    assert (facts, told) == ([], {(THREE, k.CHILD): 1.0, (FOUR, k.CHILD): 1.0})
    assert system5.births == 1


def test_a_retirement_is_decided_on_where_there_is_a_child_and_makes_room_for_another():
    state, system5 = policy(most_children=1)
    assert wish(state, k.RETIREMENT, 1.0, 5.0) == [Said("decided", SELF, k.RETIREMENT, -1.0, 0.0)]
    wish(state, k.CHILD, 1.0, 10.0)
    facts, told = answered(wish(state, k.RETIREMENT, 1.0, 200.0))
    assert facts == [1.0]
    assert told == {(to, which): 1.0 for to in (THREE, FOUR) for which in (k.CHILD, k.RETIREMENT)}
    assert wish(state, k.RETIREMENT, 1.0, 400.0)[0].value == -1.0, "there is none left"
    assert answered(wish(state, k.CHILD, 1.0, 600.0))[0] == [2.0]
    assert (system5.births, system5.retirements) == (2, 1)


def test_a_child_whose_agents_exceed_what_policy_allows_is_refused():
    state, system5 = policy(most_children=9, agents_most=12, child_agents=3)
    wish(state, k.GRANTED, 9.0, 1.0)
    assert answered(wish(state, k.CHILD, 1.0, 10.0))[0] == [1.0]
    assert system5.agents == 12.0, "its agents count before System 3 has told of them"
    assert answered(wish(state, k.CHILD, 1.0, 200.0))[0] == [-1.0]
    wish(state, k.GRANTED, 8.0, 201.0)
    assert answered(wish(state, k.CHILD, 1.0, 400.0))[0] == [2.0]


def test_where_nobody_hires_agents_that_came_with_a_child_count_until_it_is_retired():
    state, system5 = policy(most_children=9, hires=0, agents=9.0, agents_most=12, child_agents=3)
    assert answered(wish(state, k.CHILD, 1.0, 10.0))[0] == [1.0]
    assert answered(wish(state, k.CHILD, 1.0, 200.0))[0] == [-1.0]
    assert answered(wish(state, k.RETIREMENT, 1.0, 400.0))[0] == [1.0]
    assert answered(wish(state, k.CHILD, 1.0, 600.0))[0] == [2.0]
    assert system5.agents == 12.0


def test_in_an_emergency_nothing_of_the_kind_is_decided():
    state, _ = policy(most_children=9)
    wish(state, k.CHILD, 1.0, 10.0)
    alarm(state, state.units[SELF], 200.0)
    said(state)
    for which in (k.CHILD, k.RETIREMENT):
        assert wish(state, which, 1.0, 259.9) == [Said("decided", SELF, which, -1.0, 0.0)]
    assert answered(wish(state, k.RETIREMENT, 1.0, 260.0))[0] == [1.0]


def test_totals_are_told_again_each_period():
    state, _ = policy(births=3, retirements=1)
    told = {(w.to, w.ref): w.value for w in governed(state, 150.0)}
    assert told == {
        (THREE, k.CHILD): 3.0, (FOUR, k.CHILD): 3.0, (THREE, k.RETIREMENT): 1.0, (FOUR, k.RETIREMENT): 1.0,
    }  # fmt: skip


def test_without_systems_3_and_4_it_governs_and_nobody_is_told():
    state, _ = policy(system3=-1, system4=-1, weighed=1, births=2, retirements=1)
    alarm(state, state.units[SELF], 149.0)
    assert {w.name for w in said(state)} == {"alarmed"}
    assert governed(state, 150.0) == []


# -- pain --------------------------------------------------------------------------------------------------


def test_pain_declares_an_emergency_once_and_has_system3_told_how_long_it_still_lasts():
    state, system5 = policy()
    alarm(state, state.units[SELF], 100.0)
    assert said(state) == [
        Said("alarmed", SELF, 0, 60.0, 0.0),
        Said("decision", THREE, k.EMERGENCY, 60.0, 100.0),
    ]
    alarm(state, state.units[SELF], 140.0)
    assert said(state) == [Said("decision", THREE, k.EMERGENCY, 20.0, 140.0)]
    assert Said("decision", THREE, k.EMERGENCY, 10.0, 150.0) in governed(state, 150.0)
    alarm(state, state.units[SELF], 160.0)
    assert said(state)[0] == Said("alarmed", SELF, 0, 60.0, 0.0), "pain that outlasts it is another emergency"
    assert system5.alarms == 2
    assert not [w for w in governed(state, 220.0) if w.ref == k.EMERGENCY]


def test_where_there_is_no_emergency_pain_changes_nothing():
    state, system5 = policy(emergency=0.0)
    alarm(state, state.units[SELF], 100.0)
    assert said(state) == []
    assert system5.alarms == 0


# -- the whole homeostat -----------------------------------------------------------------------------------


def imbalanced(*, off, lost=0):
    """Systems 3 and 4 that wish for 10 and 30 agents and pull eagerly; so many first decisions are lost."""
    left = [lost]

    def fate(kind: int, due: float) -> list[float]:
        if kind == k.DECISION and left[0] > 0:
            left[0] -= 1
            return []
        return [due + 1.0]

    delay = 40.0
    state = organisation(k.SYSTEM5, k.SYSTEM3, k.SYSTEM4, k.MANAGEMENT)
    link(state, THREE, [3], heard=[0.0], initial=[12.0], offered=[10.0])
    system3, system5 = row_of(state, THREE), row_of(state, SELF)
    system3.first_link, system3.children, system3.account_to, system3.desk = 0, 1, -1, -1
    system3.gain, system3.max_moves, system3.moves, system3.period = 1.0, -1, 1, 30.0
    system3.system4, system3.system5, system3.staffing, system3.emergency_until = -1, SELF, 1.0, -1.0
    system3.hires, system3.hire_takes, system3.balance_period, system3.agents_most = 1, delay, 2.0, 1000
    system3.agents, system3.commitment = 12, 12.0
    system3.wish_then, system3.then_heard, system3.outlook_lasts = 30.0, 0.0, 1e9
    system3.gain_now, system3.gain_then = 0.3 / delay, 1.5 / delay
    system5.system3, system5.system4, system5.first_link = THREE, -1, -1
    system5.period, system5.tolerance, system5.outside, system5.hires = 150.0, 1.0, 0.25, 1
    system5.safe_gain, system5.agents_most, system5.emergency_until = (
        1.0 / (math.e * (delay + 2.0)),
        1000,
        -1.0,
    )
    system5.then_wish, system5.then_heard, system5.now_heard = 30.0, 0.0, -1.0
    system5.apart_since = -1.0
    state.units[SELF].off = int(off)
    play = Play(state, fate)
    play.post(0.0, k.BALANCE_DUE, THREE)
    play.post(5.0, k.BARGAIN_DUE, THREE)
    play.post(100.0, k.GOVERN, SELF)
    play.run(6000.0)
    return [(fact.time, fact.value) for fact in play.noted("committed")], system3


def test_eager_systems_3_and_4_hunt_without_system5():
    path, _ = imbalanced(off=True)
    late = [value for time, value in path if time > 4000.0]
    assert max(late) > 50.0, "wider than it began by far"
    assert min(late) < 10.0
    balance = (0.3 * 10.0 + 1.5 * 30.0) / 1.8
    crossings = sum((a < balance) != (b < balance) for a, b in pairwise(late))
    assert crossings >= 2000.0 / (2.5 * 40.0) - 2


@pytest.mark.parametrize("lost", [0, 5, 12])
def test_with_system5_they_settle_where_policy_says_and_whatever_decisions_are_lost(lost):
    path, system3 = imbalanced(off=False, lost=lost)
    assert path[-1][1] == pytest.approx(0.75 * 10.0 + 0.25 * 30.0, abs=1e-6)
    assert abs(system3.agents - 15.0) < 1.0 + 1e-9
    assert system3.under_way == 0
