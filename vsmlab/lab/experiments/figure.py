"""The figure of a knock-out study: a page that needs nothing else, and its first chart as a drawing."""

from __future__ import annotations

import math
from collections.abc import Sequence

from vsmlab.lab.experiments.knocked import Knockouts, Row
from vsmlab.lab.experiments.store import write_whole
from vsmlab.lab.pictures import picture_of
from vsmlab.lab.report.bars import Bar
from vsmlab.lab.report.markup import Markup, element
from vsmlab.lab.report.numerals import duration
from vsmlab.lab.report.plot import Chart
from vsmlab.lab.report.ratios import ratios
from vsmlab.lab.report.style import page_style
from vsmlab.lab.report.table import Table, draw_table

PAGE = "knockouts.html"
DRAWING = "knockouts.svg"
MOST_ROWS = 60
"""Rows of a chart: of many pairs those with the largest effects."""


def chart_of(study: Knockouts, measure: str) -> Chart:
    """What each knock-out multiplies a measure by, the largest on top."""
    rows = ranked(study.effects(measure))[:MOST_ROWS]
    dots = []
    for row in rows:
        ratio = row.effect.ratio
        dots.append(Bar(ratio.value, ratio.low, ratio.high, why=ratio.reason))
    title = f"What each knock-out multiplies {measure} by"
    names = [row.effect.knockout for row in rows]
    return ratios(title, names, dots, quantity="knocked out over there")


def ranked(rows: Sequence[Row]) -> list[Row]:
    """Effects from the largest ratio to the smallest; what has none comes last."""

    def size(row: Row) -> tuple[bool, float]:
        value = row.effect.ratio.value
        return value is None, -math.inf if value is None else -value

    return sorted(rows, key=size)


def write_figure(study: Knockouts) -> None:
    """Write the page and the drawing into the study's folder."""
    charts = [chart_of(study, measure) for measure in study.shown]
    first = picture_of(charts[0])
    write_whole(study.folder / DRAWING, first.svg.encode() + b"\n")
    write_whole(study.folder / PAGE, page_of(study, charts).encode())


def page_of(study: Knockouts, charts: Sequence[Chart]) -> str:
    """The whole page: a chart and a table for each measure."""
    asked = study.asked
    runs = len(study.table)
    lead = (
        f"{len(study.design.points) - 1} knock-outs, one at a time, each on the same seeds as the whole: "
        f"{runs} runs of {duration(asked['horizon'])}"
        + (f", {len(study.failed)} of which failed." if len(study.failed) else ".")
    )
    how = (
        "A dot is the geometric mean over the seeds of the measure with the knock-out over the measure without; "
        "whiskers are 95 % intervals for each by itself, and a dot stands out where its own leaves out 1. Holm's "
        "p is of the mean difference, and holds for all knock-outs and measures together."
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        Markup(
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
            "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">"
        ),
        element("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name_="color-scheme", content="light dark"),
        element("title", f"Knock-outs of {asked['name']}"),
        Markup(f"<style>{page_style()}</style>"),
    )
    header = element(
        "header",
        element("p", f"Knock-outs of {asked['name']}", class_="eyebrow"),
        element("h1", asked["title"]),
        element("p", lead, class_="shows"),
        element("p", how, class_="lesson"),
    )
    sections = [
        element("section", element("h2", measure), _figure(chart), draw_table(_table(study, measure)))
        for measure, chart in zip(study.shown, charts, strict=True)
    ]
    body = element("body", header, element("main", *sections))
    return "<!DOCTYPE html>\n" + element("html", head, body, lang="en") + "\n"


def _figure(chart: Chart) -> Markup:
    return element(
        "figure",
        element("figcaption", chart.title),
        element("div", chart.svg, class_="scroll"),
        element("p", chart.note, class_="note"),
    )


def _table(study: Knockouts, measure: str) -> Table:
    columns = ("without", "there", "knocked out", "more", "from", "to", "Holm's p", "pairs")
    p = {(row.effect.knockout, row.effect.measure): row.holm for row in study.effects()}
    cells = []
    for row in ranked(study.effects(measure)):
        effect, more = row.effect, row.effect.difference
        n = len(effect.having)
        there = math.fsum(effect.having) / n if n else None
        out = math.fsum(effect.missing) / n if n else None
        cells.append(
            (effect.knockout, there, out, more.value, more.low, more.high, p[effect.knockout, measure], n)
        )
    return Table(f"Effects on {measure}", columns, tuple(cells))
