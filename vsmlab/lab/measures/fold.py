"""What the measures keep of a journal as it streams by: the lives of tasks, agents, and use of channels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from vsmlab.dispatch import TABLE
from vsmlab.engines.journal import Segment
from vsmlab.laws import kinds as k

from .traffic import WHICHES, Batch, Traffic, symbols_of

LIFE: Final = (
    k.BORN, k.ACCEPTED, k.STARTED, k.SERVED, k.HANDED_ON, k.MOVED_OUT, k.SHED, k.FAILED, k.ABANDONED,
    k.LOST, k.PREEMPTED, k.ATTEMPT_FAILED, k.REQUEUED, k.DEFERRED, k.UNANSWERED, k.REFUSED,
)  # fmt: skip
"""Facts in the life of a task; the last of these only where they speak of one."""
STEPS: Final = (k.AGENTS, k.BARGAINED, k.INTERVENED, k.SPAWNED)
LIFE_ROW: Final = np.dtype(
    [("due", "<f8"), ("value", "<f8"), ("ref", "<i8"), ("task", "<i8"), ("receiver", "<i8"), ("kind", "<i2")]
)
PLAIN_REF: Final = frozenset([
    k.LOAD, k.SETTING, k.ACCOUNTS, k.GRANT, k.RATE, k.INTERVENTION, k.FINDING, k.INDICATOR, k.OUTLOOK, k.PROPOSAL,
    k.DECISION, k.POLICY, k.PAIN, k.PLEASURE, k.VITAL, k.INVOKE,
])  # fmt: skip
"""Kinds whose ``ref`` is part of what is said (which quantity); elsewhere it is a name or a number of course."""
RARE: Final = frozenset(range(k.CHECKED, max(k.NAME_OF) + 1)) | {
    k.PAIN, k.PLEASURE, k.VITAL, k.DISTURB, k.SUSPECT, k.REHOME, k.DISCREPANCY, k.FINDING, k.PROPOSAL, k.DECISION,
    k.POLICY, k.OUTLOOK, k.INDICATOR, k.ANNOUNCE, k.INVOKE, k.RESULT, k.RETIRE, k.RETIRED, k.INTERVENTION, k.GRANT,
}  # fmt: skip
"""Messages and facts that are kept one by one, from time zero on."""
RARE_ROW: Final = np.dtype(
    [("due", "<f8"), ("sent", "<f8"), ("value", "<f8"), ("ref", "<i8"), ("task", "<i8"), ("sender", "<i8"),
     ("receiver", "<i8"), ("kind", "<i2")]
)  # fmt: skip
"""``sent`` is when what caused the row was handled: for a message, when it was sent."""
NUMBERS: Final = max(k.NAME_OF) + 1
"""Beyond the number of every kind of message and fact."""
MOST_RARE: Final = 4_000_000
"""Beyond so many no more are kept, so that memory stays bounded; ``Fold.rare_until`` says when that was."""


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
        horizon: End of the run, seconds.
        limited: Channels whose capacity is limited.
        newborn: Role of a receiver that is born during the run, by its row; the list of identities grows then.
    """

    def __init__(
        self,
        identities: list[int],
        roles: list[int],
        warmup: float,
        horizon: float,
        limited: frozenset[int] = frozenset(),
        newborn: Callable[[int], int] | None = None,
    ) -> None:
        self.warmup = warmup
        self.rows = 0
        self.traffic = Traffic(warmup, horizon, limited)
        self.rare_until = horizon
        self.life: list[npt.NDArray[np.void]] = []
        self.steps: list[npt.NDArray[np.void]] = []
        self.kinds: Counter[int] = Counter()
        self.by_receiver: Counter[tuple[int, int]] = Counter()
        self.channels = [ChannelUse() for _ in range(k.CHANNELS)]
        self.pairs: Counter[tuple[int, int, int]] = Counter()
        self._dues = np.zeros(1 << 17)
        self._channel = channel_table()
        self._rare: list[npt.NDArray[np.void]] = []
        self._rare_rows = 0
        self._is_rare = np.isin(np.arange(NUMBERS), list(RARE))
        self._is_plain = np.isin(np.arange(NUMBERS), list(PLAIN_REF))
        self._identities, self._known, self._newborn = identities, list(roles), newborn
        self._meet()

    def _meet(self) -> None:
        """Know everybody who is there by now."""
        while self._newborn is not None and len(self._known) < len(self._identities):
            self._known.append(self._newborn(len(self._known)))
        self._who = np.array(self._identities, dtype=np.int64)
        self._order = np.argsort(self._who)
        self._roles = np.array(self._known, dtype=np.int16)

    def row_of(self, identities: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Rows of receivers by identity."""
        place = np.searchsorted(self._who, identities, sorter=self._order)
        return self._order[np.minimum(place, len(self._order) - 1)]

    def role_of(self, identities: npt.NDArray[np.int64]) -> npt.NDArray[np.int16]:
        """Roles of receivers by identity."""
        return self._roles[self.row_of(identities)]

    def __call__(self, segment: Segment) -> None:
        """Take a closed segment."""
        if len(self._identities) != len(self._who):
            self._meet()
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
        self._keep_rare(segment[self._is_rare[kind]])
        inside = segment[segment["due"] >= self.warmup]
        receiver = self.row_of(inside["receiver"])
        keys, times = np.unique((inside["kind"].astype(np.int64) << 32) | receiver, return_counts=True)
        for key, many in zip(keys.tolist(), times.tolist(), strict=True):
            self.by_receiver[key >> 32, int(self._who[key & 0xFFFFFFFF])] += many
        self._use(inside, receiver)

    def _keep(self, kept: list[npt.NDArray[np.void]], segment: Segment, which: npt.NDArray[np.bool_]) -> None:
        rows = life_rows(segment, which)
        if len(rows):
            kept.append(rows)

    def _keep_rare(self, rows: Segment) -> None:
        if not len(rows) or self._rare_rows >= MOST_RARE:
            return
        kept = np.empty(len(rows), RARE_ROW)
        for name in RARE_ROW.names or ():
            kept[name] = self._sent(rows) if name == "sent" else rows[name]
        self._rare.append(kept)
        self._rare_rows += len(kept)
        if self._rare_rows >= MOST_RARE:
            self.rare_until = float(kept["due"][-1])

    def _sent(self, rows: Segment) -> npt.NDArray[np.float64]:
        """When what caused each row was handled; who has no cause was there from the start."""
        return np.where(rows["cause"] >= 0, self._dues[np.maximum(rows["cause"], 0)], rows["due"])

    def _use(self, rows: Segment, receiver: npt.NDArray[np.int64]) -> None:
        """Count messages on channels, how long they were under way, and what they said."""
        lost = rows[rows["kind"] == k.LOST]
        for number, many in zip(*np.unique(lost["ref"], return_counts=True), strict=True):
            self.channels[int(number)].lost += int(many)
        why = lost["value"].astype(np.int64)
        self.traffic.lose(lost["due"], lost["ref"], self.row_of(lost["sender"]), why)
        messages = rows["kind"] < k.FACTS
        told, receiver = rows[messages], receiver[messages]
        sender = self.row_of(told["sender"])
        channel = self._channel[told["kind"], self._roles[sender], self._roles[receiver]].astype(np.int64)
        on = channel >= 0
        told, channel, sender, receiver = told[on], channel[on], sender[on], receiver[on]
        sent = self._sent(told)
        which = np.where(self._is_plain[told["kind"]], told["ref"] % WHICHES, 0)
        symbols = symbols_of(told["kind"], which, told["value"])
        said = self.traffic.take(Batch(told["due"], sent, channel, sender, receiver, symbols))
        delay = np.bincount(channel, weights=told["due"] - sent, minlength=k.CHANNELS)
        for number, index, many in said.symbols:
            self.channels[number].symbols[self.traffic.symbols[index]] += many
        for index, many in said.pairs:
            number, one, other = self.traffic.pairs[index]
            self.channels[number].messages += many
            self.pairs[number, int(self._who[one]), int(self._who[other])] += many
        for number in np.flatnonzero(delay).tolist():
            self.channels[number].delay += float(delay[number])

    def rare(self) -> npt.NDArray[np.void]:
        """Messages and facts of rare kinds (``RARE``), in the journal's order, from time zero on."""
        if len(self._rare) > 1:
            self._rare = [np.concatenate(self._rare)]
        return self._rare[0] if self._rare else np.empty(0, RARE_ROW)

    def lives(self) -> list[npt.NDArray[np.void]]:
        """Facts about tasks, in the journal's order, in parts; they are handed over and not kept."""
        parts, self.life = self.life, []
        self._dues = np.zeros(0)
        return parts

    def changes(self) -> npt.NDArray[np.void]:
        """Facts about agents, grants, interventions and births, in the journal's order."""
        return np.concatenate(self.steps) if self.steps else np.empty(0, LIFE_ROW)
