"""The normal distribution function, with the same bits on every machine."""

from __future__ import annotations

from .numbers import natural_exp
from .subset import law


@law
def normal_probability(z: float) -> float:
    """Probability that a standard normal variable is below ``z``.

    A power series about zero, Mills' continued fraction in the tails; absolute error below 1e-15.

    Reference:
        Abramowitz and Stegun (1964), 26.2.11 and 26.2.14.

    >>> round(normal_probability(1.959963984540054), 12)
    0.975
    """
    low = -abs(z)
    density = 0.3989422804014327 * natural_exp(-0.5 * low * low)
    if low > -4.0:
        term = low
        total = low
        for i in range(1, 70):
            term = term * low * low / (2.0 * i + 1.0)
            total = total + term
        below = 0.5 + total * density
    else:
        fraction = 0.0
        for i in range(60, 0, -1):
            fraction = i / (-low + fraction)
        below = density / (-low + fraction)
    if z <= 0.0:
        return below
    return 1.0 - below
