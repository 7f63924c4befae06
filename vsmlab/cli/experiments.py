"""Verbs on many runs: sweep a scenario over settings, knock its Systems out one by one, draw how it settles."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from vsmlab.cli.refusing import check_writable
from vsmlab.cli.runs import JsonOption, ScenarioArgument, SetOption, TraceOption, traces
from vsmlab.errors import InputError

if TYPE_CHECKING:
    from vsmlab.lab.experiments.carrying_out import Done

INTERRUPTED: Final = 130
SWEEPS: Final = Path("sweeps")

ReplicationsOption = Annotated[
    int | None,
    typer.Option(help="Runs at each point, the same seeds at all; 10 if unsaid, 20 with --target."),
]
UntilOption = Annotated[float | None, typer.Option(help="Horizon in seconds, in place of the scenario's.")]
WarmupOption = Annotated[
    str | None, typer.Option(metavar="SECONDS|mser5", help="Warm-up; mser5 finds it by pilot runs.")
]
MeasureOption = Annotated[
    list[str] | None,
    typer.Option(metavar="PATH", help="A measure such as units.fleet.mean_wait_s; may be repeated."),
]
OutOption = Annotated[
    Path | None, typer.Option(help="Folder; under sweeps/ if unsaid. What is there already is not run again.")
]
KeepOption = Annotated[bool, typer.Option("--keep-journals", help="Keep the folder of every run.")]
WorkersOption = Annotated[
    int | None, typer.Option(metavar="N", help="Processes; as many as processors if unsaid.")
]
DaskOption = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Run on the workers of this Dask scheduler.")
]


def sweep(
    scenario: ScenarioArgument,
    over: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH=V1,V2,...", help="Values to try; with several, all combinations."),
    ] = None,
    design: Annotated[
        str | None, typer.Option(metavar="grid|list|lhs|sobol|saltelli", help="How points are chosen.")
    ] = None,
    points: Annotated[
        int | None, typer.Option(metavar="N", help="Points of a lhs, sobol or saltelli design.")
    ] = None,
    range_: Annotated[
        list[str] | None,
        typer.Option(
            "--range", metavar="PATH=LOW:HIGH[:log|:int]", help="Range of a lhs, sobol or saltelli design."
        ),
    ] = None,
    rows: Annotated[
        str | None, typer.Option(metavar="FILE", help="A CSV or YAML file: each row is a point.")
    ] = None,
    replications: ReplicationsOption = None,
    until: UntilOption = None,
    set_: SetOption = None,
    trace: TraceOption = None,
    warmup: WarmupOption = None,
    target: Annotated[
        str | None,
        typer.Option(metavar="MEASURE<=P%", help="Replicate until its 95 % interval is that narrow."),
    ] = None,
    at_most: Annotated[
        int | None, typer.Option(metavar="N", help="Replications at most with --target; 1000 if unsaid.")
    ] = None,
    measure: MeasureOption = None,
    out: OutOption = None,
    keep_journals: KeepOption = False,
    workers: WorkersOption = None,
    dask: DaskOption = None,
    as_json: JsonOption = False,
) -> int:
    """Run a scenario at many points, with the same seeds at each, into one table."""
    from vsmlab.lab.experiments.sweep import sweep as carry_out

    check_writable("--out", out)
    with _told() as progress:
        done = carry_out(
            scenario,
            over=over,
            design=design,
            points=points,
            range=range_,
            rows=rows,
            replications=replications,
            until=_seconds(until),
            overrides=set_ or (),
            trace=traces(trace),
            warmup=warmup,
            target=target,
            at_most=at_most,
            measure=measure,
            out=out,
            under=SWEEPS,
            keep_journals=keep_journals,
            workers=workers,
            dask=dask,
            progress=progress.show,
            tell=progress.tell,
        )
    from vsmlab.cli.show_experiments import show_sweep, sweep_summary

    if as_json:
        _print(sweep_summary(done, target))
    else:
        show_sweep(done, target)
    return 1 if len(done.failed) else 0


def knockout(
    scenario: ScenarioArgument,
    pairs: Annotated[bool, typer.Option("--pairs", help="Every two together, too.")] = False,
    by_path: Annotated[
        bool,
        typer.Option("--by-path", help="Each System of each node by itself, too, not only all of a role."),
    ] = False,
    replications: ReplicationsOption = None,
    until: UntilOption = None,
    set_: SetOption = None,
    trace: TraceOption = None,
    warmup: WarmupOption = None,
    measure: MeasureOption = None,
    out: OutOption = None,
    keep_journals: KeepOption = False,
    workers: WorkersOption = None,
    dask: DaskOption = None,
    as_json: JsonOption = False,
) -> int:
    """Knock each System and each channel out, one at a time, and say what each is worth."""
    from vsmlab.lab.experiments.knocking import knockout as carry_out

    check_writable("--out", out)
    with _told() as progress:
        done = carry_out(
            scenario,
            pairs=pairs,
            by_path=by_path,
            replications=replications,
            until=_seconds(until),
            overrides=set_ or (),
            trace=traces(trace),
            warmup=warmup,
            measure=measure,
            out=out,
            under=SWEEPS,
            keep_journals=keep_journals,
            workers=workers,
            dask=dask,
            progress=progress.show,
            tell=progress.tell,
        )
    from vsmlab.cli.show_experiments import knockout_summary, show_knockouts

    if as_json:
        _print(knockout_summary(done))
    else:
        show_knockouts(done)
    return 1 if len(done.failed) else 0


def warmup(
    scenario: ScenarioArgument,
    measure: Annotated[
        str | None,
        typer.Option(
            metavar="PATH",
            help="units.UNIT.mean_in_progress, or units.UNIT.mean_wait_s; tasks in the root if unsaid.",
        ),
    ] = None,
    runs: Annotated[int, typer.Option(metavar="N", help="Runs that the mean is over.")] = 10,
    window: Annotated[
        int | None,
        typer.Option(
            metavar="W", help="Observations on either side of an average; a fortieth of all if unsaid."
        ),
    ] = None,
    until: UntilOption = None,
    set_: SetOption = None,
    trace: TraceOption = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="The figure; under sweeps/ if unsaid.")
    ] = None,
    workers: WorkersOption = None,
    as_json: JsonOption = False,
) -> int:
    """Draw how a measure settles, the mean over several runs, and where MSER-5 cuts the warm-up."""
    from vsmlab.lab.experiments.settling import warmup as follow
    from vsmlab.lab.experiments.store import write_whole

    check_writable("--out", out)
    if out is not None and (out.suffix != ".svg" or out.is_dir()):
        raise InputError(
            "command line", "--out", "not a drawing", given=str(out), right="a file.svg to write"
        )
    with _told() as progress:
        done = follow(
            scenario,
            measure=measure,
            runs=runs,
            window=window,
            until=_seconds(until),
            overrides=set_ or (),
            trace=traces(trace),
            workers=workers,
            progress=progress.show,
            tell=progress.tell,
        )
    from vsmlab.cli.show_warmup import show_warmup, warmup_summary

    figure = out or SWEEPS / f"{done.name}-warmup-{done.measure.removeprefix('units.')}.svg"
    figure.parent.mkdir(parents=True, exist_ok=True)
    write_whole(figure, done.picture().svg.encode() + b"\n")
    if as_json:
        _print(warmup_summary(done, figure))
    else:
        show_warmup(done, figure)
    return 1 if done.failed or done.seconds is None else 0


def _print(summary: dict[str, Any]) -> None:
    typer.echo(json.dumps(summary, indent=1, ensure_ascii=False, allow_nan=False))


def _seconds(until: float | None) -> float | None:
    if until is not None and not 0.0 < until < 1e12:
        raise InputError("command line", "--until", "not a horizon", given=until, right="seconds above 0")
    return until


class _Shown:
    """A bar on standard error that says how far an experiment is and how long it will take."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._job = bar.add_task("checking", total=None, failed="")
        self._doing = ""

    def show(self, done: Done) -> None:
        if done.doing != self._doing:
            self._doing = done.doing
            self._bar.reset(self._job, total=done.total, completed=done.done, description=done.doing)
        failed = f"{done.failed} failed" if done.failed else ""
        self._bar.update(self._job, total=done.total, completed=done.done, failed=failed)

    def tell(self, text: str) -> None:
        self._bar.console.print(text)


@contextmanager
def _told() -> Iterator[_Shown]:
    """Progress, and one sentence when it is interrupted: what is kept, and how to go on."""
    from vsmlab.lab.experiments.carrying_out import Interrupted

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[failed]}", style="red"),
    )
    try:
        console = Console(stderr=True)
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
            yield _Shown(bar)
    except Interrupted as end:
        again = shlex.join(["vsmlab", *sys.argv[1:]])
        typer.echo(f"vsmlab: {end}; the same command goes on from there: {again}", err=True)
        raise SystemExit(INTERRUPTED) from None
