"""A scenario that runs in some ten milliseconds, and what a sweep over it says whatever made its runs."""

from __future__ import annotations

from typing import Any

import pandas as pd

from vsmlab.lab.experiments.plan import Plan
from vsmlab.lab.experiments.points import design
from vsmlab.lab.experiments.work import Base, Line, Task
from vsmlab.lab.loader import load

TINY: dict[str, Any] = {
    "version": 1,
    "name": "tiny",
    "title": "Two clerks",
    "horizon": 60,
    "warmup": 10,
    "seed": 4,
    "engine": "simpy",
    "environment": {
        "demand": {
            "people": {
                "arrivals": {"poisson": {"rate": 1.5}},
                "work": {"exponential": {"mean": 1.0}},
                "to": "hall",
            }
        }
    },
    "organisation": {"name": "hall", "agents": 2},
}
AGENTS = {"organisation.agents": [1, 2, 3]}
WAIT = "units.hall.mean_wait_s"
BREAKS = "environment.demand.people.work.exponential.mean"
"""At 1.5e308 a draw above 1.2 is no number: the run fails, at some seeds only."""
SPENT = ["wall_seconds", "cpu_seconds"]


def said(table: pd.DataFrame) -> pd.DataFrame:
    """All of a table but what a run cost."""
    return table.drop(columns=SPENT)


def tasks(many: int, **changes: object) -> tuple[Base, list[Task]]:
    """Runs of one point, and what they share."""
    loaded = load(TINY | changes)
    one = design(over={"organisation.agents": [2]})
    plan = Plan("sweep", loaded, one, many, None)
    return plan.base, plan.tasks(0, range(many), None)


def by_key(lines: list[Line]) -> dict[str, Line]:
    """Lines by key, without what they cost; each must be there once."""
    found = {line["key"]: {name: line[name] for name in line if name not in SPENT} for line in lines}
    assert len(found) == len(lines)
    return found
