"""JupyterLab as `make lab` opens it, in a browser without internet: notebooks open, run, and show their pictures."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from browser import run_notebook

from vsmlab.apps.notebook import ENVIRONMENT
from vsmlab.lab.nightly.processes import descendants, end_family, resident

pytest.importorskip("jupyterlab")

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")
CHEAP = "05-is-the-wait-the-computed-one.ipynb"
LIVE = [
    "import vsmlab\nvsmlab.notebook.init()",
    "run = vsmlab.run('mm3', until=2000.0)\nrun.plot.waits()",
    "import panel as pn\npn.widgets.FloatSlider(name='agents in the hall', start=1, end=9)",
]
"""What is drawn by JavaScript, of which no notebook of the repository stores any."""
STORED = [file for file in sorted((ROOT / "notebooks").glob("*.ipynb")) if file.name[:2] in ("02", "06")]
"""One whose pictures are stored as SVG alone, and one that stores HTML beside."""


def live_notebook():
    cells = [
        {
            "cell_type": "code",
            "id": f"c{k}",
            "metadata": {},
            "source": source,
            "execution_count": None,
            "outputs": [],
        }
        for k, source in enumerate(LIVE)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}
    )


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab on a copy of the notebooks, with nothing of the user's; ended by its id."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    (folder / "notebooks" / "live.ipynb").write_text(live_notebook(), encoding="utf-8")
    book = json.loads((folder / "notebooks" / CHEAP).read_text(encoding="utf-8"))
    for cell in book["cells"]:
        cell |= {"outputs": []} if cell["cell_type"] == "code" else {}
    (folder / "notebooks" / CHEAP).write_text(json.dumps(book), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {
        name: str(folder / name)
        for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    }
    own |= {"HOME": str(folder), "PYTHONPATH": str(ROOT)}
    inherited = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT}
    arguments = ["--no-browser", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0",
                 "--IdentityProvider.token=t"]  # fmt: skip
    arguments += ["--allow-root"] if os.geteuid() == 0 else []
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "vsmlab.apps.notebook", str(folder / "notebooks"), *arguments],
            cwd=folder, env=inherited | own, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    try:
        until(lambda: answers(f"http://127.0.0.1:{port}/api?token=t"), 60)
        yield f"http://127.0.0.1:{port}", server.pid
    finally:
        end_family(server.pid)
        server.wait()


def answers(url):
    try:
        return urllib.request.urlopen(url, timeout=5).status == 200
    except OSError:
        return False


def until(true, seconds):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, true
        time.sleep(0.2)


@pytest.fixture
def page(chromium):
    """A window that reaches this machine alone; what it asked others for is kept."""
    context = chromium.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    page.elsewhere = []

    def answer(route):
        if route.request.url.startswith(LOCAL):
            route.continue_()
        else:
            page.elsewhere.append(route.request.url)
            route.abort()

    context.route("**/*", answer)
    yield page
    context.close()


def opened(page, lab, name):
    page.goto(f"{lab[0]}/lab/tree/{name}?token=t&reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)


def run_all(page):
    """Run all cells, by the menu, once the kernel is there."""
    page.get_by_text("| Idle").first.wait_for(timeout=120_000)
    page.locator(".jp-Notebook .jp-Cell").first.click()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


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


PICTURE = ".jp-OutputArea-output img, .jp-OutputArea-output svg"


def test_plots_and_widgets_are_drawn_without_the_internet(lab, page):
    opened(page, lab, "live.ipynb")
    run_notebook(page)
    page.locator(".jp-OutputArea-output").get_by_text("agents in the hall").first.wait_for(timeout=60_000)
    shows(page, ".bk-Figure canvas", 120)  # the kernel imports Panel and runs first
    assert not page.locator("text=fetch official Jupyter news").count()
    shot(page, "live")
    kernels = list(descendants(lab[1]))
    assert kernels
    assert resident(kernels)[0] < 1e9, "more than Binder gives"
    assert page.elsewhere == []


def test_a_notebook_of_the_repository_runs_and_shows_its_picture(lab, page):
    """Its stored outputs were taken out, so that the picture is a new one."""
    opened(page, lab, CHEAP)
    assert not page.locator(PICTURE).count()
    run_all(page)
    shows(page, PICTURE)
    shot(page, "cheap")
    assert page.elsewhere == []


def test_pictures_that_are_stored_show_when_a_notebook_is_opened(lab, page):
    for file in STORED:
        opened(page, lab, file.name)
        shows(page, PICTURE, 20)
        shot(page, file.stem)
    assert page.elsewhere == []
