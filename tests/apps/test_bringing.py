"""Data of one's own: looked at first, written only when it is right, and never over anything."""

from __future__ import annotations

import base64

import pandas as pd
import pytest

import vsmlab
from vsmlab.apps import bringing
from vsmlab.apps.bringing import free_name, look, seen_in, unit_of
from vsmlab.apps.own_data import OwnData
from vsmlab.apps.replaying import Wish, keep_scenario, replaying
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


# The form


MINUTES = b"opened,handling minutes\n2026-03-02 08:00:00,4\n2026-03-02 08:10:00,6\n2026-03-02 08:20:00,5\n"


def brought(folder, data, name="Tickets March.csv"):
    """The form, with a file that somebody dropped."""
    form = OwnData(folder)
    form.do("brought", {"name": name, "data": base64.b64encode(data).decode()})
    return form


def about(form, field):
    """What is said below a field."""
    return form.parts()["data"].split(f'id="about-own-{field}"')[1].split("</span>")[0]


@pytest.mark.parametrize(
    ("column", "unit"),
    [
        ("handling minutes", "min"), ("handlingMinutes", "min"), ("dauer_min", "min"), ("hours", "h"), ("t_ms", "ms"),
        ("service_seconds", "s"), ("handling_s", "s"), ("duration", "s"), ("tokens", ""), ("terms", ""), ("admin", ""),
    ],
)  # fmt: skip
def test_a_unit_is_guessed_from_a_name(column, unit):
    assert unit_of(column) == unit


def test_a_free_name_is_suggested(tmp_path):
    assert free_name("Tickets March.csv", tmp_path) == "tickets-march"
    (tmp_path / "tickets-march.csv").write_text("mine", encoding="utf-8")
    (tmp_path / "tickets-march-2.yaml").write_text("mine", encoding="utf-8")
    form = brought(tmp_path, MINUTES)
    assert 'value="tickets-march-3"' in form.parts()["data"]
    form.do("write", {})
    assert (tmp_path / "tickets-march-3.yaml").is_file()


def test_minutes_stay_minutes(tmp_path):
    form = brought(tmp_path, MINUTES)
    said = form.parts()["data"]
    assert '<option value="min" selected="true">minutes</option>' in said
    assert "A task needs <strong>300 s</strong>" in said or "A task needs <strong>5 min</strong>" in said
    assert "3 tasks in 20 min." in about(form, "time")
    assert "4 to 6, 5 on average." in about(form, "work")
    form.do("own-unit", {"value": "s"})
    assert "A task needs <strong>5 s</strong>" in form.parts()["data"]
    form.do("own-unit", {"value": "min"})
    form.do("write", {"name": "mine"})
    scenario = vsmlab.load(tmp_path / "mine.yaml").scenario
    assert scenario.environment.demand["tasks"].work.linear.columns["work"] == 60.0
    assert scenario.organisation.agents == 1  # 15 minutes of work in 20, busy three quarters of the time


def test_what_counts_something_else_is_asked_for_in_seconds(tmp_path):
    form = brought(tmp_path, b"time,tokens\n0,10\n2,30\n")
    form.do("own-work", {"value": "tokens"})
    assert "Seconds of work for each" in form.parts()["data"]
    form.do("own-scale", {"value": "0.1"})
    assert "<strong>2 s</strong>" in form.parts()["data"]
    form.do("own-scale", {"value": "0"})
    assert "Not a number of seconds" in about(form, "scale")
    form.do("write", {})
    assert not list(tmp_path.iterdir())
    assert "Nothing was written: 1 field to mend" in form.parts()["told-data"]


def test_a_column_is_looked_at_when_it_is_chosen(tmp_path):
    form = brought(tmp_path, b"opened,note\n02.03.2026 08:00:05,a\n02.03.2026 08:00:17,b\n")
    assert "Row 2" in about(form, "time")
    assert "with the year first, as 2026-03-02 08:00:05" in about(form, "time")
    assert "to be mended first" in form.parts()["data"]
    form = brought(tmp_path, MINUTES)
    form.do("own-work", {"value": "opened"})
    assert "same column" in about(form, "work")
    form.do("own-work", {"value": ""})
    assert "Mean work of a task" in form.parts()["data"]
    form.do("own-agents", {"value": "many"})
    assert "Not a number: many" in about(form, "agents")
    assert list(tmp_path.iterdir()) == []


def test_columns_are_read_whole(tmp_path):
    seen = seen_in(look("calls.csv", CALLS), "when", "secs")
    assert (seen.tasks, seen.span, seen.least, seen.most) == (3, 7.0, 1.5, 4.0)
    assert seen.busy(2.0) == pytest.approx(15.0 / 7.0)


def test_a_recording_takes_the_place_of_the_demand_of_a_scenario_that_is_there(tmp_path):
    form = brought(tmp_path, MINUTES)
    form.do("own-into", {"value": "mm3: customers"})
    said = form.parts()["data"]
    assert (
        "3 tasks in 20 min in place of mm3: customers; each needs <strong>300 s of one agent" in said
        or "<strong>5 min" in said
    )
    assert "Agents" not in said  # that scenario has its own
    form.do("write", {"name": "mine"})
    loaded = vsmlab.load(tmp_path / "mine.yaml")
    assert loaded.scenario.organisation.name == "desk"
    assert loaded.scenario.environment.demand["customers"].work.linear.columns["work"] == 60.0
    run = vsmlab.run(loaded)
    assert (
        run.measures["units"]["desk"]["arrivals"] + run.measures["units"]["desk"]["in_progress_at_start"] == 3
    )
    assert (run.manifest["horizon"], run.manifest["warmup"]) == (
        1201.0,
        0.0,
    )  # 1000 s would leave next to nothing


def test_the_work_of_that_scenario_is_kept_where_none_was_recorded(tmp_path):
    form = brought(tmp_path, MINUTES)
    form.do("own-into", {"value": "bargain: service"})
    form.do("own-work", {"value": ""})
    assert "each needs <strong>what the scenario says" in form.parts()["data"]
    form.do("write", {"name": "mine"})
    there, mine = (
        vsmlab.load(one).scenario.environment.demand for one in ("bargain", tmp_path / "mine.yaml")
    )
    assert mine["service"].work == there["service"].work
    assert mine["sales"] == there["sales"]
    assert mine["service"].trace.file == "mine.csv"


@pytest.mark.parametrize(
    ("stream", "fragment"),
    [("llm-fleet: chat", "Unknown column"), ("demand-slope: orders", "can be foreseen")],
)
def test_where_it_cannot_be_replayed_that_is_said_when_it_is_chosen(stream, fragment, tmp_path):
    form = brought(tmp_path, MINUTES)
    form.do("own-into", {"value": stream})
    assert "It cannot be replayed there." in about(form, "into")
    assert fragment in about(form, "into")
    form.do("write", {"name": "mine"})
    assert list(tmp_path.iterdir()) == []
    form.do("own-into", {"value": "/etc/passwd: x"})
    assert fragment in about(form, "into")
