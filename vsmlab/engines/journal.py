"""The journal: every message handled and every fact noted, in order; its schema, its digest, its segments.

A row of the digest is 60 bytes, little-endian: due, value, number, ref, task, receiver, sender, kind and
priority. The digest is a chain: ``D0 = SHA-256(FORMAT)``, ``Dk = SHA-256(Dk-1 + rows of segment k)``; a
segment has 65,536 rows, the last may be short. Neither NaN nor -0.0 occurs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from vsmlab.errors import ModelError
from vsmlab.laws.kinds import ADDRESSES

FORMAT: Final = b"vsmlab journal 1"
SEGMENT: Final = 65_536
DIGEST_ROW: Final = np.dtype(
    [("due", "<f8"), ("value", "<f8"), ("number", "<i8"), ("ref", "<i8"), ("task", "<i8"),
     ("receiver", "<i8"), ("sender", "<i8"), ("kind", "<i2"), ("priority", "<i2")]
)  # fmt: skip
"""What the digest is over. ``receiver`` and ``sender`` are identities, ``task`` is -1 for none."""
ROW: Final = np.dtype([*((name, DIGEST_ROW[name]) for name in DIGEST_ROW.names or ()), ("cause", "<i8")])
"""A row of the journal: that of the digest, and the journal row whose handling sent or noted it (-1: none)."""
LOCAL: Final = np.dtype(
    [("due", "<f8"), ("value", "<f8"), ("number", "<i8"), ("ref", "<i8"), ("task", "<i8"),
     ("receiver", "<i8"), ("sender", "<i8"), ("kind", "<i2"), ("priority", "<i2"), ("cause", "<i8")]
)  # fmt: skip

Segment = npt.NDArray[np.void]
Sink = Callable[[Segment], None]
LocalRow = tuple[float, float, int, int, int, int, int, int, int, int]


def chain(before: bytes, rows: Segment) -> bytes:
    """The next link of the digest, from rows that begin with the digest's columns, as those of a journal do."""
    whole = np.ascontiguousarray(rows).view(np.uint8).reshape(len(rows), -1)
    link = hashlib.sha256(before)
    link.update(whole[:, : DIGEST_ROW.itemsize].tobytes())
    return link.digest()


def origin() -> bytes:
    """The first link: it stands for the journal's format."""
    return hashlib.sha256(FORMAT).digest()


class Journal:
    """Collects rows, closes segments, chains their digest and hands them to the sinks.

    Args:
        identities: Identity of each receiver by row; the engine appends when one is born.
        sinks: Called with each closed segment, in order.
    """

    def __init__(self, identities: list[int], sinks: Sequence[Sink] = ()) -> None:
        self.identities = identities
        self.sinks = tuple(sinks)
        self.rows: list[LocalRow] = []
        self.closed = 0
        self.links: list[bytes] = [origin()]
        self._identities = np.empty(0, np.int64)
        self._addresses = np.array(sorted(ADDRESSES), dtype=np.int16)

    @property
    def count(self) -> int:
        """Rows so far."""
        return self.closed + len(self.rows)

    @property
    def digest(self) -> str:
        """The last link of the chain, in hexadecimal."""
        return self.links[-1].hex()

    def close_full(self) -> None:
        """Close every segment that is full."""
        while len(self.rows) >= SEGMENT:
            self.close_segment(np.array(self.rows[:SEGMENT], dtype=LOCAL))
            del self.rows[:SEGMENT]

    def finish(self) -> None:
        """Close what is left."""
        self.close_full()
        if self.rows:
            self.close_segment(np.array(self.rows, dtype=LOCAL))
            self.rows = []

    def close_segment(self, segment: Segment) -> None:
        """Close one segment of rows with local addresses, which become identities in place.

        Raises:
            ModelError: If a number in it is none.
        """
        who = self._who()
        refs = segment["ref"]
        speaks = np.isin(segment["kind"], self._addresses) & (refs >= 0)
        refs[speaks] = who[refs[speaks]]
        segment["receiver"] = who[segment["receiver"]]
        segment["sender"] = who[segment["sender"]]
        for name in ("due", "value"):
            segment[name] += 0.0  # -0.0 becomes 0.0
            if not np.isfinite(segment[name]).all():
                bad = int(np.flatnonzero(~np.isfinite(segment[name]))[0])
                raise ModelError(
                    f"journal row {self.closed + bad} has {name} {segment[name][bad]}: a law divided by zero"
                )
        self.links.append(chain(self.links[-1], segment))
        self.closed += len(segment)
        for sink in self.sinks:
            sink(segment)

    def _who(self) -> npt.NDArray[np.int64]:
        if len(self._identities) != len(self.identities):
            self._identities = np.array(self.identities, dtype=np.int64)
        return self._identities
