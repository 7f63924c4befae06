"""The part of a report on recursion at run time: child systems from birth to end, and the agents they held."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from vsmlab.lab.report.charts import Series, stacked
from vsmlab.lab.report.context import Context, over_time, times
from vsmlab.lab.report.numerals import counted, duration
from vsmlab.lab.report.page import Block, Section
from vsmlab.lab.report.plot import Chart
from vsmlab.lab.report.table import Cell, Table
from vsmlab.lab.report.timelines import Line, Sort, Stretch, timeline
from vsmlab.lab.series import Steps, summed
from vsmlab.lab.series_lives import Child, children, refused_for_depth

SPAWNED: Final = Sort("made, not heard of yet", 6, "narrow")
ANNOUNCED: Final = Sort("announced, not called yet", 4, "middle")
WORKING: Final = Sort("working", 2, "wide")
RETIRING: Final = Sort("handing its work over", 1, "middle")
_MOST_LINES: Final = 60


def life_of_children(context: Context) -> Section | None:
    """Each child's stages, the agents of all, and what was refused."""
    born = children(context.history)
    refused = refused_for_depth(context.history)
    mothers = [path for path, node in context.nodes.items() if node.viable and node.spawn is not None]
    if not born and not refused:
        if not mothers:
            return None
        lead = f"{mothers[0]} may have child systems; in this run none was needed."
        return Section("children", "Life of child systems", lead)
    blocks: list[Block] = []
    if born:
        lines = [Line(context.short(one.path), stages(one)) for one in born]
        used = {stretch.sort for line in lines for stretch in line.stretches}
        legend = [sort for sort in (SPAWNED, ANNOUNCED, WORKING, RETIRING) if sort in used]
        setting = replace(context.setting, spans=context.demand_spans())
        blocks.append(timeline("Child systems from birth to end", lines, legend, setting=setting))
        blocks.append(_agents(context, born))
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (one.path, one.spawned, one.announced, one.working, one.retiring, one.gone, one.came_back)
            for one in born[:_MOST_LINES]
        )
        columns = (
            "child", "made at (s)", "heard of at (s)", "working from (s)", "told to end at (s)", "gone at (s)",
            "agents that came back, in all",
        )  # fmt: skip
        blocks.append(
            Table("Every child system, warm-up included", columns, rows, note="A dash: it never came.")
        )
    if refused:
        shown = tuple(refused[:_MOST_LINES])
        head = ("at (s)", "of whom", "depth", "limit")
        blocks.append(Table("Refused because of the limit of depth (a fact of security)", head, shown))
    return Section("children", "Life of child systems", _lead(context, born, len(refused)), tuple(blocks))


def stages(one: Child) -> tuple[Stretch, ...]:
    """The stages of a child that it went through, in order."""
    begins = [
        (SPAWNED, one.spawned, "made"),
        (ANNOUNCED, one.announced, "announced"),
        (WORKING, one.working, "working"),
        (RETIRING, one.retiring, "handing over"),
    ]
    reached = [(sort, time, what) for sort, time, what in begins if time is not None]
    reached.sort(key=lambda stage: stage[1])
    ends = [*(time for _, time, _ in reached[1:]), one.gone]
    return tuple(
        Stretch(sort, begin, end, what)
        for (sort, begin, what), end in zip(reached, ends, strict=True)
        if end is None or end > begin
    )


def _agents(context: Context, born: list[Child]) -> Chart:
    """Agents present in the mother's own operations and in each child."""
    past = context.history
    places = {row[0]: here for here, row in enumerate(past.places)}
    known = [one.path for one in born if one.path in places]
    mothers = sorted({path.rpartition(".")[0] for path in known}, key=lambda path: places[path])
    layers: list[tuple[str, Steps]] = []
    for mother in mothers[:1]:
        own = [place for place in past.children(places[mother]) if past.places[place][0] not in known]
        layers.append(("own operations", summed([past.agents_present(place) for place in own])))
    layers += [
        (context.short(path), past.agents_present(places[path]))
        for path in known
        if mothers and path.rpartition(".")[0] == mothers[0]
    ]
    steps = np.unique(np.concatenate([np.zeros(1), *(one.times for _, one in layers)]))
    shown: list[Series] = [over_time(name, steps, one.at(steps)) for name, one in layers]
    where = mothers[0] if mothers else context.root
    title = f"Agents present in {where}: its own operations, and its children"
    return stacked(title, shown, quantity="agents", setting=context.setting)


def _lead(context: Context, born: list[Child], refused: int) -> str:
    gone = [one for one in born if one.gone is not None]
    lead = f"{counted(len(born), 'child system was', 'child systems were')} made"
    if gone:
        lead += f", {len(gone)} of them ended again"
    lead += "."
    took = [one.working - one.spawned for one in born if one.working is not None]
    if took:
        lead += f" From birth to the first call that was answered it took {duration(sum(took) / len(took))} on average."
    ended = [one.gone - one.retiring for one in gone if one.retiring is not None and one.gone is not None]
    if ended:
        lead += f" To hand its work over took a child {duration(sum(ended) / len(ended))} on average."
    if refused:
        lead += f" A child beyond the limit of depth was refused {times(refused)}."
    most = 0
    for time in (one.spawned for one in born):
        most = max(most, sum(one.spawned <= time and (one.gone is None or one.gone > time) for one in born))
    return f"{lead} At most {counted(most, 'child', 'children')} lived at one time." if most else lead
