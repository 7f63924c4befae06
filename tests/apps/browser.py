"""The lab in a real browser, for tests of any of its pages.

Fixtures (``tests/apps/conftest.py``):

- ``chromium``: the browser of the session. Where there is none the test is skipped with the reason; it fails if ``CI``
  is set.
- ``served``: a lab in a process of its own, for a test module: ``served.address("/runs", find="x")`` is an address in
  it, ``served.here`` its current folder (one's own scenarios), ``served.runs`` its runs.
- ``page``: a fresh window of 1400 by 900 pixels that has brought the token. Requests to any other machine are aborted,
  and the test fails if there was one, if the page had an uncaught error, or if it wrote an error to the console.

``open_page(page, served, "/runs")`` goes there and waits until the sheet is there; a page that is not a sheet gives a
selector of its own: ``open_page(page, served, "/canvas", wait_for=".react-flow__pane", scenario="mm3")``.
``until(what, why)`` polls a condition; nothing sleeps. ``violations(page)`` are those of axe-core, levels A and AA.
``window(chromium, served, width=800, dark=True)`` is another window. On a slow machine VSMLAB_TEST_PATIENCE says for
how many seconds a condition is awaited.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from vsmlab.apps.gate import Gate

TOKEN = "only-for-the-tests-of-this-machine"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
PATIENCE = float(os.environ.get("VSMLAB_TEST_PATIENCE", "30"))
SHEET = ".view[data-ready]"


def until(what: Callable[[], Any], why: str, seconds: float = PATIENCE) -> Any:
    """What is true at last; fails with the reason if it does not become so."""
    end = time.monotonic() + seconds
    pause = 0.02
    while True:
        found = what()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds:g} s: {why}")
        time.sleep(pause)
        pause = min(0.2, pause * 1.5)


def awaited(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What comes of it, on a loop of its own: the thread of the tests has Playwright's once a browser was begun."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, coroutine).result()


def no_browser(why: str) -> None:
    """There is nothing to test with: said, and an error where it must not be so."""
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


@contextmanager
def launched() -> Iterator[Any]:
    """A system Chromium under Playwright."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        no_browser("playwright is not installed")
        raise
    found = next((path for path in map(shutil.which, CHROMIUM) if path), None)
    if found is None:
        no_browser("no Chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, headless=True, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Served:
    """A lab that is being served.

    Attributes:
        here: Its current folder.
        port: Where it listens.
        output: What it printed.
    """

    here: Path
    port: int
    process: subprocess.Popen[str]
    output: Path

    @property
    def runs(self) -> Path:
        """Its folder of runs."""
        return self.here / "runs"

    @property
    def origin(self) -> str:
        """What the addresses of all its pages begin with."""
        return f"http://127.0.0.1:{self.port}{Gate(TOKEN, '127.0.0.1', self.port).place}"

    def address(self, route: str = "/", **said: str) -> str:
        """An address for a browser that has brought the token."""
        return f"{self.origin}{route}" + (f"?{urlencode(said)}" if said else "")

    @property
    def entrance(self) -> str:
        """The address that brings the token."""
        return self.address("/", token=TOKEN)


@contextmanager
def serving(here: Path, *options: str, port: int = 0, token: str = TOKEN) -> Iterator[Served]:
    """The command ``vsmlab app`` in a folder, on a free port unless one is given; ended by its process id."""
    here.mkdir(parents=True, exist_ok=True)
    output = here.parent / f"{here.name}.log"
    code = "import sys; from vsmlab.cli import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", code, "app", "--port", str(port), "--no-browser", *options]
    with output.open("w", encoding="utf-8") as written:
        process = subprocess.Popen(
            command,
            cwd=here,
            env={**os.environ, "VSMLAB_APP_TOKEN": token, "PYTHONUNBUFFERED": "1"},
            stdout=written,
            stderr=subprocess.STDOUT,
            text=True,
        )
    try:

        def said_port() -> int:
            said = output.read_text(encoding="utf-8")
            if process.poll() is not None:
                raise AssertionError(f"vsmlab app ended: {said}")
            if "end it with" not in said:
                return 0
            return port or int(said.split("http://127.0.0.1:")[1].split("/")[0])

        yield Served(here, until(said_port, "vsmlab app says where it is", 60.0), process, output)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@dataclass
class Watch:
    """What a window did that it must not."""

    elsewhere: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def meant(said: str) -> bool:
    """Whether what the console says is what we want: reports are not allowed their script."""
    return said.startswith("Blocked script execution in") and "/report?" in said


@contextmanager
def window(
    browser: Any, served: Served, *, width: int = 1400, height: int = 900, dark: bool = False
) -> Iterator[Any]:
    """A window that has brought the token and reaches nothing but this server; ``page.watch`` says what it tried."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    watch = Watch()

    def only_here(route: Any) -> None:
        url = route.request.url
        if url.startswith((f"http://127.0.0.1:{served.port}/", "data:", "blob:", "about:")):
            route.continue_()
        else:
            watch.elsewhere.append(url)
            route.abort()

    context.route("**/*", only_here)
    page = context.new_page()
    page.set_default_timeout(1000 * PATIENCE)
    page.on("pageerror", lambda error: watch.errors.append(f"uncaught: {error}"))
    page.on(
        "console",
        lambda said: watch.errors.append(said.text)
        if said.type == "error" and not meant(said.text)
        else None,
    )
    page.on("websocket", lambda socket: None if socket.url.startswith(f"ws://127.0.0.1:{served.port}/")
            else watch.elsewhere.append(socket.url))  # fmt: skip
    page.watch = watch
    page.request.get(served.entrance)  # the cookie is the context's
    try:
        yield page
    finally:
        context.close()


def open_page(page: Any, served: Served, route: str = "/", wait_for: str = SHEET, **said: str) -> None:
    """Go to a page of the lab and wait until it is there."""
    page.goto(served.address(route, **said))
    page.locator(wait_for).first.wait_for(state="visible")


def violations(page: Any, only: str = "") -> list[str]:
    """What axe-core finds wrong, levels A and AA, or one rule only: which, and how often it is broken where first."""
    from axe_playwright_python.sync_playwright import Axe

    levels = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    wanted = {"type": "rule", "values": [only]} if only else levels
    found = Axe().run(page, options={"runOnly": wanted, "resultTypes": ["violations"]}).response["violations"]
    return [f"{one['id']} x{len(one['nodes'])}: {one['nodes'][0]['html'][:160]}" for one in found]
