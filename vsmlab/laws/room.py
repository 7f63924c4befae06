"""Room for a new row. Compiled, tables have room ahead; interpreted, they grow as they are reached."""

from __future__ import annotations

from typing import Any

from . import law


def _reach_interpreted(table: Any, row: int) -> None:  # noqa: ANN401 - any table
    while len(table) <= row:
        table.append(table.fresh())


@law(interpreted=_reach_interpreted)
def reach(table: Any, row: int) -> None:  # noqa: ANN401 - any table
    """Make sure that the table has this row. The compiled engine keeps room ahead, so there it is nothing."""


def _copy_interpreted(table: Any, to: int, source: int) -> None:  # noqa: ANN401 - any table
    new, old = table[to], table[source]
    for name in table.fresh.__slots__:
        setattr(new, name, getattr(old, name))


@law(interpreted=_copy_interpreted)
def copy_row(table: Any, to: int, source: int) -> None:  # noqa: ANN401 - any table
    """Make the row ``to`` a copy of the row ``source``, every field of it."""
    table[to] = table[source]
