"""Our engines on the whole model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

from loops import InMemory

from vsmlab.engines.journal import Journal
from vsmlab.lab.build import build
from vsmlab.lab.journal_file import JournalFile
from vsmlab.lab.loader import load

from . import scenario


class Mine(ABC):
    """One run; the journal is kept in memory without a digest, or has one and goes to a file."""

    def __init__(self, size: dict, journal: str, path: Path | None) -> None:
        self.start = build(load(scenario(size)))
        self.file = JournalFile(path, {}) if path is not None else None
        who = self.start.identities
        self.journal = InMemory(who) if self.file is None else Journal(who, [self.file])
        self.prepare()

    def prepare(self) -> None:
        """What is outside the clock."""
        return

    def run(self, horizon: float) -> None:
        self.handled = self.handle(horizon)
        if self.file is not None:
            self.file.close()

    @abstractmethod
    def handle(self, horizon: float) -> int:
        """Run; returns the messages handled."""

    @property
    def rows(self) -> int:
        return self.journal.count

    def digest(self) -> str:
        return self.journal.chained().digest


class MineCompiled(Mine):
    def prepare(self) -> None:
        from vsmlab.engines import compiled

        compiled.prepare()

    def handle(self, horizon: float) -> int:
        from vsmlab.engines import compiled

        return compiled.run(self.start, horizon, self.journal).handled


class MineOnSimpy(Mine):
    def handle(self, horizon: float) -> int:
        from vsmlab.engines import simpy_engine

        return simpy_engine.run(self.start, horizon, self.journal).handled


compiled, simpy_engine = MineCompiled, MineOnSimpy
