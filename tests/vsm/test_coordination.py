"""System 2's own words: who is asked to give what to whom, which gain is allowed, and what goes up and down."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from receivers import Said, hear, link, organisation, row_of, said, ways

from vsmlab.laws import kinds as k
from vsmlab.vsm.system2 import (
    allow_gain,
    beat,
    coordinate,
    expected_load,
    hear_sibling_load,
    share_load,
    told_by_parent,
)

SELF, ABOVE, FIRST = 0, 1, 2
ADDRESS = 100
"""`receivers.link` gives the operation of receiver n this address plus n."""


def coordination(loads, capabilities=None, **fields):
    """A System 2 that has heard these loads and capabilities of its operations' managements."""
    state = organisation(k.SYSTEM2, k.SYSTEM2, *[k.MANAGEMENT] * len(loads))
    system2 = row_of(state, SELF)
    links = link(
        state, SELF, range(FIRST, FIRST + len(loads)), load=list(loads),
        capability=list(capabilities or [1.0] * len(loads)), heard=[0.0] * len(loads),
    )  # fmt: skip
    system2.first_link, system2.children, system2.parent = 0 if links else -1, len(links), ABOVE
    system2.period, system2.gain, system2.threshold, system2.shares = 5.0, 0.5, 1.0, 1
    for name, value in fields.items():
        setattr(system2, name, value)
    return state, system2, links


def asked(state, system2, one, now=1.0):
    """What System 2 asks of this sibling when it looks at it."""
    share_load(state, state.units[SELF], system2, now, one)
    return said(state)


# -- sharing load ------------------------------------------------------------------------------------------


def test_the_one_with_more_than_its_part_is_asked_to_give_to_the_one_that_lacks_most():
    state, system2, links = coordination([20.0, 2.0, 5.0])
    assert asked(state, system2, links[0]) == [Said("damp", FIRST, ADDRESS + FIRST + 1, 4.0, 1.0)]
    assert ways(state, SELF) == {("s2", FIRST)}


def test_a_part_is_by_capability():
    state, system2, links = coordination([12.0, 12.0], [3.0, 1.0], gain=1.0)
    assert asked(state, system2, links[0]) == []
    assert asked(state, system2, links[1]) == [Said("damp", FIRST + 1, ADDRESS + FIRST, 6.0, 1.0)]


def test_nobody_is_asked_for_more_than_another_lacks():
    state, system2, links = coordination([40.0, 9.0, 11.0], gain=1.0)  # the part of each is 20
    assert asked(state, system2, links[0])[0].value == 11.0


def test_a_deviation_within_the_threshold_is_let_pass():
    state, system2, links = coordination([12.0, 8.0], threshold=2.0)
    assert asked(state, system2, links[0]) == []
    links[0].load = 12.5
    assert len(asked(state, system2, links[0])) == 1


def test_who_has_not_been_heard_neither_gives_nor_takes():
    state, system2, links = coordination([20.0, 2.0, 5.0])
    links[1].heard = -1.0
    assert asked(state, system2, links[0])[0].ref == ADDRESS + FIRST + 2
    links[0].heard = -1.0
    assert asked(state, system2, links[0]) == []


def test_where_nobody_can_do_anything_nobody_is_asked():
    state, system2, links = coordination([20.0, 2.0], [0.0, 0.0])
    assert asked(state, system2, links[0]) == []


def test_with_prediction_the_second_look_reckons_with_the_first():
    state, system2, links = coordination([20.0, 0.0], predicts=1, settle=5.0)
    amounts = []
    for now in (1.0, 2.0, 3.0, 4.0):
        told = asked(state, system2, links[0], now)
        amounts += [one.value for one in told]
    assert amounts == [5.0, 3.0, 1.0]  # halves of 10, 5 and 2, a half rounded up; then within the threshold
    assert expected_load(state, system2, links[0]) == 11.0
    assert expected_load(state, system2, links[1]) == 9.0


SIBLINGS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), min_size=2, max_size=6)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(siblings=SIBLINGS, gain=st.floats(0.05, 1.0), threshold=st.floats(0.5, 5.0), turn=st.integers(0, 5))
def test_what_is_asked_keeps_all_tasks_and_never_makes_the_giver_lack_or_the_taker_exceed(
    siblings, gain, threshold, turn
):
    loads, capabilities = zip(*siblings, strict=True)
    state, system2, links = coordination(
        loads, capabilities, gain=gain, threshold=threshold, predicts=1, settle=9.0
    )
    mine = links[turn % len(links)]
    parts = [sum(loads) / sum(capabilities) * capability for capability in capabilities]
    place = links.index(mine)
    excess = loads[place] - parts[place]
    told = asked(state, system2, mine)
    if excess <= threshold - 1e-9:
        assert told == []
    elif excess > threshold + 1e-9:
        (one,) = told
        lacks = [part - load for part, load in zip(parts, loads, strict=True)]
        taker = one.ref - ADDRESS - FIRST
        assert one.to == mine.to
        assert lacks[taker] == pytest.approx(max(lacks))
        assert one.value == max(1, int(0.5 + gain * min(excess, max(lacks)) + 1e-9)) or one.value == max(
            1, int(0.5 + gain * min(excess, max(lacks)) - 1e-9)
        )
        assert one.value <= min(excess, lacks[taker]) + 1.0, "at most one task too many: tasks are whole"
        expected = [expected_load(state, system2, other) for other in links]
        assert sum(expected) == pytest.approx(sum(loads))


# -- the gain allowed --------------------------------------------------------------------------------------


@pytest.mark.parametrize("siblings", [2, 3, 8])
def test_siblings_that_act_by_themselves_are_allowed_the_gain_of_the_whole_together(siblings):
    state, system2, links = coordination([0.0] * siblings, shares=0, gain=0.4)
    for one in links:
        allow_gain(state, state.units[SELF], system2, 3.0, one)
    told = said(state)
    assert [(one.name, one.to, one.ref) for one in told] == [("damp", one.to, -1) for one in links]
    assert sum(one.value for one in told) == pytest.approx(0.4)
    assert len({one.value for one in told}) == 1


def test_where_system2_shares_load_itself_the_siblings_are_allowed_none():
    state, system2, links = coordination([0.0, 0.0], shares=1)
    allow_gain(state, state.units[SELF], system2, 3.0, links[0])
    assert said(state) == [Said("damp", FIRST, -1, 0.0, 3.0)]


def test_staggered_each_sibling_is_looked_at_once_a_period_and_else_all_at_once():
    state, system2, _ = coordination([0.0] * 4, shares=0, staggers=1, period=8.0)
    now, turn, seen = 0.0, 0, []
    for _ in range(8):
        told = hear(state, SELF, coordinate, kind=k.COORDINATE, ref=turn, now=now)
        seen += [(one.due, one.to) for one in told if one.name == "damp"]
        now, turn = told[-1].due, told[-1].ref
    assert seen == [(2.0 * n, FIRST + n % 4) for n in range(8)]
    system2.staggers = 0
    told = hear(state, SELF, coordinate, kind=k.COORDINATE, now=1.0)
    assert [one.to for one in told] == [FIRST, FIRST + 1, FIRST + 2, FIRST + 3, SELF]
    assert told[-1].due == 9.0


# -- what it hears and says --------------------------------------------------------------------------------


def test_system2_keeps_what_each_sibling_says_of_itself_and_nobody_elses_word():
    state, _, links = coordination([0.0, 0.0], [1.0, 1.0])
    for sender, kind, value in (
        (FIRST, k.LOAD, 6.0), (FIRST + 1, k.CAPABILITY, 4.0), (FIRST + 1, k.HEARTBEAT, 9.0), (ABOVE, k.LOAD, 77.0),
    ):  # fmt: skip
        assert hear(state, SELF, hear_sibling_load, sender=sender, kind=kind, value=value, now=8.0) == []
    assert [(one.load, one.heard, one.capability, one.sent) for one in links] == [
        (6.0, 8.0, 1.0, 0.0), (0.0, 0.0, 4.0, 9.0),
    ]  # fmt: skip


def test_a_child_system_speaks_as_one_operation_of_the_sum_of_loads_and_capabilities():
    state, _, links = coordination([3.0, 4.0, 0.5], [1.0, 2.0, 0.25])
    for one, completed in zip(links, (7.0, 0.0, 2.0), strict=True):
        one.completed = completed
    for count, now in ((1, 10.0), (2, 15.0)):
        assert hear(state, SELF, beat, kind=k.HEARTBEAT_DUE, now=now) == [
            Said("heartbeat-due", SELF, 0, 0.0, now + 5.0),
            Said("heartbeat", ABOVE, 0, float(count), now),
            Said("load", ABOVE, k.PRESENT, 7.5, now),
            Said("load", ABOVE, k.COMPLETED, 9.0, now),
            Said("capability", ABOVE, 0, 3.25, now),
        ]
    assert ways(state, SELF) == {("s2", ABOVE)}


def test_asked_to_give_to_a_sibling_system_the_most_loaded_operation_is_asked_and_it_is_remembered():
    state, system2, links = coordination([3.0, 9.0, 9.0], predicts=1, settle=5.0)
    told = hear(state, SELF, told_by_parent, kind=k.DAMP, sender=ABOVE, ref=55, value=4.0, now=2.0)
    assert told == [Said("damp", FIRST + 1, 55, 4.0, 2.0)]
    assert [expected_load(state, system2, one) for one in links] == [3.0, 5.0, 9.0]


def test_a_gain_allowed_to_a_system_is_not_passed_on_and_an_empty_system_gives_nothing():
    state, _, _ = coordination([3.0])
    assert hear(state, SELF, told_by_parent, kind=k.DAMP, sender=ABOVE, ref=-1, value=0.1) == []
    empty, _, _ = coordination([])
    assert hear(empty, SELF, told_by_parent, kind=k.DAMP, sender=ABOVE, ref=55, value=4.0) == []


def test_a_rate_told_from_above_becomes_the_systems_own():
    state, system2, _ = coordination([3.0, 1.0])
    assert hear(state, SELF, told_by_parent, kind=k.RATE, sender=ABOVE, ref=k.TOKEN_BURST, value=6.0) == []
    assert (system2.limited, system2.burst) == (0, 6.0)
    assert hear(state, SELF, told_by_parent, kind=k.RATE, sender=ABOVE, ref=k.TOKEN_RATE, value=2.5) == []
    assert (system2.limited, system2.rate, system2.unassigned) == (1, 2.5, 2.5)
