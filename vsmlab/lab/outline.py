"""The outline of an organisation: every node by its path, with the place in the scenario that says it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from vsmlab.lab.scenario import Node, Scenario
from vsmlab.lab.scenario.organisation import SYSTEMS
from vsmlab.laws import kinds as k

ROLE_OF = {
    "management": k.MANAGEMENT,
    "system2": k.SYSTEM2,
    "system3": k.SYSTEM3,
    "audit": k.AUDIT,
    "system4": k.SYSTEM4,
    "system5": k.SYSTEM5,
}
"""The role of each System of a node, by the last name of its path."""


@dataclass(frozen=True)
class Outline:
    """What is where.

    Args:
        scenario: A scenario that is valid part by part.
        source: What errors call it.
        nodes: Every node by path, in the order of the file.
        patterns: Every node of a child that may be spawned, by the path of its pattern.
        places: The place in the scenario of each of both.
    """

    scenario: Scenario
    source: str
    nodes: dict[str, Node]
    patterns: dict[str, Node]
    places: dict[str, str]

    @cached_property
    def everything(self) -> dict[str, Node]:
        """Nodes and patterns."""
        return self.nodes | self.patterns

    @cached_property
    def roles(self) -> dict[str, int]:
        """The role of every receiver of the organisation that may send, and of every stream."""
        found: dict[str, int] = {}
        for path, node in self.nodes.items():
            found[path] = k.DESK if node.viable else k.OPERATION
            for system in ("management", *SYSTEMS):
                if getattr(node, system) is not None:
                    found[f"{path}.{system}"] = ROLE_OF[system]
        streams = self.scenario.environment.demand
        return found | {f"environment.{name}": k.STREAM for name in streams}

    def senders(self, channel: str) -> list[str]:
        """The paths of all who send on a kind of channel."""
        return self._senders[k.CHANNEL_NAMES.index(channel)]

    @cached_property
    def _senders(self) -> list[list[str]]:
        """By kind of channel."""
        found: list[list[str]] = [[] for _ in k.CHANNEL_NAMES]
        for path, role in self.roles.items():
            for kind in k.SENDS[role]:
                found[kind].append(path)
        return found


def outline(scenario: Scenario, source: str) -> Outline:
    """The outline of a scenario."""
    nodes: dict[str, Node] = {}
    patterns: dict[str, Node] = {}
    places: dict[str, str] = {}
    for path, place, node, real in _walk(scenario):
        (nodes if real else patterns).setdefault(path, node)
        places.setdefault(path, place)
    return Outline(scenario, source, nodes, patterns, places)


def _walk(scenario: Scenario) -> Iterator[tuple[str, str, Node, bool]]:
    """Path, place and node, parents before children, and whether it is there from the start."""
    waiting: list[tuple[str, str, Node, bool]] = [
        (scenario.organisation.name, "organisation", scenario.organisation, True)
    ]
    later: list[tuple[str, str, Node, bool]] = []
    while waiting or later:
        path, place, node, real = waiting.pop() if waiting else later.pop()
        yield path, place, node, real
        for name, child in reversed(node.operations.items()):
            waiting.append((f"{path}.{name}", f"{place}.operations.{name}", child, real))
        if node.spawn is not None:
            later.append((f"{path}.{node.spawn.name}", f"{place}.spawn.child", node.spawn.child, False))


def some(names: Iterable[str]) -> str:
    """The first of many names, for a message."""
    names = list(names)
    return ", ".join(names[:20]) + (", ..." if len(names) > 20 else "")
