"""The live page as people use it, in Chromium: the fixtures are described in ``tests/apps/browser.py``."""

import pytest
import yaml
from browser import open_page, until, violations

import vsmlab
from vsmlab.lab.loader import load

HOSTILE = "<script>document.title='caught'</script><img src=x onerror=\"document.title='caught'\">"
FAST = 41
FOCUSED = """() => { let e = document.activeElement; while (e && e.shadowRoot) e = e.shadowRoot.activeElement;
  return e && e.dataset.path; }"""


def clock(page):
    return float(page.locator("[data-clock]").get_attribute("data-clock"))


def handled(page):
    return int(page.locator("[data-count=handled]").inner_text().replace(",", ""))


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def slide(page, slider, place):
    """Move a slider by its keyboard, as people may, to a place; the last key is what lets it go."""
    slider.evaluate(
        "(one, place) => { one.value = place; one.dispatchEvent(new Event('input', {bubbles: true}));"
        " one.dispatchEvent(new Event('change', {bubbles: true})); }",
        place,
    )


def opened(page, served, scenario="mm3", route="/live"):
    open_page(page, served, route, **({"scenario": scenario} if route == "/live" else {}))
    page.locator("svg.diagram").wait_for()


def play(page, to, place=FAST):
    slide(page, page.get_by_label("Speed"), place)
    press(page, "Play")
    until(lambda: clock(page) >= to, f"the clock comes to {to}")


def paused(page):
    press(page, "Pause")
    page.get_by_role("button", name="Play", exact=True).wait_for()


def points(page):
    """What the source of the plots holds, as the browser has it."""
    return page.evaluate(
        """() => { for (const doc of Bokeh.documents) for (const model of doc._all_models.values())
             if (model.type === "ColumnDataSource" && model.data.t)
               return Object.fromEntries(Object.entries(model.data).map(([k, v]) => [k, Array.from(v)])); }"""
    )


def test_it_plays_pauses_and_steps_and_the_plots_move(page, served):
    opened(page, served)
    assert clock(page) == 0.0
    play(page, 20.0, place=20)
    until(lambda: len(points(page)["t"]) > 0, "the plots have points")
    first = points(page)["t"][-1]
    until(lambda: points(page)["t"][-1] > first, "the plots move")
    paused(page)
    stood = clock(page)
    shown = page.locator(".view").get_attribute("data-flush")
    press(page, "Step")
    until(lambda: clock(page) > stood, "a step goes on")
    assert clock(page) < stood + 60.0
    assert int(page.locator(".view").get_attribute("data-flush")) > int(shown)
    assert max(len(column) for column in points(page).values()) <= 200
    assert page.locator(".plot canvas").count() >= 6


def test_an_operation_is_crashed_by_its_button_and_the_operator_is_in_the_journal(page, served):
    opened(page, served, "oscillating-siblings")
    play(page, 30.0, place=20)
    paused(page)
    operation = page.locator("svg .operation").first
    operation.click()
    page.get_by_role("button", name="Crash", exact=True).wait_for()
    name = page.locator("[data-part=choice] h2").inner_text()
    press(page, "Crash")
    page.locator("[data-part=acts]").get_by_text(f"{name} crashed").wait_for()
    page.locator("svg.diagram text", has_text="crashed").first.wait_for()
    press(page, "Save as a run")
    page.get_by_text("Saved as oscillating-siblings-played").wait_for()
    run = vsmlab.Run(served.runs / "oscillating-siblings-played")
    run.verify()
    events = run.table("events")
    assert "operator" in set(events["sender"])
    again = vsmlab.run(run.manifest["scenario"])
    assert again.digest == run.digest
    page.get_by_role("link", name="Open it").click()
    page.locator("svg.diagram").wait_for()
    assert "/run?name=oscillating-siblings-played" in page.url


@pytest.mark.slow
def test_a_slider_changes_a_dial_and_back_undoes_it(page, served):
    opened(page, served)
    page.locator("svg .operation").first.click()
    dial = page.get_by_label("speed", exact=True)
    dial.wait_for()
    before = dial.get_attribute("value")
    slide(page, dial, int(dial.get_attribute("max")))
    page.locator("[data-part=acts]").get_by_text("speed of desk set to 10").wait_for()
    press(page, "Step")
    until(
        lambda: page.get_by_label("speed", exact=True).get_attribute("value") != before,
        "the slider stands elsewhere",
    )
    press(page, "Back")
    page.get_by_text("the last act is undone").wait_for()
    page.get_by_text("Nothing yet. What you do").wait_for()


@pytest.mark.slow
def test_a_channel_shows_its_messages_and_a_message_its_thread(page, served):
    opened(page, served, "hand-offs")
    play(page, 60.0)
    paused(page)
    page.locator("svg .channel[tabindex='0']").first.focus()
    chosen = page.evaluate(FOCUSED)
    page.keyboard.press("Enter")
    page.get_by_text("Last messages:").wait_for()
    assert chosen.startswith("channel ")
    page.get_by_label("Choose by name").select_option("channel env_op")
    page.get_by_text("Last messages: demand").wait_for()
    page.locator("[data-do=event]").first.wait_for()
    assert page.locator("[data-part=messages] tbody tr").count() <= 200
    row = page.locator("[data-do=event]").first.get_attribute("data-row")
    page.locator("[data-do=event]").first.click()
    page.locator(f"svg.thread [data-row='{row}'][aria-current=true]").wait_for()
    other = page.locator("svg.thread [data-row]:not([aria-current])").first
    told = other.get_attribute("data-row")
    other.click()
    page.locator(f"svg.thread [data-row='{told}'][aria-current=true]").wait_for()
    page.get_by_text("The same as a table").click()
    page.locator("[data-part=thread] table tr[aria-current=true]").wait_for()


def test_counts_at_the_end_are_the_sessions_and_the_page_is_not_flooded(page, served):
    opened(page, served, "hand-offs")
    play(page, 900.0)
    press(page, "Pause") if page.get_by_role("button", name="Pause", exact=True).count() else None
    page.get_by_role("button", name="Play", exact=True).wait_for()
    session = vsmlab.Session("hand-offs")
    session.advance(clock(page))
    until(lambda: handled(page) == session.handled, "every message is counted")
    assert int(page.locator("[data-count=rows]").inner_text().replace(",", "")) == session.count
    assert max(len(column) for column in points(page).values()) <= 200


@pytest.mark.slow
def test_children_appear_and_one_goes_down_to_them(page, served):
    opened(page, served, route="/spawning")
    play(page, 2400.0)
    page.locator("[data-part=family]").get_by_text("the depth limit holds").first.wait_for()
    paused(page)
    page.get_by_role("button", name="Into branch-1").click()
    page.locator("svg.diagram text", has_text="desk-a").first.wait_for()
    page.get_by_role("navigation", name="Levels").get_by_role("button", name="crew").click()
    page.locator("svg.diagram text", has_text="front").first.wait_for()


@pytest.mark.slow
def test_focus_stays_where_it_is_while_the_diagram_is_drawn_again(page, served):
    opened(page, served, "oscillating-siblings")
    sign = page.locator("svg [role=button]", has=page.locator(".operation")).first
    sign.focus()
    play_button = page.get_by_role("button", name="Play", exact=True)
    play_button.evaluate("one => one.click()")
    until(lambda: clock(page) > 5.0, "it plays")
    focused = FOCUSED
    assert page.evaluate(focused) == sign.get_attribute("data-path")


@pytest.mark.slow
def test_an_alarm_is_said_and_axe_finds_nothing(page, served):
    opened(page, served, "algedonic-escalation")
    play(page, 2550.0)
    paused(page)
    assert page.locator("[data-part=alarm][aria-live=polite]").inner_text().startswith("ALARM")
    page.get_by_role("button", name="Into hospital").click()
    page.get_by_role("button", name="Into emergency").click()
    page.locator("svg.diagram.alarmed").wait_for()
    page.get_by_label("Choose by name").select_option("channel algedonic")
    page.locator("[data-do=event]").first.click()
    page.locator("svg.thread").wait_for()
    assert violations(page) == []


@pytest.mark.slow
def test_hostile_names_stay_text(page, served):
    raw = dict(load("mm3").raw)
    raw |= {"name": "bad", "title": HOSTILE, "shows": HOSTILE}
    (served.here / "bad.yaml").write_text(yaml.safe_dump(raw), encoding="utf-8")
    opened(page, served, "bad.yaml")
    assert page.locator("img").count() == 0
    press(page, "Step")
    until(lambda: handled(page) > 0, "it steps")
    assert page.title() != "caught"
    open_page(page, served, "/live", scenario=str(served.here / "bad.yaml"))  # as the gallery calls it
    page.locator("svg.diagram").wait_for()
    open_page(page, served, "/live", scenario=HOSTILE)
    page.get_by_text("not in the gallery").wait_for()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["nobody", "/etc/passwd"])
def test_what_is_no_scenario_is_refused_in_a_sentence(page, served, name):
    open_page(page, served, "/live", scenario=name)
    page.locator(".message.wrong").wait_for()


IN_SIGHT = """one => { const box = one.getBoundingClientRect();
  return box.top >= 0 && box.top < window.innerHeight && box.height > 0; }"""


def test_what_is_written_beside_a_channel_opens_it_where_one_sees_it(page, served):
    opened(page, served, "oscillating-siblings")
    page.set_viewport_size({"width": 800, "height": 700})
    page.locator("svg .note-of", has_text="coordination").click()
    choice = page.locator("[data-part=choice]")
    choice.get_by_text("Channel coordination").wait_for()
    until(lambda: choice.evaluate(IN_SIGHT), "what was chosen is in sight")
    press(page, "Show its last messages")
    until(lambda: page.locator("[data-part=messages] h2").evaluate(IN_SIGHT), "its messages are in sight")
    page.locator("svg .channel[tabindex='0']").first.focus()
    page.keyboard.press("Enter")
    until(lambda: page.evaluate("document.activeElement !== document.body"), "something has the focus")
    focused = "() => { let e = document.activeElement; while (e.shadowRoot) e = e.shadowRoot.activeElement; return e; }"
    until(
        lambda: page.evaluate(f"({focused})().dataset.part") == "choice",
        "who chose by keyboard is where the acts are",
    )
    page.keyboard.press("Escape")
    until(lambda: page.evaluate(f"({focused})().dataset.path"), "and goes back to the sign")


def test_a_dial_that_is_moved_by_keys_is_one_act(page, served):
    opened(page, served)
    page.locator("svg .operation").first.click()
    dial = page.get_by_label("speed", exact=True)
    dial.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    wanted = dial.evaluate("one => Number(one.dataset.values.split('|')[Number(one.value)])")
    page.keyboard.press("Tab")
    page.locator("[data-part=acts] li").first.wait_for()
    acts = page.locator("[data-part=acts] li")
    assert f"speed of desk set to {wanted:g}" in acts.first.inner_text()
    press(page, "Step")
    until(lambda: clock(page) > 0.0, "it steps")
    assert acts.count() == 1


def test_without_a_scenario_one_is_chosen_first(page, served):
    open_page(page, served, "/live")
    page.get_by_label("Find a scenario").fill("oscillating-siblings")
    until(lambda: page.locator("[data-part=which] li").count() == 1, "one is found")
    assert violations(page) == []
    page.locator("[data-part=which] a").click()
    page.locator("svg.diagram").wait_for()
    page.get_by_role("link", name="Another scenario").wait_for()
    assert page.evaluate(AXES) == [[0, 10, 0]] * 6


AXES = """() => { const found = []; for (const doc of Bokeh.documents) for (const model of doc._all_models.values())
  if (model.type === "Figure") found.push([model.x_range.start, model.x_range.end, model.y_range.start]);
  return found; }"""
