"""Beer's four principles of organisation, tested at each viable system.

Reference:
    Beer, The Heart of Enterprise (1979), pages 97 to 101 and 258, as quoted by his glossary of rules (1989). How
    each is tested is our own choice; the limits are those of this module.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from vsmlab.laws import kinds as k
from vsmlab.mechanisms.balances import share
from vsmlab.mechanisms.variety import entropy, mutual_information

from .levels import Floats, Ints, Levels, classes
from .loops import Loop, loops, sending_period
from .telling import interval_of, said

TOLERANCE: Final = 0.1
"""Principle 1: so large a share may go unabsorbed (tasks and messages)."""
FEWEST: Final = 20
"""Shares of fewer messages or tasks than this are not judged."""
CYCLES: Final = 2.0
"""Principle 4: the longest silence of a loop, in periods. One missed cycle is let pass."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one principle or axiom came to.

    Args:
        value: The measure; None if not estimable.
        holds: True, False, or None if that cannot be said.
        severity: From 0 (it holds) to 1: what is missing, as a share.
        worst: The channel or unit that is worst, and when.
        says: One sentence.
        reason: Why there is no value.
        interval: 95 % interval of the value, where it has one.
        extra: Further numbers.
    """

    value: float | None
    holds: bool | None
    severity: float = 0.0
    worst: str = ""
    says: str = ""
    reason: str = ""
    interval: list[float] | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """Plain values, for ``measures.json``."""
        told = {"value": self.value, "holds": self.holds, "interval": self.interval}
        return told | {"worst": self.worst or None, "says": self.says} | self.extra


def way(levels: Levels, channel: int, sender: int, receiver: int | None = None) -> str:
    """A channel in words."""
    to = "" if receiver is None else f" to {levels.name(receiver)}"
    return f"{k.CHANNEL_NAMES[channel]} from {levels.name(sender)}{to}"


def span(begin: float, end: float) -> str:
    """A time in words."""
    return f"from {said(begin)} s to {said(end)} s"


def principle_1(levels: Levels, here: int, units: dict[str, dict[str, Any]]) -> Finding:
    """Managerial, operational and environmental varieties tend to equate: what comes in is absorbed.

    The value is the greatest share of what came that was not absorbed: tasks of one operation that failed, gave up
    or were left waiting (what is shed was attenuated), or messages of one sender that were lost or that nobody
    answered. Bits a second in each direction are told beside it; where they are lost, the share is the same in
    messages and in bits.
    """
    found = [*_unabsorbed_tasks(levels, here, units), *_unabsorbed_messages(levels, here)]
    flows = _flows(levels, here)
    if not found:
        reason = f"nothing came {FEWEST} times to any operation or on any channel"
        return Finding(None, None, reason=reason, says="Too little was said.", extra=flows)
    value, worst, says, interval = max(found, key=lambda one: one[0])
    if value <= TOLERANCE:
        says = f"What came was absorbed, all but {said(100.0 * value)} % of it at most."
        return Finding(value, True, worst=worst, says=says, interval=interval, extra=flows)
    return Finding(value, False, value, worst, says, interval=interval, extra=flows)


Unabsorbed = tuple[float, str, str, list[float] | None]


def _unabsorbed_tasks(levels: Levels, here: int, units: dict[str, dict[str, Any]]) -> Iterator[Unabsorbed]:
    """Of each operation: tasks that failed, gave up or were left waiting, of those that came.

    A queue that grew counts if it grew by more than three deviations of a Poisson number of arrivals.
    """
    window = levels.folded.window
    for child in levels.children[here]:
        path = levels.places[child][0]
        unit = units[path]
        came = unit["arrivals"] + unit["moved_in"]
        if came < FEWEST:
            continue
        grown = unit["in_progress"] - unit["in_progress_at_start"]
        grown = grown if grown > 3.0 * math.sqrt(came) else 0
        undone = min(came, unit["failed"] + unit["abandoned"] + grown)
        says = (
            f"Of {came} tasks that came to {path} {span(window.start, window.end)}, {undone} were not absorbed: "
            f"{unit['failed']} failed, {unit['abandoned']} gave up, {grown} more were waiting at the end."
        )
        yield undone / came, f"env_op to {path}", says, None


def _unabsorbed_messages(levels: Levels, here: int) -> Iterator[Unabsorbed]:
    """Of each sender and kind of channel: messages that were lost, or came to one who was knocked out."""
    pairs = levels.traffic.pairs
    for index in levels.pairs_of[here]:
        channel, sender, receiver = pairs[index]
        if levels.silent(receiver) and levels.traffic.messages[index] >= FEWEST:
            says = (
                f"Nobody answered what went over {way(levels, channel, sender, receiver)}: it is knocked out."
            )
            yield 1.0, way(levels, channel, sender, receiver), says, None
    for channel, sender in levels.losers_of.get(here, []):
        lost = levels.in_window(levels.lost[channel, sender])
        came = levels.messages(levels.spoken.get((channel, sender), []))
        if float((lost + came).sum()) < FEWEST or not lost.any():
            continue
        estimate = share(lost, lost + came)
        value = estimate.value or 0.0
        when = np.flatnonzero(lost)
        begin, end = levels.window_at(int(when[0])), levels.window_at(int(when[-1]) + 1)
        says = (
            f"{said(100.0 * value)} % of what was sent over {way(levels, channel, sender)} was lost, "
            f"{span(begin, end)}."
        )
        yield value, way(levels, channel, sender), says, interval_of(estimate)


def _flows(levels: Levels, here: int) -> dict[str, Any]:
    """Bits a second in the four directions between environment, operations and their management."""
    seconds = max(1, levels.windows) * levels.width
    flows = {}
    for channel in (k.ENV_OP, k.OP_MGMT, k.MGMT_OP, k.OP_ENV):
        pairs = [index for index in levels.pairs_of[here] if levels.traffic.pairs[index][0] == channel]
        flows[f"{k.CHANNEL_NAMES[channel]}_bits_per_s"] = float(levels.bits(pairs).sum()) / seconds
    return flows


def principle_2(levels: Levels, here: int) -> Finding:
    """Each channel carries more, in a given time, than its originator generates in that time.

    The value is the greatest utilisation in messages: those sent in a window over what the channel passes in it.
    A window is as long as the period of the system that closes the loop, and ten times that of the sender.
    """
    worst, value, says = "", 0.0, ""
    for index in levels.pairs_of[here]:
        channel, sender, receiver = levels.traffic.pairs[index]
        capacity = levels.capacities.get(channel)
        if capacity is None:
            continue
        size, count = levels.grouped(sending_period(levels, here, channel, sender))
        sent = levels.together(_generated(levels, index), size)
        if not count:
            continue
        use = sent / (capacity * size * levels.width)
        most = int(use.argmax())
        if float(use[most]) > value or not worst:
            value, worst = float(use[most]), way(levels, channel, sender, receiver)
            begin, end = levels.window_at(most * size), levels.window_at((most + 1) * size)
            says = (
                f"The channel {worst} was asked to carry {said(value)} times its capacity of "
                f"{said(capacity)} messages a second, {span(begin, end)}."
            )
            worst = f"{worst}, {span(begin, end)}"
    if not worst:
        says = "No channel here is limited."
        return Finding(None, True, says=says, reason="no channel's capacity is limited")
    if value < 1.0:
        return Finding(value, True, worst=worst, says=f"No channel was used beyond {said(100 * value)} %.")
    return Finding(value, False, max(1e-9, 1.0 - 1.0 / value), worst, says)


def _generated(levels: Levels, index: int) -> Floats:
    """Messages sent by a pair in each window, with its even part of those that the sender's channels lost."""
    channel, sender, _ = levels.traffic.pairs[index]
    lost = levels.in_window(levels.lost.get((channel, sender), {}))
    return levels.in_window(levels.sent.get(index, {})) + lost / len(levels.spoken[channel, sender])


def principle_3(levels: Levels, here: int) -> Finding:
    """Where information crosses a boundary it is transduced, and the transducer has as much variety as it.

    The transducer is the rounding of what operations report (``channels.op_mgmt.quantise``); the variety is that of
    tasks present, in classes by power of two. The value is entropy over the logarithm of the levels that the
    rounding can tell apart in the range seen; at most 1 is right.
    """
    given = levels.scenario.channels.get("op_mgmt")
    step = given.quantise if given is not None else None
    children = [child for child in levels.children[here] if not levels.places[child][4]]
    if not children:
        reason = "no operation here is elementary: what viable systems account for is never rounded by itself"
        return Finding(None, None, says="There is no elementary operation.", reason=reason)
    if step is None:
        return Finding(0.0, True, says="Nothing that operations report is rounded.", extra={"loss_bits": 0.0})
    worst, value, says, loss = "", -1.0, "", 0.0
    for child in children:
        present = levels.present[child]
        found = transduced(present, step)
        if found is None:
            continue
        bits, possible, gone = found
        ratio = bits / possible if possible > 0.0 else (math.inf if bits > 0.0 else 0.0)
        ratio = min(ratio, 1e6)
        if ratio > value:
            path = levels.places[child][0]
            value, worst, loss = ratio, f"op_mgmt from {path}", gone
            says = (
                f"Reports of {path} on op_mgmt can tell {said(2.0**possible)} levels apart ({said(possible)} bits), "
                f"but its load has {said(bits)} bits, of which {said(gone)} are lost."
            )
    extra = {"loss_bits": loss}
    if value < 0.0:
        reason = "too few windows to estimate the entropy of any load"
        return Finding(None, None, says="Too little is known of the loads.", reason=reason)
    if value <= 1.0:
        says = "Reports tell apart as much as there is to tell."
        return Finding(value, True, worst=worst, says=says, extra=extra)
    return Finding(value, False, 1.0 - 1.0 / value, worst, says, extra=extra)


def transduced(present: Ints, step: float) -> tuple[float, float, float] | None:
    """Bits of a load, bits that its rounding can carry in the range seen, bits lost by it; None: not estimable."""
    if not len(present):
        return None
    load = classes(present)
    bits = entropy(np.bincount(load).tolist())
    if bits.value is None:
        return None
    rounded = np.floor(present / step + 0.5).astype(np.int64)
    levels = int(rounded.max() - rounded.min()) + 1
    _, codes = np.unique(rounded, return_inverse=True)
    table = np.zeros((int(load.max()) + 1, int(codes.max()) + 1))
    np.add.at(table, (load, codes), 1)
    kept = mutual_information(table.tolist())
    plain = mutual_information(np.diag(table.sum(axis=1)).tolist())
    return bits.value, math.log2(levels), max(0.0, plain - kept)


def principle_4(levels: Levels, here: int) -> Finding:
    """The first three are kept up cyclically, without hiatus or lags.

    The value is the longest silence of any periodic loop, over its period. Beside it stands the greatest age that
    what was known last reached in that loop.
    """
    window = levels.folded.window
    worst, value, says, age = "", -1.0, "", 0.0
    for loop in loops(levels, here):
        gap, begin, oldest = silence(levels, loop)
        ratio = gap / loop.period
        if window.length < 3.0 * loop.period or ratio <= value:
            continue
        value, age = ratio, oldest
        name = way(levels, loop.channel, loop.sender, loop.receiver)
        worst = f"{name}, {span(begin, begin + gap)}"
        silent = " (it is knocked out)" if levels.silent(loop.receiver) or levels.silent(loop.sender) else ""
        says = (
            f"Nothing came over {name}{silent} {span(begin, begin + gap)}, {said(ratio)} times its period of "
            f"{said(loop.period)} s."
        )
    if value < 0.0:
        reason = "no periodic loop whose period is less than a third of the measured time"
        return Finding(None, None, says="There is no loop to test.", reason=reason)
    extra = {"age_s": age}
    if value <= CYCLES + 1e-9:
        says = f"No loop was silent for more than {said(value)} of its periods."
        return Finding(value, True, worst=worst, says=says, extra=extra)
    return Finding(value, False, 1.0 - CYCLES / value, worst, says, extra=extra)


def silence(levels: Levels, loop: Loop) -> tuple[float, float, float]:
    """Longest silence of a loop, when it began, and how old what was known last became, in seconds."""
    window = levels.folded.window
    index = levels.index_of.get((loop.channel, loop.sender, loop.receiver))
    if index is None or levels.silent(loop.receiver):
        return window.length, window.start, window.length
    heard = levels.traffic.silences[index]
    rest = window.end - heard.last
    if rest > heard.gap:
        return rest, heard.last, max(heard.age, window.end - heard.sent)
    return heard.gap, heard.begin, max(heard.age, window.end - heard.sent)
