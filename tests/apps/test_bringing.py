"""Data of one's own: looked at first, written only when it is right, and never over anything."""

from __future__ import annotations

import pandas as pd
import pytest

import vsmlab
from vsmlab.apps import bringing
from vsmlab.apps.bringing import Wish, keep_scenario, look, replaying
from vsmlab.errors import InputError

CALLS = b"when,secs,who\n0,2,ann\n3.5,1.5,bob\n7,4,<script>\n"
SCENARIO = b"""\
version: 1
name: tiny
title: tiny
horizon: 50
environment:
  demand:
    people: {arrivals: {poisson: {rate: 1}}, work: {exponential: {mean: 1}}, to: hall}
organisation: {name: hall, agents: 2}
"""


def test_a_table_is_shown_with_its_columns_first_rows_and_a_guess():
    found = look("folder\\My Calls.csv", CALLS)
    assert (found.name, found.columns, found.count) == ("My Calls.csv", ("when", "secs", "who"), 3)
    assert found.time == "when"
    assert found.rows[2] == ("7", "4", "<script>")


def test_a_recording_becomes_a_scenario_that_replays_it(tmp_path):
    written = replaying(look("calls.csv", CALLS), Wish("calls", "when", "secs"), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["calls.csv", "calls.yaml"]
    run = vsmlab.run(written, until=100.0)
    assert run.measures["units"]["calls"]["arrivals"] == 3
    assert run.measures["units"]["calls"]["served"] == 3


def test_parquet_is_read_too_and_agents_follow_from_the_load(tmp_path):
    table = pd.DataFrame({"start_time": [0.0, 1.0, 2.0, 4.0], "duration": [3.0, 3.0, 3.0, 3.0]})
    file = tmp_path / "in.parquet"
    table.to_parquet(file)
    here = tmp_path / "here"
    here.mkdir()
    brought = look("in.parquet", file.read_bytes())
    assert (brought.time, brought.work) == ("start_time", "duration")
    scenario = vsmlab.load(replaying(brought, Wish("mine", "start_time", "duration"), here)).scenario
    assert scenario.organisation.agents == 4  # 12 s of work in 4 s, four fifths busy


@pytest.mark.parametrize(
    ("name", "data", "fragment"),
    [
        ("a.exe", b"MZ", "kind"),
        ("a.csv", b"", "empty"),
        ("a.csv", b"\xff\xfe\x00", "UTF-8"),
        ("a.csv", b"a,b\x00\n1,2\n", "text"),
        ("a.csv", b"only,a,header\n", "no rows"),
        ("a.csv", b"a,a\n1,2\n", "one name"),
        ("a.csv", b'a,b\n"1,2\n', "not a table"),
        ("a.parquet", b"PAR1 no", "Parquet"),
        ("a.csv", b"x" * (bringing.MOST_BYTES + 1), "too large"),
        ("a.csv", b",".join(b"c%d" % k for k in range(300)) + b"\n" + b",".join(b"1" for _ in range(300)), "columns"),
    ],
)  # fmt: skip
def test_a_wrong_table_is_a_message(name, data, fragment):
    with pytest.raises(InputError, match=fragment):
        look(name, data)


@pytest.mark.parametrize(
    ("wish", "fragment"),
    [
        (Wish("../up", "when"), "not a name"),
        (Wish("system2", "when"), "not a name"),
        (Wish("good", "nothing"), "no such column"),
        (Wish("good", "when", "when"), "same column"),
        (Wish("good", "when", "who"), "who"),
        (Wish("good", "secs", "when"), "goes back"),
        (Wish("good", "when", "secs", 0.0), "seconds"),
        (Wish("good", "when", "secs", float("nan")), "seconds"),
        (Wish("good", "when", "secs", 1.0, -1), "agents"),
    ],
)
def test_a_wrong_wish_is_a_message_and_leaves_nothing(wish, fragment, tmp_path):
    with pytest.raises(InputError, match=fragment):
        replaying(look("calls.csv", CALLS), wish, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("there", ["calls.csv", "calls.yaml"])
def test_nothing_is_overwritten(there, tmp_path):
    (tmp_path / there).write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="exists"):
        replaying(look("calls.csv", CALLS), Wish("calls", "when"), tmp_path)
    assert (tmp_path / there).read_text(encoding="utf-8") == "mine"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_scenario_is_kept_under_its_name_if_it_loads(tmp_path):
    assert keep_scenario("whatever.yaml", SCENARIO, tmp_path) == tmp_path / "tiny.yaml"
    assert (tmp_path / "tiny.yaml").read_bytes() == SCENARIO
    with pytest.raises(InputError, match="exists"):
        keep_scenario("whatever.yaml", SCENARIO, tmp_path)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[1, 2]",
        b"a: [",
        b"\xff",
        SCENARIO.replace(b"agents: 2", b"agents: -2"),
        b"extends: ../../etc/passwd\n",
    ],
)
def test_a_wrong_scenario_is_a_message_and_leaves_nothing(data, tmp_path):
    with pytest.raises(InputError):
        keep_scenario("x.yaml", data, tmp_path)
    assert list(tmp_path.iterdir()) == []
