"""A sheet in the browser: its markup is put where it belongs, and what people do is told back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable
from functools import partial
from pathlib import Path
from typing import Any, Final

import panel as pn
import param
from panel.custom import JSComponent

from vsmlab.apps.pages import Sheet
from vsmlab.apps.style import view_style

POLL_MS: Final = 250
SOON: Final = 0.4
"""Seconds after which the page says that it works."""
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
        self._wrong = ""
        self.failed: Callable[[BaseException], None] = _log
        """Told of what nobody thought of: the page is to say it."""
        self.working: Callable[[bool], None] = lambda on: None
        """Told when something takes long, and when it is done."""
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
            done = True
            if what != "ready":
                done = await self._tried(self._done(what, given))
            if await self._tried(self._send_changes()) and done:
                self._wrong = ""

    async def _done(self, what: str, given: dict[str, str]) -> None:
        work = asyncio.ensure_future(asyncio.to_thread(self._sheet.do, what, given))
        try:
            await asyncio.wait_for(asyncio.shield(work), SOON)
        except TimeoutError:
            if work.done():
                raise  # it was the sheet's own
            self.working(True)
            try:
                await work
            finally:
                self.working(False)

    async def _look(self) -> None:
        if self._one_at_a_time.locked():
            return
        async with self._one_at_a_time:
            await self._tried(self._send_what_came())

    async def _send_what_came(self) -> None:
        if self._sheet.stamp() != self._stamp:
            await self._send_changes()

    async def _send_changes(self) -> None:
        self._stamp = self._sheet.stamp()
        parts = await asyncio.to_thread(self._sheet.parts)
        changed = {name: str(part) for name, part in parts.items() if self._said.get(name) != str(part)}
        self._said |= changed
        if changed:
            self._send_msg({"parts": changed})

    async def _tried(self, work: Awaitable[None]) -> bool:
        """Whether it was done. An error must not end in a task that nobody awaits; the same one is said once."""
        try:
            await work
        except Exception as exc:  # noqa: BLE001 - whatever it is, the page says it
            wrong = repr(exc)
            if wrong != self._wrong:
                self._wrong = wrong
                self.failed(exc)
            return False
        return True


def _log(exc: BaseException) -> None:
    logging.getLogger(__name__).error("a sheet failed", exc_info=exc)
