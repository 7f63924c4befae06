"""A second bookkeeper: counts and areas of every unit straight from the journal's path, one fact at a time."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import Any

from vsmlab.engines.start import Start
from vsmlab.laws import kinds as k

ENDS = {k.SERVED: "served", k.FAILED: "failed", k.ABANDONED: "abandoned"}


class Level:
    """A whole number that steps in time, and the area under it in a window, summed without cancellation."""

    def __init__(self, begin: float, end: float, value: int = 0) -> None:
        self.begin, self.end, self.value, self.since = begin, end, value, 0.0
        self.before, self.parts = value, list[float]()

    def step(self, now: float, change: int) -> None:
        """The number changes now."""
        self.close(now)
        self.value += change
        assert self.value >= 0
        if now < self.begin:
            self.before = self.value

    def close(self, now: float) -> None:
        """Add what has gathered until now."""
        low, high = max(self.since, self.begin), min(now, self.end)
        if high > low and self.value:
            self.parts.append(self.value * (high - low))
        self.since = now

    def area(self) -> float:
        """The area in the window."""
        self.close(self.end)
        return math.fsum(self.parts)


class Ledger:
    """Follows every task through the tree.

    Args:
        start: The organisation as it was built.
        begin: Start of the window, seconds.
        end: Its end.
    """

    def __init__(self, start: Start, begin: float, end: float) -> None:
        self.begin, self.end = begin, end
        self.place = {start.identities[row[3]]: here for here, row in enumerate(start.places)}
        self.places = start.places
        count = len(start.places)
        self.above: list[set[int]] = []
        for here, row in enumerate(start.places):
            self.above.append({here} | (self.above[row[1]] if row[1] >= 0 else set()))
        self.counts: list[Counter[str]] = [Counter() for _ in range(count)]
        self.present = [Level(begin, end) for _ in range(count)]
        self.waiting = [Level(begin, end) for _ in range(count)]
        self.busy = [Level(begin, end) for _ in range(count)]
        self.resting = [Level(begin, end) for _ in range(count)]
        self.agents = [Level(begin, end, 0 if row[4] else row[5]) for row in start.places]
        self.inside: dict[int, set[int]] = defaultdict(set)
        self.phase: dict[int, tuple[int, list[Level]]] = {}

    def count(self, here: int, what: str, now: float) -> None:
        if self.begin <= now < self.end:
            self.counts[here][what] += 1

    def enter(self, task: int, here: int, came: int, now: float) -> None:
        for unit in self.above[here] - self.inside[task]:
            self.count(unit, "moved_in" if came == 2 else "arrivals", now)
            self.present[unit].step(now, 1)
            self.inside[task].add(unit)
        assert self.inside[task] == self.above[here]

    def leave(self, task: int, units: set[int], what: str, now: float) -> None:
        for unit in units:
            self.count(unit, what, now)
            self.present[unit].step(now, -1)
        self.inside[task] -= units

    def turn(self, task: int, here: int, phase: list[Level] | None, now: float) -> None:
        """The task waits, is served, rests, or none of it."""
        if task in self.phase:
            at, old = self.phase.pop(task)
            assert at == here
            old[at].step(now, -1)
        if phase is not None:
            phase[here].step(now, 1)
            self.phase[task] = here, phase

    def read_all(self, rows: Any) -> None:
        """Rows of the journal, in its order."""
        for row in rows:
            self.read(row)

    def read(self, row: Any) -> None:
        """One row of the journal."""
        kind, task, now = int(row["kind"]), int(row["task"]), float(row["due"])
        if kind < k.BORN:
            return
        here = self.place.get(int(row["receiver"]), -1)
        ref = int(row["ref"])
        if kind == k.AGENTS:
            self.agents[here].step(now, ref - self.agents[here].value)
        elif kind == k.ACCEPTED:
            assert task not in self.phase
            assert int(row["value"]) == self.waiting[here].value + self.busy[here].value
            self.enter(task, here, ref, now)
            self.turn(task, here, self.waiting, now)
        elif kind == k.SHED:
            assert task not in self.phase
            self.enter(task, here, int(row["value"]), now)
            self.leave(task, self.above[here] & self.inside[task], "shed", now)
        elif kind == k.STARTED:
            assert self.phase[task][1] is self.waiting
            self.turn(task, here, self.busy, now)
        elif kind in (k.PREEMPTED, k.REQUEUED):
            assert self.phase[task][1] is (self.busy if kind == k.PREEMPTED else self.resting)
            self.turn(task, here, self.waiting, now)
        elif kind in (k.ATTEMPT_FAILED, k.DEFERRED):
            assert self.phase[task][1] is (self.busy if kind == k.ATTEMPT_FAILED else self.waiting)
            self.turn(task, here, self.resting, now)
        elif kind in ENDS:
            assert kind == k.ABANDONED or self.phase[task][1] is self.busy
            self.turn(task, here, None, now)
            self.leave(task, set(self.inside[task]), ENDS[kind], now)
        elif kind in (k.HANDED_ON, k.MOVED_OUT):
            assert self.phase[task][1] is (self.busy if kind == k.HANDED_ON else self.waiting)
            self.turn(task, here, None, now)
            gone = self.inside[task] - self.above[self.place[ref]]
            self.leave(task, gone, "served" if kind == k.HANDED_ON else "moved_out", now)
        elif kind in (k.LOST, k.UNANSWERED, k.REFUSED) and task >= 0:
            assert task not in self.phase
            self.leave(task, set(self.inside[task]), "failed", now)
