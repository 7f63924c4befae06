"""One run of an experiment, from plain values to plain values: what a worker does, wherever it is."""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast

from vsmlab.engines import compiled
from vsmlab.engines.sources import sources_sha256
from vsmlab.errors import PeerError, VsmLabError
from vsmlab.lab.expectations import look_up
from vsmlab.lab.experiments.watching import PRESENT, followed, past_of
from vsmlab.lab.loader import Loaded, canonical_json, vary
from vsmlab.lab.record import Run
from vsmlab.lab.run import run, run_unkept
from vsmlab.lab.scenario import Scenario
from vsmlab.lab.tables import sha256_of

Line = dict[str, Any]
"""What became of one task, in plain values: ``key``, ``status``, ``reason`` and what was found."""

BINS: Final = 1000
"""Parts of a run whose mean number of tasks is looked at for the warm-up: 200 batches of five."""
_PACKAGE: Final = Path(__file__).resolve().parents[2]
_DECIDES: Final = ("laws", "vsm", "world", "mechanisms", "dispatch.py", "lab/build", "lab/measures")
"""Sources that decide what a run does and what is measured of it; the engines do not."""


@dataclass(frozen=True, slots=True)
class Base:
    """What all runs of an experiment share.

    Attributes:
        raw: The resolved scenario as plain values.
        source: What it is called in messages.
        folder: The folder that its paths start from.
        files: The file of each stream that has one.
        digests: SHA-256 of each of these files.
        code: What `code_hash` was where the experiment was begun.
        engine: The engine to take where it is there; ``auto`` lets each run choose.
        measures: Dotted paths; every number if None.
        journals: Folder in which each run's own folder is kept; None for none.
    """

    raw: dict[str, object]
    source: str
    folder: str
    files: dict[str, str]
    digests: dict[str, str]
    code: str
    engine: str
    measures: list[str] | None
    journals: str | None

    def plain(self) -> dict[str, Any]:
        """Plain values, for another process."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Task:
    """One run to make.

    Attributes:
        key: The hash of what determines it.
        overrides: ``PATH=VALUE`` each.
        seed: Of every draw.
        series: Whether the number of tasks over time is wanted, not the measures.
        watched: What is wanted over time instead, by the path of a measure; empty for the number of tasks.
    """

    key: str
    overrides: tuple[str, ...]
    seed: int
    series: bool = False
    watched: str = ""

    def plain(self) -> dict[str, Any]:
        """Plain values, for another process."""
        return asdict(self)


def base_of(
    loaded: Loaded,
    *,
    measures: Sequence[str] | None = None,
    engine: str = "auto",
    journals: Path | None = None,
) -> Base:
    """What all runs of an experiment with a scenario share."""
    return Base(
        raw=loaded.raw,
        source=loaded.source,
        folder=str(loaded.base),
        files={name: str(path.resolve()) for name, path in loaded.files.items()},
        digests={name: sha256_of(path) for name, path in loaded.files.items()},
        code=code_hash(),
        engine=engine,
        measures=None if measures is None else list(measures),
        journals=None if journals is None else str(journals.resolve()),
    )


@cache
def code_hash() -> str:
    """SHA-256 of all sources that decide what a run does and what is measured of it."""
    return sources_sha256(_PACKAGE / place for place in _DECIDES)


def identity_of(scenario: Scenario) -> str:
    """The scenario's text without what does not determine a run's journal: its seed is told apart."""
    return canonical_json(scenario.model_copy(update={"seed": 0, "engine": "auto"}))


def key_of(identity: str, seed: int, base: Base, *, series: bool = False) -> str:
    """SHA-256 of all that determines a run: scenario, seed, files, laws and measures of this vsmlab.

    The engine is not part of it, nor is which measures are kept: those are the same for a whole experiment.

    Args:
        identity: What `identity_of` says of the scenario at this point.
        seed: The run's.
        base: What all runs share.
        series: Whether it is a pilot run, kept as a series.
    """
    told = [identity, seed, sorted(base.digests.items()), base.code, "series" if series else "run"]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def numbers(measures: Mapping[str, Any], above: str = "") -> dict[str, float]:
    """Every number among measures, by its dotted path.

    >>> numbers({"units": {"a.b": {"served": 3, "passed": True, "wait": None}}, "window_s": [0, 1]})
    {'units.a.b.served': 3.0}
    """
    found: dict[str, float] = {}
    for name, value in measures.items():
        path = f"{above}.{name}" if above else name
        if path == "not_estimable":
            continue
        if isinstance(value, Mapping):
            found.update(numbers(value, path))
        elif isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            found[path] = float(value)
    return found


class Worker:
    """Makes the runs of one experiment, one after the other, in this process.

    Args:
        plain: What `Base.plain` gave.

    Raises:
        PeerError: If this vsmlab or a file here is not that with which the experiment was begun.
    """

    def __init__(self, plain: Mapping[str, Any]) -> None:
        base = Base(**plain)
        if base.code != code_hash():
            raise PeerError("a worker has another vsmlab than the one that began the sweep: install the same")
        for name, digest in base.digests.items():
            path = Path(base.files[name])
            if not path.is_file():
                raise PeerError(f"a worker does not have the file of stream {name}: {path}")
            if sha256_of(path) != digest:
                raise PeerError(f"a worker has another file for stream {name}: {path}")
        files = {name: Path(path) for name, path in base.files.items()}
        scenario = Scenario.model_validate(base.raw)
        self.base = base
        self._loaded = Loaded(scenario, base.raw, base.source, Path(base.folder), MappingProxyType(files), "")

    def __call__(self, plain: Mapping[str, Any]) -> Line:
        """Make one run; what goes wrong in it is told, not raised."""
        task = Task(plain["key"], tuple(plain["overrides"]), plain["seed"], plain["series"], plain["watched"])
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            found = self._series(task) if task.series else self._run(task)
            line = {"key": task.key, "status": "done", "reason": "", **found}
        except VsmLabError as exc:
            line = {"key": task.key, "status": "failed", "reason": str(exc)}
        except Exception as exc:  # noqa: BLE001 - whatever a run dies of is recorded, and the others go on
            line = {"key": task.key, "status": "failed", "reason": f"{type(exc).__name__}: {exc}"}
        line["wall_seconds"] = time.perf_counter() - wall
        line["cpu_seconds"] = time.process_time() - cpu
        return line

    def _at(self, task: Task) -> Loaded:
        return vary(self._loaded, overrides=[*task.overrides, f"seed={task.seed}"])

    def _engine(self, loaded: Loaded) -> str:
        """The engine of the whole experiment, where this machine has it."""
        if self.base.engine == "compiled" and loaded.scenario.engine == "auto" and not compiled.is_compiled():
            return "auto"
        return self.base.engine

    def _run(self, task: Task) -> Line:
        loaded = self._at(task)
        if self.base.journals is not None:
            return self._kept(task, loaded)
        done = run_unkept(loaded, self._engine(loaded))
        return {"engine": done.engine, "digest": done.digest, "values": self._chosen(done.measures())}

    def _kept(self, task: Task, loaded: Loaded) -> Line:
        """A run whose folder stays; one that is there already, from a sweep that was cut off, is read."""
        folder = Path(cast("str", self.base.journals)) / task.key
        if folder.is_dir():
            done = Run(folder)
        else:
            done = run(loaded, out=folder, engine=self._engine(loaded))
        values = self._chosen(done.measures)
        return {"engine": str(done.manifest["engine"]), "digest": done.digest, "values": values}

    def _chosen(self, measures: Mapping[str, Any]) -> dict[str, float]:
        if self.base.measures is None:
            return numbers(measures)
        found = {path: look_up(measures, path)[0] for path in self.base.measures}
        return {path: value for path, value in found.items() if value is not None and math.isfinite(value)}

    def _series(self, task: Task) -> Line:
        """What is watched; else the mean number of tasks in the organisation in each of `BINS` parts of the run."""
        loaded = self._at(task)
        done = run_unkept(loaded, self._engine(loaded))
        past = past_of(done)
        times, values = followed(past, task.watched or f"units.{past.places[0][0]}.{PRESENT}", BINS)
        line: Line = {"engine": done.engine, "series": values.tolist()}
        return line | ({"times": times.tolist()} if task.watched else {})
