"""A snapshot: everything that a run is made of at one moment, so that any engine can go on from it.

It holds tables and agenda as records, whichever engine ran, and of the journal what is not closed yet and the
links of the digest. What was closed lies in the journal's file. There is no code in it and nothing is pickled.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vsmlab.errors import PeerError
from vsmlab.laws.tables import ROWS, Message

from .journal import LOCAL, Journal, Segment
from .records import record_of, records_from
from .start import Start

FORMAT: Final = 1
TABLES: Final = tuple(name for name in ROWS if name != "effects")
AGENDA: Final = record_of(Message)

Records = npt.NDArray[np.void]


@dataclass(frozen=True)
class Snapshot:
    """A run at a moment.

    Args:
        time: Everything that was due before it has been handled, nothing that is due then or later.
        tables: Every table but the effects.
        agenda: The messages that are under way, in no order.
        pending: Rows of the journal that are not closed, with local addresses.
        links: The digest's chain so far, the first link included.
        closed: Rows that are closed.
        handled: Messages handled.
    """

    time: float
    tables: dict[str, Records]
    agenda: Records
    pending: Segment
    links: tuple[bytes, ...]
    closed: int
    handled: int

    def dump(self, **more: float | str | None) -> bytes:
        """The snapshot as bytes, with what else is to be remembered as plain values."""
        said = {
            "format": FORMAT,
            "time": self.time,
            "links": [link.hex() for link in self.links],
            "closed": self.closed,
            "handled": self.handled,
            **more,
        }
        text = np.frombuffer(json.dumps(said, allow_nan=False).encode(), np.uint8)
        kept = {f"table-{name}": records for name, records in self.tables.items()}
        file = io.BytesIO()
        np.savez_compressed(
            file, allow_pickle=False, said=text, agenda=self.agenda, pending=self.pending, **kept
        )
        return file.getvalue()


@dataclass(frozen=True)
class Pauses:
    """When a run is to stop for a moment, and what is done with its snapshot.

    Args:
        every: Seconds between two pauses; they lie at its multiples.
        keep: Gets each snapshot.
    """

    every: float
    keep: Callable[[Snapshot], None]

    def between(self, since: float, horizon: float) -> list[float]:
        """The times of the pauses after one moment and before another."""
        first, last = int(since / self.every), int(horizon / self.every) + 1
        marks = (self.every * n for n in range(first, last + 1))
        return [mark for mark in marks if since < mark < horizon]


def read_snapshot(content: bytes, where: str) -> tuple[Snapshot, dict[str, Any]]:
    """A snapshot from its bytes, and what else was remembered.

    Raises:
        PeerError: If it is none, or one of another format or of other tables.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            said = json.loads(file["said"].tobytes())
            if said.get("format") != FORMAT:
                raise PeerError(
                    f"{where}: a checkpoint of format {said.get('format')!r}; this vsmlab reads {FORMAT}"
                )
            tables = {name: file[f"table-{name}"] for name in TABLES}
            snapshot = Snapshot(
                time=float(said["time"]),
                tables=tables,
                agenda=file["agenda"],
                pending=file["pending"],
                links=tuple(bytes.fromhex(link) for link in said["links"]),
                closed=int(said["closed"]),
                handled=int(said["handled"]),
            )
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error) as exc:
        raise PeerError(f"{where}: not a checkpoint that can be read: {exc}") from exc
    wanted = {name: record_of(ROWS[name]) for name in TABLES}
    other = [name for name, records in tables.items() if records.dtype != wanted[name]]
    if other or snapshot.agenda.dtype != AGENDA or snapshot.pending.dtype != LOCAL:
        raise PeerError(
            f"{where}: a checkpoint with other tables ({', '.join(other) or 'journal'}): run it anew"
        )
    return snapshot, said


def take(start: Start, messages: Iterable[Message], journal: Journal, time: float, handled: int) -> Snapshot:
    """A snapshot of a run whose tables are objects."""
    tables = {name: records_from(ROWS[name], getattr(start.state, name)) for name in TABLES}
    return Snapshot(
        time=time,
        tables=tables,
        agenda=np.array([tuple(message) for message in messages], AGENDA),
        pending=np.array(journal.rows, LOCAL),
        links=tuple(journal.links),
        closed=journal.closed,
        handled=handled,
    )


def go_on(start: Start, journal: Journal, snapshot: Snapshot) -> None:
    """Have a start that was just built, and its empty journal, be what the snapshot says."""
    journal.closed = snapshot.closed
    journal.links[:] = snapshot.links
    journal.rows[:] = snapshot.pending.tolist()
    for name in TABLES:
        rows: Any = getattr(start.state, name)
        records = snapshot.tables[name]
        while len(rows) < len(records):
            rows.add()
        del rows[len(records) :]
        for field in records.dtype.names or ():
            for row, value in zip(rows, records[field].tolist(), strict=True):
                setattr(row, field, value)
    known = len(start.identities)
    count = int(snapshot.tables["ledger"]["units"][0])
    start.identities.extend(snapshot.tables["units"]["identity"][known:count].tolist())
    start.messages[:] = messages_of(snapshot.agenda)


def messages_of(agenda: Records) -> Sequence[Message]:
    """The messages of an agenda kept as records."""
    return [Message(*values) for values in agenda.tolist()]
