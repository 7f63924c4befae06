"""The compiled engine: the same laws in the same order as on SimPy, in machine code, and the same journal bit for bit.

The loop runs without the interpreter lock, so that a second thread closes one segment of the journal (its
digest, its file, its measures) while the next is being written.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from vsmlab.engines.journal import LOCAL, SEGMENT, Journal
from vsmlab.engines.snapshot import TABLES, Pauses, Snapshot, go_on
from vsmlab.engines.start import Start
from vsmlab.errors import ModelError
from vsmlab.laws.sending import ROOM

from .agenda import ENDED, FAULT, NO_ROOM
from .machine_code import Told, compiled_loop
from .memory import Memory, Records
from .model import ORGANISATION
from .telling import tell as tell_start
from .telling import tell_births


@dataclass
class Agenda:
    """What is left when a run is over, as of the other engine."""

    handled: int
    failures: list[str] = field(default_factory=list)


class _Pages:
    """Two pages for the journal: one is being written by the loop, the other being closed by a thread."""

    def __init__(self, memory: Memory, start: Start, journal: Journal) -> None:
        self.memory, self.start, self.journal = memory, start, journal
        self.pages = [np.zeros(SEGMENT + ROOM + 1, LOCAL) for _ in range(2)]
        self.closing: Future[None] | None = None
        self.thread = ThreadPoolExecutor(1, "vsmlab-journal")
        memory.write_into(self.pages[0])
        pending = len(journal.rows)  # of a run that goes on
        self.pages[0][:pending] = np.array(journal.rows, LOCAL)
        memory.meter["written"], memory.meter["closed"] = pending, journal.closed
        journal.rows.clear()

    def turn(self) -> None:
        """Close what was written, and have the loop go on on the other page."""
        self.wait()
        meter, (page, other) = self.memory.meter, self.pages
        written = int(meter["written"])
        rest = max(0, written - SEGMENT)
        tell_births(self.memory, self.start)
        other[:rest] = page[SEGMENT:written]
        self.closing = self.thread.submit(self.journal.close_segment, page[: written - rest])
        meter["closed"] += written - rest
        meter["written"] = rest
        self.pages = [other, page]
        self.memory.write_into(other)

    def wait(self) -> None:
        """Wait for the thread, and raise what it raised."""
        if self.closing is not None:
            self.closing.result()
            self.closing = None

    def last(self) -> Records:
        """What was written and not closed."""
        return self.pages[0][: int(self.memory.meter["written"])]


def snapshot(memory: Memory, pages: _Pages, journal: Journal, time: float) -> Snapshot:
    """The run as it is, when all before this time has been handled."""
    pages.wait()
    ledger = memory.tables["ledger"][0]
    used = {name: int(ledger[name]) for name in memory.layout.growing}
    return Snapshot(
        time=time,
        tables={name: memory.tables[name][: used.get(name)].copy() for name in TABLES},
        agenda=memory.agenda(),
        pending=pages.last().copy(),
        links=tuple(journal.links),
        closed=journal.closed,
        handled=int(memory.meter["handled"]),
    )


def memory_of(start: Start) -> Memory:
    """The tables of a built organisation in memory, with room for what one handling may make: a whole child."""
    state: Any = start.state
    growing = ORGANISATION.layout.growing
    sizes = [getattr(row, name, 0) for row in state.blueprints for name in growing]
    return Memory(ORGANISATION, state, start.messages, max(ROOM, 2 * max(sizes, default=0)))


def run(
    start: Start,
    horizon: float,
    journal: Journal,
    *,
    progress: Callable[[float], None] | None = None,
    past: Snapshot | None = None,
    pauses: Pauses | None = None,
    tell: Told | None = None,
    bounds: bool = False,
) -> Agenda:
    """Run from time zero, or from a snapshot on, to the horizon, which is exclusive.

    Args:
        start: The built organisation; what others look at in its tables is as the horizon left it.
        horizon: Seconds.
        journal: Gets every row; it is finished here. Its identities are those of the start.
        progress: Called now and then with the time reached, at most some hundred times.
        past: Where to go on from, in place of time zero.
        pauses: When to take snapshots.
        tell: Told in a sentence what takes so long, when the laws have to be compiled first.
        bounds: Check every row that is reached; slower, for tests.

    Raises:
        InputError: If numba is not installed.
        ModelError: If a law fails, or asks for more than it may.
    """
    loop = compiled_loop(bounds=bounds, tell=tell)
    if past is not None:
        go_on(start, journal, past)
    memory = memory_of(start)
    memory.meter["handled"] = 0 if past is None else past.handled
    pages = _Pages(memory, start, journal)
    since = said = 0.0 if past is None else past.time
    marks = [] if pauses is None else pauses.between(since, horizon)
    try:
        for until in (*marks, horizon):
            while (why := loop(memory.address, until)) != ENDED:
                if why == FAULT:
                    raise ModelError(f"one message brought about more than {ROOM} others: a law runs away")
                if why == NO_ROOM:
                    memory.grow()
                    continue
                now = float(pages.last()["due"][-1])
                pages.turn()
                if progress is not None and now - said >= 0.01 * horizon:
                    progress(now)
                    said = now
            if pauses is not None and until < horizon:
                pauses.keep(snapshot(memory, pages, journal, until))
        while len(pages.last()) >= SEGMENT:
            pages.turn()
        pages.wait()
    finally:
        pages.thread.shutdown()
    tell_start(memory, start)
    if len(pages.last()):
        journal.close_segment(pages.last())
    if progress is not None:
        progress(horizon)
    return Agenda(handled=int(memory.meter["handled"]))
