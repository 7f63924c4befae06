"""The main figures of a run, on a terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from vsmlab.lab.record import Run

COLUMNS = (
    ("arrivals", "arrived", "{:,.0f}"),
    ("moved_in", "moved in", "{:,.0f}"),
    ("served", "served", "{:,.0f}"),
    ("moved_out", "out", "{:,.0f}"),
    ("shed", "shed", "{:,.0f}"),
    ("failed", "failed", "{:,.0f}"),
    ("abandoned", "left", "{:,.0f}"),
    ("mean_wait_s", "wait s", "{:.3f}"),
    ("p95_wait_s", "p95 s", "{:.2f}"),
    ("utilisation", "busy", "{:.1%}"),
    ("performance", "A/P", "{:.3f}"),
)
ONLY_IF_ANY = ("moved_in", "moved_out", "shed", "failed", "abandoned")
MOST_ROWS = 24
FOOTNOTE = (
    "wait: mean, of a task's whole stay in the unit, moves between its operations included; "
    "A/P: performance, actuality over potentiality"
)


def said(value: Any, form: str) -> str:  # noqa: ANN401 - a measure
    """A measure as text; a dash where it is not estimable."""
    return "-" if value is None else form.format(value)


def show_run(run: Run) -> None:
    """Print the units, what System 3 gained, what was expected, and where everything is."""
    console = Console(highlight=False)
    manifest = run.manifest
    console.print(Text(manifest["title"], style="bold"))
    table = Table(box=None, pad_edge=False, show_edge=False)
    table.add_column("unit", no_wrap=True)
    shown = [place for place in manifest["places"] if place[2] <= 2][:MOST_ROWS]
    units = [run.measures["units"][place[0]] for place in shown]
    columns = [c for c in COLUMNS if c[0] not in ONLY_IF_ANY or any(unit[c[0]] for unit in units)]
    for _, title, _ in columns:
        table.add_column(title, justify="right", no_wrap=True)
    for path, _, depth, *_rest in shown:
        unit = run.measures["units"][path]
        name = "  " * depth + path.rpartition(".")[2]
        table.add_row(Text(name), *(said(unit[key], form) for key, _, form in columns))
    console.print(table)
    console.print(Text(FOOTNOTE, style="dim"))
    hidden = len(manifest["places"]) - len(shown)
    if hidden > 0:
        console.print(f"and {hidden} units more, in the report")
    _gain(console, run)
    _expected(console, run)
    for failure in manifest["failures"][:5]:
        console.print(Text(f"failed: {failure}", style="red"))
    rate = manifest["counts"]["rows"] / max(manifest["cpu_seconds"], 1e-9)
    console.print(
        f"{manifest['counts']['rows']:,} journal rows in {manifest['wall_seconds']:.1f} s "
        f"({rate:,.0f} a CPU-second), digest {run.digest[:16]}"
    )
    console.print(Text(f"run     {run.folder}"), soft_wrap=True)
    report = run.folder / "report.html"
    if report.exists():
        console.print(Text(f"report  {report}"), soft_wrap=True)


def _gain(console: Console, run: Run) -> None:
    root = run.manifest["places"][0][0]
    system = run.measures["systems"].get(root, {})
    gain = system.get("gain_over_best_fixed_split")
    if gain is None:
        return
    split = ", ".join(
        f"{name.rpartition('.')[2]} {agents}" for name, agents in system["best_fixed_split"].items()
    )
    console.print(
        f"mean wait {run.measures['units'][root]['mean_wait_s']:.3f} s; best fixed split ({split}) "
        f"{system['best_fixed_split_wait_s']:.3f} s: gain {gain:.1f}; one pool {system['one_pool_wait_s']:.3f} s"
    )


def _expected(console: Console, run: Run) -> None:
    for verdict in run.verdicts:
        mark, style = ("pass", "green") if verdict.passed else ("FAIL", "bold red")
        value = verdict.reason if verdict.value is None else f"{verdict.value:.6g}"
        text = Text(f"{mark}  ", style=style)
        text.append(f"{verdict.measure} = {value}, expected {verdict.wanted}", style="default")
        if verdict.why:
            text.append(f" ({verdict.why})", style="dim")
        console.print(text, soft_wrap=True)
