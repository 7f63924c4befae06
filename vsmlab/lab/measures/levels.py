"""Who speaks with whom at which level of recursion, and how many bits were said in each window.

A level is a viable system as metasystem of its operations. A message belongs to one level: where the two who
speak belong to different ones, to the higher.

Bits are counted in two ways. As a load of channels (`Levels.bits`) every message counts: it says as much as its
symbol is rare, so that the mean over windows is rate times entropy. As a variety (`Levels.varied`) what is repeated
within a period says nothing new: each sender says one letter a period about each quantity, what it said most often,
or nothing. Loads of operations are told in the same letters: classes by power of two, once a period.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final, cast

import numpy as np
import numpy.typing as npt

from vsmlab.engines.start import Start
from vsmlab.lab.scenario import Node, Scenario
from vsmlab.laws import kinds as k
from vsmlab.mechanisms.variety import entropy, entropy_plugin

from .fold import Fold
from .traffic import TOPICS, about, amount, topic
from .units import Folded

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
SYSTEMS: Final = frozenset([k.SYSTEM2, k.SYSTEM3, k.AUDIT, k.SYSTEM4, k.SYSTEM5])


class Levels:
    """A run's traffic by level.

    Args:
        fold: The folded journal.
        folded: The lives of tasks.
        start: Who is who.
        scenario: What was run.
    """

    def __init__(self, fold: Fold, folded: Folded, start: Start, scenario: Scenario) -> None:
        self.fold, self.folded, self.scenario, self.traffic = fold, folded, scenario, fold.traffic
        self.nodes: dict[str, Node] = dict(scenario.nodes())
        self.paths, self.roles, self.places = start.paths, start.roles, folded.places
        self.rows = {path: row for row, path in enumerate(start.paths)}
        self.identities, self._units = start.identities, start.state.units
        counts = self.traffic.counts()
        self._window, self._symbol, self._many = counts.window, counts.symbol, counts.many
        self._begins = np.searchsorted(counts.pair, np.arange(len(self.traffic.pairs) + 1))
        self.width = self.traffic.width
        self.first = int(np.ceil(folded.window.start / self.width - 1e-9))
        self.windows = int(folded.window.end / self.width + 1e-9) - self.first

    @cached_property
    def children(self) -> list[list[int]]:
        """Operations of each node, by place."""
        found: list[list[int]] = [[] for _ in self.places]
        for here, place in enumerate(self.places):
            if place[1] >= 0:
                found[place[1]].append(here)
        return found

    @cached_property
    def node_of(self) -> dict[int, int]:
        """Place that each receiver is part of, by row; streams and those born later have none."""
        at = {place[0]: here for here, place in enumerate(self.places)}
        return {
            row: at[path if path in at else path.rpartition(".")[0]]
            for row, path in enumerate(self.paths)
            if path in at or path.rpartition(".")[0] in at
        }

    def level_of(self, channel: int, sender: int, receiver: int) -> int:
        """Place of the viable system at whose level these two speak; -1 for none."""
        one, other = self._end(sender, sends=True), self._end(receiver, sends=False)
        if one < 0 or other < 0:
            return max(one, other)
        if self.roles[receiver] == k.DESK and channel != k.ENV_OP:
            return one
        return one if self.places[one][2] <= self.places[other][2] else other

    def _end(self, row: int, *, sends: bool) -> int:
        node = self.node_of.get(row, -1)
        if node < 0 or self.roles[row] in SYSTEMS or (self.roles[row] == k.DESK and sends):
            return node
        above = self.places[node][1]
        return above if above >= 0 else node

    @cached_property
    def pairs_of(self) -> list[list[int]]:
        """Pairs that speak at each level, by place."""
        found: list[list[int]] = [[] for _ in self.places]
        for index, (channel, sender, receiver) in enumerate(self.traffic.pairs):
            if max(sender, receiver) < len(self.paths):
                level = self.level_of(channel, sender, receiver)
                if level >= 0:
                    found[level].append(index)
        return found

    @cached_property
    def said_by(self) -> dict[int, list[int]]:
        """Pairs by the place of their sender."""
        found: dict[int, list[int]] = {}
        for index, (_, sender, _) in enumerate(self.traffic.pairs):
            found.setdefault(self.node_of.get(sender, -1), []).append(index)
        return found

    def grouped(self, period: float) -> tuple[int, int]:
        """How many windows make one no shorter than this period, and how many such there are."""
        size = max(1, int(np.ceil(period / self.width - 1e-9)))
        return size, self.windows // size

    def together(self, series: Floats, size: int) -> Floats:
        """Sums over so many windows at a time; what is left at the end is dropped. Windows are the last axis."""
        count = series.shape[-1] // size
        return cast(Floats, series[..., : count * size].reshape(*series.shape[:-1], count, size).sum(axis=-1))

    def bits(self, pairs: Iterable[int]) -> Floats:
        """Bits that these pairs said in each window; each kind of channel is a code of its own."""
        said = np.zeros(self.windows)
        groups: dict[int, list[int]] = {}
        for index in pairs:
            groups.setdefault(self.traffic.pairs[index][0], []).append(index)
        for group in groups.values():
            parts = [slice(self._begins[index], self._begins[index + 1]) for index in group]
            window = np.concatenate([self._window[part] for part in parts]) - self.first
            inside = (window >= 0) & (window < self.windows)
            if inside.any():
                symbol, many = (
                    np.concatenate([column[part] for part in parts])[inside]
                    for column in (self._symbol, self._many)
                )
                said += window_bits(symbol, many, window[inside], self.windows)
        return said

    def varied(self, pairs: Iterable[int], period: float) -> Floats:
        """Bits by which what these pairs say varies, in each period of so many seconds at least."""
        size, count = self.grouped(period)
        parts = [slice(self._begins[index], self._begins[index + 1]) for index in pairs]
        if not parts or not count:
            return np.zeros(count)
        lengths = [part.stop - part.start for part in parts]
        who = np.repeat(np.arange(len(parts)), lengths)
        symbol, many, window = (
            np.concatenate([column[part] for part in parts])
            for column in (self._symbol, self._many, self._window)
        )
        turn = (window - self.first) // size
        inside = (window >= self.first) & (turn < count)
        if not inside.any():
            return np.zeros(count)
        quantity, letter = self._letters[0][symbol[inside]], self._letters[1][symbol[inside]]
        _, group = np.unique(who[inside] * TOPICS + quantity, return_inverse=True)
        place = group * count + turn[inside]
        keys, back = np.unique(place * 1024 + letter, return_inverse=True)
        times = np.bincount(back, weights=many[inside], minlength=len(keys))
        order = np.lexsort((keys % 1024, -times, keys // 1024))
        keys = keys[order]
        keys = keys[np.concatenate([[True], keys[1:] // 1024 != keys[:-1] // 1024])]
        return letter_bits(keys // 1024 // count, keys // 1024 % count, keys % 1024, count)

    @cached_property
    def _letters(self) -> tuple[Ints, Ints]:
        """Of each symbol: what it speaks of, and what it says of it. How far a count has come is no news."""
        codes = np.array(self.traffic.symbols, dtype=np.int64)
        quantity, letter = about(codes), amount(codes)
        counting = np.isin(quantity, [topic(k.HEARTBEAT), topic(k.LOAD, k.COMPLETED)])
        return quantity, np.where(counting, 0, letter)

    def surprise(self, pairs: list[int]) -> dict[int, float]:
        """Bits that each of these pairs said in the whole of the measured time, in one code of them all."""
        many: Counter[tuple[int, int]] = Counter()
        mine: dict[int, Counter[tuple[int, int]]] = {}
        for index in pairs:
            part = slice(self._begins[index], self._begins[index + 1])
            channel = self.traffic.pairs[index][0]
            mine[index] = Counter()
            for symbol, times in zip(self._symbol[part].tolist(), self._many[part].tolist(), strict=True):
                mine[index][channel, symbol] += times
            many.update(mine[index])
        total = sum(many.values())
        return {
            index: sum(-times * math.log2(many[code] / total) for code, times in told.items())
            for index, told in mine.items()
        }

    def messages(self, pairs: Iterable[int]) -> Floats:
        """Messages that these pairs said in each window."""
        said = np.zeros(self.windows)
        for index in pairs:
            part = slice(self._begins[index], self._begins[index + 1])
            window = self._window[part] - self.first
            inside = (window >= 0) & (window < self.windows)
            said += np.bincount(window[inside], weights=self._many[part][inside], minlength=self.windows)
        return said

    @cached_property
    def present(self) -> Ints:
        """Tasks present in each node at the end of each window. Shape (places, windows)."""
        ends = (self.first + 1 + np.arange(self.windows)) * self.width
        visits, found = self.folded.visits, np.zeros((len(self.places), self.windows), np.int64)
        entered, left = (_by_place(visits.place, times) for times in (visits.entered, visits.left))
        for here in entered:
            came, went = np.sort(entered[here]), np.sort(left[here])
            found[here] = np.searchsorted(came, ends, "left") - np.searchsorted(went, ends, "left")
        return self._summed(found)

    @cached_property
    def arrived(self) -> Ints:
        """Tasks that came from the environment to each node in each window. Shape (places, windows)."""
        visits, found = self.folded.visits, np.zeros((len(self.places), self.windows), np.int64)
        window = (visits.entered / self.width).astype(np.int64) - self.first
        good = (visits.came == 0) & (window >= 0) & (window < self.windows) & (visits.place >= 0)
        np.add.at(found, (visits.place[good], window[good]), 1)
        return self._summed(found)

    def _summed(self, found: Ints) -> Ints:
        for here in range(len(self.places) - 1, 0, -1):
            found[self.places[here][1]] += found[here]
        return found

    def silent(self, row: int) -> bool:
        """Whether this receiver is knocked out, so that it leaves messages unanswered."""
        return bool(self._units[row].off == k.KNOCKED_OUT)

    @cached_property
    def spoken(self) -> dict[tuple[int, int], list[int]]:
        """Pairs by channel and sender, those that said most first."""
        found: dict[tuple[int, int], list[int]] = {}
        for index, (channel, sender, _) in enumerate(self.traffic.pairs):
            found.setdefault((channel, sender), []).append(index)
        for pairs in found.values():
            pairs.sort(key=lambda index: -self.traffic.messages[index])
        return found

    @cached_property
    def lost(self) -> dict[tuple[int, int], Counter[int]]:
        """Messages lost by channel and sender, in each window."""
        found: dict[tuple[int, int], Counter[int]] = {}
        for (channel, sender, _, window), many in self.traffic.lost.items():
            found.setdefault((channel, sender), Counter())[window] += many
        return found

    @cached_property
    def losers_of(self) -> dict[int, list[tuple[int, int]]]:
        """Channels and senders that lost messages, at the level where that sender says most on it."""
        found: dict[int, list[tuple[int, int]]] = {}
        for channel, sender in self.lost:
            heard = self.spoken.get((channel, sender))
            if heard and max(self.traffic.pairs[heard[0]][1:]) < len(self.paths):
                level = self.level_of(*self.traffic.pairs[heard[0]])
            else:
                level = self._end(sender, sends=True)
            found.setdefault(level, []).append((channel, sender))
        return found

    def in_window(self, counted: Mapping[int, int]) -> Floats:
        """Numbers by window as a series over the measured time."""
        series = np.zeros(self.windows)
        for window, many in counted.items():
            if 0 <= window - self.first < self.windows:
                series[window - self.first] += many
        return series

    @cached_property
    def capacities(self) -> dict[int, float]:
        """Messages a second of each limited kind of channel."""
        given = self.scenario.channels.items()
        return {k.CHANNEL_NAMES.index(name): one.capacity for name, one in given if one.capacity is not None}

    @cached_property
    def sent(self) -> dict[int, dict[int, int]]:
        """Messages of limited channels by pair and window, counted when they were sent."""
        return self.traffic.sent_by_window()

    @cached_property
    def index_of(self) -> dict[tuple[int, int, int], int]:
        """Index of each pair that spoke."""
        return {pair: index for index, pair in enumerate(self.traffic.pairs)}

    def window_at(self, number: int) -> float:
        """When a window of the measured time begins, seconds."""
        return (self.first + number) * self.width

    def name(self, row: int) -> str:
        """Path of a receiver."""
        return self.paths[row] if row < len(self.paths) else "one born later"


def window_bits(code: Ints, many: Ints, window: Ints, windows: int) -> Floats:
    """Bits said in each window, from counts of symbols.

    A message counts minus the logarithm of its symbol's share, and all of them are scaled so that the mean is the
    entropy corrected for bias, where that is estimable.

    Args:
        code: Symbol of each count.
        many: The counts.
        window: Window of each count.
        windows: How many there are.
    """
    _, back = np.unique(code, return_inverse=True)
    totals = np.bincount(back, weights=many)
    plain = entropy_plugin(totals.tolist())
    if plain <= 0.0:
        return np.zeros(windows)
    estimate = entropy([int(total) for total in totals])
    scale = 1.0 if estimate.value is None else estimate.value / plain
    each = -np.log2(totals / totals.sum())[back] * many * scale
    return cast(Floats, np.bincount(window, weights=each, minlength=windows))


def letter_bits(group: Ints, turn: Ints, letter: Ints, count: int) -> Floats:
    """Bits of one letter a period from each of some groups, summed over the groups; silence is a letter too.

    Each letter counts minus the logarithm of its share in its group, scaled so that the mean is the entropy by
    Miller and Madow. With fewer than four periods a kind it stays the plug-in entropy, which is too low.

    Args:
        group: Of each letter, from 0 on.
        turn: Its period, at most one letter of a group in each.
        letter: What it is.
        count: How many periods there are.
    """
    groups = int(group.max()) + 1 if len(group) else 0
    if not groups or not count:
        return np.zeros(count)
    spoken = np.bincount(group, minlength=groups)
    kinds, back = np.unique(group * 1024 + letter, return_inverse=True)
    times = np.bincount(back)
    owner = kinds // 1024
    bits = -np.log2(times / count)
    silent = count - spoken
    quiet = np.where(silent > 0, -np.log2(np.maximum(silent, 1) / count), 0.0)
    plain = (np.bincount(owner, weights=times * bits, minlength=groups) + silent * quiet) / count
    seen = np.bincount(owner, minlength=groups) + (silent > 0)
    more = np.where(count >= 4 * seen, (seen - 1) / (2.0 * count * math.log(2.0)), 0.0)
    scale = np.where(plain > 0.0, (plain + more) / np.where(plain > 0.0, plain, 1.0), 0.0)
    said = np.full(count, float((quiet * scale).sum()))
    return cast(
        Floats, said + np.bincount(turn, weights=(bits[back] - quiet[group]) * scale[group], minlength=count)
    )


def classes(amounts: Ints | Floats) -> Ints:
    """Classes by power of two: 0, 1, 2 to 3, 4 to 7 and so on."""
    _, exponent = np.frexp(amounts.astype(np.float64))
    return exponent.astype(np.int64)


def _by_place(place: Ints, times: Floats) -> dict[int, Floats]:
    order = np.argsort(place, kind="stable")
    known, begins = np.unique(place[order], return_index=True)
    parts = np.split(times[order], begins[1:]) if len(known) else []
    return {int(one): part for one, part in zip(known, parts, strict=True) if one >= 0}
