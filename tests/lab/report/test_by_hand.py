"""What a person did to a run, in its report and its diagrams: when it was done, and what was out or cut since."""

import pytest

import vsmlab
from vsmlab.lab.report import report_of, write_report
from vsmlab.lab.report.amounts import amount_in_words
from vsmlab.lab.report.by_hand import by_hand_panel, in_words
from vsmlab.lab.report.diagram import draw_system
from vsmlab.lab.scenario import Act
from vsmlab.laws import kinds as k


@pytest.fixture(scope="module")
def hand(tmp_path_factory):
    session = vsmlab.Session("oscillating-siblings", until=1200.0)
    for time, *acts in (
        (100.0, {"kind": "demand", "stream": "requests", "factor": 2.0}),
        (120.0, {"kind": "knockout", "system": "teams.system2"}),
        (120.0, {"kind": "slow", "unit": "teams.team-1", "factor": 0.25}),
        (150.0, {"kind": "cut", "channel": "op_mgmt"}),
        (180.0, {"kind": "cut", "channel": "op_mgmt", "mends": True}, {"kind": "cut", "channel": "op_env"}),
        (200.0, {"kind": "demand", "stream": "requests", "factor": 1.0}),
    ):  # fmt: skip
        session.advance(time)
        for act in acts:
            session.act(act)
    session.advance(300.0)
    return session.save(tmp_path_factory.mktemp("hand") / "run")


def section(run, key):
    return next((one for one in report_of(run).sections if one.key == key), None)


def test_every_act_is_told_with_its_time(hand):
    table = section(hand, "by-hand").blocks[0]
    assert table.rows == (
        ("100 s", "demand of requests changed: 2 times what the scenario says"),
        ("120 s", "teams.system2 knocked out"),
        ("120 s", "teams.team-1 slowed: to 0.25 of its speed"),
        ("150 s", "reports of everybody cut"),
        ("180 s", "reports of everybody joined again"),
        ("180 s", "served of everybody cut"),
        ("200 s", "demand of requests changed: as the scenario says"),
    )
    panel = by_hand_panel(report_of(hand))
    assert "What was done by hand" in panel
    assert panel.count("<li>") == 7


def test_without_acts_there_is_no_such_part(tmp_path):
    run = vsmlab.run("mm3", until=1200.0, out=tmp_path / "run")
    assert section(run, "by-hand") is None
    assert by_hand_panel(report_of(run)) == ""
    assert by_hand_panel(None) == ""


def test_who_was_knocked_out_and_what_was_cut_is_drawn_so_with_the_time(hand):
    root = section(hand, "organisation").blocks[0].systems[0]
    assert root.system2 == "knocked out"
    assert root.outs == {"teams.system2": "knocked out at 120 s"}
    assert root.system2_note.endswith("unheard")
    reports, served = root.channels["op_mgmt"], root.channels["op_env"]
    assert (reports.cut, reports.spell) == (False, "cut 150 s to 180 s")
    assert (served.cut, served.spell) == (True, "cut at 180 s")
    drawn = draw_system(root)
    assert 'class="struck"' in drawn
    assert "knocked out at 120 s" in drawn
    assert "cut at 180 s" in drawn
    assert "Knocked out while it ran: teams.system2 at 120 s." in section(hand, "organisation").lead
    assert "It was knocked out at 120 s" in section(hand, "coordination").lead


def test_life_and_death_calls_a_knock_out_by_its_name(hand):
    life = section(hand, "life")
    assert "teams.system2 was knocked out at 120 s." in life.lead
    assert "3 faults made work slow" in life.lead  # a channel that is cut for everybody is one
    assert {"teams.system2", "team-1", "team-1.management"} & {row[0] for row in life.blocks[0].table.rows}
    told = [row[1] for row in life.blocks[0].table.rows]
    assert "broken" not in str(life.blocks[0].table.rows)
    assert any("demand × 2" in what for what in told)
    assert "What was done by hand" in write_report(hand).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ({"kind": "set", "who": "a.system2", "dial": "gain", "value": 0.5}, "gain of a.system2 set to 0.5"),
        ({"kind": "cut", "channel": "account", "of": "a.b.management"}, "account of a.b.management cut"),
        ({"kind": "delay", "channel": "s2", "adds": 10.0}, "coordination of everybody delayed: 10 s more"),
        ({"kind": "hang", "unit": "a.b", "answers": False}, "a.b made to hang: it is silent"),
        ({"kind": "crash", "unit": "a.b", "mends": True}, "a.b mended: crashed no more"),
        ({"kind": "bias", "unit": "a.b", "factor": 2.0}, "a.b made to report wrongly: 2 times what there is"),
        ({"kind": "loss", "unit": "a"}, "every operation of a crashed"),
    ],
)  # fmt: skip
def test_acts_in_words(act, said):
    assert in_words(Act(time=1.0, **act)) == said


def test_every_number_of_a_message_has_a_name_or_a_unit():
    for one in (*k.MESSAGES, *k.NOTES):
        said = amount_in_words(one.name, 1, 2.0)
        assert (said == "") == (one.value == "-"), one.name
        assert said == "" or any(letter.isalpha() for letter in said), one.name
    for which, name in enumerate(k.WHICH_NAMES):
        assert amount_in_words("account", which, 2.0).startswith(f"{name.replace('_', ' ')} 2")
    assert amount_in_words("account", k.OFFERED, 1.0) == "offered 1 erlang"
    assert amount_in_words("no-such-kind", 0, 2.0) == "2"
    assert amount_in_words("disturb", k.CUT + k.FAULT_STEP * k.S2, 1.0) == "cut of s2, begins"
