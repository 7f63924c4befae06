"""How good System 4's forecasts were, against what the environment then showed of demand.

A forecast is for a time; what came is what was shown nearest to that time. Chance in demand is part of both the
error and the deviation that System 4 says. Who says today's demand for any time to come is the forecaster to beat.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vsmlab.laws import kinds as k

from .metasystem import Noted
from .units import Floats, Window

FIELDS: Final = ("forecast_rmse_erlangs", "forecast_skill", "forecast_coverage")
WIDTH: Final = 1.96
"""So many deviations either way hold 95 % of a normal distribution."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What a stream showed of the work demanded lately: when, and how many erlangs."""

    times: Floats
    values: Floats

    def nearest(self, times: Floats) -> Floats:
        """What was shown nearest to these times; of two as near, the earlier."""
        right = np.clip(np.searchsorted(self.times, times, "left"), 1, max(1, len(self.times) - 1))
        left = right - 1
        right = np.minimum(right, len(self.times) - 1)
        later = self.times[right] - times < times - self.times[left]
        found: Floats = self.values[np.where(later, right, left)]
        return found

    def last(self, times: Floats) -> Floats:
        """What had been shown last at these times; infinite where nothing had."""
        place = np.searchsorted(self.times, times, "right") - 1
        found: Floats = np.where(place >= 0, self.values[np.maximum(place, 0)], np.inf)
        return found


def forecasts(noted: Noted, system4: int, window: Window, why: dict[str, str], place: str) -> dict[str, Any]:
    """How many forecasts System 4 made in the window, and how good those are whose time came in the run."""
    always = noted.always
    mine = always[always["receiver"] == system4]
    told = mine[window.holds(mine["due"])]
    means, spreads = told[told["kind"] == k.FORECAST], told[told["kind"] == k.SPREAD]
    means = means[: len(spreads)]  # told one after the other
    demanded = mine[(mine["kind"] == k.INDICATOR) & (mine["ref"] == k.DEMANDED)]
    streams = [_of_stream(demanded[demanded["sender"] == one]) for one in np.unique(demanded["sender"])]
    made: dict[str, Any] = {"forecasts": len(means)}
    reason = ""
    if not streams:
        reason = "the environment shows it no demand"
    elif not len(means):
        reason = "it made no forecast in the window"
    else:
        until = min(float(shown.times[-1]) for shown in streams)
        known = means["due"] + means["ref"] <= until
        made |= judged(means[known], spreads[: len(means)][known], streams)
        if not known.any():
            reason = "no time that it forecast came in the run"
    if reason:
        made |= dict.fromkeys(FIELDS)
        for name in FIELDS:
            why[f"{place}.{name}"] = reason
    elif made["forecast_skill"] is None:
        why[f"{place}.forecast_skill"] = "demand never changed"
    return made


def _of_stream(rows: npt.NDArray[np.void]) -> Shown:
    order = np.argsort(rows["sent"], kind="stable")
    return Shown(rows["sent"][order], rows["value"][order])


def judged(
    means: npt.NDArray[np.void], spreads: npt.NDArray[np.void], streams: list[Shown]
) -> dict[str, float | None]:
    """Root mean square error, skill over the last value, and coverage of the forecasts' own 95 %.

    Args:
        means: Forecasts: when, how far ahead, and erlangs.
        spreads: Their deviations, in the same order.
        streams: What came.
    """
    if not len(means):
        return dict.fromkeys(FIELDS)
    times = means["due"]
    came = np.sum([shown.nearest(times + means["ref"]) for shown in streams], axis=0)
    last = np.sum([shown.last(times) for shown in streams], axis=0)
    errors = came - means["value"]
    seen = np.isfinite(last)
    naive = float(((came - last)[seen] ** 2).mean()) if seen.any() else 0.0
    mine = float((errors[seen] ** 2).mean()) if seen.any() else 0.0
    return {
        "forecast_rmse_erlangs": math.sqrt(float((errors**2).mean())),
        "forecast_skill": 1.0 - mine / naive if naive > 0.0 else None,
        "forecast_coverage": float((np.abs(errors) <= WIDTH * spreads["value"]).mean()),
    }
