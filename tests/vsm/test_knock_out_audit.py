"""Without System 3* the counter that games its reports is never found, and the honest ones wait for it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from paired import SEEDS, Story, prove, story

from vsmlab.laws import kinds as k

BEGINS, HORIZON = 300.0, 1800.0
HONEST = ("counters.copper", "counters.silver", "counters.iron")
SHORTER = (
    f"environment.disturbances=[{{kind: bias, unit: counters.gold, time: {BEGINS:g}, factor: 1.5}}]",
    "organisation.audit.every.exponential.mean=15",  # in the scenario 40, and three hours to find it in
    *(f"organisation.operations.{name}.report.every=10" for name in ("copper", "silver", "gold", "iron")),
)


@cache
def counted(seed: int, *overrides: str) -> tuple[float, float, float]:
    """Whether gold was not found, when it was (or the horizon), and how long the honest counters' tasks wait."""
    told = story("gaming-units", seed, HORIZON, *SHORTER, *overrides)
    found = told.of(k.FOUND)
    of_gold = found[found["ref"] == told.identity("counters.gold")]
    first = min(of_gold["due"].tolist(), default=HORIZON)
    return float(first == HORIZON), first, told.mean_wait(*HONEST, since=BEGINS)


def columns(*overrides: str) -> dict[str, list[float]]:
    rows = zip(*(counted(seed, *overrides) for seed in SEEDS), strict=True)
    return dict(zip(("unfound", "found_at_s", "honest_wait_s"), map(list, rows), strict=True))


def test_without_system3_star_the_bias_goes_unfound_and_the_honest_wait() -> None:
    """30 paired seeds: what is never found counts as found at the horizon."""
    whole, without = columns(), columns("knockout=[audit]")
    assert sum(whole["unfound"]) <= 3.0
    assert sum(without["unfound"]) == len(SEEDS)
    assert min(whole["found_at_s"]) > BEGINS, "nobody is found who does not lie yet"
    assert np.mean(whole["found_at_s"]) - BEGINS < 0.5 * (HORIZON - BEGINS)
    prove({"unfound": 0.8, "found_at_s": 600.0, "honest_wait_s": 0.8}, whole, without)


@pytest.mark.parametrize("seed", range(3))
def test_where_nobody_lies_and_nobody_is_found_the_audit_changes_nothing(seed: int) -> None:
    """It only looks: without a finding each task waits exactly as long as without the audit."""
    honest = "environment.disturbances=[]"
    runs: list[Story] = [
        story("gaming-units", seed, 900.0, honest, *gone) for gone in ((), ("knockout=[audit]",))
    ]
    whole, without = runs
    assert len(whole.of(k.CHECKED)) > 3
    assert len(without.of(k.CHECKED)) == len(whole.of(k.FOUND)) == 0
    for fact in (k.STARTED, k.SERVED, k.AGENTS):
        assert whole.of(fact)["due"].tolist() == without.of(fact)["due"].tolist()
