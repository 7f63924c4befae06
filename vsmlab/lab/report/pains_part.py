"""The part of a report on the algedonic channel: what hurt or did good, how far it climbed, when it was over."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Final

from vsmlab.lab.measures.algedonic import Signal, read_signals
from vsmlab.lab.report.context import Context, times
from vsmlab.lab.report.numerals import duration, percent
from vsmlab.lab.report.page import Block, Section
from vsmlab.lab.report.table import Cell, Table
from vsmlab.lab.report.timelines import Line, Sort, Stretch, timeline
from vsmlab.laws import kinds as k

TOLD: Final = Sort("pain, to be mended here", 1, "narrow")
ABOVE: Final = Sort("pain that went up", 1, "wide")
PLEASURE: Final = Sort("pleasure, felt here", 2, "narrow")
PRAISED: Final = Sort("pleasure that went up", 2, "wide")
_VARIABLES: Final = {
    "mean_wait_s": "mean wait", "p95_wait_s": "longest waits", "mean_queue": "mean queue",
    "utilisation": "utilisation", "shed_share": "tasks turned away", "failed_share": "tasks failed",
}  # fmt: skip
_COLUMNS: Final = (
    ("felt", "pains felt"),
    ("climbed", "went up"),
    ("eased_before_climbing", "mended here (share)"),
    ("time_in_pain_share", "time in pain (share)"),
    ("longest_pain_s", "longest pain (s)"),
    ("pleasure_felt", "pleasures"),
)


def signals(context: Context) -> dict[tuple[str, int], list[tuple[str, list[Signal]]]]:
    """Signals by origin and essential variable: for each receiver that felt any, from the origin upwards."""
    noted = context.history.noted
    felt = read_signals(noted.of(k.FELT, k.EASED, k.CLIMBED))
    found: defaultdict[tuple[str, int], dict[str, list[Signal]]] = defaultdict(dict)
    for who, mine in felt.items():
        for one in mine:
            origin, what, _ = one.name
            place = found[noted.name(origin).removesuffix(".management"), what]
            place.setdefault(noted.name(who), []).append(one)
    order = {row[0]: here for here, row in enumerate(context.history.places)}
    return {
        key: sorted(found[key].items(), key=lambda pair: (-pair[0].count("."), pair[0]))
        for key in sorted(found, key=lambda key: (order.get(key[0], len(order)), key))
    }


def algedonics(context: Context) -> Section | None:
    """Pains and pleasures as bars, by origin and level."""
    measured = context.run.measures["algedonic"]
    by_origin = signals(context)
    if not measured and not by_origin:
        return None
    blocks: list[Block] = []
    if by_origin:
        lines, used = [], set()
        for (path, what), levels in by_origin.items():
            for level, (who, mine) in enumerate(levels):
                stretches = tuple(stretch for one in mine for stretch in _stretches(context, one))
                used |= {stretch.sort for stretch in stretches}
                lines.append(Line(_name(context, path, what, who, level), stretches, inset=min(level, 4)))
        legend = [sort for sort in (TOLD, ABOVE, PLEASURE, PRAISED) if sort in used]
        title = "What was felt, where it arose and at each level that it reached"
        blocks.append(timeline(title, lines, legend, setting=context.setting))
    rows: list[tuple[Cell, ...]] = []
    reached: list[tuple[Cell, ...]] = []
    for path, one in measured.items():
        rows.append((path, *(one[name] for name, _ in _COLUMNS)))
        reached += [
            (path, int(level), time)
            for level, time in one["mean_time_to_level_s"].items()
            if time is not None
        ]
    columns = ("where", *(title for _, title in _COLUMNS))
    if rows:
        blocks.append(Table("Signals in the measured time", columns, tuple(rows)))
    if reached:
        head = ("felt at", "levels up", "mean time until it was felt there (s)")
        blocks.append(Table("How long signals took, warm-up included", head, tuple(reached)))
    return Section("pains", "Pain and pleasure", _lead(context, by_origin), tuple(blocks))


def _name(context: Context, path: str, what: int, who: str, level: int) -> str:
    if level == 0:
        variable = k.ESSENTIAL_NAMES[what]
        return f"{context.short(path)}: {_VARIABLES.get(variable, variable)}"
    return f"at {context.short(who.rpartition('.')[0])}"


def _stretches(context: Context, one: Signal) -> list[Stretch]:
    """Narrow until it climbs, wide from then on."""
    pain = one.name[2]
    here, above = (TOLD, ABOVE) if pain else (PLEASURE, PRAISED)
    word = "pain" if pain else "pleasure"
    end = None if one.end == math.inf else one.end
    if one.climbed == math.inf:
        return [Stretch(here, one.begin, end, f"{word} felt")]
    return [
        Stretch(here, one.begin, one.climbed, f"{word} felt"),
        Stretch(above, one.climbed, end, f"{word} that went up"),
    ]


def _lead(context: Context, by_origin: dict[tuple[str, int], list[tuple[str, list[Signal]]]]) -> str:
    lead = (
        "Who is hurt is told first and has a set time to mend it; what is not over by then goes one level up, past "
        "every queue."
    )
    if not by_origin:
        return f"{lead} In this run no essential variable left its limits."
    pains = [one for levels in by_origin.values() for one in levels[0][1] if one.name[2]]
    up = [one for one in pains if one.climbed < math.inf]
    lead += f" Pain arose {times(len(pains))}" if pains else " No pain arose"
    if pains:
        lead += f", and went up {times(len(up))}" if up else ", and was always mended where it arose"
    pleasures = sum(not one.name[2] for levels in by_origin.values() for one in levels[0][1])
    if pleasures:
        lead += f"; pleasure arose {times(pleasures)}"
    lead += "."
    highest = max(by_origin.items(), key=lambda pair: len(pair[1]))
    (path, _), levels = highest
    if len(levels) > 1:
        who, last = levels[-1]
        first = levels[0][1]
        took = min((b.begin - a.begin for b in last for a in first if a.begin <= b.begin), default=math.nan)
        top = context.short(who.rpartition(".")[0])
        lead += f" What hurt or pleased {context.short(path)} was felt at {top} {duration(took)} later."
    share = context.run.measures["algedonic"].get(context.root, {}).get("time_in_pain_share")
    if share:
        lead += f" {context.root} itself was in pain for {percent(share)} of the measured time."
    return lead
