"""Where ports are on their nodes, and the way of a line between two: command and pain go up on the right, as in Beer.

The places suit where nodes stand that nobody placed: environment left, metasystem above, coordination right.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from vsmlab.apps.canvas.looks import LOOKS, WIDTH, height
from vsmlab.lab.drawing.ports import ports_of

Side = Literal["left", "right", "top", "bottom"]
Point = tuple[float, float]


class Anchor(NamedTuple):
    """Where a port is: across and down from the node's corner, and the side that its lines leave to."""

    x: float
    y: float
    side: Side


_OPERATION: Final[dict[str, tuple[Side, float]]] = {
    "in tasks": ("left", 0.32),
    "in inspection": ("left", 0.74),
    "in command": ("right", 0.2),
    "in coordination": ("right", 0.44),
    "out pain": ("right", 0.68),
    "out hand-off": ("bottom", 0.3),
    "in strike": ("bottom", 0.75),
}
_PLACES: Final[Mapping[str, Mapping[str, tuple[Side, float]]]] = MappingProxyType(
    {
        "stream": {
            "out demand": ("right", 0.5),
            "out indicator": ("left", 0.5),
            "in strike": ("bottom", 0.5),
        },
        "disturbance": {"out strike": ("left", 0.5)},
        "operation": _OPERATION,
        "system": _OPERATION | {"in policy": ("right", 0.88)},
        "desk": {
            "in tasks": ("left", 0.5),
            "in shares": ("top", 0.5),
            "out deals": ("bottom", 0.3),
            "in strike": ("bottom", 0.75),
        },
        "system2": {
            "out suspicion": ("left", 0.3),
            "out coordination": ("bottom", 0.5),
            "in strike": ("right", 0.5),
        },
        "system3": {
            "out inside": ("top", 0.3),
            "out proposal": ("left", 0.16),
            "in finding": ("left", 0.5),
            "in suspicion": ("right", 0.3),
            "out command": ("right", 0.72),
            "out shares": ("bottom", 0.5),
            "in strike": ("left", 0.85),
        },
        "audit": {
            "out finding": ("right", 0.5),
            "out inspection": ("bottom", 0.5),
            "in strike": ("left", 0.5),
        },
        "system4": {
            "in inside": ("bottom", 0.3),
            "out proposal": ("top", 0.5),
            "in indicator": ("left", 0.4),
            "in strike": ("left", 0.8),
        },
        "system5": {
            "in proposal": ("bottom", 0.5),
            "in limits": ("right", 0.22),
            "out policy": ("right", 0.5),
            "in pain": ("right", 0.78),
            "in strike": ("left", 0.5),
        },
        "policy": {"out limits": ("left", 0.22)},
    }
)

_LANES: Final[Mapping[str, float]] = MappingProxyType(
    {
        "command": 16,
        "coordination": 29,
        "intervention": 42,
        "algedonic": 57,
        "dealing": 18,
        "audit": 34,
        "proposals": 16,
    }
)
"""How far from the nodes a line goes along them, in points, so that lines of several kinds lie beside each other."""
CURVED: Final = frozenset({"demand", "strike"})
"""Lines that go straight across, in a curve."""


def lane(line: str) -> float:
    """How far from its nodes a line goes along them."""
    return _LANES.get(line, 20.0)


@cache
def anchor(kind: str, port: str, way: str) -> Anchor:
    """Where a port of a kind of node is.

    >>> anchor("stream", "demand", "out")
    Anchor(x=200, y=46.0, side='right')
    """
    side, share = _PLACES.get(kind, {}).get(f"{way} {port}", ("left" if way == "in" else "right", 0.5))
    tall = height(kind)
    if side in ("left", "right"):
        return Anchor(0 if side == "left" else WIDTH, share * tall, side)
    return Anchor(share * WIDTH, 0 if side == "top" else tall, side)


def sides() -> dict[str, str]:
    """The side of every port, by kind of node, direction and port."""
    return {
        f"{kind} {'target' if port.direction == 'in' else 'source'} {port.name}": anchor(
            kind, port.name, port.direction
        ).side
        for kind in LOOKS
        for port in ports_of(kind)
    }


_AWAY: Final[Mapping[Side, Point]] = MappingProxyType(
    {"left": (-1.0, 0.0), "right": (1.0, 0.0), "top": (0.0, -1.0), "bottom": (0.0, 1.0)}
)


def corners(start: Point, side: Side, end: Point, end_side: Side, off: float) -> list[Point]:
    """The corners of a line with right angles that leaves one port and comes into another, ends included.

    Args:
        start: Where it leaves.
        side: The side that it leaves to.
        end: Where it comes in.
        end_side: The side that it comes in from.
        off: How far it goes straight before it turns, at least.
    """
    (x, y), (to_x, to_y) = start, end
    out = (x + off * _AWAY[side][0], y + off * _AWAY[side][1])
    into = (to_x + off * _AWAY[end_side][0], to_y + off * _AWAY[end_side][1])
    upright, end_upright = side in ("top", "bottom"), end_side in ("top", "bottom")
    if side == end_side:
        if upright:
            level = min(out[1], into[1]) if side == "top" else max(out[1], into[1])
            return [start, (x, level), (to_x, level), end]
        column = min(out[0], into[0]) if side == "left" else max(out[0], into[0])
        return [start, (column, y), (column, to_y), end]
    if upright and end_upright:
        middle = (y + to_y) / 2
        return [start, (x, middle), (to_x, middle), end]
    if not upright and not end_upright:
        ahead = (into[0] - out[0]) * _AWAY[side][0] >= 0
        if ahead:
            middle = (x + to_x) / 2
            return [start, (middle, y), (middle, to_y), end]
        middle = (y + to_y) / 2
        return [start, out, (out[0], middle), (into[0], middle), into, end]
    if upright:
        towards = (into[1] - out[1]) * _AWAY[side][1] >= 0 and (out[0] - into[0]) * _AWAY[end_side][0] >= 0
        return [start, (x, to_y), end] if towards else [start, out, (into[0], out[1]), into, end]
    towards = (into[0] - out[0]) * _AWAY[side][0] >= 0 and (out[1] - into[1]) * _AWAY[end_side][1] >= 0
    return [start, (to_x, y), end] if towards else [start, out, (out[0], into[1]), into, end]
