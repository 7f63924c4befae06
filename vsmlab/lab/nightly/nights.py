"""Carrying out a nightly file: job after job, each recorded before the next begins."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from vsmlab.errors import InputError
from vsmlab.lab.expectations import look_up
from vsmlab.lab.nightly.bands import judged
from vsmlab.lab.nightly.document import Band, Nightly
from vsmlab.lab.nightly.executing import Outcome, execute
from vsmlab.lab.nightly.history import FILE, Execution, append, read_history
from vsmlab.lab.nightly.locks import BusyError, held
from vsmlab.lab.nightly.page import write_index
from vsmlab.lab.nightly.printing import write_pdf
from vsmlab.lab.nightly.reading import Planned
from vsmlab.lab.nightly.worker import EXECUTED, PAGE, RUN

LOCK: Final = ".lock"


@dataclass(frozen=True, slots=True)
class Night:
    """What one call did.

    Attributes:
        reports: The folder.
        index: Its page.
        executions: What was executed, in order.
        busy: Jobs that somebody else executes: who, and since when.
    """

    reports: Path
    index: Path
    executions: tuple[Execution, ...]
    busy: dict[str, str]

    @property
    def complaints(self) -> list[str]:
        """A sentence for everything that is not as it should be, job and measure named."""
        found = []
        for one in self.executions:
            if one.error:
                found.append(f"{one.job}: {one.error}")
            for verdict in one.left:
                value = verdict["reason"] if verdict["value"] is None else f"{verdict['value']:.6g}"
                found.append(
                    f"{one.job}: {verdict['measure']} left its band: {value}, wanted {verdict['wanted']}"
                )
        return found


def reports_folder(nightly: Nightly, given: Path | None) -> Path:
    """Where a file's reports lie: as given, as the file says, or under reports/nightly."""
    return given or Path(nightly.reports or f"reports/nightly/{nightly.name}")


def carry_out(
    nightly: Nightly,
    planned: Sequence[Planned],
    reports: Path,
    *,
    pdf: bool = True,
    tell: Callable[[str, Execution | str | None], None] = lambda job, what: None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Night:
    """Execute jobs, record each, and write the page.

    Args:
        nightly: The file.
        planned: The jobs that are to be executed, of the file's.
        reports: Folder for everything that is written.
        pdf: Print pages to PDF where the job asks for it.
        tell: Told of each job: None when it begins, its execution when it is recorded, a sentence if it is busy.
        now: The clock, in UTC.

    Raises:
        InputError: If the folder cannot be written.
        PeerError: If the history there is none of ours.
    """
    try:
        reports.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        wrong = f"cannot be made ({exc.strerror})"
        raise InputError("", "reports", wrong, given=str(reports), right="name another folder") from exc
    read_history(reports / FILE)
    done: list[Execution] = []
    busy: dict[str, str] = {}
    index = reports / "index.html"
    try:
        for one in planned:
            folder = reports / one.name
            folder.mkdir(exist_ok=True)
            try:
                with held(folder / LOCK, now()) as lock:
                    tell(one.name, None)
                    done.append(_executed(one, reports, lock, now(), pdf=pdf and one.job.pdf))
                    _forget(folder, nightly.folders)
            except BusyError as exc:
                busy[one.name] = str(exc)
                tell(one.name, str(exc))
                continue
            tell(one.name, done[-1])
    finally:
        write_index(index, nightly, read_history(reports / FILE), reports)
    return Night(reports, index, tuple(done), busy)


def _executed(one: Planned, reports: Path, lock: int, now: datetime, *, pdf: bool) -> Execution:
    """One execution under its lock: hidden while it goes on, then named, then recorded."""
    before = [old for old in read_history(reports / FILE) if old.job == one.name]
    for left in (reports / one.name).glob(".2*"):  # what a kill left
        shutil.rmtree(left, ignore_errors=True)
    name = _free(reports / one.name, now.strftime("%Y-%m-%dT%H-%M-%SZ"))
    hidden = reports / one.name / f".{name}"
    hidden.mkdir()
    parameters, overrides = one.nth(len(before))
    task: dict[str, Any] = {"file": str(one.file) if one.file else "", "parameters": parameters}
    task |= {"scenario": one.scenario, "overrides": list(overrides)}
    if one.scenario and Path(one.scenario).is_file():
        task["scenario"] = str(Path(one.scenario).resolve())
    try:
        found = execute(hidden, task, one.timeout, lock)
        remarks = [write_pdf(page, hidden / "page.pdf")] if pdf and (page := _page(hidden)) else []
        folder = f"{one.name}/{name}"
        files = _files(hidden, folder)
        hidden.rename(reports / one.name / name)
    except BaseException:
        shutil.rmtree(hidden, ignore_errors=True)
        raise
    measures, verdicts, missing = _judged(one, found, before)
    execution = Execution(
        job=one.name,
        kind=one.job.kind,
        began=now.isoformat(timespec="seconds"),
        seconds=round(found.seconds, 3),
        good=not found.error and not missing and all(verdict["inside"] is not False for verdict in verdicts),
        error=found.error or missing,
        folder=folder,
        files=files,
        measures=measures,
        verdicts=tuple(verdicts),
        given=parameters if one.file else list(overrides),
        peak_bytes=found.peak_bytes,
        remarks=tuple(filter(None, remarks)),
        version=version("vsmlab"),
    )
    append(reports / FILE, execution)
    return execution


def _judged(
    one: Planned, found: Outcome, before: Sequence[Execution]
) -> tuple[dict[str, float | None], list[dict[str, Any]], str]:
    """What is kept, what is said of it, and what was to be kept and is not there."""
    if found.error:
        return {}, [], ""
    measures: dict[str, float | None] = {}
    reasons: dict[str, str] = {}
    missing = []
    for measure in one.job.kept:
        value, reason = look_up(found.measures, measure)
        if reason in ("there is no such measure", "not a number"):
            missing.append(f"{measure}: {reason}")
            continue
        measures[measure], reasons[measure] = value, reason
    verdicts = []
    for measure, band in one.job.bands.items():
        if measure in measures:
            past = _past(measure, band, before)
            verdicts.append(judged(measure, band, measures[measure], past, reasons[measure]))
    for said in found.expect if one.job.expect else []:
        told = {name: said[name] for name in ("measure", "wanted", "value", "reason")}
        verdicts.append({**told, "low": None, "high": None, "inside": bool(said["passed"])})
    return measures, verdicts, "; ".join(missing)


def _past(measure: str, band: Band, before: Sequence[Execution]) -> list[float]:
    """Earlier values that a band is made of: those that left it are none of them, or the band would follow."""
    found = []
    for old in before:
        value = old.measures.get(measure)
        left = any(verdict["measure"] == measure for verdict in old.left)
        if value is not None and not left and (band.since is None or old.began >= band.since):
            found.append(value)
    return found


def _page(folder: Path) -> Path | None:
    pages = (folder / PAGE, folder / RUN / "report.html")
    return next((page for page in pages if page.is_file()), None)


def _files(folder: Path, name: str) -> dict[str, str]:
    known = {"page": PAGE, "report": f"{RUN}/report.html", "notebook": EXECUTED, "PDF": "page.pdf"}
    return {what: f"{name}/{path}" for what, path in known.items() if (folder / path).is_file()}


def _free(folder: Path, name: str) -> str:
    taken, number = name, 2
    while (folder / taken).exists():
        taken, number = f"{name}-{number}", number + 1
    return taken


def _forget(folder: Path, most: int | None) -> None:
    """Leave so many folders of executions; the history keeps them all."""
    if most is None:
        return
    # By the time in the name, then by the number after it.
    made = sorted(folder.glob("2*Z*"), key=lambda path: (path.name[:20], len(path.name), path.name))
    for old in made[:-most]:
        with contextlib.suppress(OSError):
            shutil.rmtree(old)
