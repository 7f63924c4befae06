"""Two windows on the same runs: notes, what is picked, what is asked, and runs that go away meanwhile."""

from __future__ import annotations

import pytest

import vsmlab
from vsmlab.apps import catalogue, front, index
from vsmlab.apps.lab import Lab
from vsmlab.apps.pages import PAGES

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "runs"
    for seed in (1, 2, 3):
        vsmlab.run("mm3", until=1200.0, seed=seed, out=folder / f"seed-{seed}")
    return folder


@pytest.fixture
def lab(made, tmp_path):
    import shutil

    shutil.copytree(made, tmp_path / "runs")
    found = Lab(runs=(tmp_path / "runs",), here=tmp_path)
    yield found
    found.jobs.close()


def sheet(lab, route, **asked):
    return next(page for page in PAGES if page.route == route).build(lab, asked).body


def notes_of(lab, name):
    return index.read_notes(lab.runs[0] / name)


def form_of(body, part):
    return str(body.parts()[part])


def test_a_run_that_goes_away_leaves_the_typed_notes_to_be_copied(lab):
    mine, other = sheet(lab, "/runs"), sheet(lab, "/runs")
    mine.do("note", {"run": "seed-1"})
    other.do("throw", {"run": "seed-1"})
    other.do("throw-away", {})
    mine.do(
        "filter", {"value": "seed"}
    )  # before anything is sent: what was typed is still in the same textarea
    assert 'data-key="note-seed-1"' in form_of(mine, "asked")
    mine.do("keep-note", {"notes": f"long thoughts {HOSTILE}"})
    parts = mine.parts()
    assert "not there any more" in parts["told"]
    assert "long thoughts &lt;script&gt;" in parts["asked"]
    assert "readonly" in parts["asked"]
    mine.do("filter", {"value": "seed-2"})
    assert "1 of 2 runs" in mine.parts()["count"]
    mine.do("leave", {})
    assert mine.parts()["asked"] == ""


def test_a_question_about_a_run_that_went_away_is_put_away_and_said(lab):
    mine, other = sheet(lab, "/runs"), sheet(lab, "/runs")
    for one in (mine, other):
        one.do("throw", {"run": "seed-1"})
    other.do("throw-away", {})
    parts = mine.parts()
    assert parts["asked"] == ""
    assert "seed-1 is not there any more" in parts["told"]
    mine.do("throw-away", {})
    assert "2 of 2 runs" in mine.parts()["count"]


@pytest.mark.parametrize(("route", "part"), [("/runs", "asked"), ("/run", "notes")])
def test_notes_that_were_changed_meanwhile_are_shown_and_not_overwritten(lab, route, part):
    mine, other = (sheet(lab, route, name="seed-1") for _ in range(2))
    for one in (mine, other):
        one.do("note", {"run": "seed-1"})
    other.do("keep-note", {"notes": f"theirs {HOSTILE}"})
    for _ in range(2):  # pressed twice is not meant
        mine.do("keep-note", {"notes": "mine"})
        assert notes_of(lab, "seed-1") == f"theirs {HOSTILE}"
        shown = form_of(mine, part)
        assert "The notes have been changed since" in shown
        assert "theirs &lt;script&gt;" in shown
        assert ">mine</textarea>" in shown
    mine.do("keep-mine", {"notes": "mine, longer"})
    assert notes_of(lab, "seed-1") == "mine, longer"
    assert "changed since" not in form_of(mine, part)


def test_what_is_newer_than_what_was_shown_is_shown_first(lab):
    mine = sheet(lab, "/run", name="seed-1")
    index.write_notes(lab.runs[0] / "seed-1", "first")
    mine.do("keep-note", {"notes": "mine"})
    index.write_notes(lab.runs[0] / "seed-1", "second")
    mine.do("keep-mine", {"notes": "mine"})
    assert notes_of(lab, "seed-1") == "second"
    assert "second</pre>" in form_of(mine, "notes")
    mine.do("take-theirs", {})
    assert ">second</textarea>" in form_of(mine, "notes")
    mine.do("keep-note", {"notes": "second and mine"})
    assert notes_of(lab, "seed-1") == "second and mine"
    mine.do("keep-note", {"notes": "once more"})  # what one wrote oneself is nobody else's
    assert notes_of(lab, "seed-1") == "once more"


def test_notes_that_are_too_long_are_refused_and_stay(lab):
    mine = sheet(lab, "/runs")
    mine.do("note", {"run": "seed-1"})
    mine.do("keep-note", {"notes": "x" * (index.MOST_NOTES + 1)})
    assert "too long" in mine.parts()["told"]
    assert "xxxx" in mine.parts()["asked"]


def test_a_run_that_goes_away_while_its_page_is_open(lab):
    mine = sheet(lab, "/run", name="seed-1")
    index.throw_away(lab.runs[0] / "seed-1")
    mine.do("keep-note", {"notes": "thoughts"})
    assert "not there any more" in mine.parts()["told"]
    assert ">thoughts</textarea>" in form_of(mine, "notes")


def test_what_is_picked_stays_when_the_table_changes(lab):
    runs = sheet(lab, "/runs")
    runs.do("pick-a", {"value": "seed-1"})
    runs.do("pick-b", {"value": "seed-2"})
    runs.do("sort", {"by": "name"})
    table = runs.parts()["table"]
    assert "A: seed-1" in table
    assert table.count("checked=") == 2
    for wanted in ("seed-3", "no such run"):
        runs.do("filter", {"value": wanted})
        table = runs.parts()["table"]
        assert 'name="a" value="seed-1" checked=' in table  # beside the button: the form still sends it
        assert "B: seed-2" in table
    index.throw_away(lab.runs[0] / "seed-2")
    runs.do("filter", {"value": ""})
    table = runs.parts()["table"]
    assert "A: seed-1" in table
    assert "B:" not in table
    runs.do("pick-b", {"value": HOSTILE})
    assert "<script" not in runs.parts()["table"]


# What is looked at again


def test_only_a_run_whose_files_changed_is_read_again(lab, monkeypatch):
    index.rows(lab)
    read = []
    row = index.row
    monkeypatch.setattr(index, "row", lambda lab, folder: read.append(folder.name) or row(lab, folder))
    index.rows(lab)
    assert read == []
    index.write_notes(lab.runs[0] / "seed-2", "new")
    found = {one.name: one.notes for one in index.rows(lab)}
    assert (read, found["seed-2"]) == (["seed-2"], "new")
    (lab.runs[0] / "seed-1" / "manifest.json").write_text("{", encoding="utf-8")
    index.throw_away(lab.runs[0] / "seed-3")
    assert {one.name: bool(one.wrong) for one in index.rows(lab)} == {"seed-1": True, "seed-2": False}


def test_while_a_run_goes_on_the_front_page_makes_neither_gallery_nor_runs_again(lab, monkeypatch):
    shown = sheet(lab, "/")
    shown.parts()
    made = []
    gallery, rows = catalogue.gallery, index.rows
    monkeypatch.setattr(front, "gallery", lambda here: made.append("gallery") or gallery(here))
    monkeypatch.setattr(index, "rows", lambda lab: made.append("rows") or rows(lab))
    lab.jobs.version += 1
    before = shown.parts()
    assert made == []
    (lab.here / "mine.yaml").write_text("version: 1\norganisation: {}\n", encoding="utf-8")
    assert "Your own scenarios" in shown.parts()["gallery"]
    assert made == ["gallery", "rows"]
    index.throw_away(lab.runs[0] / "seed-3")
    assert "seed-3" in before["recent"]
    assert "seed-3" not in shown.parts()["recent"]
