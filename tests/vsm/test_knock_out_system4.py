"""Without System 4, or without what foreshows itself to it, the agents for a slope come later."""

from __future__ import annotations

import math
from functools import cache

from paired import SEEDS, prove, story

from vsmlab.laws import kinds as k

BEGINS, HORIZON = 1200.0, 2400.0
WORK, RATE = 4.0, 1.0
SHORTER = (
    f"environment.disturbances=[{{kind: demand, stream: orders, factor: 3.0, time: {BEGINS:g}, over: 900}}]",
    *(f"organisation.operations.{name}.report.every=10" for name in ("early", "late")),
)
BLIND = "organisation.system4.leading=null"


def demanded(now: float) -> float:
    """Erlangs that the scenario asks for on average: a slope to three times as many, and a season."""
    slope = 1.0 + 2.0 * min(1.0, max(0.0, (now - BEGINS) / 900.0))
    return WORK * RATE * slope * (1.0 + 0.3 * math.sin(2.0 * math.pi * now / 1200.0))


@cache
def counted(seed: int, *overrides: str) -> tuple[float, float, float]:
    """Mean wait, seconds with fewer agents than erlangs, and erlang-seconds short, since the slope begins."""
    told = story("demand-slope", seed, HORIZON, *SHORTER, *overrides)
    steps = [(row["due"].item(), row["ref"].item()) for row in told.of(k.HIRES)]
    agents, late, short = 8, 0.0, 0.0
    for now in range(int(HORIZON)):
        while steps and steps[0][0] <= now:
            agents = steps.pop(0)[1]
        if now >= BEGINS:
            late += agents < demanded(now)
            short += max(0.0, demanded(now) - agents)
    return told.mean_wait("works.early", "works.late", since=BEGINS), late, short


def columns(*overrides: str) -> dict[str, list[float]]:
    rows = zip(*(counted(seed, *overrides) for seed in SEEDS), strict=True)
    return dict(zip(("wait_s", "late_s", "short_erlang_s"), map(list, rows), strict=True))


def test_without_system4_the_slope_is_met_later() -> None:
    """30 paired seeds: everybody waits, and for most of the slope there are too few agents."""
    least = {"wait_s": 25.0, "late_s": 280.0, "short_erlang_s": 800.0}
    prove(least, columns(), columns("knockout=[system4]"))


def test_without_its_leading_indicator_system4_meets_it_later_too() -> None:
    """30 paired seeds: growth can be learnt only after it has begun."""
    least = {"wait_s": 20.0, "late_s": 250.0, "short_erlang_s": 600.0}
    prove(least, columns(), columns(BLIND))


def test_a_system4_without_its_leading_indicator_is_still_worth_something() -> None:
    prove({"short_erlang_s": 100.0}, columns(BLIND), columns("knockout=[system4]"))
