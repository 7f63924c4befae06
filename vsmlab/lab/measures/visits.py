"""Visits of tasks to operations, and their stays in each part of the organisation (``docs/anatomy.md``).

A visit is a task's time at one operation. A stay is its time in a subtree: visits that follow each other
there, and the way between them. Every task is in exactly one place, so stays balance exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from vsmlab.engines.start import PlaceRow
from vsmlab.laws import kinds as k

from .fold import LIFE_ROW

IN_PROGRESS, SERVED, SHED, FAILED, ABANDONED, MOVED = range(6)
OUTCOMES: Final = ("in_progress", "served", "shed", "failed", "abandoned", "moved_out")
NEVER: Final = np.inf

BLOCK: Final = 500_000
T = TypeVar("T")
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_CLOSING = {
    k.SERVED: SERVED,
    k.HANDED_ON: SERVED,
    k.MOVED_OUT: MOVED,
    k.SHED: SHED,
    k.FAILED: FAILED,
    k.ABANDONED: ABANDONED,
}
_ON_ITS_WAY = (k.LOST, k.UNANSWERED, k.REFUSED)
WAITING_PHASE, SERVING_PHASE, BACKING_OFF = 1, 2, 3
_PHASES = {
    k.ACCEPTED: WAITING_PHASE,
    k.PREEMPTED: WAITING_PHASE,
    k.REQUEUED: WAITING_PHASE,
    k.STARTED: SERVING_PHASE,
    k.ATTEMPT_FAILED: BACKING_OFF,
    k.DEFERRED: BACKING_OFF,
}


@dataclass(frozen=True, slots=True, eq=False)
class Births:
    """Tasks as the environment made them: when, their work in seconds, and whom they were for (a place)."""

    task: Ints
    time: Floats
    work: Floats
    goal: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Visits:
    """Visits in order of task and time. Times that never came are infinite.

    Args:
        task: Identity of the task.
        place: Index of the operation's node.
        came: 0 arrives, 1 handed on, 2 moved.
        entered: Seconds.
        started: Seconds of the first start of service.
        left: Seconds.
        outcome: One of ``OUTCOMES``.
        goal: Node that the task goes on to, -1 for none.
        lost: Seconds when it was lost on its way on.
        cost: US dollars of what was served.
    """

    task: Ints
    place: Ints
    came: Ints
    entered: Floats
    started: Floats
    left: Floats
    outcome: Ints
    goal: Ints
    lost: Floats
    cost: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Phases:
    """What tasks did in their visits: waiting, being served, backing off; ``end`` may be infinite."""

    place: Ints
    phase: Ints
    begin: Floats
    end: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Stays:
    """Stays in the subtrees of one depth; the same columns as visits, and the first and last visit of each."""

    place: Ints
    came: Ints
    entered: Floats
    left: Floats
    outcome: Ints
    first: Ints
    last: Ints


def ancestors(places: list[PlaceRow]) -> Ints:
    """Shape (places + 1, depths): the node at each depth on the way to a node, -1 below it; the last row is none."""
    depth = max((row[2] for row in places), default=0) + 1
    table = np.full((len(places) + 1, depth), -1, dtype=np.int64)
    for here, (_, parent, level, *_rest) in enumerate(places):
        if parent >= 0:
            table[here] = table[parent]
        table[here, level] = here
    return table


def nodes_of(identities: Ints, addresses: dict[int, int]) -> Ints:
    """Node by the identity of its address; -1 where there is none."""
    known, back = np.unique(identities, return_inverse=True)
    return np.array([addresses.get(int(one), -1) for one in known], dtype=np.int64)[back.reshape(-1)]


def by_task(parts: list[npt.NDArray[np.void]]) -> npt.NDArray[np.void]:
    """One array of all parts, by task and then in order; the parts are used up, so that memory holds them once."""
    count = sum(len(part) for part in parts)
    rows = np.empty(count, parts[0].dtype if parts else LIFE_ROW)
    end = count
    while parts:
        part = parts.pop()
        rows[end - len(part) : end] = part
        end -= len(part)
    order = np.argsort(rows["task"], kind="stable")
    for name in rows.dtype.names or ():
        rows[name] = rows[name][order]
    return rows


def read_lives(parts: list[npt.NDArray[np.void]], addresses: dict[int, int]) -> tuple[Births, Visits, Phases]:
    """Births, visits and phases from the facts about tasks.

    Args:
        parts: Facts in the journal's order (``Fold.lives``); they are used up.
        addresses: Node by the identity of its address.
    """
    rows = by_task(parts)
    blocks = [_read_block(rows[begin:end], addresses) for begin, end in _blocks(rows["task"])]
    births, visits, phases = zip(*blocks, strict=True)
    return _joined(Births, births), _joined(Visits, visits), _joined(Phases, phases)


def _blocks(task: Ints) -> list[tuple[int, int]]:
    """Stretches of about ``BLOCK`` rows that end where a task ends: what happens to a task is read at once."""
    ends = np.flatnonzero(task[1:] != task[:-1]) + 1 if len(task) else np.empty(0, np.int64)
    cuts = (
        np.unique(ends[np.searchsorted(ends, np.arange(BLOCK, len(task), BLOCK)).clip(max=len(ends) - 1)])
        if len(ends)
        else ends
    )
    bounds = [0, *cuts.tolist(), len(task)]
    return [(begin, end) for begin, end in pairwise(bounds) if end > begin] or [(0, 0)]


def _joined(table: type[T], parts: Sequence[T]) -> T:
    """One table of several with the same columns."""
    return table(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(table)))  # type: ignore[arg-type]


def _read_block(rows: npt.NDArray[np.void], addresses: dict[int, int]) -> tuple[Births, Visits, Phases]:
    """Births, visits and phases of the tasks in these rows, which are by task and then in order."""
    kind, task = rows["kind"], rows["task"]
    born = rows[kind == k.BORN]
    births = Births(born["task"], born["due"], born["value"], nodes_of(born["ref"], addresses))
    opens = np.isin(kind, (k.ACCEPTED, k.SHED))
    visit = np.cumsum(opens) - 1
    heads = np.flatnonzero(opens)
    count = len(heads)
    mine = (visit >= 0) & (task == task[heads[np.maximum(visit, 0)]]) if count else np.zeros(len(rows), bool)
    shed = kind[heads] == k.SHED
    came = np.where(shed, rows["value"][heads].astype(np.int64), rows["ref"][heads])
    started, left = np.full(count, NEVER), np.full(count, NEVER)
    lost, cost = np.full(count, NEVER), np.zeros(count)
    outcome, goal = np.zeros(count, np.int64), np.full(count, -1, np.int64)
    begun = np.flatnonzero(mine & (kind == k.STARTED))
    which, first = np.unique(visit[begun], return_index=True)
    started[which] = rows["due"][begun[first]]
    for closing, ending in _CLOSING.items():
        ends = np.flatnonzero(mine & (kind == closing))
        left[visit[ends]], outcome[visit[ends]] = rows["due"][ends], ending
        if closing in (k.HANDED_ON, k.MOVED_OUT):
            goal[visit[ends]] = nodes_of(rows["ref"][ends], addresses)
        if closing in (k.HANDED_ON, k.SERVED):
            cost[visit[ends]] = rows["value"][ends]
    gone = np.flatnonzero(mine & np.isin(kind, _ON_ITS_WAY))
    lost[visit[gone]] = rows["due"][gone]
    place = nodes_of(rows["receiver"][heads], addresses)
    visits = Visits(task[heads], place, came, rows["due"][heads], started, left, outcome, goal, lost, cost)
    return births, visits, _phases(rows, kind, mine, visit, place)


def _phases(
    rows: npt.NDArray[np.void],
    kind: npt.NDArray[np.int16],
    mine: npt.NDArray[np.bool_],
    visit: Ints,
    place: Ints,
) -> Phases:
    """Each fact that begins a phase, up to the next fact of the same visit."""
    begins = np.flatnonzero(mine & np.isin(kind, list(_PHASES)))
    follows = np.full(len(rows), NEVER)
    if len(rows) > 1:
        same = (visit[1:] == visit[:-1]) & mine[1:] & mine[:-1]
        follows[:-1] = np.where(same, rows["due"][1:], NEVER)
    phase = np.zeros(len(rows), np.int64)
    for fact, number in _PHASES.items():
        phase[kind == fact] = number
    return Phases(place[visit[begins]], phase[begins], rows["due"][begins], follows[begins])


def stays_at(depth: int, visits: Visits, table: Ints) -> Stays:
    """Stays in the subtrees whose root lies at this depth."""
    above = table[visits.place, depth]
    count = len(above)
    onward = visits.goal >= 0
    inside_next = onward & (table[visits.goal, depth] == above) & (above >= 0)
    joined = np.zeros(count, bool)
    if count > 1:
        joined[1:] = (visits.task[1:] == visits.task[:-1]) & inside_next[:-1] & (above[1:] == above[:-1])
    first = np.flatnonzero(~joined & (above >= 0))
    stay_of = np.cumsum(~joined) - 1
    last_of_all = np.zeros(stay_of[-1] + 1 if count else 0, np.int64)
    last_of_all[stay_of] = np.arange(count)
    last = last_of_all[stay_of[first]]
    left, outcome = visits.left[last].copy(), visits.outcome[last].copy()
    travelling = inside_next[last]
    left[travelling], outcome[travelling] = NEVER, IN_PROGRESS
    vanished = travelling & np.isfinite(visits.lost[last])
    left[vanished], outcome[vanished] = visits.lost[last][vanished], FAILED
    return Stays(above[first], visits.came[first], visits.entered[first], left, outcome, first, last)
