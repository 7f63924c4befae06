"""Who may ask the server for anything: whoever brought the token once, from a page of this very server."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import urlencode, urlsplit

from vsmlab.errors import InputError

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
        outside: What browsers see where a proxy stands before it, ``https://lab.example.org``; empty if none does.
    """

    token: str
    host: str
    port: int
    outside: str = ""

    @property
    def session(self) -> str:
        """What the cookie says of a browser that brought the token; a lab started anew with the same token knows it."""
        return _derived(self.token)[0]

    @property
    def place(self) -> str:
        """Where all pages are.

        A browser gives a cookie to every port of a machine, but only below the path that it belongs to: another
        server here is not asked for this one, and so never sees the cookie.
        """
        return f"/{_derived(self.token)[1]}"

    @property
    def cookie(self) -> str:
        """The cookie's name: cookies do not tell ports apart, names do."""
        return f"vsmlab-{self.port}"

    @property
    def secure(self) -> bool:
        """Whether the cookie goes over TLS alone."""
        return self.outside.startswith("https://")

    @property
    def origin(self) -> str:
        """Where a browser finds the server."""
        name = "127.0.0.1" if self.host in _EVERYWHERE else self.host
        shown = f"[{name}]" if ":" in name else name
        return self.outside or f"http://{shown}:{self.port}"

    @property
    def entrance(self) -> str:
        """The address to print, with the token."""
        return f"{self.origin}{self.place}/?{urlencode({'token': self.token})}"

    @property
    def own_hosts(self) -> list[str]:
        """Names and port for Bokeh's own check of a websocket; where any address may be ours, this gate's has to do."""
        if self.host in ("127.0.0.1", "localhost") and not self.outside:
            return [f"{name}:{self.port}" for name in ("127.0.0.1", "localhost")]
        return ["*"]

    def knows_host(self, given: str) -> bool:
        """Whether a request's ``Host`` is this server's: a name that somebody rebinds to it is not."""
        split = _split(f"//{given}")
        if split is not None and self._is_outside(split):
            return True
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
        if self.outside and origin.lower() == self.outside:
            return True
        asked, split = _split(f"//{host}"), _split(origin)
        if split is None or asked is None or self._is_outside(asked):
            return False
        return split == asked and origin.startswith("http://")

    def is_from_here(self, site: str) -> bool:
        """Whether what asks is a page of this server, or a person, by ``Sec-Fetch-Site``.

        An image or a frame in a page says no ``Origin``, and a page on another port gets the cookie sent along. Old
        browsers do not say it.
        """
        return site in ("", "same-origin", "none")

    def has_session(self, cookies: Mapping[str, str]) -> bool:
        """Whether a browser brought the token before."""
        return _same(cookies.get(self.cookie, ""), self.session)

    def opens(self, token: str) -> bool:
        """Whether this is the token."""
        return _same(token, self.token)

    def policy(self, host: str) -> str:
        """The content security policy of a page that was asked for at this ``Host``."""
        asked = _split(f"//{host}")
        own = [] if asked is not None and self._is_outside(asked) else [f"ws://{host}"]
        through = [self.outside.replace("http", "ws", 1)] if self.outside else []
        return POLICY.format(sockets=" ".join([*own, *through]))

    def _is_outside(self, split: tuple[str, int | None]) -> bool:
        if not self.outside:
            return False
        usual = 443 if self.secure else 80
        right = _split(self.outside)
        return right is not None and (split[0], split[1] or usual) == (right[0], right[1] or usual)


def outside(given: str) -> str:
    """An origin as browsers say it, of what was given by ``--origin``.

    Raises:
        InputError: If it is none.

    >>> outside("https://Lab.example.org/")
    'https://lab.example.org'
    """
    plain = given.strip().rstrip("/").lower()
    scheme, sign, rest = plain.partition("://")
    split = _split(f"//{rest}") if sign and scheme in ("http", "https") and plain.isascii() else None
    if split is None or any(char.isspace() or char in ";,'\"" for char in rest):
        right = "what a browser's address begins with, such as https://lab.example.org"
        raise InputError("command line", "--origin", "not an origin", given=given, right=right)
    usual = {"http": ":80", "https": ":443"}[scheme]
    return f"{scheme}://{rest.removesuffix(usual)}"


@lru_cache(maxsize=64)
def _derived(token: str) -> tuple[str, str]:
    """A session and a place: who sees one knows nothing of the other, nor of the token."""
    made = hashlib.pbkdf2_hmac("sha256", token.encode("utf-8", "surrogateescape"), b"vsmlab", 200_000, 48)
    return tuple(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (made[:32], made[32:]))  # type: ignore[return-value]  # two parts


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), right.encode())


def _split(address: str) -> tuple[str, int | None] | None:
    try:
        parts = urlsplit(address)
        if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
            return None
        return ((parts.hostname or "").lower(), parts.port) if parts.hostname else None
    except ValueError:
        return None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
