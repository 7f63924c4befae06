"""The canvas in the browser: its markup around the flow, and what people do told back. It knows nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import panel as pn
import param
from panel.custom import Child, JSComponent

from vsmlab.apps.canvas.anchors import sides
from vsmlab.apps.canvas.flow import MIME, Flow
from vsmlab.apps.canvas.sheet import CanvasSheet
from vsmlab.apps.canvas.style import board_style, own_colours

_APPS: Final = Path(__file__).parent.parent
_CHANGING: Final = (_APPS / "view.js").read_text(encoding="utf-8").partition("export function render")[0]
"""How any page changes its markup: what does not differ stays, with focus and selection."""
LOOK_MS: Final = 300
_MOST_VALUES: Final = 50
_MOST_TEXT: Final = 2_000_000


class Board(JSComponent):
    """One canvas in one window.

    Args:
        sheet: What it shows.
        alone: Whether nothing around it says its colours: a notebook's cell.
    """

    markup = param.String()
    first = param.Dict(default={})
    mime = param.String(default=MIME)
    alone = param.Boolean(default=False)
    sides = param.Dict(default={})
    flow = Child()

    _esm = _CHANGING + (Path(__file__).parent / "board.js").read_text(encoding="utf-8")

    def __init__(self, sheet: CanvasSheet, *, alone: bool = False) -> None:
        self._sheet = sheet
        self._said = {name: str(part) for name, part in sheet.parts().items()}
        self._stamp, self._framing, self._revision = sheet.stamp(), 0, 0
        self._flow = Flow(self._heard, sheet.why_not)
        self._flow.present(*sheet.flow())
        super().__init__(
            markup=str(sheet.layout()),
            first=dict(self._said),
            alone=alone,
            sides=sides(),
            flow=self._flow,
            stylesheets=[*([own_colours()] if alone else []), board_style()],
            sizing_mode="stretch_width",
        )

    def start(self) -> None:
        """Look for what changes by itself, and keep drafts, as long as the window is there."""
        pn.state.add_periodic_callback(self._look, period=LOOK_MS)

    def _heard(self, message: Mapping[str, Any]) -> None:
        self._sheet.heard(message)
        self.refresh()

    def _handle_msg(self, data: Any) -> None:  # noqa: ANN401 - whatever the browser sends
        if not isinstance(data, dict):
            return
        what, given = data.get("do"), data.get("given")
        if not isinstance(what, str) or not isinstance(given, dict) or len(given) > _MOST_VALUES:
            return
        plain = {
            str(name): value
            for name, value in given.items()
            if isinstance(value, str) and len(value) < _MOST_TEXT
        }
        self._sheet.do(what, plain)
        self.refresh()

    def _look(self) -> None:
        self._sheet.keep()
        if self._sheet.stamp() != self._stamp:
            self.refresh()

    def refresh(self) -> None:
        """Show what has changed."""
        sheet, sketch = self._sheet, self._sheet.sketch
        self._stamp = sheet.stamp()
        with pn.io.hold():
            self._flow.present(*sheet.flow())
            if sketch.revision != self._revision:
                self._revision = sketch.revision
                self._flow.put_back()
            if sketch.framing != self._framing:
                self._framing = sketch.framing
                self._move_to(sheet.frame())
        if sketch.chosen is not None:
            self._flow.mark(set(sketch.chosen))
            sketch.chosen = None
        if sketch.revealed:
            zoom = float((self._flow.viewport or {}).get("zoom", 1.0))
            self._move_to(sheet.centre(sketch.revealed, zoom))
            sketch.revealed = ""
        self._send()

    def _move_to(self, viewport: dict[str, Any] | None) -> None:
        if viewport is not None:
            self._flow.viewport = viewport

    def _send(self) -> None:
        parts = self._sheet.parts()
        changed = {name: str(part) for name, part in parts.items() if self._said.get(name) != str(part)}
        self._said |= changed
        orders, self._sheet.orders = self._sheet.orders, []
        self._send_msg({"parts": changed, "orders": orders})
