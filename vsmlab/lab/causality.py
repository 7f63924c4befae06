"""Why did this happen, and what came of it? The rows of a journal around one of them, by their causes.

Each row names the row whose handling sent or noted it, so a journal is a forest: causes are found by following
one number backwards, effects by looking for a number further on. Only what is asked for is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from vsmlab.engines.journal import SEGMENT, Segment
from vsmlab.errors import InputError
from vsmlab.laws.kinds import FACTS, NAME_OF

if TYPE_CHECKING:
    import networkx as nx

Fetch = Callable[[int], Segment | None]
"""Rows of one segment of the journal by its number from 0; None where there is none, or it is kept no more."""

BACK: Final = 12
ON: Final = 40
FAR: Final = 16
MOST: Final = 5_000
"""Segments beyond its own in which effects of an event are looked for; and how many are counted."""


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the journal in words.

    Attributes:
        row: Its number in the journal, from 0.
        time: When it was handled or noted, in seconds.
        kind: What it is.
        sender: Path of who sent or noted it.
        receiver: Path of who it went to, or is about.
        value: Its value; the kind says of what.
        task: Identity of the task that it is about; -1 for none.
        cause: The row that brought it about; -1 for none.
        fact: Whether it was noted, and is no message.
        ref: Its whole number; the kind says of what.
    """

    row: int
    time: float
    kind: str
    sender: str
    receiver: str
    value: float
    task: int
    cause: int
    fact: bool
    ref: int = 0


@dataclass(frozen=True, slots=True)
class Story:
    """An event with what led to it and what it brought about, in the order of the journal.

    Attributes:
        focus: The event's row.
        events: Its causes, itself and its effects.
        older: Whether there are causes before the first that is shown, if only the same reminder before.
        further: Effects that are known and not shown, at least.
        searched: Rows up to which effects were looked for, exclusive.
    """

    focus: int
    events: tuple[Event, ...]
    older: bool
    further: int
    searched: int

    def graph(self) -> nx.DiGraph:
        """The same as a directed graph from cause to effect; nodes are rows with the event's fields (extra ``app``)."""
        import networkx as nx

        graph = nx.DiGraph(focus=self.focus)
        for event in self.events:
            graph.add_node(
                event.row,
                **{name: getattr(event, name) for name in Event.__dataclass_fields__ if name != "row"},
            )
        graph.add_edges_from((event.cause, event.row) for event in self.events if event.cause in graph)
        return graph

    def _repr_svg_(self) -> str:
        """The story as a thread, for a notebook."""
        from vsmlab.lab.report.thread import thread_alone

        return thread_alone(self)

    def generation(self) -> dict[int, int]:
        """How far each row is from the event: below zero its causes, above zero its effects."""
        far = {self.focus: 0}
        by_row = {event.row: event for event in self.events}
        row = self.focus
        while (event := by_row.get(by_row[row].cause)) is not None:
            far[event.row] = far[row] - 1
            row = event.row
        for event in self.events:
            if event.row > self.focus:
                far[event.row] = far[event.cause] + 1
        return far


def story(
    fetch: Fetch,
    names: Mapping[int, str],
    row: int,
    *,
    back: int = BACK,
    on: int = ON,
    far: int = FAR,
    again: bool = False,
) -> Story:
    """The causes and effects of one row.

    Args:
        fetch: The journal, a segment at a time.
        names: Path of each identity.
        row: Which, from 0.
        back: Most causes.
        on: Most effects; the nearest in the order of the journal are kept.
        far: Segments beyond its own in which effects are looked for.
        again: Whether causes go on behind a reminder that only comes again.

    Raises:
        InputError: If there is no such row, or it is kept no more.
    """
    here = _at(fetch, row)
    if here is None:
        raise InputError("", "row", "no such row of the journal", given=row, right="a row that was written")
    found = {row: here}
    cause, older = int(here["cause"]), False
    while cause >= 0:
        line = _at(fetch, cause)
        if line is None or len(found) > back or (not again and _repeats(found[min(found)], line)):
            older = True
            break
        found[cause] = line
        cause = int(line["cause"])
    effects, further, searched = _effects(fetch, row, here, on, far)
    found.update(effects)
    events = tuple(_event(number, found[number], names) for number in sorted(found))
    return Story(row, events, older, further, searched)


def _at(fetch: Fetch, row: int) -> np.void | None:
    number, place = divmod(row, SEGMENT)
    segment = fetch(number) if row >= 0 else None
    return segment[place] if segment is not None and place < len(segment) else None


def _repeats(line: np.void, cause: np.void) -> bool:
    """Whether this only comes again: a reminder to oneself, brought about by the same reminder before it."""
    same = all(line[name] == cause[name] for name in ("kind", "sender", "receiver"))
    return bool(same and line["sender"] == line["receiver"])


def _effects(
    fetch: Fetch, row: int, event: np.void, on: int, far: int
) -> tuple[dict[int, np.void], int, int]:
    """Effects of a row, those of its effects and so on: an effect always stands after its cause.

    A reminder that comes again is an effect; what it brings about in its turn is another story.
    """
    first, family, further = row // SEGMENT, dict[int, np.void](), 0
    open_ = {row: event}
    searched = row + 1
    for number in range(first, first + far + 1):
        segment = fetch(number)
        if segment is None:
            break
        begin = number * SEGMENT
        causes = segment["cause"]
        new = list(open_)
        while new:
            here = np.flatnonzero(np.isin(causes, new))
            new = []
            for place in here.tolist():
                line = segment[place]
                if len(family) == MOST:
                    further += 1
                    continue
                family[begin + place] = line
                if not _repeats(line, open_[int(line["cause"])]):
                    open_[begin + place] = line
                    new.append(begin + place)
        searched = begin + len(segment)
    nearest = sorted(family)[:on]
    return {one: family[one] for one in nearest}, further + len(family) - len(nearest), searched


def _event(row: int, line: Any, names: Mapping[int, str]) -> Event:  # noqa: ANN401 - a record
    kind = int(line["kind"])
    return Event(
        row=row,
        time=float(line["due"]),
        kind=NAME_OF.get(kind, str(kind)),
        sender=names.get(int(line["sender"]), str(int(line["sender"]))),
        receiver=names.get(int(line["receiver"]), str(int(line["receiver"]))),
        value=float(line["value"]),
        task=int(line["task"]),
        cause=int(line["cause"]),
        fact=kind >= FACTS,
        ref=int(line["ref"]),
    )
