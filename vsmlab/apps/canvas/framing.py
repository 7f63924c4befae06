"""The part of the plane that shows a level, clear of what lies over the pane: buttons and the minimap."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product
from typing import Any, Final, NamedTuple

from vsmlab.apps.canvas.looks import HANDLE, WIDTH, height
from vsmlab.apps.canvas.ways import lanes, way
from vsmlab.lab.drawing.viewing import View

CONTROLS: Final = (52.0, 130.0)
"""Width and height of the corner at the bottom left that buttons lie over, in pixels."""
MINIMAP: Final = (138.0, 110.0)
"""Width and height of the corner at the bottom right that the minimap lies over, in pixels."""
_EDGE: Final = 18.0
_LEAST: Final = 0.15


class Box(NamedTuple):
    """A part of the plane, or of the pane."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether two have a point in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def extent(view: View) -> Box:
    """What the nodes and lines of a level cover, in points."""
    return _around(list(_seen(view)))


def framed(view: View, width: float, height_: float, most: float = 1.0) -> dict[str, Any]:
    """The part of the plane that shows all of a level in a pane of this size, and nothing of it behind a corner.

    Args:
        view: The level.
        width: Width of the pane, in pixels.
        height_: Its height.
        most: Greatest zoom.
    """
    seen = list(_seen(view))
    whole = _around(seen)
    corners = (
        Box(0, height_ - CONTROLS[1], CONTROLS[0], height_),
        Box(width - MINIMAP[0], height_ - MINIMAP[1], width, height_),
    )
    choices = []
    for left, right, bottom in product((0.0, CONTROLS[0]), (0.0, MINIMAP[0]), (0.0, MINIMAP[1], CONTROLS[1])):
        wide, tall = width - left - right - 2 * _EDGE, height_ - bottom - 2 * _EDGE
        zoom = min(most, wide / max(whole.right - whole.left, 1.0), tall / max(whole.bottom - whole.top, 1.0))
        zoom = max(_LEAST, zoom)
        x = _EDGE + left + wide / 2 - zoom * (whole.left + whole.right) / 2
        y = _EDGE + tall / 2 - zoom * (whole.top + whole.bottom) / 2
        placed = [
            Box(zoom * box.left + x, zoom * box.top + y, zoom * box.right + x, zoom * box.bottom + y)
            for box in seen
        ]
        clear = not any(box.meets(corner) for box in placed for corner in corners)
        choices.append((clear, zoom, x, y))
    _, zoom, x, y = max(
        choices, key=lambda one: one[:2]
    )  # the first of equals: the one nearest to the middle
    return {"x": x, "y": y, "zoom": zoom}


def _seen(view: View) -> Iterator[Box]:
    """Nodes with their ports, and every piece of a line; a place for a node where there is none."""
    if not view.nodes:
        yield Box(0.0, 0.0, float(WIDTH), 100.0)
    port = HANDLE / 2
    for node in view.nodes:
        x, y = node.place
        yield Box(x - port, y - port, x + WIDTH + port, y + height(node.kind) + port)
    known, off = {node.id: node for node in view.nodes}, lanes(view)
    for link in view.links:
        for (x, y), (to_x, to_y) in pairwise(way(link, known, off[link.id])):
            yield Box(min(x, to_x) - 2, min(y, to_y) - 2, max(x, to_x) + 2, max(y, to_y) + 2)


def _around(boxes: list[Box]) -> Box:
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )
