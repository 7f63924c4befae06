"""Ratios with their intervals about one, on a logarithmic axis: what lies right of one is more."""

from __future__ import annotations

from collections.abc import Sequence

from vsmlab.lab.report.axes import log_axis
from vsmlab.lab.report.bars import Bar
from vsmlab.lab.report.decimation import is_number
from vsmlab.lab.report.markup import Markup, element, text_width
from vsmlab.lab.report.numerals import number
from vsmlab.lab.report.plot import FONT, WIDTH, Chart, canvas, words
from vsmlab.lab.report.table import Table

_ROW = 26.0
_TOP = 24.0
_DIGITS = 3


def ratios(title: str, rows: Sequence[str], values: Sequence[Bar], *, quantity: str) -> Chart:
    """A dot with its interval for each row; it stands out where the interval leaves one out.

    Args:
        title: What the chart shows.
        rows: Names of the rows, from top to bottom.
        values: A ratio for each row.
        quantity: Title of the axis.

    Raises:
        ValueError: If there are not as many ratios as rows.
    """
    if len(values) != len(rows):
        raise ValueError(f"{len(values)} ratios for {len(rows)} rows")
    known = [
        x
        for bar in values
        for x in (bar.value, bar.low, bar.high)
        if x is not None and is_number(x) and x > 0
    ]
    axis = log_axis(min([1.0, *known]), max([1.0, *known]))
    names = min(330.0, max([70.0, *(text_width(row, FONT) + 4 for row in rows)]))
    left, floor = names + 16, _TOP + _ROW * len(rows)
    width = WIDTH - left - 66
    parts: list[Markup] = []
    for tick, label in zip(axis.ticks, axis.labels, strict=True):
        x = left + width * axis.share(tick)
        parts.append(element("line", x1=x, y1=_TOP - 4, x2=x, y2=floor, class_="grid"))
        parts.append(words(label, x, floor + 16, anchor="middle", kind="tick"))
    one = left + width * axis.share(1.0)
    parts.append(element("line", x1=one, y1=_TOP - 4, x2=one, y2=floor, class_="axis"))
    parts.append(words(quantity, left, _TOP - 10, kind="axis-title"))
    told = []
    for k, (row, bar) in enumerate(zip(rows, values, strict=True)):
        y = _TOP + _ROW * (k + 0.5)
        parts.append(words(row, names + 4, y + 4, anchor="end", width=names))
        if bar.value is None or not is_number(bar.value):
            told.append(f"{row} not estimable: {bar.why}")
            parts.append(words("not estimable", one + 5, y + 4, kind="tick missing"))
            continue
        told.append(f"{row} {_told(bar)}")
        at = [left + width * axis.share(x) for x in (bar.value, bar.low or bar.value, bar.high or bar.value)]
        sort = "strong" if _beyond_one(bar) else "plain"
        parts.append(element("line", x1=one, y1=y, x2=at[0], y2=y, class_="stem"))
        path = f"M{at[1]:.1f},{y - 5:.1f}v10M{at[1]:.1f},{y:.1f}H{at[2]:.1f}M{at[2]:.1f},{y - 5:.1f}v10"
        parts.append(element("path", d=path, class_="whisker"))
        dot = element("circle", cx=at[0], cy=y, r=5.5, class_=f"dot {sort}")
        parts.append(element("g", element("title", told[-1]), dot))
        parts.append(words(number(bar.value, _DIGITS), max(at) + 12, y + 4, kind="value"))
    note = "Whiskers: 95 % interval."
    summary = f"{quantity}: {', '.join(told)}. {note}"
    drawing = canvas(title, summary, WIDTH, floor + 40, *parts)
    cells = tuple((row, bar.value, bar.low, bar.high) for row, bar in zip(rows, values, strict=True))
    return Chart(title, drawing, summary, Table(title, ("name", quantity, "from", "to"), cells), note)


def _beyond_one(bar: Bar) -> bool:
    return bar.low is not None and bar.high is not None and (bar.low > 1.0 or bar.high < 1.0)


def _told(bar: Bar) -> str:
    value = number(bar.value, _DIGITS)
    if bar.low is None or bar.high is None:
        return value
    return f"{value} [{number(bar.low, _DIGITS)} to {number(bar.high, _DIGITS)}]"
