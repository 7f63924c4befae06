"""A level as a picture: SVG that needs nothing else, drawn by Python. All text in it is text."""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Final

from vsmlab.apps.canvas.anchors import CURVED, Anchor, Point
from vsmlab.apps.canvas.framing import extent
from vsmlab.apps.canvas.looks import CUT, LOOKS, STROKES, WIDTH, height
from vsmlab.apps.canvas.mirror import words_at
from vsmlab.apps.canvas.ways import ends, lanes, port_at, way
from vsmlab.lab.drawing.viewing import Link, Node, View
from vsmlab.lab.report.markup import Markup, element, fit, pixels
from vsmlab.lab.report.style import colours

_MARGIN: Final = 40.0
_FACE: Final = "system-ui, 'Segoe UI', Roboto, Arial, 'DejaVu Sans', sans-serif"


def draw(view: View, *, title: str = "") -> Markup:
    """The nodes and links of a level, on paper.

    Args:
        view: The level.
        title: What it is called.
    """
    left, top, right, bottom = extent(view)
    left, top = left - _MARGIN, top - _MARGIN
    wide, tall = right + _MARGIN - left, bottom + _MARGIN - top
    known = {node.id: node for node in view.nodes}
    off = lanes(view)
    lines = [_line(link, known, off[link.id]) for link in view.links]
    labels = [_label(link, known) for link in view.links if link.cut or link.line in ("demand", "hand-off")]
    return element(
        "svg",
        element("title", title or view.level),
        element("style", f"text {{ font-family: {_FACE}; }}"),
        element("defs", *(_arrow(name) for name in sorted({_colour(link) for link in view.links}))),
        element("rect", x=left, y=top, width=wide, height=tall, fill="#ffffff"),
        *lines,
        *(_node(node) for node in view.nodes),
        *labels,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"{pixels(left)} {pixels(top)} {pixels(wide)} {pixels(tall)}",
        width=wide,
        height=tall,
        role="img",
    )


@cache
def _paints() -> dict[str, str]:
    return dict(re.findall(r"(--[a-z0-9-]+): (#[0-9a-f]{6})", colours(dark=False)))


def paint(name: str) -> str:
    """A colour of the page on paper, as every program knows colours.

    >>> paint("--paper")
    '#ffffff'
    """
    return _paints()[name]


def tint(name: str) -> str:
    """That colour, thinned to 15 % with white."""
    parts = (int(paint(name)[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(255 - 0.15 * (255 - part)):02x}" for part in parts)


def _colour(link: Link) -> str:
    return CUT.colour if link.cut else STROKES[link.line].colour


def _arrow(colour: str) -> Markup:
    return element(
        "marker",
        element("path", d="M0 0 10 5 0 10Z", fill=paint(colour)),
        id=f"arrow{colour}", viewBox="0 0 10 10", refX="9", refY="5", markerWidth="9", markerHeight="9",
        markerUnits="userSpaceOnUse", orient="auto-start-reverse",
    )  # fmt: skip


def _line(link: Link, known: dict[str, Node], off: float) -> Markup:
    start, end = ends(link, known)
    stroke = CUT if link.cut else STROKES[link.line]
    arrow = f"url(#arrow{_colour(link)})"
    return element(
        "path",
        d=_curve(start, end) if link.line in CURVED else _rounded(way(link, known, off)),
        fill="none",
        stroke=paint(stroke.colour),
        stroke_width=stroke.width,
        stroke_dasharray=stroke.dash or None,
        marker_end=arrow,
        marker_start=arrow if link.both_ways else None,
    )


def _curve(start: Anchor, end: Anchor) -> str:
    reach = min(160.0, max(40.0, abs(end.x - start.x) / 2))
    away = {"left": (-reach, 0.0), "right": (reach, 0.0), "top": (0.0, -reach), "bottom": (0.0, reach)}
    (ax, ay), (bx, by) = away[start.side], away[end.side]
    points = ((start.x + ax, start.y + ay), (end.x + bx, end.y + by), (end.x, end.y))
    return f"M{pixels(start.x)} {pixels(start.y)}C" + " ".join(f"{pixels(x)} {pixels(y)}" for x, y in points)


def _rounded(points: list[Point]) -> str:
    """A line through corners, each of them rounded as far as there is room."""
    written = f"M{pixels(points[0][0])} {pixels(points[0][1])}"
    for before, here, after in zip(points, points[1:], points[2:], strict=False):
        room = min(10.0, math.dist(before, here) / 2, math.dist(here, after) / 2)
        into, out = _towards(here, before, room), _towards(here, after, room)
        written += f"L{_xy(into)}Q{_xy(here)} {_xy(out)}"
    return written + f"L{pixels(points[-1][0])} {pixels(points[-1][1])}"


def _xy(point: Point) -> str:
    return f"{pixels(point[0])} {pixels(point[1])}"


def _towards(here: Point, there: Point, far: float) -> Point:
    whole = math.dist(here, there)
    if whole == 0:
        return here
    return (here[0] + far * (there[0] - here[0]) / whole, here[1] + far * (there[1] - here[1]) / whole)


def _label(link: Link, known: dict[str, Node]) -> Markup | None:
    if link.label == "demand" and not link.cut:
        return None
    start, end = ends(link, known)
    (x, y), (to_x, to_y) = start[:2], end[:2]
    return element(
        "text", fit(words_at(link), 220, 11), x=(x + to_x) / 2, y=(y + to_y) / 2 - 4, font_size="11",
        text_anchor="middle",
        fill=paint("--bad") if link.cut else paint("--ink"), stroke="#ffffff", stroke_width="3", paint_order="stroke",
    )  # fmt: skip


def _node(node: Node) -> Markup:
    look, tall = LOOKS[node.kind], height(node.kind)
    x, y = node.place
    box = element(
        "rect", x=x, y=y, width=WIDTH, height=tall, rx="9", fill=tint(look.colour),
        stroke=paint(look.colour), stroke_width="1.8", stroke_dasharray="6 4" if node.out else None,
    )  # fmt: skip
    texts = [
        _text(f"{look.glyph}  {look.word}", x + 16, y + 22, "11", paint("--soft")),
        _text(node.title, x + 16, y + 43, "14", paint("--ink"), bold=True, struck=node.out),
    ]
    for row, badge in enumerate(_rows(node.badges)):
        bad = badge.endswith(("problem", "problems"))
        texts.append(
            _text(badge, x + 16, y + 62 + 15 * row, "11.5", paint("--bad") if bad else paint("--soft"))
        )
    ports = [
        element("circle", cx=px, cy=py, r="5", fill="#ffffff", stroke=paint(look.colour), stroke_width="1.6")
        for px, py, _ in (port_at(node, port.name, port.direction) for port in node.ports)
    ]
    return element("g", element("title", f"{look.word}: {node.title}"), box, *texts, *ports)


def _rows(badges: tuple[str, ...]) -> list[str]:
    """Badges in at most two rows."""
    if len(badges) <= 2:
        return list(badges)
    return [" · ".join(badges[:2]), " · ".join(badges[2:])]


def _text(
    words: str, x: float, y: float, size: str, fill: str, *, bold: bool = False, struck: bool = False
) -> Markup:
    return element(
        "text", fit(words, WIDTH - 30, float(size)), x=x, y=y, font_size=size, fill=fill,
        font_weight="650" if bold else None, text_decoration="line-through" if struck else None,
    )  # fmt: skip
