"""Reports: the erlangs of a window against the areas under what was busy and what arrived, and who is told what."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from receivers import Said, hear, organisation, row_of, ways

from vsmlab.laws import kinds as k
from vsmlab.vsm.agents import count_busy
from vsmlab.vsm.reporting import observe, report

OPERATION, MANAGEMENT, DESK = range(3)
SPAN = st.floats(0.0, 50.0)


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
    told = hear(state, OPERATION, report, kind=k.REPORT, now=2.0)
    assert told == [
        Said("report", OPERATION, 0, 0.0, 4.0),
        Said("load", MANAGEMENT, k.PRESENT, 10.0, 2.0),
        Said("load", MANAGEMENT, k.OFFERED, 3.0, 2.0),
        Said("load", MANAGEMENT, k.CARRIED, 3.0, 2.0),
        Said("load", MANAGEMENT, k.WAITING, 2.5, 2.0),
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
