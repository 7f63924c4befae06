"""A trace: when each task of a published record came, and what is known of it, read exactly as published."""

from __future__ import annotations

import csv
import hashlib
import os
import re
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from vsmlab.errors import InputError
from vsmlab.lab.tables import (
    check_file,
    check_rows,
    is_parquet,
    missing_column,
    open_parquet,
    read_parquet,
    sha256_of,
)

if TYPE_CHECKING:
    from _csv import _reader
    from hashlib import _Hash

    import pyarrow as pa

MAX_ROWS = 5_000_000
MAX_BYTES = 500_000_000

_LONGEST_LINE = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STAMP = re.compile(
    r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?", re.ASCII
)  # fmt: skip
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_Tick = int | Decimal
_RIGHT_TIME = "a time is 2023-11-16 18:15:46.6805900 or a number of seconds"
_RIGHT_NUMBER = "a number of at least 0 is needed"
_UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """Tasks in the order in which they came.

    Args:
        times: Seconds from the first task, non-decreasing; the first is 0.0. Shape ``(rows,)``.
        columns: What is known of each task, by the name vsmlab uses; every array has shape ``(rows,)``.
        start: The first time as ISO text with all its digits; None when the times were plain numbers.
        sha256: Checksum of the file, in hexadecimal.
        rows: How many tasks.
    """

    times: NDArray[np.float64]
    columns: dict[str, NDArray[np.float64]]
    start: str | None
    sha256: str
    rows: int


def read_trace(
    path: str | os.PathLike[str],
    time: str,
    columns: Mapping[str, str],
    *,
    max_rows: int = MAX_ROWS,
    max_bytes: int = MAX_BYTES,
) -> Trace:
    """Read a trace from a CSV file (UTF-8, commas, a header) or a Parquet file.

    Times are dates with up to nine digits of a second, or plain seconds. Differences of dates are taken
    in whole nanoseconds, so no digit is lost. In errors, rows of a CSV file count as lines do in an editor
    (the header is row 1); rows of a Parquet file count from 1.

    Args:
        path: The file.
        time: The column that says when.
        columns: For every column wanted, our name for it and its name in the file.
        max_rows: The most rows to accept.
        max_bytes: The largest file to accept.

    Raises:
        InputError: If the file is missing, too large, damaged, or not such a table; if a column is not there;
            if a value is absent, not a finite number or negative; if the times are not in order.
    """
    source = os.fspath(path)
    file = check_file(path, max_bytes=max_bytes, what="a trace (CSV or Parquet)")
    if is_parquet(file):
        return _read_parquet(file, source, time, columns, max_rows)
    try:
        with file.open("rb") as opened:
            return _read_csv(opened, source, time, columns, max_rows)
    except OSError as exc:
        raise InputError(source, "", f"cannot be read ({exc.strerror})") from exc


# CSV


def _read_csv(opened: BinaryIO, source: str, time: str, columns: Mapping[str, str], max_rows: int) -> Trace:
    digest = hashlib.sha256()
    reader = csv.reader(_lines(opened, source, digest), strict=True)
    records = _records(reader, source)
    _, header = next(records, (1, []))
    if not header:
        raise InputError(source, "row 1", "is empty", right="the first row names the columns")
    time_at = _position(source, header, time)
    places = [(column, _position(source, header, column)) for column in columns.values()]
    times = array("d")
    found = [array("d") for _ in places]
    wanted = [(column, at, values.append) for (column, at), values in zip(places, found, strict=True)]
    width = len(header)
    first: _Tick | None = None
    for row, cells in records:
        if len(cells) != width:
            given = f"{len(cells)} cells" if cells else "an empty row"
            raise InputError(source, f"row {row}", "ragged", given=given, right=f"the header has {width}")
        if first is None:
            to_tick, per_second, start = _clock(cells[time_at])
            first = last = _tick(to_tick, cells[time_at], source, row, time)
        now = _tick(to_tick, cells[time_at], source, row, time)
        if now < last:
            right = "sort the rows by time"
            raise InputError(source, f"row {row}", f"{time} goes back", given=cells[time_at], right=right)
        last = now
        times.append(float((now - first) / per_second))
        for column, at, append in wanted:
            append(_number(cells[at], source, row, column))
        if len(times) > max_rows:
            check_rows(source, len(times), max_rows)
    check_rows(source, len(times), max_rows)
    arrays = {name: _frozen(np.array(values)) for name, values in zip(columns, found, strict=True)}
    return Trace(_frozen(np.array(times)), arrays, start, digest.hexdigest(), len(times))


def _lines(opened: BinaryIO, source: str, digest: _Hash) -> Iterator[str]:
    """The lines of a file as text, adding their bytes to the digest."""
    row = 0
    while raw := opened.readline(_LONGEST_LINE + 1):
        row += 1
        digest.update(raw)
        if len(raw) > _LONGEST_LINE:
            right = f"at most {_LONGEST_LINE:,} bytes; are there line ends?"
            raise InputError(source, f"row {row}", "the line is too long", right=right)
        if b"\0" in raw:
            raise InputError(source, f"row {row}", "has a NUL byte", right="give plain text in UTF-8")
        try:
            text = raw.decode("utf-8-sig" if row == 1 else "utf-8")
        except UnicodeDecodeError as exc:
            given = f"byte 0x{raw[exc.start]:02x} at {exc.start + 1}"
            right = "save the file as UTF-8"
            raise InputError(source, f"row {row}", "is not UTF-8", given=given, right=right) from exc
        yield text


def _records(reader: _reader, source: str) -> Iterator[tuple[int, list[str]]]:
    """Records with the row on which each begins; empty rows only at the end are left out."""
    row, empty = 1, 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as exc:
            right = "quote a whole cell or none of it, and end every row alike"
            raise InputError(source, f"row {row}", f"is not CSV ({exc})", right=right) from exc
        if cells:
            if empty:
                yield empty, []
            yield row, cells
        else:
            empty = empty or row
        row = reader.line_num + 1


def _position(source: str, header: list[str], column: str) -> int:
    if header.count(column) > 1:
        right = "every column needs a name of its own"
        raise InputError(source, f"column {column}", "is there more than once", right=right)
    if column not in header:
        for mark, name in ((";", "semicolons"), ("\t", "tabs")):
            if len(header) == 1 and mark in header[0]:
                right = "separate the columns by commas"
                raise InputError(
                    source, "row 1", f"columns separated by {name}", given=header[0], right=right
                )
        raise missing_column(source, column, header)
    return header.index(column)


def _number(cell: str, source: str, row: int, column: str) -> float:
    """A finite number of at least 0; float() alone would take underscores and digits of other scripts."""
    try:
        value = float(cell)
    except ValueError:
        value = -1.0
    if 0.0 <= value < np.inf and cell.isascii() and "_" not in cell:
        return value + 0.0  # no -0.0
    if not _NUMBER.fullmatch(cell.strip()):
        wrong = f"{column} is not a number" if cell.strip() else f"{column} has no value"
    else:
        wrong = f"{column} is negative" if value < 0 else f"{column} is too large"
    raise InputError(source, f"row {row}", wrong, given=repr(cell), right=_RIGHT_NUMBER)


# Times in text: a tick is an exact number, and only differences of ticks become floats.


def _tick(to_tick: Callable[[str], _Tick], cell: str, source: str, row: int, column: str) -> _Tick:
    try:
        return to_tick(cell)
    except ValueError as exc:
        wrong = f"{column} is not a time" + (f" ({exc})" if str(exc) else "")
        raise InputError(source, f"row {row}", wrong, given=repr(cell), right=_RIGHT_TIME) from exc


def _clock(cell: str) -> tuple[Callable[[str], _Tick], int, str | None]:
    """How to read the times of a file, judged by its first: text to tick, ticks a second, ISO start."""
    parts = _STAMP.fullmatch(cell.strip())
    if parts is None:
        return _decimal_tick, 1, None
    zoned = parts[4] is not None

    def to_tick(text: str) -> int:
        parts = _STAMP.fullmatch(text.strip())
        if parts is None:
            raise ValueError
        day, clock, digits, zone = parts.groups()
        if (zone is not None) is not zoned:
            raise ValueError("the first row has a time zone" if zoned else "the first row has no time zone")
        return _second(day, clock, zone) * 10**9 + (int(digits.ljust(9, "0")) if digits else 0)

    return to_tick, 10**9, cell.strip().replace(" ", "T")


@lru_cache(maxsize=1024)
def _second(day: str, clock: str, zone: str | None) -> int:
    moment = datetime.fromisoformat(f"{day}T{clock}{'+00:00' if zone in (None, 'Z') else zone}")
    return (moment - _EPOCH) // timedelta(seconds=1)


def _decimal_tick(text: str) -> Decimal:
    if _NUMBER.fullmatch(text.strip()) is None:
        raise ValueError
    value = Decimal(text.strip())
    if value < 0:
        raise ValueError("negative")
    if value > 10**12:
        raise ValueError("too large")
    return value


# Parquet


def _read_parquet(file: Path, source: str, time: str, columns: Mapping[str, str], max_rows: int) -> Trace:
    import pyarrow as pa

    with open_parquet(file, source, max_rows=max_rows) as parquet:
        schema = parquet.schema_arrow
        _check_types(source, schema, time, columns)
        table = read_parquet(parquet, source, (time, *columns.values()))
    for column in table.column_names:
        if table[column].null_count:
            row = int(np.flatnonzero(table[column].is_null().to_numpy())[0]) + 1
            raise InputError(source, f"row {row}", f"{column} has no value")
    kind = schema.field(time).type
    if pa.types.is_timestamp(kind):
        per_second = _UNITS[kind.unit]
        ticks = table[time].cast(pa.int64()).to_numpy()
        start = _iso(int(ticks[0]), per_second, kind.tz is not None)
    else:
        per_second, start = 1, None
        ticks = _checked(table[time].to_numpy(), source, time)
    back = np.flatnonzero(ticks[1:] < ticks[:-1])
    if len(back):
        row = int(back[0]) + 2
        raise InputError(source, f"row {row}", f"{time} goes back", right="sort the rows by time")
    times = (ticks - ticks[0]).astype(np.float64) / per_second
    arrays = {
        name: _frozen(_checked(table[column].to_numpy(), source, column).astype(np.float64) + 0.0)
        for name, column in columns.items()
    }
    return Trace(_frozen(times), arrays, start, sha256_of(file), len(times))


def _check_types(source: str, schema: pa.Schema, time: str, columns: Mapping[str, str]) -> None:
    import pyarrow as pa

    for column in (time, *columns.values()):
        if column not in schema.names:
            raise missing_column(source, column, schema.names)
        kind = schema.field(column).type
        if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
            if column == time and pa.types.is_timestamp(kind):
                continue
            right = "a timestamp or a number of seconds is needed" if column == time else _RIGHT_NUMBER
            raise InputError(source, f"column {column}", "wrong type", given=str(kind), right=right)


def _checked(values: NDArray[Any], source: str, column: str) -> NDArray[Any]:
    wrong = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
    if len(wrong):
        row, value = int(wrong[0]), values[wrong[0]]
        what = "negative" if np.isfinite(value) else "not a finite number"
        raise InputError(
            source, f"row {row + 1}", f"{column} is {what}", given=str(value), right=_RIGHT_NUMBER
        )  # fmt: skip
    return values


def _iso(ticks: int, per_second: int, zoned: bool) -> str:
    seconds, rest = divmod(ticks, per_second)
    digits = f".{rest:0{len(str(per_second)) - 1}d}" if per_second > 1 else ""
    try:
        text = (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    except OverflowError:
        text = f"epoch{seconds:+d}s"
    return text + digits + ("Z" if zoned else "")


def _frozen(values: NDArray[np.float64]) -> NDArray[np.float64]:
    values.setflags(write=False)
    return values
