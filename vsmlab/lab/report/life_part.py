"""The part of a report on life and death: what broke, who was suspected, whose tasks were handed back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Final

from vsmlab.lab.report.context import Context, times
from vsmlab.lab.report.numerals import counted, duration, seconds
from vsmlab.lab.report.page import Block, Section
from vsmlab.lab.report.table import Cell, Table
from vsmlab.lab.report.timelines import Happening, Line, Sort, Stretch, timeline
from vsmlab.lab.series_lives import Handed, Suspicion, handed_back, suspicions
from vsmlab.lab.series_noted import Trouble

DEAD: Final = Sort("hangs or has crashed", 1, "wide")
ILL: Final = Sort("slow, or reports what is not", 4, "wide")
CUT: Final = Sort("channel cut or slow", 7, "wide")
OUT: Final = Sort("knocked out", 2, "wide")
DEMAND: Final = Sort("demand changed", 6, "wide")
SUSPECTED: Final = Sort("suspected by System 2", 0, "narrow")
_COLUMNS: Final = (
    ("suspected", "suspicions"),
    ("rehomings", "times that tasks were handed back"),
    ("tasks_rehomed", "tasks handed back"),
)


def life_and_death(context: Context) -> Section | None:
    """Everything that broke, as a timeline of every unit that it befell."""
    broken = context.troubles
    suspected, handed = suspicions(context.history), handed_back(context.history)
    if not (suspected or handed or any(not one.what.startswith("demand") for one in broken)):
        return None
    lines: dict[str, tuple[list[Stretch], list[Happening]]] = defaultdict(lambda: ([], []))
    used = set()
    for one in broken:
        sort = _sort(one)
        used.add(sort)
        end = one.end if one.mended else None
        lines[one.path][0].append(Stretch(sort, one.begin, end, one.what))
    for doubt in suspected:
        used.add(SUSPECTED)
        end = doubt.end if doubt.cleared else None
        lines[doubt.path][0].append(Stretch(SUSPECTED, doubt.begin, end, f"suspected: {doubt.why}"))
    for act in handed:
        what = f"{counted(act.tasks, 'task')} handed back, {act.in_service} of them in service"
        lines[act.path][1].append(Happening(act.time, what))
    order = {row[0]: here for here, row in enumerate(context.history.places)}
    paths = sorted(lines, key=lambda path: (order.get(path, len(order)), path))
    rows = [Line(context.short(path), tuple(lines[path][0]), tuple(lines[path][1])) for path in paths]
    legend = [sort for sort in (DEAD, ILL, CUT, OUT, DEMAND, SUSPECTED) if sort in used]
    sign = "tasks handed back" if handed else ""
    chart = timeline("What befell whom", rows, legend, setting=context.setting, happening=sign)
    note = ""
    if suspected and broken:
        note = "Suspected for longer than it was broken: it is well again, and System 2 has not heard so yet."
    blocks: list[Block] = [replace(chart, note=note)]
    figures: list[tuple[Cell, ...]] = []
    for place in context.viable(system="system2"):
        path = context.history.places[place][0]
        did = tuple(context.system(path).get(name) for name, _ in _COLUMNS)
        if any(did):
            figures.append((path, *did))
    if figures and (suspected or handed):
        columns = ("system", *(title for _, title in _COLUMNS))
        blocks.append(Table("What was done about it in the measured time", columns, tuple(figures)))
    return Section("life", "Life and death", _lead(context, broken, suspected, handed), tuple(blocks))


def _sort(one: Trouble) -> Sort:
    if one.what.startswith("demand"):
        return DEMAND
    if one.what == "knocked out":
        return OUT
    if one.what.startswith(("hangs", "crashed")):
        return DEAD
    return (
        ILL if one.path.rpartition(".")[2] and not one.what.endswith("cut") and "(+" not in one.what else CUT
    )


def _explains(one: Trouble, doubt: Suspicion) -> bool:
    """Whether what broke before a suspicion was at the operation, in it, or around it (a channel may be, too)."""
    near = f"{one.path}.".startswith(f"{doubt.path}.") or f"{doubt.path}.".startswith(f"{one.path}.")
    return (near or _sort(one) in (CUT, OUT)) and one.begin <= doubt.begin <= one.end


def _lead(context: Context, broken: list[Trouble], suspected: list[Suspicion], handed: list[Handed]) -> str:
    dead = [one for one in broken if _sort(one) == DEAD]
    parts = []
    if dead:
        parts.append(f"Operations hung or crashed {times(len(dead))}.")
    parts += [f"{one.path} was knocked out at {seconds(one.begin)}." for one in broken if _sort(one) == OUT]
    # A channel that is cut for all who send on it is one fault.
    ill = {(one.path, one.what, one.begin) for one in broken if _sort(one) == ILL}
    cut = {(one.what, one.begin) for one in broken if _sort(one) == CUT}
    if ill or cut:
        many = counted(len(ill) + len(cut), "other fault" if dead else "fault")
        parts.append(f"{many} made work slow, reports wrong or channels poor.")
    if suspected:
        parts.append(f"Systems 2 suspected an operation {times(len(suspected))}.")
        wrong = [doubt for doubt in suspected if not any(_explains(one, doubt) for one in broken)]
        if wrong:
            parts.append(
                f"{counted(len(wrong), 'suspicion')} fell on an operation with which nothing was wrong."
            )
    elif dead and context.viable(system="system2"):
        parts.append("No System 2 suspected anybody.")
    waits = []
    for one in dead:
        seen = [doubt.begin for doubt in suspected if doubt.path == one.path]
        waits += [
            min(inside) - one.begin for inside in [[t for t in seen if one.begin <= t <= one.end]] if inside
        ]
    if waits:
        parts.append(
            f"{len(waits)} of the {len(dead)} were found while they lasted, after {duration(sum(waits) / len(waits))} "
            "on average."
        )
    if handed:
        tasks = sum(one.tasks for one in handed)
        parts.append(f"{counted(tasks, 'task')} were handed back and done elsewhere.")
    return " ".join(parts)
