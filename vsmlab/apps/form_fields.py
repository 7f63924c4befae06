"""Fields of the forms of our pages: a control with its name, what is wrong with it, and numbers that somebody typed."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final

from vsmlab.errors import InputError
from vsmlab.lab.report.markup import Markup, element

_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}([,_ \u00a0\u202f]\d{3})+(\.\d*)?", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)


class WrongFieldsError(InputError):
    """Fields of a form that are wrong: a sentence for each, by its name."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = dict(fields)
        super().__init__("", "", "; ".join(self.fields.values()))


def labelled(name: str, control: Markup) -> Markup:
    """A control with its name above it."""
    return element("label", element("span", name), control, class_="field")


def finder(label: str, search: Markup) -> Markup:
    """A field to look for something, with how many were found beside it (the part ``count``)."""
    return element(
        "div",
        element("label", label, for_="wanted", class_="soft"),
        search,
        element("span", data_part="count", class_="soft small", role="status"),
        class_="tools",
    )


def field(label: str, name: str, key: str, *, wrong: str = "", hint: str = "", **more: Any) -> Markup:  # noqa: ANN401
    """An input with its name above it and, below, what is wrong with it or what it is for.

    Args:
        label: Its name, for people.
        name: Its name in the form.
        key: What tells it from every other field of the page.
        wrong: A sentence; it is shown in place of the hint.
        hint: What it is for.
        more: Attributes of the input.
    """
    return boxed(
        label,
        key,
        element("input", name_=name, autocomplete="off", **described(key, wrong), **more),
        wrong=wrong,
        hint=hint,
    )


def described(key: str, wrong: str) -> dict[str, str | None]:
    """Attributes that tie a control to the words below it."""
    return {"id": key, "aria_describedby": f"about-{key}", "aria_invalid": "true" if wrong else None}


def boxed(label: str, key: str, control: Markup, *, wrong: str = "", hint: str = "") -> Markup:
    """Any control that is `described`, with its name above it and words below."""
    about = element("span", wrong or hint, id=f"about-{key}", class_="wrong-text" if wrong else "hint")
    return element("div", element("label", label, for_=key), control, about, class_="field")


def number_given(what: str, given: str, *, whole: bool) -> float | int:
    """The number that was typed; thousands may be apart, as in 1,000.

    Args:
        what: What the message calls the field: its label.
        given: What was typed.
        whole: Whether it must be a whole number.

    Raises:
        InputError: If it is no number.

    >>> number_given("Horizon", "1,000", whole=False), number_given("Seed", "7", whole=True)
    (1000.0, 7)
    """
    plain = given.strip()
    if _THOUSANDS.fullmatch(plain):
        plain = re.sub(r"[,_ \u00a0\u202f]", "", plain)
    right = "a whole number, such as 7" if whole else "a number, such as 1,000 or 1.5"
    wrong = InputError("", what, "not a number", given=given[:40], right=right)
    if len(plain) > 60 or not _NUMBER.fullmatch(plain):
        raise wrong
    if whole:
        if not re.fullmatch(r"[+-]?\d+", plain, re.ASCII):
            raise wrong
        return int(plain)
    value = float(plain)
    if not math.isfinite(value):
        raise wrong
    return value


def sentence(exc: InputError, label: str = "") -> str:
    """What is wrong as a sentence that is said beside the field, with its label in place of where it is.

    >>> sentence(InputError("file", "a.b", "out of range", given=-3, right="above 0"), "Horizon")
    'Horizon: out of range, -3; above 0.'
    """
    text = exc.wrong if label else exc.wrong[:1].upper() + exc.wrong[1:]
    if exc.given is not None:
        text += f"{',' if label else ':'} {str(exc.given)[:120]}"
    text = f"{label}: {text}" if label else text
    right = exc.right.partition(": ")[0] if label else exc.right  # what the field is for, its label says
    return f"{text}; {right}." if right else f"{text}."
