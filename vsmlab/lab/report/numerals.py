"""Numbers as people read them: thousands apart, three digits that matter, seconds in a fitting unit."""

from __future__ import annotations

import math

# (unit, seconds in one, largest value in seconds that is still told in it)
_UNITS = (
    ("µs", 1e-6, 1e-3),
    ("ms", 1e-3, 1.0),
    ("s", 1.0, 300.0),
    ("min", 60.0, 10_800.0),
    ("h", 3600.0, 345_600.0),
    ("days", 86_400.0, math.inf),
)


def number(value: float | None, digits: int = 3) -> str:
    """A number with so many significant digits, never fewer than its whole part has.

    >>> number(19366), number(0.05532), number(1234.5), number(2.0), number(None), number(0.000012)
    ('19,366', '0.0553', '1,234', '2', '–', '1.2e-05')
    """
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value == 0:
        return "0"
    size = abs(value)
    if isinstance(value, int) or size >= 10 ** (digits - 1):
        return f"{value:,.0f}" if size < 1e15 else f"{value:.{digits}g}"
    if size < 1e-4:
        return f"{value:.{digits}g}"
    decimals = digits - 1 - math.floor(math.log10(size))
    return f"{value:,.{decimals}f}".rstrip("0").rstrip(".")


def time_unit(seconds: float) -> tuple[str, float]:
    """The unit that times up to so many seconds are told in, and the seconds in one.

    >>> time_unit(0.2), time_unit(90), time_unit(3600), time_unit(86400)
    (('ms', 0.001), ('s', 1.0), ('min', 60.0), ('h', 3600.0))
    """
    for unit, size, largest in _UNITS:
        if abs(seconds) < largest or size == 86_400.0:
            return unit, size
    raise AssertionError("the last unit has no largest value")


def duration(seconds: float | None) -> str:
    """A time in the unit that fits it.

    >>> duration(3600), duration(0.0553), duration(6.4), duration(0)
    ('60 min', '55.3 ms', '6.4 s', '0 s')
    """
    if seconds is None or not math.isfinite(seconds):
        return number(seconds)
    if seconds == 0:
        return "0 s"
    unit, size = time_unit(seconds)
    return f"{number(seconds / size)} {unit}"


def seconds(time: float) -> str:
    """A moment of a run, in seconds to a tenth: times that are read beside each other have one unit.

    >>> seconds(202.0), seconds(1234.56)
    ('202 s', '1,234.6 s')
    """
    return f"{time:,.1f}".removesuffix(".0") + " s"


def percent(share: float | None) -> str:
    """A share of one in per cent.

    >>> percent(0.724), percent(None)
    ('72 %', '–')
    """
    return "–" if share is None or not math.isfinite(share) else f"{100 * share:.0f} %"


def counted(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun.

    >>> counted(1, "message"), counted(1200, "message")
    ('1 message', '1,200 messages')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"
