"""How a number is told: both ends of an interval in ``measures.json``, three digits in a sentence."""

from __future__ import annotations

import math

from vsmlab.mechanisms.intervals import Estimate


def interval_of(estimate: Estimate) -> list[float] | None:
    """Both ends, for ``measures.json``."""
    return None if estimate.low is None or estimate.high is None else [estimate.low, estimate.high]


def said(number: float) -> str:
    """A number for a sentence: three digits are enough."""
    if number == 0.0 or not math.isfinite(number):
        return f"{number:g}"
    return f"{number:.0f}" if abs(number) >= 100.0 else f"{number:.3g}"
