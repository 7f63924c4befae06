"""Beer's diagram of an organisation that has not run yet: who is there, and over which channels they may speak."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from vsmlab.lab.outline import outline
from vsmlab.lab.report.diagram import draw_system
from vsmlab.lab.report.markup import Markup
from vsmlab.lab.report.system import ChannelUse, DiagramOperation, DiagramSystem, State
from vsmlab.lab.scenario import Node, Scenario
from vsmlab.laws import kinds as k

_NEEDS: Final = {
    "bargain": ("system3",), "account": ("system3",), "intervene": ("system3",), "s2": ("system2",),
    "s3star": ("audit",), "s3_s4": ("system3", "system4"), "s4_s3": ("system3", "system4"),
    "s4_env": ("system4",), "env_s4": ("system4",), "s34_s5": ("system5",), "s5_34": ("system5",),
    "algedonic": ("system5",),
}  # fmt: skip
"""Systems of a node without which a channel of it is not there."""
_LEGEND: Final = 58
"""Pixels at the foot of a diagram that a card has no room for."""
_ALONE: Final = 480
"""Pixels that a lone operation and its environment take."""
_SYSTEMS: Final = ("system2", "system3", "audit", "system4", "system5")


def systems_of(scenario: Scenario) -> tuple[DiagramSystem, ...]:
    """The diagram of every viable system at the beginning, parents before children; of a lone operation, itself."""
    root = scenario.organisation
    out = frozenset(entry.system for entry in scenario.knockout if entry.system)
    cut = frozenset(entry.channel for entry in scenario.knockout if entry.channel and entry.of is None)
    if not root.viable:
        return (DiagramSystem(root.name, root.name, (_operation(root.name, root, out),)),)
    nodes = outline(scenario, "").nodes
    return tuple(_system(path, node, out, cut) for path, node in nodes.items() if node.viable)


def picture(scenario: Scenario) -> Markup:
    """The root's diagram, for a card: its style hides the words, which are too small there; nothing in it is a link."""
    drawn = draw_system(systems_of(scenario)[0])
    width = r"\1" if scenario.organisation.viable else str(_ALONE)
    drawn = Markup(re.sub(r"<a [^>]*>", "<g>", drawn).replace("</a>", "</g>"))  # a ">" in a value is escaped
    return Markup(re.sub(r'viewBox="0 0 (\S+) (\S+)"', partial(_cropped, width), drawn, count=1))


def _cropped(width: str, found: re.Match[str]) -> str:
    return f'viewBox="0 0 {found.expand(width)} {float(found[2]) - _LEGEND:g}"'


def _system(path: str, node: Node, out: frozenset[str], cut: frozenset[str]) -> DiagramSystem:
    there = {name: _state(f"{path}.{name}", getattr(node, name) is not None, out) for name in _SYSTEMS}
    channels = {
        kind: ChannelUse(cut=kind in cut)
        for kind in k.CHANNEL_NAMES
        if kind != "op_op" and all(there[system] is not None for system in _NEEDS.get(kind, ()))
    }
    operations = tuple(_operation(f"{path}.{name}", child, out) for name, child in node.operations.items())
    above, _, name = path.rpartition(".")
    return DiagramSystem(
        name=name,
        path=path,
        operations=operations,
        channels=channels,
        parent_path=above or None,
        system2=there["system2"],
        system3=there["system3"],
        audit=there["audit"],
        system4=there["system4"],
        system5=there["system5"],
    )


def _operation(path: str, node: Node, out: frozenset[str]) -> DiagramOperation:
    manager = "system3" if node.viable else "management"
    return DiagramOperation(
        name=path.rpartition(".")[2],
        path=path,
        viable=node.viable,
        management=_state(f"{path}.{manager}", getattr(node, manager) is not None, out),
    )


def _state(path: str, there: bool, out: frozenset[str]) -> State | None:
    if not there:
        return None
    return "knocked out" if path in out or path.rpartition(".")[2] in out else "on"
