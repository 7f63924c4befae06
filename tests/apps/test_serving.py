"""The server over HTTP, without a browser: who is refused, what the answers say of themselves, how it ends."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from browser import TOKEN, serving, until

import vsmlab
from vsmlab.apps.gate import Gate
from vsmlab.apps.serving import way_in
from vsmlab.cli import main

pytest.importorskip("panel")
PLACE = Gate(TOKEN, "127.0.0.1", 0).place
ROUTES = (
    "/", "/runs", "/run?name=x", "/compare", "/report?name=x", "/download?name=x", "/favicon.ico", "/ws", "/runs/ws",
    "/static/js/bokeh.min.js", "/static/extensions/panel/panel.min.js", "/autoload.js", "/nothing",
)  # fmt: skip


def ask(served, route, method="GET", cookie="", place=PLACE, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    try:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if cookie:
            sent["Cookie"] = cookie
        connection.request(method, place + route, headers=sent)
        answer = connection.getresponse()
        answer.text = answer.read().decode("utf-8", "replace")
        return answer
    finally:
        connection.close()


@pytest.fixture(scope="module")
def cookie(served):
    answer = ask(served, f"/?token={TOKEN}")
    said = answer.headers["Set-Cookie"]
    assert "HttpOnly" in said
    assert "SameSite=Strict" in said
    assert "path" not in said.lower()  # the browser's own: the place, and what a proxy put before it
    assert "Secure" not in said
    assert TOKEN not in said
    return said.split(";")[0]


@pytest.mark.parametrize("route", ROUTES)
def test_without_the_token_everything_is_refused(served, route):
    for method in ("GET", "POST", "HEAD", "PUT", "OPTIONS"):
        assert ask(served, route, method).status == 403, method
        assert ask(served, route, method, place="").status == 403, method
    assert ask(served, route, cookie=f"vsmlab-{served.port}=guess").status == 403
    assert ask(served, f"{route}{'&' if '?' in route else '?'}token=wrong").status == 403


def test_with_the_cookie_pages_are_there(served, cookie):
    for route in ("/", "/runs", "/compare", "/static/extensions/panel/panel.min.js"):
        assert ask(served, route, cookie=cookie).status == 200, route
    assert ask(served, "/nothing", cookie=cookie).status == 404


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "192.168.0.1:5006", ""])
def test_by_another_name_it_is_refused(served, cookie, host):
    assert ask(served, "/", cookie=cookie, Host=host).status == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
def test_from_another_page_it_is_refused(served, cookie, origin):
    assert ask(served, "/", cookie=cookie, Origin=origin).status == 403


def test_what_a_page_on_another_port_loads_is_refused_and_costs_nothing(served, cookie):
    for site in ("same-site", "cross-site"):
        for route in ("/", "/live?scenario=llm-fleet", "/download?name=x", "/static/js/bokeh.min.js"):
            assert ask(served, route, cookie=cookie, Sec_Fetch_Site=site).status == 403
        assert ask(served, f"/?token={TOKEN}", Sec_Fetch_Site=site).status == 200
    for site in ("same-origin", "none"):
        assert ask(served, "/", cookie=cookie, Sec_Fetch_Site=site).status == 200


def test_an_address_that_is_only_fetched_builds_nothing(served, cookie):
    answer = ask(served, "/live?scenario=no-such-scenario", cookie=cookie)
    assert answer.status == 200
    assert "no-such-scenario" not in answer.text.partition("<main")[2].partition("<script")[0]
    threads = Path(f"/proc/{served.process.pid}/status")
    if threads.exists():
        ask(served, "/live?scenario=mm3", cookie=cookie)
        count = int(threads.read_text().partition("Threads:")[2].split()[0])
        for _ in range(6):
            assert ask(served, "/live?scenario=mm3", cookie=cookie).status == 200
        assert int(threads.read_text().partition("Threads:")[2].split()[0]) <= count + 1


def test_the_token_leads_to_the_place_from_wherever_it_is_brought(served):
    for route, target in (
        ("/", f"./{PLACE[1:]}/?token={TOKEN}"), ("/runs", f"./{PLACE[1:]}/runs?token={TOKEN}"),
        ("/a/b/", f"../../{PLACE[1:]}/?token={TOKEN}"), ("/%22%3E%3Cscript%3E", f"./{PLACE[1:]}/?token={TOKEN}"),
    ):  # fmt: skip
        answer = ask(served, f"{route}?token={TOKEN}", place="")
        assert answer.status == 200
        assert "Set-Cookie" not in answer.headers
        assert f'url={target}"' in answer.text
    assert 'url=./runs"' in ask(served, f"/runs?token={TOKEN}").text


def test_a_browser_is_started_with_a_file_that_nobody_else_reads(tmp_path):
    gate = Gate(TOKEN, "127.0.0.1", 5006)
    file = way_in(gate)
    try:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert gate.entrance in file.read_text(encoding="utf-8")
    finally:
        file.unlink()
    told = tmp_path / "told"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" > {told}.new\nmv {told}.new {told}\n')
    browser.chmod(0o700)
    code = "import sys; from vsmlab.cli import main; main(sys.argv[1:])"
    surroundings = {
        **os.environ,
        "BROWSER": f"{browser} %s",
        "VSMLAB_APP_TOKEN": TOKEN,
        "TMPDIR": str(tmp_path),
    }
    process = subprocess.Popen([sys.executable, "-c", code, "app", "--port", "0"], cwd=tmp_path, env=surroundings,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        until(told.exists, "the browser is started", 60.0)
        said = told.read_text().strip()
        assert TOKEN not in said
        assert said.startswith("file://")
        left = Path(said.removeprefix("file://"))
        assert TOKEN in left.read_text()
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)
    assert not left.exists()


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_behind_a_proxy_the_cookie_is_for_tls_alone(tmp_path):
    with serving(tmp_path / "here", "--origin", "https://lab.example.org", port=free_port()) as lab:
        assert "https://lab.example.org/" in lab.output.read_text()
        answer = ask(lab, f"/?token={TOKEN}", Host="lab.example.org")
        said = answer.headers["Set-Cookie"]
        assert "Secure" in said
        page = ask(lab, "/", cookie=said.split(";")[0], Host="lab.example.org")
        assert page.status == 200
        assert "connect-src 'self' blob: wss://lab.example.org;" in page.headers["Content-Security-Policy"]
        own = "https://lab.example.org"
        assert " 101" in handshake(lab, own, said.split(";")[0], host="lab.example.org")
        assert " 403" in handshake(lab, "http://lab.example.org", said.split(";")[0], host="lab.example.org")


def handshake(served, origin=None, cookie="", host=""):
    lines = [
        f"GET {PLACE}/ws HTTP/1.1", f"Host: {host or f'127.0.0.1:{served.port}'}",
        "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: bokeh, x",
    ]  # fmt: skip
    lines += [f"Origin: {origin}"] if origin else []
    lines += [f"Cookie: {cookie}"] if cookie else []
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as opened:
        opened.sendall("\r\n".join([*lines, "", ""]).encode())
        return opened.recv(200).decode("latin-1").split("\r\n")[0]


def test_a_websocket_needs_cookie_and_origin(served, cookie):
    own = f"http://127.0.0.1:{served.port}"
    assert " 403" in handshake(served, own)
    assert " 403" in handshake(served, "http://evil.example", cookie)
    assert " 403" in handshake(served, None, cookie)
    assert " 403" not in handshake(served, own, cookie)


def test_answers_forbid_everything_from_elsewhere(served, cookie):
    answer = ask(served, "/", cookie=cookie)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy.replace(f"ws://127.0.0.1:{served.port}", "")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_a_report_is_served_as_somebody_elses_page(served, cookie):
    folder = served.runs / "hostile"
    vsmlab.run("mm3", until=1200.0, out=folder)
    (folder / "report.html").write_text("<script>alert(1)</script>", encoding="utf-8")
    answer = ask(served, "/report?name=hostile", cookie=cookie)
    assert answer.status == 200
    policy = answer.headers.get_all("Content-Security-Policy")
    assert len(policy) == 1
    assert policy[0].startswith("sandbox; default-src 'none'")
    assert ask(served, "/report?name=../hostile", cookie=cookie).status == 404
    packed = ask(served, "/download?name=hostile", cookie=cookie)
    assert packed.headers["Content-Type"] == "application/zip"


def test_the_token_is_not_printed_when_somebody_gave_it(served, cookie):
    said = served.output.read_text(encoding="utf-8")
    assert TOKEN not in said
    assert said.count("http://127.0.0.1") == 1


def test_it_ends_cleanly_and_takes_its_runs_with_it(tmp_path):
    with serving(tmp_path / "here") as lab:
        lab.process.send_signal(signal.SIGINT)
        assert lab.process.wait(20) == 0
        said = lab.output.read_text(encoding="utf-8")
    assert "Traceback" not in said
    assert said.rstrip().endswith("the lab is closed")


def shell(*arguments):
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    return end.value.code


def test_a_port_in_use_is_one_sentence(served, capsys):
    assert shell("app", "--port", str(served.port), "--no-browser") == 2
    said = capsys.readouterr().err.strip()
    assert "the port is in use" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "fragment"),
    [
        (("--port", "99999"), "not a port"),
        (("--host", "no.such.host.invalid"), "--host"),
        (("--runs", __file__), "not a folder"),
        (("--origin", "lab.example.org"), "not an origin"),
    ],
)
def test_wrong_arguments_are_one_sentence(arguments, fragment, capsys, monkeypatch):
    assert shell("app", "--no-browser", *arguments) == 2
    said = capsys.readouterr().err.strip()
    assert fragment in said
    assert len(said.splitlines()) == 1


def test_a_weak_token_is_refused(monkeypatch, capsys):
    monkeypatch.setenv("VSMLAB_APP_TOKEN", "short")
    assert shell("app", "--no-browser") == 2
    assert "short" not in capsys.readouterr().err


def test_without_the_extra_there_is_one_sentence_with_the_command():
    code = (
        "import sys, importlib.util as u; found = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'panel' else found(name, *rest)\n"
        "from vsmlab.cli import main; main(['app', '--no-browser'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=os.environ)
    assert done.returncode == 2
    assert "pip install 'vsmlab[app]'" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_command_alone_imports_no_panel():
    code = "import sys; import vsmlab.cli.main; assert 'panel' not in sys.modules and 'tornado' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
