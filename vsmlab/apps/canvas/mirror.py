"""A level of a drawing as React Flow takes it: nodes and edges as plain values. A pure function of the view."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from vsmlab.apps.canvas.anchors import CURVED, anchor
from vsmlab.apps.canvas.looks import CUT, HANDLE, LOOKS, STROKES, WIDTH, height
from vsmlab.apps.canvas.ways import lanes
from vsmlab.lab.drawing.ports import JOINS, Port, ports_of
from vsmlab.lab.drawing.viewing import Link, Node, View

Plain = dict[str, Any]
_ALWAYS_LABELLED: Final = frozenset({"demand", "hand-off"})


def types() -> dict[str, Plain]:
    """Every kind of node with its ports; their tooltips say what goes over them."""
    found: dict[str, Plain] = {}
    for kind, look in LOOKS.items():
        ports = ports_of(kind)
        found[kind] = {
            "type": kind,
            "label": look.word,
            "schema": None,
            "inputs": [_port(port.name, port.words) for port in ports if port.direction == "in"],
            "outputs": [_port(port.name, port.words) for port in ports if port.direction == "out"],
        }
    return found


def _port(name: str, words: str) -> Plain:
    return {"id": name, "label": name if name == words else f"{name}: {words}"}


def nodes_of(view: View, selected: Collection[str] = ()) -> list[Plain]:
    """The nodes of a level."""
    return [_node(node, node.id in selected) for node in view.nodes]


def _node(node: Node, selected: bool) -> Plain:
    look, tall = LOOKS[node.kind], height(node.kind)
    states = [f"k-{node.kind}"]
    states += [
        name for name, on in (("out", node.out), ("wrong", node.problems), ("opens", node.opens)) if on
    ]
    badges = [badge for badge in node.badges if not badge.endswith((" problem", " problems"))]
    trouble = f"{node.problems} {'problem' if node.problems == 1 else 'problems'}" if node.problems else ""
    shown = " · ".join(badges)
    return {
        "id": node.id,
        "type": node.kind,
        "label": node.title,
        "position": {"x": node.place[0], "y": node.place[1]},
        "data": {},
        "width": WIDTH,
        "height": tall,
        "measured": {"width": WIDTH, "height": tall},
        "handles": [_handle(node.kind, port) for port in node.ports],  # known before they are measured
        "selected": selected,
        "className": " ".join(states),
        "ariaLabel": ", ".join(part for part in (look.word, node.title, *badges, trouble) if part),
        "style": {
            "background": f"var(--tint-{node.kind})",  # the minimap takes it from here
            "--kind": f"var({look.colour})",
            "--word": css_text(f"{look.glyph}  {look.word}"),
            "--badges": css_text(shown),
            "--trouble": css_text(f"! {node.problems}") if node.problems else "none",
        },
    }


def _handle(kind: str, port: Port) -> Plain:
    at = anchor(kind, port.name, port.direction)
    return {
        "id": port.name,
        "type": "target" if port.direction == "in" else "source",
        "position": at.side,
        "x": at.x - HANDLE / 2,
        "y": at.y - HANDLE / 2,
        "width": HANDLE,
        "height": HANDLE,
    }


def edges_of(view: View, selected: Collection[str] = (), revision: int = 0) -> list[Plain]:
    """The edges of a level.

    Args:
        view: The level.
        selected: Ids of what is selected.
        revision: Another number makes the browser put back what it has changed by itself.
    """
    titles = {node.id: node.title for node in view.nodes}
    some = any(name in titles for name in selected)
    found, off = [], lanes(view)
    for link in view.links:
        near = link.source in selected or link.target in selected
        state = " near" if near else (" far" if some and link.id not in selected else "")
        edge = _edge(link, titles, link.id in selected, revision, state)
        if link.line not in CURVED:
            edge["pathOptions"] = {"offset": off[link.id], "borderRadius": 10}
        found.append(edge)
    return found


def _edge(link: Link, titles: dict[str, str], selected: bool, revision: int, state: str) -> Plain:
    stroke = CUT if link.cut else STROKES[link.line]
    colour = f"var({stroke.colour})"
    arrow = {"type": "arrowclosed", "color": colour, "width": 14, "height": 14}
    said = selected or bool(link.cut) or (link.line in _ALWAYS_LABELLED and link.label != "demand")
    style: Plain = {"stroke": colour, "strokeWidth": stroke.width + (1.2 if selected else 0)}
    if stroke.dash:
        style["strokeDasharray"] = stroke.dash
    between = f"{titles[link.source]} {'and' if link.both_ways else 'to'} {titles[link.target]}"
    found: Plain = {
        "id": link.id,
        "source": link.source,
        "sourceHandle": link.source_port,
        "target": link.target,
        "targetHandle": link.target_port,
        "type": "bezier" if link.line in CURVED else "smoothstep",
        "pathOptions": {},
        "label": _short(words_at(link)) if said else "",
        "ariaLabel": f"{link.line}, {between}: {link.label}",
        "selected": selected,
        "className": f"{'cut' if link.cut else f'l-{link.line}'}{state}",
        "style": style,
        "markerEnd": arrow,
        "data": {"revision": revision},
    }
    if link.both_ways:
        found["markerStart"] = arrow | {"orient": "auto-start-reverse"}
    return found


def words_at(link: Link) -> str:
    """What stands at a line: what is cut comes first."""
    return f"cut: {link.label.rpartition('(cut: ')[2].removesuffix(')')}" if link.cut else link.label


def _short(label: str) -> str:
    return label if len(label) <= 40 else f"{label[:39]}…"


def css_text(text: str) -> str:
    """A text as CSS writes it: nothing in it can end it, and none is no text.

    >>> css_text('a"b')
    '"a\\\\22 b"'
    """
    if not text:
        return "none"
    return '"' + "".join(one if one.isalnum() or one in " .,·-" else f"\\{ord(one):x} " for one in text) + '"'


WORDS_OF_LINES: Final = {join.line: join.words for join in JOINS}
"""What goes over each line."""
