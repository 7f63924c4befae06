"""Experiments and the zip of everything, in Chromium: the fixtures are described in ``browser.py``."""

from __future__ import annotations

import io
import zipfile

import pytest
from browser import open_page, until, violations

import vsmlab

HOSTILE = "<img src=x onerror=\"document.title='caught'\">"


@pytest.fixture(scope="module")
def served(served):
    """With a finished sweep of a hostile name, and a run."""
    done = vsmlab.sweep("mm3", over={"organisation.agents": [3, 4]}, until=1200.0, replications=2, workers=1,
                        measure=["units.desk.served"], out=served.here / "sweeps" / f"earlier {HOSTILE}")  # fmt: skip
    assert len(done.table) == 4
    vsmlab.run("mm3", until=1200.0, out=served.runs / "mm3")
    return served


def test_a_sweep_is_started_cancelled_and_gone_on_with(page, served):
    open_page(page, served, "/sweep", scenario="mm3")
    assert violations(page) == []
    page.get_by_text("numbers of this scenario").click()
    page.get_by_label("Find", exact=True).type("agents")
    page.get_by_role("button", name="Vary organisation.agents").click()
    until(lambda: page.locator("#values-1").input_value() == "2, 3, 6", "values are proposed")
    page.locator("#values-1").fill("3, 4")
    page.locator("#replications").fill("many")
    page.locator("#until").fill("40000")
    page.get_by_role("button", name="Start").click()
    page.get_by_text("Nothing was started").wait_for()
    page.get_by_text("Not a number of seeds: many").wait_for()
    assert violations(page) == []
    page.locator("#replications").fill("200")
    page.get_by_text("400 runs").wait_for()
    page.get_by_role("button", name="Start").click()
    page.locator(".jobs progress").wait_for()
    until(lambda: " of 400 runs" in page.locator(".jobs").inner_text(), "runs are counted")
    page.get_by_role("button", name="Cancel Sweep of mm3").click()
    page.get_by_text("was cancelled").wait_for()
    assert len(list(served.here.glob("sweeps/mm3-*/runs.part.jsonl"))) == 1
    row = page.locator("section[aria-label='Earlier experiments'] tr", has_text="of 400")
    row.get_by_label("Seeds of").fill("2")
    row.get_by_role("button", name="Go on").click()
    page.locator("figure svg.chart").wait_for()
    assert page.locator("section[aria-label=Results] tbody tr").count() == 2
    assert violations(page) == []
    for width, dark in ((1400, False), (800, True)):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if dark else "light")
        assert violations(page, only="color-contrast") == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.slow
def test_an_earlier_one_is_opened_and_its_table_downloaded_and_its_name_is_text(page, served):
    open_page(page, served, "/sweep")
    page.get_by_role("button", name="Show earlier").click()
    page.locator("figure svg.chart").wait_for()
    with page.expect_download() as down:
        page.get_by_role("link", name="Download as CSV").click()
    text = down.value.path().read_text(encoding="utf-8")
    assert text.startswith("point,replication,seed,organisation.agents,")
    assert text.count("\n") == 5
    with page.expect_download() as down:
        page.get_by_role("link", name="Download as Parquet").click()
    assert down.value.path().read_bytes()[:4] == b"PAR1"
    open_page(page, served, "/sweep", open=HOSTILE, scenario=HOSTILE)
    page.get_by_text("there is no such experiment").wait_for()
    page.locator("#scenario").select_option("mm3")
    page.locator("#field-1").fill(HOSTILE)
    page.locator("#values-1").fill(HOSTILE)
    page.get_by_role("button", name="Start").click()
    page.get_by_text("Nothing was started").wait_for()
    assert page.locator("img").count() == 0
    assert "caught" not in page.title()


@pytest.mark.slow
def test_the_work_is_taken_along_and_brought_back(page, served):
    open_page(page, served, "/runs")
    assert violations(page) == []
    with page.expect_download() as down:
        page.get_by_role("link", name="Download all").click()
    data = down.value.path().read_bytes()
    journal = (served.runs / "mm3" / "events.parquet").read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.read("runs/mm3/events.parquet") == journal
    page.get_by_role("button", name="Delete mm3").click()
    page.get_by_role("button", name="Move it to the trash").click()
    page.get_by_text("mm3 is in").wait_for()
    place = page.get_by_label("Bring it back")
    place.set_input_files({"name": "all.zip", "mimeType": "application/zip", "buffer": data})
    page.get_by_text("Came in: run mm3").wait_for()
    page.get_by_text("Kept as they were here: experiment").wait_for()
    page.get_by_role("link", name="mm3", exact=True).wait_for()
    assert (served.runs / "mm3" / "events.parquet").read_bytes() == journal
    assert violations(page) == []
    place.set_input_files({"name": "all.zip", "mimeType": "application/zip", "buffer": data[:-50]})
    page.get_by_text("this is no zip").wait_for()
    assert page.locator("img").count() == 0


@pytest.mark.slow
def test_strangers_bring_and_take_nothing(page, served, chromium):
    open_page(page, served, "/runs")
    stranger = chromium.new_context()
    try:
        for route in ("/luggage", "/sweep-table?name=x"):
            assert stranger.request.get(served.origin + route).status == 403
        assert stranger.request.post(served.origin + "/arrive", data=b"x").status == 403
    finally:
        stranger.close()
    evil = {"Origin": "http://evil.example"}
    assert page.request.post(served.origin + "/arrive", data=b"x", headers=evil).status == 403
    assert page.request.get(served.origin + "/sweep-table?name=../../etc").status == 404
