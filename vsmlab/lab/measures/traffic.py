"""What was said on every channel, window by window: counts of symbols, silences, and how fast it was sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from vsmlab.laws.kinds import FACTS, FINDING_STEP

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

WINDOWS: Final = 256
"""So many windows has a run, if they are no shorter than a second."""
MOST_KEYS: Final = 4_000_000
"""Beyond so many counts the windows are given up, so that memory stays bounded."""
_PENDING: Final = 1_000_000
_SYMBOL_BITS: Final = 24  # more than all symbols of the kinds that there are
_WINDOW_BITS: Final = 10
EXPONENTS: Final = 128
"""Powers of two that are told apart: from ``-EXPONENTS / 2`` to one below ``EXPONENTS / 2``."""
WHICHES: Final = FINDING_STEP
"""Quantities that a kind of message may speak of."""
TOPICS: Final = FACTS * WHICHES
"""Beyond everything that a message may speak of (``topic``)."""
Pair = tuple[int, int, int]
"""Channel, sender and receiver, the last two by row."""


def symbols_of(kind: Ints, which: Ints, value: Floats) -> Ints:
    """What each message says, coarsely: its kind, which quantity, its sign and its power of two.

    Powers of two beyond ``2**63`` count as that, and below ``2**-64`` as that.
    """
    _, exponent = np.frexp(value)
    sign = np.sign(value).astype(np.int64) + 1
    power: Ints = np.clip(exponent, -EXPONENTS // 2, EXPONENTS // 2 - 1) + EXPONENTS // 2
    symbol: Ints = ((kind.astype(np.int64) * WHICHES + which) * 4 + sign) * EXPONENTS + power
    return symbol


def topic(kind: int, which: int = 0) -> int:
    """What a message speaks of: its kind, and which quantity."""
    return kind * WHICHES + which


def about(symbol: Ints) -> Ints:
    """What a symbol speaks of (``topic``)."""
    return symbol // (4 * EXPONENTS)


def amount(symbol: Ints) -> Ints:
    """What a symbol says of it: sign and power of two, below 512."""
    return symbol % (4 * EXPONENTS)


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Messages on channels in the order in which they were handled; columns of equal length.

    Args:
        due: When each was handled, seconds.
        sent: When it was sent, seconds.
        channel: Its kind.
        sender: Row of the sender.
        receiver: Row of the receiver.
        symbol: What it says (``symbols_of``).
    """

    due: Floats
    sent: Floats
    channel: Ints
    sender: Ints
    receiver: Ints
    symbol: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What a batch came to: messages by pair, and by channel and symbol.

    Args:
        pairs: Index of the pair, messages.
        symbols: Channel, index of the symbol, messages.
    """

    pairs: list[tuple[int, int]]
    symbols: list[tuple[int, int, int]]


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """How often each symbol came over each pair in each window; columns of equal length.

    Args:
        pair: Index into ``Traffic.pairs``.
        window: Number of the window, from time zero.
        symbol: Index into ``Traffic.symbols``.
        many: Messages.
    """

    pair: Ints
    window: Ints
    symbol: Ints
    many: Ints


@dataclass(slots=True)
class Silence:
    """When a pair was heard.

    Args:
        first: Seconds when it was first heard in the measured time.
        last: Seconds when it was last heard.
        gap: The longest time between two messages, seconds.
        begin: When that time began.
        age: The most that what was known last was behind: the gap, and what its message took on the way.
        sent: When what was heard last had been sent.
    """

    first: float
    last: float
    gap: float
    begin: float
    age: float
    sent: float


class Traffic:
    """Messages on channels from the warm-up on.

    Args:
        warmup: Seconds.
        horizon: Seconds.
        limited: Channels whose capacity is limited: for these it is counted when messages were sent.
    """

    def __init__(self, warmup: float, horizon: float, limited: frozenset[int] = frozenset()) -> None:
        self.width = max(1.0, horizon / WINDOWS)
        self.warmup, self.horizon = warmup, horizon
        self.limited = np.array(sorted(limited), dtype=np.int64)
        self.pairs: list[Pair] = []
        self.symbols: list[int] = []
        self.messages: list[int] = []
        self.silences: list[Silence] = []
        self.lost: dict[tuple[int, int, int, int], int] = {}
        """Lost messages by channel, sender's row, reason and window."""
        self.crowded = False
        self._pair_of: dict[int, int] = {}
        self._known = np.empty(0, np.int64)
        """The symbols in ascending order, and ``_number`` the index of each of them."""
        self._number = np.empty(0, np.int64)
        self._keys = np.empty(0, np.int64)
        self._many = np.empty(0, np.int64)
        self._pending: list[tuple[Ints, Ints]] = []
        self._waiting = 0
        self._sent: dict[int, int] = {}

    def take(self, batch: Batch) -> Told:
        """Count some messages."""
        if not len(batch.due):
            return Told([], [])
        codes, which, times = np.unique(
            (batch.channel << 58) | (batch.sender << 29) | batch.receiver,
            return_inverse=True,
            return_counts=True,
        )
        spoke = np.array([self._pair(code) for code in codes.tolist()], dtype=np.int64)
        for index, many in zip(spoke.tolist(), times.tolist(), strict=True):
            self.messages[index] += many
        pair = spoke[which]
        self._hear(which.astype(np.uint16) if len(codes) < 65_536 else which, spoke, batch)
        self._rate(pair, batch)
        said = self._said(batch.symbol)
        keys = batch.channel * len(self.symbols) + said
        tally = np.bincount(keys)
        found = np.flatnonzero(tally)
        if not self.crowded:
            window = (batch.due / self.width).astype(np.int64)
            self._count((((pair << _WINDOW_BITS) | window) << _SYMBOL_BITS) | said)
        width = len(self.symbols)
        symbols = zip((found // width).tolist(), (found % width).tolist(), tally[found].tolist(), strict=True)
        return Told(list(zip(spoke.tolist(), times.tolist(), strict=True)), list(symbols))

    def lose(self, due: Floats, channel: Ints, sender: Ints, reason: Ints) -> None:
        """Count some messages that a channel lost."""
        for time, number, who, why in zip(
            due.tolist(), channel.tolist(), sender.tolist(), reason.tolist(), strict=True
        ):
            place = (number, who, why, int(time / self.width))
            self.lost[place] = self.lost.get(place, 0) + 1

    def counts(self) -> Counts:
        """All counts so far; empty where there were too many."""
        self._merge()
        keys = self._keys
        return Counts(
            keys >> (_WINDOW_BITS + _SYMBOL_BITS),
            (keys >> _SYMBOL_BITS) & ((1 << _WINDOW_BITS) - 1),
            keys & ((1 << _SYMBOL_BITS) - 1),
            self._many,
        )

    def sent_by_window(self) -> dict[int, dict[int, int]]:
        """By pair and window: messages of limited channels, counted when they were sent."""
        result: dict[int, dict[int, int]] = {}
        for key, many in sorted(self._sent.items()):
            result.setdefault(key >> _WINDOW_BITS, {})[key & ((1 << _WINDOW_BITS) - 1)] = many
        return result

    def _pair(self, code: int) -> int:
        index = self._pair_of.setdefault(code, len(self.pairs))
        if index == len(self.pairs):
            rows = (1 << 29) - 1
            self.pairs.append((code >> 58, (code >> 29) & rows, code & rows))
            self.messages.append(0)
            self.silences.append(Silence(-1.0, self.warmup, 0.0, self.warmup, 0.0, self.warmup))
        return index

    def _said(self, symbol: Ints) -> Ints:
        """Index of each symbol; new ones are numbered as they come."""
        codes, back = np.unique(symbol, return_inverse=True)
        new = codes[~np.isin(codes, self._known, assume_unique=True)]
        if len(new):
            self.symbols += new.tolist()
            order = np.argsort(np.array(self.symbols, dtype=np.int64))
            self._known, self._number = np.array(self.symbols, dtype=np.int64)[order], order
        said: Ints = self._number[np.searchsorted(self._known, codes)][back]
        return said

    def _hear(self, which: npt.NDArray[np.integer], spoke: Ints, batch: Batch) -> None:
        """Keep the longest silence of each pair, and how old its news became."""
        order = np.argsort(which, kind="stable")  # by counting, where there are few pairs
        which, due, sent = which[order], batch.due[order], batch.sent[order]
        begins = np.flatnonzero(np.concatenate([[True], which[1:] != which[:-1]]))
        before, known = np.empty(len(due)), np.empty(len(due))
        before[1:], known[1:] = due[:-1], sent[:-1]
        silences = [self.silences[index] for index in spoke.tolist()]
        before[begins] = [silence.last for silence in silences]
        known[begins] = [silence.sent for silence in silences]
        gaps, ages = due - before, due - known
        longest, oldest = np.maximum.reduceat(gaps, begins), np.maximum.reduceat(ages, begins)
        ends = np.append(begins[1:], len(due))
        for silence, begin, end, gap, age in zip(
            silences, begins.tolist(), ends.tolist(), longest.tolist(), oldest.tolist(), strict=True
        ):
            if silence.first < 0.0:
                silence.first = float(due[begin])
            if gap > silence.gap:
                silence.gap = gap
                silence.begin = float(before[begin + int(gaps[begin:end].argmax())])
            silence.age = max(silence.age, age)
            silence.last, silence.sent = float(due[end - 1]), float(sent[end - 1])

    def _rate(self, pair: Ints, batch: Batch) -> None:
        """Count when messages of limited channels were sent."""
        if not len(self.limited):
            return
        here = np.isin(batch.channel, self.limited) & (batch.sent >= self.warmup)
        keys = (pair[here] << _WINDOW_BITS) | (batch.sent[here] / self.width).astype(np.int64)
        known, times = np.unique(keys, return_counts=True)
        for key, many in zip(known.tolist(), times.tolist(), strict=True):
            self._sent[key] = self._sent.get(key, 0) + many

    def _count(self, keys: Ints) -> None:
        kept, many = np.unique(keys, return_counts=True)
        self._pending.append((kept, many))
        self._waiting += len(kept)
        if self._waiting > _PENDING:
            self._merge()

    def _merge(self) -> None:
        if not self._pending:
            return
        keys = np.concatenate([self._keys, *(part for part, _ in self._pending)])
        many = np.concatenate([self._many, *(part for _, part in self._pending)])
        self._pending, self._waiting = [], 0
        known, back = np.unique(keys, return_inverse=True)
        self._keys = known
        self._many = np.bincount(back, weights=many, minlength=len(known)).astype(np.int64)
        if len(self._keys) > MOST_KEYS:
            self.crowded = True
            self._keys, self._many = np.empty(0, np.int64), np.empty(0, np.int64)
