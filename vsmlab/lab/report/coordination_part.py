"""The part of a report on System 2: whether siblings kept even, and what it said to that."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from vsmlab.lab.report.charts import lines
from vsmlab.lab.report.context import FINE, Context, over_time, times
from vsmlab.lab.report.numerals import counted, duration, number, seconds
from vsmlab.lab.report.page import Block, Section
from vsmlab.lab.report.plot import MOST_NAMES, Chart
from vsmlab.lab.report.surroundings import Setting
from vsmlab.lab.report.table import Cell, Table
from vsmlab.lab.series import Floats

# Above this p-value the strongest wave is no stronger than noise makes one (Fisher 1929).
_WAVE: Final = 0.001
# A wave that the window holds fewer times is a trend.
_FEWEST_WAVES: Final = 5
_CLOSE_UP_WAVES: Final = 6


def coordination(context: Context) -> Section | None:
    """The imbalance of siblings over time, damping, and tasks moved."""
    systems = context.viable(least=2, system="system2")
    if not systems:
        return None
    past = context.history
    window = np.array([past.folded.window.start, past.horizon])
    moved = {place: float(past.moved(place, window)[0]) for place in systems}
    place = systems[0] if not any(moved.values()) else max(systems, key=lambda one: (moved[one], -one))
    path = past.places[place][0]
    blocks: list[Block] = []
    if past.folded.visits.task.size:
        blocks += [_spread(context, place), _close_up(context, place)]
    widths = np.diff(context.edges)
    asked, went = past.damping(place, context.edges), past.moved(place, context.edges)
    moves = [("tasks moved", went), ("requests by System 2", asked)]
    shown = [over_time(name, context.edges[:-1], many / widths * 60.0) for name, many in moves if many.any()]
    if shown:
        title = f"Tasks that moved between the operations of {path}"
        blocks.append(lines(title, shown, quantity="a minute", steps=True, setting=context.setting))
    rows = [_row(context, one, moved[one]) for one in systems]
    columns = (
        "system", "System 2", "imbalance (tasks, rms)", "period of its strongest wave (s)",
        "that wave's share of the variance", "p", "times it looked", "messages it sent", "tasks moved",
    )  # fmt: skip
    blocks.append(Table("How even the siblings were kept in the measured time", columns, tuple(rows)))
    return Section("coordination", "What System 2 did", _lead(context, path, moved[place]), tuple(blocks))


def _row(context: Context, place: int, moved: float) -> tuple[Cell, ...]:
    path = context.history.places[place][0]
    system = context.system(path)
    names = (
        "imbalance_rms",
        "oscillation_period_s",
        "oscillation_g",
        "oscillation_p",
        "coordinations",
        "damping_messages",
    )
    return (path, context.state(f"{path}.system2"), *(system.get(name) for name in names), int(moved))


def _wave(context: Context, path: str) -> float | None:
    """Period of a wave in the siblings' loads that is neither noise nor a trend."""
    system = context.system(path)
    period, p = system.get("oscillation_period_s"), system.get("oscillation_p")
    if period is None or p is None or p > _WAVE or period > context.window / _FEWEST_WAVES:
        return None
    return float(period)


def _lead(context: Context, path: str, moved: float) -> str:
    system = context.system(path)
    since = context.out_since(f"{path}.system2")
    if since == 0.0:
        lead = f"System 2 of {path} is knocked out: it answers nothing that it is told."
    else:
        lead = (
            f"System 2 of {path} looked at its operations {times(system['coordinations'])} and sent "
            f"{counted(system['damping_messages'], 'message')}."
        )
        if since is not None:
            lead += f" It was knocked out at {seconds(since)}: it answers nothing from then on."
    if moved:
        lead += f" {counted(int(moved), 'waiting task')} moved from one operation to another."
    rms = system.get("imbalance_rms")
    if rms is not None:
        lead += f" An operation's load lay {number(rms)} tasks from the siblings' mean (root mean square)."
    wave = _wave(context, path)
    if wave is not None:
        share = 100.0 * float(system["oscillation_g"])
        lead += (
            f" The load that strays most swings every {duration(wave)}: that wave alone carries "
            f"{number(share, 2)} % of its variance, more than noise would."
        )
    elif system.get("oscillation_g") is not None:
        lead += " No regular wave stands out of that."
    return lead


def _spread(context: Context, place: int) -> Chart:
    """How far apart the siblings were in each part of the run."""
    past, edges = context.history, context.edges
    strayed = np.array(list(past.imbalance(place, context.fine).values()))
    part = np.clip(np.searchsorted(edges, context.fine, "right") - 1, 0, len(edges) - 2)
    heads = np.flatnonzero(np.append(True, np.diff(part) > 0))
    at = edges[part[heads]]
    above, below = (
        f.reduceat(g, heads) for f, g in ((np.maximum, strayed.max(0)), (np.minimum, strayed.min(0)))
    )
    count = np.diff(np.append(heads, len(part)))
    rms = np.sqrt(np.add.reduceat((strayed**2).mean(axis=0), heads) / count)
    chart = lines(
        f"How far loads in {past.places[place][0]} strayed from the mean of siblings, in parts of "
        f"{duration(float(edges[1]))}",
        [
            over_time("most above", at, above),
            over_time("root mean square", at, rms),
            over_time("most below", at, below),
        ],
        quantity="tasks",
        steps=True,
        setting=context.setting,
    )
    return replace(
        chart, note="In tasks, whatever the size of a sibling: even siblings of one size stay near zero."
    )


def _close_up(context: Context, place: int) -> Chart:
    """A stretch in the middle of the run in which single waves can be seen."""
    past = context.history
    wave = _wave(context, past.places[place][0])
    span = past.horizon / 12 if wave is None else min(_CLOSE_UP_WAVES * wave, past.horizon / 2)
    begin = (
        past.folded.window.start + (context.window - span) / 2
        if span < context.window
        else past.horizon - span
    )
    stretch: Floats = np.linspace(begin, begin + span, FINE)
    strayed = past.imbalance(place, stretch)
    order = list(strayed)
    if len(order) > MOST_NAMES:
        order.sort(key=lambda child: -float((strayed[child] ** 2).mean()))
    chart = lines(
        f"A closer look, from {duration(begin)} to {duration(begin + span)}: load of each operation less the mean",
        [over_time(past.label(child), stretch, strayed[child]) for child in order],
        quantity="tasks",
        steps=True,
        setting=Setting(start=begin, end=begin + span),
    )
    return replace(chart, note="Above zero: more to do than the siblings.")
