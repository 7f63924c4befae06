"""What was done by hand in two runs, in words: what both share, and what only one of them has."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from vsmlab.lab.report.by_hand import in_words
from vsmlab.lab.report.numerals import duration
from vsmlab.lab.scenario import Act


@dataclass(frozen=True, slots=True)
class ByHand:
    """What was done by hand while two runs were played.

    Attributes:
        left: In words, what was done in the first only, in order.
        right: What was done in the second only.
        both: How many acts are the same in both.
    """

    left: tuple[str, ...]
    right: tuple[str, ...]
    both: int


def by_hand(left: Mapping[str, Any], right: Mapping[str, Any]) -> ByHand:
    """What an operator did in the runs of two scenarios.

    >>> out = {"time": 202.04, "kind": "knockout", "system": "shop.system2"}
    >>> by_hand({"operator": [out]}, {})
    ByHand(left=('at 202 s: shop.system2 knocked out',), right=(), both=0)
    """
    one, other = _acts(left), _acts(right)
    shared = Counter(one) & Counter(other)
    return ByHand(_without(one, shared), _without(other, shared), shared.total())


def done(act: Act) -> str:
    """An act with its time, as a past thing.

    >>> done(Act(time=460.0, kind="slow", unit="shop.repairs", factor=0.25))
    'at 7.67 min: shop.repairs slowed: to 0.25 of its speed'
    """
    return f"at {duration(act.time)}: {in_words(act)}"


def _acts(scenario: Mapping[str, Any]) -> list[Act | str]:
    """The acts that came to pass; one that this version does not read is told as it is written."""
    found: list[Act | str] = []
    written = scenario.get("operator") or ()
    for entry in written if isinstance(written, Sequence) else ():
        try:
            act = Act.model_validate(entry)
        except ValidationError:
            found.append(str(entry))
            continue
        if act.time < scenario.get("horizon", math.inf):
            found.append(act)
    return sorted(found, key=lambda act: act.time if isinstance(act, Act) else 0.0)


def _without(acts: list[Act | str], shared: Counter[Act | str]) -> tuple[str, ...]:
    left, found = shared.copy(), []
    for act in acts:
        if left[act] > 0:
            left[act] -= 1
        else:
            found.append(done(act) if isinstance(act, Act) else act)
    return tuple(found)
