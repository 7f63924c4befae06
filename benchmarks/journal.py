"""What every peer writes down of each message that it handles, and the digest by which journals are compared."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SEGMENT = 65_536
COLUMNS = np.dtype(
    [
        ("due", "<f8"),
        ("value", "<f8"),
        ("receiver", "<i8"),
        ("sender", "<i8"),
        ("ref", "<i8"),
        ("kind", "<i8"),
    ]
)
"""A row; vsmlab's own engines write four columns more."""


class PeerJournal:
    """Rows as tuples in a list; with a file, every 65,536 become a row group of it and a link of a digest.

    Args:
        path: The Parquet file; None keeps all rows in memory.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.rows: list[tuple[float, float, int, int, int, int]] = []
        self.count = 0
        self.sha = hashlib.sha256()
        self.writer = None
        if path is not None:
            fields = [pa.field(name, pa.from_numpy_dtype(COLUMNS[name])) for name in COLUMNS.names]
            self.writer = pq.ParquetWriter(
                path,
                pa.schema(fields),
                compression="zstd",
                use_dictionary=["value", "ref", "receiver", "sender", "kind"],
                column_encoding={"due": "BYTE_STREAM_SPLIT"},
            )

    def full(self) -> None:
        """Write what is full, if there is a file; called when the list has a segment's length or more."""
        if self.writer is not None:
            self._write(self.rows[:SEGMENT])
            del self.rows[:SEGMENT]

    def finish(self) -> None:
        if self.writer is not None:
            if self.rows:
                self._write(self.rows)
                self.rows = []
            self.writer.close()

    def _write(self, rows: list[tuple[float, float, int, int, int, int]]) -> None:
        segment = np.array(rows, COLUMNS)
        self.sha.update(segment.tobytes())
        columns = [pa.array(np.ascontiguousarray(segment[name])) for name in COLUMNS.names]
        self.writer.write_table(
            pa.Table.from_arrays(columns, schema=self.writer.schema), row_group_size=SEGMENT
        )
        self.count += len(rows)

    @property
    def handled(self) -> int:
        return self.count + len(self.rows)

    def digest(self) -> str:
        """SHA-256 over all rows."""
        if self.writer is None:
            return digest_of(np.array(self.rows, COLUMNS))
        return self.sha.hexdigest()


def digest_of(*segments: np.ndarray) -> str:
    """The same digest, from segments that have the columns among others."""
    sha = hashlib.sha256()
    for segment in segments:
        packed = np.empty(len(segment), COLUMNS)
        for name in COLUMNS.names:
            packed[name] = segment[name]
        sha.update(packed.tobytes())
    return sha.hexdigest()
