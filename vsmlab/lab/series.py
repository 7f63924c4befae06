"""A run over time: what its journal says of demand, queues, waits, agents and damping, as arrays."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from vsmlab.engines.journal import Segment
from vsmlab.engines.start import PlaceRow
from vsmlab.lab.measures import visits as v
from vsmlab.lab.measures.fold import LIFE, LIFE_ROW, STEPS, life_rows
from vsmlab.lab.measures.units import Folded, Window, agent_steps, births_of, waits_of, waits_of_stays
from vsmlab.lab.record import Run
from vsmlab.lab.series_noted import NOTED_ROW, Noted, noted_rows
from vsmlab.laws import kinds as k

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.void]

_SAID: Final = np.dtype(
    [
        ("due", "<f8"),
        ("value", "<f8"),
        ("ref", "<i8"),
        ("sender", "<i8"),
        ("receiver", "<i8"),
        ("kind", "<i2"),
    ]
)
_UNUSUAL: Final = (
    k.SHED, k.FAILED, k.ABANDONED, k.LOST, k.EXPIRED, k.UNANSWERED, k.REFUSED, k.LAW_FAILED, k.PREEMPTED,
    k.ATTEMPT_FAILED,
)  # fmt: skip
_STEPS_OF_TIME: Final = (
    1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600,
    7200, 10_800, 21_600, 43_200, 86_400,
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """A quantity that holds each value until the next time; times in seconds, ascending."""

    times: Floats
    values: Floats

    @classmethod
    def of(cls, pairs: Sequence[tuple[float, float]]) -> Steps:
        """Steps from pairs of time and value."""
        both = np.array(pairs, dtype=np.float64).reshape(-1, 2)
        return cls(both[:, 0], both[:, 1])

    def at(self, times: Floats) -> Floats:
        """Its values at other times; before its first time, the first value.

        >>> Steps(np.array([0.0, 10.0]), np.array([2.0, 3.0])).at(np.array([5.0, 10.0, 20.0])).tolist()
        [2.0, 3.0, 3.0]
        """
        return self.values[np.maximum(np.searchsorted(self.times, times, "right") - 1, 0)]


class Facts:
    """A sink that keeps of a journal what its series are made of.

    Args:
        warmup: What is unusual is counted from here on, seconds.
        system4s: Identities of the Systems 4.
    """

    def __init__(self, warmup: float, system4s: frozenset[int] = frozenset()) -> None:
        self.warmup = warmup
        self.system4s = system4s
        self.noted: list[Rows] = []
        self.lives: list[Rows] = []
        self.changes: list[Rows] = []
        self.said: list[Rows] = []
        self.unusual: Counter[tuple[int, int, int, int]] = Counter()
        """How often, by kind of fact, its ``ref``, its whole ``value`` and who noted it."""

    def __call__(self, segment: Segment) -> None:
        """Take a segment of the journal."""
        kind = segment["kind"]
        self.noted.append(noted_rows(segment, self.system4s))
        self.lives.append(life_rows(segment, np.isin(kind, LIFE) & (segment["task"] >= 0)))
        self.changes.append(life_rows(segment, np.isin(kind, STEPS)))
        offered = (kind == k.ACCOUNTS) & (segment["ref"] == k.OFFERED)
        which = offered | (kind == k.DAMP) & (segment["ref"] >= 0)
        said = np.empty(int(which.sum()), _SAID)
        for name in _SAID.names or ():
            said[name] = segment[name][which]
        self.said.append(said)
        odd = segment[np.isin(kind, _UNUSUAL) & (segment["due"] >= self.warmup)]
        whole = np.where(odd["kind"] == k.LOST, odd["value"], 0.0)
        columns = [odd["kind"].astype(np.int64), odd["ref"], whole.astype(np.int64), odd["receiver"]]
        keys, times = np.unique(np.stack(columns), axis=1, return_counts=True)
        for (number, ref, value, who), many in zip(keys.T.tolist(), times.tolist(), strict=True):
            self.unusual[number, ref, value, who] += many


def bins(horizon: float, most: int = 60) -> Floats:
    """Edges that cut a run into at most so many equal parts of a round length; the last may be short.

    >>> bins(3600.0)[:3].tolist(), len(bins(3600.0)), bins(250.0, 4).tolist()
    ([0.0, 60.0, 120.0], 61, [0.0, 120.0, 240.0, 250.0])
    """
    least = horizon / most
    days = 86_400.0 * math.ceil(least / 86_400.0)
    step = next((float(one) for one in _STEPS_OF_TIME if one >= least * (1 - 1e-9)), days)
    if least < _STEPS_OF_TIME[0]:
        step = least
    count = math.ceil(horizon / step - 1e-9)
    return np.array([*(k * step for k in range(count)), horizon], dtype=np.float64)


@dataclass(slots=True)
class History:
    """A run's journal, ready to be asked about times.

    Args:
        folded: Visits, phases, births and changes.
        names: Path of each identity.
        said: Damping messages and reports of offered load.
        unusual: Facts of what went wrong in the window: by kind, ``ref``, whole value and who noted it.
        agents: Agents at the start in each node's subtree; of one that was born later, those it came with.
        noted: What Systems 2 to 5 noted and said, one by one.
        who: Identity of each path.
    """

    folded: Folded
    names: dict[int, str]
    said: Rows
    unusual: Counter[tuple[int, int, int, int]]
    agents: list[int]
    noted: Noted
    stays: dict[int, v.Stays] = field(default_factory=dict)
    who: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        """Know everybody by path, too."""
        self.who = {path: number for number, path in self.names.items()}

    @property
    def places(self) -> list[PlaceRow]:
        """The nodes, parents before children."""
        return self.folded.places

    @property
    def horizon(self) -> float:
        """End of the run, seconds."""
        return self.folded.window.end

    def index(self, path: str) -> int:
        """Place of a node by its path."""
        return next(here for here, row in enumerate(self.places) if row[0] == path)

    def children(self, place: int) -> list[int]:
        """Places of a node's operations."""
        return [here for here, row in enumerate(self.places) if row[1] == place]

    def label(self, place: int) -> str:
        """A node's own name."""
        return self.places[place][0].rpartition(".")[2]

    # -- demand -----------------------------------------------------------------------------------------

    def demand_groups(self) -> tuple[list[str], Ints]:
        """Names of what demand is told apart by, and the number of the group of each task that was made.

        By stream; where there is one stream and every task is for one of the root's operations, by those.
        """
        births = self.folded.births
        streams = {
            who & 0xFFFFFF: path for who, path in self.names.items() if path.startswith("environment.")
        }
        if len(streams) < 2 and len(births.goal) and len(self.children(0)) > 1:
            to = v.ancestors(self.places)[births.goal, 1]
            known = np.unique(to)
            if known[0] >= 0:
                return [self.label(int(place)) for place in known], np.searchsorted(known, to)
        prefixes, group = np.unique(births.task >> 38, return_inverse=True)
        names = [streams.get(int(one), "another source").rpartition(".")[2] for one in prefixes]
        return names, group.reshape(-1)

    def demand(self, edges: Floats) -> dict[str, Floats]:
        """Tasks that the environment made in each part of the run, by stream or by operation of the root."""
        return self._born(edges, np.ones(len(self.folded.births.time)))

    def load(self, edges: Floats) -> dict[str, Floats]:
        """Agents that the work brought in each part of the run would keep busy (erlangs); empty if not known."""
        work = self.folded.births.work
        if not len(work) or not (work > 0.0).all():
            return {}
        return {name: brought / np.diff(edges) for name, brought in self._born(edges, work).items()}

    def _born(self, edges: Floats, weights: Floats) -> dict[str, Floats]:
        names, group = self.demand_groups()
        time = self.folded.births.time
        return {
            name: np.histogram(time[group == number], edges, weights=weights[group == number])[0]
            for number, name in enumerate(names)
        }

    # -- queues and waits -------------------------------------------------------------------------------

    def _stays(self, place: int) -> tuple[v.Stays, npt.NDArray[np.bool_]]:
        depth = self.places[place][2]
        if depth not in self.stays:
            self.stays[depth] = v.stays_at(depth, self.folded.visits, v.ancestors(self.places))
        return self.stays[depth], self.stays[depth].place == place

    def present(self, place: int, times: Floats) -> Floats:
        """Tasks in a node's subtree at some times: waiting, being served, or between its operations."""
        stays, mine = self._stays(place)
        entered, left = np.sort(stays.entered[mine]), np.sort(stays.left[mine])
        here = np.searchsorted(entered, times, "right") - np.searchsorted(left, times, "right")
        return here.astype(np.float64)

    def mean_present(self, place: int, edges: Floats) -> Floats:
        """Mean number of tasks in a node's subtree in each part of the run, exactly."""
        stays, mine = self._stays(place)
        area = np.zeros(len(edges))
        for times, sign in ((np.sort(stays.entered[mine]), 1.0), (np.sort(stays.left[mine]), -1.0)):
            before = np.searchsorted(times, edges, "right")
            area += sign * (before * edges - np.append(0.0, np.cumsum(times[np.isfinite(times)]))[before])
        return np.maximum(np.diff(area) / np.diff(edges), 0.0)

    def peak(self, place: int) -> tuple[float, int]:
        """When the most tasks were in a node's subtree at once, and how many; seconds."""
        stays, mine = self._stays(place)
        times = np.unique(stays.entered[mine])
        if not len(times):
            return 0.0, 0
        present = self.present(place, times)
        most = int(present.argmax())
        return float(times[most]), int(present[most])

    def waits(self, place: int) -> tuple[Floats, Floats]:
        """When tasks came into a node's subtree and how long they waited there, seconds; only those that started."""
        stays, mine = self._stays(place)
        waits, started = waits_of_stays(stays, mine, waits_of(self.folded.visits), self.folded.visits.started)
        return stays.entered[mine][started], waits[started]

    def wait_quantiles(
        self, place: int, edges: Floats, levels: Sequence[float], *, fewest: int = 5
    ) -> dict[float, Floats]:
        """Quantiles of the waits of tasks that came in each part of the run; NaN where fewer than so many did."""
        entered, waits = self.waits(place)
        order = np.argsort(entered, kind="stable")
        cuts = np.searchsorted(entered[order], edges)
        found = np.full((len(levels), len(edges) - 1), np.nan)
        for part, (first, last) in enumerate(pairwise(cuts.tolist())):
            if last - first >= fewest:
                found[:, part] = np.quantile(waits[order[first:last]], levels)
        return dict(zip(levels, found, strict=True))

    # -- agents -----------------------------------------------------------------------------------------

    def agents_present(self, place: int) -> Steps:
        """Agents present in a node's subtree."""
        table = v.ancestors(self.places)
        depth = self.places[place][2]
        leaves = [h for h, row in enumerate(self.places) if not row[4] and table[h, depth] == place]
        each = [agent_steps(self.folded, leaf)[:2] for leaf in leaves]
        return summed([Steps(times, present) for times, present in each])

    def agents_held(self, place: int) -> Steps:
        """Agents that the System 3 above has granted a node and not recalled."""
        changes = self.folded.changes
        bargained = (changes["kind"] == k.BARGAINED) & (
            changes["ref"] == self.who.get(self.places[place][0], -1)
        )
        mine = changes[bargained]
        start, born = float(self.agents[place]), self.folded.born.get(place)
        times, first = ([0.0], [start]) if born is None else ([0.0, born], [0.0, start])
        return Steps(np.append(times, mine["due"]), np.append(first, mine["value"]))

    def offered(self, place: int) -> Steps | None:
        """Offered load of a node as the System 3 above heard it, erlangs; None if it heard nothing."""
        path, parent, *_ = self.places[place]
        if parent < 0:
            return None
        above = self.who.get(f"{self.places[parent][0]}.system3", -1)
        who = [self.who.get(f"{path}.{system}", -1) for system in ("management", "system3")]
        said = self.said
        mine = said[(said["kind"] == k.ACCOUNTS) & (said["receiver"] == above) & np.isin(said["sender"], who)]
        return Steps(mine["due"], mine["value"]) if len(mine) else None

    # -- coordination -----------------------------------------------------------------------------------

    def imbalance(self, place: int, times: Floats) -> dict[int, Floats]:
        """How far the load of each operation strays from the mean of all, in tasks, by place."""
        children = self.children(place)
        loads = np.array([self.present(child, times) for child in children]).reshape(
            len(children), len(times)
        )
        mean = loads.mean(axis=0) if len(children) else 0.0
        return dict(zip(children, loads - mean, strict=True))

    def damping(self, place: int, edges: Floats) -> Floats:
        """Requests by a node's System 2 to move tasks, in each part of the run."""
        asked = self.said[(self.said["kind"] == k.DAMP)]
        mine = asked["sender"] == self.who.get(f"{self.places[place][0]}.system2", -1)
        return np.histogram(asked["due"][mine], edges)[0].astype(np.float64)

    def moved(self, place: int, edges: Floats) -> Floats:
        """Waiting tasks that went from one operation of a node to another, in each part of the run."""
        visits = self.folded.visits
        table = v.ancestors(self.places)
        depth = self.places[place][2]
        gone = visits.outcome == v.MOVED
        inside = (table[visits.place, depth] == place) & (table[visits.goal, depth] == place)
        if depth + 1 < table.shape[1]:
            inside &= table[visits.place, depth + 1] != table[visits.goal, depth + 1]
        return np.histogram(visits.left[gone & inside], edges)[0].astype(np.float64)

    def interventions(self) -> list[tuple[float, str, str, float]]:
        """When which System 3 stepped in at whom, and the accountability that made it."""
        rows = self.folded.changes[self.folded.changes["kind"] == k.INTERVENED]
        return [
            (float(row["due"]), self.names.get(int(row["receiver"]), "?"), self.names.get(int(row["ref"]), "?"),
             float(row["value"]))
            for row in rows
        ]  # fmt: skip


def summed(steps: Iterable[Steps]) -> Steps:
    """The sum of quantities that hold their values until the next time.

    >>> both = summed([Steps(np.array([0.0, 5.0]), np.array([1.0, 2.0])), Steps(np.array([0.0]), np.array([4.0]))])
    >>> both.times.tolist(), both.values.tolist()
    ([0.0, 5.0], [5.0, 6.0])
    """
    each = list(steps)
    if not each:
        return Steps(np.zeros(1), np.zeros(1))
    times = np.unique(np.concatenate([one.times for one in each]))
    return Steps(times, np.sum([one.at(times) for one in each], axis=0))


def history(run: Run) -> History:
    """Read a run's journal once."""
    places: list[PlaceRow] = [
        (p, up, d, row, viable, n) for p, up, d, row, viable, n in run.manifest["places"]
    ]
    system4s = frozenset(number for number, path in run.names.items() if path.endswith(".system4"))
    facts = Facts(run.manifest["warmup"], system4s)
    for segment in run.segments():
        facts(segment)
    who = {path: number for number, path in run.names.items()}
    addresses = {who[row[0]]: here for here, row in enumerate(places)}
    empty = np.empty(0, LIFE_ROW)
    births, visits, phases = v.read_lives(list(facts.lives), addresses)
    changes = np.concatenate([empty, *facts.changes])
    window = Window(run.manifest["warmup"], run.manifest["horizon"])
    born = births_of(places, addresses, changes)
    folded = Folded(places, visits, phases, births, changes, addresses, window, born=born)
    agents = [row[5] for row in places]
    for here in range(len(places) - 1, 0, -1):
        above = places[here][1]
        agents[above] += agents[here] if born.get(here) == born.get(above) else 0
    said = np.concatenate([np.empty(0, _SAID), *facts.said])
    noted = Noted(np.concatenate([np.empty(0, NOTED_ROW), *facts.noted]), run.names)
    return History(folded, run.names, said, facts.unusual, agents, noted)
