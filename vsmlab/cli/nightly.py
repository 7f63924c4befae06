"""The verb on what runs by the clock: nightly."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console
from rich.text import Text

from vsmlab.cli.runs import JsonOption

if TYPE_CHECKING:
    from vsmlab.lab.nightly import Execution, Night, Planned

BUSY: Final = 3
"""The exit code where nothing is wrong but somebody else executes a job."""
INTERRUPTED: Final = 130


def nightly(
    file: Annotated[Path, typer.Argument(help="A YAML file of jobs; docs/nightly.md says what it holds.")],
    job: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this job; may be repeated.")
    ] = None,
    reports: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="In place of the file's folder for reports.")
    ] = None,
    pdf: Annotated[bool, typer.Option(help="Print pages to PDF where there is a Chromium.")] = True,
    list_: Annotated[
        bool, typer.Option("--list", help="Say what jobs there are and what became of them.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check everything, execute and write nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Execute notebooks and scenarios, keep their measures, and say which left its band.

    Exit codes: 0 good, 1 a job failed or a measure left its band, 2 wrong input, 3 a job is executed elsewhere.
    """
    from vsmlab.lab.nightly import carry_out, read_history, read_nightly
    from vsmlab.lab.nightly.history import FILE
    from vsmlab.lab.nightly.nights import reports_folder
    from vsmlab.lab.nightly.reading import chosen
    from vsmlab.lab.nightly.telling import line

    read, planned = read_nightly(file)
    planned = chosen(planned, job or (), str(file))
    folder = reports_folder(read, reports)
    if list_ or dry_run:
        _listed(planned, read_history(folder / FILE), folder, as_json=as_json, dry=dry_run)
        return 0
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    with console.status("") as status:

        def tell(name: str, what: Execution | str | None) -> None:
            if what is None:
                status.update(Text(f"{name} is executed"))
            else:
                console.print(Text(line(name, what)))

        try:
            night = carry_out(read, planned, folder, pdf=pdf, tell=tell)
        except KeyboardInterrupt:
            said = f"vsmlab: interrupted; what was finished before is in {folder / FILE}"
            print(said, file=sys.stderr)  # noqa: T201 - this is the shell
            sys.exit(INTERRUPTED)
    return _ended(night, as_json=as_json)


def _ended(night: Night, *, as_json: bool) -> int:
    complaints = night.complaints
    code = 1 if complaints else BUSY if night.busy else 0
    if as_json:
        told: dict[str, Any] = {
            "reports": str(night.reports),
            "index": str(night.index),
            "executions": [one.plain() for one in night.executions],
            "busy": night.busy,
            "complaints": complaints,
            "code": code,
        }
        typer.echo(json.dumps(told, indent=1, ensure_ascii=False))
    else:
        typer.echo(f"index: {night.index}")
    for complaint in complaints:
        shown = "".join(char if char.isprintable() else repr(char)[1:-1] for char in complaint)
        print(f"vsmlab: {shown}", file=sys.stderr)  # noqa: T201 - this is the shell
    return code


def _listed(
    planned: tuple[Planned, ...], history: list[Execution], folder: Path, *, as_json: bool, dry: bool
) -> None:
    told: list[dict[str, Any]] = []
    for one in planned:
        done = [old for old in history if old.job == one.name]
        parameters, overrides = one.nth(len(done))
        entry: dict[str, Any] = {"job": one.name, "kind": one.job.kind, "what": str(one.file or one.scenario)}
        entry["parameters" if one.file else "overrides"] = parameters if one.file else overrides
        entry |= {"measures": list(one.job.kept), "timeout": one.timeout, "executions": len(done)}
        entry |= {"last": done[-1].began, "good": done[-1].good} if done else {"last": None, "good": None}
        told.append(entry)
    if as_json:
        typer.echo(json.dumps({"reports": str(folder), "jobs": told}, indent=1, ensure_ascii=False))
        return
    for entry in told:
        state = "never executed"
        if entry["last"]:
            state = f"{entry['executions']} executions, last {entry['last']} {'good' if entry['good'] else 'NOT GOOD'}"
        typer.echo(f"{entry['job']:24} {entry['kind']:9} {entry['what']}  ({state})")
        if dry:
            given = entry.get("parameters") or entry.get("overrides") or "as it is"
            typer.echo(f"{'':24} given: {given}; keeps: {', '.join(entry['measures']) or 'nothing'}")
    if dry:
        typer.echo(f"nothing was executed; reports would go to {folder}")
