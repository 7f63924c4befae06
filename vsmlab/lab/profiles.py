"""A windowed profile: how many tasks of each class came in each window, and quantiles of what they were.

A Parquet file with one row a window and class, in order of windows:

================== =====================================================================================
window_start       seconds from the first task, the window's begin
window_end         seconds, its end (not in it); windows may leave gaps but do not overlap
class              whole number of at least 0
count              whole number of at least 0: tasks of this class in this window
correlation        parameter of the Gaussian copula that joins the two quantities; may be left out (0)
pooled             windows on either side from which the quantiles were taken as well; may be left out (0)
NAME_q             for every quantity NAME a list of n quantiles, n the same everywhere
================== =====================================================================================

Quantile j of n (from 0) stands at level (j + 1/2)/n; a draw is linear between two levels and constant beyond
the first and the last, so the mean of the draws is the mean of the list.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vsmlab.errors import InputError
from vsmlab.lab.tables import (
    COLUMN_NAME,
    check_file,
    did_you_mean,
    is_parquet,
    missing_column,
    open_parquet,
    read_parquet,
    sha256_of,
)

if TYPE_CHECKING:
    import pyarrow as pa

MAX_ROWS = 200_000
MAX_BYTES = 100_000_000
MAX_TASKS = 5_000_000
MAX_QUANTILES = 1_000

_REQUIRED = ("window_start", "window_end", "class", "count")
_OPTIONAL = ("correlation", "pooled")
_WHOLE = ("class", "count", "pooled")


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """Tasks by window and class; row arrays have shape ``(rows,)``.

    Args:
        starts: Begin of each row's window, seconds, non-decreasing.
        ends: End of each row's window, seconds.
        classes: Class of each row.
        counts: Tasks of this class in this window.
        correlation: Gaussian-copula parameter of each row, in [-1, 1].
        quantiles: For every quantity its quantiles, shape ``(rows, n)``, at the levels ``(j + 1/2)/n``.
        columns: The quantities' names in the file's order; the copula joins the first and the second.
        sha256: Checksum of the file, in hexadecimal.
    """

    starts: NDArray[np.float64]
    ends: NDArray[np.float64]
    classes: NDArray[np.int64]
    counts: NDArray[np.int64]
    correlation: NDArray[np.float64]
    quantiles: dict[str, NDArray[np.float64]]
    columns: tuple[str, ...]
    sha256: str


def read_profile(path: str | os.PathLike[str]) -> Profile:
    """Read a windowed profile; its layout is in this module's docstring. Rows count from 1 in errors.

    Raises:
        InputError: If the file is missing, too large or not such a table; if a value is absent, not finite or
            out of its range; if windows overlap or are out of order, a class comes twice in a window, a
            list of quantiles has another length or goes down; or if more than two quantities are correlated.
    """
    source = os.fspath(path)
    file = check_file(path, max_bytes=MAX_BYTES, what="a profile (Parquet)")
    if not is_parquet(file):
        right = "a profile is a Parquet file; a CSV of single tasks is a trace"
        raise InputError(source, "", "is not a profile", right=right)
    with open_parquet(file, source, max_rows=MAX_ROWS) as parquet:
        names = parquet.schema_arrow.names
        columns = _quantities(source, names)
        table = read_parquet(parquet, source, names)
    rows = {name: _numbers(table, source, name) for name in (*_REQUIRED, *_OPTIONAL) if name in names}
    correlation = rows.get("correlation", np.zeros(table.num_rows))
    _check_windows(source, rows)
    outside = np.flatnonzero(np.abs(correlation) > 1)
    if len(outside):
        impossible = float(correlation[outside[0]])
        raise _wrong(source, outside[0], "correlation is impossible", impossible, "it lies in -1 to 1")
    if correlation.any() and len(columns) != 2:
        right = f"one correlation joins two quantities; here are {len(columns)}: set it to 0 or leave it out"
        raise InputError(source, "column correlation", "cannot be used", right=right)
    quantiles = {name: _lists(table, source, f"{name}_q") for name in columns}
    lengths = {name: values.shape[1] for name, values in quantiles.items()}
    if len(set(lengths.values())) > 1:
        given = ", ".join(f"{name}_q {length}" for name, length in lengths.items())
        raise InputError(
            source, "", "lists of different lengths", given=given, right="use one number of quantiles"
        )
    profile = Profile(
        starts=rows["window_start"],
        ends=rows["window_end"],
        classes=rows["class"].astype(np.int64),
        counts=rows["count"].astype(np.int64),
        correlation=correlation,
        quantiles=quantiles,
        columns=columns,
        sha256=sha256_of(file),
    )
    for array in (profile.starts, profile.ends, profile.classes, profile.counts, correlation):
        array.setflags(write=False)
    return profile


def _quantities(source: str, names: list[str]) -> tuple[str, ...]:
    for name in _REQUIRED:
        if name not in names:
            raise missing_column(source, name, names)
    known = (*_REQUIRED, *_OPTIONAL)
    columns = []
    for name in names:
        if name in known:
            continue
        if not name.endswith("_q"):
            right = f"{did_you_mean(name, known)}quantiles are in columns NAME_q"
            raise InputError(source, f"column {name}", "is not known in a profile", right=right)
        if not COLUMN_NAME.fullmatch(name[:-2]):
            right = "a quantity's name has small letters, digits and underscores"
            raise InputError(source, f"column {name}", "is not a name", right=right)
        columns.append(name[:-2])
    if not columns:
        right = "at least one column NAME_q of quantiles is needed"
        raise InputError(source, "", "has no quantities", given=", ".join(names), right=right)
    return tuple(columns)


def _numbers(table: pa.Table, source: str, name: str) -> NDArray[np.float64]:
    import pyarrow as pa

    column = table[name]
    whole = pa.types.is_integer(column.type)
    if not (whole or (pa.types.is_floating(column.type) and name not in _WHOLE)):
        right = "whole numbers are needed" if name in _WHOLE else "numbers are needed"
        raise InputError(source, f"column {name}", "wrong type", given=str(column.type), right=right)
    _check_nulls(column, source, name)
    values = column.to_numpy().astype(np.float64) + 0.0  # no -0.0
    low = -np.inf if name == "correlation" else 0.0
    wrong = np.flatnonzero(~(np.isfinite(values) & (values >= low)))
    if len(wrong):
        right = "a finite number is needed" if name == "correlation" else "a number of at least 0 is needed"
        raise _wrong(source, wrong[0], f"{name} is impossible", float(values[wrong[0]]), right)
    return np.asarray(values, dtype=np.float64)


def _check_windows(source: str, rows: dict[str, NDArray[np.float64]]) -> None:
    starts, ends, classes, counts = (rows[name] for name in _REQUIRED)
    seen: set[float] = set()
    for row in range(len(starts)):
        start, end = float(starts[row]), float(ends[row])
        if end <= start:
            right = "a window ends after it begins"
            raise _wrong(source, row, "the window is empty", f"{start:g} to {end:g}", right)
        same = row > 0 and (start, end) == (starts[row - 1], ends[row - 1])
        if row and not same and start < ends[row - 1]:
            before = f"{start:g} to {end:g} after {starts[row - 1]:g} to {ends[row - 1]:g}"
            right = "sort the rows by window; windows do not overlap"
            raise _wrong(source, row, "the window overlaps or goes back", before, right)
        seen = seen if same else set()
        if float(classes[row]) in seen:
            right = "one row a window and class"
            raise _wrong(source, row, "the class is there twice in this window", int(classes[row]), right)
        seen.add(float(classes[row]))
    total = float(counts.sum())
    if not 0 < total <= MAX_TASKS:
        raise InputError(
            source,
            "column count",
            "impossible total",
            given=f"{total:.0f}",
            right=f"1 to {MAX_TASKS:,} tasks",
        )


def _lists(table: pa.Table, source: str, name: str) -> NDArray[np.float64]:
    import pyarrow as pa

    column = table[name]
    kind = column.type
    listed = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    if not listed or not (pa.types.is_floating(kind.value_type) or pa.types.is_integer(kind.value_type)):
        right = "lists of numbers are needed"
        raise InputError(source, f"column {name}", "wrong type", given=str(kind), right=right)
    _check_nulls(column, source, name)
    lists = column.to_pylist()
    length = len(lists[0])
    if not 2 <= length <= MAX_QUANTILES:
        raise _wrong(source, 0, f"{name} is a bad list", f"{length} quantiles", f"2 to {MAX_QUANTILES:,}")
    for row, values in enumerate(lists):
        if len(values) != length:
            right = f"{length}, as in row 1"
            raise _wrong(source, row, f"{name} has another length", f"{len(values)} quantiles", right)
        if None in values:
            raise _wrong(source, row, f"{name} has no value", f"quantile {values.index(None) + 1}", "")
    quantiles = np.array(lists, dtype=np.float64) + 0.0
    wrong = np.flatnonzero(~(np.isfinite(quantiles) & (quantiles >= 0)).all(axis=1))
    if len(wrong):
        values = quantiles[wrong[0]]
        first = float(values[~(np.isfinite(values) & (values >= 0))][0])
        raise _wrong(source, wrong[0], f"{name} is impossible", first, "finite numbers of at least 0")
    down = np.flatnonzero((np.diff(quantiles, axis=1) < 0).any(axis=1))
    if len(down):
        at = int(np.flatnonzero(np.diff(quantiles[down[0]]) < 0)[0])
        given = f"{quantiles[down[0], at]:g} then {quantiles[down[0], at + 1]:g}"
        raise _wrong(source, down[0], f"{name} goes down", given, "quantiles do not go down")
    quantiles.setflags(write=False)
    return np.asarray(quantiles)


def _check_nulls(column: pa.ChunkedArray, source: str, name: str) -> None:
    if column.null_count:
        row = np.flatnonzero(column.is_null().to_numpy())[0]
        raise InputError(source, f"row {int(row) + 1}", f"{name} has no value")


def _wrong(source: str, row: Any, wrong: str, given: object, right: str) -> InputError:  # noqa: ANN401 (numpy integers too)
    return InputError(source, f"row {int(row) + 1}", wrong, given=given, right=right)
