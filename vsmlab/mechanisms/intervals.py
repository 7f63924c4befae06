"""Intervals for what a run measured, or the reason why there is none."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from vsmlab.mechanisms.numbers import normal_quantile


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measured value and its interval, or why it has none.

    Attributes:
        value: The point estimate; None if not even that can be given.
        low: Lower end of the interval, None without one.
        high: Upper end of the interval, None without one.
        n: Independent observations used.
        method: How it was estimated.
        reason: Why the value or its interval is not estimable; empty if both are.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    method: str
    reason: str = ""

    @property
    def half_width(self) -> float | None:
        """Half the width of the interval, None without one."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2.0


def student_quantile(degrees: float, probability: float) -> float:
    """Quantile of Student's t distribution.

    >>> round(student_quantile(19, 0.975), 4)
    2.093
    """
    from scipy.special import stdtrit

    return float(stdtrit(degrees, probability))


def mean_interval(sample: Sequence[float], *, confidence: float = 0.95) -> Estimate:
    """The mean of independent observations (replications, say) with Student's interval.

    Args:
        sample: At least two for an interval.
        confidence: In ``(0, 1)``.

    >>> mean_interval([1.0, 2.0, 3.0]).value
    2.0
    """
    return _student(sample, confidence, "mean, Student t")


def _student(sample: Sequence[float], confidence: float, method: str) -> Estimate:
    n = len(sample)
    if n == 0:
        return Estimate(None, None, None, 0, method, "no observations")
    mean = math.fsum(sample) / n
    if n == 1:
        return Estimate(mean, None, None, 1, method, "one observation has no spread")
    variance = math.fsum((x - mean) ** 2 for x in sample) / (n - 1)
    half = student_quantile(n - 1, 0.5 + confidence / 2.0) * math.sqrt(variance / n)
    return Estimate(mean, mean - half, mean + half, n, method)


def lag_one(sample: Sequence[float]) -> float:
    """Correlation of neighbours by von Neumann's ratio; 0 for a constant sample.

    ``1 - sum of squared steps / (2 sum of squared deviations)``: about 0 for independent observations, with
    variance ``(n - 2) / (n**2 - 1)``.
    """
    mean = math.fsum(sample) / len(sample)
    spread = math.fsum((x - mean) ** 2 for x in sample)
    if spread == 0.0:
        return 0.0
    return 1.0 - math.fsum((b - a) ** 2 for a, b in pairwise(sample)) / (2.0 * spread)


def batch_means(
    series: Sequence[float], *, batches: int = 20, confidence: float = 0.95, significance: float = 0.05
) -> Estimate:
    """The mean of a correlated series with an interval from the means of consecutive batches.

    The first few observations that do not fill a batch are left out. If von Neumann's one-sided test still
    finds neighbouring batches correlated, the run was too short and no interval is given.

    Args:
        series: Equally spaced in time or in tasks, after the warm-up.
        batches: How many, at least 3.
        confidence: Of the interval, in ``(0, 1)``.
        significance: Share of good runs that the test may refuse.

    Raises:
        ValueError: If there are fewer than three batches.
    """
    if batches < 3:
        raise ValueError(f"{batches} batches: at least 3 are needed")
    method = f"{batches} batch means"
    size = len(series) // batches
    if size < 2:
        return Estimate(
            math.fsum(series) / len(series) if series else None,
            None,
            None,
            len(series),
            method,
            f"{len(series)} observations are too few for {batches} batches of at least 2",
        )
    kept = series[len(series) - size * batches :]
    means = [math.fsum(kept[k * size : (k + 1) * size]) / size for k in range(batches)]
    correlation = lag_one(means)
    limit = normal_quantile(1.0 - significance) * math.sqrt((batches - 2) / (batches * batches - 1))
    estimate = _student(means, confidence, method)
    if correlation > limit:
        reason = f"batches are correlated (lag 1: {correlation:.2f} > {limit:.2f}): the run is too short"
        return Estimate(estimate.value, None, None, batches, method, reason)
    return estimate


def paired_difference(
    first: Sequence[float], second: Sequence[float], *, confidence: float = 0.95
) -> Estimate:
    """Mean of `second` minus `first` over paired runs (the same seeds), with Student's interval.

    Args:
        first: By seed.
        second: By the same seeds.
        confidence: In ``(0, 1)``.

    Raises:
        ValueError: If the lists differ in length.

    >>> paired_difference([1.0, 2.0, 4.0], [2.0, 4.0, 5.0]).value
    1.3333333333333333
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} and {len(second)} runs: pairs are needed")
    differences = [b - a for a, b in zip(first, second, strict=True)]
    return _student(differences, confidence, "paired difference, Student t")


def paired_p_value(first: Sequence[float], second: Sequence[float]) -> float:
    """Two-sided p of the paired t test that the mean difference is 0; 1 without at least two pairs.

    Raises:
        ValueError: If the lists differ in length.
    """
    from scipy.special import stdtr

    differences = [b - a for a, b in zip(first, second, strict=True)]
    n = len(differences)
    if n < 2:
        return 1.0
    mean = math.fsum(differences) / n
    variance = math.fsum((x - mean) ** 2 for x in differences) / (n - 1)
    if variance == 0.0:
        return 1.0 if mean == 0.0 else 0.0
    return 2.0 * float(stdtr(n - 1, -abs(mean) / math.sqrt(variance / n)))


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjusted p values: what is below alpha there holds together at family level alpha.

    Args:
        p_values: One for each comparison, in ``[0, 1]``.

    Reference:
        Holm (1979), source not checked.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for place, i in enumerate(sorted(range(len(p_values)), key=lambda i: (p_values[i], i))):
        highest = max(highest, min(1.0, (len(p_values) - place) * p_values[i]))
        adjusted[i] = highest
    return adjusted


def wilson(successes: int, trials: int, *, confidence: float = 0.95) -> Estimate:
    """A share of independent trials with Wilson's score interval.

    Args:
        successes: From 0 to `trials`.
        trials: At least 0.
        confidence: In ``(0, 1)``.

    Raises:
        ValueError: If the successes are not among the trials.

    Reference:
        Wilson (1927), source not checked.

    >>> share = wilson(8, 10)
    >>> round(share.low, 4), round(share.high, 4)
    (0.4902, 0.9433)
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes in {trials} trials")
    if trials == 0:
        return Estimate(None, None, None, 0, "Wilson", "no trials")
    z = normal_quantile(0.5 + confidence / 2.0)
    share = successes / trials
    scale = 1.0 + z * z / trials
    middle = (share + z * z / (2.0 * trials)) / scale
    half = z * math.sqrt(share * (1.0 - share) / trials + z * z / (4.0 * trials * trials)) / scale
    low = 0.0 if successes == 0 else middle - half
    high = 1.0 if successes == trials else middle + half
    return Estimate(share, low, high, trials, "Wilson")


def poisson_rate(count: int, time: float, *, confidence: float = 0.95) -> Estimate:
    """Rate of events that come independently of each other, with Garwood's exact interval.

    Args:
        count: Events seen.
        time: For how long they were counted, above 0.
        confidence: In ``(0, 1)``.

    Raises:
        ValueError: If the count or the time cannot be.

    Reference:
        Garwood (1936), source not checked.

    >>> rate = poisson_rate(10, 2.0)
    >>> rate.value, round(rate.low, 4), round(rate.high, 4)
    (5.0, 2.3977, 9.1952)
    """
    if count < 0 or not 0.0 < time < math.inf:
        raise ValueError(f"{count} events in a time of {time}")
    from scipy.special import gammaincinv

    tail = (1.0 - confidence) / 2.0
    low = float(gammaincinv(count, tail)) if count else 0.0
    high = float(gammaincinv(count + 1, 1.0 - tail))
    return Estimate(count / time, low / time, high / time, count, "Garwood")


def ratio_fieller(
    numerators: Sequence[float], denominators: Sequence[float], *, confidence: float = 0.95
) -> Estimate:
    """A ratio of sums over independent pairs with Fieller's interval.

    Args:
        numerators: By replication or batch.
        denominators: By the same.
        confidence: In ``(0, 1)``.

    Returns:
        Without an interval where the mean denominator does not differ from 0 at this confidence.

    Raises:
        ValueError: If the lists differ in length.

    Reference:
        Fieller (1954), source not checked.
    """
    method = "ratio of sums, Fieller"
    n, value, reason = _ratio(numerators, denominators)
    if reason or value is None:
        return Estimate(value, None, None, n, method, reason)
    over, under = math.fsum(numerators) / n, math.fsum(denominators) / n
    t = student_quantile(n - 1, 0.5 + confidence / 2.0)
    scale = t * t / (n * (n - 1))
    aa = scale * math.fsum((a - over) ** 2 for a in numerators)
    bb = scale * math.fsum((b - under) ** 2 for b in denominators)
    ab = scale * math.fsum((a - over) * (b - under) for a, b in zip(numerators, denominators, strict=True))
    square = under * under - bb
    if square <= 0.0:
        return Estimate(value, None, None, n, method, "the denominator does not differ from 0")
    middle = (over * under - ab) / square
    half = math.sqrt(max(0.0, middle * middle - (over * over - aa) / square))
    return Estimate(value, middle - half, middle + half, n, method)


def ratio_jackknife(
    numerators: Sequence[float], denominators: Sequence[float], *, confidence: float = 0.95
) -> Estimate:
    """A ratio of sums over independent pairs, corrected for bias and with an interval by the jackknife.

    Args:
        numerators: By replication or batch.
        denominators: By the same.
        confidence: In ``(0, 1)``.

    Raises:
        ValueError: If the lists differ in length.
    """
    method = "ratio of sums, jackknife"
    n, value, reason = _ratio(numerators, denominators)
    if reason or value is None:
        return Estimate(value, None, None, n, method, reason)
    over, under = math.fsum(numerators), math.fsum(denominators)
    if any(under - b == 0.0 for b in denominators):
        return Estimate(value, None, None, n, method, "all but one denominator add up to 0")
    left_out = [(over - a) / (under - b) for a, b in zip(numerators, denominators, strict=True)]
    estimate = _student([n * value - (n - 1) * ratio for ratio in left_out], confidence, method)
    return Estimate(estimate.value, estimate.low, estimate.high, n, method)


def _ratio(numerators: Sequence[float], denominators: Sequence[float]) -> tuple[int, float | None, str]:
    if len(numerators) != len(denominators):
        raise ValueError(
            f"{len(numerators)} numerators and {len(denominators)} denominators: pairs are needed"
        )
    n, under = len(numerators), math.fsum(denominators)
    if n == 0:
        return 0, None, "no observations"
    if under == 0.0:
        return n, None, "the denominators add up to 0"
    value = math.fsum(numerators) / under
    return n, value, "one observation has no spread" if n == 1 else ""


def quantile_interval(sample: Sequence[float], probability: float, *, confidence: float = 0.95) -> Estimate:
    """A quantile of independent observations with the interval between two order statistics.

    The interval covers with at least the confidence, whatever the distribution (binomial count below).

    Args:
        sample: Independent observations in any order.
        probability: Of the quantile, in ``(0, 1)``.
        confidence: In ``(0, 1)``.

    Raises:
        ValueError: If the probability is not in ``(0, 1)``.
    """
    if not 0.0 < probability < 1.0:
        raise ValueError(f"probability {probability}: must be in (0, 1)")
    from scipy.special import bdtr

    method = "quantile, order statistics"
    n = len(sample)
    if n == 0:
        return Estimate(None, None, None, 0, method, "no observations")
    ordered = sorted(sample)
    value = ordered[min(n, max(1, math.ceil(n * probability))) - 1]
    tail = (1.0 - confidence) / 2.0
    # the greatest rank l with P(count < l) <= tail, and the least rank u with P(count >= u) <= tail
    low = _first(lambda k: float(bdtr(k, n, probability)) > tail, n)
    high = _first(lambda k: 1.0 - float(bdtr(k, n, probability)) <= tail, n) + 1
    if low < 1 or high > n:
        return Estimate(value, None, None, n, method, f"{n} observations do not reach so far into the tail")
    return Estimate(value, ordered[low - 1], ordered[high - 1], n, method)


def _first(holds: Callable[[int], bool], n: int) -> int:
    """The least k in 0 .. n for which a condition that stays true once true holds."""
    least, most = 0, n
    while least < most:
        middle = (least + most) // 2
        if holds(middle):
            most = middle
        else:
            least = middle + 1
    return least


@dataclass(frozen=True, slots=True)
class WarmUp:
    """How many observations at the start of a series to leave out, or why that cannot be said."""

    observations: int | None
    reason: str = ""


def mser5(series: Sequence[float]) -> WarmUp:
    """Where the warm-up ends, by the marginal standard error rule on batches of five.

    The cut minimises the squared standard error of what remains, searched over the first half. A minimum at
    the middle means that the series was still settling there: the run is too short.

    Args:
        series: Equally spaced observations from the start of the run.

    Reference:
        White, Cobb and Spratt (2000), source not checked.
    """
    batches = len(series) // 5
    if batches < 10:
        return WarmUp(None, f"{len(series)} observations are too few: at least 50 are needed")
    means = [math.fsum(series[5 * k : 5 * k + 5]) / 5.0 for k in range(batches)]
    centre = math.fsum(means) / batches  # sums about the centre lose no digits
    total = squares = 0.0
    best, cut = math.inf, 0
    for start in range(batches - 1, -1, -1):
        deviation = means[start] - centre
        total += deviation
        squares += deviation * deviation
        count = batches - start
        error = max(0.0, squares - total * total / count) / (count * count)
        if start <= batches // 2 and error <= best:
            best, cut = error, start
    if cut == batches // 2:
        return WarmUp(None, "still settling in the middle of the series: the run is too short")
    return WarmUp(5 * cut)
