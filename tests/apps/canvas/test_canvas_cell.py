"""The canvas in a cell of JupyterLab: the same, and no key that is pressed in it is one of the notebook's."""

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
from canvas_hands import Hands

from vsmlab.apps.notebook import ENVIRONMENT
from vsmlab.lab.nightly.processes import end_family

pytest.importorskip("jupyterlab")

ROOT = Path(__file__).resolve().parents[3]
CELLS = [
    "import vsmlab\nvsmlab.notebook.init()",
    "canvas = vsmlab.Canvas(path='mine.yaml')\ncanvas",
    "print('agents now', canvas.load().scenario.organisation.all_agents)",
]


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
    (folder / "notebooks" / "canvas.ipynb").write_text(notebook(), encoding="utf-8")
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


def test_the_canvas_in_a_cell(window_of, jupyter):
    page = window_of
    page.goto(f"{jupyter[0]}/lab/tree/canvas.ipynb?token=t&reset")
    cells = page.locator(".jp-Notebook .jp-Cell")
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
    assert (jupyter[1] / "mine.yaml").is_file()
    assert cells.count() == 3
    assert [cell.strip() for cell in cells.locator(".jp-InputArea .cm-content").all_inner_texts()] == [
        code.strip() for code in CELLS
    ]
