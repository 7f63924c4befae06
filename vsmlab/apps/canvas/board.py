"""The canvas in the browser: its markup around the flow, and what people do told back. It knows nothing else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import panel as pn
import param
from panel.custom import Child, JSComponent
from panel.io.document import with_lock

from vsmlab.apps.canvas.anchors import sides
from vsmlab.apps.canvas.flow import MIME, Flow
from vsmlab.apps.canvas.mirror import Plain
from vsmlab.apps.canvas.sheet import CanvasSheet
from vsmlab.apps.canvas.style import board_style, own_colours
from vsmlab.apps.pages import Told

_APPS: Final = Path(__file__).parent.parent
_CHANGING: Final = (_APPS / "view.js").read_text(encoding="utf-8").partition("export function render")[0]
"""How any page changes its markup: what does not differ stays, with focus and selection."""
LOOK_MS: Final = 300
_MOST_VALUES: Final = 50
_WENT_WRONG: Final = "Something went wrong here that nobody thought of: the log of vsmlab says what."
_MOST_TEXT: Final = 2_000_000


class _Seen(NamedTuple):
    """What there is to be shown: reckoned beside the event loop, where one drawing is large."""

    nodes: list[Plain]
    edges: list[Plain]
    parts: dict[str, str]


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
        self._one_at_a_time = asyncio.Lock()
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
        self._answer(partial(self._sheet.heard, message))

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
        self._answer(partial(self._sheet.do, what, plain))

    def _answer(self, act: Callable[[], None]) -> None:
        """Do what was asked for and show what came of it: aside, so that other windows need not wait for this one."""
        if self.alone:  # a notebook's kernel does one thing at a time anyway
            self._do(act)
            self._show(self._reckoned())
        else:
            pn.state.execute(partial(self._answer_aside, act))

    @with_lock  # type: ignore[misc]  # of the page: models are changed
    async def _answer_aside(self, act: Callable[[], None]) -> None:
        async with self._one_at_a_time:
            await asyncio.to_thread(self._do, act)
            self._show(await asyncio.to_thread(self._reckoned))

    def _do(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as exc:  # noqa: BLE001 - whatever it is, who asked for it is told
            self._failed(exc)
            self._sheet.sketch.refuse(_WENT_WRONG)

    def _reckoned(self) -> _Seen | None:
        """What is to be shown now; None where nobody could say."""
        self._stamp = self._sheet.stamp()
        try:
            return _Seen(*self._sheet.flow(), {name: str(part) for name, part in self._sheet.parts().items()})
        except Exception as exc:  # noqa: BLE001 - as above
            self._failed(exc)
            return None

    def _failed(self, exc: Exception) -> None:
        logging.getLogger(__name__).error("a canvas failed", exc_info=exc)

    async def _look(self) -> None:
        if self.alone:
            self._do(self._sheet.keep)
            if self._sheet.stamp() != self._stamp:
                self._show(self._reckoned())
        elif not self._one_at_a_time.locked():
            async with self._one_at_a_time:
                await asyncio.to_thread(self._do, self._sheet.keep)
                if self._sheet.stamp() != self._stamp:
                    self._show(await asyncio.to_thread(self._reckoned))

    def _show(self, seen: _Seen | None) -> None:
        """Show what has changed."""
        if seen is None:
            told = Told()
            told.refuse(_WENT_WRONG)
            self._said["told"] = str(told.shown())
            self._send_msg({"parts": {"told": self._said["told"]}, "orders": []})
            return
        sheet, sketch = self._sheet, self._sheet.sketch
        with pn.io.hold():
            self._flow.present(seen.nodes, seen.edges)
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
        changed = {name: part for name, part in seen.parts.items() if self._said.get(name) != part}
        self._said |= changed
        orders, sheet.orders = sheet.orders, []
        self._send_msg({"parts": changed, "orders": orders})

    def _move_to(self, viewport: dict[str, Any] | None) -> None:
        if viewport is not None:
            self._flow.viewport = viewport
