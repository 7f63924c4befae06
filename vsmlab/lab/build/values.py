"""Rows for what a scenario writes as values: distributions, lists of numbers, choices with conditions, channels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from vsmlab.lab.scenario import Channel, Distribution, Range
from vsmlab.laws import kinds as k
from vsmlab.laws.tables import State, Unit
from vsmlab.mechanisms.numbers import logarithm

Way = tuple[int, int, float, Mapping[str, Range]]
"""Goal, hop, probability (below zero: by condition), conditions by column."""

UNBOUNDED = 1e300


class Tables:
    """The state's tables, being filled."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._counts = dict.fromkeys(state._fields, 0)

    def add(self, table: str) -> int:
        """A new row; returns its number."""
        rows: Any = getattr(self.state, table)
        row = self._counts[table]
        if row >= len(rows):
            rows.add()
        self._counts[table] = row + 1
        return row

    def count(self, table: str) -> int:
        """Rows made so far."""
        return self._counts[table]

    def counts(self) -> dict[str, int]:
        """Rows made so far, by table."""
        return dict(self._counts)

    def numbers(self, values: Iterable[float]) -> tuple[int, int]:
        """Samples in a row; returns the first row and the one after the last."""
        first = self.count("samples")
        for value in values:
            self.state.samples[self.add("samples")].value = float(value)
        return first, self.count("samples")

    def distribution(self, given: Distribution) -> int:
        """A distribution's row. Parameters are computed with our own logarithm: the same bits everywhere."""
        row = self.add("distributions")
        made = self.state.distributions[row]
        if given.exponential is not None:
            made.shape, made.a = k.EXPONENTIAL, given.exponential.mean
        elif given.gamma is not None:
            made.shape, made.a = k.GAMMA, 1.0 / given.gamma.cv2
            made.b = given.gamma.mean * given.gamma.cv2
        elif given.lognormal is not None:
            variance = logarithm(1.0 + given.lognormal.cv2)
            made.shape, made.b = k.LOGNORMAL, math.sqrt(variance)
            made.a = logarithm(given.lognormal.mean) - 0.5 * variance
        elif given.uniform is not None:
            made.shape, made.a, made.b = k.UNIFORM, given.uniform.min, given.uniform.max
        elif given.empirical is not None:
            made.shape = k.EMPIRICAL
            made.first, made.last = self.numbers(given.empirical.quantiles)
        else:
            made.shape, made.a = k.CONSTANT, float(given.constant or 0.0)
        return row

    def choices(self, ways: Sequence[Way], columns: Sequence[str]) -> tuple[int, int]:
        """Ways on, in order, each with its conditions; returns the first row and the one after the last."""
        first = self.count("choices")
        for goal, hop, probability, when in ways:
            choice = self.state.choices[self.add("choices")]
            choice.goal, choice.hop, choice.probability = goal, hop, probability
            choice.first_tally = -1
            choice.first = self.count("conditions")
            for column, limits in when.items():
                condition = self.state.conditions[self.add("conditions")]
                condition.column = columns.index(column)
                condition.low = -UNBOUNDED if limits.min is None else limits.min
                condition.high = UNBOUNDED if limits.max is None else limits.max
            choice.last = self.count("conditions")
        return first, self.count("choices")

    def channel(self, unit: Unit, kind: str, given: Channel | None, *, cut: bool) -> None:
        """The pattern of one kind of channel for one sender."""
        row = self.add("channels")
        made = self.state.channels[row]
        made.owner, made.kind, made.to, made.next = (
            unit.row,
            k.CHANNEL_NAMES.index(kind),
            -1,
            unit.first_channel,
        )
        unit.first_channel = row
        made.delay, made.queue_limit, made.cut = -1, -1, int(cut)
        if given is None:
            return
        if given.delay.kind != "constant" or given.delay.constant:
            made.delay = self.distribution(given.delay)
        made.loss, made.capacity, made.quantum = given.loss, given.capacity or 0.0, given.quantise or 0.0
        made.queue_limit = -1 if given.queue_limit is None else given.queue_limit
        made.cut = int(cut or given.cut)
