"""Queues that are birth-death chains: bounded rooms (M/M/c/K), impatience (Erlang A), run lengths."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class SteadyQueue:
    """The steady state of a queue with exponential times.

    Attributes:
        must_wait: Probability that an arrival is let in and must wait.
        lost: Share of arrivals that are refused.
        abandoned: Share of arrivals that wait and give up.
        mean_number: Mean number of tasks present.
        mean_queue: Mean number waiting.
        mean_wait: Seconds, of those let in, whether served or not.
        utilisation: Mean share of servers that are busy.
    """

    must_wait: float
    lost: float
    abandoned: float
    mean_number: float
    mean_queue: float
    mean_wait: float
    utilisation: float


def stationary(births: Sequence[float], deaths: Sequence[float]) -> list[float]:
    """Stationary distribution of a finite birth-death chain.

    Args:
        births: Rates from state k to k + 1, for k = 0 .. K - 1, each positive.
        deaths: Rates from state k to k - 1, for k = 1 .. K, each positive.

    Returns:
        Probabilities of the states 0 .. K.

    Raises:
        ValueError: If the lists differ in length or a rate is not positive.

    >>> stationary([1.0, 1.0], [1.0, 2.0])
    [0.4, 0.4, 0.2]
    """
    if len(births) != len(deaths):
        raise ValueError(f"{len(births)} births and {len(deaths)} deaths: one of each between neighbours")
    if any(not 0.0 < rate < math.inf for rate in (*births, *deaths)):
        raise ValueError("every rate must be positive and finite")
    logs = [0.0]
    for birth, death in zip(births, deaths, strict=True):
        logs.append(logs[-1] + math.log(birth / death))
    highest = max(logs)
    weights = [math.exp(height - highest) for height in logs]
    total = math.fsum(weights)
    return [weight / total for weight in weights]


def mmck(servers: int, capacity: int, arrival_rate: float, service_rate: float) -> SteadyQueue:
    """The M/M/c/K queue: at most `capacity` tasks present, waiting and in service; more are refused.

    Args:
        servers: Parallel servers, at least 1.
        capacity: At least `servers`.
        arrival_rate: Tasks per second.
        service_rate: Tasks per second that one server ends.

    Raises:
        ValueError: If `capacity` is below `servers` or a rate is not positive.

    >>> queue = mmck(1, 5, 0.8, 1.0)
    >>> round(queue.lost, 6), round(queue.mean_number, 6), round(queue.mean_wait, 6)
    (0.088819, 1.868332, 1.563065)
    """
    if not 1 <= servers <= capacity:
        raise ValueError(f"{servers} servers, room for {capacity}: needs 1 <= servers <= capacity")
    deaths = [service_rate * min(k, servers) for k in range(1, capacity + 1)]
    return _summary(servers, arrival_rate, stationary([arrival_rate] * capacity, deaths), lost_last=True)


def erlang_a(servers: int, arrival_rate: float, service_rate: float, patience_rate: float) -> SteadyQueue:
    """The M/M/c queue whose waiting tasks each give up after an exponential time (Erlang A, Palm).

    The chain is cut where all further states together weigh below 1e-18 of the likeliest one (the ratio of
    neighbours only falls, so a geometric series bounds them).

    Args:
        servers: Parallel servers, at least 1.
        arrival_rate: Tasks per second.
        service_rate: Tasks per second that one server ends.
        patience_rate: One over the mean patience in seconds; positive, so that a steady state exists at any
            load.

    Raises:
        ValueError: If there is no server or a rate is not positive.

    >>> queue = erlang_a(3, 2.4, 1.0, 0.5)
    >>> round(queue.must_wait, 6), round(queue.abandoned, 6), round(queue.mean_wait, 6)
    (0.478047, 0.119855, 0.239711)
    """
    if servers < 1 or not patience_rate > 0.0:
        raise ValueError(f"{servers} servers, patience rate {patience_rate}: needs at least 1, and above 0")
    deaths: list[float] = []
    height = highest = 0.0
    while True:
        k = len(deaths) + 1
        deaths.append(service_rate * min(k, servers) + patience_rate * max(0, k - servers))
        ratio = arrival_rate / deaths[-1]
        height += math.log(ratio)
        highest = max(highest, height)
        if k > servers and ratio < 1.0 and height + math.log(ratio / (1.0 - ratio)) - highest < -41.5:
            break
    states = stationary([arrival_rate] * len(deaths), deaths)
    queue = _summary(servers, arrival_rate, states, lost_last=False)
    abandoned = patience_rate * queue.mean_queue / arrival_rate
    return SteadyQueue(
        must_wait=queue.must_wait,
        lost=0.0,
        abandoned=abandoned,
        mean_number=queue.mean_number,
        mean_queue=queue.mean_queue,
        mean_wait=queue.mean_queue / arrival_rate,
        utilisation=queue.utilisation,
    )


def _summary(servers: int, arrival_rate: float, states: Sequence[float], *, lost_last: bool) -> SteadyQueue:
    lost = states[-1] if lost_last else 0.0
    number = math.fsum(k * p for k, p in enumerate(states))
    queue = math.fsum((k - servers) * p for k, p in enumerate(states) if k > servers)
    return SteadyQueue(
        must_wait=math.fsum(states[servers:]) - lost,
        lost=lost,
        abandoned=0.0,
        mean_number=number,
        mean_queue=queue,
        mean_wait=queue / (arrival_rate * (1.0 - lost)),
        utilisation=(number - queue) / servers,
    )


def asymptotic_variance(births: Sequence[float], deaths: Sequence[float], values: Sequence[float]) -> float:
    """How uncertain a time average over a birth-death path is: run length times its variance, for long runs.

    Args:
        births: As for `stationary`.
        deaths: As for `stationary`.
        values: What is averaged over time, as a function of the state, for the states 0 .. K.

    Returns:
        The unit of the values squared, times seconds.

    Raises:
        ValueError: If the lists do not fit.

    Reference:
        Whitt (1992), Asymptotic formulas for Markov processes (source not checked): for reversible chains
        the sum over edges of the squared partial sums of deviations, over the flow.
    """
    states = stationary(births, deaths)
    if len(values) != len(states):
        raise ValueError(f"{len(values)} values for {len(states)} states")
    mean = math.fsum(v * p for v, p in zip(values, states, strict=True))
    deviations = [(value - mean) * p for value, p in zip(values, states, strict=True)]
    middle = max(range(len(states)), key=states.__getitem__)
    below = list(accumulate(deviations[:middle]))
    above = list(accumulate(reversed(deviations[middle + 1 :])))[
        ::-1
    ]  # the sum of all is 0: the tail is sharper
    partial = below + above
    return math.fsum(
        2.0 * (part / p) * part / birth
        for birth, p, part in zip(births, states, partial, strict=False)
        if p > 0.0
    )
