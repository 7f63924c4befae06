"""Rows of the world: demand, what it is drawn from, what is shown of it, and what breaks."""

from __future__ import annotations


class Stream:
    """A demand stream of the environment: how its tasks arrive and what they are. Once an operator has turned
    it (``operated``) there is ``asked`` times as much of it.
    """

    unit: int
    process: int
    count: int
    rate: float
    gap: int
    first: int
    last: int
    place: int
    stage: int
    until: float
    elapsed: float
    remaining: int
    columns: int
    work: int
    work_constant: float
    work_0: float
    work_1: float
    work_2: float
    work_3: float
    cost_constant: float
    cost_0: float
    cost_1: float
    cost_2: float
    cost_3: float
    first_goal: int
    last_goal: int
    first_rank: int
    last_rank: int
    failure: float
    attempts: int
    backoff: int
    deadline: float
    patience: int
    balks: int
    first_change: int
    last_change: int
    peak: float
    season: float
    season_period: float
    season_phase: float
    mean_gap: float
    first_watch: int
    last_watch: int
    operated: int
    asked: float
    turn: int
    awaited: int
    awaited_until: float
    left: float


class Change:
    """A change of a stream's demand: a factor from one time to another, reached in ``over`` seconds."""

    start: float
    end: float
    over: float
    factor: float


class Watch:
    """What a System 4 is shown of a stream, how often; ``lead`` above zero foreshows."""

    owner: int
    to: int
    every: float
    lead: float
    noise: float
    weight: float
    work: float
    since: float


class Tally:
    """A birth with this destination counts for that watch."""

    watch: int
    next: int


class Disturbance:
    """What the world does to whom, when or how often, and for how long."""

    unit: int
    fault: int
    amount: float
    mended: float
    first_target: int
    last_target: int
    gap: int
    lasts: int
    times: int


class Target:
    """A receiver that a disturbance strikes."""

    to: int


class Distribution:
    """One distribution: ``first`` to ``last`` are its quantiles in the samples."""

    shape: int
    a: float
    b: float
    first: int
    last: int


class Sample:
    """One number of a list: a quantile, a rate, a time."""

    value: float


class Instant:
    """One row of a trace."""

    time: float
    column_0: float
    column_1: float
    column_2: float
    column_3: float


class Window:
    """One window of a profile: ``first`` to ``last`` are its cells."""

    start: float
    end: float
    count: int
    first: int
    last: int


class Cell:
    """One class in one window: how many tasks, and the quantiles of their columns."""

    owner: int
    remaining: int
    correlation: float
    quantiles: int
    column_0: int
    column_1: int
    column_2: int
    column_3: int


class Choice:
    """One way on: to ``goal`` by way of ``hop``, with a probability, under conditions."""

    goal: int
    hop: int
    probability: float
    first: int
    last: int
    first_tally: int


class Condition:
    """A column lies within ``low`` and ``high``, both included."""

    column: int
    low: float
    high: float
