"""Steady-state estimates from one long run: batch means with control variates of known mean.

A control is what was drawn (work, gaps between arrivals), whose mean is known; what the batches' controls
explain of the batches' results is taken away (Lavenberg and Welch 1981). The interval is Student's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from journeys import Story

from vsmlab.laws import kinds as k
from vsmlab.laws.identity import identity
from vsmlab.mechanisms.intervals import student_quantile

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """An estimate with its half-width at the level that was asked for."""

    mean: float
    half: float

    def check(self, oracle: float, precision: float, what: str = "") -> None:
        """The interval must be narrow and hold the oracle."""
        text = f"{what} {self.mean:.5g} +- {self.half:.2g} ({self.half / abs(self.mean):.1%}), oracle {oracle:.5g}"
        assert self.half <= precision * abs(oracle), f"too wide to say anything: {text}"
        assert abs(self.mean - oracle) <= self.half, text


def controlled(results: Floats, controls: Sequence[Floats], confidence: float) -> Interval:
    """Mean of batch results, with batch means of centred controls regressed out."""
    batches, count = len(results), len(controls)
    design = np.column_stack([np.ones(batches), *controls])
    answer, *_ = np.linalg.lstsq(design, results, rcond=None)
    residual = results - design @ answer
    free = batches - count - 1
    variance = float(residual @ residual) / free * float(np.linalg.inv(design.T @ design)[0, 0])
    quantile = student_quantile(free, 1.0 - 0.5 * (1.0 - confidence))
    return Interval(float(answer[0]), quantile * variance**0.5)


def batch_sums(times: Floats, values: Floats, edges: Floats) -> Floats:
    """Sum of values by the batch of time that they fall into."""
    return np.histogram(times, bins=edges, weights=values)[0]


def area_by_batch(times: Floats, steps: Floats, edges: Floats) -> Floats:
    """Area under the running sum of ``steps``, by batch of time."""
    level = np.concatenate([[0.0], np.cumsum(steps)])
    knots = np.concatenate([[0.0], times])
    total = np.concatenate([[0.0], np.cumsum(level[:-1] * np.diff(knots))])
    place = np.searchsorted(times, edges, side="right")
    return np.diff(total[place] + level[place] * (edges - knots[place]))


def demand_controls(story: Story, edges: Floats, streams: dict[str, tuple[float, float]]) -> list[Floats]:
    """Controls by batch: arrivals less what is expected, work less what is expected of those arrivals.

    Args:
        story: The run.
        edges: Bounds of the batches, equally long.
        streams: By name, arrivals a second and mean work.
    """
    born = story.of(k.BORN)
    controls: list[Floats] = []
    for name, (rate, mean) in streams.items():
        mine = born[(born["task"] >> 38) == (identity(f"environment.{name}") & 0xFFFFFF)]
        times = mine["due"]
        expected = rate * float(edges[1] - edges[0])
        controls.append(np.histogram(times, bins=edges)[0] / expected - 1.0)
        if np.ptp(mine["value"]) > 0.0:
            controls.append(batch_sums(times, mine["value"] / mean - 1.0, edges) / expected)
    return controls


def endless_room_controls(story: Story, edges: Floats, load: float, stretch: float) -> list[Floats]:
    """Controls by batch from a room where nobody waits, with this run's own arrivals and work (M/G/infinity).

    With Poisson arrivals the number there is Poisson, whatever the work: its mean, its second moment and
    how much of it is above a mark are known, and they follow the crowds that make others wait.

    Args:
        story: The run.
        edges: Bounds of the batches, equally long.
        load: Arrivals a second times mean work.
        stretch: The room remembers longer where every work is this much longer.
    """
    born = story.of(k.BORN)
    ends = born["due"] + stretch * born["value"]
    times = np.concatenate([born["due"], ends])
    order = np.argsort(times, kind="stable")
    times, steps = times[order], np.repeat([1.0, -1.0], len(born))[order]
    level = np.cumsum(steps)
    mean, length = load * stretch, float(edges[1] - edges[0])
    mark = np.ceil(mean + 1.0)
    few = np.arange(mark)
    weights = np.exp(-mean + few * np.log(mean) - np.cumsum(np.log(np.maximum(few, 1.0))))
    above = mean - mark + float(((mark - few) * weights).sum())
    known = [(level**2, mean**2 + mean), (np.maximum(level - mark, 0.0), above)]
    return [
        area_by_batch(times, np.diff(values, prepend=0.0), edges) / (length * expected) - 1.0
        for values, expected in known
    ]


def ratio(tops: Floats, bottoms: Floats, controls: Sequence[Floats], confidence: float) -> Interval:
    """Interval of a ratio of means (delta method): the mean of ``top - r * bottom`` must be zero at ``r``."""
    value = float(tops.sum() / bottoms.sum())
    for _ in range(3):
        error = controlled(tops - value * bottoms, controls, confidence)
        value += error.mean / float(bottoms.mean())
    return Interval(value, error.half / float(bottoms.mean()))
