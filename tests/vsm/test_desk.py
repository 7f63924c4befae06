"""The desk: frequencies, turns and reports against what each rule says, and draws that belong to the task."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from receivers import Said, hear, link, organisation, row_of, ways
from scipy import stats

from vsmlab.laws import kinds as k
from vsmlab.laws.tasks import drop_task, new_task
from vsmlab.vsm.desk import (
    by_reports,
    by_shares,
    by_turns,
    hear_operations,
    pass_report,
    route,
    told_opening,
    told_share,
)

DESK, ABOVE, FIRST = 0, 1, 2


def front(routing, shares, **fields):
    """A desk with as many operations as shares."""
    state = organisation(k.DESK, k.DESK, *[k.OPERATION] * len(shares))
    links = link(state, DESK, range(FIRST, FIRST + len(shares)), share=list(shares), **fields)
    desk = row_of(state, DESK)
    desk.routing, desk.parent, desk.children = routing, ABOVE, len(shares)
    desk.first_link, desk.last_link = 0, len(shares) - 1
    return state, desk, links


def routed(state, count):
    """Where the task of this number goes."""
    row = new_task(state, state.units[ABOVE], count, 0.0)
    (told,) = hear(state, DESK, route, kind=k.ROUTE, sender=ABOVE, task=row)
    assert told.name == "route"
    drop_task(state, row)
    return told.to - FIRST


# -- shares ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shares", [(1.0, 1.0), (0.2, 0.5, 0.3), (6.0, 0.0, 1.0, 3.0)])
def test_tasks_go_where_the_shares_say_as_often_as_they_say(shares):
    state, _, _ = front(k.SHARES, shares)
    tasks = 12_000
    went = [0] * len(shares)
    for count in range(tasks):
        went[routed(state, count)] += 1
    expected = [tasks * share / sum(shares) for share in shares]
    assert [n for n, e in zip(went, expected, strict=True) if e == 0.0] == [0] * shares.count(0.0)
    pairs = [(n, e) for n, e in zip(went, expected, strict=True) if e > 0.0]
    assert stats.chisquare([n for n, _ in pairs], [e for _, e in pairs]).pvalue > 0.001


def test_successive_tasks_are_routed_independently():
    state, _, _ = front(k.SHARES, (1.0, 2.0))
    table = [[0, 0], [0, 0]]
    for before, after in pairwise(routed(state, count) for count in range(12_000)):
        table[before][after] += 1
    assert stats.chi2_contingency(table).pvalue > 0.001


def test_the_draw_belongs_to_the_task_whoever_came_before():
    state, _, _ = front(k.SHARES, (1.0, 1.0, 1.0))
    alone = {count: routed(state, count) for count in range(0, 300, 7)}
    other, _, _ = front(k.SHARES, (1.0, 1.0, 1.0))
    crowd = {count: routed(other, count) for count in reversed(range(300))}
    assert {count: crowd[count] for count in alone} == alone


def test_desks_of_different_depth_draw_apart():
    state, desk, _ = front(k.SHARES, (1.0, 1.0))
    unit = state.units[DESK]
    table = [[0, 0], [0, 0]]
    for count in range(4_000):
        task = state.tasks[new_task(state, state.units[ABOVE], count, 0.0)]
        unit.depth = 0
        upper = by_shares(state, unit, desk, task, 0)
        unit.depth = 1
        table[upper][by_shares(state, unit, desk, task, 0)] += 1
    assert stats.chi2_contingency(table).pvalue > 0.001


def test_where_all_shares_are_zero_the_last_operation_takes_the_task():
    state, _, _ = front(k.SHARES, (0.0, 0.0))
    assert routed(state, 1) == 1


# -- turns and reports -------------------------------------------------------------------------------------


@pytest.mark.parametrize("operations", [1, 2, 5])
def test_each_operation_has_its_turn(operations):
    state, desk, _ = front(k.ROUND_ROBIN, [1.0] * operations)
    assert [by_turns(state, desk, 0) for _ in range(3 * operations)] == list(range(operations)) * 3
    assert [routed(state, count) for count in range(2 * operations)] == list(range(operations)) * 2


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(
    told=st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 4), st.sampled_from([0.0, 1.0, 2.0, 3.0])),
        min_size=1,
        max_size=6,
    )
)
def test_a_task_goes_where_the_report_says_the_least_crowd_for_the_capability(told):
    loads, sent, capabilities = (list(column) for column in zip(*told, strict=True))
    state, desk, _ = front(
        k.LEAST_REPORTED, [1.0] * len(told), load=loads, sent=sent, capability=capabilities
    )
    crowds = {
        row: (loads[row] + sent[row] + 1) / capabilities[row]
        for row in range(len(told))
        if capabilities[row] > 0
    }
    best = min(crowds, key=lambda row: (crowds[row], row)) if crowds else 0
    assert by_reports(state, desk, 0) == best


def test_what_was_sent_since_the_last_report_counts():
    state, _, links = front(k.LEAST_REPORTED, (1.0, 1.0), load=[0.0, 2.0], capability=[1.0, 1.0])
    assert [routed(state, count) for count in range(6)] == [0, 0, 0, 1, 0, 1]
    hear(state, DESK, hear_operations, sender=FIRST, kind=k.LOAD, value=0.0)
    assert (links[0].sent, links[1].sent) == (0.0, 2.0)
    assert routed(state, 6) == 0


def test_while_no_operation_has_said_what_it_can_do_each_has_its_turn():
    state, _, _ = front(k.LEAST_REPORTED, (1.0, 1.0, 1.0))
    assert [routed(state, count) for count in range(5)] == [0, 1, 2, 0, 1]


# -- what a desk hears and says ----------------------------------------------------------------------------


def test_a_desk_keeps_what_each_operation_says_of_itself_and_nobody_elses_word():
    state, _, links = front(k.LEAST_REPORTED, (1.0, 1.0), sent=[3.0, 4.0])
    assert hear(state, DESK, hear_operations, sender=FIRST + 1, kind=k.LOAD, value=7.0) == []
    assert hear(state, DESK, hear_operations, sender=FIRST, kind=k.CAPABILITY, value=2.5) == []
    assert hear(state, DESK, hear_operations, sender=ABOVE, kind=k.LOAD, value=99.0) == []
    assert [(one.load, one.sent, one.capability) for one in links] == [(0.0, 3.0, 2.5), (7.0, 0.0, 0.0)]


def test_system3s_shares_are_kept_by_address_and_one_of_nobody_changes_nothing():
    state, _, links = front(k.SHARES, (1.0, 1.0, 1.0))
    for ref, value in ((102, 0.5), (104, 0.125), (99, 9.0), (-1, 9.0)):
        assert hear(state, DESK, told_share, kind=k.SHARE, ref=ref, value=value) == []
    assert [one.share for one in links] == [0.5, 1.0, 0.125]


def test_a_desk_answers_for_the_sum_of_its_operations():
    state, desk, _ = front(k.SHARES, (1.0, 1.0), load=[3.0, 4.0], sent=[0.0, 2.0], capability=[1.5, 2.0])
    desk.report_every = 1.0
    assert hear(state, DESK, pass_report, kind=k.REPORT, now=6.0) == [
        Said("report", DESK, 0, 0.0, 7.0),
        Said("load", ABOVE, k.PRESENT, 9.0, 6.0),
        Said("capability", ABOVE, 0, 3.5, 6.0),
    ]
    assert ways(state, DESK) == {("op_env", ABOVE)}


# -- doors that are shut -------------------------------------------------------------------------------------


def shut(state, place, *, again=False):
    """System 3 shuts an operation, or opens it again."""
    address = 100 + FIRST + place
    assert hear(state, DESK, told_opening, kind=k.OPENING, ref=address, value=float(again)) == []


@pytest.mark.parametrize("routing", [k.SHARES, k.ROUND_ROBIN, k.LEAST_REPORTED])
def test_nothing_goes_where_system3_has_shut_until_it_is_opened_again(routing):
    state, _, _ = front(routing, (1.0, 5.0, 1.0), capability=[1.0, 9.0, 1.0])
    shut(state, 1)
    assert {routed(state, count) for count in range(40)} == {0, 2}
    shut(state, 1, again=True)
    assert 1 in {routed(state, count) for count in range(40)}


def test_the_open_ones_share_in_their_proportions():
    state, _, _ = front(k.SHARES, (3.0, 5.0, 1.0))
    shut(state, 1)
    went = [routed(state, count) for count in range(4_000)]
    assert stats.chisquare([went.count(0), went.count(2)], [3_000, 1_000]).pvalue > 0.001


def test_a_shut_door_shifts_nobody_elses_draw():
    """One draw a task, whoever is open: where shares are moved to one side, the other side keeps its tasks."""
    state, _, links = front(k.SHARES, (1.0, 1.0, 1.0))
    before = [routed(state, count) for count in range(300)]
    links[0].share, links[1].share, links[1].closed = 2.0, 1.0, 1
    after = [routed(state, count) for count in range(300)]
    assert [a == 2 for a in after] == [b == 2 for b in before]


@pytest.mark.parametrize("routing", [k.SHARES, k.ROUND_ROBIN, k.LEAST_REPORTED])
def test_where_all_are_shut_none_is(routing):
    state, _, links = front(routing, (1.0, 1.0), capability=[1.0, 1.0])
    for one in links:
        one.closed = 1
    assert {routed(state, count) for count in range(40)} == {0, 1}


@pytest.mark.parametrize("stage", [k.CALLED, k.RETIRING, k.LEFT])
@pytest.mark.parametrize("routing", [k.SHARES, k.ROUND_ROBIN, k.LEAST_REPORTED])
def test_nothing_goes_to_a_child_that_has_not_answered_or_is_to_go_even_if_all_others_are_shut(
    routing, stage
):
    state, _, links = front(routing, (1.0, 1.0, 1.0), capability=[1.0, 1.0, 1.0])
    links[0].stage, links[1].closed, links[2].closed = stage, 1, 1
    assert {routed(state, count) for count in range(40)} == {1, 2}


def test_a_task_that_asks_for_a_shut_operation_is_routed_by_the_rule():
    state, _, links = front(k.SHARES, (1.0, 1.0))
    for closed, expected in ((0, {1}), (1, {0})):
        links[1].closed = closed
        found = set()
        for count in range(20):
            row = new_task(state, state.units[ABOVE], count, 0.0)
            state.tasks[row].goal = 100 + FIRST + 1
            (told,) = hear(state, DESK, route, kind=k.HAND_ON, sender=ABOVE, task=row)
            assert (state.tasks[row].goal, state.tasks[row].coming) == (-1, 1)
            drop_task(state, row)
            found.add(told.to - FIRST)
        assert found == expected


def test_a_desk_that_is_to_end_passes_tasks_on_as_they_came_in_a_new_epoch():
    state, desk, _ = front(k.SHARES, (1.0,))
    desk.closing, desk.successor = 1, ABOVE
    for kind, coming in ((k.ROUTE, 0), (k.HAND_ON, 1), (k.TRANSFER, 2)):
        row = new_task(state, state.units[ABOVE], 1, 0.0)
        state.tasks[row].epoch = 4
        assert hear(state, DESK, route, kind=kind, sender=ABOVE, task=row) == [
            Said("route", ABOVE, 0, 0.0, 0.0)
        ]
        assert (state.tasks[row].coming, state.tasks[row].epoch) == (coming, 5)
        drop_task(state, row)
    assert ways(state, DESK) == {("op_op", ABOVE)}
