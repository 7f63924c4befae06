"""Axes: round ticks, their labels, and where a value lies between two ends."""

from __future__ import annotations

import math
from dataclasses import dataclass

from vsmlab.lab.report.numerals import number, time_unit

# Steps that read well, in the unit itself; beyond the last, and below one, 1, 2 and 5 times a power of ten.
_STEPS_OF_TIME = {
    "s": (1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0),
    "min": (1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0),
    "h": (1.0, 2.0, 3.0, 6.0, 12.0, 24.0),
}
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


_NOTHING = 1e-300
"""What is smaller cannot be cut into steps."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a chart, in the data's own numbers.

    Attributes:
        low: Value at the beginning.
        high: Value at the end, above ``low``.
        ticks: Where labels stand, ascending, within both ends.
        labels: One text for each tick.
        unit: What the labels count, with a power of ten where they were shortened; may be empty.
        logarithmic: Whether equal distances are equal ratios.
    """

    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]
    unit: str = ""
    logarithmic: bool = False

    def share(self, value: float) -> float:
        """Where the value lies: 0 at ``low``, 1 at ``high``, never outside."""
        if self.logarithmic:
            if value <= self.low:
                return 0.0
            place = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            place = (value - self.low) / (self.high - self.low)
        return min(1.0, max(0.0, place))

    def title(self, name: str) -> str:
        """The axis's title: a name and the unit in brackets."""
        return f"{name} ({self.unit})" if self.unit else name


def linear_axis(low: float, high: float, *, unit: str = "", count: int = 5, whole: bool = True) -> Axis:
    """An axis with ticks at 1, 2 or 5 times a power of ten.

    Args:
        low: Smallest value to show.
        high: Largest value to show.
        unit: Unit of the values; ``"s"`` is told in milliseconds, minutes, hours or days where that reads
            better.
        count: At most so many steps between ticks.
        whole: Widen the axis to whole steps; else the ends stay as given.

    Raises:
        ValueError: If an end is not finite or ``high < low``.

    >>> linear_axis(0, 3600, unit="s", count=6, whole=False).labels
    ('0', '10', '20', '30', '40', '50', '60')
    """
    _check(low, high)
    if high == low:
        high = low + (abs(low) if abs(low) > _NOTHING else 1.0)
    size = 1.0
    if unit == "s":
        unit, size = time_unit(max(abs(low), abs(high)))
    step = _step((high - low) / size / count, unit) * size
    # Rounded, so that 0.30000000000000004 / 0.1 is three steps and not four.
    first, last = round(low / step, 9), round(high / step, 9)
    if whole:
        low, high = math.floor(first) * step, math.ceil(last) * step
        numbers = range(math.floor(first), math.ceil(last) + 1)
    else:
        numbers = range(math.ceil(first), math.floor(last) + 1)
    ticks = tuple(k * step for k in numbers)
    labels, power = _labels(ticks, step, size)
    return Axis(low, high, ticks, labels, " ".join(part for part in (power, unit) if part))


def log_axis(low: float, high: float, *, unit: str = "") -> Axis:
    """A logarithmic axis over whole steps of 1, 2, 5 (or of decades, where there are many).

    Raises:
        ValueError: If ``low <= 0``, an end is not finite or ``high < low``.

    >>> log_axis(0.05, 6.4).labels
    ('0.05', '0.1', '0.2', '0.5', '1', '2', '5', '10')
    """
    _check(low, high)
    if low <= 0:
        raise ValueError(f"a logarithmic axis from {low:g}; its ends must be above zero")
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1
    steps = (1.0, 2.0, 5.0) if last - first <= 5 else (1.0,)
    marks = [float(f"{step:g}e{power}") for power in range(first, last + 1) for step in steps]
    begin = max(k for k, mark in enumerate(marks) if mark <= low * (1 + 1e-12))
    end = min((k for k, mark in enumerate(marks) if mark >= high * (1 - 1e-12)), default=len(marks) - 1)
    end = max(end, begin + 1)
    ticks = marks[begin : end + 1]
    shown = ticks[:: math.ceil(len(ticks) / 12)]
    return Axis(ticks[0], ticks[-1], tuple(shown), tuple(number(mark) for mark in shown), unit, True)


def _check(low: float, high: float) -> None:
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"an axis from {low} to {high}; its ends must be finite")
    if high < low:
        raise ValueError(f"an axis from {low:g} to {high:g}; the first end must not be above the second")


def _step(least: float, unit: str) -> float:
    """The smallest round step that is not below ``least``."""
    if least >= 1:
        for step in _STEPS_OF_TIME.get(unit, ()):
            if step >= least * (1 - 1e-9):
                return step
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= least * (1 - 1e-9))


def _labels(ticks: tuple[float, ...], step: float, size: float) -> tuple[tuple[str, ...], str]:
    """Labels of ticks told in units of ``size``, and the power of ten taken out of them."""
    largest = max((abs(tick) for tick in ticks), default=0.0) / size
    power = 0
    if largest >= 1e6 or 0 < largest < 1e-3:
        power = 3 * math.floor(math.log10(largest) / 3)
    shown = step / size / 10.0**power
    decimals = max(0, -math.floor(math.log10(shown) + 1e-9))
    labels = tuple(f"{tick / size / 10.0**power:,.{decimals}f}" for tick in ticks)
    return labels, f"×10{str(power).translate(_SUPERSCRIPT)}" if power else ""
