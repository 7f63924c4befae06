"""Many samples as few: least, most and mean of each stretch of time, so that no extreme is lost on its way."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from vsmlab.apps.live.rings import Floats

STRETCHES: Final = 100
"""Two points each, the least and the most: 200 points a series."""


class Envelope(NamedTuple):
    """Least, most and mean by stretch; NaN where nothing is known."""

    least: Floats
    most: Floats
    mean: Floats


def edges_of(begin: float, end: float, stretches: int = STRETCHES) -> Floats:
    """The edges of equal stretches of time."""
    return np.linspace(begin, max(end, begin + 1e-9), stretches + 1)


def envelope(times: Floats, values: Floats, edges: Floats, *, hold: bool = False) -> Envelope:
    """The envelope of samples over stretches; the last takes its end in.

    Args:
        times: Ascending.
        values: NaN where nothing is known.
        edges: Of the stretches, ascending.
        hold: A stretch without a sample has the last one before it: for what stays until it changes.
    """
    known = ~np.isnan(values)
    times, values = times[known], values[known]
    inside = (times >= edges[0]) & (times <= edges[-1])
    held = values[times < edges[0]][-1:]
    times, values = times[inside], values[inside]
    stretch = np.minimum(np.searchsorted(edges, times, side="right") - 1, len(edges) - 2)
    nothing = np.full(len(edges) - 1, np.nan)
    least, most, mean = nothing.copy(), nothing.copy(), nothing.copy()
    if len(times):
        first = np.flatnonzero(np.diff(stretch, prepend=-1))
        where = stretch[first]
        least[where] = np.minimum.reduceat(values, first)
        most[where] = np.maximum.reduceat(values, first)
        counts = np.diff(np.append(first, len(values)))
        mean[where] = np.clip(np.add.reduceat(values / 1.0, first) / counts, least[where], most[where])
    if hold:
        ends = np.searchsorted(times, edges[1:], side="left")
        before = np.concatenate([held, values])
        at = ends - 1 + len(held)
        last = np.where(at >= 0, before[np.maximum(at, 0)], np.nan) if len(before) else nothing
        if len(times):
            last[int(stretch[-1]) + 1 :] = np.nan  # nothing is known beyond the last sample
        empty = np.isnan(mean)
        for part in (least, most, mean):
            part[empty] = last[empty]
    return Envelope(least, most, mean)


def rates(times: Floats, totals: Floats, edges: Floats) -> Floats:
    """How much a running total grew a second in each stretch; NaN outside of the samples.

    What grew between two samples is spread evenly over the time between them.
    """
    known = ~np.isnan(totals)
    times, totals = times[known], totals[known]
    if len(times) < 2:
        return np.full(len(edges) - 1, np.nan)
    times, first = np.unique(times[::-1], return_index=True)
    totals = totals[::-1][first]
    at = np.interp(edges, times, totals)
    grown = np.diff(at) / np.diff(edges)
    grown[(edges[1:] <= times[0]) | (edges[:-1] >= times[-1])] = np.nan
    return grown
