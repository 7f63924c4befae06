"""What stands in a notebook's cell, in JupyterLab as `make lab` opens it, with every other machine out of reach."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from browser import until
from canvas_hands import Hands
from jupyterlab_served import LAB, ROOT, jupyter, notebook, offline, opened, run_notebook

from vsmlab.lab.nightly.processes import descendants, resident

pytest.importorskip("jupyterlab")

CHEAP = "05-is-the-wait-the-computed-one.ipynb"
INIT = "import vsmlab\nvsmlab.notebook.init()"
PLOTS = [
    INIT,
    "run = vsmlab.run('mm3', until=2000.0)\nrun.plot.waits()",
    "import panel as pn\npn.widgets.FloatSlider(name='agents in the hall', start=1, end=9)",
]
"""What is drawn by JavaScript, of which no notebook of the repository stores any."""
CANVAS = [
    INIT,
    "canvas = vsmlab.Canvas(path='mine.yaml')\ncanvas",
    "print('agents now', canvas.load().scenario.organisation.all_agents)",
]
LIVE = [INIT, "live = vsmlab.Live('mm3', until=5000.0)\nlive"]
STORED = sorted(file.name for file in (ROOT / "notebooks").glob("*.ipynb") if file.name != CHEAP)
PICTURE = ".jp-OutputArea-output img, .jp-OutputArea-output svg"
POINTS = """() => { for (const doc of Bokeh.documents) for (const model of doc._all_models.values())
  if (model.type === "ColumnDataSource" && model.data.t) return model.data.t.length; return 0; }"""


class Lab(NamedTuple):
    """JupyterLab on a folder of notebooks."""

    address: str
    process: int
    folder: Path


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """On a copy of the notebooks, and three of this file's own."""
    folder = tmp_path_factory.mktemp("lab")
    books = folder / "notebooks"
    shutil.copytree(ROOT / "notebooks", books, ignore=shutil.ignore_patterns(".*"))
    for name, cells in (("plots", PLOTS), ("canvas", CANVAS), ("live", LIVE)):
        (books / f"{name}.ipynb").write_text(notebook(cells), encoding="utf-8")
    book = json.loads((books / CHEAP).read_text(encoding="utf-8"))
    for cell in book["cells"]:
        cell |= {"outputs": []} if cell["cell_type"] == "code" else {}
    (books / CHEAP).write_text(json.dumps(book), encoding="utf-8")
    with jupyter(folder, LAB, str(books)) as (address, process):
        yield Lab(address, process, books)


@pytest.fixture
def page(chromium, lab):
    with offline(chromium, lab.address) as page:
        yield page


def shows(page, wanted, seconds=60):
    """Scroll up and down until it is there and as high as a picture; Lab keeps only what is near in the page."""
    found = page.locator(wanted).first
    end, step = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        if found.count() and (box := found.bounding_box()) and box["height"] > 100 and box["width"] > 100:
            found.scroll_into_view_if_needed()
            return
        step += 1
        page.evaluate(
            "k => { const e = document.querySelector('.jp-WindowedPanel-outer');"
            " e.scrollTop = (e.scrollHeight - e.clientHeight) * (k % 9) / 8 }",
            step,
        )
        page.wait_for_timeout(250)
    shot(page, "not-shown")
    raise AssertionError(f"{wanted} is not shown")


def shot(page, name):
    folder = os.environ.get("VSMLAB_SHOTS")  # to look at what a test has seen
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def test_plots_and_widgets_are_drawn_without_the_internet(lab, page):
    opened(page, lab.address, "plots.ipynb")
    run_notebook(page)
    page.locator(".jp-OutputArea-output").get_by_text("agents in the hall").first.wait_for(timeout=60_000)
    shows(page, ".bk-Figure canvas", 120)  # the kernel imports Panel and runs first
    assert not page.locator("text=fetch official Jupyter news").count()
    shot(page, "live")
    kernels = list(descendants(lab.process))
    assert kernels
    assert resident(kernels)[0] < 1e9, "more than Binder gives"


def test_a_notebook_of_the_repository_runs_and_shows_its_picture(lab, page):
    """Its stored outputs were taken out, so that the picture is a new one."""
    opened(page, lab.address, CHEAP)
    assert not page.locator(PICTURE).count()
    run_notebook(page, load=False)
    shows(page, PICTURE)
    shot(page, "cheap")


def test_pictures_that_are_stored_show_when_a_notebook_is_opened(lab, page):
    for name in STORED:
        opened(page, lab.address, name)
        shows(page, PICTURE, 20)
        shot(page, Path(name).stem)


def test_the_canvas_in_a_cell_and_no_key_pressed_in_it_is_one_of_the_notebooks(lab, page):
    cells = opened(page, lab.address, "canvas.ipynb")
    until(lambda: cells.count() == 3, "the notebook has its cells")
    run_notebook(page)
    page.get_by_text("agents now 2").wait_for(timeout=90_000)
    page.locator(".react-flow__node").first.wait_for(timeout=60_000)
    hands = Hands(page)
    hands.there("new-system.operation")
    page.locator("[data-item=operation]").focus()
    page.keyboard.press("Enter")
    hands.there("new-system.operation-2")
    page.locator(".react-flow__controls-fitview").click()
    hands.line("environment.demand", "demand", "new-system.operation-2", "tasks")
    hands.there("environment.demand>new-system.operation-2:demand")
    page.keyboard.press("Control+z")
    hands.gone("environment.demand>new-system.operation-2:demand")
    hands.pick("new-system.operation-2")
    page.keyboard.press("Delete")
    hands.gone("new-system.operation-2")
    page.keyboard.press("Control+z")
    hands.there("new-system.operation-2")
    for key in ("d", "d", "a", "b", "x", "Backspace", "ArrowDown"):
        page.keyboard.press(key)
    hands.pick("new-system.system2")
    agents = page.locator("#rename")
    assert not agents.count()
    hands.pick("new-system.operation-2")
    field = hands.field("organisation.operations.operation-2.agents")
    field.fill("3")
    field.press("Enter")
    hands.undo_says("set agents of operation-2")
    page.keyboard.press("Control+s")
    page.locator("#save-name").wait_for()
    assert page.locator("#save-name").input_value() == "mine"
    page.locator("#save-name").press("Enter")
    hands.says("Saved as mine.yaml.")
    assert (lab.folder / "mine.yaml").is_file()
    assert cells.count() == 3
    assert [cell.strip() for cell in cells.locator(".jp-InputArea .cm-content").all_inner_texts()] == [
        code.strip() for code in CANVAS
    ]


def test_the_live_page_plays_in_a_cell(lab, page):
    cells = opened(page, lab.address, "live.ipynb")
    until(lambda: cells.count() == 2, "the notebook has its cells")
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")  # as JupyterLab's dark theme does
    run_notebook(page)
    page.locator("svg.diagram").wait_for(timeout=120_000)
    page.get_by_role("button", name="Play", exact=True).click()
    clock = page.locator("[data-clock]")
    until(lambda: float(clock.get_attribute("data-clock")) > 2.0, "the clock runs")
    page.locator("svg .operation").first.click()
    page.locator("[data-part=choice]").get_by_role("button", name="Crash", exact=True).click()
    page.locator("[data-part=acts]").get_by_text("desk crashed").wait_for()
    assert page.locator(".plot canvas").count() >= 6
    until(lambda: page.evaluate(POINTS) > 0, "the plots are filled")
    assert cells.count() == 2
    said = page.locator(".jp-Notebook").inner_text()
    assert "Traceback" not in said, said[said.index("Traceback") :]
