"""The part of a report on System 2: whether siblings kept even, and what it said to that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np

from vsmlab.lab.report.charts import Setting, lines
from vsmlab.lab.report.context import FINE, Context, over_time
from vsmlab.lab.report.numerals import counted, duration, number
from vsmlab.lab.report.page import Block, Section
from vsmlab.lab.report.plot import Chart
from vsmlab.lab.report.table import Cell, Table
from vsmlab.lab.series import Floats

# Above this p-value the strongest wave is no stronger than noise makes one (Fisher 1929).
_WAVE: Final = 0.001
# A wave that the window holds fewer times is a trend.
_FEWEST_WAVES: Final = 5
_CLOSE_UP_WAVES: Final = 12


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
    blocks: list[Block] = [_imbalance(context, place, context.fine, context.setting, "")]
    close = _close_up(context, path)
    if close is not None:
        times, setting = close
        blocks.append(_imbalance(context, place, times, setting, "closer: "))
    widths = np.diff(context.edges)
    seconds = 60.0
    asked, went = past.damping(place, context.edges), past.moved(place, context.edges)
    if asked.any() or went.any():
        blocks.append(
            lines(
                f"Tasks that moved between the operations of {path}",
                [
                    over_time("tasks moved", context.edges[:-1], went / widths * seconds),
                    over_time("System 2 asked", context.edges[:-1], asked / widths * seconds),
                ],
                quantity="a minute",
                steps=True,
                setting=context.setting,
            )
        )
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
    if context.state(f"{path}.system2") == "knocked out":
        lead = f"System 2 of {path} is knocked out: it hears reports and says nothing."
    else:
        lead = (
            f"System 2 of {path} looked at its operations {counted(system['coordinations'], 'time')} and sent "
            f"{counted(system['damping_messages'], 'message')}."
        )
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
        lead += " No wave stands out of the noise that repeats itself over the run."
    return lead


def _close_up(context: Context, path: str) -> tuple[Floats, Setting] | None:
    """Times around the middle of the run in which single waves can be seen."""
    wave = _wave(context, path)
    if wave is None or context.history.horizon < 2.5 * _CLOSE_UP_WAVES * wave:
        return None
    middle, half = context.history.horizon / 2, _CLOSE_UP_WAVES * wave / 2
    times: Floats = np.linspace(middle - half, middle + half, FINE)
    return times, Setting(start=middle - half, end=middle + half)


def _imbalance(context: Context, place: int, times: Floats, setting: Setting, before: str) -> Chart:
    past = context.history
    strayed = past.imbalance(place, times)
    order = sorted(strayed, key=lambda child: -float((strayed[child] ** 2).mean()))
    shown: list[Any] = [over_time(past.label(child), times, strayed[child]) for child in order]
    title = f"{before}Load of each operation of {past.places[place][0]} less the mean of all"
    chart = lines(title[0].upper() + title[1:], shown, quantity="tasks", steps=True, setting=setting)
    return replace(chart, note="Above zero: more to do than the siblings. Even siblings stay near zero.")
