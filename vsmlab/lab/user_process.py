"""A user's own SimPy process in the organisation: it has a name, it looks, and it speaks by ``tell``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from vsmlab.dispatch import TABLE
from vsmlab.engines.simpy_engine import Agenda, Process
from vsmlab.engines.start import Start
from vsmlab.errors import InputError
from vsmlab.laws import kinds as k
from vsmlab.laws.identity import identity
from vsmlab.laws.sending import carry, note, post
from vsmlab.laws.tables import Unit
from vsmlab.laws.tasks import new_task

ROW_TABLES = ("operations", "managements", "desks", "system2s", "system3s", "streams", "environments")
SPOKEN = {k.NAME_OF[line.kind]: line.kind for line in TABLE if line.sender not in ("itself", "environment")}
"""Kinds that a process may tell: not reminders, and not the world's answers."""
CARRYING = frozenset([k.ROUTE, k.HAND_ON, k.TRANSFER, k.DELIVER])


def receivers_of(start: Start, processes: Sequence[Process]) -> None:
    """Give each process a receiver of its own, so that its messages have a sender.

    Raises:
        InputError: If a name cannot be one, or two processes have the same.
    """
    for process in processes:
        name = getattr(process, "__name__", "").replace("_", "-").strip("-").lower()
        path = f"process.{name}"
        if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
            right = "give the generator function a name of letters, digits and underscores"
            raise InputError("", "processes", "a process without a usable name", given=name, right=right)
        if path in start.paths:
            right = "a process's name is its identity: give each its own"
            raise InputError("", "processes", "two processes with one name", given=name, right=right)
        rows: Any = start.state.units
        row = rows.add()
        unit: Unit = rows[row]
        unit.row, unit.identity, unit.role, unit.first_channel = row, identity(path), k.PROCESS, -1
        start.paths.append(path)
        start.roles.append(k.PROCESS)
        start.identities.append(unit.identity)
        start.state.ledger[0].units = row + 1


class Voice:
    """What a process gets as ``organisation``.

    Args:
        agenda: The running engine.
        start: Who is who.
        process: Whose voice it is.
    """

    def __init__(self, agenda: Agenda, start: Start, process: Process) -> None:
        self._agenda = agenda
        self._rows = {path: row for row, path in enumerate(start.paths)}
        name = process.__name__.replace("_", "-").strip("-").lower()
        self._row = self._rows[f"process.{name}"]
        self._count = 0

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths of all receivers."""
        return tuple(self._rows)

    def look(self, path: str) -> MappingProxyType[str, float]:
        """The numbers of a receiver as they are now, to be read and not changed."""
        unit = self._agenda.state.units[self._find(path)]
        if unit.role >= len(ROW_TABLES):
            return MappingProxyType({})
        row = getattr(self._agenda.state, ROW_TABLES[unit.role])[unit.at]
        return MappingProxyType({name: getattr(row, name) for name in type(row).__slots__})

    def tell(self, path: str, kind: str, value: float = 0.0, *, ref: int = 0) -> None:
        """Send a message now; it is journalled when it is handled, with this process as its sender.

        Args:
            path: Whom to tell.
            kind: Name of a kind of message (``docs/anatomy.md``). ``arrive`` brings a task of ``value``
                seconds of work.
            value: The message's real number.
            ref: The message's whole number.

        Raises:
            InputError: If there is no such receiver or kind, or the value is not finite.
        """
        to = self._find(path)
        number = SPOKEN.get(kind)
        if number is None or number in CARRYING:
            close = get_close_matches(kind, SPOKEN, 1)
            right = f"did you mean {close[0]!r}?" if close else f"one of {', '.join(sorted(SPOKEN))}"
            raise InputError("", "tell", "there is no such kind of message to tell", given=kind, right=right)
        if not abs(float(value)) < 1e300:
            raise InputError("", f"tell {kind}", "not a finite number", given=value)
        agenda = self._agenda
        state, now = agenda.state, agenda.env.now
        unit = state.units[self._row]
        if number == k.ARRIVE:
            if value < 0.0:
                raise InputError(
                    "", "tell arrive", "negative work", given=value, right="seconds of work, at least 0"
                )
            self._count += 1
            row = new_task(state, unit, self._count, now)
            task = state.tasks[row]
            task.work, task.work_law, task.cost = float(value), -1, 0.0
            task.failure, task.attempts, task.backoff, task.patience, task.balks = 0.0, 1, -1, -1, 0
            task.deadline = -1.0
            note(state, unit, k.BORN, task.identity, to, float(value))
            carry(state, unit, now, k.ENV_OP, k.ARRIVE, to, row, 0)
        else:
            post(state, self._row, number, to, now, -1, -1, -1, ref, float(value))
        agenda.take_effects()

    def _find(self, path: str) -> int:
        row = self._rows.get(path)
        if row is None:
            close = get_close_matches(path, self._rows, 1)
            right = f"did you mean {close[0]!r}?" if close else "name a receiver by its path"
            raise InputError("", "tell", "there is no such receiver", given=path, right=right)
        return row
