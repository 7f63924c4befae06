"""The table of an experiment as a file to download."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tornado.ioloop import IOLoop
from tornado.iostream import StreamClosedError
from tornado.web import RequestHandler

from vsmlab.apps.lab import Lab
from vsmlab.apps.sweeping.kept import folder_of
from vsmlab.apps.sweeping.results import csv_of
from vsmlab.errors import InputError
from vsmlab.lab.experiments.store import TABLE

_PIECE = 1 << 20


def plain(name: str) -> str:
    """A file's name that no header minds."""
    return "".join(char if char.isascii() and (char.isalnum() or char in "-_.") else "_" for char in name)


class SweepTable(RequestHandler):
    """The table as CSV or Parquet, sent as it is read."""

    def initialize(self, lab: Lab) -> None:
        """Whose experiments."""
        self._lab = lab

    async def get(self) -> None:
        """``name`` and ``kind``, which is csv or parquet."""
        kind = "parquet" if self.get_query_argument("kind", "csv") == "parquet" else "csv"
        try:
            folder = folder_of(self._lab, self.get_query_argument("name", ""))
            pieces = csv_of(folder) if kind == "csv" else _bytes_of(folder)
            first = await IOLoop.current().run_in_executor(None, next, pieces, b"")
        except (InputError, OSError, ValueError) as exc:
            self.set_status(404)
            self.set_header("Content-Type", "text/plain; charset=utf-8")
            self.finish(f"{exc}\n")
            return
        self.set_header(
            "Content-Type", "text/csv; charset=utf-8" if kind == "csv" else "application/vnd.apache.parquet"
        )
        self.set_header("Content-Disposition", f'attachment; filename="{plain(folder.name)}.{kind}"')
        await stream(self, pieces, first)


async def stream(handler: RequestHandler, pieces: Iterator[bytes], first: bytes = b"") -> None:
    """Send pieces as they come; a browser that goes away ends it."""
    piece = first
    try:
        while piece:
            handler.write(piece)
            await handler.flush()
            piece = await IOLoop.current().run_in_executor(None, next, pieces, b"")
        handler.finish()
    except StreamClosedError:
        return


def _bytes_of(folder: Path) -> Iterator[bytes]:
    file = folder / TABLE
    if file.is_symlink() or not file.is_file():
        raise InputError("", "experiment", "it has no table yet", given=folder.name, right="let it end first")
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            yield piece
