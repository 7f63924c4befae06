"""The homeostat of Systems 3 and 4: where it rests, when it settles, swings or grows, and who comes and goes."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playing import DESK, FIRST, FIVE, FOUR, SELF, Play, root
from receivers import Said, hear, ways

from vsmlab.laws import kinds as k
from vsmlab.mechanisms.feedback import MONOTONE_LIMIT, STABLE_LIMIT
from vsmlab.vsm.bargain import at_hand
from vsmlab.vsm.homeostat import (
    balance,
    commit,
    hear_outlook,
    hired,
    inside_and_outside,
    ordered,
    propose_agents,
    take_in,
    tell_system4,
    wish_now,
)
from vsmlab.vsm.system3 import account_for, bargain_due

# -- where it rests ----------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    now_=st.floats(0.0, 40.0),
    then=st.floats(0.0, 40.0),
    part=st.floats(0.0, 1.0),
    strength=st.floats(0.05, 0.35),
    start=st.integers(0, 40),
)
def test_it_rests_at_the_mean_of_the_wishes_weighted_by_the_gains(now_, then, part, strength, start):
    total = strength / 60.0
    k3, k4 = total * (1.0 - part), total * part
    state, system3, _ = root([start], offered=[now_], gain_now=k3, gain_then=k4, outlook_lasts=1e9)
    system3.wish_then, system3.then_heard = then, 0.0
    play = Play(state)
    play.post(0.0, k.BALANCE_DUE, SELF)
    play.run(60.0 * 40.0 / strength)
    rest = (k3 * now_ + k4 * then) / (k3 + k4)
    assert system3.commitment == pytest.approx(rest, abs=1e-9)
    assert abs(system3.agents - rest) < 1.0 + 1e-9, "whole agents: less than one is nobody's to hire"
    assert system3.under_way == 0
    committed = play.noted("committed")
    assert committed[-1].value == system3.commitment
    assert committed[-1].ref == system3.agents


def test_one_step_is_the_equation():
    assert commit(10.0, 5.0, 0.02, 14.0, 0.01, 4.0, 8.0) == 10.0 + 5.0 * (0.02 * 6.0 + 0.01 * -4.0)


def test_at_rest_nobody_is_hired_and_laid_off_in_turn():
    state, system3, _ = root([4], offered=[10.37], gain_now=0.1 / 60.0)
    play = Play(state)
    play.post(0.0, k.BALANCE_DUE, SELF)
    play.run(20_000.0)
    hires = play.noted("hires")
    assert [fact.value for fact in hires] == [1.0] * 6, "one by one up to ten, and there it stays"
    assert system3.agents == 10


# -- when it settles, swings and grows: the law alone ------------------------------------------------------

DELAY, STEP, REST = 64.0, 0.5, 1e9


def swing(strength, part, delays):
    """Deviations from the rest at every step, of a homeostat with so many agents that one is nothing.

    Without an operation System 3 wishes for none; System 4's wish puts the rest at ``REST``.
    """
    total = strength / DELAY
    state, system3, _ = root(
        [], hire_takes=DELAY, balance_period=STEP, outlook_lasts=1e9,
        gain_now=total * (1.0 - part), gain_then=total * part, wish_then=REST / part, then_heard=0.0,
    )  # fmt: skip
    system3.agents = system3.pool = int(REST - 1e6)
    system3.commitment = REST - 1e6
    play = Play(state)
    play.post(0.0, k.BALANCE_DUE, SELF)
    play.run(delays * DELAY)
    return [fact.value - REST for fact in play.noted("committed")]


def overshoots(path):
    """Beyond what whole agents make of it: one is a millionth of the first deviation."""
    return max(path) > 2.0


def grows(path):
    """Whether the swing of the last third is wider than that of the third before."""
    third = len(path) // 3
    return max(map(abs, path[2 * third :])) > max(map(abs, path[third : 2 * third]))


def first_change(sign, low, high, delays):
    """The strength at which a sign changes, by bisection."""
    assert not sign(swing(low, 0.5, delays))
    assert sign(swing(high, 0.5, delays))
    for _ in range(7):
        middle = 0.5 * (low + high)
        if sign(swing(middle, 0.5, delays)):
            high = middle
        else:
            low = middle
    return 0.5 * (low + high)


def test_up_to_one_over_e_it_settles_without_a_swing():
    assert first_change(overshoots, 0.2, 0.8, 24) == pytest.approx(MONOTONE_LIMIT, rel=0.05)


def test_from_half_pi_on_it_never_settles():
    assert first_change(grows, 1.2, 2.0, 40) == pytest.approx(STABLE_LIMIT, rel=0.05)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 1.0])
def test_only_the_sum_of_the_gains_decides(part):
    assert not overshoots(swing(0.9 * MONOTONE_LIMIT, part, 24))
    assert overshoots(swing(1.15 * MONOTONE_LIMIT, part, 24))
    assert not grows(swing(0.95 * STABLE_LIMIT, part, 40))
    assert grows(swing(1.05 * STABLE_LIMIT, part, 40))


def test_at_the_limit_a_swing_lasts_four_delays():
    path = swing(STABLE_LIMIT, 0.5, 41)
    crossings = [at for at in range(1, len(path)) if path[at - 1] < 0.0 <= path[at]]
    periods = [(b - a) * STEP / DELAY for a, b in pairwise(crossings)]
    assert periods[-1] == pytest.approx(4.0, rel=0.02)


# -- who pulls ---------------------------------------------------------------------------------------------


def balanced(system3, state, now):
    """The commitment and what is hired after one balance."""
    words = hear(state, SELF, balance, kind=k.BALANCE_DUE, now=now)
    return system3.commitment, [(w.ref, w.due) for w in words if w.name == "hired"]


def test_system4_pulls_while_it_has_been_heard_within_three_of_its_periods_and_not_after():
    for now, pulls in ((180.0, True), (180.1, False)):
        state, system3, _ = root(
            [10], offered=[10.0], gain_now=0.01, gain_then=0.02, then_heard=0.0, wish_then=20.0
        )
        commitment, _ = balanced(system3, state, now)
        assert commitment == (10.0 + 10.0 * 0.02 * 10.0 if pulls else 10.0)


def test_a_system4_that_was_never_heard_does_not_pull():
    state, system3, _ = root([10], offered=[10.0], gain_then=0.02)
    assert balanced(system3, state, 10.0) == (10.0, [])


def test_until_every_operation_has_been_heard_nothing_is_committed():
    state, system3, links = root([10, 5], offered=[40.0, 40.0], gain_now=0.01)
    links[1].heard = -1.0
    assert hear(state, SELF, balance, kind=k.BALANCE_DUE, now=10.0) == [
        Said("balance-due", SELF, 0, 0.0, 20.0)
    ]
    assert system3.commitment == 15.0


def test_what_is_under_way_is_not_seen_so_it_is_hired_again():
    state, system3, _ = root([10], offered=[20.0], gain_now=0.02)
    assert balanced(system3, state, 0.0) == (12.0, [(2, 60.0)])
    assert balanced(system3, state, 10.0) == (14.0, [(2, 70.0)])
    hear(state, SELF, hired, kind=k.HIRED, now=60.0, ref=2)
    commitment, coming = balanced(system3, state, 60.0)
    assert commitment == pytest.approx(14.0 + 10.0 * 0.02 * (20.0 - 12.0))
    assert coming == [(1, 120.0)]


@pytest.mark.parametrize(
    ("least", "most", "wish", "reached"),
    [(6, 12, 90.0, 12.0), (6, 12, 0.0, 6.0), (0, -1, 90.0, 90.0), (0, 12, 0.0, 0.0)],
)
def test_the_commitment_keeps_within_what_policy_allows(least, most, wish, reached):
    state, system3, _ = root([10], offered=[wish], gain_now=0.1, agents_least=least, agents_most=most)
    commitment, coming = balanced(system3, state, 0.0)
    assert commitment == reached
    assert coming == ([(int(reached) - 10, 60.0)])
    assert ordered(system3) == int(reached)


def test_the_load_of_now_wishes_for_the_staffing_aimed_at():
    state, system3, links = root([4, 4], offered=[3.0, 1.0], staffing=0.8, drain=30.0)
    links[0].waiting = 15.0
    assert wish_now(state, system3) == pytest.approx((3.0 + 0.5 + 1.0) / 0.8)
    system3.staffing = 0.0
    assert wish_now(state, system3) == 4.5


def test_an_outlook_is_kept_with_the_time_it_was_heard():
    state, system3, _ = root([4])
    hear(state, SELF, hear_outlook, kind=k.OUTLOOK, sender=FOUR, now=7.0, ref=k.EXPECTED, value=5.5)
    assert (system3.outlook, system3.outlook_heard, system3.then_heard) == (5.5, 7.0, -1.0)
    hear(state, SELF, hear_outlook, kind=k.OUTLOOK, sender=FOUR, now=8.0, ref=k.DEVIATION, value=1.5)
    hear(state, SELF, hear_outlook, kind=k.OUTLOOK, sender=FOUR, now=9.0, ref=k.AGENTS_THEN, value=8.5)
    assert (system3.deviation, system3.wish_then, system3.then_heard) == (1.5, 8.5, 9.0)
    assert system3.outlook_heard == 7.0


# -- who comes and goes ------------------------------------------------------------------------------------


def test_who_was_hired_goes_where_they_are_needed_most():
    state, system3, links = root([2, 2], offered=[1.5, 4.5], under_way=4)
    words = hear(state, SELF, hired, kind=k.HIRED, now=60.0, ref=4)
    assert (system3.agents, system3.pool, system3.under_way) == (8, 0, 0)
    assert words[0] == Said("hires", SELF, 8, 4.0, 0.0)
    granted = {w.to: w.value for w in words if w.name == "grant"}
    assert granted == {FIRST + 1: 2.0 + 4.0}
    assert [one.target for one in links] == [2, 6]


def test_notice_recalls_and_who_comes_back_to_the_root_has_left_and_nobody_is_told():
    state, system3, _ = root([6], offered=[1.0], under_way=-2)
    words = hear(state, SELF, hired, kind=k.HIRED, now=60.0, ref=-2)
    assert words == [
        Said("bargained", SELF, 100 + FIRST, 4.0, 0.0),
        Said("grant", FIRST, k.RECALLED, 2.0, 60.0),
    ]
    assert (system3.agents, ordered(system3), system3.under_way) == (6, 4, 0)
    play = Play(state)
    for repeated in (1.0, 1.0, 2.0, 1.0, 2.0):
        play.post(61.0, k.ACCOUNTS, SELF, sender=FIRST, ref=k.RETURNED, value=repeated)
    play.run(62.0)
    assert [(fact.name, fact.ref, fact.value) for fact in play.facts] == [
        ("hires", 5, -1.0),
        ("hires", 4, -1.0),
    ]
    assert (system3.agents, system3.pool, ordered(system3)) == (4, 0, 4)
    assert "account" not in {name for name, _ in ways(state, SELF)}


def test_agents_in_hand_leave_at_once_when_notice_is_over():
    state, system3, _ = root([4], offered=[4.0], under_way=-2, pool=1)
    system3.agents = 5
    words = hear(state, SELF, hired, kind=k.HIRED, now=60.0, ref=-2)
    assert words[0] == Said("hires", SELF, 4, -1.0, 0.0)
    assert [w.value for w in words if w.name == "grant"] == [1.0], "only one more is recalled"
    assert (system3.agents, system3.pool, ordered(system3)) == (4, 0, 3)


def test_who_has_notice_counts_as_gone_though_still_here():
    state, system3, _ = root([10], offered=[4.0], gain_now=0.01)
    system3.agents, system3.recalled, system3.commitment = 10, 4.0, 6.0
    commitment, coming = balanced(system3, state, 0.0)
    assert commitment == pytest.approx(6.0 + 10.0 * 0.01 * (4.0 - 6.0))
    assert coming == []


def test_agents_of_a_child_system_come_with_their_commitment():
    state, system3, _ = root([4], offered=[4.0])
    take_in(state, state.units[SELF], system3, 5.0, 3)
    assert (system3.agents, system3.commitment) == (7, 7.0)
    assert balanced(system3, state, 10.0) == (7.0, [])
    take_in(state, state.units[SELF], system3, 5.0, -3)
    assert (system3.agents, system3.commitment) == (4, 4.0)


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(
    seed=st.integers(0, 10**6),
    agents=st.lists(st.integers(0, 8), min_size=1, max_size=4),
    loss=st.sampled_from([0.0, 0.2, 0.5]),
    takes=st.sampled_from([0.0, 15.0, 60.0]),
)
def test_agents_are_conserved_under_hiring_and_laying_off_whatever_is_lost_late_or_said_twice(
    seed, agents, loss, takes
):
    chance = random.Random(seed)
    quiet_from = 1500.0

    def fate(kind: int, due: float) -> list[float]:
        if due >= quiet_from:
            return [due]
        if chance.random() < loss:
            return []
        return [due + chance.random() * 20.0 for _ in range(1 + (chance.random() < 0.2))]

    state, system3, links = root(
        agents, offered=[1.0] * len(agents), gain_now=0.04, agents_most=30, hire_takes=takes, period=30.0,
        system4=-1, system5=-1,
    )  # fmt: skip
    play = Play(state, fate)
    play.post(5.0, k.BARGAIN_DUE, SELF)
    play.post(0.0, k.BALANCE_DUE, SELF)
    came: list[float] = []

    def watch(message):
        if message.kind == k.BALANCE_DUE and play.now < quiet_from:
            for one in links:
                one.offered = chance.random() * 12.0
        book = system3.pool + sum(int(one.initial + one.granted - one.returned) for one in links)
        assert system3.agents == book, "in hand, granted and not returned"
        came.extend(fact.value for fact in play.facts if fact.name == "hires")
        play.facts.clear()
        assert system3.agents == sum(agents) + sum(came)
        assert at_hand(state, system3) == book - int(system3.recalled - system3.returned)
        assert min(system3.pool, system3.agents, ordered(system3)) >= 0
        assert abs(system3.commitment - ordered(system3)) < 1.0 + 1e-9
        for one in links:
            back, given_ = play.back.get(one.to, 0.0), play.given.get(one.to, 0.0)
            assert one.returned <= back <= one.recalled
            assert given_ <= one.initial + one.granted

    play.run(quiet_from, watch)
    system3.gain_now = 0.005
    play.run(5000.0, watch)
    for one in links:
        assert play.given.get(one.to, one.initial) == one.initial + one.granted
        assert play.back.get(one.to, 0.0) == one.recalled == one.returned
    assert system3.agents == ordered(system3), "when all is quiet, who was to leave has left"
    assert system3.recalled == system3.returned
    if loss == 0.0:
        assert len(came) > 10, "the test would pass if nobody ever came or went"


# -- what the others are told ------------------------------------------------------------------------------


def test_a_bargain_tells_system4_what_is_and_what_could_be_and_system5_what_system3_wishes():
    state, system3, links = root([4, 3], offered=[3.0, 1.0], staffing=0.8, under_way=2, period=30.0)
    links[0].suspected = 1
    system3.pool, system3.moves = 1, 0
    words = hear(state, SELF, bargain_due, kind=k.BARGAIN_DUE, now=30.0)
    told = [(w.name, w.to, w.ref, w.value) for w in words if w.to in (FOUR, FIVE)]
    assert told == [
        ("load", FOUR, k.OFFERED, 4.0),
        ("capability", FOUR, 0, 3.0),
        ("potentiality", FOUR, 0, 1.0 + 4.0 + 3.0 + 2.0),
        ("proposal", FIVE, k.AGENTS_NOW, 5.0),
        ("proposal", FIVE, k.GRANTED, 9.0),
    ]
    assert {("s3_s4", FOUR), ("s34_s5", FIVE)} <= ways(state, SELF)


def test_until_every_operation_has_been_heard_nobody_is_told_and_without_systems_4_and_5_nothing_is_said():
    state, _, links = root([4, 3], offered=[3.0, 1.0], period=30.0)
    links[0].heard = -1.0
    words = hear(state, SELF, bargain_due, kind=k.BARGAIN_DUE, now=30.0)
    assert not [w for w in words if w.to in (FOUR, FIVE)]
    state, system3, _ = root([4], offered=[3.0], system4=-1, system5=-1)
    tell_system4(state, state.units[SELF], system3, 0.0)
    propose_agents(state, state.units[SELF], system3, 0.0)
    assert list(state.effects) == []


def test_where_nobody_hires_system5_is_not_told_how_many_there_are():
    state, system3, _ = root([4], offered=[3.0], hires=0)
    propose_agents(state, state.units[SELF], system3, 0.0)
    assert [effect[7] for effect in state.effects] == [k.AGENTS_NOW]


@pytest.mark.parametrize(
    ("outside", "told", "now", "wanted"),
    [
        (0.5, 1, 100.0, 0.5 * 4.0 + 0.5 * 9.0),
        (1.0, 1, 100.0, 9.0),
        (0.0, 1, 100.0, 4.0),
        (0.5, 0, 100.0, 4.0),
        (0.5, 1, 280.1, 4.0),
    ],
)
def test_below_the_root_the_two_sides_meet_in_what_is_accounted_for(outside, told, now, wanted):
    state, _, _ = root(
        [4, 3], offered=[3.0, 1.0], hires=0, account_to=DESK, cover=2.0, outlook=6.0, deviation=1.5,
        outlook_heard=100.0, outside=outside, heard_outside=told,
    )  # fmt: skip
    words = hear(state, SELF, account_for, kind=k.ACCOUNT_DUE, now=now)
    assert [w.value for w in words if w.ref == k.OFFERED and w.name == "account"] == [wanted]


def test_an_outlook_below_nothing_is_nothing():
    _, system3, _ = root(
        [1], cover=1.0, outlook=1.0, deviation=-3.0, outlook_heard=0.0, outside=0.5, heard_outside=1
    )
    assert inside_and_outside(system3, 4.0, 10.0) == 2.0
