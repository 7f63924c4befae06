"""Reports: the erlangs of a window against the areas under what was busy and what arrived, and who is told what."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from receivers import Said, hear, organisation, row_of, ways

from vsmlab.laws import kinds as k
from vsmlab.laws.tables import State
from vsmlab.vsm.agents import count_busy
from vsmlab.vsm.reporting import exaggeration, observe, report

OPERATION, MANAGEMENT, DESK = range(3)
SPAN = st.integers(0, 400).map(lambda eighths: eighths / 8.0)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(
    windows=st.lists(
        st.tuples(st.lists(st.tuples(SPAN, st.integers(0, 9)), max_size=6), SPAN, st.integers(0, 20)),
        max_size=5,
    ),
    mean=st.floats(0.1, 9.0),
)
def test_a_window_carries_its_busy_agent_seconds_and_offers_what_arrived_in_it(windows, mean):
    operation = row_of(organisation(k.OPERATION), 0)
    operation.mean_service = mean
    now, offered = 0.0, 0.0
    for changes, rest, arrivals in windows:
        since, area = now, 0.0
        operation.window_arrivals = arrivals
        for span, busy in changes:
            area += operation.busy * span
            now += span
            count_busy(operation, now, busy - operation.busy)
        area += operation.busy * rest
        now += rest
        carried = observe(operation, now)
        if now > since:
            assert carried == pytest.approx(area / (now - since), rel=1e-9, abs=1e-9)
            offered = arrivals * mean / (now - since)
        else:
            assert carried == 0.0
        assert operation.offered == pytest.approx(offered, rel=1e-9)
        assert operation.window_arrivals == 0
        assert observe(operation, now) == 0.0, "a window without length says nothing"


def test_a_report_says_what_is_here_what_was_asked_what_was_done_and_what_could_be_done():
    state = organisation(k.OPERATION, k.MANAGEMENT, k.DESK)
    operation = row_of(state, OPERATION)
    operation.management, operation.desk, operation.reports_to_desk = MANAGEMENT, DESK, 1
    operation.agents, operation.busy, operation.queue, operation.retrying = 4, 3, 5, 2
    operation.granted, operation.recalled, operation.returned, operation.speed = 7, 1, 2, 1.5
    operation.report_every, operation.mean_service, operation.window_arrivals = 2.0, 0.5, 12
    operation.completed = 40
    told = hear(state, OPERATION, report, kind=k.REPORT, now=2.0)
    assert told == [
        Said("report", OPERATION, 0, 0.0, 4.0),
        Said("load", MANAGEMENT, k.PRESENT, 10.0, 2.0),
        Said("load", MANAGEMENT, k.OFFERED, 3.0, 2.0),
        Said("load", MANAGEMENT, k.CARRIED, 3.0, 2.0),
        Said("load", MANAGEMENT, k.WAITING, 2.5, 2.0),
        Said("load", MANAGEMENT, k.COMPLETED, 40.0, 2.0),
        Said("capability", MANAGEMENT, 0, 6.0, 2.0),
        Said("potentiality", MANAGEMENT, 0, 9.0, 2.0),
        Said("load", MANAGEMENT, k.RETURNED, 2.0, 2.0),
        Said("load", DESK, k.PRESENT, 10.0, 2.0),
        Said("capability", DESK, 0, 6.0, 2.0),
    ]
    assert ways(state, OPERATION) == {("op_mgmt", MANAGEMENT), ("op_env", DESK)}


def test_an_operation_without_management_tells_only_its_desk_and_then_only_where_the_desk_asks():
    state = organisation(k.OPERATION, k.MANAGEMENT, k.DESK)
    operation = row_of(state, OPERATION)
    operation.management, operation.desk, operation.report_every = -1, DESK, 1.0
    assert [one.name for one in hear(state, OPERATION, report, kind=k.REPORT)] == ["report"]
    operation.reports_to_desk = 1
    assert [one.to for one in hear(state, OPERATION, report, kind=k.REPORT)] == [OPERATION, DESK, DESK]


def telling() -> tuple[State, Any]:
    """An operation that tells both its management and its desk, and its row."""
    state = organisation(k.OPERATION, k.MANAGEMENT, k.DESK)
    operation = row_of(state, OPERATION)
    operation.management, operation.desk, operation.reports_to_desk = MANAGEMENT, DESK, 1
    operation.agents, operation.busy, operation.queue, operation.granted = 4, 3, 5, 4
    operation.mean_service = operation.speed = operation.report_every = 1.0
    operation.inspector, operation.bias, operation.lie = -1, 1.0, 1.0
    return state, operation


def one_report(state: State, now: float, *, arrivals: int = 0) -> dict[tuple[int, int], float]:
    """What one report says: by receiver and quantity."""
    row_of(state, OPERATION).window_arrivals = arrivals
    told = hear(state, OPERATION, report, kind=k.REPORT, now=now)
    return {(one.to, one.ref): one.value for one in told if one.name == "load"}


def test_a_biased_report_asks_for_more_and_tells_all_else_as_it_is():
    state, operation = telling()
    honest = one_report(state, 1.0, arrivals=6)
    operation.bias = 1.5
    biased = one_report(state, 2.0, arrivals=6)
    raised = {key for key in honest if biased[key] != honest[key]}
    assert raised == {
        (MANAGEMENT, k.PRESENT),
        (MANAGEMENT, k.OFFERED),
        (MANAGEMENT, k.WAITING),
        (DESK, k.PRESENT),
    }
    assert all(biased[key] == 1.5 * honest[key] for key in raised)


def test_stale_reports_repeat_the_last_one_that_was_not():
    state, operation = telling()
    before = one_report(state, 1.0, arrivals=6)
    operation.queue, operation.busy, operation.completed, operation.stale = 9, 4, 12, 1
    assert one_report(state, 2.0, arrivals=2) == one_report(state, 3.0, arrivals=70) == before
    operation.stale = 0
    now = one_report(state, 4.0, arrivals=8)
    assert (now[MANAGEMENT, k.PRESENT], now[MANAGEMENT, k.OFFERED], now[MANAGEMENT, k.COMPLETED]) == (
        13.0,
        8.0,
        12.0,
    )


@pytest.mark.parametrize(
    ("bias", "lie", "draws"), [(1.0, 0.5, 0), (2.0, 0.0, 0), (2.0, 1.0, 0), (2.0, 0.3, 2000)]
)
def test_a_report_lies_as_often_as_it_is_said_to_and_draws_only_where_that_is_open(bias, lie, draws):
    state, operation = telling()
    operation.bias, operation.lie = bias, lie
    lies = sum(exaggeration(state, state.units[OPERATION], operation) != 1.0 for _ in range(2000))
    assert state.units[OPERATION].state_draws == draws
    assert lies / 2000 == pytest.approx(
        lie if bias != 1.0 else 0.0, abs=3.0 * (lie * (1.0 - lie) / 2000) ** 0.5
    )


@pytest.mark.parametrize(("silent", "health"), [(1, k.HUNG), (0, k.CRASHED)])
def test_one_that_is_silent_or_has_crashed_tells_nothing_and_goes_on_when_that_is_over(silent, health):
    state, operation = telling()
    operation.silent, operation.state = silent, health
    assert hear(state, OPERATION, report, kind=k.REPORT, now=1.0) == [Said("report", OPERATION, 0, 0.0, 2.0)]
    operation.silent, operation.state = 0, k.WELL
    assert one_report(state, 2.0, arrivals=3)[MANAGEMENT, k.OFFERED] == 3.0, "the window closed all the same"
