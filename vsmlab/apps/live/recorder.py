"""What a live page remembers of a session: samples for its plots, waits, and who told whom in the last seconds."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from vsmlab.apps.live.rings import Ring, Stream
from vsmlab.engines.journal import Segment
from vsmlab.lab.report.organisation import above_sender, between, owner
from vsmlab.lab.sessions import Readings, Session
from vsmlab.laws import kinds as k

SAMPLES: Final = 6_000
WAITS: Final = 40_000
LATELY: Final = 3.0
"""Seconds of watching over which the diagram says how much went over a channel."""
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


@dataclass(slots=True)
class Slice:
    """What went over channels in one slice."""

    at: float
    messages: Counter[Key] = field(default_factory=Counter)
    lost: Counter[Key] = field(default_factory=Counter)


class Recorder:
    """Samples a session whenever it is told to."""

    def __init__(self) -> None:
        self.begin_anew(0)

    def begin_anew(self, seen: int) -> None:
        """Forget everything; rows before ``seen`` are not looked at."""
        self.samples, self.waits = Ring(SAMPLES), Stream(WAITS)
        self.happenings: deque[tuple[float, str]] = deque(maxlen=MOST_HAPPENINGS)
        self.places: dict[str, int] = {}
        self._forget(seen)

    def _forget(self, seen: int) -> None:
        self._seen = seen
        self._waiting: dict[int, float] = {}
        self._slices: deque[Slice] = deque()
        self._known: dict[tuple[int, int, int], Key] = {}

    def go_back(self, time: float, seen: int) -> None:
        """Forget what came after a time."""
        self.samples.forget_after(time)
        self.waits.forget_after(time)
        while self.happenings and self.happenings[-1][0] >= time:
            self.happenings.pop()
        self._forget(seen)

    def sample(self, session: Session, read: Readings, at: float) -> None:
        """Take a sample.

        Args:
            session: The session.
            read: Its readings, just taken.
            at: Seconds on the clock of whoever watches.
        """
        rows = session.rows(self._seen)
        self._seen = session.count
        values: dict[str, float] = {}
        for path, one in read.operations.items():
            values[f"queue {path}"] = one.queue
            values[f"service {path}"] = one.in_service
            values[f"agents {path}"] = one.agents
        for kind, use in read.channels.items():
            values[f"messages {kind}"] = use.messages
        values["metasystem"] = sum(use.messages for kind, use in read.channels.items() if kind not in WORK)
        values["served"] = read.channels["op_env"].messages
        values["children"] = sum(state == "on" for state in read.children.values())
        self.samples.append(read.now, values)
        if len(rows):
            self._look(session, rows, at)
        while self._slices and self._slices[0].at < at - LATELY:
            self._slices.popleft()

    def _look(self, session: Session, rows: Segment, at: float) -> None:
        names = session.names()
        self._wait(rows, names)
        root = next(iter(names.values()), "").partition(".")[0]
        slice_ = Slice(at)
        channel = session.channels_of(rows)
        told = channel >= 0
        if told.any():
            self._count(rows[told], channel[told], names, slice_)
        for line in rows[rows["kind"] == k.LOST]:
            kind = k.CHANNEL_NAMES[int(line["ref"])]
            who = names.get(int(line["receiver"]), "")
            slice_.lost[above_sender(root, kind, who), kind, ""] += 1
        self._slices.append(slice_)
        for line in rows[np.isin(rows["kind"], list(HAPPENINGS))]:
            where = names.get(int(line["receiver"]), "")
            self.happenings.append((float(line["due"]), f"{HAPPENINGS[int(line['kind'])]} ({where})"))

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
        """What went over channels in the last seconds of watching."""
        found = Slice(0.0)
        for one in self._slices:
            found.messages += one.messages
            found.lost += one.lost
        return found
