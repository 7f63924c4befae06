"""The reference engine against bare SimPy callbacks that run the same laws: ``make bench``.

Bare callbacks: one SimPy event a message, no agenda, no total order among messages of one due time. Both keep
every journal row in memory; repetitions alternate; the ratio is of paired CPU times.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable

import simpy

from vsmlab.dispatch import answers, unanswered
from vsmlab.engines import simpy_engine
from vsmlab.engines.journal import SEGMENT, Journal
from vsmlab.engines.start import Start
from vsmlab.lab.build import build
from vsmlab.lab.loader import load
from vsmlab.laws.kinds import FACTS, PRIORITIES
from vsmlab.laws.tables import Message


def bare_callbacks(start: Start, horizon: float, journal: Journal) -> int:
    """One SimPy event for each message; its callback runs the law."""
    env = simpy.Environment()
    state, table, units, effects = start.state, answers(), start.state.units, start.state.effects
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

    for message in start.messages:
        schedule(message)
    env.run(until=horizon)
    journal.finish()
    return handled


def ours(start: Start, horizon: float, journal: Journal) -> int:
    """The reference engine."""
    return simpy_engine.run(start, horizon, journal).handled


def timed(
    engine: Callable[[Start, float, Journal], int], scenario: str, horizon: float
) -> tuple[float, int, int]:
    loaded = load(scenario, overrides=[f"horizon={horizon}", "warmup=0"])
    start = build(loaded)
    journal = Journal(start.identities)
    begin = time.process_time()
    handled = engine(start, horizon, journal)
    return time.process_time() - begin, handled, journal.count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results = {}
    for scenario, horizon in (("mm3", 10_000.0), ("llm-fleet", 600.0)):
        ratios, rates = [], []
        for _ in range(options.repetitions):
            mine, handled, _ = timed(ours, scenario, horizon)
            bare, bare_handled, _ = timed(bare_callbacks, scenario, horizon)
            ratios.append((handled / mine) / (bare_handled / bare))
            rates.append(handled / mine)
        results[f"{scenario}: simpy-engine/bare-callbacks"] = {
            "rate_ratio": statistics.median(ratios),
            "lowest": min(ratios),
            "highest": max(ratios),
            "messages_per_cpu_second": statistics.median(rates),
        }
    if options.json:
        print(json.dumps(results, indent=1))
        return
    for name, result in results.items():
        print(
            f"{name}: {result['rate_ratio']:.2f} ({result['lowest']:.2f} to {result['highest']:.2f}), "
            f"{result['messages_per_cpu_second']:,.0f} messages a CPU-second"
        )


if __name__ == "__main__":
    main()
