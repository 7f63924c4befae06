"""The reference engine: SimPy gives the clock, one agenda gives the order. One wake-up a due time."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from heapq import heapify, heappop, heappush
from typing import Any

import simpy

from vsmlab.dispatch import Law, answers, unanswered
from vsmlab.errors import InputError, PeerError
from vsmlab.laws.kinds import DISTURB, FACTS, LAW_FAILED, PRIORITIES
from vsmlab.laws.sending import EffectTuple
from vsmlab.laws.tables import Message, State
from vsmlab.mechanisms.philox import forget_blocks

from .journal import SEGMENT, Journal
from .snapshot import Pauses, Snapshot, go_on, take
from .start import Start

AFTER_PROCESSES = 2
"""SimPy's priority of our wake-ups: users' own processes act before the agenda at equal times."""

new = tuple.__new__


class Agenda:
    """The organisation on a SimPy clock: handles what is due, in the one total order.

    Args:
        env: The clock.
        start: Where to start from.
        journal: Where every row goes.
        own_laws: Users' laws by (kind, role).
    """

    def __init__(
        self,
        env: simpy.Environment,
        start: Start,
        journal: Journal,
        own_laws: dict[tuple[int, int], Law] | None = None,
    ) -> None:
        self.env, self.journal = env, journal
        self.state: State = start.state
        self.table = answers({place: self._guarded(place, law) for place, law in (own_laws or {}).items()})
        self.messages: list[Message] = list(start.messages)
        heapify(self.messages)
        self.woken_for = float("inf")
        self.failures: list[str] = []
        self.handled = 0
        self._wake()

    def _guarded(self, place: tuple[int, int], law: Law) -> Law:
        """A user's law that fails is recorded and isolated: what it had sent is taken back, the run goes on."""

        def guarded(state: State, unit: Any, now: float, message: Message) -> None:  # noqa: ANN401
            effects: list[EffectTuple] = state.effects  # type: ignore[assignment]
            before = len(effects)
            try:
                law(state, unit, now, message)
            except Exception as exc:  # noqa: BLE001 - whatever a user's law does wrong
                del effects[before:]
                if len(self.failures) < 100:
                    name = getattr(law, "__name__", repr(law))
                    self.failures.append(f"law {name} at {now:g} s: {type(exc).__name__}: {exc}")
                effects.append(
                    (unit.row, LAW_FAILED, unit.row, 0.0, -1, message.token, -1, message.kind, 0.0)
                )

        return guarded

    def _wake(self) -> None:
        """Ask SimPy for the next due time, unless it will already call us then or before."""
        if self.messages and self.messages[0][0] < self.woken_for:
            self.woken_for = self.messages[0][0]
            event = self.env.event()
            event._ok, event._value = True, None
            event.callbacks.append(self._due)
            # At exactly `due`: a timeout of `due - now` would round, and miss it by an ulp.
            heappush(self.env._queue, (self.woken_for, AFTER_PROCESSES, next(self.env._eid), event))

    def _due(self, event: object) -> None:
        now = self.env.now
        if self.woken_for == now:
            self.woken_for = float("inf")
        messages, state, rows, table = self.messages, self.state, self.journal.rows, self.table
        units = state.units
        effects: list[EffectTuple] = state.effects  # type: ignore[assignment]
        closed = self.journal.closed
        ledger, identities = state.ledger[0], self.journal.identities
        while messages and messages[0][0] <= now:
            message = heappop(messages)
            due, priority, _, _, number, kind, to, sender, _, token, _, ref, value, cause = message
            row = closed + len(rows)
            rows.append((due, value, number, ref, token, to, sender, kind, priority, cause))
            unit = units[to]
            if unit.off and kind != DISTURB:
                unanswered(state, unit, due, message)
            else:
                table[unit.role][kind](state, unit, due, message)
            self.handled += 1
            if effects:
                while len(identities) < ledger.units:  # who was born by this message
                    identities.append(units[len(identities)].identity)
                for source, what, target, when, task, about, ticket, detail, amount in effects:
                    if what >= FACTS:
                        rows.append((due, amount, -1, detail, about, target, source, what, priority, row))
                    else:
                        who = units[source]
                        n = who.numbers
                        who.numbers = n + 1
                        heappush(
                            messages,
                            new(Message, (when, PRIORITIES[what], units[target].identity, who.identity, n,
                                          what, target, source, task, about, ticket, detail, amount, row)),
                        )  # fmt: skip
                effects.clear()
            if len(rows) >= SEGMENT:
                self.journal.close_full()
                closed = self.journal.closed
        self._wake()

    @property
    def next_due(self) -> float:
        """When the next message is due; infinity if there is none."""
        return self.messages[0][0] if self.messages else float("inf")

    def take_messages(self, messages: Iterable[Message]) -> None:
        """Put messages on the agenda that somebody outside has numbered; none is due before now."""
        for message in messages:
            heappush(self.messages, message)
        self._wake()

    def take_effects(self) -> None:
        """Put on the agenda what was sent from outside a law."""
        effects: list[EffectTuple] = self.state.effects  # type: ignore[assignment]
        units = self.state.units
        for source, what, target, when, task, about, ticket, detail, amount in effects:
            if what >= FACTS:
                row = (self.env.now, amount, -1, detail, about, target, source, what, 0, -1)
                self.journal.rows.append(row)
                continue
            who = units[source]
            message = (when, PRIORITIES[what], units[target].identity, who.identity, who.numbers,
                       what, target, source, task, about, ticket, detail, amount, -1)  # fmt: skip
            heappush(self.messages, new(Message, message))
            who.numbers += 1
        effects.clear()
        self.journal.close_full()
        self._wake()


Process = Callable[[simpy.Environment, Any], Generator[simpy.Event, Any, Any]]
Join = Callable[[Agenda, Process], Any]


def _named(
    env: simpy.Environment, name: str, steps: Generator[simpy.Event, Any, Any]
) -> Generator[simpy.Event, Any, Any]:
    """The same steps of a user's process, except that a failure says whose it was."""
    try:
        return (yield from steps)
    except Exception as exc:
        raise PeerError(f"process {name} failed at {env.now:g} s: {type(exc).__name__}: {exc}") from exc


def run(
    start: Start,
    horizon: float,
    journal: Journal,
    *,
    own_laws: dict[tuple[int, int], Law] | None = None,
    processes: Sequence[Process] = (),
    join: Join | None = None,
    progress: Callable[[float], None] | None = None,
    past: Snapshot | None = None,
    pauses: Pauses | None = None,
) -> Agenda:
    """Run from time zero, or from a snapshot on, to the horizon, which is exclusive.

    Args:
        start: The built organisation.
        horizon: Seconds.
        journal: Gets every row; it is finished here.
        own_laws: Users' laws by (kind, role).
        processes: Users' SimPy generator functions of (environment, organisation).
        join: Makes the ``organisation`` that a process speaks to.
        progress: Called about a hundred times a run with the time reached.
        past: Where to go on from, in place of time zero: no users' processes then.
        pauses: When to take snapshots.

    Raises:
        InputError: If a user's process is not a generator function.
        PeerError: If a user's process fails.
    """
    env = simpy.Environment()
    if past is not None:
        go_on(start, journal, past)
    agenda = Agenda(env, start, journal, own_laws)
    agenda.handled = 0 if past is None else past.handled
    for process in processes:
        steps_of = process(env, join(agenda, process) if join is not None else agenda)
        if not isinstance(steps_of, Generator):
            right = "it yields SimPy events, such as env.timeout(1)"
            raise InputError("", f"processes.{process.__name__}", "not a generator function", right=right)
        env.process(_named(env, process.__name__, steps_of))
    since = 0.0 if past is None else past.time
    marks = set() if pauses is None else set(pauses.between(since, horizon))
    steps = 100 if progress is not None else 1
    stops = marks | {horizon * step / steps for step in range(1, steps)} | {horizon}
    for until in sorted(stop for stop in stops if stop > since):
        try:
            env.run(until=until)
        except simpy.exceptions.SimPyException as exc:
            raise PeerError(f"SimPy stopped at {env.now:g} s: {exc}") from exc
        if pauses is not None and until in marks:
            pauses.keep(take(start, agenda.messages, journal, until, agenda.handled))
        if progress is not None:
            progress(until)
    journal.finish()
    forget_blocks()
    return agenda
