"""Bare SimPy callbacks with the same laws: one event for each message, no agenda, no total order at one due time."""

from __future__ import annotations

import simpy

from vsmlab.dispatch import answers, unanswered
from vsmlab.engines.journal import SEGMENT
from vsmlab.laws.kinds import FACTS, PRIORITIES
from vsmlab.laws.tables import Message

from .ours import Mine


class Run(Mine):
    def handle(self, horizon: float) -> int:
        env, journal = simpy.Environment(), self.journal
        state, table, units, effects = (
            self.start.state,
            answers(),
            self.start.state.units,
            self.start.state.effects,
        )
        identities = journal.identities
        new = tuple.__new__
        handled = 0

        def schedule(message: Message) -> None:
            event = env.event()
            event._ok, event._value = True, message
            event.callbacks.append(handle)
            env.schedule(event, delay=message[0] - env.now)

        def handle(event: simpy.Event) -> None:
            nonlocal handled
            message = event._value
            due, priority, _, _, number, kind, to, sender, _, token, _, ref, value, cause = message
            rows = journal.rows
            row = journal.closed + len(rows)
            rows.append((due, value, number, ref, token, to, sender, kind, priority, cause))
            unit = units[to]
            law = unanswered if unit.off else table[unit.role][kind]
            law(state, unit, due, message)
            handled += 1
            while len(identities) < state.ledger[0].units:
                identities.append(units[len(identities)].identity)
            for source, what, target, when, task, about, ticket, detail, amount in effects:
                if what >= FACTS:
                    rows.append((due, amount, -1, detail, about, target, source, what, priority, row))
                else:
                    who = units[source]
                    n = who.numbers
                    who.numbers = n + 1
                    schedule(
                        new(Message, (max(when, env.now), PRIORITIES[what], units[target].identity, who.identity, n,
                                      what, target, source, task, about, ticket, detail, amount, row))
                    )  # fmt: skip
            effects.clear()
            if len(rows) >= SEGMENT:
                journal.close_full()

        for message in self.start.messages:
            schedule(message)
        env.run(until=horizon)
        journal.finish()
        return handled
