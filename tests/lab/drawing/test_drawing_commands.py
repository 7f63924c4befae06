"""What each gesture does to the scenario, and why some are refused."""

from typing import get_args

import pytest
from gestures import QUICK

from vsmlab.errors import InputError
from vsmlab.lab import drawing as d
from vsmlab.lab.build import build
from vsmlab.lab.drawing.ports import JOINS
from vsmlab.lab.places import scenarios_folder
from vsmlab.lab.scenario.disturbances import DisturbanceKind
from vsmlab.lab.scenario.organisation import SYSTEMS
from vsmlab.laws import kinds as k


def opened(name):
    return d.open_file(scenarios_folder() / f"{name}.yaml")


@pytest.fixture
def crew():
    return d.skeleton("crew")


def test_a_new_drawing_is_a_whole_viable_system_that_runs(crew):
    assert d.problems(crew) == ()
    build(crew.load())
    kinds = [node.kind for node in d.view(crew, "crew").nodes]
    assert {"stream", "operation", "desk", *SYSTEMS} == set(kinds)


def test_the_palette_is_what_a_scenario_can_say():
    kinds = [item.kind for item in d.palette()]
    assert len(kinds) == len(set(kinds))
    assert set(get_args(DisturbanceKind)) <= set(kinds)
    assert set(SYSTEMS) <= set(kinds)
    others = {"stream", "operation", "system", "agent", "policy", "essential"}
    assert set(kinds) == others | set(SYSTEMS) | set(get_args(DisturbanceKind))


@pytest.mark.parametrize("kind", [item.kind for item in d.palette()])
def test_everything_in_the_palette_can_be_added_and_is_right_at_once(crew, kind):
    if kind in SYSTEMS:
        with pytest.raises(InputError, match="has this System already"):
            d.add(crew, kind, "crew")
        crew = d.delete(crew, [f"crew.{kind}"])
    made = d.add(crew, kind, "crew", (10, 20.04), "crew.operation")
    assert d.problems(made) == ()
    assert made != crew
    (name,) = made.made
    assert name in made.things
    if kind not in ("agent", "essential"):
        assert made.places[name] == (10, 20)


def test_every_channel_between_its_ends_is_drawn_and_no_other():
    drawn = {channel for join in JOINS for channel in join.channels}
    within = {"op_mgmt"}  # within an operation
    assert drawn | within == set(k.CHANNEL_NAMES)


def test_a_deleted_operation_takes_with_it_what_named_it_and_says_so():
    start = opened("zombies")
    start = d.set_value(start, "expect.0.measure", "units.press.crew-2.mean_wait_s")
    start = d.move(start, {"press.crew-2": (1, 2), "environment.disturbances.2": (3, 4)})
    after = d.delete(start, ["press.crew-2"])
    assert [entry["unit"][-1] for entry in after.document["environment"]["disturbances"]] == ["1", "3", "4"]
    assert len(after.document["expect"]) == 1
    assert after.places == {"environment.disturbances.1": (3, 4)}
    assert len(after.said) == 3
    assert d.problems(after) == ()


def test_hand_offs_follow_what_they_name():
    start = opened("hand-offs")
    renamed = d.rename(start, "office.review", "last-look")
    teams = renamed.document["organisation"]["operations"]["teams"]["operations"]
    assert teams["first"]["next"] == [{"unit": "office.last-look", "probability": 1}]
    assert d.problems(renamed) == ()
    assert d.rename(renamed, "office.last-look", "review") == start
    gone = d.delete(start, ["office.review"])
    assert "next" not in gone.document["organisation"]["operations"]["teams"]["operations"]["first"]
    whole = d.rename(start, "office", "bureau")
    assert d.problems(whole) == ()
    assert whole.document["expect"][0]["measure"] == "units.bureau.performance"


def test_what_must_stay_is_refused_with_the_reason(crew):
    for ids, reason in (
        (["crew.operation"], "last operation"),
        (["environment.demand"], "last stream"),
        (["crew.desk"], "tasks come to a viable system through it"),
        ([], "nothing is selected"),
        (["crew.nobody"], "nothing of this name"),
        (["environment.demand>crew.desk:demand"], "nowhere to go"),
    ):
        with pytest.raises(InputError, match=reason):
            d.delete(crew, ids)


def test_a_deleted_system_is_off_and_dropping_it_again_brings_it_back(crew):
    out = d.knock_out(crew, "crew.system2")
    off = d.delete(out, ["crew.system2"])
    assert off.document["organisation"]["system2"] == "off"
    assert "knockout" not in off.document
    assert d.add(off, "system2", "crew") == crew


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("crew.system5", "environment.demand", "System 5 does not speak to the environment"),
        ("crew.system2", "environment.demand", "only operations and System 4 do"),
        ("crew.system4", "crew.operation", "commands no operation"),
        ("crew.system2", "crew.system4", "damps"),
        ("crew.audit", "crew.system5", "System 3 alone"),
    ],
)
def test_what_beer_does_not_connect_is_refused_in_his_terms(crew, source, target, reason):
    ports = {node.id: node.ports for node in d.view(crew, "crew").nodes}
    for out in ports[source]:
        for into in ports[target]:
            if (out.direction, into.direction) == ("out", "in"):
                told = d.why_not(crew, source, out.name, target, into.name)
                assert reason in told
                with pytest.raises(InputError, match="System"):
                    d.connect(crew, source, out.name, target, into.name)


def test_a_channel_is_cut_by_deleting_it_and_mended_by_drawing_it(crew):
    (link,) = [link for link in d.view(crew, "crew").links if link.line == "algedonic"]
    out = d.disconnect(crew, [link.id])
    assert out.document["knockout"] == [{"channel": "algedonic", "of": "crew.operation.management"}]
    (shown,) = [link for link in d.view(out, "crew").links if link.line == "algedonic"]
    assert shown.cut == ("algedonic",)
    assert "cut" in shown.label
    assert d.connect(out, link.source, link.source_port, link.target, link.target_port) == crew
    told = d.why_not(crew, link.source, link.source_port, link.target, link.target_port)
    assert "there already" in told


def test_every_link_that_can_be_taken_away_can_be_drawn_again():
    for path in QUICK:
        start = d.open_file(path)
        for level in d.levels(start):
            for link in d.view(start, level).links:
                if link.removable and link.line not in ("demand", "hand-off", "strike") and not link.cut:
                    ends = (link.source, link.source_port, link.target, link.target_port)
                    assert d.connect(d.disconnect(start, [link.id]), *ends) == start


def test_routes_and_hand_offs_are_drawn(crew):
    two = d.add(crew, "operation", "crew")
    assert two.made == ("crew.operation-2",)
    there = d.connect(two, "environment.demand", "demand", "crew.operation-2", "tasks")
    assert there.document["environment"]["demand"]["demand"]["to"] == [{"unit": "crew.operation-2"}]
    on = d.connect(two, "crew.operation", "hand-off", "crew.operation-2", "tasks")
    assert on.document["organisation"]["operations"]["operation"]["next"] == [
        {"unit": "operation-2", "probability": 0.5}
    ]
    (link,) = [link for link in d.view(on, "crew").links if link.line == "hand-off"]
    assert link.label == "50 %"
    assert d.disconnect(on, [link.id]) == two
    fleet = opened("llm-fleet")
    more = d.add(fleet, "operation", "fleet")
    routed = d.connect(more, "environment.chat", "demand", "fleet.operation", "tasks")
    assert len(routed.document["environment"]["demand"]["chat"]["to"]) == 4
    assert d.problems(routed) == ()


def test_policy_keeps_its_sum_of_agents():
    fleet = d.add(opened("llm-fleet"), "agent", "fleet.short.east", onto="fleet.short.east.worker-1")
    assert fleet.document["policy"]["agents"]["total"] == 37
    assert d.problems(fleet) == ()


def test_a_copy_has_a_new_name_and_keeps_its_own_hand_offs():
    start = opened("hand-offs")
    after = d.paste(start, "office", d.copy(start, ["office.teams", "office.review"]), (0, 0))
    assert after.made == ("office.teams-2", "office.review-2")
    operations = after.document["organisation"]["operations"]
    assert operations["teams-2"]["operations"]["first"]["next"][0]["unit"] == "office.review-2"
    assert operations["review-2"]["next"][0]["unit"] == "teams-2"
    assert operations["review"]["next"][0]["unit"] == "teams"
    assert d.problems(after) == ()
    with pytest.raises(InputError, match="copied from a drawing"):
        d.paste(start, "office", {"form": "other"})
    for clip in (
        {},
        {"form": "vsmlab-clip-1", "nodes": {"a.b": 3}, "streams": {}, "disturbances": [], "places": {}},
    ):
        with pytest.raises(InputError):
            d.paste(start, "office", clip)


def test_one_of_a_role_that_is_out_is_restored_alone():
    start = d.set_value(opened("llm-fleet"), "knockout", ["system3"])
    after = d.restore(start, "fleet.system3")
    out = {entry["system"] for entry in after.document["knockout"]}
    assert "fleet.short.system3" in out
    assert "fleet.system3" not in out
    with pytest.raises(InputError, match="disturbance"):
        d.knock_out(start, "fleet.short")


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "n" * 65, "ü", "", "system2", "a.b", "a\n"])
def test_names_that_are_no_names_are_refused(crew, name):
    with pytest.raises(InputError) as told:
        d.rename(crew, "crew.operation", name)
    assert len(str(told.value)) < 300


def test_texts_are_text_wherever_they_come_from(crew):
    hostile = "<script>alert('x')</script> é☃ " + "long " * 30
    drawing = d.set_value(crew, "title", hostile.strip())
    assert d.open_text(d.to_yaml(drawing)).document["title"] == hostile.strip()
    drawing = d.set_value(drawing, "shows", "a: b\n  - #c\n\n'\"\\")
    assert d.open_text(d.to_yaml(drawing)).document["shows"] == "a: b\n  - #c\n\n'\"\\"


def test_history_takes_a_gesture_as_one_step_and_forgets_the_oldest(crew):
    history = d.History(crew, most=2)
    with history.gesture("build"):
        history.do("one", d.add(history.now, "operation", "crew"))
        history.do("two", d.add(history.now, "system", "crew"))
    assert history.undo_label == "build"
    with pytest.raises(InputError), history.gesture("fails"):
        history.do("three", d.delete(d.add(history.now, "operation", "crew"), ["crew.nobody"]))
    assert history.undo_label == "build"
    assert history.undo() == crew
    assert (history.undo_label, history.redo_label) == (None, "build")
    assert history.redo() != crew
    for number in range(3):
        history.do(f"{number}", d.move(history.now, {"crew.operation": (number, 0)}))
    assert history.undo_label == "2"
    assert (history.undo() is not None, history.undo() is not None, history.undo()) == (True, True, None)


def test_a_problem_is_said_at_its_node_and_field(crew):
    wrong = d.set_value(crew, "organisation.operations.operation.agents", -1)
    wrong = d.set_value(wrong, "organisation.system2.gain", "much")
    wrong = d.set_value(wrong, "horizon", 0)
    found = {problem.field: problem for problem in d.problems(wrong)}
    assert found["organisation.operations.operation.agents"].node == "crew.operation"
    assert found["organisation.system2.gain"].node == "crew.system2"
    assert found["horizon"].node is None
    badges = {node.id: node.badges for node in d.view(wrong, "crew").nodes}
    assert "1 problem" in badges["crew.operation"]


def test_all_that_does_not_fit_together_is_said_at_once(crew):
    wrong = d.set_value(crew, "expect", [{"measure": "units.nobody.mean_wait_s", "max": 1}])
    wrong = d.set_value(wrong, "knockout", ["crew.system9", {"channel": "s2", "of": "crew.audit"}])
    wrong = d.set_value(wrong, "environment.disturbances", [{"kind": "crash", "unit": "crew.x", "time": 1}])
    fields = {problem.field for problem in d.problems(wrong)}
    assert fields >= {"expect.0.measure", "knockout.0", "environment.disturbances.0.unit"}
    only = d.set_value(crew, "knockout", [{"channel": "s2", "of": "crew.audit"}])
    assert d.problems(only)


def test_a_form_has_what_a_node_says_itself(crew):
    form = d.form(crew, "crew.operation")
    assert form.values == {"agents": 2}
    assert form.schema["properties"]["agents"]["unit"] == "agents"
    assert form.schema["properties"]["queue"]["properties"]["discipline"]["enum"][0] == "fifo"
    assert form.at("agents") == "organisation.operations.operation.agents"
    assert (
        d.set_value(crew, form.at("agents"), 5).document["organisation"]["operations"]["operation"]["agents"]
        == 5
    )
    whole = d.form(crew, "")
    assert whole.at("horizon") == "horizon"
    crash = d.form(d.add(crew, "crash", "crew"), "environment.disturbances.0")
    assert set(crash.schema["properties"]) == {"kind", "unit", "time", "every", "lasts"}
    for node in d.view(crew, "crew").nodes:
        form = d.form(crew, node.id)
        assert set(form.first) <= set(form.schema["properties"])


def test_the_table_and_the_search_find_what_is_drawn():
    start = opened("zombies")
    rows = {row.id: row for row in d.table(start)}
    assert rows["press.crew-1"].figures == "4 agents"
    assert "hang" in rows["press.crew-1"].joined
    assert d.search(start, "CREW-3") == ("environment.disturbances.2", "press.crew-3")
    assert d.search(start, "probation") == ("press.system3",)
    assert d.search(start, "  ") == ()


def test_nodes_that_nobody_placed_do_not_overlap():
    for path in QUICK:
        start = d.open_file(path)
        for level in d.levels(start):
            at = [node.place for node in d.view(start, level).nodes]
            assert len(set(at)) == len(at)
            assert not any(
                abs(x - u) < 190 and abs(y - v) < 84 for x, y in at for u, v in at if (x, y) != (u, v)
            )
    moved = d.move(start, {"press.system3": (5, 5)})
    assert d.lay_out(moved, "press") == start


def test_the_way_to_a_level_is_known():
    start = opened("llm-fleet")
    assert [crumb.level for crumb in d.breadcrumb(start, "fleet.short.east")] == [
        "fleet",
        "fleet.short",
        "fleet.short.east",
    ]
    opens = {node.opens for node in d.view(start, "fleet").nodes}
    assert "fleet.short" in opens
    with pytest.raises(InputError, match="no viable system"):
        d.view(start, "fleet.nowhere")


def test_what_the_operator_did_follows_what_it_was_done_to():
    start = opened("zombies")
    acts = [
        {"time": 10, "kind": "crash", "unit": "press.crew-5"},
        {"time": 20, "kind": "knockout", "system": "press.system2"},
        {"time": 30, "kind": "demand", "stream": "orders", "factor": 2},
    ]
    start = d.set_value(start, "operator", acts)
    renamed = d.rename(d.rename(start, "press.crew-5", "late"), "environment.orders", "mail")
    assert renamed.document["operator"][0]["unit"] == "press.late"
    assert renamed.document["operator"][2]["stream"] == "mail"
    gone = d.delete(d.delete(start, ["press.crew-5"]), ["press.system2"])
    assert gone.document["operator"] == acts[2:]


def test_a_new_drawing_gets_a_name_wherever_nobody_gave_one():
    before = d.set_value(d.skeleton("new-system"), "title", "How we work")
    before = d.knock_out(before, "new-system.system2")
    expected = [{"measure": "units.new-system.operation.utilisation", "max": 1}]
    before = d.set_value(before, "expect", expected)
    named = d.named(before, "new-system", "crew")
    assert (named.name, named.document["title"], named.root) == ("crew", "How we work", "crew")
    assert named.document["knockout"] == [{"system": "crew.system2"}]
    assert named.document["expect"][0]["measure"] == "units.crew.operation.utilisation"
    assert d.named(named, "new-system", "other") == named


@pytest.mark.parametrize("reserved", ["system2", "environment", "operator"])
def test_an_organisation_that_cannot_be_called_so_keeps_its_name(reserved):
    named = d.named(d.skeleton("new-system"), "new-system", reserved)
    assert (named.name, named.root) == (reserved, "new-system")
    assert d.problems(named) == ()
