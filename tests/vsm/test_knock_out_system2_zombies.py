"""Without System 2 nobody finds what hangs, without System 3 nobody brings its work home: it stays stuck."""

from __future__ import annotations

from functools import cache

import numpy as np
from paired import SEEDS, prove, story

from vsmlab.laws import kinds as k

HORIZON, WARMUP = 900.0, 150.0
SHORTER = (
    "environment.disturbances=["
    "{kind: hang, unit: press.crew-1, time: 200, lasts: 500},"
    "{kind: hang, unit: press.crew-2, time: 400, lasts: 250, answers: false},"
    "{kind: crash, unit: press.crew-3, time: 600, lasts: 150}]",
    *(f"organisation.operations.crew-{n}.report.every=2" for n in range(1, 6)),
)


@cache
def counted(seed: int, *overrides: str) -> tuple[float, float, float, int]:
    """Mean sojourn (of what is stuck, until the end), tasks in progress at the end and their mean; calls home."""
    told = story("zombies", seed, HORIZON, *SHORTER, *overrides)
    served = dict(zip(told.of(k.SERVED)["task"].tolist(), told.of(k.SERVED)["due"].tolist(), strict=True))
    born = told.of(k.BORN)
    sojourns = np.array(
        [served.get(row["task"].item(), HORIZON) - row["due"].item() for row in born[born["due"] >= WARMUP]]
    )
    mean_in_progress = sojourns.sum() / (HORIZON - WARMUP)
    return float(sojourns.mean()), float(len(born) - len(served)), mean_in_progress, len(told.of(k.REHOMED))


def columns(*overrides: str) -> dict[str, list[float]]:
    rows = zip(*(counted(seed, *overrides) for seed in SEEDS), strict=True)
    return dict(zip(("sojourn_s", "stuck", "in_progress", "rehomed"), map(list, rows), strict=True))


def test_without_system2_no_zombie_is_found_and_work_stays_stuck() -> None:
    """30 paired seeds: in the whole organisation each of the three is called home at least once."""
    whole, without = columns(), columns("knockout=[system2]")
    assert min(whole["rehomed"]) >= 3.0
    assert max(without["rehomed"]) == 0.0
    prove({"sojourn_s": 120.0, "stuck": 250.0, "in_progress": 220.0}, whole, without)


def test_without_system3_a_zombie_is_found_but_its_work_stays_stuck() -> None:
    whole, without = columns(), columns("knockout=[system3]")
    assert max(without["rehomed"]) == 0.0
    prove({"sojourn_s": 50.0, "in_progress": 95.0}, whole, without)


def test_a_system3_to_which_no_system2_speaks_gives_its_agents_to_the_zombie() -> None:
    """What hangs reports that all its hands are busy and much waits: the bargain believes it."""
    prove({"sojourn_s": 70.0, "stuck": 250.0}, columns("knockout=[system3]"), columns("knockout=[system2]"))
