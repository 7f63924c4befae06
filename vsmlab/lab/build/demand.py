"""Rows for a demand stream: its arrivals, what its tasks are, and where they go."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np

from vsmlab.errors import InputError
from vsmlab.lab.build.values import Tables
from vsmlab.lab.loader import Loaded
from vsmlab.lab.profiles import Profile, read_profile
from vsmlab.lab.scenario import Cost, Distribution, Stream, Work
from vsmlab.lab.traces import Trace, read_trace
from vsmlab.laws import kinds as k
from vsmlab.laws import tables

MAX_COLUMNS = 4


def mean_of(given: Distribution) -> float:
    """Mean of a distribution; 0 where it is a linear function of columns."""
    for spread in (given.exponential, given.gamma, given.lognormal):
        if spread is not None:
            return spread.mean
    if given.uniform is not None:
        return 0.5 * (given.uniform.min + given.uniform.max)
    if given.empirical is not None:
        return sum(given.empirical.quantiles) / len(given.empirical.quantiles)
    return given.constant or 0.0


def source_of(stream: Stream, name: str, loaded: Loaded) -> Profile | Trace | None:
    """The profile or trace of a stream, read once and checked."""
    if stream.profile is not None:
        return read_profile(loaded.files[name])
    if stream.trace is not None:
        return read_trace(loaded.files[name], stream.trace.time, stream.trace.columns)
    return None


def columns_of(source: Profile | Trace | None) -> list[str]:
    """What is known of a task on arrival, in the order of its columns."""
    return [] if source is None else list(source.columns)


def expected_work(stream: Stream, source: Profile | Trace | None) -> list[tuple[str, float, float]]:
    """For each way that tasks go: the unit, how much of the stream goes there, and their mean work in seconds.

    Where the demand has columns, the share is a number of tasks; otherwise all of the stream goes one way.
    """
    work = stream.work
    if work is None:
        return []
    if source is None:
        return [(stream.to[0].unit, 1.0, mean_of(work))]
    if isinstance(source, Profile):
        weights = source.counts.astype(np.float64)
        columns = {name: values.mean(axis=1) for name, values in source.quantiles.items()}
    else:
        weights, columns = np.ones(source.rows), dict(source.columns)
    each = np.full(len(weights), mean_of(work) if work.linear is None else work.linear.constant)
    for column, coefficient in work.linear.columns.items() if work.linear is not None else ():
        each = each + coefficient * columns[column]
    left = np.ones(len(weights), bool)
    ways = []
    for entry in stream.to:
        here = left.copy()
        for column, limits in (entry.when or {}).items():
            here &= columns[column] >= (-np.inf if limits.min is None else limits.min)
            here &= columns[column] <= (np.inf if limits.max is None else limits.max)
        left &= ~here
        if weights[here].sum() > 0.0:
            mean = float((each[here] * weights[here]).sum() / weights[here].sum())
            ways.append((entry.unit, float(weights[here].sum()), mean))
    return ways


def fill(
    to: Tables,
    row: tables.Stream,
    stream: Stream,
    name: str,
    goals: Mapping[str, int],
    source: Profile | Trace | None,
    loaded: Loaded,
) -> None:
    """Write a stream into its row.

    Raises:
        InputError: If the stream's tasks have more columns than a task can carry.
    """
    columns = columns_of(source)
    if len(columns) > MAX_COLUMNS:
        place = f"environment.demand.{name}"
        right = f"a task carries at most {MAX_COLUMNS}"
        raise InputError(loaded.source, place, "too many columns", given=", ".join(columns), right=right)
    row.columns = len(columns)
    _arrivals(to, row, stream, source)
    _work(to, row, stream.work, columns)
    _cost(row, stream.cost_usd, columns)
    ways = [(goals[entry.unit], -1, -1.0, entry.when or {}) for entry in stream.to]
    row.first_goal, row.last_goal = to.choices(ways, columns)
    ranks = [(entry.rank, -1, -1.0, entry.when or {}) for entry in stream.rank]
    row.first_rank, row.last_rank = to.choices(ranks, columns)
    failure = stream.failure
    row.failure, row.attempts = failure.probability, failure.attempts
    row.backoff = to.distribution(failure.backoff)
    row.deadline = failure.deadline or 0.0
    row.patience = -1 if failure.patience is None else to.distribution(failure.patience)
    row.balks = int(stream.balks)


def _arrivals(to: Tables, row: tables.Stream, stream: Stream, source: Profile | Trace | None) -> None:
    arrivals = stream.arrivals
    if isinstance(source, Profile):
        row.process = k.PROFILE
        row.first, row.last = _windows(to, source)
        row.place = row.first
    elif source is not None:
        row.process = k.TRACE
        row.first, row.last = _instants(to, source, stream.trace.starts if stream.trace is not None else 0.0)
        row.place = row.first
    elif arrivals is None:
        raise AssertionError("a stream has arrivals, a profile or a trace")
    elif arrivals.poisson is not None:
        row.process, row.rate = k.POISSON, arrivals.poisson.rate
    elif arrivals.renewal is not None:
        row.process, row.gap = k.RENEWAL, to.distribution(arrivals.renewal)
    elif arrivals.markov is not None:
        row.process = k.MARKOV
        row.first, row.last = to.numbers(arrivals.markov.rates)
        to.numbers(arrivals.markov.leave)
    elif arrivals.linear is not None:
        row.process = k.LINEAR
        row.first, row.last = to.numbers(arrivals.linear.times)
        to.numbers(arrivals.linear.rates)


def _windows(to: Tables, profile: Profile) -> tuple[int, int]:
    """One row a window, one cell a class in it."""
    first = to.count("windows")
    bounds = zip(profile.starts.tolist(), profile.ends.tolist(), strict=True)
    for (start, end), rows in itertools.groupby(enumerate(bounds), key=lambda pair: pair[1]):
        window = to.state.windows[to.add("windows")]
        window.start, window.end, window.first = start, end, to.count("cells")
        for index, _ in rows:
            cell = to.state.cells[to.add("cells")]
            cell.remaining, cell.correlation = int(profile.counts[index]), float(profile.correlation[index])
            window.count += cell.remaining
            for column, name in enumerate(profile.columns):
                values = profile.quantiles[name][index]
                cell.quantiles = len(values)
                setattr(cell, f"column_{column}", to.numbers(values.tolist())[0])
        window.last = to.count("cells")
    return first, to.count("windows")


def _instants(to: Tables, trace: Trace, starts: float) -> tuple[int, int]:
    """One row a recorded task; the first arrives at ``starts``."""
    first = to.count("instants")
    lists = [trace.columns[name].tolist() for name in trace.columns]
    for index, time in enumerate((trace.times + starts).tolist()):
        instant = to.state.instants[to.add("instants")]
        instant.time = time
        for column, values in enumerate(lists):
            setattr(instant, f"column_{column}", values[index])
    return first, to.count("instants")


def _work(to: Tables, row: tables.Stream, work: Work | None, columns: list[str]) -> None:
    row.work = -1
    if work is None:
        return
    if work.linear is None:
        row.work = to.distribution(work)
        return
    row.work_constant = work.linear.constant
    for column, coefficient in work.linear.columns.items():
        setattr(row, f"work_{columns.index(column)}", coefficient)


def _cost(row: tables.Stream, cost: Cost, columns: list[str]) -> None:
    if cost.linear is None:
        row.cost_constant = cost.constant or 0.0
        return
    row.cost_constant = cost.linear.constant
    for column, coefficient in cost.linear.columns.items():
        setattr(row, f"cost_{columns.index(column)}", coefficient)
