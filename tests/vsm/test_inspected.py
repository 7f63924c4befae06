"""An operation under inspection: claims and counts of the same time, and inspections that overlap or get lost."""

from __future__ import annotations

import math

import numpy as np
import pytest
from audits import AUDIT, CONTROL, FIRST, SAMPLE, audited
from receivers import Said, hear, row_of, ways

from vsmlab.laws import kinds as k
from vsmlab.laws.identity import identity
from vsmlab.laws.tables import State
from vsmlab.vsm.audit import surprise
from vsmlab.vsm.inspected import end_inspection, notice, open_inspection
from vsmlab.vsm.reporting import report
from vsmlab.vsm.system1 import accept


class World:
    """One operation that Poisson arrivals come to, and inspections of one report window each."""

    def __init__(self, seed: int, *, mean: float) -> None:
        self.state, _ = audited(1)
        self.operation, self.mean = row_of(self.state, FIRST), mean
        self.draws, self.serial, self.tasks = np.random.default_rng(seed), 0, 0
        self.state.tasks.add()

    def window(self) -> None:
        """Arrivals of thirty seconds, then the report."""
        for _ in range(int(self.draws.poisson(self.mean))):
            self.tasks += 1
            self.state.tasks[0].identity = identity(f"task.{self.tasks}")
            self.operation.window_arrivals += 1
            notice(self.state, self.operation, self.state.tasks[0])
        hear(self.state, FIRST, report, kind=k.REPORT, now=self.operation.window_since + 30.0)

    def inspect(self) -> tuple[float, float]:
        """One inspection from beginning to end; returns what was claimed and counted."""
        self.serial += 1
        now = self.operation.window_since
        hear(self.state, FIRST, open_inspection, kind=k.INSPECT, sender=AUDIT, ref=self.serial, value=30.0)
        hear(self.state, FIRST, report, kind=k.REPORT, now=now)
        self.window()
        told = hear(self.state, FIRST, end_inspection, kind=k.INSPECTED, ref=self.serial, now=now + 60.0)
        return told[0].value, told[1].value


def test_what_an_honest_operation_claims_deviates_by_0_on_average_and_by_1():
    world = World(1, mean=12.0)
    z = [surprise(*world.inspect(), SAMPLE) for _ in range(1500)]
    assert np.mean(z) == pytest.approx(0.0, abs=3.0 / math.sqrt(1500))
    assert np.std(z) == pytest.approx(1.0, abs=3.0 / math.sqrt(3000))


def test_a_biased_operation_claims_its_bias_through_the_whole_inspection():
    world = World(1, mean=12.0)
    world.operation.bias = 1.5
    sums = np.array([world.inspect() for _ in range(200)]).sum(axis=0)
    assert sums[0] / sums[1] == pytest.approx(1.5, abs=3.0 * 1.5 * math.sqrt(3.0 / 2400))


def inspect(
    state: State, serial: int, *, sender: int = AUDIT, now: float = 0.0, value: float = 30.0
) -> list[Said]:
    return hear(
        state, FIRST, open_inspection, kind=k.INSPECT, sender=sender, ref=serial, value=value, now=now
    )


def test_an_inspection_covers_the_whole_windows_between_its_first_and_its_last_report():
    state, _ = audited(1)
    operation = row_of(state, FIRST)
    operation.report_every, operation.sample, operation.bias = 5.0, 1.0, 2.0
    task = state.tasks[state.tasks.add()]

    def arrive(number: int) -> None:
        for _ in range(number):
            operation.window_arrivals += 1
            notice(state, operation, task)

    arrive(100)
    assert inspect(state, 3, now=2.0) == [Said("inspected", FIRST, 3, 0.0, 32.0)]
    arrive(50)
    hear(state, FIRST, report, kind=k.REPORT, now=5.0)
    arrive(7)
    hear(state, FIRST, report, kind=k.REPORT, now=10.0)
    arrive(4)
    hear(state, FIRST, report, kind=k.REPORT, now=15.0)
    arrive(30)
    told = hear(state, FIRST, end_inspection, kind=k.INSPECTED, ref=3, now=32.0)
    assert told == [
        Said("finding", AUDIT, 3 * k.FINDING_STEP + k.CLAIMED, 22.0, 32.0),
        Said("finding", AUDIT, 3 * k.FINDING_STEP + k.COUNTED, 11.0, 32.0),
    ]
    assert ways(state, FIRST) == {("s3star", AUDIT)}
    assert operation.inspector == -1
    late = hear(state, FIRST, end_inspection, kind=k.INSPECTED, ref=3)
    assert [one.name for one in late] == ["expired"]


def test_an_inspection_lasts_for_two_reports_at_least():
    state, _ = audited(1)
    assert inspect(state, 3, value=1.0)[0].due == 60.0


def test_one_inspector_at_a_time_and_the_latest_inspection_of_it():
    state, _ = audited(1)
    inspect(state, 3)
    assert inspect(state, 3) == [], "said twice"
    assert [one.name for one in inspect(state, 9, sender=CONTROL)] == ["refused"]
    assert [one.name for one in inspect(state, 4, now=20.0)] == ["inspected"]
    early = hear(state, FIRST, end_inspection, kind=k.INSPECTED, ref=3, now=30.0)
    assert [one.name for one in early] == ["expired"]
    ends = hear(state, FIRST, end_inspection, kind=k.INSPECTED, ref=4, now=50.0)
    assert [one.ref // k.FINDING_STEP for one in ends] == [4, 4]


def test_what_comes_while_nothing_is_reported_is_compared_with_nothing():
    state, _ = audited(1)
    operation = row_of(state, FIRST)
    operation.sample = 1.0
    task = state.tasks[state.tasks.add()]
    inspect(state, 3)
    for window, (silent, dead) in enumerate(((0, k.WELL), (1, k.WELL), (0, k.CRASHED), (0, k.HUNG))):
        operation.silent, operation.state = silent, dead
        for _ in range(10**window):
            operation.window_arrivals += 1
            notice(state, operation, task)
        hear(state, FIRST, report, kind=k.REPORT, now=30.0 * (window + 1))
    told = hear(state, FIRST, end_inspection, kind=k.INSPECTED, ref=3)
    assert [one.value for one in told] == [1000.0, 1000.0]


def test_stale_reports_claim_what_they_repeat():
    state, _ = audited(1)
    operation = row_of(state, FIRST)
    operation.mean_service = 2.0
    hear(state, FIRST, report, kind=k.REPORT, now=30.0)
    operation.stale, operation.told_offered = 1, 4.0
    inspect(state, 3, now=30.0)
    hear(state, FIRST, report, kind=k.REPORT, now=60.0)
    hear(state, FIRST, report, kind=k.REPORT, now=90.0)
    told = hear(state, FIRST, end_inspection, kind=k.INSPECTED, ref=3)
    assert [one.value for one in told] == [60.0, 0.0], "4 erlangs of 2 seconds for 30 seconds"


def test_a_task_at_the_door_is_counted_only_while_an_inspection_is_open():
    state, _ = audited(1)
    operation = row_of(state, FIRST)
    operation.sample, operation.limit, operation.first_vital = 1.0, 0, -1

    def arrive(kind: int) -> None:
        task = state.tasks.add()
        state.tasks[task].deadline, state.tasks[task].coming = -1.0, 0
        hear(state, FIRST, accept, kind=kind, task=task)

    arrive(k.ARRIVE)
    inspect(state, 3)
    arrive(k.ARRIVE)
    assert operation.noticed == 0, "the first whole window has not begun"
    hear(state, FIRST, report, kind=k.REPORT, now=30.0)
    arrive(k.ARRIVE)
    arrive(k.HAND_ON)
    assert (operation.noticed, operation.window_arrivals) == (2, 2), "and what is turned away counts too"
    hear(state, FIRST, end_inspection, kind=k.INSPECTED, ref=3)
    arrive(k.ARRIVE)
    assert (operation.noticed, operation.window_arrivals) == (2, 3)


def test_being_watched_shifts_no_draws_of_the_operation():
    world = World(2, mean=12.0)
    before = world.state.units[FIRST].state_draws
    world.inspect()
    assert world.state.units[FIRST].state_draws == before


def test_an_inspection_without_any_report_claims_nothing_and_counts_nothing():
    state, _ = audited(1)
    inspect(state, 3)
    told = hear(state, FIRST, end_inspection, kind=k.INSPECTED, ref=3)
    assert [one.value for one in told] == [0.0, 0.0]
