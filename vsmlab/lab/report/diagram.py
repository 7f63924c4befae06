"""Beer's diagram of one viable system, at its own level of recursion, coloured by what a run did."""

from __future__ import annotations

from vsmlab.lab.report import glyphs, metasystem
from vsmlab.lab.report import operation_row as signs
from vsmlab.lab.report.markup import Markup, element, fit, join, link, pixels
from vsmlab.lab.report.metasystem import SYSTEM2, WIDTH
from vsmlab.lab.report.numerals import counted
from vsmlab.lab.report.operation_row import AXIS, BOX_HEIGHT, BOX_WIDTH, ENVIRONMENT, OPERATION, RADIUS
from vsmlab.lab.report.plot import words
from vsmlab.lab.report.system import CHANNEL_NAMES, ChannelUse, DiagramOperation, DiagramSystem

MOST_OPERATIONS = 12
_ROW = 152.0
# System 3's channels run side by side along the axis: kind, offset, whether the arrow points up.
_RAILS = (("bargain", -72.0, False), ("intervene", 0.0, False), ("account", 72.0, True))


def draw_system(system: DiagramSystem) -> Markup:
    """The diagram as SVG: environments left, operations, managements, Systems 2 to 5.

    What a system does not have is not drawn. A child that is a viable system links to its own diagram. Beyond
    twelve operations the first eleven are drawn and the rest counted.
    """
    return _Diagram(system).svg()


class _Diagram:
    """One drawing: where its rows are and how busy its busiest channel was."""

    def __init__(self, system: DiagramSystem) -> None:
        self._system = system
        many = len(system.operations) > MOST_OPERATIONS
        self._shown = system.operations[: MOST_OPERATIONS - 1] if many else system.operations
        self._left_out = len(system.operations) - len(self._shown)
        self._heights = metasystem.heights(system)
        self._first = self._heights.first
        self._floor = self._first + _ROW * (len(self._shown) - 1) + RADIUS + 24
        own = [use for one in system.operations for use in one.channels.values()]
        counts = [count or 0 for one in system.operations for count in (one.arrivals, one.served)]
        tasks = counts if system.live is None else []  # what came so far says nothing of what comes now
        self._most = max([1, *tasks, *(use.messages for use in [*system.channels.values(), *own])])

    def svg(self) -> Markup:
        system = self._system
        height = self._floor + (40 if self._left_out else 0) + 66
        rows = [self._first + _ROW * k for k in range(len(self._shown))]
        between = metasystem.channels(system, system.channels, rows, self._heights, self._most)
        parts = [self._environment(), self._rails(rows), self._coordination(rows), between]
        parts += [
            self._operation(one, y, last=y == rows[-1], first=y == rows[0])
            for one, y in zip(self._shown, rows, strict=True)
        ]
        parts += [metasystem.systems(system, self._heights), self._parent()]
        if self._left_out:
            line = f"and {counted(self._left_out, 'more operation')}: see the table"
            parts.append(words(line, OPERATION, self._floor + 24, anchor="middle", kind="more", size=14.0))
        parts.append(_legend(height - 26, system.health_name))
        label = f"Viable system {system.path} with {counted(len(system.operations), 'operation')}"
        return element(
            "svg",
            element("title", label),
            *parts,
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {pixels(WIDTH)} {pixels(height)}",
            role="group",
            aria_label=label,
            class_="diagram alarmed" if self._alarmed else "diagram",
        )

    @property
    def _alarmed(self) -> bool:
        return "pain" in (self._system.alarm, *(one.alarm for one in self._system.operations))

    def _use(self, kind: str, one: DiagramOperation | None = None) -> ChannelUse | None:
        if one is not None and kind in one.channels:
            return one.channels[kind]
        return self._system.channels.get(kind)

    def _environment(self) -> Markup:
        system = self._system
        top = 36.0 if self._first > 200 else 8.0
        middle, half = (top + self._floor) / 2, (self._floor - top) / 2
        told = f"Environment of {system.path}"
        if system.arrivals is not None:
            told += f": {counted(system.arrivals, 'task')} arrived"
        parts = [
            element("title", told),
            element(
                "rect", x=12.0, y=middle - half, width=220.0, height=2 * half, rx=74.0, class_="surround"
            ),
        ]
        if self._first > 200:
            parts.append(words("environment", ENVIRONMENT, top + 48, anchor="middle", kind="soft", size=13.0))
            parts.append(
                words(
                    f"of {system.name}",
                    ENVIRONMENT,
                    top + 67,
                    anchor="middle",
                    kind="name",
                    width=150.0,
                    size=15.0,
                )
            )
            if system.arrivals is not None:
                line = f"{counted(system.arrivals, 'task')} in"
                parts.append(words(line, ENVIRONMENT, top + 90, anchor="middle", size=12.5))
            if system.served is not None:
                line = f"{system.served:,} served"
                parts.append(words(line, ENVIRONMENT, top + 107, anchor="middle", size=12.5))
        chosen = glyphs.choosing(system.live, "environment", told)
        return element("g", *parts, **(chosen or {"role": "img", "aria_label": told}))

    def _rails(self, rows: list[float]) -> Markup:
        """System 3's channels to every management, behind the boxes."""
        if self._system.system3 is None or not rows:
            return join([])
        top, first = self._heights.system3 + 44, rows[0] - BOX_HEIGHT / 2
        parts = []
        for kind, offset, upwards in _RAILS:
            use = self._use(kind)
            if use is None:
                continue
            x = AXIS + offset
            line = f"M{pixels(x)},{pixels(top)}V{pixels(rows[-1])}"
            head = (x, top, 270.0) if upwards else (x, first, 90.0)
            short, name = CHANNEL_NAMES[kind]
            parts.append(glyphs.channel(line, name, use, self._most, head, kind))
            parts.append(glyphs.channel_note(kind, short, use, x + 8, top + 34))
        return join(parts)

    def _coordination(self, rows: list[float]) -> Markup:
        """System 2's channel down the right side, with a branch to every management."""
        use = self._use("s2")
        if self._system.system2 is None or use is None or not rows:
            return join([])
        short, name = CHANNEL_NAMES["s2"]
        line = f"M{pixels(SYSTEM2)},{pixels(self._heights.system3 + 38)}V{pixels(rows[-1])}"
        parts = [glyphs.channel(line, name, use, self._most, None, "s2")]
        for one, y in zip(self._shown, rows, strict=True):
            own = self._use("s2", one) or use
            branch = f"M{pixels(SYSTEM2 - 14)},{pixels(y)}H{pixels(AXIS + BOX_WIDTH / 2)}"
            end = (AXIS + BOX_WIDTH / 2, y, 180.0)
            told = f"{name}, {one.name}" if "s2" in one.channels else f"{name}, all operations together"
            parts.append(glyphs.channel(branch, told, own, self._most, end, "s2"))
            parts.append(glyphs.triangle(SYSTEM2, y + 4, 17.0, "coordination"))
        parts.append(glyphs.channel_note("s2", short, use, SYSTEM2 + 12, self._heights.system3 + 78))
        return join(parts)

    def _parent(self) -> Markup:
        parent = self._system.parent_path
        if parent is None:
            return join([])
        parts = []
        if any(
            state is not None for state in (self._system.system3, self._system.system4, self._system.system5)
        ):
            line = f"M{pixels(AXIS)},{pixels(self._heights.top)}V32"
            parts.append(element("path", d=line, class_="upwards"))
        label = words(f"▲ up to {parent}", AXIS, 22.0, anchor="middle", kind="way", width=300.0, size=14.0)
        parts.append(element("a", label, href=link("system", parent), aria_label=f"Up to {parent}"))
        return join(parts)

    def _operation(self, one: DiagramOperation, y: float, *, first: bool, last: bool) -> Markup:
        told = signs.told(one, self._system.health_name)
        parts = [
            signs.local_environment(one, y),
            self._with_environment(one, y),
            self._with_management(one, y, first),
            signs.management(one, y, self._system.health_name, self._system.live),
            signs.circle(one, y, self._system.live),
        ]
        use = self._use("op_op", one)
        if use is not None and not last:
            parts.insert(0, self._hand_overs(use, y, first))
        return element("g", *parts, role="group", aria_label=told)

    def _hand_overs(self, use: ChannelUse, y: float, first: bool) -> Markup:
        """The wave between neighbouring operations."""
        gap = _ROW - 2 * RADIUS
        wave = "".join(f"q{8 if k % 2 else -8},{pixels(gap / 8)} 0,{pixels(gap / 4)}" for k in range(4))
        short, name = CHANNEL_NAMES["op_op"]
        path = f"M{pixels(OPERATION)},{pixels(y + RADIUS)}{wave}"
        parts = [glyphs.channel(path, f"{name}, all together", use, self._most, None, "op_op")]
        if first:
            parts.append(glyphs.channel_note("op_op", short, use, OPERATION + 38, y + RADIUS + 14))
        return join(parts)

    def _with_environment(self, one: DiagramOperation, y: float) -> Markup:
        left, right = ENVIRONMENT + 86, OPERATION - RADIUS - 6
        live = self._system.live is not None
        parts = []
        for kind, offset, count, word in (
            ("env_op", -15.0, one.arrivals, "in"),
            ("op_env", 15.0, one.served, "served"),
        ):
            use = self._use(kind, one) or ChannelUse(count or 0)
            inwards = kind == "env_op"
            bow = 1.0 if inwards else -1.0
            middle = (left + right) / 2
            at, bend = pixels(y + offset), pixels(y + offset - 12 * bow)
            curve = f"M{pixels(left)},{at}Q{pixels(middle)},{bend} {pixels(right)},{at}"
            head = (right, y + offset, 10.0) if inwards else (left, y + offset, 190.0)
            own = kind in one.channels or kind not in self._system.channels
            told = CHANNEL_NAMES[kind][1] + (f", {one.name}" if own else ", all operations together")
            parts.append(glyphs.channel(curve, told, use, self._most, head, kind))
            line = "" if count is None else f"{count:,} {word}"
            if line and live:
                line += " so far"
            if use.broken:
                line = f"{line}, {use.broken}" if line else use.broken
            beside = y + offset - 13 if inwards else y + offset + 21
            kind_of_text = "wrong" if use.broken else "channel-name"
            across = middle + (12 if live else 0)  # a longer text keeps clear of the environment
            said = words(line, across, beside, anchor="middle", kind=kind_of_text, size=11.5, width=125.0)
            parts.append(glyphs.note_of(kind, said))
        return join(parts)

    def _with_management(self, one: DiagramOperation, y: float, first: bool) -> Markup:
        """Reports to and settings from the local management."""
        if one.management is None:
            return join([])
        left, right = OPERATION + RADIUS + 6, AXIS - BOX_WIDTH / 2 - 2
        parts = []
        for kind, offset in (("op_mgmt", -15.0), ("mgmt_op", 15.0)):
            use = self._use(kind, one)
            if use is None:
                continue
            upper = kind == "op_mgmt"
            line = f"M{pixels(left)},{pixels(y + offset)}H{pixels(right)}"
            head = (right, y + offset, 0.0) if upper else (left, y + offset, 180.0)
            short, name = CHANNEL_NAMES[kind]
            told = f"{name}, {one.name}" if kind in one.channels else f"{name}, all operations together"
            parts.append(glyphs.channel(line, told, use, self._most, head, kind))
            note = short if first or use.broken else ""
            if kind in one.channels:
                note = f"{use.said} {short if first else ''}".rstrip()
            if use.broken:
                note += f", {use.broken}"
            at = y + offset - 9 if upper else y + offset + 18
            said = words(
                note,
                (left + right) / 2,
                at,
                anchor="middle",
                kind="wrong" if use.broken else "channel-name",
                size=11.5,
                width=right - left + 12,  # the circle leaves room there
            )
            parts.append(glyphs.note_of(kind, said))
        return join(parts)


def _legend(y: float, health_name: str) -> Markup:
    """How to read the drawing."""
    parts = [
        element("circle", cx=24.0, cy=y - 4, r=8.0, class_="track"),
        element("path", d=glyphs.arc(24.0, y - 4, 8.0, 0.7), class_="ring h-unknown"),
        words("ring: share of time busy", 42.0, y, kind="soft", size=12.0),
    ]
    parts += [
        element("rect", x=236.0 + 16 * k, y=y - 11, width=15.0, height=13.0, class_=f"chip h{k}")
        for k in range(glyphs.HEALTH_STEPS)
    ]
    parts += [
        words(fit(f"{health_name} from 0 to 1", 180, 12.0), 324.0, y, kind="soft", size=12.0),
        element("path", d=f"M530,{pixels(y - 4)}h16", class_="sample", stroke_width=1.6),
        element("path", d=f"M550,{pixels(y - 4)}h16", class_="sample", stroke_width=5.5),
        words("thicker: more messages", 574.0, y, kind="soft", size=12.0),
        element(
            "path", d=f"M752,{pixels(y - 4)}h30", class_="sample", stroke_width=2.5, stroke_dasharray="7 6"
        ),
        words("cut", 790.0, y, kind="soft", size=12.0),
        glyphs.system_mark(842.0, y - 6),
        words("opens its own diagram", 862.0, y, kind="soft", size=12.0),
    ]
    return element("g", *parts, class_="legend", aria_hidden="true")
