"""Running a scenario: build it, run it, and write its folder, or leave nothing behind."""

from __future__ import annotations

import json
import math
import platform
import secrets
import shutil
import tempfile
import time
import warnings
import weakref
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from vsmlab.dispatch import Law
from vsmlab.engines import compiled, simpy_engine
from vsmlab.engines.choosing import choose, run_plainly
from vsmlab.engines.journal import Journal
from vsmlab.engines.start import Start
from vsmlab.errors import InputError
from vsmlab.lab.build import build
from vsmlab.lab.expectations import judge
from vsmlab.lab.journal_file import JournalFile
from vsmlab.lab.loader import Loaded, Traces, load, vary
from vsmlab.lab.measures.all import all_measures, fold_of
from vsmlab.lab.measures.fold import Fold
from vsmlab.lab.newborn import name_newborn
from vsmlab.lab.own_laws import described, placed
from vsmlab.lab.record import Run
from vsmlab.lab.user_process import Voice, receivers_of
from vsmlab.laws.kinds import NAME_OF

VERSIONS = ("vsmlab", "simpy", "numpy", "pyarrow", "pandas", "pydantic")

Progress = Callable[[float], None]
Play = Callable[[Start, float, Journal], compiled.Agenda | simpy_engine.Agenda]


def run(
    scenario: Loaded | str | Path | Mapping[str, object],
    *,
    seed: int | None = None,
    until: float | None = None,
    overrides: Sequence[str] = (),
    trace: Traces | None = None,
    laws: Mapping[str, Law] | None = None,
    processes: Sequence[simpy_engine.Process] = (),
    engine: str | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    tell: Callable[[str], None] | None = None,
) -> Run:
    """Run a scenario and write its folder.

    Args:
        scenario: A loaded scenario, a YAML file, the name of a shipped one, or a mapping.
        seed: In place of the scenario's.
        until: Horizon in seconds, in place of the scenario's.
        overrides: ``a.b.c=VALUE`` each.
        trace: A file, or files by stream, in place of the demand's source.
        laws: Own laws: ``{"load@system2": mine}`` by kind and role, or by a bare role its deciding law.
        processes: Own SimPy generator functions ``process(env, organisation)``; a function's name is its
            identity.
        engine: "simpy", "compiled" or "auto", in place of the scenario's. The journal is the same.
        out: Folder to write, which must not exist; a temporary one, kept as long as the result, if unsaid.
        progress: Called now and then with the time reached, in seconds; at most some hundred times.
        tell: Told in a sentence what else takes long: that the laws are compiled, once on a machine.

    Returns:
        The finished run.

    Raises:
        InputError: If anything that was given is wrong; nothing has been written then.
        PeerError: If a user's process fails.
    """
    loaded = resolved(scenario, seed=seed, until=until, overrides=overrides, trace=trace, engine=engine)
    own = placed(laws or {})
    start = build(loaded)
    taken = choose(loaded.scenario.engine, start, loaded.scenario.horizon, own=bool(own or processes))
    receivers_of(start, processes)
    temporary = Path(tempfile.mkdtemp(prefix="vsmlab-")) if out is None else None
    folder = temporary / loaded.scenario.name if temporary is not None else Path(out or "")
    hidden = _hidden(folder)
    try:
        play: Play
        if taken == "compiled":
            play = partial(compiled.run, progress=progress, tell=tell)
        else:
            play = partial(
                simpy_engine.run,
                own_laws=own,
                processes=processes,
                join=lambda agenda, process: Voice(agenda, start, process),
                progress=progress,
            )
        failures = _write(hidden, loaded, start, taken, play, laws or {}, processes)
        folder = _named(hidden, folder)
    except BaseException:
        shutil.rmtree(temporary or hidden, ignore_errors=True)
        raise
    if failures:
        first = f"{failures[0]} (and {len(failures) - 1} more)" if len(failures) > 1 else failures[0]
        warnings.warn(f"own laws failed: {first}", RuntimeWarning, stacklevel=2)
    done = Run(folder)
    if temporary is not None:
        weakref.finalize(done, shutil.rmtree, temporary, ignore_errors=True)
    return done


def _hidden(folder: Path) -> Path:
    """A hidden folder beside the one to be made, in which the run is written."""
    hidden = folder.parent / f".{folder.name}.{secrets.token_hex(4)}"
    try:
        taken = folder.exists()
        if not taken:
            folder.parent.mkdir(parents=True, exist_ok=True)
            hidden.mkdir()
    except OSError as exc:
        raise InputError("", "out", f"cannot be made ({exc.strerror})", given=str(folder)) from exc
    if taken:
        wrong = "the folder exists already" if folder.is_dir() else "a file of this name exists"
        raise InputError("", "out", wrong, given=str(folder), right="name a new one")
    return hidden


def _named(hidden: Path, folder: Path) -> Path:
    """Give a finished run its name; if another run took that name meanwhile, the next free one."""
    while True:
        try:
            hidden.replace(folder)
            return folder
        except OSError:
            if not folder.exists():
                raise
            folder = free_folder(folder.parent, folder.name)


def resolved(
    scenario: Loaded | str | Path | Mapping[str, object],
    *,
    seed: int | None = None,
    until: float | None = None,
    overrides: Sequence[str] = (),
    trace: Traces | None = None,
    engine: str | None = None,
) -> Loaded:
    """A scenario with its overrides; the arguments are those of ``run``."""
    if isinstance(overrides, str) or not all(isinstance(text, str) for text in overrides):
        right = "a list of texts such as ['organisation.agents=3']"
        raise InputError("", "overrides", "not a list of texts", given=repr(overrides), right=right)
    if not isinstance(scenario, Loaded | str | Path | Mapping):
        right = "a file, a shipped name, a mapping, or what vsmlab.load gave"
        raise InputError("", "scenario", "not a scenario", given=repr(scenario), right=right)
    changes = list(overrides)
    if seed is not None:
        changes.append(f"seed={seed}")
    if until is not None:
        changes.append(f"horizon={until!r}")
    if engine is not None:
        changes.append(f"engine={engine}")
    if not isinstance(scenario, Loaded):
        return load(scenario, overrides=changes, trace=trace)
    return vary(scenario, overrides=changes, trace=trace) if changes or trace is not None else scenario


def measures_of(loaded: Loaded) -> dict[str, Any]:
    """The measures of a run that leaves no folder and no journal, for many replications."""
    start = build(loaded)
    fold = fold_of(start, loaded.scenario)
    horizon = loaded.scenario.horizon
    engine = choose(loaded.scenario.engine, start, horizon)
    run_plainly(engine, start, horizon, Journal(start.identities, [fold]))
    return all_measures(fold, start, loaded.scenario)


def _write(
    folder: Path,
    loaded: Loaded,
    start: Start,
    engine: str,
    play: Play,
    laws: Mapping[str, Law],
    processes: Sequence[simpy_engine.Process],
) -> list[str]:
    scenario = loaded.scenario
    fold = fold_of(start, scenario)
    file = JournalFile(folder / "events.parquet", dict(zip(start.identities, start.paths, strict=True)))
    journal = Journal(start.identities, [fold, file])
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        agenda = play(start, scenario.horizon, journal)
        there = len(start.paths)
        name_newborn(start)
        file.name_newborn(dict(zip(start.identities[there:], start.paths[there:], strict=True)))
    finally:
        file.close()
    spent = {"wall_seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu}
    measures = finite(all_measures(fold, start, scenario))
    verdicts = [verdict.plain() for verdict in judge(scenario.expect, measures)]
    manifest = {
        "format": 1,
        "name": scenario.name,
        "title": scenario.title,
        "scenario": loaded.raw,
        "scenario_sha256": loaded.text_sha256,
        "source": Path(loaded.source).name,
        "seed": scenario.seed,
        "engine": engine,
        "horizon": scenario.horizon,
        "warmup": scenario.warmup,
        "versions": {name: version(name) for name in VERSIONS} | {"python": platform.python_version()},
        "platform": f"{platform.system()} {platform.machine()}",
        "files": {name: path.name for name, path in loaded.files.items()},
        "counts": {
            "rows": journal.count,
            "messages": agenda.handled,
            "receivers": len(start.paths),
            "kinds": {NAME_OF[number]: many for number, many in sorted(fold.kinds.items())},
        },
        **spent,
        "digest": journal.digest,
        "segments": [link.hex() for link in journal.links],
        "own_laws": described(laws),
        "processes": [process.__name__ for process in processes],
        "failures": agenda.failures,
        "places": [list(place) for place in start.places],
        "channel_use": _channel_use(fold, start),
        "expect": verdicts,
    }
    _save(folder / "manifest.json", manifest)
    _save(folder / "measures.json", measures)
    return agenda.failures


def finite(measures: dict[str, Any]) -> dict[str, Any]:
    """The same measures, without numbers that are none: they are null, and ``not_estimable`` says so."""

    def clean(part: Any, path: str) -> Any:  # noqa: ANN401 - nested plain values
        if isinstance(part, dict):
            return {name: clean(value, f"{path}.{name}" if path else name) for name, value in part.items()}
        if isinstance(part, float) and not math.isfinite(part):
            measures["not_estimable"][path] = "the number is too large"
            return None
        return part

    return {name: clean(part, name) for name, part in measures.items()}


def _channel_use(fold: Fold, start: Start) -> list[list[Any]]:
    """Messages in the window by channel, sender and receiver."""
    paths = dict(zip(start.identities, start.paths, strict=True))
    return [
        [channel, paths.get(sender, "?"), paths.get(receiver, "?"), many]
        for (channel, sender, receiver), many in sorted(fold.pairs.items())
    ]


def _save(path: Path, values: dict[str, Any]) -> None:
    path.write_text(json.dumps(values, indent=1, allow_nan=False) + "\n", encoding="utf-8")


def free_folder(parent: Path, name: str) -> Path:
    """A folder that does not exist yet: ``name``, or ``name-2``, ``name-3`` and so on."""
    candidate, number = parent / name, 1
    while candidate.exists():
        number += 1
        candidate = parent / f"{name}-{number}"
    return candidate
