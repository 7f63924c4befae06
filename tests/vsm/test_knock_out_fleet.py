"""The whole organisation on its bad day, with each System taken away from every recursion: all of them are missed."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import product
from multiprocessing import get_context

import numpy as np
import pytest
from paired import SEEDS, prove

from vsmlab.lab.run import measures_of, resolved

WITHOUT = ("system2", "system3", "audit", "system4", "system5", "{channel: algedonic}")
HONEST = ("fleet.short", "fleet.standard")
HORIZON = 3600.0

Told = dict[str, float]


def day(job: tuple[str, int]) -> Told:
    """What one day came to, with this taken away at all levels ("" for nothing)."""
    missing, seed = job
    measures = measures_of(resolved("llm-fleet", seed=seed, overrides=[f"knockout=[{missing}]"]))
    units, fleet = measures["units"], measures["systems"]["fleet"]
    started = sum(units[name]["served"] for name in HONEST)
    found = fleet["first_discrepancy_s"]
    return {
        "wait_s": units["fleet"]["mean_wait_s"],
        "honest_wait_s": sum(units[name]["mean_wait_s"] * units[name]["served"] for name in HONEST) / started,
        "found_at_s": HORIZON if found is None else found,
        "hired_and_laid_off": fleet["hires"] + fleet["lay_offs"],
        "unheard": float(fleet["alarms"] == 0),
    }


@cache
def days() -> dict[str, list[Told]]:
    """All days, by what was missing; on as many processes as there are processors."""
    jobs = list(product(("", *WITHOUT), SEEDS))
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as processes:
        told = list(processes.map(day, jobs))
    return {
        missing: [one for (gone, _), one in zip(jobs, told, strict=True) if gone == missing]
        for missing in ("", *WITHOUT)
    }


def columns(missing: str) -> dict[str, list[float]]:
    told = days()[missing]
    return {name: [one[name] for one in told] for name in told[0]}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("missing", "least"),
    [
        ("system2", {"wait_s": 1.0}),
        ("system3", {"wait_s": 1.0}),
        ("audit", {"honest_wait_s": 0.1, "found_at_s": 1000.0}),
        ("system4", {"wait_s": 1.0}),
        ("system5", {"wait_s": 1.0, "hired_and_laid_off": 100.0}),
        ("{channel: algedonic}", {"wait_s": 0.1, "unheard": 0.9}),
    ],
)
def test_each_system_is_missed(missing, least):
    """30 paired seeds."""
    prove(least, columns(""), columns(missing))


@pytest.mark.slow
def test_the_whole_fleet_bears_its_day():
    assert np.mean(columns("")["wait_s"]) < 4.5
