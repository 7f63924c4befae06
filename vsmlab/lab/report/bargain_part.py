"""The part of a report on System 3: who had how many agents when, and what that was worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from vsmlab.lab.report.bars import Bar, Panel, bars
from vsmlab.lab.report.charts import Series, lines, stacked
from vsmlab.lab.report.context import Context, over_time, times
from vsmlab.lab.report.numerals import counted, duration, number, seconds
from vsmlab.lab.report.page import Block, Section
from vsmlab.lab.report.plot import Chart
from vsmlab.lab.report.table import Cell, Table
from vsmlab.lab.series import Steps, summed

_MOST_CHILDREN: Final = 4
_COLUMNS: Final = (
    ("bargains", "bargains"),
    ("grants", "grants sent"),
    ("agents_moved", "agents granted anew"),
    ("interventions", "interventions"),
    ("accounts_heard", "accounts heard"),
)


def bargain(context: Context) -> Section | None:
    """The bargain over time and the comparison with what other organisations would have given."""
    systems = context.viable(least=2, system="system3")
    if not systems:
        return None
    place = _the_one(context, systems)
    path = context.history.places[place][0]
    blocks: list[Block] = [_agents(context, place)]
    children = context.history.children(place)
    if len(children) <= _MOST_CHILDREN:
        drawn = [_of_child(context, child) for child in children]
        blocks += [chart for chart in drawn if chart is not None]
    compared = _compared(context)
    if compared is not None:
        blocks.insert(0, compared)
    rows: list[tuple[Cell, ...]] = [
        (context.history.places[one][0], *_figures(context, one)) for one in systems
    ]
    blocks.append(
        Table(
            "What Systems 3 did in the measured time",
            ("system", *(title for _, title in _COLUMNS)),
            tuple(rows),
        )
    )
    return Section("bargain", "The resource bargain", _lead(context, path, children), tuple(blocks))


def _the_one(context: Context, systems: list[int]) -> int:
    """The root, unless its System 3 moves nothing and another does."""

    def moved(place: int) -> float:
        return float(context.system(context.history.places[place][0]).get("agents_moved", 0.0))

    best = max(systems, key=moved)
    return systems[0] if moved(systems[0]) > 0.0 or moved(best) == 0.0 else best


def _figures(context: Context, place: int) -> list[Cell]:
    system = context.system(context.history.places[place][0])
    return [round(system.get(name, 0)) for name, _ in _COLUMNS]


def _lead(context: Context, path: str, children: list[int]) -> str:
    since = context.out_since(f"{path}.system3")
    if since == 0.0:
        lead = f"System 3 of {path} is knocked out: it grants nothing to its operations."
        return f"{lead} {_gain_line(context)}".rstrip()
    system = context.system(path)
    lead = f"System 3 of {path} bargained {times(system.get('bargains', 0))}"
    moved = round(system.get("agents_moved", 0.0))
    if moved:
        held = {child: context.history.agents_held(child).values for child in children}
        widest = max(held, key=lambda child: float(np.ptp(held[child])))
        low, high = int(held[widest].min()), int(held[widest].max())
        lead += (
            f" and granted {counted(moved, 'agent')} anew; {context.history.label(widest)} "
            f"was held to between {low} and {high}"
        )
    else:
        lead += " and moved no agent"
    stepped = system.get("interventions", 0)
    if stepped:
        lead += f". It stepped in {times(stepped)}"
    if since is not None:
        lead += f". It was knocked out at {seconds(since)} and grants nothing from then on"
    return f"{lead}. {_gain_line(context)}".rstrip()


def _gain_line(context: Context) -> str:
    system, wait = context.system(context.root), context.unit(context.root)["mean_wait_s"]
    split = system.get("best_fixed_split")
    if split is None or wait is None:
        why = context.why(f"systems.{context.root}.best_fixed_split")
        return f"There is no comparison with a fixed split: {why}." if why else ""
    fixed, pool = system["best_fixed_split_wait_s"], system["one_pool_wait_s"]
    gain = system["gain_over_best_fixed_split"]
    if gain is None:
        told = "Nobody waited"
    elif gain >= 1.0:
        told = f"People waited {duration(wait)} on average, {number(gain)} times shorter"
    else:
        told = f"People waited {duration(wait)} on average, {number(1.0 / gain if gain else np.inf)} times longer"
    than = (
        f" than under the best fixed split that hindsight could choose ({_split(split)}: {duration(fixed)})"
    )
    one = f"One pool of all {context.history.agents[0]} agents would have meant {duration(pool)}."
    unit = context.unit(context.root)
    without = sum(unit[name] for name in ("shed", "failed", "abandoned"))
    left = (
        f" The {counted(without, 'task')} that left unserved are not counted in its wait." if without else ""
    )
    return f"{told}{than if gain is not None else ''}. {one}{left}"


def _split(split: Mapping[str, int]) -> str:
    return ", ".join(f"{path.rpartition('.')[2]} {agents}" for path, agents in split.items())


def _compared(context: Context) -> Chart | None:
    system, unit = context.system(context.root), context.unit(context.root)
    split: dict[str, int] | None = system.get("best_fixed_split")
    if split is None or unit["mean_wait_s"] is None:
        return None
    low, high = unit["mean_wait_interval_s"] or (None, None)
    children = context.history.children(0)
    given = {context.history.places[child][0]: context.history.agents[child] for child in children}
    total = sum(given.values())
    waits = [
        ("this run", Bar(unit["mean_wait_s"], low, high, strong=True)),
        (f"best fixed: {_split(split)}", Bar(system["best_fixed_split_wait_s"])),
        (f"as given: {_split(given)}", Bar(system["as_given_split_wait_s"])),
        (f"one pool of {total} agents", Bar(system["one_pool_wait_s"])),
    ]
    known = [bar.value for _, bar in waits if bar.value is not None]
    panel = Panel(
        "mean wait", tuple(bar for _, bar in waits), "s", logarithmic=all(value > 0.0 for value in known)
    )
    chart = bars(
        "Mean wait of this run beside other organisations of the same agents, for the same tasks",
        [name for name, _ in waits],
        [panel],
        interval="95 % interval (batch means)" if low is not None else "",
    )
    note = "The baselines are computed exactly from the tasks of this very run: first come, first served, no faults."
    return replace(chart, note=" ".join(part for part in (chart.note, note) if part))


def _agents(context: Context, place: int) -> Chart:
    past = context.history
    children = past.children(place)
    held = [past.agents_held(child) for child in children]
    steps = np.unique(np.concatenate([one.times for one in held]))
    total = summed(held).values
    marks = [
        (time, "System 3 steps in")
        for time, who, _, _ in past.interventions()
        if who == f"{past.places[place][0]}.system3"
    ]
    setting = replace(context.setting, marks=tuple(marks) if len(marks) <= 1 else ())
    chart = stacked(
        f"Agents granted to the operations of {past.places[place][0]}",
        [
            over_time(past.label(child), steps, one.at(steps))
            for child, one in zip(children, held, strict=True)
        ],
        quantity="agents",
        setting=setting,
    )
    under_way = total.min() < total.max()
    note = "Agents that were recalled and not granted anew yet are in nobody's share." if under_way else ""
    return replace(chart, note=note)


def _of_child(context: Context, child: int) -> Chart | None:
    """What one operation was granted, what it had, what it said it needed."""
    past = context.history
    offered = past.offered(child)
    if offered is None:
        return None
    held, present = past.agents_held(child), past.agents_present(child)
    end = np.array([past.horizon])
    series = [
        _steps("agents granted", held, end),
        _steps("agents present", present, end),
        _steps("load it reported", offered, end),
    ]
    return lines(
        f"{past.label(child)}: agents beside the load it reported to System 3",
        series,
        quantity="agents",
        steps=True,
        setting=context.setting,
    )


def _steps(name: str, steps: Steps, end: np.ndarray[Any, np.dtype[np.float64]]) -> Series:
    return over_time(name, np.append(steps.times, end), np.append(steps.values, steps.values[-1:]))
