"""Where a node may be joined to others, and why two nodes may not be: Beer's channels, as data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal, NamedTuple

OPERATIONS = ("operation", "system")
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "stream": "a stream of the environment",
        "disturbance": "a disturbance",
        "operation": "an operation",
        "system": "a child system",
        "desk": "the desk",
        "system2": "System 2",
        "system3": "System 3",
        "audit": "System 3*",
        "system4": "System 4",
        "system5": "System 5",
        "policy": "policy",
    }
)
"""What each kind of node is called in a sentence."""


class Join(NamedTuple):
    """A line that may be drawn: from a port of some kinds of nodes to a port of others.

    Attributes:
        line: Name of the line.
        sources: Kinds of node that it goes from.
        source_port: Port there.
        targets: Kinds of node that it goes to.
        target_port: Port there.
        channels: Kinds of channel on it; empty where it is none.
        words: What goes over it.
    """

    line: str
    sources: tuple[str, ...]
    source_port: str
    targets: tuple[str, ...]
    target_port: str
    channels: tuple[str, ...]
    words: str


JOINS: tuple[Join, ...] = (
    Join("demand", ("stream",), "demand", (*OPERATIONS, "desk"), "tasks", ("env_op",), "tasks"),
    Join(
        "dealing",
        ("desk",),
        "deals",
        OPERATIONS,
        "tasks",
        ("env_op", "op_env"),
        "tasks that are dealt out, and loads",
    ),
    Join(
        "hand-off",
        OPERATIONS,
        "hand-off",
        (*OPERATIONS, "desk"),
        "tasks",
        ("op_op",),
        "tasks that are handed on",
    ),
    Join(
        "command",
        ("system3",),
        "command",
        OPERATIONS,
        "command",
        ("bargain", "intervene", "account"),
        "the resource bargain, accounts, interventions",
    ),
    Join(
        "coordination", ("system2",), "coordination", OPERATIONS, "coordination", ("s2",), "loads and damping"
    ),
    Join(
        "audit",
        ("audit",),
        "inspection",
        OPERATIONS,
        "inspection",
        ("s3star",),
        "inspections, past Systems 2 and 3",
    ),
    Join(
        "algedonic",
        OPERATIONS,
        "pain",
        ("system5",),
        "pain",
        ("algedonic",),
        "pain and pleasure, past everything else",
    ),
    Join(
        "intervention",
        ("system5",),
        "policy",
        ("system",),
        "policy",
        ("intervene",),
        "policy for the System 5 of a child",
    ),
    Join(
        "suspicion", ("system2",), "suspicion", ("system3",), "suspicion", ("s2",), "who is silent or stuck"
    ),
    Join("finding", ("audit",), "finding", ("system3",), "finding", ("s3star",), "what inspections found"),
    Join("shares", ("system3",), "shares", ("desk",), "shares", ("mgmt_op",), "shares of the tasks"),
    Join(
        "homeostat",
        ("system3",),
        "inside",
        ("system4",),
        "inside",
        ("s3_s4", "s4_s3"),
        "inside and now against outside and then",
    ),
    Join(
        "proposals",
        ("system3", "system4"),
        "proposal",
        ("system5",),
        "proposal",
        ("s34_s5", "s5_34"),
        "proposals and decisions",
    ),
    Join(
        "intelligence",
        ("stream",),
        "indicator",
        ("system4",),
        "indicator",
        ("env_s4", "s4_env"),
        "indicators and probes",
    ),
    Join("limits", ("policy",), "limits", ("system5",), "limits", (), "limits of the whole organisation"),
    Join(
        "strike",
        ("disturbance",),
        "strike",
        (*OPERATIONS, "desk", "stream", "system2", "system3", "audit", "system4", "system5"),
        "strike",
        (),
        "what it strikes",
    ),
)
"""Every line that can be, in the order of Beer's diagram."""


class Port(NamedTuple):
    """Where a line begins or ends at a node.

    Attributes:
        name: What `connect` calls it; a node has at most one of a name and direction.
        direction: `in` or `out`.
        channels: Kinds of channel that go over it.
        words: What goes over it.
    """

    name: str
    direction: Literal["in", "out"]
    channels: tuple[str, ...]
    words: str


@cache
def ports_of(kind: str) -> tuple[Port, ...]:
    """The ports of a kind of node."""
    found: dict[tuple[str, str], Port] = {}
    for join in JOINS:
        ends: tuple[tuple[tuple[str, ...], str, Literal["in", "out"]], ...] = (
            (join.sources, join.source_port, "out"),
            (join.targets, join.target_port, "in"),
        )
        for kinds, name, direction in ends:
            if kind in kinds:
                known = found.get((name, direction))
                channels = (
                    join.channels
                    if known is None
                    else tuple(dict.fromkeys((*known.channels, *join.channels)))
                )
                words = join.words if known is None else known.words
                found[name, direction] = Port(name, direction, channels, words)
    return tuple(found.values())


def join_of(source: str, source_port: str, target: str, target_port: str) -> Join | None:
    """The line between two ports of two kinds of node, if there can be one."""
    for join in JOINS:
        ports = (source_port, target_port) == (join.source_port, join.target_port)
        if ports and source in join.sources and target in join.targets:
            return join
    return None


def joins_between(source: str, target: str) -> list[Join]:
    """Every line that can be drawn from one kind of node to another."""
    return [join for join in JOINS if source in join.sources and target in join.targets]


_ONLY_1_AND_4 = "only operations and System 4 do"
_REASONS: Mapping[frozenset[str], str] = MappingProxyType(
    {
        frozenset({"system2", "stream"}): f"System 2 does not speak to the environment: {_ONLY_1_AND_4}.",
        frozenset({"system3", "stream"}): f"System 3 looks inside, not at the environment: {_ONLY_1_AND_4}.",
        frozenset(
            {"audit", "stream"}
        ): f"System 3* looks into operations, not at the environment: {_ONLY_1_AND_4}.",
        frozenset({"system5", "stream"}): f"System 5 does not speak to the environment: {_ONLY_1_AND_4}.",
        frozenset({"system4", "operation"}): "System 4 commands no operation: it speaks to Systems 3 and 5.",
        frozenset({"system4", "system"}): "System 4 commands no child system: it speaks to Systems 3 and 5.",
        frozenset({"system5", "operation"}): "System 5 hears an operation's pain, and lets System 3 act.",
        frozenset(
            {"system2", "system4"}
        ): "System 2 damps oscillation between operations; it does not speak to System 4.",
        frozenset(
            {"system2", "system5"}
        ): "System 2 damps oscillation between operations; it does not speak to System 5.",
        frozenset({"system2", "audit"}): "System 3* looks past System 2: there is no channel between them.",
        frozenset({"audit", "system4"}): "System 3* tells System 3 alone what it found.",
        frozenset({"audit", "system5"}): "System 3* tells System 3 alone what it found.",
        frozenset(
            {"desk", "system2"}
        ): "System 2 speaks to the operations, not to the desk that deals out tasks.",
        frozenset({"desk", "system4"}): "System 4 looks outside: it says nothing to the desk.",
        frozenset({"desk", "system5"}): "System 5 decides on policy: it says nothing to the desk.",
        frozenset({"desk", "audit"}): "System 3* inspects operations, not the desk.",
        frozenset({"stream"}): "Two streams of the environment have nothing to say to each other here.",
        frozenset(
            {"disturbance"}
        ): "A disturbance strikes the organisation or a stream, not another disturbance.",
    }
)


def never(source: str, target: str) -> str:
    """Why there is no line from one kind of node to another, in a sentence."""
    reason = _REASONS.get(frozenset({source, target}))
    if reason is not None:
        return reason
    first, second = WORDS.get(source, source), WORDS.get(target, target)
    if joins_between(target, source):
        return f"Draw it the other way: from {second} to {first}."
    return f"There is no channel from {first} to {second} in the Viable System Model."
