"""Receivers made by hand that speak to one another: a small agenda, and operations that obey or dawdle."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any, NamedTuple

from receivers import link, organisation, row_of

from vsmlab.dispatch import answers
from vsmlab.laws import kinds as k
from vsmlab.laws.tables import Message, State


class Fact(NamedTuple):
    """What a receiver noted."""

    time: float
    name: str
    unit: int
    ref: int
    value: float


class Play:
    """Handles messages in the order of their due time; who sent first is first among equals.

    Args:
        state: The receivers.
        fate: For every message sent, when its copies arrive, given kind and due time; none: it is lost.
    """

    def __init__(self, state: State, fate: Callable[[int, float], list[float]] | None = None) -> None:
        self.state = state
        self.facts: list[Fact] = []
        self.now = 0.0
        self._fate = fate or (lambda _, due: [due])
        self._table = answers()
        self._agenda: list[tuple[float, int, int, Message]] = []
        self._number = 0
        self.given: dict[int, float] = {}
        self.back: dict[int, float] = {}

    def post(
        self, due: float, kind: int, to: int, *, sender: int = -1, ref: int = 0, value: float = 0.0
    ) -> None:
        """Put a message into the agenda."""
        self._number += 1
        message = Message(
            due, k.PRIORITIES[kind], 0, 0, self._number, kind, to, sender, -1, -1, -1, ref, value, -1
        )
        heapq.heappush(self._agenda, (due, k.PRIORITIES[kind], self._number, message))

    def run(self, until: float, watch: Callable[[Message], None] | None = None) -> None:
        """Handle everything due before ``until``."""
        while self._agenda and self._agenda[0][0] < until:
            message = heapq.heappop(self._agenda)[3]
            self.now = message.due
            unit = self.state.units[message.to]
            if unit.role == k.MANAGEMENT:
                self._obey(message)
            elif unit.off == 0:
                self._table[unit.role][message.kind](self.state, unit, message.due, message)
            self._collect()
            if watch is not None:
                watch(message)

    def _obey(self, message: Message) -> None:
        """An operation's management: takes what is granted, gives back what is recalled, and says how much."""
        if message.ref == k.GRANTED:
            self.given[message.to] = max(self.given.get(message.to, 0.0), message.value)
        elif message.ref == k.RECALLED:
            self.back[message.to] = max(self.back.get(message.to, 0.0), message.value)
        if message.to in self.back:
            value = self.back[message.to]
            for due in self._fate(k.ACCOUNTS, message.due):
                self.post(due, k.ACCOUNTS, message.sender, sender=message.to, ref=k.RETURNED, value=value)

    def _collect(self) -> None:
        effects: Any = self.state.effects
        for sender, kind, to, due, _task, _token, _ticket, ref, value in effects:
            if kind >= k.FACTS:
                self.facts.append(Fact(self.now, k.NAME_OF[kind], sender, ref, value))
                continue
            copies = [due] if sender == to else self._fate(kind, due)
            for each in copies:
                self.post(each, kind, to, sender=sender, ref=ref, value=value)
        effects.clear()

    def noted(self, name: str) -> list[Fact]:
        """Facts of this name, in order."""
        return [fact for fact in self.facts if fact.name == name]


SELF, DESK, FOUR, FIVE, FIRST = range(5)


def root(agents, *, offered=None, **fields):
    """A root System 3 that hires; each operation holds so many agents and reports so many erlangs."""
    state = organisation(k.SYSTEM3, k.DESK, k.SYSTEM4, k.SYSTEM5, *[k.MANAGEMENT] * len(agents))
    links = link(
        state, SELF, range(FIRST, FIRST + len(agents)), heard=[0.0] * len(agents),
        initial=[float(one) for one in agents], offered=list(offered or [0.0] * len(agents)),
    )  # fmt: skip
    system3 = row_of(state, SELF)
    system3.first_link, system3.children = (0 if links else -1), len(links)
    system3.desk, system3.system4, system3.system5, system3.account_to = DESK, FOUR, FIVE, -1
    system3.gain, system3.max_moves, system3.moves = 1.0, -1, 1
    system3.hires, system3.hire_takes, system3.balance_period = 1, 60.0, 10.0
    system3.staffing, system3.agents_least, system3.agents_most = 1.0, 0, -1
    system3.outlook_heard = system3.then_heard = system3.emergency_until = -1.0
    system3.outlook_lasts = 180.0
    system3.agents, system3.commitment = sum(agents), float(sum(agents))
    for name, value in fields.items():
        setattr(system3, name, value)
    return state, system3, links
