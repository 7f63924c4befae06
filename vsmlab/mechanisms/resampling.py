"""Series drawn again from themselves, in blocks or shifted in a circle, with chance by counter.

The same series, seed and number of resamples give the same interval on every call: nothing is drawn from a
generator that somebody else could have moved on.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from vsmlab.mechanisms.intervals import student_quantile
from vsmlab.mechanisms.numbers import normal_quantile
from vsmlab.mechanisms.oscillation import autocorrelation
from vsmlab.mechanisms.philox import M32, philox

SEED = 0x5EED_0F_B10C
"""The seed of every resampling unless another is given."""

RESAMPLES = 399
"""With 399 the 2.5 % point is the tenth, and nothing need be interpolated."""

BLOCKS, SHIFTS, UNSEEN = 0, 1, 2  # streams
AT_ONCE = 1_000_000  # observations in memory
LEAST_BLOCKS = 20  # as many as batch means ask for
MOST_BLOCKS = 1000  # more are not worth their draws

Indices = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


def coded(symbols: Sequence[Hashable]) -> Indices:
    """Whole numbers from 0 on for symbols of any kind, in the order in which they come up first.

    >>> coded(["b", "a", "b"]).tolist()
    [0, 1, 0]
    """
    codes: dict[Hashable, int] = {}
    return np.fromiter((codes.setdefault(symbol, len(codes)) for symbol in symbols), np.int64, len(symbols))


@dataclass(frozen=True, slots=True)
class Blocks:
    """Blocks that suit a series.

    Attributes:
        mean: Their mean length.
        worth: How many such blocks the series holds: about as many independent observations.
        widening: By how much blocks so short understate the standard error, at least 1.
    """

    mean: float
    worth: float
    widening: float

    @property
    def reason(self) -> str:
        """Why they give no interval; empty if they do."""
        if self.worth >= LEAST_BLOCKS:
            return ""
        return f"the series holds {self.worth:.0f} blocks of neighbours alike, {LEAST_BLOCKS} are needed"


def suited_blocks(series: Sequence[float] | Numbers) -> Blocks:
    """Blocks that suit the mean of a series, by the automatic rule of the stationary bootstrap.

    The mean length is ``(n (g / s)**2)**(1/3)``, where s is the sum of the autocorrelations of all lags and g
    that of lag times autocorrelation, both cut off softly after the last lag that matters; at most
    ``min(3 sqrt(n), n / 3)``. The variance that such blocks give to the mean is known exactly; where it is
    below s, the widening makes up for it (own choice: without it 95 % intervals covered 88 to 92 %).

    Args:
        series: What each observation adds to the estimate: itself for a mean, minus the logarithm of its
            probability for an entropy.

    Reference:
        Politis and White (2004), corrected by Patton, Politis and White (2009), and Politis and Romano (1994)
        for the variance: sources not checked. Constants as in ``optimal_block_length`` of the package arch.
    """
    values = np.asarray(series, dtype=np.float64)
    n = len(values)
    shortest = max(1.0, n / MOST_BLOCKS)
    if n < 9 or float(np.ptp(values)) <= 1e-12 * float(np.max(np.abs(values))):
        return Blocks(shortest, n / shortest, 1.0)
    run = max(5, int(math.log10(n)))  # so many lags without correlation end the search
    longest = min(n - 1, math.ceil(math.sqrt(n)) + run)
    rho = np.array(autocorrelation(cast(Sequence[float], values), longest))
    quiet = np.abs(rho) < 2.0 * math.sqrt(math.log10(n) / n)
    last = next((lag for lag in range(longest - run + 1) if quiet[lag + 1 : lag + run + 1].all()), None)
    cut = longest if last is None else min(longest, 2 * max(last, 1))
    lags = np.arange(1, cut + 1)
    terms = 2.0 * np.minimum(1.0, 2.0 * (1.0 - lags / cut)) * rho[1 : cut + 1]
    spread, slope = 1.0 + float(terms.sum()), float((lags * terms).sum())
    most = math.ceil(min(3.0 * math.sqrt(n), n / 3.0))
    if spread <= 0.0:  # neighbours undo each other
        return Blocks(shortest, n / shortest, 1.0)
    mean = min(float(most), max(shortest, (n * (slope / spread) ** 2) ** (1.0 / 3.0)))
    return Blocks(mean, n / mean, math.sqrt(max(1.0, spread / max(1e-9, resampled_variance(values, mean)))))


def resampled_variance(series: Numbers, mean_block: float) -> float:
    """Variance of the mean of a resample, times n over the variance of the series: 1 for blocks of one.

    Args:
        series: Not constant.
        mean_block: Mean length of a block, at least 1.

    Reference:
        Politis and Romano (1994), lemma 1; source not checked.
    """
    n = len(series)
    centred = series - series.mean()
    power = np.abs(np.fft.rfft(centred)) ** 2
    around = np.fft.irfft(power, n)  # autocovariance in the circle
    lags = np.arange(1, n)
    weights = (1.0 - lags / n) * (1.0 - 1.0 / mean_block) ** lags
    return 1.0 + 2.0 * float(weights @ (around[1:] / around[0]))


def block_resamples(
    n: int, mean_block: float, *, resamples: int = RESAMPLES, seed: int = SEED
) -> Iterator[Indices]:
    """Places in a series of n for each resample of the stationary bootstrap.

    A resample is a row of blocks from places chosen uniformly; their lengths are geometric; the series is
    closed to a circle, so that every observation is drawn equally often.

    Args:
        n: Length of the series, in ``[1, 2**31)``.
        mean_block: Mean length of a block, at least 1 (1 draws every observation by itself).
        resamples: How many in all.
        seed: In ``[0, 2**63)``.

    Yields:
        Some resamples at a time. Shape (some, n).

    Raises:
        ValueError: If the series is empty or the mean length below 1.

    Reference:
        Politis and Romano (1994), The stationary bootstrap; source not checked.
    """
    if n < 1 or not 1.0 <= mean_block < math.inf:
        raise ValueError(f"{n} observations in blocks of {mean_block} on average: needs at least 1 of each")
    share = 1.0 / mean_block
    blocks = math.ceil(n * share + 6.0 * math.sqrt(n * share)) + 8  # the last one takes the rest, if need be
    some = max(1, AT_ONCE // n)
    for first in range(0, resamples, some):
        rows = min(some, resamples - first)
        if share == 1.0:  # no lengths to draw: all four words are places
            starts = np.concatenate(random_words((rows, (n + 3) // 4), first, BLOCKS, seed), axis=1)[:, :n]
            yield (starts * np.uint64(n) >> np.uint64(32)).astype(np.int64)
            continue
        place, length, place2, length2 = random_words((rows, (blocks + 1) // 2), first, BLOCKS, seed)
        starts = np.concatenate([place, place2], axis=1) * np.uint64(n) >> np.uint64(32)
        uniform = (np.concatenate([length, length2], axis=1) + 0.5) / (M32 + 1.0)
        lengths = np.ceil(np.log(uniform) / math.log1p(-share))
        ends = np.minimum(np.cumsum(lengths, axis=1), n).astype(np.int64)
        ends[:, -1] = n
        sizes = np.diff(ends, axis=1, prepend=0)
        offset = np.repeat(starts.astype(np.int64) - (ends - sizes), sizes.ravel())
        yield (offset.reshape(rows, n) + np.arange(n)) % n


def circular_shifts(n: int, *, shifts: int, least: int, seed: int = SEED) -> Indices:
    """Different shifts by which a series of n may be turned in its circle, none of them short.

    Args:
        n: Length of the series.
        shifts: How many are wanted; fewer come if there are not so many.
        least: The shortest, either way round.
        seed: In ``[0, 2**63)``.

    Returns:
        In ``[least, n - least]``, in no order. At random, since evenly spaced ones could all be whole periods.
    """
    there = np.arange(least, n - least + 1)
    first, second, _, _ = random_words((1, max(1, len(there))), 0, SHIFTS, seed)
    order = np.lexsort((second[0, : len(there)], first[0, : len(there)]))
    return there[order][:shifts]


def block_counts(
    codes: Indices, kinds: int, blocks: Blocks, *, resamples: int = RESAMPLES, seed: int = SEED
) -> Indices:
    """How often each kind comes in each resample. Shape (resamples, kinds).

    Args:
        codes: Of the observations, in ``[0, kinds)``.
        kinds: How many there can be.
        blocks: As they suit what is estimated.
        resamples: How many.
        seed: In ``[0, 2**63)``.
    """
    counts = []
    for places in block_resamples(len(codes), blocks.mean, resamples=resamples, seed=seed):
        rows = len(places)
        cells = codes[places] + kinds * np.arange(rows)[:, None]
        counts.append(np.bincount(cells.ravel(), minlength=rows * kinds).reshape(rows, kinds))
    return np.concatenate(counts)


def block_interval(
    value: float, deviations: Numbers, blocks: Blocks, confidence: float
) -> tuple[float, float]:
    """Interval of the basic bootstrap: the estimate less the quantiles of how far resamples strayed.

    About their mean the deviations are widened as the blocks ask for, and as Student's t does for so many.

    Args:
        value: The estimate, as free of bias as may be.
        deviations: The same estimate from each resample, less what is true of the series it was drawn from.
        blocks: From which the resamples were made.
        confidence: In ``(0, 1)``.

    Reference:
        Davison and Hinkley (1997), Bootstrap Methods and their Application, section 5.2; source not checked.
    """
    upper = 0.5 + confidence / 2.0
    widening = blocks.widening * student_quantile(blocks.worth - 1.0, upper) / normal_quantile(upper)
    ordered = np.sort(deviations)
    middle = float(ordered.mean())
    rank = max(1, math.floor((len(ordered) + 1) * (1.0 - upper) + 1e-9))
    most, least = float(ordered[-rank]) - middle, float(ordered[rank - 1]) - middle
    return value - middle - widening * most, value - middle - widening * least


def random_words(
    shape: tuple[int, int], first: int, stream: int, seed: int
) -> tuple[npt.NDArray[np.uint64], ...]:
    """Four random 32-bit words for each cell; a row is a resample, numbered from `first`."""
    rows, columns = shape
    across = np.broadcast_to(np.arange(columns, dtype=np.uint64), shape)
    down = np.broadcast_to(np.arange(first, first + rows, dtype=np.uint64)[:, None], shape)
    same = np.full(shape, stream, dtype=np.uint64)
    generator = cast(Any, philox)  # written for whole numbers, it takes arrays of them alike
    drawn = generator(across, same, down, np.zeros_like(same), seed & M32, (seed >> 32) & M32)
    return cast(tuple[npt.NDArray[np.uint64], ...], drawn)
