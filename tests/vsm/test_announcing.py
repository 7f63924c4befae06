"""How a child becomes known: what is said again changes nothing, what is lost is said again."""

from __future__ import annotations

import pytest
from children import (
    HEARERS,
    ME,
    MOTHER,
    OTHER,
    known_to,
    newborn,
    parent,
    said_to,
)
from receivers import Said, hear, row_of, said, ways

from vsmlab.laws import kinds as k
from vsmlab.vsm import announcing
from vsmlab.vsm.spawning import retire_children

# -- announcing ----------------------------------------------------------------------------------------------

UPWARD = {
    k.DESK: "op_env",
    k.SYSTEM2: "s2",
    k.SYSTEM3: "account",
    k.SYSTEM5: "algedonic",
    k.OPERATION: "s3star",
}


@pytest.mark.parametrize("role", UPWARD)
def test_a_newborn_says_again_that_it_is_there_ever_more_rarely_until_it_is_known(role):
    state = newborn(role)
    now, gaps = 100.0, []
    for _ in range(7):
        found = hear(state, ME, announcing.introduce, kind=k.ANNOUNCE_DUE, now=now)
        assert said_to(found, "announce") == [(MOTHER, 100 + MOTHER, 4.0)]
        (again,) = [each.due for each in found if each.name == "announce-due"]
        gaps.append(again - now)
        now = again
    assert gaps == [10.0, 20.0, 40.0, 80.0, 160.0, 160.0, 160.0]
    assert ways(state, ME) == {(UPWARD[role], MOTHER)}
    assert hear(state, ME, announcing.known, kind=k.INVOKE, sender=OTHER, ref=announcing.HEARD) == []
    assert said_to(hear(state, ME, announcing.introduce, kind=k.ANNOUNCE_DUE), "announce")
    assert hear(state, ME, announcing.known, kind=k.INVOKE, sender=MOTHER, ref=announcing.HEARD) == []
    assert hear(state, ME, announcing.introduce, kind=k.ANNOUNCE_DUE) == []
    assert hear(state, ME, announcing.introduce, kind=k.ANNOUNCE_DUE) == []


def test_who_is_around_nobody_announces_itself_to_nobody():
    state = newborn(k.OPERATION)
    state.links[0].to = -1
    assert hear(state, ME, announcing.introduce, kind=k.ANNOUNCE_DUE) == []


@pytest.mark.parametrize("known", [0, 1, 3])
@pytest.mark.parametrize("role", HEARERS)
def test_a_parent_takes_a_newborn_in_once_and_answers_each_time(role, known):
    law, channel, answer = HEARERS[role]
    state = parent(role, known)
    new = known + 1
    for _ in range(2):
        found = hear(state, ME, law, kind=k.ANNOUNCE, sender=new, ref=100 + new, value=4.0, now=9.0)
        assert found == [Said("invoke", new, answer, 0.0, 9.0)]
        assert known_to(state, role) == [*range(1, known + 1), new]
    hear(state, ME, law, kind=k.ANNOUNCE, sender=new + 1, ref=100 + new + 1)
    assert known_to(state, role) == [*range(1, known + 1), new, new + 1]
    assert (channel, new) in ways(state, ME)


def test_system3_takes_a_child_in_with_the_agents_that_it_says_it_has():
    state = parent(k.SYSTEM3)
    hear(state, ME, announcing.announced_to_system3, kind=k.ANNOUNCE, sender=3, ref=77, value=5.0, now=9.0)
    child = state.links[2]
    assert (child.address, child.initial, child.target, child.heard, child.born) == (77, 5.0, 5, -1.0, 1)
    assert (child.beat, child.progressed, child.idle, child.bias) == (9.0, 9.0, 9.0, 1.0)


def test_a_child_that_is_to_go_is_not_taken_in_again_by_a_late_announcement():
    state = parent(k.SYSTEM3)
    hear(state, ME, announcing.announced_to_system3, kind=k.ANNOUNCE, sender=3, ref=77, value=5.0)
    retire_children(state, state.units[ME], row_of(state, ME), 1.0, 1)
    said(state)
    hear(state, ME, announcing.announced_to_system3, kind=k.ANNOUNCE, sender=3, ref=77, value=5.0)
    assert known_to(state, k.SYSTEM3) == [1, 2]


def test_the_desk_calls_until_it_is_answered_and_the_child_asks_until_it_knows_that():
    """Whichever of the four messages is lost, the next announcement mends it."""
    state = parent(k.DESK)
    hear(state, ME, announcing.announced_to_desk, kind=k.ANNOUNCE, sender=3, ref=103)
    assert state.links[2].stage == k.CALLED
    child = newborn(k.DESK)
    call = hear(child, ME, announcing.known, kind=k.INVOKE, sender=MOTHER, ref=announcing.CALL)
    assert call == [Said("result", MOTHER, announcing.CALL, 0.0, 0.0)]
    assert said_to(hear(child, ME, announcing.introduce, kind=k.ANNOUNCE_DUE), "announce")  # not known yet
    assert said_to(
        hear(state, ME, announcing.announced_to_desk, kind=k.ANNOUNCE, sender=3, ref=103), "invoke"
    ) == [(3, announcing.CALL, 0.0)]
    assert hear(state, ME, announcing.answered, kind=k.RESULT, sender=2, ref=1) == []
    found = hear(state, ME, announcing.answered, kind=k.RESULT, sender=3, ref=1)
    assert (state.links[2].stage, said_to(found, "invoke")) == (k.STANDING, [(3, announcing.HEARD, 0.0)])
    late = hear(state, ME, announcing.announced_to_desk, kind=k.ANNOUNCE, sender=3, ref=103)
    assert said_to(late, "invoke") == [(3, announcing.HEARD, 0.0)]
    assert hear(state, ME, announcing.answered, kind=k.RESULT, sender=3, ref=1) == []
