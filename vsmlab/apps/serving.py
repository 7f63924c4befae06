"""The server of the lab: its pages behind one gate, its files, and a clean end."""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import tempfile
import threading
import webbrowser
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from html import escape
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

import panel as pn
from panel.io.server import get_server
from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.ioloop import IOLoop
from tornado.routing import Matcher
from tornado.web import OutputTransform, RequestHandler

from vsmlab.apps.bringing import MOST_BYTES
from vsmlab.apps.catalogue import gallery
from vsmlab.apps.frame import framed
from vsmlab.apps.gate import SANDBOX, Gate
from vsmlab.apps.lab import Lab, address
from vsmlab.apps.luggage.items import files_of_run
from vsmlab.apps.luggage.serving import Arriving, Luggage, send_zip
from vsmlab.apps.opening import Opening, failed
from vsmlab.apps.pages import PAGES, Page
from vsmlab.apps.sweeping.serving import SweepTable, plain
from vsmlab.errors import InputError

_MOST_MESSAGE: Final = 2 * MOST_BYTES
_REFUSED: Final = (Path(__file__).parent / "refused.html").read_text(encoding="utf-8")
_WELCOME: Final = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>vsmlab</title>'
    '<meta http-equiv="refresh" content="0;url={target}"></head>'
    '<body><main><h1>vsmlab</h1><p><a href="{target}">Open the lab</a></p></main></body></html>\n'
)


def serve(
    lab: Lab,
    *,
    token: str,
    host: str = "127.0.0.1",
    port: int = 5006,
    outside: str = "",
    ready: Callable[[Gate], None],
    browser: bool = False,
) -> None:
    """Serve the lab until it is interrupted.

    Args:
        lab: What is shown.
        token: What a browser must bring once.
        host: Address to listen on.
        port: Port to listen on; 0 for any that is free.
        outside: The origin that browsers see, if a proxy stands before it.
        ready: Told once, when the server listens.
        browser: Open the entrance in a browser.

    Raises:
        InputError: If it cannot listen there.
    """
    port = _free_port(host, port)
    gate = Gate(token, host, port, outside)
    logging.getLogger("tornado.access").setLevel(logging.CRITICAL)  # it would write the token down
    loop = IOLoop()
    try:
        server = _server(lab, gate, loop)
    except OSError as exc:
        loop.close()
        raise _cannot_listen(exc, host, port) from exc
    ends = (signal.SIGINT, signal.SIGTERM)  # Ctrl-C too: a shell that starts us in the background ignores it
    before = {one: signal.signal(one, _interrupt) for one in ends}
    way = way_in(gate) if browser else None
    try:
        threading.Thread(
            target=gallery, args=(lab.here,), daemon=True
        ).start()  # drawn before it is asked for
        ready(gate)
        if way is not None:
            loop.add_callback(partial(webbrowser.open, way.as_uri()))
        server.start()
        loop.start()
    except KeyboardInterrupt:
        pass  # that is how it ends
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
        if way is not None:
            way.unlink(missing_ok=True)
        lab.jobs.close()
        lab.arrivals.close()
        with suppress(Exception):
            server.stop(wait=False)
        loop.close(all_fds=True)


def way_in(gate: Gate) -> Path:
    """A file that leads to the entrance, for its owner alone: what a browser is started with, every process sees."""
    handle, name = tempfile.mkstemp(prefix="vsmlab-", suffix=".html")  # readable by nobody else
    with os.fdopen(handle, "w", encoding="utf-8") as written:
        written.write(_WELCOME.format(target=escape(gate.entrance)))
    return Path(name)


def _server(lab: Lab, gate: Gate, loop: IOLoop) -> Any:  # noqa: ANN401 - a Bokeh server
    pn.extension(notifications=False, exception_handler=failed)
    server = get_server(
        {page.route: _builder(page, lab) for page in PAGES},
        port=gate.port,
        address=gate.host,
        loop=loop,
        prefix=gate.place,
        websocket_origin=gate.own_hosts,
        extra_patterns=[
            (r"/report", _Report, {"lab": lab}),
            (r"/download", _Download, {"lab": lab}),
            (r"/sweep-table", SweepTable, {"lab": lab}),
            (r"/luggage", Luggage, {"lab": lab}),
            (r"/arrive", Arriving, {"lab": lab}),
        ],
        websocket_max_message_size=_MOST_MESSAGE,
        keep_alive_milliseconds=20_000,
        check_unused_sessions_milliseconds=5_000,
        unused_session_lifetime_milliseconds=10_000,
    )
    app = server._tornado  # Bokeh names it so, and gives no other way to what answers before its pages do
    app.add_handlers(
        r".*",
        [
            (_Stranger(gate), _Refusal),
            (_Entering(gate), _Entrance, {"gate": gate}),
        ],
    )
    app.add_transform(partial(_Guarded, gate))
    return server


def _builder(page: Page, lab: Lab) -> Callable[[], Any]:
    """What builds a page for the address that is asked for; Panel takes a function, and no ``partial``."""

    def build() -> Any:  # noqa: ANN401 - a Panel template
        given: Mapping[str, list[bytes]] = pn.state.session_args or {}
        asked = {name: values[0].decode("utf-8", "replace") for name, values in given.items() if values}
        return framed(page, Opening(page, partial(page.build, lab, asked)))

    return build


class _Stranger(Matcher):
    """Whoever has not brought the token, asks by another name, or comes from another page."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """Something, if the request is to be refused."""
        gate, host = self._gate, request.headers.get("Host", "")
        if not gate.knows_host(host):
            return {}
        token = _token(request)
        entering = token is not None and gate.opens(token)
        if not entering and not gate.is_from_here(request.headers.get("Sec-Fetch-Site", "")):
            return {}
        origins = [
            request.headers[name] for name in ("Origin", "Sec-Websocket-Origin") if name in request.headers
        ]
        if any(not gate.knows_origin(origin, host) for origin in origins):
            return {}
        if request.headers.get("Upgrade", "").lower() == "websocket" and not origins:
            return {}
        if gate.has_session({name: morsel.value for name, morsel in request.cookies.items()}):
            return None
        return None if entering else {}


class _Entering(Matcher):
    """Whoever brings the token."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """Something, if the address carries the token."""
        token = _token(request)
        return {} if token is not None and self._gate.opens(token) else None


def _token(request: HTTPServerRequest) -> str | None:
    if request.method != "GET":
        return None
    given = parse_qs(request.query, errors="replace").get("token")
    return given[0] if given else None


class _Refusal(RequestHandler):
    """Says no, to every method, and to a websocket before it is one."""

    def prepare(self) -> None:
        self.set_status(403)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(_REFUSED)


class _Entrance(RequestHandler):
    """Leads to the lab's place, gives a cookie for the token there, and leads on to the same page without it.

    Pages that refresh, not redirects: a browser sends no strict cookie along a redirect that another site began. The
    cookie says no path, so that it is the one the browser asked for, whatever prefix a proxy put before it.
    """

    def initialize(self, gate: Gate) -> None:
        self._gate = gate

    def get(self) -> None:
        gate, path = self._gate, self.request.path
        inside = path.startswith(f"{gate.place}/")
        route = path.removeprefix(gate.place) if inside else path
        route = route if any(page.route == route for page in PAGES) else "/"
        if inside:
            self.set_cookie(
                gate.cookie, gate.session, httponly=True, samesite="Strict", secure=gate.secure, path=""
            )
            target = address(route)
        else:
            up = "../" * (path.count("/") - 1) or "./"
            target = f"{up}{gate.place[1:]}{route}?{urlencode({'token': gate.token})}"
        self.set_header("Cache-Control", "no-store")
        self.finish(_WELCOME.format(target=escape(target)))


class _OfRun(RequestHandler):
    """A file of a run."""

    def initialize(self, lab: Lab) -> None:
        self._lab = lab

    def refuse(self, why: str) -> None:
        self.set_status(404)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{why}\n")


class _Report(_OfRun):
    """The report of a run, as somebody else's page: no script, no network, no origin of ours."""

    def get(self) -> None:
        self.set_header("Content-Security-Policy", SANDBOX)
        try:
            file = self._lab.run_folder(self.get_query_argument("name", "")) / "report.html"
            if file.is_symlink() or not file.is_file():
                self.refuse("this run has no report")
                return
            self.set_header("Content-Type", "text/html; charset=utf-8")
            self.finish(file.read_bytes())
        except (InputError, OSError) as exc:
            self.refuse(str(exc))


class _Download(_OfRun):
    """A run as a zip."""

    async def get(self) -> None:
        try:
            folder = self._lab.run_folder(self.get_query_argument("name", ""))
            files = list(files_of_run(folder, folder.name))
        except (InputError, OSError) as exc:
            self.refuse(str(exc))
            return
        await send_zip(self, files, plain(folder.name))


class _Guarded(OutputTransform):
    """Headers of every answer."""

    def __init__(self, gate: Gate, request: HTTPServerRequest) -> None:
        super().__init__(request)
        host = request.headers.get("Host", "")
        self._policy = gate.policy(host if gate.knows_host(host) else f"127.0.0.1:{gate.port}")

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Add what is not said yet."""
        for name, value in (
            ("Content-Security-Policy", self._policy),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ):
            if name not in headers:
                headers[name] = value
        return status_code, headers, chunk


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _free_port(host: str, port: int) -> int:
    """The port, if it can be listened on; for 0 any that can."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, port))
            return int(tried.getsockname()[1])
    except OSError as exc:
        raise _cannot_listen(exc, host, port) from exc


def _cannot_listen(exc: OSError, host: str, port: int) -> InputError:
    if exc.errno == errno.EADDRINUSE:
        right = "choose another with --port, or end what listens there"
        return InputError("command line", "--port", "the port is in use", given=port, right=right)
    if exc.errno == errno.EACCES:
        return InputError(
            "command line", "--port", "the port may not be used", given=port, right="1024 or above"
        )
    right = "an address of this machine, such as 127.0.0.1"
    return InputError("command line", "--host", "cannot be listened on", given=host, right=right)
