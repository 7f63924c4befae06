"""The index of runs: what is shown of each, notes, trash, archive; broken and hostile folders."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest

import vsmlab
from vsmlab.apps import compare as compare_page
from vsmlab.apps import front, index, one_run
from vsmlab.apps import runs as runs_page
from vsmlab.apps.lab import Lab
from vsmlab.errors import InputError
from vsmlab.lab.comparing import Moved, compare, measures_moved, scenario_changes


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("all") / "runs"
    for seed in (1, 2):
        vsmlab.run("mm3", until=1200.0, seed=seed, out=folder / f"seed-{seed}")
    return folder


@pytest.fixture
def lab(runs, tmp_path):
    import shutil

    shutil.copytree(runs, tmp_path / "runs")
    return Lab(runs=(tmp_path / "runs", tmp_path / "other"), here=tmp_path)


def test_a_run_is_told_with_its_main_measures(lab):
    found = {row.name: row for row in index.rows(lab)}
    assert set(found) == {"seed-1", "seed-2"}
    row = found["seed-2"]
    assert (row.scenario, row.seed, row.wrong) == ("mm3", 2, "")
    assert 0.0 < row.utilisation < 1.0
    assert row.matches("MM3 seed 2")
    assert not row.matches("mm3 zombies")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("manifest.json", None),
        ("manifest.json", "{"),
        ("manifest.json", "[]"),
        ("manifest.json", '{"format": 99}'),
        ("measures.json", "{}"),
        ("manifest.json", "[" * 200_000),
        ("measures.json", '{"a":' * 200_000),
    ],
    ids=lambda given: str(given)[:20],
)
def test_a_broken_run_is_listed_with_its_reason(lab, file, text):
    path = lab.runs[0] / "seed-1" / file
    path.unlink() if text is None else path.write_text(text, encoding="utf-8")
    row = next(row for row in index.rows(lab) if row.name == "seed-1")
    assert row.wrong
    assert len(index.rows(lab)) == 2


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "1" * 400])
@pytest.mark.parametrize(("file", "name"), [("manifest.json", "seed"), ("measures.json", "served")])
def test_a_number_that_is_none_breaks_one_run_and_no_page(lab, file, name, number):
    path = lab.runs[0] / "seed-1" / file
    spoilt, times = re.subn(rf'"{name}": [\d.]+', f'"{name}": {number}', path.read_text(encoding="utf-8"))
    assert times
    path.write_text(spoilt, encoding="utf-8")
    assert "cannot be read" in next(row for row in index.rows(lab) if row.name == "seed-1").wrong
    for page in (front.page(lab, {}), runs_page.page(lab, {}), compare_page.page(lab, {})):
        assert "seed-2" in f"{page.body.layout()}{page.body.parts()}"


def test_a_manifest_with_wrong_values_is_broken_and_not_an_error(lab):
    path = lab.runs[0] / "seed-1" / "manifest.json"
    good = json.loads(path.read_text(encoding="utf-8"))
    for change in (
        {"places": []},
        {"seed": "x"},
        {"expect": [{"nonsense": 1}]},
        {"segments": 3, "places": 7},
    ):
        path.write_text(json.dumps(good | change), encoding="utf-8")
        assert index.row(lab, path.parent).wrong, change


def test_runs_are_sorted_by_any_column_and_those_without_a_value_come_last(lab):
    (lab.runs[0] / "broken").mkdir()
    found = index.rows(lab)
    assert [row.name for row in index.ordered(found, "seed", down=False)] == ["seed-1", "seed-2", "broken"]
    assert [row.name for row in index.ordered(found, "seed", down=True)] == ["seed-2", "seed-1", "broken"]
    assert len(index.ordered(found, "no such column", down=True)) == 3


def test_the_page_of_a_run_says_in_what_it_was_otherwise_than_its_scenario(lab):
    said = str(one_run.page(lab, {"name": "seed-2"}).body.layout())
    assert "These open mm3 as it is now; this run was otherwise in horizon, seed." in said


def test_notes_are_kept_whole_and_taken_away_when_empty(lab):
    folder = lab.run_folder("seed-1")
    index.write_notes(folder, "good <script>alert(1)</script>\r\nsecond line")
    assert index.read_notes(folder) == "good <script>alert(1)</script>\nsecond line"
    with pytest.raises(InputError, match="too long"):
        index.write_notes(folder, "x" * (index.MOST_NOTES + 1))
    assert index.read_notes(folder).startswith("good")
    index.write_notes(folder, "  ")
    assert not (folder / index.NOTES).exists()
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_a_run_goes_to_the_trash_and_can_come_back(lab):
    target = index.throw_away(lab.run_folder("seed-1"))
    assert target.parent.name == index.TRASH
    assert [row.name for row in index.rows(lab)] == ["seed-2"]
    target.rename(lab.runs[0] / "seed-1")
    assert len(index.rows(lab)) == 2
    assert vsmlab.Run(lab.runs[0] / "seed-1").verify().good


def test_an_archive_has_the_files_of_a_run_and_no_others(lab):
    folder = lab.run_folder("seed-1")
    (folder / "secret.txt").write_text("no", encoding="utf-8")
    (folder / "report.html").symlink_to("/etc/passwd")
    with zipfile.ZipFile(io.BytesIO(index.archive(folder))) as packed:
        assert sorted(packed.namelist()) == [
            f"seed-1/{name}" for name in ("events.parquet", "manifest.json", "measures.json")
        ]


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../runs",
        "seed-1/../seed-2",
        "/etc",
        "1~seed-1",
        "9~seed-1",
        ".trash",
        "a\x00b",
        "x" * 400,
    ],
)
def test_a_name_leads_nowhere_but_to_a_run(lab, name):
    (lab.runs[0] / ".trash").mkdir()
    with pytest.raises(InputError):
        lab.run_folder(name)


def test_a_link_is_no_run(lab, tmp_path):
    (lab.runs[0] / "link").symlink_to(lab.runs[0] / "seed-1")
    with pytest.raises(InputError):
        lab.run_folder("link")
    assert "link" not in {row.name for row in index.rows(lab)}


def test_runs_of_a_further_folder_have_names_of_their_own(lab):
    lab.runs[1].mkdir()
    (lab.runs[0] / "seed-1").rename(lab.runs[1] / "seed-1")
    (lab.runs[0] / "1~tricky").mkdir()
    names = {row.name for row in index.rows(lab)}
    assert names == {"1~seed-1", "seed-2", "0~1~tricky"}
    assert all(lab.run_folder(name).is_dir() for name in names)


# Comparing


def test_two_seeds_of_a_scenario_differ_in_the_seed_and_in_what_was_measured(runs):
    found = compare(vsmlab.Run(runs / "seed-1"), vsmlab.Run(runs / "seed-2"))
    assert [(change.path, change.left, change.right) for change in found.changes] == [("seed", 1, 2)]
    assert not found.same_journal
    sizes = [one.size for one in found.moved]
    assert sizes == sorted(sizes, reverse=True)
    wait = next(one for one in found.moved if one.path == "units.desk.mean_wait_s")
    assert wait.difference == wait.right - wait.left
    assert wait.relative == pytest.approx(wait.right / wait.left - 1.0)


def test_a_run_does_not_differ_from_itself(runs):
    one = vsmlab.Run(runs / "seed-1")
    found = compare(one, one)
    assert (found.changes, found.same_journal) == ((), True)
    assert all(entry.size <= 0.0 for entry in found.moved)


def test_how_a_scenario_is_spelled_does_not_matter():
    base = {
        "version": 1, "name": "x", "title": "x", "horizon": 10,
        "environment": {"demand": {"d": {"arrivals": {"poisson": {"rate": 1}}, "work": {"constant": 1}, "to": "o"}}},
        "organisation": {"name": "o", "agents": 1},
    }  # fmt: skip
    spelled = json.loads(json.dumps(base)) | {"title": "another", "seed": 0, "warmup": 0.0}
    spelled["environment"]["demand"]["d"]["to"] = [{"unit": "o"}]
    assert scenario_changes(base, spelled) == []
    spelled["organisation"]["agents"] = 2
    assert [change.path for change in scenario_changes(base, spelled)] == ["organisation.agents"]


def test_what_cannot_be_compared_is_not_made_up():
    assert Moved("a", None, 1.0).size < 0
    assert Moved("a", 0.0, 1.0).relative is None
    assert Moved("a", 0.0, 0.0).size == 0.0
    left = {"units": {"a": {"x": 1.0, "interval": [1.0, 2.0], "word": "w", "flag": True, "gone": None}}}
    right = {"units": {"a": {"x": 2.0, "gone": None}, "b": {"x": 3}}}
    assert [(one.path, one.left, one.right) for one in measures_moved(left, right)] == [
        ("units.a.x", 1.0, 2.0),
        ("units.b.x", None, 3.0),
    ]
