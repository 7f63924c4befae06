"""What the plots show: which series, of whom, at most 200 points each, all over the same stretches of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from vsmlab.apps.live.envelope import STRETCHES, Envelope, edges_of, envelope, rates
from vsmlab.apps.live.levels import below_among, children_among, children_of
from vsmlab.apps.live.recorder import WORK, Recorder
from vsmlab.apps.live.rings import Floats
from vsmlab.lab.sessions import Readings
from vsmlab.laws import kinds as k

MOST: Final = 8
"""Operations, or kinds of channel, that a plot shows."""
ALARM: Final = k.CHANNEL_NAMES[k.ALGEDONIC]
QUANTITIES: Final = ("queue", "service", "busy", "agents")
"""Of each operation; ``busy`` is the share of its agents that work."""


@dataclass(frozen=True, slots=True)
class Plotted:
    """The columns of the plots, and whom they are about.

    Args:
        columns: All of one length. ``t`` is the middle of each stretch.
        operations: Paths, in the order of the columns ``queue0`` and so on.
        ended: Which of them are there no more.
        channels: Kinds, in the order of ``messages0`` and so on.
        begin: Where the plots begin, seconds.
        end: Where they end, seconds.
    """

    columns: dict[str, Floats]
    operations: tuple[str, ...]
    ended: tuple[bool, ...]
    channels: tuple[str, ...]
    begin: float
    end: float


def names_of_columns() -> list[str]:
    """Every column that there can be."""
    each = [f"{what}{n}" for what in QUANTITIES for n in range(MOST)]
    bands = [f"{what}{n}{end}" for what in ("queue", "service") for n in range(MOST) for end in ("-", "+")]
    second = [f"{name}/2" for name in (*each, "wait")]
    sums = ["wait", "wait-", "wait+", "cost", "talk", "children"]
    return ["t", *each, *bands, *second, *sums, *(f"messages{n}" for n in range(MOST))]


def plotted(
    recorder: Recorder, second: Recorder | None, read: Readings, level: str, *, last: float
) -> Plotted:
    """The columns of the plots.

    Args:
        recorder: What was sampled.
        second: The same of a second session.
        read: Readings, for who is there.
        level: Whose operations are shown.
        last: Seconds before now that are shown; infinity is all that is kept.
    """
    times = recorder.samples.times
    end = float(times[-1]) if len(times) else 0.0
    begin = max(float(times[0]) if len(times) else 0.0, end - last)
    edges = edges_of(begin, end)
    columns = {name: np.full(STRETCHES, np.nan) for name in names_of_columns()}
    columns["t"] = (edges[:-1] + edges[1:]) / 2
    ever = recorder.ever()
    rows = operations_shown(ever, read, level)
    for n, path in enumerate(rows.shown):
        _of_operation(columns, recorder, below_among(ever, path), edges, str(n), "")
        if second is not None and len(second.samples):
            _of_operation(columns, second, below_among(second.ever(), path), edges, str(n), "/2")
    wait = waits(recorder, read, level, edges)
    columns["wait"], columns["wait-"], columns["wait+"] = wait.mean, wait.least, wait.most
    if second is not None:
        columns["wait/2"] = waits(second, read, level, edges).mean
    kinds = busiest_channels(read)
    for n, kind in enumerate(kinds):
        columns[f"messages{n}"] = rates(times, recorder.samples.column(f"messages {kind}"), edges)
    told = rates(times, recorder.samples.column("metasystem"), edges)
    columns["talk"] = told
    served = rates(times, recorder.samples.column("served"), edges)
    columns["cost"] = np.divide(told, served, out=np.full(STRETCHES, np.nan), where=served > 0)
    columns["children"] = envelope(times, recorder.samples.column("children"), edges, hold=True).most
    ended = tuple(path in rows.ended for path in rows.shown)
    return Plotted(columns, rows.shown, ended, tuple(kinds), begin, end)


class Shown(NamedTuple):
    """Whom the plots show: paths in the order in which they came, who of them has ended, and how many are left out."""

    shown: tuple[str, ...]
    ended: frozenset[str]
    left_out: int


def operations_shown(ever: Sequence[str], read: Readings, level: str) -> Shown:
    """The operations of a level: those that have ended keep their past and their colour while there is room.

    Args:
        ever: Paths of all elementary operations that have been there, in the order in which they came.
        read: Readings, for who is there.
        level: The level.
    """
    there = children_of(read, level)
    known = list(dict.fromkeys([*children_among(list(ever), level), *there]))
    gone = [path for path in known if path not in there]
    kept = {*there[:MOST], *gone[max(0, len(known) - MOST) :]}
    shown = tuple(path for path in known if path in kept)[:MOST]
    return Shown(shown, frozenset(gone), len(known) - len(shown))


def used_channels(read: Readings) -> list[str]:
    """Kinds of channel on which anything has been said, in the order of the codebook."""
    return [kind for kind in k.CHANNEL_NAMES if read.channels[kind].messages]


def busiest_channels(read: Readings) -> list[str]:
    """Kinds of channel with most messages so far, in the order of the codebook; pain is rare, and always among them."""
    used = used_channels(read)
    most = sorted(used, key=lambda kind: (kind != ALARM, -read.channels[kind].messages))[:MOST]
    return [kind for kind in used if kind in most]


def waits(recorder: Recorder, read: Readings, level: str, edges: Floats) -> Envelope:
    """Waits of the tasks that were begun at a level, by stretch."""
    times, values, whose = recorder.waits.all()
    inside = [
        number for path, number in recorder.places.items() if path == level or path.startswith(f"{level}.")
    ]
    mine = np.isin(whose, inside)
    return envelope(times[mine], values[mine], edges)


def _of_operation(
    columns: dict[str, Floats],
    recorder: Recorder,
    parts: list[str],
    edges: Floats,
    n: str,
    which: str,
) -> None:
    sums = {what: _sum(recorder, what, parts) for what in ("queue", "service", "agents")}
    with np.errstate(invalid="ignore", divide="ignore"):
        sums["busy"] = np.where(sums["agents"] > 0, sums["service"] / sums["agents"], np.nan)
    for what in QUANTITIES:
        found = envelope(recorder.samples.times, sums[what], edges, hold=True)
        columns[f"{what}{n}{which}"] = found.mean
        if not which and what in ("queue", "service"):
            columns[f"{what}{n}-"], columns[f"{what}{n}+"] = found.least, found.most


def _sum(recorder: Recorder, what: str, parts: list[str]) -> Floats:
    """Sum over operations; NaN only where none of them was there."""
    if not parts:
        return np.full(len(recorder.samples), np.nan)
    if len(parts) == 1:
        return recorder.samples.column(f"{what} {parts[0]}")
    every = np.stack([recorder.samples.column(f"{what} {part}") for part in parts])
    return np.where(np.isnan(every).all(axis=0), np.nan, np.nansum(every, axis=0))


def cost_so_far(read: Readings) -> float | None:
    """Messages of the metasystem for each task that was served; None before the first."""
    served = read.channels["op_env"].messages
    told = sum(use.messages for kind, use in read.channels.items() if kind not in WORK)
    return told / served if served else None
