"""The fifteen rules as a Python user writes them: an object for each system, a method for each rule.

Every peer that runs Python inherits them and says only how a message travels. A rule that comes back at
intervals returns how long until then.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from journal import PeerJournal

from .draws import Draws
from .kinds import (
    ALLOCATION,
    AUDIT,
    DAMP,
    DONE,
    FAN,
    FINDING,
    OUTLOOK,
    PAIN,
    POLICY,
    REPORT,
    TRANSFER,
    level,
    shape,
)
from .ours import starts


class System(ABC):
    """A viable system; without children it is an elementary operation."""

    def __init__(self, row: int, depth: int, draws: Draws) -> None:
        self.row, self.draws = row, draws
        self.parent: System | None = None
        self.children: list[System] = []
        self.heard = 0.0  # what the parent last heard of this one
        self.queue, self.busy = 0, False
        self.load, self.rate, self.budget = 0.0, 1.0, float(FAN ** (depth - level(row)))
        self.threshold, self.trend, self.balance = 6.0, 0.0, 0.5
        self.served = self.moved = self.found = self.pains = 0

    # -- what a peer says -------------------------------------------------------------------------------------

    @abstractmethod
    def send(self, delay: float, to: System, kind: int, ref: System | None, value: float) -> None:
        """Send a message that comes to ``to`` after the delay."""

    @abstractmethod
    def repeat(self, wait: float, kind: int) -> None:
        """Begin with what comes back at intervals, after the first wait."""

    # -- the rules --------------------------------------------------------------------------------------------

    def arrive(self, sender: System, ref: System | None, value: float) -> float | None:
        gap = self.draws.exponential(1.25)
        if self.busy:
            self.queue += 1
        else:
            self.busy = True
            self.repeat(self.service(), DONE)
        return gap

    def service(self) -> float:
        return self.draws.exponential(1.0) / self.rate

    def done(self, sender: System, ref: System | None, value: float) -> float | None:
        self.served += 1
        if self.queue > 0:
            self.queue -= 1
            return self.service()
        self.busy = False
        return None

    def total(self) -> float:
        a, b, c, d = self.children
        return a.heard + b.heard + c.heard + d.heard

    def report_due(self, sender: System, ref: System | None, value: float) -> float | None:
        self.load = self.total() if self.children else float(self.queue + self.busy)
        if self.parent is not None:
            self.send(0.05 + self.draws.exponential(0.1), self.parent, REPORT, None, self.load)
        return 2.0

    def report(self, sender: System, ref: System | None, value: float) -> None:
        sender.heard = value
        over = value - 0.25 * self.total()
        if over > self.threshold:
            least = min(self.children, key=lambda child: child.heard)
            self.send(0.02 + self.draws.exponential(0.05), sender, DAMP, least, 0.5 * over)

    def a_child(self) -> System:
        return self.children[int(self.draws.uniform() * 4.0)]

    def damp(self, sender: System, ref: System, value: float) -> None:
        if self.children:
            child = self.a_child()
            self.send(0.02 + self.draws.exponential(0.05), child, DAMP, ref, value)
            return
        moves = min(int(value), self.queue)
        if moves > 0:
            self.queue -= moves
            self.moved += moves
            self.send(0.1 + self.draws.exponential(0.1), ref, TRANSFER, None, float(moves))

    def transfer(self, sender: System, ref: System | None, value: float) -> None:
        if self.children:
            self.send(0.02, self.a_child(), TRANSFER, None, value)
            return
        self.queue += int(value)
        if not self.busy and self.queue > 0:
            self.busy = True
            self.queue -= 1
            self.repeat(self.service(), DONE)

    def allocate_due(self, sender: System, ref: System | None, value: float) -> float | None:
        total = self.total() + 4.0
        for child in self.children:
            share = self.balance * 0.25 + (1.0 - self.balance) * (child.heard + 1.0) / total
            self.send(0.05 + self.draws.exponential(0.1), child, ALLOCATION, None, self.budget * share)
        return 10.0

    def allocation(self, sender: System, ref: System | None, value: float) -> None:
        self.budget = value
        if not self.children:
            self.rate = max(0.2, value)

    def audit_due(self, sender: System, ref: System | None, value: float) -> float | None:
        wait = self.draws.exponential(8.0)
        child = self.a_child()
        self.send(0.01 + self.draws.exponential(0.02), child, AUDIT, None, 0.0)
        return wait

    def audit(self, sender: System, ref: System | None, value: float) -> None:
        load = self.load if self.children else float(self.queue + self.busy)
        self.send(0.01 + self.draws.exponential(0.02), sender, FINDING, None, load)

    def finding(self, sender: System, ref: System | None, value: float) -> None:
        if abs(value - sender.heard) > 8.0:
            self.found += 1
            self.send(0.005, self, PAIN, sender, value)

    def pain(self, sender: System, ref: System | None, value: float) -> None:
        self.pains += 1
        if self.parent is not None:
            self.send(0.005 + self.draws.exponential(0.001), self.parent, PAIN, ref, value)

    def look_ahead(self, sender: System, ref: System | None, value: float) -> float | None:
        self.trend = 0.7 * self.trend + 0.3 * self.load
        self.send(0.2 + self.draws.exponential(0.2), self, OUTLOOK, None, self.trend)
        return 5.0

    def outlook(self, sender: System, ref: System | None, value: float) -> None:
        self.send(0.1, self, POLICY, None, 0.25 if value > 20.0 else 0.5)

    def policy(self, sender: System, ref: System | None, value: float) -> None:
        self.balance = 0.8 * self.balance + 0.2 * value
        self.threshold = 4.0 + 4.0 * self.balance

    rules = (
        arrive, done, report_due, report, damp, transfer, allocate_due, allocation,
        audit_due, audit, finding, pain, look_ahead, outlook, policy,
    )  # fmt: skip


class Organisation:
    """A tree of systems and the journal that all write into.

    Args:
        size: Depth, horizon and seed.
        journal: What is written.
        make: Makes a system of a row, the depth and its draws.
    """

    def __init__(self, size: dict, journal: PeerJournal, make: type[System]) -> None:
        depth, seed = size["depth"], size["seed"]
        systems, self.first_leaf = shape(depth)
        self.journal, self.seed = journal, seed
        enough = 64 + int(2.5 * size["horizon"])
        self.systems = [make(row, depth, Draws(seed, row, enough)) for row in range(systems)]
        for row in range(1, systems):
            parent = self.systems[(row - 1) // FAN]
            self.systems[row].parent = parent
            parent.children.append(self.systems[row])

    def start(self) -> None:
        """Begin with everything that comes back at intervals."""
        for system in self.systems:
            for kind, due in starts(system.row, self.seed, not system.children):
                system.repeat(due, kind)

    @property
    def handled(self) -> int:
        return self.journal.handled

    def digest(self) -> str:
        return self.journal.digest()

    def sums(self) -> dict[str, int]:
        """What every peer can tell of what happened."""
        told = {"handled": self.handled, "served": 0, "pains": 0}
        for system in self.systems:
            told["served"] += system.served
            told["pains"] += system.pains
        return told
