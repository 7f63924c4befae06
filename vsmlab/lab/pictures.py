"""Runs beside one another as pictures that any notebook viewer shows: plain SVG, without scripts or a browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vsmlab.errors import InputError
from vsmlab.lab.comparing_times import common_edges, common_setting
from vsmlab.lab.knockouts import Effect
from vsmlab.lab.record import Run
from vsmlab.lab.report.bars import Bar
from vsmlab.lab.report.charts import Series, lines
from vsmlab.lab.report.context import Context, context_of, over_time
from vsmlab.lab.report.life_part import life_and_death
from vsmlab.lab.report.markup import element
from vsmlab.lab.report.plot import FONT, Chart
from vsmlab.lab.report.ratios import ratios
from vsmlab.lab.report.style import figure_style
from vsmlab.lab.report.surroundings import Setting
from vsmlab.lab.series import Floats

_HEAD = 30
"""Pixels above a chart for its title."""


@dataclass(frozen=True, slots=True, repr=False)
class Picture:
    """A chart with its title, to be shown by a notebook.

    Attributes:
        title: What it shows.
        summary: What can be read off it, in a sentence or two.
        svg: The drawing with its own style; it asks nothing of any other file.
    """

    title: str
    summary: str
    svg: str

    def __repr__(self) -> str:
        """Title and summary, for those who do not see the drawing, and for comparison."""
        return f"{self.title}. {self.summary[:1].upper()}{self.summary[1:]}"

    def _repr_svg_(self) -> str:
        """The drawing."""
        return self.svg


def compare_waits(runs: Mapping[str, Run], path: str | None = None) -> Picture:
    """Mean wait of tasks by their time of arrival, one line a run.

    Args:
        runs: By the name to print.
        path: The unit; the root if unsaid.

    Raises:
        InputError: If there is nothing to compare or no such unit.
    """
    series = []
    contexts = _contexts(runs)
    cut = common_edges(contexts)
    for name, context in contexts.items():
        edges = cut[name]
        entered, waited = context.history.waits(_place(context, path))
        which = np.searchsorted(edges, entered, "right") - 1
        many = np.bincount(which, minlength=len(edges) - 1)
        total = np.bincount(which, weights=waited, minlength=len(edges) - 1)
        mean = np.divide(total, many, out=np.full(len(many), np.nan), where=many > 0)
        series.append(over_time(name, (edges[:-1] + edges[1:]) / 2, mean))
    first = next(iter(contexts.values()))
    title = f"Mean wait at {path or first.root} by time of arrival"
    return _picture(title, series, common_setting(contexts), quantity="wait", unit="s")


def compare_imbalance(runs: Mapping[str, Run], path: str | None = None) -> Picture:
    """How uneven the operations of a viable system were loaded, one line a run.

    The root mean square, over operations and over each part of the run, of an operation's tasks less the
    mean of all.

    Args:
        runs: By the name to print.
        path: The system; the root if unsaid.

    Raises:
        InputError: If there is nothing to compare, no such unit, or it has fewer than two operations.
    """
    series = []
    contexts = _contexts(runs)
    cut = common_edges(contexts)
    for name, context in contexts.items():
        place, edges = _place(context, path), cut[name]
        if len(context.history.children(place)) < 2:
            wrong = "it has no siblings to compare"
            raise InputError("", "path", wrong, given=path, right="name a system of two")
        strayed = np.array(list(context.history.imbalance(place, context.fine).values()))
        which = np.searchsorted(edges, context.fine, "right") - 1
        square = np.bincount(which, weights=(strayed**2).mean(axis=0), minlength=len(edges) - 1)
        many = np.bincount(which, minlength=len(edges) - 1)
        rms = np.sqrt(np.divide(square, many, out=np.full(len(many), np.nan), where=many > 0))
        series.append(over_time(name, (edges[:-1] + edges[1:]) / 2, rms))
    first = next(iter(contexts.values()))
    title = f"Imbalance between the operations of {path or first.root}"
    return _picture(title, series, common_setting(contexts), quantity="tasks from the mean (rms)")


def agents(run: Run, path: str | None = None) -> Picture:
    """Agents that System 3 granted to each operation of a viable system.

    Args:
        run: A finished run.
        path: The system; the root if unsaid.

    Raises:
        InputError: If there is no such unit or it has no operations.
    """
    context = context_of(run)
    past, place = context.history, _place(context, path)
    if not past.children(place):
        raise InputError("", "path", "it has no operations", given=path, right="name a viable system")
    series = []
    for child in past.children(place):
        held = past.agents_held(child)
        times: Floats = np.append(held.times, past.horizon)
        series.append(over_time(past.label(child), times, np.append(held.values, held.values[-1:])))
    title = f"Agents granted to the operations of {path or context.root}"
    return _picture(title, series, context.setting, quantity="agents", steps=True)


def compare_effects(
    effects: Sequence[Effect], title: str = "What each knock-out multiplies the measure by"
) -> Picture:
    """Effects of knock-outs as ratios, knocked out over there, with their 95 % intervals.

    Args:
        effects: What ``vsmlab.lab.knockouts.paired`` found.
        title: What the measure is.

    Raises:
        InputError: If there is nothing to compare.
    """
    if not effects:
        raise InputError("", "effects", "there is nothing to compare", right="give at least one effect")
    found = [effect.ratio for effect in effects]
    dots = [Bar(one.value, one.low, one.high, why=one.reason) for one in found]
    chart = ratios(title, [effect.name for effect in effects], dots, quantity="knocked out over there")
    return picture_of(chart)


def befell(run: Run) -> Picture:
    """What broke, whom System 2 suspected, and when tasks were handed back: a line for each unit.

    Args:
        run: A finished run.

    Raises:
        InputError: If nothing broke and nobody was suspected.
    """
    section = life_and_death(context_of(run))
    if section is None:
        raise InputError("", "run", "nothing broke and nobody was suspected", given=run.manifest["name"])
    chart = next(block for block in section.blocks if isinstance(block, Chart))
    return Picture(chart.title, f"{section.lead} {chart.summary}", _alone(chart))


def _contexts(runs: Mapping[str, Run]) -> dict[str, Context]:
    if not runs:
        raise InputError("", "runs", "there is nothing to compare", right="give at least one run")
    return {name: context_of(run) for name, run in runs.items()}


def _place(context: Context, path: str | None) -> int:
    known = [row[0] for row in context.history.places]
    if path is not None and path not in known:
        right = f"one of {', '.join(known)}"
        raise InputError("", "path", "there is no such unit", given=path, right=right)
    return 0 if path is None else known.index(path)


def _picture(
    title: str, series: list[Series], setting: Setting, *, quantity: str, unit: str = "", steps: bool = False
) -> Picture:
    chart = lines(title, series, quantity=quantity, unit=unit, steps=steps, setting=setting)
    return picture_of(chart)


def picture_of(chart: Chart) -> Picture:
    """A chart of a report as a picture that stands alone."""
    return Picture(chart.title, chart.summary, _alone(chart))


def _alone(chart: Chart) -> str:
    """A report's chart with its style, its title above it and paper behind it, so that it stands alone."""
    opening, rest = chart.svg.split(">", 1)
    before, after = opening.split('viewBox="0 0 ')
    width, height = after.split('"', 1)[0].split()
    tall = f"{float(height) + _HEAD:g}"
    opening = f'{before}viewBox="0 {-_HEAD} {width} {tall}"{after.split(chr(34), 1)[1]}'
    style = f"{figure_style()} svg.chart {{ min-width: 0 }} svg .paper {{ fill: var(--paper) }}"
    paper = element("rect", x=0, y=-_HEAD, width=width, height=tall, class_="paper")
    title = element("text", chart.title, x=6, y=-12, class_="name", font_size=FONT + 2)
    return f"{opening}><style>{style}</style>{paper}{title}{rest}"
