"""Zombies: when System 2 suspects, to the second; what System 3 does; and that no task is lost or served twice."""

from __future__ import annotations

from collections import Counter

import pytest
from haunted import FIRST as OPERATION
from haunted import House
from hypothesis import example, given, settings
from hypothesis import strategies as st
from receivers import Said, hear, link, organisation, row_of, said, ways

from vsmlab.laws import kinds as k
from vsmlab.laws.sending import await_ticket, take_ticket
from vsmlab.laws.tasks import join_queue, join_service, new_task
from vsmlab.vsm.system2 import hear_sibling_load, share_load
from vsmlab.vsm.zombies import hear_suspicion, look_after_suspects, look_for_zombies, rehome, rehome_below

# -- System 2: whom it suspects ------------------------------------------------------------------------------

SELF, SYSTEM3, FIRST, SECOND = 0, 1, 2, 3
ADDRESS = 100


def watcher(siblings=2, **fields):
    """A System 2 that suspects after three beats of five seconds, or after thirty seconds without completing."""
    state = organisation(k.SYSTEM2, k.SYSTEM3, *[k.MANAGEMENT] * siblings)
    system2 = row_of(state, SELF)
    links = link(state, SELF, range(FIRST, FIRST + siblings), heard=[-1.0] * siblings)
    system2.first_link, system2.children, system2.system3 = 0, siblings, SYSTEM3
    system2.beat_every, system2.suspect_after, system2.stuck_after = 5.0, 3.0, 30.0
    for name, value in fields.items():
        setattr(system2, name, value)
    return state, links


def heard(state, sender, now, *, load=None, completed=None, beat=True):
    """One turn of a management's heartbeat; System 2 answers nothing to it."""
    if beat:
        assert hear(state, SELF, hear_sibling_load, kind=k.HEARTBEAT, sender=sender, value=1.0, now=now) == []
    for ref, value in ((k.PRESENT, load), (k.COMPLETED, completed)):
        if value is not None:
            hear(state, SELF, hear_sibling_load, kind=k.LOAD, sender=sender, ref=ref, value=value, now=now)


def looks(state, one, now):
    """What System 2 says when it looks at this sibling: its facts, and what it tells System 3."""
    look_for_zombies(state, state.units[SELF], row_of(state, SELF), now, one)
    return [(s.name, s.ref - ADDRESS, s.value) for s in said(state)]


def both(to, why):
    return [("suspected", to, float(why)), ("suspect", to, float(why))]


def test_who_is_not_heard_is_suspected_after_three_beats_and_not_at_three():
    state, (one, _) = watcher()
    heard(state, FIRST, 100.0)
    heard(state, SECOND, 110.0)
    assert looks(state, one, 115.0) == []
    assert looks(state, one, 115.0001) == both(FIRST, k.UNHEARD)
    assert ways(state, SELF) == {("s2", SYSTEM3)}


def test_one_who_was_never_heard_is_suspected_from_the_beginning_on():
    state, (one, _) = watcher()
    heard(state, SECOND, 14.0)
    assert looks(state, one, 15.0) == []
    assert looks(state, one, 15.1) == both(FIRST, k.UNHEARD)


def test_who_hears_nobody_suspects_nobody():
    state, links = watcher(3)
    for sender in (FIRST, FIRST + 1, FIRST + 2):
        heard(state, sender, 100.0, load=9.0, completed=1.0)
    assert [looks(state, one, 1000.0) for one in links] == [[], [], []]
    heard(state, SECOND, 1000.0)
    assert looks(state, links[0], 1000.0) == both(FIRST, k.UNHEARD)


def test_who_is_at_work_and_completes_nothing_is_suspected_after_thirty_seconds_and_not_at_thirty():
    state, (one, _) = watcher()
    for now in range(100, 135, 5):
        heard(state, FIRST, float(now), load=1.0, completed=7.0)
    assert looks(state, one, 131.0) == []
    heard(state, FIRST, 130.001, load=1.0, completed=7.0)
    assert looks(state, one, 131.0) == both(FIRST, k.STUCK)


@pytest.mark.parametrize(("load", "suspected"), [(0.0, False), (0.999, False), (1.0, True)])
def test_only_who_has_a_task_can_be_stuck(load, suspected):
    state, (one, _) = watcher()
    for now in range(0, 100, 5):
        heard(state, FIRST, float(now), load=load, completed=0.0)
    assert bool(looks(state, one, 95.0)) is suspected


def test_the_time_without_a_task_does_not_count():
    state, (one, _) = watcher()
    for now in range(0, 100, 5):
        heard(state, FIRST, float(now), load=0.9 if now < 70 else 4.0, completed=3.0)
    assert looks(state, one, 95.0) == [], "at 65 s it had nothing to do"
    heard(state, FIRST, 95.5, load=4.0, completed=3.0)
    assert looks(state, one, 96.0) == both(FIRST, k.STUCK)


def test_one_task_completed_begins_the_time_anew():
    state, (one, _) = watcher()
    for now in range(0, 60, 5):
        heard(state, FIRST, float(now), load=4.0, completed=1.0 if now >= 25 else 0.0)
    assert looks(state, one, 55.0) == []
    heard(state, FIRST, 55.1, load=4.0, completed=1.0)
    assert looks(state, one, 55.1) == both(FIRST, k.STUCK)


@pytest.mark.parametrize("field", ["suspect_after", "stuck_after"])
def test_nought_means_never(field):
    state, (one, _) = watcher(**{field: 0.0})
    heard(state, FIRST, 1.0, load=5.0, completed=1.0)
    heard(state, FIRST, 900.0, load=5.0, completed=1.0)
    heard(state, SECOND, 900.0, load=0.0)
    stuck = looks(state, one, 900.0)
    heard(state, SECOND, 2000.0, load=0.0)
    unheard = looks(state, one, 2000.0)
    if field == "suspect_after":
        assert stuck == both(FIRST, k.STUCK)
        assert unheard == [("suspect", FIRST, float(k.STUCK))]
    else:
        assert (stuck, unheard) == ([], both(FIRST, k.UNHEARD))


def test_a_suspicion_is_told_again_while_there_is_reason_and_noted_once():
    state, (one, _) = watcher()
    heard(state, SECOND, 20.0)
    assert looks(state, one, 20.0) == both(FIRST, k.UNHEARD)
    assert looks(state, one, 25.0) == [("suspect", FIRST, float(k.UNHEARD))]
    heard(state, FIRST, 27.0)
    assert looks(state, one, 30.0) == both(FIRST, k.CLEARED)
    assert looks(state, one, 35.0) == []


def test_that_a_suspect_lives_is_told_for_three_periods():
    state, (one, _) = watcher(period=5.0)
    heard(state, SECOND, 20.0)
    looks(state, one, 20.0)
    heard(state, FIRST, 27.0)
    assert looks(state, one, 28.0) == both(FIRST, k.CLEARED)
    heard(state, FIRST, 40.0)
    assert [looks(state, one, now) for now in (33.0, 43.0)] == [[("suspect", FIRST, 0.0)]] * 2
    assert looks(state, one, 43.1) == []


def test_who_comes_back_is_not_blamed_for_what_it_did_not_complete_while_it_was_away():
    state, (one, _) = watcher()
    heard(state, FIRST, 10.0, load=5.0, completed=2.0)
    heard(state, SECOND, 90.0)
    assert looks(state, one, 90.0) == both(FIRST, k.UNHEARD)
    heard(state, FIRST, 100.0, load=5.0, completed=2.0)
    assert looks(state, one, 101.0) == both(FIRST, k.CLEARED)
    heard(state, FIRST, 130.0, load=5.0, completed=2.0)  # away again, for longer than three beats
    heard(state, FIRST, 135.0, load=5.0, completed=2.0)
    assert looks(state, one, 135.0) == []


def test_who_was_stuck_is_cleared_by_completing_something_and_not_by_being_rid_of_its_work():
    state, (one, _) = watcher()
    for now in range(0, 45, 5):
        heard(state, FIRST, float(now), load=3.0, completed=2.0)
    assert looks(state, one, 40.0) == both(FIRST, k.STUCK)
    heard(state, FIRST, 45.0, load=0.0, completed=2.0)
    assert looks(state, one, 45.0) == []
    assert one.suspected == k.STUCK
    heard(state, FIRST, 50.0, load=1.0, completed=3.0)
    assert looks(state, one, 50.0) == both(FIRST, k.CLEARED)


def test_a_suspect_on_trial_is_told_of_again_when_it_is_stuck_again():
    state, (one, _) = watcher()
    for now in range(0, 45, 5):
        heard(state, FIRST, float(now), load=3.0, completed=2.0)
    looks(state, one, 40.0)
    for now in range(45, 100, 5):
        heard(state, FIRST, float(now), load=0.0 if now < 60 else 2.0, completed=2.0)
    assert [looks(state, one, now) for now in (85.0, 90.0)] == [[("suspect", FIRST, 2.0)]] * 2
    assert one.idle == 55.0


@pytest.mark.parametrize("order", [(5.0, 6.0, 5.0), (6.0, 6.0, 6.0), (6.0, 5.0, 5.0)])
def test_late_and_repeated_words_about_what_was_completed_accuse_nobody_early(order):
    state, (one, _) = watcher()
    for now, completed in zip((0.0, 10.0, 20.0), order, strict=True):
        heard(state, FIRST, now, load=2.0, completed=completed)
    heard(state, FIRST, 30.0, load=2.0)
    assert looks(state, one, 30.0) == []


def test_a_suspect_neither_gives_to_its_siblings_nor_gets_from_them():
    state, links = watcher(4, gain=1.0, threshold=1.0, shares=1)
    system2 = row_of(state, SELF)
    for one, load in zip(links, (20.0, 0.0, 8.0, 2.0), strict=True):
        one.load, one.capability, one.heard = load, 1.0, 1.0
    links[1].suspected = k.STUCK
    share_load(state, state.units[SELF], system2, 1.0, links[0])
    assert said(state) == [Said("damp", FIRST, ADDRESS + FIRST + 3, 8.0, 1.0)], (
        "30 among three, not among four"
    )
    links[0].suspected = k.UNHEARD
    share_load(state, state.units[SELF], system2, 1.0, links[0])
    assert said(state) == []


# -- System 3: what it does about it -------------------------------------------------------------------------

DESK = 1


def control(siblings=3, **fields):
    """A System 3 over operations of one desk, on probation for a minute."""
    state = organisation(k.SYSTEM3, k.DESK, *[k.MANAGEMENT] * siblings)
    system3 = row_of(state, SELF)
    links = link(state, SELF, range(FIRST, FIRST + siblings))
    system3.first_link, system3.children, system3.desk, system3.probation = 0, siblings, DESK, 60.0
    for name, value in fields.items():
        setattr(system3, name, value)
    return state, system3, links


def suspects(state, to, why, now):
    return hear(
        state, SELF, hear_suspicion, kind=k.SUSPECT, sender=FIRST, ref=ADDRESS + to, value=float(why), now=now
    )


def bargains(state, system3, now):
    look_after_suspects(state, state.units[SELF], system3, now)
    return said(state)


def closing(to, now):
    return [Said("opening", DESK, ADDRESS + to, 0.0, now), Said("rehome", to, DESK, 0.0, now)]


def opening(to, now):
    return [Said("opening", DESK, ADDRESS + to, 1.0, now)]


def test_a_suspect_is_shut_off_its_work_called_home_and_that_is_said_at_every_bargain():
    state, system3, _ = control()
    assert suspects(state, FIRST, k.STUCK, 10.0) == closing(FIRST, 10.0)
    assert ways(state, SELF) == {("mgmt_op", DESK), ("intervene", FIRST)}
    assert suspects(state, FIRST, k.STUCK, 15.0) == [], "it knows"
    assert bargains(state, system3, 30.0) == closing(FIRST, 30.0)
    assert system3.rehomings == 1


def test_who_lives_after_all_is_let_in_at_once_and_that_is_repeated():
    state, system3, links = control()
    suspects(state, FIRST, k.UNHEARD, 10.0)
    assert suspects(state, FIRST, k.CLEARED, 20.0) == opening(FIRST, 20.0)
    assert (links[0].suspected, links[0].closed) == (0, 0)
    assert bargains(state, system3, 30.0) == opening(FIRST, 30.0)
    assert suspects(state, FIRST, k.CLEARED, 35.0) == []


def test_after_its_probation_a_suspect_is_tried_again_counted_from_the_last_suspicion():
    state, system3, _ = control()
    suspects(state, FIRST, k.STUCK, 10.0)
    suspects(state, FIRST, k.STUCK, 15.0)
    assert bargains(state, system3, 74.9) == closing(FIRST, 74.9)
    assert bargains(state, system3, 75.0) == opening(FIRST, 75.0)
    assert suspects(state, FIRST, k.STUCK, 110.0) == closing(FIRST, 110.0)
    assert system3.rehomings == 2


def test_the_last_one_that_is_open_stays_open_until_another_is():
    state, system3, links = control(2)
    suspects(state, FIRST, k.STUCK, 10.0)
    assert suspects(state, FIRST + 1, k.STUCK, 12.0) == []
    assert [one.closed for one in links] == [1, 0]
    assert bargains(state, system3, 30.0) == closing(FIRST, 30.0)
    assert suspects(state, FIRST, k.CLEARED, 40.0) == opening(FIRST, 40.0)
    assert bargains(state, system3, 60.0) == [*opening(FIRST, 60.0), *closing(FIRST + 1, 60.0)]


def test_a_child_that_is_going_is_not_one_to_route_to_and_is_not_opened_again():
    state, system3, links = control(2)
    links[1].stage = k.RETIRING
    assert suspects(state, FIRST, k.STUCK, 10.0) == []
    links[0].stage, links[1].stage = k.RETIRING, k.STANDING
    links[0].closed = 1
    assert suspects(state, FIRST, k.CLEARED, 20.0) == []
    assert bargains(state, system3, 30.0) == []


def test_where_nobody_is_suspected_a_bargain_says_nothing_of_it():
    state, system3, _ = control()
    assert bargains(state, system3, 30.0) == []
    assert suspects(state, FIRST + 70, k.STUCK, 31.0) == [], "nobody that it knows"


def test_a_child_systems_system3_passes_it_on_to_all_its_operations():
    state, _, _ = control()
    told = hear(state, SELF, rehome_below, kind=k.REHOME, sender=9, ref=77, now=4.0)
    assert told == [Said("rehome", to, 77, 0.0, 4.0) for to in (FIRST, FIRST + 1, FIRST + 2)]


# -- the operation: its tasks go home ------------------------------------------------------------------------


def crowded(serving, waiting):
    """An operation with tasks in service and in its queue, each with tickets."""
    state = organisation(k.OPERATION, k.DESK)
    operation = row_of(state, SELF)
    operation.head = operation.tail = operation.serving = operation.work = operation.first_vital = -1
    operation.agents, operation.speed = serving, 1.0
    for count in range(serving + waiting):
        row = new_task(state, state.units[SELF], count + 1, 0.0)
        task = state.tasks[row]
        task.work, task.work_law, task.left, task.finish = 10.0, -1, 10.0, 10.0
        task.deadline_ticket = await_ticket(state, state.units[SELF], k.DEADLINE, 99.0, row)
        if count < serving:
            operation.busy += 1
            join_service(state, operation, row)
            task.done_ticket = take_ticket(state, state.units[SELF], row)
        else:
            join_queue(state, operation, row)
            task.left = 4.0
    said(state)
    return state, operation


def called_home(state, desk=DESK, now=3.0):
    return hear(state, SELF, rehome, kind=k.REHOME, ref=desk, now=now)


def test_every_task_goes_to_the_desk_in_a_new_epoch_and_its_old_reminders_are_void():
    state, operation = crowded(2, 3)
    told = called_home(state)
    names = Counter(one.name for one in told)
    assert names == {"preempted": 2, "moved-out": 5, "transfer": 5, "rehomed": 1}
    assert {(one.to, one.ref) for one in told if one.name == "transfer"} == {(DESK, 1)}
    assert told[-1] == Said("rehomed", SELF, 5, 2.0, 0.0)
    assert (operation.queue, operation.busy, operation.head, operation.serving) == (0, 0, -1, -1)
    assert [ticket.valid for ticket in state.tickets] == [0] * 7
    assert [(task.epoch, task.left, task.done_ticket) for task in state.tasks] == [
        *[(1, -1.0, -1)] * 2, *[(1, 4.0, -1)] * 3,
    ]  # fmt: skip
    assert ways(state, SELF) == {("op_op", DESK)}
    assert called_home(state) == [], "said again it finds nothing more"


def test_so_many_tasks_that_one_message_does_not_do_follow_at_the_next():
    state, operation = crowded(400, 900)
    assert [one.ref for one in called_home(state) if one.name == "rehomed"] == [1000]
    assert (operation.busy, operation.queue) == (0, 300)
    assert [one.ref for one in called_home(state) if one.name == "rehomed"] == [300]


def test_agents_that_were_recalled_and_stuck_are_given_back_when_their_tasks_have_gone():
    state, operation = crowded(3, 0)
    operation.granted, operation.recalled, operation.owed, operation.management = 3, 2, 2, DESK
    told = called_home(state)
    assert [(one.name, one.ref, one.value) for one in told[-2:]] == [
        ("agents", 1, 1.0), ("load", k.RETURNED, 2.0),
    ]  # fmt: skip


# -- all of it together: once, and never lost ----------------------------------------------------------------


def arrivals(house, count, every, work, to=None):
    for number in range(count):
        house.task(2.0 + every * number, work, *([] if to is None else [to]))


def outcome(tale):
    """How often each task was served."""
    served = Counter(int(row["task"]) for row in tale.of(k.SERVED))
    return [served[task] for task in tale.house.tasks]


def test_the_work_of_one_that_hangs_and_still_answers_is_done_elsewhere():
    house = House(3)
    arrivals(house, 60, 1.0, 1.5)
    house.fault(20.0, k.HANG, 1, 1.0)
    tale = house.run(150.0)
    assert outcome(tale) == [1] * 60
    (first, *_) = tale.of(k.SUSPECTED)
    hung = house.operations[1]
    assert (tale.who[int(first["ref"])], float(first["value"])) == (hung, 2.0)
    latest = 20.0 + 20.0 + 1.0 + 2.0 + 2.0
    assert 38.0 < first["due"] < latest, "stuck for 20 s, a report, a heartbeat, a turn"
    assert float(tale.of(k.REHOMED)[0]["value"]) == 2.0, "both agents held a task"
    assert max(tale.dues(k.SERVED, hung)) < 20.0


@pytest.mark.parametrize("fault", [k.CRASH, k.SILENT_HANG])
def test_the_work_of_one_that_falls_silent_is_done_elsewhere_and_it_is_let_in_when_it_is_back(fault):
    house = House(3)
    arrivals(house, 100, 1.0, 1.5)
    house.fault(20.0, fault, 1, 1.0)
    house.fault(60.0, fault, 1, 0.0)
    tale = house.run(150.0)
    assert outcome(tale) == [1] * 100
    assert [(float(row["value"])) for row in tale.of(k.SUSPECTED)] == [1.0, 0.0]
    found, cleared = (float(row["due"]) for row in tale.of(k.SUSPECTED))
    assert 24.0 < found <= 26.4, "three beats of two seconds after the last one, and at most a turn"
    assert 60.0 < cleared <= 64.4
    struck = house.operations[1]
    turned_away = [due for due in tale.dues(k.ACCEPTED, struck) if found < due < cleared]
    assert turned_away == []
    assert min(due for due in tale.dues(k.SERVED, struck) if due > 60.0) < 70.0


def test_one_that_hung_and_has_nothing_to_do_is_tried_again_and_proves_that_it_lives():
    house = House(3)
    arrivals(house, 200, 1.0, 1.5)
    house.fault(20.0, k.HANG, 1, 1.0)
    house.fault(60.0, k.HANG, 1, 0.0)
    tale = house.run(250.0)
    assert outcome(tale) == [1] * 200
    struck = house.operations[1]
    opened = [
        float(row["due"])
        for row in tale.of(k.OPENING)
        if tale.who[int(row["ref"])] == struck and row["value"]
    ]
    (told_last, *_) = [row["due"] for row in reversed(tale.of(k.SUSPECT)) if row["value"]]
    assert told_last + 40.0 <= opened[0] <= told_last + 40.0 + 10.0, "its probation, and at most a bargain"
    assert min(due for due in tale.dues(k.SERVED, struck) if due > 20.0) > opened[0]
    assert [float(row["value"]) for row in tale.of(k.SUSPECTED)] == [2.0, 0.0]


def test_without_system2_nobody_is_found_and_the_work_stays_where_it_is():
    house = House(3)
    house.state.units[3].off = 1
    arrivals(house, 60, 1.0, 1.5)
    house.fault(20.0, k.HANG, 1, 1.0)
    tale = house.run(400.0)
    assert tale.of(k.REHOMED) == []
    assert 5 < outcome(tale).count(0) < 30
    assert set(tale.held()) == {task for task, n in zip(house.tasks, outcome(tale), strict=True) if n == 0}


def test_what_the_old_holder_still_completes_is_void():
    """The suspect works on, only its word does not come through: every task is served by its new holder alone."""
    house = House(2)
    house.way(house.operations[0] + 1, k.S2, cut=1)
    arrivals(house, 12, 0.5, 9.0)
    tale = house.run(300.0)
    assert outcome(tale) == [1] * 12
    moved = {int(row["task"]): float(row["due"]) for row in tale.of(k.MOVED_OUT)}
    void = [row for row in tale.of(k.EXPIRED) if row["ref"] == k.DONE]
    assert len(void) == 2
    for row in void:
        assert row["due"] > moved[int(row["task"])]
        assert tale.who[int(row["receiver"])] == house.operations[0]
    served = {int(row["task"]): tale.who[int(row["receiver"])] for row in tale.of(k.SERVED)}
    assert {served[int(row["task"])] for row in void} == {house.operations[1]}


FAULTS = st.lists(
    st.tuples(
        st.floats(0.0, 120.0),
        st.sampled_from([k.HANG, k.SILENT_HANG, k.CRASH, k.SLOW]),
        st.integers(0, 3),
        st.floats(0.5, 90.0),
    ),
    min_size=1,
    max_size=8,
)
WAYS = st.lists(
    st.tuples(
        st.sampled_from([k.S2, k.INTERVENE, k.MGMT_OP, k.OP_MGMT]),
        st.sampled_from([0.0, 0.3, 0.8]),
        st.sampled_from([0.0, 0.7, 6.0]),
    ),
    max_size=3,
)


@settings(max_examples=80, deadline=None, derandomize=True, database=None)
@given(
    operations=st.integers(2, 4),
    faults=FAULTS,
    broken=WAYS,
    moving=st.sampled_from([0.0, 0.4, 5.0]),
    direct=st.booleans(),
    stuck=st.sampled_from([3.0, 20.0]),
)
@example(operations=2, faults=[(1.0, k.HANG, 0, 90.0)], broken=[], moving=5.0, direct=True, stuck=3.0)
def test_whatever_breaks_and_whoever_is_suspected_no_task_is_lost_and_none_is_served_twice(
    operations, faults, broken, moving, direct, stuck
):
    house = House(operations)
    house.system2.stuck_after = stuck
    for kind, loss, delay in broken:
        for sender in range(2, len(house.state.units)):
            house.way(sender, kind, loss=loss, delay=house.constant(delay))
    for row in house.operations:
        house.way(row, k.OP_OP, delay=house.constant(moving))
    for begin, fault, number, lasts in faults:
        house.fault(begin, fault, number % operations, 0.2 if fault == k.SLOW else 1.0)
        house.fault(begin + lasts, fault, number % operations, 1.0 if fault == k.SLOW else 0.0)
    arrivals(house, 50, 2.3, 2.0)
    if direct:
        arrivals(house, 10, 7.0, 1.0, OPERATION)
    early = house.run(100.0)
    counts, held = outcome(early), early.held()
    waiting = {int(m.token) for m in early.agenda.messages if m.kind == k.ARRIVE}
    for task, times in zip(house.tasks, counts, strict=True):
        assert times + held[task] == 1, "served once, or in one place"
    assert waiting <= set(held)
    for until in range(200, 2200, 100):
        early.agenda.env.run(until=float(until))
        if not early.held():
            break
    assert early.held() == Counter(), "everything has been mended for long"
    assert sum(row_of(house.state, row + 2).delivered for row in house.operations) == len(house.tasks)
