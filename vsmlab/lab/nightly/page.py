"""The page of a nightly file: what came of every job, its measures over time with their bands, and links."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import Final
from urllib.parse import quote

from vsmlab.lab.nightly.document import Job, Nightly
from vsmlab.lab.nightly.history import Execution
from vsmlab.lab.nightly.trend import STYLE, Point, trend
from vsmlab.lab.report.markup import Markup, anchor, element, join, link
from vsmlab.lab.report.numerals import counted, duration, number
from vsmlab.lab.report.plot import Chart
from vsmlab.lab.report.style import page_style
from vsmlab.lab.report.table import Table, draw_table

MOST_ROWS: Final = 14
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def write_index(file: Path, nightly: Nightly, history: Sequence[Execution], reports: Path) -> None:
    """Write the page, whole or not at all."""
    hidden = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        hidden.write_text(index_page(nightly, history, reports), encoding="utf-8")
        hidden.replace(file)
    finally:
        hidden.unlink(missing_ok=True)


def index_page(nightly: Nightly, history: Sequence[Execution], reports: Path) -> str:
    """The page as one document that needs no other file and runs no script."""
    title = nightly.title or nightly.name
    by_job = {name: [one for one in history if one.job == name] for name in nightly.jobs}
    head = element(
        "head",
        element("meta", charset="utf-8"),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
        element("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name_="color-scheme", content="light dark"),
        element("title", title),
        Markup(f"<style>{page_style()} {STYLE} .when {{ white-space: nowrap; }}</style>"),
    )
    jobs = [_job(name, nightly.jobs[name], done, reports) for name, done in by_job.items()]
    foot = element("p", "Written by vsmlab nightly from history.jsonl; names are shown as they are.")
    body = element("body", _header(title, nightly, by_job), element("main", *jobs), element("footer", foot))
    return "<!DOCTYPE html>\n" + element("html", head, body, lang="en") + "\n"


def _header(title: str, nightly: Nightly, by_job: dict[str, list[Execution]]) -> Markup:
    last = {name: done[-1] for name, done in by_job.items() if done}
    bad = [name for name, one in last.items() if not one.good]
    if bad:
        verdict = element("p", f"✗ not as it should be: {', '.join(bad)}", class_="verdict fail")
    elif last:
        verdict = element("p", "✓ all that was executed last is as it should be", class_="verdict pass")
    else:
        verdict = element("p", "Nothing has been executed yet.", class_="verdict")
    newest = max((one.when for one in last.values()), default=None)
    peak = max((one.peak_bytes for one in last.values() if one.peak_bytes), default=None)
    cards = [
        ("jobs", number(len(nightly.jobs)), f"{len(last)} of them executed"),
        ("last began", "–" if newest is None else newest.astimezone(UTC).strftime("%d %b %H:%M"), "UTC"),
        (
            "executions",
            number(sum(map(len, by_job.values()))),
            f"{sum(not one.good for d in by_job.values() for one in d)} not good",
        ),
        ("time of the last of each", duration(sum(one.seconds for one in last.values())), "wall clock"),
        ("most memory", "–" if peak is None else f"{number(peak / 1e6)} MB", "of one job, last time"),
    ]
    shown = [
        element(
            "div",
            element("dt", name),
            element("dd", value, class_="big"),
            element("dd", note, class_="small"),
            class_="card",
        )
        for name, value, note in cards
    ]
    contents = [element("li", element("a", name, href=link("job", name))) for name in by_job]
    return element(
        "header",
        element("p", f"Nightly executions of {nightly.name}", class_="eyebrow"),
        element("h1", title),
        verdict,
        element("dl", *shown, class_="cards"),
        element("nav", element("ol", *contents), aria_label="Jobs", class_="contents"),
    )


def _job(name: str, job: Job, done: Sequence[Execution], reports: Path) -> Markup:
    identifier = anchor("job", name)
    what = job.notebook or job.scenario or ""
    heading = element("h2", name, id=f"{identifier}-title")
    if not done:
        return element("section", heading, element("p", f"{what}: not executed yet."), id=identifier)
    charts = [_trend(measure, done) for measure in job.kept]
    return element(
        "section",
        heading,
        element(
            "p", f"{job.kind.capitalize()} {what}, ", counted(len(done), "execution"), ".", class_="lead"
        ),
        _last(done[-1], reports),
        *map(_drawn, charts),
        _table(name, done, reports),
        id=identifier,
        aria_labelledby=f"{identifier}-title",
    )


def _last(one: Execution, reports: Path) -> Markup:
    """The last execution: verdict on each measure, error, remarks, links."""
    result = (
        element("span", "✓ good", class_="pass") if one.good else element("span", "✗ not good", class_="fail")
    )
    when = one.when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    parts = [element("p", "Last: ", result, f", {when}, {duration(one.seconds)}. ", _links(one, reports))]
    if one.error:
        parts.append(element("p", element("strong", "Error: "), one.error))
    parts += [element("p", remark, class_="note") for remark in one.remarks]
    judged = {verdict["measure"] for verdict in one.verdicts}
    rows: list[tuple[str | float | None, ...]] = []
    for verdict in one.verdicts:
        why = f" ({verdict['reason']})" if verdict["reason"] else ""
        rows.append((verdict["measure"], verdict["value"], _inside(verdict), f"{verdict['wanted']}{why}"))
    rows += [(measure, value, "", "") for measure, value in one.measures.items() if measure not in judged]
    if rows:
        parts.append(
            draw_table(
                Table(
                    "Measures of the last execution",
                    ("measure", "value", "result", "wanted"),
                    tuple(rows),
                )
            )
        )
    return join(parts)


def _inside(verdict: object) -> Markup | str:
    if not isinstance(verdict, dict):
        return ""
    if verdict["inside"] is None:
        return element("span", "? too early", class_="unknown")
    return (
        element("span", "✓ inside", class_="pass")
        if verdict["inside"]
        else element("span", "✗ outside", class_="fail")
    )


def _trend(measure: str, done: Sequence[Execution]) -> Chart:
    points = []
    for one in done:
        verdict = next((said for said in one.verdicts if said["measure"] == measure), {})
        points.append(
            Point(
                one.when,
                one.measures.get(measure),
                verdict.get("low"),
                verdict.get("high"),
                verdict.get("inside"),
            )
        )
    return trend(measure, points)


def _drawn(chart: Chart) -> Markup:
    return element(
        "figure",
        element("figcaption", chart.title),
        element("div", chart.svg, class_="scroll"),
        element("p", chart.summary, class_="summary"),
        draw_table(chart.table),
    )


def _links(one: Execution, reports: Path) -> Markup:
    """What can be opened, as far as it is still there."""
    there = [(what, path) for what, path in one.files.items() if (reports / path).is_file()]
    return join((element("a", what, href=quote(path)) for what, path in there), " · ")


def _table(name: str, done: Sequence[Execution], reports: Path) -> Markup:
    rows = tuple(
        (
            element("span", one.when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"), class_="when"),
            element("span", "✓ good", class_="pass")
            if one.good
            else element("span", "✗ not good", class_="fail"),
            duration(one.seconds),
            "–" if one.peak_bytes is None else f"{number(one.peak_bytes / 1e6)} MB",
            one.error or ", ".join(str(verdict["measure"]) for verdict in one.left),
            _links(one, reports),
        )
        for one in reversed(done[-MOST_ROWS:])
    )
    note = f"{len(done) - MOST_ROWS} older ones are in history.jsonl." if len(done) > MOST_ROWS else ""
    columns = ("began (UTC)", "result", "time", "memory", "what was wrong", "open")
    return draw_table(Table(f"Executions of {name}, the newest first", columns, rows, note=note))
