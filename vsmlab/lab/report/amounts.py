"""What the number that a message carries is an amount of, in words: from the codebook, with each quantity's unit."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from vsmlab.lab.report.numerals import number
from vsmlab.laws import kinds as k
from vsmlab.laws.dials import DIALS

_UNITS: Final = {
    k.PRESENT: "tasks", k.OFFERED: "erlangs", k.CARRIED: "erlangs", k.WAITING: "tasks", k.RETURNED: "agents",
    k.GRANTED: "agents", k.RECALLED: "agents", k.TOKEN_RATE: "tokens a second", k.TOKEN_BURST: "tokens",
    k.BUDGET: "usd a second", k.SUSPENDED: "s", k.COMPLETED: "tasks", k.CLAIMED: "tasks", k.COUNTED: "tasks",
    k.DEMANDED: "erlangs", k.FORESHOWN: "erlangs", k.EXPECTED: "erlangs", k.DEVIATION: "erlangs",
    k.AGENTS_NOW: "agents", k.AGENTS_THEN: "agents", k.CHILD: "children", k.RETIREMENT: "retirements",
    k.GAIN_NOW: "share", k.GAIN_THEN: "share", k.OUTSIDE: "share", k.EMERGENCY: "s", k.AGENTS_MOST: "agents",
    k.AGENTS_LEAST: "agents", k.MAX_WAIT: "s",
}  # fmt: skip
"""Unit of each quantity that a ``load``, ``accounts``, ``setting`` or ``grant`` speaks of."""
_ESSENTIALS: Final = ("s", "s", "tasks", "share", "share", "share")
_FAULTS: Final = {
    k.SLOW: "of its speed",
    k.BIAS: "times what there is",
    k.LIE: "probability",
    k.DELAY: "s more",
}
_CAME: Final = ("came from outside", "was handed on", "was moved")
_CHOICE: Final = re.compile(r"(\d+) ([a-z]+)")


@cache
def _known() -> dict[str, k.Kind]:
    return {one.name: one for one in (*k.MESSAGES, *k.NOTES)}


def amount_in_words(kind: str, ref: int, value: float) -> str:
    """The value of a message, or of a fact, with its name and its unit; empty where it says nothing.

    Args:
        kind: The kind's name.
        ref: Its whole number, which often says what it is about.
        value: Its real number.

    >>> amount_in_words("account", k.OFFERED, 2.37), amount_in_words("route", 0, 0.0)
    ('offered 2.37 erlangs', '')
    >>> amount_in_words("suspect", 5, 1.0), amount_in_words("pain", k.MEAN_WAIT, 2.5)
    ('unheard', 'mean wait 2.5 times its limit')
    """
    known = _known().get(kind)
    if known is None or known.value == "-":
        return "" if known is not None or value == 0.0 else number(value)
    if known.ref == "which" or known.ref.startswith("which,"):
        which = ref % k.FINDING_STEP
        if 0 <= which < len(k.WHICH_NAMES):
            return f"{k.WHICH_NAMES[which].replace('_', ' ')} {_with(value, _UNITS[which])}"
    if known.ref == "essential variable" and 0 <= ref < len(k.ESSENTIAL_NAMES):
        return _essential(known, ref, value)
    if known.number in (k.DISTURB, k.DISTURBED):
        return _fault(ref, value)
    if known.number in (k.TUNE, k.TUNED) and 0 <= ref % k.DIAL_STEP < len(DIALS):
        dial = DIALS[ref % k.DIAL_STEP]
        return f"{dial.name.replace('_', ' ')} {_with(value, dial.unit)}"
    return _plain(known, ref, value)


def _with(value: float, unit: str) -> str:
    """An amount with its unit, one of which is one.

    >>> _with(1.0, "tasks present before"), _with(2.0, "children")
    ('1 task present before', '2 children')
    """
    first, space, rest = unit.partition(" ")
    if value == 1.0:
        first = {"children": "child"}.get(first, first.removesuffix("s") if len(first) > 2 else first)
    return f"{number(value)} {first}{space}{rest}"


def _essential(known: k.Kind, ref: int, value: float) -> str:
    name = k.ESSENTIAL_NAMES[ref].removesuffix("_s").replace("_", " ")
    if known.number == k.VITAL:
        return f"{name} {_with(value, _ESSENTIALS[ref])}"
    if known.number in (k.PAIN, k.PLEASURE):
        return f"{name} {number(value)} times its limit" if value else f"{name}: over"
    if known.number == k.FELT:
        return f"{name} {number(abs(value))} times its limit" + (", pleasure" if value < 0.0 else "")
    return f"{name}, {number(value)} s"


def _fault(ref: int, value: float) -> str:
    fault = ref % k.FAULT_STEP
    if not 0 <= fault < len(k.FAULT_NAMES):
        return number(value)
    channel = ref // k.FAULT_STEP
    name = k.FAULT_NAMES[fault]
    if fault in (k.CUT, k.DELAY) and channel < len(k.CHANNEL_NAMES):
        name += f" of {k.CHANNEL_NAMES[channel]}"
    if fault in _FAULTS:
        return f"{name}, {number(value)} {_FAULTS[fault]}"
    return f"{name}, {'begins' if value else 'ends'}"


def _plain(known: k.Kind, ref: int, value: float) -> str:
    """Where the codebook itself says what it is: a choice of words, or a unit, perhaps after a name."""
    if known.number == k.DAMP:
        return _with(value, "tasks") if ref >= 0 else f"gain at most {number(value)}"
    if known.number == k.LOST:
        reasons = k.LOSS_REASONS
        return reasons[int(value)] if 0 <= value < len(reasons) else number(value)
    if known.number == k.SHED:
        return _CAME[int(value)] if 0 <= value < len(_CAME) else number(value)
    choices = dict(_CHOICE.findall(known.value))
    if known.value.startswith(("why: ", "1 ")) and f"{value:g}" in choices:
        return str(choices[f"{value:g}"])
    what = known.value.partition(";")[0]
    name, comma, unit = what.partition(", ")
    if comma and unit in ("seconds", "usd"):
        return f"{name} {_with(value, 's' if unit == 'seconds' else unit)}"
    if what == "seconds" or what.startswith("seconds "):
        return _with(value, what.replace("seconds", "s", 1))
    if what in ("amount", "count", "limit", "depth", "accountability", "how it came", "share"):
        return f"{what} {number(value)}"
    return _with(value, what.partition(",")[0])
