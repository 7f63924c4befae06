"""The part of a report on the homeostat: what Systems 3 and 4 wished for, and what came of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from vsmlab.lab.report.charts import Series, lines
from vsmlab.lab.report.context import Context, times
from vsmlab.lab.report.foresight_part import steps_to
from vsmlab.lab.report.numerals import counted, duration, number, percent
from vsmlab.lab.report.page import Block, Section
from vsmlab.lab.report.plot import Chart
from vsmlab.lab.report.table import Table
from vsmlab.lab.series_ahead import Homeostat, homeostat

_MOST_CHARTS: Final = 3
_MOST_MARKS: Final = 10
_COLUMNS: Final = (
    ("imbalance", "imbalance of what 4 and 3 say"),
    ("u_std", "deviation of the commitment (agents)"),
    ("hunting_amplitude", "hunting (agents)"),
    ("u_crossings_per_hour", "swings an hour"),
    ("decisions_per_hour", "decisions an hour"),
)


def homeostats(context: Context) -> Section | None:
    """Wishes, commitment and agents over time, with the decisions of System 5."""
    found: dict[str, Homeostat] = {}
    for place in context.viable(system="system4"):
        mine = homeostat(context.history, place)
        if mine is not None:
            found[context.history.places[place][0]] = mine
    if not found:
        return None
    order = sorted(found, key=lambda path: found[path].committed is None)
    blocks: list[Block] = [_chart(context, path, found[path]) for path in order[:_MOST_CHARTS]]
    measures = context.run.measures["homeostat"]
    rows = tuple(
        (
            path,
            *(measures.get(path, {}).get(name) for name, _ in _COLUMNS),
            context.system(path).get("hires"),
            context.system(path).get("lay_offs"),
        )
        for path in found
    )
    columns = ("system", *(title for _, title in _COLUMNS), "agents hired", "agents laid off")
    note = (
        "Imbalance: -1 if only System 3 speaks, 1 if only System 4 does. Hunting: deviation of the commitment from "
        "its moving mean. A dash: not estimable, or nobody hires."
    )
    blocks.append(Table("Systems 3 and 4 in the measured time", columns, rows, note=note))
    return Section("homeostat", "Now against then", _lead(context, order[0], found[order[0]]), tuple(blocks))


def _lead(context: Context, path: str, mine: Homeostat) -> str:
    lead = (
        f"In {path} System 3 wishes for as many agents as the load of now takes, System 4 for as many as the load to "
        "come will take"
    )
    if mine.committed is None:
        lead += ". Nobody hires there: the two meet in what System 3 accounts for as offered."
    else:
        low, high = mine.agents.values.min(), mine.agents.values.max()
        lead += (
            "; both pull at one number, what the system commits itself to, and who is hired begins later. There were "
            f"between {low:.0f} and {high:.0f} agents."
        )
    state = context.state(f"{path}.system5")
    if state == "knocked out":
        out = context.out_in_words(f"{path}.system5")
        return f"{lead} System 5 of {path} is {out}: nobody weighs the two against each other."
    if state is None:
        return f"{lead} There is no System 5 to weigh the two."
    lead += f" System 5 weighed the two anew {times(len(mine.weighed))}"
    if mine.weighed:
        lead += f", last giving {percent(mine.weighed[-1][1])} to what is to come"
    alarms = f", and declared {counted(len(mine.alarms), 'emergency', 'emergencies')}" if mine.alarms else ""
    return f"{lead}{alarms}."


def _chart(context: Context, path: str, mine: Homeostat) -> Chart:
    end = context.history.horizon
    shown: list[Series] = []
    for name, steps in (
        ("System 3: now", mine.wish_now),
        ("System 4: then", mine.wish_then),
        ("committed to", mine.committed),
        ("agents there", mine.agents),
    ):
        if steps is not None:
            shown.append(steps_to(name, steps, end))
    marks = [(time, f"weighed: {number(share, 2)} then") for time, share in mine.weighed]
    marks += [(time, "emergency") for time in mine.alarms]
    marks.sort()
    setting = replace(context.setting, marks=tuple(marks[:_MOST_MARKS]), spans=context.demand_spans())
    title = f"Agents that Systems 3 and 4 of {path} wish for, and what came of it"
    chart = lines(title, shown, quantity="agents", setting=setting)
    note = ""
    if mine.weighed:
        note = "Dashed: System 5 weighs the two anew; the number is what is to come counts for, of 1."
    if len(marks) > _MOST_MARKS:
        note += f" The first {_MOST_MARKS} of {counted(len(marks), 'mark')} are drawn, up to {duration(marks[9][0])}."
    return replace(chart, note=note)
