"""What can be read off a run at a moment: operations, Systems, channels, pain, children, dials."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from vsmlab.engines.start import Start
from vsmlab.lab.build.blows import Ground
from vsmlab.lab.newborn import name_newborn
from vsmlab.laws import kinds as k
from vsmlab.laws.dials import (
    CHANNEL_DELAY,
    OFFLOAD_GAIN,
    REPORT_EVERY,
    Dial,
    channel_dials,
    dials_of,
)
from vsmlab.laws.identity import child_identity
from vsmlab.laws.tables import Operation

from .kept import COUNTED, Kept

TABLE_OF: Final = {
    k.OPERATION: "operations", k.MANAGEMENT: "managements", k.SYSTEM2: "system2s", k.SYSTEM3: "system3s",
    k.AUDIT: "audits", k.SYSTEM4: "system4s", k.SYSTEM5: "system5s", k.STREAM: "streams",
}  # fmt: skip
SYSTEMS: Final = frozenset((k.MANAGEMENT, k.SYSTEM2, k.SYSTEM3, k.AUDIT, k.SYSTEM4, k.SYSTEM5))
ON, OFF, GONE = "on", "off", "ended"
STATE_OF: Final = {0: ON, k.KNOCKED_OUT: OFF, k.ENDED: GONE}


@dataclass(frozen=True, slots=True)
class OperationReading:
    """An elementary operation.

    Args:
        queue: Tasks that wait.
        in_service: Tasks that agents hold.
        agents: Agents present.
        speed: Work that an agent does in a second now.
        health: Words for what is not as it should be: hung, crashed, silent, slow, stale, biased, closing.
        utilisation: Agent-seconds in service over agent-seconds present, since the run began or it was born.
        arrivals: Tasks that came to its door, those that it shed included.
        served: Tasks whose work ended there.
        shed: Tasks that it refused.
        failed: Tasks whose attempts were spent.
        abandoned: Tasks that left at their deadline or out of patience.
        moved_in: Tasks that a sibling gave.
        moved_out: Tasks that it gave away.
    """

    queue: int
    in_service: int
    agents: int
    speed: float
    health: tuple[str, ...]
    utilisation: float
    arrivals: int
    served: int
    shed: int
    failed: int
    abandoned: int
    moved_in: int
    moved_out: int


@dataclass(frozen=True, slots=True)
class StreamReading:
    """A demand stream: tasks born so far, and how many times what the scenario says is asked for."""

    born: int
    asked: float


@dataclass(frozen=True, slots=True)
class ChannelReading:
    """A kind of channel: messages handled and lost so far, for how many of its senders it is cut, and for which.

    ``late``: for how many of its senders it takes longer than the scenario says.
    """

    messages: int
    lost: int
    cut: int
    cut_for: tuple[str, ...] = ()
    late: int = 0


@dataclass(frozen=True, slots=True)
class Alarm:
    """An algedonic signal that is up: where, of what, pain or pleasure, how much times its limit, and since when.

    ``climbed``: it has gone on to the next level above.
    """

    where: str
    variable: str
    pain: bool
    amount: float
    since: float
    climbed: bool


@dataclass(frozen=True, slots=True)
class DialReading:
    """A dial of a receiver as it stands; ``channel`` is the kind of channel that it is about, if it is."""

    who: str
    dial: str
    channel: str | None
    value: float
    least: float
    most: float
    whole: bool
    unit: str
    says: str


@dataclass(frozen=True, slots=True)
class Readings:
    """A run at a moment.

    Args:
        now: Seconds.
        handled: Messages handled.
        rows: Rows of the journal.
        operations: By path; those that were born are among them, those that have ended are not.
        streams: By name.
        systems: "on", "off" (knocked out) or "ended", by path.
        channels: By kind.
        alarms: Signals that are up, from the unit to the root.
        emergencies: Until when an emergency lasts, by path of the System 5 that declared it.
        children: "on" or "ended", by path of a child system that was born.
    """

    now: float
    handled: int
    rows: int
    operations: dict[str, OperationReading]
    streams: dict[str, StreamReading]
    systems: dict[str, str]
    channels: dict[str, ChannelReading]
    alarms: tuple[Alarm, ...]
    emergencies: dict[str, float]
    children: dict[str, str]


class Gauges:
    """Reads a run off its tables.

    Args:
        start: Its tables, and who is who.
        kept: Its counts.
        ground: Who was there from the start.
        streams: Names of the demand streams.
    """

    def __init__(self, start: Start, kept: Kept, ground: Ground, streams: Sequence[str]) -> None:
        self.start, self.kept, self.ground = start, kept, ground
        self.state: Any = start.state
        self.streams = {name: ground.rows[f"environment.{name}"] for name in streams}
        self.there = len(start.paths)
        self._systems: list[tuple[str, int]] = []
        self._operations: list[tuple[str, int, int]] = []
        self._children: list[tuple[str, int]] = []
        self._senders = {row for path, row in ground.rows.items() if k.SENDS[ground.roles[path]]}
        self._places = 0
        self._meet(ground.rows.values())

    def _meet(self, rows: Iterable[int]) -> None:
        """Know these receivers, and the operations among the places that are new."""
        units, paths = self.state.units, self.start.paths
        first, self._places = self._places, len(self.start.places)
        self._systems += [(paths[row], row) for row in rows if units[row].role in SYSTEMS]
        for path, _, _, row, viable, agents in self.start.places[first:]:
            if not viable:
                self._operations.append((path, row, units[row].at))
                since = self.state.operations[units[row].at].window_since if first else 0.0
                self.kept.begin(row, since, agents)

    def meet_newborn(self) -> None:
        """Name and know who was born since."""
        known = len(self.start.paths)
        if known == len(self.start.identities):
            return
        name_newborn(self.start)
        born = range(known, len(self.start.paths))
        self._senders.update(row for row in born if k.SENDS[self.start.roles[row]])
        roots = {
            child_identity(self.start.identities[mother.unit], ordinal, 0)
            for mother in self.state.system3s
            for ordinal in range(1, mother.spawned + 1)
        }
        identities, paths = self.start.identities, self.start.paths
        self._children += [(paths[row], row) for row in born if identities[row] in roots]
        self._meet(born)

    def read(self, now: float, handled: int, rows: int) -> Readings:
        """Everything, now."""
        units = self.state.units
        return Readings(
            now=now,
            handled=handled,
            rows=rows,
            operations={
                path: self._operation(row, self.state.operations[at], now)
                for path, row, at in self._operations
                if units[row].off == 0
            },
            streams={name: self._stream(row) for name, row in self.streams.items()},
            systems={path: STATE_OF[units[row].off] for path, row in self._systems},
            channels=self._channels(),
            alarms=tuple(self._alarms()),
            emergencies={
                path: self.state.system5s[units[row].at].emergency_until
                for path, row in self._systems
                if units[row].role == k.SYSTEM5 and self.state.system5s[units[row].at].emergency_until > now
            },
            children={path: STATE_OF[units[row].off] for path, row in self._children},
        )

    def _operation(self, row: int, mine: Operation, now: float) -> OperationReading:
        counts = self.kept.facts[row].tolist()
        _, accepted, shed, served, handed_on, failed, abandoned, moved_out, moved_in = counts
        carried = mine.carried_before + mine.busy_area + mine.busy * (now - mine.busy_since)
        manned = self.kept.manned(row, now)
        return OperationReading(
            queue=mine.queue,
            in_service=mine.busy,
            agents=mine.agents,
            speed=mine.speed,
            health=tuple(health(mine)),
            utilisation=carried / manned if manned > 0.0 else 0.0,
            arrivals=accepted + shed,
            served=served + handed_on,
            shed=shed,
            failed=failed,
            abandoned=abandoned,
            moved_in=moved_in,
            moved_out=moved_out,
        )

    def _stream(self, row: int) -> StreamReading:
        mine = self.state.streams[self.state.units[row].at]
        return StreamReading(
            int(self.kept.facts[row, COUNTED.index(k.BORN)]), mine.asked if mine.operated else 1.0
        )

    def _channels(self) -> dict[str, ChannelReading]:
        cut: list[set[int]] = [set() for _ in k.CHANNEL_NAMES]
        late: list[set[int]] = [set() for _ in k.CHANNEL_NAMES]
        for way in self.state.channels:
            if way.extra > 0.0 and way.owner in self._senders:
                late[way.kind].add(way.owner)
            if (way.cut or way.cuts > 0) and way.owner in self._senders:
                cut[way.kind].add(way.owner)
        kept = self.kept
        return {
            name: ChannelReading(
                int(kept.messages[number]),
                int(kept.lost[number]),
                len(cut[number]),
                tuple(self.start.paths[row] for row in sorted(cut[number])),
                len(late[number]),
            )
            for number, name in enumerate(k.CHANNEL_NAMES)
        }

    def _alarms(self) -> Iterator[Alarm]:
        units, state = self.state.units, self.state
        for path, row in self._systems:
            if units[row].off != 0:
                continue
            if units[row].role == k.MANAGEMENT:
                first, rows = state.managements[units[row].at].first_essential, state.essentials
            elif units[row].role == k.SYSTEM5:
                first, rows = state.system5s[units[row].at].first_signal, state.signals
            else:
                continue
            while first >= 0:
                one = rows[first]
                if one.state != k.CALM:
                    name = k.ESSENTIAL_NAMES[one.what]
                    yield Alarm(path, name, one.sign > 0, one.amount, one.since, one.state == k.ABOVE)
                first = one.next

    def dials(self, who: str | None = None) -> list[DialReading]:
        """The dials of a receiver that was there from the start; of all of them if unsaid."""
        found = []
        for path, row in self.ground.rows.items():
            if who in (None, path):
                role = self.ground.roles[path]
                mine = [dial for dial in dials_of(role) if self._turns(dial, row)]
                found += [self._dial(path, dial, None, self._value(dial, row)) for dial in mine]
                for channel in k.SENDS[role]:
                    way = self._way(row, channel)
                    for dial in channel_dials():
                        value = (
                            0.0 if way is None else way.extra if dial.number == CHANNEL_DELAY else way.loss
                        )
                        found.append(self._dial(path, dial, k.CHANNEL_NAMES[channel], value))
        return found

    def _dial(self, path: str, dial: Dial, channel: str | None, value: float) -> DialReading:
        return DialReading(
            path, dial.name, channel, float(value), dial.least, dial.most, dial.whole, dial.unit, dial.says
        )

    def _row(self, row: int) -> Any:  # noqa: ANN401 - of any table
        unit = self.state.units[row]
        return getattr(self.state, TABLE_OF[unit.role])[unit.at]

    def _turns(self, dial: Dial, row: int) -> bool:
        """Whether turning it could do anything there: who does not report has no period of reports."""
        mine = self._row(row)
        if dial.number == OFFLOAD_GAIN:
            return bool(mine.first_link >= 0)
        if dial.number == REPORT_EVERY:
            return bool(mine.management >= 0 or mine.reports_to_desk)
        return True

    def _value(self, dial: Dial, row: int) -> float:
        mine = self._row(row)
        untouched = (dial.field == "asked" and not mine.operated) or (dial.field == "pace" and not mine.paced)
        return 1.0 if untouched else getattr(mine, dial.field)

    def _way(self, row: int, kind: int) -> Any:  # noqa: ANN401 - a row, or None
        """A sender's channel of this kind, its pattern rather than another; None while it has none."""
        found, at = None, self.state.units[row].first_channel
        while at >= 0:
            way = self.state.channels[at]
            if way.kind == kind and (found is None or way.to < 0):
                found = way
            at = way.next
        return found


def health(mine: Operation) -> Iterator[str]:
    """Words for what of an operation is not as it should be."""
    if mine.state == k.CRASHED:
        yield "crashed"
    elif mine.state == k.HUNG:
        yield "hung"
    if mine.silent > 0:
        yield "silent"
    if mine.speed < mine.full_speed:
        yield "slow"
    if mine.stale > 0:
        yield "stale"
    if mine.bias not in (0.0, 1.0):
        yield "biased"
    if mine.closing:
        yield "closing"
