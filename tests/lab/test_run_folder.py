"""A run's folder: it gets a name, it is not lost to a race, and what is wrong is said in one line."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import vsmlab
from vsmlab.errors import InputError, PeerError
from vsmlab.lab.build import build
from vsmlab.lab.loader import load, vary
from vsmlab.lab.run import _named
from vsmlab.lab.writing import finite

SMALL = {
    "version": 1,
    "name": "small",
    "title": "small",
    "horizon": 100,
    "seed": 1,
    "environment": {
        "demand": {
            "mail": {
                "arrivals": {"poisson": {"rate": 1.0}},
                "work": {"exponential": {"mean": 1.0}},
                "to": "top",
            }
        }
    },
    "organisation": {"name": "top", "operations": {"a": {"agents": 2}, "b": {"agents": 2}}},
}


def test_a_run_whose_name_was_taken_meanwhile_gets_the_next_one(tmp_path):
    taken, hidden = tmp_path / "run", tmp_path / ".run.1"
    for folder in (taken, hidden):
        folder.mkdir()
        (folder / "manifest.json").write_text(folder.name)
    assert _named(hidden, taken) == tmp_path / "run-2"
    assert (taken / "manifest.json").read_text() == "run"
    assert (tmp_path / "run-2" / "manifest.json").read_text() == ".run.1"


def test_an_existing_folder_or_file_is_never_overwritten(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="a file of this name exists"):
        vsmlab.run(SMALL, out=tmp_path / "file")
    with pytest.raises(InputError, match="the folder exists already"):
        vsmlab.run(SMALL, out=tmp_path)
    assert (tmp_path / "file").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("name", ["file/below", "n" * 300])
def test_a_folder_that_cannot_be_made_is_said_in_one_line(name, tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="cannot be made"):
        vsmlab.run(SMALL, out=tmp_path / name)


@pytest.mark.parametrize("scenario", [None, 1, [], b"x", object()])
def test_what_is_no_scenario_is_refused(scenario):
    with pytest.raises(InputError, match="not a scenario"):
        vsmlab.run(scenario)


@pytest.mark.parametrize("overrides", ["horizon=3", [None]])
def test_overrides_are_a_list_of_texts(overrides):
    with pytest.raises(InputError, match="not a list of texts"):
        vsmlab.run(SMALL, overrides=overrides)


def test_a_law_with_the_wrong_arguments_is_refused_before_the_run():
    with pytest.raises(InputError, match="cannot be called as a law"):
        vsmlab.run(SMALL, laws={"desk": lambda state: None})


def test_numbers_that_are_none_are_null_with_a_reason():
    found = finite({"units": {"top": {"x": math.inf, "y": 1.0}}, "not_estimable": {}})
    assert found["units"]["top"] == {"x": None, "y": 1.0}
    assert found["not_estimable"] == {"units.top.x": "the number is too large"}


def changed(run: vsmlab.Run, folder: Path, **changes: object) -> Path:
    """A copy of a run's folder with another manifest; None takes a key away."""
    folder.mkdir()
    for file in run.folder.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    manifest = {**run.manifest, **changes}
    kept = {key: value for key, value in manifest.items() if value is not None}
    (folder / "manifest.json").write_text(json.dumps(kept))
    return folder


def test_a_run_of_another_format_or_with_missing_parts_is_refused(tmp_path):
    run = vsmlab.run(SMALL)
    with pytest.raises(PeerError, match="format 2; this vsmlab reads format 1"):
        vsmlab.Run(changed(run, tmp_path / "a", format=2))
    for number, key in enumerate(("digest", "source", "scenario_sha256", "platform", "format")):
        with pytest.raises(PeerError, match=f"manifest.json: not what vsmlab writes: {key} is missing"):
            vsmlab.Run(changed(run, tmp_path / f"b{number}", **{key: None}))
    with pytest.raises(PeerError, match=r"manifest.json: a run of format '1b'; this vsmlab reads format 1$"):
        vsmlab.Run(changed(run, tmp_path / "other", format="1b", digest=None, expect=None))
    assert vsmlab.Run(changed(run, tmp_path / "c")).digest == run.digest


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({b"vsmlab": b"journal 2"}, "a file of format 'journal 2'; this vsmlab reads 'journal 1'"),
        ({b"vsmlab": b"\xff"}, "a file of format '\ufffd'; this vsmlab reads 'journal 1'"),
        ({}, "not a journal; a Parquet file that vsmlab wrote is needed"),
        (None, "not a journal; a Parquet file that vsmlab wrote is needed"),
    ],
)
def test_a_journal_of_another_format_is_refused_in_one_line(said, wrong, tmp_path):
    run = vsmlab.Run(changed(vsmlab.run(SMALL), tmp_path / "run"))
    events = run.folder / "events.parquet"
    table = pq.read_table(events)
    kept = None if said is None else {**table.schema.metadata, **said} if said else {b"names": b"{}"}
    pq.write_table(table.replace_schema_metadata(kept), events)
    for read in (lambda: list(run.segments()), lambda: run.names, lambda: run.table("events")):
        with pytest.raises(PeerError) as caught:
            read()
        assert str(caught.value) == f"{events}: {wrong}"
    assert run.verify().says == f"segment 1 cannot be read: {events}: {wrong}"


def test_the_journal_of_this_format_is_read_whoever_wrote_the_file(tmp_path):
    run = vsmlab.Run(changed(vsmlab.run(SMALL), tmp_path / "run"))
    pq.write_table(pq.read_table(run.folder / "events.parquet"), run.folder / "events.parquet")
    assert run.verify().good


@pytest.mark.parametrize("folder", ["absolute", "relative"])
def test_a_trace_is_recorded_by_its_name_and_not_by_where_it_lies_on_this_machine(
    folder, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mail.csv").write_text("time\n1\n2\n5\n")
    given = tmp_path / "data" / "mail.csv" if folder == "absolute" else Path("data/mail.csv")
    run = vsmlab.run(SMALL, trace=given)
    told = run.manifest["scenario"]["environment"]["demand"]["mail"]["trace"]["file"]
    assert told == {"absolute": "mail.csv", "relative": "data/mail.csv"}[folder]
    assert run.measures["units"]["top"]["arrivals"] == 3
    assert str(tmp_path) not in (run.folder / "manifest.json").read_text()


def test_a_scenario_is_the_same_wherever_its_trace_lies(tmp_path):
    files = [tmp_path / name / "mail.csv" for name in ("a", "b")]
    for file in files:
        file.parent.mkdir()
        file.write_text("time\n1\n")
    one, other = (load(SMALL, trace={"mail": file}) for file in files)
    assert one.text_sha256 == other.text_sha256
    assert [dict(loaded.files) for loaded in (one, other)] == [{"mail": file.resolve()} for file in files]


def test_an_override_elsewhere_keeps_the_trace_that_was_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mail.csv").write_text("time\n1\n2\n")  # of the same name, where the scenario's own files lie
    given = tmp_path / "elsewhere" / "mail.csv"
    given.parent.mkdir()
    given.write_text("time\n1\n")
    loaded = load(SMALL, trace=given)
    again = vary(loaded, overrides=["environment.demand.mail.work.exponential.mean=2"])
    assert dict(again.files) == {"mail": given.resolve()}
    other = vary(loaded, overrides=["environment.demand.mail.trace.file=./mail.csv"])
    assert dict(other.files) == {"mail": (tmp_path / "mail.csv").resolve()}


def test_a_cut_of_one_who_never_sends_there_is_refused_and_says_who_does():
    cut = {"channel": "bargain", "of": "top.a"}
    with pytest.raises(InputError, match=r"nothing is sent on bargain there.*senders: top\.system3"):
        build(load(SMALL | {"knockout": [cut]}))
    build(load(SMALL | {"knockout": [cut | {"of": "top.system3"}]}))


def test_a_misspelt_measure_is_refused_before_the_run():
    with pytest.raises(InputError, match=r"no measure of this name.*did you mean mean_wait_s"):
        load(SMALL | {"expect": [{"measure": "units.top.mean_wait", "max": 1}]})


def test_the_use_of_a_limited_channel_is_a_share_of_all_channels_of_the_kind():
    run = vsmlab.run(SMALL | {"channels": {"op_mgmt": {"capacity": 2.0, "queue_limit": 3}}})
    channel = run.measures["channels"]["op_mgmt"]
    assert channel["lost"] > 100
    assert 0.9 < channel["utilisation"] <= 1.0
    assert channel["bits_per_s"] <= channel["capacity_bits_per_s"]
