"""Faults of an operation: work survives every change of speed, and a crash loses only what was in service."""

from __future__ import annotations

from itertools import pairwise

import pytest
from haunted import DESK, SYSTEM2, House
from hypothesis import given, settings
from hypothesis import strategies as st
from receivers import Said, hear, organisation, row_of

from vsmlab.laws import kinds as k
from vsmlab.laws.sending import channel_to, send
from vsmlab.vsm.disturbed import strike_channels, strike_management, strike_operation
from vsmlab.vsm.management import account_due, heartbeat_due, offload_due, told_to_rehome

HOPES = settings(max_examples=150, deadline=None, derandomize=True, database=None)
OVER = 1e6


def alone(agents=2, **fields):
    """One operation that nobody watches."""
    house = House(1, agents)
    house.system2.suspect_after = house.system2.stuck_after = 0.0
    operation = row_of(house.state, house.operations[0])
    for name, value in fields.items():
        setattr(operation, name, value)
    return house, house.operations[0]


def served(house, until=OVER):
    """When each task was served, in the order of their arrival."""
    house.messages = [m for m in house.messages if m.kind in (k.ARRIVE, k.DISTURB)]
    tale = house.run(until)
    times = {int(row["task"]): float(row["due"]) for row in tale.of(k.SERVED)}
    return [times.get(task) for task in house.tasks], tale


# -- speed ---------------------------------------------------------------------------------------------------


def test_half_the_speed_takes_twice_as_long_from_then_on():
    house, to = alone()
    house.task(1.0, 10.0, to)
    house.fault(5.0, k.SLOW, 0, 0.5)
    assert served(house)[0] == [5.0 + 6.0 / 0.5]


def test_a_speed_of_nought_stops_the_work_and_it_goes_on_where_it_stood():
    house, to = alone()
    house.task(1.0, 10.0, to)
    house.fault(5.0, k.SLOW, 0, 0.0)
    house.task(6.0, 2.0, to)
    house.fault(105.0, k.SLOW, 0, 1.0)
    assert served(house)[0] == [111.0, 107.0]


@pytest.mark.parametrize("fault", [k.HANG, k.SILENT_HANG])
def test_agents_that_hang_take_tasks_and_finish_none_until_mended(fault):
    house, to = alone()
    house.task(1.0, 10.0, to)
    house.fault(5.0, fault, 0, 1.0)
    house.task(20.0, 3.0, to)
    house.task(21.0, 1.0, to)
    house.fault(50.0, fault, 0, 0.0)
    times, tale = served(house)
    assert times == [56.0, 53.0, 54.0]
    assert tale.dues(k.STARTED) == [1.0, 20.0, 53.0], "two agents, both taken: the third task waits"


def test_the_old_answer_of_a_task_is_void_and_that_is_a_fact():
    house, to = alone()
    task = house.task(1.0, 10.0, to)
    house.fault(5.0, k.HANG, 0, 1.0)
    house.fault(8.0, k.HANG, 0, 0.0)
    times, tale = served(house)
    assert times == [14.0]
    assert [(float(row["due"]), int(row["task"])) for row in tale.of(k.EXPIRED)] == [(11.0, task)]


def test_faults_that_overlap_are_over_when_each_has_been_mended():
    house, to = alone()
    house.task(1.0, 10.0, to)
    for due, fault, value in (
        (3.0, k.HANG, 1.0), (4.0, k.SILENT_HANG, 1.0), (6.0, k.HANG, 0.0), (9.0, k.SILENT_HANG, 0.0),
        (9.5, k.HANG, 0.0),  # mended though nothing is broken: nothing
        (10.0, k.HANG, 1.0), (12.0, k.HANG, 0.0),
    ):  # fmt: skip
        house.fault(due, fault, 0, value)
    assert served(house)[0] == [11.0 + 6.0 + 2.0]


PACES = st.lists(
    st.tuples(
        st.floats(0.05, 4.0),
        st.sampled_from([k.SLOW, k.SLOW, k.HANG, k.SILENT_HANG]),
        st.sampled_from([0.0, 0.1, 0.5, 1.0, 1.7]),
    ),
    max_size=14,
)
WORKS = st.lists(
    st.tuples(st.floats(0.01, 3.0), st.floats(0.05, 6.0), st.integers(0, 2)), min_size=1, max_size=9
)


def pace_between(changes, begin, end):
    """The area under the pace: speed while nobody hangs, nought while anyone does."""
    area, speed, hangs, since = 0.0, 1.0, 0, 0.0
    for due, fault, value in [*changes, (OVER, k.SLOW, 1.0)]:
        low, high = max(since, begin), min(due, end)
        if high > low and hangs == 0:
            area += speed * (high - low)
        if fault == k.SLOW:
            speed = value
        else:
            hangs = hangs + 1 if value > 0.0 else max(0, hangs - 1)
        since = due
    return area


@HOPES
@given(paces=PACES, works=WORKS, agents=st.integers(1, 3), preemptive=st.booleans())
def test_speed_times_time_in_service_is_the_work_of_every_task(paces, works, agents, preemptive):
    house, to = alone(agents, preemptive=int(preemptive))
    changes, now = [], 0.0
    for gap, fault, value in paces:
        now += gap
        changes.append((now, fault, value))
    changes += [(now + 1.0, fault, 0.0) for fault in (k.HANG, k.SILENT_HANG) for _ in paces]
    changes.append((now + 2.0, k.SLOW, 1.0))
    for due, fault, value in changes:
        house.fault(due, fault, 0, value)
    now, needed = 0.0, {}
    for gap, work, rank in works:
        now += gap
        needed[house.task(now, work, to, rank=rank)] = work
    _, tale = served(house)
    for task, facts in tale.lives().items():
        turns = [(due, kind) for due, kind, _ in facts if kind in (k.STARTED, k.PREEMPTED, k.SERVED)]
        assert turns[-1][1] == k.SERVED
        assert [kind for _, kind in turns].count(k.SERVED) == 1
        done = sum(
            pace_between(changes, begin, end)
            for (begin, kind), (end, _) in pairwise(turns)
            if kind == k.STARTED
        )
        assert done == pytest.approx(needed[task], rel=1e-9, abs=1e-9)
    assert set(tale.lives()) == set(house.tasks)


def test_a_failed_attempt_fails_at_the_new_pace_too():
    house, to = alone()
    house.task(0.0, 4.0, to, failure=1.0)
    house.fault(2.0, k.SLOW, 0, 0.5)
    times, tale = served(house)
    assert times == [None]
    assert tale.dues(k.FAILED) == [6.0]


# -- crash ---------------------------------------------------------------------------------------------------


def test_a_crash_loses_the_work_in_service_and_nothing_else():
    house, to = alone(1)
    works = [10.0, 2.0, 3.0]
    for due, work in zip((1.0, 2.0, 8.0), works, strict=True):
        house.task(due, work, to)
    house.fault(7.0, k.CRASH, 0, 1.0)
    house.fault(20.0, k.CRASH, 0, 0.0)
    times, tale = served(house)
    assert times == [30.0, 32.0, 35.0], "first come, first served, the first from its beginning"
    assert [(float(row["due"]), float(row["value"])) for row in tale.of(k.PREEMPTED)] == [(7.0, 10.0)]
    assert tale.dues(k.STARTED) == [1.0, 20.0, 30.0, 32.0], "nothing starts while it is down"


def test_who_crashed_takes_what_comes_and_begins_when_it_is_back():
    house, to = alone(1)
    house.fault(1.0, k.CRASH, 0, 1.0)
    house.task(2.0, 3.0, to)
    house.fault(9.0, k.CRASH, 0, 0.0)
    times, tale = served(house)
    assert times == [12.0]
    assert (tale.dues(k.ACCEPTED), tale.dues(k.STARTED)) == ([2.0], [9.0])


def test_work_done_before_a_task_made_way_survives_a_crash_while_it_waits():
    house, to = alone(1, preemptive=1)
    house.task(0.0, 10.0, to, rank=1)
    house.task(6.0, 5.0, to, rank=0)
    house.fault(8.0, k.CRASH, 0, 1.0)
    house.fault(9.0, k.CRASH, 0, 0.0)
    assert served(house)[0] == [18.0, 14.0]


def test_who_crashes_while_hung_is_hung_again_when_the_crash_is_over():
    house, to = alone(1)
    house.task(0.0, 10.0, to)
    for due, fault, value in (
        (4.0, k.HANG, 1.0), (6.0, k.CRASH, 1.0), (8.0, k.CRASH, 0.0), (9.0, k.HANG, 0.0),
    ):  # fmt: skip
        house.fault(due, fault, 0, value)
    times, tale = served(house)
    assert times == [19.0]
    assert tale.dues(k.STARTED) == [0.0, 8.0]


def test_the_mean_service_time_counts_what_was_not_lost():
    house, to = alone(1)
    house.task(0.0, 10.0, to)
    house.fault(9.0, k.CRASH, 0, 1.0)
    house.fault(50.0, k.CRASH, 0, 0.0)
    served(house)
    operation = row_of(house.state, to)
    assert operation.completed == 1
    assert operation.mean_service == pytest.approx(1.0 + (10.0 - 1.0) / 11.0)


def test_time_in_service_before_a_task_made_way_does_not_count_when_a_crash_has_lost_its_work():
    house, to = alone(1, preemptive=1)
    house.task(0.0, 10.0, to, rank=1)
    house.task(6.0, 1.0, to, rank=0)
    house.fault(8.0, k.CRASH, 0, 1.0)
    house.fault(9.0, k.CRASH, 0, 0.0)
    assert served(house)[0] == [19.0, 7.0]
    after_one = 1.0 + (1.0 - 1.0) / 11.0
    assert row_of(house.state, to).mean_service == pytest.approx(after_one + (10.0 - after_one) / 12.0)


def test_agents_are_given_back_from_a_crash_only_when_it_is_over():
    house, to = alone(3)
    house.fault(1.0, k.CRASH, 0, 1.0)
    house.say(2.0, k.SETTING, to, to + 1, ref=k.RECALLED, value=2.0)
    house.fault(9.0, k.CRASH, 0, 0.0)
    house.messages = [m for m in house.messages if m.kind in (k.SETTING, k.DISTURB)]
    tale = house.run(20.0)
    assert [(float(row["due"]), int(row["ref"])) for row in tale.of(k.AGENTS)] == [(2.0, 3), (9.0, 1)]


def test_hung_agents_are_not_given_back_and_idle_ones_are():
    house, to = alone(3)
    house.task(0.0, 5.0, to)
    house.fault(1.0, k.HANG, 0, 1.0)
    house.say(2.0, k.SETTING, to, to + 1, ref=k.RECALLED, value=3.0)
    house.messages = [m for m in house.messages if m.kind in (k.ARRIVE, k.SETTING, k.DISTURB)]
    house.run(20.0)
    operation = row_of(house.state, to)
    assert (operation.agents, operation.busy, operation.owed) == (1, 1, 1)


# -- what is heard of it -------------------------------------------------------------------------------------


SILENCE = [(k.HANG, False), (k.SILENT_HANG, True), (k.CRASH, True), (k.SLOW, False)]


@pytest.mark.parametrize(("fault", "silent"), SILENCE)
def test_a_crash_and_a_silent_hang_are_not_heard_of_and_a_plain_hang_still_is(fault, silent):
    house = House(2)
    house.fault(20.0, fault, 0, 1.0)
    house.fault(60.0, fault, 0, 0.0 if fault != k.SLOW else 1.0)
    tale = house.run(100.0)
    first = house.operations[0]
    beats = [float(row["due"]) for row in tale.of(k.HEARTBEAT) if tale.who[int(row["sender"])] == first + 1]
    loads = [row for row in tale.of(k.LOAD) if row["ref"] == k.PRESENT]
    told = [float(row["due"]) for row in loads if tale.who[int(row["sender"])] == first]
    for times, gap in ((beats, 2.0), (told, 1.0)):
        between = [time for time in times if 20.0 <= time < 60.0]
        assert len(between) == (0 if silent else int(40.0 / gap))
        assert len([time for time in times if time >= 60.0]) == int(40.0 / gap)


def test_a_silent_management_says_nothing_and_still_passes_on_what_system3_wants():
    state = organisation(k.OPERATION, k.MANAGEMENT, k.SYSTEM2, k.SYSTEM3)
    management = row_of(state, 1)
    management.operation, management.system2, management.system3, management.first_link = 0, 2, 3, -1
    management.heartbeat_every = management.account_every = management.offload_period = 5.0
    management.granted = management.returned = management.offered = management.carried = 1.0
    hear(state, 1, strike_management, kind=k.DISTURB, ref=k.CRASH, value=1.0)
    for law, due in (
        (heartbeat_due, "heartbeat-due"),
        (account_due, "account-due"),
        (offload_due, "offload-due"),
    ):
        assert hear(state, 1, law, now=1.0) == [Said(due, 1, 0, 0.0, 6.0)]
    told = hear(state, 1, told_to_rehome, kind=k.REHOME, sender=3, ref=44, now=2.0)
    assert told == [Said("rehome", 0, 44, 0.0, 2.0)]
    hear(state, 1, strike_management, kind=k.DISTURB, ref=k.CRASH, value=0.0)
    assert len(hear(state, 1, heartbeat_due, now=1.0)) > 1


def test_what_is_said_of_the_reports_is_set_and_each_blow_is_a_fact():
    state = organisation(k.OPERATION)
    operation = row_of(state, 0)
    operation.speed = operation.full_speed = 2.0
    operation.serving = -1
    for fault, value in ((k.BIAS, 1.5), (k.LIE, 0.3), (k.STALE, 1.0), (k.SLOW, 0.5)):
        told = hear(state, 0, strike_operation, kind=k.DISTURB, ref=fault, value=value, now=4.0)
        assert told == [Said("disturbed", 0, fault, value, 0.0)]
    assert (operation.bias, operation.lie, operation.stale, operation.speed) == (1.5, 0.3, 1, 1.0)
    for fault, value in ((k.BIAS, 1.0), (k.STALE, 0.0), (k.SLOW, 1.0)):
        hear(state, 0, strike_operation, kind=k.DISTURB, ref=fault, value=value)
    assert (operation.bias, operation.stale, operation.speed) == (1.0, 0, 2.0)


# -- channels ------------------------------------------------------------------------------------------------


def spoken(state, now, to, kind=k.S2):
    """When what a receiver says to another comes out, or that it is lost."""
    send(state, state.units[0], now, kind, k.HEARTBEAT, to, 0, 1.0)
    effects = list(state.effects)
    state.effects.clear()
    (one,) = effects
    return "lost" if one[1] == k.LOST else one[3]


def broken(state, fault, value, channel=k.S2):
    ref = fault + k.FAULT_STEP * channel
    assert hear(state, 0, strike_channels, kind=k.DISTURB, ref=ref, value=value) == [
        Said("disturbed", 0, ref, value, 0.0)
    ]


def test_a_cut_takes_every_channel_of_its_kind_also_those_made_later_and_no_other():
    state = organisation(k.SYSTEM2, *[k.MANAGEMENT] * 3)
    assert spoken(state, 1.0, 1) == 1.0
    broken(state, k.CUT, 1.0)
    assert [spoken(state, 2.0, to) for to in (1, 2)] == ["lost", "lost"]
    assert spoken(state, 2.0, 1, k.ACCOUNT) == 2.0
    broken(state, k.CUT, 1.0)
    broken(state, k.CUT, 0.0)
    assert [spoken(state, 3.0, to) for to in (1, 2, 3)] == ["lost"] * 3, "cut twice, mended once"
    broken(state, k.CUT, 0.0)
    assert [spoken(state, 4.0, to) for to in (1, 2, 3)] == [4.0] * 3


def test_a_slow_channel_adds_to_its_delay_and_loses_it_again():
    state = organisation(k.SYSTEM2, k.MANAGEMENT, k.MANAGEMENT)
    rows = state.distributions
    rows.add()
    rows[0].shape, rows[0].a = k.CONSTANT, 0.5
    state.channels[channel_to(state, state.units[0], k.S2, -1)].delay = 0
    assert spoken(state, 1.0, 1) == 1.5
    broken(state, k.DELAY, 8.0)
    assert [spoken(state, 1.0, to) for to in (1, 2)] == [9.5, 9.5]
    broken(state, k.DELAY, 0.0)
    assert [spoken(state, 1.0, to) for to in (1, 2)] == [1.5, 1.5]


def test_a_receiver_that_is_knocked_out_is_struck_all_the_same():
    house = House(1)
    house.state.units[SYSTEM2].off = 1
    house.say(1.0, k.DISTURB, SYSTEM2, DESK, ref=k.CUT + k.FAULT_STEP * k.S2, value=1.0)
    tale = house.run(2.0)
    assert len(tale.of(k.DISTURBED, at=SYSTEM2)) == 1
