"""What a person did to a run while it was played: a part of its report, and the same on the page of the run."""

from __future__ import annotations

from vsmlab.lab.report.context import Context, times
from vsmlab.lab.report.markup import Markup, element
from vsmlab.lab.report.numerals import number, seconds
from vsmlab.lab.report.page import Report, Section
from vsmlab.lab.report.system import CHANNEL_NAMES
from vsmlab.lab.report.table import Table
from vsmlab.lab.scenario import Act

NAME = "by-hand"
TITLE = "What was done by hand"
_BROKEN = {
    "crash": "{} crashed",
    "hang": "{} made to hang",
    "slow": "{} slowed",
    "stale": "{} made to report what was",
    "bias": "{} made to report wrongly",
    "cut": "{} cut",
    "delay": "{} delayed",
    "loss": "every operation of {} crashed",
    "demand": "demand of {} changed",
    "knockout": "{} knocked out",
}
_MENDED = {
    "crash": "{} mended: crashed no more",
    "hang": "{} mended: hangs no more",
    "slow": "{} mended: as fast as before",
    "stale": "{} mended: reports what is",
    "bias": "{} mended: reports rightly",
    "cut": "{} joined again",
    "delay": "{} delayed no more",
    "loss": "every operation of {} mended: crashed no more",
}


def in_words(act: Act) -> str:
    """What was done, as a list has it.

    >>> in_words(Act(time=3.0, kind="slow", unit="desk", factor=0.5))
    'desk slowed: to 0.5 of its speed'
    >>> in_words(Act(time=3.0, kind="cut", channel="s2", mends=True))
    'coordination of everybody joined again'
    """
    if act.kind == "set":
        dial = (act.dial or "").replace("_", " ")
        where = f" on {CHANNEL_NAMES[act.channel][0]}" if act.channel else ""
        return f"{dial}{where} of {act.who} set to {number(act.value or 0.0)}"
    whom = act.unit or act.system or act.stream or ""
    if act.channel:
        whom = f"{CHANNEL_NAMES[act.channel][0]} of {act.of or 'everybody'}"
    said = (_MENDED if act.mends else _BROKEN)[act.kind].format(whom)
    more = "" if act.mends else _amount(act)
    return f"{said}: {more}" if more else said


def _amount(act: Act) -> str:
    """How much of it."""
    if act.kind == "slow":
        return f"to {number(act.factor)} of its speed"
    if act.kind == "bias":
        often = "" if act.probability == 1.0 else f", with probability {number(act.probability)}"
        return f"{number(act.factor)} times what there is{often}"
    if act.kind == "demand":
        return (
            "as the scenario says"
            if act.factor == 1.0
            else f"{number(act.factor)} times what the scenario says"
        )
    if act.kind == "delay":
        return f"{number(act.adds)} s more"
    if act.kind == "hang":
        return "it still answers" if act.answers else "it is silent"
    return f"a share of {number(act.factor)}" if act.factor is not None else ""


def by_hand(context: Context) -> Section | None:
    """Every act of the operator with its time; None where nobody did anything."""
    acts = [act for act in context.scenario.operator if act.time < context.history.horizon]
    if not acts:
        return None
    lead = (
        f"Somebody intervened {times(len(acts))} while this ran. What was done is part of the scenario in "
        "manifest.json, so the run replays exactly."
    )
    rows = tuple((seconds(act.time), in_words(act)) for act in acts)
    return Section(NAME, TITLE, lead, (Table("Acts in their order", ("at", "what was done"), rows),))


def by_hand_panel(report: Report | None) -> Markup:
    """The same as a panel of a page; empty where nobody did anything."""
    sections = () if report is None else report.sections
    rows = [
        row
        for section in sections
        if section.key == NAME
        for block in section.blocks
        if isinstance(block, Table)
        for row in block.rows
    ]
    if not rows:
        return Markup("")
    lines = [
        element("li", element("span", str(time), class_="soft"), " ", str(what)) for time, what, *_ in rows
    ]
    return element(
        "section",
        element("h2", TITLE),
        element("ol", *lines, class_="list"),
        class_="panel",
        aria_label=TITLE,
    )
