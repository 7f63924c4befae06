"""The fifteen rules as laws: one message at one receiver, numbers and rows in, effects out."""

from __future__ import annotations

from typing import Any, NamedTuple

from vsmlab.laws.sending import post
from vsmlab.laws.tables import Effect, Message, Table
from vsmlab.mechanisms.numbers import logarithm
from vsmlab.mechanisms.philox import sequence_uniform

from .kinds import (
    ALLOCATE_DUE,
    ALLOCATION,
    ARRIVE,
    AUDIT,
    AUDIT_DUE,
    DAMP,
    DONE,
    FINDING,
    LOOK_AHEAD,
    OUTLOOK,
    PAIN,
    POLICY,
    REPORT,
    REPORT_DUE,
    TRANSFER,
)


class Unit:
    """A viable system, or an elementary operation where ``first`` (its first child) is -1."""

    row: int
    identity: int
    role: int
    numbers: int
    off: int
    parent: int
    first: int
    draws: int
    queue: int
    busy: int
    load: float
    rate: float
    budget: float
    threshold: float
    trend: float
    balance: float
    served: int
    moved: int
    found: int
    pains: int


class Link:
    """What a system has heard of one child; it lies at the child's row."""

    heard: float


class Ledger:
    """One row: what the engine and the rules tell each other."""

    seed: int
    sent: int
    fault: int
    units: int


class State(NamedTuple):
    """The tables."""

    units: Table[Unit]
    links: Table[Link]
    effects: Table[Effect]
    ledger: Table[Ledger]


def uniform(state: State, unit: Unit) -> float:
    """The unit's next uniform number."""
    draw = unit.draws
    unit.draws = draw + 1
    return sequence_uniform(state.ledger[0].seed, unit.identity, 0, draw)


def exponential(state: State, unit: Unit, mean: float) -> float:
    return 0.0 - mean * logarithm(1.0 - uniform(state, unit))


def say(state: State, unit: Unit, kind: int, to: int, due: float, ref: int, value: float) -> None:
    post(state, unit.row, kind, to, due, -1, -1, -1, ref, value)


def serve(state: State, unit: Unit, now: float) -> None:
    say(state, unit, DONE, unit.row, now + exponential(state, unit, 1.0) / unit.rate, -1, 0.0)


def heard(state: State, unit: Unit) -> float:
    """What the four children last reported, together."""
    f = unit.first
    links = state.links
    return links[f].heard + links[f + 1].heard + links[f + 2].heard + links[f + 3].heard


def a_child(state: State, unit: Unit) -> int:
    return unit.first + int(uniform(state, unit) * 4.0)


def arrive(state: State, unit: Unit, now: float, message: Message) -> None:
    say(state, unit, ARRIVE, unit.row, now + exponential(state, unit, 1.25), -1, 0.0)
    if unit.busy == 0:
        unit.busy = 1
        serve(state, unit, now)
    else:
        unit.queue += 1


def done(state: State, unit: Unit, now: float, message: Message) -> None:
    unit.served += 1
    if unit.queue > 0:
        unit.queue -= 1
        serve(state, unit, now)
    else:
        unit.busy = 0


def report_due(state: State, unit: Unit, now: float, message: Message) -> None:
    """What an operation has to do, or a system has heard of its own, goes up the command channel."""
    say(state, unit, REPORT_DUE, unit.row, now + 2.0, -1, 0.0)
    if unit.first < 0:
        unit.load = float(unit.queue + unit.busy)
    else:
        unit.load = heard(state, unit)
    if unit.parent >= 0:
        say(state, unit, REPORT, unit.parent, now + (0.05 + exponential(state, unit, 0.1)), -1, unit.load)


def report(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 3 keeps it; System 2 tells a child that stands out to shed to the least loaded."""
    child = message.sender
    state.links[child].heard = message.value
    over = message.value - 0.25 * heard(state, unit)
    if over > unit.threshold:
        least = unit.first
        for k in range(1, 4):
            if state.links[unit.first + k].heard < state.links[least].heard:
                least = unit.first + k
        say(state, unit, DAMP, child, now + (0.02 + exponential(state, unit, 0.05)), least, 0.5 * over)


def damp(state: State, unit: Unit, now: float, message: Message) -> None:
    """An operation sheds waiting work to the sibling named; a system lets one of its children do so."""
    if unit.first < 0:
        moves = int(message.value)
        if moves > unit.queue:
            moves = unit.queue
        if moves > 0:
            unit.queue -= moves
            unit.moved += moves
            due = now + (0.1 + exponential(state, unit, 0.1))
            say(state, unit, TRANSFER, message.ref, due, -1, float(moves))
    else:
        child = a_child(state, unit)
        due = now + (0.02 + exponential(state, unit, 0.05))
        say(state, unit, DAMP, child, due, message.ref, message.value)


def transfer(state: State, unit: Unit, now: float, message: Message) -> None:
    if unit.first >= 0:
        say(state, unit, TRANSFER, a_child(state, unit), now + 0.02, -1, message.value)
    else:
        unit.queue += int(message.value)
        if unit.busy == 0 and unit.queue > 0:
            unit.busy = 1
            unit.queue -= 1
            serve(state, unit, now)


def allocate_due(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 3 shares its budget out: part equally, part by load."""
    say(state, unit, ALLOCATE_DUE, unit.row, now + 10.0, -1, 0.0)
    total = heard(state, unit) + 4.0
    for k in range(4):
        child = unit.first + k
        share = unit.balance * 0.25 + (1.0 - unit.balance) * (state.links[child].heard + 1.0) / total
        due = now + (0.05 + exponential(state, unit, 0.1))
        say(state, unit, ALLOCATION, child, due, -1, unit.budget * share)


def allocation(state: State, unit: Unit, now: float, message: Message) -> None:
    unit.budget = message.value
    if unit.first < 0:
        unit.rate = max(0.2, message.value)


def audit_due(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 3* looks at one child, past every other channel, at times that nobody foresees."""
    say(state, unit, AUDIT_DUE, unit.row, now + exponential(state, unit, 8.0), -1, 0.0)
    child = a_child(state, unit)
    say(state, unit, AUDIT, child, now + (0.01 + exponential(state, unit, 0.02)), -1, 0.0)


def audit(state: State, unit: Unit, now: float, message: Message) -> None:
    load = unit.load
    if unit.first < 0:
        load = float(unit.queue + unit.busy)
    say(state, unit, FINDING, message.sender, now + (0.01 + exponential(state, unit, 0.02)), -1, load)


def finding(state: State, unit: Unit, now: float, message: Message) -> None:
    if abs(message.value - state.links[message.sender].heard) > 8.0:
        unit.found += 1
        say(state, unit, PAIN, unit.row, now + 0.005, message.sender, message.value)


def pain(state: State, unit: Unit, now: float, message: Message) -> None:
    """Straight to the top."""
    unit.pains += 1
    if unit.parent >= 0:
        due = now + (0.005 + exponential(state, unit, 0.001))
        say(state, unit, PAIN, unit.parent, due, message.ref, message.value)


def look_ahead(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 4 tells System 5 where the load is going."""
    say(state, unit, LOOK_AHEAD, unit.row, now + 5.0, -1, 0.0)
    unit.trend = 0.7 * unit.trend + 0.3 * unit.load
    say(state, unit, OUTLOOK, unit.row, now + (0.2 + exponential(state, unit, 0.2)), -1, unit.trend)


def outlook(state: State, unit: Unit, now: float, message: Message) -> None:
    wanted = 0.5
    if message.value > 20.0:
        wanted = 0.25
    say(state, unit, POLICY, unit.row, now + 0.1, -1, wanted)


def policy(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 5 sets how System 3 shares and how soon System 2 damps."""
    unit.balance = 0.8 * unit.balance + 0.2 * message.value
    unit.threshold = 4.0 + 4.0 * unit.balance


RULES: tuple[Any, ...] = (
    arrive, done, report_due, report, damp, transfer, allocate_due, allocation,
    audit_due, audit, finding, pain, look_ahead, outlook, policy,
)  # fmt: skip
"""The rule for each kind."""
HELPERS: tuple[Any, ...] = (uniform, exponential, say, serve, heard, a_child)
