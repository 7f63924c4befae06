"""Transfer entropy: what one series tells about the next step of another that its own past does not.

``T = I(next target; past of the source | past of the target, past of a common driver)``. From a sample it is
above 0 even where nothing is told, so it is held against the same source turned in its circle. Without the
common driver as a condition, two units that both follow it seem to talk to each other.

Reference:
    Schreiber (2000), Measuring information transfer; source not checked. Null distribution: as described in
    the wiki of the toolkit JIDT (page NullDistributions), its papers not checked.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from vsmlab.mechanisms.entropy_estimates import entropies, information_interval
from vsmlab.mechanisms.intervals import Estimate
from vsmlab.mechanisms.resampling import (
    RESAMPLES,
    SEED,
    Blocks,
    Indices,
    Numbers,
    block_counts,
    block_resamples,
    circular_shifts,
    coded,
    suited_blocks,
)

LN2 = math.log(2.0)
SURROGATES = 200
PER_CELL = 50  # own choice: transitions for each cell of the table


@dataclass(frozen=True, slots=True)
class Transfer:
    """What was transferred, and whether chance explains it.

    Attributes:
        estimate: Bits a step above what chance gives (by chance below 0), with an interval for what is
            transferred, or why there is none.
        raw: Bits a step before chance is taken off; None if not estimable.
        chance: Bits a step, mean of the surrogates; None if not estimable.
        p: Share of surrogates that reach the raw value, itself among them; None if not estimable.
        chi_square_p: The same from the chi-square law, good if steps are independent given the past; None if
            not estimable.
    """

    estimate: Estimate
    raw: float | None = None
    chance: float | None = None
    p: float | None = None
    chi_square_p: float | None = None


def null_bias(transitions: int, degrees: int) -> float:
    """Mean of the plug-in transfer entropy where nothing is transferred, in bits.

    >>> round(null_bias(100, 2), 5)
    0.01443
    """
    return degrees / (2.0 * transitions * LN2)


def chi_square_p(raw: float, transitions: int, degrees: int) -> float:
    """Probability of so much where nothing is transferred: ``2 N ln 2 T`` follows chi-square.

    Args:
        raw: Plug-in transfer entropy in bits.
        transitions: The number N of steps that it comes from.
        degrees: Of freedom; with 0 of them chance gives exactly 0.
    """
    from scipy.special import chdtrc

    return float(chdtrc(degrees, max(0.0, 2.0 * transitions * LN2 * raw))) if degrees else 1.0


def safe_transitions(
    source_kinds: int, target_kinds: int, *, own_past: int = 1, source_past: int = 1, given: int = 1
) -> int:
    """Fewest steps from which the transfer is estimated: 50 for each cell of the table (own choice).

    Args:
        source_kinds: Symbols of the source.
        target_kinds: Symbols of the target.
        own_past: Steps of the target's own past.
        source_past: Steps of the source's past.
        given: Symbols of the common driver, 1 without one.

    >>> safe_transitions(2, 2)
    400
    """
    return int(PER_CELL * target_kinds ** (own_past + 1) * source_kinds**source_past * given)


def plugin_transfer(table: Sequence[Sequence[Sequence[float]]] | Numbers | Indices) -> float:
    """Transfer entropy of a table of counts or probabilities, in bits.

    Args:
        table: Shape (pasts of target and driver, pasts of the source, next targets).
    """
    return float(_transfers(np.asarray(table)[None])[0])


def transfer_entropy(
    source: Sequence[Hashable],
    target: Sequence[Hashable],
    *,
    own_past: int = 1,
    source_past: int = 1,
    driver: Sequence[Hashable] | None = None,
    surrogates: int = SURROGATES,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Transfer:
    """Transfer entropy between two series of symbols, in bits a step.

    Args:
        source: One symbol a step.
        target: As many.
        own_past: Steps of the target's own past (k), at least 1.
        source_past: Steps of the source's past (l), at least 1.
        driver: What both may follow (its last step is the condition), as many.
        surrogates: Turned sources that tell what chance gives, at least 200 for a p of 0.5 %.
        confidence: In ``(0, 1)``.
        resamples: How many series of blocks, for the interval.
        seed: Of the turns and the resamples.

    Returns:
        "Not estimable" below 50 steps for each cell of the table.

    Raises:
        ValueError: If the series differ in length or a past has no step.
    """
    series = [source, target] if driver is None else [source, target, driver]
    _check([len(one) for one in series], own_past, source_past)
    x, y = coded(source), coded(target)
    z = np.zeros(len(y), np.int64) if driver is None else coded(driver)
    kinds = [max(1, len(np.unique(codes))) for codes in (x, y, z)]
    method = "transfer entropy less circular shifts" + ("" if driver is None else ", given the driver")
    n = max(0, len(y) - max(own_past, source_past))
    least = safe_transitions(kinds[0], kinds[1], own_past=own_past, source_past=source_past, given=kinds[2])
    if n < least:
        return Transfer(
            Estimate(None, None, None, n, method, f"{n} steps: not estimable below {least}"),
        )
    if min(kinds[0], kinds[1]) == 1:
        still = "source" if kinds[0] == 1 else "target"
        estimate = Estimate(0.0, None, None, n, method, f"the {still} never changes")
        return Transfer(estimate, 0.0, 0.0, 1.0, 1.0)
    told = _pasts(x, kinds[0], source_past)
    held = _pasts(y, kinds[1], own_past) * kinds[2] + z
    shape = (kinds[1] ** own_past * kinds[2], kinds[0] ** source_past, kinds[1])
    steps = np.arange(len(y) - n - 1, len(y) - 1)
    outer, coming = held[steps] * shape[1], y[steps + 1]

    def cells(pasts: Indices) -> Indices:
        return cast(Indices, (outer + pasts[steps]) * shape[2] + coming)

    codes = cells(told)
    counts = np.bincount(codes, minlength=math.prod(shape))
    raw = float(_transfers(counts.reshape(1, *shape))[0])
    turns = circular_shifts(
        len(x), shifts=surrogates, least=_least_turn(len(x), own_past, source_past), seed=seed
    )
    turned = [np.bincount(cells(np.roll(told, turn)), minlength=counts.size) for turn in turns.tolist()]
    by_chance = _transfers(np.reshape(turned, (-1, *shape))).tolist()
    degrees = (shape[1] - 1) * (shape[2] - 1) * shape[0]
    blocks = suited_blocks(_local(counts.reshape(shape)).ravel()[codes])
    tables = block_counts(codes, counts.size, blocks, resamples=resamples, seed=seed)
    redrawn = _transfers(tables.reshape(-1, *shape))
    return _held_against(
        raw, by_chance, redrawn, blocks, n=n, degrees=degrees, confidence=confidence, method=method
    )


def gaussian_transfer_entropy(
    source: Sequence[float],
    target: Sequence[float],
    *,
    own_past: int = 1,
    source_past: int = 1,
    driver: Sequence[float] | None = None,
    surrogates: int = SURROGATES,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Transfer:
    """Transfer entropy between two series of numbers, in bits a step, as if they were jointly Gaussian.

    Half the logarithm of how much the source's past shrinks the variance of the error in predicting the
    target linearly: Granger's causality in bits. What is not linear is not seen.

    Args:
        source: One number a step.
        target: As many.
        own_past: Steps of the target's own past (k), at least 1.
        source_past: Steps of the source's past (l), at least 1.
        driver: What both may follow (its last step is the condition), as many.
        surrogates: Turned sources that tell what chance gives.
        confidence: In ``(0, 1)``.
        resamples: How many series of blocks, for the interval.
        seed: Of the turns and the resamples.

    Returns:
        "Not estimable" below 50 steps for each coefficient of the regression.

    Raises:
        ValueError: If the series differ in length or a past has no step.

    Reference:
        Barnett, Barrett and Seth (2009), Granger causality and transfer entropy are equivalent for Gaussian
        variables (abstract read).
    """
    series = [source, target] if driver is None else [source, target, driver]
    _check([len(one) for one in series], own_past, source_past)
    x, y, *z = (np.asarray(one, dtype=np.float64) for one in series)
    method = "Gaussian transfer entropy less circular shifts" + (
        "" if driver is None else ", given the driver"
    )
    n = max(0, len(y) - max(own_past, source_past))
    least = PER_CELL * (1 + own_past + source_past + len(z))
    if n < least:
        return Transfer(Estimate(None, None, None, n, method, f"{n} steps: not estimable below {least}"))
    for one, what in ((x, "source"), (y, "target")):
        if float(np.ptp(one)) <= 1e-12 * float(np.max(np.abs(one))):
            estimate = Estimate(0.0, None, None, n, method, f"the {what} never changes")
            return Transfer(estimate, 0.0, 0.0, 1.0, 1.0)
    steps = np.arange(len(y) - n - 1, len(y) - 1)
    own = np.column_stack(
        [np.ones(n), *(y[steps - lag] for lag in range(own_past)), *(one[steps] for one in z)]
    )
    coming = y[steps + 1]

    def told(turn: int) -> Numbers:
        return np.column_stack([np.roll(x, turn)[steps - lag] for lag in range(source_past)])

    full = np.column_stack([own, told(0), coming])
    raw = _gaussian(full, source_past)
    if raw is None:
        estimate = Estimate(
            None, None, None, n, method, "not estimable: the target follows from the rest exactly"
        )
        return Transfer(estimate)
    turns = circular_shifts(
        len(x), shifts=surrogates, least=_least_turn(len(x), own_past, source_past), seed=seed
    )
    by_chance = [
        _gaussian(np.column_stack([own, told(turn), coming]), source_past) or 0.0 for turn in turns.tolist()
    ]
    without, with_source = (_errors(full[:, :width], coming) ** 2 for width in (own.shape[1], -1))
    blocks = suited_blocks(without / without.mean() - with_source / with_source.mean())
    redrawn = np.array(
        [
            _gaussian(full[rows], source_past) or 0.0
            for places in block_resamples(n, blocks.mean, resamples=resamples, seed=seed)
            for rows in places
        ]
    )
    return _held_against(
        raw, by_chance, redrawn, blocks, n=n, degrees=source_past, confidence=confidence, method=method
    )


def _held_against(
    raw: float,
    by_chance: Sequence[float],
    redrawn: Numbers,
    blocks: Blocks,
    *,
    n: int,
    degrees: int,
    confidence: float,
    method: str,
) -> Transfer:
    chance = math.fsum(by_chance) / len(by_chance)
    p = (1 + sum(other >= raw for other in by_chance)) / (1 + len(by_chance))
    method = f"{method}, blocks of {blocks.mean:.1f}"
    if blocks.reason:
        estimate = Estimate(raw - chance, None, None, n, method, blocks.reason)
    else:
        low, high = information_interval(raw, chance, redrawn, blocks, n, degrees, confidence)
        estimate = Estimate(raw - chance, low, high, n, method)
    return Transfer(estimate, raw, chance, p, chi_square_p(raw, n, degrees))


def _check(lengths: Sequence[int], own_past: int, source_past: int) -> None:
    if len(set(lengths)) != 1:
        raise ValueError(f"series of {', '.join(map(str, lengths))} steps: they must be equally long")
    if own_past < 1 or source_past < 1:
        raise ValueError(f"pasts of {own_past} and {source_past} steps: at least 1 each")


def _least_turn(n: int, own_past: int, source_past: int) -> int:
    """A twentieth of the series: what is near in time must not be near after the turn."""
    return max(own_past, source_past) + n // 20


def _pasts(codes: Indices, kinds: int, steps: int) -> Indices:
    """One code for the last so many symbols; the circle closes before the first."""
    pasts = np.zeros(len(codes), np.int64)
    for lag in range(steps):
        pasts = pasts * kinds + np.roll(codes, lag)
    return pasts


def _transfers(tables: Indices | Numbers) -> Numbers:
    """Plug-in transfer entropy of tables of the shape (tables, held, told, next)."""

    def flat(part: Indices | Numbers) -> Indices | Numbers:
        return part.reshape(len(part), -1)

    with_next, with_source = flat(tables.sum(axis=2)), flat(tables.sum(axis=3))
    held = flat(tables.sum(axis=(2, 3)))
    parts = entropies(with_next) + entropies(with_source) - entropies(held) - entropies(flat(tables))
    return np.maximum(0.0, parts)


def _local(table: Indices) -> Numbers:
    """What a step in each cell adds to the transfer entropy, in bits; 0 in an empty cell."""
    held = table.sum(axis=(1, 2), keepdims=True)
    ratio = table * held / np.maximum(1, table.sum(axis=1, keepdims=True) * table.sum(axis=2, keepdims=True))
    return cast(Numbers, np.log2(np.where(table > 0, ratio, 1.0)))


def _errors(known: Numbers, coming: Numbers) -> Numbers:
    """What is left of a column after its regression on others."""
    coefficients, *_ = np.linalg.lstsq(known, coming, rcond=None)
    return coming - known @ coefficients


def _gaussian(columns: Numbers, told: int) -> float | None:
    """From columns: what is held, `told` columns of the source, the coming target. None without any error."""
    coming = columns[:, -1]
    variance = float(np.var(coming))
    without = float(np.mean(_errors(columns[:, : -1 - told], coming) ** 2))
    with_source = float(np.mean(_errors(columns[:, :-1], coming) ** 2))
    if with_source <= 1e-24 * max(variance, 1e-300):
        return None
    return max(0.0, 0.5 * math.log2(without / with_source))
