"""A table of a report: caption, columns with units, rows of numbers and names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vsmlab.lab.report.markup import Markup, element, join
from vsmlab.lab.report.numerals import number

Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns.

    Attributes:
        caption: What the table shows, in one line.
        columns: Titles of the columns, units in brackets.
        rows: As many cells in each row as there are columns; the first names the row. None is shown as a
            dash: not estimable.
        collapsed: Shown only when it is asked for.
        note: A line below the table; may be empty.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    collapsed: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(
                    f"{self.caption}: a row of {len(row)} cells under {len(self.columns)} columns"
                )


def draw_table(table: Table) -> Markup:
    """The table in HTML; it scrolls by itself where the page is narrow."""
    numeric = [_numeric([row[k] for row in table.rows]) for k in range(len(table.columns))]
    head = element(
        "thead",
        element(
            "tr",
            *(
                element("th", column, scope="col", class_="number" if right else None)
                for column, right in zip(table.columns, numeric, strict=True)
            ),
        ),
    )
    body = element("tbody", *(element("tr", *_cells(row, numeric)) for row in table.rows))
    drawn = element(
        "div",
        element("table", element("caption", table.caption), head, body),
        class_="scroll",
        role="region",
        aria_label=table.caption,
        tabindex="0",
    )
    if table.note:
        drawn = join([drawn, element("p", table.note, class_="note")])
    if table.collapsed:
        return element("details", element("summary", "Table: ", table.caption), drawn)
    return drawn


def _numeric(cells: Sequence[Cell]) -> bool:
    return any(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells)


def _cells(row: tuple[Cell, ...], numeric: list[bool]) -> list[Markup]:
    cells = []
    for k, cell in enumerate(row):
        right = "number" if numeric[k] else None
        if k == 0:
            cells.append(element("th", _shown(cell), scope="row", class_=right))
        else:
            cells.append(element("td", _shown(cell), class_=right))
    return cells


def _shown(cell: Cell) -> object:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if cell is None or isinstance(cell, int | float):
        return number(cell)
    return cell
