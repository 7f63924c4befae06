"""The live sheet in the browser: one flush of what has changed at a tick, and none before the last was shown."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Final

import panel as pn
from panel.custom import Children

from vsmlab.apps import view as plain
from vsmlab.apps.live.look import cell_style, live_style
from vsmlab.apps.live.plots import ALWAYS, Plots
from vsmlab.apps.live.sheet import LiveSheet
from vsmlab.apps.style import view_style
from vsmlab.apps.view import View

TICK_MS: Final = 100
PLOT_EVERY: Final = 0.19
"""Seconds between two fillings of the plots, at least: every second tick."""
PATIENCE: Final = 1.0
"""Seconds after which a flush goes out although the last was not answered: a hidden page answers late."""
_MOST_VALUES: Final = 50
_PLAIN: Final = (Path(plain.__file__).parent / "view.js").read_text(encoding="utf-8")
_OWN: Final = (Path(__file__).parent / "live.js").read_text(encoding="utf-8")


class LiveView(View):
    """One live sheet for one window.

    Args:
        sheet: What is shown.
        plots: Names of its plots.
        in_cell: Whether it stands in a notebook, without a page around it.
    """

    figures = Children()

    _esm = _PLAIN.replace("export function render(", "function sheet(") + _OWN

    def __init__(self, sheet: LiveSheet, plots: tuple[str, ...] = ALWAYS, *, in_cell: bool = False) -> None:
        self._live, self._plots = sheet, Plots(plots, own_page=not in_cell)
        self._ready, self._answered, self._sent_at = False, True, 0.0
        self._filled: object = None
        self._filled_at = 0.0
        self.ticks = self.flushes = 0
        super().__init__(sheet)
        self.stylesheets = [view_style(), live_style(), *([cell_style()] if in_cell else [])]
        self.figures = [
            pn.pane.Bokeh(made, sizing_mode="stretch_width", height=172)
            for made in self._plots.figures.values()
        ]

    def start(self) -> None:
        """Tick, as long as the window is there."""
        pn.state.add_periodic_callback(self.tick, period=TICK_MS)

    def _handle_msg(self, data: Any) -> None:  # noqa: ANN401 - whatever the browser sends
        if not isinstance(data, dict):
            return
        what, given = data.get("do"), data.get("given")
        if not isinstance(what, str) or not isinstance(given, dict) or len(given) > _MOST_VALUES:
            return
        plain_ = {str(name): value for name, value in given.items() if isinstance(value, str)}
        if what == "ready":  # what was sent before it listened has not been heard
            self._ready, self._answered, self._said, self._filled = True, True, {}, None
            self._plots.forget()
        elif what == "shown":
            self._answered = True
        elif what == "theme":
            self._plots.dark, self._filled = plain_.get("dark") == "yes", None
        else:
            self._live.do(what, plain_)
            self.tick(answer=True)

    def tick(self, *, answer: bool = False) -> None:
        """Send what has changed, if the page has shown what was sent before.

        Args:
            answer: Somebody waits for this: it comes at once, and without plots.
        """
        self.ticks += 1
        now = time.monotonic()
        waiting = not self._answered and now - self._sent_at < PATIENCE
        if not self._ready or (waiting and not answer):
            return
        stamp = self._live.stamp()
        parts = {name: str(part) for name, part in self._live.parts(now).items()}
        changed = {name: part for name, part in parts.items() if self._said.get(name) != part}
        due = now - self._filled_at >= PLOT_EVERY and not answer
        told = self._live.plotted() if due and (stamp != self._filled or changed) else None
        if told is None and not changed:
            return
        self._said |= changed
        self._answered, self._sent_at = False, now
        self.flushes += 1
        flush: dict[str, Any] = {"parts": changed, "flush": self.flushes}
        if told is not None:
            self._filled, self._filled_at = stamp, now
            looks = self._plots.looks(told, second=self._live.forked)
            flush["plots"] = {**self._plots.packed(told), "looks": looks}
        self._send_msg(flush)
