"""The exact path of a first-come-first-served G/G/c queue from its arrivals and service times.

In absolute times a task starts at the later of its arrival and the earliest moment that a server is free.
This form makes the same additions as an event-driven simulation, so the two agree bit for bit; the
recursion on relative waits (Kiefer and Wolfowitz 1955, source not checked) differs by rounding.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from itertools import pairwise


def start_times(arrivals: Sequence[float], services: Sequence[float], servers: int) -> list[float]:
    """When each task starts service, bit for bit as an engine computes it.

    Args:
        arrivals: Seconds, not falling, in the order of arrival.
        services: Seconds, one for each task.
        servers: Parallel servers, at least 1, all free at first.

    Returns:
        Seconds.

    Raises:
        ValueError: If there is no server, the lists differ in length or the arrivals are out of order.

    >>> start_times([0.0, 1.0, 2.0, 3.0], [5.0, 1.0, 4.0, 1.0], 2)
    [0.0, 1.0, 2.0, 5.0]
    """
    if servers < 1:
        raise ValueError(f"{servers} servers: at least 1 is needed")
    if len(arrivals) != len(services):
        raise ValueError(f"{len(arrivals)} arrivals and {len(services)} service times: needs one each")
    if any(later < earlier for earlier, later in pairwise(arrivals)):
        raise ValueError("arrivals must be in the order of time")
    free = [-math.inf] * servers  # already a heap
    replace = heapq.heapreplace
    starts = []
    for arrival, service in zip(arrivals, services, strict=True):
        start = free[0]
        if arrival > start:
            start = arrival
        replace(free, start + service)
        starts.append(start)
    return starts


def waits(arrivals: Sequence[float], services: Sequence[float], servers: int) -> list[float]:
    """Each task's wait before service, in seconds; arguments and errors as for `start_times`.

    >>> waits([0.0, 1.0, 2.0, 3.0], [5.0, 1.0, 4.0, 1.0], 2)
    [0.0, 0.0, 0.0, 2.0]
    """
    starts = start_times(arrivals, services, servers)
    return [start - arrival for start, arrival in zip(starts, arrivals, strict=True)]


def mean_wait(
    arrivals: Sequence[float],
    services: Sequence[float],
    servers: int,
    *,
    begin: float = -math.inf,
    end: float = math.inf,
) -> float:
    """Mean wait of the tasks that arrive in ``[begin, end)`` and start before `end`; 0 if there are none.

    Args:
        arrivals: As for `start_times`.
        services: As for `start_times`.
        servers: As for `start_times`.
        begin: Seconds.
        end: Seconds.
    """
    starts = start_times(arrivals, services, servers)
    counted = [
        start - arrival
        for start, arrival in zip(starts, arrivals, strict=True)
        if begin <= arrival < end and start < end
    ]
    return math.fsum(counted) / len(counted) if counted else 0.0


def area(entries: Sequence[float], exits: Sequence[float], begin: float, end: float) -> float:
    """How much presence falls into a window: the area under the number present, by Little's identity.

    With arrivals and ends of service it is the area under the number in the system, with arrivals and
    starts the area under the queue, with starts and ends the busy time of the servers.

    Args:
        entries: Seconds at which each task comes.
        exits: Seconds at which it goes, not before it came.
        begin: First second of the window.
        end: Last second of the window, not before `begin`.

    Returns:
        Tasks times seconds.

    Raises:
        ValueError: If the window ends before it begins or a task goes before it comes.

    >>> area([0.0, 1.0, 2.0], [4.0, 3.0, 9.0], 1.0, 5.0)
    8.0
    """
    if end < begin:
        raise ValueError(f"the window [{begin:g}, {end:g}] ends before it begins")
    spans = []
    for entry, leave in zip(entries, exits, strict=True):
        if leave < entry:
            raise ValueError(f"a task that comes at {entry:g} cannot go at {leave:g}")
        if entry < end and leave > begin:
            spans.append(min(leave, end) - max(entry, begin))
    return math.fsum(spans)
