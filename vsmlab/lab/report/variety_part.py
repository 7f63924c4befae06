"""The part of a report on variety: Beer's principles, axioms and law of cohesion, the worst in words on top."""

from __future__ import annotations

from typing import Any, Final

from vsmlab.lab.report.context import Context
from vsmlab.lab.report.numerals import counted, number
from vsmlab.lab.report.page import Block, Section
from vsmlab.lab.report.table import Cell, Table

_PARTS: Final = (
    ("principle_1", "first principle: variety that comes is absorbed", "share not absorbed"),
    ("principle_2", "second principle: channels can carry what is sent", "sent over what it can carry"),
    (
        "principle_3",
        "third principle: what is measured can tell things apart",
        "entropy over bits told apart",
    ),
    ("principle_4", "fourth principle: no loop stops", "longest silence in periods"),
    ("axiom_1", "first axiom: operations and what comes from above", "(a - b) / max(a, b)"),
    ("axiom_2", "second axiom: System 3 and System 4", "(a - b) / max(a, b)"),
    ("axiom_3", "third axiom: System 5 and the rest of 3 and 4", "(a - b) / max(a, b)"),
)
_MOST_SYSTEMS: Final = 8


def variety(context: Context) -> Section | None:
    """What each viable system's channels did to variety, the worst first."""
    measured: dict[str, dict[str, Any]] = context.run.measures.get("variety") or {}
    if not measured:
        return None
    worst = worst_of(measured)
    blocks: list[Block] = [
        _table(context, path, measured[path], collapsed=path != context.root)
        for path in list(measured)[:_MOST_SYSTEMS]
    ]
    more = len(measured) - _MOST_SYSTEMS
    if more > 0:
        blocks.append(f"{counted(more, 'more system is', 'more systems are')} in measures.json.")
    cohesion = _cohesion(context)
    if cohesion is not None:
        blocks.append(cohesion)
    lead = (
        f"{worst} Beer's principles say that no channel, loop or transducer may let variety pass that is not answered; "
        "his axioms that what the parts dispose of and what the whole disposes of balance."
    )
    return Section("variety", "Balance of variety", lead, tuple(blocks))


def worst_of(measured: dict[str, dict[str, Any]]) -> str:
    """The worst violation in words: a principle's before an axiom's, with whose it is."""
    broken = [
        path
        for path, one in measured.items()
        if one.get("worst")
        and any(one[name].get("holds") is False for name in one if name.startswith("principle"))
    ]
    told = broken or [path for path, one in measured.items() if one.get("worst")]
    if not told:
        return "No violation was found."
    path = told[0]
    more = ""
    if len(broken) > 1:
        more = (
            f" {counted(len(broken) - 1, 'other system violates', 'other systems violate')} a principle, too."
        )
    return f"In {path}: {str(measured[path]['worst']).rstrip()}{more}"


def _holds(value: bool | None) -> str:
    return "cannot be said" if value is None else "yes" if value else "no"


def _interval(value: list[float] | None) -> str:
    return "–" if not value else f"{number(value[0])} to {number(value[1])}"


def _table(context: Context, path: str, one: dict[str, Any], *, collapsed: bool) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for name, title, measure in _PARTS:
        part = one.get(name)
        if not part:
            continue
        says = str(part.get("says") or "")
        if not says:
            says = context.why(f"variety.{path}.{name}.value")
        interval = _interval(part.get("interval"))
        rows.append((title, _holds(part.get("holds")), part.get("value"), measure, interval, says))
    columns = ("rule", "holds", "value", "of what", "95 % interval", "in words")
    return Table(f"Balance of variety in {path}", columns, tuple(rows), collapsed=collapsed)


def _cohesion(context: Context) -> Table | None:
    """Beer's law of cohesion between each viable system and the viable systems in it."""
    measured: dict[str, dict[str, Any]] = context.run.measures.get("cohesion") or {}
    rows: list[tuple[Cell, ...]] = []
    for path, one in measured.items():
        for child, pair in (one.get("pairs") or {}).items():
            rows.append(
                (
                    f"{path} and {child}",
                    _holds(pair.get("holds")),
                    pair.get("gap"),
                    _interval(pair.get("interval")),
                    pair.get("access_bits"),
                    pair.get("disposed_bits"),
                )
            )
    if not rows:
        return None
    columns = ("pair", "balances", "gap", "95 % interval", "accounted for (bits)", "disposed of (bits)")
    note = "What a child accounts for to the System 3 above, and what its own Systems 3, 4 and 5 dispose of, a period."
    return Table("Law of cohesion between levels", columns, tuple(rows), note=note, collapsed=len(rows) > 12)
