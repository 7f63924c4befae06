"""Timelines: a row for each name, with what lasted as bars and what happened as signs, over one axis of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from vsmlab.lab.report.axes import linear_axis
from vsmlab.lab.report.markup import Markup, element, join, pixels, text_width
from vsmlab.lab.report.numerals import counted, duration
from vsmlab.lab.report.plot import FONT, WIDTH, Chart, Plot, canvas, words
from vsmlab.lab.report.surroundings import Setting, around
from vsmlab.lab.report.table import Cell, Table

MOST_ROWS: Final = 28
"""Beyond so many the rest is in the table only."""
MOST_LINES: Final = 400
"""Beyond so many lines the table says how many more there are."""
_ROW: Final = 25.0
Lane = Literal["wide", "middle", "narrow"]
# Height in pixels: colour is never the only cue.
_HEIGHT: Final[dict[Lane, float]] = {"wide": 18.0, "middle": 11.0, "narrow": 5.0}


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of bar or of sign, as the legend names it.

    Attributes:
        name: What it is called.
        colour: Number of its colour, 0 to 7.
        lane: How high its bars are.
    """

    name: str
    colour: int
    lane: Lane = "wide"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Something that lasted.

    Attributes:
        sort: Its sort.
        begin: Seconds.
        end: Seconds; None if it had not ended when the run did.
        what: What it was, in words.
    """

    sort: Sort
    begin: float
    end: float | None
    what: str


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened at one time."""

    time: float
    what: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a timeline.

    Attributes:
        name: Whose row it is.
        stretches: What lasted, the widest drawn first.
        happenings: What happened.
        inset: How many steps the name is moved to the right.
    """

    name: str
    stretches: tuple[Stretch, ...] = ()
    happenings: tuple[Happening, ...] = field(default=())
    inset: int = 0


def timeline(
    title: str, lines: Sequence[Line], sorts: Sequence[Sort], *, setting: Setting, happening: str = ""
) -> Chart:
    """Rows of bars and signs over time.

    Args:
        title: What the chart shows.
        lines: Its rows, from top to bottom.
        sorts: The legend, in order.
        setting: What surrounds the data; its end must be said.
        happening: What a sign is; empty where there is none.
    """
    end = setting.end or 1.0
    shown = lines[:MOST_ROWS]
    left = min(250.0, max([70.0, *(text_width(one.name, FONT) + 14 * one.inset + 14 for one in shown)]))
    legend, top = _legend(sorts, happening)
    axis = linear_axis(setting.start, end, unit="s", count=9, whole=False)
    height = _ROW * max(1, len(shown))
    plot = Plot(axis, linear_axis(0.0, 1.0), right=24.0, left=left, top=top + 16, height=height)
    parts = [legend, around(plot, replace(setting, levels=())), _frame(plot)]
    for k, one in enumerate(shown):
        parts.append(_row(plot, one, plot.top + _ROW * (k + 0.5), end))
    more = len(lines) - len(shown)
    if more:
        line = f"and {counted(more, 'row')} more in the table"
        parts.append(words(line, 6.0, plot.top + height + 37))
    summary = _summary(lines, plot, happening)
    drawing = canvas(title, summary, WIDTH, plot.top + height + 46, *parts)
    return Chart(title, drawing, summary, _table(title, lines))


def _legend(sorts: Sequence[Sort], happening: str) -> tuple[Markup, float]:
    """The legend in as many lines as it needs, and where it ends."""
    parts, x, y = [], 6.0, 14.0
    names: list[tuple[str, Sort | None]] = [(one.name, one) for one in sorts]
    if happening:
        names.append((happening, None))
    for name, sort in names:
        wide = text_width(name, FONT) + 46
        if x > 6.0 and x + wide > WIDTH:
            x, y = 6.0, y + 20
        if sort is None:
            parts.append(element("path", d=_sign(x + 10, y - 4), class_="happening"))
        else:
            high = _HEIGHT[sort.lane]
            parts.append(
                element(
                    "rect", x=x, y=y - 4 - high / 2, width=22.0, height=high, class_=f"stretch s{sort.colour}"
                )
            )
        parts.append(words(name, x + 28, y, kind="soft"))
        x += wide
    return element("g", *parts, class_="legend", aria_hidden="true"), y + 8


def _frame(plot: Plot) -> Markup:
    floor, right = plot.top + plot.height, plot.left + plot.width
    parts = []
    for tick, label in zip(plot.x.ticks, plot.x.labels, strict=True):
        x = plot.across(tick)
        parts.append(element("line", x1=x, y1=plot.top, x2=x, y2=floor, class_="grid"))
        parts.append(words(label, x, floor + 18, anchor="middle", kind="tick"))
    parts.append(element("line", x1=plot.left, y1=floor, x2=right, y2=floor, class_="axis"))
    parts.append(words(plot.x.title("time"), right, floor + 37, anchor="end", kind="axis-title"))
    return join(parts)


def _row(plot: Plot, one: Line, y: float, end: float) -> Markup:
    right = plot.left + plot.width
    inset = 14.0 * one.inset
    parts = [
        element("line", x1=plot.left, y1=y, x2=right, y2=y, class_="lane"),
        words(one.name, 4 + inset, y + 4, width=plot.left - inset - 8),
    ]
    order = sorted(one.stretches, key=lambda stretch: -_HEIGHT[stretch.sort.lane])
    for stretch in order:
        until = end if stretch.end is None else stretch.end
        x = plot.across(stretch.begin)
        wide, high = max(2.0, plot.across(until) - x), _HEIGHT[stretch.sort.lane]
        told = element("title", f"{one.name}: {_told(stretch)}")
        kind = f"stretch s{stretch.sort.colour}"
        parts.append(element("rect", told, x=x, y=y - high / 2, width=wide, height=high, rx=1.5, class_=kind))
    for event in one.happenings:
        told = element("title", f"{one.name}: {event.what}, at {duration(event.time)}")
        parts.append(element("path", told, d=_sign(plot.across(event.time), y), class_="happening"))
    return element("g", *parts)


def _sign(x: float, y: float) -> str:
    return f"M{pixels(x)},{pixels(y - 6)}l6,6l-6,6l-6,-6Z"


def _told(stretch: Stretch) -> str:
    if stretch.end is None:
        return f"{stretch.what}, from {duration(stretch.begin)} to the end"
    return f"{stretch.what}, {duration(stretch.begin)} to {duration(stretch.end)}"


def _summary(lines: Sequence[Line], plot: Plot, happening: str) -> str:
    told = []
    for one in lines[:8]:
        each = [_told(stretch) for stretch in one.stretches[:4]]
        more = len(one.stretches) - len(each)
        if more > 0:
            each.append(f"and {more} more")
        if one.happenings and happening:
            each.append(f"{happening} at {', '.join(duration(event.time) for event in one.happenings[:4])}")
        told.append(f"{one.name}: {'; '.join(each) if each else 'nothing'}")
    rest = f" {counted(len(lines) - 8, 'row')} more in the table." if len(lines) > 8 else ""
    return f"From {duration(plot.x.low)} to {duration(plot.x.high)}. {'. '.join(told)}.{rest}"


def _table(title: str, lines: Sequence[Line]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for one in lines:
        entries: list[tuple[float, tuple[Cell, ...]]] = [
            (s.begin, (one.name, s.what, s.begin, s.end, None if s.end is None else s.end - s.begin))
            for s in one.stretches
        ]
        entries += [(event.time, (one.name, event.what, event.time, None, None)) for event in one.happenings]
        rows += [cells for _, cells in sorted(entries, key=lambda entry: entry[0])]
    more = len(rows) - MOST_LINES
    note = "A dash: it happened at one time, or had not ended when the run did."
    if more > 0:
        note += f" {more:,} lines more are in the journal."
    columns = ("whose", "what", "from (s)", "to (s)", "lasted (s)")
    return Table(title, columns, tuple(rows[:MOST_LINES]), collapsed=True, note=note)
