"""The verb on speed: bench."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from vsmlab.cli.refusing import check_writable
from vsmlab.errors import InputError

if TYPE_CHECKING:
    from vsmlab.lab.report.table import Table

WHAT = ("engines",)


def bench(
    what: Annotated[str, typer.Argument(help="What to measure: engines.")],
    quick: Annotated[bool, typer.Option("--quick", help="Less of everything: some minutes.")] = False,
    growth: Annotated[
        bool,
        typer.Option(
            "--growth", help="Only how an event's cost grows, from 85 systems to a million; no page."
        ),
    ] = False,
    repetitions: Annotated[
        int | None, typer.Option(help="How often each peer does each work; the ratio is of pairs.")
    ] = None,
    as_json: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write the figures.")] = None,
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("reports/engines.html"),
) -> int:
    """Measure our engines against SimPy, Mesa, Ciw, asimpy and cimba on this machine."""
    from vsmlab.lab.bench import (
        FULL,
        GROWTH,
        QUICK,
        QUICK_GROWTH,
        growth_table,
        measure_engines,
        measure_growth,
        write_page,
    )
    from vsmlab.lab.bench.measuring import machine
    from vsmlab.lab.bench.page import MEANING, tables

    if what not in WHAT:
        raise InputError(
            "command line", "WHAT", "nothing of that name is measured", given=what, right=", ".join(WHAT)
        )
    effort = QUICK if quick else FULL
    if repetitions is not None:
        effort = replace(effort, repetitions=repetitions)
    for option, file in (("--json", as_json), ("--out", out)):
        check_writable(option, file)
        if file is not None and file.is_dir():
            raise InputError("command line", option, "a folder", given=str(file), right="a file to write")
    console, shown = Console(stderr=True, highlight=False), Console(highlight=False)

    def tell(sentence: str) -> None:
        console.print(Text(sentence, style="dim"))

    if growth:
        measured = QUICK_GROWTH if quick else GROWTH
        if repetitions is not None:
            measured = replace(measured, repetitions=repetitions)
        rows = measure_growth(measured, tell=tell)
        shown.print(_drawn(growth_table(rows)))
        _write_figures({"machine": machine(), "growth": rows}, as_json, shown)
        return 0
    outcome = measure_engines(effort, tell=tell)
    for table in tables(outcome):
        shown.print(_drawn(table))
        shown.print()
    shown.print(Text(MEANING))
    _write_figures(outcome.as_json(), as_json, shown)
    shown.print(Text(f"page: {write_page(outcome, out)}"))
    return 1 if outcome.other_work else 0


def _write_figures(figures: object, file: Path | None, shown: Console) -> None:
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        shown.print(Text(f"figures: {file}"))


def _drawn(table: Table) -> RichTable:
    drawn = RichTable(
        title=Text(table.caption), title_justify="left", title_style="bold", box=None, pad_edge=False
    )
    for k, column in enumerate(table.columns):
        numeric = any(isinstance(row[k], int | float) for row in table.rows)
        drawn.add_column(Text(column), justify="right" if numeric else "left", no_wrap=k == 0)
    for row in table.rows:
        drawn.add_row(*(Text(_shown(cell)) for cell in row))
    return drawn


def _shown(cell: object) -> str:
    if isinstance(cell, int):
        return f"{cell:,}"
    if isinstance(cell, float):
        return f"{cell:,.3g}" if abs(cell) < 1000.0 else f"{cell:,.0f}"
    return "-" if cell is None else str(cell)
