"""The lab as people see it, in Chromium: the fixtures are described in ``browser.py``."""

from __future__ import annotations

import json

import pytest
from browser import open_page, until, violations

import vsmlab
from vsmlab.lab.loader import shipped_scenarios

HOSTILE = "<script>document.title='caught'</script><img src=x onerror=\"document.title='caught'\">"


@pytest.fixture(scope="module")
def served(served):
    """With two runs of its own: one of another seed, and one that calls itself by a hostile name."""
    for name, seed in (("first", 1), ("second", 2)):
        vsmlab.run("hand-offs", until=900.0, seed=seed, out=served.runs / name)
    bad = served.runs / "hostile"
    run = vsmlab.run("mm3", until=1200.0, out=bad)
    (bad / "manifest.json").write_text(
        json.dumps(run.manifest | {"title": HOSTILE, "name": HOSTILE}), encoding="utf-8"
    )
    (bad / "notes.txt").write_text(HOSTILE, encoding="utf-8")
    (served.runs / "broken").mkdir()
    return served


def test_the_gallery_shows_all_and_the_filter_narrows_it(page, served):
    open_page(page, served)
    assert page.locator(".card").count() == len(shipped_scenarios())
    assert page.locator(".card svg").count() == len(shipped_scenarios())
    page.get_by_label("Find a scenario").type("erlang formula")
    until(lambda: page.locator(".card").count() == 1, "one card is left")
    assert page.locator(".card code").inner_text() == "mm3"


def test_a_scenario_runs_to_its_end_and_is_in_the_list(page, served):
    open_page(page, served)
    page.get_by_label("Find a scenario").type("mm3")
    until(lambda: page.locator(".card").count() == 1, "one card is left")
    page.get_by_text("Run it otherwise").click()
    page.get_by_label("Horizon (s)").fill("2000")
    page.get_by_role("button", name="Run so").click()
    card = page.locator(".card")
    card.get_by_text("Done: Open mm3").wait_for()  # on the card itself, whose button was pressed
    page.locator(".list").get_by_role("link", name="mm3", exact=True).wait_for()
    card.get_by_role("link", name="Open mm3").click()
    page.get_by_role("heading", level=1, name="M/M/3").wait_for()
    page.locator("svg.diagram").wait_for()
    page.frame_locator("iframe").get_by_role("heading", level=1).wait_for()


@pytest.mark.slow
def test_a_run_is_cancelled(page, served):
    open_page(page, served)
    card = page.locator(".card", has=page.locator("code", has_text="oscillating-siblings"))
    card.get_by_text("Run it otherwise").click()
    card.get_by_label("Horizon (s)").fill("900000000")
    card.get_by_role("button", name="Run so").click()
    card.locator("progress").wait_for()
    page.get_by_label("Find a scenario").type("siblings")  # what is drawn anew brings how its run stands
    until(lambda: page.locator(".card").count() == 1, "one card is left")
    card.get_by_role("button", name="Cancel oscillating-siblings").click()
    card.get_by_text("was cancelled; nothing of it was kept").wait_for()


@pytest.mark.slow
def test_a_dropped_recording_becomes_a_card(page, served):
    open_page(page, served)
    page.get_by_text("Bring your own data").click()
    table = b"time,work\n0,1\n2,1\n5,2\n"
    page.get_by_label("Drop a file here").set_input_files(
        {"name": "calls.csv", "mimeType": "text/csv", "buffer": table}
    )
    page.get_by_text("calls.csv: 3 rows, 2 columns").wait_for()
    assert violations(page) == []
    page.get_by_label("Counted in").select_option("min")
    page.get_by_text("A task needs 80 s of one agent").wait_for()
    page.get_by_role("button", name="Write the scenario").click()
    page.get_by_text("calls.yaml and the recording are in").wait_for()
    until(lambda: page.locator(".card").count() == len(shipped_scenarios()) + 1, "a card more")
    page.get_by_label("Drop a file here").set_input_files(
        {"name": "x.exe", "mimeType": "x/y", "buffer": b"MZ"}
    )
    page.get_by_text("not a file of a kind that is read").wait_for()


def test_what_is_wrong_is_marked_on_the_card_where_it_was_typed(page, served):
    open_page(page, served)
    card = page.locator(".card", has=page.locator("code", has_text="llm-fleet-flat"))
    card.get_by_text("Run it otherwise").click()
    card.get_by_label("Horizon (s)").fill("long")
    card.get_by_role("button", name="Run so").click()
    card.get_by_text("Horizon: not a number, long").wait_for()
    assert card.get_by_label("Horizon (s)").get_attribute("aria-invalid") == "true"
    assert card.get_by_label("Horizon (s)").input_value() == "long"
    assert violations(page) == []


@pytest.mark.slow
def test_notes_are_kept_and_shown_as_text(page, served):
    open_page(page, served, "/runs")
    page.get_by_role("button", name="Note first").click()
    assert violations(page) == []
    page.get_by_label("Notes of first").fill(f"seen {HOSTILE}")
    page.get_by_role("button", name="Keep the notes").click()
    page.get_by_text("The notes of first are kept.").wait_for()
    page.locator("td.notes", has_text="seen <script>").wait_for()
    assert (served.runs / "first" / "notes.txt").read_text(encoding="utf-8") == f"seen {HOSTILE}"


@pytest.mark.slow
def test_runs_are_found_sorted_verified_and_thrown_away(page, served):
    vsmlab.run("mm3", until=1100.0, out=served.runs / "unwanted")
    open_page(page, served, "/runs")
    assert page.locator("tr", has_text="broken").get_by_text("not a run").count() == 1
    page.get_by_role("button", name="Seed").click()
    page.locator("th[aria-sort=ascending]", has_text="Seed").wait_for()
    page.get_by_label("Find a run").type("unwanted")
    until(lambda: page.locator("tbody tr").count() == 1, "one row is left")
    page.get_by_role("button", name="Verify unwanted").click()
    page.get_by_text("unwanted: good").wait_for()
    page.get_by_role("button", name="Delete unwanted").click()
    page.get_by_role("button", name="Move it to the trash").click()
    page.get_by_text("unwanted is in").wait_for()
    assert (served.runs / ".trash" / "unwanted" / "manifest.json").is_file()


@pytest.mark.slow
def test_two_runs_are_compared(page, served):
    open_page(page, served, "/runs")
    page.get_by_label("first as A").check()
    page.get_by_label("second as B").check()
    page.get_by_role("button", name="Compare A with B").click()
    page.get_by_text("What differs in the scenario").wait_for()
    assert "a=first" in page.url
    assert "b=second" in page.url
    assert page.locator("tbody th code").first.inner_text() == "seed"
    assert page.locator("figure svg").count() == 3


@pytest.mark.slow
def test_hostile_names_do_nothing(page, served):
    for route, said in (
        ("/", {}),
        ("/runs", {}),
        ("/run", {"name": "hostile"}),
        ("/compare", {"a": "hostile", "b": "first"}),
    ):
        open_page(page, served, route, **said)
        assert page.locator("img").count() == 0
        assert "caught" not in page.title() or "<script>" in page.title()
    open_page(page, served, "/run", name=HOSTILE)
    page.get_by_text("there is no such run").wait_for()


@pytest.mark.slow
def test_one_looks_into_a_system_and_back(page, served):
    open_page(page, served, "/run", name="first")
    inner = page.get_by_role("button", name="Into").first
    inner.click()
    trail = page.get_by_label("Levels of recursion")
    trail.wait_for()
    trail.get_by_role("button").first.click()
    trail.wait_for(state="detached")


@pytest.mark.slow
def test_colours_are_chosen_and_remembered(page, served):
    open_page(page, served, "/runs")
    paper = "getComputedStyle(document.documentElement).getPropertyValue('--paper').trim()"
    assert page.evaluate(paper) == "#ffffff"
    page.get_by_role("button", name="Dark colours").click()
    assert page.evaluate(paper) != "#ffffff"
    open_page(page, served, "/compare")
    assert page.evaluate(paper) != "#ffffff"
    page.get_by_role("button", name="Light colours").click()
    assert page.evaluate(paper) == "#ffffff"


@pytest.mark.slow
def test_the_keyboard_is_enough(page, served):
    open_page(page, served)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    inside = """(() => {
      let found = document.activeElement;
      while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
      return found?.id;
    })()"""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate(inside) == "wanted":
            break
    page.keyboard.type("zombies")
    until(lambda: page.locator(".card").count() < len(shipped_scenarios()), "the filter took what was typed")


@pytest.mark.parametrize("route", ["/", "/runs", "/run?name=first", "/compare?a=first&b=second"])
def test_nothing_is_wrong_by_axe_in_light_and_dark_and_it_fits(page, served, route):
    path, _, query = route.partition("?")
    open_page(page, served, path, **(dict(pair.split("=") for pair in query.split("&")) if query else {}))
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1400
    assert page.locator("h1").count() == 1
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 800, "height": 900})
    assert violations(page, only="color-contrast") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 800
