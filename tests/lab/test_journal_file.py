"""The journal's file: what is read is what was written, to the bit, a segment at a time."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from vsmlab.engines.journal import BLOCK, ROW, SEGMENT
from vsmlab.lab.journal_file import JournalFile, read_names, read_segments, schema

NAMES = {5: "top", 2**62: "top.a"}
LENGTHS = [SEGMENT, SEGMENT, BLOCK + 1]


def segment_of(length, fill):
    """Rows with every bit at random; numbers that journals do not have (NaN) among them."""
    return np.frombuffer(fill.bytes(length * ROW.itemsize), ROW)


def runs_of(length, fill):
    """Rows as journals have them: few kinds and addresses, rising times, numbers that come again."""
    rows = np.zeros(length, ROW)
    rows["due"] = np.cumsum(fill.integers(0, 2, length) * fill.random(length))
    rows["value"] = fill.integers(0, 3, length) * 0.5
    rows["receiver"], rows["sender"] = fill.choice(list(NAMES), (2, length))
    rows["kind"], rows["priority"] = fill.integers(0, 60, length), fill.integers(0, 4, length)
    rows["number"], rows["cause"] = np.arange(length), np.arange(length) - 1
    rows["task"] = rows["ref"] = -1
    return rows


@pytest.mark.parametrize("kind_of", [segment_of, runs_of])
def test_segments_come_back_to_the_bit(kind_of, tmp_path):
    fill = np.random.default_rng(7)
    segments = [kind_of(length, fill) for length in LENGTHS]
    file = JournalFile(tmp_path / "events.parquet", NAMES)
    for segment in segments:
        file(segment)
    file.name_newborn({9: "top.b"})
    file.close()
    back = list(read_segments(tmp_path / "events.parquet"))
    assert [part.tobytes() for part in back] == [part.tobytes() for part in segments]
    assert read_names(tmp_path / "events.parquet") == {**NAMES, 9: "top.b"}


def test_a_segment_is_a_row_group_and_columns_of_live_runs_are_null(tmp_path):
    file = JournalFile(tmp_path / "events.parquet", NAMES)
    for length in LENGTHS:
        file(runs_of(length, np.random.default_rng(1)))
    file.close()
    footer = pq.read_metadata(tmp_path / "events.parquet")
    assert [footer.row_group(place).num_rows for place in range(footer.num_row_groups)] == LENGTHS
    table = pq.read_table(tmp_path / "events.parquet")
    assert table.schema.equals(schema(NAMES), check_metadata=True)
    nulls = {name: table.column(name).null_count for name in table.column_names}
    assert [name for name in nulls if nulls[name]] == ["lag", "zone", "tenant", "origin"]
    assert set(nulls.values()) == {0, sum(LENGTHS)}


def test_what_repeats_takes_few_bytes(tmp_path):
    file = JournalFile(tmp_path / "events.parquet", NAMES)
    file(runs_of(SEGMENT, np.random.default_rng(1)))
    file.close()
    assert (tmp_path / "events.parquet").stat().st_size < SEGMENT * ROW.itemsize / 3
