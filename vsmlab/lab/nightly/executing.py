"""One execution in a process of its own: started, watched, stopped when its time is up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from vsmlab.lab.nightly.processes import descendants, end_family, resident
from vsmlab.lab.nightly.worker import RESULT, TASK

EVERY: Final = 0.1
"""Seconds between two looks at memory and clock."""
_PACKAGES: Final = Path(__file__).resolve().parents[3]
_JUPYTER: Final = ".jupyter"
_LOG: Final = ".log"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an execution.

    Attributes:
        error: Why it did not come to its end; empty if it did.
        measures: What it says of itself, nested.
        expect: Verdicts of the scenario's own expectations.
        seconds: Wall seconds.
        peak_bytes: Most memory that was held at one time, as far as it was seen.
    """

    error: str
    measures: dict[str, Any]
    expect: list[dict[str, Any]]
    seconds: float
    peak_bytes: int | None


def execute(folder: Path, task: dict[str, Any], timeout: float, lock: int) -> Outcome:
    """Execute in a folder, and leave there what came of it.

    Args:
        folder: Of this execution.
        task: What the worker is told: ``file`` and ``parameters``, or ``scenario`` and ``overrides``.
        timeout: Seconds, then the worker, its kernel and all they started are killed.
        lock: Descriptor of the job's lock, which the worker holds as well.
    """
    (folder / TASK).write_text(json.dumps(task), encoding="utf-8")
    began = time.monotonic()
    with (folder / _LOG).open("wb") as log:
        worker = subprocess.Popen(  # noqa: S603 - this Python, with nothing that a user said
            [sys.executable, "-m", "vsmlab.lab.nightly.worker"],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            env=_environment(folder),
            process_group=0,  # Ctrl-C is for this process, which then ends the worker
            pass_fds=(lock,),
        )
    late, peak = False, 0
    try:
        while worker.poll() is None:
            family = list(descendants(worker.pid)) if task["file"] else [worker.pid, *descendants(worker.pid)]
            peak = max(peak, *resident(family))
            if time.monotonic() - began > timeout:
                late = True
                break
            try:
                worker.wait(EVERY)
            except subprocess.TimeoutExpired:
                continue
    finally:
        end_family(worker.pid, itself=worker.poll() is None)
        worker.wait()
        assert worker.stdin is not None
        worker.stdin.close()
    found = _result(folder, worker.returncode)
    if late:
        found = {"error": f"stopped after {timeout:g} s, its time"}
    _tidy(folder)
    seconds = time.monotonic() - began
    return Outcome(found["error"], found.get("measures", {}), found.get("expect", []), seconds, peak or None)


def _environment(folder: Path) -> dict[str, str]:
    """Jupyter's own files lie in the folder, and the kernel is of this Python."""
    path = os.pathsep.join([str(_PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])])
    own = {name: str(folder.resolve() / _JUPYTER / name) for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR")}
    return {**os.environ, **own, "PYTHONPATH": path, "JUPYTER_PREFER_ENV_PATH": "1"}


def _result(folder: Path, code: int) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / RESULT).read_text(encoding="utf-8"))
        return found
    except (OSError, ValueError):
        lines = (folder / _LOG).read_text(encoding="utf-8", errors="replace").strip().splitlines()
        last = f": {lines[-1][:500]}" if lines else ""
        return {"error": f"its process ended with {code}{last}"}


def _tidy(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder / _JUPYTER, ignore_errors=True)
    for name in (TASK, RESULT, f"{RESULT}.part", _LOG):
        (folder / name).unlink(missing_ok=True)
