"""When there have been enough replications: sequential stopping at a wished relative half-width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from vsmlab.mechanisms.intervals import Estimate, mean_interval

FEWEST: Final = 20
"""Replications before it is first asked whether they suffice: a chance narrow interval of a few would stop it."""
STEP: Final = 5
"""Replications from one asking to the next."""


@dataclass(frozen=True, slots=True)
class Stopping:
    """Where a sequence of replications ended.

    Attributes:
        n: Replications used.
        reached: Whether the interval was narrow enough.
        estimate: The mean of these replications.
    """

    n: int
    reached: bool
    estimate: Estimate


def relative_half_width(estimate: Estimate) -> float | None:
    """Half the width of an interval over the size of its middle; None without one, or about 0."""
    if estimate.half_width is None or not estimate.value:
        return None
    return estimate.half_width / abs(estimate.value)


def narrow_enough(sample: Sequence[float], relative: float, *, confidence: float = 0.95) -> bool:
    """Whether the mean's interval has at most the wished relative half-width.

    Args:
        sample: Independent replications.
        relative: Wished half-width over the mean, above 0.
        confidence: In ``(0, 1)``.
    """
    width = relative_half_width(mean_interval(sample, confidence=confidence))
    return width is not None and width <= relative


def next_stop(n: int, fewest: int = FEWEST, most: int | None = None) -> int:
    """At how many replications it is asked next, after n.

    >>> [next_stop(n) for n in (0, 19, 20, 24, 25)], next_stop(20, most=22)
    ([20, 20, 25, 25, 30], 22)
    """
    step = fewest if n < fewest else n + STEP - (n - fewest) % STEP
    return step if most is None else min(step, most)


def stop(
    sample: Sequence[float],
    relative: float,
    *,
    fewest: int = FEWEST,
    confidence: float = 0.95,
) -> Stopping:
    """Where a sequence of replications would have ended, looking at 20 of them, then at each five more.

    The interval's coverage is that of its level only as the wished width goes to 0; with at least 20
    replications the tests find it within some two per cent points of 95 %.

    Args:
        sample: All replications that there may be, in order; their number is the most.
        relative: Wished half-width over the mean.
        fewest: Replications before the first look.
        confidence: In ``(0, 1)``.

    Reference:
        Chow and Robbins (1965), source not checked.
    """
    n = 0
    while n < len(sample):
        n = next_stop(n, fewest, len(sample))
        if n >= fewest and narrow_enough(sample[:n], relative, confidence=confidence):
            return Stopping(n, True, mean_interval(sample[:n], confidence=confidence))
    return Stopping(n, False, mean_interval(sample, confidence=confidence))
