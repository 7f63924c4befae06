"""`vsmlab warmup`: what people type, what they see, how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from vsmlab.cli import main

TINY = """\
version: 1
name: tiny
title: Two clerks
horizon: 200
warmup: 10
seed: 4
engine: simpy
environment:
  demand:
    people: {arrivals: {poisson: {rate: 1.5}}, work: {exponential: {mean: 1.0}}, to: hall}
organisation: {name: hall, agents: 3}
"""
GIVEN = ("warmup", "tiny.yaml", "--workers", "1")
GROWS = ("--set", "organisation.agents=1")


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


def test_it_shows_the_cut_and_writes_the_figure(folder, capsys):
    assert shell(*GIVEN, "--runs", "5") == 0
    shown = capsys.readouterr().out
    assert "units.hall.mean_in_progress, mean of 5 runs of 200 s" in shown
    assert "of 1,000 parts" in shown
    assert {line.split()[0] for line in shown.splitlines()[2:4]} == {"MSER-5", "the"}
    figure = folder / next(line for line in shown.splitlines() if line.startswith("figure")).split()[1]
    assert figure == folder / "sweeps" / "tiny-warmup-hall.mean_in_progress.svg"
    assert ElementTree.parse(figure).getroot().tag.endswith("svg")


def test_json_says_the_same(folder, capsys):
    measure = ("--measure", "units.hall.mean_wait_s", "--window", "20", "--out", "here/waits.svg")
    assert shell(*GIVEN, "--runs", "4", *measure, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["figure"], said["runs"], said["window"], said["failed"]) == ("here/waits.svg", 4, 20, [])
    assert said["observations"]["are"] == "tasks"
    assert 200 < said["observations"]["count"] < 400
    assert said["cuts"][0]["rule"] == "MSER-5"
    assert said["cuts"][0]["seconds"] == said["warmup_s"]
    assert (folder / "here" / "waits.svg").is_file()


def test_a_queue_that_grows_is_drawn_and_ends_with_1(folder, capsys):
    assert shell(*GIVEN, "--runs", "2", *GROWS) == 1
    assert "MSER-5 finds no warm-up: still settling" in capsys.readouterr().out
    assert len(list((folder / "sweeps").iterdir())) == 1
    assert shell(*GIVEN, "--runs", "2", *GROWS, "--json") == 1
    said = json.loads(capsys.readouterr().out)
    assert said["warmup_s"] is None
    assert "still settling" in said["not_estimable"]


@pytest.mark.parametrize(
    ("arguments", "fragment"),
    [
        (("--runs", "1"), "--runs"),
        (("--window", "501"), "wider than half the series"),
        (("--window", "200", "--measure", "units.hall.mean_wait_s", "--until", "60"), "wider than half the series"),
        (("--measure", "units.hal.mean_wait_s"), "did you mean units.hall.mean_wait_s"),
        (("--measure", "units.hall.served"), "not followed over time"),
        (("--until", "nan"), "--until"),
        (("--out", "figure.png"), "not a drawing"),
        (("--workers", "0"), "--workers"),
    ],
)  # fmt: skip
def test_wrong_input_gets_one_clear_message_exit_code_2_and_leaves_nothing(
    arguments, fragment, folder, capsys
):
    assert shell(*GIVEN, "--runs", "2", *arguments) == 2
    shown = capsys.readouterr()
    assert fragment in shown.err
    assert len(shown.err.strip().splitlines()) == 1
    assert shown.out == ""
    assert [path.name for path in folder.iterdir()] == ["tiny.yaml"]
