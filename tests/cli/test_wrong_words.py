"""What a person mistypes: one line that says what was given, where, and what would be right; nothing is written."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from pathlib import Path

import pytest
from test_verbs import TINY, shell

from vsmlab.cli import main

AGENTS = ("--over", "organisation.operations.left.agents=1,2")


@pytest.fixture(scope="module")
def stocked(tmp_path_factory):
    """A folder with one of everything that can be named by mistake."""
    here = tmp_path_factory.mktemp("stocked")
    (here / "tiny.yaml").write_text(TINY, encoding="utf-8")
    (here / "two-teams.yaml").write_text(TINY, encoding="utf-8")
    (here / "empty.yaml").write_text("", encoding="utf-8")
    (here / "list.yaml").write_text("- 1\n", encoding="utf-8")
    (here / "jobs.yaml").write_text("version: 1\nname: j\njobs: {}\n", encoding="utf-8")
    (here / "rows.csv").write_text("organisation.operations.left.agents\nx\n", encoding="utf-8")
    (here / "a-file").write_text("x", encoding="utf-8")
    (here / "folder").mkdir()
    with contextlib.chdir(here), pytest.raises(SystemExit):
        main(["run", "tiny.yaml", "--no-report"])
    torn = here / "torn"
    shutil.copytree(here / "runs" / "tiny", torn)
    (torn / "manifest.json").unlink()
    return here


@pytest.fixture
def folder(stocked, monkeypatch):
    monkeypatch.chdir(stocked)
    return stocked


def what_is_there(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


SAYS = [
    # a verb or an option that is not there
    (("frobnicate",), "no such command, given frobnicate; commands: scenarios, new, validate, run"),
    (("rnu", "tiny.yaml"), "given rnu; did you mean run? commands: "),
    (("--frobnicate",), "no such option: --frobnicate"),
    (("run", "tiny.yaml", "--sed", "1"), "run: there is no such option, given --sed; did you mean --seed? options: "),
    (("run", "tiny.yaml", "--no-reprot"), "given --no-reprot; did you mean --no-report?"),
    (("schema", "--x"), "schema: there is no such option, given --x; options: none"),
    # an argument too few or too many, a value of another kind
    (("run",), "run: SCENARIO is missing; a YAML file, or the name of a shipped scenario"),
    (("nightly",), "nightly: FILE is missing; a YAML file of jobs"),
    (("branch", "runs/tiny"), "branch: --at is missing; the moment from which on"),
    (("run", "tiny.yaml", "--seed"), "run: option '--seed' requires an argument"),
    (("run", "tiny.yaml", "two-teams.yaml"), "run: too many arguments, given two-teams.yaml; it is vsmlab run"),
    (("scenarios", "x"), "scenarios: too many arguments, given x"),
    (("run", "tiny.yaml", "--seed", "x"), "run: --seed: not a whole number, given x; seed, in place of"),
    (("run", "tiny.yaml", "--seed=1.5"), "--seed: not a whole number, given 1.5"),
    (("run", "tiny.yaml", "--seed", "-1"), "command line: --seed: out of range, given -1"),
    (("run", "tiny.yaml", "--until", "soon"), "--until: not a number, given soon; horizon in seconds"),
    (("run", "tiny.yaml", "--engine", "fast"), "command line: --engine: unknown word, given 'fast'; one of auto"),
    (("run", "tiny.yaml", "--knockout", "sytem2"), "command line: --knockout: nothing of this path, given 'sytem2'"),
    (("run", "tiny.yaml", "--set", "seed=x"), "command line: --set seed: not a whole number, given 'x'"),
    (("run", "tiny.yaml", "--checkpoint-every", "0"), "command line: --checkpoint-every: no time for a checkpoint"),
    (("app", "--port", "x"), "app: --port: not a whole number, given x"),
    (("warmup", "tiny.yaml", "--runs", "many"), "warmup: --runs: not a whole number, given many"),
    # a scenario that is not one
    (("validate", "two-teams"), "given 'two-teams'; did you mean two-teams.yaml? shipped: "),
    (("run", "two-teems.yaml"), "two-teems.yaml: there is no such file; did you mean two-teams.yaml?"),
    (("run", "tiny.yml"), "did you mean tiny.yaml?"),
    (("run", "MM3"), "did you mean mm3?"),
    (("run", "folder"), "folder: is a folder; give the scenario file itself"),
    (("run", "jobs.yaml"), "not a scenario, given a file of jobs; "),
    (("sweep", "empty.yaml", *AGENTS), "empty.yaml: is empty; a scenario is a mapping that begins with version: 1"),
    (("knockout", "list.yaml"), "list.yaml: is not a mapping, given a list"),
    # a file of jobs that is not one
    (("nightly", "nothing.yaml"), "nothing.yaml: there is no such file; give the path of a file of jobs"),
    (("nightly", "folder"), "is a folder; give the file of jobs itself"),
    (("nightly", "empty.yaml"), "is empty; a file of jobs is a mapping with version: 1, a name and jobs"),
    (("nightly", "tiny.yaml"), "not a file of jobs, given a scenario; vsmlab run tiny.yaml runs it"),
    (("nightly", "jobs.yaml"), "jobs.yaml: jobs: out of range, given a mapping; it must be at least 1 long"),
    # a run that is not one
    (("branch", "runs/nothing", "--at", "10"), "runs/nothing: there is no such folder; name a folder that"),
    (("branch", "runs/tiny", "--at", "10"), "branch: nothing is changed; say what is otherwise"),
    (("branch", "runs/tiny", "--at", "500", "--set", "seed=2"), "--at: no moment of both runs, given 500"),
    (("verify", "a-file"), "a-file: a file, not a folder; name a folder that `vsmlab run` wrote"),
    (("report", "torn"), "torn: manifest.json: not a run: there is no such file in it"),
    (("resume", "runs/nothing"), "nothing to go on with: there is no such run, given runs/nothing"),
    (("resume", "runs/tiny"), "nothing to go on with: this run is finished, given runs/tiny; vsmlab branch"),
    (("resume", "folder"), "nothing to go on with: no run with checkpoints is in this folder, given folder"),
    (("resume", "a-file"), "nothing to go on with: this is a file, given a-file"),
    # where to write
    (("run", "tiny.yaml", "--out", "folder"), "--out: the folder exists already, given folder; name"),
    (("run", "tiny.yaml", "--out", "a-file/x"), "--out: a-file is a file, given a-file/x; name another"),
    (("sweep", "tiny.yaml", *AGENTS, "--out", "a-file/x"), "--out: a-file is a file, given a-file/x"),
    (("knockout", "tiny.yaml", "--out", "a-file/x"), "--out: a-file is a file, given a-file/x"),
    (("warmup", "tiny.yaml", "--out", "a-file/x.svg"), "--out: a-file is a file, given a-file/x.svg"),
    (("report", "runs/tiny", "--out", "a-file/x.html"), "--out: a-file is a file, given a-file/x.html"),
    (("bench", "engines", "--out", "a-file/x.html"), "--out: a-file is a file, given a-file/x.html"),
    (("bench", "engines", "--json", "a-file/x"), "--json: a-file is a file, given a-file/x"),
    (("new", "mine", "--folder", "a-file"), "--folder: a file, not a folder, given a-file; name"),
    (("new", "Mine"), "NAME: not a name, given Mine; small letters, digits and hyphens"),
    (("new", "system2"), "given system2; scenarios use this word"),
    (("new", ""), "not a name, given nothing"),
    (("sweep", "tiny.yaml", "--rows", "rows.csv"), "--rows organisation.operations.left.agents: not a whole"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "says"), SAYS, ids=[" ".join(given) for given, _ in SAYS])
def test_a_mistake_is_told_in_one_line_and_nothing_is_written(given, says, folder, capsys):
    before = what_is_there(folder)
    assert shell(*given) == 2
    shown = capsys.readouterr()
    assert says in shown.err
    assert shown.err.startswith("vsmlab: ")
    assert shown.err.count("\n") == 1
    assert shown.out == ""
    assert what_is_there(folder) == before


def test_there_is_a_mistake_for_every_verb(folder, capsys):
    shell("--help")
    listed = capsys.readouterr().out.split("Commands:")[1].splitlines()
    verbs = {line.split()[0] for line in listed if line.strip()}
    assert verbs - {given[0] for given, _ in SAYS} == {"data"}  # in test_verbs


def test_what_may_not_be_read_or_written_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("secret.yaml").write_text(TINY, encoding="utf-8")
    Path("secret.yaml").chmod(0)
    if os.access("secret.yaml", os.R_OK):
        pytest.skip("root may read and write everything")
    Path("tiny.yaml").write_text(TINY, encoding="utf-8")
    Path("locked").mkdir(mode=0o500)
    assert shell("run", "secret.yaml") == 2
    assert "secret.yaml: cannot be read (Permission denied)" in capsys.readouterr().err
    assert shell("run", "tiny.yaml", "--out", "locked/x") == 2
    assert "--out: nothing may be written in" in capsys.readouterr().err


def test_a_branch_and_a_run_take_systems_away_as_the_scenario_does(folder, capsys, tmp_path):
    told = []
    for name, given in (("a", ("--knockout", "hall.system3")), ("b", ("--set", "knockout=[hall.system3]"))):
        out = ("--no-report", "--json", "--out", str(tmp_path / name))
        assert shell("branch", "runs/tiny", "--at", "50", *given, *out) == 0
        told.append(json.loads(capsys.readouterr().out)["digest"])
    assert told[0] == told[1]
