"""The live page in a cell of JupyterLab: it plays, and asks nothing of the network."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from browser import run_notebook, until

from vsmlab.apps.notebook import ENVIRONMENT
from vsmlab.lab.nightly.processes import end_family

pytest.importorskip("jupyterlab")

ROOT = Path(__file__).resolve().parents[3]
CELLS = [
    "import vsmlab\nvsmlab.notebook.init()",
    "live = vsmlab.Live('mm3', until=5000.0)\nlive",
]

POINTS = """() => { for (const doc of Bokeh.documents) for (const model of doc._all_models.values())
  if (model.type === "ColumnDataSource" && model.data.t) return model.data.t.length; return 0; }"""


def notebook():
    cells = [
        {
            "cell_type": "code",
            "id": f"c{k}",
            "metadata": {},
            "source": code,
            "execution_count": None,
            "outputs": [],
        }
        for k, code in enumerate(CELLS)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}
    )


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory):
    """JupyterLab with one notebook and nothing of the user's; ended by its id."""
    folder = tmp_path_factory.mktemp("cell")
    (folder / "notebooks").mkdir()
    (folder / "notebooks" / "live.ipynb").write_text(notebook(), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    names = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    own = {name: str(folder / name) for name in names} | {"HOME": str(folder), "PYTHONPATH": str(ROOT)}
    inherited = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT}
    arguments = [
        "--no-browser",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=t",
    ]
    arguments += ["--allow-root"] if os.geteuid() == 0 else []
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "vsmlab.apps.notebook", str(folder / "notebooks"), *arguments],
            cwd=folder, env=inherited | own, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    try:
        until(lambda: answers(f"http://127.0.0.1:{port}/api?token=t"), "JupyterLab is there", 60.0)
        yield f"http://127.0.0.1:{port}", folder / "notebooks"
    finally:
        end_family(server.pid)
        server.wait()


@pytest.fixture
def window_of(chromium, jupyter):
    context = chromium.new_context(viewport={"width": 1500, "height": 1000}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(60_000)
    elsewhere = []

    def only_here(route):
        if route.request.url.startswith((jupyter[0], "data:", "blob:", "about:")):
            route.continue_()
        else:
            elsewhere.append(route.request.url)
            route.abort()

    context.route("**/*", only_here)
    yield page
    context.close()
    assert elsewhere == []


def test_the_live_page_plays_in_a_cell(window_of, jupyter):
    page = window_of
    page.goto(f"{jupyter[0]}/lab/tree/live.ipynb?token=t&reset")
    cells = page.locator(".jp-Notebook .jp-Cell")
    until(lambda: cells.count() == 2, "the notebook has its cells")
    run_notebook(page)
    page.locator("svg.diagram").wait_for(timeout=120_000)
    page.get_by_role("button", name="Play", exact=True).click()
    clock = page.locator("[data-clock]")
    until(lambda: float(clock.get_attribute("data-clock")) > 2.0, "the clock runs")
    page.locator("svg .operation").first.click()
    page.locator("[data-part=choice]").get_by_role("button", name="Crash", exact=True).click()
    page.locator("[data-part=acts]").get_by_text("crash desk").wait_for()
    assert page.locator(".plot canvas").count() >= 6
    until(lambda: page.evaluate(POINTS) > 0, "the plots are filled")
    assert cells.count() == 2
