"""Tidying: what was moved about stands by System again."""

from __future__ import annotations

from vsmlab.lab.drawing.drawing import Drawing, changed
from vsmlab.lab.drawing.things import leaf, level_of
from vsmlab.lab.drawing.viewing import seen_at


def lay_out(drawing: Drawing, level: str) -> Drawing:
    """Forget where the nodes of one level were placed: they stand by System again.

    Raises:
        InputError: If there is no such level.
    """
    level_of(drawing.document, level)
    seen = {one.id for one in seen_at(drawing, level)}
    places = {name: point for name, point in drawing.places.items() if name not in seen}
    said = (f"{leaf(level)} is laid out by System.",)
    return changed(drawing, places=places, said=said)
