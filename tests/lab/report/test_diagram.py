from xml.etree import ElementTree

import pytest

from vsmlab.lab.report.diagram import draw_system
from vsmlab.lab.report.glyphs import amoeba, arc, health_class, thickness
from vsmlab.lab.report.system import ChannelUse, DiagramOperation, DiagramSystem, system_tables

SVG = "{http://www.w3.org/2000/svg}"
EVIL = "<script>alert(1)</script>"
CHANNELS = {kind: ChannelUse(100) for kind in ("bargain", "intervene", "account", "s2", "op_mgmt", "mgmt_op")}


def operation(name="chat", **given):
    facts = {"utilisation": 0.72, "arrivals": 19_366, "served": 19_300, "agents_start": 9, "agents_end": 14}
    return DiagramOperation(name, f"fleet.{name}", **(facts | given))


def system(*operations, **given):
    facts = {"system2": "on", "system3": "on", "channels": CHANNELS}
    return DiagramSystem("fleet", "fleet", operations or (operation(),), **(facts | given))


def drawn(one):
    return ElementTree.fromstring(draw_system(one))


def texts(one):
    return ["".join(part.itertext()) for part in drawn(one).iter(f"{SVG}text")]


def titles(one):
    return [part.text for part in drawn(one).iter(f"{SVG}title")]


def of_class(one, kind):
    return [part for part in drawn(one).iter() if kind in part.get("class", "").split()]


def test_an_operation_shows_its_load_tasks_agents_and_health():
    one = system(operation(mean_wait_s=0.55, health=0.82))
    assert {"chat", "72 % busy", "9 → 14 agents", "19,366 in", "19,300 served"} <= set(texts(one))
    assert {"mean wait 550 ms", "flow 0.82"} <= set(texts(one))


def test_what_is_not_known_is_not_shown():
    one = system(DiagramOperation("chat", "fleet.chat"))
    assert not [line for line in texts(one) if "% busy" in line or "wait" in line or "None" in line]
    assert not [part for part in of_class(one, "ring") if "h-unknown" not in part.get("class")]


@pytest.mark.parametrize("role", ["system2", "system3"])
def test_a_system_that_does_not_exist_is_not_drawn(role):
    name = f"System {role[-1]}"
    assert name in texts(system())
    assert name not in texts(system(**{role: None}))
    assert not [title for title in titles(system(**{role: None})) if title.startswith(name)]


ROLES = {"audit": "System 3*", "system4": "System 4", "system5": "System 5"}
HIGHER_KINDS = ("s3star", "s3_s4", "s4_s3", "env_s4", "s4_env", "s34_s5", "s5_34", "algedonic")
HIGHER = {kind: ChannelUse(70) for kind in HIGHER_KINDS}


def test_systems_that_are_not_there_are_never_drawn():
    everything = " ".join(texts(system()) + titles(system()))
    for name in ("System 4", "System 5", "3*", "audit", "algedonic"):
        assert name not in everything


@pytest.mark.parametrize("role", ROLES)
def test_a_higher_system_is_drawn_with_its_name_and_what_it_did(role):
    one = system(**{role: "on", f"{role}_note": "7 things done"})
    assert {ROLES[role], "7 things done"} <= set(texts(one))
    assert f"{ROLES[role]} of fleet, on: 7 things done" in titles(one)
    assert len(of_class(system(**{role: "knocked out"}), "struck")) == 1


def test_the_channels_of_the_metasystem_are_drawn_where_both_ends_are():
    whole = system(audit="on", system4="on", system5="on", channels=CHANNELS | HIGHER)
    for kind in HIGHER:
        assert of_class(whole, kind), kind
    assert "pain and pleasure, past everything else: 70 messages" in titles(whole)
    without = system(audit="on", system4=None, system5=None, channels=CHANNELS | HIGHER)
    for kind in set(HIGHER) - {"s3star"}:
        assert not of_class(without, kind), kind


def test_systems_stand_one_above_the_other_and_nothing_is_outside_of_the_drawing():
    whole = system(audit="on", system4="on", system5="on", channels=CHANNELS | HIGHER)
    high = [float(next(p for p in drawn(whole).iter(f"{SVG}text") if p.text == name).get("y"))
            for name in ("System 5", "System 4", "System 3")]  # fmt: skip
    assert high[0] + 80 < high[1] < high[2] - 80
    height = float(drawn(whole).get("viewBox").split()[3])
    assert all(0 <= float(part.get("y")) <= height for part in drawn(whole).iter(f"{SVG}text"))


def test_without_system3_there_is_no_bargain():
    one = system(system3=None)
    assert not of_class(one, "bargain")
    assert of_class(one, "s2")


@pytest.mark.parametrize("role", ["system2", "system3"])
def test_a_system_that_is_knocked_out_is_struck_through_and_says_so(role):
    one = system(**{role: "knocked out"})
    assert len(of_class(one, "struck")) == 1
    assert "knocked out" in texts(one)
    assert not of_class(system(), "struck")


def test_a_management_that_is_knocked_out_is_struck_through_and_one_that_is_missing_not_drawn():
    assert len(of_class(system(operation(management="knocked out")), "struck")) == 1
    assert "management" not in texts(system(operation(management=None)))


def test_a_cut_channel_is_dashed_and_says_cut():
    one = system(channels=CHANNELS | {"bargain": ChannelUse(40, 40, cut=True)})
    (rail,) = of_class(one, "bargain")
    assert rail.find(f"{SVG}path").get("stroke-dasharray")
    assert "cut" in texts(one)
    assert "grants of the resource bargain: 40 messages, 40 lost, cut" in titles(one)


def test_a_cut_of_one_operation_is_told_at_that_operation():
    one = system(operation(channels={"bargain": ChannelUse(3, 3, True)}), operation("code"))
    assert "bargain cut" in texts(one)


def test_a_busier_channel_is_thicker_and_counts_are_in_its_title():
    one = system(channels=CHANNELS | {"account": ChannelUse(90_000, 12)})
    width = {
        kind: float(of_class(one, kind)[0].find(f"{SVG}path").get("stroke-width"))
        for kind in ("account", "bargain")
    }
    assert width["account"] > width["bargain"]
    assert "accounts for what was granted: 90,000 messages, 12 lost" in titles(one)


def test_a_viable_child_links_to_its_own_diagram_and_a_child_to_its_parent():
    child = system(operation("code", viable=True), operation("chat"), parent_path="root")
    ways = [part.get("href") for part in drawn(child).iter(f"{SVG}a")]
    assert ways == ["#system-fleet.code", "#system-root"]
    assert "System 3 of code" in texts(child)


def test_beyond_twelve_operations_eleven_are_drawn_and_the_table_has_all():
    many = system(*(operation(f"w-{k}") for k in range(16)))
    twelve = system(*(operation(f"w-{k}") for k in range(12)))
    assert len(of_class(many, "operation")) == 11
    assert "and 5 more operations: see the table" in texts(many)
    assert len(of_class(twelve, "operation")) == 12
    assert len(system_tables(many)[0].rows) == 16


def test_any_name_is_shown_as_text_and_a_long_one_keeps_its_full_text_as_title():
    long = "a-very-long-name-of-an-operation-that-no-circle-holds"
    one = system(operation(EVIL, viable=True), operation(long), parent_path=EVIL, system3_note=EVIL)
    assert "<script" not in draw_system(one)
    assert long in titles(one)
    assert EVIL in titles(one)
    assert long not in texts(one)


def test_an_organisation_of_one_operation_needs_no_metasystem():
    one = DiagramSystem("desk", "desk", (DiagramOperation("desk", "desk", utilisation=0.8),))
    assert "80 % busy" in texts(one)
    assert "System 3" not in texts(one)


def test_a_system_without_operations_is_drawn_too():
    assert "System 3" in texts(DiagramSystem("x", "x", (), "on", "on", CHANNELS))


def test_tables_list_channels_of_the_system_and_of_single_operations():
    _, channels = system_tables(system(operation(channels={"account": ChannelUse(7, 1, True)})))
    assert ("account of chat", "accounts for what was granted", 7, 1, True) in channels.rows
    assert len(channels.rows) == len(CHANNELS) + 1


def test_health_runs_in_five_steps_and_unknown_is_none_of_them():
    assert [health_class(h) for h in (None, -1.0, 0.0, 0.5, 1.0, 2.0, float("nan"))] == [
        "h-unknown", "h0", "h0", "h2", "h4", "h4", "h-unknown",
    ]  # fmt: skip


def test_thickness_grows_with_traffic_within_bounds():
    widths = [thickness(n, 1000) for n in (0, 1, 10, 1000, 9999)]
    assert widths == sorted(widths)
    assert widths[-1] == pytest.approx(5.6)


def test_the_load_arc_ends_where_the_share_says():
    assert arc(0.0, 0.0, 10.0, 0.25) == "M0,-10A10,10 0 0 1 10,0"
    assert " 0 1 1 -10,0" in arc(0.0, 0.0, 10.0, 0.75)


def test_an_amoeba_is_closed_and_its_shape_is_its_names():
    assert amoeba("a", 0, 0, 10, 10) == amoeba("a", 0, 0, 10, 10) != amoeba("b", 0, 0, 10, 10)
    assert amoeba("a", 0, 0, 10, 10).endswith("Z")
