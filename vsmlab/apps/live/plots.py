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
from bokeh.models import ColumnDataSource, NumeralTickFormatter
from bokeh.plotting import figure

from vsmlab.apps.live.series import MOST, Plotted, names_of_columns
from vsmlab.lab.report.style import colours

TITLES: Final = {
    "queue": "Tasks that wait: mean, and least to most",
    "service": "Tasks in service: mean, and least to most",
    "busy": "Share of the agents that work",
    "wait": "Waits (s): mean, and least to most",
    "messages": "Messages a second, whole organisation",
    "agents": "Agents present",
    "cost": "Messages of the metasystem for each task served",
    "talk": "Messages of the metasystem a second",
    "children": "Children that are there",
}
_SUMS: Final = ("cost", "talk", "children")
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
    """

    def __init__(self, which: tuple[str, ...] = ALWAYS) -> None:
        self.source = ColumnDataSource(
            {name: [] for name in names_of_columns()}, name=f"live-{secrets.token_hex(6)}"
        )
        self._lines: dict[str, list[Any]] = {}
        self.figures = {name: self._figure(name) for name in which}
        self._shown: tuple[int, int, bool] | None = None
        self.paint(dark=False)

    def _figure(self, name: str) -> Any:  # noqa: ANN401 - a Bokeh figure
        made = figure(
            height=170, sizing_mode="stretch_width", toolbar_location=None, tools="", x_axis_label=None, min_border=4,
            min_border_left=44, background_fill_alpha=0.0, border_fill_alpha=0.0, outline_line_color=None,
            lod_threshold=None,
        )  # fmt: skip
        made.y_range.start = 0
        if name == "busy":
            made.y_range.end = 1.02
        made.yaxis.formatter = NumeralTickFormatter(format="0.[00]a")
        made.xaxis.formatter = NumeralTickFormatter(format="0,0.[0]")
        made.yaxis.ticker.desired_num_ticks = 4
        made.xgrid.visible = False
        for n in range(MOST if name in ("queue", "service", "busy", "agents", "messages") else 1):
            self._line(made, name, n)
        return made

    def _line(self, made: Any, name: str, n: int) -> None:  # noqa: ANN401 - a Bokeh figure
        of = f"{name}{n}" if name not in ("wait", *_SUMS) else name
        drawn = []
        if name in ("queue", "service"):
            drawn.append(made.varea("t", f"{of}-", f"{of}+", source=self.source, fill_alpha=0.22))
        if name == "wait":
            drawn.append(
                made.segment("t", f"{of}-", "t", f"{of}+", source=self.source, line_width=3, line_alpha=0.35)
            )
        drawn.append(made.line("t", of, source=self.source, line_width=1.8))
        if name not in ("messages", *_SUMS):
            drawn.append(made.line("t", f"{of}/2", source=self.source, line_width=1.8, line_dash=[5, 4]))
        for one in drawn:
            one.nonselection_glyph = one.muted_glyph = None
            one.name = f"s{n}"
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
        }

    def show(self, told: Plotted, *, second: bool) -> bool:
        """Switch lines off that nobody has, and on that somebody has; returns whether any was."""
        shown = (len(told.operations), len(told.channels), second)
        if shown == self._shown:
            return False
        self._shown = shown
        for name, lines in self._lines.items():
            many = shown[1] if name == "messages" else shown[0] if len(lines) > 1 else 1
            for n, drawn in enumerate(lines):
                for one in drawn:
                    is_second = str(getattr(one.glyph, "y", "")).endswith("/2")
                    one.visible = n < many and (second or not is_second)
        return True

    def paint(self, *, dark: bool) -> None:
        """Take the colours of a light or a dark page."""
        ink = palette(dark=dark)
        for name, made in self.figures.items():
            for axis in (*made.xaxis, *made.yaxis):
                axis.axis_line_color = axis.major_tick_line_color = ink["soft"]
                axis.minor_tick_line_color = None
                axis.major_label_text_color = ink["soft"]
                axis.major_label_text_font_size = "11px"
            made.ygrid.grid_line_color = ink["grid"]
            for n, drawn in enumerate(self._lines[name]):
                for one in drawn:
                    for part in ("line_color", "fill_color"):
                        if hasattr(one.glyph, part):
                            setattr(one.glyph, part, ink[f"s{n % 8}"])
