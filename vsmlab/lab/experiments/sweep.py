"""A sweep: a scenario at many points, the same seeds at each, in one table."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypedDict, TypeVar

from vsmlab.errors import InputError
from vsmlab.lab.arguments import argument
from vsmlab.lab.experiments.carrying_out import Progress, carry_out
from vsmlab.lab.experiments.plan import (
    MOST_REPLICATIONS,
    Plan,
    Target,
    check_measures,
    read_target,
    whole,
)
from vsmlab.lab.experiments.points import Over, Ranges, design
from vsmlab.lab.experiments.results import Sweep
from vsmlab.lab.loader import Loaded, Traces
from vsmlab.lab.run import resolved
from vsmlab.mechanisms.stopping import FEWEST

S = TypeVar("S", bound=Sweep)

REPLICATIONS = 10
MOST_WORKERS = 1024


def sweep(
    scenario: Loaded | str | Path | Mapping[str, object],
    *,
    over: Over | None = None,
    design: str | None = None,
    points: int | None = None,
    range: Ranges | None = None,  # noqa: A002 - the shell's word
    rows: str | Path | Sequence[Mapping[str, object]] | None = None,
    replications: int | None = None,
    until: float | None = None,
    overrides: Sequence[str] = (),
    trace: Traces | None = None,
    warmup: float | str | None = None,
    target: str | None = None,
    at_most: int | None = None,
    measure: Sequence[str] | None = None,
    out: str | Path | None = None,
    under: str | Path | None = None,
    keep_journals: bool = False,
    workers: int | None = None,
    dask: str | None = None,
    progress: Progress | None = None,
    tell: Callable[[str], None] | None = None,
) -> Sweep:
    """Run a scenario at many points with common random numbers.

    Replication r has the seed of the scenario plus r, at every point. What is in the folder already is not
    run again.

    Args:
        scenario: A loaded scenario, a YAML file, the name of a shipped one, or a mapping.
        over: Values by path: a grid of all of them.
        design: ``grid``, ``list``, ``lhs``, ``sobol`` or ``saltelli``; what else is given says it if unsaid.
        points: Points of a Latin hypercube (``lhs``) or a Sobol sequence; ``saltelli``, for Sobol's indices of
            sensitivity, makes ``points`` times the settings and two.
        range: ``"low:high"``, ``"low:high:log"`` or ``"low:high:int"`` by path, for those designs.
        rows: A CSV or YAML file, or mappings: each row a point.
        replications: Runs at each point, 10 if unsaid; with a target at least 20, and 20 if unsaid.
        until: Horizon in seconds, in place of the scenario's.
        overrides: ``a.b.c=VALUE`` each, at every point alike.
        trace: A file, or files by stream, in place of the demand's source.
        warmup: Seconds, in place of the scenario's; ``"mser5"`` finds them by pilot runs.
        target: ``"MEASURE<=5%"``: replicate each point until the 95 % interval has that relative half-width.
        at_most: Replications at most with a target, 1000 if unsaid.
        measure: Dotted paths to keep; every number if unsaid.
        out: Folder, made or gone on with; a temporary one, kept as long as the result, if unsaid.
        under: Where `out` is unsaid, a folder in which one is named after the scenario and what is asked: the
            same question goes on there.
        keep_journals: Keep the folder of each run, too.
        workers: Processes; as many as processors if unsaid.
        dask: Address of a Dask scheduler, to run there instead.
        progress: Called after each run.
        tell: Told in a sentence what else takes long.

    Returns:
        The finished sweep. Runs that failed are in its table with their reason.

    Raises:
        InputError: If anything that was given is wrong; nothing has been run or written then.
        ModelError: If the warm-up was to be found and some point does not settle.
        KeyboardInterrupt: On Ctrl-C; what was finished is kept in the folder.
    """
    loaded, settle = prepared(scenario, until, overrides, trace, warmup)
    plan = Plan(
        kind="sweep",
        loaded=loaded,
        design=_design(
            over=over, kind=design, points=points, ranges=range, rows=rows, seed=loaded.scenario.seed
        ),
        **how(loaded, replications, measure, target, at_most),
        settle=settle,
        journals=keep_journals,
    )
    return carried_out(Sweep, plan, out, under, workers, dask, progress, tell)


_design = design


class How(TypedDict):
    """How often each point is run, when that is enough, and what is kept."""

    replications: int
    target: Target | None
    measures: tuple[str, ...] | None


def how(
    loaded: Loaded,
    replications: int | None,
    measure: Sequence[str] | None,
    target: str | None = None,
    at_most: int | None = None,
) -> How:
    """The same words as of `sweep`, each checked.

    Raises:
        InputError: If one of them is wrong.
    """
    aim = None if target is None else read_target(target, at_most)
    if aim is None and at_most is not None:
        raise InputError(argument("--at-most"), "", "goes with --target", right="--replications N")
    least, most = (1, MOST_REPLICATIONS) if aim is None else (FEWEST, aim.most)
    given = max(least, REPLICATIONS) if replications is None else replications
    many = whole("--replications", given, least, most)
    if isinstance(measure, str):
        right = "a list of dotted paths"
        raise InputError("", "measure", "not a list of texts", given=repr(measure), right=right)
    kept = None if measure is None else list(dict.fromkeys(measure))
    if kept is not None and not kept:
        raise InputError(argument("--measure"), "", "none is named", right="leave it out to keep all")
    check_measures(loaded, [*(kept or ()), *([aim.measure] if aim else ())])
    if kept is not None and aim is not None and aim.measure not in kept:
        kept.append(aim.measure)
    return How(replications=many, target=aim, measures=None if kept is None else tuple(kept))


def prepared(
    scenario: Loaded | str | Path | Mapping[str, object],
    until: float | None,
    overrides: Sequence[str],
    trace: Traces | None,
    warmup: float | str | None,
) -> tuple[Loaded, bool]:
    """The scenario as every point has it, and whether its warm-up is still to be found."""
    if warmup is None:
        return resolved(scenario, until=until, overrides=overrides, trace=trace), False
    try:
        seconds = 0.0 if warmup == "mser5" else float(warmup)
    except (TypeError, ValueError):
        seconds = -1.0
    if not 0.0 <= seconds < 1e12:
        raise InputError(argument("--warmup"), "", "not a warm-up", given=warmup, right="mser5 or seconds")
    given = [overrides] if isinstance(overrides, str) else [*overrides, f"warmup={seconds!r}"]
    return resolved(scenario, until=until, overrides=given, trace=trace), warmup == "mser5"


def carried_out(
    result: type[S],
    plan: Plan,
    out: str | Path | None,
    under: str | Path | None,
    workers: int | None,
    dask: str | None,
    progress: Progress | None,
    tell: Callable[[str], None] | None,
) -> S:
    """Carry a plan out in a folder, or in a temporary one that lives as long as the result."""
    if workers is not None:
        whole("--workers", workers, 1, MOST_WORKERS)
        if dask is not None:
            right = "the cluster has its own workers"
            raise InputError(argument("--workers"), "", "does not go with --dask", right=right)
    if out is None and under is not None:
        out = Path(under) / plan.name
    temporary = Path(tempfile.mkdtemp(prefix="vsmlab-")) if out is None else None
    folder = temporary / plan.loaded.scenario.name if temporary is not None else Path(out or "")
    try:
        carry_out(plan, folder, workers=workers, dask=dask, progress=progress, tell=tell)
        done = result(folder)
    except BaseException:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
        raise
    if temporary is not None:
        weakref.finalize(done, shutil.rmtree, temporary, ignore_errors=True)
    return done
