"""Verbs on runs: run a scenario, verify a run, write its report."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from vsmlab.cli.refusing import check_writable
from vsmlab.errors import InputError, PeerError

if TYPE_CHECKING:
    from vsmlab.lab.record import Run

ScenarioArgument = Annotated[str, typer.Argument(help="A YAML file, or the name of a shipped scenario.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="A.B.C=VALUE", help="Override one value; may be repeated."),
]
TraceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--trace",
        metavar="FILE|STREAM=FILE",
        help="Recorded demand in place of a stream's own; nothing foreshows it.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print machine-readable results.")]
RunArgument = Annotated[Path, typer.Argument(help="A folder that `vsmlab run` wrote.")]


def traces(given: list[str] | None) -> Path | dict[str, Path] | None:
    """``--trace`` as a file for the only stream, or files by stream."""
    if not given:
        return None
    if len(given) == 1 and ("=" not in given[0] or Path(given[0]).exists()):
        return Path(given[0])
    named: dict[str, Path] = {}
    for entry in given:
        stream, sign, file = entry.partition("=")
        if not sign or not stream or not file:
            right = "with several traces say which stream each is for: --trace chat=FILE"
            raise InputError("command line", "--trace", "which stream is it for?", given=entry, right=right)
        named[stream] = Path(file)
    return named


def run(
    scenario: ScenarioArgument,
    seed: Annotated[int | None, typer.Option(help="Seed, in place of the scenario's.")] = None,
    until: Annotated[
        float | None, typer.Option(help="Horizon in seconds, in place of the scenario's.")
    ] = None,
    set_: SetOption = None,
    knockout: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SYSTEM",
            help="Take a System away: fleet.system3, or system2 for every one; may be repeated.",
        ),
    ] = None,
    trace: TraceOption = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write; runs/NAME if unsaid.")] = None,
    engine: Annotated[
        str | None, typer.Option(help="simpy, compiled or auto; the journal is the same.")
    ] = None,
    checkpoint_every: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="Model time between checkpoints, to go on from with resume."),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Exit with 1 if an expectation is not met.")] = False,
    report: Annotated[bool, typer.Option(help="Write report.html.")] = True,
    as_json: JsonOption = False,
) -> int:
    """Run a scenario and write its folder: journal, measures, report."""
    from vsmlab.lab.loader import load
    from vsmlab.lab.run import free_folder, without
    from vsmlab.lab.run import run as run_scenario

    if until is not None and not 0.0 < until < 1e12:
        raise InputError("command line", "--until", "not a horizon", given=until, right="seconds above 0")
    changes = [*(set_ or []), *without(knockout or None)]
    if seed is not None:
        changes.append(f"seed={seed}")
    if until is not None:
        changes.append(f"horizon={until!r}")
    if engine is not None:
        changes.append(f"engine={engine}")
    loaded = load(scenario, overrides=changes, trace=traces(trace))
    check_writable("--out", out)
    folder = out if out is not None else free_folder(Path("runs"), loaded.scenario.name)
    done = _watched(
        loaded.scenario.name,
        loaded.scenario.horizon,
        partial(run_scenario, loaded, out=folder, checkpoint_every=checkpoint_every),
        report=report,
    )
    return _shown(done, check=check, as_json=as_json)


def resume(
    run: Annotated[
        Path, typer.Argument(help="The run that was cut short: the name it was to have, or its folder.")
    ],
    check: Annotated[bool, typer.Option("--check", help="Exit with 1 if an expectation is not met.")] = False,
    report: Annotated[bool, typer.Option(help="Write report.html.")] = True,
    as_json: JsonOption = False,
) -> int:
    """Go on with a run that was begun with --checkpoint-every and cut short; it ends as if it had not been."""
    from vsmlab.lab.checkpoints import find_unfinished, read_plan
    from vsmlab.lab.run import resume as resume_run

    hidden = find_unfinished(run)
    plan = read_plan(hidden)
    scenario = plan.loaded.scenario
    done = _watched(scenario.name, scenario.horizon, partial(resume_run, hidden), report=report)
    return _shown(done, check=check, as_json=as_json)


def branch(
    run: RunArgument,
    at: Annotated[float, typer.Option(metavar="SECONDS", help="The moment from which on it is otherwise.")],
    set_: SetOption = None,
    knockout: Annotated[
        list[str] | None,
        typer.Option(metavar="SYSTEM", help="Take a System away from then on."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write; runs/NAME if unsaid.")] = None,
    engine: Annotated[
        str | None, typer.Option(help="simpy, compiled or auto; the journal is the same.")
    ] = None,
    report: Annotated[bool, typer.Option(help="Write report.html.")] = True,
    as_json: JsonOption = False,
) -> int:
    """What if: the same run up to a moment, row for row, and another one from then on."""
    from vsmlab.lab.run import branch as branch_run
    from vsmlab.lab.run import free_folder, without

    left = _run(run)
    changes = [*(set_ or []), *without(knockout or None)]
    if not changes:
        right = "say what is otherwise: --set A.B.C=VALUE or --knockout SYSTEM"
        raise InputError("command line", "branch", "nothing is changed", right=right)
    check_writable("--out", out)
    name = left.manifest["name"]
    folder = out if out is not None else free_folder(Path("runs"), f"{name}-from-{at:g}")
    what = partial(branch_run, left, at=at, overrides=changes, engine=engine, out=folder)
    done = _watched(name, left.manifest["horizon"], what, report=report)
    return _shown(done, check=False, as_json=as_json)


def _run(folder: Path) -> Run:
    from vsmlab.lab.record import Run

    return Run(folder)


def _watched(name: str, horizon: float, play: Callable[..., Run], *, report: bool) -> Run:
    """Run with a bar that says how far it is, then write the report."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:3.0f} %"))
    clocks = (TimeElapsedColumn(), TimeRemainingColumn())
    console = Console(stderr=True, soft_wrap=True)
    with Progress(*columns, *clocks, console=console, transient=True, disable=not console.is_terminal) as bar:
        job = bar.add_task(name, total=horizon)
        done = play(
            progress=lambda time: bar.update(job, completed=time),
            tell=lambda text: bar.console.print(text, markup=False, highlight=False),
        )
        if report:
            bar.update(job, description="report")
            _report(done)
    return done


def _shown(done: Run, *, check: bool, as_json: bool) -> int:
    """Show a finished run; 1 if it is to be checked and does not show what was expected."""
    if as_json:
        typer.echo(json.dumps(_summary(done), indent=1))
    else:
        from vsmlab.cli.show import show_run

        show_run(done)
    return 1 if check and not done.passed else 0


def _report(done: Run) -> None:
    """Write the report; if that is interrupted, the run is there all the same, and is said to be."""
    from vsmlab.lab.report import write_report

    try:
        write_report(done)
    except KeyboardInterrupt:
        text = f"interrupted: the run is in {done.folder} without its report; write it: vsmlab report {done.folder}"
        raise PeerError(text) from None


def _summary(done: Run) -> dict[str, Any]:
    kept = ("name", "seed", "engine", "digest", "counts", "wall_seconds", "cpu_seconds", "failures", "expect")
    root = done.manifest["places"][0][0]
    return {
        "folder": str(done.folder),
        **{name: done.manifest[name] for name in kept},
        "passed": done.passed,
        "root": done.measures["units"][root],
        "systems": done.measures["systems"].get(root, {}),
    }


def verify(run: RunArgument, as_json: JsonOption = False) -> int:
    """Compute a journal's digest anew, and name the first segment that differs."""
    from vsmlab.lab.record import Run

    found = Run(run).verify()
    if as_json:
        typer.echo(
            json.dumps({"good": found.good, "rows": found.rows, "segment": found.segment, "says": found.says})
        )
    else:
        typer.echo(f"{'good' if found.good else 'NOT GOOD'}: {found.says}")
    return 0 if found.good else 1


def report(
    run: RunArgument,
    out: Annotated[
        Path | None, typer.Option(help="File to write; report.html in the run's folder if unsaid.")
    ] = None,
) -> int:
    """Write the report of a run: one HTML file that needs nothing else."""
    from vsmlab.lab.record import Run
    from vsmlab.lab.report import write_report

    check_writable("--out", out)
    typer.echo(str(write_report(Run(run), out)))
    return 0
