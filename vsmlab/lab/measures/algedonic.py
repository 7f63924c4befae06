"""Algedonic signals: how much hurts, how much of it is mended where it arose, and how soon the rest is known above.

A signal of a node is one that its local management or its System 5 felt. It begins when it is felt there and is over
when that is noted there. Level 1 is the viable system right above the operation, level 2 the one above that.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from vsmlab.engines.start import Start
from vsmlab.laws import kinds as k
from vsmlab.mechanisms.intervals import wilson

from .telling import interval_of
from .units import Folded, Window

Name = tuple[int, int, bool]
"""Whose signal it is, of which essential variable, and whether it is pain."""


@dataclass(slots=True)
class Signal:
    """A signal as one receiver felt it; what never came is infinite."""

    name: Name
    begin: float
    end: float = math.inf
    climbed: float = math.inf

    def last(self, end: float) -> float:
        """How long it lasted, up to the end of the run."""
        return min(self.end, end) - self.begin


def read_signals(rare: npt.NDArray[np.void]) -> dict[int, list[Signal]]:
    """Every signal by the identity of the receiver that felt it, in the order in which they began.

    A pleasure and a pain of one origin and variable may be felt at once, where an end was lost; what is noted of
    one says since when, and so of which.
    """
    felt: defaultdict[int, list[Signal]] = defaultdict(list)
    open_ones: defaultdict[tuple[int, int, int], list[Signal]] = defaultdict(list)
    for row in rare[np.isin(rare["kind"], [k.FELT, k.EASED, k.CLIMBED])]:
        who, origin, what = int(row["receiver"]), int(row["task"]), int(row["ref"])
        there, time, value = open_ones[who, origin, what], float(row["due"]), float(row["value"])
        if row["kind"] == k.FELT:
            there.append(Signal((origin, what, value > 0.0), time))
            felt[who].append(there[-1])
        elif there:
            signal = min(there, key=lambda one: abs(one.begin - (time - value)))
            if row["kind"] == k.CLIMBED:
                signal.climbed = time
            else:
                signal.end = time
                there.remove(signal)
    return dict(felt)


def algedonic_measures(rare: npt.NDArray[np.void], folded: Folded, start: Start) -> dict[str, dict[str, Any]]:
    """``algedonic`` of ``measures.json``, by the path of each node at which anything can be felt.

    Args:
        rare: Rare rows of the journal.
        folded: The run.
        start: Who is who.
    """
    felt = read_signals(rare)
    rows, state = {path: row for row, path in enumerate(start.paths)}, start.state
    measures: dict[str, dict[str, Any]] = {}

    speaks: set[int] = set()
    for here, (path, *_, viable, _) in enumerate(folded.places):
        row = rows.get(f"{path}.management")
        if not viable and row is not None and state.managements[state.units[row].at].first_essential >= 0:
            above_it = here
            while above_it >= 0:
                speaks.add(above_it)
                above_it = folded.places[above_it][1]

    def signals_at(place: int) -> list[Signal] | None:
        """Signals felt at a node; None if there is nobody who could feel any."""
        path, *_, viable, _ = folded.places[place]
        row = rows.get(f"{path}.system5" if viable else f"{path}.management")
        if row is None or place not in speaks:
            return None
        return felt.get(start.identities[row], [])

    for here, (path, parent, depth, *_rest) in enumerate(folded.places):
        mine = signals_at(here)
        if mine is None:
            continue
        above: dict[int, list[Signal]] = {}
        while parent >= 0:
            known = signals_at(parent)
            if known is not None:
                above[depth - folded.places[parent][2]] = known
            parent = folded.places[parent][1]
        measures[path] = _of_node(mine, above, folded.window, folded.not_estimable, f"algedonic.{path}")
    return measures


def _of_node(
    signals: list[Signal], above: dict[int, list[Signal]], window: Window, why: dict[str, str], place: str
) -> dict[str, Any]:
    counted = [one for one in signals if window.start <= one.begin < window.end]
    pains = [one for one in counted if one.name[2]]
    told = [one for one in pains if min(one.end, one.climbed) < math.inf]
    mended = wilson(sum(one.climbed == math.inf for one in told), len(told))
    if mended.value is None:
        why[f"{place}.eased_before_climbing"] = "no pain of which it is known whether it climbs"
    begins, ends = merged((one.begin, one.end) for one in signals if one.name[2])
    times = {str(level): mean_time(signals, known) for level, known in above.items()}
    for level, time in times.items():
        if time is None:
            why[f"{place}.mean_time_to_level_s.{level}"] = "no signal came so far"
    return {
        "felt": len(pains),
        "eased_before_climbing": mended.value,
        "eased_before_climbing_interval": interval_of(mended),
        "climbed": sum(one.climbed < math.inf for one in pains),
        "mean_time_to_level_s": times,
        "time_in_pain_share": window.overlap(begins, ends) / window.length,
        "pleasure_felt": len(counted) - len(pains),
        "longest_pain_s": max((one.last(window.end) for one in pains), default=0.0),
    }


def mean_time(signals: list[Signal], known: list[Signal]) -> float | None:
    """Mean time from when a signal was felt here to when it was felt there; None if none got there.

    Args:
        signals: Felt here, in order.
        known: Felt there, in order.
    """
    here: defaultdict[Name, list[float]] = defaultdict(list)
    there: defaultdict[Name, list[float]] = defaultdict(list)
    for one in signals:
        here[one.name].append(one.begin)
    for one in known:
        there[one.name].append(one.begin)
    times: list[float] = []
    for name, begins in here.items():
        heard = np.array(there.get(name, []))
        for begin, following in pairwise([*begins, math.inf]):
            place = int(np.searchsorted(heard, begin, "left"))
            if place < len(heard) and heard[place] < following:
                times.append(float(heard[place]) - begin)
    return math.fsum(times) / len(times) if times else None


def merged(
    intervals: Iterable[tuple[float, float]],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Begins and ends of the union of intervals.

    >>> [ends.tolist() for ends in merged([(5.0, 6.0), (0.0, 2.0), (1.0, 3.0)])]
    [[0.0, 5.0], [3.0, 6.0]]
    """
    union: list[list[float]] = []
    for begin, end in sorted(intervals):
        if union and begin <= union[-1][1]:
            union[-1][1] = max(union[-1][1], end)
        else:
            union.append([begin, end])
    both = np.array(union, dtype=np.float64).reshape(-1, 2)
    return both[:, 0], both[:, 1]
