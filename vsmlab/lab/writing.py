"""Writing a run's folder: the journal while it runs, then measures, verdicts and the manifest."""

from __future__ import annotations

import json
import math
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vsmlab.dispatch import Law
from vsmlab.engines import compiled, simpy_engine
from vsmlab.engines.journal import Journal
from vsmlab.engines.start import Start
from vsmlab.lab.expectations import judge
from vsmlab.lab.journal_file import JournalFile
from vsmlab.lab.loader import Loaded
from vsmlab.lab.measures.all import all_measures, fold_of
from vsmlab.lab.measures.fold import Fold
from vsmlab.lab.newborn import name_newborn
from vsmlab.lab.own_laws import described
from vsmlab.laws.kinds import NAME_OF

if TYPE_CHECKING:
    from vsmlab.lab.branching import Branch
    from vsmlab.lab.checkpoints import Keeper

VERSIONS = ("vsmlab", "simpy", "numpy", "pyarrow", "pandas", "pydantic")

Play = Callable[[Start, float, Journal], compiled.Agenda | simpy_engine.Agenda]
"""An engine, with all that it is told but the organisation, the horizon and the journal."""


def write_run(
    folder: Path,
    loaded: Loaded,
    start: Start,
    engine: str,
    play: Play,
    *,
    laws: Mapping[str, Law] | None = None,
    processes: Sequence[simpy_engine.Process] = (),
    keeper: Keeper | None = None,
    branch: Branch | None = None,
) -> list[str]:
    """Run and write what a run's folder has; returns what users' own laws did wrong.

    Args:
        folder: An empty folder, or that of a run that goes on.
        loaded: The scenario.
        start: It, built.
        engine: What the manifest calls the engine.
        play: The engine.
        laws: Users' own laws.
        processes: Users' own processes.
        keeper: Keeps checkpoints, and knows what was done before.
        branch: Which run this one leaves, and where.
    """
    scenario = loaded.scenario
    fold = fold_of(start, scenario)
    names = dict(zip(start.identities, start.paths, strict=True))
    if keeper is None:
        file = JournalFile(folder / "events.parquet", names)
    else:
        file = keeper.open(start, names, fold)
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
    if keeper is not None:
        keeper.join()
        spent = {name: seconds + keeper.spent_before[name] for name, seconds in spent.items()}
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
        "own_laws": described(laws or {}),
        "processes": [process.__name__ for process in processes],
        "failures": agenda.failures,
        "places": [list(place) for place in start.places],
        "channel_use": _channel_use(fold, start),
        "expect": verdicts,
        **({} if branch is None else {"branch": branch.plain()}),
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
