"""A sheet in the browser: its markup is put where it belongs, and what people do is told back."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from functools import partial
from pathlib import Path
from typing import Any, Final

import panel as pn
import param
from panel.custom import JSComponent

from vsmlab.apps.pages import Sheet
from vsmlab.apps.style import view_style

POLL_MS: Final = 250
_MOST_VALUES: Final = 200


class View(JSComponent):
    """One sheet for one window."""

    layout = param.String()
    parts = param.Dict(default={})

    _esm = (Path(__file__).parent / "view.js").read_text(encoding="utf-8")

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._said: dict[str, str] = {name: str(part) for name, part in sheet.parts().items()}
        self._stamp: Hashable = sheet.stamp()
        self._one_at_a_time = asyncio.Lock()
        super().__init__(
            layout=str(sheet.layout()),
            parts=dict(self._said),
            stylesheets=[view_style()],
            sizing_mode="stretch_width",
        )

    def start(self) -> None:
        """Look for what changes by itself, as long as the window is there."""
        pn.state.add_periodic_callback(self._look, period=POLL_MS)

    def _handle_msg(self, data: Any) -> None:  # noqa: ANN401 - whatever the browser sends
        if not isinstance(data, dict):
            return
        what, given = data.get("do"), data.get("given")
        if not isinstance(what, str) or not isinstance(given, dict) or len(given) > _MOST_VALUES:
            return
        plain = {str(name): value for name, value in given.items() if isinstance(value, str)}
        pn.state.execute(partial(self._answer, what, plain))

    async def _answer(self, what: str, given: dict[str, str]) -> None:
        async with self._one_at_a_time:
            if what != "ready":
                await asyncio.to_thread(self._sheet.do, what, given)
            await self._send_changes()

    async def _look(self) -> None:
        if self._one_at_a_time.locked() or self._sheet.stamp() == self._stamp:
            return
        async with self._one_at_a_time:
            await self._send_changes()

    async def _send_changes(self) -> None:
        self._stamp = self._sheet.stamp()
        parts = await asyncio.to_thread(self._sheet.parts)
        changed = {name: str(part) for name, part in parts.items() if self._said.get(name) != str(part)}
        self._said |= changed
        if changed:
            self._send_msg({"parts": changed})
