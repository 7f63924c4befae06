"""JSON of files that anybody may have written: finite numbers of ordinary size, no depth without bound."""

from __future__ import annotations

import json
import math
from typing import Any

MOST_DIGITS = 20


def read_json(text: str | bytes) -> Any:  # noqa: ANN401 - plain values
    """The plain values of a JSON text.

    Args:
        text: UTF-8, if it is bytes.

    Raises:
        ValueError: If it is no JSON, is nested too deeply, or has a number that is not finite or has more than
            20 digits before the point: nothing that vsmlab writes does.

    >>> read_json('{"wait": 1.5}')
    {'wait': 1.5}
    """
    try:
        return json.loads(text, parse_constant=_refuse, parse_int=_whole, parse_float=_real)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError(f"a number of {len(digits)} digits")
    return int(digits)


def _real(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(f"{digits[:40]} is too large a number")
    return value
