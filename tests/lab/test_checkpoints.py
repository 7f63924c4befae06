"""A run that is killed at any moment and gone on with ends with the journal and measures of one that was not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import vsmlab
from vsmlab.cli.main import app
from vsmlab.engines import compiled
from vsmlab.errors import InputError, PeerError
from vsmlab.lab import checkpoints
from vsmlab.lab.checkpoints import PLAN, Keeper, find_unfinished, newest, read_plan

SCENARIO, UNTIL, EVERY = "zombies", 3_000.0, 400.0
"""Two segments of the journal, of which one is closed before the last checkpoints."""
ENGINES = ["simpy", *(["compiled"] if compiled.available() else [])]

KILLED = """
import os, signal, sys
import vsmlab
from vsmlab.lab import checkpoints

moment, number, out, engine = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
count = 0

def die(where):
    global count
    if where == moment:
        count += 1
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)

def around(name):
    whole = getattr(checkpoints, name)
    def watched(*given):
        die("before " + name)
        done = whole(*given)
        die("after " + name)
        return done
    setattr(checkpoints, name, watched)

around("_write")
around("_to_disk")
segment = checkpoints.Parts.__call__
def call(self, rows):
    segment(self, rows)
    die("a segment")
checkpoints.Parts.__call__ = call
join = checkpoints.Parts.join
def joined(self, path):
    join(self, path)
    die("joined")
checkpoints.Parts.join = joined
vsmlab.run("zombies", until=3000.0, engine=engine, out=out, checkpoint_every=400.0)
"""
MOMENTS = [
    ("before _write", 1), ("after _write", 1), ("before _write", 3), ("after _write", 3),
    ("before _to_disk", 6), ("after _to_disk", 9), ("a segment", 1), ("joined", 1),
]  # fmt: skip


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    return vsmlab.run(SCENARIO, until=UNTIL, out=tmp_path_factory.mktemp("straight") / "run")


def same(one: vsmlab.Run, other: vsmlab.Run) -> None:
    assert one.digest == other.digest
    assert one.measures == other.measures
    assert one.verify().good
    own = {"wall_seconds", "cpu_seconds", "engine", "scenario"}
    assert {k: v for k, v in one.manifest.items() if k not in own} == {
        k: v for k, v in other.manifest.items() if k not in own
    }
    assert one.names == other.names


def killed(folder: Path, moment: str, number: int, engine: str) -> None:
    """Run until this moment comes for the so manieth time, and be killed there."""
    command = [sys.executable, "-c", KILLED, moment, str(number), str(folder), engine]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL


@pytest.mark.parametrize("engine", ENGINES)
def test_checkpoints_change_nothing_and_leave_nothing(tmp_path, straight, engine):
    run = vsmlab.run(SCENARIO, until=UNTIL, engine=engine, out=tmp_path / "run", checkpoint_every=EVERY)
    same(run, straight)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    assert sorted(path.name for path in run.folder.iterdir()) == sorted(
        path.name for path in straight.folder.iterdir()
    )


@pytest.mark.parametrize(("moment", "number"), MOMENTS[1:])
def test_who_is_killed_is_gone_on_with(tmp_path, straight, moment, number):
    engine = ENGINES[number % len(ENGINES)]
    killed(tmp_path / "run", moment, number, engine)
    assert not (tmp_path / "run").exists()
    run = vsmlab.resume(tmp_path / "run")
    same(run, straight)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_who_is_killed_before_there_is_a_plan_has_nothing_to_go_on_with(tmp_path):
    killed(tmp_path / "run", *MOMENTS[0], ENGINES[0])
    with pytest.raises(InputError, match="nothing to go on with"):
        vsmlab.resume(tmp_path / "run")


def cut_short(folder: Path, at: float = 1_000.0) -> Path:
    """Interrupt a run in this process; returns its hidden folder."""

    def stop(reached: float) -> None:
        if reached >= at:
            raise KeyboardInterrupt

    with pytest.raises(PeerError, match="vsmlab resume") as caught:
        vsmlab.run(SCENARIO, until=UNTIL, engine="simpy", out=folder, checkpoint_every=EVERY, progress=stop)
    hidden = find_unfinished(folder)
    assert str(caught.value).endswith(str(hidden))
    return hidden


def test_who_is_interrupted_is_told_how_to_go_on_and_only_the_rest_is_done_again(tmp_path, straight):
    hidden = cut_short(tmp_path / "run")
    reached: list[float] = []
    run = vsmlab.resume(hidden, progress=reached.append)
    assert min(reached) > 800.0
    same(run, straight)


def test_what_was_begun_compiled_is_ended_where_nothing_is_compiled(tmp_path, straight, monkeypatch):
    killed(tmp_path / "run", "after _write", 3, ENGINES[-1])
    monkeypatch.setattr(compiled, "available", lambda: False)
    run = vsmlab.resume(tmp_path / "run")
    assert run.manifest["engine"] == "simpy"
    same(run, straight)


def test_a_damaged_checkpoint_is_passed_over_for_the_one_before(tmp_path, straight):
    hidden = cut_short(tmp_path / "run")
    first, last = sorted(hidden.glob("checkpoint-*.npz"))
    last.write_bytes(last.read_bytes()[:-100])
    keeper = newest(hidden)
    keeper.lock.close()
    assert keeper.past is not None
    assert keeper.past.time == 400.0
    same(vsmlab.resume(hidden), straight)
    assert not first.exists()


def test_a_journal_that_was_changed_is_noticed(tmp_path):
    hidden = cut_short(tmp_path / "run", at=2_700.0)
    part, *_ = sorted(hidden.glob("part-*.parquet"))
    whole = part.read_bytes()
    part.write_bytes(b"PAR1")
    with pytest.raises(PeerError, match="not a journal"):
        vsmlab.resume(hidden)
    vsmlab.run(SCENARIO, seed=1, until=2_500.0, out=tmp_path / "other")
    part.write_bytes((tmp_path / "other" / "events.parquet").read_bytes())
    with pytest.raises(PeerError, match="parts are not those of its checkpoint"):
        vsmlab.resume(hidden)
    part.write_bytes(whole)
    assert vsmlab.resume(hidden).verify().good


def test_two_processes_do_not_go_on_with_one_run(tmp_path):
    hidden = cut_short(tmp_path / "run")
    holder = Keeper(hidden)
    with pytest.raises(InputError, match="another process is at this run"):
        vsmlab.resume(hidden)
    holder.lock.close()


def spoil(hidden: Path, **changes: object) -> None:
    said = json.loads((hidden / PLAN).read_text())
    (hidden / PLAN).write_text(json.dumps(said | changes))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"format": 2}, "another format"),
        ({"laws": "other"}, "begun with other laws"),
        ({"scenario_sha256": "other"}, "not the one that it was begun with"),
        ({"files": {"x": "/no/such/file"}}, "its data is gone"),
    ],
)
def test_a_plan_that_does_not_fit_is_refused_and_stays(tmp_path, changes, says):
    hidden = cut_short(tmp_path / "run")
    spoil(hidden, **changes)
    with pytest.raises(InputError, match=says) as caught:
        vsmlab.resume(hidden)
    assert "\n" not in str(caught.value)
    assert list(hidden.glob("checkpoint-*"))


def test_the_seed_of_a_plan_cannot_be_changed(tmp_path):
    hidden = cut_short(tmp_path / "run")
    scenario = json.loads((hidden / PLAN).read_text())["scenario"]
    spoil(hidden, scenario=scenario | {"seed": 12345})
    with pytest.raises(InputError, match="not the one"):
        read_plan(hidden)


def idle(env, organisation):
    yield env.timeout(1.0)


@pytest.mark.parametrize(
    ("every", "more", "says"),
    [
        (0.0, {}, "no time for a checkpoint"),
        (UNTIL, {}, "no time for a checkpoint"),
        (0.01, {}, "more than 10,000"),
        (float("nan"), {}, "no time for a checkpoint"),
        (EVERY, {"out": None}, "not kept"),
        (EVERY, {"processes": [idle]}, "own laws or processes"),
    ],
)
def test_checkpoints_that_cannot_be_are_refused(tmp_path, every, more, says):
    given = {"out": tmp_path / "run"} | more
    with pytest.raises(InputError, match=says):
        vsmlab.run(SCENARIO, until=UNTIL, checkpoint_every=every, **given)
    assert list(tmp_path.iterdir()) == []


def test_several_unfinished_runs_are_listed(tmp_path):
    for name in ("one", "two"):
        cut_short(tmp_path / name)
    with pytest.raises(InputError, match="several runs were not finished"):
        vsmlab.resume(tmp_path)
    assert vsmlab.resume(tmp_path / "one").folder == tmp_path / "one"
    assert vsmlab.resume(tmp_path).folder == tmp_path / "two"


def test_a_run_with_data_of_its_own_is_gone_on_with_from_elsewhere(tmp_path, monkeypatch):
    """The fleet's profile lies beside the scenarios; whoever goes on stands in another folder."""

    def stop(reached: float) -> None:
        if reached > 150.0:
            raise KeyboardInterrupt

    how = {"until": 240.0, "engine": "simpy", "overrides": ["warmup=10"]}
    with pytest.raises(PeerError):
        vsmlab.run("llm-fleet", out=tmp_path / "run", checkpoint_every=60.0, progress=stop, **how)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert vsmlab.resume(tmp_path / "run").digest == vsmlab.run("llm-fleet", **how).digest


def test_the_command_says_how_to_go_on_and_goes_on(tmp_path, straight, monkeypatch):
    monkeypatch.chdir(tmp_path)
    killed(tmp_path / "runs" / "zombies", "after _write", 4, "simpy")
    answer = CliRunner().invoke(app, ["resume", "runs/zombies", "--no-report", "--json"])
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout)["digest"] == straight.digest
    assert not list((tmp_path / "runs").glob(".*"))


def test_who_is_killed_in_the_shell_was_told_before_how_to_go_on(tmp_path):
    shell = [sys.executable, "-c", "from vsmlab.cli.main import main; main()"]
    command = [*shell, "run", SCENARIO, "--until", "900", "--checkpoint-every", "300",
               "--no-report", "--out", str(tmp_path / "run")]  # fmt: skip
    answer = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "300"}
    )
    assert f"vsmlab resume {tmp_path}" in answer.stderr


def test_laws_are_named_by_all_of_their_sources():
    assert len(checkpoints.laws_digest()) == 64
