"""Worker processes: the same runs, whoever dies, and nobody left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pandas as pd
import pytest
from small_sweeps import AGENTS, TINY, WAIT, by_key, said, tasks

import vsmlab
from vsmlab.errors import InputError, PeerError
from vsmlab.lab.experiments.local import Alone, Pool
from vsmlab.lab.experiments.store import PART, Store
from vsmlab.lab.experiments.work import Worker

SWEEP = """
import json, sys, vsmlab
vsmlab.sweep(json.loads(sys.argv[1]), over=json.loads(sys.argv[2]), replications=int(sys.argv[3]),
             workers=int(sys.argv[4]), out=sys.argv[5])
"""
REPLICATIONS = 24


def begun(folder: Path, workers: int, lines: int) -> subprocess.Popen[bytes]:
    """A sweep in a process of its own that has finished so many runs and is at more."""
    given = [json.dumps(TINY), json.dumps(AGENTS), str(REPLICATIONS), str(workers), str(folder)]
    process = subprocess.Popen([sys.executable, "-c", SWEEP, *given], stderr=subprocess.PIPE)
    part = folder / PART
    for _ in range(4000):
        if part.exists() and part.read_bytes().count(b"\n") >= lines:
            return process
        try:
            process.wait(timeout=0.01)
        except subprocess.TimeoutExpired:
            continue
        break
    process.kill()
    raise AssertionError(f"it did not come so far: {process.communicate()[1].decode()}")


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def wait_until_gone(pids: list[int]) -> list[int]:
    """Those that are still there after ten seconds."""
    left, pause = pids, threading.Event()
    for _ in range(1000):
        left = [pid for pid in left if not is_gone(pid)]
        if not left:
            break
        pause.wait(0.01)
    return left


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> pd.DataFrame:
    folder = tmp_path_factory.mktemp("whole") / "s"
    return said(vsmlab.sweep(TINY, over=AGENTS, replications=REPLICATIONS, workers=1, out=folder).table)


@pytest.mark.parametrize(("workers", "lines"), [(1, 1), (2, 7)])
def test_a_sweep_that_was_killed_goes_on_and_ends_with_the_table_of_the_uninterrupted_one(
    tmp_path, whole, workers, lines
):
    process = begun(tmp_path / "s", workers, lines)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)
    assert not (tmp_path / "s" / "runs.parquet").exists()
    made = []
    given = {"over": AGENTS, "replications": REPLICATIONS, "workers": 1, "out": tmp_path / "s"}
    pd.testing.assert_frame_equal(said(vsmlab.sweep(TINY, progress=made.append, **given).table), whole)
    assert lines <= made[0].done < len(whole), "what was there was not run again"


def test_a_line_that_a_kill_cut_off_is_dropped_and_a_spoilt_one_is_told(tmp_path, whole):
    def stop(one):
        if one.done == 5:
            raise KeyboardInterrupt

    given = {"over": AGENTS, "replications": REPLICATIONS, "workers": 1, "out": tmp_path / "s"}
    with pytest.raises(KeyboardInterrupt):
        vsmlab.sweep(TINY, progress=stop, **given)
    part = tmp_path / "s" / PART
    lines = part.read_bytes().splitlines(keepends=True)
    part.write_bytes(b"".join([*lines[:2], b"{spoilt\n", *lines[3:]]))
    with pytest.raises(PeerError, match="line 3 is not what vsmlab writes"):
        vsmlab.sweep(TINY, **given)
    part.write_bytes(b"".join(lines)[:-9])
    (tmp_path / "s" / ".runs.parquet.5dead5").write_bytes(b"PAR1 half a table")
    made = []
    pd.testing.assert_frame_equal(said(vsmlab.sweep(TINY, progress=made.append, **given).table), whole)
    assert made[0].done == 4
    assert sorted(path.name for path in (tmp_path / "s").iterdir()) == ["experiment.json", "runs.parquet"]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_workers_end_with_the_process_that_started_them(tmp_path, how):
    process = begun(tmp_path / "s", 2, 3)
    workers = children(process.pid)
    assert len(workers) == 2
    assert not any(is_gone(pid) for pid in workers)
    assert os.getpgid(process.pid) not in {os.getpgid(pid) for pid in workers}, "Ctrl-C is not for them"
    process.send_signal(how)
    _, told = process.communicate(timeout=30)
    assert process.returncode != 0
    assert wait_until_gone(workers) == []
    if how == signal.SIGINT:
        assert "runs are kept" in told.decode()


def test_what_a_dying_worker_had_is_made_by_others_and_nothing_is_counted_twice():
    base, wanted = tasks(24)
    alone = by_key(list(Alone(base).run(wanted)))
    pool = Pool(base, 2)
    try:
        coming = pool.run(wanted)
        lines = [next(coming) for _ in range(3)]
        victim = pool._alive[0]
        assert victim.tasks, "it is at something"
        os.kill(victim.process.pid, signal.SIGKILL)
        lines += list(coming)
        assert victim not in pool._alive
    finally:
        pool.close()
    assert by_key(lines) == alone


def test_a_run_that_ends_its_worker_twice_is_recorded_as_failed():
    base, wanted = tasks(1, horizon=1e9)
    pool, found = Pool(base, 1), []
    thread = threading.Thread(target=lambda: found.extend(pool.run(wanted)))
    thread.start()
    try:
        killed = set()
        for _ in range(3000):
            for worker in list(pool._alive):
                if worker.tasks and worker.process.pid not in killed:
                    killed.add(worker.process.pid)
                    os.kill(worker.process.pid, signal.SIGKILL)
            thread.join(0.01)
            if not thread.is_alive():
                break
    finally:
        pool.close()
    assert len(killed) == 2
    assert [(line["status"], line["reason"]) for line in found] == [
        ("failed", "its worker ended 2 times (signal 9)")
    ]


def test_a_worker_with_another_vsmlab_or_another_file_makes_nothing(tmp_path):
    base, wanted = tasks(1)
    with pytest.raises(PeerError, match="another vsmlab"):
        Worker(base.plain() | {"code": "0" * 64})
    pool = Pool(type(base)(**base.plain() | {"code": "0" * 64}), 1)
    try:
        with pytest.raises(PeerError, match="another vsmlab"):
            list(pool.run(wanted))
    finally:
        pool.close()
    (tmp_path / "trace.csv").write_text("time\n1\n")
    files = {"files": {"people": str(tmp_path / "trace.csv")}, "digests": {"people": "0" * 64}}
    with pytest.raises(PeerError, match="another file for stream people"):
        Worker(base.plain() | files)


def test_two_sweeps_do_not_write_in_one_folder(tmp_path):
    asked = json.loads(json.dumps(_asked(tmp_path)))
    first = Store(tmp_path / "s", asked)
    try:
        with pytest.raises(InputError, match="another sweep is writing here"):
            Store(tmp_path / "s", asked)
    finally:
        first.close()
    Store(tmp_path / "s", asked).close()


def _asked(folder: Path) -> dict[str, object]:
    given = {"over": {"organisation.agents": [2]}, "replications": 1, "measure": [WAIT], "workers": 1}
    return vsmlab.sweep(TINY, out=folder / "asked", **given).asked
