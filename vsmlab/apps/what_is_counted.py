"""What the figures of a run count: from when to when, who was inside, and what each word means."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from vsmlab.lab.record import Run
from vsmlab.lab.report.markup import Markup, element
from vsmlab.lab.report.numerals import counted, duration
from vsmlab.lab.report.page import Figure
from vsmlab.lab.report.system import DiagramSystem

MEANINGS: Final = {
    "mean wait": "How long a task waits before it is worked on, on average, all its visits together.",
    "p95 wait": "The 95th percentile: 19 of 20 tasks waited no longer.",
    "served": "Tasks that left with their work done while the run was measured.",
    "gain over the best fixed split": "How many times longer the wait would be if the agents had been divided once, as "
    "well as can be, and left there.",
    "one pool would give": "The mean wait if all agents stood behind one queue: nobody waits while an agent is idle.",
    "imbalance": "How far siblings’ tasks stray from their common mean (root mean square); 0 if all are loaded alike.",
    "agents": "Agents of the whole system, and the share of their time in which they worked.",
    "cost": "What the tasks that were served cost.",
}
"""What a figure at the top of a run's page means, by its name."""
PERFORMANCE: Final = (
    "Beer’s performance: actuality over potentiality, what is done now over what could be done if all that stands in "
    "the way were removed. 1 is the most."
)


def measured(run: Run) -> Markup:
    """A sentence on what all figures of the page count."""
    begin, end = (float(value) for value in run.measures["window_s"])
    root = str(run.manifest["places"][0][0])
    unit = run.measures["units"][root]
    before, after = int(unit["in_progress_at_start"]), int(unit["in_progress"])
    if begin > 0.0:
        told = (
            f"Measured from {duration(begin)} to {duration(end)}; the warm-up, the first {duration(begin)}, is in no "
            "figure. "
        )
    else:
        told = f"Everything is counted, from the start to {duration(end)}: no warm-up was left out. "
    if before or after:
        inside = f"{counted(before, 'task was', 'tasks were')} inside at the beginning of that, {after:,} at its end"
        told += f"{inside}: what came and what left need not be the same."
    return element("p", told, class_="note measured")


def amended(figures: tuple[Figure, ...], run: Run, systems: tuple[DiagramSystem, ...]) -> list[Figure]:
    """The main figures, with what makes them agree with each other and with the diagram."""
    root = str(run.manifest["places"][0][0])
    before = int(run.measures["units"][root]["in_progress_at_start"])
    found = []
    for one in figures:
        if one.name == "served" and before:
            one = replace(one, note=f"{one.note}, {before:,} were inside already")
        if one.name == "agents" and systems:
            ends = [operation.agents_end for operation in systems[0].operations]
            end = sum(value for value in ends if value is not None)
            if None not in ends and f"{end:,}" != one.value:
                one = replace(
                    one, value=f"{one.value} → {end:,}", note=f"at the start and at the end; {one.note}"
                )
        found.append(one)
    return found
