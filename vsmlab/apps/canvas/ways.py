"""The way of every line of a level: where it begins and ends, how far from its nodes it goes, and its corners."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vsmlab.apps.canvas.anchors import CURVED, Anchor, Point, anchor, corners, lane
from vsmlab.lab.drawing.viewing import Link, Node, View

_APART: Final = 13.0
_ROOM: Final = 55.0
"""Points between two columns of nodes in which lanes of one kind may lie."""


def port_at(node: Node, name: str, way: str) -> Anchor:
    """Where a port of a node is, on the plane."""
    at = anchor(node.kind, name, way)
    return Anchor(node.place[0] + at.x, node.place[1] + at.y, at.side)


def ends(link: Link, known: Mapping[str, Node]) -> tuple[Anchor, Anchor]:
    """Where a line begins and where it ends.

    Args:
        link: The line.
        known: The nodes of its level, by id.
    """
    return (
        port_at(known[link.source], link.source_port, "out"),
        port_at(known[link.target], link.target_port, "in"),
    )


def lanes(view: View) -> dict[str, float]:
    """How far from its nodes every line goes along them, by id.

    What several streams tell System 4 goes up on one side of them: the lowest of them outermost, so that no line
    runs behind the box of another stream.
    """
    found = {link.id: lane(link.line) for link in view.links}
    down = {node.id: node.place[1] for node in view.nodes}
    streams = sorted(
        (link for link in view.links if link.line == "intelligence"), key=lambda link: down[link.source]
    )
    apart = min(_APART, _ROOM / max(1, len(streams) - 1))
    for number, link in enumerate(streams):
        found[link.id] += round(number * apart, 1)
    return found


def way(link: Link, known: Mapping[str, Node], off: float) -> list[Point]:
    """The corners of a line, ends included; only its ends where it is a curve.

    Args:
        link: The line.
        known: The nodes of its level, by id.
        off: As `lanes` says it.
    """
    start, end = ends(link, known)
    if link.line in CURVED:
        return [start[:2], end[:2]]
    return corners((start.x, start.y), start.side, (end.x, end.y), end.side, off)
