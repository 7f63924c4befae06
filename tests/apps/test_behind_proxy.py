"""The lab behind a proxy: Jupyter's, as a Binder opens it, below a prefix that no page knows; and one with TLS."""

from __future__ import annotations

import io
import shutil
import socket
import subprocess
import sys
import zipfile
from contextlib import contextmanager

import pytest
from browser import PATIENCE, SHEET, TOKEN, serving
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


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


PROXY = """
import asyncio, contextlib, ssl, sys
port, to, cert, key = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
secured = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
secured.load_cert_chain(cert, key)

async def pour(source, target):
    with contextlib.suppress(OSError):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    target.close()

async def passed(source, target):
    inner_source, inner_target = await asyncio.open_connection("127.0.0.1", to)
    await asyncio.gather(pour(source, inner_target), pour(inner_source, target))

async def main():
    server = await asyncio.start_server(passed, "127.0.0.1", port, ssl=secured)
    print("listens", flush=True)
    await server.serve_forever()

asyncio.run(main())
"""


@contextmanager
def with_tls(folder, port, to):
    """Whoever speaks TLS on one port is passed on to the other, byte for byte."""
    key, cert = str(folder / "key.pem"), str(folder / "cert.pem")
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    subprocess.run([*command, "-keyout", key, "-out", cert], check=True, capture_output=True)
    proxy = subprocess.Popen([sys.executable, "-c", PROXY, str(port), str(to), cert, key], text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        assert proxy.stdout.readline().strip() == "listens"
        yield
    finally:
        proxy.kill()
        proxy.wait()
        proxy.stdout.close()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate with")
def test_behind_a_proxy_with_tls_pages_speak_with_the_lab(chromium, tmp_path):
    port, outer = free_port(), free_port()
    origin = f"https://localhost:{outer}"
    with serving(tmp_path / "here", "--origin", origin, port=port) as lab, with_tls(tmp_path, outer, port):
        context = chromium.new_context(ignore_https_errors=True)
        page = context.new_page()
        page.set_default_timeout(1000 * PATIENCE)
        sockets: list[str] = []
        page.on("websocket", lambda one: sockets.append(one.url))
        try:
            page.goto(f"{origin}/?token={TOKEN}")
            page.locator(SHEET).wait_for()
            page.get_by_role("navigation").get_by_role("link", name="Runs").click()
            page.get_by_role("heading", name="Runs", level=1).wait_for()
            page.locator(SHEET).wait_for()
            (cookie,) = context.cookies(page.url)
            assert cookie["secure"]
            assert context.cookies(lab.address("/runs")) == []
            assert sockets
            assert all(one.startswith(f"wss://localhost:{outer}/") for one in sockets)
        finally:
            context.close()
