"""What pairing runs by their seeds gains: common random numbers against independent ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

FEWEST_PAIRS = 3
"""Two pairs give one degree of freedom: their ratio of variances says nothing."""


@dataclass(frozen=True, slots=True)
class Gain:
    """How many times as many independent runs a difference would have needed.

    Attributes:
        ratio: Variance of the difference of independent runs over that of paired ones; above 1 pairing gained.
        n: Pairs used.
        reason: Why there is no ratio; empty if there is one.
    """

    ratio: float | None
    n: int
    reason: str = ""


def variance_ratio(first: Sequence[float], second: Sequence[float]) -> Gain:
    """Variance of the difference if the runs were independent, over its variance as they are paired.

    Equation: ``(s1^2 + s2^2) / sd^2``, with the variances of both samples and of the paired differences; its
    expectation for ``rho`` correlated samples of equal variance is about ``1 / (1 - rho)``.

    Args:
        first: By seed.
        second: By the same seeds.

    Raises:
        ValueError: If the lists differ in length.

    >>> round(variance_ratio([1.0, 2.0, 3.0], [1.0, 2.0, 3.5]).ratio, 6)
    31.0
    >>> variance_ratio([1.0, 2.0, 3.0], [2.0, 3.0, 4.0]).reason
    'the paired difference does not vary'
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} and {len(second)} runs: pairs are needed")
    n = len(first)
    if n < FEWEST_PAIRS:
        return Gain(None, n, f"{n} pairs are too few: at least {FEWEST_PAIRS} are needed")
    apart = _variance(first) + _variance(second)
    together = _variance([b - a for a, b in zip(first, second, strict=True)])
    if apart == 0.0:
        return Gain(None, n, "nothing varies from seed to seed")
    # what is left by rounding where each pair differs by the same
    if together <= 1e-24 * max(1.0, *(x * x for x in (*first, *second))):
        return Gain(None, n, "the paired difference does not vary")
    return Gain(apart / together, n)


def _variance(sample: Sequence[float]) -> float:
    mean = math.fsum(sample) / len(sample)
    return math.fsum((x - mean) ** 2 for x in sample) / (len(sample) - 1)
