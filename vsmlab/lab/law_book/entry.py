"""What the law book says of one law: its equation, where it comes from, and what sets it."""

from __future__ import annotations

from typing import Final, NamedTuple

UNCHECKED: Final = "source not checked"


class Entry(NamedTuple):
    """One law. What it says in words is the first line of its docstring; its tests are in ``held_by``.

    Args:
        law: Its name among ``LAWS``.
        equation: Plain text, one statement a line.
        source: Author and year, or why the choice is our own.
        parameters: ``Model.field`` of the scenario; defaults and ranges come from there.
    """

    law: str
    equation: str
    source: str
    parameters: tuple[str, ...] = ()


class Chapter(NamedTuple):
    """Laws that belong together."""

    title: str
    about: str
    entries: tuple[Entry, ...]
