"""Bringing data of one's own: a recording or a scenario is looked at, and only then becomes a file of its own."""

from __future__ import annotations

import csv
import io
import math
import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from vsmlab.errors import InputError
from vsmlab.lab.loader import load
from vsmlab.lab.scenario.base import RESERVED_NAMES
from vsmlab.lab.tables import open_parquet
from vsmlab.lab.traces import read_trace
from vsmlab.lab.yaml_reader import parse_mapping

MOST_BYTES: Final = 20_000_000
MOST_SHOWN: Final = 5
MOST_COLUMNS: Final = 200
KINDS: Final = (".csv", ".parquet", ".yaml", ".yml")
BUSY: Final = 0.8
"""Share of time that agents are busy, where we say how many there are."""
_TIME_WORDS: Final = ("time", "timestamp", "arrival", "date", "when", "start", "begin")
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
class Wish:
    """What a recording is to become.

    Attributes:
        name: Name of the scenario.
        time: The column that says when a task came.
        work: The column that says how much work it needs; empty if none does.
        scale: Seconds of one agent for one of what that column counts; without a column, the mean of all.
        agents: Agents that serve; 0 for as many as are busy four fifths of their time.
    """

    name: str
    time: str
    work: str = ""
    scale: float = 1.0
    agents: int = 0


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
    import tempfile

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


def replaying(brought: Brought, wish: Wish, here: Path) -> Path:
    """Write a recording, and a scenario that replays it, into a folder.

    Args:
        brought: The recording.
        wish: What it is to become.
        here: The folder; nothing in it is overwritten.

    Returns:
        The scenario's file.

    Raises:
        InputError: If the columns do not say what they should; nothing is written then.
    """
    _check(brought, wish)
    kind = ".parquet" if brought.data[:4] == b"PAR1" else ".csv"
    table, scenario = here / f"{wish.name}{kind}", here / f"{wish.name}.yaml"
    for path in (table, scenario):
        if path.exists():
            raise InputError(
                "", "name", "a file of this name exists", given=path.name, right="choose another name"
            )
    hidden = here / f".{wish.name}.{secrets.token_hex(4)}{kind}"
    try:
        hidden.write_bytes(brought.data)
        columns = {"work": wish.work} if wish.work else {}
        try:
            trace = read_trace(hidden, wish.time, columns)
        except InputError as exc:
            raise InputError(brought.name, exc.place, exc.wrong, given=exc.given, right=exc.right) from exc
        mean = float(trace.columns["work"].mean()) * wish.scale if wish.work else wish.scale
        span = float(trace.times[-1])
        if span <= 0.0 or mean <= 0.0:
            what = "all tasks come at once" if span <= 0.0 else "no task needs any work"
            raise InputError(brought.name, "", what, right="choose other columns")
        agents = wish.agents or max(1, math.ceil(trace.rows / span * mean / BUSY))
        said = _scenario(brought, wish, table.name, span, agents)
        _write_new(table, brought.data)
        try:
            _write_checked(scenario, _text(brought, wish, said))
        except BaseException:
            table.unlink(missing_ok=True)
            raise
    except OSError as exc:
        raise InputError("", "folder", f"cannot be written ({exc.strerror})", given=str(here)) from exc
    finally:
        hidden.unlink(missing_ok=True)
    return scenario


def _check(brought: Brought, wish: Wish) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,63}", wish.name) or wish.name in RESERVED_NAMES:
        right = "start with a small letter, then letters, digits and hyphens; no reserved name"
        raise InputError("", "name", "not a name", given=wish.name, right=right)
    for what, column in (("time", wish.time), ("work", wish.work)):
        if column not in brought.columns and (column or what == "time"):
            right = f"one of {', '.join(brought.columns[:20])}"
            raise InputError("", what, "there is no such column", given=column, right=right)
    if wish.work == wish.time:
        raise InputError("", "work", "the same column as the time", given=wish.work, right="choose another")
    if not (math.isfinite(wish.scale) and 0.0 < wish.scale < 1e9):
        raise InputError("", "seconds", "not a number of seconds", given=wish.scale, right="above 0")
    if not 0 <= wish.agents <= 1_000_000:
        raise InputError("", "agents", "not a number of agents", given=wish.agents, right="0 to 1,000,000")


def _scenario(brought: Brought, wish: Wish, file: str, span: float, agents: int) -> dict[str, Any]:
    trace: dict[str, Any] = {"file": file, "time": wish.time}
    work: dict[str, Any] = {"exponential": {"mean": wish.scale}}
    if wish.work:
        trace["columns"] = {"work": wish.work}
        work = {"linear": {"work": wish.scale}}
    return {
        "version": 1,
        "name": wish.name,
        "title": f"What was recorded in {brought.name}",
        "shows": f"The {brought.count:,} tasks of a recording, replayed when they came.",
        "horizon": float(math.ceil(span) + 1),
        "seed": 1,
        "environment": {"demand": {"tasks": {"trace": trace, "work": work, "to": wish.name}}},
        "organisation": {"name": wish.name, "agents": agents},
    }


def _text(brought: Brought, wish: Wish, said: dict[str, Any]) -> str:
    basis = f"the column {wish.work!r}" if wish.work else "a mean that was assumed, not measured"
    head = f"# {wish.name}: written by the lab from a recording. Times: {wish.time!r}; work: {basis}."
    head = "".join(char if char.isprintable() else "?" for char in head)
    return f"{head}\n{yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=110)}"


def keep_scenario(name: str, data: bytes, here: Path) -> Path:
    """Keep a scenario that somebody brought, if it is one.

    Raises:
        InputError: If it is not; nothing is written then.
    """
    kind_of_file(name, len(data))
    shown = plain_name(name)
    said = parse_mapping(data, shown)
    target = here / f"{scenario_name(str(said.get('name') or shown))}.yaml"
    try:
        _write_checked(target, data.decode("utf-8"), shown)
    except OSError as exc:
        raise InputError("", "folder", f"cannot be written ({exc.strerror})", given=str(here)) from exc
    return target


def _write_checked(target: Path, text: str, source: str = "") -> None:
    """Write a scenario if it can be loaded where it will lie; nothing is overwritten."""
    hidden = target.with_name(f".{target.stem}.{secrets.token_hex(4)}.yaml")
    try:
        hidden.write_text(text, encoding="utf-8")
        try:
            load(hidden)
        except InputError as exc:
            raise InputError(
                source or target.name, exc.place, exc.wrong, given=exc.given, right=exc.right
            ) from exc
        try:
            os.link(hidden, target)  # fails where there is one: replace() would not
        except FileExistsError as exc:
            right = "choose another name; nothing is overwritten"
            raise InputError(
                "", "name", "a file of this name exists", given=target.name, right=right
            ) from exc
    finally:
        hidden.unlink(missing_ok=True)


def _write_new(target: Path, data: bytes) -> None:
    with target.open("xb") as opened:
        opened.write(data)
