"""Welch's moving average: a series made smooth enough for the eye to see where it becomes flat."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def welch_average(series: Sequence[float], window: int) -> npt.NDArray[np.float64]:
    """The moving average over an observation and so many on either side of it.

    Equation: at i (from 0) the mean of the observations from i - k to i + k, where k = min(i, window): at the
    start, which is what matters, the window is as wide as there is room on both sides. The last ``window``
    observations have no average.

    Args:
        series: Equally spaced observations, or means of them over replications.
        window: Observations on either side, from 1 to half of the series.

    Returns:
        As many as there are observations, less ``window``.

    Raises:
        ValueError: If the window is outside of these bounds.

    Reference:
        Welch (1983), The statistical analysis of simulation results, source not checked.

    >>> welch_average([9.0, 3.0, 3.0, 6.0], 1).tolist()
    [9.0, 5.0, 4.0]
    """
    count = len(series)
    if not 1 <= window <= count // 2:
        raise ValueError(f"a window of {window} over {count} observations; it must be from 1 to {count // 2}")
    values = np.asarray(series, dtype=np.float64)
    centre = values.mean()  # sums about the centre lose no digits
    sums = np.concatenate([[0.0], np.cumsum(values - centre)])
    here = np.arange(count - window)
    half = np.minimum(here, window)
    smooth: npt.NDArray[np.float64] = centre + (sums[here + half + 1] - sums[here - half]) / (2 * half + 1)
    return smooth
