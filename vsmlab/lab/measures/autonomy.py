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
from vsmlab.mechanisms.entropy_estimates import (
    corrected_entropies,
    corrected_informations,
    entropies,
    informations,
    paired_tables,
    surprise,
)
from vsmlab.mechanisms.intervals import Estimate, wilson
from vsmlab.mechanisms.resampling import block_interval, suited_blocks

from .balances import interval_of
from .levels import Ints, Levels, classes

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
    """Share of troubles that were over before anything came from above, with Wilson's interval.

    One that is still open and untouched at the end of the run is not counted: nobody knows how it would end.

    Args:
        troubles: Begin, end and name of each.
        above: When something came from above, in order.
        since: Troubles that began before are not counted.
    """
    alone, counted = 0, 0
    for begin, end, _ in troubles:
        if begin < since:
            continue
        place = int(np.searchsorted(above, begin, "left"))
        touched = place < len(above) and above[place] < end
        if end == math.inf and not touched:
            continue
        counted += 1
        alone += not touched
    estimate = wilson(alone, counted)
    if estimate.value is None:
        return Estimate(None, None, None, 0, "Wilson", "no pain and no disturbance that ended")
    return estimate


def information(present: Ints, stepped: Ints, groups: tuple[int, int]) -> Estimate:
    """``1 - I(interventions; state) / H(state)``, corrected for bias, with an interval from blocks of periods.

    Args:
        present: Tasks present at the end of each window: their class by power of two is the state.
        stepped: What came from above in each window.
        groups: How many windows make a period, and how many periods there are.
    """
    size, count = groups
    method = "autonomy, Miller-Madow"
    if count == 0:
        return Estimate(None, None, None, 0, method, "the run is shorter than one period")
    _, state = np.unique(classes(present[size - 1 :: size][:count]), return_inverse=True)
    _, above = np.unique(
        classes(stepped[: count * size].reshape(count, size).sum(axis=1)), return_inverse=True
    )
    kinds = int(state.max() + 1), int(above.max() + 1)
    if kinds[0] == 1:
        return Estimate(None, None, None, count, method, "its load stayed in one class")
    if kinds[1] == 1:
        return Estimate(1.0, None, None, count, method, "as much came from above in every period")
    if count < 4 * kinds[0] * kinds[1]:
        reason = f"{count} periods of {kinds[0]} by {kinds[1]} kinds: not estimable"
        return Estimate(None, None, None, count, method, reason)
    joint = surprise(state * kinds[1] + above)
    blocks = suited_blocks(surprise(state) + surprise(above) - joint)
    tables, truth = paired_tables(state, above, blocks)
    value = 1.0 - _tied(truth[None])
    if blocks.reason:
        return Estimate(float(value[0]), None, None, count, method, blocks.reason)
    plain = 1.0 - informations(truth[None]) / entropies(truth[None].sum(axis=2))
    low, high = block_interval(float(value[0]), 1.0 - _tied(tables) - float(plain[0]), blocks, 0.95)
    return Estimate(float(value[0]), max(0.0, low), min(1.0, high), count, method)


def _tied(tables: Ints) -> npt.NDArray[np.float64]:
    """Share of the state's entropy that what comes from above tells."""
    state = np.maximum(corrected_entropies(tables.sum(axis=2)), 1e-12)
    return np.clip(corrected_informations(tables) / state, 0.0, 1.0)


def _counted(levels: Levels, times: list[float]) -> Ints:
    """How many of these times lie in each window."""
    window = (np.array(times) / levels.width).astype(np.int64) - levels.first
    inside = (window >= 0) & (window < levels.windows)
    return np.bincount(window[inside], minlength=levels.windows).astype(np.int64)
