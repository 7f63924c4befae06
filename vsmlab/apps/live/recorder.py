"""What a live page remembers of a session: samples for its plots, waits, and who told whom lately."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from vsmlab.apps.live.rings import Ring, Stream
from vsmlab.engines.journal import Segment
from vsmlab.lab.report.organisation import above_sender, between, owner
from vsmlab.lab.sessions import Readings, Session
from vsmlab.laws import kinds as k

SAMPLES: Final = 6_000
WAITS: Final = 40_000
LATELY: Final = 60.0
"""Seconds of the run over which the diagram says how much went over a channel, if nobody says otherwise."""
MOST_HAPPENINGS: Final = 200
_ENDS_WAIT: Final = (k.STARTED, k.SHED, k.ABANDONED, k.MOVED_OUT, k.FAILED)
HAPPENINGS: Final = {
    k.SPAWNED: "a child system was made", k.DEPTH_REFUSED: "a child was refused: the depth limit holds",
    k.GONE: "a child system has ended",
}  # fmt: skip
WORK: Final = ("env_op", "op_env", "op_op")
"""Channels of the work itself; all others are the metasystem's."""

Key = tuple[str, str, str]
"""Viable system, kind of channel, and operation at its end (empty where it has none)."""


class Happening(NamedTuple):
    """Something that is worth a line: when, what, and in which row of the journal."""

    time: float
    text: str
    row: int


@dataclass(slots=True)
class Slice:
    """What went over channels from one time of the run to another."""

    begin: float = 0.0
    end: float = 0.0
    messages: Counter[Key] = field(default_factory=Counter)
    lost: Counter[Key] = field(default_factory=Counter)

    def rate(self, many: int) -> float:
        """So many as messages a second of the run, which the speed that it is played at does not change."""
        return many / (self.end - self.begin) if self.end > self.begin else 0.0


class Recorder:
    """Samples a session whenever it is told to.

    Args:
        over: Seconds of the run that ``lately`` is about.
    """

    def __init__(self, over: float = LATELY) -> None:
        self.over = over
        self.begin_anew(0)

    def begin_anew(self, seen: int, time: float = 0.0) -> None:
        """Forget everything; rows before ``seen`` are not looked at, and ``time`` is when the next was written."""
        self.samples, self.waits = Ring(SAMPLES), Stream(WAITS)
        self.happenings: deque[Happening] = deque(maxlen=MOST_HAPPENINGS)
        self.happened = 0
        self.places: dict[str, int] = {}
        self._met: dict[str, float] = {}
        self._forget(seen, time)

    def _forget(self, seen: int, time: float) -> None:
        self._seen, self._looked_at = seen, time
        self._waiting: dict[int, float] = {}
        self._slices: deque[Slice] = deque()
        self._known: dict[tuple[int, int, int], Key] = {}

    def go_back(self, time: float, seen: int) -> None:
        """Forget what came after a time."""
        self.samples.forget_after(time)
        self.waits.forget_after(time)
        while self.happenings and self.happenings[-1].time >= time:
            self.happenings.pop()
        self._met = {path: since for path, since in self._met.items() if since <= time}
        self._forget(seen, time)

    def sample(self, session: Session, read: Readings) -> None:
        """Take a sample.

        Args:
            session: The session.
            read: Its readings, just taken.
        """
        first, rows = max(self._seen, session.first_kept), session.rows(self._seen)
        self._seen = session.count
        values: dict[str, float] = {}
        for path, one in read.operations.items():
            values[f"queue {path}"] = one.queue
            values[f"service {path}"] = one.in_service
            values[f"agents {path}"] = one.agents
            self._met.setdefault(path, read.now)
        for kind, use in read.channels.items():
            values[f"messages {kind}"] = use.messages
        values["metasystem"] = sum(use.messages for kind, use in read.channels.items() if kind not in WORK)
        values["served"] = read.channels["op_env"].messages
        values["children"] = sum(state == "on" for state in read.children.values())
        self.samples.append(read.now, values)
        slice_ = Slice(self._looked_at, read.now)
        self._looked_at = read.now
        self._slices.append(slice_)
        if len(rows):
            self._look(session, rows, first, slice_)
        while self._slices[0].end <= read.now - self.over:
            self._slices.popleft()

    def ever(self) -> list[str]:
        """Paths of all operations that have been there, in the order in which they came; they may have ended."""
        return list(self._met)

    def _look(self, session: Session, rows: Segment, first: int, slice_: Slice) -> None:
        names = session.names()
        self._wait(rows, names)
        root = next(iter(names.values()), "").partition(".")[0]
        channel = session.channels_of(rows)
        told = channel >= 0
        if told.any():
            self._count(rows[told], channel[told], names, slice_)
        for line in rows[rows["kind"] == k.LOST]:
            kind = k.CHANNEL_NAMES[int(line["ref"])]
            who = names.get(int(line["receiver"]), "")
            slice_.lost[above_sender(root, kind, who), kind, ""] += 1
        for place in np.flatnonzero(np.isin(rows["kind"], list(HAPPENINGS))).tolist():
            line = rows[place]
            whom = "receiver" if line["kind"] == k.DEPTH_REFUSED else "ref"
            what = f"{HAPPENINGS[int(line['kind'])]} ({names.get(int(line[whom]), '')})"
            self.happenings.append(Happening(float(line["due"]), what, first + place))
            self.happened += 1

    def _count(self, rows: Segment, channel: np.ndarray, names: dict[int, str], slice_: Slice) -> None:
        who, place = np.unique(np.concatenate([rows["sender"], rows["receiver"]]), return_inverse=True)
        sender, receiver = place[: len(rows)], place[len(rows) :]
        pairs, counts = np.unique((sender * len(who) + receiver) * k.CHANNELS + channel, return_counts=True)
        for pair, many in zip(pairs.tolist(), counts.tolist(), strict=True):
            both, number = divmod(pair, k.CHANNELS)
            one, other = (int(who[at]) for at in divmod(both, len(who)))
            key = self._known.get((number, one, other))
            if key is None:
                kind = k.CHANNEL_NAMES[number]
                level, child = between(kind, owner(names.get(one, "")), owner(names.get(other, "")))
                key = self._known[number, one, other] = (level, kind, child)
            slice_.messages[key] += many

    def _wait(self, rows: Segment, names: dict[int, str]) -> None:
        """How long tasks waited that an agent began with."""
        kind = rows["kind"]
        lines = rows[np.isin(kind, (k.ACCEPTED, *_ENDS_WAIT))]
        waiting, times, waits, whose = self._waiting, [], [], []
        for what, due, task, receiver in zip(
            lines["kind"].tolist(), lines["due"].tolist(), lines["task"].tolist(), lines["receiver"].tolist(),
            strict=True,
        ):  # fmt: skip
            if what == k.ACCEPTED:
                waiting[task] = due
                continue
            since = waiting.pop(task, None)
            if what == k.STARTED and since is not None:
                times.append(due)
                waits.append(due - since)
                whose.append(self.places.setdefault(names.get(receiver, ""), len(self.places)))
        if times:
            self.waits.extend(np.array(times), np.array(waits), np.array(whose))

    def lately(self) -> Slice:
        """What went over channels in the last seconds of the run."""
        found = Slice(self._slices[0].begin, self._slices[-1].end) if self._slices else Slice()
        for one in self._slices:
            found.messages += one.messages
            found.lost += one.lost
        return found
