"""The diagram of one level of recursion from a session's readings: who is there now, how they do, what went where."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

from vsmlab.apps.live.recorder import Slice
from vsmlab.lab.report.diagram import draw_system
from vsmlab.lab.report.markup import Markup, text
from vsmlab.lab.report.numerals import counted
from vsmlab.lab.report.organisation import above_sender
from vsmlab.lab.report.system import CHANNEL_NAMES, ChannelUse, DiagramOperation, DiagramSystem, State
from vsmlab.lab.sessions import OperationReading, Readings

ROLES: Final = ("management", "system2", "system3", "audit", "system4", "system5")
SIGNS: Final = {
    "management": "management", "system2": "System 2", "system3": "System 3", "audit": "System 3*",
    "system4": "System 4", "system5": "System 5",
}  # fmt: skip
_NEEDS: Final = {
    "bargain": ("system3",), "account": ("system3",), "intervene": ("system3",), "s2": ("system2",),
    "s3star": ("audit",), "s3_s4": ("system3", "system4"), "s4_s3": ("system3", "system4"),
    "s4_env": ("system4",), "env_s4": ("system4",), "s34_s5": ("system5",), "s5_34": ("system5",),
    "algedonic": ("system5",),
}  # fmt: skip
_EACH: Final = ("env_op", "op_env", "op_mgmt", "mgmt_op", "s2")
HEALTH: Final = "in hand"
"""What the health of an operation is here: the share of the tasks present that an agent works on."""


def viable_systems(read: Readings) -> list[str]:
    """Paths of the viable systems that are there, parents before children; none where there is a lone operation."""
    found: dict[str, None] = {}
    for path in read.operations:
        names = path.split(".")
        found.update((".".join(names[:many]), None) for many in range(1, len(names)))
    return sorted(found, key=lambda path: path.count("."))


def children_of(read: Readings, level: str) -> list[str]:
    """Paths of the operations of a viable system that are there; of a lone operation, itself."""
    return children_among(read.operations, level)


def children_among(paths: Collection[str], level: str) -> list[str]:
    """The same among some elementary operations, who need not be there any more."""
    if level in paths:
        return [level]
    depth = level.count(".") + 2
    inside = (path for path in paths if path.startswith(f"{level}."))
    return list(dict.fromkeys(".".join(path.split(".")[:depth]) for path in inside))


def below(read: Readings, path: str) -> list[str]:
    """Paths of the elementary operations of an operation: itself, or all in a viable system."""
    return below_among(read.operations, path)


def below_among(paths: Iterable[str], path: str) -> list[str]:
    """The same among some elementary operations."""
    return [one for one in paths if one == path or one.startswith(f"{path}.")]


def of_channel(kind: str, level: str, senders: Iterable[str]) -> list[str]:
    """Those of some senders that send on the channel of this kind at a level."""
    root = level.partition(".")[0]
    return [who for who in senders if above_sender(root, kind, who) == level]


def system_at(read: Readings, lately: Slice, level: str, chosen: str = "") -> DiagramSystem:
    """A level as its diagram shows it.

    Args:
        read: The readings.
        lately: What went over channels in the last seconds of the run.
        level: Path of a viable system, or of the lone operation.
        chosen: Path of what is chosen.
    """
    there = {role: _state(read, f"{level}.{role}") for role in ROLES}
    children = children_of(read, level)
    channels: dict[str, ChannelUse] = {}
    for kind in CHANNEL_NAMES:
        many = sum(
            count for (system, one, _), count in lately.messages.items() if (system, one) == (level, kind)
        )
        lost = lately.lost[level, kind, ""]
        cut = bool(of_channel(kind, level, read.channels[kind].cut_for))
        if (
            (many or cut)
            if kind == "op_op"
            else all(there[role] is not None for role in _NEEDS.get(kind, ()))
        ):
            channels[kind] = ChannelUse(many + lost, lost, cut, rate=lately.rate(many + lost))
    signals = [one for one in read.alarms if one.where == f"{level}.system5"]
    emergency = read.emergencies.get(f"{level}.system5")
    lone = level in read.operations
    return DiagramSystem(
        name=level.rpartition(".")[2],
        path=level,
        operations=tuple(_operation(read, lately, level, child) for child in children),
        system2=there["system2"],
        system3=there["system3"],
        audit=there["audit"],
        system4=there["system4"],
        system5=there["system5"],
        channels={} if lone else channels,
        parent_path=level.rpartition(".")[0] or None,
        health_name=HEALTH,
        system5_note="" if emergency is None else f"emergency until {emergency:.0f} s",
        alarm=_worst([one.pain for one in signals]),
        live=chosen,
    )


def _worst(pains: list[bool]) -> str:
    return "pain" if any(pains) else "pleasure" if pains else ""


def _state(read: Readings, path: str) -> State | None:
    found = read.systems.get(path)
    return None if found in (None, "ended") else "on" if found == "on" else "knocked out"


def trouble(ones: list[OperationReading]) -> str:
    """What is wrong with an operation, or in how many of a system's."""
    if len(ones) == 1:
        return ", ".join(ones[0].health)
    words = [word for one in ones for word in one.health]
    return ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words))


def _operation(read: Readings, lately: Slice, level: str, path: str) -> DiagramOperation:
    ones = [read.operations[one] for one in below(read, path)]
    viable = path not in read.operations
    agents, busy = sum(one.agents for one in ones), sum(one.in_service for one in ones)
    waiting = sum(one.queue for one in ones)
    broken = bool(ones) and all({"crashed", "hung"} & set(one.health) for one in ones)
    manager = f"{path}.system3" if viable else f"{path}.management"
    signals = [one.pain for one in read.alarms if one.where in (f"{path}.management", f"{path}.system5")]
    channels = {}
    for kind in _EACH:
        many = lately.messages[level, kind, path]
        own = (
            path
            if kind in ("op_mgmt", "op_env")
            else f"{path}.system2"
            if kind == "s2" and viable
            else manager
        )
        cut = own in read.channels[kind].cut_for
        if cut or kind != "s2":
            channels[kind] = ChannelUse(many, 0, cut, rate=lately.rate(many))
    return DiagramOperation(
        name=path.rpartition(".")[2],
        path=path,
        viable=viable,
        utilisation=min(1.0, busy / agents) if agents else 0.0,
        arrivals=sum(one.arrivals for one in ones),
        served=sum(one.served for one in ones),
        agents_end=agents,
        health=0.0 if broken else busy / (busy + waiting) if busy + waiting else 1.0,
        management=_state(read, manager),
        channels=channels,
        queue=waiting,
        trouble=trouble(ones),
        alarm=_worst(signals),
    )


_CHANNEL = re.compile(
    r'<g class="channel [^"]*" data-channel="(\w+)">(<title>[^<]*</title>)<path d="([^"]*)"'
)

_NOTE = re.compile(r'<g class="note-of" data-channel="(\w+)">')


def draw_live(system: DiagramSystem) -> Markup:
    """The diagram with channels that can be chosen: each by pointer anywhere, its label too, and once by keyboard."""
    met: set[str] = set()

    def choosable(found: re.Match[str]) -> str:
        kind, title, path = found[1], found[2], found[3]
        opening = found[0].partition(">")[0]
        pressed = "true" if system.live == f"channel {kind}" else "false"
        said = f' data-do="select" data-path="channel {kind}" data-key="way-{kind}"'
        if kind not in met:
            met.add(kind)
            label = text(f"Channel: {CHANNEL_NAMES[kind][1]}")
            said += f' tabindex="0" role="button" aria-pressed="{pressed}" aria-label="{label}"'
        elif pressed == "true":
            said += ' data-pressed="true"'
        return f'{opening}{said}>{title}<path d="{path}" class="hit"></path><path d="{path}"'

    drawn = _CHANNEL.sub(choosable, draw_system(system))
    return Markup(
        _NOTE.sub(r'<g class="note-of" data-do="select" data-path="channel \1" data-key="note-\1">', drawn)
    )


def alarms_in_words(read: Readings) -> str:
    """The pains that are up, for those who hear the page."""
    pains = [one for one in read.alarms if one.pain]
    if not pains:
        return ""
    latest = max(pains, key=lambda one: one.where.count("."))
    said = f"ALARM: {latest.variable} hurts at {latest.where}, since {latest.since:.0f} s"
    return said + (f", and {counted(len(pains) - 1, 'more signal')}" if len(pains) > 1 else "")
