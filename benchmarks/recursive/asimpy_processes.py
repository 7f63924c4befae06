"""asimpy as its documentation teaches it: the same processes and mailboxes, as coroutines."""

from __future__ import annotations

from pathlib import Path

import asimpy
from journal import SEGMENT, PeerJournal

from .systems import Organisation, System


class Run(Organisation):
    def __init__(self, size: dict, journal: str, path: Path | None) -> None:
        env = self.env = asimpy.Environment()
        book = PeerJournal(path)
        write, rows = book.rows.append, book.rows

        class Actor(System):
            def __init__(self, *given) -> None:
                super().__init__(*given)
                self.mailbox = asimpy.Queue(env)
                Listener(env, self)

            def send(self, delay, to, kind, ref, value) -> None:
                Cable(env, delay, to.mailbox, (kind, self, ref, value))

            def repeat(self, wait, kind) -> None:
                Again(env, self, wait, kind)

        class Listener(asimpy.Process):
            def init(self, system) -> None:
                self.system = system

            async def run(self) -> None:
                system = self.system
                while True:
                    kind, sender, ref, value = await system.mailbox.get()
                    note(system, kind, sender, ref, value)
                    system.rules[kind](system, sender, ref, value)

        class Cable(asimpy.Process):
            def init(self, delay, mailbox, message) -> None:
                self.delay, self.mailbox, self.message = delay, mailbox, message

            async def run(self) -> None:
                await self.timeout(self.delay)
                await self.mailbox.put(self.message)

        class Again(asimpy.Process):
            def init(self, system, wait, kind) -> None:
                self.system, self.wait, self.kind = system, wait, kind

            async def run(self) -> None:
                system, kind, wait = self.system, self.kind, self.wait
                rule = system.rules[kind]
                while wait is not None:
                    await self.timeout(wait)
                    note(system, kind, system, None, 0.0)
                    wait = rule(system, system, None, 0.0)

        def note(system, kind, sender, ref, value) -> None:
            write((env.now, value, system.row, sender.row, -1 if ref is None else ref.row, kind))
            if len(rows) >= SEGMENT:
                book.full()

        super().__init__(size, book, Actor)
        self.start()

    def run(self, horizon: float) -> None:
        self.env.run(until=horizon)
        self.journal.finish()
