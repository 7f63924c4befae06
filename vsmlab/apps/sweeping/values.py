"""What people write as values of a setting: a list, or from one number to another in so many steps."""

from __future__ import annotations

import math
import re
from typing import Final

from vsmlab.errors import InputError
from vsmlab.lab.yaml_reader import parse_value

MOST_VALUES: Final = 200
MOST_TEXT: Final = 4000
_NUMBER: Final = r"[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_SPAN: Final = re.compile(
    rf"\s*(?:from\s+)?({_NUMBER})\s*(?:to|\.\.\.?|–)\s*({_NUMBER})\s*,?\s*in\s+(\d{{1,6}})"
    r"(?:\s+(?:steps|values))?(\s*,?\s*log)?\s*",
    re.I | re.ASCII,
)
_ENDS: Final = re.compile(
    rf"\s*(?:from\s+)?({_NUMBER})\s*(?:to|\.\.\.?|–)\s*({_NUMBER})\s*(?:,?\s*in\s*)?", re.I | re.ASCII
)
"""From one number to another, and not said in how many steps."""
_RIGHT: Final = "a list such as 1, 2, 4, or 1 to 5 in 9 steps"


def read_values(text: str, now: object = None) -> list[object]:
    """The values that a text means; for a setting that counts, whole numbers.

    Args:
        text: ``0.1, 0.4, 1.6`` or ``1 to 5 in 9 steps``, which are nine values, both ends among them; ``log`` at its
            end makes equal ratios of equal distances.
        now: What the setting is now.

    Raises:
        InputError: If it means no values, or one twice.

    >>> read_values("1 to 5 in 3 steps", 2), read_values("0.1 to 10 in 3 steps log"), read_values("1, 2.5, off")
    ([1, 3, 5], [0.1, 1.0, 10.0], [1, 2.5, 'off'])
    """
    if not text.strip():
        raise InputError("", "", "no values are given", right=_RIGHT)
    if len(text) > MOST_TEXT:
        raise InputError("", "", "too long", right=f"at most {MOST_TEXT:,} characters")
    span = _SPAN.fullmatch(text)
    if span is not None:
        low, high, many = float(span[1]), float(span[2]), int(span[3])
        return _spread(low, high, many, bool(span[4]), whole=isinstance(now, int) or _whole(low, high, many))
    if (ends := _ENDS.fullmatch(text)) is not None:
        right = f"{ends[1]} to {ends[2]} in 5 steps"
        raise InputError("", "", "the number of steps is missing", right=f"write it as {right}")
    try:
        found = parse_value(f"[{text}]", "")
    except InputError as exc:
        raise InputError("", "", "not values", given=text[:60], right=_RIGHT) from exc
    if not isinstance(found, list) or not found:
        raise InputError("", "", "not values", given=text[:60], right=_RIGHT)
    if len(found) > MOST_VALUES:
        right = f"at most {MOST_VALUES}"
        raise InputError("", "", "too many values", given=f"{len(found):,}", right=right)
    doubled = next((one for at, one in enumerate(found) if one in found[:at]), None)
    if doubled is not None:
        raise InputError("", "", "a value is there twice", given=str(doubled)[:60])
    return found


def _whole(low: float, high: float, many: int) -> bool:
    ends = low.is_integer() and high.is_integer()
    return ends and many > 1 and (high - low) % (many - 1) == 0


def _spread(low: float, high: float, many: int, log: bool, *, whole: bool) -> list[object]:
    if not (math.isfinite(low) and math.isfinite(high)) or low == high:
        raise InputError("", "", "both ends are the same, or no numbers", right=_RIGHT)
    if not 2 <= many <= MOST_VALUES:
        right = f"2 to {MOST_VALUES}"
        raise InputError("", "", "not a number of steps", given=f"{many:,}", right=right)
    if log and min(low, high) <= 0.0:
        raise InputError("", "", "equal ratios need ends above 0", right=_RIGHT)
    shares = [at / (many - 1) for at in range(many)]
    found = [low * (high / low) ** share if log else low + share * (high - low) for share in shares]
    if whole:
        return list(dict.fromkeys(round(value) for value in found))
    return list(dict.fromkeys(float(f"{value:.10g}") for value in found))


def proposed(now: float) -> str:
    """Values about what a setting is now, to begin with.

    >>> proposed(4), proposed(0.4), proposed(0), proposed(1)
    ('2, 4, 8', '0.2, 0.4, 0.8', '0, 1, 2', '1, 2, 3')
    """
    if now == 0:
        return "0, 1, 2"
    if isinstance(now, int):
        return "1, 2, 3" if now == 1 else f"{round(now / 2)}, {now}, {now * 2}"
    return ", ".join(f"{now * times:g}" for times in (0.5, 1.0, 2.0))
