"""Interrupting or killing a run leaves nothing that looks like one."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path


def begun(folder: Path) -> subprocess.Popen[str]:
    """A long run that has begun to write."""
    command = [sys.executable, "-c", "from vsmlab.cli import main; main()", "run", "mm3", "--until", "1e7"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for _ in range(1200):
        if list((folder / "runs").glob(".mm3.*/events.parquet")):
            return process
        try:
            process.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            continue
        break
    process.kill()
    raise AssertionError(f"the run did not begin: {process.communicate()[1]}")


def test_an_interrupted_run_leaves_no_folder_and_says_so(tmp_path):
    process = begun(tmp_path)
    try:
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "nothing was written" in told
    assert "Traceback" not in told
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_killed_run_leaves_nothing_that_looks_whole(tmp_path):
    process = begun(tmp_path)
    process.kill()
    process.communicate(timeout=60)
    assert not (tmp_path / "runs" / "mm3").exists()
    assert all(path.name.startswith(".") for path in (tmp_path / "runs").iterdir())
