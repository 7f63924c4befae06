"""Opening, saving and drafts of drawings: whole or not at all, and never over somebody else's work."""

import json
import subprocess
import sys

import pytest

import vsmlab
from vsmlab.errors import InputError
from vsmlab.lab import drawing as d
from vsmlab.lab.loader import load
from vsmlab.lab.places import scenarios_folder

MM3 = (scenarios_folder() / "mm3.yaml").read_text()


def test_places_are_part_of_the_file_and_not_of_its_meaning(tmp_path):
    crew = d.move(d.skeleton("crew"), {"crew.operation": (10.26, -3)})
    text = d.to_yaml(crew)
    assert "crew.operation: [10.3, -3]" in text
    assert load(d.open_text(text).plain()).text_sha256 == d.skeleton("crew").load().text_sha256
    other = text.replace("crew.operation: [", "crew.nobody: [")
    assert d.open_text(other).places == {}
    (tmp_path / "crew.yaml").write_text(other)
    assert load(tmp_path / "crew.yaml").text_sha256 == crew.load().text_sha256
    for wrong in ("[1]", "[1, x]", "[1, 2000000]", "3"):
        with pytest.raises(InputError):
            d.open_text(other.replace("[10.3, -3]", wrong))


def test_a_file_that_is_not_edited_keeps_its_own_bytes(tmp_path):
    (tmp_path / "mm3.yaml").write_text(MM3)
    opened = d.open_file(tmp_path / "mm3.yaml")
    saved = d.save("other.yaml", opened, folder=tmp_path)
    assert (tmp_path / "other.yaml").read_text() == MM3
    assert d.losses(saved) == ()
    edited = d.add(opened, "agent", "desk")
    assert d.losses(edited) == ("3 comments are not kept.",)
    assert d.to_bytes(edited) != MM3.encode()


def test_two_tabs_do_not_write_over_each_other(tmp_path):
    first = d.save("crew.yaml", d.skeleton("crew"), folder=tmp_path)
    assert not first.edited
    with pytest.raises(InputError, match="there is such a file already"):
        d.save("crew.yaml", d.skeleton("crew"), folder=tmp_path)
    one, two = (d.open_file(tmp_path / "crew.yaml") for _ in range(2))
    mine = d.save("crew.yaml", d.add(one, "operation", "crew"), folder=tmp_path, expecting=one.origin.sha256)
    written = (tmp_path / "crew.yaml").read_bytes()
    with pytest.raises(InputError, match="changed since it was opened"):
        d.save("crew.yaml", d.add(two, "system", "crew"), folder=tmp_path, expecting=two.origin.sha256)
    assert (tmp_path / "crew.yaml").read_bytes() == written
    d.save(
        "crew.yaml",
        d.add(mine, "agent", "crew", onto="crew.operation"),
        folder=tmp_path,
        expecting=mine.origin.sha256,
    )
    assert [file.name for file in tmp_path.iterdir()] == ["crew.yaml"]


def test_nothing_is_written_outside_the_folder(tmp_path):
    inside = tmp_path / "in"
    inside.mkdir()
    (tmp_path / "there.yaml").write_text("x")
    (inside / "link.yaml").symlink_to(tmp_path / "there.yaml")
    for path in (
        "../out.yaml",
        tmp_path / "out.yaml",
        "a/b.yaml",
        "<script>.yaml",
        "crew",
        "x.py",
        "",
        "link.yaml",
    ):
        with pytest.raises(InputError):
            d.save(path, d.skeleton("crew"), folder=inside)
    assert (tmp_path / "there.yaml").read_text() == "x"
    assert [file.name for file in tmp_path.rglob("*.yaml")].count("out.yaml") == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a",
        "{",
        "a: &x 1",
        "version: 1",
        "\ud800",
        b"\xff\xfe",
        "x" * 1_000_001,
        "organisation: {name: desk}",
    ],
)
def test_a_dropped_file_that_is_none_is_one_error(text):
    with pytest.raises(InputError) as told:
        d.open_text(text, "<b>.yaml\n")
    assert "\n" not in str(told.value)


def test_a_dropped_file_with_problems_is_drawn():
    drawing = d.open_text(MM3.replace("agents: 3", "agents: -3"))
    assert [problem.node for problem in d.problems(drawing)] == ["desk"]


def test_a_script_runs_the_same(tmp_path):
    crew = d.set_value(d.skeleton("crew"), "horizon", 400)
    crew = d.set_value(crew, "title", "'''\"\"\" <script> \\ é")
    script = tmp_path / "crew.py"
    script.write_text(d.to_python(crew), encoding="utf-8")
    done = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=True)
    run = vsmlab.run(crew.load(), out=tmp_path / "mine")
    assert done.stdout.split()[-1] == run.manifest["digest"]


def test_drafts_are_kept_listed_restored_and_discarded(tmp_path):
    drafts = d.Drafts(tmp_path / "drafts")
    assert drafts.list() == ()
    (tmp_path / "mm3.yaml").write_text(MM3)
    edited = d.add(d.open_file(tmp_path / "mm3.yaml"), "agent", "desk")
    edited = d.set_value(edited, "organisation.agents", -1)  # problems are kept too
    drafts.keep("mm3", edited)
    (tmp_path / "drafts" / "other.draft.json").write_text(json.dumps([1]))
    assert [draft.name for draft in drafts.list()] == ["mm3"]
    again = drafts.restore("mm3")
    assert again == edited
    assert d.losses(again) == ("3 comments are not kept.",)
    drafts.discard("mm3")
    drafts.discard("mm3")
    assert drafts.list() == ()
    for name in ("mm3", "../x", "<b>"):
        with pytest.raises(InputError):
            drafts.restore(name)


def test_what_is_undone_after_saving_can_be_saved_again(tmp_path):
    history = d.History(d.skeleton("crew"))
    history.do("add", d.set_value(history.now, "seed", 0))  # says what is so anyway
    history.saved(d.save("crew.yaml", history.now, folder=tmp_path))
    assert not history.now.edited
    before = history.undo()
    assert before.edited
    again = d.save("crew.yaml", before, folder=tmp_path, expecting=before.origin.sha256)
    history.saved(again)
    with pytest.raises(ValueError, match="another drawing"):
        history.saved(d.skeleton("other"))
