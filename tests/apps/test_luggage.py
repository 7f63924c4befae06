"""Taking one's work along: byte for byte there and back, and nothing written of what should not come in."""

from __future__ import annotations

import io
import json
import shutil
import stat
import struct
import zipfile

import pytest

import vsmlab
from vsmlab.apps.arrivals import Arrivals
from vsmlab.apps.lab import Lab
from vsmlab.apps.luggage import checking
from vsmlab.apps.luggage.items import drafts_of, everything
from vsmlab.apps.luggage.packing import pack
from vsmlab.apps.luggage.panel import Panel
from vsmlab.apps.luggage.unpacking import unpack
from vsmlab.apps.runs import Runs
from vsmlab.errors import InputError
from vsmlab.lab import drawing as d
from vsmlab.lab.experiments.results import Sweep

HOSTILE = "<script>alert(1)<img src=x onerror=alert(2)>"
SCENARIO = (
    "version: 1\nname: mine\ntitle: Mine\nshows: Something\nhorizon: 20\nenvironment:\n  demand:\n    tasks:\n"
    "      trace: {file: calls.csv, time: time, columns: {work: work}}\n      work: {linear: {work: 1}}\n"
    "      to: desk\norganisation: {name: desk, agents: 1}\n"
)


def lab_in(folder):
    folder.mkdir(parents=True, exist_ok=True)
    return Lab(runs=(folder / "runs",), here=folder)


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """A lab with one of everything."""
    lab = lab_in(tmp_path_factory.mktemp("full"))
    here = lab.here
    (here / "calls.csv").write_text("time,work\n0,1\n2,1\n5,2\n", encoding="utf-8")
    (here / "mine.yaml").write_text(SCENARIO, encoding="utf-8")
    (here / f"{HOSTILE}.yaml").write_text("version: 1\norganisation: broken\n", encoding="utf-8")
    (here / "other.yaml").write_text("just: a file\n", encoding="utf-8")
    (here / "secret.csv").write_text("not,ours\n", encoding="utf-8")
    run = vsmlab.run("mm3", until=1100.0, out=lab.runs[0] / "mm3")
    (run.folder / "notes.txt").write_text(HOSTILE, encoding="utf-8")
    (run.folder / "something.py").write_text("left alone", encoding="utf-8")
    (lab.runs[0] / "link").symlink_to(run.folder)
    vsmlab.run(str(here / "mine.yaml"), out=lab.runs[0] / "mine")
    vsmlab.sweep("mm3", over={"organisation.agents": [3, 4]}, until=1100.0, replications=2, workers=1,
                 measure=["units.desk.served"], keep_journals=True, out=here / "sweeps" / "agents")  # fmt: skip
    vsmlab.knockout("mm3", until=1100.0, replications=2, workers=1, out=here / "sweeps" / "out")
    d.Drafts(drafts_of(lab)).keep("new-system", d.skeleton("new-system"))
    return lab


def zipped(lab, tmp_path, *, journals=True):
    file = tmp_path / "all.zip"
    file.write_bytes(b"".join(pack(everything(lab, journals=journals))))
    return file


def contents(lab):
    return {one.name: one.path.read_bytes() for one in everything(lab, journals=True)}


def all_under(folder):
    return {str(path.relative_to(folder)): path.is_file() and path.read_bytes() for path in folder.rglob("*")}


def made(tmp_path, entries, name="bad.zip"):
    """A zip of names, or entries, and their bytes."""
    file = tmp_path / name
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for entry, data in entries:
            packed.writestr(entry, data)
    return file


def test_everything_comes_back_byte_for_byte(full, tmp_path):
    there = lab_in(tmp_path / "there")
    came = unpack(there, zipped(full, tmp_path))
    assert came.kept == []
    assert came.out == []
    assert contents(there) == contents(full)
    assert sum("/journals/" in name and name.endswith(".parquet") for name in contents(full)) == 4
    assert {name.split("/")[0] for name in contents(full)} == {"scenarios", "drafts", "runs", "sweeps"}
    assert vsmlab.Run(there.runs[0] / "mm3").verify().good
    assert len(Sweep(there.here / "sweeps" / "agents").table) == 4
    assert vsmlab.load(there.here / "mine.yaml").scenario.name == "mine"
    assert [one.name for one in d.Drafts(drafts_of(there)).list()] == ["new-system"]
    assert not [path for path in there.here.rglob("*") if "arriving" in path.name]
    said = " ".join(all_under(there.here))
    for never in ("other.yaml", "secret.csv", "something.py", "link"):
        assert never not in said


def test_without_journals_it_is_smaller_and_runs_stay_out(full, tmp_path):
    large, small = (
        zipped(full, tmp_path).stat().st_size,
        zipped(full, tmp_path, journals=False).stat().st_size,
    )
    assert small < large
    there = lab_in(tmp_path / "there")
    came = unpack(there, zipped(full, tmp_path, journals=False))
    assert [called for called, _ in came.out] == ["run mine", "run mm3"]
    assert all("journal" in why for _, why in came.out)
    assert not (there.here / "runs").exists()
    assert len(Sweep(there.here / "sweeps" / "agents").table) == 4


def test_a_second_time_everything_is_kept_as_it_is(full, tmp_path):
    file, there = zipped(full, tmp_path), lab_in(tmp_path / "there")
    first = unpack(there, file)
    (there.runs[0] / "mm3" / "notes.txt").write_text("mine", encoding="utf-8")
    (there.here / "mine.yaml").write_text(SCENARIO + "# changed\n", encoding="utf-8")
    before = all_under(there.here)
    came = unpack(there, file)
    assert came.new == []
    assert came.out == []
    assert sorted(came.kept) == sorted(first.new)
    assert all_under(there.here) == before


def test_a_scenario_does_not_come_in_beside_other_data_of_the_same_name(full, tmp_path):
    there = lab_in(tmp_path / "there")
    (there.here / "calls.csv").write_text("time,work\n0,9\n", encoding="utf-8")
    came = unpack(there, zipped(full, tmp_path))
    assert ("scenario mine.yaml", "another calls.csv is here already") in came.out
    assert not (there.here / "mine.yaml").exists()
    assert (there.here / "calls.csv").read_text(encoding="utf-8") == "time,work\n0,9\n"


def test_data_that_no_scenario_reads_stays_out(tmp_path):
    there = lab_in(tmp_path / "there")
    came = unpack(there, made(tmp_path, [("scenarios/loose.csv", b"a,b\n")]))
    assert came.out == [("file loose.csv", "no scenario that came in reads it")]
    assert all_under(there.here) == {}


def entry(name, mode=0o100644):
    made_up = zipfile.ZipInfo(name)
    made_up.external_attr = mode << 16
    return made_up


ATTACKS = {
    "up": [("../evil.yaml", b"x")],
    "up inside": [("runs/a/../../../evil", b"x")],
    "root": [("/etc/evil", b"x")],
    "drive": [("C:/evil", b"x")],
    "backslash": [("runs\\..\\evil", b"x")],
    "dot": [("runs/./manifest.json", b"x")],
    "hidden": [("runs/.trash/manifest.json", b"x")],
    "link": [(entry("runs/a/manifest.json", stat.S_IFLNK | 0o777), b"/etc/passwd")],
    "device": [(entry("runs/a/manifest.json", stat.S_IFCHR | 0o666), b"")],
    "program": [("evil.py", b"x")],
    "other file": [("runs/a/evil.py", b"x")],
    "other kind": [("scenarios/evil.py", b"x")],
    "deeper": [("runs/a/b/manifest.json", b"x")],
    "no key": [("sweeps/a/journals/../manifest.json", b"x")],
    "journal": [("sweeps/a/journals/short/manifest.json", b"x")],
    "draft": [("drafts/../a.draft.json", b"{}")],
    "draft name": [("drafts/A B.draft.json", b"{}")],
    "bomb": [("runs/a/manifest.json", b"\0" * 30_000_000)],
    "markup": [(f"{HOSTILE}.py", b"x")],
    "control": [("runs/a\x1b[2J/manifest.json", b"x")],
    "nothing": [],
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_refused_in_a_sentence_and_nothing_is_written(attack, tmp_path):
    there = lab_in(tmp_path / "inner" / "there")
    with pytest.raises(InputError) as refused:
        unpack(there, made(tmp_path, ATTACKS[attack]))
    assert "\n" not in str(refused.value)
    assert "\x1b" not in str(refused.value)
    assert all_under(there.here) == {}
    assert {path.name for path in tmp_path.rglob("*")} == {"inner", "there", "bad.zip"}


def test_a_zip_that_lies_is_refused(tmp_path, monkeypatch):
    there = lab_in(tmp_path / "there")
    good = made(tmp_path, [("scenarios/a.yaml", b"version: 1\norganisation: {}\n" * 50)]).read_bytes()
    lies = {
        "size": good.replace(struct.pack("<L", 1400), struct.pack("<L", 9)),
        "cut": good[:-30],
        "no end": good[:40],
        "text": b"not a zip at all",
        "empty": b"",
        "encrypted": good.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00"),
        "method": good.replace(b"\x00\x00\x08\x00", b"\x00\x00\x0c\x00"),
        "list": good[:-10] + struct.pack("<L", 99_000_000) + good[-6:],
        "many": good[:-14] + struct.pack("<2H", 60_000, 60_000) + good[-10:],
    }  # fmt: skip
    for what, data in lies.items():
        assert data != good, what
        (tmp_path / "lie.zip").write_bytes(data)
        with pytest.raises(InputError):
            unpack(there, tmp_path / "lie.zip")
        assert all_under(there.here) == {}, what
    file = made(tmp_path, [("runs/a/notes.txt", b"x"), ("runs/b/notes.txt", b"x" * 300)])
    for limit, value in (("MOST_BYTES", 100), ("MOST_ENTRIES", 1), ("MOST_INSIDE", 200)):
        monkeypatch.setattr(checking, limit, value)
        with pytest.raises(InputError, match="too"):
            unpack(there, file)
        monkeypatch.undo()
        assert all_under(there.here) == {}


def test_one_name_twice_is_refused(tmp_path):
    there = lab_in(tmp_path / "there")
    with pytest.warns(UserWarning, match="Duplicate"):
        file = made(tmp_path, [("runs/a/notes.txt", b"1"), ("runs/a/notes.txt", b"2")])
    with pytest.raises(InputError, match="two files have"):
        unpack(there, file)


def changed(full, tmp_path, name, how):
    """The zip of the full lab with one file changed."""
    out = tmp_path / "changed.zip"
    with zipfile.ZipFile(zipped(full, tmp_path)) as good, zipfile.ZipFile(out, "w") as bad:
        for one in good.infolist():
            data = good.read(one)
            data = how(data) if one.filename == name else data
            if data is not None:
                bad.writestr(one.filename, data)
    return out


@pytest.mark.parametrize(
    ("name", "how", "item"),
    [
        ("runs/mm3/manifest.json", lambda data: b"{}", "run mm3"),
        (
            "runs/mm3/manifest.json",
            lambda data: json.dumps({**json.loads(data), "places": 7}).encode(),
            "run mm3",
        ),
        ("runs/mm3/manifest.json", lambda data: b"[" * 100_000, "run mm3"),
        ("runs/mm3/manifest.json", lambda data: None, "run mm3"),
        ("runs/mm3/measures.json", lambda data: b"\xff", "run mm3"),
        ("runs/mm3/events.parquet", lambda data: data[:-9], "run mm3"),
        ("runs/mm3/events.parquet", lambda data: b"PAR1", "run mm3"),
        ("sweeps/agents/experiment.json", lambda data: b"{}", "experiment agents"),
        ("sweeps/agents/experiment.json", lambda data: b'{"format": 1}', "experiment agents"),
        ("sweeps/agents/runs.parquet", lambda data: b"PAR1", "experiment agents"),
        ("drafts/new-system.draft.json", lambda data: b"{}", "draft new-system.draft.json"),
        ("scenarios/mine.yaml", lambda data: b"some: file\n", "scenario mine.yaml"),
        ("scenarios/mine.yaml", lambda data: data + b"x: &a [*a, *a]\n", "scenario mine.yaml"),
    ],
)
def test_an_item_that_is_none_stays_out_whole_and_the_others_come_in(full, tmp_path, name, how, item):
    there = lab_in(tmp_path / "there")
    came = unpack(there, changed(full, tmp_path, name, how))
    assert item in [called for called, _ in came.out]
    kind, folder = name.split("/")[:2]
    home = {"runs": there.runs[0], "sweeps": there.here / "sweeps", "drafts": drafts_of(there)}.get(
        kind, there.here
    )
    assert not (home / folder).exists()
    assert came.new
    assert not any(str(tmp_path) in why for _, why in came.out)


def test_a_changed_journal_stays_out(full, tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    def how(data):
        table = pq.read_table(io.BytesIO(data))
        values = table.column("value").to_pylist()
        values[10] += 1e-9
        at = table.schema.get_field_index("value")
        out = io.BytesIO()
        kept = table.set_column(at, "value", pa.array(values)).replace_schema_metadata(table.schema.metadata)
        pq.write_table(kept, out)
        return out.getvalue()

    there = lab_in(tmp_path / "there")
    came = unpack(there, changed(full, tmp_path, "runs/mm3/events.parquet", how))
    assert [called for called, _ in came.out] == ["run mm3"]
    assert not (there.runs[0] / "mm3").exists()


def test_the_zip_is_made_in_pieces(full):
    pieces = list(pack(everything(full, journals=True)))
    assert len(pieces) > 10
    assert max(map(len, pieces)) < 2_000_000
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as packed:
        assert packed.testzip() is None


def test_a_file_that_is_gone_or_grows_meanwhile_does_no_harm(full, tmp_path):
    there = lab_in(tmp_path / "there")
    shutil.copytree(full.runs[0] / "mm3", there.runs[0] / "mm3")
    files = everything(there, journals=True)
    (there.runs[0] / "mm3" / "notes.txt").unlink()
    with zipfile.ZipFile(io.BytesIO(b"".join(pack(files)))) as packed:
        assert packed.testzip() is None
        assert "runs/mm3/notes.txt" not in packed.namelist()


def test_two_folders_of_runs_do_not_cover_each_other(full, tmp_path):
    lab = Lab(runs=(tmp_path / "one", tmp_path / "two"), here=tmp_path)
    for folder in lab.runs:
        shutil.copytree(full.runs[0] / "mine", folder / "mine")
    names = {one.name.split("/")[1] for one in everything(lab, journals=True)}
    assert names == {"mine", "mine-2"}


def test_the_panel_says_what_there_is_and_what_came(full, tmp_path):
    there = lab_in(tmp_path / "there")
    panel = Panel(there)
    assert "nothing of yours" in panel.parts()["luggage"]
    file = there.arrivals.place()
    file.write_bytes(zipped(full, tmp_path).read_bytes())
    panel.do("luggage", {"token": there.arrivals.add(file)})
    parts = panel.parts()
    assert "Came in: " in parts["luggage-told"]
    assert "2 scenarios, 1 draft, 2 runs and 2 experiments" in parts["luggage"]
    assert "Download all, " in parts["luggage"]
    assert not file.exists()
    assert "<script" not in "".join(parts.values()) + str(panel.layout())
    for given in ({}, {"token": "x"}, {"token": HOSTILE}):
        panel.do("luggage", given)
        assert "did not arrive" in panel.parts()["luggage-told"]
    panel.do("not-arrived", {"why": HOSTILE})
    assert "<script" not in panel.parts()["luggage-told"]
    panel.do("too-large", {"name": HOSTILE, "size": "9"})
    assert "too large" in panel.parts()["luggage-told"]
    bad = there.arrivals.place()
    bad.write_bytes(made(tmp_path, ATTACKS["markup"]).read_bytes())
    panel.do("luggage", {"token": there.arrivals.add(bad)})
    assert "nothing was taken" in panel.parts()["luggage-told"]
    assert "<script" not in panel.parts()["luggage-told"]
    assert "luggage" in Runs(there).parts()


def test_arrivals_are_few_and_go_in_the_end():
    arrivals = Arrivals()
    files = [arrivals.place() for _ in range(7)]
    tokens = [arrivals.add(file) for file in files]
    assert [file.exists() for file in files] == [False] * 3 + [True] * 4
    assert arrivals.take(tokens[-1]) == files[-1]
    assert arrivals.take(tokens[-1]) is None
    files[-1].unlink()
    arrivals.close()
    assert not any(file.exists() for file in files)
