"""The parts of a report on what flows through: demand, queues and waits."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from vsmlab.lab.report.charts import Setting, lines, stacked
from vsmlab.lab.report.context import Context, over_time
from vsmlab.lab.report.numerals import counted, duration, number
from vsmlab.lab.report.page import Block, Section
from vsmlab.lab.series import Floats, bins

LEVELS: Final = (0.5, 0.9, 0.99)
# A quantile of one in a hundred needs about as many tasks in each part of the run.
_TASKS_A_BIN: Final = 100
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
    whole = _whole(widths)
    all_rates = (total / widths * seconds)[whole]
    lead = f"The environment made {counted(int(total.sum()), 'task')}"
    if len(all_rates) > 1:
        least, most = int(all_rates.argmin()), int(all_rates.argmax())
        lead += (
            f": from {number(float(all_rates[least]))} a {unit} ({_at(edges, least)}) to "
            f"{number(float(all_rates[most]))} a {unit} ({_at(edges, most)})"
        )
    lead += "."
    work = past.load(edges)
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
        lead += f" Their work would keep {number(mean)} agents of speed 1 busy on average"
        if len(all_rates) > 1:
            lead += f", {number(float(brought[whole].min()))} to {number(float(brought[whole].max()))} in the parts shown"
        lead += f"; there are {agents}."
    else:
        lead += " What work they mean is drawn by the operations that take them."
    return Section("demand", "Demand", lead, tuple(blocks))


def queues(context: Context) -> Section:
    """How many tasks were where, and how long they waited."""
    past = context.history
    if not past.folded.visits.task.size:
        return Section("queues", "Queues and waits", "No task reached an operation in this run.")
    shown = past.children(0) or [0]
    loads = {place: past.present(place, context.fine) for place in shown}
    shown.sort(key=lambda place: -float(loads[place].mean()))
    blocks: list[Block] = [
        lines(
            "Tasks present: waiting, being served, or on their way inside",
            [over_time(past.label(place), context.fine, loads[place]) for place in shown],
            quantity="tasks",
            steps=True,
            setting=context.setting,
        )
    ]
    total = past.present(0, context.fine)
    most = int(total.argmax())
    lead = f"At most {counted(int(total[most]), 'task was', 'tasks were')} present at once ({_when(context.fine[most])})"
    if len(shown) > 1:
        lead += f"; the most of them on average in {past.label(shown[0])}"
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


def _at(edges: Floats, part: int) -> str:
    return _when(float(edges[part]))


def _when(time: float) -> str:
    return f"at {duration(float(time))}"


def no_warmup(setting: Setting) -> Setting:
    """The same surroundings without the shaded warm-up, for a chart that does not begin with the run."""
    return replace(setting, warmup=0.0)
