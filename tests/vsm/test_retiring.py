"""How System 3 retires a child, and is itself retired: all agents come back before all is over."""

from __future__ import annotations

from typing import Any

import pytest
from children import (
    MANAGERS,
    ME,
    SYSTEMS,
    child_of,
    known_to,
    mother_of,
    said_to,
)
from receivers import Said, hear, row_of, said

from vsmlab.laws import kinds as k
from vsmlab.vsm import retiring
from vsmlab.vsm.bargain import at_hand
from vsmlab.vsm.spawning import retire_children
from vsmlab.vsm.system3 import bargain_due, granted_from_above

# -- System 3 retires a child --------------------------------------------------------------------------------


def test_the_youngest_child_goes_first_and_never_an_operation():
    state = mother_of(3.0, 4.0)
    unit, system3 = state.units[ME], row_of(state, ME)
    for total, left in ((1, [1, 2, 3]), (1, [1, 2, 3]), (2, [1, 2]), (5, [1, 2])):
        retire_children(state, unit, system3, 1.0, total)
        assert known_to(state, k.SYSTEM3) == left
    assert system3.retired == 2


def test_a_child_is_asked_for_its_work_and_all_its_agents_until_it_says_that_it_is_over():
    state = mother_of(3.0)
    unit, system3 = state.units[ME], row_of(state, ME)
    state.links[2].granted, state.links[2].recalled = 2.0, 1.0
    retire_children(state, unit, system3, 1.0, 1)
    first = said(state)
    assert said_to(first, "retire") == [(40, 103, 0.0), (3, 103, 5.0)]
    assert (3, k.RECALLED, 5.0) in said_to(first, "grant")
    retiring.ask_again(state, unit, system3, 2.0)
    assert said_to(said(state), "retire") == [(40, 103, 0.0), (3, 103, 5.0)]
    hear(state, ME, retiring.heard_retired, kind=k.RETIRED, sender=3, ref=103, value=4.0)
    assert state.links[2].stage == k.RETIRING  # one is still on its way to it
    found = hear(state, ME, retiring.heard_retired, kind=k.RETIRED, sender=3, ref=103, value=5.0)
    assert said_to(found, "gone") == [(ME, 103, 5.0)]
    retiring.ask_again(state, unit, system3, 2.0)
    assert said_to(said(state), "retire") == []
    assert said_to(hear(state, ME, retiring.heard_retired, kind=k.RETIRED, sender=3, value=5.0), "gone") == []


@pytest.mark.parametrize("back", [1, 3, 5])
def test_as_many_agents_leave_as_came_with_the_child_whatever_it_has_now(back):
    """It came with 3. Had it been given 2 more they stay; had it given 2 away the others give 2 back."""
    state = mother_of(3.0)
    unit, system3 = state.units[ME], row_of(state, ME)
    child = state.links[2]
    child.granted, child.returned = float(max(0, back - 3)), float(max(0, 3 - back))
    child.recalled = child.returned
    state.links[0].granted, state.links[0].target = 3.0 - back if back < 3 else 0.0, 2 + max(0, 3 - back)
    retire_children(state, unit, system3, 1.0, 1)
    assert at_hand(state, system3) == 4 + back - 3 + max(0, 3 - back)
    total = child.initial + child.granted
    hear(state, ME, retiring.heard_retired, kind=k.RETIRED, sender=3, value=total)
    for row in (0, 1):
        owed = state.links[row].recalled
        if owed > 0.0:
            system3.pool += int(owed)
            state.links[row].returned = owed
    retiring.rearrange(state, unit, system3, 2.0)
    left = -sum(value for _, _, value in said_to(said(state), "hires"))
    assert system3.leaving == 0
    assert system3.agents == 4
    assert left <= 3.0


def test_at_every_bargain_whoever_was_asked_to_go_is_asked_again():
    state = mother_of(3.0)
    retire_children(state, state.units[ME], row_of(state, ME), 1.0, 1)
    said(state)
    for _ in range(2):
        found = hear(state, ME, bargain_due, kind=k.BARGAIN_DUE, now=5.0)
        assert said_to(found, "retire") == [(40, 103, 0.0), (3, 103, 3.0)]


# -- the System 3 that is retired ------------------------------------------------------------------------------


def retire(state: Any, value: float = 4.0) -> list[Said]:
    """The System 3 above wants it to end."""
    return hear(state, ME, retiring.retire_system, kind=k.RETIRE, sender=1, ref=9, value=value)


def through(state: Any, sender: int, value: float = 0.0) -> list[Said]:
    """Someone below, or one of its Systems, says that it has ended."""
    return hear(state, ME, retiring.heard_retired, kind=k.RETIRED, sender=sender, value=value)


def test_it_calls_in_all_agents_asks_all_below_to_end_and_its_system2_to_take_leave():
    state = child_of()
    found = retire(state)
    assert said_to(found, "grant") == [(2, k.RECALLED, 2.0), (3, k.RECALLED, 2.0)]
    assert said_to(found, "retire") == [(2, 102, 2.0), (3, 103, 2.0), (5, 4, retiring.TAKE_LEAVE)]
    assert at_hand(state, row_of(state, ME)) == 0
    assert retire(state) == []  # it goes on by itself
    again = hear(state, ME, bargain_due, kind=k.BARGAIN_DUE, now=5.0)
    assert [said for said in again if said.name == "bargain-due"] == [Said("bargain-due", ME, 0, 0.0, 10.0)]
    assert said_to(again, "retire") == said_to(found, "retire")
    assert said_to(again, "grant") == said_to(found, "grant")
    assert said_to(again, "share") == []


def test_it_ends_when_all_below_have_and_then_its_systems_and_tells_the_agents_given_back():
    state = child_of()
    retire(state)
    system3, unit = row_of(state, ME), state.units[ME]
    assert said_to(through(state, 2, 1.0), "retired") == []
    assert state.links[0].stage == k.STANDING  # one agent is still there
    through(state, 2, 2.0)
    last = through(state, 3, 2.0)
    asked = [(to, value) for to, _, value in said_to(last, "retire")]
    assert asked == [(to, retiring.END) for to in SYSTEMS.values()]
    for to in list(SYSTEMS.values())[:-1]:
        assert said_to(through(state, to), "retired") == []
        assert unit.off == 0
    found = through(state, SYSTEMS["system5"])
    assert said_to(found, "retired") == [(1, 4, 4.0)]
    assert (unit.off, system3.returned, system3.pool) == (k.ENDED, 4.0, 0)
    assert said_to(retire(state), "retired") == [(1, 4, 4.0)]


def test_it_waits_for_an_agent_that_is_on_its_way_to_it():
    state = child_of()
    retire(state, 5.0)
    for sender in MANAGERS:
        through(state, sender, 2.0)
    for sender in SYSTEMS.values():
        assert said_to(through(state, sender), "retired") == []
    hear(state, ME, granted_from_above, kind=k.GRANT, sender=1, ref=k.GRANTED, value=5.0)
    found = hear(state, ME, bargain_due, kind=k.BARGAIN_DUE, now=5.0)
    assert said_to(found, "retired") == [(1, 4, 5.0)]


def test_whoever_is_left_over_goes_home():
    """Agents who came with a child of its own are nobody's above: they leave."""
    state = child_of()
    retire(state)
    row_of(state, ME).pool, row_of(state, ME).agents = 3, 7
    said(state)
    for sender in MANAGERS:
        through(state, sender, 2.0)
    found = [each for sender in SYSTEMS.values() for each in through(state, sender)]
    assert said_to(found, "hires") == [(ME, 4, -3.0)]
    assert said_to(found, "retired") == [(1, 4, 4.0)]


def test_a_system_that_never_answers_is_asked_eight_times():
    state = child_of()
    retire(state)
    for sender in (*MANAGERS, *list(SYSTEMS.values())[1:]):
        through(state, sender, 2.0)
    rounds = 1
    while state.units[ME].off == 0:
        rounds += 1
        hear(state, ME, bargain_due, kind=k.BARGAIN_DUE, now=5.0 * rounds)
    assert rounds == retiring.ROUNDS
