"""Mean waits of ranked classes at one queue: non-preemptive (Cobham 1954) and preemptive resume.

Class 0 is the most urgent; within a class, first come first served. Sources not checked beyond the formulas.
"""

from __future__ import annotations

from collections.abc import Sequence

from vsmlab.mechanisms.queueing import erlang_c, require_stable


def mg1_priority_waits(
    arrival_rates: Sequence[float], mean_services: Sequence[float], second_moments: Sequence[float]
) -> list[float]:
    """Mean wait before service of each class in an M/G/1 queue with non-preemptive ranks (Cobham).

    Args:
        arrival_rates: Tasks per second, by class, the most urgent first.
        mean_services: Seconds, by class.
        second_moments: Of the service time, seconds squared, by class.

    Returns:
        Seconds, by class.

    Raises:
        ValueError: If the queue is unstable.

    >>> [round(wait, 6) for wait in mg1_priority_waits([0.3, 0.5], [1.0, 1.0], [2.0, 2.0])]
    [1.142857, 5.714286]
    """
    loads = [rate * mean for rate, mean in zip(arrival_rates, mean_services, strict=True)]
    require_stable(1, sum(loads))
    residual = sum(rate * moment for rate, moment in zip(arrival_rates, second_moments, strict=True)) / 2.0
    return _shared_residual(residual, loads)


def mmc_priority_waits(servers: int, arrival_rates: Sequence[float], service_rate: float) -> list[float]:
    """Mean wait before service of each class in an M/M/c queue with non-preemptive ranks, one service rate.

    Args:
        servers: Parallel servers, at least 1.
        arrival_rates: Tasks per second, by class, the most urgent first.
        service_rate: Tasks per second that one server ends, for every class.

    Returns:
        Seconds, by class.

    Raises:
        ValueError: If the queue is unstable.

    >>> [round(wait, 6) for wait in mmc_priority_waits(3, [0.9, 1.5], 1.0)]
    [0.308186, 1.540931]
    """
    residual = erlang_c(servers, sum(arrival_rates) / service_rate) / (servers * service_rate)
    return _shared_residual(residual, [rate / (servers * service_rate) for rate in arrival_rates])


def _shared_residual(residual: float, loads: Sequence[float]) -> list[float]:
    waits = []
    above = 0.0
    for load in loads:
        waits.append(residual / ((1.0 - above) * (1.0 - above - load)))
        above += load
    return waits


def mg1_preemptive_sojourns(
    arrival_rates: Sequence[float], mean_services: Sequence[float], second_moments: Sequence[float]
) -> list[float]:
    """Mean time in the system of each class in an M/G/1 queue with preemptive resume.

    Args:
        arrival_rates: Tasks per second, by class, the most urgent first.
        mean_services: Seconds, by class.
        second_moments: Of the service time, seconds squared, by class.

    Returns:
        Seconds from arrival to end of service, by class.

    Raises:
        ValueError: If the queue is unstable.

    >>> [round(time, 6) for time in mg1_preemptive_sojourns([0.3, 0.5], [1.0, 1.0], [2.0, 2.0])]
    [1.428571, 7.142857]
    """
    require_stable(1, sum(rate * mean for rate, mean in zip(arrival_rates, mean_services, strict=True)))
    sojourns = []
    above = residual = 0.0
    for rate, mean, moment in zip(arrival_rates, mean_services, second_moments, strict=True):
        residual += rate * moment / 2.0
        up_to = above + rate * mean
        sojourns.append((mean + residual / (1.0 - up_to)) / (1.0 - above))
        above = up_to
    return sojourns
