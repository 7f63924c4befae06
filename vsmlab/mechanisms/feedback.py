"""Delayed feedback: when damping damps, and how the loop swings when it does not."""

from __future__ import annotations

import math
from typing import Literal

MONOTONE_LIMIT = math.exp(-1.0)
"""Greatest gain times delay at which ``x'(t) = -gain x(t - delay)`` returns without a swing."""

STABLE_LIMIT = math.pi / 2.0
"""Gain times delay above which the swings of that loop grow; at it they last, four delays a period."""


def rightmost_root(gain: float, delay: float) -> complex:
    """The root that governs ``x'(t) = -gain x(t - delay)`` in the long run.

    Args:
        gain: Per second, above 0; n units that react to one resource have the sum of their gains.
        delay: Seconds, at least 0.

    Returns:
        Per second: its real part is the growth rate, its imaginary part (taken positive) the angular
        frequency.

    Raises:
        ValueError: If the gain is not positive or the delay negative.

    Reference:
        The characteristic equation ``s = -gain exp(-s delay)`` is solved by Lambert's W; Hayes (1950),
        source not checked.

    >>> rightmost_root(0.5, 0.0)
    (-0.5+0j)
    """
    from scipy.special import lambertw

    _require(gain, delay)
    if delay == 0.0:
        return complex(-gain, 0.0)
    root = complex(lambertw(-gain * delay, 0)) / delay
    return complex(root.real, abs(root.imag))


def regime(gain: float, delay: float) -> Literal["monotone", "damped", "growing"]:
    """How ``x'(t) = -gain x(t - delay)`` returns to 0: without a swing, with fading swings, or never.

    Args:
        gain: Per second, above 0.
        delay: Seconds, at least 0.

    Raises:
        ValueError: If the gain is not positive or the delay negative.

    >>> regime(1.0, 0.3), regime(1.0, 1.0), regime(1.0, 2.0)
    ('monotone', 'damped', 'growing')
    """
    _require(gain, delay)
    if gain * delay <= MONOTONE_LIMIT:
        return "monotone"
    return "damped" if gain * delay < STABLE_LIMIT else "growing"


def sampled_stable_limit(delay_periods: int) -> float:
    """Greatest gain (exclusive) at which ``x[k+1] = x[k] - gain x[k-m]`` is stable.

    Args:
        delay_periods: The number m of whole periods that a report is late, at least 0.

    Raises:
        ValueError: If it is negative.

    Reference:
        Levin and May (1976), source not checked; the tests compare with the roots.

    >>> [round(sampled_stable_limit(m), 6) for m in range(4)]
    [2.0, 1.0, 0.618034, 0.445042]
    """
    _require_periods(delay_periods)
    return 2.0 * math.cos(delay_periods * math.pi / (2 * delay_periods + 1))


def sampled_monotone_limit(delay_periods: int) -> float:
    """Greatest gain at which ``x[k+1] = x[k] - gain x[k-m]`` can return without a swing.

    Args:
        delay_periods: The number m of whole periods that a report is late, at least 0.

    Raises:
        ValueError: If it is negative.

    >>> [round(sampled_monotone_limit(m), 6) for m in range(4)]
    [1.0, 0.25, 0.148148, 0.105469]
    """
    _require_periods(delay_periods)
    return float(delay_periods**delay_periods / (delay_periods + 1) ** (delay_periods + 1))


def sampled_growth(gain: float, delay_periods: int) -> float:
    """Growth a period of ``x[k+1] = x[k] - gain x[k-m]`` in the long run: the greatest modulus of its roots.

    Args:
        gain: Any number.
        delay_periods: The number m, at least 0.

    Raises:
        ValueError: If the delay is negative.
    """
    import numpy as np

    _require_periods(delay_periods)
    coefficients = [0.0] * (delay_periods + 2)
    coefficients[0], coefficients[1] = 1.0, -1.0
    coefficients[-1] += gain
    return float(np.abs(np.roots(coefficients)).max())


def relay_cycle(rate: float, half_width: float, delay: float) -> tuple[float, float]:
    """Limit cycle of an integrator that a relay with hysteresis drives to and fro.

    Hysteresis does not damp: it trades frequent switching for amplitude.

    Args:
        rate: How fast the quantity moves either way, per second, above 0.
        half_width: Of the hysteresis about 0, at least 0.
        delay: Seconds between passing a threshold and turning, at least 0.

    Returns:
        Amplitude, and period in seconds.

    Raises:
        ValueError: If an argument is out of range, or there is neither hysteresis nor delay.

    >>> relay_cycle(1.0, 0.5, 0.3)
    (0.8, 3.2)
    """
    if rate <= 0.0 or half_width < 0.0 or delay < 0.0 or half_width + delay == 0.0:
        raise ValueError(f"rate {rate}, half-width {half_width}, delay {delay}: there is no cycle")
    return half_width + rate * delay, 4.0 * (half_width / rate + delay)


def _require(gain: float, delay: float) -> None:
    if not (gain > 0.0 and delay >= 0.0):
        raise ValueError(f"gain {gain}, delay {delay}: needs a gain above 0 and a delay of at least 0")


def _require_periods(delay_periods: int) -> None:
    if delay_periods < 0:
        raise ValueError(f"{delay_periods} periods of delay: needs at least 0")
