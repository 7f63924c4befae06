"""Who may ask the server for anything: whoever brought the token once, from a page of this very server."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_EVERYWHERE: Final = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - compared with, never bound by itself

POLICY: Final = (
    "default-src 'self'; "
    "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "  # Bokeh's page starts inline, ESM comes as a blob
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' blob: {sockets}; worker-src 'self' blob:; frame-src 'self'; frame-ancestors 'self'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'"
)
"""The content security policy of our pages: nothing is fetched from, or told to, another machine."""

SANDBOX: Final = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
    "base-uri 'none'; form-action 'none'"
)
"""The policy of files that somebody else may have written, such as a report: no script, no network, no origin."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What a request must bring.

    Args:
        token: What the printed address carries.
        host: The address that the server listens on.
        port: Its port.
        session: What the cookie says of a browser that brought the token.
    """

    token: str
    host: str
    port: int
    session: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def cookie(self) -> str:
        """The cookie's name: cookies do not tell ports apart, names do."""
        return f"vsmlab-{self.port}"

    @property
    def entrance(self) -> str:
        """The address to print, with the token."""
        name = "127.0.0.1" if self.host in _EVERYWHERE else self.host
        shown = f"[{name}]" if ":" in name else name
        return f"http://{shown}:{self.port}/?token={self.token}"

    @property
    def own_hosts(self) -> list[str]:
        """Names and port for Bokeh's own check of a websocket; where any address may be ours, this gate's has to do."""
        if self.host in ("127.0.0.1", "localhost"):
            return [f"{name}:{self.port}" for name in ("127.0.0.1", "localhost")]
        return ["*"]

    def knows_host(self, given: str) -> bool:
        """Whether a request's ``Host`` is this server's: a name that somebody rebinds to it is not."""
        split = _split(f"//{given}")
        if split is None or split[1] not in (self.port, None if self.port == 80 else self.port):
            return False
        name = split[0]
        if name in LOOPBACK or name == self.host:
            return True
        if self.host in LOOPBACK:
            return False
        return _is_address(name) or name in (socket.gethostname().lower(), socket.getfqdn().lower())

    def knows_origin(self, origin: str, host: str) -> bool:
        """Whether a page that asks is one of this server's."""
        split = _split(origin)
        return split is not None and split == _split(f"http://{host}") and origin.startswith("http://")

    def has_session(self, cookies: Mapping[str, str]) -> bool:
        """Whether a browser brought the token before."""
        return _same(cookies.get(self.cookie, ""), self.session)

    def opens(self, token: str) -> bool:
        """Whether this is the token."""
        return _same(token, self.token)

    def policy(self, host: str) -> str:
        """The content security policy of a page that was asked for at this ``Host``."""
        return POLICY.format(sockets=f"ws://{host}")


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), right.encode())


def _split(address: str) -> tuple[str, int | None] | None:
    try:
        parts = urlsplit(address)
        return ((parts.hostname or "").lower(), parts.port) if parts.hostname else None
    except ValueError:
        return None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
