"""The parts of a report on what flows through: demand, queues and waits."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from vsmlab.lab.report.charts import lines, stacked
from vsmlab.lab.report.context import Context, over_time
from vsmlab.lab.report.numerals import counted, duration, number
from vsmlab.lab.report.page import Block, Section
from vsmlab.lab.report.plot import MOST_NAMES
from vsmlab.lab.series import Floats, bins

LEVELS: Final = (0.5, 0.9, 0.99)
# A quantile of one in a hundred needs about as many tasks in each part of the run.
_TASKS_A_BIN: Final = 100
_PARTS: Final = 180
_RATES: Final = ((1.0, "second"), (60.0, "minute"), (3600.0, "hour"), (86_400.0, "day"))


def demand(context: Context) -> Section:
    """How many tasks came, of what, and how much work they brought."""
    past, edges = context.history, context.edges
    made = past.demand(edges)
    total = sum(made.values(), np.zeros(len(edges) - 1))
    if not total.sum():
        return Section("demand", "Demand", "The environment made no task in this run.")
    widths = np.diff(edges)
    seconds, unit = _rate_unit(float(total.sum()) / past.horizon)
    rate = {name: counts / widths * seconds for name, counts in made.items()}
    setting = context.setting
    blocks: list[Block] = [
        stacked(
            f"Tasks made by the environment, in parts of {duration(float(widths[0]))}",
            [over_time(name, edges[:-1], values) for name, values in rate.items()],
            quantity=f"tasks a {unit}",
            setting=setting,
        )
    ]
    rates = total / widths * seconds
    mean, most = float(total.sum()) / past.horizon * seconds, int(rates[_whole(widths)].argmax())
    lead = f"The environment made {counted(int(total.sum()), 'task')}: {number(mean)} a {unit} on average"
    if len(rates) > 1:
        lead += f", {number(float(rates[most]))} a {unit} at most ({_when(edges[most])})"
    lead += "."
    work = _load(context)
    if work:
        agents = past.agents[0]
        blocks.append(
            stacked(
                f"Work that they brought, in parts of {duration(float(widths[0]))}",
                [over_time(name, edges[:-1], values) for name, values in work.items()],
                quantity="agents kept busy",
                setting=replace(setting, levels=((agents, counted(agents, "agent")),) if agents else ()),
            )
        )
        brought = sum(work.values(), np.zeros(len(widths)))
        mean = float((brought * widths).sum()) / past.horizon
        lead += f" Their work would keep {number(mean)} agents busy on average"
        if len(rates) > 1:
            lead += f" and {number(float(brought[_whole(widths)].max()))} at most"
        lead += f"; there are {agents}."
    return Section("demand", "Demand", lead, tuple(blocks))


def _load(context: Context) -> dict[str, Floats]:
    """Agents that the demand would keep busy; empty where the demand alone does not say."""
    leaves = [node for node in context.nodes.values() if not node.viable]
    speeds = {node.speed for node in leaves}
    if len(speeds) != 1 or any(node.work is not None or node.next for node in leaves):
        return {}
    return {
        name: values / speeds.copy().pop() for name, values in context.history.load(context.edges).items()
    }


def queues(context: Context) -> Section:
    """How many tasks were where, and how long they waited."""
    past = context.history
    if not past.folded.visits.task.size:
        return Section("queues", "Queues and waits", "No task reached an operation in this run.")
    edges = bins(past.horizon, _PARTS)
    means = {place: past.mean_present(place, edges) for place in past.children(0) or [0]}
    # Beyond eight the lines are in the table only, so the fullest come first.
    shown = (
        list(means)
        if len(means) <= MOST_NAMES
        else sorted(means, key=lambda place: -float(means[place].mean()))
    )
    blocks: list[Block] = [
        lines(
            f"Tasks waiting, being served or on their way inside: mean in parts of {duration(float(edges[1]))}",
            [over_time(past.label(place), edges[:-1], means[place]) for place in shown],
            quantity="tasks",
            steps=True,
            setting=context.setting,
        )
    ]
    time, most = past.peak(0)
    lead = f"At most {counted(most, 'task was', 'tasks were')} present at once ({_when(time)})"
    fullest = max(means, key=lambda place: float(means[place].mean()))
    if len(shown) > 1 and means[fullest].any():
        lead += f"; on average the most were in {past.label(fullest)}"
    lead += "."
    unit = context.unit(context.root)
    edges = _wait_edges(context)
    quantiles = past.wait_quantiles(0, edges, LEVELS)
    if any(np.isfinite(values).any() for values in quantiles.values()):
        middles = (edges[:-1] + edges[1:]) / 2
        names = ("half waited less", "9 of 10 waited less", "99 of 100 waited less")
        chart = lines(
            f"Waits by time of arrival, in parts of {duration(float(edges[1] - edges[0]))}",
            [over_time(name, middles, quantiles[level]) for name, level in zip(names, LEVELS, strict=True)],
            quantity="wait",
            unit="s",
            setting=context.setting,
        )
        blocks.append(
            replace(chart, note="A task that never started to be served has no wait and is left out.")
        )
    if unit["mean_wait_s"] is None:
        lead += " No task that came in the measured time was started in it."
    else:
        lead += (
            f" In the measured time half of the tasks waited less than {duration(unit['p50_wait_s'])}, "
            f"one in twenty longer than {duration(unit['p95_wait_s'])}, one in a hundred longer than "
            f"{duration(unit['p99_wait_s'])}."
        )
        if unit["p50_wait_s"] == 0.0:
            lead = lead.replace("waited less than 0 s", "did not wait at all")
    if unit["waiting_at_end"]:
        still = counted(unit["waiting_at_end"], "task that came in it was", "tasks that came in it were")
        lead += f" {still} still waiting at the end."
    return Section("queues", "Queues and waits", lead, tuple(blocks))


def _wait_edges(context: Context) -> Floats:
    """Parts of the run that hold enough tasks for the quantiles, where the run is long enough."""
    tasks = len(context.history.folded.births.time)
    return bins(context.history.horizon, max(12, min(60, tasks // _TASKS_A_BIN)))


def _rate_unit(rate: float) -> tuple[float, str]:
    """The unit of time in which a rate a second is a number of at least two digits, a minute at least."""
    return next(((s, name) for s, name in _RATES[1:] if rate * s >= 10), _RATES[-1])


def _whole(widths: Floats) -> slice:
    """All parts but a last one that is shorter than half of the others."""
    return slice(0, -1) if len(widths) > 1 and widths[-1] < widths[0] / 2 else slice(None)


def _when(time: float) -> str:
    return f"at {duration(float(time))}"
