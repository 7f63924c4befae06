"""A measure over executions: a dot for each, its band behind them, and those that left it marked by shape."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

from vsmlab.lab.report.axes import Axis, linear_axis
from vsmlab.lab.report.markup import Markup, element, join, pixels
from vsmlab.lab.report.numerals import counted, number
from vsmlab.lab.report.plot import Chart, Plot, words
from vsmlab.lab.report.table import Table

STYLE: Final = (
    "svg .dot.out { fill: var(--bad); } svg .dot.in { fill: var(--s0); } svg .dot { stroke: var(--paper); }"
)
MOST: Final = 365
"""So many executions are drawn, the newest."""


@dataclass(frozen=True, slots=True)
class Point:
    """A measure in one execution.

    Attributes:
        when: When it began.
        value: What was measured; None where it was not estimable or the execution failed.
        low: Low end of its band; None where it is open.
        high: High end of its band; None where it is open.
        inside: Whether it lay in its band; None without one.
    """

    when: datetime
    value: float | None
    low: float | None = None
    high: float | None = None
    inside: bool | None = None


def trend(title: str, points: Sequence[Point], *, note: str = "") -> Chart:
    """The chart of one measure; its axis need not begin at zero.

    Args:
        title: The measure.
        points: Oldest first, one at least.
        note: What stands below.
    """
    drawn = list(points[-MOST:])
    known = [point.value for point in drawn if point.value is not None]
    ends = [end for point in drawn for end in (point.low, point.high) if end is not None]
    low, high = (min([*known, *ends], default=0.0), max([*known, *ends], default=1.0))
    if high - low <= 1e-9 * max(abs(low), abs(high)):  # all the same, but for rounding
        low, high = low - (abs(low) * 0.1 or 1.0), high + (abs(high) * 0.1 or 1.0)
    room = 0.06 * (high - low)
    plot = Plot(_dates([point.when for point in drawn]), linear_axis(low - room, high + room), right=40.0)
    summary = _said(drawn)
    parts = [plot.frame("began (UTC)", "value"), _band(plot, drawn), _line(plot, drawn)]
    parts += [_dot(plot, point) for point in drawn]
    rows = tuple(
        (_date(point.when), point.value, point.low, point.high, _word(point)) for point in drawn[-30:]
    )
    columns = ("began (UTC)", "value", "band from", "to", "lies")
    table = Table(f"{title}: the last {len(rows)}", columns, rows, collapsed=True)
    return Chart(title, plot.svg(title, summary, *parts), summary, table, note)


def _dates(times: Sequence[datetime]) -> Axis:
    """An axis over dates, with at most six of the times themselves as ticks."""
    seconds = [one.timestamp() for one in times]
    low, high = seconds[0], max(seconds[-1], seconds[0] + 1.0)
    room = 0.02 * (high - low)
    low, high = low - room, high + room
    span = high - low
    shape = "%H:%M:%S" if span < 600 else "%H:%M" if span < 172_800 else "%d %b" if span < 2e7 else "%b %Y"
    ticks: list[float] = []
    labels: list[str] = []
    for one, at in zip(times, seconds, strict=True):
        label = one.astimezone(UTC).strftime(shape)
        if not ticks or (at - ticks[-1] >= span / 6.5 and label != labels[-1]):
            ticks.append(at)
            labels.append(label)
    return Axis(low, high, tuple(ticks), tuple(labels))


def _date(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _band(plot: Plot, points: Sequence[Point]) -> Markup:
    """The band as steps that hold half way to the neighbours; open ends reach the edge of the plot."""
    at = [plot.across(point.when.timestamp()) for point in points]
    edges = [plot.left, *((a + b) / 2 for a, b in pairwise(at)), plot.left + plot.width]
    parts = []
    for k, point in enumerate(points):
        if point.low is None and point.high is None:
            continue
        top = plot.top if point.high is None else plot.up(point.high)
        floor = plot.top + plot.height if point.low is None else plot.up(point.low)
        tall = max(1.0, floor - top)
        parts.append(
            element("rect", x=edges[k], y=top, width=edges[k + 1] - edges[k], height=tall, class_="band")
        )
    return join(parts)


def _line(plot: Plot, points: Sequence[Point]) -> Markup:
    written, drawing = [], False
    for point in points:
        if point.value is None:
            drawing = False
            continue
        x, y = pixels(plot.across(point.when.timestamp())), pixels(plot.up(point.value))
        written.append(f"{'L' if drawing else 'M'}{x},{y}")
        drawing = True
    return element("path", d="".join(written), class_="line thin s0") if written else Markup("")


def _dot(plot: Plot, point: Point) -> Markup:
    """A disc; a diamond where it left its band; a cross at the floor where there is no value."""
    x = plot.across(point.when.timestamp())
    told = element("title", f"{_date(point.when)}: {number(point.value, 6)}, {_word(point)}")
    if point.value is None:
        y = plot.top + plot.height - 7
        return element("g", words("×", x, y + 5, anchor="middle", kind="wrong"), told)
    y = plot.up(point.value)
    if point.inside is False:
        corners = ((x, y - 7), (x + 7, y), (x, y + 7), (x - 7, y))
        d = f"M{'L'.join(f'{pixels(a)},{pixels(b)}' for a, b in corners)}Z"
        return element("path", told, d=d, class_="dot out")
    return element("circle", told, cx=x, cy=y, r=4.0, class_="dot in")


def _word(point: Point) -> str:
    if point.value is None:
        return "no value"
    return "no band" if point.inside is None else "inside" if point.inside else "outside"


def _said(points: Sequence[Point]) -> str:
    known = [point.value for point in points if point.value is not None]
    if not known:
        return f"{counted(len(points), 'execution')} without a value."
    last = next(value for point in reversed(points) if (value := point.value) is not None)
    out = sum(point.inside is False for point in points)
    mean = math.fsum(known) / len(known)
    return (
        f"{counted(len(known), 'value')} from {number(min(known), 4)} to {number(max(known), 4)}, "
        f"mean {number(mean, 4)}, last {number(last, 4)}; {out or 'none'} outside the band."
    )
