"""How a scenario settles, on a terminal and as plain values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from vsmlab.lab.report.numerals import number

if TYPE_CHECKING:
    from vsmlab.lab.experiments.settling import Settling


def show_warmup(done: Settling, figure: Path) -> None:
    """Print what each warm-up leaves out and what is left then, and where the figure is."""
    console = Console(highlight=False)
    told = f"{done.measure}, mean of {done.runs} runs of {done.horizon:g} s"
    console.print(Text(told, style="bold"))
    table = Table(box=None, pad_edge=False, show_edge=False)
    table.add_column("warm-up")
    for name in (
        "seconds",
        f"of {len(done.mean):,} {done.observations}",
        "average there",
        "mean of the rest",
    ):
        table.add_column(name, justify="right", no_wrap=True)
    for cut in done.cuts():
        shown = (f"{cut.seconds:.6g}", f"{cut.observations:,}", number(cut.average), number(cut.rest))
        table.add_row(cut.rule, *shown)
    console.print(table)
    if done.seconds is None:
        console.print(Text(f"MSER-5 finds no warm-up: {done.found.reason}", style="red"), soft_wrap=True)
    if done.failed:
        console.print(Text(f"{len(done.failed)} failed: {done.failed[0]}", style="red"), soft_wrap=True)
    console.print(Text(f"figure  {figure}"), soft_wrap=True)


def warmup_summary(done: Settling, figure: Path) -> dict[str, Any]:
    """What ``--json`` prints."""
    return {
        "figure": str(figure),
        "name": done.name,
        "measure": done.measure,
        "horizon_s": done.horizon,
        "runs": done.runs,
        "failed": list(done.failed),
        "observations": {"are": done.observations, "count": len(done.mean)},
        "window": done.window,
        "warmup_s": done.seconds,
        "cuts": [
            {
                "rule": cut.rule,
                "seconds": cut.seconds,
                "observations": cut.observations,
                "average_there": cut.average,
                "mean_of_the_rest": cut.rest,
            }
            for cut in done.cuts()
        ],
    } | ({"not_estimable": done.found.reason} if done.found.reason else {})
