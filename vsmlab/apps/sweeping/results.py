"""What an experiment found: one figure and one table for a measure, and the runs that failed."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from vsmlab.apps.lab import address
from vsmlab.errors import InputError
from vsmlab.lab.experiments.figure import chart_of, ranked
from vsmlab.lab.experiments.knocked import Knockouts
from vsmlab.lab.experiments.points import shown
from vsmlab.lab.experiments.results import Difference, Sweep
from vsmlab.lab.experiments.store import TABLE
from vsmlab.lab.report.against import Curve, against
from vsmlab.lab.report.bars import Bar, Panel, bars
from vsmlab.lab.report.markup import Markup, element, join
from vsmlab.lab.report.numerals import counted, duration, number, time_unit
from vsmlab.lab.report.plot import MOST_NAMES, Chart
from vsmlab.mechanisms.intervals import Estimate

MOST_ROWS: Final = 400
MOST_FAILED: Final = 8
_MOST_BARS: Final = 40
_NOISE: Final = 1e-12
"""Share of a mean below which a difference is none."""


def show(done: Sweep, measure: str) -> Markup:
    """One experiment, looked at by one of its measures."""
    parts = [_head(done), _choice(done, measure)]
    parts.append(_failed(done))
    if measure:
        chart = _chart(done, measure)
        if chart is not None:
            parts.append(_figure(chart))
        parts.append(_effects(done, measure) if isinstance(done, Knockouts) else _points(done, measure))
    return join(parts)


def measures_in(done: Sweep) -> list[str]:
    """The measures to look at: those that were asked for, else the usual ones, and never all at once."""
    return done.shown or done.measures[:20]


def _head(done: Sweep) -> Markup:
    asked = done.asked
    what = "Knock-outs of" if isinstance(done, Knockouts) else "Sweep of"
    facts = [
        ("scenario", str(asked["name"])),
        ("points", f"{len(done.design.points):,}"),
        ("runs", f"{len(done.table):,}"),
        ("failed", f"{len(done.failed):,}"),
        ("horizon", duration(asked["horizon"])),
        ("folder", done.folder.name),
    ]
    rows = [element("div", element("dt", name), element("dd", value)) for name, value in facts]
    links = [
        element(
            "a",
            f"Download as {kind}",
            href=address("/sweep-table", name=done.folder.name, kind=kind.lower()),
            class_="button",
        )
        for kind in ("CSV", "Parquet")
    ]
    return join([
        element("h2", f"{what} {asked['title']}"),
        element("dl", *rows, class_="facts"),
        element("div", *links, class_="row tools"),
    ])  # fmt: skip


def _choice(done: Sweep, measure: str) -> Markup:
    names = measures_in(done)
    if len(names) < 2:
        return element("p", "Measure: ", element("code", measure)) if measure else Markup("")
    options = [element("option", name, value=name, selected=name == measure or None) for name in names]
    label = element("span", "Measure")
    return element(
        "p",
        element(
            "label", label, element("select", *options, data_live="measure", name_="measure"), class_="field"
        ),
    )


def _failed(done: Sweep) -> Markup:
    rows = done.failed
    if not len(rows):
        return Markup("")
    reasons: dict[str, list[str]] = {}
    for point, seed, reason in zip(
        rows["point"].tolist(), rows["seed"].tolist(), rows["reason"].tolist(), strict=True
    ):
        reasons.setdefault(str(reason or "no reason was kept"), []).append(
            f"{done.design.name(point)} (seed {seed})"
        )
    lines = []
    for reason, where in list(reasons.items())[:MOST_FAILED]:
        at = ", ".join(where[:4]) + (f" and {len(where) - 4} more" if len(where) > 4 else "")
        lines.append(
            element(
                "li",
                element("span", reason, class_="wrong-text"),
                element("span", f" at {at}", class_="soft"),
            )
        )
    more = len(reasons) - MOST_FAILED
    if more > 0:
        lines.append(element("li", f"{counted(more, 'other reason')}, in the table that you can download"))
    return element(
        "div",
        element("h3", f"{counted(len(rows), 'run')} failed"),
        element("ul", *lines, class_="list"),
        class_="message wrong",
    )


def _figure(chart: Chart) -> Markup:
    return element(
        "figure",
        element("figcaption", chart.title),
        element("div", chart.svg, class_="scroll", role="region", aria_label=chart.title, tabindex="0"),
        element("p", chart.note, class_="note") if chart.note else None,
    )


def _chart(done: Sweep, measure: str) -> Chart | None:
    if isinstance(done, Knockouts):
        return chart_of(done, measure)
    unit, size = _unit(done, measure)
    means = [_bar(_told_in(size, done.mean(point, measure))) for point in range(len(done.design.points))]
    quantity = _called(measure)
    curves = _curves(done, means)
    if curves is not None:
        setting = done.design.settings[0]
        title = f"{measure} against {' and '.join(done.design.settings)}"
        return against(title, curves, setting=_last(setting), quantity=quantity, unit=unit)
    names = [done.design.name(point) for point in range(len(means))]
    if len(names) > _MOST_BARS:
        return None
    panel = Panel(quantity, tuple(means), unit=unit)
    return bars(f"{measure} at each point", names, (panel,), interval="95 % interval")


def _curves(done: Sweep, means: list[Bar]) -> list[Curve] | None:
    """A curve for each value of the second setting, where the first is a number; None where that is not so."""
    settings, points = done.design.settings, done.design.points
    if done.asked["design"] not in ("grid", "list") or not 1 <= len(settings) <= 2:
        return None
    found: dict[str, dict[float, Bar]] = {}
    for values, mean in zip(points, means, strict=True):
        x = values[0]
        if isinstance(x, bool) or not isinstance(x, int | float):
            return None
        name = f"{_last(settings[1])} {shown(values[1])}" if len(settings) == 2 else ""
        found.setdefault(name, {})[float(x)] = mean
    if len(found) > MOST_NAMES or max(len(curve) for curve in found.values()) < 2:
        return None
    return [
        Curve(name, tuple(sorted(curve)), tuple(curve[x] for x in sorted(curve)))
        for name, curve in found.items()
    ]


def _points(done: Sweep, measure: str) -> Markup:
    compared: dict[int, Difference] = {}
    together = measures_in(done)
    if len(done.design.points) > 1 and done.asked["design"] in ("grid", "list"):
        compared = {one.point: one for one in done.differences(together) if one.measure == measure}
    unit, size = _unit(done, measure)
    columns = ["Point", "Runs", _with_unit("Mean", unit), "95 % interval"]
    if compared:
        columns += [_with_unit("Difference from the first", unit), "95 % interval", "Holm’s p"]
    rows = []
    for point in range(min(MOST_ROWS, len(done.design.points))):
        mean = _told_in(size, done.mean(point, measure))
        cells = [
            element("th", done.design.name(point), scope="row", class_="point"),
            _right(f"{mean.n:,}"),
            _right(number(mean.value) if mean.value is not None else "not estimable", why=mean.reason),
            _right(_interval(mean)),
        ]
        if point in compared:
            more = _told_in(size, _cleared(compared[point].estimate, done.mean(0, measure)))
            cells += [
                _right(_signed(more.value), why=more.reason),
                _right(_interval(more)),
                _right(_p(compared[point].holm)),
            ]
        elif compared:
            cells += [element("td", "with which the others are compared", colspan="3", class_="number soft")]
        rows.append(element("tr", *cells))
    note = "Mean over the seeds with Student’s 95 % interval."
    if compared:
        note += (
            " Differences are paired by seed (common random numbers); Holm’s p holds for all points"
            + (f" and all {len(together)} measures" if len(together) > 1 else "")
            + " together."
        )
    more_rows = len(done.design.points) - MOST_ROWS
    if more_rows > 0:
        note += f" {counted(more_rows, 'point')} more in the table that you can download."
    return _table(measure, columns, rows, note + _in_the_file(unit))


def _effects(done: Knockouts, measure: str) -> Markup:
    together = done.effects(measures_in(done))
    there = done.mean(0, measure)
    unit, size = _unit(done, measure)
    columns = ["Without", "Runs", _with_unit("Mean", unit), "95 % interval",
               _with_unit("Difference from all", unit), "95 % interval", "Holm’s p"]  # fmt: skip
    labels = [done.design.name(point) for point in range(len(done.design.points))]
    first = element(
        "tr",
        element("th", labels[0], scope="row", class_="point"),
        _right(f"{there.n:,}"),
        _right(number(_told_in(size, there).value)),
        _right(_interval(_told_in(size, there))),
        element("td", "with which the others are compared", colspan="3", class_="number soft"),
    )
    rows = [first]
    for row in ranked([one for one in together if one.effect.measure == measure])[:MOST_ROWS]:
        mean = _told_in(size, done.mean(labels.index(row.effect.knockout), measure))
        more = _told_in(size, _cleared(row.effect.difference, there))
        rows.append(
            element(
                "tr",
                element("th", row.effect.knockout, scope="row", class_="point"),
                _right(f"{mean.n:,}"),
                _right(number(mean.value) if mean.value is not None else "not estimable", why=mean.reason),
                _right(_interval(mean)),
                _right(_signed(more.value), why=more.reason),
                _right(_interval(more)),
                _right(_p(row.holm)),
            )
        )
    note = (
        "The largest ratio first. Differences are paired by seed (common random numbers); Holm’s p holds for all "
        f"knock-outs and {counted(len(measures_in(done)), 'measure')} together."
    )
    return _table(measure, columns, rows, note + _in_the_file(unit))


def _table(measure: str, columns: list[str], rows: list[Markup], note: str) -> Markup:
    head = element(
        "tr",
        *(element("th", name, scope="col", class_="number" if k else None) for k, name in enumerate(columns)),
    )
    table = element("table", element("caption", measure), element("thead", head), element("tbody", *rows))
    scroll = element(
        "div", table, class_="scroll", role="region", aria_label=f"Table of {measure}", tabindex="0"
    )
    return join([scroll, element("p", note, class_="note")])


def _unit(done: Sweep, measure: str) -> tuple[str, float]:
    """The unit in which figure and table tell a measure, and how much of the measure's own is in one."""
    if not measure.endswith("_s"):
        return "", 1.0
    means = [done.mean(point, measure) for point in range(len(done.design.points))]
    known = [abs(value) for mean in means for value in (mean.value, mean.low, mean.high) if value is not None]
    return time_unit(max(known, default=1.0) or 1.0)


def _told_in(size: float, of: Estimate) -> Estimate:
    """The same estimate, told in a unit of which one is so many of the measure's own."""
    if size == 1.0:
        return of
    return replace(
        of,
        value=None if of.value is None else of.value / size,
        low=None if of.low is None else of.low / size,
        high=None if of.high is None else of.high / size,
    )


def _with_unit(name: str, unit: str) -> str:
    return f"{name} ({unit})" if unit else name


def _in_the_file(unit: str) -> str:
    return "" if unit in ("", "s") else " The table that you can download is in seconds."


def _cleared(more: Estimate, of: Estimate) -> Estimate:
    """A difference, without what adding up in another order makes of none."""
    least = _NOISE * abs(of.value or 0.0)

    def clear(value: float | None) -> float | None:
        return 0.0 if value is not None and abs(value) < least else value

    return replace(more, value=clear(more.value), low=clear(more.low), high=clear(more.high))


def _bar(mean: Estimate) -> Bar:
    return Bar(mean.value, mean.low, mean.high, why=mean.reason)


def _right(value: str, why: str = "") -> Markup:
    return element("td", value, class_="number", title=why or None)


def _interval(of: Estimate) -> str:
    return "–" if of.low is None or of.high is None else f"{number(of.low)} to {number(of.high)}"


def _signed(value: float | None) -> str:
    return "not estimable" if value is None else f"{'+' if value > 0 else ''}{number(value)}"


def _p(p: float) -> str:
    return "–" if math.isnan(p) else "< 0.001" if p < 0.001 else f"{p:.3f}"


def _last(path: str) -> str:
    parts = path.split(".")
    return ".".join(parts[-2:]) if len(parts) > 1 else path


def _called(measure: str) -> str:
    return measure.rpartition(".")[2].removesuffix("_s").replace("_", " ")


# Downloads


def csv_of(folder: Path) -> Iterator[bytes]:
    """The table of an experiment as CSV, some rows at a time.

    Raises:
        InputError: If it has none.
    """
    import pyarrow.parquet as pq

    file = folder / TABLE
    if file.is_symlink() or not file.is_file():
        raise InputError("", "experiment", "it has no table yet", given=folder.name, right="let it end first")
    with pq.ParquetFile(file) as opened:
        names = opened.schema_arrow.names
        for number_of, batch in enumerate(opened.iter_batches(batch_size=500)):
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\n")
            if number_of == 0:
                writer.writerow(names)
            columns = [column.to_pylist() for column in batch.columns]
            writer.writerows(
                ["" if value is None else value for value in row] for row in zip(*columns, strict=True)
            )
            yield text.getvalue().encode("utf-8", "replace")
