"""What surrounds the data of a chart over time: warm-up, levels, marks, and times at which something was broken."""

from __future__ import annotations

from dataclasses import dataclass, field

from vsmlab.lab.report.markup import Markup, element, join, text_width
from vsmlab.lab.report.numerals import duration
from vsmlab.lab.report.plot import FONT, Plot, words


@dataclass(frozen=True, slots=True)
class Setting:
    """What a chart over time shows around its data.

    Attributes:
        start: First time shown, in seconds.
        end: Last time shown; None for the last time of the data.
        warmup: The time before it is shaded as not measured.
        levels: Horizontal lines: value and name.
        marks: Vertical lines: time in seconds and name.
        spans: Shaded times: begin and end in seconds, and name.
    """

    start: float = 0.0
    end: float | None = None
    warmup: float = 0.0
    levels: tuple[tuple[float, str], ...] = field(default=())
    marks: tuple[tuple[float, str], ...] = field(default=())
    spans: tuple[tuple[float, float, str], ...] = field(default=())


def around(plot: Plot, setting: Setting) -> Markup:
    """The shaded warm-up, what was broken when, and the vertical marks; names that would overlap are titles only."""
    parts = []
    if setting.warmup > plot.x.low:
        width = plot.across(setting.warmup) - plot.left
        parts.append(
            element(
                "rect",
                element("title", f"warm-up, {duration(setting.warmup)}: not measured"),
                x=plot.left,
                y=plot.top,
                width=width,
                height=plot.height,
                class_="warmup",
            )
        )
        parts.append(words("warm-up", plot.left + 3, plot.top - 4, kind="tick"))
    free = plot.left
    for begin, end, name in setting.spans:
        if end < plot.x.low or begin > plot.x.high:
            continue
        x = plot.across(begin)
        wide = max(1.5, plot.across(end) - x)
        told = element("title", f"{name}, {duration(begin)} to {duration(end)}")
        parts.append(element("rect", told, x=x, y=plot.top, width=wide, height=plot.height, class_="span"))
        if x + 3 >= free:
            shown = words(name, x + 3, plot.top + 13, kind="tick", width=plot.left + plot.width - x - 4)
            parts.append(shown)
            free = x + text_width(name, FONT) + 10
    free = plot.left + (text_width("warm-up", FONT) + 8 if setting.warmup > plot.x.low else 0)
    for time, name in setting.marks:
        x = plot.across(time)
        told = element("title", f"{name}, at {duration(time)}")
        parts.append(element("line", told, x1=x, y1=plot.top, x2=x, y2=plot.top + plot.height, class_="mark"))
        if x + 3 >= free:
            parts.append(words(name, x + 3, plot.top - 4, kind="tick", width=plot.left + plot.width - x + 60))
            free = x + text_width(name, FONT) + 10
    return join(parts)


def level_lines(plot: Plot, setting: Setting) -> Markup:
    """The horizontal lines with their names."""
    parts = []
    for value, name in setting.levels:
        y = plot.up(value)
        parts.append(element("line", x1=plot.left, y1=y, x2=plot.left + plot.width, y2=y, class_="reference"))
        parts.append(words(name, plot.left + plot.width - 4, y - 4, anchor="end", kind="tick"))
    return join(parts)
