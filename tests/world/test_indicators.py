"""What the environment shows: work demanded for whose goals, what is expected of every process, probes, noise."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from stream_rows import numbers, stream

from vsmlab.laws import kinds as k
from vsmlab.laws.identity import identity
from vsmlab.laws.tables import Message
from vsmlab.laws.tasks import drop_task
from vsmlab.world.demand import next_arrival
from vsmlab.world.demand_changes import FOR_EVER
from vsmlab.world.indicators import answer_probe, expected_rate, show_indicator

FOUR, OTHER = 2, 3
"""Two Systems 4."""


def watched(process: int, *watches: dict[str, Any], **fields: Any) -> tuple[Any, Any, Any, list[Any]]:
    """A stream that these watches look at; each counts the tasks of every way unless it says which."""
    state, unit, row = stream(process, **fields)
    rows: Any = state
    for path in ("four", "other"):
        made = rows.units[rows.units.add()]
        made.row, made.identity, made.first_channel = len(rows.units) - 1, identity(path), -1
    for choice in rows.choices:
        choice.first_tally = -1
    found = []
    for settings in watches:
        watch = rows.watches[rows.watches.add()]
        watch.owner, watch.to, watch.every, watch.weight = 0, FOUR, 30.0, 1.0
        for name, value in settings.items():
            setattr(watch, name, value)
        if watch.lead <= 0.0:
            tally = rows.tallies.add()
            rows.tallies[tally].watch, rows.tallies[tally].next = len(found), rows.choices[0].first_tally
            rows.choices[0].first_tally = tally
        found.append(watch)
    row.first_watch, row.last_watch = 0, len(found)
    return state, unit, row, found


def due(state: Any, unit: Any, now: float, turn: int = 0) -> list[tuple[Any, ...]]:
    """An indicator is due: kind, receiver, ref, value and time of what the stream says."""
    message = Message(now, k.REMINDERS, 0, 0, 0, k.INDICATOR_DUE, 0, 0, -1, -1, -1, turn, 0.0, -1)
    show_indicator(state, unit, now, message)
    return said(state)


def probed(state: Any, unit: Any, now: float, sender: int = FOUR) -> list[tuple[Any, ...]]:
    message = Message(now, k.ORDINARY, 0, 0, 0, k.PROBE, 0, sender, -1, -1, -1, 0, 0.0, -1)
    answer_probe(state, unit, now, message)
    return said(state)


def said(state: Any) -> list[tuple[Any, ...]]:
    found = [(e[1], e[2], e[7], e[8], e[3]) for e in state.effects]
    state.effects.clear()
    return found


def bear(state: Any, unit: Any, now: float, ref: int = 1) -> None:
    """A task arrives; with ``ref`` 0 only the next one is drawn."""
    message = Message(now, k.REMINDERS, 0, 0, 0, k.NEXT_ARRIVAL, 0, 0, -1, -1, -1, ref, 0.0, -1)
    next_arrival(state, unit, now, message)
    for effect in state.effects:
        if effect[1] == k.ARRIVE:
            drop_task(state, effect[4])
    state.effects.clear()


# -- work demanded -----------------------------------------------------------------------------------------


def test_work_born_over_the_time_since_it_was_last_shown_is_what_is_demanded():
    state, unit, _, _ = watched(k.POISSON, {}, rate=1.0, work_constant=6.0)
    for now in (3.0, 11.0, 12.0, 29.0):
        bear(state, unit, now)
    reminder = (k.INDICATOR_DUE, 0, 0, 0.0, 60.0)
    assert due(state, unit, 30.0) == [reminder, (k.INDICATOR, FOUR, k.DEMANDED, 24.0 / 30.0, 30.0)]
    bear(state, unit, 31.0)
    assert due(state, unit, 60.0)[1] == (k.INDICATOR, FOUR, k.DEMANDED, 6.0 / 30.0, 60.0)
    assert due(state, unit, 90.0)[1] == (k.INDICATOR, FOUR, k.DEMANDED, 0.0, 90.0)
    channel = state.channels[unit.first_channel]
    assert (channel.kind, channel.to) == (k.ENV_S4, FOUR)


def test_each_watch_counts_the_ways_that_are_its_own():
    state, unit, row, (mine, other) = watched(k.TRACE, {}, {"to": OTHER}, work_0=1.0, columns=1, last=2)
    second = state.choices[state.choices.add()]
    second.goal, second.first_tally, row.last_goal = 1, state.tallies.add(), 2
    state.tallies[second.first_tally].watch, state.tallies[second.first_tally].next = 1, -1
    condition = state.conditions[state.conditions.add()]
    condition.low, condition.high = 0.0, 5.0
    state.choices[0].first, state.choices[0].last = 0, 1  # small ones are of both, large ones of the other
    for time, size in ((10.0, 3.0), (20.0, 9.0)):
        instant = state.instants[state.instants.add()]
        instant.time, instant.column_0 = time, size
    bear(state, unit, 0.0, ref=0)
    bear(state, unit, 10.0)
    bear(state, unit, 20.0)
    assert (mine.work, other.work) == (3.0, 12.0)
    assert due(state, unit, 30.0, 1)[1] == (k.INDICATOR, OTHER, k.DEMANDED, 12.0 / 30.0, 30.0)
    assert mine.work == 3.0


def test_where_the_stream_does_not_say_the_work_the_mean_of_those_who_serve_counts():
    state, unit, _, _ = watched(k.POISSON, {"weight": 2.5}, rate=1.0)
    bear(state, unit, 3.0)
    bear(state, unit, 4.0)
    assert due(state, unit, 10.0)[1][3] == 0.5


def test_a_stream_that_nobody_watches_counts_for_nobody():
    state, unit, row = stream(k.POISSON, rate=1.0, work_constant=6.0)
    state.choices[0].first_tally = 77
    bear(state, unit, 3.0)
    assert row.count == 1


def test_a_probe_is_answered_at_once_with_what_came_since_and_only_to_who_asked():
    state, unit, _, watches = watched(
        k.POISSON, {}, {"to": OTHER}, {"lead": 300.0}, rate=1.0, work_constant=6.0
    )
    bear(state, unit, 3.0)
    assert probed(state, unit, 10.0) == [(k.INDICATOR, FOUR, k.DEMANDED, 0.6, 10.0)]
    assert probed(state, unit, 10.0) == [], "nothing has passed since"
    assert due(state, unit, 30.0)[1] == (k.INDICATOR, FOUR, k.DEMANDED, 0.0, 30.0)
    assert due(state, unit, 30.0, 1)[1] == (k.INDICATOR, OTHER, k.DEMANDED, 0.2, 30.0)
    assert probed(state, unit, 40.0, sender=9) == []
    assert [watch.since for watch in watches] == [30.0, 30.0, 0.0]


def test_the_mean_of_what_is_shown_is_the_offered_load():
    state, unit, _, _ = watched(k.POISSON, {}, rate=2.0, work=0)
    work = state.distributions[state.distributions.add()]
    work.shape, work.a = k.EXPONENTIAL, 3.0
    now, found = 0.0, []
    message = Message(0.0, k.REMINDERS, 0, 0, 0, k.NEXT_ARRIVAL, 0, 0, -1, -1, -1, 0, 0.0, -1)
    next_arrival(state, unit, 0.0, message)
    while now < 30_000.0:
        following = next(e[3] for e in state.effects if e[1] == k.NEXT_ARRIVAL)
        for effect in state.effects:
            if effect[1] == k.ARRIVE:
                drop_task(state, effect[4])
        state.effects.clear()
        while following > 30.0 * (len(found) + 1):
            found.append(due(state, unit, 30.0 * (len(found) + 1))[1][3])
        now = following
        next_arrival(state, unit, now, message._replace(due=now, ref=1))
    assert np.mean(found) == pytest.approx(6.0, abs=3.0 * math.sqrt(2.0 * 18.0 / 30.0 / len(found)))
    assert np.var(found) == pytest.approx(2.0 * 18.0 / 30.0, rel=0.2), "shot noise: rate E[S^2] / span"


# -- what is expected --------------------------------------------------------------------------------------


def test_a_poisson_stream_is_expected_at_its_rate_times_what_changes_it():
    state, _, row, _ = watched(k.POISSON, rate=2.0)
    assert expected_rate(state, row, 100.0) == 2.0
    one = state.changes[state.changes.add()]
    one.start, one.end, one.over, one.factor = 50.0, FOR_EVER, 100.0, 3.0
    row.last_change = 1
    row.season, row.season_period = 0.5, 400.0
    assert expected_rate(state, row, 100.0) == 2.0 * 2.0 * 1.5
    assert expected_rate(state, row, 0.0) == 2.0


def test_a_renewal_stream_is_expected_at_one_over_its_mean_gap():
    state, _, row, _ = watched(k.RENEWAL, mean_gap=0.25)
    assert expected_rate(state, row, 9.0) == 4.0
    row.mean_gap = 0.0
    assert expected_rate(state, row, 9.0) == 0.0


def test_a_modulated_stream_is_expected_at_its_mean_in_the_long_run():
    state, _, row, _ = watched(k.MARKOV)
    row.first, row.last = numbers(state, [6.0, 1.0, 3.0], [0.6, 0.2, 0.3])
    stays = np.array([1 / 0.6, 1 / 0.2, 1 / 0.3])
    assert expected_rate(state, row, 9.0) == pytest.approx(stays @ [6.0, 1.0, 3.0] / stays.sum())


@pytest.mark.parametrize("points", [1, 2, 3, 8])
def test_a_linear_rate_is_expected_as_it_is_given(points):
    times = [0.0, 10.0, 15.0, 40.0, 41.0, 70.0, 90.0, 120.0][:points]
    rates = [1.0, 4.0, 0.0, 0.0, 9.0, 2.0, 2.5, 7.0][:points]
    state, _, row, _ = watched(k.LINEAR)
    numbers(state, [5.0, 6.0])  # other numbers lie before
    row.first, row.last = numbers(state, times, rates)
    for time in (0.0, 3.0, 10.0, 12.0, 15.0, 30.0, 40.5, 69.0, 100.0, 120.0, 500.0):
        assert expected_rate(state, row, time) == pytest.approx(np.interp(time, times, rates)), time


def test_a_profile_is_expected_at_the_count_of_its_window_whatever_has_arrived():
    state, _, row, _ = watched(k.PROFILE)
    for begin, end, count in ((10.0, 20.0, 40), (20.0, 30.0, 0), (50.0, 55.0, 10)):
        window = state.windows[state.windows.add()]
        window.start, window.end, window.count = begin, end, count
    row.last, row.place = 3, 2
    found = [expected_rate(state, row, t) for t in (0.0, 10.0, 19.9, 20.0, 40.0, 52.0, 55.0, 99.0)]
    assert found == [0.0, 4.0, 4.0, 0.0, 0.0, 2.0, 0.0, 0.0]
    row.last = 0
    assert expected_rate(state, row, 10.0) == 0.0


def test_a_trace_says_nothing_of_what_is_to_come():
    state, _, row, _ = watched(k.TRACE)
    assert expected_rate(state, row, 9.0) == 0.0


# -- foreshowing -------------------------------------------------------------------------------------------


def test_what_is_foreshown_is_the_work_expected_when_the_lead_is_over():
    state, unit, row, _ = watched(k.LINEAR, {"lead": 300.0, "weight": 4.0}, {})
    row.first, row.last = numbers(state, [0.0, 1000.0], [0.0, 10.0])
    assert due(state, unit, 100.0) == [
        (k.INDICATOR_DUE, 0, 0, 0.0, 130.0),
        (k.INDICATOR, FOUR, k.FORESHOWN, 16.0, 100.0),
    ]
    assert unit.state_draws == 0, "where there is no noise none is drawn"


def test_noise_has_no_bias_and_the_deviation_that_was_said_and_shows_nothing_below_zero():
    state, unit, _, (watch,) = watched(k.POISSON, {"lead": 300.0, "noise": 0.1}, rate=8.0)
    found = np.array([due(state, unit, 30.0 * n)[1][3] for n in range(4000)])
    assert found.mean() == pytest.approx(8.0, abs=3.0 * 0.8 / math.sqrt(4000))
    assert found.std() == pytest.approx(0.8, rel=3.0 / math.sqrt(2 * 4000))
    assert unit.state_draws == 4000
    assert unit.demand_draws == 0
    watch.noise = 2.0
    found = np.array([due(state, unit, 30.0 * n)[1][3] for n in range(4000)])
    assert found.min() == 0.0
    assert (found == 0.0).mean() == pytest.approx(0.3085, abs=0.03), "Phi(-1/2)"
