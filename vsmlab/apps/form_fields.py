"""Fields of the forms of our pages: a control with its name, and a number that somebody typed."""

from __future__ import annotations

from vsmlab.errors import InputError
from vsmlab.lab.report.markup import Markup, element


def labelled(name: str, control: Markup) -> Markup:
    """A control with its name above it."""
    return element("label", element("span", name), control, class_="field")


def number_given(what: str, given: str, *, whole: bool) -> float | int:
    """The number that was typed.

    Args:
        what: What the message calls the field.
        given: What was typed.
        whole: Whether it must be a whole number.

    Raises:
        InputError: If it is no number.
    """
    try:
        return int(given) if whole else float(given)
    except ValueError as exc:
        right = "a whole number" if whole else "a number"
        raise InputError("", what, "not a number", given=given[:40], right=right) from exc
