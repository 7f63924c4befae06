"""Staying within limits: shares of time, exits and recoveries that may be cut off, and the viability kernel.

An exit that did not happen while one watched is not a late exit and not none: its time goes into
Kaplan-Meier's estimate as censored, and is never averaged with the others.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vsmlab.mechanisms.intervals import Estimate, batch_means, student_quantile
from vsmlab.mechanisms.numbers import normal_quantile

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spell:
    """How long something lasted, and whether its end was seen.

    Attributes:
        lasted: Time, at least 0.
        ended: False if the watch was over first (censored).
    """

    lasted: float
    ended: bool


@dataclass(frozen=True, slots=True)
class Excursions:
    """How a trajectory kept within its limits.

    Attributes:
        first_exit: From the start to the first time outside.
        recoveries: From each exit to the return.
        share: Of the watch that it spent within.
        slots: The same for each of equal parts of the watch.
    """

    first_exit: Spell
    recoveries: tuple[Spell, ...]
    share: float
    slots: tuple[float, ...]


def excursions(
    times: Sequence[float],
    values: Sequence[float],
    end: float,
    *,
    least: float = -math.inf,
    most: float = math.inf,
    slots: int = 100,
) -> Excursions:
    """Exits and recoveries of a value that stays as it is until the next time.

    Args:
        times: When the value was set, rising; the watch begins at the first.
        values: What it was set to.
        end: Of the watch, after the last time.
        least: Lower limit, itself within.
        most: Upper limit, itself within.
        slots: Into how many equal parts the watch is cut for the shares of time.

    Raises:
        ValueError: If there is no value, the lists differ in length or the times do not rise up to the end.
    """
    if (
        not times
        or len(times) != len(values)
        or any(b <= a for a, b in zip(times, [*times[1:], end], strict=True))
    ):
        raise ValueError(
            f"{len(times)} times and {len(values)} values: equally many, rising up to the end {end}"
        )
    marks = np.array([*times, end], dtype=np.float64)
    within = np.array([least <= value <= most for value in values])
    changes = np.flatnonzero(np.diff(within)) + 1
    starts = [0, *changes.tolist()]
    ends = [*changes.tolist(), len(values)]
    spells = [
        (bool(within[first]), Spell(float(marks[last] - marks[first]), last < len(values)))
        for first, last in zip(starts, ends, strict=True)
    ]
    first_exit = spells[0][1] if spells[0][0] else Spell(0.0, True)
    edges = np.linspace(marks[0], marks[-1], slots + 1)
    gathered = np.concatenate([[0.0], np.cumsum(np.diff(marks) * within)])
    shares = np.diff(np.interp(edges, marks, gathered)) / ((marks[-1] - marks[0]) / slots)
    recoveries = tuple(spell for inside, spell in spells if not inside)
    stays = np.diff(marks).tolist()
    share = math.fsum(stay for stay, inside in zip(stays, within, strict=True) if inside) / math.fsum(stays)
    return Excursions(first_exit, recoveries, share, tuple(np.clip(shares, 0.0, 1.0).tolist()))


def share_inside(watched: Excursions, *, confidence: float = 0.95) -> Estimate:
    """Share of the time that a trajectory was within its limits, with an interval from batch means.

    Args:
        watched: One trajectory, after its warm-up.
        confidence: In ``(0, 1)``.
    """
    estimate = batch_means(watched.slots, confidence=confidence)
    method = f"share of time, {estimate.method}"
    value, n = watched.share, estimate.n
    if value in (0.0, 1.0):
        reason = f"always {'within' if value else 'outside'}: no interval from one run"
        return Estimate(value, None, None, n, method, reason)
    if estimate.low is None or estimate.high is None:
        return Estimate(value, None, None, n, method, estimate.reason)
    return Estimate(value, max(0.0, estimate.low), min(1.0, estimate.high), n, method)


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """Kaplan-Meier's estimate of the probability to last longer than a time.

    Attributes:
        n: Spells.
        times: When some ended, rising.
        at_risk: How many had lasted so long, at each of these times.
        ended: How many ended then.
        survival: Probability to last longer than that time.
        longest: The longest time that any was watched.
    """

    n: int
    times: tuple[float, ...]
    at_risk: tuple[int, ...]
    ended: tuple[int, ...]
    survival: tuple[float, ...]
    longest: float


def kaplan_meier(spells: Sequence[Spell]) -> SurvivalCurve:
    """The survival curve of spells some of which are censored, independently of when they would have ended.

    A spell censored at the time when another ends counts as at risk then.

    Args:
        spells: Of independent trajectories.

    Raises:
        ValueError: If a spell lasted less than 0 or for ever.

    Reference:
        Kaplan and Meier (1958), source not checked; formulas as in the vignette of the R package cifmodeling.
    """
    if any(not 0.0 <= spell.lasted < math.inf for spell in spells):
        raise ValueError("a spell must have lasted at least 0, and not for ever")
    lasted = np.sort(np.array([spell.lasted for spell in spells], dtype=np.float64))
    times, ended = np.unique([spell.lasted for spell in spells if spell.ended], return_counts=True)
    at_risk = len(spells) - np.searchsorted(lasted, times, side="left")
    survival = np.cumprod((at_risk - ended) / at_risk)
    return SurvivalCurve(
        n=len(spells),
        times=tuple(times.tolist()),
        at_risk=tuple(at_risk.tolist()),
        ended=tuple(ended.tolist()),
        survival=tuple(survival.tolist()),
        longest=float(lasted[-1]) if len(spells) else 0.0,
    )


def survival_at(curve: SurvivalCurve, time: float, *, confidence: float = 0.95) -> Estimate:
    """Probability to last longer than a time, with an interval by Greenwood's variance.

    The interval is symmetrical for ``log(-log survival)``, so it stays within 0 and 1. Before the first end
    that says nothing: there the lower end is the exact one for as many spells as had lasted so long.

    Args:
        curve: From `kaplan_meier`.
        time: At least 0.
        confidence: In ``(0, 1)``.

    Reference:
        Greenwood (1926), Kalbfleisch and Prentice (1980): sources not checked; formulas as in the book
        "Survival analysis" by Sestelo (bookdown, section 2.2).
    """
    method = "Kaplan-Meier, Greenwood on log-log"
    if curve.n == 0:
        return Estimate(None, None, None, 0, method, "no spells")
    if time > curve.longest and (not curve.survival or curve.survival[-1] > 0.0):
        reason = f"none was watched for longer than {curve.longest:g}"
        return Estimate(None, None, None, curve.n, method, reason)
    place = int(np.searchsorted(curve.times, time, side="right")) - 1
    if place < 0:
        still = curve.at_risk[0] if curve.at_risk else 0
        if not still or time > curve.times[0]:
            return Estimate(1.0, None, None, curve.n, method, "none ended: no variance")
        return Estimate(1.0, ((1.0 - confidence) / 2.0) ** (1.0 / still), 1.0, curve.n, method)
    value = curve.survival[place]
    if value == 0.0:
        return Estimate(0.0, None, None, curve.n, method, "all had ended: no variance")
    spread = math.sqrt(math.fsum(_greenwood(curve)[: place + 1])) / abs(math.log(value))
    z = normal_quantile(0.5 + confidence / 2.0)
    low, high = (value ** math.exp(side * z * spread) for side in (1.0, -1.0))
    return Estimate(value, low, high, curve.n, method)


def restricted_mean(spells: Sequence[Spell], horizon: float, *, confidence: float = 0.95) -> Estimate:
    """Mean of how long spells last, each counted up to a horizon at most.

    The area under the survival curve. Beyond the longest spell watched the curve is unknown, and with it the
    mean without a horizon.

    Args:
        spells: Of independent trajectories.
        horizon: Above 0.
        confidence: In ``(0, 1)``.

    Raises:
        ValueError: If the horizon is not positive.

    Reference:
        Variance by Greenwood's sum over the areas that remain, times ``m / (m - 1)`` for m ends, and Student's
        t with m - 1 degrees: as in function kmms of the R package STAND; no primary source checked.
    """
    if not 0.0 < horizon < math.inf:
        raise ValueError(f"horizon {horizon}: must be above 0")
    method = f"mean up to {horizon:g}, Kaplan-Meier"
    curve = kaplan_meier(spells)
    n = curve.n
    if n == 0:
        return Estimate(None, None, None, 0, method, "no spells")
    if horizon > curve.longest and (not curve.survival or curve.survival[-1] > 0.0):
        reason = f"none was watched for longer than {curve.longest:g}: take a horizon within"
        return Estimate(None, None, None, n, method, reason)
    inside = [time for time in curve.times if time < horizon]
    heights = [1.0, *curve.survival[: len(inside)]]
    widths = np.diff([0.0, *inside, horizon])
    areas = widths * heights
    value = float(areas.sum())
    ends = sum(curve.ended[: len(inside)])
    if ends < 2:
        return Estimate(value, None, None, n, method, f"{ends} ended before the horizon: no variance")
    remaining = np.cumsum(areas[::-1])[::-1][1:]
    terms = np.array(_greenwood(curve)[: len(inside)])
    variance = float((remaining**2 * np.where(remaining > 0.0, terms, 0.0)).sum()) * ends / (ends - 1)
    half = student_quantile(ends - 1, 0.5 + confidence / 2.0) * math.sqrt(variance)
    return Estimate(value, max(0.0, value - half), min(horizon, value + half), n, method)


def _greenwood(curve: SurvivalCurve) -> list[float]:
    """``d / (r (r - d))`` at each end; 0 where none is left, since survival is 0 from there on."""
    return [d / (r * (r - d)) if r > d else 0.0 for r, d in zip(curve.at_risk, curve.ended, strict=True)]


def mean_exit(least: int, most: int, *, start: int = 0, up: float = 0.5) -> float:
    """Mean number of steps until a random walk of steps +1 and -1 reaches one of two limits.

    Args:
        least: The lower limit, at most `start`.
        most: The upper limit, at least `start`.
        start: Where it begins.
        up: Probability of +1, in ``(0, 1)``.

    Raises:
        ValueError: If the start is not between the limits or the probability not in ``(0, 1)``.

    Reference:
        Gambler's ruin: Feller (1968), volume 1, chapter XIV; source not checked.

    >>> mean_exit(-5, 5)
    25.0
    """
    if not least <= start <= most or not 0.0 < up < 1.0:
        raise ValueError(f"start {start}, limits {least} and {most}, up {up}: start between, up in (0, 1)")
    below, width = start - least, most - least
    if up == 0.5 or width == 0:
        return float(below * (width - below))
    odds = (1.0 - up) / up
    if odds > 1.0:  # the mirrored walk, whose powers stay below 1
        return mean_exit(-most, -least, start=-start, up=1.0 - up)
    reaches = math.expm1(below * math.log(odds)) / math.expm1(width * math.log(odds))
    return (below - width * reaches) / (1.0 - 2.0 * up)
