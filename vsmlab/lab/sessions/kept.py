"""What a session keeps of its journal: the last rows, and counts of all of them."""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np
import numpy.typing as npt

from vsmlab.engines.journal import ROW, Journal, LocalRow, Segment
from vsmlab.engines.start import Start
from vsmlab.lab.measures.fold import channel_table
from vsmlab.laws import kinds as k

COUNTED: Final = (
    k.BORN, k.ACCEPTED, k.SHED, k.SERVED, k.HANDED_ON, k.FAILED, k.ABANDONED, k.MOVED_OUT,
)  # fmt: skip
"""Facts that are counted by receiver."""
MOVED: Final = 2
"""``ref`` of ACCEPTED for a task that came from a sibling."""
MOVED_IN: Final = len(COUNTED)
"""Column of the tasks that came from a sibling; they are not among those accepted."""


def identified(rows: list[LocalRow], identities: list[int]) -> Segment:
    """Rows that are not closed yet, as they will be in the journal: with identities for addresses."""
    found: list[Segment] = []
    probe = Journal(identities, [found.append])
    probe.rows = rows
    probe.finish()
    return np.concatenate(found) if found else np.empty(0, ROW)


class Kept:
    """A sink for the journal's segments that forgets old rows and counts all.

    Args:
        start: Who is who; whoever is born is added to its identities.
        most: Rows that are kept.
    """

    def __init__(self, start: Start, most: int) -> None:
        self.start, self.most = start, most
        self.first = self.closed = self.counted = 0
        self.messages = np.zeros(k.CHANNELS, np.int64)
        self.lost = np.zeros(k.CHANNELS, np.int64)
        self.facts = np.zeros((len(start.identities), MOVED_IN + 1), np.int64)
        self.agents: dict[int, tuple[float, float, int]] = {}
        self._segments: deque[Segment] = deque()
        self._channel = channel_table()
        self._column = np.full(max(k.NAME_OF) + 1, -1)
        self._column[list(COUNTED)] = range(len(COUNTED))
        self._know()

    def _know(self) -> None:
        """Know everybody who is there by now."""
        units = self.start.state.units
        self._who = np.array(self.start.identities, np.int64)
        self._order = np.argsort(self._who)
        self._roles = np.array([units[row].role for row in range(len(self._who))])
        new = len(self._who) - len(self.facts)
        self.facts = np.concatenate([self.facts, np.zeros((new, MOVED_IN + 1), np.int64)])

    def rows_of(self, identities: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Rows of receivers by identity."""
        return self._order[np.searchsorted(self._who, identities, sorter=self._order)]

    def __call__(self, segment: Segment) -> None:
        """Take a closed segment."""
        self.count(segment[self.counted - self.closed :])
        self.closed += len(segment)
        self._segments.append(segment.copy())
        while self.closed - self.first - len(self._segments[0]) >= self.most:
            self.first += len(self._segments.popleft())

    def since(self, number: int, pending: Segment) -> Segment:
        """The rows from this number on, as far as they are kept; ``pending`` are those of them that are not closed."""
        parts, at = [], self.first
        for part in self._segments:
            parts.append(part[max(0, number - at) :])
            at += len(part)
        return np.concatenate([*parts, pending])

    def count(self, rows: Segment) -> None:
        """Count rows that come after those counted before."""
        self.counted += len(rows)
        if not len(rows):
            return
        if len(self._who) != len(self.start.identities):
            self._know()
        kind, receiver = rows["kind"], self.rows_of(rows["receiver"])
        channel = self.channels_of(rows)
        self.messages += np.bincount(channel[channel >= 0], minlength=k.CHANNELS)
        self.lost += np.bincount(rows["ref"][kind == k.LOST], minlength=k.CHANNELS)
        column = self._column[kind]
        column[(kind == k.ACCEPTED) & (rows["ref"] == MOVED)] = MOVED_IN
        speaks = column >= 0
        np.add.at(self.facts, (receiver[speaks], column[speaks]), 1)
        for place in np.flatnonzero(kind == k.AGENTS).tolist():
            self._man(int(receiver[place]), float(rows["due"][place]), int(rows["ref"][place]))

    def channels_of(self, rows: Segment) -> npt.NDArray[np.int64]:
        """The channel that each row was a message of; -1 for reminders, answers of the world, and facts."""
        found = np.full(len(rows), -1)
        told = rows["kind"] < k.FACTS
        sender, receiver = (self.rows_of(rows[who][told]) for who in ("sender", "receiver"))
        found[told] = self._channel[rows["kind"][told], self._roles[sender], self._roles[receiver]]
        return found

    def _man(self, row: int, now: float, agents: int) -> None:
        area, since, before = self.agents[row]
        self.agents[row] = (area + before * (now - since), now, agents)

    def begin(self, row: int, now: float, agents: int) -> None:
        """An operation is there from now on, with so many agents."""
        self.agents.setdefault(row, (0.0, now, agents))

    def manned(self, row: int, now: float) -> float:
        """Agent-seconds that an operation has had."""
        area, since, agents = self.agents[row]
        return area + agents * (now - since)
