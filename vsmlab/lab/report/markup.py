"""Markup that cannot be injected into: text is escaped unless an element made it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from urllib.parse import quote

Attribute = str | int | float | bool | None

# Elements of HTML that have no end tag.
_VOID = frozenset({"br", "hr", "link", "meta"})
# What XML 1.0 cannot hold, not even escaped.
_UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NARROW = frozenset("iljtfrI.,:;'|!()[]/ -")
_WIDE = frozenset("mwMW@%—")


class Markup(str):
    """A piece of HTML or SVG that is safe to put into a page."""

    __slots__ = ()


def text(value: object) -> Markup:
    """Anything as text: markup stays, everything else is escaped.

    >>> text("<script>")
    '&lt;script&gt;'
    """
    if isinstance(value, Markup):
        return value
    return Markup(escape(_UNPRINTABLE.sub("\ufffd", str(value)), quote=True))


def join(parts: Iterable[object], between: object = Markup("")) -> Markup:
    """Pieces of text or markup after each other."""
    return Markup(str.join(text(between), (text(part) for part in parts)))


def element(name: str, *children: object, **attributes: Attribute) -> Markup:
    """An element with its children; children that are not markup are escaped.

    Args:
        name: The element's name.
        children: Text or markup; None is left out.
        attributes: ``stroke_width`` becomes ``stroke-width``, ``class_`` becomes ``class``; None and False
            are left out, floats keep two decimals (pixels).

    >>> element("text", "a < b", x=1.5, class_="name")
    '<text x="1.5" class="name">a &lt; b</text>'
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_attribute(value)}"'
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in _VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{join(child for child in children if child is not None)}</{name}>")


def _attribute(value: str | int | float | bool) -> Markup:
    if value is True:
        return Markup("true")
    if isinstance(value, float):
        return Markup(pixels(value))
    return text(value)


def pixels(value: float) -> str:
    """A length with at most two decimals.

    >>> pixels(2.0), pixels(-0.001), pixels(1.005)
    ('2', '0', '1')
    """
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def anchor(kind: str, path: str) -> str:
    """The identifier of a part of the page, without white space.

    >>> anchor("system", "fleet.code")
    'system-fleet.code'
    """
    return f"{kind}-" + "_".join(path.split())


def link(kind: str, path: str) -> str:
    """The reference to that part from the same page.

    >>> link("system", "a<b")
    '#system-a%3Cb'
    """
    return "#" + quote(anchor(kind, path))


def text_width(line: str, size: float) -> float:
    """About how many pixels a line takes in a sans-serif face of that size (rather too many than too few)."""
    ems = 0.0
    for letter in line:
        if letter in _NARROW:
            ems += 0.38
        elif letter in _WIDE:
            ems += 0.95
        elif letter.isupper():
            ems += 0.7
        elif letter < "\u0250":
            ems += 0.6
        else:
            ems += 1.0
    return ems * size


def fit(line: str, width: float, size: float) -> str:
    """The line, or as much of it as fits into that many pixels and an ellipsis.

    >>> fit("chat", 100, 12), fit("a-very-long-name", 60, 12)
    ('chat', 'a-very-l…')
    """
    if text_width(line, size) <= width:
        return line
    kept = line
    while kept and text_width(kept, size) + text_width("…", size) > width:
        kept = kept[:-1]
    return kept + "…"
