"""The points of an experiment: which settings are tried together, from what a user wrote."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from vsmlab.errors import InputError
from vsmlab.lab.arguments import argument
from vsmlab.lab.experiments.designs import MOST_POINTS, Kind, Range, grid, spread
from vsmlab.lab.overlay import read_override
from vsmlab.lab.plain import plain_mapping
from vsmlab.lab.yaml_reader import kind_of, parse_value

Value = object
"""A plain value: text, a number, true or false, nothing, a list or a mapping."""
Over = Mapping[str, Sequence[object]] | Sequence[str]
Ranges = Mapping[str, object] | Sequence[str]

DESIGNS: Final = ("grid", "list", "lhs", "sobol", "saltelli")
SPREAD: Final[tuple[Kind, ...]] = ("lhs", "sobol", "saltelli")
"""Designs that fill the space between ranges."""
SCALES: Final[tuple[Literal["log", "int"], ...]] = ("log", "int")
MOST_BYTES: Final = 20_000_000
_FOR_ROWS: Final = "a CSV file with a path at the head of each column, or a YAML list of mappings"
_NOT_VARIED: Final = {
    "seed": "replications vary it: --replications N",
    "engine": "the journal is the same on every engine",
}


@dataclass(frozen=True, slots=True)
class Design:
    """Settings and the points at which they are tried.

    Attributes:
        kind: One of `DESIGNS`, or ``knockouts``.
        settings: Path of each setting in the scenario.
        points: A value for each setting.
        labels: What each point is called, where its values say it badly.
    """

    kind: str
    settings: tuple[str, ...]
    points: tuple[tuple[Value, ...], ...]
    labels: tuple[str, ...] = ()

    def overrides(self, point: int) -> list[str]:
        """What the scenario is told at a point, ``PATH=VALUE`` each."""
        return [f"{path}={_said(v)}" for path, v in zip(self.settings, self.points[point], strict=True)]

    def name(self, point: int) -> str:
        """A point in words: ``gain=0.4, period=5``; a setting by its last name where that is enough."""
        if self.labels:
            return self.labels[point]
        short = [path.rpartition(".")[2] for path in self.settings]
        names = [
            one if short.count(one) == 1 else path for one, path in zip(short, self.settings, strict=True)
        ]
        told = [f"{name}={shown(v)}" for name, v in zip(names, self.points[point], strict=True)]
        return ", ".join(told) or "as it is"


def shown(value: Value) -> str:
    """A value as a person would write it."""
    if isinstance(value, float):
        return f"{value:.6g}"
    return value if isinstance(value, str) else _said(value)


def _said(value: Value) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def design(
    *,
    over: Over | None = None,
    kind: str | None = None,
    points: int | None = None,
    ranges: Ranges | None = None,
    rows: str | Path | Sequence[Mapping[str, object]] | None = None,
    seed: int = 0,
) -> Design:
    """The design that was asked for.

    Args:
        over: Values by path, or ``PATH=V1,V2,...`` each: a grid.
        kind: One of `DESIGNS`; what else is given says it if unsaid.
        points: Points of a Latin hypercube or a Sobol sequence; of ``saltelli`` the rows of its first block.
        ranges: ``low:high[:log|:int]`` (or a pair of numbers) by path, or ``PATH=low:high...`` each.
        rows: A CSV or YAML file of rows, or mappings: each a point.
        seed: Of a Latin hypercube or a Sobol sequence.

    Raises:
        InputError: If that is not one design, whole and without doubles.
    """
    named, sides = _over(over), _ranges(ranges)
    kind = _kind(kind, grid=bool(named), rows=rows is not None, ranges=bool(sides))
    filling = next((one for one in SPREAD if one == kind), None)
    if filling is not None:
        if not sides:
            right = "--range 'PATH=low:high' for each setting"
            raise _wrong("--design", f"{kind} without a range", right=right)
        if points is None:
            raise _wrong("--points", f"how many points has the {kind} design?", right="--points 64")
    elif points is not None:
        raise _wrong(
            "--points", f"a {kind} has the points that it is given", right="with --design lhs|sobol|saltelli"
        )
    try:
        if kind == "grid":
            if _product(named) > MOST_POINTS:
                raise _wrong(
                    "--over", "too many points", given=_product(named), right=f"at most {MOST_POINTS:,}"
                )
            found = Design(kind, tuple(named), tuple(grid(named)))
        elif kind == "list":
            assert rows is not None
            found = _listed(rows)
        else:
            assert points is not None
            assert filling is not None
            drawn = spread(filling, points, list(sides.values()), seed)
            found = Design(kind, tuple(sides), tuple(drawn))
    except ValueError as exc:
        raise _wrong("--points", str(exc)) from exc
    return _checked(found)


def _kind(kind: str | None, *, grid: bool, rows: bool, ranges: bool) -> str:
    """The one kind of design that what was given makes."""
    if kind is not None and kind not in DESIGNS:
        raise _wrong("--design", "there is no such design", given=repr(kind), right=", ".join(DESIGNS))
    given = [name for name, there in (("--over", grid), ("--rows", rows), ("--range", ranges)) if there]
    if len(given) > 1:
        right = "--over makes a grid, --rows a list, --range the other designs"
        raise _wrong(given[1], f"beside {given[0]}: one design at a time", right=right)
    needed = {"grid": "--over", "list": "--rows"} | {str(one): "--range" for one in SPREAD}
    if not given:
        if kind is not None and kind != "grid":
            raise _wrong("--design", f"{kind} without {needed[kind].removeprefix('--')}", right=needed[kind])
        raise _wrong("--over", "nothing is varied", right="--over 'organisation.system3.period=5,10,20'")
    if kind is None:
        if given[0] == "--range":
            raise _wrong("--range", "which design?", right="--design lhs, sobol or saltelli")
        return "grid" if given[0] == "--over" else "list"
    if needed[kind] != given[0]:
        raise _wrong("--design", f"{kind} does not go with {given[0]}", right=f"{needed[kind]} is for it")
    return kind


def _over(given: Over | None) -> dict[str, list[Value]]:
    found: dict[str, list[Value]] = {}
    entries: list[tuple[str, object]]
    if given is None:
        return found
    if isinstance(given, Mapping):
        entries = list(given.items())
    else:
        entries = [
            _named(text, "--over", "organisation.system3.period=5,10,20") for text in _texts(given, "over")
        ]
    for path, values in entries:
        if isinstance(values, str):
            values = parse_value(f"[{values}]", argument(f"--over {path}"))
        if not isinstance(values, list | tuple):
            raise _wrong("--over", f"{path}: not a list of values", given=kind_of(values))
        plain = plain_mapping({"values": values}, f"--over {path}")["values"]
        assert isinstance(plain, list)
        if not plain:
            raise _wrong("--over", f"{path} has no values", right=f"{path}=1,2,3")
        said = [_said(value) for value in plain]
        doubled = next((one for one in said if said.count(one) > 1), None)
        if doubled is not None:
            raise _wrong("--over", f"{path} has a value twice", given=doubled)
        _new(path, found, "--over")
        found[path] = plain
    return found


def _ranges(given: Ranges | None) -> dict[str, Range]:
    found: dict[str, Range] = {}
    if given is None:
        return found
    entries: list[tuple[str, object]]
    if isinstance(given, Mapping):
        entries = list(given.items())
    else:
        entries = [_named(text, "--range", "PATH=low:high[:log|:int]") for text in _texts(given, "range")]
    for path, said in entries:
        _new(path, found, "--range")
        found[path] = _range(path, said)
    return found


def _range(path: str, said: object) -> Range:
    parts = [part.strip() for part in said.split(":")] if isinstance(said, str) else said
    right = "low:high, low:high:log or low:high:int"
    if not isinstance(parts, list | tuple) or len(parts) not in (2, 3):
        raise _wrong("--range", f"{path}: not a range", given=str(said), right=right)
    scale = parts[2] if len(parts) == 3 else "linear"
    known = next((one for one in SCALES if one == scale), None)
    if known is None and scale != "linear":
        raise _wrong("--range", f"{path}: there is no such scale", given=str(scale), right=right)
    try:
        return Range(float(parts[0]), float(parts[1]), known or "linear")
    except (ValueError, TypeError, OverflowError) as exc:
        text = str(exc) if "must" in str(exc) else "not a range of numbers"
        raise _wrong("--range", f"{path}: {text}", given=str(said), right=right) from exc


def _named(text: str, option: str, right: str) -> tuple[str, str]:
    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        raise _wrong(option, "is not PATH=...", given=repr(text), right=f"write it as {right}")
    return path.strip(), value


def _texts(given: object, name: str) -> list[str]:
    if (
        isinstance(given, str)
        or not isinstance(given, Sequence)
        or not all(isinstance(t, str) for t in given)
    ):
        raise InputError("", name, "not a mapping by path or a list of texts", given=repr(given))
    return list(given)


def _new(path: str, known: Mapping[str, object], option: str) -> None:
    if path in known:
        raise _wrong(option, f"{path} is there twice", right="give all its values at once")


def _listed(rows: str | Path | Sequence[Mapping[str, object]]) -> Design:
    """A design from rows: each has the same settings."""
    if isinstance(rows, str | Path):
        source = str(rows)
        found = _rows_of(Path(rows), source)
    else:
        source = "rows"
        found = [plain_mapping(row, f"rows.{index}") for index, row in enumerate(rows)]
    if not found:
        raise InputError(source, "", "there are no rows", right=_FOR_ROWS)
    settings = tuple(found[0])
    for number, row in enumerate(found, start=1):
        if set(row) != set(settings):
            odd = sorted(set(row) ^ set(settings))
            wrong = f"row {number} has other settings than row 1"
            raise InputError(source, odd[0], wrong, right="every row names the same ones")
    return Design("list", settings, tuple(tuple(row[name] for name in settings) for row in found))


def _rows_of(path: Path, source: str) -> list[dict[str, Value]]:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        text = data.decode("utf-8-sig")
    except (OSError, ValueError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) and exc.strerror else "not UTF-8"
        raise InputError(source, "", f"cannot be read ({reason})", right=_FOR_ROWS) from exc
    if len(data) > MOST_BYTES:
        raise InputError(source, "", "is too large", right=f"at most {MOST_BYTES:,} bytes are read")
    if path.suffix.lower() in (".yaml", ".yml", ".json"):
        value = parse_value(text, source)
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise InputError(source, "", "is not a list of mappings", given=kind_of(value), right=_FOR_ROWS)
        return value
    table = [row for row in csv.reader(io.StringIO(text)) if any(cell.strip() for cell in row)]
    if not table:
        return []
    head = [cell.strip() for cell in table[0]]
    if len(set(head)) != len(head) or not all(head):
        raise InputError(source, "line 1", "a column without a name of its own", right=_FOR_ROWS)
    rows = []
    for number, cells in enumerate(table[1:], start=1):
        if len(cells) != len(head):
            raise InputError(source, f"row {number}", f"{len(cells)} cells under {len(head)} columns")
        rows.append({
            name: parse_value(cell, f"{source}: row {number}, {name}")
            for name, cell in zip(head, cells, strict=True)
        })  # fmt: skip
    return rows


def _checked(found: Design) -> Design:
    """Refuse settings that are no paths, that nothing may vary, and points that are there twice."""
    for path in found.settings:
        read_override(f"{path}=0")
        if path in _NOT_VARIED:
            raise _wrong("--over", f"{path} is not varied", right=_NOT_VARIED[path])
    if found.kind == "saltelli":  # blocks share values: whole numbers may meet again
        return found
    known: dict[str, int] = {}
    for number, values in enumerate(found.points, start=1):
        earlier = known.setdefault(_said(values), number)
        if earlier != number:
            name = found.name(number - 1)
            raise _wrong("--over", f"points {earlier} and {number} are the same", given=name)
    return found


def _product(named: Mapping[str, Sequence[Value]]) -> int:
    many = 1
    for values in named.values():
        many *= len(values)
    return many


def _wrong(place: str, wrong: str, *, given: object = None, right: str = "") -> InputError:
    return InputError(argument(place), "", wrong, given=given, right=right)
