"""Rows of what is under way: tasks, tickets, channels, effects, and the ledger of the engine."""

from __future__ import annotations


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
    entered: float
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
    """What a reminder stands for. Nothing is cancelled: a revoked ticket does nothing. ``about`` is the row
    of the task, the essential variable or the signal that it speaks of.
    """

    owner: int
    serial: int
    about: int
    valid: int
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
    cuts: int
    extra: float
    free_at: float


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
    operations: int
    managements: int
    desks: int
    system2s: int
    system3s: int
    audits: int
    auditeds: int
    system4s: int
    sources: int
    memories: int
    system5s: int
    environments: int
    vitals: int
    essentials: int
    signals: int
    free_signal: int
    choices: int
