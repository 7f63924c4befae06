"""From a file, a name or a mapping to one resolved, checked scenario."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

from vsmlab.errors import InputError
from vsmlab.lab.arguments import argument
from vsmlab.lab.checks import check
from vsmlab.lab.expansion import expand
from vsmlab.lab.overlay import Override, apply_override, merge, read_override
from vsmlab.lab.places import anywhere, inside, scenarios_folder
from vsmlab.lab.plain import plain_mapping
from vsmlab.lab.refusals import in_file, refuse
from vsmlab.lab.scenario import Scenario, Stream
from vsmlab.lab.schema import json_schema
from vsmlab.lab.tables import did_you_mean
from vsmlab.lab.yaml_reader import kind_of, parse_mapping, read_yaml

__all__ = [
    "Loaded",
    "Shipped",
    "again",
    "canonical_json",
    "json_schema",
    "load",
    "resolve",
    "shipped_scenarios",
]

MAX_EXTENDS = 8

TIME_COLUMN = "TIMESTAMP"
TRACE_COLUMNS = MappingProxyType({"context_tokens": "ContextTokens", "generated_tokens": "GeneratedTokens"})
"""Columns of the Azure LLM inference traces, which stand for a profile unless its stream says others."""

_BARE_NAME = re.compile(r"[a-z][a-z0-9-]{0,63}", re.ASCII)

Raw = dict[str, object]
Traces = Mapping[str, str | Path] | str | Path


@dataclass(frozen=True, slots=True)
class Loaded:
    """A scenario with where it came from.

    Args:
        scenario: The checked scenario.
        raw: It as plain values that `load` reads again: `extends`, templates and overrides resolved. A trace
            given in the call is in it as it was named, an absolute one by its file's name, and is to be given
            again.
        source: The file as it was named, or ``"scenario"`` for a mapping.
        base: Folder that its paths start from.
        files: The profile or trace of each stream that has one, every link followed.
        text_sha256: SHA-256 of `canonical_json(scenario)`, in hexadecimal.
    """

    scenario: Scenario
    raw: Raw
    source: str
    base: Path
    files: Mapping[str, Path]
    text_sha256: str


@dataclass(frozen=True, slots=True)
class Shipped:
    """A scenario that travels with vsmlab; `load(name)` loads it."""

    name: str
    title: str
    shows: str
    path: Path


def load(
    source: str | Path | Mapping[str, object],
    *,
    overrides: Sequence[str] = (),
    trace: Traces | None = None,
) -> Loaded:
    """Read, resolve and check a scenario.

    Args:
        source: A YAML file, the bare name of a shipped scenario, or a mapping (its paths then start from the
            current folder).
        overrides: ``a.b.c=VALUE`` each, applied in order to the resolved scenario.
        trace: A file that replaces the source of the only demand stream, or files by stream. It may lie
            anywhere. Its columns are the stream's `columns`, else its trace's, else those of the Azure LLM
            inference traces for a profile; a stream of arrivals takes its times from a column ``time``.

    Raises:
        InputError: With one thing that is wrong, where, what was given and what would be right.
    """
    if isinstance(source, Mapping):
        name, base = "scenario", Path.cwd()
        raw = _extended(plain_mapping(source, name), name, base, [])
    else:
        path = _file(source)
        name = os.fspath(source) if path == Path(source) else str(path)
        raw = read_yaml(path, name)
        if "jobs" in raw and "organisation" not in raw:
            right = f"a file of jobs is for the shell: vsmlab nightly {name}"
            raise InputError(name, "", "not a scenario", given="a file of jobs", right=right)
        base = path.resolve().parent
        raw = _extended(raw, name, base, [path.resolve()])
    return _finished(expand(raw, name), name, base, overrides, trace, {})


def resolve(data: bytes, source: str, base: Path, file: Path | None = None) -> Raw:
    """The plain values of a scenario file's bytes, with `extends`, templates and counts resolved, not checked.

    Args:
        data: What the file says.
        source: What errors call it.
        base: Folder that its paths start from.
        file: The file itself, if it is one: it cannot extend itself.

    Raises:
        InputError: If it is not one bounded mapping, or what it abbreviates cannot be resolved.
    """
    chain = [] if file is None else [file.resolve()]
    return expand(_extended(parse_mapping(data, source), source, base, chain), source)


def vary(loaded: Loaded, *, overrides: Sequence[str] = (), trace: Traces | None = None) -> Loaded:
    """The same scenario with overrides, or with another trace.

    Args:
        loaded: What `load` gave.
        overrides: As for `load`.
        trace: As for `load`.

    Raises:
        InputError: As for `load`.
    """
    told = _told(loaded.scenario)
    known = {(stream, told[stream]): path for stream, path in loaded.files.items()}
    return _finished(copy.deepcopy(loaded.raw), loaded.source, loaded.base, overrides, trace, known)


def again(raw: Raw, source: str, base: Path, files: Mapping[str, Path]) -> Loaded:
    """What `load` gave once, from what it kept of it: plain values, where they came from, and the files.

    Raises:
        InputError: As for `load`.
    """
    told = _told(_validated(raw, source, [])) if files else {}
    known = {(stream, told[stream]): path for stream, path in files.items() if stream in told}
    return _finished(copy.deepcopy(raw), source, base, (), None, known)


def _finished(
    raw: Raw,
    name: str,
    base: Path,
    overrides: Sequence[str],
    trace: Traces | None,
    known: Mapping[tuple[str, str], Path],
) -> Loaded:
    """Overrides, traces, files and checks, on a scenario in which all else is resolved."""
    changes = [read_override(text) for text in overrides]
    for change in changes:
        apply_override(raw, change)
    scenario = _validated(raw, name, changes)
    traces = {} if trace is None else _traces(scenario, trace)
    if traces:
        raw = _with_traces(raw, scenario, traces)
        scenario = _validated(raw, name, changes)
        if _without_foresight(raw, scenario):
            scenario = _validated(raw, name, changes)
    told = _told(scenario).items()
    kept = {name: known[name, file] for name, file in told if name not in traces and (name, file) in known}
    files = kept | _files(scenario, name, base, skip={**traces, **kept})
    files |= {stream: path for stream, (_, path) in traces.items()}
    try:
        check(scenario, name, files)
    except InputError as exc:
        raise _blame(exc, raw, changes) from exc.__cause__
    digest = hashlib.sha256(canonical_json(scenario).encode()).hexdigest()
    return Loaded(scenario, raw, name, base, MappingProxyType(files), digest)


def canonical_json(scenario: Scenario) -> str:
    """A scenario as JSON with sorted keys, without what has its default: one text for one meaning.

    A field that a later vsmlab adds, with a default that is what was so before, leaves this text as it was.
    The engine and the picture are left out: with any of them it means the same.
    """
    values = scenario.model_dump(mode="json", exclude_defaults=True, exclude={"engine", "picture"})
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def shipped_scenarios() -> list[Shipped]:
    """The scenarios that travel with vsmlab, by name.

    Raises:
        InputError: If one of them cannot be read.
    """
    found = []
    for path in sorted(scenarios_folder().glob("*.yaml")):
        raw = _extended(read_yaml(path), str(path), path.resolve().parent, [path.resolve()])
        title, shows = str(raw.get("title", "")), str(raw.get("shows", ""))
        found.append(Shipped(path.stem, title, shows, path))
    return found


def _file(source: str | Path) -> Path:
    """The file that a path or a bare name means."""
    if isinstance(source, str) and _BARE_NAME.fullmatch(source):
        shipped = scenarios_folder() / f"{source}.yaml"
        if shipped.is_file():
            return shipped
    if not str(source).strip():
        raise InputError("", "scenario", "no scenario is named", right="give a name or the path of a file")
    path = Path(source)
    if _is_missing(path):
        _refuse_missing(path, bare=isinstance(source, str) and _BARE_NAME.fullmatch(source) is not None)
    return path


def _is_missing(path: Path) -> bool:
    try:
        return not path.exists()
    except (OSError, ValueError):  # no path at all: said when it is read
        return False


def _refuse_missing(path: Path, *, bare: bool) -> None:
    """Say what may have been meant: the file with its ending, one of like name beside it, a shipped scenario."""
    names = sorted(file.stem for file in scenarios_folder().glob("*.yaml"))
    known = {name: name for name in names}
    try:
        files = [file for end in ("*.yml", "*.yaml") for file in islice(path.parent.glob(end), 1000)]
    except (OSError, ValueError):
        files = []
    known |= {file.stem: str(file) for file in files}
    alike = [path.stem] if path.stem in known else get_close_matches(path.stem.casefold(), known, n=1)
    meant = "".join(f"did you mean {known[name]}? " for name in alike)
    if bare:
        right = f"{meant}shipped: {', '.join(names)}; or give the path of a file"
        raise InputError("", "scenario", "unknown scenario", given=repr(str(path)), right=right)
    right = f"{meant}give the path of a scenario file, or a name of `vsmlab scenarios`"
    raise InputError(str(path), "", "there is no such file", right=right)


def _extended(raw: Raw, source: str, base: Path, chain: list[Path]) -> Raw:
    """A scenario laid over the one that it extends; its paths are written as from this one's folder."""
    if "extends" not in raw:
        return raw
    given = raw["extends"]
    if not isinstance(given, str):
        right = "`extends` names another scenario file"
        raise InputError(source, "extends", "not a path", given=kind_of(given), right=right)
    path = inside(base, given, source, "extends")
    if path in chain:
        cycle = " -> ".join(file.name for file in [*chain[chain.index(path) :], path])
        right = "a scenario cannot extend itself"
        raise InputError(source, "extends", "cyclic extends", given=cycle, right=right)
    if len(chain) > MAX_EXTENDS:
        right = f"at most {MAX_EXTENDS} scenarios, each on the next"
        raise InputError(source, "extends", "too long a chain", given=repr(given), right=right)
    below = read_yaml(path, str(path))
    below = _extended(below, str(path), path.parent, [*chain, path])
    if path.parent != base:
        below = _moved(below, path.parent, base)
    return merge(below, {key: value for key, value in raw.items() if key != "extends"})


def _moved(raw: Raw, old: Path, new: Path) -> Raw:
    """The same scenario with the paths of its streams written as from another folder."""
    raw = copy.deepcopy(raw)
    environment = raw.get("environment")
    demand = environment.get("demand") if isinstance(environment, dict) else None
    for stream in demand.values() if isinstance(demand, dict) else ():
        if not isinstance(stream, dict):
            continue
        for owner, key in ((stream, "profile"), (stream.get("trace"), "file")):
            if isinstance(owner, dict) and isinstance(owner.get(key), str):
                owner[key] = Path(os.path.relpath(old / owner[key], new)).as_posix()
    return raw


def _validated(raw: Raw, source: str, changes: Sequence[Override]) -> Scenario:
    try:
        return Scenario.model_validate(raw)
    except ValidationError as exc:
        raise _blame(refuse(exc, raw, source), raw, changes) from None


def _blame(error: InputError, raw: Raw, changes: Sequence[Override]) -> InputError:
    """The same error at its place in the file, or at the argument where an override brought it."""
    place, source = ".".join(str(part) for part in in_file(error.place.split("."), raw)), error.source
    for change in changes:
        if place == change.place or place.startswith(f"{change.place}."):
            source = argument(f"--set {change.place}")
            place = "" if place == change.place else place
            break
    return InputError(source, place, error.wrong, given=error.given, right=error.right)


def _traces(scenario: Scenario, trace: Traces) -> dict[str, tuple[str, Path]]:
    """The file, as given and as found, for each stream whose source is replaced."""
    streams = list(scenario.environment.demand)
    if not isinstance(trace, Mapping):
        if len(streams) > 1:
            right = f"say which: {', '.join(f'{name}=FILE' for name in streams[:20])}"
            raise InputError(argument("--trace"), "", "there are several demand streams", right=right)
        trace = {streams[0]: trace}
    found = {}
    for name, file in trace.items():
        if name not in streams:
            right = f"{did_you_mean(name, streams)}streams: {', '.join(streams[:20])}"
            raise InputError(argument("--trace"), "", "unknown stream", given=repr(name), right=right)
        given, path = Path(file), anywhere(file, "--trace")
        told = given.name if given.is_absolute() else given.as_posix()  # where it lies on this machine is no
        found[name] = (told, path)  # part of the scenario
    return found


def _with_traces(raw: Raw, scenario: Scenario, traces: Mapping[str, tuple[str, Path]]) -> Raw:
    raw = copy.deepcopy(raw)
    environment = raw["environment"]
    assert isinstance(environment, dict)
    for name, (given, _) in traces.items():
        stream = environment["demand"][name]
        for source in ("arrivals", "profile", "trace"):
            stream.pop(source, None)
        time, columns = _trace_columns(scenario.environment.demand[name])
        stream["trace"] = {"file": given, "time": time, "columns": columns}
    return raw


def _without_foresight(raw: Raw, scenario: Scenario) -> bool:
    """Take away the leading indicators that foreshowed what is a recording now; whether there were any."""
    foreseeable = scenario.foreseeable()
    changed = False
    for path, node in scenario.nodes():
        if node.system4 is not None and node.system4.leading is not None and path not in foreseeable:
            below = [part for name in path.split(".")[1:] for part in ("operations", name)]
            apply_override(raw, Override(("organisation", *below, "system4", "leading"), None))
            changed = True
    return changed


def _trace_columns(stream: Stream) -> tuple[str, dict[str, str]]:
    """The column of times, and our name and the file's name of every other column."""
    if stream.trace is not None:
        time, columns = stream.trace.time, dict(stream.trace.columns)
    elif stream.profile is not None:
        time, columns = TIME_COLUMN, dict(TRACE_COLUMNS)
    else:
        time, columns = "time", {}
    if stream.columns is not None:
        columns = dict(stream.columns)
        time = columns.pop("time", time)
    return time, columns


def _told(scenario: Scenario) -> dict[str, str]:
    """The file that each stream names, as it names it."""
    demand = scenario.environment.demand.items()
    files = {name: stream.profile if stream.trace is None else stream.trace.file for name, stream in demand}
    return {name: file for name, file in files.items() if file is not None}


def _files(scenario: Scenario, source: str, base: Path, skip: Mapping[str, object]) -> dict[str, Path]:
    found = {}
    for name, stream in scenario.environment.demand.items():
        place = f"environment.demand.{name}"
        if name in skip:
            continue
        if stream.profile is not None:
            found[name] = inside(base, stream.profile, source, f"{place}.profile")
        elif stream.trace is not None:
            found[name] = inside(base, stream.trace.file, source, f"{place}.trace.file")
    return found
