"""The state: tables of rows. A row class says its fields and types once.

Interpreted, a row is a slotted object in a list; compiled, a record of a numpy structured array. A row
is passed as one pointer. Row numbers are local addresses; ``-1`` means none. Times are seconds.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol, TypeVar, runtime_checkable

from .metasystem import (
    Audit,
    Audited,
    Beginning,
    Blueprint,
    Correction,
    Link,
    Memory,
    Signal,
    Source,
    System2,
    System3,
    System4,
    System5,
)
from .traffic import (
    Channel,
    Effect,
    Ledger,
    Task,
    Ticket,
)
from .units import (
    Desk,
    Environment,
    Essential,
    Management,
    Operation,
    Unit,
    Vital,
)
from .world import (
    Cell,
    Change,
    Choice,
    Condition,
    Distribution,
    Disturbance,
    Instant,
    Sample,
    Stream,
    Tally,
    Target,
    Watch,
    Window,
)

R_co = TypeVar("R_co", covariant=True)


@runtime_checkable
class Table(Protocol[R_co]):
    """What a law may do with a table: take a row."""

    def __getitem__(self, row: int, /) -> R_co:
        """Return one row, to be read and written in place."""
        ...


class State(NamedTuple):
    """Every table, in the order in which the compiled engine passes them."""

    units: Table[Unit]
    operations: Table[Operation]
    managements: Table[Management]
    desks: Table[Desk]
    system2s: Table[System2]
    system3s: Table[System3]
    audits: Table[Audit]
    system4s: Table[System4]
    system5s: Table[System5]
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
    auditeds: Table[Audited]
    sources: Table[Source]
    memories: Table[Memory]
    vitals: Table[Vital]
    essentials: Table[Essential]
    signals: Table[Signal]
    blueprints: Table[Blueprint]
    beginnings: Table[Beginning]
    disturbances: Table[Disturbance]
    targets: Table[Target]
    changes: Table[Change]
    watches: Table[Watch]
    tallies: Table[Tally]
    effects: Table[Effect]
    ledger: Table[Ledger]


ROWS: dict[str, type] = {
    "units": Unit,
    "operations": Operation,
    "managements": Management,
    "desks": Desk,
    "system2s": System2,
    "system3s": System3,
    "audits": Audit,
    "system4s": System4,
    "system5s": System5,
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
    "auditeds": Audited,
    "sources": Source,
    "memories": Memory,
    "vitals": Vital,
    "essentials": Essential,
    "signals": Signal,
    "blueprints": Blueprint,
    "beginnings": Beginning,
    "disturbances": Disturbance,
    "targets": Target,
    "changes": Change,
    "watches": Watch,
    "tallies": Tally,
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


__all__ = [
    "ROWS",
    "Audit",
    "Audited",
    "Beginning",
    "Blueprint",
    "Cell",
    "Change",
    "Channel",
    "Choice",
    "Condition",
    "Correction",
    "Desk",
    "Distribution",
    "Disturbance",
    "Effect",
    "Environment",
    "Essential",
    "Instant",
    "Ledger",
    "Link",
    "Management",
    "Memory",
    "Message",
    "Operation",
    "Sample",
    "Signal",
    "Source",
    "State",
    "Stream",
    "System2",
    "System3",
    "System4",
    "System5",
    "Table",
    "Tally",
    "Target",
    "Task",
    "Ticket",
    "Unit",
    "Vital",
    "Watch",
    "Window",
]
