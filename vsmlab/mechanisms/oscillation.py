"""How much a series swings: periodicity, damping, overshoot and settling; beside them the AR(2) process."""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np


@dataclass(frozen=True, slots=True)
class Periodicity:
    """The strongest ordinate of a periodogram and whether chance explains it.

    Attributes:
        g: Its share of the whole, in ``[0, 1]`` (Fisher's g).
        p: Probability of so large a share in Gaussian white noise.
        period: In steps of the series.
    """

    g: float
    p: float
    period: float


def detrended(series: Sequence[float]) -> list[float]:
    """The series without its straight line of least squares."""
    n = len(series)
    middle, mean = (n - 1) / 2.0, math.fsum(series) / n
    spread = math.fsum((k - middle) ** 2 for k in range(n))
    slope = math.fsum((k - middle) * (x - mean) for k, x in enumerate(series)) / spread if spread else 0.0
    return [x - mean - slope * (k - middle) for k, x in enumerate(series)]


def fisher_g(series: Sequence[float]) -> Periodicity:
    """Fisher's test for one hidden period, on the series without its trend.

    Args:
        series: Equally spaced; at least 5 periods of 8 points are advised.

    Raises:
        ValueError: If there are fewer than 7 points or nothing but a trend.

    Reference:
        Fisher (1929), source not checked.
    """
    if len(series) < 7:
        raise ValueError(f"{len(series)} points: at least 7 are needed")
    flat = detrended(series)
    ordinates = (len(series) - 1) // 2  # neither the mean nor the alternation of neighbours
    power = np.abs(np.fft.rfft(flat)[1 : ordinates + 1]) ** 2
    total = float(power.sum())
    size = max(1.0, max(abs(x) for x in series))
    if total <= (1e-12 * size * len(series)) ** 2:
        raise ValueError("the series is a straight line: it has no period")
    strongest = int(np.argmax(power))
    g = float(power[strongest]) / total
    return Periodicity(g=g, p=fisher_p(g, ordinates), period=len(series) / (strongest + 1))


def fisher_p(g: float, ordinates: int) -> float:
    """Exact probability that the largest of m shares of white noise exceeds g.

    ``sum over j of (-1)**(j - 1) C(m, j) (1 - j g)**(m - 1)``, while ``j g < 1``. Where the first term
    passes 20 the sum loses its digits to cancellation, and the probability is 1 to within 1e-8.

    Args:
        g: In ``[0, 1]``.
        ordinates: The number m, at least 1.

    >>> round(fisher_p(0.5, 5), 6)
    0.3125
    """
    m = ordinates
    if g <= 1.0 / m:
        return 1.0
    terms: list[float] = []
    for j in range(1, m + 1):
        rest = 1.0 - j * g
        if rest <= 0.0:
            break
        chosen = math.lgamma(m + 1) - math.lgamma(j + 1) - math.lgamma(m - j + 1)
        log_size = chosen + (m - 1) * math.log(rest)
        if log_size > math.log(20.0) and j == 1:
            return 1.0
        terms.append((1.0 if j % 2 else -1.0) * math.exp(log_size))
    return min(1.0, max(0.0, math.fsum(terms)))


def autocorrelation(series: Sequence[float], longest: int) -> list[float]:
    """Autocorrelation at the lags 0 .. `longest` (about the mean, divided by the sum at lag 0).

    Args:
        series: Equally spaced, not constant.
        longest: Below the length of the series.

    Raises:
        ValueError: If the series is constant or too short.
    """
    if not 0 <= longest < len(series):
        raise ValueError(f"lag {longest} in {len(series)} points")
    values = np.asarray(series, dtype=float)
    values = values - values.mean()
    power = float(values @ values)
    if power == 0.0:
        raise ValueError("the series is constant: it has no autocorrelation")
    return [float(values[: len(values) - lag] @ values[lag:]) / power for lag in range(longest + 1)]


def first_negative_minimum(correlations: Sequence[float]) -> tuple[int, float] | None:
    """Lag and value of the first local minimum below 0: half a period, and how strongly it swings back.

    Args:
        correlations: At lag 0, 1, 2 and so on.

    Returns:
        None if there is no such minimum before the last lag.
    """
    for lag in range(1, len(correlations) - 1):
        here = correlations[lag]
        if here < 0.0 and here <= correlations[lag - 1] and here < correlations[lag + 1]:
            return lag, here
    return None


def log_decrement(first_peak: float, next_peak: float) -> float:
    """Logarithmic decrement of two successive peaks of the same sign; negative if the swing grows.

    Raises:
        ValueError: Unless both are positive, or both negative.
    """
    if first_peak * next_peak <= 0.0:
        raise ValueError(f"peaks {first_peak} and {next_peak}: both must lie on the same side of 0")
    return math.log(first_peak / next_peak)


def damping_ratio(decrement: float) -> float:
    """Damping ratio for a logarithmic decrement: 0 sustains, 1 is critical.

    >>> round(damping_ratio(2.0 * 3.141592653589793), 6)
    0.707107
    """
    return decrement / math.hypot(2.0 * math.pi, decrement)


def overshoot(series: Sequence[float], target: float) -> float:
    """How far a step response passes its target, as a share of the step; 0 if it does not.

    Args:
        series: From the start of the step on.
        target: What it should settle at; not its start.

    Raises:
        ValueError: If there is no step.
    """
    if not series or series[0] == target:
        raise ValueError("the series must start away from its target")
    step = target - series[0]
    return max(0.0, *((x - target) / step for x in series))


def settling_time(
    times: Sequence[float], values: Sequence[float], target: float, *, band: float = 0.05
) -> float | None:
    """When a step response is within a band about its target for good.

    Args:
        times: Not falling.
        values: The response at these times.
        target: What it should settle at.
        band: Half-width, as a share of the step from the first value to the target.

    Returns:
        Time since the first observation; None if the last one is still outside.

    Raises:
        ValueError: If there are no observations.
    """
    if not values:
        raise ValueError("no observations")
    width = band * abs(target - values[0])
    settled: float | None = None
    for time, value in zip(times, values, strict=True):
        if abs(value - target) > width:
            settled = None
        elif settled is None:
            settled = time
    return None if settled is None else settled - times[0]


def zero_crossings(series: Sequence[float], *, level: float = 0.0) -> int:
    """How often a series passes a level; touching it is not passing."""
    signs = [x > level for x in series if x != level]
    return sum(a != b for a, b in pairwise(signs))


def rms(series: Sequence[float], *, level: float = 0.0) -> float:
    """Root mean square distance from a level; 0 for an empty series."""
    return math.sqrt(math.fsum((x - level) ** 2 for x in series) / len(series)) if series else 0.0


def ar2_coefficients(modulus: float, angle: float) -> tuple[float, float]:
    """Coefficients of ``x[t] = a x[t-1] + b x[t-2] + noise`` with the poles ``modulus exp(+-i angle)``.

    Args:
        modulus: Below 1 for a stationary process.
        angle: Radians a step, in ``(0, pi)``; the period is 2 pi over it.
    """
    return 2.0 * modulus * math.cos(angle), -modulus * modulus


def ar2_decrement(modulus: float, angle: float) -> float:
    """Logarithmic decrement a period of an AR(2) process with the poles ``modulus exp(+-i angle)``.

    >>> round(ar2_decrement(0.9, 0.5), 6)
    1.323999
    """
    return -2.0 * math.pi * math.log(modulus) / angle


def ar2_autocorrelation(modulus: float, angle: float, longest: int) -> list[float]:
    """Exact autocorrelation of that AR(2) process at the lags 0 .. `longest`.

    Args:
        modulus: Of the poles, in ``(0, 1)``.
        angle: Of the poles, radians a step, in ``(0, pi)``.
        longest: At least 0.
    """
    pole = cmath.rect(modulus, angle)
    a, b = ar2_coefficients(modulus, angle)
    first = a / (1.0 - b)
    # c pole**k + conjugate, with value 1 at lag 0 and a / (1 - b) at lag 1
    c = complex(0.5, (pole.real - first) / (2.0 * pole.imag))
    return [2.0 * (c * pole**lag).real for lag in range(longest + 1)]
