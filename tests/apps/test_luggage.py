"""Taking one's work along: byte for byte there and back, and nothing written of what should not come in."""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
import stat
import struct
import zipfile

import pytest
from browser import awaited

import vsmlab
from vsmlab.apps.arrivals import Arrivals
from vsmlab.apps.front import Front
from vsmlab.apps.lab import Lab, address
from vsmlab.apps.luggage import checking
from vsmlab.apps.luggage.items import Packed, drafts_of, everything
from vsmlab.apps.luggage.loads import loads
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
    "hidden below": [("scenarios/data/.ssh/a.csv", b"x")],
    "program below": [("scenarios/data/evil.py", b"x")],
    "scenario below": [("scenarios/data/a.yaml", b"x")],
    "too deep": [("scenarios/a/b/c/d/e.csv", b"x")],
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
        "more": good[:-14] + struct.pack("<2H", 2, 2) + good[-10:],
        "large kind": good[:-22] + struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1) + good[-22:],
        "packed data": good.replace(good[44:54], b"\xff" * 10),
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


def test_a_list_that_is_longer_than_the_zip_says_is_not_read(tmp_path, monkeypatch):
    def entry_of(number):
        head = struct.pack(
            "<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 3, 20, 0, 0, 0, 0, 33, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0
        )
        return head + b"%07d" % number

    listing = b"".join(entry_of(number) for number in range(60_000))
    large = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 60_000, 60_000, len(listing), 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(listing), 1)
    monkeypatch.setattr(zipfile, "ZipFile", None)  # its list would be in memory then
    for what, data in (
        ("large", listing + large + locator + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 10, 0, 0)),
        ("plain", listing + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(listing), 0, 0)),
    ):
        (tmp_path / "bad.zip").write_bytes(data)
        with pytest.raises(InputError):
            unpack(lab_in(tmp_path / what), tmp_path / "bad.zip")


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
        (
            "runs/mm3/manifest.json",
            lambda data: json.dumps({**json.loads(data), "seed": float("inf")}).encode(),
            "run mm3",
        ),
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


TABLE = "time,work\n0,1\n2,1\n5,2\n"


def test_tables_in_folders_below_come_along_and_what_stays_is_said(tmp_path):
    lab = lab_in(tmp_path / "from")
    for name, table in (("deep", "data/t.csv"), ("dot", "./data/t.csv"), ("up", "../secret.csv"), ("far", "/etc/t.csv"),
                        ("linked", "else/t.csv")):  # fmt: skip
        (lab.here / f"{name}.yaml").write_text(SCENARIO.replace("calls.csv", table).replace("mine", name))
    (lab.here / "data").mkdir()
    (lab.here / "data" / "t.csv").write_text(TABLE)
    (tmp_path / "secret.csv").write_text(TABLE)
    (tmp_path / "else").mkdir()
    (tmp_path / "else" / "t.csv").write_text(TABLE)
    (lab.here / "else").symlink_to(tmp_path / "else")
    (lab.runs[0] / ("r" * 220)).mkdir(parents=True)
    (lab.runs[0] / ("r" * 220) / "manifest.json").write_text("{}")
    (lab.runs[0] / "half").mkdir()
    all_of = loads(lab, journals=True)
    assert "scenarios/data/t.csv" in [one.name for one in all_of.files]
    assert not any(
        "secret" in one.name or "else" in one.name or "r" * 220 in one.name for one in all_of.files
    )
    assert sorted(one.called for one in all_of.left) == [
        "run half", f"run {'r' * 220}", "table ../secret.csv of scenario up.yaml",
        "table /etc/t.csv of scenario far.yaml",
        "table else/t.csv of scenario linked.yaml",
    ]  # fmt: skip
    shown = Panel(lab).parts()["luggage"]
    assert "5 things will not come along" in shown
    assert "it is no whole run" in shown
    there = lab_in(tmp_path / "to")
    came = unpack(there, zipped(lab, tmp_path))
    assert (there.here / "data" / "t.csv").read_text() == TABLE
    assert came.out == []
    assert vsmlab.load(there.here / "deep.yaml").scenario.name == "deep"
    other = lab_in(tmp_path / "other")
    (tmp_path / "outside").mkdir()
    (other.here / "data").symlink_to(tmp_path / "outside")
    came = unpack(other, zipped(lab, tmp_path))
    assert ("file data/t.csv", "a link is where it belongs") in came.out
    assert list((tmp_path / "outside").iterdir()) == []


def test_what_is_too_much_for_a_zip_is_several_and_all_of_it_comes_back(full, tmp_path):
    whole = loads(full, journals=True)
    assert len(whole.zips) == 1
    assert whole.left == []
    sizes: dict[str, int] = {}
    for one in whole.files:
        item = "/".join(one.name.split("/")[: 1 if one.name.startswith("scenarios") else 2])
        sizes[item] = sizes.get(item, 0) + one.size
    largest = max(sizes.values())
    limit = largest + 20_000
    made = loads(full, journals=True, most_bytes=limit)
    assert len(made.zips) > 1
    assert [one.name for one in made.files] == [one.name for one in whole.files]
    there = lab_in(tmp_path / "there")
    for files in made.zips:
        packed = b"".join(pack(files))
        assert len(packed) <= limit
        (tmp_path / "part.zip").write_bytes(packed)
        assert unpack(there, tmp_path / "part.zip").out == []
    assert contents(there) == contents(full)
    few = loads(full, journals=True, most_files=6)
    assert max(map(len, few.zips)) <= 6
    assert "the journals of experiment agents" in [one.called for one in few.left]
    none = loads(full, journals=True, most_bytes=1500)
    assert "run mm3" in [one.called for one in none.left]


def test_our_own_zips_are_not_of_the_large_kind_and_nothing_in_them_swells(tmp_path):
    lab = lab_in(tmp_path)
    (lab.here / "calls.csv").write_text("time,work\n" + "1,1\n" * 400_000)
    (lab.here / "mine.yaml").write_text(SCENARIO)
    file = zipped(lab, tmp_path)
    assert b"PK\x06\x07" not in file.read_bytes()[-60:]
    assert unpack(lab_in(tmp_path / "there"), file).out == []


def test_names_that_are_no_text_hurt_nobody(tmp_path):
    lab = lab_in(tmp_path / "here")
    lab.runs[0].mkdir()
    for name in (b"runs/caf\xe9", b"runs/whole\xff", b"sweeps/\xfe"):
        (lab.here / os.fsdecode(name)).mkdir(parents=True)
    (lab.here / os.fsdecode(b"runs/whole\xff") / "manifest.json").write_text("{}")
    (lab.here / os.fsdecode(b"sweeps/\xfe") / "experiment.json").write_text("{}")
    (lab.here / os.fsdecode(b"s\xe9.yaml")).write_text("version: 1\norganisation: {name: desk, agents: 1}\n")
    for sheet in (Runs(lab), Front(lab)):
        for part in sheet.parts().values():
            part.encode()
    assert "its name is not UTF-8" in "".join(Runs(lab).parts().values())
    made = loads(lab, journals=True)
    assert b"".join(pack(made.files))
    assert len(made.left) == 4
    assert Panel(lab).parts()["luggage"].encode()
    assert address("/run", name="caf\udce9") == "./run?name=caf%3F"
    with pytest.raises(InputError):
        lab.run_folder("caf\udce9")


def test_a_download_is_made_as_it_is_sent(full):
    from vsmlab.apps.luggage.items import files_of_run

    files = list(files_of_run(full.runs[0] / "mm3", "mm3"))
    with zipfile.ZipFile(io.BytesIO(b"".join(pack(files)))) as packed:
        assert "mm3/manifest.json" in packed.namelist()
        assert "mm3/something.py" not in packed.namelist()


class Fullness(Arrivals):
    """Arrivals on a disk that is full: at once, or once something is written."""

    def __init__(self, folder, at_once):
        super().__init__()
        self._folder, self._at_once = folder, at_once

    def place(self, size=0):
        if self._at_once:
            raise OSError(errno.ENOSPC, "No space left on device")
        link = self._folder / "arriving"
        link.symlink_to("/dev/full")
        return link


@pytest.mark.parametrize("at_once", [True, False])
def test_a_file_that_there_is_no_room_for_is_refused_with_the_reason(tmp_path, at_once):
    from tornado.httpclient import AsyncHTTPClient
    from tornado.httpserver import HTTPServer
    from tornado.testing import bind_unused_port
    from tornado.web import Application

    from vsmlab.apps.luggage.serving import Arriving

    if not os.path.exists("/dev/full"):  # noqa: PTH110
        pytest.skip("no /dev/full on this machine")

    async def ask():
        lab = Lab(here=tmp_path, arrivals=Fullness(tmp_path, at_once))
        server = HTTPServer(Application([("/arrive", Arriving, {"lab": lab})]))
        listening, port = bind_unused_port()
        server.add_sockets([listening])
        try:
            where = f"http://127.0.0.1:{port}/arrive"
            return await AsyncHTTPClient().fetch(
                where, method="POST", body=b"x" * 3_000_000, raise_error=False
            )
        finally:
            server.stop()
            await server.close_all_connections()

    answer = awaited(ask())
    assert answer.code == 507
    assert "No space left on device" in answer.body.decode()
    assert list(tmp_path.iterdir()) == []


def test_there_is_no_place_for_more_than_there_is_room():
    with pytest.raises(OSError, match="No space"):
        Arrivals().place(1 << 60)


def test_a_file_of_no_size_at_all_is_taken_along(tmp_path):
    empty = tmp_path / "notes.txt"
    empty.write_bytes(b"")
    with zipfile.ZipFile(io.BytesIO(b"".join(pack([Packed(empty, "runs/a/notes.txt", 0)])))) as packed:
        assert packed.read("runs/a/notes.txt") == b""
