"""The page of the canvas: ``/canvas``, and ``/canvas?scenario=NAME``."""

from __future__ import annotations

from collections.abc import Mapping

from vsmlab.apps.canvas.board import Board
from vsmlab.apps.canvas.filing import Filing
from vsmlab.apps.canvas.sheet import CanvasSheet
from vsmlab.apps.lab import Lab
from vsmlab.apps.pages import Shown


def page(lab: Lab, asked: Mapping[str, str]) -> Shown:
    """The canvas, with the scenario that the address names or a new one."""
    sheet = CanvasSheet(Filing(lab), asked.get("scenario", ""))
    board = Board(sheet)
    board.start()
    return Shown("Canvas", board)
