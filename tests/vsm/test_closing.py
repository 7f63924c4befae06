"""How an operation, its management and its desk end, and how those who knew them forget them."""

from __future__ import annotations

from typing import Any

import pytest
from children import (
    DESK,
    HEARERS,
    MANAGEMENT,
    ME,
    MOTHER,
    OP,
    SUCCESSOR,
    known_to,
    newborn,
    operation_of,
    parent,
    said_to,
)
from receivers import Said, hear, organisation, row_of, said, ways

from vsmlab.laws import kinds as k
from vsmlab.laws.sending import take_ticket
from vsmlab.laws.tables import Message
from vsmlab.laws.tasks import new_task
from vsmlab.vsm import closing, retiring
from vsmlab.vsm.algedonic import hear_signal
from vsmlab.vsm.desk import told_share
from vsmlab.vsm.system1 import accept
from vsmlab.vsm.system2 import remember

# -- the desk --------------------------------------------------------------------------------------------------


def test_the_desk_shuts_the_door_and_asks_the_child_each_time_until_it_has_gone():
    state = parent(k.DESK, 3)
    row_of(state, ME).parent = -1
    for _ in range(2):
        found = hear(state, ME, closing.retire_at_desk, kind=k.RETIRE, sender=9, ref=102)
        assert found == [Said("retire", 2, ME, 0.0, 0.0)]
        assert [state.links[row].stage for row in range(3)] == [k.STANDING, k.RETIRING, k.STANDING]
    share = hear(state, ME, told_share, kind=k.SHARE, sender=9, ref=101, value=0.5)
    assert share == [Said("retire", 2, ME, 0.0, 0.0)]
    assert hear(state, ME, closing.retire_at_desk, kind=k.RETIRE, sender=9, ref=77) == []
    hear(state, ME, closing.ended_below_desk, kind=k.RETIRED, sender=2, ref=102)
    assert hear(state, ME, closing.retire_at_desk, kind=k.RETIRE, sender=9, ref=102) == []
    assert hear(state, ME, told_share, kind=k.SHARE, sender=9, ref=101, value=0.5) == []


def test_a_desk_that_is_to_end_asks_all_below_for_the_successor_and_ends_when_they_have():
    state = parent(k.DESK, 2)
    desk, unit = row_of(state, ME), state.units[ME]
    desk.parent = 3
    for _ in range(2):
        found = hear(state, ME, closing.retire_at_desk, kind=k.RETIRE, sender=3, ref=4)
        assert said_to(found, "retire") == [(1, 4, 0.0), (2, 4, 0.0)]
    assert desk.successor == 4
    assert (
        hear(state, ME, closing.retire_at_desk, kind=k.RETIRE, sender=9, ref=ME) == []
    )  # its own System 3 asks
    assert hear(state, ME, closing.ended_below_desk, kind=k.RETIRED, sender=1) == []
    found = hear(state, ME, closing.retire_at_desk, kind=k.RETIRE, sender=3, ref=4)
    assert said_to(found, "retire") == [(2, 4, 0.0)]
    assert hear(state, ME, closing.ended_below_desk, kind=k.RETIRED, sender=2) == [
        Said("retired", 3, ME, 0.0, 0.0)
    ]
    assert unit.off == k.ENDED
    for sender in (3, 9):
        found = hear(state, ME, closing.retire_at_desk, kind=k.RETIRE, sender=sender, ref=ME)
        assert found == [Said("retired", sender, ME, 0.0, 0.0)]


# -- the operation -------------------------------------------------------------------------------------------


def ask(state: Any, sender: int, **more: Any) -> list[Said]:
    """The operation is asked to hand over, or to end."""
    return hear(state, OP, closing.retire_operation, kind=k.RETIRE, sender=sender, **more)


def test_what_waits_goes_to_the_successor_in_a_new_epoch_as_moved():
    state = operation_of(2, 3)
    found = ask(state, DESK, ref=SUCCESSOR)
    assert [each.to for each in found if each.name == "transfer"] == [SUCCESSOR] * 3
    assert len(said_to(found, "moved-out")) == 3
    assert {state.tasks[row].epoch for row in range(3)} == {1}
    assert row_of(state, OP).queue == 0


def test_it_ends_when_nothing_is_left_and_every_agent_is_back_and_not_before():
    state = operation_of(2, 0)
    operation, unit = row_of(state, OP), state.units[OP]
    operation.busy = 1
    assert said_to(ask(state, DESK, ref=SUCCESSOR), "retired") == []
    operation.busy = 0
    assert said_to(ask(state, DESK, ref=SUCCESSOR), "retired") == []  # management has not spoken
    assert said_to(ask(state, MANAGEMENT, value=2.0), "retired") == []  # agents are still here
    operation.agents, operation.returned = 0, 2
    operation.retrying = 1
    assert said_to(ask(state, MANAGEMENT, value=2.0), "retired") == []
    operation.retrying = 0
    found = ask(state, MANAGEMENT, value=2.0)
    assert said_to(found, "retired") == [(MANAGEMENT, OP, 2.0), (DESK, OP, 0.0)]
    assert unit.off == k.ENDED
    assert said_to(ask(state, MANAGEMENT, value=2.0), "retired") == [(MANAGEMENT, OP, 2.0)]
    assert said_to(ask(state, DESK, ref=SUCCESSOR), "retired") == [(DESK, OP, 0.0)]


def test_who_comes_to_an_operation_that_is_to_end_is_passed_on_and_not_counted():
    state = operation_of(2, 0)
    ask(state, DESK, ref=SUCCESSOR)
    row = new_task(state, state.units[SUCCESSOR], 1, 0.0)
    assert hear(state, OP, accept, kind=k.ROUTE, task=row) == [Said("route", SUCCESSOR, 0, 0.0, 0.0)]
    assert (row_of(state, OP).window_arrivals, state.tasks[row].visits, state.tasks[row].epoch) == (0, 0, 1)


def test_it_does_not_end_before_it_has_a_successor():
    state = operation_of(0, 0)
    assert said_to(ask(state, MANAGEMENT, value=0.0), "retired") == []
    assert said_to(ask(state, DESK, ref=SUCCESSOR), "retired") == [(MANAGEMENT, OP, 0.0), (DESK, OP, 0.0)]


def test_an_operation_that_is_struck_dumb_answers_later():
    state = operation_of(0, 2)
    row_of(state, OP).silent = 1
    assert ask(state, DESK, ref=SUCCESSOR) == []
    row_of(state, OP).silent = 0
    assert said_to(ask(state, DESK, ref=SUCCESSOR), "transfer")


def test_management_passes_both_ways_and_ends_with_its_operation():
    state = operation_of(2, 0)
    row_of(state, MANAGEMENT).system3 = 9
    asked = hear(state, MANAGEMENT, closing.retire_management, kind=k.RETIRE, sender=9, ref=OP, value=2.0)
    assert said_to(asked, "retire") == [(OP, OP, 2.0)]
    assert hear(state, MANAGEMENT, closing.operation_ended, kind=k.RETIRED, sender=DESK, value=2.0) == []
    ended = hear(state, MANAGEMENT, closing.operation_ended, kind=k.RETIRED, sender=OP, ref=OP, value=2.0)
    assert said_to(ended, "retired") == [(9, OP, 2.0)]
    assert state.units[MANAGEMENT].off == k.ENDED


# -- after the end -------------------------------------------------------------------------------------------


def late(state: Any, to: int, kind: int, *, task: int = -1, ticket: int = -1, sender: int = 9) -> list[Said]:
    """A message to one who has ended."""
    state.units[to].off = k.ENDED
    message = Message(3.0, 0, 0, 0, 0, kind, to, sender, task, -1, ticket, 1, 0.0, -1)
    closing.after_the_end(state, state.units[to], 3.0, message)
    return said(state)


@pytest.mark.parametrize("kind", [k.ARRIVE, k.ROUTE, k.TRANSFER, k.HAND_ON])
@pytest.mark.parametrize("to", [OP, DESK])
def test_a_late_task_is_passed_on(to, kind):
    state = operation_of(0, 0)
    row_of(state, to).successor = SUCCESSOR
    row = new_task(state, state.units[SUCCESSOR], 1, 0.0)
    assert late(state, to, kind, task=row) == [Said("route", SUCCESSOR, 0, 0.0, 3.0)]
    assert state.tasks[row].coming == {k.TRANSFER: 2, k.HAND_ON: 1}.get(kind, 0)


@pytest.mark.parametrize(("valid", "noted"), [(1, "unanswered"), (0, "expired")])
def test_a_ticket_is_given_back(valid, noted):
    state = operation_of(0, 0)
    row = take_ticket(state, state.units[OP], -1)
    state.tickets[row].valid = valid
    assert [each.name for each in late(state, OP, k.RETRY, ticket=row)] == [noted]
    assert take_ticket(state, state.units[OP], -1) == row


def test_who_still_speaks_to_one_who_has_ended_is_told_and_a_reminder_is_not_renewed():
    state: Any = organisation(k.SYSTEM2, k.OPERATION, k.SYSTEM5)
    for to, kind, channel in ((0, k.DAMP, "s2"), (1, k.INSPECT, "s3star"), (2, k.POLICY, "algedonic")):
        assert said_to(late(state, to, kind), "retired") == [(9, to, 0.0)]
        assert ways(state, to) == {(channel, 9)}
    for to, kind in ((0, k.COORDINATE), (0, k.HEARTBEAT), (0, k.RETIRED), (1, k.REPORT), (2, k.GOVERN)):
        assert [each.name for each in late(state, to, kind)] == ["unanswered"]


@pytest.mark.parametrize(
    ("role", "channel"),
    [(k.SYSTEM2, "s2"), (k.AUDIT, "s3star"), (k.SYSTEM4, "s4_s3"), (k.SYSTEM5, "s5_34")],
)
def test_a_system_ends_at_once_and_says_so_to_system3_and_to_who_knew_it(role, channel):
    state = newborn(role)
    leave = hear(state, ME, retiring.end_here, kind=k.RETIRE, sender=9, ref=5, value=retiring.TAKE_LEAVE)
    assert said_to(leave, "retired") == [(MOTHER, 100 + MOTHER, 0.0)]
    assert (state.units[ME].off, state.units[ME].announcing) == (0, 0)
    for _ in range(2):
        end = hear(state, ME, retiring.end_here, kind=k.RETIRE, sender=9, ref=5, value=retiring.END)
        assert said_to(end, "retired") == [(MOTHER, 100 + MOTHER, 0.0), (9, 5, 0.0)]
        assert state.units[ME].off == k.ENDED
    assert (channel, 9) in ways(state, ME)


# -- others hear that a child has ended ------------------------------------------------------------------------

FORGETTERS = {
    k.DESK: closing.ended_below_desk,
    k.SYSTEM2: closing.ended_below_system2,
    k.SYSTEM5: closing.ended_below_system5,
    k.AUDIT: closing.ended_below_audit,
}


@pytest.mark.parametrize("gone", [1, 2, 3])
@pytest.mark.parametrize("role", FORGETTERS)
def test_who_has_ended_is_forgotten_wherever_it_stood_and_only_it(role, gone):
    state = parent(role, 3)
    for _ in range(2):
        assert hear(state, ME, FORGETTERS[role], kind=k.RETIRED, sender=gone, ref=100 + gone) == []
        assert known_to(state, role) == [other for other in (1, 2, 3) if other != gone]
    hear(state, ME, HEARERS[role][0], kind=k.ANNOUNCE, sender=4, ref=104)
    assert known_to(state, role) == [*(other for other in (1, 2, 3) if other != gone), 4]


def test_the_turn_of_a_desk_stays_among_those_who_are_left():
    state = parent(k.DESK, 3)
    row_of(state, ME).turn = 2
    hear(state, ME, closing.ended_below_desk, kind=k.RETIRED, sender=1)
    assert row_of(state, ME).turn == 0


def test_its_part_of_the_common_rate_is_free_and_corrections_are_forgotten():
    state = parent(k.SYSTEM2)
    system2 = row_of(state, ME)
    system2.unassigned = 1.0
    state.links[1].rate, state.links[1].freed = 2.0, 0.5
    for amount in (1.0, 2.0):
        remember(state, state.links[1], 5.0, amount)
    hear(state, ME, closing.ended_below_system2, kind=k.RETIRED, sender=2)
    assert system2.unassigned == 3.5
    remember(state, state.links[0], 6.0, 3.0)
    remember(state, state.links[0], 6.0, 3.0)
    assert state.ledger[0].corrections == 2  # the two rows serve again


def test_pain_that_came_through_a_child_is_over_when_the_child_is():
    state = parent(k.SYSTEM5, 3)
    system5 = row_of(state, ME)
    system5.parent = -1
    for sender in (1, 2):
        hear(state, ME, hear_signal, kind=k.PAIN, sender=sender, ref=k.MEAN_WAIT, value=2.0)
    for token in (7, 8):
        message = Message(0.0, 0, 0, 0, 0, k.PAIN, ME, 2, -1, token, -1, k.MEAN_WAIT, 2.0, -1)
        hear_signal(state, state.units[ME], 0.0, message)
    said(state)
    found = hear(state, ME, closing.ended_below_system5, kind=k.RETIRED, sender=2, now=5.0)
    left = []
    row = system5.first_signal
    while row >= 0:
        left.append(state.signals[row].through)
        row = state.signals[row].next
    assert [each.name for each in found] == ["eased"] * (len(found))
    assert len(found) >= 2
    assert 2 not in left
