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
