"""The experiment on recursive spawning: ``/spawning``. A crew makes child systems while one watches what they cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from vsmlab.apps.lab import Lab
from vsmlab.apps.live.levels import children_of, viable_systems
from vsmlab.apps.live.page import live_view
from vsmlab.apps.live.player import Frame, Player
from vsmlab.apps.live.recorder import Happening
from vsmlab.apps.live.series import cost_so_far
from vsmlab.apps.pages import Shown
from vsmlab.lab.loader import load
from vsmlab.lab.report.markup import Markup, element, join
from vsmlab.lab.report.numerals import counted, number
from vsmlab.lab.sessions import Readings

LEAD = (
    "Calls rise to three times their rate and fall again. The crew makes a child system when it will soon be too busy, "
    "and ends it when it has been idle. A child may make no child: the depth limit holds. Every child has Systems of "
    "its own that speak, so each task served costs more messages."
)


def page(lab: Lab, asked: Mapping[str, str]) -> Shown:
    """The page of the experiment."""
    plots = ("queue", "wait", "agents", "children", "talk", "cost")
    return Shown("Recursive spawning", live_view(lab, load("spawning"), plots, parts_of, lead=LEAD))


def parts_of(player: Player) -> Mapping[str, Callable[[Frame], Markup]]:
    """What this page shows beyond a live page."""
    return {"family": lambda frame: family(frame, list(player.recorder.happenings))}


def family(frame: Frame, happenings: list[Happening]) -> Markup:
    """The organisation as a tree, what has happened to it, and what it costs."""
    read = frame.readings
    head = element("h2", "The family")
    if read is None:
        return join([head])
    cost = cost_so_far(read)
    alive = sum(state == "on" for state in read.children.values())
    lines = [
        f"{counted(alive, 'child is', 'children are')} there, of {len(read.children)} that were made.",
        ""
        if cost is None
        else f"{number(cost)} messages of the metasystem for each task served, since the beginning.",
    ]
    roots = viable_systems(read)[:1]
    tree = element("ul", *(_node(read, path) for path in roots), class_="tree")
    told = [
        element(
            "li",
            element(
                "button", element("span", f"{one.time:,.1f} s", class_="when"), f" {one.text}", type="button",
                class_="plain row-of", data_do="event", data_row=one.row, data_to="thread",
                title="Its causes and effects",
            ),
            data_key=str(one.row),
        )
        for one in reversed(happenings[-30:])
    ]  # fmt: skip
    record = (
        element("ol", *told, class_="list events")
        if told
        else element("p", "Nothing yet.", class_="soft small")
    )
    on = element(
        "button",
        "Looking for the next event …" if frame.seeking else "To the next event",
        type="button",
        data_do="next-event",
        data_key="next-event",
        disabled=(frame.over or frame.seeking or bool(frame.busy or frame.wrong)) or None,
        title="Goes on, as fast as it can, until the next thing in this list",
    )
    return join(
        [
            element(
                "div",
                element("div", head, *(element("p", line) for line in lines if line), tree),
                element(
                    "div", element("div", element("h2", "What has happened"), on, class_="spread"), record
                ),
                class_="two",
            )
        ]
    )


def _node(read: Readings, path: str) -> Markup:
    name = path.rpartition(".")[2]
    if path in read.operations:
        return element("li", f"{name}: {counted(read.operations[path].agents, 'agent')}", data_key=path)
    mark = element("span", "made in this run", class_="new") if path in read.children else None
    inner = element("ul", *(_node(read, child) for child in children_of(read, path)), class_="tree")
    return element("li", element("strong", name), " ", mark, inner, data_key=path)
