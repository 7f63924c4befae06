"""Beer's three axioms of management: conditions of balance between varieties, tested at each viable system.

Nothing makes a run fulfil them. Each balance is ``(a - b) / max(a, b)`` of bits a period, and 0 is equality. The
period is that of the system which closes the loop; in it each sender says one letter about each quantity.

Reference:
    Beer, The Heart of Enterprise (1979): axiom 1, page 217; axioms 2 and 3 as quoted by others. The measures are
    our own choice.
"""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Final

import numpy as np

from vsmlab.laws import kinds as k
from vsmlab.mechanisms.balances import balance, within
from vsmlab.mechanisms.entropy_estimates import corrected_informations

from .levels import Floats, Levels, classes, letter_bits
from .principles import Finding
from .telling import interval_of, said

VERTICAL: Final = ("intervention", "bargain", "system2", "audit", "between_operations", "environments")
"""The six components of corporate cohesion, as fields ``..._bits``."""
IN_WORDS: Final = {
    "intervention": "interventions",
    "bargain": "bargain and accounts",
    "system2": "System 2",
    "audit": "audits",
    "between_operations": "what operations pass to each other",
    "environments": "what their environments share",
}


def axiom_1(levels: Levels, here: int) -> Finding:
    """The horizontal variety of the operations equals the vertical variety of the six components of cohesion."""
    node = levels.nodes[levels.places[here][0]]
    period = node.system3.period if node.system3 is not None else levels.width
    size, count = levels.grouped(period)
    parts = vertical_bits(levels, here, period)
    extra = {f"{name}_bits": float(part.mean()) if count else None for name, part in parts.items()}
    most = max(VERTICAL, key=lambda name: extra[f"{name}_bits"] or 0.0)
    words = ("the operations vary by", f"the six vertical channels ({IN_WORDS[most]} most) by")
    total = np.zeros(count) + sum(parts.values())
    return _finding(horizontal_bits(levels, here, period), total, size * levels.width, words, extra)


def axiom_2(levels: Levels, here: int) -> Finding:
    """The variety disposed by System 3 equals the variety disposed by System 4."""
    node = levels.nodes[levels.places[here][0]]
    if node.system3 is None or node.system4 is None:
        return _without("System 3" if node.system3 is None else "System 4")
    three, four = disposed(levels, here, node.system4.period)
    seconds = levels.grouped(node.system4.period)[0] * levels.width
    return _finding(three, four, seconds, ("System 3 disposes of", "System 4 of"))


def axiom_3(levels: Levels, here: int) -> Finding:
    """The variety disposed by System 5 equals what axiom 2 leaves: the difference between Systems 3 and 4."""
    node = levels.nodes[levels.places[here][0]]
    for name, system in (("System 3", node.system3), ("System 4", node.system4)):
        if system is None:
            return _without(name)
    if node.system5 is None:
        return _without("System 5")
    three, four = disposed(levels, here, node.system5.period)
    five = levels.varied(_from(levels, here, k.SYSTEM5, (k.S5_34,)), node.system5.period)
    seconds = levels.grouped(node.system5.period)[0] * levels.width
    return _finding(five, three - four, seconds, ("System 5 disposes of", "Systems 3 and 4 differ by"))


def disposed(levels: Levels, here: int, period: float) -> tuple[Floats, Floats]:
    """Bits in each period that System 3 and that System 4 dispose of."""
    three = levels.varied(_from(levels, here, k.SYSTEM3, (k.BARGAIN, k.INTERVENE, k.S3_S4)), period)
    four = levels.varied(_from(levels, here, k.SYSTEM4, (k.S4_S3, k.S34_S5)), period)
    return three, four


def horizontal_bits(levels: Levels, here: int, period: float) -> Floats:
    """Bits in each period by which the operations vary: tasks present at its end, in classes by power of two."""
    size, count = levels.grouped(period)
    loads = classes(levels.present[levels.children[here]][:, size - 1 :: size][:, :count])
    group, turn = np.indices(loads.shape)
    return letter_bits(group.ravel(), turn.ravel(), loads.ravel(), count)


def vertical_bits(levels: Levels, here: int, period: float) -> dict[str, Floats]:
    """Bits in each period on the six vertical components, in the order of ``VERTICAL``."""
    node_of, roles, places = levels.node_of, levels.roles, levels.places

    def own(row: int, role: int) -> bool:
        return roles[row] == role and node_of.get(row) == here

    def below(row: int) -> bool:
        return places[node_of[row]][1] == here if row in node_of else False

    chosen: list[list[int]] = [[] for _ in VERTICAL[:5]]
    for index in levels.pairs_of[here]:
        channel, sender, receiver = levels.traffic.pairs[index]
        if channel == k.INTERVENE and node_of.get(sender) == here:
            chosen[0].append(index)
        elif (channel == k.BARGAIN and own(sender, k.SYSTEM3)) or (
            channel == k.ACCOUNT and own(receiver, k.SYSTEM3)
        ):
            chosen[1].append(index)
        elif channel == k.S2 and (own(sender, k.SYSTEM2) or own(receiver, k.SYSTEM2)):
            chosen[2].append(index)
        elif channel == k.S3STAR and (own(sender, k.AUDIT) or own(receiver, k.AUDIT)):
            chosen[3].append(index)
        elif channel == k.OP_OP and below(sender):
            chosen[4].append(index)
    size, count = levels.grouped(period)
    arrived = levels.arrived[levels.children[here]].astype(np.float64)
    shared = np.full(count, intersection(levels.together(arrived, size)))
    return dict(zip(VERTICAL, [*(levels.varied(pairs, period) for pairs in chosen), shared], strict=True))


def intersection(arrived: Floats) -> float:
    """Bits a period that siblings' environments have in common, from arrivals in classes by power of two.

    The mean over pairs of the information that the arrivals of one give about the other's, for each sibling but one:
    what drives all of them counts once for each but one. Of more than twelve siblings only neighbours are paired.

    Args:
        arrived: Shape (siblings, periods).
    """
    siblings, periods = arrived.shape
    if siblings < 2 or not periods:
        return 0.0
    codes = [np.unique(classes(row), return_inverse=True)[1] for row in arrived]
    pairs = list(combinations(range(siblings), 2)) if siblings <= 12 else list(pairwise(range(siblings)))
    found = 0.0
    for one, other in pairs:
        rows, columns = int(codes[one].max()) + 1, int(codes[other].max()) + 1
        if periods >= 4 * rows * columns:
            table = np.bincount(codes[one] * columns + codes[other], minlength=rows * columns)
            found += max(0.0, float(corrected_informations(table.reshape(1, rows, columns))[0]))
    return float(found * (siblings - 1) / len(pairs))


def _from(levels: Levels, here: int, role: int, channels: tuple[int, ...]) -> list[int]:
    return [
        index
        for index in levels.said_by.get(here, [])
        if levels.traffic.pairs[index][0] in channels and levels.roles[levels.traffic.pairs[index][1]] == role
    ]


def _without(system: str) -> Finding:
    return Finding(None, None, says=f"There is no {system}.", reason=f"there is no {system}")


def _finding(
    one: Floats,
    other: Floats,
    seconds: float,
    words: tuple[str, str],
    extra: dict[str, float | None] | None = None,
) -> Finding:
    """A balance of bits a period, with what is on its two sides."""
    estimate = balance(one, other)
    a = float(one.mean()) if len(one) else None
    b = abs(float(other.mean())) if len(other) else None
    told = {"a_bits": a, "b_bits": b, "period_s": seconds, **(extra or {})}
    if estimate.value is None or a is None or b is None:
        return Finding(None, None, says="Too little was said.", reason=estimate.reason, extra=told)
    holds = within(estimate)
    says = f"In {said(seconds)} s {words[0]} {said(a)} bits and {words[1]} {said(b)}."
    if estimate.low is None:
        says += f" Whether they balance cannot be said: {estimate.reason}."
    return Finding(
        estimate.value,
        holds,
        abs(estimate.value) if holds is False else 0.0,
        says=says,
        reason=estimate.reason,
        interval=interval_of(estimate),
        extra=told,
    )
