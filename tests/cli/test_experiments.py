"""`vsmlab sweep` and `vsmlab knockout`: what people type, what they see, how it ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from vsmlab.cli import main

TINY = """\
version: 1
name: tiny
title: <b>Two clerks</b>
horizon: 60
warmup: 10
seed: 4
engine: simpy
environment:
  demand:
    people: {arrivals: {poisson: {rate: 1.5}}, work: {exponential: {mean: 1.0}}, to: hall}
organisation: {name: hall, agents: 2}
"""
BREAKS = "environment.demand.people.work.exponential.mean"
WAIT = "units.hall.mean_wait_s"
AGENTS = ("--over", "organisation.agents=1,2,3")
ALONE = ("--workers", "1")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "tiny.yaml").write_text(TINY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "140")
    return tmp_path


def shell(*arguments: str) -> int:
    """The exit code of the command."""
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    return int(end.value.code or 0)


def test_a_sweep_shows_means_differences_and_where_the_table_is(folder, capsys):
    assert shell("sweep", "tiny.yaml", *AGENTS, *ALONE, "--replications", "4", "--measure", WAIT) == 0
    shown = capsys.readouterr().out
    assert "<b>Two clerks</b>" in shown
    lines = {line.split()[0]: line for line in shown.splitlines() if line.startswith("agents=")}
    assert set(lines) == {"agents=1", "agents=2", "agents=3"}
    assert lines["agents=3"].count("[") == 2
    assert "variance ratio" in shown
    table = Path(next(line for line in shown.splitlines() if line.startswith("table")).split()[1])
    assert len(pd.read_parquet(table)) == 12
    assert table.parts[0] == "sweeps"
    assert table.parts[1].startswith("tiny-")


def test_the_same_command_finds_its_folder_and_runs_nothing_again(folder, capsys):
    given = ("sweep", "tiny.yaml", *AGENTS, *ALONE, "--replications", "2", "--json")
    assert shell(*given) == 0
    first = capsys.readouterr().out
    written = {path: path.read_bytes() for path in (folder / "sweeps").rglob("*.json")}
    assert shell(*given) == 0
    assert capsys.readouterr().out == first, "also the seconds are those of the first time"
    assert {path: path.read_bytes() for path in (folder / "sweeps").rglob("*.json")} == written


def test_json_is_complete(folder, capsys):
    given = (
        "sweep",
        "tiny.yaml",
        *AGENTS,
        *ALONE,
        "--target",
        "units.hall.utilisation<=20%",
        "--at-most",
        "25",
    )
    assert shell(*given, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["runs"], said["failed"], said["design"]) == (60, [], "grid")
    point = said["points"][1]
    assert point["settings"] == {"organisation.agents": 2}
    assert point["target"]["reached"]
    assert set(point["means"]["units.hall.utilisation"]) == {"value", "low", "high", "n"}
    assert {one["point"] for one in said["differences"]} == {1, 2}
    assert all(0 <= one["p"] <= one["holm"] <= 1 for one in said["differences"])


def test_a_target_out_of_reach_is_told(folder, capsys):
    given = ("sweep", "tiny.yaml", "--over", "organisation.agents=3", *ALONE)
    assert shell(*given, "--target", f"{WAIT}<=0.5%", "--at-most", "20") == 0
    assert "not reached at agents=3" in capsys.readouterr().out


def test_a_run_that_fails_is_shown_and_the_exit_code_says_so(folder, capsys):
    given = ("sweep", "tiny.yaml", "--over", f"{BREAKS}=1,1.5e308", *ALONE, "--replications", "2")
    assert shell(*given, "--measure", WAIT) == 1
    shown = capsys.readouterr().out
    assert "failed: mean=1.5e+308, seed 4: journal row" in shown
    assert "4 runs, 2 failed" in shown


def test_points_of_a_space_filling_design_are_not_compared_with_the_first(folder, capsys):
    given = ("sweep", "tiny.yaml", "--design", "sobol", "--points", "4", "--range", f"{BREAKS}=0.5:2:log")
    assert shell(*given, *ALONE, "--replications", "2", "--measure", WAIT) == 0
    shown = capsys.readouterr().out
    assert "variance ratio" not in shown
    assert shown.count("mean=") == 4


def test_a_saltelli_design_shows_what_each_setting_does_to_the_variance(folder, capsys):
    given = ("sweep", "tiny.yaml", "--design", "saltelli", "--points", "8", "--range", f"{BREAKS}=0.5:1.5")
    given += ("--range", "organisation.agents=1:2:int", *ALONE, "--replications", "1", "--measure", WAIT)
    assert shell(*given) == 0
    shown = capsys.readouterr().out
    assert "share of its variance" in shown
    assert f"\n{BREAKS} " in shown
    assert shell(*given, "--json") == 0
    assert set(json.loads(capsys.readouterr().out)["sensitivity"][WAIT]) == {BREAKS, "organisation.agents"}


def test_a_knock_out_study_shows_effects_and_where_the_figure_is(folder, capsys):
    assert shell("knockout", "tiny.yaml", *ALONE, "--replications", "3") == 0
    shown = capsys.readouterr().out
    assert "with everything there" in shown
    assert "no difference in any run without:" in shown
    figure = next(line for line in shown.splitlines() if line.startswith("figure")).split()[1]
    assert Path(figure).read_text().startswith("<!DOCTYPE html>")
    assert shell("knockout", "tiny.yaml", *ALONE, "--replications", "3", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["figure"] == figure
    assert {one["without"] for one in said["effects"]} >= {"channel env_op", "channel op_env"}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("sweep", "tiny.yaml"), "--over: nothing is varied"),
        (("sweep", "no-such", *AGENTS), "unknown scenario"),
        (("sweep", "tiny.yaml", "--over", "organisation.agents="), "has no values"),
        (("sweep", "tiny.yaml", "--over", "organisation.agenst=1"), "agenst"),
        (("sweep", "tiny.yaml", "--design", "lhs", "--points", "4"), "lhs without range"),
        (("sweep", "tiny.yaml", *AGENTS, "--replications", "0"), "--replications: not possible"),
        (("sweep", "tiny.yaml", *AGENTS, "--until", "nan"), "not a horizon"),
        (("sweep", "tiny.yaml", *AGENTS, "--warmup", "-1"), "not a warm-up"),
        (("sweep", "tiny.yaml", *AGENTS, "--measure", "units.hall.x"), "there is no such measure"),
        (("sweep", "tiny.yaml", *AGENTS, "--target", "much"), "is not MEASURE<=P%"),
        (("sweep", "tiny.yaml", *AGENTS, "--out", "tiny.yaml"), "a file of this name exists"),
        (("sweep", "tiny.yaml", "--rows", "none.csv"), "cannot be read"),
        (("knockout", "tiny.yaml", "--replications", "0"), "--replications: not possible"),
        (("knockout", "tiny.yaml", "--out", "."), "exists and is no sweep"),
    ],
)
def test_wrong_input_gets_one_line_exit_code_2_and_nothing_is_written(folder, capsys, given, told):
    assert shell(*given) == 2
    said = capsys.readouterr()
    assert told in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert [path.name for path in folder.iterdir()] == ["tiny.yaml"]


def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(folder):
    given = ["sweep", "tiny.yaml", *AGENTS, "--replications", "400", "--out", "s", "--workers", "2"]
    command = [sys.executable, "-c", "from vsmlab.cli import main; main()", *given]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    part = folder / "s" / "runs.part.jsonl"
    for _ in range(3000):
        if part.exists() and part.read_bytes().count(b"\n") > 3:
            break
        try:
            process.wait(timeout=0.01)
        except subprocess.TimeoutExpired:
            continue
        break
    process.send_signal(signal.SIGINT)
    try:
        _, told = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 130
    last = told.strip().splitlines()[-1]
    kept = part.read_bytes().count(b"\n")
    assert f"{kept} of 1200 runs are kept in s" in last
    assert f"vsmlab {' '.join(given)}" in last
    assert "Traceback" not in told
    assert (folder / "s" / "experiment.json").exists()
