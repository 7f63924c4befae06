"""Mesa: an agent for each system, an event of its simulator for each message."""

from __future__ import annotations

from pathlib import Path

import mesa
from journal import SEGMENT, PeerJournal
from mesa_clock import Clock

from .systems import Organisation, System


class Run(Organisation):
    def __init__(self, size: dict, journal: str, path: Path | None) -> None:
        clock = self.clock = Clock()
        schedule, now = clock.schedule, clock.now
        book = PeerJournal(path)
        write, rows = book.rows.append, book.rows

        class Actor(mesa.Agent, System):
            def __init__(self, *given) -> None:
                super().__init__(clock.model, *given)

            def send(self, delay, to, kind, ref, value) -> None:
                schedule(delay, to.hear, [kind, self, ref, value])

            def repeat(self, wait, kind) -> None:
                schedule(wait, self.hear, [kind, self, None, 0.0])

            def hear(self, kind, sender, ref, value) -> None:
                write((now(), value, self.row, sender.row, -1 if ref is None else ref.row, kind))
                if len(rows) >= SEGMENT:
                    book.full()
                wait = self.rules[kind](self, sender, ref, value)
                if wait is not None:
                    schedule(wait, self.hear, [kind, self, None, 0.0])

        super().__init__(size, book, Actor)
        self.start()

    def run(self, horizon: float) -> None:
        self.clock.run(horizon)
        self.journal.finish()
