"""Bands, and the history: what is counted, and that half a line never is."""

import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from vsmlab.errors import PeerError
from vsmlab.lab.nightly.bands import judged
from vsmlab.lab.nightly.document import Band
from vsmlab.lab.nightly.history import Execution, append, read_history
from vsmlab.lab.nightly.locks import BusyError, held


def one(job="a", value=1.0):
    return Execution(job, "scenario", "2026-01-02T03:04:05+00:00", 1.5, True, measures={"m": value})


@pytest.mark.parametrize(
    ("band", "value", "before", "inside"),
    [
        (Band(min=1, max=2), 1.0, [], True),
        (Band(min=1, max=2), 2.5, [], False),
        (Band(max=2), None, [], False),
        (Band(deviations=2), 9.0, [1.0, 1.0], None),
        (Band(deviations=2), 1.0, [1.0, 1.0, 1.0], True),
        (Band(deviations=2), 1.0 + 1e-12, [1.0, 1.0, 1.0], True),
        (Band(deviations=2), 1.001, [1.0, 1.0, 1.0], False),
        (Band(deviations=2), 3.9, [1.0, 2.0, 3.0], True),
        (Band(deviations=2), 4.1, [1.0, 2.0, 3.0], False),
        (Band(deviations=2, last=3), 4.1, [9.0, 1.0, 2.0, 3.0], False),
        (Band(deviations=2, last=4), 4.1, [9.0, 1.0, 2.0, 3.0], True),
        (Band(deviations=2, max=3), 3.5, [1.0, 2.0, 3.0], False),
    ],
)
def test_a_value_is_inside_or_outside_or_it_is_too_early_to_say(band, value, before, inside):
    assert judged("m", band, value, before)["inside"] is inside


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=30), st.floats(0.1, 5))
def test_the_mean_of_what_was_lies_inside_and_far_away_is_outside(before, deviations):
    band = Band(deviations=deviations, last=30)
    verdict = judged("m", band, sum(before) / len(before), before)
    assert verdict["low"] <= verdict["high"]
    assert verdict["inside"] or verdict["high"] - verdict["low"] < 1e-6
    assert judged("m", band, 1e9, before)["inside"] is False


@pytest.mark.parametrize("wrong", [{}, {"min": 2, "max": 1}, {"deviations": 0}, {"deviations": 1, "last": 2}])
def test_a_band_that_says_nothing_or_the_impossible_is_refused(wrong):
    with pytest.raises(ValidationError):
        Band(**wrong)


def test_what_was_appended_is_read_again_in_order(tmp_path):
    file = tmp_path / "history.jsonl"
    assert read_history(file) == []
    for value in (1.0, None, 3.5):
        append(file, one(value=value))
    assert [entry.measures["m"] for entry in read_history(file)] == [1.0, None, 3.5]
    assert read_history(file)[0].when == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_wherever_a_line_is_cut_it_is_not_counted_and_the_next_one_is_whole(tmp_path):
    file = tmp_path / "history.jsonl"
    append(file, one(value=1.0))
    whole = file.read_bytes()
    append(file, one(value=2.0))
    both = file.read_bytes()
    for cut in range(len(whole), len(both)):
        file.write_bytes(both[:cut])
        assert [entry.measures["m"] for entry in read_history(file)] == [1.0]
        append(file, one(value=3.0))
        assert [entry.measures["m"] for entry in read_history(file)] == [1.0, 3.0]


def test_a_line_that_is_longer_than_what_is_looked_at_at_once_is_cut_off_too(tmp_path):
    file = tmp_path / "history.jsonl"
    append(file, one(value=1.0))
    with file.open("ab") as out:
        out.write(b"x" * 200_000)
    append(file, one(value=2.0))
    assert [entry.measures["m"] for entry in read_history(file)] == [1.0, 2.0]


@pytest.mark.parametrize("line", ["[]", "{}", "no", '{"job": 1}', json.dumps(one().plain() | {"format": 2})])
def test_a_whole_line_that_is_none_of_ours_is_named(tmp_path, line):
    file = tmp_path / "history.jsonl"
    append(file, one())
    with file.open("a", encoding="utf-8") as out:
        out.write(line + "\n")
    with pytest.raises(PeerError, match="line 2"):
        read_history(file)


def test_lines_of_many_writers_do_not_mix(tmp_path):
    file = tmp_path / "history.jsonl"
    writers = [
        threading.Thread(
            target=lambda k=k: [append(file, one(job=f"j{k}", value=float(n))) for n in range(20)]
        )
        for k in range(4)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    found = read_history(file)
    for k in range(4):
        assert [e.measures["m"] for e in found if e.job == f"j{k}"] == [float(n) for n in range(20)]


def test_a_lock_is_held_once_and_says_by_whom_since_when(tmp_path):
    file = tmp_path / ".lock"
    since = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    busy = pytest.raises(BusyError, match=rf"process {os.getpid()} .* since 2026-01-02T03:04:05")
    with held(file, since), busy, held(file, since):
        pass
    with held(file, since):
        pass


def test_a_lock_is_free_when_its_holder_was_killed(tmp_path):
    file = tmp_path / ".lock"
    code = (
        "import sys, os, pathlib, datetime; from vsmlab.lab.nightly.locks import held\n"
        "with held(pathlib.Path(sys.argv[1]), datetime.datetime.now(datetime.UTC)):\n"
        "    print('held', flush=True); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(file)], check=False, timeout=60)
    assert file.read_text() != ""
    with held(file, datetime.now(UTC)):
        pass
