"""The zip on its way out, as it is made, and on its way in, as it comes."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO

from tornado.ioloop import IOLoop
from tornado.web import RequestHandler, stream_request_body

from vsmlab.apps.lab import Lab
from vsmlab.apps.luggage.checking import MOST_BYTES
from vsmlab.apps.luggage.items import Packed
from vsmlab.apps.luggage.loads import loads
from vsmlab.apps.luggage.packing import pack
from vsmlab.apps.sweeping.serving import stream


class Luggage(RequestHandler):
    """Everything of the user's as one zip; it is in no memory and on no disk as a whole."""

    def initialize(self, lab: Lab) -> None:
        """Whose things."""
        self._lab = lab

    async def get(self) -> None:
        """``journals`` says whether the journals come along, ``part`` which zip it is if there are several."""
        journals = self.get_query_argument("journals", "yes") == "yes"
        zips = (
            await IOLoop.current().run_in_executor(None, partial(loads, self._lab, journals=journals))
        ).zips
        part = self.get_query_argument("part", "1")
        if not part.isdecimal() or len(part) > 6 or not 1 <= int(part) <= max(1, len(zips)):
            self.set_status(404)
            self.set_header("Content-Type", "text/plain; charset=utf-8")
            self.finish("there is no such part any more: look at the page of runs again\n")
            return
        day = datetime.now(UTC).astimezone().strftime("%Y-%m-%d")
        which = f"-{part}-of-{len(zips)}" if len(zips) > 1 else ""
        await send_zip(self, zips[int(part) - 1] if zips else [], f"vsmlab-{day}{which}")


async def send_zip(handler: RequestHandler, files: Iterable[Packed], name: str) -> None:
    """Files as a zip, sent as it is made."""
    pieces = pack(files)
    handler.set_header("Content-Type", "application/zip")
    handler.set_header("Content-Disposition", f'attachment; filename="{name}.zip"')
    first = b""
    while not first:  # a piece may be empty, the whole is not
        first = await IOLoop.current().run_in_executor(None, next, pieces, b"")
    await stream(handler, (piece for piece in pieces if piece), first)


@stream_request_body
class Arriving(RequestHandler):
    """A file that a page sends: kept aside until the page takes it. Tells what it is called."""

    _file: Path | None = None
    _open: IO[bytes] | None = None
    _size = 0
    _wrong = ""

    def initialize(self, lab: Lab) -> None:
        """Whose arrivals."""
        self._lab = lab

    def prepare(self) -> None:
        """Before anything of it comes."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        if self.request.method != "POST":
            return
        self.request.connection.set_max_body_size(MOST_BYTES)  # type: ignore[union-attr]  # HTTP/1 has it
        said = self.request.headers.get("Content-Length", "")
        if not said.isdecimal() or int(said) > MOST_BYTES:
            self.set_status(413)
            self.finish(f"too large: at most {MOST_BYTES:,} bytes\n")
            return
        try:
            self._file = self._lab.arrivals.place(int(said))
            self._open = self._file.open("wb")
        except OSError as exc:
            self._fail(exc)

    def data_received(self, chunk: bytes) -> None:
        """A piece of it; what there is no room for is heard to the end, or the browser would not hear the answer."""
        self._size += len(chunk)
        if self._open is None or self._size > MOST_BYTES:
            return
        try:
            self._open.write(chunk)
        except OSError as exc:
            self._fail(exc)

    def post(self) -> None:
        """All of it is here."""
        try:
            if self._open is not None:
                self._open.close()
        except OSError as exc:
            self._fail(exc)
        self._open = None
        if self._wrong:
            self.set_status(507)
            self.finish(f"{self._wrong}\n")
            return
        if self._file is None:
            return
        token, self._file = self._lab.arrivals.add(self._file), None
        self.finish(token)

    def on_finish(self) -> None:
        """Whatever is half there goes."""
        self._drop()

    def on_connection_close(self) -> None:
        """It broke off."""
        self._drop()

    def _fail(self, exc: OSError) -> None:
        self._wrong = (
            f"the lab cannot keep it: {exc.strerror or exc}; make room in {self._lab.arrivals.folder}"
        )
        self._drop()

    def _drop(self) -> None:
        if self._open is not None:
            with suppress(OSError):
                self._open.close()
            self._open = None
        if self._file is not None:
            self._file.unlink(missing_ok=True)
            self._file = None
