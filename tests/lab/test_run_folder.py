"""A run's folder: it gets a name, it is not lost to a race, and what is wrong is said in one line."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

import vsmlab
from vsmlab.errors import InputError, PeerError
from vsmlab.lab.build import build
from vsmlab.lab.loader import load
from vsmlab.lab.run import _named, finite

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
    with pytest.raises(PeerError, match="digest is missing"):
        vsmlab.Run(changed(run, tmp_path / "b", digest=None))
    assert vsmlab.Run(changed(run, tmp_path / "c")).digest == run.digest


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
