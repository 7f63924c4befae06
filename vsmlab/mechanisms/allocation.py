"""Dividing a scarce thing: the exact optima that a resource bargain is measured against."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence

import numpy as np

from vsmlab.mechanisms.queueing import mean_waiting


def water_filling(noise: Sequence[float], budget: float) -> tuple[float, list[float]]:
    """Power over parallel channels that maximises their joint capacity: each is filled to one common level.

    Args:
        noise: Noise of each channel, above 0.
        budget: Power to divide, at least 0.

    Returns:
        The level, and the power of each channel (``max(0, level - noise)``).

    Raises:
        ValueError: If there is no channel, a noise is not positive or the budget is negative.

    >>> water_filling([1.0, 2.0, 4.0], 4.0)
    (3.5, [2.5, 1.5, 0.0])
    """
    if not noise or min(noise) <= 0.0 or budget < 0.0:
        raise ValueError(
            f"noise {list(noise)}, budget {budget}: needs positive noise and a budget of at least 0"
        )
    level = wet = 0.0
    for count, bottom in enumerate(sorted(noise), start=1):
        wet += bottom
        candidate = (budget + wet) / count
        if count > 1 and candidate <= bottom:
            break
        level = candidate
    return level, [max(0.0, level - bottom) for bottom in noise]


def proportional_shares(
    weights: Sequence[float],
    budget: float,
    *,
    floors: Sequence[float] | None = None,
    caps: Sequence[float] | None = None,
) -> list[float]:
    """Proportionally fair shares: the greatest ``sum w log x`` with ``floor <= x <= cap`` within a budget.

    Every share is ``w t`` cut to its limits; the common ``t`` spends the budget. A weight of 0 gets its
    floor.

    Args:
        weights: At least 0, one for each claimant.
        budget: What is to be divided.
        floors: Least shares, at least 0; none by default.
        caps: Greatest shares, each at least its floor; none by default.

    Returns:
        Shares. Their sum is the budget, or less where caps and zero weights leave something over.

    Raises:
        ValueError: If the floors cost more than the budget or a limit or weight is impossible.

    Reference:
        Kelly, Maulloo and Tan (1998), source not checked.

    >>> proportional_shares([1.0, 1.0, 2.0], 7.0, caps=[9.0, 1.0, 9.0])
    [2.0, 1.0, 4.0]
    """
    least = [0.0] * len(weights) if floors is None else list(floors)
    most = [math.inf] * len(weights) if caps is None else list(caps)
    for weight, low, high in zip(weights, least, most, strict=True):
        if not (0.0 <= weight < math.inf and 0.0 <= low <= high):
            raise ValueError(
                f"weight {weight}, floor {low}, cap {high}: needs weight >= 0 and 0 <= floor <= cap"
            )
    if math.fsum(least) > budget * (1.0 + 1e-12):  # floors that add up to the budget may differ by rounding
        raise ValueError(f"the floors cost {math.fsum(least):g}, the budget is {budget:g}")

    def shares(scale: float) -> list[float]:
        return [
            min(max(weight * scale, low), high) if weight > 0.0 else low
            for weight, low, high in zip(weights, least, most, strict=True)
        ]

    turns = sorted(
        {limit / w for w, *limits in zip(weights, least, most, strict=True) if w > 0.0 for limit in limits}
    )
    below = 0.0
    for turn in turns:
        if turn == math.inf or math.fsum(shares(turn)) > budget:
            break
        below = turn
    held = shares(below)
    growing = [
        w > 0.0 and low / w <= below < high / w for w, low, high in zip(weights, least, most, strict=True)
    ]
    slope = math.fsum(w for w, grows in zip(weights, growing, strict=True) if grows)
    if slope == 0.0:
        return held
    fixed = math.fsum(share for share, grows in zip(held, growing, strict=True) if not grows)
    scale = (budget - fixed) / slope
    return [
        min(max(w * scale, low), high) if grows else share
        for w, low, high, share, grows in zip(weights, least, most, held, growing, strict=True)
    ]


def largest_remainder(shares: Sequence[float], total: int) -> list[int]:
    """Whole numbers in proportion to shares (Hamilton's method): round down, then by the largest remainder.

    Args:
        shares: At least 0, not all 0.
        total: What the whole numbers must add up to, at least 0.

    Returns:
        Whole numbers; each is its quota rounded down or up. Equal remainders: the first is served first.

    Raises:
        ValueError: If a share or the total is negative, or all shares are 0.

    >>> largest_remainder([1.0, 1.0, 1.0], 10)
    [4, 3, 3]
    """
    whole = math.fsum(shares)
    if not (0.0 < whole < math.inf) or min(shares) < 0.0 or total < 0:
        raise ValueError(
            f"shares {list(shares)}, total {total}: needs shares >= 0, not all 0, and total >= 0"
        )
    quotas = [share / whole * total for share in shares]
    counts = [int(quota) for quota in quotas]
    order = sorted(range(len(shares)), key=lambda i: (counts[i] - quotas[i], i))
    for i in order[: total - sum(counts)]:
        counts[i] += 1
    return counts


def greedy_agents(
    offered_loads: Sequence[float],
    agents: int,
    *,
    weights: Sequence[float] | None = None,
    floor: int = 0,
) -> list[int]:
    """The division of agents among M/M/c queues with the least weighted number waiting.

    Each next agent goes where the number waiting falls most. `mean_waiting` is convex in the agents, so
    this is exactly optimal (Fox 1966, source not checked). Equal drops: the first queue is served first.

    Args:
        offered_loads: Erlangs offered to each queue.
        agents: How many there are to divide.
        weights: Cost of one task waiting, by queue; 1 each by default.
        floor: Every queue has at least this many.

    Raises:
        ValueError: If the floors cost more agents than there are.

    >>> greedy_agents([2.4, 4.5], 10)
    [4, 6]
    """
    costs = [1.0] * len(offered_loads) if weights is None else list(weights)
    left = agents - floor * len(offered_loads)
    if left < 0:
        raise ValueError(f"{agents} agents for {len(offered_loads)} queues with at least {floor} each")
    split = [floor] * len(offered_loads)
    heap: list[tuple[float, int, float]] = []

    def offer(queue: int, waiting: float) -> None:
        after = mean_waiting(split[queue] + 1, offered_loads[queue])
        heapq.heappush(heap, (-costs[queue] * (waiting - after), queue, after))

    for queue, load in enumerate(offered_loads):
        offer(queue, mean_waiting(floor, load))
    for _ in range(left if heap else 0):
        _, queue, waiting = heapq.heappop(heap)
        split[queue] += 1
        offer(queue, waiting)
    return split


def best_split(costs: Sequence[Sequence[float]], agents: int) -> tuple[list[int], float]:
    """The division of agents with the least total cost, by dynamic programming: exact for any costs.

    Args:
        costs: For each class the cost of 1, 2, 3 ... agents; at least ``agents - classes + 1`` entries each.
            Infinite costs are allowed.
        agents: How many to divide; every class gets at least one.

    Returns:
        Agents of each class, and the total cost. Equal costs: later classes get fewer.

    Raises:
        ValueError: If there are fewer agents than classes, no class, or too few entries.

    >>> best_split([[9.0, 5.0, 4.0], [8.0, 7.0, 1.0]], 4)
    ([1, 3], 10.0)
    """
    classes = len(costs)
    room = agents - classes + 1  # the most that one class can get
    if classes == 0 or room < 1:
        raise ValueError(f"{agents} agents for {classes} classes: needs at least one each")
    if any(len(cost) < room for cost in costs):
        raise ValueError(
            f"{agents} agents, {classes} classes: each class needs its cost of 1 to {room} agents"
        )
    best = np.asarray(costs[0][:room], dtype=float)
    choices = []
    for cost in costs[1:]:
        # best[n]: least cost of the classes so far with n agents above their first one each
        own = np.asarray(cost[:room], dtype=float)
        choice = [int(np.argmin(own[: n + 1] + best[n::-1])) for n in range(room)]
        best = np.array([own[extra] + best[n - extra] for n, extra in enumerate(choice)])
        choices.append(choice)
    left = room - 1
    split = []
    for choice in reversed(choices):
        split.append(choice[left] + 1)
        left -= choice[left]
    split.append(left + 1)
    return split[::-1], float(best[room - 1])


def square_root_capacity(arrival_rates: Sequence[float], capacity: float) -> tuple[list[float], float]:
    """Capacity over M/M/1 stations that minimises the mean delay: the spare is divided by square roots.

    Args:
        arrival_rates: Tasks per second, by station, above 0.
        capacity: Tasks per second in all, above the sum of the arrival rates.

    Returns:
        The capacity of each station, and the mean delay in seconds over all tasks.

    Raises:
        ValueError: If there is not enough capacity or a rate is not positive.

    Reference:
        Kleinrock (1964), source not checked.

    >>> square_root_capacity([1.0, 4.0], 8.0)
    ([2.0, 6.0], 0.6)
    """
    flow = math.fsum(arrival_rates)
    if not arrival_rates or min(arrival_rates) <= 0.0 or capacity <= flow:
        raise ValueError(
            f"capacity {capacity:g} for {flow:g} tasks a second: needs positive rates and more capacity"
        )
    roots = [math.sqrt(rate) for rate in arrival_rates]
    spare, whole = capacity - flow, math.fsum(roots)
    capacities = [rate + spare * root / whole for rate, root in zip(arrival_rates, roots, strict=True)]
    return capacities, whole * whole / (flow * spare)


def kelly_fraction(win_probability: float, odds: float) -> float:
    """The fraction of one's means to bet that makes them grow fastest in the long run; 0 for a bad bet.

    Args:
        win_probability: In ``[0, 1]``.
        odds: Gain per unit bet, above 0.

    Returns:
        A fraction in ``[0, 1]``.

    Raises:
        ValueError: If an argument is out of range.

    Reference:
        J. L. Kelly (1956), source not checked.

    >>> round(kelly_fraction(0.6, 1.0), 12)
    0.2
    """
    if not 0.0 <= win_probability <= 1.0 or odds <= 0.0:
        raise ValueError(f"win probability {win_probability}, odds {odds}: needs [0, 1] and above 0")
    return max(0.0, win_probability - (1.0 - win_probability) / odds)


def kelly_growth(win_probability: float, odds: float, fraction: float) -> float:
    """Long-run growth of one's means per bet, in nats, when the same fraction is bet every time.

    Args:
        win_probability: In ``[0, 1]``.
        odds: Gain per unit bet, above 0.
        fraction: In ``[0, 1)``.

    >>> round(kelly_growth(0.6, 1.0, 0.2), 7)
    0.0201355
    """
    return win_probability * math.log1p(odds * fraction) + (1.0 - win_probability) * math.log1p(-fraction)
