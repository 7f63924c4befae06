"""Paths of lines, steps and areas through the points of a plot."""

from __future__ import annotations

from collections.abc import Sequence

from vsmlab.lab.report.decimation import is_number
from vsmlab.lab.report.markup import pixels
from vsmlab.lab.report.plot import Plot


def line_path(plot: Plot, times: Sequence[float], values: Sequence[float | None], steps: bool) -> str:
    """A path through the known points; it breaks where a value is missing, and steps last to the end."""
    written: list[str] = []
    drawing = False
    for time, value in zip(times, values, strict=True):
        if value is None or not is_number(value):
            if drawing and steps:
                written.append(f"H{pixels(plot.across(time))}")
            drawing = False
            continue
        x, y = pixels(plot.across(time)), pixels(plot.up(value))
        if not drawing:
            written.append(f"M{x},{y}")
        elif steps:
            written.append(f"H{x}V{y}")
        else:
            written.append(f"L{x},{y}")
        drawing = True
    if drawing and steps:
        written.append(f"H{pixels(plot.left + plot.width)}")
    elif drawing and len(written) == 1:
        written.append("h0.01")  # a single point, drawn as a dot by the line's round ends
    return "".join(written)


def area_path(
    plot: Plot, times: Sequence[float], low: Sequence[float], high: Sequence[float], steps: bool
) -> str:
    """A closed path between two curves at the same times."""
    if not times:
        return ""
    upper = _corners(plot, times, high, steps)
    lower = _corners(plot, times, low, steps)
    return "M" + "L".join(f"{pixels(x)},{pixels(y)}" for x, y in [*upper, *reversed(lower)]) + "Z"


def _corners(
    plot: Plot, times: Sequence[float], values: Sequence[float], steps: bool
) -> list[tuple[float, float]]:
    corners: list[tuple[float, float]] = []
    for time, value in zip(times, values, strict=True):
        x, y = plot.across(time), plot.up(value)
        if steps and corners:
            corners.append((x, corners[-1][1]))
        corners.append((x, y))
    if steps and corners:
        corners.append((plot.left + plot.width, corners[-1][1]))
    return corners
