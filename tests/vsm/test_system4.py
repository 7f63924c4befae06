"""System 4: what it hears from whom, what it says to whom, and when it proposes a child or its retirement."""

from __future__ import annotations

import math
from typing import Any

import pytest
from receivers import Said, hear, organisation, row_of, ways

from vsmlab.laws import kinds as k
from vsmlab.vsm.forecasting import expect_demand
from vsmlab.vsm.system4 import (
    agents_for,
    hear_children,
    hear_indicator,
    hear_system3,
    look_ahead,
)

FOUR, THREE, FIVE, CHAT, CODE = range(5)
EVERY = 30.0


def intelligence(*streams: int, **fields: float) -> tuple[Any, Any, list[Any]]:
    """A System 4 with a source for each stream, beside Systems 3 and 5."""
    state: Any = organisation(k.SYSTEM4, k.SYSTEM3, k.SYSTEM5, k.STREAM, k.STREAM)
    system4 = row_of(state, FOUR)
    system4.system3, system4.system5, system4.first_source = THREE, FIVE, -1
    system4.period, system4.horizon, system4.method, system4.damping = 60.0, 300.0, k.DLM, 1.0
    system4.keep_level, system4.keep_growth = 0.9, 0.95
    system4.staffing, system4.cover, system4.above_since, system4.below_since = 0.8, 1.0, -1.0, -1.0
    for name, value in fields.items():
        setattr(system4, name, value)
    made = []
    for stream in streams:
        row = state.sources.add()
        source = state.sources[row]
        source.owner, source.of, source.next, source.every, source.since = FOUR, stream, -1, EVERY, -1.0
        source.first_season = source.first_lead = -1
        if made:
            made[-1].next = row
        else:
            system4.first_source = row
        made.append(source)
    return state, system4, made


def shown(state: Any, now: float, value: float, stream: int = CHAT, ref: int = k.DEMANDED) -> list[Said]:
    return hear(state, FOUR, hear_indicator, now=now, kind=k.INDICATOR, sender=stream, ref=ref, value=value)


def told(state: Any, now: float, kind: int, value: float, ref: int = 0) -> list[Said]:
    return hear(state, FOUR, hear_system3, now=now, kind=kind, sender=THREE, ref=ref, value=value)


def decided(state: Any, now: float, which: int, total: float) -> list[Said]:
    return hear(state, FOUR, hear_children, now=now, kind=k.DECISION, sender=FIVE, ref=which, value=total)


def look(state: Any, now: float) -> list[Said]:
    return hear(state, FOUR, look_ahead, now=now, kind=k.LOOK_AHEAD, sender=FOUR)


# -- what it says ------------------------------------------------------------------------------------------


def test_it_notes_its_forecast_tells_system3_and_proposes_agents_to_system5():
    state, system4, sources = intelligence(CHAT, CODE, cover=0.5)
    for n in range(1, 11):
        shown(state, n * EVERY, 4.0 + 0.1 * n)
        shown(state, n * EVERY, 2.0, CODE)
    said = look(state, 310.0)
    both = [expect_demand(state, system4, source, 610.0) for source in sources]
    mean, deviation = both[0][0] + both[1][0], math.sqrt(both[0][1] + both[1][1])
    agents = (mean + 0.5 * deviation) / 0.8
    assert said == [
        Said("look-ahead", FOUR, 0, 0.0, 370.0),
        Said("forecast", FOUR, 300, mean, 0.0),
        Said("spread", FOUR, 300, deviation, 0.0),
        Said("outlook", THREE, k.EXPECTED, mean, 310.0),
        Said("outlook", THREE, k.DEVIATION, deviation, 310.0),
        Said("outlook", THREE, k.AGENTS_THEN, agents, 310.0),
        Said("proposal", FIVE, k.AGENTS_THEN, agents, 310.0),
    ]
    assert ways(state, FOUR) == {("s4_s3", THREE), ("s34_s5", FIVE)}
    assert 7.4 < mean < 8.1, "7 now, and growing by .1 a period"


def test_half_a_picture_is_none():
    state, _, _ = intelligence(CHAT, CODE)
    shown(state, 30.0, 4.0)
    assert [each.name for each in look(state, 40.0)] == ["look-ahead"]
    shown(state, 60.0, 4.0, CODE)
    assert "forecast" in {each.name for each in look(state, 100.0)}


def test_with_nothing_to_go_by_it_only_looks_again():
    state, _, _ = intelligence()
    assert look(state, 40.0) == [Said("look-ahead", FOUR, 0, 0.0, 100.0)]


@pytest.mark.parametrize(
    ("lacking", "names"),
    [("system3", {"proposal"}), ("system5", {"outlook"})],
)
def test_who_is_not_there_is_told_nothing(lacking, names):
    state, _, _ = intelligence(CHAT, proposes_children=1, **{lacking: -1})
    shown(state, 30.0, 4.0)
    assert {each.name for each in look(state, 40.0)} == {"look-ahead", "forecast", "spread", *names}


def test_a_falling_demand_is_never_expected_below_nothing():
    state, system4, _ = intelligence(CHAT, cover=0.0)
    for n in range(1, 21):
        shown(state, n * EVERY, 20.0 - n)
    values = {each.ref: each.value for each in look(state, 610.0) if each.name == "outlook"}
    assert values[k.EXPECTED] == 0.0 == values[k.AGENTS_THEN]
    assert system4.expected == 0.0


def test_agents_are_for_the_work_expected_and_a_margin_busy_as_aimed_at():
    _, system4, _ = intelligence(expected=8.0, deviation=2.0, cover=1.5, staffing=0.5)
    assert agents_for(system4) == 22.0
    system4.staffing = 0.0
    assert agents_for(system4) == 11.0
    system4.cover = -9.0
    assert agents_for(system4) == 0.0


# -- what it hears -----------------------------------------------------------------------------------------


def test_each_stream_feeds_its_own_source_and_a_stranger_feeds_none():
    state, _, (chat, code) = intelligence(CHAT, CODE)
    shown(state, 30.0, 4.0)
    shown(state, 30.0, 9.0, CODE)
    assert shown(state, 30.0, 99.0, FIVE) == []
    assert (chat.level, code.level) == (4.0, 9.0)
    assert (chat.number, code.number) == (1, 1)


def test_what_is_foreshown_is_kept_for_its_time():
    state, _, (chat,) = intelligence(CHAT)
    chat.leads, chat.first_lead, chat.lead = 3, 0, 300.0
    for _ in range(3):
        state.memories.add()
    for n in range(4):
        assert shown(state, n * EVERY, 5.0 + n, ref=k.FORESHOWN) == []
    assert [(m.time, m.value) for m in state.memories] == [(390.0, 8.0), (330.0, 6.0), (360.0, 7.0)]
    assert (chat.number, chat.lead_number) == (0, 4)


def test_what_is_foreshown_to_one_who_keeps_nothing_of_it_is_passed_over():
    state, _, (chat,) = intelligence(CHAT)
    assert shown(state, 30.0, 5.0, ref=k.FORESHOWN) == []
    assert chat.lead_number == 0


def test_it_is_put_to_the_test_when_its_time_has_come():
    state, _, (chat,) = intelligence(CHAT)
    chat.leads, chat.first_lead, chat.lead = 5, 0, 90.0
    for _ in range(5):
        state.memories.add()
    for n in range(9):
        shown(state, n * EVERY, 5.0, ref=k.FORESHOWN)
        shown(state, n * EVERY, 5.0)
    assert chat.lead_seen == 5
    assert chat.lead_error < 0.1


def test_system3_says_what_is_offered_and_what_its_system_can_and_could_serve():
    state, system4, (within,) = intelligence(-1)
    told(state, 30.0, k.LOAD, 7.0, k.OFFERED)
    told(state, 30.0, k.CAPABILITY, 12.0)
    told(state, 30.0, k.POTENTIALITY, 14.0)
    told(state, 30.0, k.LOAD, 99.0, k.WAITING)
    assert (system4.offered, system4.capability, system4.potentiality) == (7.0, 12.0, 14.0)
    assert (within.level, within.number) == (7.0, 1)


def test_who_is_shown_the_environment_does_not_forecast_from_what_is_offered():
    state, system4, (chat,) = intelligence(CHAT)
    told(state, 30.0, k.LOAD, 7.0, k.OFFERED)
    assert (system4.offered, chat.number) == (7.0, 0)


# -- looking again -----------------------------------------------------------------------------------------


def surprise(value: float, beyond: float = 3.0, stream: int = CHAT) -> tuple[list[Said], Any, Any]:
    """A demand of 10 +- 0.5 for half an hour, then this."""
    state, _, (chat,) = intelligence(stream, probe_beyond=beyond)
    for n in range(1, 61):
        said = shown(state, n * EVERY, 10.0 + 0.5 * (-1) ** n, stream)
        assert said == [], "no surprise"
    return shown(state, 61 * EVERY, value, stream), state, chat


def test_what_is_far_from_the_forecast_is_looked_at_again_half_a_period_later():
    said, state, chat = surprise(15.0)
    assert said == [Said("probe", CHAT, 0, 0.0, 61 * EVERY + 15.0)]
    assert ways(state, FOUR) == {("s4_env", CHAT)}
    assert chat.residual > 3.0
    assert surprise(5.0)[0] == said
    assert surprise(11.0)[0] == []
    assert surprise(15.0, beyond=0.0)[0] == []


def test_a_look_in_between_brings_the_level_closer_and_no_other_look():
    _, state, chat = surprise(20.0)
    before = chat.level
    assert shown(state, 61.5 * EVERY, 20.0) == []
    assert before < chat.level < 20.0
    assert chat.since == 61.5 * EVERY
    assert shown(state, 62 * EVERY, 60.0) == [], "what comes half a period later is no whole look either"


# -- children ----------------------------------------------------------------------------------------------


def parent(**fields: float) -> tuple[Any, Any]:
    """Demand of 10 that never changes; limits .8 and .5, 120 s."""
    state, system4, _ = intelligence(
        CHAT, proposes_children=1, spawn_above=0.8, spawn_below=0.5, dwell=120.0, most_children=3, **fields
    )
    for n in range(1, 101):
        shown(state, n * EVERY, 10.0)
    return state, system4


def proposals(state: Any, first: float, last: float) -> list[tuple[float, int, float]]:
    """What is proposed of children at every look between two times."""
    found, now = [], first
    while now <= last:
        for each in look(state, now):
            if each.name == "proposal" and each.ref != k.AGENTS_THEN:
                assert each.to == FIVE
                found.append((now, each.ref, each.value))
        now += 60.0
    return found


def test_a_child_is_proposed_once_demand_has_been_above_for_the_dwell_and_again_after_another():
    state, _ = parent()
    told(state, 3000.0, k.CAPABILITY, 12.0)
    assert proposals(state, 3000.0, 3240.0) == [(3120.0, k.CHILD, 1.0), (3240.0, k.CHILD, 1.0)]


def test_the_dwell_begins_anew_when_demand_was_below_for_a_moment():
    state, _ = parent()
    told(state, 3000.0, k.CAPABILITY, 12.0)
    assert proposals(state, 3000.0, 3060.0) == []
    told(state, 3060.0, k.CAPABILITY, 13.0)
    assert proposals(state, 3120.0, 3120.0) == []
    told(state, 3130.0, k.CAPABILITY, 12.0)
    assert proposals(state, 3180.0, 3300.0) == [(3300.0, k.CHILD, 1.0)]


@pytest.mark.parametrize(
    ("capability", "potentiality", "proposed"),
    [(12.4, 0.0, True), (12.6, 0.0, False), (8.0, 12.4, True), (8.0, 12.6, False), (0.0, 0.0, False)],
)
def test_a_child_is_for_what_all_there_could_be_will_not_do(capability, potentiality, proposed):
    state, _ = parent()
    told(state, 3000.0, k.CAPABILITY, capability)
    told(state, 3000.0, k.POTENTIALITY, potentiality)
    assert bool(proposals(state, 3000.0, 3600.0)) == proposed


def test_no_child_is_proposed_beyond_the_most_there_may_be():
    state, system4 = parent()
    told(state, 3000.0, k.CAPABILITY, 5.0)
    decided(state, 3000.0, k.CHILD, 3.0)
    assert proposals(state, 3000.0, 4000.0) == []
    decided(state, 4000.0, k.RETIREMENT, 1.0)
    assert system4.children == 2
    assert proposals(state, 4000.0, 4200.0) == [(4120.0, k.CHILD, 1.0)]


def test_retirement_takes_five_times_as_long_and_needs_a_child():
    state, _ = parent()
    told(state, 3000.0, k.CAPABILITY, 20.5)
    assert proposals(state, 3000.0, 4000.0) == []
    decided(state, 4000.0, k.CHILD, 1.0)
    assert proposals(state, 4020.0, 5220.0) == [(4620.0, k.RETIREMENT, 1.0), (5220.0, k.RETIREMENT, 1.0)]


def test_between_the_two_limits_nothing_is_proposed():
    state, _ = parent()
    decided(state, 3000.0, k.CHILD, 1.0)
    for capability in (12.6, 15.0, 19.9):
        told(state, 3000.0, k.CAPABILITY, capability)
        assert proposals(state, 3000.0, 5000.0) == []


def test_one_who_may_not_have_children_proposes_none():
    state, system4 = parent()
    system4.proposes_children = 0
    told(state, 3000.0, k.CAPABILITY, 5.0)
    assert proposals(state, 3000.0, 4000.0) == []


def test_decisions_are_totals_that_may_be_repeated_lost_or_late():
    state, system4, _ = intelligence(CHAT)
    for which, total, children in [
        (k.CHILD, 1.0, 1), (k.CHILD, 1.0, 1), (k.CHILD, 3.0, 3), (k.CHILD, 2.0, 3),
        (k.RETIREMENT, 1.0, 2), (k.RETIREMENT, 1.0, 2), (k.OUTSIDE, 9.0, 2),
    ]:  # fmt: skip
        decided(state, 0.0, which, total)
        assert system4.children == children
    other, late, _ = intelligence(CHAT)
    decided(other, 0.0, k.RETIREMENT, 1.0)
    assert late.children == 0
    decided(other, 0.0, k.CHILD, 2.0)
    assert late.children == 1


def test_a_decision_begins_the_dwell_anew_and_its_repetition_does_not():
    state, system4 = parent()
    told(state, 3000.0, k.CAPABILITY, 5.0)
    look(state, 3000.0)
    decided(state, 3030.0, k.CHILD, 1.0)
    assert system4.above_since == -1.0
    look(state, 3060.0)
    decided(state, 3070.0, k.CHILD, 1.0)
    assert system4.above_since == 3060.0
