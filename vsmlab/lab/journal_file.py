"""The journal as a Parquet file: written a segment at a time, read back a segment at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from vsmlab.engines.journal import ROW, SEGMENT, Segment, blocks
from vsmlab.errors import PeerError
from vsmlab.lab.strict_json import read_json
from vsmlab.laws.kinds import NAME_OF

_LATER: Final = ("zone", "tenant", "origin")
"""Columns that live runs will fill; they are outside the digest."""
FORMAT: Final = "journal 1"
"""What the file's metadata say under ``vsmlab`` (decision 0019)."""

# Chosen by column for the processor's time. A row of the recursive benchmark, of llm-fleet and of mm3 takes 106, 123
# and 112 ns and 17, 11 and 12 bytes; with dictionaries and zstd it took 182, 233 and 219 ns and 12, 9 and 11 bytes.
_COMPRESSION: Final = {
    **dict.fromkeys(("due", "value", "ref", "task"), "snappy"),
    **dict.fromkeys(("kind", "priority", "cause"), "lz4"),
}
_ENCODING: Final = {
    **dict.fromkeys(("due", "value", "ref", "task"), "PLAIN"),
    **dict.fromkeys(("kind", "priority", "cause"), "BYTE_STREAM_SPLIT"),
    "number": "DELTA_BINARY_PACKED",
}


def schema(names: dict[int, str]) -> pa.Schema:
    """The file's schema. The metadata says the path of each identity and the name of each kind."""
    fields = [pa.field(name, pa.from_numpy_dtype(ROW[name])) for name in ROW.names or ()]
    fields += [pa.field("lag", pa.float64()), *(pa.field(name, pa.string()) for name in _LATER)]
    said = {
        "vsmlab": FORMAT,
        "names": json.dumps({str(identity): path for identity, path in names.items()}),
        "kinds": json.dumps({str(number): name for number, name in NAME_OF.items()}),
    }
    return pa.schema(fields, metadata=said)


class JournalFile:
    """A sink that writes each closed segment as one row group."""

    def __init__(self, path: Path, names: dict[int, str]) -> None:
        self.schema = schema(names)
        self.writer = pq.ParquetWriter(
            path,
            self.schema,
            compression=_COMPRESSION,
            use_dictionary=["receiver", "sender"],
            column_encoding=_ENCODING,
            write_statistics=["due"],  # of the others nobody asks
            write_batch_size=SEGMENT,
            max_rows_per_page=SEGMENT,
        )

    def __call__(self, segment: Segment) -> None:
        """Write a segment."""
        count = len(segment)
        columns = {name: np.empty(count, ROW[name]) for name in ROW.names or ()}
        for part in blocks(count):
            block = segment[part]
            for name, column in columns.items():
                column[part] = block[name]
        arrays = [pa.array(column) for column in columns.values()]
        arrays.append(pa.nulls(count, pa.float64()))
        arrays += [pa.nulls(count, pa.string())] * len(_LATER)
        self.writer.write_table(pa.Table.from_arrays(arrays, schema=self.schema), row_group_size=SEGMENT)

    def name_newborn(self, names: dict[int, str]) -> None:
        """Say the path of each identity that was born during the run; the schema was written before."""
        if names:
            said = {str(identity): path for identity, path in names.items()}
            self.writer.add_key_value_metadata({"born": json.dumps(said)})

    def close(self) -> None:
        """Write the footer: without it the file does not count."""
        self.writer.close()


def read_segments(path: Path, first: int = 0, last: int | None = None) -> Iterator[Segment]:
    """The journal's segments as they were written.

    Args:
        path: The file.
        first: Number of the first, from 0.
        last: Number after the last; to the end if unsaid. Those that are not there are left out.

    Raises:
        PeerError: If the file is not a journal, or one of another format.
    """
    try:
        file = pq.ParquetFile(path)
        _said(path, file.metadata)
        for group in range(file.num_row_groups)[first:last]:
            table = file.read_row_group(group, columns=list(ROW.names or ()))
            segment = np.empty(table.num_rows, ROW)
            columns = {name: table.column(name).to_numpy() for name in ROW.names or ()}
            for part in blocks(len(segment)):
                block = segment[part]
                for name, column in columns.items():
                    block[name] = column[part]
            yield segment
    except (pa.ArrowException, OSError, KeyError, ValueError) as exc:
        raise PeerError(f"{path}: not a journal that can be read: {exc}") from exc


def read_names(path: Path) -> dict[int, str]:
    """Path of each identity, from the file's metadata.

    Raises:
        PeerError: If the file is not a journal, or one of another format.
    """
    try:
        said = _said(path, pq.read_metadata(path))
        names = read_json(said[b"names"]) | read_json(said.get(b"born", b"{}"))
        return {int(identity): name for identity, name in names.items()}
    except (pa.ArrowException, OSError, KeyError, ValueError) as exc:
        raise PeerError(f"{path}: not a journal that can be read: {exc}") from exc


def _said(path: Path, footer: pq.FileMetaData) -> Any:  # noqa: ANN401 - pyarrow has no types
    """The file's metadata, if they are those of a journal of this format."""
    said = footer.metadata or {}
    if b"vsmlab" not in said:
        raise PeerError(f"{path}: not a journal; a Parquet file that vsmlab wrote is needed")
    given = said[b"vsmlab"].decode(errors="replace")
    if given != FORMAT:
        raise PeerError(f"{path}: a file of format {given!r}; this vsmlab reads {FORMAT!r}")
    return said
