"""Two amounts held against each other over windows, with an interval from blocks of windows drawn again."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt

from vsmlab.mechanisms.intervals import Estimate
from vsmlab.mechanisms.resampling import Blocks, block_interval, block_resamples, suited_blocks

Floats = npt.NDArray[np.float64]
BAND: Final = 0.2
"""Two varieties count as equal if they differ by no more than this share of the greater (our own choice)."""
_LENGTHS: Final = tuple(2.0 ** (step / 4.0) for step in range(25))
"""Mean lengths of blocks, so few that resamples can be shared."""


def balance(one: Floats, other: Floats) -> Estimate:
    """``(a - b) / max(a, b)`` of the means of two series over the same windows, in ``[-1, 1]``.

    Args:
        one: Amount a in each window, at least 0.
        other: Amount b in each window; its mean may be below 0, then the amount is minus that.

    Returns:
        With a 95 % interval from the stationary bootstrap, or the reason why there is no value or no interval.
    """
    n, method = len(one), "balance over windows"
    if n == 0:
        return Estimate(None, None, None, 0, method, "the run is shorter than one period")
    a, b = float(one.mean()), float(other.mean())
    if b < 0.0:
        other, b = -other, -b
    if max(a, b) <= 0.0:
        return Estimate(None, None, None, n, method, "neither side said anything")
    value = (a - b) / max(a, b)
    if min(a, b) <= 0.0:
        return Estimate(value, None, None, n, method, "one side said nothing")
    blocks = _blocks(b * one - a * other)
    if blocks.reason:
        return Estimate(value, None, None, n, method, blocks.reason)
    again = resampled_means(np.stack([one, other]), blocks.mean)
    top = np.maximum(np.maximum(np.abs(again[0]), np.abs(again[1])), 1e-300)
    low, high = block_interval(value, (again[0] - np.abs(again[1])) / top - value, blocks, 0.95)
    return Estimate(value, max(-1.0, low), min(1.0, high), n, method)


def contrast(one: Floats, other: Floats) -> Estimate:
    """``(b - a) / (a + b)`` of the means of two series over the same windows, in ``[-1, 1]``, with a 95 % interval.

    Args:
        one: Amount a in each window, at least 0.
        other: Amount b in each window, at least 0.
    """
    n, method = len(one), "contrast over windows"
    if n == 0:
        return Estimate(None, None, None, 0, method, "the run is shorter than one period")
    a, b = float(one.mean()), float(other.mean())
    if a + b <= 0.0:
        return Estimate(None, None, None, n, method, "neither side said anything")
    value = (b - a) / (a + b)
    if min(a, b) <= 0.0:
        return Estimate(value, None, None, n, method, "one side said nothing")
    blocks = _blocks(b * one - a * other)
    if blocks.reason:
        return Estimate(value, None, None, n, method, blocks.reason)
    again = resampled_means(np.stack([one, other]), blocks.mean)
    strayed = (again[1] - again[0]) / np.maximum(again.sum(axis=0), 1e-300) - value
    low, high = block_interval(value, strayed, blocks, 0.95)
    return Estimate(value, max(-1.0, low), min(1.0, high), n, method)


def residual(one: Floats, other: Floats) -> Estimate:
    """``|a - b|`` of the means of two series over the same windows, with a 95 % interval.

    Args:
        one: Amount a in each window.
        other: Amount b in each window.
    """
    n, method = len(one), "difference over windows"
    if n == 0:
        return Estimate(None, None, None, 0, method, "the run is shorter than one period")
    apart = one - other
    mean = float(apart.mean())
    blocks = _blocks(apart)
    if blocks.reason:
        return Estimate(abs(mean), None, None, n, method, blocks.reason)
    again = resampled_means(apart[None], blocks.mean)[0]
    low, high = block_interval(mean, again - mean, blocks, 0.95)
    near = 0.0 if low <= 0.0 <= high else min(abs(low), abs(high))
    return Estimate(abs(mean), near, max(abs(low), abs(high)), n, method)


def share(part: Floats, whole: Floats) -> Estimate:
    """Sum of one series over the sum of another that it is part of, with a 95 % interval.

    Args:
        part: In each window, at least 0.
        whole: In each window, no less than the part.
    """
    n, method = len(part), "share over windows"
    total = float(whole.sum())
    if total <= 0.0:
        return Estimate(None, None, None, n, method, "nothing was there")
    value = float(part.sum()) / total
    if value <= 0.0:
        return Estimate(0.0, None, None, n, method, "it never happened")
    blocks = _blocks(part - value * whole)
    if blocks.reason:
        return Estimate(value, None, None, n, method, blocks.reason)
    again = resampled_means(np.stack([part, whole]), blocks.mean)
    low, high = block_interval(value, again[0] / np.maximum(again[1], 1e-300) - value, blocks, 0.95)
    return Estimate(value, max(0.0, low), min(1.0, high), n, method)


def resampled_means(series: Floats, mean_block: float) -> Floats:
    """Means of series over the same windows, from each resample. Shape (series, resamples)."""
    return cast(Floats, series[:, _places(series.shape[1], mean_block)].mean(axis=2))


def within(estimate: Estimate, band: float = BAND) -> bool | None:
    """Whether the whole interval lies within ``+-band``, all of it outside, or (None) neither is sure."""
    if estimate.low is None or estimate.high is None:
        return None
    if -band <= estimate.low and estimate.high <= band:
        return True
    return False if estimate.low > band or estimate.high < -band else None


def interval_of(estimate: Estimate) -> list[float] | None:
    """Both ends, for ``measures.json``."""
    return None if estimate.low is None or estimate.high is None else [estimate.low, estimate.high]


def _blocks(series: Floats) -> Blocks:
    """Blocks that suit the series, of one of the few lengths, none shorter than what suits."""
    fit = suited_blocks(series)
    mean = next((length for length in _LENGTHS if length >= fit.mean), fit.mean)
    return Blocks(mean, fit.worth, fit.widening)


@lru_cache(maxsize=16)
def _places(n: int, mean_block: float) -> npt.NDArray[np.int64]:
    parts: list[Any] = list(block_resamples(n, mean_block))
    return np.concatenate(parts)


def said(number: float) -> str:
    """A number for a sentence: three digits are enough."""
    if number == 0.0 or not math.isfinite(number):
        return f"{number:g}"
    return f"{number:.0f}" if abs(number) >= 100.0 else f"{number:.3g}"
