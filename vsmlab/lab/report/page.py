"""One self-contained HTML document from the parts of a report; it asks nothing of any other machine."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vsmlab.lab.report.diagram import draw_system
from vsmlab.lab.report.markup import Markup, anchor, element, join, link
from vsmlab.lab.report.numerals import counted, duration, number
from vsmlab.lab.report.plot import Chart
from vsmlab.lab.report.style import page_style
from vsmlab.lab.report.system import DiagramSystem, system_tables
from vsmlab.lab.report.table import Table, draw_table

# With it one level of recursion is shown at a time and tables print unfolded; without it all is there.
_SCRIPT = """
(function () {
  var levels = document.querySelectorAll(".recursion");
  function show() {
    var id = "";
    try { id = decodeURIComponent(location.hash.slice(1)); } catch (error) { return; }
    var wanted = document.getElementById(id);
    if (!wanted || !wanted.classList.contains("recursion")) { return; }
    levels.forEach(function (level) { level.classList.toggle("current", level === wanted); });
    wanted.parentNode.scrollIntoView();
  }
  if (levels.length > 1) {
    levels[0].classList.add("current");
    levels[0].parentNode.classList.add("one-level");
    window.addEventListener("hashchange", show);
    show();
  }
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (part) { part.open = true; });
  });
})();
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that stands at the top of the report.

    Attributes:
        name: What it is.
        value: The number with its unit.
        note: Its interval, or what it compares with; may be empty.
    """

    name: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """What was run.

    Attributes:
        title: The scenario's title.
        name: The scenario's name.
        seed: Seed of every draw.
        engine: Engine that ran it.
        digest: The run's digest.
        horizon_s: End of the run in seconds.
        warmup_s: Seconds before anything was measured.
        shows: What there is to see; may be empty.
        lesson: What it teaches; may be empty.
        versions: Version by name of what ran.
        counts: How many of what (events, messages, tasks ...).
        figures: The main numbers.
        facts: Further facts by name (scenario's checksum, wall seconds ...).
    """

    title: str
    name: str
    seed: int
    engine: str
    digest: str
    horizon_s: float
    warmup_s: float = 0.0
    shows: str = ""
    lesson: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expectation:
    """One line of `expect` and what the run says to it.

    Attributes:
        measure: Path into the measures.
        wanted: What was expected, in words.
        value: What was measured; None when it is not estimable.
        passed: Whether it holds; None when it cannot be said.
        why: Why it was expected; may be empty.
    """

    measure: str
    wanted: str
    value: float | None
    passed: bool | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Levels:
    """The diagrams of an organisation, one for each viable system, parents before children."""

    systems: tuple[DiagramSystem, ...]


Block = Chart | Table | Levels | str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report.

    Attributes:
        key: Its short name in the page's address.
        title: Its heading.
        lead: What it says, in a sentence or two.
        blocks: Charts, tables, diagrams and paragraphs, in order.
    """

    key: str
    title: str
    lead: str
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the page shows.

    Attributes:
        header: What was run.
        sections: The parts, in order.
        expectations: What the scenario expects of its run.
        not_estimable: Measures that could not be estimated: path and why.
    """

    header: Header
    sections: tuple[Section, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    not_estimable: tuple[tuple[str, str], ...] = ()


def write_page(report: Report) -> str:
    """The whole document as text.

    It needs no other file and no network (its content security policy forbids both), is readable without its
    few lines of script, in light and dark, on paper and by ear. Every name in it is text.
    """
    drawn = [
        (section.key, section.title, _section(section, join(map(_block, section.blocks))))
        for section in report.sections
    ]
    if report.expectations:
        drawn.insert(0, ("expect", "What was expected", _expected(report.expectations)))
    drawn.append(("not-estimable", "What was not estimable, and why", _missing(report.not_estimable)))
    script = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{script}'; base-uri 'none'; "
        "form-action 'none'"
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        element("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name_="color-scheme", content="light dark"),
        element("title", report.header.title),
        Markup(f"<style>{page_style()}</style>"),
    )
    contents = element(
        "nav",
        element(
            "ol", *(element("li", element("a", title, href=link("part", key))) for key, title, _ in drawn)
        ),
        aria_label="Contents",
        class_="contents",
    )
    body = element(
        "body",
        _header(report, contents),
        element("main", *(part for _, _, part in drawn)),
        element(
            "footer", element("p", "Written by vsmlab from the run's folder; names are shown as they are.")
        ),
        Markup(f"<script>{_SCRIPT}</script>"),
    )
    return "<!DOCTYPE html>\n" + element("html", head, body, lang="en") + "\n"


def _section(section: Section, content: Markup) -> Markup:
    identifier = anchor("part", section.key)
    return element(
        "section",
        element("h2", section.title, id=f"{identifier}-title"),
        element("p", section.lead, class_="lead") if section.lead else None,
        content,
        id=identifier,
        aria_labelledby=f"{identifier}-title",
    )


def _block(block: Block) -> Markup:
    if isinstance(block, Chart):
        return _chart(block)
    if isinstance(block, Table):
        return draw_table(block)
    if isinstance(block, Levels):
        return element("div", *(_level(system, block.systems) for system in block.systems))
    return element("p", block)


def _chart(chart: Chart) -> Markup:
    return element(
        "figure",
        element("figcaption", chart.title),
        element("div", chart.svg, class_="scroll"),
        element("p", chart.note, class_="note") if chart.note else None,
        draw_table(chart.table),
    )


def _level(system: DiagramSystem, systems: Sequence[DiagramSystem]) -> Markup:
    """One system at its own level, with the way up to the root and its tables."""
    by_path = {one.path: one for one in systems}
    way = [system]
    while (parent := way[0].parent_path) is not None and parent in by_path and len(way) <= len(systems):
        way.insert(0, by_path[parent])
    crumbs = [
        element("li", element("a", one.name, href=link("system", one.path)))
        if one is not system
        else element("li", element("span", one.name, aria_current="page"))
        for one in way
    ]
    inside = counted(len(system.operations), "operation")
    return element(
        "div",
        element("nav", element("ol", *crumbs), aria_label="Levels of recursion", class_="crumbs")
        if len(way) > 1
        else None,
        element("h3", f"{system.path}: {inside}"),
        element(
            "div", draw_system(system), class_="scroll", tabindex="0", role="region", aria_label=system.path
        ),
        *(draw_table(table) for table in system_tables(system) if table.rows),
        class_="recursion",
        id=anchor("system", system.path),
    )


def _header(report: Report, contents: Markup) -> Markup:
    header = report.header
    cards = [
        element(
            "div",
            element("dt", one.name),
            element("dd", one.value, class_="big"),
            element("dd", one.note, class_="small") if one.note else None,
            class_="card",
        )
        for one in header.figures
    ]
    facts = [
        ("seed", element("code", str(header.seed))),
        ("engine", header.engine),
        ("horizon", f"{duration(header.horizon_s)} ({number(header.horizon_s)} s)"),
        ("warm-up", duration(header.warmup_s) if header.warmup_s else "none"),
        *((name, number(count)) for name, count in header.counts.items()),
        *header.versions.items(),
        *header.facts.items(),
    ]
    rows = [element("div", element("dt", name), element("dd", value)) for name, value in facts]
    rows.append(
        element("div", element("dt", "digest"), element("dd", element("code", header.digest)), class_="wide")
    )
    return element(
        "header",
        element("p", f"Run of {header.name}", class_="eyebrow"),
        element("h1", header.title),
        element("p", header.shows, class_="shows") if header.shows else None,
        element("p", header.lesson, class_="lesson") if header.lesson else None,
        _verdict(report.expectations),
        element("dl", *cards, class_="cards") if cards else None,
        element("dl", *rows, class_="facts"),
        contents,
    )


def _verdict(expectations: Sequence[Expectation]) -> Markup | None:
    if not expectations:
        return None
    failed = sum(one.passed is not True for one in expectations)
    if failed:
        line = f"✗ {failed} of {counted(len(expectations), 'expectation')} not met"
        return element("p", line, class_="verdict fail")
    return element("p", f"✓ {counted(len(expectations), 'expectation')} met", class_="verdict pass")


def _result(passed: bool | None) -> Markup:
    if passed is None:
        return element("span", "? not estimable", class_="unknown")
    return element("span", "✓ pass", class_="pass") if passed else element("span", "✗ fail", class_="fail")


def _expected(expectations: Sequence[Expectation]) -> Markup:
    table = Table(
        "Expectations of the scenario",
        ("measure", "result", "wanted", "measured", "why"),
        tuple((one.measure, _result(one.passed), one.wanted, one.value, one.why) for one in expectations),
    )
    lead = "The scenario says what its run must show; vsmlab run --check fails where one of these does."
    return _section(Section("expect", "What was expected", lead), draw_table(table))


def _missing(missing: Sequence[tuple[str, str]]) -> Markup:
    lead = "No number is shown where the run does not hold enough to estimate one."
    if missing:
        content = draw_table(
            Table(
                "Measures without an estimate",
                ("measure", "why"),
                tuple(missing),
                collapsed=len(missing) > 12,
            )
        )
    else:
        content = element("p", "Everything that was to be measured could be estimated.")
    return _section(Section("not-estimable", "What was not estimable, and why", lead), content)
