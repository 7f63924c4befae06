"""The same sweep on a Dask cluster of two worker processes on loopback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from small_sweeps import AGENTS, TINY, WAIT, by_key, said, tasks

import vsmlab
from vsmlab.errors import InputError, PeerError
from vsmlab.lab.experiments.local import Alone
from vsmlab.lab.experiments.on_dask import Cluster, connected

pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("ignore")  # what distributed warns of is its own


class Loopback:
    """A scheduler and worker processes, each to be ended by its process."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._file = folder, folder / "scheduler.json"
        place = ["--scheduler-file", str(self._file)]
        self.scheduler = self._start(
            "dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", *place
        )
        pause = threading.Event()
        for _ in range(3000):
            if self._file.exists() and self._file.read_text().endswith("}"):
                break
            pause.wait(0.01)
        self.address: str = json.loads(self._file.read_text())["address"]
        self.workers = [self.worker() for _ in range(2)]

    def worker(self) -> subprocess.Popen[bytes]:
        where = ["--local-directory", str(self._folder), "--no-nanny", "--no-dashboard", "--nthreads", "1"]
        return self._start("dask_worker", self.address, "--host", "127.0.0.1", *where)

    def _start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{name}", *arguments]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait(timeout=30)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    found = Loopback(tmp_path_factory.mktemp("dask"))
    try:
        yield found
    finally:
        found.end()


@pytest.fixture
def made(cluster):
    """Makes runners on the cluster, and ends them."""
    runners = []

    def make(base):
        runners.append(Cluster(base, connected(cluster.address)))
        return runners[-1]

    yield make
    for runner in runners:
        runner.close()


def test_a_sweep_on_dask_has_the_table_of_a_local_one(cluster, tmp_path):
    given = {"over": AGENTS, "replications": 4}
    there = vsmlab.sweep(TINY, dask=cluster.address, out=tmp_path / "there", **given)
    here = vsmlab.sweep(TINY, workers=1, out=tmp_path / "here", **given)
    pd.testing.assert_frame_equal(said(there.table), said(here.table))


def test_a_worker_that_dies_in_the_middle_of_a_batch_costs_nothing_but_time(cluster, made):
    base, wanted = tasks(60, horizon=400)
    runner = made(base)
    runner._client.wait_for_workers(2, timeout=30)
    coming = runner.run(wanted)
    lines = [next(coming) for _ in range(5)]
    os.kill(cluster.workers[0].pid, signal.SIGKILL)
    cluster.workers[0].wait(timeout=30)
    lines += list(coming)
    assert by_key(lines) == by_key(list(Alone(base).run(wanted)))


def test_a_run_that_fails_there_is_recorded_with_its_reason(cluster, tmp_path):
    over = {"environment.demand.people.work.exponential.mean": [1.0, 1.5e308]}
    found = vsmlab.sweep(
        TINY, over=over, replications=2, measure=[WAIT], dask=cluster.address, out=tmp_path / "s"
    )
    assert list(found.failed["point"]) == [1, 1]
    assert found.failed["reason"].str.contains("a law divided by zero").all()


def test_a_cluster_with_another_vsmlab_is_refused(made):
    base, wanted = tasks(2)
    with pytest.raises(PeerError, match="another vsmlab"):
        list(made(replace(base, code="0" * 64)).run(wanted))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://"])
def test_an_address_where_nobody_answers_is_refused(address):
    with pytest.raises(InputError, match="there is no scheduler that answers"):
        connected(address, wait=0.5)


def test_a_sweep_that_finds_no_cluster_has_written_nothing(tmp_path):
    with pytest.raises(InputError, match="there is no scheduler that answers"):
        vsmlab.sweep(TINY, over=AGENTS, dask="nonsense://", out=tmp_path / "s")
    assert list(tmp_path.iterdir()) == []


class Ended:
    """What Dask says of a batch whose workers all died."""

    status = "error"

    def exception(self) -> Exception:
        return type("KilledWorker", (Exception,), {})()


def test_a_batch_that_kills_is_tried_run_by_run_and_only_the_run_that_kills_is_lost():
    _, wanted = tasks(3)
    runner = object.__new__(Cluster)
    runner._mean, runner._suspects = 0.0, set()
    waiting, deaths = deque(), {}
    assert runner._answer(Ended(), wanted, waiting, deaths) == []
    assert {task.key for task in waiting} == {task.key for task in wanted} == runner._suspects
    found = runner._answer(Ended(), [wanted[1]], waiting, deaths)
    assert [(line["key"], line["status"]) for line in found] == [(wanted[1].key, "failed")]
    assert found[0]["reason"] == "its worker on the cluster ended again and again"


class Lost:
    """What Dask says of an answer that died with the worker that had it."""

    status = "lost"


def test_an_answer_that_was_lost_is_made_again_until_the_cluster_is_gone():
    _, wanted = tasks(3)
    runner = object.__new__(Cluster)
    runner._losses, runner._client = 0, SimpleNamespace(status="running")
    waiting = deque()
    assert runner._answer(Lost(), wanted, waiting, {}) == []
    assert list(waiting) == wanted
    runner._client.status = "closed"
    with pytest.raises(PeerError, match="the cluster is gone"):
        runner._answer(Lost(), wanted, waiting, {})
