"""Whether varieties balance: what is told against what is answered, and against what a channel can carry."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import cast

import numpy as np

from vsmlab.mechanisms.entropy_estimates import corrected_entropies, entropies, paired_tables, surprise
from vsmlab.mechanisms.intervals import Estimate, lag_one, ratio_fieller
from vsmlab.mechanisms.numbers import normal_quantile
from vsmlab.mechanisms.resampling import RESAMPLES, SEED, block_interval, coded, suited_blocks

BAND = 0.2  # own choice: what counts as equal


def gap_of(reported: float, disposed: float) -> float:
    """``(a - m) / max(a, m)``: 0 in balance, 1 if nothing is answered, -1 if nothing was told.

    Args:
        reported: Variety a that reaches the upper recursion, bits, at least 0.
        disposed: Variety m that it sends down, bits in the same time, at least 0.

    Raises:
        ValueError: If an amount is negative or both are 0.

    >>> gap_of(4.0, 3.0), gap_of(3.0, 4.0)
    (0.25, -0.25)
    """
    if min(reported, disposed) < 0.0 or not 0.0 < max(reported, disposed) < math.inf:
        raise ValueError(f"{reported} against {disposed}: needs amounts of at least 0, not both 0")
    return (reported - disposed) / max(reported, disposed)


def cohesion_gap(
    reported: Sequence[float], disposed: Sequence[float], *, confidence: float = 0.95
) -> Estimate:
    """The gap between two flows of variety, with an interval from their periods.

    The gap of the sums falls as the ratio ``m / a`` rises, so its interval is Fieller's for the ratio, carried
    over. If von Neumann's one-sided test at 1 % finds neighbouring periods correlated, none is given.

    Args:
        reported: Bits by period, at least 0: what reached the upper recursion.
        disposed: Bits by the same periods: what it sent down.
        confidence: In ``(0, 1)``.

    Raises:
        ValueError: If the lists differ in length or an amount is negative.

    Reference:
        The law of cohesion: Beer, The Heart of Enterprise (1979), p. 355, as quoted by others. The measure is
        our own choice.
    """
    if len(reported) != len(disposed) or min([0.0, *reported, *disposed]) < 0.0:
        raise ValueError(
            f"{len(reported)} and {len(disposed)} periods: needs equally many, of at least 0 bits each"
        )
    method = "gap of sums, Fieller"
    n, a, m = len(reported), math.fsum(reported), math.fsum(disposed)
    if max(a, m) == 0.0:
        return Estimate(None, None, None, n, method, "no variety either way" if n else "no periods")
    value = gap_of(a, m)
    if min(a, m) == 0.0:
        return Estimate(value, None, None, n, method, f"nothing was {'told' if a == 0.0 else 'answered'}")
    if n < 3:
        return Estimate(value, None, None, n, method, f"{n} periods: at least 3 are needed")
    rest = [down - m / a * up for up, down in zip(reported, disposed, strict=True)]
    limit = normal_quantile(0.99) * math.sqrt((n - 2) / (n * n - 1))
    if lag_one(rest) > limit:
        reason = f"periods are correlated (lag 1: {lag_one(rest):.2f} > {limit:.2f}): take longer ones"
        return Estimate(value, None, None, n, method, reason)
    answered = ratio_fieller(disposed, reported, confidence=confidence)
    if answered.low is not None and answered.high is not None:
        return Estimate(value, _gap(answered.high), _gap(max(0.0, answered.low)), n, method)
    told = ratio_fieller(reported, disposed, confidence=confidence)  # the same the other way up
    if told.low is not None and told.high is not None:
        return Estimate(value, -_gap(max(0.0, told.low)), -_gap(told.high), n, method)
    return Estimate(value, None, None, n, method, "neither flow differs from 0")


def _gap(ratio: float) -> float:
    """The gap for a ratio of what is answered to what is told."""
    return 1.0 - ratio if ratio <= 1.0 else 1.0 / ratio - 1.0


def verdict(gap: Estimate, *, band: float = BAND) -> str:
    """What an interval says about equality: "balanced", "told more", "answered more", else "undecided".

    Args:
        gap: From `cohesion_gap` or `balance_residual`.
        band: Half-width of what counts as equal.
    """
    if gap.low is None or gap.high is None:
        return "undecided"
    if -band <= gap.low and gap.high <= band:
        return "balanced"
    return "told more" if gap.low > band else "answered more" if gap.high < -band else "undecided"


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


def worst_residual(residuals: Mapping[str, Estimate]) -> tuple[str, Estimate] | None:
    """The loop whose residual is farthest from 0, by name; the first of equals. None if none has a value."""
    worst: tuple[str, Estimate] | None = None
    for name, residual in residuals.items():
        if residual.value is not None and (
            worst is None or abs(residual.value) > abs(cast(float, worst[1].value))
        ):
            worst = name, residual
    return worst


def channel_load(rate: float, bits: Estimate, capacity: float) -> Estimate:
    """Use of a channel: bits generated a second over bits a second that it can carry; 1 is full.

    Args:
        rate: Messages a second, at least 0.
        bits: Entropy of a message.
        capacity: Bits a second, above 0; infinite for a channel without limit, which has no use.

    Raises:
        ValueError: If the rate is negative or the capacity not positive.
    """
    if rate < 0.0 or not capacity > 0.0:
        raise ValueError(f"{rate} messages/s on {capacity} bits/s: needs at least 0 on more than 0")
    method = f"channel load, {bits.method}"
    if math.isinf(capacity):
        return Estimate(None, None, None, bits.n, method, "the channel's capacity is not limited")
    scaled = [None if end is None else rate * end / capacity for end in (bits.value, bits.low, bits.high)]
    return replace(bits, value=scaled[0], low=scaled[1], high=scaled[2], method=method)


def noiseless_capacity(durations: Sequence[float]) -> float:
    """Capacity of a channel whose symbols last differently and arrive as sent, bits a unit of time.

    The C with ``sum over symbols of 2**(-C duration) = 1``.

    Args:
        durations: Of each symbol, above 0.

    Raises:
        ValueError: If there is no symbol or a duration is not positive.

    Reference:
        Shannon (1948), part I; source not checked.

    >>> round(noiseless_capacity([1.0, 2.0]), 6)
    0.694242
    """
    if not durations or not 0.0 < min(durations) <= max(durations) < math.inf:
        raise ValueError(f"durations {list(durations)}: at least one, all above 0")
    low, high = 0.0, math.log2(len(durations)) / min(durations)
    for _ in range(200):
        middle = (low + high) / 2.0
        if not low < middle < high:
            break
        if math.fsum(2.0 ** (-middle * duration) for duration in durations) > 1.0:
            low = middle
        else:
            high = middle
    return high


def symmetric_capacity(error: float) -> float:
    """Capacity of the binary symmetric channel, bits a symbol.

    Args:
        error: Probability that a symbol is turned into the other, in ``[0, 1]``.

    >>> round(symmetric_capacity(0.11), 6)
    0.500084
    """
    return 1.0 - _binary_entropy(error)


def erasure_capacity(lost: float) -> float:
    """Capacity of the binary erasure channel, bits a symbol.

    Args:
        lost: Probability that a symbol is lost, and known to be, in ``[0, 1]``.

    >>> erasure_capacity(0.2)
    0.8
    """
    _binary_entropy(lost)
    return 1.0 - lost


def z_capacity(error: float) -> float:
    """Capacity of the Z channel, where only one of two symbols may be turned into the other, bits a symbol.

    ``log2(1 + (1 - e) e**(e / (1 - e)))``.

    Args:
        error: Probability that it is, in ``[0, 1]``.

    >>> round(z_capacity(0.5), 6)
    0.321928
    """
    _binary_entropy(error)
    if error == 1.0:
        return 0.0
    return math.log2(1.0 + (1.0 - error) * error ** (error / (1.0 - error)))


def matrix_capacity(channel: Sequence[Sequence[float]], *, tolerance: float = 1e-9) -> Estimate:
    """Capacity of any memoryless channel in bits a symbol, enclosed by the algorithm of Blahut and Arimoto.

    Args:
        channel: Rows are symbols sent, columns symbols received; each row a distribution.
        tolerance: Width at which to stop.

    Returns:
        The interval certainly holds the capacity; where 100,000 rounds do not suffice it is wider, and the
        reason says so.

    Raises:
        ValueError: If a row is not a distribution.

    Reference:
        Blahut (1972), Arimoto (1972); sources not checked.
    """
    given = np.asarray(channel, dtype=np.float64)
    if given.ndim != 2 or given.size == 0 or given.min() < 0.0 or abs(given.sum(axis=1) - 1.0).max() > 1e-9:
        raise ValueError("every row must be a distribution over the symbols received")
    sent = np.full(len(given), 1.0 / len(given))
    low, high = 0.0, math.inf
    for _ in range(100_000):
        received = sent @ given
        ratio = np.where(given > 0.0, given / np.where(received > 0.0, received, 1.0), 1.0)
        said = (given * np.log2(ratio)).sum(axis=1)  # what each symbol says, in bits
        low, high = max(low, float(sent @ said)), min(high, float(said.max()))
        if high - low <= tolerance:
            break
        sent = sent * np.exp2(said - said.max())
        sent = sent / sent.sum()
    reason = "" if high - low <= tolerance else "not settled to the tolerance"
    return Estimate((low + high) / 2.0, low, high, given.size, "Blahut-Arimoto", reason)


def _binary_entropy(probability: float) -> float:
    if not 0.0 <= probability <= 1.0:
        raise ValueError(f"probability {probability}: must be in [0, 1]")
    if probability in (0.0, 1.0):
        return 0.0
    other = 1.0 - probability
    return -probability * math.log2(probability) - other * math.log2(other)
