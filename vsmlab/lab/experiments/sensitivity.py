"""Which setting moves a result: Sobol's indices, the shares of its variance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from vsmlab.mechanisms.intervals import Estimate

RESAMPLES: Final = 399


@dataclass(frozen=True, slots=True)
class Share:
    """What one setting does to the variance of a result.

    Attributes:
        first: Share that goes away on average when this setting alone is fixed.
        total: Share that is left on average when all others are fixed: with all that it does together with them.
    """

    first: Estimate
    total: Estimate


def sobol_shares(
    values: Sequence[float], settings: int, *, confidence: float = 0.95, seed: int = 0
) -> list[Share]:
    """First-order and total Sobol indices, one `Share` a setting, with bootstrap intervals.

    First order after Saltelli, total after Jansen.

    Args:
        values: The result at the points of ``vsmlab.lab.experiments.designs.crossed``, in their order.
        settings: How many were varied.
        confidence: Of the intervals, in ``(0, 1)``.
        seed: Of the bootstrap.

    Raises:
        ValueError: If there are not as many values as such a design has points.

    Reference:
        Sobol (1993), Jansen (1999), Saltelli et al. (2010): sources not checked; the estimators are those of
        ``scipy.stats.sobol_indices``.
    """
    from scipy.stats import sobol_indices

    method = "Sobol index, bootstrap"
    rows, left = divmod(len(values), settings + 2)
    if left or rows < 1 or rows & (rows - 1):
        raise ValueError(f"{len(values)} values are not a power of two times {settings + 2}")
    blocks = np.asarray(values, dtype=np.float64).reshape(settings + 2, 1, rows)
    n = len(values)
    if rows < 2 or float(np.ptp(blocks[:2])) == 0.0:
        none = Estimate(None, None, None, n, method, "the result does not vary")
        return [Share(none, none)] * settings
    func: Any = {"f_A": blocks[0], "f_B": blocks[1], "f_AB": blocks[2:]}
    found = sobol_indices(func=func, n=rows, rng=np.random.default_rng(seed))
    drawn: Any = found.bootstrap(confidence_level=confidence, n_resamples=RESAMPLES)
    first, total = drawn.first_order.confidence_interval, drawn.total_order.confidence_interval

    def told(value: float, low: float, high: float) -> Estimate:
        return Estimate(float(value), float(low), float(high), n, method)

    return [
        Share(
            told(found.first_order[k], first.low[k], first.high[k]),
            told(found.total_order[k], total.low[k], total.high[k]),
        )
        for k in range(settings)
    ]
