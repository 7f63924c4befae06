"""What a sweep or a knock-out study found, on a terminal and as plain values."""

from __future__ import annotations

from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from vsmlab.lab.experiments.figure import PAGE, ranked
from vsmlab.lab.experiments.knocked import Knockouts, Row
from vsmlab.lab.experiments.plan import read_target
from vsmlab.lab.experiments.results import Difference, Sweep
from vsmlab.lab.experiments.store import TABLE
from vsmlab.mechanisms.intervals import Estimate
from vsmlab.mechanisms.stopping import relative_half_width

MOST_ROWS: Final = 24
MOST_FAILED: Final = 5


def show_sweep(sweep: Sweep, target: str | None) -> None:
    """Print each point with its means, what differs from the first, and where everything is."""
    console = Console(highlight=False)
    console.print(Text(sweep.asked["title"], style="bold"))
    for measure in _shown(sweep, target):
        if sweep.asked["design"] == "saltelli" and not len(sweep.failed):
            _show_shares(console, sweep, measure)
        else:
            _show_measure(console, sweep, measure)
    if target is not None:
        _show_target(console, sweep, target)
    _show_end(console, sweep)


def _shown(sweep: Sweep, target: str | None) -> list[str]:
    aimed = [] if target is None else [read_target(target, None).measure]
    named = sweep.asked["measures"] is not None
    return aimed if aimed and not named else list(dict.fromkeys([*aimed, *sweep.shown]))


def _show_measure(console: Console, sweep: Sweep, measure: str) -> None:
    """One measure: a row for each point."""
    many = len(sweep.design.points)
    compared = {one.point: one for one in sweep.differences(_compared(sweep, measure))} if many > 1 else {}
    table = Table(box=None, pad_edge=False, show_edge=False)
    table.add_column("point", overflow="fold")
    for name in ("runs", "mean", "95 % interval"):
        table.add_column(name, justify="right", no_wrap=True)
    if compared:
        for name in ("more than first", "95 % interval", "Holm's p", "variance ratio"):
            table.add_column(name, justify="right", no_wrap=True)
    for point in range(min(many, MOST_ROWS)):
        mean = sweep.mean(point, measure)
        cells = [str(mean.n), _number(mean.value), _interval(mean)]
        if compared:
            cells += _difference(compared[point]) if point in compared else ["", "", "", ""]
        table.add_row(Text(sweep.design.name(point)), *cells)
    console.print()
    console.print(Text(measure, style="bold"))
    console.print(table)
    if many > MOST_ROWS:
        console.print(f"and {many - MOST_ROWS} points more, in the table")


def _show_shares(console: Console, sweep: Sweep, measure: str) -> None:
    """One measure of a design for Sobol's indices: a row for each setting."""
    table = Table(box=None, pad_edge=False, show_edge=False)
    table.add_column("setting", overflow="fold")
    for name in ("first order", "95 % interval", "total", "95 % interval"):
        table.add_column(name, justify="right", no_wrap=True)
    for setting, share in zip(sweep.design.settings, sweep.sensitivity(measure), strict=True):
        first, total = share.first, share.total
        table.add_row(
            Text(setting), _number(first.value), _interval(first), _number(total.value), _interval(total)
        )
    console.print()
    console.print(Text(f"{measure}: share of its variance that each setting makes", style="bold"))
    console.print(table)


def _compared(sweep: Sweep, measure: str) -> list[str]:
    """Points of a design that fills a space are not compared one by one with the first."""
    return [measure] if sweep.asked["design"] in ("grid", "list") else []


def _difference(one: Difference) -> list[str]:
    estimate, gain = one.estimate, one.gain
    ratio = "not estimable" if gain.ratio is None else f"{gain.ratio:.3g}"
    return [_number(estimate.value, "+"), _interval(estimate), _p(one.holm), ratio]


def _show_target(console: Console, sweep: Sweep, target: str) -> None:
    wanted = read_target(target, None)
    for point in range(len(sweep.design.points)):
        width = relative_half_width(sweep.mean(point, wanted.measure))
        if width is None or width > wanted.relative:
            told = "not estimable" if width is None else f"{width:.1%}"
            runs = int((sweep.table["point"] == point).sum())
            text = f"not reached at {sweep.design.name(point)}: {told} after {runs} runs, wished {wanted.relative:.3g}"
            console.print(Text(text, style="yellow"))


def show_knockouts(study: Knockouts) -> None:
    """Print for each measure what each knock-out did, the largest effect first."""
    console = Console(highlight=False)
    console.print(Text(study.asked["title"], style="bold"))
    rows = study.effects()
    for measure in study.shown:
        mine = [row for row in rows if row.effect.measure == measure]
        there = study.mean(0, measure)
        console.print()
        told = Text(measure, style="bold")
        told.append(
            f"  with everything there {_number(there.value)} {_interval(there)}, {there.n} runs", "default"
        )
        table = Table(box=None, pad_edge=False, show_edge=False)
        table.add_column("without", overflow="fold")
        columns = ["mean", "ratio", "more", "95 % interval", "Holm's p"]
        pairs = any(row.alone is not None for row in mine)
        for name in [*columns, *(("than both alone",) if pairs else ())]:
            table.add_column(name, justify="right", no_wrap=True)
        none = [row for row in mine if _nothing(row)]
        shown = [row for row in ranked(mine) if not _nothing(row)]
        for row in shown[: 3 * MOST_ROWS]:
            table.add_row(*_effect(row, pairs=pairs))
        console.print(told, soft_wrap=True)
        console.print(table)
        if none:
            names = ", ".join(row.effect.knockout for row in none[:MOST_ROWS])
            more = f" and {len(none) - MOST_ROWS} more" if len(none) > MOST_ROWS else ""
            console.print(Text(f"no difference in any run without: {names}{more}", style="dim"))
    console.print(Text("Holm's p: over all knock-outs and measures together", style="dim"))
    _show_end(console, study)
    console.print(Text(f"figure  {study.folder / PAGE}"), soft_wrap=True)


def _nothing(row: Row) -> bool:
    return bool(row.effect.having) and row.effect.having == row.effect.missing


def _effect(row: Row, *, pairs: bool) -> list[Text | str]:
    effect, more = row.effect, row.effect.difference
    mean = sum(effect.missing) / len(effect.missing) if effect.missing else None
    ratio = effect.ratio.value
    cells: list[Text | str] = [
        Text(effect.knockout), _number(mean), "-" if ratio is None else f"x {ratio:.3g}",
        _number(more.value, "+"), _interval(more) if effect.having else "no value without it", _p(row.holm),
    ]  # fmt: skip
    if pairs:
        cells.append("" if row.alone is None else f"{_number(row.alone.value, '+')} {_interval(row.alone)}")
    return cells


def _show_end(console: Console, sweep: Sweep) -> None:
    table, failed = sweep.table, sweep.failed
    for _, row in failed.head(MOST_FAILED).iterrows():
        name = sweep.design.name(int(row["point"]))
        console.print(
            Text(f"failed: {name}, seed {row['seed']}: {row['reason']}", style="red"), soft_wrap=True
        )
    if len(failed) > MOST_FAILED:
        console.print(Text(f"and {len(failed) - MOST_FAILED} runs more failed", style="red"))
    spent = float(table["cpu_seconds"].sum())
    console.print()
    console.print(f"{len(table):,} runs, {len(failed)} failed, {spent:.1f} CPU-seconds")
    console.print(Text(f"table   {sweep.folder / TABLE}"), soft_wrap=True)


def _number(value: float | None, sign: str = "") -> str:
    return "-" if value is None else f"{value:{sign}.4g}"


def _interval(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return "not estimable"
    return f"[{estimate.low:.4g}, {estimate.high:.4g}]"


def _p(value: float) -> str:
    return "< 0.0001" if value < 0.0001 else f"{value:.4f}"


# -- plain values ---------------------------------------------------------------------------------------------


def sweep_summary(sweep: Sweep, target: str | None) -> dict[str, Any]:
    """What ``--json`` prints of a sweep."""
    measures = _shown(sweep, target)
    many = range(len(sweep.design.points))
    told = _frame(sweep)
    told["points"] = [
        {
            "point": point,
            "settings": dict(zip(sweep.design.settings, sweep.design.points[point], strict=True)),
            "means": {measure: _estimate(sweep.mean(point, measure)) for measure in measures},
        }
        for point in many
    ]
    if target is not None:
        wanted = read_target(target, None)
        for point in told["points"]:
            width = relative_half_width(sweep.mean(point["point"], wanted.measure))
            point["target"] = {
                "relative_half_width": width,
                "reached": width is not None and width <= wanted.relative,
            }
    if sweep.asked["design"] == "saltelli" and not len(sweep.failed):
        told["sensitivity"] = {
            measure: {
                setting: {"first": _estimate(share.first), "total": _estimate(share.total)}
                for setting, share in zip(sweep.design.settings, sweep.sensitivity(measure), strict=True)
            }
            for measure in measures
        }
    told["differences"] = [
        {
            "point": one.point, "against": one.against, "measure": one.measure, **_estimate(one.estimate),
            "p": one.p, "holm": one.holm,
            "variance_ratio": one.gain.ratio, "variance_ratio_not_estimable": one.gain.reason,
        }
        for one in (sweep.differences(measures) if sweep.asked["design"] in ("grid", "list") else [])
    ]  # fmt: skip
    return told


def knockout_summary(study: Knockouts) -> dict[str, Any]:
    """What ``--json`` prints of a knock-out study."""
    told = _frame(study)
    told["figure"] = str(study.folder / PAGE)
    told["whole"] = {measure: _estimate(study.mean(0, measure)) for measure in study.shown}
    told["effects"] = [
        {
            "without": row.effect.knockout, "measure": row.effect.measure,
            "difference": _estimate(row.effect.difference), "ratio": _estimate(row.effect.ratio),
            "holm": row.holm, "no_difference_in_any_run": _nothing(row),
            "more_than_both_alone": None if row.alone is None else _estimate(row.alone),
        }
        for row in study.effects()
    ]  # fmt: skip
    return told


def _frame(sweep: Sweep) -> dict[str, Any]:
    table = sweep.table
    return {
        "folder": str(sweep.folder),
        "table": str(sweep.folder / TABLE),
        "name": sweep.asked["name"],
        "kind": sweep.asked["kind"],
        "design": sweep.asked["design"],
        "runs": len(table),
        "failed": [
            {"point": int(row["point"]), "seed": int(row["seed"]), "reason": str(row["reason"])}
            for _, row in sweep.failed.iterrows()
        ],
        "cpu_seconds": float(table["cpu_seconds"].sum()),
    }


def _estimate(estimate: Estimate) -> dict[str, Any]:
    told: dict[str, Any] = {
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "n": estimate.n,
    }
    return told | ({"not_estimable": estimate.reason} if estimate.reason else {})
