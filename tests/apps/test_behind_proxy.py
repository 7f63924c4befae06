"""The lab as a Binder opens it: started by Jupyter's proxy, below a prefix that its pages do not know."""

from __future__ import annotations

import io
import zipfile

import pytest
from browser import PATIENCE
from jupyterlab_served import ROOT, jupyter

pytest.importorskip("jupyter_server_proxy")

CONFIG = ROOT / "binder" / "jupyter_server_config.py"
PREFIX = "/user/somebody"


@pytest.fixture(scope="module")
def binder(tmp_path_factory):
    """A Jupyter server with Binder's settings and a prefix; its address."""
    given = (f"--ServerApp.base_url={PREFIX}/", f"--config={CONFIG}")
    with jupyter(tmp_path_factory.mktemp("binder"), "jupyter_server", *given, prefix=PREFIX) as (address, _):
        yield address


def test_every_page_of_the_navigation_is_reached_below_the_prefix(chromium, binder):
    context = chromium.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.set_default_timeout(1000 * max(60.0, PATIENCE))
    beyond: list[str] = []
    inside = f"{binder}/vsmlab/"
    try:
        page.goto(f"{binder}/api?token=t")  # Jupyter's own login
        page.goto("about:blank")
        page.on("request", lambda one: None if one.url.startswith((inside, "data:", "blob:"))
                else beyond.append(one.url))  # fmt: skip
        sockets: list[str] = []
        page.on("websocket", lambda one: sockets.append(one.url))
        page.goto(f"{inside}?token=guarded-by-jupyter")
        page.wait_for_selector(".view[data-ready]")
        assert page.locator("h1").inner_text() == "A laboratory for viable systems"
        names = page.get_by_role("navigation").get_by_role("link").all_inner_texts()
        assert {"Scenarios", "Runs", "Compare"} <= set(names)
        for name in ("Runs", "Compare", "Scenarios"):
            page.get_by_role("navigation").get_by_role("link", name=name).click()
            page.wait_for_selector(f"nav a[aria-current=page]:has-text('{name}')")
            page.wait_for_selector(".view[data-ready]")
            assert page.url.startswith(inside)
        assert len(sockets) >= 4  # each page speaks with the app, through the proxy
    finally:
        context.close()
    assert beyond == []


def test_the_work_is_taken_along_and_brought_back_through_the_proxy(chromium, binder):
    context = chromium.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.set_default_timeout(1000 * max(60.0, PATIENCE))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as written:
        written.writestr(
            "scenarios/brought.yaml", "version: 1\nname: brought\norganisation: {name: desk, agents: 1}\n"
        )
    try:
        page.goto(f"{binder}/api?token=t")  # Jupyter's own login
        page.goto(f"{binder}/vsmlab/?token=guarded-by-jupyter")
        page.wait_for_selector(".view[data-ready]")
        page.goto(f"{binder}/vsmlab/runs")
        page.wait_for_selector(".view[data-ready]")
        page.get_by_label("Bring it back").set_input_files(
            {"name": "all.zip", "mimeType": "application/zip", "buffer": packed.getvalue()}
        )
        page.get_by_text("Came in: scenario brought.yaml").wait_for()
        with page.expect_download() as down:
            page.get_by_role("link", name="Download all").click()
        with zipfile.ZipFile(down.value.path()) as found:
            assert found.namelist() == ["scenarios/brought.yaml"]
    finally:
        context.close()
