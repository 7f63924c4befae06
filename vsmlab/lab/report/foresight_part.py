"""The part of a report on System 4: what it foresaw beside what came."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from vsmlab.lab.report.charts import Band, Series, lines
from vsmlab.lab.report.context import Context, known, listed, over_time
from vsmlab.lab.report.numerals import counted, duration, number, percent
from vsmlab.lab.report.page import Block, Section
from vsmlab.lab.report.plot import Chart
from vsmlab.lab.report.table import Table
from vsmlab.lab.series import Steps
from vsmlab.lab.series_ahead import Foresight, foresight

_MOST_CHARTS: Final = 3
WIDTH: Final = 1.96
"""So many deviations either way hold 95 % of a normal distribution."""


def forecasts(context: Context) -> Section | None:
    """Forecasts at the time that they are for, with the demand that came."""
    seen: dict[str, Foresight] = {}
    for place in context.viable(system="system4"):
        path = context.history.places[place][0]
        mine = foresight(context.history, path, lead_of(context, path))
        if mine is not None:
            seen[path] = mine
    if not seen:
        silent = context.silenced("system4")
        lead = f"System 4 of {listed(silent)} is knocked out: nobody looks ahead."
        return Section("forecast", "What System 4 foresaw", lead) if silent else None
    # Who is shown the demand itself comes first: elsewhere it is what the System 3 beside it was told.
    order = sorted(seen, key=lambda path: not seen[path].shown)
    blocks: list[Block] = [_chart(context, path, seen[path]) for path in order[:_MOST_CHARTS]]
    columns = (
        "system", "forecasts", "seconds ahead", "error (erlangs, rms)", "skill over saying the last value",
        "came within its 95 %",
    )  # fmt: skip
    rows = tuple(
        (
            path,
            context.system(path).get("forecasts"),
            float(np.median(mine.ahead)),
            context.system(path).get("forecast_rmse_erlangs"),
            context.system(path).get("forecast_skill"),
            context.system(path).get("forecast_coverage"),
        )
        for path, mine in seen.items()
    )
    note = "Skill: 1 is perfect, 0 as good as saying that what was shown last will be shown again."
    blocks.append(Table("What Systems 4 did in the measured time", columns, rows, note=note))
    return Section(
        "forecast", "What System 4 foresaw", _lead(context, order[0], seen[order[0]]), tuple(blocks)
    )


def lead_of(context: Context, path: str) -> float:
    """Seconds that the leading indicator of a System 4 runs ahead; 0 where it has none."""
    node = context.nodes.get(path)
    if node is None or node.system4 is None or node.system4.leading is None:
        return 0.0
    return float(node.system4.leading.lead)


def _lead(context: Context, path: str, mine: Foresight) -> str:
    ahead = duration(float(np.median(mine.ahead)))
    lead = f"System 4 of {path} looked {ahead} ahead, {counted(len(mine.times), 'time')}."
    if mine.foreshown is not None:
        lead += f" A leading indicator showed it demand {duration(lead_of(context, path))} before it came."
    system = context.system(path)
    rmse, skill, share = (system.get(f"forecast_{name}") for name in ("rmse_erlangs", "skill", "coverage"))
    if rmse is None:
        why = context.why(f"systems.{path}.forecast_rmse_erlangs")
        return f"{lead} How good that was is not estimable: {why}." if why else lead
    lead += f" What came differed from what it expected by {number(rmse)} erlangs (root mean square)"
    if skill is not None:
        better = "less" if skill >= 0.0 else "more"
        lead += f", its mean square {percent(abs(skill))} {better} than if it had said what it was shown last"
    if share is not None:
        lead += f"; {percent(share)} of what came lay within the 95 % that it said"
    return lead + "."


def _chart(context: Context, path: str, mine: Foresight) -> Chart:
    end = context.history.horizon
    inside = mine.times <= end
    times, means, spreads = mine.times[inside], mine.means[inside], WIDTH * mine.spreads[inside]
    shown: list[Series] = []
    if mine.demanded is not None:
        name = "what came" if mine.shown else "what was offered"
        shown.append(steps_to(name, mine.demanded, end))
    if len(times):
        shown.append(over_time("what was expected", times, means))
    foreshown = None if mine.foreshown is None else _until(mine.foreshown, end)
    if foreshown is not None:
        shown.append(steps_to("what was foreshown", foreshown, end))
    if mine.capability is not None:
        shown.append(steps_to("what can be served", mine.capability, end))
    band = Band(
        "95 % of what was expected",
        times.tolist(),
        known(np.maximum(0.0, means - spreads)),
        known(means + spreads),
    )
    ahead = duration(float(np.median(mine.ahead)))
    chart = lines(
        f"Demand in {path}, and what System 4 had said of it {ahead} before",
        shown,
        quantity="demand (erlangs)",
        band=band,
        setting=replace(context.setting, spans=context.demand_spans()),
    )
    note = "Each forecast stands at the time that it is for, with its 95 % shaded. 1 erlang keeps one agent busy."
    if context.demand_spans():
        note += " Shaded from top to bottom: demand is changed from outside."
    return replace(chart, note=note)


def _until(steps: Steps, end: float) -> Steps | None:
    """What lies within the run; None where nothing does."""
    inside = steps.times <= end
    return Steps(steps.times[inside], steps.values[inside]) if inside.any() else None


def steps_to(name: str, steps: Steps, end: float) -> Series:
    """A quantity that holds its values, as the corners of its line up to the end."""
    times = np.repeat(np.append(steps.times, end), 2)[1:]
    values = np.repeat(steps.values, 2)
    return over_time(name, times, np.append(values, values[-1:]))
