"""Waiting where service or arrivals are not exponential: M/G/1, M/D/c, D/M/1 and Kingman's bound.

Formulas are the textbook ones (for instance Kleinrock 1975, Queueing Systems 1; edition not checked).
"""

from __future__ import annotations

import cmath
import math

from vsmlab.mechanisms.queueing import require_stable


def mg1_mean_wait(arrival_rate: float, mean_service: float, service_cv2: float) -> float:
    """Mean wait before service in an M/G/1 queue (Pollaczek and Khinchine).

    Args:
        arrival_rate: Tasks per second.
        mean_service: Seconds.
        service_cv2: Squared coefficient of variation of the service time; 0 is constant, 1 exponential.

    Returns:
        Seconds.

    Raises:
        ValueError: If the queue is unstable.

    >>> [round(mg1_mean_wait(0.8, 1.0, cv2), 6) for cv2 in (0.0, 0.25, 4.0)]
    [2.0, 2.5, 10.0]
    """
    load = arrival_rate * mean_service
    require_stable(1, load)
    return load * mean_service * (1.0 + service_cv2) / (2.0 * (1.0 - load))


def mg1_wait_second_moment(
    arrival_rate: float, mean_service: float, second_moment: float, third_moment: float
) -> float:
    """Mean squared wait before service in an M/G/1 queue, first come first served.

    Args:
        arrival_rate: Tasks per second.
        mean_service: Seconds.
        second_moment: Of the service time, seconds squared.
        third_moment: Of the service time, seconds cubed.

    Returns:
        Seconds squared.

    Raises:
        ValueError: If the queue is unstable.

    >>> round(mg1_wait_second_moment(0.8, 1.0, *gamma_moments(1.0, 4.0)), 6)
    260.0
    """
    load = arrival_rate * mean_service
    require_stable(1, load)
    mean = arrival_rate * second_moment / (2.0 * (1.0 - load))
    return 2.0 * mean * mean + arrival_rate * third_moment / (3.0 * (1.0 - load))


def gamma_moments(mean: float, cv2: float) -> tuple[float, float]:
    """Second and third moment of a gamma distribution with this mean and squared coefficient of variation."""
    return mean**2 * (1.0 + cv2), mean**3 * (1.0 + cv2) * (1.0 + 2.0 * cv2)


def mdc_mean_wait(servers: int, arrival_rate: float, service_time: float) -> float:
    """Mean wait before service in an M/D/c queue.

    The number present obeys ``N' = max(N - c, 0) + Poisson(a)`` over one service time (Crommelin 1932). Its
    mean follows from the c - 1 roots of ``z**c = exp(a (z - 1))`` inside the unit circle other than 0,
    found by a fixed point that contracts like a/c; the error is that of rounding.

    Args:
        servers: Parallel servers, at least 1.
        arrival_rate: Tasks per second.
        service_time: Seconds, the same for all.

    Returns:
        Seconds.

    Raises:
        ValueError: If the queue is unstable.

    >>> round(mdc_mean_wait(3, 2.4, 1.0), 6)
    0.5539
    """
    load = arrival_rate * service_time
    require_stable(servers, load)
    if load == 0.0:
        return 0.0
    inverse_gaps = 0.0
    for k in range(1, servers):
        turn = cmath.exp(2j * math.pi * k / servers)
        root = turn
        for _ in range(10_000):
            before, root = root, turn * cmath.exp(load * (root - 1.0) / servers)
            if abs(root - before) < 4e-16:
                break
        inverse_gaps += (1.0 / (1.0 - root)).real
    waiting = inverse_gaps + (load * load - servers * servers + servers) / (2.0 * (servers - load))
    return waiting / arrival_rate


def dm1_busy_on_arrival(arrival_rate: float, service_rate: float) -> float:
    """Probability that an arrival to a D/M/1 queue finds the server busy.

    It differs from the fraction of time the server is busy: regular arrivals do not see time averages.

    Args:
        arrival_rate: Tasks per second, evenly spaced.
        service_rate: Tasks per second.

    Returns:
        The root in ``[0, 1)`` of ``s = exp(-(1 - s) service_rate / arrival_rate)``, by Newton's method.

    Raises:
        ValueError: If the queue is unstable.

    >>> round(dm1_busy_on_arrival(0.8, 1.0), 5)
    0.62863
    """
    load = arrival_rate / service_rate
    require_stable(1, load)
    if load == 0.0:
        return 0.0
    root = 0.0
    for _ in range(200):  # the function is convex, so Newton from the left rises to the smaller root
        image = math.exp(-(1.0 - root) / load)
        step = (image - root) / (1.0 - image / load)
        root += step
        if step <= 1e-16:
            break
    return root


def dm1_mean_wait(arrival_rate: float, service_rate: float) -> float:
    """Mean wait before service in a D/M/1 queue.

    Args:
        arrival_rate: Tasks per second, evenly spaced.
        service_rate: Tasks per second.

    Returns:
        Seconds.

    Raises:
        ValueError: If the queue is unstable.

    >>> round(dm1_mean_wait(0.8, 1.0), 6)
    1.692731
    """
    busy = dm1_busy_on_arrival(arrival_rate, service_rate)
    return busy / (service_rate * (1.0 - busy))


def kingman_bound(
    arrival_rate: float, mean_service: float, interarrival_variance: float, service_variance: float
) -> float:
    """Upper bound on the mean wait before service in a G/G/1 queue.

    Args:
        arrival_rate: Tasks per second.
        mean_service: Seconds.
        interarrival_variance: Seconds squared.
        service_variance: Seconds squared.

    Returns:
        Seconds.

    Raises:
        ValueError: If the queue is unstable.

    Reference:
        Kingman (1962), source not checked.

    >>> round(kingman_bound(0.8, 1.0, 1.0 / 0.64, 1.0), 6)
    5.125
    """
    load = arrival_rate * mean_service
    require_stable(1, load)
    return arrival_rate * (interarrival_variance + service_variance) / (2.0 * (1.0 - load))
