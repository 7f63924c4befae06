"""Designs of experiments: which points of a space of settings are tried."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Final, Literal, TypeVar

Kind = Literal["lhs", "sobol", "saltelli"]
V = TypeVar("V")

MOST_POINTS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Range:
    """The values between two ends that a setting may take.

    Attributes:
        low: Smallest value.
        high: Largest value, above `low`.
        scale: ``linear``; ``log``, even in the logarithm; ``int``, whole numbers, both ends among them.
    """

    low: float
    high: float
    scale: Literal["linear", "log", "int"] = "linear"

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"{self.low:g} to {self.high:g}: the lower end must be below the upper")
        if self.scale == "log" and self.low <= 0.0:
            raise ValueError(f"{self.low:g}: on a logarithmic scale both ends must be above 0")
        if self.scale == "int" and (self.low != int(self.low) or self.high != int(self.high)):
            raise ValueError(f"{self.low:g} to {self.high:g}: both ends must be whole numbers")

    def at(self, share: float) -> float | int:
        """The value that lies a share of the way from the lower end to the upper.

        Args:
            share: In ``[0, 1)``.

        >>> Range(1.0, 100.0, "log").at(0.5), Range(2, 4, "int").at(0.99), Range(0.0, 8.0).at(0.25)
        (10.0, 4, 2.0)
        """
        if self.scale == "int":
            return int(self.low) + math.floor(share * (self.high - self.low + 1))
        if self.scale == "log":
            return self.low * math.pow(self.high / self.low, share)
        return self.low + share * (self.high - self.low)


def grid(values: Mapping[str, Sequence[V]]) -> list[tuple[V, ...]]:
    """Every value of each setting with every value of all others; the last setting changes soonest.

    >>> grid({"gain": [1, 2], "period": [5, 10]})
    [(1, 5), (1, 10), (2, 5), (2, 10)]
    """
    return list(product(*values.values()))


def shares(kind: Literal["lhs", "sobol"], points: int, settings: int, seed: int) -> list[list[float]]:
    """Points of the unit cube, one row a point.

    ``lhs`` is a Latin hypercube: each of `points` equal parts of each side holds one point. ``sobol`` is a
    scrambled Sobol sequence: with 2^k points every box of volume 2^-k whose sides are halved a whole number
    of times holds one.

    Args:
        kind: Which design.
        points: How many; for ``sobol`` a power of two.
        settings: Sides of the cube.
        seed: The same seed gives the same points.

    Raises:
        ValueError: If there are no settings, no points or too many, or Sobol's are not a power of two.

    Reference:
        McKay, Beckman and Conover (1979); Sobol (1967), Owen (1998) for the scrambling: sources not checked.
        The sequences are those of ``scipy.stats.qmc``.
    """
    from scipy.stats import qmc

    if settings < 1:
        raise ValueError("a design needs at least one setting with a range")
    if not 1 <= points <= MOST_POINTS:
        raise ValueError(f"{points} points: 1 to {MOST_POINTS:,} are possible")
    if kind == "sobol" and points & (points - 1):
        below = 1 << (points.bit_length() - 1)
        raise ValueError(f"{points} points of a Sobol sequence are not balanced: take {below} or {2 * below}")
    sampler = qmc.LatinHypercube(settings, rng=seed) if kind == "lhs" else qmc.Sobol(settings, rng=seed)
    drawn: list[list[float]] = sampler.random(points).tolist()
    return drawn


def crossed(points: int, settings: int, seed: int) -> list[list[float]]:
    """Points from which Sobol's indices are estimated: ``points * (settings + 2)`` rows of the unit cube.

    First come the rows of A, then those of B, both halves of one scrambled Sobol sequence; then, for each
    setting, A with that setting from B.

    Args:
        points: Rows of A; a power of two.
        settings: Sides of the cube.
        seed: The same seed gives the same points.

    Raises:
        ValueError: As for `shares`.

    Reference:
        Saltelli et al. (2010), source not checked.
    """
    if points * (settings + 2) > MOST_POINTS:
        raise ValueError(
            f"{points} points need {points * (settings + 2):,}: at most {MOST_POINTS:,} are possible"
        )
    both = shares("sobol", points, 2 * settings, seed)
    a, b = [row[:settings] for row in both], [row[settings:] for row in both]
    mixed = [
        [*one[:k], other[k], *one[k + 1 :]] for k in range(settings) for one, other in zip(a, b, strict=True)
    ]
    return [*a, *b, *mixed]


def spread(kind: Kind, points: int, ranges: Sequence[Range], seed: int) -> list[tuple[float | int, ...]]:
    """A design over ranges, one tuple of values a point; see `shares`, and `crossed` for ``saltelli``."""
    drawn = crossed if kind == "saltelli" else partial(shares, kind)
    return [
        tuple(side.at(share) for side, share in zip(ranges, row, strict=True))
        for row in drawn(points, len(ranges), seed)
    ]
