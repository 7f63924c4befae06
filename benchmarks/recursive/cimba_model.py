"""cimba: a compiled model for each system, a spawned model for each message on its way, and an event of its engine for
whatever is due: that is quicker there than processes that hold, by a half at depth 3 and more below.

It writes no journal; what it did is compared by sums. Its window ends processes, not events: each looks at the time.
"""

# No `from __future__ import annotations`: cimba reads the annotations of its models when it compiles them.
from pathlib import Path

import cimba as cb
import numba
from shared_draws import logarithm, sequence_uniform

from .kinds import (
    ALLOCATE_DUE,
    ALLOCATION,
    ARRIVE,
    AUDIT,
    AUDIT_DUE,
    DAMP,
    FAN,
    FINDING,
    LOOK_AHEAD,
    OUTLOOK,
    PAIN,
    POLICY,
    REPORT,
    REPORT_DUE,
    TRANSFER,
    level,
    shape,
)
from .ours import starts


@numba.njit
def uniform(system):
    draw = system.draws
    system.draws = draw + 1
    return sequence_uniform(system.seed, system.row, 0, draw)


@numba.njit
def exponential(system, mean):
    return 0.0 - mean * logarithm(1.0 - uniform(system))


class Message(cb.Model):
    """A message on its way."""

    to: cb.Ref["System"]
    sender: cb.Ref["System"]
    about: cb.Ref["System"]
    kind: int
    value: float
    delay: float

    @cb.event
    def come(self):
        if cb.now() < self.to.horizon:
            self.to.hear(self.kind, self.sender, self.about, self.value)

    @cb.on_start
    def go(self):
        cb.schedule(self.come, self.delay)


class System(cb.Model):
    """A viable system; a leaf is an elementary operation."""

    row: cb.Param[int]
    seed: cb.Param[int]
    horizon: cb.Param[float]
    leaf: cb.Param[bool]
    top: cb.Param[bool]
    arrival_phase: cb.Param[float]
    report_phase: cb.Param[float]
    allocate_phase: cb.Param[float]
    audit_phase: cb.Param[float]
    look_phase: cb.Param[float]
    parent: cb.Ref["System"]
    children: list[cb.Ref["System"]]
    first_budget: cb.Param[float]
    budget: float = 0.0
    draws: int = 0
    queue: int = 0
    busy: int = 0
    heard: float = 0.0
    load: float = 0.0
    rate: float = 1.0
    threshold: float = 6.0
    trend: float = 0.0
    balance: float = 0.5
    count: int = 0
    done_count: int = 0
    pain_count: int = 0
    handled: cb.Output[float]
    served: cb.Output[float]
    pains: cb.Output[float]

    @cb.on_start
    def begin(self):
        self.budget = self.first_budget
        cb.schedule(self.report_due, self.report_phase)
        if self.leaf:
            cb.schedule(self.arrive, self.arrival_phase)
        else:
            cb.schedule(self.allocate_due, self.allocate_phase)
            cb.schedule(self.audit_due, self.audit_phase)
            cb.schedule(self.look_ahead, self.look_phase)

    @cb.on_end
    def tell(self):
        self.handled = float(self.count)
        self.served = float(self.done_count)
        self.pains = float(self.pain_count)

    @cb.function
    def total(self) -> float:
        c = self.children
        return c[0].heard + c[1].heard + c[2].heard + c[3].heard

    @cb.function
    def serve(self) -> None:
        cb.schedule(self.done, exponential(self, 1.0) / self.rate)

    @cb.event
    def done(self):
        if cb.now() >= self.horizon:
            return
        self.count += 1
        self.done_count += 1
        if self.queue > 0:
            self.queue -= 1
            self.serve()
        else:
            self.busy = 0

    @cb.event
    def arrive(self):
        if cb.now() >= self.horizon:
            return
        self.count += 1
        cb.schedule(self.arrive, exponential(self, 1.25))
        if self.busy == 0:
            self.busy = 1
            self.serve()
        else:
            self.queue += 1

    @cb.event
    def report_due(self):
        if cb.now() >= self.horizon:
            return
        self.count += 1
        cb.schedule(self.report_due, 2.0)
        if self.leaf:
            self.load = float(self.queue + self.busy)
        else:
            self.load = self.total()
        if not self.top:
            cb.spawn(Message, to=self.parent, sender=self, about=self, kind=REPORT, value=self.load,
                     delay=0.05 + exponential(self, 0.1))  # fmt: skip

    @cb.event
    def allocate_due(self):
        if cb.now() >= self.horizon:
            return
        self.count += 1
        cb.schedule(self.allocate_due, 10.0)
        total = self.total() + 4.0
        for k in range(FAN):
            child = self.children[k]
            share = self.balance * 0.25 + (1.0 - self.balance) * (child.heard + 1.0) / total
            cb.spawn(Message, to=child, sender=self, about=self, kind=ALLOCATION,
                     value=self.budget * share, delay=0.05 + exponential(self, 0.1))  # fmt: skip

    @cb.event
    def audit_due(self):
        if cb.now() >= self.horizon:
            return
        self.count += 1
        cb.schedule(self.audit_due, exponential(self, 8.0))
        child = self.children[int(uniform(self) * 4.0)]
        cb.spawn(Message, to=child, sender=self, about=self, kind=AUDIT, value=0.0,
                 delay=0.01 + exponential(self, 0.02))  # fmt: skip

    @cb.event
    def look_ahead(self):
        if cb.now() >= self.horizon:
            return
        self.count += 1
        cb.schedule(self.look_ahead, 5.0)
        self.trend = 0.7 * self.trend + 0.3 * self.load
        cb.spawn(Message, to=self, sender=self, about=self, kind=OUTLOOK, value=self.trend,
                 delay=0.2 + exponential(self, 0.2))  # fmt: skip

    @cb.function
    def hear(self, kind: int, sender: "System", about: "System", value: float) -> None:
        self.count += 1
        if kind == REPORT:
            sender.heard = value
            over = value - 0.25 * self.total()
            if over > self.threshold:
                least = 0
                for k in range(1, FAN):
                    if self.children[k].heard < self.children[least].heard:
                        least = k
                cb.spawn(Message, to=sender, sender=self, about=self.children[least], kind=DAMP, value=0.5 * over,
                         delay=0.02 + exponential(self, 0.05))  # fmt: skip
        elif kind == DAMP:
            if self.leaf:
                moves = min(int(value), self.queue)
                if moves > 0:
                    self.queue -= moves
                    cb.spawn(Message, to=about, sender=self, about=self, kind=TRANSFER, value=float(moves),
                             delay=0.1 + exponential(self, 0.1))  # fmt: skip
            else:
                child = self.children[int(uniform(self) * 4.0)]
                cb.spawn(Message, to=child, sender=self, about=about, kind=DAMP, value=value,
                         delay=0.02 + exponential(self, 0.05))  # fmt: skip
        elif kind == TRANSFER:
            if not self.leaf:
                child = self.children[int(uniform(self) * 4.0)]
                cb.spawn(Message, to=child, sender=self, about=self, kind=TRANSFER, value=value, delay=0.02)
            else:
                self.queue += int(value)
                if self.busy == 0 and self.queue > 0:
                    self.busy = 1
                    self.queue -= 1
                    self.serve()
        elif kind == ALLOCATION:
            self.budget = value
            if self.leaf:
                self.rate = max(0.2, value)
        elif kind == AUDIT:
            load = self.load
            if self.leaf:
                load = float(self.queue + self.busy)
            cb.spawn(Message, to=sender, sender=self, about=self, kind=FINDING, value=load,
                     delay=0.01 + exponential(self, 0.02))  # fmt: skip
        elif kind == FINDING:
            if abs(value - sender.heard) > 8.0:
                cb.spawn(Message, to=self, sender=self, about=sender, kind=PAIN, value=value, delay=0.005)
        elif kind == PAIN:
            self.pain_count += 1
            if not self.top:
                cb.spawn(Message, to=self.parent, sender=self, about=about, kind=PAIN, value=value,
                         delay=0.005 + exponential(self, 0.001))  # fmt: skip
        elif kind == OUTLOOK:
            wanted = 0.25 if value > 20.0 else 0.5
            cb.spawn(Message, to=self, sender=self, about=self, kind=POLICY, value=wanted, delay=0.1)
        else:
            self.balance = 0.8 * self.balance + 0.2 * value
            self.threshold = 4.0 + 4.0 * self.balance


class Organisation(cb.Model):
    systems: list[System]


def organisation(depth: int, seed: int, horizon: float) -> Organisation:
    systems, first_leaf = shape(depth)
    whole = Organisation()
    made = [System() for _ in range(systems)]
    for row, system in enumerate(made):
        leaf = row >= first_leaf
        phase = dict(starts(row, seed, leaf))
        system.row, system.seed, system.horizon = row, seed, horizon
        system.leaf, system.top = leaf, row == 0
        system.arrival_phase, system.report_phase = phase.get(ARRIVE, 0.0), phase[REPORT_DUE]
        system.allocate_phase = phase.get(ALLOCATE_DUE, 0.0)
        system.audit_phase, system.look_phase = phase.get(AUDIT_DUE, 0.0), phase.get(LOOK_AHEAD, 0.0)
        system.first_budget = float(FAN ** (depth - level(row)))
        system.parent = made[(row - 1) // FAN] if row else system
        system.children = [] if leaf else made[FAN * row + 1 : FAN * row + 1 + FAN]
    whole.systems = made
    return whole


class Run:
    def __init__(self, size: dict, journal: str, path: Path | None) -> None:
        small = organisation(1, size["seed"], 1.0)
        cb.Experiment(small, window=cb.Window(duration=1.0), seed=1).run(
            workers=1
        )  # compiles outside the clock
        self.whole = organisation(size["depth"], size["seed"], size["horizon"])
        self.experiment = cb.Experiment(self.whole, window=cb.Window(duration=size["horizon"]), seed=1)

    def run(self, horizon: float) -> None:
        self.results = self.experiment.run(workers=1)

    def sums(self) -> dict[str, int]:
        told = dict.fromkeys(("handled", "served", "pains"), 0)
        for system in self.whole.systems:
            for name in told:
                told[name] += int(getattr(self.results[system], name).values.ravel()[0])
        return told

    @property
    def handled(self) -> int:
        return self.sums()["handled"]
