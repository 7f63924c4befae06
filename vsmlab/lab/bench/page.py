"""The page of a bench run: ratios with spread, every peer's figures, start-up, and what to know before quoting them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from vsmlab.lab.bench.works import WITH_JOURNAL, Outcome
from vsmlab.lab.report.bars import Bar, Panel, bars
from vsmlab.lab.report.markup import Markup, element, join
from vsmlab.lab.report.plot import Chart
from vsmlab.lab.report.style import page_style
from vsmlab.lab.report.table import Table, draw_table

MEANING: Final = (
    "A ratio a/b says how many times less processor time a takes than b for one event of the same work: the median "
    "over repetitions in which both were measured one after the other, with the lowest and the highest."
)
KNOW: Final = (
    "Each peer runs in a process of its own; peers take turns. Building, importing and compiling are outside the "
    "clock; a quick peer repeats its work and the mean is told.",
    "simpy-idiomatic has a mailbox and a process for each system, processes for what comes back at intervals, and a "
    "process for each message on its way; in simpy-mailbox what comes back at intervals goes through the mailbox too; "
    "simpy-callbacks has one timeout a message and no process.",
    "On the reduced organisation the peers that run Python share their rules, as objects; only how a message travels "
    "is each peer's own. All draw the same random numbers; theirs are made before the clock starts.",
    "Same digest: every message that is handled is equal, its time and its value to the last bit. Same sums: the "
    "numbers of messages, services and alarms are equal. In the mean: own random numbers, as many events, "
    "and a mean wait near Erlang C's.",
    "With journal: each writes its rows to Parquet (zstd) and a SHA-256 over them; ours have four columns more. "
    "Without those words it is kept in memory. cimba writes none; on M/M/c nobody does.",
    "On M/M/c cimba has the processes and the store that its documentation teaches, cimba-events bare events and an "
    "array for the queue. On the reduced organisation cimba has events: there they are quicker than its processes.",
    "bare-callbacks runs vsmlab's own laws with one SimPy event a message: without the total order, so that it does "
    "nearly the same work where messages are due at one time; the ratio is for an event.",
)


def result_table(outcome: Outcome, work: str, journal: str) -> Table:
    """Every peer on one work."""
    rows = tuple(
        (
            one["peer"],
            int(one["events"]),
            one["cpu_s"],
            one["lowest_cpu_s"],
            one["highest_cpu_s"],
            one["ns_per_event"],
            one["peak_bytes"] / 1e6,
            one["same_work"],
        )
        for one in outcome.results
        if (one["work"], one["journal"]) == (work, journal)
    )
    columns = (
        "peer", "events", "CPU [s]", "lowest", "highest", "an event [ns]", "peak memory [MB]", "same work by",
    )  # fmt: skip
    return Table(f"{work}, journal {journal}", columns, rows)


def ratio_table(outcome: Outcome) -> Table:
    """Every ratio."""
    rows = tuple(
        (name, told["median"], told["lowest"], told["highest"], int(told["pairs"]))
        for name, told in outcome.ratios.items()
    )
    return Table("Ratios of processor time", ("ratio", "median", "lowest", "highest", "pairs"), rows)


def start_table(outcome: Outcome) -> Table:
    """Start-up and compiling."""
    words = {
        "import_s": "our modules imported",
        "warm_s": "machine code loaded from the cache and ready",
        "trivial_s": "a cached function of numba that adds one",
        "above_trivial_s": "ready, above that function",
        "cold_s": "compiled into an empty cache",
    }
    rows = tuple((words[name], outcome.starts.get(name)) for name in words)
    return Table("Processor time of a whole process", ("what", "CPU [s]"), rows)


def tables(outcome: Outcome) -> list[Table]:
    """All tables, ratios first."""
    made = [ratio_table(outcome)] if outcome.ratios else []
    seen = dict.fromkeys((one["work"], one["journal"], one["events"]) for one in outcome.results)
    named = dict.fromkeys((work, journal) for work, journal, _ in seen)
    made += [result_table(outcome, work, journal) for work, journal in named]
    if outcome.starts:
        made.append(start_table(outcome))
    if outcome.other_work:
        others = tuple((one["peer"], one["work"], one["journal"], one["why"]) for one in outcome.other_work)
        made.append(Table("Did other work: no ratio is told", ("peer", "work", "journal", "why"), others))
    if outcome.absent:
        rows = tuple(sorted(outcome.absent.items()))
        made.append(Table("Not measured here", ("peer", "why"), rows))
    return made


def write_page(outcome: Outcome, file: Path) -> Path:
    """Write the page; returns where it is."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(page(outcome), encoding="utf-8")
    return file


def page(outcome: Outcome) -> str:
    """The page as one self-contained document."""
    first, *others = tables(outcome)
    parts = [
        _section(
            "Ratios",
            (element("p", MEANING, class_="lead"), *map(_drawn, ratio_charts(outcome)), draw_table(first)),
        ),
        _section("Every peer", [draw_table(table) for table in others]),
        _section(
            "What to know", [element("ul", *(element("li", line) for line in (*KNOW, *outcome.remarks)))]
        ),
    ]
    head = element(
        "head",
        element("meta", charset="utf-8"),
        Markup("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
               "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">"),
        element("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        element("title", "vsmlab bench engines"),
        Markup(f"<style>{page_style()}</style>"),
    )  # fmt: skip
    facts = element("dl", *(_fact(name, value) for name, value in _facts(outcome)), class_="facts")
    body = element(
        "body",
        element("header", element("h1", "Engines and their peers"), facts),
        element("main", *parts),
        element("footer", element("p", "Written by vsmlab bench engines.")),
    )
    return "<!DOCTYPE html>\n" + element("html", head, body, lang="en") + "\n"


def ratio_charts(outcome: Outcome) -> list[Chart]:
    """The ratios on logarithmic axes: those with the journal on disk apart."""
    made = []
    for title, on_disk in (("Journal in memory, or none", False), ("With journal: Parquet and digest", True)):
        told = {name: one for name, one in outcome.ratios.items() if name.endswith(WITH_JOURNAL) == on_disk}
        if told:
            dots = tuple(Bar(one["median"], one["lowest"], one["highest"]) for one in told.values())
            panel = Panel("times less processor time", dots, logarithmic=True)
            names = [name.removesuffix(WITH_JOURNAL) for name in told]
            made.append(bars(title, names, [panel], interval="lowest to highest"))
    return made


def _drawn(chart: Chart) -> Markup:
    return element(
        "figure",
        element("figcaption", chart.title),
        element("div", chart.svg, class_="scroll"),
        element("p", chart.note, class_="note"),
    )


def _section(title: str, parts: Iterable[Markup]) -> Markup:
    return element("section", element("h2", title), join(parts))


def _fact(name: str, value: object) -> Markup:
    return element("div", element("dt", name), element("dd", value))


def _facts(outcome: Outcome) -> list[tuple[str, Any]]:
    machine = outcome.machine
    load = machine.get("load")
    facts = [
        ("processor", f"{machine['processor']}, {machine['cores']} cores"),
        ("Python", machine["python"]),
        ("measured", machine["when"]),
        ("load average at the start", "unknown" if load is None else f"{load:.1f}"),
        ("repetitions", outcome.effort["repetitions"]),
    ]
    return facts + list(machine["versions"].items())
