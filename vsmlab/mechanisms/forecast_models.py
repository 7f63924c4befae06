"""Reference models of forecasting, in matrices: local level, Holt, discounted linear growth, seasons, several at once.

System 4's laws are written without matrices and must agree with these. The last model, of Harrison and Stevens,
tells an outlier from a change of level and a change of growth once the next observation has come; no law uses it.
Formulas: West and Harrison (1997), Bayesian Forecasting and Dynamic Models, source not checked; those of the
several models as implemented against its pages 468 and 469 in a public library (``wesm/statlib``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def adaptive_coefficient(ratio: float) -> float:
    """What part of an error the level of a local level model takes in, once it is steady.

    Args:
        ratio: ``q = W / V``, variance of the level's steps over that of the noise, at least 0.

    Returns:
        ``(sqrt(q^2 + 4 q) - q) / 2``, the constant of simple exponential smoothing.

    Raises:
        ValueError: If the ratio is negative.

    >>> round(adaptive_coefficient(1.0), 6), round(adaptive_coefficient(0.05), 6)
    (0.618034, 0.2)
    """
    if ratio < 0.0:
        raise ValueError(f"a ratio of variances is at least 0, not {ratio}")
    return 0.5 * (math.sqrt(ratio * ratio + 4.0 * ratio) - ratio)


def local_level_coefficients(ratio: float, start: float, count: int) -> list[float]:
    """The adaptive coefficients of the Kalman filter of a local level model with known variances, V = 1.

    Args:
        ratio: ``q = W / V``.
        start: Variance of the level before the first observation, over V.
        count: Observations.
    """
    found, spread = [], start
    for _ in range(count):
        before = spread + ratio
        found.append(before / (before + 1.0))
        spread = before - found[-1] * before
    return found


def holt_is_forecastable(alpha: float, beta: float) -> bool:
    """Whether Holt's method without damping forgets the distant past: ``0 < alpha < 2, 0 < beta < 4 - 2 alpha``.

    Reference:
        Hyndman et al. (2008), Forecasting with Exponential Smoothing, chapter 10, source not checked.
    """
    return 0.0 < alpha < 2.0 and 0.0 < beta < 4.0 - 2.0 * alpha


@dataclass(frozen=True, slots=True)
class Holt:
    """Level and growth by Holt's method, with damped growth.

    Attributes:
        level: Of the last observation.
        growth: A step.
        scale: Mean square of the errors so far, after ``freedom`` of them.
        freedom: Errors counted, the first guess among them.
    """

    level: float
    growth: float
    scale: float
    freedom: float

    def step(self, value: float, alpha: float, beta: float, damping: float = 1.0) -> Holt:
        """The state after one more observation: each takes its part of the error."""
        expected = self.level + damping * self.growth
        error = value - expected
        return Holt(
            expected + alpha * error,
            damping * self.growth + beta * error,
            (self.freedom * self.scale + error * error) / (self.freedom + 1.0),
            self.freedom + 1.0,
        )

    def skip(self, damping: float = 1.0) -> Holt:
        """The state a step later, where nothing was observed."""
        return Holt(self.level + damping * self.growth, damping * self.growth, self.scale, self.freedom)

    def forecast(self, steps: int, alpha: float, beta: float, damping: float = 1.0) -> tuple[float, float]:
        """Mean and variance of the observation so many steps ahead, the scale taken as known."""
        mean = self.level + self.growth * sum(damping**j for j in range(1, steps + 1))
        reach = [alpha + beta * sum(damping**i for i in range(1, j + 1)) for j in range(1, steps)]
        return mean, self.scale * (1.0 + math.fsum(c * c for c in reach))


@dataclass(frozen=True, slots=True)
class LinearGrowth:
    """A dynamic linear model of level and growth, discounted by component, its noise unknown.

    Attributes:
        mean: Shape (2,), level and growth.
        spread: Shape (2, 2), their covariance.
        scale: The estimate of the observations' variance.
        freedom: Of Student's t.
    """

    mean: Floats
    spread: Floats
    scale: float
    freedom: float

    def evolution(self, discounts: Sequence[float], damping: float = 1.0) -> tuple[Floats, Floats]:
        """The matrix of one step, and the variance that it adds: ``W = G diag(C_ii (1 / delta_i - 1)) G'``."""
        matrix = np.array([[1.0, damping], [0.0, damping]])
        added = np.diag([self.spread[i, i] * (1.0 / discounts[i] - 1.0) for i in range(2)])
        return matrix, matrix @ added @ matrix.T

    def ahead(self, steps: int, discounts: Sequence[float], damping: float = 1.0) -> tuple[Floats, Floats]:
        """Mean and covariance of level and growth so many steps later; each step adds what the next one adds."""
        matrix, added = self.evolution(discounts, damping)
        mean, spread = self.mean, self.spread
        for _ in range(steps):
            mean, spread = matrix @ mean, matrix @ spread @ matrix.T + added
        return mean, spread

    def step(
        self, value: float, discounts: Sequence[float], damping: float = 1.0, steps: int = 1
    ) -> LinearGrowth:
        """The state after an observation that comes so many steps after the last."""
        mean, spread = self.ahead(steps, discounts, damping)
        return observed(mean, spread, self.scale, self.freedom, value, 1.0)[0]

    def forecast(self, steps: int, discounts: Sequence[float], damping: float = 1.0) -> tuple[float, float]:
        """Mean and squared scale of Student's t of the observation so many steps ahead."""
        mean, spread = self.ahead(steps, discounts, damping)
        return float(mean[0]), float(spread[0, 0]) + self.scale


def observed(
    mean: Floats, spread: Floats, scale: float, freedom: float, value: float, noise: float
) -> tuple[LinearGrowth, float, float]:
    """Take in one observation of the level.

    Args:
        mean: Shape (2,), before it.
        spread: Shape (2, 2), before it.
        scale: The estimate of the noise's variance.
        freedom: Of Student's t.
        value: What was observed.
        noise: Variance of this observation over the usual.

    Returns:
        The state after it, the error and the forecast's variance Q.
    """
    q = float(spread[0, 0]) + scale * noise
    error = value - float(mean[0])
    gain = spread[:, 0] / q
    new = scale * (freedom + error * error / q) / (freedom + 1.0)
    after = (new / scale) * (spread - np.outer(gain, gain) * q)
    return LinearGrowth(mean + gain * error, after, new, freedom + 1.0), error, q


def seasonal_indices(parts: Sequence[float], season: int, gamma: float) -> Floats:
    """Additive indices of a season by classical decomposition: what lies above a centred moving average.

    Args:
        parts: The series, a number for each part of the season, cycle after cycle; two cycles give every index.
        season: Parts of a cycle, at least 2.
        gamma: What a later cycle's index counts against all before; the first counts outright.

    Returns:
        Shape (season,), the index of each part after the last number.
    """
    half = season // 2
    weights = np.full(2 * half + 1, 1.0 / season)
    if season % 2 == 0:
        weights[[0, -1]] *= 0.5
    found = np.full(season, np.nan)
    for middle in range(season - half, len(parts) - half):
        apart = parts[middle] - float(weights @ np.asarray(parts[middle - half : middle + half + 1]))
        before = found[middle % season]
        found[middle % season] = apart if np.isnan(before) else before + gamma * (apart - before)
    return found


# -- several models at once --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kind:
    """What may have happened at a step.

    Attributes:
        name: In one word.
        chance: Probability before anything is seen.
        discounts: Of level and growth.
        noise: Variance of the observation over the usual.
    """

    name: str
    chance: float
    discounts: tuple[float, float]
    noise: float = 1.0


KINDS: Final = (
    Kind("standard", 0.85, (0.9, 0.9)),
    Kind("outlier", 0.07, (0.9, 0.9), 100.0),
    Kind("level", 0.05, (0.01, 0.9)),
    Kind("growth", 0.03, (0.9, 0.01)),
)
"""West and Harrison's table for their series CP6, as the public library named above has it."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What several models make of one observation.

    Attributes:
        now: Shape (kinds,), probability of each kind of event at this step.
        last: Shape (kinds,), the same for the step before, in the light of this observation.
        models: The state after this step under each kind.
    """

    now: Floats
    last: Floats
    models: tuple[LinearGrowth, ...]


def student_density(error: float, variance: float, freedom: float) -> float:
    """Density of Student's t with this squared scale at an error from its centre."""
    gone = math.lgamma(0.5 * (freedom + 1.0)) - math.lgamma(0.5 * freedom)
    inner = math.log1p(error * error / (freedom * variance))
    return math.exp(gone - 0.5 * math.log(math.pi * freedom * variance) - 0.5 * (freedom + 1.0) * inner)


def collapse(weights: Floats, models: Sequence[LinearGrowth]) -> LinearGrowth:
    """One state in place of several, as near to them as one can be (Kullback and Leibler).

    The scale is the weighted harmonic mean; mean and covariance are weighted by ``weight * scale / scale_i``.
    """
    weights = weights / weights.sum()
    scale = 1.0 / float(sum(w / model.scale for w, model in zip(weights, models, strict=True)))
    share = np.array([w * scale / model.scale for w, model in zip(weights, models, strict=True)])
    mean = sum((s * model.mean for s, model in zip(share, models, strict=True)), np.zeros(2))
    spread = np.zeros((2, 2))
    for s, model in zip(share, models, strict=True):
        apart = mean - model.mean
        spread += s * (model.spread + np.outer(apart, apart))
    return LinearGrowth(mean, spread, scale, models[0].freedom)


def multi_process(
    values: Iterable[float], start: LinearGrowth, kinds: Sequence[Kind] = KINDS
) -> list[Diagnosis]:
    """Follow a series with several models at once, each of which may hold at any step (class II).

    Each kind of now is tried on the state that each kind of the step before has left: p(j, i) is in proportion
    to pi(j) p(i) t_n(e; 0, Q(j, i)), with n the degrees of freedom; then those of one ``j`` collapse into one.

    Args:
        values: The series.
        start: The state that the first observation is forecast from, without an evolution before it.
        kinds: What may happen.

    Reference:
        Harrison and Stevens (1976, source not checked); West and Harrison (1997), section 12.4, see above.
    """
    found: list[Diagnosis] = []
    models, chances = (start,) * len(kinds), np.array([kind.chance for kind in kinds])
    for value in values:
        joint = np.zeros((len(kinds), len(kinds)))
        after: list[list[LinearGrowth]] = []
        for j, kind in enumerate(kinds):
            row = []
            for i, before in enumerate(models):
                mean, spread = before.ahead(1 if found else 0, kind.discounts)
                step, error, q = observed(mean, spread, before.scale, before.freedom, value, kind.noise)
                joint[j, i] = kind.chance * chances[i] * student_density(error, q, before.freedom)
                row.append(step)
            after.append(row)
        joint /= joint.sum()
        models = tuple(collapse(joint[j], after[j]) for j in range(len(kinds)))
        chances = joint.sum(axis=1)
        found.append(Diagnosis(chances, joint.sum(axis=0), models))
    return found
