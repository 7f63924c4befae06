"""Charts over time: named lines and steps, stacked areas, a band of quantiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vsmlab.lab.report.axes import linear_axis
from vsmlab.lab.report.curves import area_path, line_path
from vsmlab.lab.report.decimation import MOST_POINTS, is_number, kept_points
from vsmlab.lab.report.markup import Markup, element, join
from vsmlab.lab.report.numerals import counted, duration, number
from vsmlab.lab.report.plot import DASHES, MOST_NAMES, Chart, Plot, end_labels, margin, words
from vsmlab.lab.report.surroundings import Setting, around, level_lines
from vsmlab.lab.report.table import Cell, Table

Values = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Series:
    """One named quantity over time.

    Attributes:
        name: What it is called.
        times: Seconds, ascending.
        values: One for each time; None where nothing is known.
        thin: Drawn as a thin line without dashes, behind another that stands for it.
    """

    name: str
    times: Sequence[float]
    values: Values
    thin: bool = False

    def __post_init__(self) -> None:
        if len(self.times) != len(self.values):
            raise ValueError(f"{self.name}: {len(self.values)} values at {len(self.times)} times")


@dataclass(frozen=True, slots=True)
class Band:
    """A shaded area between two quantities at the same times, as wide as something is uncertain."""

    name: str
    times: Sequence[float]
    low: Values
    high: Values


_PLAIN = Setting()


def lines(
    title: str,
    series: Sequence[Series],
    *,
    quantity: str,
    unit: str = "",
    steps: bool = False,
    setting: Setting = _PLAIN,
    band: Band | None = None,
    foot: str = "",
) -> Chart:
    """Several quantities over time, each with its own dashes and its name at its end.

    Args:
        title: What the chart shows.
        series: What to draw; beyond eight the rest is in the table only.
        quantity: Title of the vertical axis.
        unit: Unit of the values; ``"s"`` is told in the unit of time that fits.
        steps: Values hold until the next time (counts, agents) instead of being joined.
        setting: What surrounds the data.
        band: A shaded area behind the lines.
        foot: A line of words below, in the drawing.
    """
    drawn = series[:MOST_NAMES]
    everything = [value for one in drawn for value in one.values] + [level for level, _ in setting.levels]
    if band is not None:
        everything += [*band.low, *band.high]
    plot = _plot([one.name for one in drawn], [one.times for one in drawn], everything, unit, setting)
    parts = [around(plot, setting), plot.frame("time", quantity), level_lines(plot, setting)]
    if band is not None:
        parts.append(_shaded(plot, band))
    ends = []
    for k, one in sorted(enumerate(drawn), key=lambda pair: not pair[1].thin):
        kept = kept_points(one.values)
        times, values = [one.times[i] for i in kept], [one.values[i] for i in kept]
        path = line_path(plot, times, values, steps)
        if not path:
            continue
        parts.append(
            element(
                "path",
                element("title", _told(one, unit)),
                d=path,
                class_=f"line thin s{k}" if one.thin else f"line s{k}",
                stroke_dasharray=None if one.thin else DASHES[k] or None,
                stroke_opacity=0.55 if one.thin else None,
            )
        )
        last = next(value for value in reversed(values) if value is not None and is_number(value))
        ends.append((one.name, plot.up(last), f"s{k}"))
    parts.append(_ends(plot, ends))
    if foot:
        parts.append(words(foot, 6.0, plot.top + plot.height + 37, kind="tick"))
    return _chart(title, plot, parts, series, quantity, unit, len(series) - len(drawn))


def stacked(
    title: str,
    series: Sequence[Series],
    *,
    quantity: str,
    unit: str = "",
    steps: bool = True,
    setting: Setting = _PLAIN,
) -> Chart:
    """Quantities that add up, one above the other, the first at the bottom.

    Args:
        title: What the chart shows.
        series: What to stack, all at the same times; the eighth and all beyond it are one area, "others".
        quantity: Title of the vertical axis.
        unit: Unit of the values.
        steps: Values hold until the next time.
        setting: What surrounds the data.

    Raises:
        ValueError: If the times differ or a value is negative.
    """
    for one in series[1:]:
        if list(one.times) != list(series[0].times):
            raise ValueError(f"{one.name} is at other times than {series[0].name}; stacked areas share them")
    layers = [(one.name, [value or 0.0 for value in one.values]) for one in series]
    if any(value < 0 for _, values in layers for value in values):
        raise ValueError(f"{title}: a negative value; stacked areas need values of 0 or more")
    if len(layers) > MOST_NAMES:
        others = [sum(column) for column in zip(*(v for _, v in layers[MOST_NAMES - 1 :]), strict=True)]
        layers = [*layers[: MOST_NAMES - 1], ("others", others)]
    times = list(series[0].times) if series else []
    most = max(5, MOST_POINTS // max(1, len(layers)))
    kept = sorted({i for _, values in layers for i in kept_points(values, most)})
    times = [times[i] for i in kept]
    tops: list[list[float]] = []
    below = [0.0] * len(kept)
    for _, values in layers:
        below = [base + values[i] for base, i in zip(below, kept, strict=True)]
        tops.append(below)
    everything: list[float | None] = [*(tops[-1] if tops else []), *(level for level, _ in setting.levels)]
    plot = _plot([name for name, _ in layers], [times], everything, unit, setting)
    parts = [plot.frame("time", quantity)]
    ends = []
    floor = [0.0] * len(kept)
    for k, ((name, _), top) in enumerate(zip(layers, tops, strict=True)):
        rest = len(layers) < len(series) and k == MOST_NAMES - 1
        told = f"{len(series) - k} others" if rest else _told(series[k], unit)
        parts.append(
            element(
                "path",
                element("title", told),
                d=area_path(plot, times, floor, top, steps),
                class_=f"area s{k}",
            )
        )
        if top:
            ends.append((name, plot.up((floor[-1] + top[-1]) / 2), f"s{k}"))
        floor = top
    parts += [around(plot, setting), level_lines(plot, setting), _ends(plot, ends)]
    return _chart(title, plot, parts, series, quantity, unit, 0)


def quantile_band(
    title: str,
    times: Sequence[float],
    quantiles: Mapping[float, Values],
    *,
    quantity: str,
    unit: str = "",
    setting: Setting = _PLAIN,
) -> Chart:
    """Quantiles over time: bands between pairs that mirror each other, lines at each, the middle one thick.

    Args:
        title: What the chart shows.
        times: Seconds, ascending.
        quantiles: Values by probability, for instance at 0.05, 0.25, 0.5, 0.75 and 0.95.
        quantity: Title of the vertical axis.
        unit: Unit of the values.
        setting: What surrounds the data.
    """
    levels = sorted(quantiles)
    series = [Series(f"p{100 * level:g}", times, quantiles[level]) for level in levels]
    plot = _plot(["p50 (median)"], [times], [value for one in series for value in one.values], unit, setting)
    parts = [around(plot, setting), plot.frame("time", quantity), level_lines(plot, setting)]
    for k in range(len(series) // 2):
        low, high = series[k], series[-1 - k]
        told = f"between {low.name} and {high.name}"
        parts.append(_shaded(plot, Band(told, times, low.values, high.values)))
    ends = []
    for k, one in enumerate(series):
        kept = kept_points(one.values)
        values = [one.values[i] for i in kept]
        path = line_path(plot, [times[i] for i in kept], values, False)
        if path:
            middle = 2 * k + 1 == len(series)
            kind = "line s0" if middle else "line thin s0"
            parts.append(element("path", element("title", _told(one, unit)), d=path, class_=kind))
            last = next(value for value in reversed(values) if value is not None and is_number(value))
            ends.append((one.name + (" (median)" if levels[k] == 0.5 else ""), plot.up(last), "s0"))
    parts.append(_ends(plot, ends))
    return _chart(title, plot, parts, series, quantity, unit, 0)


def _plot(
    names: Sequence[str], times: Sequence[Sequence[float]], values: Values, unit: str, setting: Setting
) -> Plot:
    end = setting.end
    if end is None:
        end = max((one[-1] for one in times if len(one)), default=setting.start + 1.0)
    x = linear_axis(setting.start, end, unit="s", count=9, whole=False)
    known = [value for value in values if value is not None and is_number(value)]
    low, high = min([0.0, *known]), max([0.0, *known])
    return Plot(x, linear_axis(low, high, unit=unit), margin(names))


def _ends(plot: Plot, ends: list[tuple[str, float, str]]) -> Markup:
    right = plot.left + plot.width
    return end_labels(ends, right, plot.right, plot.top, plot.top + plot.height)


def _known(first: Values, second: Values) -> list[list[int]]:
    """Stretches of indices in which both are known."""
    runs: list[list[int]] = [[]]
    for i, (one, other) in enumerate(zip(first, second, strict=True)):
        if is_number(one) and is_number(other):
            runs[-1].append(i)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _shaded(plot: Plot, band: Band) -> Markup:
    """The area of a band, in as many pieces as it is known in."""
    parts = []
    for run in _known(band.low, band.high):
        most = MOST_POINTS // 2
        both = {k for one in (band.low, band.high) for k in kept_points([one[i] for i in run], most)}
        kept = [run[k] for k in sorted(both)]
        at = [band.times[i] for i in kept]
        low, high = ([one[i] or 0.0 for i in kept] for one in (band.low, band.high))
        area = area_path(plot, at, low, high, False)
        parts.append(element("path", element("title", band.name), d=area, class_="band"))
    return join(parts)


def _span(one: Series) -> tuple[tuple[float, float], tuple[float, float], float] | None:
    """Least and greatest value with their times, and the last value."""
    known = [
        (value, time)
        for value, time in zip(one.values, one.times, strict=True)
        if value is not None and is_number(value)
    ]
    if not known:
        return None
    return min(known), max(known, key=lambda pair: pair[0]), known[-1][0]


def _amount(value: float, unit: str) -> str:
    return duration(value) if unit == "s" else f"{number(value)} {unit}".rstrip()


def _told(one: Series, unit: str) -> str:
    span = _span(one)
    if span is None:
        return f"{one.name}: nothing known"
    (low, _), (high, when), last = span
    return (
        f"{one.name}: from {_amount(low, unit)} to {_amount(high, unit)} (at {duration(when)}), "
        f"{_amount(last, unit)} at the end"
    )


def _chart(
    title: str,
    plot: Plot,
    parts: list[Markup],
    series: Sequence[Series],
    quantity: str,
    unit: str,
    left_out: int,
) -> Chart:
    known = [_told(one, unit) for one in series[:MOST_NAMES] if _span(one) is not None]
    where = f"{quantity} from {duration(plot.x.low)} to {duration(plot.x.high)}"
    summary = f"{where}. {'; '.join(known)}." if known else f"{where}: nothing to show."
    if left_out:
        summary += f" {counted(left_out, 'more line is', 'more lines are')} in the table only."
        parts = [
            *parts,
            words(
                f"and {counted(left_out, 'more line')} in the table", plot.left, plot.top + plot.height + 37
            ),
        ]
    if not known:
        middle = plot.left + plot.width / 2
        parts = [*parts, words("nothing to show", middle, plot.top + plot.height / 2, anchor="middle")]
    in_unit = f" ({unit})" if unit else ""
    rows: list[tuple[Cell, ...]] = []
    for one in series:
        span = _span(one)
        if span is None:
            rows.append((one.name, None, None, None, None, None))
        else:
            (low, at_low), (high, at_high), last = span
            rows.append((one.name, low, at_low, high, at_high, last))
    columns = ("name", f"least{in_unit}", "at (s)", f"greatest{in_unit}", "at (s)", f"last{in_unit}")
    table = Table(f"{title}: least, greatest and last value", columns, tuple(rows), collapsed=True)
    return Chart(title, plot.svg(title, summary, *parts), summary, table)
