"""What the parts of the page of experiments share: a button, and a time as exactly as a guess can be."""

from __future__ import annotations

import math

from vsmlab.lab.report.markup import Markup, element
from vsmlab.lab.report.numerals import duration


def press(name: str, what: str, label: str, *, class_: str | None = None, **data: str) -> Markup:
    """A button that tells the page what was pressed."""
    return element("button", name, type="button", data_do=what, aria_label=label, class_=class_, **data)


def roughly(seconds: float) -> str:
    """A time that is a guess, in words: two digits, whole seconds.

    >>> roughly(0.2), roughly(43.7), roughly(1234.0)
    ('1 s', '44 s', '20 min')
    """
    if seconds < 1.0:
        return duration(1.0)
    digits = max(0, math.floor(math.log10(seconds)) - 1)
    return duration(float(round(seconds, -digits)))
