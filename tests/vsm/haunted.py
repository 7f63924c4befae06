"""A house made by hand that things go wrong in: a desk, Systems 2 and 3, operations, tasks and faults at set times."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import simpy
from receivers import organisation, row_of

from vsmlab.engines.journal import Journal
from vsmlab.engines.simpy_engine import Agenda
from vsmlab.engines.start import Start
from vsmlab.laws import kinds as k
from vsmlab.laws.sending import channel_to
from vsmlab.laws.tables import Message
from vsmlab.laws.tasks import new_task

WORLD, STREAM, DESK, SYSTEM2, SYSTEM3, FIRST = range(6)
Fault = tuple[float, int, int, float]
"""When, which fault, at which operation (by number), what value."""


class House:
    """Operations under one desk, with their managements, a System 2 and a System 3.

    Args:
        operations: How many.
        agents: Of each.
    """

    def __init__(self, operations: int, agents: int = 2) -> None:
        self.state = organisation(
            k.WORLD, k.STREAM, k.DESK, k.SYSTEM2, k.SYSTEM3,
            *[k.OPERATION, k.MANAGEMENT, k.ENVIRONMENT] * operations,
        )  # fmt: skip
        self.messages: list[Message] = []
        self.operations = [FIRST + 3 * number for number in range(operations)]
        self.tasks: list[int] = []
        self._numbers: Counter[int] = Counter()
        for number, row in enumerate(self.operations):
            self._operation(row, agents, number)
        self.desk, self.system2, self.system3 = (row_of(self.state, row) for row in (DESK, SYSTEM2, SYSTEM3))
        self.desk.parent, self.desk.children = -1, operations
        self.desk.first_link, last = self._chain(DESK, self.operations, agents)
        self.desk.last_link = last
        managements = [row + 1 for row in self.operations]
        self.system2.first_link, _ = self._chain(SYSTEM2, managements, agents)
        self.system2.children, self.system2.parent, self.system2.system3 = operations, -1, SYSTEM3
        self.system2.period, self.system2.staggers, self.system2.beat_every = 2.0, 1, 2.0
        self.system2.suspect_after, self.system2.stuck_after = 3.0, 20.0
        self.system3.first_link, _ = self._chain(SYSTEM3, managements, agents)
        self.system3.children, self.system3.desk, self.system3.parent = operations, DESK, DESK
        self.system3.account_to = self.system3.system4 = self.system3.system5 = -1
        self.system3.period, self.system3.probation, self.system3.band = 10.0, 40.0, 1.0
        self.system3.after, self.system3.gain, self.system3.emergency_until = 1_000_000, 1.0, -1.0
        self.system3.outlook_heard = -1.0
        self.begin(1.3, k.COORDINATE, SYSTEM2)
        self.begin(5.1, k.BARGAIN_DUE, SYSTEM3)

    def _operation(self, row: int, agents: int, number: int) -> None:
        operation, management = row_of(self.state, row), row_of(self.state, row + 1)
        operation.environment, operation.management, operation.desk = row + 2, row + 1, DESK
        operation.agents = operation.granted = agents
        operation.speed = operation.full_speed = operation.bias = operation.lie = 1.0
        operation.head = operation.tail = operation.serving = operation.limit = operation.work = -1
        operation.bucket_ticket = operation.inspector = operation.first_vital = -1
        operation.max_wait, operation.mean_service, operation.report_every = -1.0, 1.0, 1.0
        row_of(self.state, row + 2).operation = row
        management.operation, management.system2, management.system3 = row, SYSTEM2, SYSTEM3
        management.system5 = management.first_link = management.first_essential = -1
        management.offered = management.carried = -1.0
        management.max_wait = management.max_wait_in_pain = -1.0
        management.memory, management.heartbeat_every, management.account_every = 60.0, 2.0, 10.0
        self.begin(0.1 + 0.01 * number, k.REPORT, row)
        self.begin(0.3 + 0.01 * number, k.HEARTBEAT_DUE, row + 1)
        self.begin(0.7 + 0.01 * number, k.ACCOUNT_DUE, row + 1)

    def _chain(self, owner: int, to: Iterable[int], agents: int) -> tuple[int, int]:
        rows: Any = self.state.links
        made = []
        for place, other in enumerate(to):
            row = rows.add()
            one = rows[row]
            one.owner, one.to, one.address, one.next = owner, other, self.operations[place], -1
            one.first_correction = one.last_correction = -1
            one.heard, one.bias, one.share, one.initial = -1.0, 1.0, 1.0, float(agents)
            one.target = agents
            if made:
                rows[made[-1]].next = row
            made.append(row)
        self.state.ledger[0].links = len(rows)
        return made[0], made[-1]

    def number(self, sender: int) -> int:
        """The next number of a sender's first messages."""
        self._numbers[sender] += 1
        return self._numbers[sender] - 1

    def begin(self, due: float, kind: int, to: int) -> None:
        """A first reminder."""
        self.say(due, kind, to, to)

    def say(
        self, due: float, kind: int, to: int, sender: int, task: int = -1, ref: int = 0, value: float = 0.0
    ) -> None:
        """Put a message into the agenda."""
        units = self.state.units
        token = self.state.tasks[task].identity if task >= 0 else -1
        key = (due, k.PRIORITIES[kind], units[to].identity, units[sender].identity, self.number(sender))
        self.messages.append(Message(*key, kind, to, sender, task, token, -1, ref, value, -1))

    def task(self, due: float, work: float, to: int = DESK, **fields: Any) -> int:
        """A task that arrives at the desk, or straight at an operation; returns its identity."""
        row = new_task(self.state, self.state.units[STREAM], len(self.tasks) + 1, due)
        task = self.state.tasks[row]
        task.work, task.work_law, task.patience, task.backoff, task.deadline = work, -1, -1, -1, -1.0
        task.attempts = 1
        for name, value in fields.items():
            setattr(task, name, value)
        self.say(due, k.ARRIVE, to, STREAM, task=row)
        self.tasks.append(task.identity)
        return int(task.identity)

    def fault(self, due: float, fault: int, number: int, value: float) -> None:
        """Something breaks at an operation, and at its management where that falls silent with it."""
        row = self.operations[number]
        self.say(due, k.DISTURB, row, WORLD, ref=fault, value=value)
        if fault in (k.CRASH, k.SILENT_HANG):
            self.say(due, k.DISTURB, row + 1, WORLD, ref=fault, value=value)

    def way(self, sender: int, kind: int, **fields: Any) -> None:
        """What the channels of one kind of this sender are like."""
        pattern = self.state.channels[channel_to(self.state, self.state.units[sender], kind, -1)]
        for name, value in fields.items():
            setattr(pattern, name, value)

    def constant(self, value: float) -> int:
        """A distribution that is a constant."""
        rows: Any = self.state.distributions
        row = int(rows.add())
        rows[row].shape, rows[row].a = k.CONSTANT, value
        return row

    def run(self, until: float) -> Tale:
        """Everything that is due before this time, on the reference engine."""
        units: Any = self.state.units
        for sender, count in self._numbers.items():
            units[sender].numbers = count
        start = Start(
            state=self.state, messages=self.messages, paths=[f"test.{row}" for row in range(len(units))],
            roles=[unit.role for unit in units], identities=[unit.identity for unit in units], places=[],
        )  # fmt: skip
        segments: list[Any] = []
        journal = Journal(start.identities, [segments.append])
        env = simpy.Environment()
        agenda = Agenda(env, start, journal)
        env.run(until=until)
        journal.finish()
        return Tale(self, agenda, np.concatenate(segments))


class Tale:
    """What happened in a house: the journal's rows, and where every task is at the end."""

    def __init__(self, house: House, agenda: Agenda, rows: Any) -> None:
        self.house, self.agenda, self.rows = house, agenda, rows
        units: Any = house.state.units
        self.who = {unit.identity: unit.row for unit in units}

    def of(self, *kinds: int, at: int | None = None) -> list[Any]:
        """Rows of these kinds, in order, where asked for those of one receiver."""
        rows = self.rows[np.isin(self.rows["kind"], kinds)]
        return [row for row in rows if at is None or self.who[int(row["receiver"])] == at]

    def dues(self, kind: int, at: int | None = None) -> list[float]:
        """When facts or messages of this kind happened."""
        return [float(row["due"]) for row in self.of(kind, at=at)]

    def lives(self) -> Mapping[int, list[tuple[float, int, int]]]:
        """The facts about each task: when, what, at which receiver."""
        found: dict[int, list[tuple[float, int, int]]] = defaultdict(list)
        for row in self.rows:
            if row["kind"] >= k.FACTS and row["task"] >= 0:
                found[int(row["task"])].append(
                    (float(row["due"]), int(row["kind"]), self.who[int(row["receiver"])])
                )
        return found

    def held(self) -> Counter[int]:
        """How often each task is somewhere at the end: in a queue, in service, or on its way."""
        state = self.house.state
        found: Counter[int] = Counter()
        for row in self.house.operations:
            operation = row_of(state, row)
            for first in (operation.head, operation.serving):
                here = first
                while here >= 0:
                    found[state.tasks[here].identity] += 1
                    here = state.tasks[here].next
        for message in self.agenda.messages:
            if message.task >= 0:
                found[state.tasks[message.task].identity] += 1
        return found
