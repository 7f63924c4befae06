"""What an engine is compiled for: tables, laws, and which law answers what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from vsmlab.dispatch import TABLE
from vsmlab.laws import LAWS
from vsmlab.laws.kinds import DISTURB, PRIORITIES
from vsmlab.laws.tables import ROWS

from .layout import Layout

Law = Callable[..., Any]

PACKAGE: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Model:
    """Laws over tables, to be compiled into one loop.

    Args:
        name: What its machine code is called.
        rows: The row class of each table; ``units``, ``effects`` and ``ledger`` are among them, with the
            fields that the loop uses.
        laws: Every law by name.
        handle: Source of ``def handle(state, message)``, which hands a message to the law that answers it.
        priorities: The priority of each kind of message.
        sources: Files and folders that the machine code is made of.
    """

    name: str
    rows: Mapping[str, type]
    laws: Mapping[str, Law]
    handle: str
    priorities: Sequence[int]
    sources: tuple[Path, ...]

    @cached_property
    def layout(self) -> Layout:
        """How its state lies in memory."""
        return Layout(self.rows)


def handle_of_dispatch() -> str:
    """The source of `handle`, written from the table of `dispatch`."""
    roles: dict[int, list[Any]] = {}
    for line in TABLE:
        roles.setdefault(line.role, []).append(line)
    lines = [
        "def handle(state, message):",
        "    unit = state.units[message.to]",
        "    role, kind, now = unit.role, message.kind, message.due",
        f"    if unit.off != 0 and kind != {DISTURB}:",
        "        unanswered(state, unit, now, message)",
    ]
    for role, answers in roles.items():
        lines.append(f"    elif role == {role}:")
        for n, line in enumerate(answers):
            lines += [
                f"        {'elif' if n else 'if'} kind == {line.kind}:",
                f"            {line.law.__name__}(state, unit, now, message)",
            ]
        lines += ["        else:", "            refused(state, unit, now, message)"]
    lines += ["    else:", "        refused(state, unit, now, message)"]
    return "\n".join(lines)


ORGANISATION: Final = Model(
    name="organisation",
    rows=ROWS,
    laws=LAWS,
    handle=handle_of_dispatch(),
    priorities=PRIORITIES,
    sources=tuple(
        PACKAGE / name for name in ("mechanisms", "laws", "vsm", "world", "dispatch.py", "engines")
    ),
)
"""Viable systems."""
