"""Local management: what it keeps of what it hears, what it says in its turn, and when it may act by itself."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from receivers import Said, hear, link, organisation, row_of, ways

from vsmlab.laws import kinds as k
from vsmlab.vsm.management import (
    account_due,
    damped,
    hear_operation,
    hear_potentiality,
    heartbeat_due,
    intervened_with,
    limited,
    offload_due,
)

OPERATION, SELF, SYSTEM2, SYSTEM3, SIBLING = range(5)


def house(**fields):
    """Management, its operation, its Systems 2 and 3, and one sibling's management."""
    state = organisation(k.OPERATION, k.MANAGEMENT, k.SYSTEM2, k.SYSTEM3, k.MANAGEMENT)
    management = row_of(state, SELF)
    management.operation, management.system2, management.system3 = OPERATION, SYSTEM2, SYSTEM3
    management.offered = management.carried = -1.0
    management.memory, management.first_link = 60.0, -1
    for name, value in fields.items():
        setattr(management, name, value)
    return state, management


def report(state, now, offered, carried):
    """What an operation's report says of its load, on its way through the law."""
    hear(state, SELF, hear_operation, now=now, sender=OPERATION, ref=k.OFFERED, value=offered)
    hear(state, SELF, hear_operation, now=now, sender=OPERATION, ref=k.CARRIED, value=carried)


# -- what it hears -----------------------------------------------------------------------------------------


def test_management_keeps_the_last_number_of_each_kind_and_says_nothing():
    state, management = house()
    for value in (3.0, 5.0):
        assert hear(state, SELF, hear_operation, sender=OPERATION, ref=k.PRESENT, value=value) == []
        assert hear(state, SELF, hear_operation, sender=OPERATION, ref=k.WAITING, value=value + 1.0) == []
        assert hear(state, SELF, hear_operation, kind=k.CAPABILITY, sender=OPERATION, value=value + 2.0) == []
        assert hear(state, SELF, hear_potentiality, kind=k.POTENTIALITY, value=value + 3.0) == []
    kept = (management.present, management.waiting, management.capability, management.potentiality)
    assert kept == (5.0, 6.0, 7.0, 8.0)


def test_returned_agents_are_told_at_once_and_only_when_there_are_more_of_them():
    state, management = house()
    told = [
        hear(state, SELF, hear_operation, now=9.0, sender=OPERATION, ref=k.RETURNED, value=value)
        for value in (2.0, 2.0, 1.0, 3.0)
    ]
    assert told == [
        [Said("account", SYSTEM3, k.RETURNED, 2.0, 9.0)], [], [], [Said("account", SYSTEM3, k.RETURNED, 3.0, 9.0)],
    ]  # fmt: skip
    assert management.returned == 3.0
    assert ways(state, SELF) == {("account", SYSTEM3)}


def test_what_a_sibling_says_is_kept_apart_from_what_the_operation_says():
    state, management = house(present=4.0)
    (other,) = link(state, SELF, [SIBLING], heard=[-1.0])
    management.first_link = 0
    hear(state, SELF, hear_operation, now=7.0, sender=SIBLING, ref=k.PRESENT, value=9.0)
    assert (management.present, other.load, other.heard) == (4.0, 9.0, 7.0)
    hear(state, SELF, hear_operation, now=8.0, sender=SYSTEM3, ref=k.PRESENT, value=1.0)
    assert (management.present, other.load, other.heard) == (4.0, 9.0, 7.0)


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(
    told=st.lists(
        st.tuples(st.floats(0.1, 30.0), st.floats(0.0, 9.0), st.floats(0.0, 9.0)), min_size=1, max_size=30
    )
)
def test_at_first_what_is_kept_is_the_mean_over_time_and_then_what_is_older_fades(told):
    state, management = house()
    now, kept = 0.0, [0.0, 0.0]
    area = [0.0, 0.0]
    for span, *values in told:
        now += span
        report(state, now, *values)
        for which, value in enumerate(values):
            area[which] += span * value
            young = now <= span + 60.0
            kept[which] = area[which] / now if young else (60.0 * kept[which] + span * value) / (60.0 + span)
        assert [management.offered, management.carried] == pytest.approx(kept, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("every", [0.1, 1.0, 2.5])
def test_memory_is_one_of_time_whatever_the_number_of_reports(every):
    """A step fades to 1/e in one memory, as in continuous smoothing, up to the length of a report."""
    state, management = house()
    report(state, 1000.0, 1.0, 1.0)
    for step in range(round(60.0 / every)):
        report(state, 1000.0 + (step + 1) * every, 0.0, 0.0)
    assert management.offered == pytest.approx(1.0 / math.e, rel=0.6 * every / 60.0 + 1e-9)
    assert management.carried == management.offered


def test_two_reports_of_one_instant_count_as_one():
    state, management = house()
    report(state, 5.0, 2.0, 2.0)
    report(state, 65.0, 4.0, 4.0)
    before = management.offered
    report(state, 65.0, 99.0, 99.0)
    assert management.offered == management.carried == before


# -- what it says ------------------------------------------------------------------------------------------


def test_every_heartbeat_counts_and_says_load_and_capability():
    state, management = house(heartbeat_every=5.0, present=7.0, capability=3.0, completed=20.0)
    for count, now in ((1, 2.0), (2, 7.0)):
        assert hear(state, SELF, heartbeat_due, now=now) == [
            Said("heartbeat-due", SELF, 0, 0.0, now + 5.0),
            Said("heartbeat", SYSTEM2, 0, float(count), now),
            Said("load", SYSTEM2, k.PRESENT, 7.0, now),
            Said("load", SYSTEM2, k.COMPLETED, 20.0, now),
            Said("capability", SYSTEM2, 0, 3.0, now),
        ]
    assert ways(state, SELF) == {("s2", SYSTEM2)}
    assert management.heartbeats == 2


def test_an_account_says_what_became_of_the_agents_and_repeats_to_the_operation_what_was_granted():
    state, _ = house(
        account_every=30.0, offered=2.5, carried=2.0, waiting=6.0, returned=1.0, granted=4.0, recalled=1.0
    )
    assert hear(state, SELF, account_due, now=10.0) == [
        Said("account-due", SELF, 0, 0.0, 40.0),
        Said("account", SYSTEM3, k.OFFERED, 2.5, 10.0),
        Said("account", SYSTEM3, k.CARRIED, 2.0, 10.0),
        Said("account", SYSTEM3, k.WAITING, 6.0, 10.0),
        Said("account", SYSTEM3, k.RETURNED, 1.0, 10.0),
        Said("setting", OPERATION, k.GRANTED, 4.0, 10.0),
        Said("setting", OPERATION, k.RECALLED, 1.0, 10.0),
    ]
    assert ways(state, SELF) == {("account", SYSTEM3), ("mgmt_op", OPERATION)}


@pytest.mark.parametrize("missing", ["offered", "carried"])
def test_before_it_has_heard_what_was_asked_and_done_management_accounts_for_agents_only(missing):
    state, management = house(account_every=30.0, offered=2.0, carried=1.0, granted=4.0, returned=1.0)
    setattr(management, missing, -1.0)
    assert [(one.name, one.ref) for one in hear(state, SELF, account_due)] == [
        ("account-due", 0), ("account", k.RETURNED), ("setting", k.GRANTED),
    ]  # fmt: skip


def test_a_limit_of_system2_is_passed_on_as_it_is():
    state, _ = house()
    for ref, value in ((k.TOKEN_BURST, 3.0), (k.TOKEN_RATE, 0.25)):
        told = hear(state, SELF, limited, kind=k.RATE, sender=SYSTEM2, ref=ref, value=value, now=4.0)
        assert told == [Said("setting", OPERATION, ref, value, 4.0)]
    assert ways(state, SELF) == {("mgmt_op", OPERATION)}


def test_asked_to_give_to_a_sibling_management_passes_it_on():
    state, management = house(allowed_gain=0.3, allowed_until=9.0)
    told = hear(state, SELF, damped, kind=k.DAMP, sender=SYSTEM2, ref=17, value=6.0, now=4.0)
    assert told == [Said("damp", OPERATION, 17, 6.0, 4.0)]
    assert (management.allowed_gain, management.allowed_until) == (0.3, 9.0)


# -- when it may act ---------------------------------------------------------------------------------------


def offloaded(state, now):
    """How many tasks management would give away at this moment."""
    return sum(one.value for one in hear(state, SELF, offload_due, now=now) if one.name == "damp")


def crowded():
    """A management of gain 0.5 that has 20 tasks more than its sibling, every 5 s."""
    state, management = house(present=20.0, offload_gain=0.5, offload_period=5.0)
    link(state, SELF, [SIBLING], heard=[0.0], load=[0.0])
    management.first_link = 0
    return state


def allow(state, now, gain):
    assert hear(state, SELF, damped, kind=k.DAMP, sender=SYSTEM2, ref=-1, value=gain, now=now) == []


def test_a_management_keeps_within_the_gain_that_system2_allowed_for_four_periods():
    state = crowded()
    assert offloaded(state, 0.0) == 10.0
    allow(state, 100.0, 0.2)
    assert [offloaded(state, now) for now in (100.0, 119.9)] == [4.0, 4.0]
    assert offloaded(state, 120.0) == 10.0, "without a word from System 2 it uses its own"
    allow(state, 120.0, 0.9)
    assert offloaded(state, 121.0) == 10.0, "a management never uses more than its own"


@pytest.mark.parametrize("gains", [(0.3, 0.1), (0.1, 0.3)])
def test_the_last_word_of_system2_holds_whether_it_is_more_or_less(gains):
    state = crowded()
    for now, gain in enumerate(gains):
        allow(state, float(now), gain)
    assert offloaded(state, 2.0) == 20.0 * gains[-1]


def intervene(state, now, seconds):
    return hear(
        state,
        SELF,
        intervened_with,
        kind=k.INTERVENTION,
        sender=SYSTEM3,
        ref=k.SUSPENDED,
        value=seconds,
        now=now,
    )


def test_an_intervention_suspends_local_autonomy_here_and_at_the_operation_and_then_ends():
    state = crowded()
    assert intervene(state, 50.0, 60.0) == [Said("setting", OPERATION, k.SUSPENDED, 60.0, 50.0)]
    assert [offloaded(state, now) for now in (49.0 + 1.0, 109.9, 110.0)] == [0.0, 0.0, 10.0]


def test_what_system2_allows_does_not_end_an_intervention():
    state = crowded()
    intervene(state, 50.0, 60.0)
    for now in (51.0, 80.0, 105.0):
        allow(state, now, 0.2)
        assert offloaded(state, now + 1.0) == 0.0
    assert offloaded(state, 110.0) == 4.0, "after it the gain that System 2 allowed at 105 s holds"


def test_a_shorter_intervention_does_not_end_a_longer_one():
    state = crowded()
    intervene(state, 0.0, 100.0)
    intervene(state, 10.0, 5.0)
    assert [offloaded(state, now) for now in (50.0, 99.9, 100.0)] == [0.0, 0.0, 10.0]
