"""Jupyter in a process of its own, for tests of what stands in a notebook's cell; ended by its process id.

``jupyter(folder, module)`` serves a folder; ``notebook([...])`` is the text of one with these cells;
``offline(chromium, address)`` is a window that reaches this server alone and fails if anything else was asked.
``opened(page, address, name)`` opens a notebook there, ``run_notebook(page)`` runs it.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from browser import until

from vsmlab.apps.notebook import ENVIRONMENT
from vsmlab.lab.nightly.processes import end_family

ROOT = Path(__file__).resolve().parents[2]
LAB = "vsmlab.apps.notebook"
"""The module that opens JupyterLab as ``make lab`` does."""
OWN = ("HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")


def notebook(sources: Sequence[str]) -> str:
    """A notebook of code cells that were not run."""
    cells = [
        {"cell_type": "code", "id": f"c{k}", "metadata": {}, "source": source, "execution_count": None, "outputs": []}
        for k, source in enumerate(sources)
    ]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}
    )


def answers(address: str) -> bool:
    """Whether somebody answers there."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


@contextmanager
def jupyter(folder: Path, module: str, *arguments: str, prefix: str = "") -> Iterator[tuple[str, int]]:
    """A Jupyter server with nothing of the user's; its address and its process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {name: str(folder / name) for name in OWN} | {"PYTHONPATH": str(ROOT)}
    inherited = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT}
    command = [sys.executable, "-m", module, *arguments, "--no-browser", "--ip=127.0.0.1", f"--port={port}",
               "--ServerApp.port_retries=0", "--IdentityProvider.token=t"]  # fmt: skip
    command += ["--allow-root"] if os.geteuid() == 0 else []
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=folder, env=inherited | own, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
    address = f"http://127.0.0.1:{port}{prefix}"
    try:
        until(lambda: answers(f"{address}/api?token=t"), "Jupyter answers", 60.0)
        yield address, server.pid
    finally:
        end_family(server.pid)
        server.wait()


@contextmanager
def offline(chromium: Any, origin: str) -> Iterator[Any]:
    """A window that reaches one server alone."""
    context = chromium.new_context(viewport={"width": 1500, "height": 1000}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(60_000)
    elsewhere: list[str] = []

    def only_here(route: Any) -> None:
        if route.request.url.startswith((origin, "data:", "blob:", "about:")):
            route.continue_()
        else:
            elsewhere.append(route.request.url)
            route.abort()

    context.route("**/*", only_here)
    try:
        yield page
    finally:
        context.close()
    assert elsewhere == []


def opened(page: Any, address: str, name: str) -> Any:
    """A notebook in JupyterLab, and its cells."""
    page.goto(f"{address}/lab/tree/{name}?token=t&reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    return page.locator(".jp-Notebook .jp-Cell")


def kernel_is_there(page: Any) -> None:
    """A cell that is run before the kernel is there is not run at all."""
    until(lambda: page.get_by_text("| Idle").count(), "the kernel is there", 120.0)


def run_notebook(page: Any, *, load: bool = True) -> None:
    """Run all cells in JupyterLab: the first alone, until what it loads is there.

    What is shown before Bokeh has come waits for it five seconds long and gives up: on a busy machine too soon.
    """
    kernel_is_there(page)
    page.locator(".jp-Notebook .jp-Cell").first.click()
    page.keyboard.press("Shift+Enter")
    loaded = "() => Boolean(window.Bokeh && window.Bokeh.Panel)"
    if load:
        until(lambda: page.evaluate(loaded), "Bokeh is loaded into the page", 120.0)
    rest = page.locator(".jp-Notebook .jp-Cell").count() - 1
    for left in range(rest, 0, -1):
        last = left == 1  # there Shift+Enter would add a cell
        page.keyboard.press("Control+Enter" if last else "Shift+Enter")
