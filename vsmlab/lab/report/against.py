"""A quantity against a setting: a mean with its interval at each value, a line for each value of a second one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from vsmlab.lab.report.axes import Axis, linear_axis, log_axis
from vsmlab.lab.report.bars import Bar
from vsmlab.lab.report.decimation import is_number
from vsmlab.lab.report.markup import Markup, element, join, pixels
from vsmlab.lab.report.numerals import number
from vsmlab.lab.report.plot import DASHES, MOST_NAMES, Chart, Plot, end_labels, margin
from vsmlab.lab.report.table import Cell, Table

_WIDE: Final = 30.0
"""Ratio of the largest value to the smallest from which the horizontal axis is logarithmic."""

_LEAST_APART: Final = 1 / 12
"""Share of the axis that two ticks are apart at least."""
_BEYOND: Final = 0.04
"""Share of the axis on either side of the values."""


@dataclass(frozen=True, slots=True)
class Curve:
    """The means at the values of a setting.

    Attributes:
        name: What it is called; may be empty where there is only one.
        values: The setting's, ascending.
        means: One for each.
    """

    name: str
    values: tuple[float, ...]
    means: tuple[Bar, ...]


def against(title: str, curves: Sequence[Curve], *, setting: str, quantity: str, unit: str = "") -> Chart:
    """Means with their intervals against a setting.

    Args:
        title: What the chart shows.
        curves: What to draw; beyond eight the rest is in the table only.
        setting: Title of the horizontal axis.
        quantity: Title of the vertical axis.
        unit: Unit of the quantity.

    Raises:
        ValueError: If there is no curve.
    """
    if not curves:
        raise ValueError("no curve to draw")
    drawn = curves[:MOST_NAMES]
    across = sorted({value for curve in drawn for value in curve.values})
    plot = Plot(
        _axis_across(across), _axis_up(drawn, unit), right=margin([c.name for c in drawn if c.name]) + 6
    )
    parts = [_frame(plot, across, setting, quantity)]
    ends = []
    for k, curve in enumerate(drawn):
        known = [
            (plot.across(x), mean)
            for x, mean in zip(curve.values, curve.means, strict=True)
            if mean.value is not None and is_number(mean.value)
        ]
        if not known:
            continue
        at = [(x, plot.up(mean.value or 0.0)) for x, mean in known]
        path = "M" + "L".join(f"{pixels(x)},{pixels(y)}" for x, y in at)
        parts.append(element("path", d=path, class_=f"line s{k}", stroke_dasharray=DASHES[k] or None))
        parts += [
            _mean(plot, k, x, mean, f"{curve.name}: {_told(mean, unit)}".removeprefix(": "))
            for x, mean in known
        ]
        if curve.name:
            ends.append((curve.name, at[-1][1], f"s{k}"))
    right = plot.left + plot.width
    parts.append(end_labels(ends, right, plot.right, plot.top, plot.top + plot.height))
    left_out = len(curves) - len(drawn)
    note = "Whiskers: 95 % interval." + (
        f" {left_out} more lines are in the table only." if left_out > 0 else ""
    )
    summary = f"{_summary(curves, setting, unit)} {note}"
    return Chart(
        title, plot.svg(title, summary, *parts), summary, _table(title, curves, setting, quantity), note
    )


def _axis_across(values: Sequence[float]) -> Axis:
    """An axis with a tick at each value where there is room for it, else with round ones."""
    low, high = values[0], values[-1]
    if low == high:
        return linear_axis(low - abs(low or 1.0) / 2, high + abs(high or 1.0) / 2)
    if low > 0.0 and high / low >= _WIDE:
        return log_axis(low, high)
    near = min(after - before for before, after in pairwise(values))
    if near < _LEAST_APART * (high - low):
        return linear_axis(low, high)
    beyond = _BEYOND * (high - low)
    return Axis(low - beyond, high + beyond, tuple(values), tuple(number(value) for value in values))


def _axis_up(curves: Sequence[Curve], unit: str) -> Axis:
    known = [
        value
        for curve in curves
        for mean in curve.means
        for value in (mean.value, mean.low, mean.high)
        if value is not None and is_number(value)
    ] or [0.0, 1.0]
    low, high = min(0.0, *known), max(0.0, *known)
    return linear_axis(low, high if high > low else low + 1.0, unit=unit)


def _frame(plot: Plot, across: Sequence[float], setting: str, quantity: str) -> Markup:
    """The plot's own frame; the setting's name is in its title, whatever it is called."""
    marks = [element("line", x1=plot.across(x), y1=plot.top + plot.height, x2=plot.across(x),
                     y2=plot.top + plot.height - 4, class_="axis") for x in across]  # fmt: skip
    return join([plot.frame(setting, quantity), *marks])


def _mean(plot: Plot, number_of: int, x: float, mean: Bar, told: str) -> Markup:
    y = plot.up(mean.value or 0.0)
    parts = [element("title", told)]
    if mean.low is not None and mean.high is not None and is_number(mean.low) and is_number(mean.high):
        low, high = plot.up(mean.low), plot.up(mean.high)
        path = f"M{x - 5:.1f},{high:.1f}h10M{x:.1f},{high:.1f}V{low:.1f}M{x - 5:.1f},{low:.1f}h10"
        parts.append(element("path", d=path, class_="whisker"))
    parts.append(element("circle", cx=x, cy=y, r=5, class_=f"stretch s{number_of}"))
    return element("g", *parts)


def _told(mean: Bar, unit: str) -> str:
    if mean.value is None:
        return f"not estimable: {mean.why}"
    told = f"{number(mean.value)} {unit}".rstrip()
    if mean.low is None or mean.high is None:
        return told
    return f"{told} [{number(mean.low)} to {number(mean.high)}]"


def _summary(curves: Sequence[Curve], setting: str, unit: str) -> str:
    told = []
    for curve in curves[:3]:
        pairs = [f"{number(x)}: {_told(m, unit)}" for x, m in zip(curve.values, curve.means, strict=True)]
        told.append(f"{curve.name or setting}: {'; '.join(pairs[:8])}{' …' if len(pairs) > 8 else ''}.")
    return " ".join(told)


def _table(title: str, curves: Sequence[Curve], setting: str, quantity: str) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (curve.name or quantity, x, mean.value, mean.low, mean.high)
        for curve in curves
        for x, mean in zip(curve.values, curve.means, strict=True)
    ]
    return Table(title, ("name", setting, quantity, "from", "to"), tuple(rows), collapsed=True)
