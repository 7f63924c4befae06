"""The canvas in a browser: what a person builds with the mouse, and with the keyboard alone."""

from __future__ import annotations

import pytest
import yaml
from browser import open_page, until, violations, window
from canvas_hands import Hands

import vsmlab
from vsmlab.lab import drawing as d
from vsmlab.lab.places import scenarios_folder

HOSTILE = "<script>window.caught = 1</script><img src=x onerror='window.caught = 2'>"
READY = ".react-flow__node"
POINTS = """() => Math.max(0, ...Bokeh.documents.flatMap((page) => [...page._all_models.values()])
  .map((model) => model.type === "ColumnDataSource" && model.data.t ? model.data.t.length : 0))"""
KNOWN = "aria-prohibited-attr"
"""React Flow's ports carry an aria-label on a plain div (panel-reactflow 0.5.1): upstream, and nothing else."""


def opened(page, served, **said):
    open_page(page, served, "/canvas", wait_for=READY, **said)
    return Hands(page)


def write(served, name, drawing):
    file = served.here / f"{name}.yaml"
    file.write_text(d.to_yaml(drawing), encoding="utf-8")
    return file


def test_a_person_builds_a_viable_system_of_two_units_saves_and_runs_it(page, served):
    hands = opened(page, served)
    hands.drop("operation", 420, 560)
    hands.there("new-system.operation-2")
    hands.undo_says("add Operation")
    hands.line("environment.demand", "demand", "new-system.system5", "pain")
    hands.says("System 5 does not speak to the environment: only operations and System 4 do.")
    assert "environment.demand>new-system.desk:demand" in hands.edges()
    hands.line("environment.demand", "demand", "new-system.operation-2", "tasks")
    hands.there("environment.demand>new-system.operation-2:demand")
    page.keyboard.press("Control+z")
    hands.there("environment.demand>new-system.desk:demand")
    hands.gone("environment.demand>new-system.operation-2:demand")
    hands.pick("new-system.operation-2")
    agents = hands.field("organisation.operations.operation-2.agents")
    agents.fill("4")
    agents.press("Tab")
    hands.undo_says("set agents of operation-2")
    box = hands.node("new-system.operation-2").bounding_box()
    page.mouse.move(box["x"] + 50, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 80, box["y"] + 50, steps=5)
    page.mouse.up()
    hands.undo_says("move operation-2")
    page.keyboard.press("Control+s")
    name = page.locator("#save-name")
    name.fill("two-units")
    name.press("Enter")
    hands.says("Saved as two-units.yaml.")
    file = served.here / "two-units.yaml"
    assert vsmlab.load(file).scenario.organisation.operations["operation-2"].agents == 4
    assert d.to_yaml(d.open_file(file)).encode() == file.read_bytes()
    hands.press("Run", exact=True)
    page.get_by_text("mean wait").wait_for(timeout=60_000)
    page.get_by_role("link", name="Open the run two-units").click()
    page.locator(".figures").first.wait_for()


BOXES = """() => {
  const all = [], walk = (from) => from.querySelectorAll("*").forEach((one) => {
    all.push(one);
    if (one.shadowRoot) walk(one.shadowRoot);
  });
  walk(document);
  const boxes = (selector) => all.filter((one) => one.matches(selector)).map((one) => {
    const { x, y, width, height } = one.getBoundingClientRect();
    return [x, y, width, height].map(Math.round);
  }).filter((box) => box[2]);
  return { bar: boxes(".board .bar button, .board .bar .button"), nodes: boxes(".react-flow__node"),
    over: boxes(".react-flow__controls, .react-flow__minimap"), stage: boxes(".stage"),
    told: boxes(".toast .message") };
}"""


def meet(one, other):
    return all(one[at] < other[at] + other[at + 2] and other[at] < one[at] + one[at + 2] for at in (0, 1))


@pytest.mark.parametrize("width", [1400, 800])
def test_no_gesture_moves_the_bar_and_nothing_lies_over_what_is_drawn(chromium, served, width):
    with window(chromium, served, width=width) as page:
        hands = opened(page, served, scenario=write(served, f"still-{width}", d.skeleton("still")).stem)
        before = page.evaluate(BOXES)["bar"]
        rows = {y for _, y, _, _ in before}
        assert len(rows) == (1 if width == 1400 else 2)
        if width == 800:
            hands.press("Palette", exact=True)
        page.locator("[data-item=stream]").click()
        hands.says("Demand: drag it onto the canvas, double click it, or press Enter.")
        for kind in ("stream", "operation"):
            page.locator(f"[data-item={kind}]").dblclick()
            hands.there(f"{'environment.demand' if kind == 'stream' else 'still.operation'}-2")
        if width == 800:
            hands.press("Palette", exact=True)
        page.locator(".react-flow__controls-fitview").click()

        def clear():
            now = page.evaluate(BOXES)
            return not any(meet(node, over) for node in now["nodes"] for over in now["over"])

        until(clear, "no node lies behind buttons or the minimap")
        hands.press("Lay out", exact=True)
        hands.says("laid out by System")
        now = page.evaluate(BOXES)
        assert now["bar"] == before
        assert now["stage"]
        assert not any(meet(one, now["stage"][0]) for one in now["told"])


def test_what_is_typed_is_told_once_and_undone_from_the_next_field(page, served):
    hands = opened(page, served, scenario=write(served, "typed", d.skeleton("typed")).stem)
    hands.pick("typed.operation")
    rename = page.locator("#rename")
    rename.fill("sales")
    rename.press("Enter")
    hands.there("typed.sales")
    until(lambda: rename.input_value() == "sales", "its form has the new name")
    agents = hands.field("organisation.operations.sales.agents")
    agents.fill("7")
    agents.press("Enter")
    hands.undo_says("set agents of sales")
    agents.press("Tab")
    assert page.locator("[data-part=told]").inner_text() == ""
    page.keyboard.press("Control+z")  # the field that has the focus has nothing of its own to undo
    until(lambda: agents.input_value() == "2", "the value before")
    hands.undo_says("rename operation to sales")
    page.keyboard.press("Control+z")
    hands.there("typed.operation")
    until(lambda: page.locator("button.step").first.is_disabled(), "every change was one step")
    page.keyboard.press("Control+y")
    hands.there("typed.sales")


def test_a_name_that_cannot_be_is_said_at_its_field(page, served):
    hands = opened(page, served, scenario=write(served, "named", d.skeleton("named")).stem)
    hands.pick("named.operation")
    rename = page.locator("#rename")
    rename.fill("Sales!")
    rename.press("Tab")
    until(lambda: "Not a name" in page.locator("#sides").inner_text(), "the reason stands at the field")
    assert rename.input_value() == "Sales!"
    assert [one for one in violations(page) if not one.startswith(KNOWN)] == []


@pytest.mark.slow
def test_what_is_drawn_and_not_saved_is_played_and_its_plots_move(page, served):
    hands = opened(page, served)
    hands.drop("operation", 420, 560)
    hands.there("new-system.operation-2")
    with page.expect_popup() as waited:
        page.get_by_role("link", name="Play", exact=True).click()
    live = waited.value
    live.locator("svg.diagram text", has_text="operation-2").first.wait_for()
    live.get_by_role("button", name="Play", exact=True).click()
    clock = live.locator("[data-clock]")
    until(lambda: float(clock.get_attribute("data-clock")) > 1.0, "the clock runs")
    until(lambda: live.evaluate(POINTS) > 2, "the plots move")
    live.close()


def test_with_the_keyboard_alone(page, served):
    hands = opened(page, served, scenario=write(served, "keyed", d.skeleton("keyed")).stem)
    page.locator("[data-item=operation]").focus()
    page.keyboard.press("Enter")
    hands.there("keyed.operation-2")
    page.get_by_role("button", name="Connect", exact=True).press("Enter")
    page.locator("#end-from").select_option("environment.demand")
    page.locator("#end-to").select_option("keyed.operation-2")
    until(
        lambda: page.locator("#end-to-port").input_value() == "tasks", "the port is the only one that may be"
    )
    page.get_by_role("button", name="Add", exact=True).press("Enter")
    hands.there("environment.demand>keyed.operation-2:demand")
    page.keyboard.press("Escape")
    page.locator("#end-from").wait_for(state="detached")
    node = hands.node("keyed.operation-2")
    node.focus()
    page.keyboard.press("Enter")
    rename = page.locator("#rename")
    until(lambda: rename.count() and rename.input_value() == "operation-2", "its form is there")
    rename.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("chat")
    page.keyboard.press("Enter")
    hands.there("keyed.chat")
    hands.node("keyed.chat").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    hands.undo_says("move chat")
    page.keyboard.press("Control+z")
    hands.undo_says("rename operation-2 to chat")
    page.keyboard.press("Control+s")
    hands.says("Saved as keyed.yaml.")
    assert list(vsmlab.load(served.here / "keyed.yaml").scenario.organisation.operations) == [
        "operation",
        "chat",
    ]
    page.keyboard.press("?")
    page.get_by_role("heading", name="Keyboard shortcuts").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.locator("#wanted").wait_for()
    page.keyboard.type("chat")
    page.get_by_role("button", name="chat", exact=True).first.wait_for()
    assert hands.nodes() >= {"keyed.chat"}, "typing in a field is never caught"


@pytest.mark.slow
def test_one_undo_brings_back_a_deleted_node_with_all_its_links(page, served):
    hands = opened(page, served, scenario="zombies")
    before = hands.nodes(), hands.edges()
    victim = next(iter(sorted(name for name in before[0] if name.endswith(".system3"))))
    hands.pick(victim)
    page.keyboard.press("Delete")
    hands.gone(victim)
    assert not [name for name in hands.edges() if victim in name]
    page.keyboard.press("Control+z")
    until(lambda: (hands.nodes(), hands.edges()) == before, "node and links are back after one undo")
    assert page.locator("button.step").first.is_disabled()
    page.keyboard.press("Control+Shift+z")
    hands.gone(victim)


@pytest.mark.slow
def test_a_node_that_must_stay_stays_and_the_reason_is_said(page, served):
    hands = opened(page, served)
    hands.pick("new-system.desk")
    page.keyboard.press("Delete")
    hands.says("cannot be deleted")
    assert hands.node("new-system.desk").is_visible()


@pytest.mark.slow
def test_levels_are_opened_and_left(page, served):
    hands = opened(page, served, scenario="llm-fleet")
    hands.node("fleet.standard").locator(".rf-node-label").dblclick()
    hands.there("fleet.standard.east")
    page.locator(".crumbs").get_by_text("standard").wait_for()
    hands.node("fleet.standard.east").focus()
    page.keyboard.press("Enter")
    until(lambda: "east" in page.locator(".crumbs").inner_text(), "one level further down")
    page.keyboard.press("Escape")
    hands.there("fleet.standard.east")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    hands.there("fleet.standard")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "data"),
    [("photo.png", b"\x89PNG\x00\xff"), ("x.yaml", b"a: [1"), ("big.yaml", b"#" * 1_200_000)],
)
def test_a_wrong_file_that_is_dropped_is_a_message_and_changes_nothing(page, served, name, data):
    hands = opened(page, served, scenario="mm3")
    before = hands.nodes()
    transfer = page.evaluate_handle(
        """([name, size, data]) => {
            const it = new DataTransfer(), bytes = size > 1000 ? new Uint8Array(size) : new Uint8Array(data);
            it.items.add(new File([bytes], name));
            return it;
        }""",
        [name, len(data), list(data[:1000])],
    )
    page.locator(".react-flow__pane").dispatch_event("drop", {"dataTransfer": transfer})
    hands.says("Nothing was changed.")
    assert hands.nodes() == before


@pytest.mark.slow
def test_a_scenario_is_imported_and_exported(page, served):
    hands = opened(page, served)
    hands.press("Import", exact=True)
    file = write(served, "other", d.skeleton("brought"))
    page.locator("#file").set_input_files(file)
    hands.there("brought.operation")
    hands.press("Export", exact=True)
    for name in ("YAML", "SVG", "PNG"):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=name, exact=True).click()
        data = waiting.value.path().read_bytes()
        begins = {"YAML": b"version", "SVG": b"<svg", "PNG": b"\x89PNG"}[name]
        assert data.startswith(begins)


def test_two_windows_do_not_overwrite_each_other(chromium, served):
    write(served, "shared", d.skeleton("shared"))
    with window(chromium, served) as one, window(chromium, served) as other:
        for page, seed in ((one, "1"), (other, "2")):
            hands = opened(page, served, scenario="shared")
            hands.field("seed").fill(seed)
            hands.field("seed").press("Tab")
            hands.undo_says("set seed")
        hands = Hands(one)
        hands.press("Save", exact=True)
        hands.says("Saved as shared.yaml.")
        hands = Hands(other)
        hands.press("Save", exact=True)
        hands.says("Not saved")
        assert vsmlab.load(served.here / "shared.yaml").scenario.seed == 1
        hands.press("Load theirs, and lose what is drawn here")
        until(lambda: hands.field("seed").input_value() == "1", "what the other window saved")


@pytest.mark.slow
def test_hostile_names_stay_text(page, served):
    hostile = d.set_value(d.set_value(d.skeleton("odd"), "title", HOSTILE), "lesson", HOSTILE)
    write(served, "odd", d.set_value(hostile, "organisation.operations.operation.agents", HOSTILE))
    hands = opened(page, served, scenario="odd")
    for panel in ("Table", "Connect", "Search"):
        hands.press(panel, exact=True)
        page.locator(".over").wait_for()
        page.keyboard.press("Escape")
    hands.pick("odd.operation")
    until(lambda: "script" in page.locator(".sides").inner_text(), "the wrong value is shown as text")
    assert page.evaluate("window.caught") is None
    assert page.locator(".canvas script, .canvas img").count() == 0


@pytest.mark.parametrize(("width", "dark"), [(1400, False), (800, True)])
def test_axe_finds_nothing_of_ours(chromium, served, width, dark):
    write(
        served, "wrong", d.set_value(d.skeleton("wrong"), "organisation.operations.operation.agents", "many")
    )
    with window(chromium, served, width=width, dark=dark) as page:
        hands = opened(page, served, scenario="wrong")
        hands.pick("wrong.system3") if width > 1000 else hands.press("Properties", exact=True)
        found = {"seen": violations(page)}
        for panel in ("Connect", "Table", "?"):
            hands.press("Keyboard shortcuts" if panel == "?" else panel, exact=True)
            page.locator(".over").wait_for()
            found[panel] = violations(page)
        ours = {name: [one for one in rules if not one.startswith(KNOWN)] for name, rules in found.items()}
        assert ours == {name: [] for name in found}
        upstream = [one for rules in found.values() for one in rules if one.startswith(KNOWN)]
        assert all("react-flow__handle" in one for one in upstream)
        assert page.watch.elsewhere == []
        assert page.watch.errors == []


@pytest.mark.slow
def test_where_it_is_narrow_panels_fold(chromium, served):
    with window(chromium, served, width=800) as page:
        hands = opened(page, served)
        assert not page.locator("#palette").is_visible()
        hands.press("Palette", exact=True)
        assert page.locator("#palette").is_visible()
        hands.press("Properties", exact=True)
        assert not page.locator("#palette").is_visible()
        assert page.locator("#sides").is_visible()


def test_a_slip_in_a_file_is_gone_to_and_mended(page, served):
    document = d.open_file(scenarios_folder() / "mm3.yaml").plain()
    document["environment"]["demand"]["customers"]["work"] = {"exponential": 2.5}
    (served.here / "slip.yaml").write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    hands = opened(page, served, scenario="slip")
    page.get_by_role("button", name="Go to customers").click()
    place = "environment.demand.customers.work.exponential"
    focused = "(one) => one.getRootNode().activeElement === one"
    until(lambda: hands.field(place).count() and hands.field(place).evaluate(focused), "focus at the field")
    assert [one for one in violations(page) if KNOWN not in one] == []
    hands.press("Begin exponential anew")
    hands.undo_says("set exponential of customers")
    assert hands.field(f"{place}.mean").input_value() == "2.5"
    until(lambda: page.get_by_role("button", name="Go to customers").count() == 0, "no problem is left")
