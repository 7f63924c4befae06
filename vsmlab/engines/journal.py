"""The journal: every message handled and every fact noted, in order; its schema, its digest, its segments.

A row of the digest is 60 bytes, little-endian: due, value, number, ref, task, receiver, sender, kind and
priority. The digest is a chain: ``D0 = SHA-256(FORMAT)``, ``Dk = SHA-256(Dk-1 + rows of segment k)``; a
segment has 65,536 rows, the last may be short. Neither NaN nor -0.0 occurs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NoReturn

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

BLOCK: Final = 8_192
"""Rows that are gone through at a time: they stay in the processor's cache from one column to the next."""

_SPEAKS: Final = np.array([kind in ADDRESSES for kind in range(max(ADDRESSES) + 2)])
"""Whether ``ref`` of a kind is an address; the last stands for all numbers beyond it, the first for those below 0."""
_MINUS_ZERO: Final = np.iinfo(np.int64).min
"""The bits of -0.0 as a whole number: there is none that is less."""

Segment = npt.NDArray[np.void]
Sink = Callable[[Segment], None]
LocalRow = tuple[float, float, int, int, int, int, int, int, int, int]


def chain(before: bytes, rows: Segment) -> bytes:
    """The next link of the digest, from rows that begin with the digest's columns, as those of a journal do."""
    link = hashlib.sha256(before)
    for part in blocks(len(rows)):
        link.update(_digested(rows[part]))
    return link.digest()


def blocks(count: int) -> Iterator[slice]:
    """So many rows, a block at a time."""
    return (slice(first, first + BLOCK) for first in range(0, count, BLOCK))


def _digested(block: Segment) -> bytes:
    """The digest's columns of these rows, row after row without gaps."""
    whole = np.ascontiguousarray(block).view(np.uint8).reshape(len(block), -1)
    return whole[:, : DIGEST_ROW.itemsize].tobytes()


def origin() -> bytes:
    """The first link: it stands for the journal's format."""
    return hashlib.sha256(FORMAT).digest()


class Journal:
    """Collects rows, closes segments, chains their digest and hands them to the sinks.

    Args:
        identities: Identity of each receiver by row; the engine appends when one is born.
        sinks: Called with each closed segment, in order; its rows may be written over when the call returns.
    """

    def __init__(self, identities: list[int], sinks: Sequence[Sink] = ()) -> None:
        self.identities = identities
        self.sinks = tuple(sinks)
        self.rows: list[LocalRow] = []
        self.closed = 0
        self.links: list[bytes] = [origin()]
        self._identities = np.empty(0, np.int64)
        self._alike = True  # every identity is its own row

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
        link = hashlib.sha256(self.links[-1])
        for part in blocks(len(segment)):
            block = segment[part]
            for name in ("receiver", "sender"):
                rows = np.ascontiguousarray(block[name])
                if not (self._alike and rows.view(np.uint64).max() < len(who)):
                    block[name] = who[rows]
            if not self._alike:
                kinds, refs = np.ascontiguousarray(block["kind"]), block["ref"]
                speaks = np.flatnonzero(_SPEAKS.take(kinds, mode="clip") & (refs >= 0))
                refs[speaks] = who[refs[speaks]]
            for name in ("due", "value"):
                numbers = np.ascontiguousarray(block[name])
                if not np.isfinite(numbers).all():
                    self._refuse(segment)
                if numbers.view(np.int64).min() == _MINUS_ZERO:
                    block[name] = numbers + 0.0  # -0.0 becomes 0.0
            link.update(_digested(block))
        self.links.append(link.digest())
        self.closed += len(segment)
        for sink in self.sinks:
            sink(segment)

    def _refuse(self, segment: Segment) -> NoReturn:
        """Name the first number that is none: that of a time, if there is one."""
        for name in ("due", "value"):
            for bad in np.flatnonzero(~np.isfinite(segment[name])):
                given = segment[name][bad]
                raise ModelError(f"journal row {self.closed + bad} has {name} {given}: a law divided by zero")
        raise AssertionError

    def _who(self) -> npt.NDArray[np.int64]:
        if len(self._identities) != len(self.identities):
            self._identities = np.array(self.identities, dtype=np.int64)
            self._alike = np.array_equal(self._identities, np.arange(len(self.identities)))
        return self._identities
