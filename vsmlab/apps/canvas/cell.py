"""The canvas in a notebook's cell: the same as in the lab's page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from vsmlab.apps.canvas.filing import Filing
from vsmlab.apps.canvas.sheet import CanvasSheet
from vsmlab.apps.lab import Lab
from vsmlab.errors import InputError
from vsmlab.lab import drawing as d

if TYPE_CHECKING:
    from vsmlab.lab.loader import Loaded


class Canvas:
    """A scenario that is drawn in a cell. Call ``vsmlab.notebook.init()`` in an earlier cell.

    Args:
        scenario: Name of a scenario, or its file; a new drawing if unsaid.
        path: File that Save writes to, ``name.yaml``; opened if it is there and no scenario is named.
            Without it Save asks for a name in the current folder.

    Raises:
        InputError: If it cannot be drawn, or the extra ``app`` is not installed.
    """

    def __init__(self, scenario: str | Path | None = None, path: str | Path | None = None) -> None:
        file = None if path is None else Path(path).absolute()
        here = Path.cwd() if file is None else file.parent
        self._lab = Lab(runs=(here / "runs",), here=here)
        filing = Filing(self._lab, anywhere=True)
        source = "" if scenario is None else str(scenario)
        if scenario is None and file is not None and file.is_file():
            source = str(file)
        elif source and not _is_name(source):
            source = str(Path(source).absolute())
        self._sheet = CanvasSheet(filing, source, linked=False)
        if file is not None and not file.is_file():
            self._sheet.wished = file.stem
        self._board: Any = None

    @property
    def drawing(self) -> d.Drawing:
        """What is drawn now."""
        return self._sheet.sketch.now

    def load(self) -> Loaded:
        """What is drawn now, checked, as `vsmlab.run` takes it.

        Raises:
            InputError: With the first thing that is wrong.
        """
        return self.drawing.load()

    def __panel__(self) -> Any:  # noqa: ANN401 - a Panel viewable
        if self._board is None:
            try:
                from vsmlab.apps.canvas.board import Board
            except ImportError as exc:
                right = "install it: make setup in a checkout, else pip install 'vsmlab[app]'"
                raise InputError("", "canvas", f"{exc.name} is not installed", right=right) from exc
            self._board = Board(self._sheet, alone=True)
            self._board.start()
        return self._board

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:  # noqa: ANN401 - as IPython asks
        return self.__panel__()._repr_mimebundle_(include, exclude)

    def __repr__(self) -> str:
        return f"Canvas({self.drawing.name!r})"


def _is_name(source: str) -> bool:
    return "/" not in source and not source.endswith((".yaml", ".yml"))


__all__ = ["Canvas"]
