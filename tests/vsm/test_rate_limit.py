"""The common limit on starts: divided by load, and never given out twice, also while loads and the limit change."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from receivers import hear, link, organisation, row_of, said

from vsmlab.laws import kinds as k
from vsmlab.vsm.system2 import limit_rate, told_by_parent

SELF, FIRST = 0, 1
LOADS = st.lists(st.integers(0, 50), min_size=5, max_size=5)


def limit(siblings, rate):
    """A System 2 that has a rate to divide and has told nobody yet."""
    state = organisation(k.SYSTEM2, *[k.MANAGEMENT] * siblings)
    system2 = row_of(state, SELF)
    links = link(state, SELF, range(FIRST, FIRST + siblings))
    system2.first_link, system2.children = 0, siblings
    system2.limited, system2.rate, system2.unassigned, system2.burst = 1, rate, rate, 6.0
    return state, system2, links


def attend(state, system2, one, told, now=0.0):
    """Look at one sibling; ``told`` keeps the rate that each was last told."""
    limit_rate(state, state.units[SELF], system2, now, one)
    for effect in said(state):
        assert effect.name == "rate"
        assert effect.value >= 0.0
        if effect.ref == k.TOKEN_RATE:
            told[effect.to] = effect.value


def rounds(state, system2, links, told, count):
    for _ in range(count):
        for one in links:
            attend(state, system2, one, told)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(
    siblings=st.integers(1, 5),
    rate=st.floats(0.01, 100.0),
    looks=st.lists(st.tuples(st.integers(0, 4), LOADS), max_size=40),
)
def test_the_rates_never_sum_above_the_common_rate_while_the_loads_change(siblings, rate, looks):
    state, system2, links = limit(siblings, rate)
    told: dict[int, float] = {}
    for turn, loads in looks:
        for one, load in zip(links, loads[:siblings], strict=True):
            one.load = float(load)
        attend(state, system2, links[turn % siblings], told)
        assert sum(told.values()) <= rate * (1.0 + 1e-12)
        assert sum(one.rate + one.freed for one in links) + system2.unassigned == pytest.approx(rate)


def test_a_fall_is_free_only_when_its_owner_is_looked_at_again():
    """Until then the word may still be on its way, and the other would start on what is still in use."""
    state, system2, links = limit(2, 8.0)
    told: dict[int, float] = {}
    rounds(state, system2, links, told, 2)
    assert told == {FIRST: 4.0, FIRST + 1: 4.0}
    links[1].load = 2.0
    attend(state, system2, links[0], told)
    attend(state, system2, links[1], told)
    assert told == {FIRST: 2.0, FIRST + 1: 4.0}
    attend(state, system2, links[0], told)
    attend(state, system2, links[1], told)
    assert told == {FIRST: 2.0, FIRST + 1: 6.0}


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(before=LOADS, after=LOADS, siblings=st.integers(1, 5))
def test_once_loads_keep_still_the_whole_rate_is_given_out_by_load(before, after, siblings):
    state, system2, links = limit(siblings, 12.0)
    told: dict[int, float] = {}
    for loads in (before, after):
        for one, load in zip(links, loads[:siblings], strict=True):
            one.load = float(load)
        rounds(state, system2, links, told, 3)
    weights = [1.0 + load for load in after[:siblings]]
    assert [told[one.to] for one in links] == pytest.approx(
        [12.0 * weight / sum(weights) for weight in weights]
    )


def test_the_burst_is_told_before_the_first_rate_and_everyone_may_start_one():
    for siblings, burst in ((3, 2.0), (12, 1.0)):
        state, system2, links = limit(siblings, 9.0)
        limit_rate(state, state.units[SELF], system2, 4.0, links[0])
        words = [(one.name, one.to, one.ref, one.due) for one in said(state)]
        assert words == [("rate", FIRST, k.TOKEN_BURST, 4.0), ("rate", FIRST, k.TOKEN_RATE, 4.0)]
        limit_rate(state, state.units[SELF], system2, 5.0, links[1])
        assert said(state)[0].value == burst


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(
    siblings=st.integers(1, 5),
    steps=st.lists(st.tuples(st.floats(0.01, 50.0), LOADS, st.integers(0, 12)), min_size=1, max_size=6),
)
def test_when_the_rate_from_above_falls_the_rates_follow_within_a_round_and_none_is_below_zero(
    siblings, steps
):
    state, system2, links = limit(siblings, 10.0)
    told: dict[int, float] = {}
    turn = 0
    for rate, loads, looks in steps:
        hear(state, SELF, told_by_parent, kind=k.RATE, ref=k.TOKEN_RATE, value=rate)
        for one, load in zip(links, loads[:siblings], strict=True):
            one.load = float(load)
        was = sum(told.values())
        for look in range(looks):
            attend(state, system2, links[turn % siblings], told)
            turn += 1
            limit_now = rate if look + 1 >= siblings else max(rate, was)
            assert sum(told.values()) <= limit_now * (1.0 + 1e-9)
            assert sum(one.rate + one.freed for one in links) + system2.unassigned == pytest.approx(rate)


def test_a_lower_rate_from_above_stops_nobody():
    state, system2, links = limit(3, 12.0)
    told: dict[int, float] = {}
    rounds(state, system2, links, told, 2)
    hear(state, SELF, told_by_parent, kind=k.RATE, ref=k.TOKEN_RATE, value=3.0)
    for one in links:
        attend(state, system2, one, told)
        assert told[one.to] == pytest.approx(1.0)
