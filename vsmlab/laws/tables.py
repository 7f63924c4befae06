"""The state: tables of rows. A row class says its fields and types once.

Interpreted, a row is a slotted object in a list; compiled, a record of a numpy structured array. A row
is passed as one pointer. Row numbers are local addresses; ``-1`` means none. Times are seconds.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol, TypeVar, runtime_checkable

R_co = TypeVar("R_co", covariant=True)


@runtime_checkable
class Table(Protocol[R_co]):
    """What a law may do with a table: take a row."""

    def __getitem__(self, row: int, /) -> R_co:
        """Return one row, to be read and written in place."""
        ...


class Unit:
    """A receiver of messages: who it is. ``at`` is its row in the table of its role."""

    row: int
    identity: int
    role: int
    at: int
    depth: int
    numbers: int
    off: int
    first_channel: int
    demand_draws: int
    delay_draws: int
    loss_draws: int
    state_draws: int


class Operation:
    """An elementary operation: its queue, its agents, its bucket and what it has observed of itself."""

    unit: int
    environment: int
    management: int
    desk: int
    reports_to_desk: int
    agents: int
    busy: int
    owed: int
    granted: int
    recalled: int
    returned: int
    speed: float
    head: int
    tail: int
    queue: int
    serving: int
    retrying: int
    discipline: int
    limit: int
    preemptive: int
    order: int
    work: int
    first_next: int
    last_next: int
    max_visits: int
    tickets: int
    max_wait: float
    defer: float
    suspended_until: float
    has_budget: int
    budget: float
    budget_rate: float
    budget_since: float
    bucket: int
    bucket_rate: float
    bucket_burst: float
    bucket_level: float
    bucket_since: float
    bucket_ticket: int
    report_every: float
    window_since: float
    window_arrivals: int
    busy_area: float
    busy_since: float
    completed: int
    mean_service: float
    offered: float


class Management:
    """Local management: what its operation told it, what it was granted, its own thresholds."""

    unit: int
    operation: int
    system2: int
    system3: int
    first_link: int
    present: float
    offered: float
    carried: float
    waiting: float
    capability: float
    potentiality: float
    returned: float
    granted: float
    recalled: float
    account_every: float
    memory: float
    heard: float
    weight: float
    heartbeat_every: float
    heartbeats: int
    offloads: int
    offload_gain: float
    offload_period: float
    offload_above: float
    allowed_gain: float
    allowed_until: float
    suspended_until: float


class Desk:
    """The desk of a viable system: takes tasks and routes them to its operations."""

    unit: int
    parent: int
    routing: int
    first_link: int
    last_link: int
    turn: int
    report_every: float


class System2:
    """Coordination: what it was told of each sibling, and the corrections that are still under way."""

    unit: int
    parent: int
    first_link: int
    children: int
    period: float
    gain: float
    threshold: float
    predicts: int
    staggers: int
    shares: int
    settle: float
    limited: int
    own_rate: float
    rate: float
    burst: float
    unassigned: float
    heartbeats: int


class System3:
    """Control: the resource bargain with its operations, and with the System 3 above."""

    unit: int
    parent: int
    desk: int
    first_link: int
    children: int
    period: float
    rule: int
    pooled: int
    moves: int
    move_takes: float
    max_moves: int
    gain: float
    drain: float
    floor: int
    budget: float
    band: float
    after: int
    suspend: float
    pool: int
    granted: float
    recalled: float
    returned: float
    account_every: float
    account_to: int


class Stream:
    """A demand stream of the environment: how its tasks arrive and what they are."""

    unit: int
    process: int
    count: int
    rate: float
    gap: int
    first: int
    last: int
    place: int
    stage: int
    until: float
    elapsed: float
    remaining: int
    columns: int
    work: int
    work_constant: float
    work_0: float
    work_1: float
    work_2: float
    work_3: float
    cost_constant: float
    cost_0: float
    cost_1: float
    cost_2: float
    cost_3: float
    first_goal: int
    last_goal: int
    first_rank: int
    last_rank: int
    failure: float
    attempts: int
    backoff: int
    deadline: float
    patience: int
    balks: int


class Environment:
    """The part of the world that an operation touches: it serves, and takes what is delivered."""

    unit: int
    operation: int
    delivered: int


class Link:
    """What a receiver has been told about another. It belongs to ``owner``."""

    owner: int
    to: int
    address: int
    next: int
    heard: float
    load: float
    offered: float
    carried: float
    waiting: float
    capability: float
    share: float
    sent: float
    granted: float
    recalled: float
    returned: float
    initial: float
    target: int
    promised: float
    misses: int
    first_correction: int
    last_correction: int
    rate: float
    freed: float


class Correction:
    """A correction by System 2 that the reports do not show yet (a Smith predictor's memory)."""

    time: float
    amount: float
    next: int


class Channel:
    """A channel of one kind from its owner to one receiver; ``to`` is -1 for the owner's pattern of that kind."""

    owner: int
    kind: int
    to: int
    next: int
    delay: int
    loss: float
    capacity: float
    queue_limit: int
    quantum: float
    cut: int
    free_at: float


class Task:
    """A task travels with the message that carries it and belongs to who holds it."""

    identity: int
    next: int
    previous: int
    held: int
    stage: int
    attempt: int
    epoch: int
    visits: int
    coming: int
    goal: int
    rank: int
    key: float
    born: float
    work: float
    left: float
    started: float
    finish: float
    served: float
    cost: float
    deadline: float
    patience_until: float
    failure: float
    attempts: int
    backoff: int
    patience: int
    balks: int
    work_law: int
    column_0: float
    column_1: float
    column_2: float
    column_3: float
    done_ticket: int
    deadline_ticket: int
    patience_ticket: int
    retry_ticket: int


class Ticket:
    """What a reminder stands for. Nothing is cancelled: a revoked ticket has no task and does nothing."""

    owner: int
    serial: int
    task: int
    valid: int
    next: int


class Distribution:
    """One distribution: ``first`` to ``last`` are its quantiles in the samples."""

    shape: int
    a: float
    b: float
    first: int
    last: int


class Sample:
    """One number of a list: a quantile, a rate, a time."""

    value: float


class Instant:
    """One row of a trace."""

    time: float
    column_0: float
    column_1: float
    column_2: float
    column_3: float


class Window:
    """One window of a profile: ``first`` to ``last`` are its cells."""

    start: float
    end: float
    count: int
    first: int
    last: int


class Cell:
    """One class in one window: how many tasks, and the quantiles of their columns."""

    owner: int
    remaining: int
    correlation: float
    quantiles: int
    column_0: int
    column_1: int
    column_2: int
    column_3: int


class Choice:
    """One way on: to ``goal`` by way of ``hop``, with a probability, under conditions."""

    goal: int
    hop: int
    probability: float
    first: int
    last: int


class Condition:
    """A column lies within ``low`` and ``high``, both included."""

    column: int
    low: float
    high: float


class Effect:
    """A message or a fact as a law writes it; the engine adds number and cause."""

    sender: int
    kind: int
    to: int
    due: float
    task: int
    token: int
    ticket: int
    ref: int
    value: float


class Ledger:
    """One row: what the engine and the laws tell each other."""

    seed: int
    sent: int
    fault: int
    units: int
    links: int
    tasks: int
    free_task: int
    tickets: int
    free_ticket: int
    channels: int
    corrections: int
    free_correction: int


class State(NamedTuple):
    """Every table, in the order in which the compiled engine passes them."""

    units: Table[Unit]
    operations: Table[Operation]
    managements: Table[Management]
    desks: Table[Desk]
    system2s: Table[System2]
    system3s: Table[System3]
    streams: Table[Stream]
    environments: Table[Environment]
    links: Table[Link]
    corrections: Table[Correction]
    channels: Table[Channel]
    tasks: Table[Task]
    tickets: Table[Ticket]
    distributions: Table[Distribution]
    samples: Table[Sample]
    instants: Table[Instant]
    windows: Table[Window]
    cells: Table[Cell]
    choices: Table[Choice]
    conditions: Table[Condition]
    effects: Table[Effect]
    ledger: Table[Ledger]


ROWS: dict[str, type] = {
    "units": Unit,
    "operations": Operation,
    "managements": Management,
    "desks": Desk,
    "system2s": System2,
    "system3s": System3,
    "streams": Stream,
    "environments": Environment,
    "links": Link,
    "corrections": Correction,
    "channels": Channel,
    "tasks": Task,
    "tickets": Ticket,
    "distributions": Distribution,
    "samples": Sample,
    "instants": Instant,
    "windows": Window,
    "cells": Cell,
    "choices": Choice,
    "conditions": Condition,
    "effects": Effect,
    "ledger": Ledger,
}
"""The row class of each table of :class:`State`."""


class Message(NamedTuple):
    """A message in the agenda, in the order of its key, so that tuples compare canonically.

    ``receiver`` and ``origin`` are the identities of ``to`` and ``sender``. ``task`` is the row of a task
    that the message carries (-1: none), ``token`` the identity of the task it speaks of, ``ticket`` the
    row of the ticket it stands for, ``cause`` the journal row whose handling sent it.
    """

    due: float
    priority: int
    receiver: int
    origin: int
    number: int
    kind: int
    to: int
    sender: int
    task: int
    token: int
    ticket: int
    ref: int
    value: float
    cause: int
