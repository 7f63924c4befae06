"""How each kind of node and line looks: a word and a glyph beside every colour, never colour alone."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

WIDTH: Final = 200
"""Width of every node, in points."""
HANDLE: Final = 14
"""Width and height of a port, in points."""
_HEIGHTS: Final = {"operation": 96, "system": 104}


class Look(NamedTuple):
    """How a kind of node looks.

    Attributes:
        word: What stands above its title.
        glyph: A sign beside the word.
        colour: A custom property of the page's colours.
    """

    word: str
    glyph: str
    colour: str


LOOKS: Mapping[str, Look] = MappingProxyType(
    {
        "stream": Look("Environment", "≈", "--land-edge"),
        "operation": Look("Operation", "○", "--s0"),
        "system": Look("Viable system", "◎", "--s5"),
        "desk": Look("Desk", "▤", "--s6"),
        "system2": Look("Coordination", "2", "--s4"),
        "system3": Look("Control", "3", "--s2"),
        "audit": Look("Audit", "3*", "--s2"),
        "system4": Look("Intelligence", "4", "--s7"),
        "system5": Look("Policy", "5", "--s3"),
        "policy": Look("Policy", "§", "--s3"),
        "disturbance": Look("Disturbance", "▲", "--s1"),
    }
)
GLYPHS: Mapping[str, str] = MappingProxyType({"agent": "+1", "essential": "!", "stream": "≈"})
"""Signs of items of the palette that are no kind of node."""


class Stroke(NamedTuple):
    """How a line looks.

    Attributes:
        colour: A custom property of the page's colours.
        dash: Dashes, as SVG says them; empty for a full line.
        width: Its width, in points.
    """

    colour: str
    dash: str = ""
    width: float = 1.6


STROKES: Mapping[str, Stroke] = MappingProxyType(
    {
        "demand": Stroke("--land-edge", width=2.4),
        "dealing": Stroke("--s6", width=1.4),
        "hand-off": Stroke("--s0", width=2.4),
        "command": Stroke("--s2"),
        "coordination": Stroke("--s4"),
        "audit": Stroke("--s2", "2 4"),
        "algedonic": Stroke("--s1", "9 3"),
        "intervention": Stroke("--s3"),
        "suspicion": Stroke("--s4", "2 4"),
        "finding": Stroke("--s2", "2 4"),
        "shares": Stroke("--s2"),
        "homeostat": Stroke("--s7", width=2.4),
        "proposals": Stroke("--s3", width=2.4),
        "intelligence": Stroke("--s7"),
        "limits": Stroke("--s3", "2 4"),
        "strike": Stroke("--s1", width=2.4),
    }
)
CUT: Final = Stroke("--bad", "5 5", 2.2)
"""How a line looks on which a channel is cut; it says so besides."""


def height(kind: str) -> int:
    """Height of a kind of node: its ports have room below each other."""
    return _HEIGHTS.get(kind, 92)


def glyph_of(kind: str) -> str:
    """The sign of a kind of node, or of an item of the palette."""
    if kind in GLYPHS:
        return GLYPHS[kind]
    return LOOKS.get(kind, LOOKS["disturbance"]).glyph


def colour_of(kind: str) -> str:
    """The colour of a kind of node, or of an item of the palette."""
    other = {"agent": "operation", "essential": "system5"}.get(kind, kind)
    return LOOKS.get(other, LOOKS["disturbance"]).colour
