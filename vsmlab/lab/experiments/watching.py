"""A measure followed over time within one run: the number of tasks part by part, the wait task by task."""

from __future__ import annotations

from collections import Counter
from typing import Final

import numpy as np

from vsmlab.lab.measures.all import folded_run
from vsmlab.lab.run import Unkept
from vsmlab.lab.series import Floats, History
from vsmlab.lab.series_noted import NOTED_ROW, Noted

PRESENT: Final = "mean_in_progress"
WAIT: Final = "mean_wait_s"
FOLLOWED: Final = (PRESENT, WAIT)
"""Measures of a unit that can be followed: the mean number of tasks in each part of the run; the wait of each task."""


def past_of(done: Unkept) -> History:
    """The lives of a run's tasks, ready to be asked about times; what Systems said is not kept."""
    folded = folded_run(done.fold, done.start, done.scenario)
    silent = Noted(np.empty(0, NOTED_ROW), {})
    return History(folded, {}, np.empty(0, np.void), Counter(), [], silent)


def followed(past: History, path: str, parts: int) -> tuple[Floats, Floats]:
    """A measure over time.

    Args:
        past: The run.
        path: ``units.UNIT.mean_in_progress`` or ``units.UNIT.mean_wait_s``.
        parts: In how many parts the run is cut for a number of tasks.

    Returns:
        When each part begins, and the mean number in it; or when each task came that was started, in the order in
        which they came, and how long it waited.
    """
    unit, _, what = path.removeprefix("units.").rpartition(".")
    place = past.index(unit)
    if what == PRESENT:
        edges = np.linspace(0.0, past.horizon, parts + 1)
        return edges[:-1], past.mean_present(place, edges)
    entered, waited = past.waits(place)
    order = np.argsort(entered, kind="stable")
    return entered[order], waited[order]
