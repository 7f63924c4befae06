"""What Systems 2 to 5 of each viable system did, and what System 3 gained at the root."""

from __future__ import annotations

from typing import Any

import numpy as np

from vsmlab.engines.start import Start
from vsmlab.laws import kinds as k
from vsmlab.mechanisms.oscillation import fisher_g

from . import metasystem as meta
from . import visits as v
from .baselines import Baselines
from .fold import Fold
from .intelligence import forecasts
from .units import Folded

GRID = 2048


def system_measures(
    fold: Fold, folded: Folded, start: Start, units: dict[str, dict[str, Any]], base: Baselines | str
) -> dict[str, dict[str, Any]]:
    """``systems`` of ``measures.json``, by the path of the viable system."""
    measures: dict[str, dict[str, Any]] = {}
    who = dict(zip(start.paths, start.identities, strict=True))
    rows = dict(zip(start.paths, range(len(start.paths)), strict=True))
    noted = meta.Noted(fold.rare(), folded)
    for here, (path, _, _, _, viable, _) in enumerate(folded.places):
        if not viable:
            continue
        mine: dict[str, Any] = {}
        for system in ("system2", "system3"):
            row = rows.get(f"{path}.{system}")
            if row is not None:
                mine |= (
                    _system2(fold, start, row) if system == "system2" else _system3(fold, folded, start, row)
                )
        mine |= _noted(noted, folded, who, path)
        mine |= meta.rehomed(noted, meta.operations_of(folded, here))
        mine["agents_at_end"] = meta.agents_at_end(folded, here)
        children = [child for child, place in enumerate(folded.places) if place[1] == here]
        mine |= _imbalance(folded, children, f"systems.{path}")
        measures[path] = mine
    root = folded.places[0][0]
    if folded.places[0][4]:
        measures[root] |= _gain(root, units[root], base, folded)
    return measures


def _noted(noted: meta.Noted, folded: Folded, who: dict[str, int], path: str) -> dict[str, Any]:
    """What the Systems that this node has noted."""
    place, why = f"systems.{path}", folded.not_estimable
    found: dict[str, Any] = {}
    if f"{path}.system2" in who:
        found |= meta.suspicions(noted, who[f"{path}.system2"])
    if f"{path}.system3" in who:
        found |= meta.children(noted, who[f"{path}.system3"])
    if f"{path}.audit" in who:
        found |= meta.audits(noted, who[f"{path}.audit"], who.get(f"{path}.system3"), why, place)
    if f"{path}.system4" in who:
        found |= forecasts(noted, who[f"{path}.system4"], folded.window, why, place)
    if f"{path}.system5" in who:
        found |= meta.decisions(noted, who[f"{path}.system5"])
    return found


def _answered(fold: Fold, start: Start, row: int, kind: int) -> int:
    """Messages of this kind handled by this receiver in the window."""
    return fold.by_receiver[kind, start.identities[row]]


def _sent(fold: Fold, start: Start, row: int, channel: int) -> int:
    """Messages that this receiver sent on this channel in the window."""
    who = start.identities[row]
    return sum(
        many for (number, sender, _), many in fold.pairs.items() if number == channel and sender == who
    )


def _system2(fold: Fold, start: Start, row: int) -> dict[str, Any]:
    silent = fold.by_receiver[k.UNANSWERED, start.identities[row]] > 0
    return {
        "coordinations": 0 if silent else _answered(fold, start, row, k.COORDINATE),
        "damping_messages": _sent(fold, start, row, k.S2),
        "reports_heard": _answered(fold, start, row, k.LOAD),
    }


def _system3(fold: Fold, folded: Folded, start: Start, row: int) -> dict[str, Any]:
    changes = folded.changes
    mine = changes[(changes["receiver"] == start.identities[row]) & folded.window.holds(changes["due"])]
    moved = 0.0
    bargained = mine[mine["kind"] == k.BARGAINED]
    for address in np.unique(bargained["ref"]):
        held = bargained["value"][bargained["ref"] == address]
        moved += float(np.clip(np.diff(held), 0.0, None).sum())
    silent = fold.by_receiver[k.UNANSWERED, start.identities[row]] > 0
    return {
        "bargains": 0 if silent else _answered(fold, start, row, k.BARGAIN_DUE),
        "grants": _sent(fold, start, row, k.BARGAIN),
        "agents_moved": moved,
        "interventions": int((mine["kind"] == k.INTERVENED).sum()),
        "accounts_heard": _answered(fold, start, row, k.ACCOUNTS),
    }


def _imbalance(folded: Folded, children: list[int], place: str) -> dict[str, Any]:
    """How far the siblings' loads stray from their mean, and whether that oscillates (Fisher 1929)."""
    names = ("imbalance_rms", "oscillation_g", "oscillation_p", "oscillation_period_s")
    if len(children) < 2:
        for name in names:
            folded.not_estimable[f"{place}.{name}"] = "there is one operation"
        return dict.fromkeys(names)
    table = v.ancestors(folded.places)
    depth = folded.places[children[0]][2]
    stays = v.stays_at(depth, folded.visits, table)
    window = folded.window
    grid = window.start + (np.arange(GRID) + 0.5) * (window.length / GRID)
    loads = np.empty((len(children), GRID))
    for row, child in enumerate(children):
        mine = stays.place == child
        entered, left = np.sort(stays.entered[mine]), np.sort(stays.left[mine])
        loads[row] = np.searchsorted(entered, grid, "right") - np.searchsorted(left, grid, "right")
    strayed = loads - loads.mean(axis=0)
    rms = float(np.sqrt((strayed**2).mean()))
    widest = strayed[int((strayed**2).mean(axis=1).argmax())]
    result = {"imbalance_rms": rms, **dict.fromkeys(names[1:])}
    if float(np.ptp(widest)) == 0.0:
        folded.not_estimable[f"{place}.oscillation_g"] = "the siblings' loads never differ"
        return result
    found = fisher_g((widest - widest.mean()).tolist())
    result["oscillation_g"], result["oscillation_p"] = found.g, found.p
    result["oscillation_period_s"] = found.period * window.length / GRID
    return result


def _gain(root: str, unit: dict[str, Any], base: Baselines | str, folded: Folded) -> dict[str, Any]:
    """What System 3 gains over the best fixed split, and how far from one pool it stays.

    The baselines serve every task. Where more than one in a hundred was not served, the mean wait of those who
    were says too little to be compared.
    """
    names = (
        "best_fixed_split",
        "best_fixed_split_wait_s",
        "one_pool_wait_s",
        "as_given_split_wait_s",
        "gain_over_best_fixed_split",
        "wait_over_one_pool_s",
    )
    wait = unit["mean_wait_s"]
    if isinstance(base, str) or wait is None:
        reason = base if isinstance(base, str) else "no task was started in the window"
        for name in names:
            folded.not_estimable[f"systems.{root}.{name}"] = reason
        return dict.fromkeys(names)
    lost = unit["shed"] + unit["failed"] + unit["abandoned"]
    gain, over = (base.split_wait / wait if wait > 0.0 else None), wait - base.pool_wait
    reason = "nobody waited" if gain is None else ""
    if lost > 0.01 * unit["arrivals"]:
        gain, over = None, None
        reason = f"{lost} of {unit['arrivals']} tasks were not served, and the baselines serve all"
        folded.not_estimable[f"systems.{root}.wait_over_one_pool_s"] = reason
    if gain is None:
        folded.not_estimable[f"systems.{root}.gain_over_best_fixed_split"] = reason
    values = (base.split, base.split_wait, base.pool_wait, base.as_given_wait, gain, over)
    return dict(zip(names, values, strict=True))
