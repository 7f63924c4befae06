"""A drawing as a table, and searching it: what is on the canvas, for whoever does not see it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from vsmlab.lab.drawing.drawing import Drawing
from vsmlab.lab.drawing.things import Thing, nodes, viable
from vsmlab.lab.drawing.viewing import title, view


class Row(NamedTuple):
    """One thing of a drawing.

    Attributes:
        id: Its id.
        level: The level at which it is seen first.
        kind: Its kind.
        title: What it is called.
        path: Its place in the scenario.
        joined: What it is joined to, in words.
        figures: Its main figures, in words.
    """

    id: str
    level: str
    kind: str
    title: str
    path: str
    joined: str
    figures: str


def levels(drawing: Drawing) -> tuple[str, ...]:
    """The path of every level that can be opened, the root first."""
    found = nodes(drawing.document).values()
    return tuple(one.path for one in found if viable(one.node) or one.path == drawing.root)


def table(drawing: Drawing) -> tuple[Row, ...]:
    """Everything that any level shows, once, level by level."""
    rows: dict[str, Row] = {}
    for level in levels(drawing):
        shown = view(drawing, level)
        names = {node.id: node.title for node in shown.nodes}
        joined: dict[str, list[str]] = {}
        for link in shown.links:
            joined.setdefault(link.source, []).append(f"to {names[link.target]}: {link.label}")
            joined.setdefault(link.target, []).append(f"from {names[link.source]}: {link.label}")
        for node in shown.nodes:
            if node.id not in rows:
                place = drawing.things[node.id].place
                words = "; ".join(joined.get(node.id, []))
                rows[node.id] = Row(
                    node.id, level, node.kind, node.title, place, words, ", ".join(node.badges)
                )
    return tuple(rows.values())


def search(drawing: Drawing, text: str) -> tuple[str, ...]:
    """The ids of what has a text in its name, kind, or a field or value of its own.

    Args:
        drawing: What is searched.
        text: Words; all of them must be found, in any case.
    """
    words = text.casefold().split()
    if not words:
        return ()
    return tuple(name for name, one in drawing.things.items() if _found(one, words))


def _found(one: Thing, words: list[str]) -> bool:
    said = " ".join((one.id, one.kind, title(one), *_texts(one.says))).casefold()
    return all(word in said for word in words)


def _texts(value: object) -> Iterator[str]:
    """Fields and values of a thing itself; what lies below it is found by itself."""
    if isinstance(value, dict):
        for name, part in value.items():
            if name not in ("operations", "system2", "system3", "audit", "system4", "system5"):
                yield str(name)
                yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif value is not None:
        yield str(value)
