"""Where the focus goes when something is asked, and picks and notes in two windows, in Chromium: see ``browser.py``."""

from __future__ import annotations

import shutil

import pytest
from browser import open_page, until, violations, window

import vsmlab


@pytest.fixture(scope="module")
def served(served):
    """With sixty runs, and a finished sweep."""
    first = served.runs / "run-000"
    vsmlab.run("mm3", until=1200.0, out=first)
    for at in range(1, 60):
        shutil.copytree(first, served.runs / f"run-{at:03}")
    vsmlab.sweep("mm3", over={"organisation.agents": [3, 4]}, until=1200.0, replications=2, workers=1,
                 measure=["units.desk.served"], out=served.here / "sweeps" / "earlier")  # fmt: skip
    return served


FOCUSED = """() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at?.getAttribute("aria-label") || at?.id || at?.textContent || "";
}"""


def focused(page, wanted):
    until(lambda: wanted in page.evaluate(FOCUSED), f"{wanted} has the focus")


def in_sight(locator):
    box, height = locator.bounding_box(), locator.page.viewport_size["height"]
    return box["y"] >= 0 and box["y"] + box["height"] <= height


def test_the_question_far_down_has_the_focus_and_gives_it_back(page, served):
    open_page(page, served, "/runs")
    page.get_by_role("button", name="Run", exact=True).click()
    delete = page.get_by_role("button", name="Delete run-050")
    for leave in ("Escape", "Enter"):
        delete.click()
        focused(page, "Keep it")
        assert in_sight(page.get_by_text("Move the run “run-050”"))
        assert violations(page) == []
        page.keyboard.press(leave)
        focused(page, "Delete run-050")
        assert in_sight(delete)
    delete.click()
    page.get_by_role("button", name="Move it to the trash").click()
    page.get_by_text("run-050 is in").wait_for()
    focused(page, "Runs")  # its row is gone: the table has it
    page.get_by_role("button", name="Note run-040").click()
    focused(page, "notes")
    page.get_by_role("button", name="Leave them as they were").click()
    focused(page, "Note run-040")


def test_picks_are_kept_while_one_looks_for_the_other(page, served):
    open_page(page, served, "/runs")
    page.get_by_label("run-010 as A").check()
    page.get_by_text("A: run-010").wait_for()
    page.get_by_label("Find a run").fill("run-020")
    page.get_by_text("1 of ").wait_for()
    page.get_by_label("run-020 as B").check()
    page.get_by_text("B: run-020").wait_for()
    assert violations(page) == []
    page.get_by_label("Find a run").fill("")
    until(lambda: page.get_by_label("run-010 as A").count() == 1, "all runs are back")
    assert page.get_by_label("run-010 as A").is_checked()
    assert page.get_by_label("run-020 as B").is_checked()
    page.get_by_label("Find a run").fill("run-030")
    page.get_by_label("A: run-010").wait_for()
    page.get_by_role("button", name="Compare A with B").click()
    page.wait_for_url("**/compare?*")
    assert "a=run-010" in page.url
    assert "b=run-020" in page.url


def test_what_is_typed_stays_when_the_run_goes_away(page, served, chromium):
    open_page(page, served, "/runs")
    page.get_by_role("button", name="Note run-001").click()
    page.locator("#notes").fill("long thoughts")
    with window(chromium, served) as other:
        open_page(other, served, "/runs")
        other.get_by_role("button", name="Delete run-001").click()
        other.get_by_role("button", name="Move it to the trash").click()
        other.get_by_text("run-001 is in").wait_for()
    page.get_by_label("Find a run").fill("run-03")
    page.get_by_text("10 of ").wait_for()
    page.get_by_text("run-001 is not there any more, so they").wait_for()
    assert page.locator("#notes").input_value() == "long thoughts"
    assert violations(page) == []
    page.get_by_role("button", name="Close").click()
    page.locator("#notes").wait_for(state="detached")


def test_a_form_that_asks_again_still_knows_what_opened_it(page, served):
    open_page(page, served, "/runs")
    page.get_by_role("button", name="Note run-055").click()
    page.locator("#notes").fill("mine")
    (served.runs / "run-055" / "notes.txt").write_text("theirs", encoding="utf-8")
    page.get_by_role("button", name="Keep the notes").click()
    page.get_by_text("The notes have been changed since:").wait_for()
    focused(page, "notes")
    page.get_by_role("button", name="Leave them as they were").click()
    focused(page, "Note run-055")


def test_notes_of_two_windows_stand_beside_each_other(page, served, chromium):
    open_page(page, served, "/run", name="run-002")
    page.locator("#notes").fill("mine")
    with window(chromium, served) as other:
        open_page(other, served, "/run", name="run-002")
        other.locator("#notes").fill("theirs")
        other.get_by_role("button", name="Keep the notes").click()
        other.get_by_text("The notes of run-002 are kept").wait_for()
    page.get_by_role("button", name="Keep the notes").click()
    page.get_by_text("The notes have been changed since:").wait_for()
    focused(page, "notes")  # not the button that takes the place of the pressed one
    assert page.locator("#notes").input_value() == "mine"
    assert violations(page) == []
    page.get_by_role("button", name="Take these").click()
    until(lambda: page.locator("#notes").input_value() == "theirs", "theirs are taken")


def test_results_that_are_asked_for_far_below_have_the_focus_and_give_it_back(page, served):
    page.set_viewport_size({"width": 1400, "height": 500})
    open_page(page, served, "/sweep", scenario="mm3")
    page.get_by_role("button", name="Show earlier").click()
    focused(page, "Results")
    page.get_by_role("button", name="Close earlier").click()
    focused(page, "Show earlier")
    assert in_sight(page.get_by_role("button", name="Show earlier"))
    row = page.locator("section[aria-label='Earlier experiments'] tr", has_text="organisation.agents")
    row.get_by_label("Seeds of").fill("none")
    row.get_by_role("button", name="More seeds").click()
    focused(page, "not a number of seeds")
    assert in_sight(page.get_by_text("not a number of seeds"))
    assert violations(page) == []
