"""The frame of a chart: plotting area, axes, grid, labels beside the lines' ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vsmlab.lab.report.axes import Axis
from vsmlab.lab.report.markup import Markup, element, fit, join, pixels, text_width
from vsmlab.lab.report.table import Table

FONT = 12.0
# Every chart is as wide; the names at the lines' ends take what they need of it.
WIDTH = 760.0
# Beyond so many names no palette and no set of dashes can be told apart.
MOST_NAMES = 8
# Each name has its own dashes, so that colour is never the only cue.
DASHES = ("", "9 4", "2 3", "11 3 2 3", "16 4", "5 3", "1 4", "12 3 2 3 2 3")


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn chart, and what it says to those who do not see it.

    Attributes:
        title: What it shows; the page prints it above the drawing.
        svg: The drawing.
        summary: What can be read off it, in a sentence or two.
        table: The same in numbers.
        note: What a reader must know beside it, printed below; may be empty.
    """

    title: str
    svg: Markup
    summary: str
    table: Table
    note: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """A plotting area in pixels with its two axes; y grows upwards."""

    x: Axis
    y: Axis
    right: float = 150.0
    left: float = 66.0
    top: float = 38.0
    height: float = 210.0
    bottom: float = 46.0

    @property
    def width(self) -> float:
        """Pixels between both margins."""
        return WIDTH - self.left - self.right

    def across(self, value: float) -> float:
        """Pixel of a value on the horizontal axis."""
        return self.left + self.width * self.x.share(value)

    def up(self, value: float) -> float:
        """Pixel of a value on the vertical axis."""
        return self.top + self.height * (1.0 - self.y.share(value))

    def frame(self, x_name: str, y_name: str) -> Markup:
        """Grid, axes, tick labels and both titles (units included)."""
        right, floor = self.left + self.width, self.top + self.height
        parts = []
        for tick, label in zip(self.y.ticks, self.y.labels, strict=True):
            y = self.up(tick)
            parts.append(element("line", x1=self.left, y1=y, x2=right, y2=y, class_="grid"))
            parts.append(words(label, self.left - 8, y + 4, anchor="end", kind="tick"))
        for tick, label in zip(self.x.ticks, self.x.labels, strict=True):
            x = self.across(tick)
            parts.append(element("line", x1=x, y1=floor, x2=x, y2=floor + 5, class_="axis"))
            parts.append(words(label, x, floor + 18, anchor="middle", kind="tick"))
        parts.append(element("line", x1=self.left, y1=floor, x2=right, y2=floor, class_="axis"))
        parts.append(words(self.y.title(y_name), 6.0, 14.0, kind="axis-title"))
        parts.append(words(self.x.title(x_name), right, floor + 37, anchor="end", kind="axis-title"))
        return join(parts)

    def svg(self, title: str, summary: str, *parts: object) -> Markup:
        """The whole drawing."""
        return canvas(
            title,
            summary,
            WIDTH,
            self.top + self.height + self.bottom,
            *parts,
        )


def canvas(title: str, summary: str, width: float, height: float, *parts: object) -> Markup:
    """An SVG image with a name and a description, as wide as its place allows."""
    return element(
        "svg",
        element("title", title),
        element("desc", summary),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {pixels(width)} {pixels(height)}",
        role="img",
        aria_label=f"{title}. {summary}",
        class_="chart",
        font_size=FONT,
    )


def words(
    line: str,
    x: float,
    y: float,
    *,
    anchor: str | None = None,
    kind: str = "label",
    width: float | None = None,
    size: float | None = None,
) -> Markup:
    """A line of text; what is cut to ``width`` pixels keeps its full text as a title."""
    shown = line if width is None else fit(line, width, size or FONT)
    return element(
        "text",
        shown,
        element("title", line) if shown != line else None,
        x=x,
        y=y,
        text_anchor=anchor,
        class_=kind,
        font_size=size,
    )


def margin(names: Sequence[str]) -> float:
    """Pixels right of a plot that names beside the lines' ends need."""
    return min(180.0, max([40.0, *(text_width(name, FONT) * 1.08 + 30.0 for name in names)]))


def end_labels(
    labels: Sequence[tuple[str, float, str]], x: float, width: float, top: float, floor: float
) -> Markup:
    """Labels right of the plot, each as near to its line's end as the others leave room.

    Args:
        labels: Text, pixel of the line's end, class of the line.
        x: Pixel of the plot's right edge.
        width: Pixels there are for leader and text.
        top: Highest place for a label.
        floor: Lowest place for a label.
    """
    apart = FONT + 3.0
    order = sorted(range(len(labels)), key=lambda k: labels[k][1])
    places: list[float] = []
    for k in order:
        wanted = max(labels[k][1], top)
        places.append(wanted if not places else max(wanted, places[-1] + apart))
    lowest = floor
    for k in range(len(places) - 1, -1, -1):
        places[k] = min(places[k], lowest)
        lowest = places[k] - apart
    parts = []
    for place, k in zip(places, order, strict=True):
        line, end, kind = labels[k]
        bend = f"M{pixels(x + 2)},{pixels(end)}L{pixels(x + 12)},{pixels(place)}h6"
        parts.append(element("path", d=bend, class_=f"leader {kind}"))
        parts.append(words(line, x + 22, place + 4, width=width - 24, kind=f"label {kind}"))
    return join(parts)
