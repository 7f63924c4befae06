"""Autonomy of an operation: how little its state is tied to interventions, and what it mends before one comes.

The first measure is 1 for an operation that nobody steps in on, but also for one on which System 3 steps in at
random; the second is not. Read both.

What comes from above are interventions, orders to hand the work over, and recalls of agents; a repetition of a
recall is none.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from vsmlab.laws import kinds as k
from vsmlab.mechanisms.autonomy import Disturbance, autonomy_estimate, closed_before_told
from vsmlab.mechanisms.intervals import Estimate

from .levels import Ints, Levels, classes
from .telling import interval_of

Trouble = tuple[float, float, str]
"""Begin, end, and a name by which the operation and its management mean the same."""


@dataclass(slots=True)
class Story:
    """What befell one receiver.

    Args:
        above: Times at which something came from above.
        troubles: Pains and disturbances: begin, end and what it is; the end is infinite where it never came.
    """

    above: list[float] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)


def autonomy_measures(levels: Levels, why: dict[str, str]) -> dict[str, dict[str, Any]]:
    """``autonomy`` of ``measures.json``, by the path of each operation.

    Args:
        levels: The traffic.
        why: Collects why something could not be estimated.
    """
    stories = read_stories(levels.fold.rare())
    measures: dict[str, dict[str, Any]] = {}
    for here, (path, parent, _, row, viable, _) in enumerate(levels.places):
        if viable:
            continue
        rows = [one for one in (row, levels.rows.get(f"{path}.management")) if one is not None]
        mine = [stories[levels.identities[one]] for one in rows if levels.identities[one] in stories]
        above = sorted(time for story in mine for time in story.above)
        troubles = sorted({trouble for story in mine for trouble in story.troubles})
        node = levels.nodes.get(levels.places[parent][0]) if parent >= 0 else None
        period = node.system3.period if node is not None and node.system3 is not None else levels.width
        free = information(levels.present[here], _counted(levels, above), levels.grouped(period))
        absorbed = closed_alone(troubles, above, levels.folded.window.start)
        measures[path] = {
            "information": free.value,
            "information_interval": interval_of(free),
            "absorbed": absorbed.value,
            "absorbed_interval": interval_of(absorbed),
            "troubles": absorbed.n,
            "interventions": int(sum(levels.folded.window.start <= time for time in above)),
        }
        for name, estimate in (("information", free), ("absorbed", absorbed)):
            if estimate.low is None:
                end = name if estimate.value is None else f"{name}_interval"
                why[f"autonomy.{path}.{end}"] = estimate.reason
    return measures


def read_stories(rare: npt.NDArray[np.void]) -> dict[int, Story]:
    """What befell each receiver, by identity, from the rare rows."""
    stories: defaultdict[int, Story] = defaultdict(Story)
    for who, time in _from_above(rare):
        stories[who].above.append(time)
    open_ones: dict[tuple[int, str], float] = {}
    told = np.isin(rare["kind"], [k.FELT, k.EASED, k.DISTURBED])
    for row in rare[told]:
        kind, ref, value, time = int(row["kind"]), int(row["ref"]), float(row["value"]), float(row["due"])
        who = int(row["receiver"])
        place = (who, f"{'disturbance' if kind == k.DISTURBED else 'pain'} {ref}")
        begins = value > 0.0 if kind == k.FELT else kind == k.DISTURBED and breaks(ref, value)
        if begins:
            open_ones.setdefault(place, time)
        elif kind != k.FELT and place in open_ones:
            stories[who].troubles.append((open_ones.pop(place), time, place[1]))
    for (who, what), time in open_ones.items():
        stories[who].troubles.append((time, math.inf, what))
    return dict(stories)


def breaks(ref: int, value: float) -> bool:
    """Whether a disturbance breaks something; factors of 1 mend, and so does 0 of everything else."""
    if ref % k.FAULT_STEP in (k.SLOW, k.BIAS):
        return value != 1.0
    return value > 0.0


def _from_above(rare: npt.NDArray[np.void]) -> Iterator[tuple[int, float]]:
    """Who was stepped in on, and when."""
    stepped = rare[np.isin(rare["kind"], [k.INTERVENTION, k.REHOME])]
    yield from zip(stepped["receiver"].tolist(), stepped["due"].tolist(), strict=True)
    recalls = rare[(rare["kind"] == k.GRANT) & (rare["ref"] == k.RECALLED)]
    totals: dict[int, float] = {}
    for who, time, total in zip(
        recalls["receiver"].tolist(), recalls["due"].tolist(), recalls["value"].tolist(), strict=True
    ):
        if total > totals.get(who, 0.0):
            totals[who] = total
            yield who, time


def closed_alone(troubles: list[Trouble], above: list[float], since: float) -> Estimate:
    """Share of troubles that were over before anything came from above.

    Args:
        troubles: Begin, end and name of each; the end is infinite where it never came.
        above: When something came from above, in order.
        since: Troubles that began before are not counted.
    """
    counted = []
    for begin, end, _ in troubles:
        if begin >= since:
            place = int(np.searchsorted(above, begin, "left"))
            told = above[place] if place < len(above) else None
            counted.append(Disturbance(closed=None if end == math.inf else end, told=told))
    return closed_before_told(counted)


def information(present: Ints, stepped: Ints, groups: tuple[int, int]) -> Estimate:
    """``1 - I(interventions; state) / H(state)``, with the class of the load as the state.

    Args:
        present: Tasks present at the end of each window: their class by power of two is the state.
        stepped: What came from above in each window.
        groups: How many windows make a period, and how many periods there are.
    """
    size, count = groups
    if count == 0:
        return Estimate(None, None, None, 0, "autonomy", "the run is shorter than one period")
    state = classes(present[size - 1 :: size][:count])
    above = classes(stepped[: count * size].reshape(count, size).sum(axis=1))
    return autonomy_estimate(above.tolist(), state.tolist())


def _counted(levels: Levels, times: list[float]) -> Ints:
    """How many of these times lie in each window."""
    window = (np.array(times) / levels.width).astype(np.int64) - levels.first
    inside = (window >= 0) & (window < levels.windows)
    return np.bincount(window[inside], minlength=levels.windows).astype(np.int64)
