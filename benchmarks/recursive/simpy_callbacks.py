"""SimPy with bare callbacks: one timeout for each message, whose callback is the rule. No process at all."""

from __future__ import annotations

from pathlib import Path

import simpy
from journal import SEGMENT, PeerJournal
from simpy.events import Timeout

from .systems import Organisation, System


class Run(Organisation):
    def __init__(self, size: dict, journal: str, path: Path | None) -> None:
        env = self.env = simpy.Environment()
        book = PeerJournal(path)
        write, rows = book.rows.append, book.rows

        class Actor(System):
            def send(self, delay, to, kind, ref, value) -> None:
                Timeout(env, delay, (to, kind, self, ref, value)).callbacks.append(handle)

            def repeat(self, wait, kind) -> None:
                Timeout(env, wait, (self, kind, self, None, 0.0)).callbacks.append(handle)

        def handle(event: simpy.Event) -> None:
            to, kind, sender, ref, value = event._value
            write((env._now, value, to.row, sender.row, -1 if ref is None else ref.row, kind))
            if len(rows) >= SEGMENT:
                book.full()
            wait = to.rules[kind](to, sender, ref, value)
            if wait is not None:
                Timeout(env, wait, (to, kind, to, None, 0.0)).callbacks.append(handle)

        super().__init__(size, book, Actor)
        self.start()

    def run(self, horizon: float) -> None:
        self.env.run(until=horizon)
        self.journal.finish()
