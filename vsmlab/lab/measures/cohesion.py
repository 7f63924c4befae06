"""Cohesion between two recursions: what System 3 can know of its operations' Systems 1, and what those regulate.

Beer's law of cohesion: the variety of Systems 1 that System 3 of one recursion has access to equals the variety
disposed by the metasystems of the next, for every pair. It is a condition to be tested, not an identity.

Reference:
    Beer, The Heart of Enterprise (1979), page 355, as quoted by others. Channels and band are our own choice.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from vsmlab.laws import kinds as k
from vsmlab.mechanisms.balances import balance, within

from .levels import Floats, Levels
from .telling import interval_of, said

METASYSTEM: Final = (k.SYSTEM3, k.SYSTEM4, k.SYSTEM5)
UPWARDS: Final = (k.ACCOUNT, k.ALGEDONIC)
"""What a metasystem tells the recursion above is what that can know: it does not count as disposed below."""


def cohesion(levels: Levels, here: int, why: dict[str, str]) -> dict[str, Any]:
    """``cohesion`` of one viable system.

    Args:
        levels: The traffic.
        here: Its place.
        why: Collects why something could not be estimated.
    """
    path = levels.places[here][0]
    place = f"cohesion.{path}"
    node = levels.nodes[path]
    period = node.system3.period if node.system3 is not None else levels.width
    size, count = levels.grouped(period)
    pairs: dict[str, Any] = {}
    access, regulated = np.zeros(count), np.zeros(count)
    worst = ""
    widest = 0.0
    for child in levels.children[here]:
        name, _, _, _, viable, _ = levels.places[child]
        if not viable:
            continue
        above, below = sides(levels, here, child, period)
        access, regulated = access + above, regulated + below
        estimate = balance(above, below)
        holds = within(estimate)
        pairs[name] = {
            "gap": estimate.value,
            "interval": interval_of(estimate),
            "holds": holds,
            "access_bits": float(above.mean()) if count else None,
            "disposed_bits": float(below.mean()) if count else None,
        }
        if estimate.low is None:
            end = "interval" if estimate.value is not None else "gap"
            why[f"{place}.pairs.{name}.{end}"] = estimate.reason
        if holds is False and estimate.value is not None and abs(estimate.value) > widest:
            widest = abs(estimate.value)
            worst = _worst(path, name, float(above.mean()), float(below.mean()), size * levels.width)
    whole = balance(access, regulated)
    reason = whole.reason if pairs else "no operation here is a viable system"
    if whole.low is None:
        why[f"{place}.{'interval' if whole.value is not None else 'gap'}"] = reason
    cost = cost_of_cohesion(levels, here)
    if cost is None:
        why[f"{place}.cost"] = "nothing was said downwards"
    return {
        "gap": whole.value,
        "interval": interval_of(whole),
        "holds": within(whole) if pairs else None,
        "cost": cost,
        "worst": worst or "Nothing is known to be out of balance.",
        "pairs": pairs,
    }


def sides(levels: Levels, here: int, child: int, period: float) -> tuple[Floats, Floats]:
    """Bits in each period that come from a child to System 3 here, and that the child's metasystem disposes."""
    traffic, roles, node_of = levels.traffic, levels.roles, levels.node_of
    heard, disposed = [], []
    for index in levels.said_by.get(child, []):
        channel, sender, receiver = traffic.pairs[index]
        if channel == k.ACCOUNT and roles[receiver] == k.SYSTEM3 and node_of.get(receiver) == here:
            heard.append(index)
        elif roles[sender] in METASYSTEM and channel not in UPWARDS:
            disposed.append(index)
    return levels.varied(heard, period), levels.varied(disposed, period)


def cost_of_cohesion(levels: Levels, here: int) -> float | None:
    """Bits of intervention over all bits that the metasystem says to its operations; None if it said nothing.

    All are coded together, so that what is said seldom says much.
    """
    traffic, roles = levels.traffic, levels.roles
    down: list[int] = []
    steps: list[int] = []
    for index in levels.said_by.get(here, []):
        channel, sender, receiver = traffic.pairs[index]
        systems = (k.SYSTEM2, k.SYSTEM3, k.AUDIT, k.SYSTEM5)
        inside = levels.node_of.get(receiver) == here and roles[receiver] != k.DESK
        if roles[sender] in systems and channel not in UPWARDS and not inside:
            down.append(index)
            if channel == k.INTERVENE:
                steps.append(index)
    said_down = float(levels.messages(down).sum())
    if said_down <= 0.0:
        return None
    every = levels.surprise(down)
    total = sum(every[index] for index in down)
    if total <= 0.0:
        return 1.0 if len(steps) == len(down) else 0.0
    return sum(every[index] for index in steps) / total


def _worst(path: str, child: str, above: float, below: float, seconds: float) -> str:
    more = "less than" if above < below else "more than"
    return (
        f"In {said(seconds)} s System 3 of {path} hears {said(above)} bits of what goes on in {child}, {more} the "
        f"{said(below)} bits with which {child} regulates itself."
    )
