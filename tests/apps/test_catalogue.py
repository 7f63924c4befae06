"""The gallery, and pictures of what has not run yet."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from vsmlab.apps.catalogue import find, first_sentence, gallery, looks_like_scenario, notebook_of
from vsmlab.apps.drawings import systems_of
from vsmlab.errors import InputError
from vsmlab.lab.begin_here import BEGIN_HERE
from vsmlab.lab.loader import load, shipped_scenarios

MINE = """\
version: 1
name: mine
title: "<script>alert(1)</script>"
lesson: It waits 1.5 s. More is not known.
horizon: 100
environment:
  demand:
    people: {arrivals: {poisson: {rate: 1}}, work: {exponential: {mean: 1}}, to: hall}
organisation:
  name: hall
  system2: off
  system3: off
  operations:
    left: {agents: 1}
    right: {operations: {a: {agents: 2}, b: {agents: 1}}}
"""


def test_all_shipped_scenarios_are_there_with_a_picture_and_their_size(tmp_path):
    entries = {entry.name: entry for entry in gallery(tmp_path)}
    assert list(entries) == [step.name for step in BEGIN_HERE]
    assert set(entries) == {one.name for one in shipped_scenarios()}  # each has its place on the way
    assert all(not entry.wrong and entry.title and entry.one_line for entry in entries.values())
    for entry in entries.values():
        ElementTree.fromstring(entry.picture)
        assert "<a " not in entry.picture
    assert (entries["mm3"].agents, entries["mm3"].systems, entries["mm3"].levels) == (3, 0, 1)
    assert (entries["llm-fleet"].systems, entries["llm-fleet"].levels) == (9, 4)


def test_a_scenario_of_ones_own_stands_before_them_and_its_words_are_text(tmp_path):
    (tmp_path / "mine.yaml").write_text(MINE, encoding="utf-8")
    mine = gallery(tmp_path)[0]
    assert (mine.name, mine.agents, mine.systems, mine.levels) == ("mine", 4, 2, 3)
    assert mine.one_line == "It waits 1.5 s."
    assert "<script" not in mine.picture
    assert all(find(tmp_path, asked) == mine for asked in (mine.source, mine.called, "mine"))


def test_a_changed_file_is_read_again_and_a_broken_one_says_why(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(MINE, encoding="utf-8")
    assert not gallery(tmp_path)[0].wrong
    file.write_text(MINE.replace("horizon: 100", "horizon: -1"), encoding="utf-8")
    assert "horizon" in gallery(tmp_path)[0].wrong


def test_other_yaml_is_left_alone(tmp_path):
    for name, text in (
        ("mkdocs.yaml", "site_name: x\n"),
        (".hidden.yaml", MINE),
        ("compose.yml", "version: 1\n"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "folder.yaml").mkdir()
    assert len(gallery(tmp_path)) == len(shipped_scenarios())
    assert not looks_like_scenario(tmp_path / "nothing.yaml")


def test_every_word_that_is_looked_for_must_be_there(tmp_path):
    found = [entry.name for entry in gallery(tmp_path) if entry.matches("erlang FORMULA")]
    assert found == ["mm3"]


@pytest.mark.parametrize("word", ["overload", "crash", "audit", "forecast", "hospital", "LLM"])
def test_what_people_would_look_for_is_found(word, tmp_path):
    assert [entry.name for entry in gallery(tmp_path) if entry.matches(word)]


@pytest.mark.parametrize(
    "asked",
    [
        "/etc/passwd",
        "",
        ".",
        "..",
        "../mine.yaml",
        "here/mine.yaml",
        "nobody",
        "mine.txt",
        ".mine.yaml",
        "a\x00b",
    ],
)
def test_what_is_not_in_the_gallery_cannot_be_meant(asked, tmp_path):
    (tmp_path / "here").mkdir()
    for place in (tmp_path / "mine.yaml", tmp_path / "here" / "mine.txt", tmp_path / "here" / ".mine.yaml"):
        place.write_text(MINE, encoding="utf-8")
    with pytest.raises(InputError, match="not in the gallery"):
        find(tmp_path / "here", asked)


def test_a_file_of_the_name_of_a_shipped_scenario_is_meant_with_its_ending(tmp_path):
    (tmp_path / "mm3.yaml").write_text(MINE, encoding="utf-8")
    assert find(tmp_path, "mm3").shipped
    assert not find(tmp_path, "mm3.yaml").shipped


@pytest.mark.parametrize(
    ("name", "number"),
    [("mm3", "05"), ("spawning", "06"), ("llm-fleet", "01"), ("oscillating-siblings", "02"), ("bargain", "03"),
     ("rate-limit", None)],
)  # fmt: skip
def test_a_notebook_says_which_scenarios_it_is_on(name, number, tmp_path):
    found = notebook_of(name, tmp_path)
    assert (None if found is None else found.name[:2]) == number


def test_of_a_notebook_that_does_not_say_it_the_code_does_and_comes_last(tmp_path):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    code = {"cells": [{"cell_type": "code", "source": ["run('mine', 'mm3')"]}]}
    (folder / "broken.ipynb").write_text("{", encoding="utf-8")
    (folder / "plain.ipynb").write_text(json.dumps(code), encoding="utf-8")
    assert notebook_of("no-such-scenario", tmp_path) is None
    assert notebook_of("mine", tmp_path) == folder / "plain.ipynb"
    assert notebook_of("mm3", tmp_path).parent != folder
    (folder / "said.ipynb").write_text(
        json.dumps(code | {"metadata": {"vsmlab": {"scenarios": ["mine"]}}}), encoding="utf-8"
    )
    assert notebook_of("mine", tmp_path) == folder / "said.ipynb"


def test_a_drawing_shows_what_is_there_and_what_is_knocked_out(tmp_path):
    root = systems_of(load("llm-fleet", overrides=["knockout=[fleet.system4]"]).scenario)[0]
    assert root.system3 == "on"
    assert root.system4 == "knocked out"
    assert all(one.viable for one in root.operations)
    alone = systems_of(load("mm3").scenario)
    assert len(alone) == 1
    assert alone[0].system3 is None


@pytest.mark.parametrize(
    ("text", "first"),
    [("One. Two.", "One."), ("pi is 3.14 here. So.", "pi is 3.14 here."), ("none", "none"), ("", "")],
)
def test_a_sentence_ends_where_a_space_follows(text, first):
    assert first_sentence(text) == first
