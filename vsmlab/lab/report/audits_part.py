"""The part of a report on System 3*: what it worked out of every operation's claims, and what it was sure of."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from vsmlab.lab.report.charts import Series, lines
from vsmlab.lab.report.context import Context, listed, over_time
from vsmlab.lab.report.numerals import counted, duration, number
from vsmlab.lab.report.page import Block, Section
from vsmlab.lab.report.plot import Chart
from vsmlab.lab.report.surroundings import Setting
from vsmlab.lab.report.table import Cell, Table
from vsmlab.lab.series import Steps
from vsmlab.lab.series_lives import Audits, audits

_MOST_SYSTEMS: Final = 3
_MOST_MARKS: Final = 12
_MOST_LINES: Final = 60


def audit_findings(context: Context) -> Section | None:
    """The statistic of each operation over time with its threshold, and what was found."""
    known = {}
    for place in context.viable(system="audit"):
        path = context.history.places[place][0]
        worked = audits(context.history, path)
        if worked is not None:
            known[path] = worked
    if not known:
        silent = context.silenced("audit")
        lead = f"System 3* of {listed(silent)} is knocked out: nobody compares what is claimed with what is."
        return Section("audits", "What System 3* found", lead) if silent else None
    order = sorted(known, key=lambda path: -len(known[path].found))
    blocks: list[Block] = []
    for path in order[:_MOST_SYSTEMS]:
        blocks.append(_checked(context, path, known[path]))
        if known[path].told:
            blocks.append(_told(context, path, known[path]))
    if len(order) > _MOST_SYSTEMS:
        blocks.append(
            f"{counted(len(order) - _MOST_SYSTEMS, 'more System 3*', 'more Systems 3*')}: see the table."
        )
    found = [(one, path) for path in order for one in known[path].found]
    found.sort(key=lambda pair: pair[0].time)
    if found:
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (one.path, one.time, one.ratio, "too high" if one.ratio > 1.0 else "right again", path)
            for one, path in found[:_MOST_LINES]
        )
        columns = ("operation", "at (s)", "claimed over counted", "what it claims is", "audited by")
        more = len(found) - len(rows)
        note = f"{more} more are in the journal." if more > 0 else ""
        blocks.append(Table("What Systems 3* were sure of, warm-up included", columns, rows, note=note))
    blocks.append(_table(context, list(known)))
    return Section("audits", "What System 3* found", _lead(context, order[0], known[order[0]]), tuple(blocks))


def _lead(context: Context, path: str, worked: Audits) -> str:
    many = sum(len(steps.times) for steps in worked.checked.values())
    lead = (
        f"System 3* of {path} compared what its operations claim with what it counted {many:,} times, at times that "
        "nobody foresees. What it adds up (a CUSUM, in deviations of an honest claim) stays low while claims are "
        "honest, and climbs while they are too high."
    )
    sure = [one for one in worked.found if one.ratio > 1.0]
    if not sure:
        return f"{lead} It was never sure that anyone claims too much."
    first = sure[0]
    lead += (
        f" At {duration(first.time)} it was sure that {first.path} claims {number(first.ratio)} times what is"
    )
    begun = [one for one in context.troubles if one.path == first.path and one.begin <= first.time]
    begun = [one for one in begun if "report" in one.what or "lies" in one.what]
    lead += f", {duration(first.time - begun[-1].begin)} after that began." if begun else "."
    others = sorted({one.path for one in sure[1:]} - {first.path})
    if others:
        lead += f" Later also of {listed(others)}."
    return lead


def _surroundings(context: Context, path: str, worked: Audits) -> Setting:
    """Disturbances of what is reported, and findings."""
    inside = tuple(
        (one.begin, one.end, f"{context.short(one.path)}: {one.what}")
        for one in context.troubles
        if one.path.startswith(f"{path}.") and ("report" in one.what or "lies" in one.what)
    )
    marks = tuple(
        (one.time, f"{'found' if one.ratio > 1.0 else 'cleared'}: {context.short(one.path)}")
        for one in worked.found[:_MOST_MARKS]
    )
    return replace(context.setting, spans=inside, marks=marks)


def _checked(context: Context, path: str, worked: Audits) -> Chart:
    node = context.nodes.get(path)
    setting = _surroundings(context, path, worked)
    if node is not None and node.audit is not None:
        threshold = node.audit.threshold
        setting = replace(setting, levels=((threshold, f"sure above {number(threshold)}"),))
    highest = sorted(worked.checked, key=lambda one: -float(worked.checked[one].values.max()))
    order = list(worked.checked) if len(highest) <= 8 else highest
    chart = lines(
        f"What System 3* of {path} holds against each operation",
        [_to_end(context, context.short(one), worked.checked[one]) for one in order],
        quantity="CUSUM (deviations)",
        steps=True,
        setting=setting,
    )
    return replace(chart, note="Each step is one inspection. Shaded: reports were wrong in truth.")


def _told(context: Context, path: str, worked: Audits) -> Chart:
    chart = lines(
        f"Claimed over counted, as System 3 of {path} was told",
        [_to_end(context, context.short(one), steps) for one, steps in worked.told.items()],
        quantity="claimed over counted",
        steps=True,
        setting=replace(_surroundings(context, path, worked), levels=((1.0, "honest"),)),
    )
    return replace(chart, note="System 3 divides what that operation says by this.")


def _to_end(context: Context, name: str, steps: Steps) -> Series:
    end = context.history.horizon
    return over_time(name, np.append(steps.times, end), np.append(steps.values, steps.values[-1:]))


def _table(context: Context, paths: list[str]) -> Table:
    names = ("audits", "findings", "discrepancies", "first_discrepancy_s")
    rows = tuple((path, *(context.system(path).get(name) for name in names)) for path in paths)
    columns = ("system", "inspections", "findings", "told to System 3", "System 3 first heard at (s)")
    return Table("What Systems 3* did in the measured time", columns, rows)
