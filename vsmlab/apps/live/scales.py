"""A slider for a dial: forty-one values from which one is chosen, fine where the dial stands, wide enough to matter."""

from __future__ import annotations

import bisect
import math
from typing import Final

from vsmlab.lab.sessions import DialReading

STEPS: Final = 40
_NOUGHT: Final = 1e-9
"""A dial that stands below it stands at nought, as far as a slider can show."""
_ROOM: Final = {"s": 60.0, "tasks": 100.0, "agents": 20.0, "deviations": 10.0, "periods": 10.0}
"""As far as a dial at zero can be turned, by its unit, where it could go much further."""


def values_of(dial: DialReading) -> list[float]:
    """The values, ascending; where the dial stands is one of them.

    From a tenth to ten times where it stands, in equal ratios; from least to most where it stands at nought or has a
    short way.
    """
    least, most, now = dial.least, dial.most, dial.value
    short = most - least <= 10.0 and dial.unit not in ("ratio",)
    if short or now <= _NOUGHT:
        end = most if short else min(most, _ROOM.get(dial.unit, 10.0))
        found = [least + (end - least) * step / STEPS for step in range(STEPS + 1)]
    else:
        low, high = max(least, now / 10), min(most, now * 10)
        low = low if low > 0.0 else high / 100
        found = [low * (high / low) ** (step / STEPS) for step in range(STEPS + 1)]
    rounded = {_round(one, dial) for one in found}
    return sorted({one for one in rounded if least <= one <= most} | {now})


def _round(value: float, dial: DialReading) -> float:
    if dial.whole:
        return float(round(value))
    return 0.0 if value == 0.0 else round(value, 2 - math.floor(math.log10(abs(value))))


def place_of(value: float, values: list[float]) -> int:
    """Where among ascending values a value stands, or would stand."""
    return min(bisect.bisect_left(values, value), len(values) - 1)
