"""What the measures keep of a journal as it streams by: the lives of tasks, agents, and use of channels."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from vsmlab.dispatch import TABLE
from vsmlab.engines.journal import Segment
from vsmlab.laws import kinds as k

LIFE: Final = (
    k.BORN, k.ACCEPTED, k.STARTED, k.SERVED, k.HANDED_ON, k.MOVED_OUT, k.SHED, k.FAILED, k.ABANDONED,
    k.LOST, k.PREEMPTED, k.ATTEMPT_FAILED, k.REQUEUED, k.DEFERRED, k.UNANSWERED, k.REFUSED,
)  # fmt: skip
"""Facts in the life of a task; the last of these only where they speak of one."""
STEPS: Final = (k.AGENTS, k.BARGAINED, k.INTERVENED)
LIFE_ROW: Final = np.dtype(
    [("due", "<f8"), ("value", "<f8"), ("ref", "<i8"), ("task", "<i8"), ("receiver", "<i8"), ("kind", "<i2")]
)
PLAIN_REF: Final = frozenset([k.LOAD, k.SETTING, k.ACCOUNTS, k.GRANT, k.RATE, k.INTERVENTION])
"""Kinds whose ``ref`` is part of what is said (which quantity); elsewhere it is a name or a number of course."""


def channel_table(roles: int = k.ROLES) -> npt.NDArray[np.int16]:
    """Channel by kind, sender's role and receiver's role; -1 for reminders and answers of the world."""
    table = np.full((k.KINDS, roles, roles), -1, dtype=np.int16)
    for line in TABLE:
        table[line.kind, :, line.role] = line.channel
    table[k.LOAD, k.MANAGEMENT, k.MANAGEMENT] = k.OP_OP
    return table


def life_rows(segment: Segment, which: npt.NDArray[np.bool_]) -> npt.NDArray[np.void]:
    """Some rows of a segment with the columns that the measures read."""
    rows = np.empty(int(which.sum()), LIFE_ROW)
    for name in LIFE_ROW.names or ():
        rows[name] = segment[name][which]
    return rows


@dataclass(slots=True)
class ChannelUse:
    """What went over one kind of channel in the window."""

    messages: int = 0
    lost: int = 0
    delay: float = 0.0
    symbols: Counter[int] = field(default_factory=Counter)


class Fold:
    """A sink for the journal's segments.

    Args:
        identities: Identity of each receiver by row.
        roles: Role of each receiver by row.
        warmup: Channels are counted from here on, seconds.
    """

    def __init__(self, identities: list[int], roles: list[int], warmup: float) -> None:
        self.warmup = warmup
        self.rows = 0
        self.life: list[npt.NDArray[np.void]] = []
        self.steps: list[npt.NDArray[np.void]] = []
        self.kinds: Counter[int] = Counter()
        self.by_receiver: Counter[tuple[int, int]] = Counter()
        self.channels = [ChannelUse() for _ in range(k.CHANNELS)]
        self.pairs: Counter[tuple[int, int, int]] = Counter()
        self._dues = np.zeros(1 << 17)
        self._channel = channel_table()
        self._who = np.array(identities, dtype=np.int64)
        self._order = np.argsort(self._who)
        self._roles = np.array(roles, dtype=np.int16)

    def role_of(self, identities: npt.NDArray[np.int64]) -> npt.NDArray[np.int16]:
        """Roles of receivers by identity."""
        place = np.searchsorted(self._who, identities, sorter=self._order)
        return self._roles[self._order[np.minimum(place, len(self._order) - 1)]]

    def __call__(self, segment: Segment) -> None:
        """Take a closed segment."""
        count = len(segment)
        while self.rows + count > len(self._dues):
            self._dues = np.concatenate([self._dues, np.zeros(len(self._dues))])
        self._dues[self.rows : self.rows + count] = segment["due"]
        self.rows += count
        kind = segment["kind"]
        for number, times in zip(*np.unique(kind, return_counts=True), strict=True):
            self.kinds[int(number)] += int(times)
        self._keep(self.life, segment, np.isin(kind, LIFE) & (segment["task"] >= 0))
        self._keep(self.steps, segment, np.isin(kind, STEPS))
        inside = segment[segment["due"] >= self.warmup]
        keys, times = np.unique(
            np.stack([inside["kind"].astype(np.int64), inside["receiver"]]), axis=1, return_counts=True
        )
        for (number, who), many in zip(keys.T.tolist(), times.tolist(), strict=True):
            self.by_receiver[number, who] += many
        self._use(inside)

    def _keep(self, kept: list[npt.NDArray[np.void]], segment: Segment, which: npt.NDArray[np.bool_]) -> None:
        rows = life_rows(segment, which)
        if len(rows):
            kept.append(rows)

    def _use(self, rows: Segment) -> None:
        """Count messages on channels, how long they were under way, and what they said."""
        lost = rows[rows["kind"] == k.LOST]
        for channel, many in zip(*np.unique(lost["ref"], return_counts=True), strict=True):
            self.channels[int(channel)].lost += int(many)
        told = rows[rows["kind"] < k.FACTS]
        channel = self._channel[told["kind"], self.role_of(told["sender"]), self.role_of(told["receiver"])]
        told, channel = told[channel >= 0], channel[channel >= 0]
        sent = np.where(told["cause"] >= 0, self._dues[np.maximum(told["cause"], 0)], told["due"])
        _, exponent = np.frexp(told["value"])
        sign = np.sign(told["value"]).astype(np.int64) + 1
        which = np.where(np.isin(told["kind"], list(PLAIN_REF)), told["ref"], 0)
        symbol = ((told["kind"].astype(np.int64) * 64 + which) * 4 + sign) * 4096 + exponent + 2048
        for number in np.unique(channel):
            here = channel == number
            use = self.channels[int(number)]
            use.messages += int(here.sum())
            use.delay += float((told["due"][here] - sent[here]).sum())
            for code, many in zip(*np.unique(symbol[here], return_counts=True), strict=True):
                use.symbols[int(code)] += int(many)
            ends = np.stack([told["sender"][here], told["receiver"][here]])
            pairs, times = np.unique(ends, axis=1, return_counts=True)
            for (sender, receiver), many in zip(pairs.T.tolist(), times.tolist(), strict=True):
                self.pairs[int(number), sender, receiver] += many

    def lives(self) -> list[npt.NDArray[np.void]]:
        """Facts about tasks, in the journal's order, in parts; they are handed over and not kept."""
        parts, self.life = self.life, []
        self._dues = np.zeros(0)
        return parts

    def changes(self) -> npt.NDArray[np.void]:
        """Facts about agents, grants and interventions, in the journal's order."""
        return np.concatenate(self.steps) if self.steps else np.empty(0, LIFE_ROW)
