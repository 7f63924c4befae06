"""The two rules of M/M/c as laws."""

from __future__ import annotations

from typing import NamedTuple

from vsmlab.laws.room import reach
from vsmlab.laws.sending import post
from vsmlab.laws.tables import Effect, Message, Table
from vsmlab.mechanisms.numbers import logarithm
from vsmlab.mechanisms.philox import sequence_uniform

ARRIVE, DONE = 0, 1


class Unit:
    """The queue with its servers; who waits is a chain of rows, the first at ``head``."""

    row: int
    identity: int
    role: int
    numbers: int
    off: int
    draws: int
    servers: int
    busy: int
    left: int
    gap: float
    service: float
    head: int
    tail: int
    served: int
    waited: float


class Customer:
    """Who waits: since when, and who is next; a free row if nobody."""

    since: float
    next: int


class Ledger:
    """One row: what the engine and the rules tell each other."""

    seed: int
    sent: int
    fault: int
    units: int
    customers: int
    free_customer: int


class State(NamedTuple):
    """The tables."""

    units: Table[Unit]
    customers: Table[Customer]
    effects: Table[Effect]
    ledger: Table[Ledger]


def exponential(state: State, unit: Unit, mean: float) -> float:
    draw = unit.draws
    unit.draws = draw + 1
    return 0.0 - mean * logarithm(1.0 - sequence_uniform(state.ledger[0].seed, unit.identity, 0, draw))


def serve(state: State, unit: Unit, now: float) -> None:
    due = now + exponential(state, unit, unit.service)
    post(state, unit.row, DONE, unit.row, due, -1, -1, -1, -1, 0.0)


def arrive(state: State, unit: Unit, now: float, message: Message) -> None:
    unit.left -= 1
    if unit.left > 0:
        due = now + exponential(state, unit, unit.gap)
        post(state, unit.row, ARRIVE, unit.row, due, -1, -1, -1, -1, 0.0)
    if unit.busy < unit.servers:
        unit.busy += 1
        serve(state, unit, now)
        return
    ledger = state.ledger[0]
    row = ledger.free_customer
    if row >= 0:
        ledger.free_customer = state.customers[row].next
    else:
        row = ledger.customers
        ledger.customers = row + 1
        reach(state.customers, row)
    customer = state.customers[row]
    customer.since, customer.next = now, -1
    if unit.tail >= 0:
        state.customers[unit.tail].next = row
    else:
        unit.head = row
    unit.tail = row


def done(state: State, unit: Unit, now: float, message: Message) -> None:
    unit.served += 1
    row = unit.head
    if row < 0:
        unit.busy -= 1
        return
    customer = state.customers[row]
    unit.head = customer.next
    if unit.head < 0:
        unit.tail = -1
    unit.waited += now - customer.since
    customer.next = state.ledger[0].free_customer
    state.ledger[0].free_customer = row
    serve(state, unit, now)


RULES = (arrive, done)
HELPERS = (exponential, serve)
