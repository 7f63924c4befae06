"""SimPy as its documentation teaches it: a process and a mailbox for each system, processes for what comes back at
intervals, and a process for each message on its way (the "cable" of its event-latency example)."""

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
                    note(self, kind, sender, ref, value)
                    self.rules[kind](self, sender, ref, value)

            def send(self, delay, to, kind, ref, value) -> None:
                env.process(cable(delay, to.mailbox, (kind, self, ref, value)))

            def repeat(self, wait, kind) -> None:
                env.process(self.again(wait, kind))

            def again(self, wait, kind):
                rule = self.rules[kind]
                while wait is not None:
                    yield env.timeout(wait)
                    note(self, kind, self, None, 0.0)
                    wait = rule(self, self, None, 0.0)

        def cable(delay, mailbox, message):
            yield env.timeout(delay)
            mailbox.put(message)

        def note(system, kind, sender, ref, value) -> None:
            write((env.now, value, system.row, sender.row, -1 if ref is None else ref.row, kind))
            if len(rows) >= SEGMENT:
                book.full()

        super().__init__(size, book, Actor)
        self.start()

    def run(self, horizon: float) -> None:
        self.env.run(until=horizon)
        self.journal.finish()
