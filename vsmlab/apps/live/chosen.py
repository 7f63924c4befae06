"""What is chosen in the diagram: its figures, what can be done to it, its dials."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from vsmlab.apps.live import doing
from vsmlab.apps.live.doing import Deed
from vsmlab.apps.live.levels import ROLES, SIGNS, below, of_channel, trouble
from vsmlab.apps.live.player import Frame
from vsmlab.apps.live.scales import place_of, values_of
from vsmlab.lab.report.markup import Markup, element, join
from vsmlab.lab.report.numerals import counted, number, percent
from vsmlab.lab.report.system import CHANNEL_NAMES
from vsmlab.lab.sessions import DialReading, Readings

ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is chosen at a level.

    Args:
        path: Path of an operation or System, "environment", "channel KIND", or empty.
        level: The level that is shown.
    """

    path: str
    level: str

    @property
    def channel(self) -> str:
        """Kind of the channel that is chosen; empty if none is."""
        return self.path.removeprefix("channel ") if self.path.startswith("channel ") else ""

    @property
    def is_system(self) -> bool:
        """Whether it is a System."""
        return self.path.rpartition(".")[2] in ROLES

    def exists(self, read: Readings) -> bool:
        """Whether there is such a thing."""
        if self.channel:
            return self.channel in CHANNEL_NAMES
        return (
            self.path in (ENVIRONMENT, *read.operations)
            or read.systems.get(self.path) in ("on", "off")
            or bool(self.path and below(read, self.path))
        )

    def receivers(self, read: Readings) -> tuple[str, ...]:
        """Paths of the receivers whose dials belong to it."""
        if self.path == ENVIRONMENT:
            return tuple(f"{ENVIRONMENT}.{name}" for name in read.streams)
        if self.path in read.operations:
            return (self.path, f"{self.path}.management")
        return (self.path,) if self.is_system else ()


def choices(
    read: Readings, level: str, children: list[str], channels: Iterable[str]
) -> list[tuple[str, str]]:
    """Everything that can be chosen at a level with these kinds of channel: path and name."""
    found = [(ENVIRONMENT, "environment: demand")]
    found += [(path, f"operation {path.rpartition('.')[2]}") for path in children if path in read.operations]
    for role in ROLES[1:]:
        if read.systems.get(f"{level}.{role}") in ("on", "off"):
            found.append((f"{level}.{role}", SIGNS[role]))
    for path in children:
        manager = f"{path}.management" if path in read.operations else f"{path}.system3"
        if read.systems.get(manager) in ("on", "off"):
            who = "management" if path in read.operations else "System 3"
            found.append((manager, f"{who} of {path.rpartition('.')[2]}"))
    return found + [(f"channel {kind}", f"channel {kind}: {CHANNEL_NAMES[kind][0]}") for kind in channels]


def deeds_of(chosen: Chosen, read: Readings) -> dict[str, list[Deed]]:
    """What can be done to it, by heading."""
    path = chosen.path
    if path == ENVIRONMENT:
        return {
            f"{name}: {number(one.asked)} times the demand that the scenario says, {one.born:,} tasks so far": (
                doing.to_stream(name, one)
            )
            for name, one in read.streams.items()
        }
    if chosen.channel:
        use = read.channels[chosen.channel]
        cut = bool(of_channel(chosen.channel, chosen.level, use.cut_for))
        return {"All of this kind, at every level": doing.to_channel(chosen.channel, use, cut=cut)}
    if path in read.operations:
        return {"Disturb it, or mend it": doing.to_operation(path, read.operations[path])}
    if chosen.is_system:
        return {
            "For good in this session; going back undoes it": doing.to_system(
                path, read.systems.get(path, "")
            )
        }
    return {}


def figures_of(chosen: Chosen, read: Readings) -> list[tuple[str, str]]:
    """Its figures, in words."""
    path = chosen.path
    if chosen.channel:
        use = read.channels[chosen.channel]
        return [
            ("carries", CHANNEL_NAMES[chosen.channel][1]),
            ("messages so far, all levels", f"{use.messages:,}"),
            ("lost", f"{use.lost:,}"),
            (
                "cut for",
                "nobody" if not use.cut else f"{use.cut:,} senders" if use.cut > 1 else use.cut_for[0],
            ),
            ("delayed for", counted(use.late, "sender") if use.late else "nobody"),
        ]
    if chosen.is_system:
        return [("state", {"on": "on", "off": "knocked out"}.get(read.systems.get(path, ""), "not there"))]
    if path not in read.operations:
        return []
    one = read.operations[path]
    rows = [
        ("state", trouble([one]) or "well"), ("agents", f"{one.agents:,}"), ("waiting", f"{one.queue:,}"),
        ("in service", f"{one.in_service:,}"), ("busy so far", percent(one.utilisation)), ("speed", number(one.speed)),
        ("arrivals", f"{one.arrivals:,}"), ("served", f"{one.served:,}"), ("shed", f"{one.shed:,}"),
        ("failed", f"{one.failed:,}"), ("abandoned", f"{one.abandoned:,}"), ("moved in", f"{one.moved_in:,}"),
        ("moved out", f"{one.moved_out:,}"),
    ]  # fmt: skip
    always = ("state", "agents", "waiting", "in service", "busy so far", "arrivals", "served")
    return [(name, value) for name, value in rows if name in always or value not in ("0", "1")]


Scale = Callable[[DialReading], list[float]]


def shown(chosen: Chosen, frame: Frame, scale: Scale = values_of) -> Markup:
    """The panel of what is chosen."""
    read = frame.readings
    if read is None or not chosen.path:
        say = "Choose an operation, a System, a channel or the environment in the diagram, or by name above."
        return join([element("h2", "Nothing is chosen"), element("p", say, class_="soft")])
    name = "Environment" if chosen.path == ENVIRONMENT else chosen.path
    if chosen.channel:
        name = f"Channel {CHANNEL_NAMES[chosen.channel][0]}"
    rows = [
        element("div", element("dt", label), element("dd", value), data_key=label)
        for label, value in figures_of(chosen, read)
    ]
    parts: list[Markup] = [element("h2", name), element("dl", *rows, class_="facts")]
    if chosen.channel:
        parts.append(
            element("button", "Show its last messages", type="button", class_="plain", data_to="messages")
        )
    if frame.over:
        say = "The run is over: nothing can be done to it any more. Back and Reset go to before the end."
        parts.append(element("p", say, class_="small soft"))
    for heading, deeds in deeds_of(chosen, read).items():
        buttons = [
            element(
                "button", deed.label, type="button", data_do="deed", data_heading=heading.partition(":")[0],
                data_deed=deed.label, data_key=deed.label, class_="danger" if deed.wrong else None,
                disabled=frame.over or None, aria_disabled="true" if deed.already and not frame.over else None,
                title=deed.already or None,
            )
            for deed in deeds
        ]  # fmt: skip
        if buttons:
            parts.append(element("h3", heading))
            parts.append(element("div", *buttons, class_="row deeds", role="group", aria_label=heading))
    receivers = chosen.receivers(read)
    mine = [dial for dial in frame.seen.dials if dial.who in receivers]
    off = frame.over
    own = [slider(dial, scale(dial), n, off=off) for n, dial in enumerate(mine) if dial.channel is None]
    wires = [slider(dial, scale(dial), n, off=off) for n, dial in enumerate(mine) if dial.channel is not None]
    if own:
        parts += [element("h3", "Dials"), *own]
    if wires:
        summary = element("summary", f"Dials of the channels that it sends on ({len(wires)})")
        parts.append(element("details", summary, *wires, data_key="wires"))
    return join(parts)


def slider(dial: DialReading, values: list[float], n: int, *, off: bool = False) -> Markup:
    """A dial as a slider over some values; what it is set to is sent when it is let go."""
    name = dial.dial.replace("_", " ") + (f" of {dial.channel}" if dial.channel else "")
    identity = f"dial-{n}"
    of = "" if dial.who.count(".") == 0 else f" ({dial.who.rpartition('.')[2]})"
    said = f"{number(dial.value)} {dial.unit}"
    return element(
        "div",
        element("label", f"{name}{of}", for_=identity),
        element("output", said, for_=identity),
        element(
            "input",
            type="range", id=identity, min=0, max=len(values) - 1, step=1, value=place_of(dial.value, values),
            data_change="turn", data_who=dial.who, data_dial=dial.dial, data_channel=dial.channel or "",
            data_values="|".join(f"{one:.6g}" for one in values), data_unit=dial.unit, aria_valuetext=said,
            disabled=off or None,
        ),
        element("span", dial.says, class_="small soft"),
        class_="dial",
        data_key=f"{dial.who} {dial.dial} {dial.channel}",
    )  # fmt: skip
