"""A nightly file carried out from a cell, for who schedules notebooks: JupyterLab's own scheduler, papermill, CI.

It is what ``vsmlab nightly`` does: the same file, lock, history and bands. The cell fails where the shell would.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from vsmlab.errors import VsmLabError
from vsmlab.lab.nightly.history import Execution
from vsmlab.lab.nightly.nights import Night, carry_out, reports_folder
from vsmlab.lab.nightly.reading import chosen, read_nightly
from vsmlab.lab.nightly.telling import line

STARTED_IN: Final = "VSMLAB_STARTED_IN"
"""Where JupyterLab was started: a scheduler executes notebooks in folders of its own."""


class NotGoodError(VsmLabError):
    """A job failed, or a measure left its band or is missing."""


def nightly(file: str | Path, job: str = "", *, reports: str | Path | None = None) -> Night:
    """Carry out a nightly file from a cell, and fail if anything is not as it should be.

    A path that is not absolute starts where ``make lab`` was started, else in the current folder. A job that somebody
    else executes is said and left alone.

    Args:
        file: The file of jobs.
        job: One of its jobs; all if empty.
        reports: In place of the file's folder for reports.

    Returns:
        What was done; its ``index`` is the page of results and trends.

    Raises:
        InputError: If the file, or the job's name, is wrong; nothing was executed then.
        NotGoodError: If a job failed, or a measure left its band or is missing; everything is recorded.
    """
    start = Path(os.environ.get(STARTED_IN) or Path.cwd())
    source = start / Path(file).expanduser()
    read, planned = read_nightly(source)
    planned = chosen(planned, (job,) if job else (), str(file))
    given = None if reports is None else Path(reports).expanduser()
    night = carry_out(read, planned, start / reports_folder(read, given), tell=_tell)
    print(f"index: {night.index}")  # noqa: T201 - a cell's output
    if night.complaints:
        raise NotGoodError("; ".join(night.complaints))
    return night


def _tell(name: str, what: Execution | str | None) -> None:
    if what is not None:
        print(line(name, what))  # noqa: T201 - a cell's output
