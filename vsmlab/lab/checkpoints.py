"""Checkpoints: what a run leaves while it runs, so that one that was killed can be gone on with.

The hidden folder of a run has the plan (which scenario, where it is to end up), the journal in parts, each
closed and on the disk, and after each part a checkpoint that says how many parts belong to it. Whatever
moment a process is killed at, the newest checkpoint that is whole and its parts are consistent; what came
later is done again, with the same result.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from vsmlab.engines import compiled
from vsmlab.engines.journal import Journal, Segment, chain, origin
from vsmlab.engines.snapshot import Snapshot, go_on, read_snapshot
from vsmlab.engines.sources import sources_sha256
from vsmlab.engines.start import Start
from vsmlab.errors import InputError, PeerError
from vsmlab.lab.journal_file import JournalFile, read_segments
from vsmlab.lab.loader import Loaded, again
from vsmlab.lab.measures.fold import Fold
from vsmlab.lab.strict_json import read_json

PLAN: Final = "plan.json"
FORMAT: Final = 1
KEPT: Final = 2
"""Checkpoints that are kept: the newest, and one more should the newest be damaged."""


@dataclass(frozen=True)
class Plan:
    """What a run with checkpoints is to become.

    Args:
        loaded: The scenario.
        folder: The run's folder when it is finished.
        every: Seconds of model time between two checkpoints.
        engine: "simpy" or "compiled".
    """

    loaded: Loaded
    folder: Path
    every: float
    engine: str

    def write(self, hidden: Path) -> None:
        """Write it into the run's hidden folder."""
        files = {name: str(path.resolve()) for name, path in self.loaded.files.items()}
        values = {
            "format": FORMAT,
            "laws": laws_digest(),
            "scenario": self.loaded.raw,
            "scenario_sha256": self.loaded.text_sha256,
            "source": self.loaded.source,
            "base": str(self.loaded.base.resolve()),
            "files": files,
            "folder": str(self.folder.resolve()),
            "every": self.every,
            "engine": self.engine,
        }
        _write(hidden / PLAN, json.dumps(values, allow_nan=False).encode())


def laws_digest() -> str:
    """A name for the sources of all laws and engines: a run goes on with the laws that it began with."""
    return sources_sha256(compiled.ORGANISATION.sources)


def read_plan(hidden: Path) -> Plan:
    """The plan of a run that was not finished.

    Raises:
        InputError: If the folder has none, or it is of another version, or its scenario has changed.
    """
    place = str(hidden)
    try:
        said = read_json((hidden / PLAN).read_text(encoding="utf-8"))
        if said["format"] != FORMAT:
            right = f"this vsmlab reads format {FORMAT}: run the scenario anew"
            raise InputError(place, PLAN, "a plan of another format", given=repr(said["format"]), right=right)
        if said["laws"] != laws_digest():
            right = "go on with the vsmlab that began it, or run the scenario anew"
            raise InputError(place, PLAN, "begun with other laws: another version of vsmlab", right=right)
        missing = [path for path in said["files"].values() if not Path(path).is_file()]
        if missing:
            raise InputError(place, PLAN, "its data is gone", given=missing[0], right="put it back")
        files = {name: Path(path) for name, path in said["files"].items()}
        loaded = again(said["scenario"], said["source"], Path(said["base"]), files)
        if loaded.text_sha256 != said["scenario_sha256"]:
            right = "run it anew"
            raise InputError(place, PLAN, "the scenario is not the one that it was begun with", right=right)
        return Plan(loaded, Path(said["folder"]), float(said["every"]), str(said["engine"]))
    except FileNotFoundError as exc:
        right = "name the folder of a run with checkpoints that was not finished"
        raise InputError(place, PLAN, "nothing to go on with", right=right) from exc
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise PeerError(f"{hidden / PLAN}: cannot be read: {exc}") from exc


class Keeper:
    """Keeps the checkpoints of one run in its hidden folder, alone.

    Args:
        hidden: The folder.
        snapshot: The checkpoint to go on from; None at the beginning.
        parts: Parts of the journal that belong to it.
        spent_before: Seconds that were spent before.

    Raises:
        InputError: If another process is at this run.
    """

    def __init__(
        self,
        hidden: Path,
        snapshot: Snapshot | None = None,
        parts: int = 0,
        spent_before: dict[str, float] | None = None,
    ) -> None:
        self.hidden, self.past, self.parts = hidden, snapshot, parts
        self.spent_before = spent_before or {"wall_seconds": 0.0, "cpu_seconds": 0.0}
        self.number = 0
        self.began = (time.perf_counter(), time.process_time())
        self.lock = _locked(hidden)
        self.file: Parts | None = None

    def open(self, start: Start, names: dict[int, str], fold: Fold) -> JournalFile:
        """Where the journal goes; what was done before is told to the start and to the measures.

        Raises:
            PeerError: If the parts of the journal are not those of the checkpoint.
        """
        _remove(self.hidden, "part-", self.parts)
        if self.past is not None:
            go_on(start, Journal([]), self.past)
            link, links = origin(), [origin()]
            for number in range(1, self.parts + 1):
                for segment in read_segments(part(self.hidden, number)):
                    link = chain(link, segment)
                    links.append(link)
                    fold(segment)
            if tuple(links) != self.past.links:
                raise PeerError(f"{self.hidden}: the journal's parts are not those of its checkpoint")
        self.file = Parts(self.hidden, names, self.parts)
        return self.file

    def keep(self, snapshot: Snapshot) -> None:
        """Put a checkpoint on the disk, after all of the journal that it rests on."""
        assert self.file is not None
        self.parts = self.file.cut()
        wall, cpu = self.began
        spent = {"wall_seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu}
        content = snapshot.dump(
            parts=self.parts, **{name: self.spent_before[name] + seconds for name, seconds in spent.items()}
        )
        self.number = max([self.number, *_numbers(self.hidden, "checkpoint-")]) + 1
        _write(self.hidden / f"checkpoint-{self.number:06}.npz", content)
        for number in _numbers(self.hidden, "checkpoint-")[:-KEPT]:
            (self.hidden / f"checkpoint-{number:06}.npz").unlink()

    def join(self) -> None:
        """The run is over: make one journal of its parts, and leave nothing but that."""
        assert self.file is not None
        self.file.join(self.hidden / "events.parquet")
        _remove(self.hidden, "part-", 0)
        for number in _numbers(self.hidden, "checkpoint-"):
            (self.hidden / f"checkpoint-{number:06}.npz").unlink()
        (self.hidden / PLAN).unlink(missing_ok=True)
        (self.hidden / "lock").unlink(missing_ok=True)
        self.lock.close()


class Parts(JournalFile):
    """The journal in parts: each is closed before a checkpoint rests on it."""

    def __init__(self, folder: Path, names: dict[int, str], parts: int) -> None:
        self.folder, self.names, self.parts = folder, names, parts
        self.born: dict[int, str] = {}
        self.open: JournalFile | None = None

    def __call__(self, segment: Segment) -> None:
        """Write a segment into the part that is open."""
        if self.open is None:
            self.open = JournalFile(part(self.folder, self.parts + 1), self.names)
        self.open(segment)

    def name_newborn(self, names: dict[int, str]) -> None:
        """Remember who was born, for the whole journal."""
        self.born.update(names)

    def cut(self) -> int:
        """Close the part that is open; returns how many parts there are."""
        if self.open is not None:
            self.open.close()
            self.open = None
            self.parts += 1
            _to_disk(part(self.folder, self.parts))
        return self.parts

    def close(self) -> None:
        """Nothing more comes."""
        self.cut()

    def join(self, path: Path) -> None:
        """All parts as one journal."""
        whole = JournalFile(path, self.names)
        try:
            for number in range(1, self.parts + 1):
                for segment in read_segments(part(self.folder, number)):
                    whole(segment)
            whole.name_newborn(self.born)
        finally:
            whole.close()


def newest(hidden: Path) -> Keeper:
    """A keeper that goes on from the newest whole checkpoint, or from the beginning if there is none.

    Raises:
        InputError: If another process is at this run.
    """
    for number in reversed(_numbers(hidden, "checkpoint-")):
        path = hidden / f"checkpoint-{number:06}.npz"
        try:
            snapshot, said = read_snapshot(path.read_bytes(), str(path))
            spent = {name: float(said[name]) for name in ("wall_seconds", "cpu_seconds")}
            return Keeper(hidden, snapshot, int(said["parts"]), spent)
        except (PeerError, OSError, KeyError, ValueError, TypeError):
            continue  # damaged: the one before is kept for this
    return Keeper(hidden)


def find_unfinished(given: Path) -> Path:
    """The hidden folder meant by its own name, by the name that the run was to have, or by the folder it is in.

    Raises:
        InputError: If there is none, or more than one.
    """
    if (given / PLAN).is_file():
        return given
    named = sorted(given.parent.glob(f".{given.name}.*/{PLAN}")) if given.name else []
    inside = sorted(given.glob(f".*/{PLAN}")) if given.is_dir() else []
    found = [path.parent for path in named or inside]
    if len(found) == 1:
        return found[0]
    right = "name the folder of a run with checkpoints that was not finished"
    if found:
        listed = ", ".join(str(path) for path in found)
        raise InputError(
            "", "RUN", "several runs were not finished", given=str(given), right=f"one of {listed}"
        )
    why = "there is no such run"
    if (given / "manifest.json").is_file():
        why, right = "this run is finished", "vsmlab branch makes another one of it"
    elif given.is_dir():
        why = "no run with checkpoints is in this folder"
    elif given.exists():
        why = "this is a file"
    raise InputError("", "RUN", f"nothing to go on with: {why}", given=str(given), right=right)


def part(folder: Path, number: int) -> Path:
    """The file of a part of the journal."""
    return folder / f"part-{number:06}.parquet"


def _numbers(folder: Path, prefix: str) -> list[int]:
    """The numbers of what is called by this prefix and six digits, in order."""
    stems = (path.stem.removeprefix(prefix) for path in folder.glob(f"{prefix}*"))
    return sorted(int(stem) for stem in stems if stem.isdigit())


def _remove(folder: Path, prefix: str, above: int) -> None:
    """Remove the parts beyond a number: what a checkpoint does not rest on is done again."""
    for number in _numbers(folder, prefix):
        if number > above:
            part(folder, number).unlink()


def _locked(hidden: Path) -> IO[str]:
    handle = (hidden / "lock").open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as exc:
        handle.close()
        right = "wait until it is over"
        raise InputError(str(hidden), "lock", "another process is at this run", right=right) from exc
    return handle


def _write(path: Path, content: bytes) -> None:
    """Write whole, and on the disk, before it has its name."""
    beside = path.with_name(f".{path.name}")
    with beside.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    beside.replace(path)
    _to_disk(path.parent)


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
