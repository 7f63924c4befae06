"""Whether varieties balance: two amounts held against each other, with an interval from blocks drawn again."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import lru_cache
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt

from vsmlab.mechanisms.entropy_estimates import corrected_entropies, entropies, paired_tables, surprise
from vsmlab.mechanisms.intervals import Estimate
from vsmlab.mechanisms.resampling import (
    RESAMPLES,
    SEED,
    Blocks,
    block_interval,
    block_resamples,
    coded,
    suited_blocks,
)

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


def _blocks(series: Floats) -> Blocks:
    """Blocks that suit the series, of one of the few lengths, none shorter than what suits."""
    fit = suited_blocks(series)
    mean = next((length for length in _LENGTHS if length >= fit.mean), fit.mean)
    return Blocks(mean, fit.worth, fit.widening)


@lru_cache(maxsize=16)
def _places(n: int, mean_block: float) -> npt.NDArray[np.int64]:
    parts: list[Any] = list(block_resamples(n, mean_block))
    return np.concatenate(parts)


def balance_residual(
    incoming: Sequence[Hashable],
    absorbed: Sequence[Hashable],
    *,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Estimate:
    """Share of a loop's incoming variety that is not absorbed: ``(H in - H absorbed) / H in``.

    Only from equal numbers of messages (`entropy_estimates.evenly_thinned` makes them equal).

    Args:
        incoming: One symbol each, in order.
        absorbed: One symbol each, over the same time: resampled together with the first.
        confidence: In ``(0, 1)``.
        resamples: How many series of blocks.
        seed: Of the resamples.

    Returns:
        At most 1; below 0 if more variety went out than came in. "Not estimable" below 4 messages a kind.

    Reference:
        First principle of organisation: Beer, The Heart of Enterprise (1979), p. 97, as quoted by others. The
        measure is our own choice.
    """
    method = "residual variety, Miller-Madow"
    one, two = coded(incoming), coded(absorbed)
    n, kinds = min(len(one), len(two)), max(len(set(incoming)), len(set(absorbed)))
    refused = ""
    if len(one) != len(two):
        refused = f"{len(one)} and {len(two)} messages: the numbers must be equal"
    elif n < 4 * max(1, kinds):
        refused = f"{n} messages of {kinds} kinds: not estimable below {4 * max(1, kinds)}"
    elif len(set(incoming)) == 1:
        refused = "the incoming messages are all of one kind: they have no variety"
    if refused:
        return Estimate(None, None, None, n, method, refused)
    first, second = surprise(one), surprise(two)
    blocks = suited_blocks(second - first * float(second.mean() / first.mean()))
    tables, truth = paired_tables(one, two, blocks, resamples=resamples, seed=seed)
    sums = truth.sum(axis=1)[None], truth.sum(axis=0)[None]
    h_in, h_out = (float(corrected_entropies(part)[0]) for part in sums)
    plain_in, plain_out = (float(entropies(part)[0]) for part in sums)
    value = (h_in - h_out) / h_in
    method = f"{method}, blocks of {blocks.mean:.1f}"
    if blocks.reason:
        return Estimate(value, None, None, n, method, blocks.reason)
    redrawn_in = np.maximum(corrected_entropies(tables.sum(axis=2)), 1e-12)
    redrawn = 1.0 - corrected_entropies(tables.sum(axis=1)) / redrawn_in
    low, high = block_interval(value, redrawn - (1.0 - plain_out / plain_in), blocks, confidence)
    return Estimate(value, low, min(1.0, high), n, method)
