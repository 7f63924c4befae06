"""What a page asks of a session beyond its readings: dials, the last messages of a channel, the story of one row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from vsmlab.engines.journal import SEGMENT, Segment
from vsmlab.errors import VsmLabError
from vsmlab.lab.causality import BACK, Event, Story, story
from vsmlab.lab.report.organisation import between, owner
from vsmlab.lab.sessions import DialReading, Session
from vsmlab.laws import kinds as k

MOST_MESSAGES: Final = 200
_AT_ONCE: Final = 20_000


@dataclass(frozen=True, slots=True)
class Watched:
    """What is asked for.

    Args:
        dials: Paths of receivers whose dials are shown.
        level: Viable system whose channel is shown; empty for all.
        channel: Kind of the channel whose messages are shown; empty for none.
        row: Row whose story is told, -1 for none.
        earlier: How many times somebody asked for earlier causes of it.
    """

    dials: tuple[str, ...] = ()
    level: str = ""
    channel: str = ""
    row: int = -1
    earlier: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found: dials, messages (newest first), a story or why there is none, and whether it has more before."""

    watched: Watched = Watched()
    dials: tuple[DialReading, ...] = ()
    messages: tuple[Event, ...] = ()
    story: Story | None = None
    no_story: str = ""
    goes_back: bool = False


def look(session: Session, watched: Watched, before: Seen) -> Seen:
    """Look at what is asked for; a story that is known already stays as it was told."""
    dials: list[DialReading] = []
    for who in watched.dials:
        try:
            dials += session.dials(who)
        except VsmLabError:
            continue  # who was born in the run has no dials of its own
    seen = replace(before, watched=watched, dials=tuple(dials), messages=())
    if watched.channel:
        seen = replace(seen, messages=tuple(last_messages(session, watched.level, watched.channel)))
    if (watched.row, watched.earlier) != (before.watched.row, before.watched.earlier):
        told, why, goes_back = None, "", False
        if watched.row >= 0:
            try:
                told = story_of(session, watched.row, watched.earlier)
                goes_back = told.older and told.events[0].cause >= session.first_kept
            except VsmLabError as exc:
                why = str(exc)
        seen = replace(seen, story=told, no_story=why, goes_back=goes_back)
    return seen


def last_messages(session: Session, level: str, channel: str, most: int = MOST_MESSAGES) -> list[Event]:
    """The last messages of a kind of channel at a level, the newest first, as far as the journal is kept."""
    names, number = session.names(), k.CHANNEL_NAMES.index(channel)
    found: list[Event] = []
    end, whole = session.count, 0
    while end > session.first_kept and len(found) < most and whole < 3:
        begin = max(session.first_kept, end - _AT_ONCE * (1 + 4 * whole))
        rows = session.rows(begin)[: end - begin]
        places = np.flatnonzero(session.channels_of(rows) == number)
        for place in places[::-1].tolist():
            line = rows[place]
            one, other = names.get(int(line["sender"]), ""), names.get(int(line["receiver"]), "")
            if level and between(channel, owner(one), owner(other))[0] != level:
                continue
            found.append(_event(begin + place, line, one, other))
            if len(found) == most:
                break
        end, whole = begin, whole + 1
    return found


def story_of(session: Session, row: int, earlier: int = 0) -> Story:
    """The causes and effects of a row among those that are kept.

    Args:
        session: The session.
        row: The row.
        earlier: How many times further back than usual, and then also behind reminders that only come again.

    Raises:
        InputError: If there is no such row, or it is kept no more.
    """
    known: dict[int, Segment | None] = {}

    def fetch(number: int) -> Segment | None:
        if number not in known:
            first = number * SEGMENT
            there = session.first_kept <= first < session.count
            known[number] = session.rows(first)[:SEGMENT] if there else None
        return known[number]

    return story(fetch, session.names(), row, back=BACK * (1 + earlier), again=earlier > 0)


def _event(row: int, line: np.void, sender: str, receiver: str) -> Event:
    kind = int(line["kind"])
    return Event(
        row, float(line["due"]), k.NAME_OF[kind], sender, receiver, float(line["value"]), int(line["task"]),
        int(line["cause"]), kind >= k.FACTS, int(line["ref"]),
    )  # fmt: skip
