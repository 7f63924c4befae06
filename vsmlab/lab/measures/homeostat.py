"""The homeostat of Systems 3 and 4: how evenly both speak, whether what they commit to hunts, and who steps in.

The commitment is the number of agents that both pull at, where anybody is hired. What swings faster than ten times
the delay of hiring is hunting: a loop that barely settles swings once in four such delays. What is slower is the
work it follows.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from vsmlab.engines.start import Start
from vsmlab.laws import kinds as k
from vsmlab.mechanisms.balances import contrast, residual
from vsmlab.mechanisms.intervals import Estimate, batch_means, poisson_rate

from .levels import Floats, Levels
from .metasystem import Noted, decision_times
from .telling import interval_of
from .variety import CROWDED

HOUR: Final = 3600.0
SPAN: Final = 10.0
"""So many delays of hiring long is the moving mean that hunting is measured against (own choice)."""


def homeostat_measures(
    levels: Levels, start: Start, noted: Noted, why: dict[str, str]
) -> dict[str, dict[str, Any]]:
    """``homeostat`` of ``measures.json``, by the path of each viable system with a System 3.

    Args:
        levels: The traffic.
        start: Who is who.
        noted: What Systems noted.
        why: Collects why something could not be estimated.
    """
    measures: dict[str, dict[str, Any]] = {}
    for here, (path, _, _, _, viable, _) in enumerate(levels.places):
        if not viable or path not in levels.nodes or f"{path}.system3" not in levels.rows:
            continue
        found = _both_sides(levels, here, path) | _commitment(levels, start, noted, path)
        length = levels.folded.window.length / HOUR
        stepped = _stepped_in(levels, path)
        found["interventions_per_hour"] = poisson_rate(stepped, length)
        system5 = levels.rows.get(f"{path}.system5")
        if system5 is None:
            found["decisions_per_hour"] = _none("there is no System 5")
        else:
            made = decision_times(noted, levels.identities[system5])
            found["decisions_per_hour"] = poisson_rate(made, length)
        measures[path] = {}
        for name, estimate in found.items():
            measures[path] |= {name: estimate.value, f"{name}_interval": interval_of(estimate)}
            if estimate.low is None:
                end = name if estimate.value is None else f"{name}_interval"
                why[f"homeostat.{path}.{end}"] = estimate.reason
    return measures


def _none(reason: str) -> Estimate:
    return Estimate(None, None, None, 0, "", reason)


def _both_sides(levels: Levels, here: int, path: str) -> dict[str, Estimate]:
    """Bits a period of System 4 that each side says to the other and to System 5."""
    node = levels.nodes[path]
    if node.system4 is None or levels.traffic.crowded:
        reason = CROWDED if node.system4 is not None else "there is no System 4"
        return dict.fromkeys(("imbalance", "residual_bits"), _none(reason))
    three = levels.varied(_said(levels, here, k.SYSTEM3, k.S3_S4), node.system4.period)
    four = levels.varied(_said(levels, here, k.SYSTEM4, k.S4_S3), node.system4.period)
    return {"imbalance": contrast(three, four), "residual_bits": residual(three, four)}


def _said(levels: Levels, here: int, role: int, channel: int) -> list[int]:
    pairs = levels.traffic.pairs
    mine = levels.said_by.get(here, [])
    return [i for i in mine if pairs[i][0] in (channel, k.S34_S5) and levels.roles[pairs[i][1]] == role]


def _stepped_in(levels: Levels, path: str) -> int:
    """How often System 3 stepped outside the bargain in the window."""
    folded = levels.folded
    changes = folded.changes[folded.window.holds(folded.changes["due"])]
    who = levels.identities[levels.rows[f"{path}.system3"]]
    return int(((changes["kind"] == k.INTERVENED) & (changes["receiver"] == who)).sum())


def _commitment(levels: Levels, start: Start, noted: Noted, path: str) -> dict[str, Estimate]:
    """How the commitment varies, in agents, and how often it swings."""
    row = levels.rows[f"{path}.system3"]
    system3 = start.state.system3s[start.state.units[row].at]
    names = ("u_std", "hunting_amplitude", "u_crossings_per_hour")
    if system3.hires != 1:
        return dict.fromkeys(names, _none("nobody is hired here"))
    committed = noted.at(levels.identities[row], k.COMMITTED)["value"].astype(np.float64)
    period = system3.balance_period
    span = max(1, round(SPAN * max(system3.hire_takes, period) / period / 2.0))
    return commitment_measures(committed, period, span)


def commitment_measures(committed: Floats, period: float, half: int) -> dict[str, Estimate]:
    """Spread of a commitment, its swings about its moving mean, and how often it crosses that mean in an hour.

    Args:
        committed: One value a period.
        period: Seconds.
        half: The moving mean is over so many values on either side, and the one itself.
    """
    if not len(committed):
        return dict.fromkeys(
            ("u_std", "hunting_amplitude", "u_crossings_per_hour"), _none("nothing was committed")
        )
    spread = deviation((committed - committed.mean()) ** 2)
    width = 2 * half + 1
    if len(committed) < width + 1:
        reason = f"the run is shorter than the {width * period:g} s of the moving mean"
        return {"u_std": spread, "hunting_amplitude": _none(reason), "u_crossings_per_hour": _none(reason)}
    strays = committed[half : len(committed) - half] - np.convolve(
        committed, np.full(width, 1.0 / width), "valid"
    )
    strays = np.where(np.abs(strays) > 1e-9 * max(1.0, float(np.abs(committed).max())), strays, 0.0)
    return {
        "u_std": spread,
        "hunting_amplitude": deviation(strays**2),
        "u_crossings_per_hour": crossings(strays, HOUR / period),
    }


def deviation(squares: Floats) -> Estimate:
    """Root of the mean of squares, with an interval from batch means of the squares."""
    estimate = batch_means(squares.tolist())
    value = math.sqrt(estimate.value or 0.0)
    if estimate.low is None or estimate.high is None:
        return Estimate(value, None, None, estimate.n, estimate.method, estimate.reason)
    low, high = (math.sqrt(max(0.0, end)) for end in (estimate.low, estimate.high))
    return Estimate(value, low, high, estimate.n, estimate.method)


def crossings(strays: Floats, scale: float) -> Estimate:
    """How often a series changes its sign, a step, times a scale; zeros are of the sign before them."""
    sign = np.sign(strays)
    last = np.maximum.accumulate(np.where(sign != 0.0, np.arange(len(sign)), 0))
    crossed = (np.diff(sign[last]) != 0.0) & (sign[last][:-1] != 0.0)
    estimate = batch_means(crossed.astype(np.float64).tolist())
    value = (estimate.value or 0.0) * scale
    if estimate.low is None or estimate.high is None:
        return Estimate(value, None, None, estimate.n, estimate.method, estimate.reason)
    return Estimate(value, max(0.0, estimate.low) * scale, estimate.high * scale, estimate.n, estimate.method)
