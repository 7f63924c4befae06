"""Horizontal bars with intervals, one or several panels over the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vsmlab.lab.report.axes import Axis, linear_axis, log_axis
from vsmlab.lab.report.decimation import is_number
from vsmlab.lab.report.markup import Markup, element, fit, join, text_width
from vsmlab.lab.report.numerals import duration, number
from vsmlab.lab.report.plot import FONT, WIDTH, Chart, canvas, words
from vsmlab.lab.report.table import Cell, Table

_ROW = 26.0
_TOP = 24.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One value with its interval.

    Attributes:
        value: The estimate; None when it is not estimable.
        low: Lower end of the interval; None without one.
        high: Upper end of the interval; None without one.
        strong: Whether the bar stands out (this run, among baselines).
        why: Why it is not estimable, or another remark.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    strong: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One column of bars, with an axis of its own.

    Attributes:
        name: Title of the axis.
        bars: One for each row of the chart.
        unit: Unit of the values.
        top: Value at the axis's end; None lets the data say.
        logarithmic: Dots on a logarithmic axis instead of bars from zero.
    """

    name: str
    bars: tuple[Bar, ...]
    unit: str = ""
    top: float | None = None
    logarithmic: bool = False


def bars(title: str, rows: Sequence[str], panels: Sequence[Panel], *, interval: str = "") -> Chart:
    """Values by name: a row for each name, a column for each panel.

    Args:
        title: What the chart shows.
        rows: Names of the rows, from top to bottom.
        panels: Columns with as many bars as there are rows.
        interval: What the whiskers are, for instance ``95 % interval``; empty when there are none.

    Raises:
        ValueError: If a panel has another number of bars than there are rows.
    """
    for panel in panels:
        if len(panel.bars) != len(rows):
            raise ValueError(f"{panel.name}: {len(panel.bars)} bars for {len(rows)} rows")
    names = min(
        280.0 if len(panels) == 1 else 200.0, max([70.0, *(text_width(row, FONT) + 4 for row in rows)])
    )
    floor = _TOP + _ROW * len(rows)
    parts = []
    for k, row in enumerate(rows):
        y = _TOP + _ROW * (k + 0.5)
        parts.append(words(row, names + 4, y + 4, anchor="end", width=names))
    share = (WIDTH - names - 16) / max(1, len(panels))
    for k, panel in enumerate(panels):
        parts.append(_column(panel, rows, names + 16 + k * share, share - 66, floor))
    summary = _summary(rows, panels, interval)
    drawing = canvas(title, summary, WIDTH, floor + 40, *parts)
    note = f"Whiskers: {interval}." if interval else ""
    return Chart(title, drawing, summary, _table(title, rows, panels), note)


def _axis(panel: Panel) -> Axis:
    known = [
        value
        for bar in panel.bars
        for value in (bar.value, bar.low, bar.high)
        if value is not None and is_number(value)
    ]
    if panel.logarithmic:
        above = [value for value in known if value > 0] or [1.0]
        return log_axis(min(above), max([*above, panel.top or 0.0]), unit=panel.unit)
    high = max([0.0, *known]) if panel.top is None else max([panel.top, *known])
    return linear_axis(min([0.0, *known]), high, unit=panel.unit, count=4)


def _column(panel: Panel, rows: Sequence[str], left: float, width: float, floor: float) -> Markup:
    axis = _axis(panel)
    parts = []
    free = -1e9
    for tick, label in zip(axis.ticks, axis.labels, strict=True):
        x = left + width * axis.share(tick)
        parts.append(element("line", x1=x, y1=_TOP - 4, x2=x, y2=floor, class_="grid"))
        half = text_width(label, FONT) / 2
        if x - half > free:
            parts.append(words(label, x, floor + 16, anchor="middle", kind="tick"))
            free = x + half + 6
    title = fit(axis.title(panel.name), width + 60, FONT)
    parts.append(words(title, left, _TOP - 10, kind="axis-title"))
    zero = left + width * axis.share(0.0 if not axis.logarithmic else axis.low)
    parts.append(element("line", x1=zero, y1=_TOP - 4, x2=zero, y2=floor, class_="axis"))
    for k, (row, bar) in enumerate(zip(rows, panel.bars, strict=True)):
        y = _TOP + _ROW * (k + 0.5)
        parts.append(_bar(panel, axis, row, bar, left, width, zero, y))
    return join(parts)


def _bar(
    panel: Panel, axis: Axis, row: str, bar: Bar, left: float, width: float, zero: float, y: float
) -> Markup:
    told = f"{row}, {panel.name}: {_told(panel, bar)}"
    if bar.value is None or not is_number(bar.value):
        return element(
            "g", element("title", told), words("not estimable", zero + 5, y + 4, kind="tick missing")
        )
    x = left + width * axis.share(bar.value)
    kind = "strong" if bar.strong else "plain"
    parts = [element("title", told)]
    if axis.logarithmic:
        parts.append(element("line", x1=zero, y1=y, x2=x, y2=y, class_="stem"))
        parts.append(element("circle", cx=x, cy=y, r=5.5, class_=f"dot {kind}"))
    else:
        begin = min(zero, x)
        parts.append(
            element("rect", x=begin, y=y - 8, width=abs(x - zero), height=16, rx=2, class_=f"bar {kind}")
        )
    end = max(x, zero)
    if bar.low is not None and bar.high is not None and is_number(bar.low) and is_number(bar.high):
        low, high = left + width * axis.share(bar.low), left + width * axis.share(bar.high)
        parts.append(
            element(
                "path",
                d=f"M{low:.1f},{y - 5:.1f}v10M{low:.1f},{y:.1f}H{high:.1f}M{high:.1f},{y - 5:.1f}v10",
                class_="whisker",
            )
        )
        end = max(end, high)
    if axis.logarithmic:
        end += 6
    value = _amount(panel, bar.value)
    parts.append(words(value, end + 6, y + 4, kind="value strong" if bar.strong else "value"))
    return element("g", *parts)


def _amount(panel: Panel, value: float) -> str:
    if panel.unit == "s" and not 0.01 <= value < 300:
        return duration(value)
    return f"{number(value)} {panel.unit}".rstrip()


def _told(panel: Panel, bar: Bar) -> str:
    if bar.value is None or not is_number(bar.value):
        return f"not estimable: {bar.why}" if bar.why else "not estimable"
    told = _amount(panel, bar.value)
    if bar.low is not None and bar.high is not None:
        told += f" [{_amount(panel, bar.low)} to {_amount(panel, bar.high)}]"
    return f"{told}, {bar.why}" if bar.why else told


def _summary(rows: Sequence[str], panels: Sequence[Panel], interval: str) -> str:
    told = []
    for panel in panels:
        each = [f"{row} {_told(panel, bar)}" for row, bar in zip(rows, panel.bars, strict=True)]
        more = f" and {len(each) - 6} more" if len(each) > 6 else ""
        told.append(f"{panel.name}: {', '.join(each[:6])}{more}.")
    if interval:
        told.append(f"Whiskers: {interval}.")
    return " ".join(told)


def _table(title: str, rows: Sequence[str], panels: Sequence[Panel]) -> Table:
    columns = ["name"]
    for panel in panels:
        name = f"{panel.name} ({panel.unit})" if panel.unit else panel.name
        columns += [name, "from", "to"] if _has_intervals(panel) else [name]
    cells: list[tuple[Cell, ...]] = []
    for k, row in enumerate(rows):
        line: list[Cell] = [row]
        for panel in panels:
            bar = panel.bars[k]
            line += [bar.value, bar.low, bar.high] if _has_intervals(panel) else [bar.value]
        cells.append(tuple(line))
    return Table(title, tuple(columns), tuple(cells), collapsed=True)


def _has_intervals(panel: Panel) -> bool:
    return any(bar.low is not None for bar in panel.bars)
