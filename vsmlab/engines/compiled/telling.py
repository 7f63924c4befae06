"""What others see of a state in memory: the rows of the start, brought up to date.

Measures and names of children look at a few tables, during a run (who was born) and when it is over.
"""

from __future__ import annotations

from typing import Any, Final

from vsmlab.engines.start import Start

from .memory import Memory
from .model import ORGANISATION

TOLD: Final = ("units", "operations", "system3s", "system5s", "ledger")
"""Tables that others than laws look at when a run is over."""
BORN: Final = tuple(
    name for name in ORGANISATION.layout.growing if name not in {"tasks", "tickets", "signals", "corrections"}
)
"""Tables in which those who are born have rows."""


def tell_births(memory: Memory, start: Start) -> None:
    """Let the start know who was born since: who closes a segment of the journal has to know their rows."""
    born = memory.identities[len(start.identities) :].tolist()
    if born:
        for name in BORN:
            _tell(memory, start, name, len(getattr(start.state, name)))
        start.identities.extend(born)


def tell(memory: Memory, start: Start) -> None:
    """Let the start know how the horizon left what others look at, and who was born."""
    tell_births(memory, start)
    for name in TOLD:
        _tell(memory, start, name, 0)


def _tell(memory: Memory, start: Start, name: str, first: int) -> None:
    """Copy the rows of a table from ``first`` on back into the table of the start."""
    rows: Any = getattr(start.state, name)
    records = memory.tables[name]
    count = int(memory.tables["ledger"][name][0]) if name in memory.layout.growing else len(rows)
    while len(rows) < count:
        rows.add()
    for field in records.dtype.names or ():
        for row, value in zip(rows[first:], records[field][first:count].tolist(), strict=True):
            setattr(row, field, value)
