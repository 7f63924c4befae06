"""A page that is opened: its frame is there at once, what it shows is built when its window asks for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from weakref import ReferenceType, WeakKeyDictionary, ref

import panel as pn
from panel.custom import JSComponent
from panel.io.state import set_curdoc

from vsmlab.apps.pages import Page, Refused, Shown
from vsmlab.apps.view import View

_OF_WINDOWS: Final[WeakKeyDictionary[Any, ReferenceType[Opening]]] = WeakKeyDictionary()


class Opening(JSComponent):
    """A word where a page comes to be; then says its heading, and whatever goes wrong with the page as a whole.

    Nothing is built for who only fetches the address: its window's socket asks. A sheet is built in a thread, so that
    other windows go on meanwhile; Panel's models are not, as they belong to the event loop.

    Args:
        page: What is opened.
        build: Gives what it shows.

    Attributes:
        body: Where it comes to be.
    """

    _esm = (Path(__file__).parent / "opening.js").read_text(encoding="utf-8")

    def __init__(self, page: Page, build: Callable[[], Shown]) -> None:
        self._page, self._build = page, build
        self._asked = False
        self._told: dict[str, str] = {}
        super().__init__(sizing_mode="stretch_width")
        self.body = pn.Column(sizing_mode="stretch_width")

    def _handle_msg(self, data: Any) -> None:  # noqa: ANN401 - whatever the browser sends
        if not isinstance(data, dict) or data.get("do") != "ready":
            return
        if self._told:
            self._send_msg(self._told)
        if not self._asked:
            self._asked = True
            _OF_WINDOWS[pn.state.curdoc] = ref(self)
            pn.state.execute(self._open)

    async def _open(self) -> None:
        window = pn.state.curdoc
        built = await asyncio.to_thread(self._built) if self._page.plain else self._built()
        if window is not None and window.session_context is None:
            return  # it was closed meanwhile
        shown, body = built
        with set_curdoc(window):
            if isinstance(body, View):
                body.failed, body.working = self.failed, self.working
                if body is not shown.body:  # who makes a view by himself starts it
                    body.start()
            self.body[:] = [body]
        self._told = {"heading": shown.heading, "lead": shown.lead}
        self._send_msg(self._told)

    def _built(self) -> tuple[Shown, Any]:
        try:
            shown = self._build()
            return shown, body_of(shown)
        except Exception as exc:
            logging.getLogger(__name__).exception("a page could not be built: %s", self._page.route)
            why = f"Something in it is not what vsmlab writes ({type(exc).__name__}: {exc})."
            shown = Shown("This cannot be shown", Refused(why))
            return shown, body_of(shown)

    def working(self, on: bool) -> None:
        """Something takes long, or is done."""
        self._send_msg({"working": on})

    def failed(self, exc: BaseException) -> None:
        """Something went wrong that nobody thought of: it is in the log, and said."""
        logging.getLogger(__name__).error("%s failed", self._page.route, exc_info=exc)
        why = " ".join(f"{type(exc).__name__}: {exc}".split())[:300]
        self._send_msg(
            {
                "wrong": f"Something went wrong in the lab ({why}). What it was is in its log; the page goes on."
            }
        )


def body_of(shown: Shown) -> Any:  # noqa: ANN401 - a Panel viewable
    """What stands in a page: a sheet becomes a view of it."""
    body = shown.body
    plain = hasattr(body, "parts") and hasattr(body, "layout") and not isinstance(body, View)
    return View(body) if plain else body


def failed(exc: BaseException) -> None:
    """What Panel caught: told to the window it came from."""
    window = pn.state.curdoc
    known = None if window is None else _OF_WINDOWS.get(window)
    opening = None if known is None else known()
    if opening is None:
        logging.getLogger(__name__).error("no window", exc_info=exc)
        return
    opening.failed(exc)
