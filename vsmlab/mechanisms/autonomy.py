"""How free a unit is: what interventions say about its state, and what it settles before it is told anything.

Two measures, since each can be deceived: interventions at random say nothing about the unit and leave the
first at 1, and a unit without disturbances has no second.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from vsmlab.mechanisms.entropy_estimates import (
    corrected_entropies,
    corrected_informations,
    entropies,
    information_interval,
    informations,
    paired_tables,
    surprise,
)
from vsmlab.mechanisms.intervals import Estimate, wilson
from vsmlab.mechanisms.resampling import RESAMPLES, SEED, coded, suited_blocks
from vsmlab.mechanisms.variety import entropy_plugin, mutual_information


def autonomy_of(table: Sequence[Sequence[float]]) -> float:
    """Share of the variety of a unit's state that interventions do not account for: ``1 - I / H``.

    Args:
        table: Joint probabilities or counts; rows are interventions, columns states of the unit.

    Raises:
        ValueError: If the unit has one state only, or the table is not one of counts.

    >>> round(autonomy_of([[0.4, 0.1], [0.1, 0.4]]), 6)
    0.721928
    """
    whole = entropy_plugin([math.fsum(column) for column in zip(*table, strict=True)])
    if whole == 0.0:
        raise ValueError("the unit has one state only: it has no variety to be free in")
    return 1.0 - mutual_information(table) / whole


def autonomy_estimate(
    interventions: Sequence[Hashable],
    states: Sequence[Hashable],
    *,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Estimate:
    """Autonomy from what was intervened and what the unit's state was, period by period, corrected for bias.

    Args:
        interventions: One symbol a period ("nothing" is one of them).
        states: One symbol a period.
        confidence: In ``(0, 1)``.
        resamples: How many series of blocks.
        seed: Of the resamples.

    Returns:
        In ``[0, 1]``; "not estimable" below 4 periods for each pair of symbols, or where the state never
        changed.

    Raises:
        ValueError: If the series differ in length.
    """
    if len(interventions) != len(states):
        raise ValueError(f"{len(interventions)} interventions and {len(states)} states: pairs are needed")
    method = "autonomy, information by Miller-Madow"
    one, two = coded(interventions), coded(states)
    n = len(two)
    pairs = len(set(interventions)) * len(set(states))
    if n == 0:
        return Estimate(None, None, None, 0, method, "no periods")
    if n < 4 * pairs:
        reason = f"{n} periods of {pairs} pairs of kinds: not estimable below {4 * pairs}"
        return Estimate(None, None, None, n, method, reason)
    if len(set(states)) == 1:
        return Estimate(None, None, None, n, method, "the unit's state never changed: it has no variety")
    if len(set(interventions)) == 1:
        return Estimate(1.0, None, None, n, method, "interventions never changed: they say nothing")
    joint = surprise(one * (int(two.max()) + 1) + two)
    own = surprise(two)
    said = surprise(one) + own - joint
    blocks = suited_blocks(said - own * float(said.mean() / own.mean()))
    tables, truth = paired_tables(one, two, blocks, resamples=resamples, seed=seed)
    whole = float(corrected_entropies(truth.sum(axis=0)[None])[0])
    raw = float(informations(truth[None])[0])
    value = min(1.0, max(0.0, 1.0 - float(corrected_informations(truth[None])[0]) / whole))
    method = f"{method}, blocks of {blocks.mean:.1f}"
    if blocks.reason:
        return Estimate(value, None, None, n, method, blocks.reason)
    plain = float(entropies(truth.sum(axis=0)[None])[0])
    if plain - raw <= 1e-12:
        return Estimate(
            value, None, None, n, method, "the state followed from the interventions without exception"
        )
    wholes = np.maximum(entropies(tables.sum(axis=1)), 1e-12)
    redrawn = informations(tables) * plain / wholes  # ratios, in the unit of the information
    chance = raw - float(corrected_informations(truth[None])[0])
    degrees = (truth.shape[0] - 1) * (truth.shape[1] - 1)
    low, high = information_interval(raw, chance, redrawn, blocks, n, degrees, confidence)
    return Estimate(value, max(0.0, 1.0 - high / whole), min(1.0, 1.0 - low / whole), n, method)


@dataclass(frozen=True, slots=True)
class Disturbance:
    """What became of one disturbance of a unit.

    Attributes:
        closed: When the unit was back within its limits; None if it was not by the end.
        told: When the first message from above reached the unit after it began; None if none did.
    """

    closed: float | None
    told: float | None


def closed_before_told(disturbances: Sequence[Disturbance], *, confidence: float = 0.95) -> Estimate:
    """Share of disturbances that a unit closed before any message from above.

    A disturbance that at the end is neither closed nor spoken of is undecided: the value leaves it out, and
    the interval (Wilson's) holds whatever becomes of it. A message at the very moment comes before.

    Args:
        disturbances: All that began in the window.
        confidence: In ``(0, 1)``.
    """
    method = "closed before told, Wilson"
    alone = undecided = 0
    for one in disturbances:
        if one.closed is None and one.told is None:
            undecided += 1
        elif one.closed is not None and (one.told is None or one.closed < one.told):
            alone += 1
    n, decided = len(disturbances), len(disturbances) - undecided
    if decided == 0:
        reason = f"none of {n} disturbances was closed or spoken of" if n else "no disturbances"
        return Estimate(None, None, None, 0, method, reason)
    least = wilson(alone, n, confidence=confidence).low
    most = wilson(alone + undecided, n, confidence=confidence).high
    if undecided:
        method = f"{method}, {undecided} of {n} undecided"
    return Estimate(alone / decided, least, most, decided, method)
