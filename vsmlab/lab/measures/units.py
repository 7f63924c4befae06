"""Measures of every unit: an operation's own, a viable system's over its subtree."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from vsmlab.engines.start import PlaceRow
from vsmlab.laws import kinds as k
from vsmlab.mechanisms.intervals import batch_means

from . import visits as v

Measure = float | int | None
Floats = npt.NDArray[np.float64]
Why = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Window:
    """The measured part of a run: ``[start, end)``, seconds."""

    start: float
    end: float

    @property
    def length(self) -> float:
        """Seconds."""
        return self.end - self.start

    def overlap(self, begin: Floats, end: Floats) -> float:
        """Sum of what intervals share with the window, with one rounding (compensated)."""
        shared = np.minimum(end, self.end) - np.maximum(begin, self.start)
        return math.fsum(shared[shared > 0.0].tolist())

    def holds(self, time: Floats) -> npt.NDArray[np.bool_]:
        """Which times lie in the window."""
        return (time >= self.start) & (time < self.end)


@dataclass(slots=True)
class Work:
    """What one operation did in the window, as sums that add up over a subtree."""

    waiting_s: float = 0.0
    busy_s: float = 0.0
    agents_s: float = 0.0
    granted_s: float = 0.0
    completions: int = 0
    speed: float = 1.0
    capability: float = 0.0
    potentiality: float = 0.0
    estimable: bool = True


@dataclass(slots=True)
class Folded:
    """Everything that measures of units are computed from."""

    places: list[PlaceRow]
    visits: v.Visits
    phases: v.Phases
    births: v.Births
    changes: npt.NDArray[np.void]
    addresses: dict[int, int]
    window: Window
    not_estimable: dict[str, str] = field(default_factory=dict)
    born: dict[int, float] = field(default_factory=dict)
    """When each place that was not there from the start was born, seconds."""


def births_of(
    places: list[PlaceRow], addresses: dict[int, int], changes: npt.NDArray[np.void]
) -> dict[int, float]:
    """When each spawned child system and all that is in it was born, by place."""
    spawned = changes[changes["kind"] == k.SPAWNED]
    born = {
        addresses[who]: time
        for who, time in zip(spawned["ref"].tolist(), spawned["due"].tolist(), strict=True)
        if who in addresses
    }
    for here, (_, parent, *_rest) in enumerate(places):
        if here not in born and parent in born:
            born[here] = born[parent]
    return born


def agent_steps(folded: Folded, place: int) -> tuple[Floats, Floats, Floats]:
    """Agents present and agents granted at an operation as steps: times, present, granted."""
    changes = folded.changes
    identity = next(i for i, p in folded.addresses.items() if p == place)
    mine = changes[(changes["kind"] == k.AGENTS) & (changes["receiver"] == identity)]
    start = float(folded.places[place][5])
    begins, first = (
        ([0.0], [start]) if place not in folded.born else ([0.0, folded.born[place]], [0.0, start])
    )
    times = np.concatenate([begins, mine["due"]])
    present = np.concatenate([first, mine["ref"].astype(np.float64)])
    granted = np.concatenate([first, mine["value"]])
    return times, present, granted


def step_area(times: Floats, values: Floats, window: Window) -> float:
    """Area under steps within the window."""
    ends = np.append(times[1:], np.inf)
    shared = np.clip(np.minimum(ends, window.end) - np.maximum(times, window.start), 0.0, None)
    return math.fsum((values * shared).tolist())


def work_of(folded: Folded, speeds: list[float]) -> list[Work]:
    """The sums of each node; a viable system's are those of its operations."""
    window = folded.window
    works = [Work() for _ in folded.places]
    done = (folded.visits.outcome == v.SERVED) & window.holds(folded.visits.left)
    for here, (_, _, _, _, viable, _) in enumerate(folded.places):
        if viable:
            continue
        work = works[here]
        phases = folded.phases
        waiting = (phases.place == here) & (phases.phase == v.WAITING_PHASE)
        serving = (phases.place == here) & (phases.phase == v.SERVING_PHASE)
        work.waiting_s = window.overlap(phases.begin[waiting], phases.end[waiting])
        work.busy_s = window.overlap(phases.begin[serving], phases.end[serving])
        times, present, granted = agent_steps(folded, here)
        work.agents_s, work.granted_s = step_area(times, present, window), step_area(times, granted, window)
        work.completions = int((done & (folded.visits.place == here)).sum())
        work.speed = speeds[here]
        work.estimable = work.completions > 0 and work.busy_s > 0.0
        if work.estimable:
            mean_service = work.busy_s / work.completions
            work.capability = work.agents_s / window.length / mean_service
            work.potentiality = max(work.granted_s, work.agents_s) / window.length / mean_service
    for here in range(len(folded.places) - 1, 0, -1):
        above, mine = works[folded.places[here][1]], works[here]
        for name in (
            "waiting_s",
            "busy_s",
            "agents_s",
            "granted_s",
            "completions",
            "capability",
            "potentiality",
        ):
            setattr(above, name, getattr(above, name) + getattr(mine, name))
        above.estimable = above.capability > 0.0
    return works


def unit_measures(folded: Folded, speeds: list[float]) -> dict[str, dict[str, Any]]:
    """``units`` of ``measures.json``: by path, with intervals."""
    table = v.ancestors(folded.places)
    works = work_of(folded, speeds)
    measures: dict[str, dict[str, Any]] = {}
    stays = [v.stays_at(depth, folded.visits, table) for depth in range(table.shape[1])]
    wait_of_visit = waits_of(folded.visits)
    for here, (path, _, depth, *_rest) in enumerate(folded.places):
        mine = stays[depth].place == here
        measures[path] = _of_unit(folded, stays[depth], mine, wait_of_visit, works[here], path)
    return measures


def waits_of(visits: v.Visits) -> Floats:
    """Waiting of each visit until its first start of service, infinite if that never came.

    A visit that ended because the waiting task was moved counts until the task came to its next operation.
    """
    waits = visits.started - visits.entered
    if len(waits) > 1:
        moved = (visits.outcome[:-1] == v.MOVED) & (visits.task[1:] == visits.task[:-1])
        waits[:-1][moved] = (visits.entered[1:] - visits.entered[:-1])[moved]
    return waits


def _of_unit(
    folded: Folded, stays: v.Stays, mine: npt.NDArray[np.bool_], waits: Floats, work: Work, path: str
) -> dict[str, Any]:
    window = folded.window
    entered, left = stays.entered[mine], stays.left[mine]
    outcome, came = stays.outcome[mine], stays.came[mine]
    comes, goes = window.holds(entered), window.holds(left)
    moved_in = came == 2

    def why(name: str, reason: str) -> None:
        folded.not_estimable[f"units.{path}.{name}"] = reason

    result: dict[str, Any] = {
        "in_progress_at_start": int(((entered < window.start) & (left >= window.start)).sum()),
        "arrivals": int((comes & ~moved_in).sum()),
        "moved_in": int((comes & moved_in).sum()),
    }
    for number, name in enumerate(v.OUTCOMES):
        if number != v.IN_PROGRESS:
            result[name] = int((goes & (outcome == number)).sum())
    result["in_progress"] = int(((entered < window.end) & (left >= window.end)).sum())
    result["cost_usd"] = _cost(folded, stays, mine, window)
    wait, started = waits_of_stays(stays, mine, waits, folded.visits.started)
    counted = wait[comes & started]
    result["waiting_at_end"] = int((comes & ~started & (left >= window.end)).sum())
    result |= _wait_measures(counted, why)
    done = comes & (outcome == v.SERVED) & (left < window.end)
    result["mean_sojourn_s"] = float((left[done] - entered[done]).mean()) if done.any() else None
    if not done.any():
        why("mean_sojourn_s", "no task that came in the window was served in it")
    result["mean_in_progress"] = window.overlap(entered, left) / window.length
    result["mean_queue"] = work.waiting_s / window.length
    result["utilisation"] = work.busy_s / work.agents_s if work.agents_s > 0.0 else None
    if work.agents_s <= 0.0:
        why("utilisation", "there was no agent")
    return result | _triple_vector(work, window, why)


def _cost(folded: Folded, stays: v.Stays, mine: npt.NDArray[np.bool_], window: Window) -> float:
    """Money spent on work that ended in the window."""
    total = np.concatenate(
        [[0.0], np.cumsum(np.where(window.holds(folded.visits.left), folded.visits.cost, 0.0))]
    )
    return float((total[stays.last[mine] + 1] - total[stays.first[mine]]).sum())


def waits_of_stays(
    stays: v.Stays, mine: npt.NDArray[np.bool_], waits: Floats, starts: Floats
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Waiting of each stay before its starts of service, summed over its visits; whether it ever started."""
    known = np.isfinite(waits)
    begun = np.isfinite(starts)
    total = np.concatenate([[0.0], np.cumsum(np.where(known, waits, 0.0))])
    seen = np.concatenate([[0], np.cumsum(begun)])
    first, last = stays.first[mine], stays.last[mine]
    single = first == last
    started = seen[last + 1] - seen[first] > 0
    wait = np.where(single, np.where(known[first], waits[first], 0.0), total[last + 1] - total[first])
    return wait, started


def _wait_measures(waits: Floats, why: Why) -> dict[str, Any]:
    """Mean with its interval, and quantiles."""
    names = ("mean_wait_s", "p50_wait_s", "p95_wait_s", "p99_wait_s")
    if not len(waits):
        for name in names:
            why(name, "no task that came in the window was started in it")
        return dict.fromkeys(names) | {"mean_wait_interval_s": None}
    quantiles = np.quantile(waits, [0.5, 0.95, 0.99])
    estimate = batch_means(waits.tolist())
    interval = None
    if estimate.reason:
        why("mean_wait_interval_s", estimate.reason)
    else:
        interval = [estimate.low, estimate.high]
    values = [float(waits.mean()), *(float(q) for q in quantiles)]
    return dict(zip(names, values, strict=True)) | {"mean_wait_interval_s": interval}


def _triple_vector(work: Work, window: Window, why: Why) -> dict[str, Measure]:
    """Beer's indices, in tasks a second: actuality over capability over potentiality (ratios of sums)."""
    actuality = work.completions / window.length
    if not work.estimable:
        names = ("capability", "potentiality", "productivity", "latency_index", "performance")
        for name in names:
            why(name, "nothing was served, so what an agent can do is not known")
        return {"actuality": actuality, **dict.fromkeys(names)}
    return {
        "actuality": actuality,
        "capability": work.capability,
        "potentiality": work.potentiality,
        "productivity": actuality / work.capability if work.capability > 0.0 else None,
        "latency_index": work.capability / work.potentiality if work.potentiality > 0.0 else None,
        "performance": actuality / work.potentiality if work.potentiality > 0.0 else None,
    }
