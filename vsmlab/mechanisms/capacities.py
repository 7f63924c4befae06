"""What a channel can carry at best: capacities of Shannon's channels, in bits a symbol or a unit of time."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from vsmlab.mechanisms.intervals import Estimate


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
