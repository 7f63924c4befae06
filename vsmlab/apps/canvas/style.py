"""How the canvas looks: the lab's colours around it, tints for its nodes, and panels that fold where it is narrow."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from vsmlab.apps.canvas.anchors import anchor
from vsmlab.apps.canvas.looks import HANDLE, LOOKS
from vsmlab.apps.style import view_style
from vsmlab.lab.drawing.ports import ports_of
from vsmlab.lab.report.style import colours

_HERE = Path(__file__).parent


@cache
def flow_style() -> str:
    """The style sheet inside the flow."""
    rules = (_HERE / "flow.css").read_text(encoding="utf-8").replace("HANDLE", f"{HANDLE}px")
    tints = "".join(
        f"--tint-{kind}: color-mix(in srgb, var({look.colour}) 15%, var(--paper));\n"
        for kind, look in LOOKS.items()
    )
    return f".react-flow {{\n{tints}}}\n{rules}{_handles()}"


def _handles() -> str:
    """Every port where its lines are drawn to."""
    found = []
    for kind in LOOKS:
        for port in ports_of(kind):
            at, way = (
                anchor(kind, port.name, port.direction),
                "target" if port.direction == "in" else "source",
            )
            found.append(
                f'.k-{kind} .react-flow__handle.{way}[data-handleid="{port.name}"] '
                f"{{ left: {at.x - 1.8:g}px !important; top: {at.y - 1.8:g}px !important; }}\n"
            )
    return "".join(found)


@cache
def board_style() -> str:
    """The style sheet around the flow."""
    return view_style() + (_HERE / "board.css").read_text(encoding="utf-8")


@cache
def own_colours() -> str:
    """Colours for where nothing around says them: a notebook, light or dark."""
    return f":host {{{colours(dark=False)}}}\n:host([data-dark]) {{{colours(dark=True)}}}\n"
