"""Our engines on a model of a benchmark's own: the compiled loop and the agenda on SimPy, with their journals."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import simpy
from journal import digest_of

from vsmlab.engines.compiled.agenda import ENDED, FAULT, NO_ROOM
from vsmlab.engines.compiled.machine_code import compiled_loop
from vsmlab.engines.compiled.memory import Memory
from vsmlab.engines.compiled.model import Model
from vsmlab.engines.journal import LOCAL, SEGMENT, Journal
from vsmlab.engines.records import record_of
from vsmlab.engines.rows import Rows, row_type
from vsmlab.engines.simpy_engine import Agenda
from vsmlab.engines.start import Start
from vsmlab.lab.journal_file import JournalFile
from vsmlab.laws.sending import ROOM

OFF, IN_MEMORY, ON_DISK, CHAINED = "off", "memory", "disk", "chained"
"""Journals: none is kept; all of it is kept in memory; Parquet and the digest; the digest alone."""
PAGE = SEGMENT + ROOM + 1


def tables(state_class: type, rows: dict[str, type], sizes: dict[str, int]) -> tuple:
    """The state of a model with so many empty rows in each table, as the interpreted engine has it."""
    made = {name: Rows(row_type(row), sizes.get(name, 0)) for name, row in rows.items()}
    made["effects"] = []
    return state_class(**made)


def records(state_class: type, rows: dict[str, type], sizes: dict[str, int]) -> tuple:
    """The same as records, as the compiled engine has it; nothing is an object."""
    return state_class(**{name: np.zeros(sizes.get(name, 0), record_of(row)) for name, row in rows.items()})


def interpreted(state_class: type, rows: dict[str, type], state: tuple) -> tuple:
    """A state of records as the interpreted engine has it."""
    made = tables(state_class, rows, {name: len(getattr(state, name)) for name in rows})
    for name in rows:
        for row, values in zip(getattr(made, name), getattr(state, name).tolist(), strict=True):
            for field, value in zip(rows[name].__annotations__, values, strict=True):
                setattr(row, field, value)
    return made


class InMemory(Journal):
    """A journal whose segments are kept as they come: without digest, and without a file.

    Args:
        identities: Identity of each receiver by row.
    """

    def __init__(self, identities: list[int]) -> None:
        super().__init__(identities)
        self.kept: list[np.ndarray] = []

    def close_segment(self, segment: np.ndarray) -> None:
        """Keep a segment; the compiled engine goes on to write over its page."""
        self.kept.append(segment.copy())
        self.closed += len(segment)

    def chained(self) -> Journal:
        """The journal that it would have been with digest."""
        journal = Journal(self.identities)
        for segment in self.kept:
            journal.close_segment(segment.copy())
        return journal


class Compiled:
    """One run of the compiled loop.

    Args:
        model: The model; it is compiled, or loaded, here.
        start: The built organisation.
        journal: Which one.
        path: Where the Parquet file goes.
    """

    def __init__(self, model: Model, start: Start, journal: str, path: Path | None = None) -> None:
        self.loop = compiled_loop(model)
        self.memory = Memory(model, start.state, start.messages)
        self.kept: list[np.ndarray] = []
        self.file = JournalFile(path, {}) if path is not None else None
        self.journal = Journal(start.identities, [self.file] if self.file else [])
        self.how, self.closes = journal, journal in (ON_DISK, CHAINED)
        self.pages = [np.empty(PAGE, LOCAL) for _ in range(2 if self.closes else 1)]

    def run(self, horizon: float) -> None:
        """Run to the horizon; the journal is closed when this returns."""
        memory, (page, *others) = self.memory, self.pages
        memory.write_into(page)
        closing: Future[None] | None = None
        with ThreadPoolExecutor(1) as thread:
            while (why := self.loop(memory.address, horizon)) != ENDED:
                if why == FAULT:
                    raise RuntimeError("a law runs away")
                if why == NO_ROOM:
                    memory.grow()
                    continue
                written, rest = int(memory.meter["written"]), 0
                if self.closes:
                    if closing is not None:
                        closing.result()
                    rest = max(0, written - SEGMENT)
                    (other,) = others
                    other[:rest] = page[SEGMENT:written]
                    closing = thread.submit(self.journal.close_segment, page[: written - rest])
                    page, others = other, [page]
                    memory.write_into(page)
                elif self.how == IN_MEMORY:
                    self.kept.append(page[:written])
                    page = np.empty(PAGE, LOCAL)
                    memory.write_into(page)
                memory.meter["closed"] += written - rest
                memory.meter["written"] = rest
            if closing is not None:
                closing.result()
        written = int(memory.meter["written"])
        if self.closes:
            self.journal.close_segment(page[:written])
            if self.file is not None:
                self.file.close()
        elif self.how == IN_MEMORY:
            self.kept.append(page[:written])

    @property
    def handled(self) -> int:
        return int(self.memory.meter["handled"])

    def digest(self) -> str:
        """That by which peers are compared; the journal is in memory."""
        return digest_of(*self.kept)


class OnSimpy:
    """One run of the agenda on SimPy, with the same laws interpreted."""

    def __init__(self, laws: Sequence[object], start: Start, journal: str, path: Path | None = None) -> None:
        self.env = simpy.Environment()
        self.file = JournalFile(path, {}) if path is not None else None
        self.journal = (
            InMemory(start.identities) if self.file is None else Journal(start.identities, [self.file])
        )
        self.agenda = Agenda(self.env, start, self.journal)
        self.agenda.table = [list(laws)]

    def run(self, horizon: float) -> None:
        self.env.run(until=horizon)
        self.journal.finish()
        if self.file is not None:
            self.file.close()

    @property
    def handled(self) -> int:
        return self.agenda.handled

    def digest(self) -> str:
        return digest_of(*self.journal.kept)
