"""What breaks, how much of it, and whom it strikes: the same for what the world does and for what an operator does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vsmlab.lab.scenario import Act, Disturbance
from vsmlab.laws import kinds as k


@dataclass(frozen=True, slots=True)
class Ground:
    """Who can be struck.

    Args:
        rows: Row of each receiver by its path, in the order of the rows; no pattern of a child is among them.
        roles: Role of each of them.
        operations: The elementary operations among them.
    """

    rows: Mapping[str, int]
    roles: Mapping[str, int]
    operations: Sequence[str]

    def senders(self, channel: int) -> dict[str, int]:
        """Path and row of all who send on this kind of channel."""
        return {path: row for path, row in self.rows.items() if channel in k.SENDS[self.roles[path]]}

    def below(self, path: str) -> list[str]:
        """The operation of this path, or all of a system."""
        return [each for each in self.operations if each == path or each.startswith(f"{path}.")]


@dataclass(frozen=True, slots=True)
class Blow:
    """What a disturbance does to whom.

    Args:
        fault: ``ref`` of the message.
        amount: Its value when it breaks.
        mended: Its value when it is mended.
        targets: Rows of those who are told, in order.
    """

    fault: int
    amount: float
    mended: float
    targets: tuple[int, ...]


def blow_of(entry: Disturbance | Act, ground: Ground) -> Blow:
    """What a disturbance, or an act that breaks or mends, does to whom."""
    if entry.kind in ("cut", "delay"):
        channel = k.CHANNEL_NAMES.index(str(entry.channel))
        fault = (k.CUT if entry.kind == "cut" else k.DELAY) + k.FAULT_STEP * channel
        senders = ground.senders(channel).items()
        targets = tuple(row for path, row in senders if entry.of in (None, path))
        return Blow(fault, 1.0 if entry.kind == "cut" else entry.adds or 0.0, 0.0, targets)
    fault, amount, mended = k.CRASH, 1.0, 0.0
    if entry.kind == "hang":
        fault = k.HANG if entry.answers else k.SILENT_HANG
    elif entry.kind == "slow":
        fault, amount, mended = k.SLOW, entry.factor or 0.0, 1.0
    elif entry.kind == "stale":
        fault = k.STALE
    elif entry.kind == "bias":
        fault, amount, mended = k.BIAS, entry.factor or 0.0, 1.0
    struck: list[int] = []
    for path in ground.below(str(entry.unit)):
        struck.append(ground.rows[path])
        management = ground.rows.get(f"{path}.management", -1)
        if fault in (k.CRASH, k.SILENT_HANG) and management >= 0:
            struck.append(management)
    return Blow(fault, amount, mended, tuple(struck))
