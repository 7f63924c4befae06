"""The floor plan: every node with the rows of its receivers, links between them, and the first reminders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from vsmlab.engines.start import Start
from vsmlab.lab.loader import Loaded
from vsmlab.lab.scenario import Node
from vsmlab.laws import kinds as k
from vsmlab.laws.identity import identity
from vsmlab.laws.tables import Message, State, Unit

from . import demand
from .values import Tables

ROLE_TABLES = {
    k.OPERATION: "operations",
    k.MANAGEMENT: "managements",
    k.DESK: "desks",
    k.SYSTEM2: "system2s",
    k.SYSTEM3: "system3s",
    k.STREAM: "streams",
    k.ENVIRONMENT: "environments",
    k.AUDIT: "audits",
    k.SYSTEM4: "system4s",
    k.SYSTEM5: "system5s",
    k.WORLD: "disturbances",
}
"""The table in which a receiver of each role has its row; a user's own process has none."""

SYSTEMS = (
    ("system2", k.SYSTEM2),
    ("system3", k.SYSTEM3),
    ("audit", k.AUDIT),
    ("system4", k.SYSTEM4),
    ("system5", k.SYSTEM5),
)
COUNTED = (
    "links", "channels", "operations", "managements", "desks", "system2s", "system3s", "audits", "auditeds",
    "system4s", "sources", "memories", "system5s", "environments", "vitals", "essentials", "signals", "choices",
)  # fmt: skip
"""Tables that grow during a run: the ledger says how many rows there are."""


@dataclass(frozen=True, slots=True)
class Place:
    """A node of the organisation and the rows of its receivers (-1: it has none)."""

    path: str
    node: Node
    parent: int
    depth: int
    children: list[int]
    address: int = -1
    management: int = -1
    system2: int = -1
    system3: int = -1
    audit: int = -1
    system4: int = -1
    system5: int = -1
    environment: int = -1


class Layout:
    """What has been laid out so far.

    Args:
        loaded: A validated scenario.
        state: Empty tables.
    """

    def __init__(self, loaded: Loaded, state: State) -> None:
        self.loaded, self.scenario = loaded, loaded.scenario
        self.tables = Tables(state)
        self.state = state
        self.places: list[Place] = []
        self.by_path: dict[str, int] = {}
        self.paths: list[str] = []
        self.owner: list[int] = []
        self.first: list[tuple[float, int, int, int]] = []
        self.pattern_places: set[int] = set()
        streams = self.scenario.environment.demand
        self.sources = {name: demand.source_of(s, name, loaded) for name, s in streams.items()}
        ways = [demand.expected_work(stream, self.sources[name]) for name, stream in streams.items()]
        self.expected = [way for stream_ways in ways for way in stream_ways]

    def receiver(self, path: str, role: int, place: int, depth: int) -> int:
        """A new receiver; its row in the table of its role is made with it."""
        row = self.tables.add("units")
        unit: Unit = self.state.units[row]
        unit.row, unit.identity, unit.role, unit.depth = row, identity(path), role, depth
        unit.first_channel = -1
        table = ROLE_TABLES.get(role)
        if table:
            unit.at = self.tables.add(table)
            getattr(self.state, table)[unit.at].unit = row
        self.paths.append(path)
        self.owner.append(place)
        return row

    def lay_out(self, nodes: Iterable[tuple[str, Node]]) -> list[int]:
        """One receiver for every System of every node; parents come before children. Returns the places made."""
        made = []
        for path, node in nodes:
            mother = self.by_path.get(path.rpartition(".")[0], -1)
            depth = 0 if mother < 0 else self.places[mother].depth + 1
            here = len(self.places)
            rows: dict[str, int] = {
                "address": self.receiver(path, k.DESK if node.viable else k.OPERATION, here, depth)
            }
            if node.viable:
                for system, role in SYSTEMS:
                    if getattr(node, system) is not None:
                        rows[system] = self.receiver(f"{path}.{system}", role, here, depth)
            else:
                rows["environment"] = self.receiver(f"{path}.environment", k.ENVIRONMENT, here, depth)
                if node.management is not None:
                    rows["management"] = self.receiver(f"{path}.management", k.MANAGEMENT, here, depth)
            self.places.append(Place(path, node, mother, depth, children=[], **rows))
            self.by_path[path] = here
            if mother >= 0:
                self.places[mother].children.append(here)
            made.append(here)
        return made

    def children(self, place: Place) -> list[Place]:
        """The nodes right below."""
        return [self.places[child] for child in place.children]

    def above(self, place: Place) -> Place | None:
        """The node right above; None at the root."""
        return self.places[place.parent] if place.parent >= 0 else None

    def nearest(self, place: Place, system: str) -> int:
        """The row of this System in the nearest node above that has one; -1 if none has."""
        here = self.above(place)
        while here is not None and getattr(here, system) < 0:
            here = self.above(here)
        return -1 if here is None else int(getattr(here, system))

    def operations_below(self, place: Place) -> list[Place]:
        """Every elementary operation of the subtree, in the order of the file."""
        found = []
        for child in self.children(place):
            found += self.operations_below(child) if child.node.viable else [child]
        return found

    def phase(self, row: int, period: float) -> float:
        """A first due time within the period that depends on who it is, so that periods do not coincide."""
        return (self.state.units[row].identity % 1_000_003) / 1_000_003 * period

    def begin(self, due: float, kind: int, to: int, ref: int = 0) -> None:
        """A reminder that starts a periodic law."""
        self.first.append((due, kind, to, ref))

    def link(self, owner: int, to: int, child: Place) -> int:
        """What ``owner`` will have been told about a child."""
        row = self.tables.add("links")
        link = self.state.links[row]
        link.owner, link.to, link.address, link.next = owner, to, child.address, -1
        link.heard, link.first_correction, link.last_correction = -1.0, -1, -1
        link.initial = float(child.node.all_agents)
        link.target, link.share = child.node.all_agents, float(child.node.all_agents)
        link.bias = 1.0
        return row

    def chain(self, owner: int, pairs: list[tuple[int, Place]]) -> int:
        """Links in the order of the file; returns the first row."""
        return self.chained("links", [self.link(owner, to, child) for to, child in pairs])

    def chained(self, table: str, rows: list[int]) -> int:
        """Tie rows of a table into a chain by their ``next``; returns the first row, -1 if there is none."""
        for row, following in pairwise([*rows, -1]):
            getattr(self.state, table)[row].next = following
        return rows[0] if rows else -1

    def start(self) -> Start:
        """Number the first messages and hand over."""
        ledger = self.state.ledger[0]
        ledger.seed = self.scenario.seed
        ledger.free_task = ledger.free_ticket = ledger.free_correction = ledger.free_signal = -1
        ledger.units = len(self.paths)
        for table in COUNTED:
            setattr(ledger, table, self.tables.count(table))
        messages = []
        for due, kind, to, ref in self.first:
            unit = self.state.units[to]
            messages.append(
                Message(due, k.PRIORITIES[kind], unit.identity, unit.identity, unit.numbers, kind, to, to,
                        -1, -1, -1, ref, 0.0, -1)
            )  # fmt: skip
            unit.numbers += 1
        real = [place for here, place in enumerate(self.places) if here not in self.pattern_places]
        return Start(
            state=self.state,
            messages=messages,
            paths=self.paths,
            roles=[self.state.units[row].role for row in range(len(self.paths))],
            identities=[self.state.units[row].identity for row in range(len(self.paths))],
            places=[(p.path, p.parent, p.depth, p.address, p.node.viable, p.node.agents) for p in real],
        )
