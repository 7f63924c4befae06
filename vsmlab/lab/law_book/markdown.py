"""Tables and marks of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

GENERATED = "<!-- Generated from the code by tools/make_docs.py (make docs). Do not edit. -->"


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; what is in a cell may hold a bar.

    >>> print(table(["a", "b"], [[1, "x|y"]]))
    | a | b |
    |---|---|
    | 1 | x\\\\|y |
    """
    lines = [_line(heads), "|" + "---|" * len(heads), *(_line(row) for row in rows)]
    return "\n".join(lines)


def _line(cells: Sequence[object]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
