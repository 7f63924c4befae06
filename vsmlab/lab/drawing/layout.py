"""Where nodes stand that nobody placed: the environment left, operations in the middle, the metasystem above."""

from __future__ import annotations

from collections.abc import Sequence

from vsmlab.lab.drawing.drawing import Places
from vsmlab.lab.drawing.things import Thing

WIDTH, HEIGHT = 190, 84
"""The size that a node is reckoned with, in points."""
COLUMN, ROW = 280, 130
"""From one column or row to the next, in points."""

_FIXED = {
    "policy": (2, 0),
    "system5": (1, 0),
    "system4": (1, 1),
    "system3": (1, 2),
    "audit": (0, 2),
    "system2": (2, 2),
    "desk": (1, 3),
}
"""Column and row of what there is once in a system."""
_OPERATIONS_FROM = 4
PER_COLUMN = 12
"""Nodes of one kind that stand below each other before a second column begins."""


def standing(seen: Sequence[Thing]) -> Places:
    """The place of every node of one level by System; no two overlap."""
    places: Places = {}
    numbers = {"stream": 0, "operation": 0, "disturbance": 0}
    operations = sum(one.kind in ("operation", "system") for one in seen)
    wide = max(1, -(-operations // PER_COLUMN))
    for one in seen:
        if one.kind in _FIXED:
            column, row = _FIXED[one.kind]
        else:
            kind = "operation" if one.kind == "system" else one.kind
            number = numbers[kind]
            numbers[kind] += 1
            aside, row = divmod(number, PER_COLUMN)
            row += _OPERATIONS_FROM
            column = {"stream": -1 - aside, "operation": 1 + aside, "disturbance": 2 + wide + aside}[kind]
        places[one.id] = (column * COLUMN, row * ROW)
    return places
