"""Fewer points that draw the same line: the extremes of each stretch, the ends, and a gap where one is."""

from __future__ import annotations

import math
from collections.abc import Sequence

MOST_POINTS = 400


def is_number(value: float | None) -> bool:
    """Whether there is a finite value."""
    return value is not None and math.isfinite(value)


def kept_points(values: Sequence[float | None], most: int = MOST_POINTS) -> list[int]:
    """Indices of at most so many values, ascending, that keep every extreme a reader could see.

    The values between the first and the last are cut into equal stretches; of each remain its smallest, its
    largest and its first missing value. The overall extremes are always among them.

    Args:
        values: Values in order of time; None or NaN where nothing is known.
        most: At most so many indices, at least 5.
    """
    if most < 5:
        raise ValueError(f"at most {most} points; 5 or more are needed")
    count = len(values)
    if count <= most:
        return list(range(count))
    stretches = (most - 2) // 3
    kept = {0, count - 1}
    for k in range(stretches):
        stretch = range(1 + k * (count - 2) // stretches, 1 + (k + 1) * (count - 2) // stretches)
        known = [(value, i) for i in stretch if (value := values[i]) is not None and math.isfinite(value)]
        if known:
            kept.add(min(known)[1])
            kept.add(max(known)[1])
        if len(known) < len(stretch):
            kept.add(next(i for i in stretch if not is_number(values[i])))
    return sorted(kept)
