"""The canvas without a browser: what people do comes in, commands are done, nodes and edges go out."""

from __future__ import annotations

import base64
import json
import os
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
import yaml
from browser import until

import vsmlab
from vsmlab.apps.canvas.anchors import anchor, corners
from vsmlab.apps.canvas.filing import AGAIN, Filing
from vsmlab.apps.canvas.framing import CONTROLS, MINIMAP, Box, framed
from vsmlab.apps.canvas.looks import LOOKS, WIDTH, height
from vsmlab.apps.canvas.mirror import css_text, edges_of, nodes_of, types
from vsmlab.apps.canvas.picture import draw
from vsmlab.apps.canvas.sheet import CanvasSheet
from vsmlab.apps.canvas.sketch import BURST, Sketch
from vsmlab.apps.canvas.values import alternative, begin, kind_of, read, shown
from vsmlab.apps.canvas.ways import lanes, way
from vsmlab.apps.lab import Lab
from vsmlab.apps.live import page as live
from vsmlab.lab import drawing as d
from vsmlab.lab.drawing.ports import ports_of
from vsmlab.lab.loader import shipped_scenarios
from vsmlab.lab.places import scenarios_folder

SHIPPED = [one.name for one in shipped_scenarios()]
MM3 = scenarios_folder() / "mm3.yaml"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def lab(tmp_path):
    found = Lab(runs=(tmp_path / "runs",), here=tmp_path)
    yield found
    found.jobs.close()


@pytest.fixture
def sheet(lab):
    return CanvasSheet(Filing(lab))


def opened(lab, source):
    return CanvasSheet(Filing(lab), source)


def ids(sheet):
    return [node["id"] for node in sheet.flow()[0]]


def links(sheet):
    return [edge["id"] for edge in sheet.flow()[1]]


def drop(sheet, kind, x=700.0, y=700.0, onto=None):
    target = None if onto is None else {"node_id": onto, "handle_id": None, "direction": None}
    message = {"type": "drop", "drop_type": "application/x-vsmlab-item", "data": {"kind": kind}}
    sheet.heard({**message, "position": {"x": x, "y": y}, "target": target})


def choose(sheet, *names):
    nodes = [name for name in names if ">" not in name]
    sheet.heard(
        {"type": "selection_changed", "nodes": nodes, "edges": [name for name in names if ">" in name]}
    )


def drawn(sheet, source, source_port, target, target_port):
    edge = {"source": source, "sourceHandle": source_port, "target": target, "targetHandle": target_port}
    sheet.heard({"type": "edge_added", "edge": edge})


def told(sheet):
    return str(sheet.parts()["told"])


def everything(sheet):
    return str(sheet.layout()) + "".join(sheet.parts().values())


# The mirror


@pytest.mark.parametrize("name", SHIPPED)
def test_every_level_of_every_scenario_is_shown_as_react_flow_takes_it(name, lab):
    sheet = opened(lab, name)
    kinds = types()
    for level in d.levels(sheet.sketch.now):
        view = d.view(sheet.sketch.now, level)
        nodes, edges = nodes_of(view), edges_of(view)
        json.dumps([nodes, edges], allow_nan=False)
        known = {node["id"]: node for node in nodes}
        assert len(known) == len(nodes)
        assert len({edge["id"] for edge in edges}) == len(edges)
        for edge in edges:
            out = [port["id"] for port in kinds[known[edge["source"]]["type"]]["outputs"]]
            into = [port["id"] for port in kinds[known[edge["target"]]["type"]]["inputs"]]
            assert edge["sourceHandle"] in out
            assert edge["targetHandle"] in into


@pytest.mark.parametrize("kind", LOOKS)
def test_no_two_ports_of_a_node_lie_over_each_other(kind):
    places = [anchor(kind, port.name, port.direction) for port in ports_of(kind)]
    for index, one in enumerate(places):
        assert 0 <= one.x <= WIDTH
        assert 0 <= one.y <= height(kind)
        for other in places[index + 1 :]:
            assert abs(one.x - other.x) + abs(one.y - other.y) >= 14


@pytest.mark.parametrize("end", ["left", "right", "top", "bottom"])
@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
@pytest.mark.parametrize("to", [(300.0, 200.0), (-300.0, 200.0), (300.0, -200.0), (0.0, 0.0)])
def test_a_line_has_right_angles_and_ends_where_it_should(side, end, to):
    points = corners((0.0, 0.0), side, to, end, 20.0)
    assert points[0] == (0.0, 0.0)
    assert points[-1] == to
    for (x, y), (to_x, to_y) in pairwise(points):
        assert x == to_x or y == to_y


def test_text_in_css_cannot_end_it():
    assert css_text('"; } x { y: url(z)') == '"\\22 \\3b  \\7d  x \\7b  y\\3a  url\\28 z\\29 "'
    assert css_text("") == "none"


def box_of(node):
    x, y = node.place
    return Box(x, y, x + WIDTH, y + height(node.kind))


def pieces(view):
    """Every straight piece of every line, with its link."""
    known, off = {node.id: node for node in view.nodes}, lanes(view)
    for link in view.links:
        for (x, y), (to_x, to_y) in pairwise(way(link, known, off[link.id])):
            yield link, Box(min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y))


@pytest.mark.parametrize("size", [(805, 613), (740, 570), (1400, 560)])
@pytest.mark.parametrize("more", [(), ("stream", "operation"), ("stream", "operation", "operation", "crash")])
def test_the_whole_level_is_in_the_pane_and_nothing_of_it_lies_behind_buttons_or_minimap(sheet, size, more):
    for kind in more:
        sheet.do("add", {"kind": kind})
    sheet.do("lay-out", {})
    view, (width, tall) = sheet.sketch.view, size
    port = framed(view, width, tall)
    corners_ = (
        Box(0, tall - CONTROLS[1], CONTROLS[0], tall),
        Box(width - MINIMAP[0], tall - MINIMAP[1], width, tall),
    )
    for box in (*(box_of(node) for node in view.nodes), *(piece for _, piece in pieces(view))):
        left, right = (x * port["zoom"] + port["x"] for x in (box.left, box.right))
        top, bottom = (y * port["zoom"] + port["y"] for y in (box.top, box.bottom))
        assert left >= 0
        assert right <= width
        assert top >= 0
        assert bottom <= tall
        assert not any(corner.meets(Box(left, top, right, bottom)) for corner in corners_)


def test_a_level_is_fitted_when_the_pane_is_known_first_and_when_somebody_asks(sheet):
    assert sheet.frame() is None
    sheet.do("pane", {"width": "800", "height": "600"})
    assert sheet.sketch.framing == 1
    sheet.do("pane", {"width": "900", "height": "600"})
    assert sheet.sketch.framing == 1
    sheet.do("fit", {})
    assert sheet.sketch.framing == 2


def test_what_several_streams_tell_system_4_goes_past_their_boxes_each_in_a_lane_of_its_own(sheet):
    for _ in range(3):
        sheet.do("add", {"kind": "stream"})
    sheet.do("lay-out", {})
    view = sheet.sketch.view
    streams = {node.id: box_of(node) for node in view.nodes if node.kind == "stream"}
    upright = {}
    for link, piece in pieces(view):
        if link.line == "intelligence":
            assert not [name for name, box in streams.items() if name != link.source and box.meets(piece)]
            if piece.left == piece.right:
                upright[link.id] = piece.left
    assert len(upright) == len(streams) == 4
    assert len(set(upright.values())) == 4
    lines = {edge["id"]: edge for edge in sheet.flow()[1]}
    assert len({lines[name]["pathOptions"]["offset"] for name in upright}) == 4


# Gestures


def test_a_new_canvas_begins_with_a_whole_viable_system_that_runs(sheet):
    assert {node["type"] for node in sheet.flow()[0]} >= {
        "system2",
        "system3",
        "audit",
        "system4",
        "system5",
        "operation",
    }
    assert d.problems(sheet.sketch.now) == ()


def test_an_item_stands_where_it_was_dropped_and_is_selected(sheet):
    drop(sheet, "operation", 512.0, 640.0)
    node = next(node for node in sheet.flow()[0] if node["id"] == "new-system.operation-2")
    assert node["position"] == {"x": 512.0, "y": 640.0}
    assert node["selected"]
    assert sheet.sketch.history.undo_label == "add Operation"


def test_an_item_dropped_on_a_node_goes_to_it(sheet):
    drop(sheet, "agent", onto="new-system.operation")
    assert sheet.sketch.now.things["new-system.operation"].says["agents"] == 3


def test_what_the_palette_adds_with_the_keyboard_goes_to_what_is_selected(sheet):
    choose(sheet, "new-system.operation")
    sheet.do("add", {"kind": "agent"})
    assert sheet.sketch.now.things["new-system.operation"].says["agents"] == 3


def test_a_click_on_an_item_says_what_to_do_with_it(sheet):
    before = sheet.sketch.now
    sheet.do("item", {"kind": "operation"})
    assert sheet.sketch.now is before
    assert "Operation: drag it onto the canvas, double click it, or press Enter." in told(sheet)
    sheet.do("item", {"kind": HOSTILE})
    assert "<script" not in told(sheet)


def test_no_gesture_makes_the_bar_wider(sheet):
    def words():
        return ["".join(button.itertext()) for button in ET.fromstring(sheet.parts()["bar"]).iter("button")]

    before = words()
    sheet.do("add", {"kind": "operation"})
    sheet.do("rename", {"id": "new-system.operation-2", "value": "a-name-that-is-rather-long"})
    assert 'title="Undo: rename operation-2 to a-name-that-is-rather-long"' in sheet.parts()["bar"]
    assert 'aria-label="Undo: rename operation-2' in sheet.parts()["bar"]
    assert words() == before
    sheet.do("undo", {})
    assert words() == before


def test_a_refused_gesture_changes_nothing_is_told_and_put_back(sheet):
    before, shown_before, revision = sheet.sketch.now, sheet.flow(), sheet.sketch.revision
    drop(sheet, "system3")
    assert sheet.sketch.now is before
    assert sheet.sketch.revision > revision
    assert "message wrong" in told(sheet)
    assert "has this System already" in told(sheet)
    assert sheet.flow()[0] == shown_before[0]
    assert [edge["data"] for edge in sheet.flow()[1]] != [edge["data"] for edge in shown_before[1]]
    assert sheet.sketch.history.undo_label is None


def test_a_line_that_cannot_be_is_refused_with_the_reason(sheet):
    drawn(sheet, "environment.demand", "demand", "new-system.system3", "finding")
    assert "System 3 looks inside, not at the environment" in told(sheet)
    reason = sheet.why_not(
        {
            "source": "environment.demand",
            "sourceHandle": "demand",
            "target": "new-system.system5",
            "targetHandle": "pain",
        }
    )
    assert reason == "System 5 does not speak to the environment: only operations and System 4 do."
    sheet.do("refused", {"source": "environment.demand", "sourceHandle": "demand",
                         "target": "new-system.system5", "targetHandle": "pain"})  # fmt: skip
    assert "System 5 does not speak to the environment" in told(sheet)


def test_a_line_is_drawn_and_told(sheet):
    drawn(sheet, "environment.demand", "demand", "new-system.operation", "tasks")
    assert "environment.demand>new-system.operation:demand" in links(sheet)
    assert "in place of new-system" in told(sheet)


def test_deleting_a_joined_node_is_one_step_and_one_undo_brings_node_and_links_back(sheet):
    drop(sheet, "operation")
    before = sheet.flow()
    steps = len(sheet.sketch.history._done)
    names = [name for name in links(sheet) if "operation-2" in name]
    assert names
    choose(sheet, "new-system.operation-2", *names)
    sheet.do("delete", {})
    assert "new-system.operation-2" not in ids(sheet)
    assert len(sheet.sketch.history._done) == steps + 1
    sheet.do("undo", {})
    assert ids(sheet) == [node["id"] for node in before[0]]
    assert links(sheet) == [edge["id"] for edge in before[1]]


def test_what_the_browser_has_selected_counts_where_it_has_not_told_yet(sheet):
    drop(sheet, "operation")
    sheet.do("delete", {"selected": "new-system.system2\nnew-system.operation-2"})
    assert {"new-system.system2", "new-system.operation-2"}.isdisjoint(ids(sheet))
    assert sheet.sketch.history.undo_label == "delete 2 things"


def test_nodes_that_are_dragged_together_are_one_step(lab):
    now = [0.0]
    sketch = Sketch(d.skeleton("crew"), clock=lambda: now[0])
    sketch.moved("crew.system4", (10.0, 20.0))
    sketch.moved("crew.system5", (30.0, 40.0))
    assert sketch.history.undo_label == "move 2 nodes"
    now[0] = 5.0
    sketch.moved("crew.system5", (31.0, 40.0))
    sketch.undo()
    assert sketch.now.places == {"crew.system4": (10, 20), "crew.system5": (30, 40)}
    sketch.undo()
    assert sketch.now.places == {}
    assert sketch.history.undo_label is None


def test_a_burst_of_arrow_keys_is_one_step_and_a_later_one_another():
    now = [0.0]
    sketch = Sketch(d.skeleton("crew"), clock=lambda: now[0])
    sketch.select(["crew.system4"])
    for _ in range(3):
        sketch.nudge(20.0, 0.0)
    assert sketch.node("crew.system4").place == (340, 130)
    now[0] += 2 * BURST
    sketch.nudge(0.0, 20.0)
    sketch.undo()
    assert sketch.node("crew.system4").place == (340, 130)
    sketch.undo()
    assert sketch.node("crew.system4").place == (280, 130)
    sketch.redo()
    assert sketch.node("crew.system4").place == (340, 130)


def test_a_click_that_moves_nothing_is_no_step(sheet):
    node = sheet.flow()[0][0]
    sheet.heard({"type": "node_moved", "node_id": node["id"], "position": node["position"]})
    assert sheet.sketch.history.undo_label is None


def test_copy_and_paste(sheet):
    choose(sheet, "new-system.operation")
    sheet.do("copy", {})
    sheet.do("paste", {})
    assert "new-system.operation-2" in ids(sheet)
    assert sheet.sketch.selected == ("new-system.operation-2",)


def test_knock_out_and_restore(sheet):
    choose(sheet, "new-system.system2")
    sheet.do("knock", {})
    node = next(node for node in sheet.flow()[0] if node["type"] == "system2")
    assert "out" in node["className"].split()
    assert "Restore" in sheet.parts()["bar"]
    sheet.do("knock", {})
    assert sheet.sketch.now == d.skeleton("new-system")


def test_a_cut_channel_says_so(sheet):
    name = next(name for name in links(sheet) if name.endswith(":command"))
    choose(sheet, name)
    sheet.do("delete", {})
    edge = next(edge for edge in sheet.flow()[1] if edge["id"] == name)
    assert edge["className"].split()[0] == "cut"
    assert edge["label"].startswith("cut: ")
    assert edge["style"]["strokeDasharray"]


def test_levels_are_opened_left_and_followed_when_they_go(lab):
    sheet = opened(lab, "llm-fleet")
    sheet.do("open", {"id": "fleet.standard"})
    assert sheet.sketch.level == "fleet.standard"
    assert "fleet.standard.east" in ids(sheet)
    choose(sheet, "fleet.standard.desk")
    sheet.do("rename", {"id": "fleet.standard.desk", "value": "usual"})
    assert sheet.sketch.level == "fleet.usual"
    sheet.do("undo", {})
    assert sheet.sketch.level == "fleet"
    sheet.do("open", {"id": "fleet.standard"})
    sheet.do("escape", {})
    sheet.do("escape", {})
    assert sheet.sketch.level == "fleet"
    assert "fleet.standard" in sheet.sketch.selected or sheet.sketch.selected == ()


# Forms


def test_a_value_is_set_and_unset_one_step_each(sheet):
    choose(sheet, "new-system.operation")
    place = "organisation.operations.operation.agents"
    sheet.do("set", {"at": place, "kind": "integer", "value": "5"})
    assert sheet.sketch.now.things["new-system.operation"].says["agents"] == 5
    assert sheet.sketch.history.undo_label == "set agents of operation"
    sheet.do("unset", {"at": place})
    assert "agents" not in sheet.sketch.now.things["new-system.operation"].says
    sheet.do("undo", {})
    sheet.do("undo", {})
    assert sheet.sketch.now == d.skeleton("new-system")


def test_a_wrong_value_is_kept_and_said_at_its_field(sheet):
    choose(sheet, "new-system.operation")
    sheet.do("set", {"at": "organisation.operations.operation.agents", "kind": "integer", "value": "many"})
    form = sheet.parts()["form"]
    assert 'aria-invalid="true"' in form
    assert 'id="wrong-organisation.operations.operation.agents"' in form
    assert "1 problem" in sheet.parts()["problems"]
    node = next(node for node in sheet.flow()[0] if node["id"] == "new-system.operation")
    assert "wrong" in node["className"].split()
    choose(sheet)
    sheet.do("show", {"id": "new-system.operation", "field": "at-organisation.operations.operation.agents"})
    assert sheet.sketch.selected == ("new-system.operation",)
    assert sheet.orders == [{"focus": "at-organisation.operations.operation.agents"}]


def test_what_a_field_does_not_take_is_said_at_it_beside_what_was_typed(sheet):
    choose(sheet, "new-system.operation")
    sheet.do("rename", {"id": "new-system.operation", "value": "sales b"})
    form = sheet.parts()["form"]
    assert 'value="sales b"' in form
    assert "Not a name, given &#x27;sales b&#x27;" in form
    assert 'class="heard"' in told(sheet)
    sheet.do("rename", {"id": "new-system.operation", "value": "sales"})
    assert told(sheet) == ""
    assert "Not a name" not in sheet.parts()["form"]
    place = "organisation.operations.sales"
    sheet.do("enter", {"at": f"{place}.essential", "name": ""})
    assert f'id="wrong-{place}.essential"' in sheet.parts()["form"]
    choose(sheet)
    assert "Give it a name" not in sheet.parts()["form"]
    choose(sheet, "new-system.sales")
    sheet.do("set", {"at": f"{place}.agents", "kind": "integer", "value": "3"})
    assert "Give it a name" not in sheet.parts()["form"]


def test_name_and_title_stand_first_in_the_scenarios_form(sheet):
    form = sheet.parts()["form"]
    names = [part.partition('"')[0] for part in form.split('data-set="')[1:]]
    assert names[:2] == ["name", "title"]
    assert form.index('data-set="title"') < form.index("<details")


def test_an_amount_is_a_number_or_a_distribution_with_the_same_mean(sheet):
    choose(sheet, "environment.demand")
    place = "environment.demand.demand.work"
    for name, said in (
        ("gamma", {"gamma": {"mean": 3, "cv2": 1}}),
        ("uniform", {"uniform": {"min": 0, "max": 6}}),
        ("number", 3),
        ("exponential", {"exponential": {"mean": 3}}),
    ):
        sheet.do("choose", {"at": place, "value": name})
        assert sheet.sketch.now.document["environment"]["demand"]["demand"]["work"] == said
        assert d.problems(sheet.sketch.now) == ()
    sheet.do("set", {"at": f"{place}.exponential.mean", "kind": "number", "value": "4.5"})
    assert sheet.sketch.now.document["environment"]["demand"]["demand"]["work"] == {
        "exponential": {"mean": 4.5}
    }


def test_every_field_of_every_node_has_a_control_and_what_it_begins_with_can_be_said(lab):
    for name in ("llm-fleet", "spawning", "hand-offs", "rate-limit", "zombies"):
        sheet = opened(lab, name)
        for thing in ("", *sheet.sketch.now.things):
            form = d.form(sheet.sketch.now, thing)
            for schema in form.schema["properties"].values():
                json.dumps(begin(schema), allow_nan=False)
                assert kind_of(schema)
        for level in d.levels(sheet.sketch.now):
            sheet.do("go", {"level": level})
            for node in ids(sheet):
                choose(sheet, node)
                assert "<section" in sheet.parts()["form"]


def test_a_field_says_unit_default_and_range(sheet):
    choose(sheet, "new-system.system5")
    form = sheet.parts()["form"]
    assert '<span class="unit"> s &gt; 0</span>' in form
    assert '<span class="unit"> share 0 to 1</span>' in form
    assert 'placeholder="default 150"' in form


def test_entries_and_mappings_grow_and_shrink(sheet):
    choose(sheet, "new-system.operation")
    at = "organisation.operations.operation"
    sheet.do("enter", {"at": f"{at}.essential", "name": "mean_wait_s"})
    assert sheet.sketch.now.things["new-system.operation"].says["essential"] == {"mean_wait_s": {"max": 1}}
    sheet.do("append", {"at": f"{at}.next"})
    assert len(sheet.sketch.now.things["new-system.operation"].says["next"]) == 1
    sheet.do("unset", {"at": f"{at}.next.0"})
    sheet.do("unset", {"at": f"{at}.essential.mean_wait_s"})
    says = sheet.sketch.now.things["new-system.operation"].says
    assert not says.get("next")
    sheet.do("switch", {"at": f"{at}.management", "value": "off"})
    assert sheet.sketch.now.things["new-system.operation"].says["management"] == "off"


def test_values_are_read_as_they_are_shown():
    for kind, value in (
        ("number", 0.125),
        ("integer", 7),
        ("boolean", False),
        ("numbers", [1, 2.5]),
        ("plain", {"a": [1]}),
    ):
        assert read(kind, shown(value)) == value
    distribution = d.form(d.skeleton("crew"), "environment.demand").schema["properties"]["work"]
    assert alternative(distribution, "lognormal", 2) == {"lognormal": {"mean": 2, "cv2": 1}}


def test_what_is_not_an_action_is_not_done(sheet):
    before = everything(sheet)
    for what in ("__init__", "layout", "", "keep", "heard", "parts"):
        sheet.do(what, {"at": "x"})
    for message in ({}, {"type": "node_moved"}, {"type": "drop"}, {"type": "sync", "nodes": []}, {"type": 3}):
        sheet.heard(message)
    assert sheet.sketch.now == d.skeleton("new-system")
    assert "could not be understood" in told(sheet)
    sheet.sketch.told.say("")
    assert before.count("<section") == everything(sheet).count("<section")


# Search, table, connecting by form


def test_the_form_connects_and_says_why_not(sheet):
    drop(sheet, "operation")
    sheet.do("ask", {"panel": "connect"})
    for name, value in (
        ("from", "environment.demand"),
        ("from-port", "demand"),
        ("to", "new-system.system3"),
    ):
        sheet.do("end", {"at": name, "value": value})
    assert "System 3 looks inside" in sheet.parts()["asked"]
    sheet.do("join", {})
    assert "System 3 looks inside" in told(sheet)
    sheet.do("end", {"at": "to", "value": "new-system.operation-2"})
    assert "This line can be drawn." in sheet.parts()["asked"]
    sheet.do("join", {})
    assert "environment.demand>new-system.operation-2:demand" in links(sheet)


def test_search_and_table_lead_to_things_at_other_levels(lab):
    sheet = opened(lab, "llm-fleet")
    sheet.do("ask", {"panel": "search"})
    sheet.do("wanted", {"value": "east operation"})
    assert 'data-id="fleet.standard.east' in sheet.parts()["asked"]
    sheet.do("show", {"id": "fleet.standard.east"})
    assert (sheet.sketch.level, sheet.sketch.selected) == ("fleet.standard", ("fleet.standard.east",))
    sheet.do("ask", {"panel": "table"})
    assert sheet.parts()["asked"].count("<tr") == len(d.table(sheet.sketch.now)) + 1


# Files


def test_save_asks_for_a_name_and_writes_what_loads_and_reads_back_byte_for_byte(sheet, lab):
    drop(sheet, "operation")
    sheet.do("save", {})
    assert sheet.asked == "save"
    sheet.do("save-as", {"name": "mine"})
    assert "Saved as mine.yaml" in told(sheet)
    file = lab.here / "mine.yaml"
    assert vsmlab.load(file).scenario.name == "mine"
    assert d.to_yaml(d.open_file(file)).encode() == file.read_bytes()
    sheet.do("set", {"at": "seed", "kind": "integer", "value": "7"})
    sheet.do("save", {})
    assert vsmlab.load(file).scenario.seed == 7
    sheet.do("undo", {})
    sheet.do("save", {})
    assert vsmlab.load(file).scenario.seed == 0


def test_a_new_drawing_is_called_like_its_file_in_one_step_and_all_that_named_it_follows(sheet, lab):
    sheet.do("add", {"kind": "system"})
    child = sheet.sketch.now.made[0].removeprefix("new-system")
    drop(sheet, "crash", onto="new-system.operation")
    choose(sheet, "new-system.system2")
    sheet.do("knock", {})
    sheet.do("go", {"level": f"new-system{child}"})
    sheet.do("save-as", {"name": "my-company"})
    assert "Saved as my-company.yaml. The scenario is called my-company now." in told(sheet)
    loaded = vsmlab.load(lab.here / "my-company.yaml").scenario
    assert (loaded.name, loaded.title) == ("my-company", "my-company: a new viable system")
    assert loaded.organisation.name == "my-company"
    assert loaded.knockout[0].system == "my-company.system2"
    assert loaded.environment.disturbances[0].unit == "my-company.operation"
    assert sheet.sketch.level == f"my-company{child}"
    assert '<strong class="name">my-company.yaml</strong>' in sheet.parts()["bar"]
    assert not sheet.sketch.now.edited
    sheet.do("undo", {})
    assert sheet.sketch.level == f"new-system{child}"
    assert sheet.sketch.now.document["name"] == "new-system"
    assert sheet.sketch.history.redo_label == "name it my-company"
    assert "not saved · new-system" in sheet.parts()["bar"]
    sheet.do("redo", {})
    assert not sheet.sketch.now.edited


def test_what_somebody_has_named_keeps_its_name_and_so_does_a_copy(sheet, lab):
    sheet.do("set", {"at": "title", "kind": "text", "value": "How we work"})
    sheet.do("rename", {"id": "new-system.desk", "value": "works"})
    sheet.do("save-as", {"name": "mine"})
    loaded = vsmlab.load(lab.here / "mine.yaml").scenario
    assert (loaded.name, loaded.title, loaded.organisation.name) == ("mine", "How we work", "works")
    copy = opened(lab, "mm3")
    copy.do("save-as", {"name": "mine-too"})
    assert vsmlab.load(lab.here / "mine-too.yaml").scenario.name == "mm3"
    assert "saved · mm3" in copy.parts()["bar"]


def test_a_name_that_cannot_be_saved_under_renames_nothing(sheet, lab):
    (lab.here / "mine.yaml").write_text("version: 1\n", encoding="utf-8")
    before = sheet.sketch.now
    for name in ("mine", "../mine", "Mine"):
        sheet.do("save-as", {"name": name})
        assert "message wrong" in told(sheet)
        assert sheet.sketch.now is before
    sheet.do("save-as", {"name": "system2"})  # no organisation may be called so
    assert sheet.sketch.now.document["name"] == "system2"
    assert sheet.sketch.now.root == "new-system"
    assert d.problems(sheet.sketch.now) == ()


def test_two_windows_do_not_overwrite_each_other(sheet, lab):
    sheet.do("save-as", {"name": "mine"})
    first, second = opened(lab, "mine"), opened(lab, str(lab.here / "mine.yaml"))
    first.do("set", {"at": "seed", "kind": "integer", "value": "1"})
    first.do("save", {})
    second.do("set", {"at": "seed", "kind": "integer", "value": "2"})
    second.do("save", {})
    assert "Not saved" in told(second)
    assert "Load theirs" in second.parts()["notice"]
    assert vsmlab.load(lab.here / "mine.yaml").scenario.seed == 1
    second.do("other-name", {})
    second.do("save-as", {"name": "mine"})
    assert vsmlab.load(lab.here / "mine.yaml").scenario.seed == 1
    second.do("save-as", {"name": "other"})
    assert vsmlab.load(lab.here / "other.yaml").scenario.seed == 2
    first.do("theirs", {})
    assert first.sketch.now.document["seed"] == 1


def test_what_will_be_lost_is_said_first(lab):
    (lab.here / "mine.yaml").write_text("# why it is so\n" + d.to_yaml(d.skeleton("mine")), encoding="utf-8")
    sheet = opened(lab, "mine")
    sheet.do("set", {"at": "seed", "kind": "integer", "value": "3"})
    sheet.do("save", {})
    assert "1 comment is not kept." in sheet.parts()["notice"]
    assert "# why" in (lab.here / "mine.yaml").read_text(encoding="utf-8")
    sheet.do("save-so", {})
    assert "# why" not in (lab.here / "mine.yaml").read_text(encoding="utf-8")
    sheet.do("set", {"at": "seed", "kind": "integer", "value": "4"})
    sheet.do("save", {})
    assert sheet.notice == ""


def test_a_shipped_scenario_is_never_written_to(lab):
    sheet = opened(lab, "mm3")
    sheet.do("set", {"at": "seed", "kind": "integer", "value": "3"})
    sheet.do("save", {})
    assert sheet.asked == "save"
    sheet.do("save-as", {"name": "../mm3"})
    assert "wrong" in told(sheet)
    sheet.do("save-as", {"name": "mm3"})
    assert (lab.here / "mm3.yaml").is_file()


@pytest.mark.parametrize("source", ["/etc/passwd", "../x.yaml", HOSTILE, "no-such"])
def test_only_scenarios_of_the_lab_are_opened(lab, source):
    with pytest.raises(vsmlab.InputError):
        opened(lab, source)


def test_a_draft_is_kept_offered_and_restored(sheet, lab):
    sheet.keep()
    assert not (lab.here / ".drafts").exists()
    drop(sheet, "operation")
    sheet.keep()
    again = opened(lab, "")
    assert "Restore draft" in again.parts()["notice"]
    drop(again, "system2")
    again.keep()
    again.do("restore-draft", {})
    assert "new-system.operation-2" in ids(again)
    assert again.parts()["notice"] == ""
    again.do("save-as", {"name": "kept"})
    assert opened(lab, "").notice == ""


def test_two_windows_on_one_scenario_keep_their_drafts_apart(lab):
    one, other = opened(lab, "mm3"), opened(lab, "mm3")
    for window, agents in ((one, "5"), (other, "6"), (one, "7")):
        window.do("set", {"at": "organisation.agents", "kind": "integer", "value": agents})
        window.keep()
    third = opened(lab, "mm3")  # is offered the latest, and then the other
    third.do("restore-draft", {})
    assert third.sketch.now.document["organisation"]["agents"] == 7
    third.do("set", {"at": "organisation.agents", "kind": "integer", "value": "8"})
    third.keep()
    one.do("set", {"at": "organisation.agents", "kind": "integer", "value": "9"})
    one.keep()  # its draft is the third's now
    found = {d.Drafts(lab.drafts).restore(draft.name).document["organisation"]["agents"]
             for draft in d.Drafts(lab.drafts).list()}  # fmt: skip
    assert found == {6, 8, 9}
    fourth = opened(lab, "mm3")
    for left in ("draft", "draft", ""):
        fourth.do("discard-draft", {})
        assert fourth.notice == left
    assert d.Drafts(lab.drafts).list() == ()


def test_that_another_window_draws_on_it_too_is_said_once(lab):
    one, other = opened(lab, "mm3"), opened(lab, "mm3")
    for agents in ("4", "5", "6"):
        for window in (one, other):
            window.do("set", {"at": "organisation.agents", "kind": "integer", "value": agents})
            before = window.filing.beside
            window.keep()
            said = window is other and agents == "4"
            assert ("Another window draws on this scenario too." in told(window)) == said
            assert (window.filing.beside != before) == said


def test_a_draft_that_was_left_there_is_no_other_window(lab):
    one = opened(lab, "mm3")
    one.do("set", {"at": "organisation.agents", "kind": "integer", "value": "4"})
    one.keep()
    later = opened(lab, "mm3")
    later.do("set", {"at": "organisation.agents", "kind": "integer", "value": "5"})
    later.keep()
    assert len(d.Drafts(lab.drafts).list()) == 2
    assert told(later) == ""


def test_saving_in_one_window_leaves_the_draft_of_another(lab):
    one, other = opened(lab, "mm3"), opened(lab, "mm3")
    for window, agents in ((one, "5"), (other, "6")):
        window.do("set", {"at": "organisation.agents", "kind": "integer", "value": agents})
        window.keep()
    other.do("save-as", {"name": "mine"})
    assert [draft.name for draft in d.Drafts(lab.drafts).list()] == ["mm3"]
    one.do("undo", {})
    one.keep()
    assert d.Drafts(lab.drafts).list() == ()


def agents(sheet, number):
    """Something is drawn."""
    sheet.do("set", {"at": "organisation.agents", "kind": "integer", "value": str(number)})


def left_behind(lab, source, number=5):
    """A draft of a window that is gone."""
    window = opened(lab, source)
    agents(window, number)
    window.keep()


def drafts_of(lab):
    kept = d.Drafts(lab.drafts)
    return {one.name: kept.restore(one.name).document["organisation"]["agents"] for one in kept.list()}


def test_while_a_draft_waits_what_is_drawn_is_kept_beside_it_and_it_waits_on_after_saving(lab):
    left_behind(lab, "mm3")
    window = opened(lab, "mm3")
    agents(window, 6)
    window.keep()
    assert drafts_of(lab) == {"mm3": 5, "mm3~2": 6}
    assert 'href="./live?draft=mm3~2"' in window.parts()["bar"]
    window.do("save-as", {"name": "mine"})
    assert drafts_of(lab) == {"mm3": 5}
    assert "There is a draft of mm3" in window.parts()["notice"]
    agents(window, 7)
    window.keep()
    assert drafts_of(lab) == {"mm3": 5, "mine": 7}
    window.do("restore-draft", {})
    assert window.sketch.now.document["organisation"]["agents"] == 5
    assert drafts_of(lab) == {"mm3": 5}
    assert window.notice == ""


def test_a_draft_that_waits_is_told_again_once_something_else_was_decided(lab):
    (lab.here / "mine.yaml").write_text("# why it is so\n" + d.to_yaml(d.open_file(MM3)), encoding="utf-8")
    left_behind(lab, "mine")
    window = opened(lab, "mine")
    agents(window, 6)
    window.do("save", {})
    assert window.notice == "losses"
    window.do("save-so", {})
    assert window.notice == "draft"
    assert "There is a draft of mine that was not saved, older than the file." in window.parts()["notice"]
    window.do("discard-draft", {})
    assert window.notice == ""
    assert drafts_of(lab) == {}


def test_a_draft_that_is_older_than_the_file_is_offered_as_such(lab):
    file = lab.here / "mine.yaml"
    file.write_text(d.to_yaml(d.open_file(MM3)), encoding="utf-8")
    left_behind(lab, "mine")
    assert "older" not in opened(lab, "mine").parts()["notice"]
    file.write_text(d.to_yaml(d.set_value(d.open_file(file), "seed", 9)), encoding="utf-8")
    os.utime(file, (2e9, 2e9))
    window = opened(lab, "mine")
    assert "There is a draft of mine that was not saved, older than the file." in window.parts()["notice"]
    window.do("restore-draft", {})
    assert window.sketch.now.document["organisation"]["agents"] == 5
    window.do("save", {})
    assert window.notice == "changed"  # what is in the file now is not written over unasked


def test_a_draft_of_a_shipped_scenario_is_not_offered_for_ones_own_file_of_its_name(lab):
    left_behind(lab, "mm3")
    (lab.here / "mm3.yaml").write_text(d.to_yaml(d.open_file(MM3)), encoding="utf-8")
    assert opened(lab, "mm3").notice == "draft"
    own = opened(lab, "mm3.yaml")
    assert own.notice == ""
    agents(own, 6)
    own.keep()
    assert drafts_of(lab) == {"mm3": 5, "mm3~2": 6}
    assert opened(lab, "mm3.yaml").filing.offered.name == "mm3~2"
    assert opened(lab, "mm3").filing.offered.name == "mm3"


def test_a_shipped_scenario_is_opened_by_its_name_and_ones_own_of_that_name_by_its_file(lab):
    own = d.set_value(d.open_file(MM3), "title", "my own")
    (lab.here / "mm3.yaml").write_text(d.to_yaml(own), encoding="utf-8")
    shipped = opened(lab, "mm3")
    assert shipped.sketch.now.document["title"] != "my own"
    assert shipped.filing.file_of(shipped.sketch.now) is None
    mine = opened(lab, "mm3.yaml")
    assert mine.sketch.now.document["title"] == "my own"
    assert 'href="./live?scenario=mm3.yaml"' in mine.parts()["bar"]


def full(lab):
    for number in range(9):
        d.Drafts(lab.drafts).keep("mm3", d.set_value(d.open_file(MM3), "seed", number + 100))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (
            lambda lab: lab.drafts.write_text(""),
            "Draft not kept: the folder .drafts cannot be written to (File exists).",
        ),
        (full, "Draft not kept: there are 9 drafts of it (save it, or discard drafts)."),
    ],
)
def test_a_draft_that_is_not_kept_is_said_until_it_is_and_tried_again_after_a_while(lab, wrong, why):
    wrong(lab)
    now = [0.0]
    window = CanvasSheet(Filing(lab, clock=lambda: now[0]), "mm3")
    agents(window, 6)
    before = window.stamp()
    window.keep()
    assert window.stamp() != before  # so that the board shows it
    assert why in window.parts()["notice"]
    window.do("undo", {})
    window.do("redo", {})
    assert why in window.parts()["notice"]
    if lab.drafts.is_file():
        lab.drafts.unlink()
    else:
        d.Drafts(lab.drafts).discard("mm3~4")
    window.keep()
    assert 6 not in drafts_of(lab).values()
    now[0] = AGAIN
    before = window.stamp()
    window.keep()
    assert 6 in drafts_of(lab).values()
    assert window.stamp() != before
    assert "not kept" not in window.parts()["notice"]


def test_a_draft_that_cannot_be_removed_is_said(lab):
    window = opened(lab, "mm3")
    agents(window, 6)
    window.keep()
    file = lab.drafts / "mm3.draft.json"
    kept = file.read_bytes()
    again = opened(lab, "mm3")
    file.unlink()
    file.mkdir()
    again.do("discard-draft", {})
    assert "cannot be removed" in told(again)
    file.rmdir()
    file.write_bytes(kept)
    again.do("discard-draft", {})
    assert again.notice == ""


def test_a_draft_is_discarded(sheet, lab):
    drop(sheet, "operation")
    sheet.keep()
    again = opened(lab, "")
    again.do("discard-draft", {})
    assert opened(lab, "").notice == ""


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.yaml", b"\x00\xff\xfe"),
        ("x.yaml", b"[1, 2"),
        ("x.yaml", b"version: 1\nname: x\n"),
        ("photo.png", b"\x89PNG\r\n\x1a\n"),
        (HOSTILE, b"{}"),
        ("big.yaml", b"#" * 1_000_001),
    ],
)
def test_a_wrong_file_is_a_message_and_changes_nothing(sheet, name, data):
    before = sheet.sketch.now
    sheet.do("brought", {"name": name, "data": base64.b64encode(data).decode()})
    assert sheet.sketch.now is before
    assert "Nothing was changed" in told(sheet)
    assert "<script" not in everything(sheet)


def test_a_file_that_is_dropped_takes_the_place_of_what_is_drawn_as_one_step(sheet):
    text = d.to_yaml(d.skeleton("other"))
    message = {"type": "drop", "drop_type": "Files", "position": {"x": 0, "y": 0}, "target": None}
    sheet.heard({**message, "data": [{"name": "other.yaml", "content": text, "size": len(text)}]})
    assert sheet.sketch.level == "other"
    sheet.do("undo", {})
    assert sheet.sketch.level == "new-system"


def test_exports(sheet):
    for form, begins in (("yaml", "version: 1"), ("svg", "<svg"), ("png", "<svg")):
        sheet.do("export", {"form": form})
        order = sheet.orders[-1]["download"]
        assert order["text"].startswith(begins)
        assert order["name"] == f"new-system.{form}"
    sheet.do("export", {"form": "python"})
    compile(sheet.orders[-1]["download"]["text"], "script", "exec")


# The picture


@pytest.mark.parametrize("name", SHIPPED)
def test_the_picture_of_every_level_is_well_formed_and_needs_nothing_else(name, lab):
    sheet = opened(lab, name)
    for level in d.levels(sheet.sketch.now):
        svg = str(draw(d.view(sheet.sketch.now, level), title=HOSTILE))
        root = ET.fromstring(svg)
        assert root.get("viewBox")
        assert "<script" not in svg
        assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")
        assert "var(" not in svg


def test_hostile_titles_stay_text(lab):
    sheet = CanvasSheet(Filing(lab))
    sheet.do("set", {"at": "title", "kind": "text", "value": HOSTILE})
    sheet.do("set", {"at": "name", "kind": "text", "value": HOSTILE})
    sheet.do("wanted", {"value": HOSTILE})
    for panel in ("table", "search", "save", "connect"):
        sheet.asked = panel
        said = everything(sheet)
        assert "<script" not in said
        assert "<img" not in said


# Running


def test_what_is_drawn_runs_as_it_is_and_its_figures_are_shown(sheet, lab):
    sheet.do("set", {"at": "seed", "kind": "integer", "value": "5"})
    sheet.do("run", {})
    before = sheet.stamp()
    until(lambda: all(job.over for job in lab.jobs.all()), "the run ends", 60)
    assert sheet.stamp() != before
    shown_ = sheet.parts()["run"]
    assert "mean wait" in shown_
    assert 'run?name=new-system"' in shown_
    assert vsmlab.Run(lab.runs[0] / "new-system").manifest["seed"] == 5


def test_what_has_problems_does_not_run(sheet, lab):
    sheet.do("set", {"at": "horizon", "kind": "number", "value": "-1"})
    sheet.do("run", {})
    assert "cannot be run yet" in told(sheet)
    assert lab.jobs.all() == []


def test_what_is_drawn_can_be_played_as_it_is(lab, monkeypatch):
    monkeypatch.setattr(live, "live_view", lambda lab, loaded, **more: loaded)
    sheet = opened(lab, "mm3")
    assert 'href="./live?scenario=mm3"' in sheet.parts()["bar"]
    sheet.do("show", {"id": "desk"})
    sheet.sketch.set("organisation.agents", 7)
    sheet.filing.keep(sheet.sketch.now)
    assert 'href="./live?draft=mm3"' in sheet.parts()["bar"]
    assert live.page(lab, {"draft": "mm3"}).body.scenario.organisation.agents == 7
    assert live.page(lab, {"scenario": "mm3"}).body.scenario.organisation.agents == 3
    again = opened(lab, "mm3")
    again.sketch.set(
        "organisation.agents", 9
    )  # while a draft waits for an answer: which of the two would it be?
    assert "./live?" not in again.parts()["bar"]
    assert "./live?" not in CanvasSheet(Filing(lab), "mm3", linked=False).parts()["bar"]


# What is wrong in a file


def hand_written(lab, change):
    document = d.open_file(MM3).plain()
    change(document)
    (lab.here / "mine.yaml").write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return opened(lab, "mine")


def test_an_amount_that_is_said_wrongly_is_shown_at_its_field_and_begun_anew_with_its_mean(lab):
    def exponential(document):
        document["environment"]["demand"]["customers"]["work"] = {"exponential": 2.5}

    sheet = hand_written(lab, exponential)
    place = "environment.demand.customers.work.exponential"
    sheet.do("show", {"id": "environment.customers", "field": f"at-{place}"})
    form = sheet.parts()["form"]
    assert f'id="at-{place}"' in form
    assert f'id="wrong-{place}"' in form
    sheet.do("begin", {"at": place})
    work = sheet.sketch.now.document["environment"]["demand"]["customers"]["work"]
    assert work == {"exponential": {"mean": 2.5}}
    assert d.problems(sheet.sketch.now) == ()


@pytest.mark.parametrize("spawn", [False, 3, "x", [1]])
def test_a_policy_that_says_anything_has_a_form(lab, spawn):
    sheet = hand_written(lab, lambda document: document.update(policy={"spawn": spawn}))
    sheet.do("show", {"id": f"{sheet.sketch.now.root}.system5.policy"})
    assert "policy.spawn" in sheet.parts()["form"]
