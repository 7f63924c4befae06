"""What somebody brought becomes a file of its own: a scenario that replays a recording, or one that was written."""

from __future__ import annotations

import copy
import math
import os
import re
import secrets
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from vsmlab.apps.bringing import (
    Brought,
    check_columns,
    kind_of,
    kind_of_file,
    plain_name,
    scenario_name,
    seen_in,
)
from vsmlab.errors import InputError
from vsmlab.lab.loader import load
from vsmlab.lab.scenario.base import RESERVED_NAMES
from vsmlab.lab.yaml_reader import parse_mapping


@dataclass(frozen=True, slots=True)
class Wish:
    """What a recording is to become.

    Attributes:
        name: Name of the scenario.
        time: The column that says when a task came.
        work: The column that says how much work it needs; empty if none does.
        scale: Seconds of one agent for one of what that column counts; without a column, the mean of all.
        agents: Agents that serve; 0 for as many as are busy four fifths of their time.
        into: What ``load`` takes: the scenario whose demand it becomes; empty for one of its own with a single desk.
        stream: The stream of that scenario that it replaces.
    """

    name: str
    time: str
    work: str = ""
    scale: float = 1.0
    agents: int = 0
    into: str = ""
    stream: str = ""


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
    table, scenario = here / f"{wish.name}{kind_of(brought)}", here / f"{wish.name}.yaml"
    for path in (table, scenario):
        if path.exists():
            raise InputError(
                "", "name", "a file of this name exists", given=path.name, right="choose another name"
            )
    seen = seen_in(brought, wish.time, wish.work)
    if wish.into:
        said = _in_another(brought, wish, table.name, seen.span)
    else:
        said = _scenario(brought, wish, table.name, seen.span, wish.agents or seen.agents(wish.scale))
    try:
        _write_new(table, brought.data)
        try:
            _write_checked(scenario, _text(brought, wish, said))
        except BaseException:
            table.unlink(missing_ok=True)
            raise
    except OSError as exc:
        raise InputError("", "folder", f"cannot be written ({exc.strerror})", given=str(here)) from exc
    return scenario


def try_out(brought: Brought, wish: Wish) -> None:
    """Whether a recording can be what is wished, tried in a folder that is thrown away.

    Raises:
        InputError: If it cannot.
    """
    with tempfile.TemporaryDirectory(prefix="vsmlab-") as folder:
        replaying(brought, replace(wish, name="tried"), Path(folder))


def _check(brought: Brought, wish: Wish) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,63}", wish.name) or wish.name in RESERVED_NAMES:
        right = "start with a small letter, then letters, digits and hyphens; no reserved name"
        raise InputError("", "name", "not a name", given=wish.name, right=right)
    check_columns(brought, wish.time, wish.work)
    if not (math.isfinite(wish.scale) and 0.0 < wish.scale < 1e9):
        raise InputError("", "scale", "not a number of seconds", given=wish.scale, right="above 0")
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


def _in_another(brought: Brought, wish: Wish, file: str, span: float) -> dict[str, Any]:
    """A scenario that is there already, with the recording in place of one of its streams, for as long as it lasts."""
    loaded = load(wish.into)
    said = copy.deepcopy(dict(loaded.raw))
    demand: Any = said["environment"]
    stream = demand["demand"].get(wish.stream)
    if not isinstance(stream, dict):
        raise InputError("", "into", "it has no such stream", given=wish.stream, right="choose another")
    for source in ("arrivals", "profile", "trace", "columns"):
        stream.pop(source, None)
    stream["trace"] = {"file": file, "time": wish.time}
    if wish.work:
        stream["trace"]["columns"] = {"work": wish.work}
        stream["work"] = {"linear": {"work": wish.scale}}
    horizon = float(math.ceil(span) + 1)
    warmup = said.get("warmup", 0.0)
    shows = (
        f"The {brought.count:,} tasks of {brought.name}, replayed when they came, in place of {wish.stream}."
    )
    said |= {
        "name": wish.name,
        "shows": f"{shows} Else it is as it was: {' '.join(loaded.scenario.shows.split())}",
        "title": f"{loaded.scenario.title}, with what was recorded in {brought.name}",
        "horizon": horizon,
        "warmup": warmup if isinstance(warmup, int | float) and warmup < horizon / 2 else 0.0,
    }
    said.pop("expect", None)  # it was expected of another demand
    return said


def _text(brought: Brought, wish: Wish, said: dict[str, Any]) -> str:
    basis = (
        f"the column {wish.work!r}, {wish.scale:g} s each"
        if wish.work
        else "a mean that was assumed, not measured"
    )
    if wish.into and not wish.work:
        basis = "as the scenario has it"
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
