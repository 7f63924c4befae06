"""The parts of a report on channels, indices, what was unusual, and how it was run."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Final

from vsmlab.lab.report.bars import Bar, Panel, bars
from vsmlab.lab.report.context import Context, listed, times
from vsmlab.lab.report.numerals import counted, number, percent
from vsmlab.lab.report.page import Block, Section
from vsmlab.lab.report.system import CHANNEL_NAMES
from vsmlab.lab.report.table import Cell, Table
from vsmlab.laws import kinds as k

MOST_BARS: Final = 24
_MOST_LINES: Final = 60
_INDICES: Final = (
    ("productivity", "productivity"),
    ("latency_index", "latency"),
    ("performance", "performance"),
)
_UNIT_COLUMNS: Final = (
    ("arrivals", "arrivals"), ("moved_in", "moved in"), ("served", "served"), ("shed", "shed"), ("failed", "failed"),
    ("abandoned", "gave up"), ("mean_wait_s", "mean wait (s)"), ("p95_wait_s", "p95 wait (s)"),
    ("utilisation", "busy (share)"), ("actuality", "actuality (1/s)"), ("capability", "capability (1/s)"),
    ("potentiality", "potentiality (1/s)"), ("productivity", "productivity"), ("latency_index", "latency"),
    ("performance", "performance"), ("cost_usd", "cost (USD)"),
)  # fmt: skip


_RARE: Final = ("moved_in", "shed", "failed", "abandoned", "cost_usd")


def channels(context: Context) -> Section:
    """What went over each kind of channel."""
    used = context.run.measures["channels"]
    if not used:
        return Section("channels", "Channels", "Nothing was said on any channel in the measured time.")
    names = [_short(kind) for kind in used]
    most = max(used, key=lambda kind: used[kind]["messages"])
    total = sum(use["messages"] for use in used.values())
    lost = sum(use["lost"] for use in used.values())
    lead = (
        f"{counted(total, 'message')} arrived; {CHANNEL_NAMES[most][1]} ({most}) took "
        f"{percent(used[most]['messages'] / total if total else None)} of them. "
        + (f"{counted(lost, 'message was', 'messages were')} lost." if lost else "None was lost.")
    )
    chart = bars(
        "Messages by kind of channel",
        names,
        [
            Panel("messages", tuple(Bar(float(use["messages"])) for use in used.values())),
            Panel(
                "bits a second",
                tuple(
                    Bar(use["bits_per_s"], why=context.why(f"channels.{kind}.entropy_bits"))
                    for kind, use in used.items()
                ),
            ),
        ],
    )
    note = "Bits: the entropy of what was said (kind, quantity, sign, power of two) times the rate."
    rows = tuple(
        (kind, CHANNEL_NAMES[kind][1], use["messages"], use["lost"], use["rate_per_s"], use["mean_delay_s"],
         use["bits_per_s"], use["capacity_bits_per_s"], use["utilisation"])
        for kind, use in used.items()
    )  # fmt: skip
    columns = (
        "channel", "carries", "messages", "lost", "messages a second", "mean delay (s)", "bits a second",
        "capacity (bits a second)", "use of capacity",
    )  # fmt: skip
    table = Table(
        "Use of the channels in the measured time",
        columns,
        rows,
        note="A dash: not limited, or not estimable.",
    )
    return Section("channels", "Channels", lead, (replace(chart, note=note), table))


def _short(kind: str) -> str:
    short = CHANNEL_NAMES[kind][0]
    return kind if short == kind else f"{kind} ({short})"


def indices(context: Context) -> Section:
    """Beer's triple vector of every unit."""
    units = context.run.measures["units"]
    known = {path: unit for path, unit in units.items() if unit["performance"] is not None}
    blocks: list[Block] = []
    lead = "Productivity is actuality over capability, latency capability over potentiality, performance their product."
    if known:
        leaves = [path for path, *_rest, viable, _ in context.history.places if not viable and path in known]
        best = max(leaves, key=lambda path: known[path]["performance"])
        worst = min(leaves, key=lambda path: known[path]["performance"])
        root = units[context.root]["performance"]
        lead = (
            f"{context.root} as a whole performed at {number(root, 2)} of its potential"
            if root is not None
            else ""
        )
        if best != worst:
            lead += (
                f"; its operations from {number(known[worst]['performance'], 2)} ({worst}) to "
                f"{number(known[best]['performance'], 2)} ({best})"
            )
        lead = (
            f"{lead}. Productivity is what was done of what the agents present could do, latency what they could "
            "of what all agents granted could, performance the product. A spare agent lowers productivity and "
            "shortens waits: high is not always better."
        )
        shown = list(units)[:MOST_BARS]
        panels = [
            Panel(title, tuple(_index(context, path, name) for path in shown), top=1.0)
            for name, title in _INDICES
        ]
        chart = bars("Productivity, latency and performance", shown, panels)
        if len(units) > MOST_BARS:
            chart = replace(
                chart, note=f"The first {MOST_BARS} of {len(units)} units; all are in the table below."
            )
        blocks.append(chart)
    else:
        lead += " Nothing was served, so none of them can be estimated."
    told = [
        pair
        for pair in _UNIT_COLUMNS
        if pair[0] not in _RARE or any(unit[pair[0]] for unit in units.values())
    ]
    rows = tuple((path, *(unit[name] for name, _ in told)) for path, unit in units.items())
    columns = ("unit", *(title for _, title in told))
    blocks.append(Table("Every unit in the measured time", columns, rows, collapsed=len(rows) > MOST_BARS))
    return Section("indices", "The triple vector of every unit", lead, tuple(blocks))


def _index(context: Context, path: str, name: str) -> Bar:
    return Bar(context.unit(path)[name], why=context.why(f"units.{path}.{name}"))


def unusual(context: Context) -> Section:
    """What went wrong, was lost, refused or left undone, by reason and place."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for (fact, ref, value, who), many in context.history.unusual.items():
        what, why = _reason(fact, ref, value)
        counts[what, why, context.run.names.get(who, "?")] += many
    rows = [(what, why, many, where) for (what, why, where), many in counts.items()]
    rows.sort(key=lambda row: (_ORDER.index(row[0]), row[1], -row[2], row[3]))
    blocks: list[Block] = []
    if rows:
        more = len(rows) - _MOST_LINES
        totals: Counter[tuple[str, str]] = Counter()
        for what, why, many, _ in rows:
            totals[what, why] += many
        summary = tuple((what, why, many) for (what, why), many in totals.items())
        blocks.append(Table("By reason, in the measured time", ("what", "why", "how often"), summary))
        note = f"{more} lines more are in the journal." if more > 0 else ""
        shown: tuple[tuple[Cell, ...], ...] = tuple(rows[:_MOST_LINES])
        blocks.append(
            Table("By place", ("what", "why", "how often", "where"), shown, collapsed=True, note=note)
        )
    stepped = context.history.interventions()
    if stepped:
        lines = tuple((time, who, whom, value) for time, who, whom, value in stepped[:_MOST_LINES])
        columns = ("at (s)", "who stepped in", "at whom", "accountability")
        note = "Accountability: work carried over work promised."
        if len(stepped) > len(lines):
            note += f" {len(stepped) - len(lines)} more are in the journal."
        blocks.append(Table("Interventions, warm-up included", columns, lines, note=note))
    failures = context.run.manifest["failures"]
    if failures:
        blocks.append(
            Table("Laws that failed", ("what happened",), tuple((line,) for line in failures[:_MOST_LINES]))
        )
    return Section("unusual", "What went wrong or was unusual", _unusual_lead(context), tuple(blocks))


_SHED, _FAILED, _LEFT, _LOST = "task turned away", "task failed", "task gave up", "message lost"
_EXPIRED, _SILENT, _REFUSED, _LAW = "old ticket", "not answered", "refused", "law failed"
_MADE_WAY, _AGAIN = "task made way", "attempt failed"
_ORDER: Final = (_LAW, _REFUSED, _FAILED, _SHED, _LEFT, _LOST, _SILENT, _AGAIN, _MADE_WAY, _EXPIRED)
_SHED_WHY: Final = (
    "the queue was full",
    "the wait would have been too long",
    "it balked",
    "no budget was left",
)
_LOST_WHY: Final = ("the channel is cut", "by chance", "over the channel's capacity")
_LEFT_WHY: Final = ("over its deadline", "out of patience")


def _reason(fact: int, ref: int, value: int) -> tuple[str, str]:
    """What happened and why, in words."""
    if fact == k.SHED:
        return _SHED, _SHED_WHY[ref]
    if fact == k.ABANDONED:
        return _LEFT, _LEFT_WHY[ref]
    if fact == k.LOST:
        return _LOST, f"{_short(k.CHANNEL_NAMES[ref])}: {_LOST_WHY[value]}"
    if fact == k.FAILED:
        return _FAILED, "all attempts spent"
    if fact == k.ATTEMPT_FAILED:
        return _AGAIN, "to be tried again"
    if fact == k.PREEMPTED:
        return _MADE_WAY, "a more urgent one came, or its agent is gone"
    kind = k.NAME_OF.get(ref, "?")
    told = {k.EXPIRED: _EXPIRED, k.UNANSWERED: _SILENT, k.REFUSED: _REFUSED, k.LAW_FAILED: _LAW}[fact]
    why = {
        _EXPIRED: f"{kind}: no longer of interest, nothing was done",
        _SILENT: f"{kind}: the receiver is knocked out",
        _REFUSED: f"{kind}: the receiver knows no law for it",
        _LAW: f"{kind}: a law from outside failed",
    }
    return told, why[told]


def _unusual_lead(context: Context) -> str:
    unit = context.unit(context.root)
    parts = [
        counted(unit[name], one, many)
        for name, one, many in (
            ("shed", "task was turned away", "tasks were turned away"),
            ("failed", "task failed", "tasks failed"),
            ("abandoned", "task gave up", "tasks gave up"),
        )
        if unit[name]
    ]
    facts = Counter[int]()
    for (fact, _, _, _), many in context.history.unusual.items():
        facts[fact] += many
    parts += [
        counted(facts[fact], one, many)
        for fact, one, many in (
            (k.LOST, "message was lost", "messages were lost"),
            (k.UNANSWERED, "message was not answered", "messages were not answered"),
            (k.REFUSED, "message was refused", "messages were refused"),
            (k.LAW_FAILED, "law failed", "laws failed"),
        )
        if facts[fact]
    ]
    stepped = len(context.history.interventions())
    if stepped:
        parts.append(f"Systems 3 stepped in {times(stepped)}")
    if not parts:
        return "No task was turned away, failed or gave up; no message was lost, refused or left unanswered."
    return f"In the measured time {listed(parts)}."


def how(context: Context) -> Section:
    """Seed, digest, versions, files, and how to check all this."""
    manifest, counts = context.run.manifest, context.run.manifest["counts"]
    out = [entry.system or f"channel {entry.channel}" for entry in context.scenario.knockout]
    rows: list[tuple[Cell, ...]] = [
        ("scenario", f"{manifest['name']} (from {manifest['source']})"),
        ("scenario's SHA-256", manifest["scenario_sha256"]),
        ("seed", str(manifest["seed"])),
        ("digest of the journal", manifest["digest"]),
        ("journal", f"{counts['rows']:,} rows in {counted(len(manifest['segments']) - 1, 'segment')}"),
        ("measured", f"from {number(manifest['warmup'])} s to {number(manifest['horizon'])} s"),
        ("engine", manifest["engine"]),
        ("versions", ", ".join(f"{name} {version}" for name, version in manifest["versions"].items())),
        ("machine", manifest["platform"]),
        ("time taken", f"{number(manifest['wall_seconds'])} s ({number(manifest['cpu_seconds'])} s of a processor)"),
    ]  # fmt: skip
    rows += [(f"recorded demand of {name}", file) for name, file in manifest["files"].items()]
    if out:
        rows.append(("knocked out", listed(out)))
    if manifest["own_laws"]:
        rows.append(("own laws", ", ".join(f"{own['place']}: {own['law']}" for own in manifest["own_laws"])))
    if manifest["processes"]:
        rows.append(("own processes", ", ".join(manifest["processes"])))
    table = Table("The run", ("what", "which"), tuple(rows))
    lead = (
        "In the folder of this page, vsmlab verify . computes the digest anew from events.parquet and says whether "
        "it is the one below. measures.json holds the measures, manifest.json the scenario as it was run; the charts "
        "over time are read from the journal."
    )
    return Section("how", "How it was run, and how to check it", lead, (table,))
