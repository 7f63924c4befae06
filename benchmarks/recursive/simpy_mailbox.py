"""SimPy with a mailbox for all: reminders to oneself too go through a process on their way and the own mailbox.

One process answers for each system, and nothing reaches it past its mailbox: as actors are often written, and dearer
than a process for each reminder.
"""

from __future__ import annotations

from pathlib import Path

import simpy
from journal import SEGMENT, PeerJournal

from .systems import Organisation, System


class Run(Organisation):
    def __init__(self, size: dict, journal: str, path: Path | None) -> None:
        env = self.env = simpy.Environment()
        book = PeerJournal(path)
        write, rows = book.rows.append, book.rows

        class Actor(System):
            def __init__(self, *given) -> None:
                super().__init__(*given)
                self.mailbox = simpy.Store(env)
                env.process(self.listen())

            def listen(self):
                while True:
                    kind, sender, ref, value = yield self.mailbox.get()
                    write((env.now, value, self.row, sender.row, -1 if ref is None else ref.row, kind))
                    if len(rows) >= SEGMENT:
                        book.full()
                    wait = self.rules[kind](self, sender, ref, value)
                    if wait is not None:
                        self.repeat(wait, kind)

            def send(self, delay, to, kind, ref, value) -> None:
                env.process(cable(delay, to.mailbox, (kind, self, ref, value)))

            def repeat(self, wait, kind) -> None:
                env.process(cable(wait, self.mailbox, (kind, self, None, 0.0)))

        def cable(delay, mailbox, message):
            yield env.timeout(delay)
            mailbox.put(message)

        super().__init__(size, book, Actor)
        self.start()

    def run(self, horizon: float) -> None:
        self.env.run(until=horizon)
        self.journal.finish()
