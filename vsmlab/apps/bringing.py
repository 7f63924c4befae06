"""Bringing data of one's own: what a file is, which columns a recording has, and what they say."""

from __future__ import annotations

import csv
import io
import math
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vsmlab.errors import InputError
from vsmlab.lab.scenario.base import RESERVED_NAMES
from vsmlab.lab.tables import open_parquet
from vsmlab.lab.traces import Trace, read_trace

MOST_BYTES: Final = 20_000_000
MOST_SHOWN: Final = 5
MOST_COLUMNS: Final = 200
KINDS: Final = (".csv", ".parquet", ".yaml", ".yml")
BUSY: Final = 0.8
"""Share of time that agents are busy, where we say how many there are."""
_TIME_WORDS: Final = ("time", "timestamp", "arrival", "date", "when", "start", "begin")
UNITS: Final = {
    "s": ("seconds", 1.0),
    "min": ("minutes", 60.0),
    "h": ("hours", 3600.0),
    "ms": ("milliseconds", 0.001),
}
"""Units that a column of work may be in: what they are called, and the seconds in one."""
_UNIT_WORDS: Final = (
    ("ms", re.compile(r"(?<![a-z])(ms|msecs?|millis(econds?)?|millisekunden)(?![a-z])", re.I)),
    ("min", re.compile(r"(?<![a-z])(mins?|minutes?|minuten)(?![a-z])", re.I)),
    ("h", re.compile(r"(?<![a-z])(h|hrs?|hours?|stunden)(?![a-z])", re.I)),
    ("s", re.compile(r"(?<![a-z])(s|secs?|seconds?|sekunden|duration|elapsed)(?![a-z])", re.I)),
)
_DAY_FIRST: Final = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{4}")
_WORK_WORDS: Final = ("work", "duration", "service", "seconds", "elapsed", "handling", "runtime")


@dataclass(frozen=True, slots=True)
class Brought:
    """A table that somebody brought.

    Attributes:
        name: Its file's name, without folders.
        data: The file.
        columns: Names of its columns.
        rows: The first rows, as text.
        count: How many rows it has.
        time: The column that seems to say when.
        work: The column that seems to say how much work; empty if none does.
    """

    name: str
    data: bytes
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    count: int
    time: str
    work: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What the chosen columns of a recording say.

    Attributes:
        tasks: How many tasks.
        span: Seconds from the first to the last.
        least: The least work of a task, as the column counts it; None without a column.
        most: The most.
        mean: The mean.
    """

    tasks: int
    span: float
    least: float | None = None
    most: float | None = None
    mean: float | None = None

    def mean_work(self, scale: float) -> float:
        """Seconds of one agent that a task needs on average, if one of what the column counts is so many seconds."""
        return scale if self.mean is None else scale * self.mean

    def busy(self, scale: float) -> float:
        """Agents that are busy on average."""
        return self.tasks / self.span * self.mean_work(scale)

    def agents(self, scale: float) -> int:
        """Agents of whom each is busy four fifths of the time."""
        return max(1, math.ceil(self.busy(scale) / BUSY))


def kind_of_file(name: str, size: int) -> str:
    """The kind of a file by its name: ``.csv``, ``.parquet`` or ``.yaml``.

    Raises:
        InputError: If it is of another kind, empty or too large.
    """
    kind = Path(name).suffix.lower()
    if kind not in KINDS:
        right = "drop a table (.csv, .parquet) or a scenario (.yaml)"
        raise InputError("", plain_name(name), "not a file of a kind that is read", right=right)
    if size == 0:
        raise InputError("", plain_name(name), "it is empty", right="drop a file with something in it")
    if size > MOST_BYTES:
        right = f"at most {MOST_BYTES:,}; larger ones: vsmlab run SCENARIO --trace FILE"
        raise InputError("", plain_name(name), "too large", given=f"{size:,} bytes", right=right)
    return ".yaml" if kind == ".yml" else kind


def look(name: str, data: bytes) -> Brought:
    """What is in a table.

    Raises:
        InputError: If it is not a table that we read.
    """
    kind = kind_of_file(name, len(data))
    shown = plain_name(name)
    columns, rows, count = _parquet(shown, data) if kind == ".parquet" else _csv(shown, data)
    if len(columns) > MOST_COLUMNS:
        right = f"at most {MOST_COLUMNS}"
        raise InputError("", shown, "too many columns", given=f"{len(columns):,}", right=right)
    time = _guess(columns, _TIME_WORDS) or columns[0]
    work = _guess([column for column in columns if column != time], _WORK_WORDS)
    return Brought(shown, data, tuple(columns), tuple(rows), count, time, work)


def _csv(name: str, data: bytes) -> tuple[list[str], list[tuple[str, ...]], int]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise InputError("", name, "not text in UTF-8", right="save it as CSV in UTF-8") from exc
    if "\x00" in text:
        raise InputError("", name, "not a table of text", right="save it as CSV in UTF-8")
    rows: list[tuple[str, ...]] = []
    columns: list[str] = []
    count = 0
    try:
        for record in csv.reader(io.StringIO(text, newline=""), strict=True):
            if not columns:
                columns = [cell.strip() for cell in record]
                continue
            count += 1
            if len(rows) < MOST_SHOWN:
                rows.append(tuple(cell[:80] for cell in record))
    except csv.Error as exc:
        raise InputError(
            "", name, f"not a table ({exc})", right="commas between cells, quotes closed"
        ) from exc
    if not columns or not count:
        raise InputError(
            "", name, "has no rows", right="a row with the columns' names, then one for each task"
        )
    if len(set(columns)) != len(columns) or not all(columns):
        raise InputError("", name, "two columns of one name, or one without", right="a name for each column")
    return columns, rows, count


def _parquet(name: str, data: bytes) -> tuple[list[str], list[tuple[str, ...]], int]:
    import pyarrow as pa

    with tempfile.TemporaryDirectory(prefix="vsmlab-") as folder:
        file = Path(folder) / "brought.parquet"
        file.write_bytes(data)
        opened = open_parquet(file, name, max_rows=5_000_000)
        try:
            first = next(opened.iter_batches(batch_size=MOST_SHOWN)).to_pylist()
            columns, count = list(opened.schema_arrow.names), opened.metadata.num_rows
        except (pa.ArrowException, OSError, StopIteration) as exc:
            raise InputError("", name, "is damaged", right="give a whole Parquet file") from exc
        finally:
            opened.close()
    return columns, [tuple(str(row[column])[:80] for column in columns) for row in first], count


def _guess(columns: Sequence[str], words: Sequence[str]) -> str:
    for word in words:
        for column in columns:
            if word in column.casefold():
                return column
    return ""


def plain_name(name: str) -> str:
    """A file's name as text: no folders, nothing that cannot be printed."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(char for char in last if char.isprintable())[:120] or "file"


def scenario_name(name: str) -> str:
    """A name of a scenario, made from a file's.

    >>> scenario_name("My Calls (2024).csv"), scenario_name("7.csv"), scenario_name("system3.csv")
    ('my-calls-2024', 'trace-7', 'trace-system3')
    """
    made = re.sub(r"[^a-z0-9]+", "-", Path(name).stem.lower()).strip("-")[:48].strip("-")
    return made if re.match(r"[a-z]", made) and made not in RESERVED_NAMES else f"trace-{made}".strip("-")


def free_name(name: str, here: Path) -> str:
    """A name for a scenario, made from a file's, under which nothing lies in a folder yet."""
    made = scenario_name(name)
    tried, number = made, 1
    while any((here / f"{tried}{ending}").exists() for ending in (".yaml", ".csv", ".parquet")):
        number += 1
        tried = f"{made}-{number}"
    return tried


def unit_of(column: str) -> str:
    """The unit that a column of work seems to be in, by its name; empty if it does not say.

    >>> unit_of("handling minutes"), unit_of("duration_ms"), unit_of("secs"), unit_of("tokens"), unit_of("work")
    ('min', 'ms', 's', '', '')
    """
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column).replace("_", " ")
    return next((unit for unit, pattern in _UNIT_WORDS if pattern.search(words)), "")


def seen_in(brought: Brought, time: str, work: str = "") -> Seen:
    """What the chosen columns say, read whole.

    Raises:
        InputError: Of the place ``time`` or ``work``, if the column does not say what it should.
    """
    check_columns(brought, time, work)
    trace = _read(brought, time, {}, "time")
    span = float(trace.times[-1])
    if span <= 0.0:
        raise InputError("", "time", "all tasks come at once", right="choose another column")
    if not work:
        return Seen(trace.rows, span)
    values = _read(brought, time, {"work": work}, "work").columns["work"]
    if not values.any():
        raise InputError("", "work", "no task needs any work", right="choose another column")
    return Seen(trace.rows, span, float(values.min()), float(values.max()), float(values.mean()))


def _read(brought: Brought, time: str, columns: dict[str, str], place: str) -> Trace:
    with tempfile.TemporaryDirectory(prefix="vsmlab-") as folder:
        file = Path(folder) / f"brought{kind_of(brought)}"
        file.write_bytes(brought.data)
        try:
            return read_trace(file, time, columns)
        except InputError as exc:
            right = exc.right
            if place == "time" and _DAY_FIRST.search(str(exc.given)):
                right = (
                    "write dates with the year first, as 2026-03-02 08:00:05: this can be read in two ways"
                )
            where = f"{exc.place}: " if exc.place.startswith("row") else ""
            raise InputError("", place, f"{where}{exc.wrong}", given=exc.given, right=right) from exc


def kind_of(brought: Brought) -> str:
    """The ending of the file that a recording is."""
    return ".parquet" if brought.data[:4] == b"PAR1" else ".csv"


def check_columns(brought: Brought, time: str, work: str) -> None:
    """Refuse columns that are not there, or are the same.

    Raises:
        InputError: Of the place ``time`` or ``work``.
    """
    for what, column in (("time", time), ("work", work)):
        if column not in brought.columns and (column or what == "time"):
            right = f"one of {', '.join(brought.columns[:20])}"
            raise InputError("", what, "there is no such column", given=column, right=right)
    if work == time:
        raise InputError("", "work", "the same column as the time", given=work, right="choose another")
