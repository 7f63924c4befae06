"""Delay systems with exponential service (Erlang): who must wait, how long, and what a server is worth.

Formulas are the textbook ones (for instance Kleinrock 1975, Queueing Systems 1; edition not checked); every
value is held against an independent solution in the tests.
"""

from __future__ import annotations

import math

from vsmlab.mechanisms.subset import law


def erlang_b(servers: int, offered_load: float) -> float:
    """Probability that an arrival is lost in an M/M/c/c system.

    Args:
        servers: Parallel servers, ``c >= 0``.
        offered_load: Arrival rate over service rate, in erlangs, at least 0.

    Returns:
        A probability in ``[0, 1]``.

    Raises:
        ValueError: If an argument is negative.

    Reference:
        Erlang (1917), by the recursion over the number of servers.

    >>> round(erlang_b(3, 2.4), 6)
    0.268406
    """
    if servers < 0 or not 0.0 <= offered_load < math.inf:
        raise ValueError(f"{servers} servers, {offered_load} erlangs: both must be finite and at least 0")
    blocking = 1.0
    for k in range(1, servers + 1):
        blocking = offered_load * blocking / (k + offered_load * blocking)
    return blocking


def erlang_c(servers: int, offered_load: float) -> float:
    """Probability that an arrival must wait in an M/M/c queue.

    Args:
        servers: Parallel servers, ``c >= 1``.
        offered_load: Arrival rate over service rate, in erlangs; ``0 <= a < c``.

    Returns:
        A probability in ``[0, 1]``.

    Raises:
        ValueError: If the queue is unstable (``offered_load >= servers``).

    Reference:
        Erlang (1917); the recursion for Erlang B, then B to C.

    >>> round(erlang_c(3, 2.4), 6)
    0.647191
    """
    require_stable(servers, offered_load)
    blocking = erlang_b(servers, offered_load)
    return servers * blocking / (servers - offered_load * (1.0 - blocking))


@law
def mean_waiting(servers: int, offered_load: float) -> float:
    """Mean number waiting in an M/M/c queue, continued past saturation.

    Up to ``servers - 0.001`` erlangs the value is exact. What is offered above that, the excess, costs
    ``1e10 * excess * (1 + excess / (servers + 1))`` more: our own continuation, chosen so that the value
    stays finite, rises with the load, and falls and is convex in the servers (up to 10,000 of them). So a
    greedy allocation stays exact for it, serves any overload before any queue that is stable, and gives the
    next server to the overload with the greatest ``(load + 1) / (servers + 1)``.

    Args:
        servers: Parallel servers; none or fewer count as none.
        offered_load: Arrival rate over service rate, in erlangs; below 0 counts as 0.

    Returns:
        Tasks, finite and at least 0.

    Reference:
        Erlang (1917) for the exact part; convexity there: Dyer and Proll (1977), source not checked.

    >>> round(mean_waiting(3, 2.4), 6)
    2.588764
    """
    if offered_load <= 0.0:
        return 0.0
    if servers <= 0:
        return 1e10 * offered_load * (1.0 + offered_load)
    load = offered_load
    if load > servers - 0.001:
        load = servers - 0.001
    blocking = 1.0
    for k in range(1, servers + 1):
        blocking = load * blocking / (k + load * blocking)
        if blocking < 1e-280:
            return 0.0
    must_wait = servers * blocking / (servers - load * (1.0 - blocking))
    excess = offered_load - load
    return must_wait * load / (servers - load) + 1e10 * excess * (1.0 + excess / (servers + 1))


def mmc_mean_wait(servers: int, arrival_rate: float, service_rate: float) -> float:
    """Mean wait before service in an M/M/c queue.

    Args:
        servers: Parallel servers, at least 1.
        arrival_rate: Tasks per second.
        service_rate: Tasks per second that one server ends.

    Returns:
        Seconds.

    Raises:
        ValueError: If the queue is unstable.

    >>> round(mmc_mean_wait(3, 2.4, 1.0), 6)
    1.078652
    """
    return erlang_c(servers, arrival_rate / service_rate) / (servers * service_rate - arrival_rate)


def mmc_wait_exceeds(servers: int, arrival_rate: float, service_rate: float, wait: float) -> float:
    """Probability of waiting longer than `wait` in an M/M/c queue, first come first served.

    Args:
        servers: Parallel servers, at least 1.
        arrival_rate: Tasks per second.
        service_rate: Tasks per second that one server ends.
        wait: Seconds, at least 0.

    Raises:
        ValueError: If the queue is unstable.
    """
    must_wait = erlang_c(servers, arrival_rate / service_rate)
    return must_wait * math.exp(-(servers * service_rate - arrival_rate) * wait)


def mmc_wait_quantile(servers: int, arrival_rate: float, service_rate: float, probability: float) -> float:
    """The wait that a given share of arrivals to an M/M/c queue does not exceed (first come, first served).

    Args:
        servers: Parallel servers, at least 1.
        arrival_rate: Tasks per second.
        service_rate: Tasks per second that one server ends.
        probability: The share, in ``[0, 1)``.

    Returns:
        Seconds; 0 where that share does not wait at all.

    Raises:
        ValueError: If the queue is unstable or the share is outside ``[0, 1)``.

    >>> [round(mmc_wait_quantile(3, 2.4, 1.0, p), 6) for p in (0.1, 0.5, 0.95)]
    [0.0, 0.430056, 4.267697]
    """
    if not 0.0 <= probability < 1.0:
        raise ValueError(f"probability {probability}: must be in [0, 1)")
    must_wait = erlang_c(servers, arrival_rate / service_rate)
    if must_wait <= 1.0 - probability:
        return 0.0
    return math.log(must_wait / (1.0 - probability)) / (servers * service_rate - arrival_rate)


def mmc_relaxation_time(servers: int, arrival_rate: float, service_rate: float) -> float:
    """Time in which an M/M/c queue forgets: exact for one server, at high load a good guess for several.

    Args:
        servers: Parallel servers, at least 1.
        arrival_rate: Tasks per second.
        service_rate: Tasks per second that one server ends.

    Returns:
        Seconds.

    Raises:
        ValueError: If the queue is unstable.

    >>> round(mmc_relaxation_time(1, 0.8, 1.0), 1)
    89.7
    """
    require_stable(servers, arrival_rate / service_rate)
    gap = math.sqrt(servers * service_rate) - math.sqrt(arrival_rate)
    return 1.0 / (gap * gap)


def require_stable(servers: int, offered_load: float) -> None:
    """Refuse a queue without a steady state.

    Raises:
        ValueError: Unless ``servers >= 1`` and ``0 <= offered_load < servers``.
    """
    if servers < 1:
        raise ValueError(f"{servers} servers: at least 1 is needed")
    if not 0.0 <= offered_load < servers:
        raise ValueError(
            f"unstable: {offered_load:g} erlangs offered to {servers} servers; "
            f"must be at least 0 and below {servers}"
        )
