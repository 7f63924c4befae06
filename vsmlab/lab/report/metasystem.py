"""The signs of the metasystem in Beer's drawing: Systems 2, 3, 3*, 4 and 5 and the channels between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vsmlab.lab.report import glyphs
from vsmlab.lab.report.markup import Markup, element, join, pixels, text_width
from vsmlab.lab.report.operation_row import AXIS, BOX_WIDTH, ENVIRONMENT, OPERATION, RADIUS
from vsmlab.lab.report.plot import words
from vsmlab.lab.report.system import CHANNEL_NAMES, ChannelUse, DiagramSystem, State

SYSTEM2 = 858.0
WIDTH = 1000.0
PATHS = {
    "System 2": "system2", "System 3": "system3", "System 3*": "audit", "System 4": "system4", "System 5": "system5",
}  # fmt: skip
_BOX, _HIGH = 216.0, 84.0
_STEP = 132.0
_TOP = 96.0
_ALGEDONIC = AXIS + 148.0
_AUDIT_RAIL = OPERATION + RADIUS + 13.0


@dataclass(frozen=True, slots=True)
class Heights:
    """Where the Systems stand, from the top down: 5, 4, 3 with 2 and 3* beside it."""

    system5: float
    system4: float
    system3: float
    first: float

    @property
    def top(self) -> float:
        """Upper edge of the highest box."""
        return min(self.system5, self.system4, self.system3) - _HIGH / 2


def heights(system: DiagramSystem) -> Heights:
    """Where the Systems and the first operation stand; what is not there takes no place."""
    at = _TOP
    places = []
    for state in (system.system5, system.system4):
        places.append(at)
        at += _STEP if state is not None else 0.0
    inside = (system.system2, system.system3, system.audit)
    if all(state is None for state in inside):
        above = system.system5 is not None or system.system4 is not None
        return Heights(places[0], places[1], at, at if above else 122.0)
    return Heights(places[0], places[1], at, at + 216.0)


def systems(system: DiagramSystem, y: Heights) -> Markup:
    """The boxes with their names, what they do, and what they did."""
    left, width = AXIS - 60, 162.0
    parts = []
    for state, at, name, sign, does, note in (
        (system.system5, y.system5, "System 5", "5", "identity, policy", system.system5_note),
        (system.system4, y.system4, "System 4", "4", "outside and then", system.system4_note),
        (system.system3, y.system3, "System 3", "3", "inside and now", system.system3_note),
    ):
        if state is None:
            continue
        on = state == "on"
        drawn = [
            glyphs.box(AXIS, at, _BOX, _HIGH, "control" if on else "control out"),
            join([]) if on else glyphs.struck(AXIS, at, _BOX, _HIGH),
            words(sign, AXIS - 84, at + 13, anchor="middle", kind="numeral", size=36.0),
        ]
        if sign == "5" and system.alarm:
            said, kind = glyphs.alarm_word(system.alarm), f"alarm-word {system.alarm}"
            drawn.append(words(said, _ALGEDONIC + 10, at + 54, kind=kind, size=18.0))
        parts.append(_named(system, name, does, state, note, (left, at - 12, width), drawn))
    if system.system2 is not None:
        on, at = system.system2 == "on", y.system3
        drawn = [
            glyphs.triangle(SYSTEM2, at, 44.0, "coordination" if on else "coordination out"),
            join([]) if on else glyphs.struck(SYSTEM2, at - 5, 80.0, 78.0),
            words("2", SYSTEM2, at + 24, anchor="middle", kind="numeral", size=30.0),
        ]
        place = (SYSTEM2 + 48, at - 12, WIDTH - SYSTEM2 - 48)
        parts.append(_named(system, "System 2", "damping", system.system2, system.system2_note, place, drawn))
    if system.audit is not None:
        on, at = system.audit == "on", y.system3
        drawn = [
            glyphs.box(OPERATION - 40, at, 62.0, 62.0, "control" if on else "control out"),
            join([]) if on else glyphs.struck(OPERATION - 40, at, 62.0, 62.0),
            words("3*", OPERATION - 40, at + 10, anchor="middle", kind="numeral", size=26.0),
        ]
        place = (OPERATION - 152, at + 51, 230.0)
        parts.append(_named(system, "System 3*", "", system.audit, system.audit_note, place, drawn))
    return join(parts)


def _named(
    system: DiagramSystem,
    name: str,
    does: str,
    state: State,
    note: str,
    place: tuple[float, float, float],
    parts: list[Markup],
) -> Markup:
    """A System's sign with its name, what it does or that it is knocked out, and what it did."""
    on = state == "on"
    left, y, width = place
    path = f"{system.path}.{PATHS[name]}"
    out = system.outs.get(path, "knocked out")
    told = f"{name} of {system.path}, {state if on else out}" + (f": {note}" if note else "")
    lines = [does] if on else [out]
    if not on and text_width(out, 12.5) > width:
        lines = ["knocked out", out.removeprefix("knocked out ")]
    kind = "soft" if on else "wrong"
    under = [words(line, left, y + 19 * k, kind=kind, size=12.5) for k, line in enumerate(lines, 1) if line]
    return element(
        "g",
        element("title", told),
        *parts,
        words(name, left, y, kind="name", size=15.0),
        *under,
        words(note, left, y + 19 * (len(under) + 1), width=width, size=12.0) if note else None,
        **(glyphs.choosing(system.live, path, told) or {"role": "img", "aria_label": told}),
    )


def channels(
    system: DiagramSystem, uses: Mapping[str, ChannelUse], rows: list[float], y: Heights, most: int
) -> Markup:
    """The channels of Systems 3*, 4 and 5, behind the boxes.

    Args:
        system: The system.
        uses: Use by kind of channel.
        rows: Where its operations are.
        y: Where its Systems are.
        most: Messages of the busiest channel.
    """
    draw = _Drawer(uses, most)
    parts: list[Markup] = []
    if system.audit is not None and rows:
        parts += _audit(draw, rows, y, system.system3 is not None)
    if system.system4 is not None:
        edge, left = AXIS - _BOX / 2, ENVIRONMENT + 112
        for kind, at, begin, end in (
            ("env_s4", y.system4 - 12, left, edge - 2),
            ("s4_env", y.system4 + 14, edge, left + 2),
        ):
            head = (end, at, 0.0 if end > begin else 180.0)
            parts.append(draw.channel(kind, f"M{pixels(begin)},{pixels(at)}H{pixels(end)}", head))
            over = at - 9 if end > begin else at + 18
            parts.append(draw.note(kind, (begin + end) / 2, over, middle=True))
    low, high = y.system3 - _HIGH / 2, y.system4 + _HIGH / 2
    if system.system4 is not None and system.system3 is not None:
        up, down = AXIS - 36, AXIS + 36
        parts.append(
            draw.channel("s3_s4", f"M{pixels(up)},{pixels(low)}V{pixels(high + 2)}", (up, high + 1, 270.0))
        )
        parts.append(
            draw.channel("s4_s3", f"M{pixels(down)},{pixels(high)}V{pixels(low - 2)}", (down, low - 1, 90.0))
        )
        parts.append(draw.note("s3_s4", up - 7, (low + high) / 2 + 4, end=True))
        parts.append(draw.note("s4_s3", down + 8, (low + high) / 2 + 4))
    if system.system5 is not None:
        parts += _to_system5(draw, system, y)
        parts += _algedonic(draw, rows, y)
    return join(parts)


@dataclass(frozen=True, slots=True)
class _Drawer:
    """Draws a channel where there is one."""

    uses: Mapping[str, ChannelUse]
    most: int

    def channel(self, kind: str, path: str, head: tuple[float, float, float] | None) -> Markup:
        use = self.uses.get(kind)
        if use is None:
            return join([])
        return glyphs.channel(path, CHANNEL_NAMES[kind][1], use, self.most, head, kind)

    def note(self, kind: str, x: float, y: float, *, middle: bool = False, end: bool = False) -> Markup:
        use = self.uses.get(kind)
        if use is None:
            return join([])
        line = f"{CHANNEL_NAMES[kind][0]} {use.said}"
        wrong = bool(use.broken) or use.lost > 0
        if wrong:
            line += f", {use.broken}" if use.broken else f", {use.lost:,} lost"
        anchor = "middle" if middle else "end" if end else None
        said = words(line, x, y, anchor=anchor, kind="wrong" if wrong else "channel-name", size=11.5)
        return glyphs.note_of(kind, said)


def _audit(draw: _Drawer, rows: list[float], y: Heights, has_system3: bool) -> list[Markup]:
    """From 3* to System 3, and past the managements straight to the operations."""
    use = draw.uses.get("s3star")
    if use is None:
        return []
    right, x = OPERATION - 9, _AUDIT_RAIL
    parts = []
    if has_system3:
        line = f"M{pixels(right)},{pixels(y.system3)}H{pixels(AXIS - _BOX / 2 - 2)}"
        parts.append(draw.channel("s3star", line, (AXIS - _BOX / 2 - 1, y.system3, 0.0)))
        parts.append(draw.note("s3star", (right + AXIS - _BOX / 2) / 2 - 3, y.system3 - 10, middle=True))
    begin = y.system3 + 18
    parts.append(
        draw.channel("s3star", f"M{pixels(right)},{pixels(begin)}H{pixels(x)}V{pixels(rows[-1] - 46)}", None)
    )
    for row in rows:
        branch = f"M{pixels(x)},{pixels(row - 46)}L{pixels(OPERATION + 49)},{pixels(row - 34)}"
        parts.append(draw.channel("s3star", branch, (OPERATION + 48, row - 33.5, 151.0)))
    return parts


def _to_system5(draw: _Drawer, system: DiagramSystem, y: Heights) -> list[Markup]:
    """System 5 weighs what Systems 3 and 4 propose: its channels end between the two."""
    both = system.system4 is not None and system.system3 is not None
    if not both and system.system4 is None and system.system3 is None:
        return []
    half = _BOX / 2
    meet = (y.system3 + y.system4) / 2 if both else y.system4 if system.system4 is not None else y.system3
    # Between 3 and 4 the two arrows there have their names beside them: System 5's end outside of these.
    inset = 122.0 if both else half
    out, back = AXIS - half - 34, AXIS + half + 28
    up = f"M{pixels(AXIS - inset)},{pixels(meet)}H{pixels(out)}V{pixels(y.system5)}H{pixels(AXIS - half - 2)}"
    down = (
        f"M{pixels(AXIS + half)},{pixels(y.system5)}H{pixels(back)}V{pixels(meet)}H{pixels(AXIS + inset + 2)}"
    )
    return [
        draw.channel("s34_s5", up, (AXIS - half - 1, y.system5, 0.0)),
        draw.channel("s5_34", down, (AXIS + inset + 1, meet, 180.0)),
        draw.note("s34_s5", out - 8, y.system5 + 4, end=True),
        draw.note("s5_34", AXIS + half + 8, y.system5 - 9),
    ]


def _algedonic(draw: _Drawer, rows: list[float], y: Heights) -> list[Markup]:
    """From every management, past everything else, to System 5."""
    if draw.uses.get("algedonic") is None or not rows:
        return []
    x, top = _ALGEDONIC, y.system5 + 24
    parts = [
        draw.channel(
            "algedonic",
            f"M{pixels(x)},{pixels(rows[-1] - 28)}V{pixels(top)}H{pixels(AXIS + _BOX / 2 + 2)}",
            (AXIS + _BOX / 2 + 1, top, 180.0),
        ),
        draw.note("algedonic", x + 10, top + 6),
    ]
    for row in rows:
        branch = f"M{pixels(AXIS + BOX_WIDTH / 2)},{pixels(row - 28)}H{pixels(x)}"
        parts.append(draw.channel("algedonic", branch, None))
    return parts
