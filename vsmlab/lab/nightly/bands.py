"""Whether a measure lies in its band: between limits, or within deviations of what it was before."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from vsmlab.lab.nightly.document import Band
from vsmlab.lab.report.numerals import number

LEAST: Final = 3
"""With fewer executions before it, nothing is said of deviations."""
SAME: Final = 1e-9
"""Where all of them are equal, so much relative difference is rounding."""


def judged(
    measure: str, band: Band, value: float | None, before: Sequence[float], reason: str = ""
) -> dict[str, Any]:
    """A verdict on one value.

    Args:
        measure: Its path.
        band: Where it must lie.
        value: What was measured; None if it was not estimable, which is not in any band.
        before: Earlier values that it is compared with, oldest first.
        reason: Why there is no value.
    """
    low, high, wanted, open_ = limits(band, before)
    inside: bool | None
    if value is None:
        inside, reason = False, reason or "not estimable"
    elif value < low or value > high:
        inside = False
    else:
        inside = None if open_ else True
        reason = open_
    return {
        "measure": measure,
        "wanted": wanted,
        "value": value,
        "low": low if math.isfinite(low) else None,
        "high": high if math.isfinite(high) else None,
        "inside": inside,
        "reason": reason,
    }


def limits(band: Band, before: Sequence[float]) -> tuple[float, float, str, str]:
    """Low and high end of a band, the band in words, and what could not be judged yet."""
    low = -math.inf if band.min is None else band.min
    high = math.inf if band.max is None else band.max
    words = [f"at least {number(band.min, 6)}"] if band.min is not None else []
    words += [f"at most {number(band.max, 6)}"] if band.max is not None else []
    open_ = ""
    if band.deviations is not None:
        past = list(before)[-band.last :]
        told = f"within {number(band.deviations)} deviations of the last {band.last}"
        if len(past) < LEAST:
            open_ = f"{len(past)} executions before it, {LEAST} are needed"
        else:
            # Two passes, so that equal values have a deviation of zero and not one of rounding.
            mean = math.fsum(past) / len(past)
            spread = math.sqrt(math.fsum((one - mean) ** 2 for one in past) / (len(past) - 1))
            reach = max(band.deviations * spread, SAME * abs(mean))
            told += f": {number(mean - reach, 6)} to {number(mean + reach, 6)}"
            low, high = max(low, mean - reach), min(high, mean + reach)
        words.append(told)
    return low, high, " and ".join(words), open_
