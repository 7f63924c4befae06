"""Receivers made by hand: a few rows, a message handed to a law, and what the law said to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NamedTuple

from vsmlab.engines.rows import empty_state, row_type
from vsmlab.laws import kinds as k
from vsmlab.laws.identity import identity
from vsmlab.laws.tables import Message, State, Unit

TABLES = (
    "operations", "managements", "desks", "system2s", "system3s", "streams", "environments", None,
    "audits", "system4s", "system5s", "disturbances", None,
)  # fmt: skip
"""By role; a process of the user's own has no table, nor has an operator."""

cache_of_rows = cache(row_type)


class Said(NamedTuple):
    """What a law sent or noted; a fact is noted to oneself."""

    name: str
    to: int
    ref: int
    value: float
    due: float


def organisation(*roles: int) -> State:
    """A state with these receivers, in rows from 0 on; each has a row of its own role's table."""
    state = empty_state(cache_of_rows)
    ledger = state.ledger[0]
    ledger.seed, ledger.free_task, ledger.free_ticket, ledger.free_correction = 11, -1, -1, -1
    ledger.free_signal = -1
    for row, role in enumerate(roles):
        state.units.add()
        unit = state.units[row]
        unit.row, unit.role, unit.identity, unit.first_channel = row, role, identity(f"test.{row}"), -1
        name = TABLES[role]
        if name is not None:
            table: Any = getattr(state, name)
            unit.at = table.add()
            table[unit.at].unit = row
    return state


def row_of(state: State, receiver: int) -> Any:
    """The receiver's row in the table of its role."""
    unit = state.units[receiver]
    return getattr(state, str(TABLES[unit.role]))[unit.at]


def link(state: State, owner: int, to: Iterable[int], **fields: list[float]) -> list[Any]:
    """Links from ``owner`` to others, chained in this order; each field has one value a link."""
    rows: Any = state.links
    made = []
    for place, other in enumerate(to):
        row = rows.add()
        one = rows[row]
        one.owner, one.to, one.address, one.next = owner, other, 100 + other, -1
        one.first_correction = one.last_correction = -1
        for name, values in fields.items():
            setattr(one, name, values[place])
        if made:
            made[-1].next = row
        made.append(one)
    return made


def hear(
    state: State,
    receiver: int,
    law: Callable[[State, Unit, float, Message], None],
    *,
    now: float = 0.0,
    kind: int = k.LOAD,
    sender: int = -1,
    ref: int = 0,
    value: float = 0.0,
    task: int = -1,
) -> list[Said]:
    """Hand one message to a law at its receiver; returns what the law said."""
    message = Message(now, k.PRIORITIES[kind], 0, 0, 0, kind, receiver, sender, task, -1, -1, ref, value, -1)
    law(state, state.units[receiver], now, message)
    return said(state)


def said(state: State) -> list[Said]:
    """Take the effects away from the state."""
    effects: Any = state.effects
    found = [Said(k.NAME_OF[e[1]], e[2], e[7], e[8], e[3]) for e in effects]
    effects.clear()
    return found


def ways(state: State, owner: int) -> set[tuple[str, int]]:
    """The channels on which a receiver has spoken, and to whom."""
    found = set()
    row = state.units[owner].first_channel
    while row >= 0:
        channel = state.channels[row]
        found.add((k.CHANNEL_NAMES[channel.kind], channel.to))
        row = channel.next
    return found
