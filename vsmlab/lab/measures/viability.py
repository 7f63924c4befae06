"""Staying within limits: what the essential variables of an operation, or of all that is in a system, say of it.

What an operation says of a variable holds for the time since it said it last. A system is within its limits while
every variable of every operation in it is. Who falls silent for more than two windows of a variable, and was not
retired, cannot say that it is within, and counts as outside.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt

from vsmlab.engines.start import Start
from vsmlab.laws import kinds as k
from vsmlab.mechanisms.intervals import Estimate
from vsmlab.mechanisms.viability import (
    Spell,
    excursions,
    kaplan_meier,
    restricted_mean,
    share_inside,
)

from .telling import interval_of
from .units import Folded

Floats = npt.NDArray[np.float64]
FIELDS: Final = (
    "inside_share", "inside_share_interval", "first_exit_s", "first_exit_censored", "exits", "mean_recovery_s",
    "mean_recovery_interval_s", "survival",
)  # fmt: skip
SILENT: Final = 2.0
"""So many windows of silence are let pass."""


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """One variable of one operation: between ``times[i]`` and ``times[i + 1]`` it was within, or not."""

    times: Floats
    within: npt.NDArray[np.bool_]


def viability_measures(rare: npt.NDArray[np.void], folded: Folded, start: Start) -> dict[str, dict[str, Any]]:
    """``viability`` of ``measures.json``, by the path of each node that has essential variables.

    Args:
        rare: Rare rows of the journal.
        folded: The run.
        start: Who is who.
    """
    said = rare[rare["kind"] == k.VITAL]
    order = np.argsort(said["sender"], kind="stable")
    senders, begins = np.unique(said["sender"][order], return_index=True)
    by_sender = (
        dict(zip(senders.tolist(), np.split(said[order], begins[1:]), strict=True)) if len(said) else {}
    )
    watched: defaultdict[int, list[Watched]] = defaultdict(list)
    for here, (_, _, _, row, viable, _) in enumerate(folded.places):
        if viable:
            continue
        mine = by_sender.get(start.identities[row], said[:0])
        found = _of_operation(mine, start, row, folded.window.end)
        above = here
        while found and above >= 0:
            watched[above] += found
            above = folded.places[above][1]
    measures: dict[str, dict[str, Any]] = {}
    for here in sorted(watched):
        path = folded.places[here][0]
        measures[path] = _of_node(watched[here], folded, f"viability.{path}")
    return measures


def _of_operation(said: npt.NDArray[np.void], start: Start, row: int, end: float) -> list[Watched]:
    """The variables of an operation, with the limits by which its management judges them."""
    state, found = start.state, []
    operation = state.operations[state.units[row].at]
    windows, at = {}, operation.first_vital
    while at >= 0:
        windows[state.vitals[at].number] = state.vitals[at].window
        at = state.vitals[at].next
    at = (
        state.managements[state.units[operation.management].at].first_essential
        if operation.management >= 0
        else -1
    )
    while at >= 0:
        essential = state.essentials[at]
        mine = said[said["ref"] == essential.number]
        if len(mine):
            within = (mine["value"] >= essential.least) & (mine["value"] <= essential.most)
            retired = state.units[row].off == k.ENDED
            found.append(steps(mine["sent"], within, windows[essential.number], end, over=retired))
        at = essential.next
    return found


def steps(sent: Floats, within: npt.NDArray[np.bool_], window: float, end: float, *, over: bool) -> Watched:
    """Each measurement holds for the time since the one before; silence at the end is outside.

    Args:
        sent: When each was sent, in order.
        within: Whether it was within its limits.
        window: Seconds over which each is measured.
        end: Of the run.
        over: Whether it had a right to fall silent.
    """
    first = max(0.0, float(sent[0]) - window)
    times, flags = np.concatenate([[first], sent]), within
    if not over and end - times[-1] > SILENT * window:
        times, flags = np.append(times, end), np.append(flags, False)
    rising = np.diff(times) > 0.0
    return Watched(times[np.concatenate([[True], rising])], flags[rising])


def together(watched: list[Watched], begin: float, end: float) -> tuple[Floats, Floats] | None:
    """Times and 1 or 0: whether all that is watched at that time is within; None if nothing is watched.

    The watch begins when the first variable is known and ends when the last one is no more.

    Args:
        watched: The variables.
        begin: What was before is left out.
        end: And what comes after.
    """
    changes: list[tuple[Floats, Floats]] = []
    for one in watched:
        outside = np.concatenate([[0.0], (~one.within).astype(np.float64), [0.0]])
        changes.append((one.times, np.diff(outside)))
    times = np.concatenate([times for times, _ in changes])
    outside = np.concatenate([change for _, change in changes])
    first, last = max(begin, float(times.min())), min(end, float(times.max()))
    if last <= first:
        return None
    known, back = np.unique(np.clip(times, first, last), return_inverse=True)
    level = np.cumsum(np.bincount(back.reshape(-1), weights=outside, minlength=len(known)))
    return known, cast(Floats, (level[:-1] < 0.5).astype(np.float64))


def _of_node(watched: list[Watched], folded: Folded, place: str) -> dict[str, Any]:
    window, why = folded.window, folded.not_estimable
    trajectory = together(watched, window.start, window.end)
    if trajectory is None:
        for name in FIELDS:
            why[f"{place}.{name}"] = "nothing was measured in the window"
        return {"variables": len(watched)} | dict.fromkeys(FIELDS)
    times, values = trajectory
    found = excursions(times[:-1].tolist(), values.tolist(), float(times[-1]), least=0.5)
    inside = share_inside(found)
    recovery = mean_spell(found.recoveries)
    exited = found.first_exit.ended
    measures = {
        "variables": len(watched),
        "inside_share": inside.value,
        "inside_share_interval": interval_of(inside),
        "first_exit_s": found.first_exit.lasted if exited else None,
        "first_exit_censored": not exited,
        "exits": _exits(values),
        "mean_recovery_s": recovery.value,
        "mean_recovery_interval_s": interval_of(recovery),
        "survival": survival(times, values, why, f"{place}.survival"),
    }
    if inside.low is None:
        why[f"{place}.inside_share_interval"] = inside.reason
    if not exited:
        why[f"{place}.first_exit_s"] = (
            f"within its limits for {found.first_exit.lasted:g} s, to the end (censored)"
        )
    if recovery.low is None:
        end = "mean_recovery_s" if recovery.value is None else "mean_recovery_interval_s"
        why[f"{place}.{end}"] = recovery.reason
    return measures


def _exits(values: Floats) -> int:
    """How often it left its limits."""
    return int((np.diff(values) < 0.0).sum())


def mean_spell(spells: tuple[Spell, ...]) -> Estimate:
    """Mean of how long spells lasted, each up to the longest one seen; those that were cut off count as that."""
    longest = max((spell.lasted for spell in spells), default=0.0)
    if longest <= 0.0:
        return Estimate(None, None, None, 0, "Kaplan-Meier", "it never left its limits")
    return restricted_mean(spells, longest)


def spells_inside(times: Floats, values: Floats) -> tuple[Spell, ...]:
    """How long it stayed within each time; the last may have been cut off."""
    changes = np.flatnonzero(np.diff(values)) + 1
    starts, ends = [0, *changes.tolist()], [*changes.tolist(), len(values)]
    return tuple(
        Spell(float(times[last] - times[first]), last < len(values))
        for first, last in zip(starts, ends, strict=True)
        if values[first] > 0.5
    )


def survival(times: Floats, values: Floats, why: dict[str, str], place: str) -> dict[str, Any]:
    """How long it stays within once it is: Kaplan-Meier's median, and the mean up to the longest spell seen."""
    spells = spells_inside(times, values)
    curve = kaplan_meier(spells)
    median = next((time for time, left in zip(curve.times, curve.survival, strict=True) if left <= 0.5), None)
    mean = (
        mean_spell(spells) if spells else Estimate(None, None, None, 0, "", "it was never within its limits")
    )
    if median is None:
        why[f"{place}.median_s"] = "fewer than half of the spells are known to have ended"
    if mean.low is None:
        why[f"{place}.{'mean_s' if mean.value is None else 'mean_interval'}"] = mean.reason
    return {
        "median_s": median,
        "mean_s": mean.value,
        "mean_interval": interval_of(mean),
        "up_to_s": curve.longest,
        "spells": curve.n,
        "censored": sum(not spell.ended for spell in spells),
    }
