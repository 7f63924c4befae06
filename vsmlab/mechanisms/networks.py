"""Flow through stations: open Jackson networks, tandem and feedback queues, a fluid queue, on-off sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vsmlab.mechanisms.queueing import erlang_c, require_stable


@dataclass(frozen=True, slots=True)
class Network:
    """The steady state of an open network of queues.

    Attributes:
        flows: Tasks per second through each station.
        utilisations: Share of each station's servers that are busy.
        mean_numbers: Tasks present at each station.
        sojourn: Mean seconds from entering the network to leaving it.
    """

    flows: tuple[float, ...]
    utilisations: tuple[float, ...]
    mean_numbers: tuple[float, ...]
    sojourn: float


def jackson(
    external_rates: Sequence[float],
    routing: Sequence[Sequence[float]],
    service_rates: Sequence[float],
    *,
    servers: Sequence[int] | None = None,
) -> Network:
    """An open Jackson network: Poisson arrivals from outside, exponential service, routing by chance.

    Args:
        external_rates: Tasks per second from outside, by station.
        routing: Shape (stations, stations): probability of going on from one to the other; the rest leaves.
        service_rates: Tasks per second that one server ends, by station.
        servers: Servers of each station; one each by default.

    Raises:
        ValueError: If a station is unstable, or the routing keeps tasks for ever or is not of probabilities.

    Reference:
        Jackson (1957), source not checked: stations behave as independent M/M/c queues at the solved flows.

    >>> network = jackson([1.0, 0.0], [[0.0, 0.8], [0.25, 0.0]], [2.0, 1.25])
    >>> [round(flow, 6) for flow in network.flows], round(network.sojourn, 6)
    ([1.25, 1.0], 5.666667)
    """
    stations = len(external_rates)
    matrix = np.asarray(routing, dtype=float)
    if matrix.shape != (stations, stations) or matrix.min() < 0.0 or matrix.sum(axis=1).max() > 1.0 + 1e-12:
        raise ValueError(
            f"routing: needs {stations} rows of {stations} probabilities, each row at most 1 in sum"
        )
    if max(abs(np.linalg.eigvals(matrix))) >= 1.0 - 1e-12:
        raise ValueError("routing: some tasks would never leave the network")
    flows = np.linalg.solve(np.eye(stations) - matrix.T, np.asarray(external_rates, dtype=float)).tolist()
    numbers, utilisations = [], []
    for flow, rate, count in zip(flows, service_rates, servers or [1] * stations, strict=True):
        load = flow / rate
        numbers.append(erlang_c(count, load) * load / (count - load) + load)
        utilisations.append(load / count)
    return Network(
        flows=tuple(flows),
        utilisations=tuple(utilisations),
        mean_numbers=tuple(numbers),
        sojourn=sum(numbers) / sum(external_rates),
    )


def tandem_sojourn(arrival_rate: float, service_rates: Sequence[float]) -> float:
    """Mean time through single-server stations in a row: by Burke's theorem each sees Poisson arrivals.

    Args:
        arrival_rate: Tasks per second.
        service_rates: Tasks per second, by station.

    Returns:
        Seconds.

    Raises:
        ValueError: If a station is unstable.

    >>> round(tandem_sojourn(0.5, [1.0, 0.8]), 6)
    5.333333
    """
    for rate in service_rates:
        require_stable(1, arrival_rate / rate)
    return sum(1.0 / (rate - arrival_rate) for rate in service_rates)


def feedback_sojourn(arrival_rate: float, service_rate: float, leaves: float) -> float:
    """Mean time at a single server to which a task returns until it leaves.

    Args:
        arrival_rate: New tasks per second.
        service_rate: Visits per second.
        leaves: Probability that a visit is the last, in ``(0, 1]``.

    Returns:
        Seconds over all visits.

    Raises:
        ValueError: If the queue is unstable or `leaves` is not in ``(0, 1]``.

    >>> round(feedback_sojourn(0.4, 1.0, 0.5), 6)
    10.0
    """
    if not 0.0 < leaves <= 1.0:
        raise ValueError(f"leaves with probability {leaves}: must be in (0, 1]")
    load = arrival_rate / (leaves * service_rate)
    require_stable(1, load)
    return load / (1.0 - load) / arrival_rate


@dataclass(frozen=True, slots=True)
class FluidTriangle:
    """A fluid queue through one rush: its peak, when it is empty again, and the area under it."""

    peak: float
    empty_at: float
    area: float


def fluid_triangle(rush_rate: float, rush: float, calm_rate: float, capacity: float) -> FluidTriangle:
    """A queue without chance: in at `rush_rate` for `rush` seconds, then at `calm_rate`; out at `capacity`.

    Args:
        rush_rate: Amount per second, at least `capacity`.
        rush: Seconds.
        calm_rate: Amount per second, below `capacity`.
        capacity: Amount per second.

    Returns:
        Peak (amount), the second at which the queue is empty again, area (amount times seconds).

    Raises:
        ValueError: If the rates are not in that order.

    >>> fluid_triangle(3.0, 10.0, 1.0, 2.0)
    FluidTriangle(peak=10.0, empty_at=20.0, area=100.0)
    """
    if not calm_rate < capacity <= rush_rate:
        raise ValueError(f"needs calm < capacity <= rush, given {calm_rate}, {capacity}, {rush_rate}")
    peak = (rush_rate - capacity) * rush
    empty_at = rush + peak / (capacity - calm_rate)
    return FluidTriangle(peak, empty_at, peak * empty_at / 2.0)


def availability(mean_up: float, mean_down: float) -> float:
    """Share of time that an alternating source is up, whatever the distributions (renewal reward).

    Args:
        mean_up: Mean seconds from repair to failure.
        mean_down: Mean seconds from failure to repair.

    >>> round(availability(100.0, 10.0), 6)
    0.909091
    """
    return mean_up / (mean_up + mean_down)
