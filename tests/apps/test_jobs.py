"""Runs in processes of their own: progress, end, failure, cancelling, and nothing left behind."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import pytest
from browser import until

from vsmlab.apps.jobs import Job, Jobs
from vsmlab.errors import InputError


@pytest.fixture
def jobs():
    found = Jobs(at_once=1)
    yield found
    found.close()


def order(folder, *overrides, scenario="mm3"):
    return {"scenario": scenario, "overrides": list(overrides), "runs": str(folder / "runs"), "name": "mine"}


def test_a_run_is_done_in_a_process_of_its_own(jobs, tmp_path):
    job = jobs.begin("mm3", order(tmp_path, "horizon=1500"))
    until(lambda: job.over, "the run ends")
    assert (job.state, job.share, job.wrong) == ("done", 1.0, "")
    assert job.folder == tmp_path / "runs" / "mine"
    assert {path.name for path in job.folder.iterdir()} >= {"manifest.json", "report.html"}
    jobs.forget(job.number)
    assert jobs.all() == []


def test_what_cannot_run_says_why(jobs, tmp_path):
    job = jobs.begin("mm3", order(tmp_path, "horizon=-3"))
    until(lambda: job.over, "the run ends")
    assert job.state == "failed"
    assert "horizon" in job.wrong
    assert not (tmp_path / "runs").exists()


def test_a_cancelled_run_leaves_nothing_and_the_next_begins(jobs, tmp_path):
    first = jobs.begin("mm3", order(tmp_path, "horizon=900000000"))
    second = jobs.begin("mm3", order(tmp_path, "horizon=1500"))
    until(lambda: first.doing == "running" and first.state == "running", "the first runs")
    assert second.state == "waiting"
    jobs.cancel(first.number)
    until(lambda: second.over, "the second ends")
    assert (first.state, second.state) == ("cancelled", "done")
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["mine"]


def test_one_that_waits_is_cancelled_before_it_begins(jobs, tmp_path):
    first = jobs.begin("mm3", order(tmp_path, "horizon=900000000"))
    second = jobs.begin("mm3", order(tmp_path))
    jobs.cancel(second.number)
    assert (second.state, second.began) == ("cancelled", None)
    jobs.cancel(99)
    assert first.state == "running"


def test_a_worker_ends_when_who_gave_the_order_is_gone(tmp_path):
    import subprocess

    worker = subprocess.Popen(
        [sys.executable, "-m", "vsmlab.apps.work"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert worker.stdin is not None
    worker.stdin.write(json.dumps(order(tmp_path, "horizon=900000000")) + "\n")
    worker.stdin.close()
    worker.wait(20)
    worker.stdout.close()
    assert worker.returncode in (130, -signal.SIGTERM)
    assert not list((tmp_path / "runs").iterdir()) if (tmp_path / "runs").exists() else True


def test_a_worker_that_dies_is_a_failure_with_a_reason(tmp_path):
    jobs = Jobs(
        at_once=1, command=(sys.executable, "-c", f"import os; os.kill(os.getpid(), {int(signal.SIGKILL)})")
    )
    job = jobs.begin("x", {})
    until(lambda: job.over, "it ends")
    assert job.state == "failed"
    assert "code -9" in job.wrong


def test_nonsense_of_a_worker_is_not_believed():
    jobs = Jobs(
        at_once=1, command=(sys.executable, "-c", "print('nonsense'); print('[1]'); print('{\"share\": 7}')")
    )
    job = jobs.begin("x", {})
    until(lambda: job.over, "it ends")
    assert job.state == "failed"
    assert job.share == 1.0


def test_time_left_follows_from_time_spent():
    job = Job(1, "x", {}, state="running", share=0.25, began=100.0)
    assert job.seconds_left(110.0) == pytest.approx(30.0)
    assert Job(1, "x", {}, state="running", share=0.0, began=100.0).seconds_left(110.0) is None
    assert Job(1, "x", {}).seconds_left(110.0) is None


def test_not_more_than_some_wait():
    jobs = Jobs(at_once=1, command=(sys.executable, "-c", "import sys; sys.stdin.read()"))
    for _ in range(51):
        jobs.begin("x", {})
    with pytest.raises(InputError, match="waiting"):
        jobs.begin("x", {})
    pids = [job._process.pid for job in jobs.all() if job._process]
    jobs.close()
    assert pids
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
