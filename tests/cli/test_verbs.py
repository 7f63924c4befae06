"""The shell command: what people type, what they see, how it ends."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vsmlab.cli import main
from vsmlab.lab.begin_here import BEGIN_HERE

TINY = """\
version: 1
name: tiny
title: <script>alert(1)</script>
horizon: 200
seed: 4
environment:
  demand:
    people: {arrivals: {poisson: {rate: 1.5}}, work: {exponential: {mean: 1.0}}, to: hall}
organisation:
  name: hall
  operations:
    left: {agents: 1}
    right: {agents: 2}
expect:
  - {measure: units.hall.arrivals, min: 100, why: they come}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "tiny.yaml").write_text(TINY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path


def shell(*arguments: str) -> int:
    """The exit code of the command."""
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    return int(end.value.code or 0)


def test_run_writes_a_folder_that_verifies_and_says_where_it_is(folder, capsys):
    assert shell("run", "tiny.yaml") == 0
    shown = capsys.readouterr().out
    assert "runs/tiny" in shown
    assert "pass" in shown
    assert "report.html" in shown
    names = {path.name for path in (folder / "runs" / "tiny").iterdir()}
    assert names == {"manifest.json", "measures.json", "events.parquet", "report.html"}
    assert shell("verify", "runs/tiny") == 0
    assert capsys.readouterr().out.startswith("good: ")


def test_a_second_run_goes_to_a_folder_of_its_own_with_the_same_digest(folder, capsys):
    for _ in range(2):
        assert shell("run", "tiny.yaml", "--no-report") == 0
    first, second = (
        json.loads((folder / "runs" / name / "manifest.json").read_text()) for name in ("tiny", "tiny-2")
    )
    assert first["digest"] == second["digest"]
    assert first["scenario_sha256"] == second["scenario_sha256"]


def test_another_seed_gives_another_digest(folder, capsys):
    shell("run", "tiny.yaml", "--no-report", "--json")
    shell("run", "tiny.yaml", "--no-report", "--json", "--seed", "5")
    one, other = (json.loads(text) for text in capsys.readouterr().out.replace("}\n{", "}\0{").split("\0"))
    assert one["digest"] != other["digest"]
    assert one["root"]["arrivals"] != other["root"]["arrivals"]


def test_json_is_machine_readable_and_complete(folder, capsys):
    assert shell("run", "tiny.yaml", "--json", "--out", "here") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["folder"] == "here"
    assert said["passed"] is True
    assert said["expect"][0]["measure"] == "units.hall.arrivals"


def test_check_fails_with_1_when_an_expectation_is_not_met(folder, capsys):
    wrong = ("--set", "expect.0.min=100000")
    assert shell("run", "tiny.yaml", "--no-report", *wrong) == 0
    assert shell("run", "tiny.yaml", "--no-report", "--check", *wrong) == 1
    assert "FAIL" in capsys.readouterr().out
    assert shell("run", "tiny.yaml", "--no-report", "--check") == 0


def test_an_expectation_that_cannot_be_estimated_does_not_pass(folder, capsys):
    nobody = ("--set", "environment.demand.people.arrivals.poisson.rate=1e-9")
    unknown = ("--set", "expect.0.measure=units.hall.mean_wait_s")
    assert shell("run", "tiny.yaml", "--no-report", "--check", *nobody, *unknown) == 1
    assert "no task" in capsys.readouterr().out


def test_until_and_set_override_the_scenario(folder, capsys):
    more_agents = ("--set", "organisation.operations.left.agents=7")
    assert shell("run", "tiny.yaml", "--no-report", "--until", "50", *more_agents) == 0
    manifest = json.loads((folder / "runs" / "tiny" / "manifest.json").read_text())
    assert manifest["horizon"] == 50
    assert manifest["scenario"]["organisation"]["operations"]["left"]["agents"] == 7


def test_verify_names_the_segment_that_was_changed(folder, capsys):
    shell("run", "tiny.yaml", "--no-report")
    file = folder / "runs" / "tiny" / "events.parquet"
    table = pq.read_table(file)
    values = table.column("value").to_pylist()
    values[100] += 1e-9
    changed = table.set_column(table.schema.get_field_index("value"), "value", pa.array(values))
    pq.write_table(changed.replace_schema_metadata(table.schema.metadata), file)
    capsys.readouterr()
    assert shell("verify", "runs/tiny") == 1
    assert "segment 1" in capsys.readouterr().out
    assert shell("verify", "runs/tiny", "--json") == 1
    assert json.loads(capsys.readouterr().out)["segment"] == 1


@pytest.mark.parametrize(
    ("arguments", "fragment"),
    [
        (("run", "nothing-here"), "unknown scenario"),
        (("run", "tiny.yaml", "--until", "-1"), "--until"),
        (("run", "tiny.yaml", "--until", "nan"), "--until"),
        (("run", "tiny.yaml", "--seed", "x"), "seed"),
        (("run", "tiny.yaml", "--set", "no-sign"), "--set"),
        (("run", "tiny.yaml", "--out", "."), "exists"),
        (("run", "tiny.yaml", "--trace", "a=b", "--trace", "c"), "--trace"),
        (("run", "tiny.yaml", "--trace", "missing.csv"), "missing.csv"),
        (("run",), "SCENARIO is missing"),
        (("verify", "nowhere"), "no such folder"),
        (("verify", "."), "not a run"),
        (("report", "nowhere"), "no such folder"),
        (("validate", "."), "."),
        (("new", "Capital"), "not a name"),
        (("new", "system2"), "not a name"),
        (("new", "good", "--folder", "nowhere"), "no such folder"),
        (("data", "unknown-set"), "unknown-set"),
        (("frobnicate",), "frobnicate"),
    ],
)
def test_wrong_input_gets_one_clear_message_exit_code_2_and_leaves_nothing(
    arguments, fragment, folder, capsys
):
    before = sorted(path.name for path in folder.rglob("*"))
    assert shell(*arguments) == 2
    shown = capsys.readouterr()
    message = shown.err.strip()
    assert fragment in message
    assert "Traceback" not in message
    assert len(message.splitlines()) == 1
    assert shown.out == ""
    assert sorted(path.name for path in folder.rglob("*")) == before


def test_control_characters_of_hostile_input_are_shown_and_not_obeyed(folder, capsys):
    assert shell("run", "bad\x1b[31m\nname") == 2
    message = capsys.readouterr().err
    assert "\x1b" not in message
    assert len(message.strip().splitlines()) == 1


def test_new_writes_a_scenario_that_validates_and_is_never_overwritten(folder, capsys):
    assert shell("new", "teams") == 0
    assert shell("validate", "teams.yaml") == 0
    text = (folder / "teams.yaml").read_text()
    assert shell("new", "teams") == 2
    assert (folder / "teams.yaml").read_text() == text


def test_scenarios_schema_and_data_are_listed(folder, capsys):
    assert shell("scenarios", "--json") == 0
    names = {entry["name"] for entry in json.loads(capsys.readouterr().out)}
    assert {"mm3", "llm-fleet", "oscillating-siblings", "bargain", "hand-offs"} <= names
    assert shell("scenarios") == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines() if re.match(r"[a-z]", line)]
    in_order = [step.name for step in BEGIN_HERE]
    assert [name for name in listed if name in in_order] == in_order  # as on the front page
    assert shell("schema") == 0
    assert json.loads(capsys.readouterr().out)["title"]
    assert shell("data", "--json") == 0
    sets = json.loads(capsys.readouterr().out)
    assert all(entry["licence"] and len(entry["sha256"]) == 64 for entry in sets)


def test_validate_says_what_it_found(folder, capsys):
    assert shell("validate", "tiny.yaml", "--json") == 0
    assert json.loads(capsys.readouterr().out)["agents"] == 3


def test_help_lists_only_what_works(folder, capsys):
    assert shell("--help") == 0
    shown = capsys.readouterr().out
    listed = {line.split()[0] for line in shown.split("Commands:")[1].splitlines() if line.strip()}
    runs = {"new", "run", "resume", "branch", "verify", "report", "validate", "schema", "scenarios", "data"}
    assert listed == runs | {"sweep", "knockout", "warmup", "nightly", "bench", "app"}


def test_help_says_what_each_verb_does_in_a_whole_line(folder, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert shell("--help") == 0
    shown = capsys.readouterr().out
    assert "..." not in shown.split("Commands:")[1]
    assert all(line.endswith(".") for line in shown.split("Commands:")[1].splitlines() if line.strip())
    assert "To begin: vsmlab run mm3" in shown


def test_the_version_is_said(folder, capsys):
    assert shell("--version") == 0
    assert capsys.readouterr().out.startswith("vsmlab ")


def test_a_knock_out_in_the_shell_is_that_of_the_scenario(folder, capsys):
    assert (
        shell("run", "tiny.yaml", "--no-report", "--knockout", "hall.system3", "--knockout", "system2") == 0
    )
    assert shell("run", "tiny.yaml", "--no-report", "--set", "knockout=[hall.system3, system2]") == 0
    manifests = [
        json.loads((folder / "runs" / name / "manifest.json").read_text()) for name in ("tiny", "tiny-2")
    ]
    assert manifests[0]["digest"] == manifests[1]["digest"]
    assert manifests[0]["counts"]["kinds"]["unanswered"] > 0


def test_an_interrupted_report_says_that_the_run_is_there(folder, capsys, monkeypatch):
    def interrupted(run):
        raise KeyboardInterrupt

    monkeypatch.setattr("vsmlab.lab.report.write_report", interrupted)
    assert shell("run", "tiny.yaml") == 1
    assert "the run is in runs/tiny without its report" in capsys.readouterr().err
    assert shell("verify", "runs/tiny") == 0
