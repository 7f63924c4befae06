"""Verbs on runs: run a scenario, verify a run, write its report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

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
        typer.Option(metavar="SYSTEM", help="Take a System away: fleet.system3, or system2 for every one."),
    ] = None,
    trace: TraceOption = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write; runs/NAME if unsaid.")] = None,
    engine: Annotated[
        str | None, typer.Option(help="simpy, compiled or auto; the journal is the same.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Exit with 1 if an expectation is not met.")] = False,
    report: Annotated[bool, typer.Option(help="Write report.html.")] = True,
    as_json: JsonOption = False,
) -> int:
    """Run a scenario and write its folder: journal, measures, report."""
    from vsmlab.lab.loader import load
    from vsmlab.lab.run import free_folder
    from vsmlab.lab.run import run as run_scenario

    if until is not None and not 0.0 < until < 1e12:
        raise InputError("command line", "--until", "not a horizon", given=until, right="seconds above 0")
    changes = list(set_ or [])
    if knockout:
        changes.append(f"knockout=[{', '.join(knockout)}]")
    if seed is not None:
        changes.append(f"seed={seed}")
    if until is not None:
        changes.append(f"horizon={until!r}")
    if engine is not None:
        changes.append(f"engine={engine}")
    loaded = load(scenario, overrides=changes, trace=traces(trace))
    folder = out if out is not None else free_folder(Path("runs"), loaded.scenario.name)
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:3.0f} %"))
    with Progress(
        *columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console, transient=True
    ) as bar:
        job = bar.add_task(loaded.scenario.name, total=loaded.scenario.horizon)
        done = run_scenario(
            loaded,
            out=folder,
            progress=lambda time: bar.update(job, completed=time),
            tell=lambda text: bar.console.print(text),
        )
        if report:
            bar.update(job, description="report")
            _report(done)
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

    typer.echo(str(write_report(Run(run), out)))
    return 0
