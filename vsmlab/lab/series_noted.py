"""What Systems 2 to 5 noted and said one by one: rows by receiver, and when what was broken."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

import numpy as np
import numpy.typing as npt

from vsmlab.engines.journal import Segment
from vsmlab.lab.scenario import Scenario
from vsmlab.laws import kinds as k

Rows = npt.NDArray[np.void]

NOTED_ROW: Final = np.dtype(
    [("due", "<f8"), ("value", "<f8"), ("ref", "<i8"), ("task", "<i8"), ("sender", "<i8"), ("receiver", "<i8"),
     ("kind", "<i2")]
)  # fmt: skip
_KEPT: Final = (
    *range(k.CHECKED, k.ALARMED + 1), k.INDICATOR, k.PROPOSAL, k.ANNOUNCE, k.RESULT, k.RETIRE, k.DISCREPANCY,
)  # fmt: skip
_TO_SYSTEM4: Final = (k.LOAD, k.CAPABILITY)
# What a fault's amount is when it is mended; of every other fault 0.
_MENDED: Final = {k.SLOW: 1.0, k.BIAS: 1.0}
_BROKEN: Final = {
    k.HANG: "hangs", k.SILENT_HANG: "hangs and is silent", k.CRASH: "crashed", k.SLOW: "slow",
    k.STALE: "stale reports", k.BIAS: "biased reports", k.LIE: "lies at times", k.CUT: "cut", k.DELAY: "slow",
    k.KNOCK_OUT: "knocked out",
}  # fmt: skip


def noted_rows(segment: Segment, system4s: frozenset[int]) -> Rows:
    """Rows of a segment that are kept one by one.

    Args:
        segment: A part of the journal.
        system4s: Identities of the Systems 4: what their Systems 3 tell them is kept, too.
    """
    which = np.isin(segment["kind"], _KEPT)
    if system4s:
        which |= np.isin(segment["kind"], _TO_SYSTEM4) & np.isin(segment["receiver"], list(system4s))
    rows = np.empty(int(which.sum()), NOTED_ROW)
    for name in NOTED_ROW.names or ():
        rows[name] = segment[name][which]
    return rows


class Noted:
    """Rows that are rare enough to be looked at one by one, in the journal's order.

    Args:
        rows: Those rows, from time zero on.
        names: Path of each identity.
    """

    def __init__(self, rows: Rows, names: dict[int, str]) -> None:
        self.rows, self.names = rows, names
        self._who = {path: number for number, path in names.items()}

    def of(self, *kinds: int) -> Rows:
        """All rows of these kinds."""
        found: Rows = self.rows[np.isin(self.rows["kind"], kinds)]
        return found

    def at(self, path: str, *kinds: int) -> Rows:
        """Messages of these kinds that a receiver handled, and facts that it noted."""
        mine = (self.rows["receiver"] == self._who.get(path, -1)) & np.isin(self.rows["kind"], kinds)
        found: Rows = self.rows[mine]
        return found

    def name(self, identity: int) -> str:
        """Path of an identity, a question mark if there is none."""
        return self.names.get(int(identity), "?")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that was broken for a while.

    Args:
        path: The operation, the sender on the channel, or the stream.
        what: What it did, in words.
        begin: When it broke, seconds.
        end: When it was mended, seconds; the run's end if it was not.
        mended: Whether it was.
    """

    path: str
    what: str
    begin: float
    end: float
    mended: bool = True


def troubles(noted: Noted, scenario: Scenario, horizon: float) -> list[Trouble]:
    """All that was broken in a run, and every set change of demand, in order of begin."""
    found = [*_faults(noted, horizon), *_of_demand(scenario, horizon)]
    found.sort(key=lambda one: (one.begin, one.path, one.what))
    return found


def _faults(noted: Noted, horizon: float) -> list[Trouble]:
    """Faults by who was struck: the first blow breaks, the last one mended ends it."""
    rows = noted.of(k.DISTURBED)
    by_fault: dict[tuple[str, int], list[tuple[float, float]]] = defaultdict(list)
    for row in rows:
        fault = int(row["ref"]) % k.FAULT_STEP
        path = noted.name(row["receiver"])
        if fault < k.CUT:
            path = path.removesuffix(".management")
        by_fault[path, int(row["ref"])].append((float(row["due"]), float(row["value"])))
    found: dict[tuple[str, str, float], Trouble] = {}
    for (path, ref), blows in by_fault.items():
        for begin, end, amount in _spells(blows, _MENDED.get(ref % k.FAULT_STEP, 0.0)):
            last = horizon if end is None else end
            what = _in_words(ref, amount)
            found[path, what, begin] = Trouble(path, what, begin, last, end is not None)
    return list(found.values())


def _spells(blows: list[tuple[float, float]], mended: float) -> list[tuple[float, float | None, float]]:
    """Begin, end and amount of each spell. An operation and its management are struck at one time: that is one blow."""
    spells: list[tuple[float, float | None, float]] = []
    open_ones: list[tuple[float, float]] = []
    for time, amount in sorted(set(blows)):
        if amount != mended:
            open_ones.append((time, amount))
        elif open_ones:
            begin, first = open_ones.pop()
            if not open_ones:
                spells.append((begin, time, first))
    if open_ones:
        spells.append((open_ones[0][0], None, open_ones[0][1]))
    return spells


def _in_words(ref: int, amount: float) -> str:
    fault = ref % k.FAULT_STEP
    words = _BROKEN.get(fault, "broken")
    if fault in (k.SLOW, k.BIAS):
        words += f" (× {amount:g})"
    if fault in (k.CUT, k.DELAY):
        words = f"{k.CHANNEL_NAMES[ref // k.FAULT_STEP]} {words}"
        if fault == k.DELAY:
            words += f" (+ {amount:g} s)"
    return words


def _of_demand(scenario: Scenario, horizon: float) -> list[Trouble]:
    """Changes of demand are in the scenario only: the world notes nothing of them."""
    found = _asked_for(scenario, horizon)
    for one in scenario.environment.disturbances:
        if one.kind != "demand" or one.time is None or one.time >= horizon or one.factor is None:
            continue
        lasts = None if one.lasts is None else one.lasts.constant
        end = horizon if lasts is None else min(horizon, one.time + lasts)
        what = f"demand × {one.factor:g}" + (f" within {one.over:g} s" if one.over else "")
        found.append(Trouble(f"environment.{one.stream}", what, one.time, end, lasts is not None))
    return found


def _asked_for(scenario: Scenario, horizon: float) -> list[Trouble]:
    """What an operator asked for of each stream, until they asked for something else."""
    found: list[Trouble] = []
    acts = [act for act in scenario.operator if act.kind == "demand" and act.time < horizon]
    for stream in dict.fromkeys(act.stream for act in acts):
        mine = sorted((act for act in acts if act.stream == stream), key=lambda act: act.time)
        ends = [act.time for act in mine[1:]]
        for act, end in zip_longest(mine, ends):
            if act.factor not in (None, 1.0) and end != act.time:
                what = f"demand × {act.factor:g}"
                last = horizon if end is None else end
                found.append(Trouble(f"environment.{stream}", what, act.time, last, end is not None))
    return found
