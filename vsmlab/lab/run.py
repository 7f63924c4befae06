"""Running a scenario: build it, run it, and write its folder, or leave nothing behind."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import warnings
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from vsmlab.dispatch import Law
from vsmlab.engines import compiled, simpy_engine
from vsmlab.engines.choosing import choose, run_plainly
from vsmlab.engines.journal import Journal
from vsmlab.engines.snapshot import Pauses
from vsmlab.engines.start import Start
from vsmlab.errors import InputError, PeerError
from vsmlab.lab.branching import Branch, played, scenario_of
from vsmlab.lab.build import build
from vsmlab.lab.checkpoints import Keeper, Plan, find_unfinished, newest, read_plan
from vsmlab.lab.loader import Loaded, Traces, load, vary
from vsmlab.lab.measures.all import all_measures, fold_of
from vsmlab.lab.measures.fold import Fold
from vsmlab.lab.own_laws import placed
from vsmlab.lab.record import Run
from vsmlab.lab.scenario import Scenario
from vsmlab.lab.user_process import Voice, receivers_of
from vsmlab.lab.writing import write_run

Progress = Callable[[float], None]


def run(
    scenario: Loaded | str | Path | Mapping[str, object],
    *,
    seed: int | None = None,
    until: float | None = None,
    overrides: Sequence[str] = (),
    knockout: Sequence[str] | None = None,
    trace: Traces | None = None,
    laws: Mapping[str, Law] | None = None,
    processes: Sequence[simpy_engine.Process] = (),
    engine: str | None = None,
    out: str | Path | None = None,
    checkpoint_every: float | None = None,
    progress: Progress | None = None,
    tell: Callable[[str], None] | None = None,
) -> Run:
    """Run a scenario and write its folder.

    Args:
        scenario: A loaded scenario, a YAML file, the name of a shipped one, or a mapping.
        seed: In place of the scenario's.
        until: Horizon in seconds, in place of the scenario's.
        overrides: ``a.b.c=VALUE`` each.
        knockout: Systems to take away, in place of what the scenario knocks out: ``["fleet.system3"]`` is one,
            ``["system2"]`` every System 2.
        trace: A file, or files by stream, in place of the demand's source.
        laws: Own laws: ``{"load@system2": mine}`` by kind and role, or by a bare role its deciding law.
        processes: Own SimPy generator functions ``process(env, organisation)``; a function's name is its
            identity.
        engine: "simpy", "compiled" or "auto", in place of the scenario's. The journal is the same.
        out: Folder to write, which must not exist; a temporary one, kept as long as the result, if unsaid.
        checkpoint_every: Seconds of model time after which the run can be gone on with, should it be killed.
        progress: Called now and then with the time reached, in seconds; at most some hundred times.
        tell: Told in a sentence what else takes long: that the laws are compiled, once on a machine.

    Returns:
        The finished run.

    Raises:
        InputError: If anything that was given is wrong; nothing has been written then.
        PeerError: If a user's process fails.
    """
    changes = [*_texts(overrides), *without(knockout)]
    loaded = resolved(scenario, seed=seed, until=until, overrides=changes, trace=trace, engine=engine)
    own = placed(laws or {})
    start = build(loaded)
    taken = choose(loaded.scenario.engine, start, loaded.scenario.horizon, own=bool(own or processes))
    receivers_of(start, processes)
    if checkpoint_every is not None:
        _check_checkpoints(checkpoint_every, loaded, out, own=bool(own or processes))
        return _begun(loaded, start, taken, checkpoint_every, Path(out or ""), progress, tell)
    failures: list[str] = []

    def write(hidden: Path) -> None:
        play = _player(taken, progress, tell)
        if own or processes:
            join = lambda agenda, process: Voice(agenda, start, process)  # noqa: E731 - one expression
            play = partial(play, own_laws=own, processes=processes, join=join)
        failures.extend(write_run(hidden, loaded, start, taken, play, laws=laws, processes=processes))

    done = _written(out, loaded.scenario.name, write)
    if failures:
        first = f"{failures[0]} (and {len(failures) - 1} more)" if len(failures) > 1 else failures[0]
        warnings.warn(f"own laws failed: {first}", RuntimeWarning, stacklevel=2)
    return done


def _player(engine: str, progress: Progress | None, tell: Callable[[str], None] | None) -> Callable[..., Any]:
    """The ``run`` of an engine, told all but the organisation, the horizon and the journal."""
    if engine == "compiled":
        return partial(compiled.run, progress=progress, tell=tell)
    return partial(simpy_engine.run, progress=progress)


def _written(out: str | Path | None, name: str, write: Callable[[Path], None]) -> Run:
    """A run that is written into a hidden folder and has its name when it is whole; else nothing is left of it.

    Args:
        out: Folder; a temporary one, kept as long as the result, if unsaid.
        name: What a temporary one is called.
        write: Writes into the hidden folder.
    """
    temporary = Path(tempfile.mkdtemp(prefix="vsmlab-")) if out is None else None
    folder = Path(out) if out is not None else Path(str(temporary)) / name
    hidden = _hidden(folder)
    try:
        write(hidden)
        folder = _named(hidden, folder)
    except BaseException:
        shutil.rmtree(temporary or hidden, ignore_errors=True)
        raise
    done = Run(folder)
    if temporary is not None:
        weakref.finalize(done, shutil.rmtree, temporary, ignore_errors=True)
    return done


def resume(
    run: str | Path, *, progress: Progress | None = None, tell: Callable[[str], None] | None = None
) -> Run:
    """Go on with a run that was killed, from its newest checkpoint; it ends as if it had never been.

    Args:
        run: The hidden folder of the run, the name that it was to have, or the folder that it is in.
        progress: As for ``run``.
        tell: As for ``run``.

    Returns:
        The finished run.

    Raises:
        InputError: If there is nothing to go on with, or it was begun with other laws, or is still running.
        PeerError: If its checkpoints and its journal do not fit together.
    """
    hidden = find_unfinished(Path(run))
    plan = read_plan(hidden)
    return _kept_run(plan, build(plan.loaded), newest(hidden), progress, tell)


def branch(
    run: Run | str | Path,
    *,
    at: float,
    overrides: Sequence[str] = (),
    knockout: Sequence[str] | None = None,
    engine: str | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    tell: Callable[[str], None] | None = None,
) -> Run:
    """What if something had been otherwise from a moment on: the same run up to then, and another one after it.

    Args:
        run: A finished run, or its folder.
        at: Seconds. All that was due before is as it was, row for row, which is checked.
        overrides: ``a.b.c=VALUE`` each: numbers, knock-outs, disturbances to come, the horizon, the seed.
        knockout: As for ``run``: Systems to take away from then on.
        engine: As for ``run``.
        out: As for ``run``.
        progress: As for ``run``.
        tell: As for ``run``.

    Returns:
        The finished run; its manifest says under ``branch`` which run it leaves and where.

    Raises:
        InputError: If the change is one that cannot be made in the middle, or the run's data is not found.
        PeerError: If the run is not what this vsmlab makes of its scenario.
    """
    left = run if isinstance(run, Run) else Run(run)
    parent = scenario_of(left)
    changes = [*_texts(overrides), *without(knockout)]
    after = resolved(parent, overrides=changes, engine=engine)
    horizon = after.scenario.horizon
    if not 0.0 < at < min(horizon, parent.scenario.horizon):
        right = f"seconds after 0 and before {min(horizon, parent.scenario.horizon):g}"
        raise InputError("", "at", "no moment of both runs", given=at, right=right)
    start = build(after)
    taken = choose(after.scenario.engine, start, horizon)
    play = played(_player(taken, progress, tell), left, parent, after, at)
    said = Branch(left.digest, at, tuple(changes))

    def write(hidden: Path) -> None:
        write_run(hidden, after, start, taken, play, branch=said)

    return _written(out, after.scenario.name, write)


def _begun(
    loaded: Loaded,
    start: Start,
    engine: str,
    every: float,
    folder: Path,
    progress: Progress | None,
    tell: Callable[[str], None] | None,
) -> Run:
    """Begin a run with checkpoints: its plan is on the disk before anything happens."""
    hidden = _hidden(folder)
    try:
        plan = Plan(loaded, folder, every, engine)
        plan.write(hidden)
        keeper = Keeper(hidden)
    except BaseException:
        shutil.rmtree(hidden, ignore_errors=True)
        raise
    if tell is not None:
        tell(f"should this be cut short, go on with: vsmlab resume {hidden}")
    return _kept_run(plan, start, keeper, progress, tell)


def _kept_run(
    plan: Plan,
    start: Start,
    keeper: Keeper,
    progress: Progress | None,
    tell: Callable[[str], None] | None,
) -> Run:
    """Run with checkpoints, from the beginning or from the newest; the hidden folder stays if it is cut short."""
    engine = (
        plan.engine if compiled.available() else "simpy"
    )  # begun where numba was, and ended where it is not
    pauses = Pauses(plan.every, keeper.keep)
    play = partial(_player(engine, progress, tell), past=keeper.past, pauses=pauses)
    try:
        write_run(keeper.hidden, plan.loaded, start, engine, play, keeper=keeper)
    except KeyboardInterrupt:
        raise PeerError(f"interrupted; go on with: vsmlab resume {keeper.hidden}") from None
    finally:
        keeper.lock.close()
    return Run(_named(keeper.hidden, plan.folder))


def _check_checkpoints(every: float, loaded: Loaded, out: str | Path | None, *, own: bool) -> None:
    place = "checkpoint_every"
    if not 0.0 < every < loaded.scenario.horizon:
        right = f"seconds of model time between 0 and the horizon ({loaded.scenario.horizon:g})"
        raise InputError("", place, "no time for a checkpoint", given=every, right=right)
    if loaded.scenario.horizon / every > 10_000:
        raise InputError("", place, "more than 10,000 checkpoints", given=every, right="take more seconds")
    if out is None:
        raise InputError("", place, "a run that is not kept", right="say where it goes: out=FOLDER")
    if own:
        right = "leave them out: a checkpoint cannot hold what they remember"
        raise InputError("", place, "own laws or processes take part", right=right)


def _hidden(folder: Path) -> Path:
    """A hidden folder beside the one to be made, in which the run is written."""
    hidden = folder.parent / f".{folder.name}.{secrets.token_hex(4)}"
    try:
        taken = folder.exists()
        if not taken:
            folder.parent.mkdir(parents=True, exist_ok=True)
            hidden.mkdir()
    except OSError as exc:
        wrong = f"cannot be made ({exc.strerror})"
        raise InputError("", "out", wrong, given=str(folder), right="name another folder") from exc
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
    if not isinstance(scenario, Loaded | str | Path | Mapping):
        right = "a file, a shipped name, a mapping, or what vsmlab.load gave"
        raise InputError("", "scenario", "not a scenario", given=repr(scenario), right=right)
    changes = _texts(overrides)
    if seed is not None:
        changes.append(f"seed={seed}")
    if until is not None:
        changes.append(f"horizon={until!r}")
    if engine is not None:
        changes.append(f"engine={engine}")
    if not isinstance(scenario, Loaded):
        return load(scenario, overrides=changes, trace=trace)
    return vary(scenario, overrides=changes, trace=trace) if changes or trace is not None else scenario


def without(knockout: Sequence[str] | None) -> list[str]:
    """The override that takes these Systems away, and gives back what the scenario took; none for None.

    >>> without(["fleet.system3", "system2"]), without([]), without(None)
    (['knockout=[fleet.system3, system2]'], ['knockout=[]'], [])

    Raises:
        InputError: If it is no list of texts.
    """
    if knockout is None:
        return []
    systems = _texts(knockout, "knockout", "a list of Systems such as ['fleet.system3']")
    return [f"knockout=[{', '.join(systems)}]"]


def _texts(
    given: object, place: str = "overrides", right: str = "a list of texts such as ['organisation.agents=3']"
) -> list[str]:
    texts = list(given) if isinstance(given, Iterable) and not isinstance(given, str) else [None]
    if not all(isinstance(text, str) for text in texts):
        raise InputError("", place, "not a list of texts", given=repr(given), right=right)
    return texts


@dataclass(frozen=True, slots=True)
class Unkept:
    """A finished run that left no folder: who was in it, and what was kept of its journal as it streamed by."""

    start: Start
    scenario: Scenario
    fold: Fold
    engine: str
    digest: str

    def measures(self) -> dict[str, Any]:
        """What ``measures.json`` of this run would say. The lives of tasks are handed over: ask once."""
        return all_measures(self.fold, self.start, self.scenario)


def run_unkept(loaded: Loaded, engine: str | None = None) -> Unkept:
    """Run without a folder and without keeping the journal, for many replications.

    Args:
        loaded: A loaded scenario.
        engine: In place of the scenario's.
    """
    start, scenario = build(loaded), loaded.scenario
    fold = fold_of(start, scenario)
    journal = Journal(start.identities, [fold])
    chosen = choose(scenario.engine if engine is None else engine, start, scenario.horizon)
    run_plainly(chosen, start, scenario.horizon, journal)
    return Unkept(start, scenario, fold, chosen, journal.digest)


def measures_of(loaded: Loaded) -> dict[str, Any]:
    """The measures of a run that leaves no folder and no journal."""
    return run_unkept(loaded).measures()


def free_folder(parent: Path, name: str) -> Path:
    """A folder that does not exist yet: ``name``, or ``name-2``, ``name-3`` and so on."""
    candidate, number = parent / name, 1
    while candidate.exists():
        number += 1
        candidate = parent / f"{name}-{number}"
    return candidate
