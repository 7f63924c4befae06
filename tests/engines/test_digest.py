"""The digest: one scenario and seed, one journal, in every process; and no changed byte goes unnoticed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from golden import FILE, WHOLE, stretch
from small_scenarios import cell, loaded_small, poisson, scenario, small_scenarios

import vsmlab
from vsmlab.engines import journal as journal_module
from vsmlab.engines import simpy_engine
from vsmlab.engines.journal import DIGEST_ROW, SEGMENT, Journal, chain, origin
from vsmlab.lab.build import build
from vsmlab.lab.loader import shipped_scenarios
from vsmlab.laws import kinds as k
from vsmlab.mechanisms import philox

SHIPPED = [shipped.name for shipped in shipped_scenarios()]
ASK = "import sys, vsmlab; run = vsmlab.run(sys.argv[1], until=200.0, overrides=['warmup=0']); print(run.digest)"


def digest_of(name: str, **more: object) -> str:
    start = build(loaded_small(name, **more))
    kept = Journal(start.identities)
    simpy_engine.run(start, 100.0, kept)
    return kept.digest


def test_two_processes_write_the_same_journal():
    digests = []
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-c", ASK, "mm3"]
        answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        digests.append(answer.stdout.strip())
    assert digests[0] == digests[1] == vsmlab.run("mm3", until=200.0, overrides=["warmup=0"]).digest


@pytest.mark.parametrize("name", small_scenarios())
def test_the_same_scenario_and_seed_give_the_same_digest_and_another_seed_another(name):
    first = digest_of(name)
    philox.forget_blocks()
    assert digest_of(name) == first
    if name != "small-trace":  # nothing is drawn: a trace, and conditions
        assert digest_of(name, seed=8) != first


def test_where_nothing_is_drawn_the_seed_changes_nothing():
    assert digest_of("small-trace") == digest_of("small-trace", seed=8)


@pytest.mark.parametrize("name", [*SHIPPED, *WHOLE])
def test_a_shipped_scenario_has_its_golden_digest(name):
    golden = json.loads(FILE.read_text(encoding="utf-8"))
    assert name in golden, "a new scenario: python tests/engines/golden.py"
    assert stretch(name) == golden[name], (
        "journals have changed; if they should: python tests/engines/golden.py"
    )


def test_golden_digests_are_of_scenarios_that_are_shipped():
    assert set(json.loads(FILE.read_text(encoding="utf-8"))) == {*SHIPPED, *WHOLE}


def test_the_length_of_a_segment_is_part_of_the_digest_and_the_horizon_is_not(monkeypatch):
    whole = digest_of("small-pair")
    monkeypatch.setattr(journal_module, "SEGMENT", 100)
    assert digest_of("small-pair") != whole


# -- what is recorded, and what verify finds --------------------------------------------------------------


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run of three segments."""
    folder = tmp_path_factory.mktemp("runs") / "three"
    run = vsmlab.run("mm3", until=9_000.0, out=folder)
    assert run.manifest["counts"]["rows"] > 2 * SEGMENT
    return folder


@pytest.fixture
def copied(finished, tmp_path):
    """A copy of it, to be spoilt."""
    folder = tmp_path / "spoilt"
    folder.mkdir()
    for file in finished.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


def rewritten(folder: Path, groups: list[int], change=lambda table, group: table) -> None:
    """Write the journal anew from these segments, each changed."""
    path = folder / "events.parquet"
    file = pq.ParquetFile(path)
    tables = [change(file.read_row_group(group), group) for group in groups]
    schema = file.schema_arrow
    file.close()
    with pq.ParquetWriter(path, schema) as writer:
        for table in tables:
            writer.write_table(table, row_group_size=SEGMENT)


def test_a_finished_run_verifies_and_so_does_one_written_anew_unchanged(finished, copied):
    assert vsmlab.Run(finished).verify().good
    rewritten(copied, [0, 1, 2])
    verdict = vsmlab.Run(copied).verify()
    assert verdict.good
    assert verdict.rows == vsmlab.Run(finished).manifest["counts"]["rows"]


@pytest.mark.parametrize("column", DIGEST_ROW.names)
@pytest.mark.parametrize(("segment", "row"), [(1, 0), (2, 65_535), (3, 7)])
def test_one_changed_number_is_found_and_its_segment_named(copied, column, segment, row):
    def change(table, group):
        if group != segment - 1:
            return table
        values = table.column(column).to_numpy().copy()
        raw = values[row : row + 1].view(f"u{values.itemsize}")
        raw ^= 1  # the last bit
        place = table.schema.get_field_index(column)
        return table.set_column(place, table.schema.field(place), [values])

    rewritten(copied, [0, 1, 2], change)
    verdict = vsmlab.Run(copied).verify()
    assert not verdict.good
    assert verdict.segment == segment
    assert f"segment {segment} " in verdict.says


@pytest.mark.parametrize(
    ("groups", "segment"), [([0, 1], 3), ([0, 2], 2), ([1, 2], 1), ([0, 2, 1], 2), ([0, 1, 2, 2], 4), ([], 1)]
)
def test_segments_that_are_missing_swapped_or_doubled_are_named(copied, groups, segment):
    rewritten(copied, groups)
    verdict = vsmlab.Run(copied).verify()
    assert (verdict.good, verdict.segment) == (False, segment)


def test_two_rows_that_changed_places_are_found(copied):
    def change(table, group):
        order = np.arange(len(table))
        order[[5, 6]] = [6, 5]
        return table.take(order) if group == 1 else table

    rewritten(copied, [0, 1, 2], change)
    assert vsmlab.Run(copied).verify().segment == 2


@pytest.mark.parametrize("keep", [0, 3, 1000, 0.5, 0.999])
def test_a_file_that_was_cut_short_is_found(copied, keep):
    path = copied / "events.parquet"
    data = path.read_bytes()
    path.write_bytes(data[: keep if isinstance(keep, int) else int(keep * len(data))])
    verdict = vsmlab.Run(copied).verify()
    assert not verdict.good
    assert "cannot be read" in verdict.says


@pytest.mark.parametrize("key", ["digest", "segments"])
def test_a_manifest_that_was_edited_is_found(copied, key):
    path = copied / "manifest.json"
    manifest = json.loads(path.read_text())
    if key == "digest":
        manifest["digest"] = "0" * 64
    else:
        manifest["segments"][2] = "0" * 64
    path.write_text(json.dumps(manifest))
    verdict = vsmlab.Run(copied).verify()
    assert not verdict.good
    assert verdict.segment == (None if key == "digest" else 2)


def test_the_whole_chain_can_be_computed_from_the_rows_alone(finished):
    """The row's bytes as they are documented, packed by hand."""
    run, link = vsmlab.Run(finished), origin()
    for segment in run.segments():
        assert DIGEST_ROW.itemsize == 60
        link = chain(link, segment)
        assert not np.isnan(segment["value"]).any()
        assert not np.signbit(segment["value"][segment["value"] == 0.0]).any()
    assert link.hex() == run.digest


# -- nobody else's draws ----------------------------------------------------------------------------------

DEMAND = {
    "east": poisson(
        3.0, "top.a", failure={"probability": 0.3, "attempts": 3, "backoff": {"exponential": {"mean": 1.0}}}
    ),
    "west": poisson(1.0, "top.b", work={"gamma": {"mean": 1.0, "cv2": 2.0}}),
}
DELAYS = {"op_mgmt": {"delay": {"uniform": {"min": 0.1, "max": 0.2}}}}
BASE = scenario("base", DEMAND, cell("a", "b"), channels=DELAYS)


def journal_of(mapping, horizon=200.0):
    start = build(vsmlab.load(mapping))
    rows: list[np.ndarray] = []
    kept = Journal(start.identities, [rows.append])
    simpy_engine.run(start, horizon, kept)
    return np.concatenate(rows)


def born(rows):
    kept = rows[rows["kind"] == k.BORN]
    return {(row["task"], row["due"], row["value"], row["ref"], row["sender"]) for row in kept}


def services(rows):
    """Service time of each (task, attempt), where it was served by an operation of speed one, and its outcome."""
    started = rows[rows["kind"] == k.STARTED]
    return {(row["task"], row["ref"]): row["value"] for row in started}


def outcomes(rows):
    told = rows[np.isin(rows["kind"], [k.DONE, k.FAILED_ATTEMPT])]
    return {(row["task"], row["ref"]): row["kind"] for row in told}


def delays(rows, sender):
    """How long one operation's reports were on the way, in the order in which it sent them."""
    kinds = [k.LOAD, k.CAPABILITY, k.POTENTIALITY]
    told = rows[np.isin(rows["kind"], kinds) & (rows["sender"] == sender)]
    told = told[np.argsort(told["number"])]
    return (told["due"] - rows["due"][told["cause"]]).tolist()


CHANGES = {
    "a node is added": {"organisation": {"name": "top", **cell("a", "b", "newcomer")}},
    "a stream is added": {"environment": {"demand": {**DEMAND, "north": poisson(1.0, "top.b")}}},
    "a channel is cut": {"knockout": [{"channel": "s2"}, {"channel": "account"}]},
    "System 2 is knocked out": {"knockout": ["system2"]},
    "System 3 is knocked out": {"knockout": ["system3"]},
    "both are not there": {"organisation": {"name": "top", **cell("a", "b", system2="off", system3="off")}},
    "agents are added": {
        "organisation": {"name": "top", "operations": {"a": {"agents": 9}, "b": {"agents": 2}}}
    },
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_elsewhere_leaves_every_draw_as_it_was(change):
    before, after = journal_of(BASE), journal_of({**BASE, **CHANGES[change]})
    if change != "both are not there":  # there, a journal of fewer kinds may still agree in length
        assert len(before) != len(after) or (before != after).any()
    assert born(before) <= born(after)
    if change != "a stream is added":
        assert born(before) == born(after)
    for what in (services, outcomes):
        one, other = what(before), what(after)
        common = one.keys() & other.keys()
        assert len(common) > 400
        assert {key: one[key] for key in common} == {key: other[key] for key in common}
    first = build(vsmlab.load(BASE))
    operation = first.identities[first.paths.index("top.b")]
    one, other = (delays(rows, operation)[:1000] for rows in (before, after))
    assert len(one) == 1000
    assert one == pytest.approx(other, abs=1e-12)


def test_another_seed_changes_them_all():
    before, after = journal_of(BASE), journal_of({**BASE, "seed": 8})
    one, other = services(before), services(after)
    assert not born(before) & born(after)
    assert all(one[key] != other[key] for key in one.keys() & other.keys())
