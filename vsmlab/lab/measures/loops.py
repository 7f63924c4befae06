"""The periodic loops of a viable system: who tells whom how often, as the scenario says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from vsmlab.laws import kinds as k

from .levels import Levels

LONGEST: Final = 10.0
"""A channel's use is judged over so many periods of the one who sends."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A part of a loop that is told again and again.

    Args:
        channel: Its kind.
        sender: Row.
        receiver: Row.
        period: Seconds.
    """

    channel: int
    sender: int
    receiver: int
    period: float


def loops(levels: Levels, here: int) -> Iterator[Loop]:
    """Every loop of this viable system whose two ends are there; a knocked-out end is still there."""
    path = levels.places[here][0]
    for child in levels.children[here]:
        yield from _of_operation(levels, path, levels.places[child][0])
    node = levels.nodes.get(path)
    if node is None:  # born during the run
        return
    system3, system4, system5 = (levels.rows.get(f"{path}.system{number}") for number in (3, 4, 5))
    if system3 is not None and node.system3 is not None:
        if system4 is not None:
            yield Loop(k.S3_S4, system3, system4, node.system3.period)
        if system5 is not None:
            yield Loop(k.S34_S5, system3, system5, node.system3.period)
    if system4 is not None and node.system4 is not None:
        if system3 is not None:
            yield Loop(k.S4_S3, system4, system3, node.system4.period)
        if system5 is not None:
            yield Loop(k.S34_S5, system4, system5, node.system4.period)
        yield from _seen(levels, system4, node.system4.indicators_every)
    if system5 is not None and system3 is not None and node.system5 is not None:
        yield Loop(k.S5_34, system5, system3, node.system5.period)


def _of_operation(levels: Levels, above: str, path: str) -> Iterator[Loop]:
    """What an operation, or a viable system as one, tells the systems above it."""
    node = levels.nodes.get(path)
    if node is None:
        return
    system3 = levels.rows.get(f"{above}.system3")
    if node.viable:
        own = levels.rows.get(f"{path}.system3")
        if own is not None and system3 is not None and node.system3 is not None:
            yield Loop(k.ACCOUNT, own, system3, node.system3.account_period)
        return
    management = levels.rows.get(f"{path}.management")
    if management is None or node.management is None:
        return
    yield Loop(k.OP_MGMT, levels.rows[path], management, node.report.every)
    system2 = levels.rows.get(f"{above}.system2")
    if system2 is not None:
        yield Loop(k.S2, management, system2, node.management.heartbeat_every)
    if system3 is not None:
        yield Loop(k.ACCOUNT, management, system3, node.management.account_every)


def _seen(levels: Levels, system4: int, every: float) -> Iterator[Loop]:
    """What the environment shows a System 4; who shows it is known once it was shown."""
    for channel, sender, receiver in levels.traffic.pairs:
        if channel == k.ENV_S4 and receiver == system4 and sender < len(levels.paths):
            yield Loop(channel, sender, receiver, every)


def sending_period(levels: Levels, here: int, channel: int, sender: int) -> float:
    """Seconds over which the use of a channel is judged: the closing system's period, ten of the sender's."""
    path = levels.places[here][0]
    node = levels.nodes[path]
    closing = {
        k.S2: node.system2.period if node.system2 is not None else 0.0,
        k.S4_S3: node.system4.period if node.system4 is not None else 0.0,
        k.ENV_S4: node.system4.period if node.system4 is not None else 0.0,
        k.S34_S5: node.system5.period if node.system5 is not None else 0.0,
        k.S5_34: node.system5.period if node.system5 is not None else 0.0,
    }.get(channel, node.system3.period if node.system3 is not None else 0.0)
    own = 1.0
    operation = levels.nodes.get(levels.name(sender).removesuffix(".management"))
    if operation is not None and not operation.viable:
        own = operation.report.every
        if channel in (k.S2, k.ACCOUNT) and operation.management is not None:
            every = operation.management
            own = every.heartbeat_every if channel == k.S2 else every.account_every
    return max(closing, LONGEST * own)
