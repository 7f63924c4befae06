"""The plots in Bokeh: made once, filled from one source, coloured for a light or a dark page.

The source is filled by the page itself, from one string for all columns: Bokeh would send every column as messages of
its own, and each of them waits for Python's lock while a session is being played.
"""

from __future__ import annotations

import base64
import re
import secrets
from functools import cache
from typing import Any, Final

import numpy as np
from bokeh.models import ColumnDataSource, NumeralTickFormatter, Range1d
from bokeh.plotting import figure

from vsmlab.apps.live.series import MOST, Plotted, names_of_columns
from vsmlab.lab.report.style import colours

TITLES: Final = {
    "queue": "Tasks that wait: mean, and least to most",
    "service": "Tasks in service: mean, and least to most",
    "busy": "Share of the agents that work",
    "wait": "Waits (s), all of this level: mean, and least to most",
    "messages": "Messages a second, whole organisation",
    "agents": "Agents present",
    "cost": "Messages of the metasystem for each task served",
    "talk": "Messages of the metasystem a second",
    "children": "Children that are there",
}
_SUMS: Final = ("cost", "talk", "children")
_EACH: Final = ("queue", "service", "busy", "agents")
"""Plots with a line for each operation; those of the whole have a colour that is nobody's."""
_DOTS: Final = [2, 3]
SHORTEST: Final = 10.0
"""Seconds that the plots show at least."""
ALWAYS: Final = ("queue", "service", "busy", "wait", "messages", "agents")
_COLOUR = re.compile(r"--([\w-]+): (#[0-9a-f]{6})")


@cache
def palette(*, dark: bool) -> dict[str, str]:
    """The page's colours by name."""
    return dict(_COLOUR.findall(colours(dark=dark)))


class Plots:
    """Figures over one source.

    Args:
        which: Their names, in order.
        own_page: Whether they stand on a page of the lab. In a notebook's cell the axes go as far as Bokeh lets
            them and the colours stay: what a notebook's page changes comes back in a form that Python refuses.
    """

    def __init__(self, which: tuple[str, ...] = ALWAYS, *, own_page: bool = True) -> None:
        self._own_page = own_page
        self.source = ColumnDataSource(
            {name: [] for name in names_of_columns()}, name=f"live-{secrets.token_hex(6)}"
        )
        self.dark = False
        self._lines: dict[str, list[list[tuple[Any, str, bool]]]] = {}
        self._looked: dict[str, dict[str, Any]] = {}
        self._across = Range1d(0.0, 1.0, name=f"{self.source.name}-x")
        self.figures = {name: self._figure(name) for name in which}

    def _figure(self, name: str) -> Any:  # noqa: ANN401 - a Bokeh figure
        made = figure(
            height=170, sizing_mode="stretch_width", toolbar_location=None, tools="", x_axis_label=None, min_border=4,
            min_border_left=44, background_fill_alpha=0.0, border_fill_alpha=0.0, outline_line_color=None,
            lod_threshold=None,
        )  # fmt: skip
        if self._own_page:
            made.x_range = self._across
            made.y_range = Range1d(0.0, 1.02, name=f"{self.source.name}-y-{name}")
        else:
            made.y_range.start = 0
            if name == "busy":
                made.y_range.end = 1.02
        made.yaxis.formatter = NumeralTickFormatter(format="0.[00]a")
        made.xaxis.formatter = NumeralTickFormatter(format="0,0.[0]")
        made.yaxis.ticker.desired_num_ticks = 4
        made.xgrid.visible = False
        made.name = self._called(name, "axes")
        for axis in (*made.xaxis, *made.yaxis):
            axis.minor_tick_line_color = None
            axis.major_label_text_font_size = "11px"
        for n in range(MOST if name in ("queue", "service", "busy", "agents", "messages") else 1):
            self._line(made, name, n)
        return made

    def _line(self, made: Any, name: str, n: int) -> None:  # noqa: ANN401 - a Bokeh figure
        of = f"{name}{n}" if name not in ("wait", *_SUMS) else name
        colour = palette(dark=False)[self._ink(name, n)]
        drawn: list[tuple[Any, str, bool]] = []
        given: dict[str, Any] = {"source": self.source, "line_color": colour}
        if name in ("queue", "service"):
            area = made.varea("t", f"{of}-", f"{of}+", source=self.source, fill_alpha=0.22, fill_color=colour)
            drawn.append((area, "fill_color", False))
        if name == "wait":
            span = made.segment("t", f"{of}-", "t", f"{of}+", line_width=3, line_alpha=0.35, **given)
            drawn.append((span, "line_color", False))
        drawn.append((made.line("t", of, line_width=1.8, **given), "line_color", False))
        if name not in ("messages", *_SUMS):
            dashed = made.line("t", f"{of}/2", line_width=1.8, line_dash=[5, 4], **given)
            drawn.append((dashed, "line_color", True))
        for place, (one, _, _) in enumerate(drawn):
            one.nonselection_glyph = one.muted_glyph = None
            one.name = self._called(name, n, place)
        self._lines.setdefault(name, []).append(drawn)

    def packed(self, told: Plotted) -> dict[str, Any]:
        """The columns in which anything is known, for the page to fill the source with."""
        known = {name: column for name, column in told.columns.items() if not np.isnan(column).all()}
        numbers = np.concatenate([np.empty(0), *known.values()]).astype("<f4")
        return {
            "source": self.source.name,
            "names": list(known),
            "length": len(told.columns["t"]),
            "numbers": base64.b64encode(numbers.tobytes()).decode("ascii"),
            "from": told.begin,
            "to": max(told.end, told.begin + SHORTEST),
            "tops": {name: self._top(name, known) for name in self.figures},
        }

    @staticmethod
    def _top(name: str, known: dict[str, Any]) -> float:
        """How high a figure goes: to a little above what it shows, to one where there is nothing."""
        if name == "busy":
            return 1.02
        mine = re.compile(rf"{name}\d*(\+|/2)?")
        most = max((float(np.nanmax(known[one])) for one in known if mine.fullmatch(one)), default=0.0)
        return 1.06 * most if most > 0.0 else 1.0

    def forget(self) -> None:
        """A page that shows the plots anew knows nothing of how they look."""
        self._looked.clear()

    def looks(self, told: Plotted, *, second: bool) -> list[tuple[str, dict[str, Any]]]:
        """What of the looks is other than the page knows: names of models, and their properties.

        The page sets them itself, as it fills the source: what Bokeh's Python changes, a notebook's page sends back,
        colours and new glyphs in a form that Python refuses.

        Args:
            told: What is plotted; who has ended is dotted.
            second: Whether there is a second session beside.
        """
        ink = palette(dark=self.dark)
        found: dict[str, dict[str, Any]] = {}
        for name, lines in self._lines.items():
            if self._own_page:
                found[self._called(name, "axes")] = {"ink": ink["soft"], "grid": ink["grid"]}
            each = name in _EACH
            many = len(told.channels) if name == "messages" else len(told.ended) if each else 1
            for n, drawn in enumerate(lines):
                for place, (_, part, is_second) in enumerate(drawn):
                    look: dict[str, Any] = {"visible": n < many and (second or not is_second)}
                    if self._own_page:
                        look[part] = ink[self._ink(name, n)]
                    if self._own_page and each and part == "line_color" and not is_second:
                        look["line_dash"] = _DOTS if n < many and told.ended[n] else []
                    found[self._called(name, n, place)] = look
        new = [(name, look) for name, look in found.items() if self._looked.get(name) != look]
        self._looked.update(new)
        return new

    def _called(self, *parts: object) -> str:
        """Name of a model of these plots, on a page that may have others."""
        return "-".join(map(str, (self.source.name, *parts)))

    @staticmethod
    def _ink(name: str, n: int) -> str:
        """Name of a line's colour."""
        return f"s{n % 8}" if name in (*_EACH, "messages") else "soft"
