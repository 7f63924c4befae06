"""Disturbances: whom they strike when, with what, for how long, and that their times are drawn, not chosen."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import stats

from vsmlab.engines.rows import empty_state, row_type
from vsmlab.laws import kinds as k
from vsmlab.laws.identity import identity
from vsmlab.laws.tables import Message
from vsmlab.mechanisms.philox import sequence_uniform
from vsmlab.world.disturbances import BREAKS, MENDS, ONLY_DRAWS, disturbance_due

make_row = cache(row_type)
STRUCK, SEED = (3, 5), 7


def disturbance(
    *, gap: tuple[int, float] | None = None, lasts: tuple[int, float] | None = None, **fields: Any
):
    """A disturbance of two receivers; a gap or length is a shape and its first parameter."""
    rows: Any = empty_state(make_row)
    rows.ledger[0].seed = SEED
    unit = rows.units[rows.units.add()]
    unit.identity, unit.role, unit.first_channel = identity("environment.crash-1"), k.WORLD, -1
    made = rows.disturbances[rows.disturbances.add()]
    made.fault, made.amount, made.first_target, made.last_target = k.CRASH, 1.0, 0, len(STRUCK)
    for to in STRUCK:
        rows.targets[rows.targets.add()].to = to
    for name, given in (("gap", gap), ("lasts", lasts)):
        row = -1
        if given is not None:
            row = rows.distributions.add()
            rows.distributions[row].shape, rows.distributions[row].a = given
        setattr(made, name, row)
    for name, value in fields.items():
        setattr(made, name, value)
    return rows


def due(rows, ref, now=10.0):
    """What a disturbance says when its time has come: kind, to, due, ref, value."""
    message = Message(now, k.REMINDERS, 0, 0, 0, k.DISTURB_DUE, 0, 0, -1, -1, -1, ref, 0.0, -1)
    disturbance_due(rows, rows.units[0], now, message)
    said = [(e[1], e[2], e[3], e[7], e[8]) for e in rows.effects]
    rows.effects.clear()
    return said


def blows(value, fault=k.CRASH, now=10.0):
    return [(k.DISTURB, to, now, fault, value) for to in STRUCK]


def test_every_target_is_struck_at_once_and_mended_when_the_time_is_over():
    rows = disturbance(lasts=(k.CONSTANT, 4.0))
    assert due(rows, BREAKS) == [*blows(1.0), (k.DISTURB_DUE, 0, 14.0, MENDS, 0.0)]
    assert due(rows, MENDS, 14.0) == blows(0.0, now=14.0)
    assert rows.disturbances[0].times == 1
    assert rows.units[0].first_channel == -1, "no channel carries it"


def test_what_is_not_to_end_lasts_for_ever():
    assert due(disturbance(), BREAKS) == blows(1.0)


def test_what_is_mended_gets_its_own_number_back():
    rows = disturbance(lasts=(k.CONSTANT, 1.0), fault=k.SLOW, amount=0.25, mended=1.0)
    assert due(rows, BREAKS)[:2] == blows(0.25, k.SLOW)
    assert due(rows, MENDS) == blows(1.0, k.SLOW)


def test_the_first_of_a_series_is_drawn_and_strikes_nobody():
    rows = disturbance(gap=(k.CONSTANT, 7.0), lasts=(k.CONSTANT, 2.0))
    assert due(rows, ONLY_DRAWS, 0.0) == [(k.DISTURB_DUE, 0, 7.0, BREAKS, 0.0)]
    assert due(rows, BREAKS, 7.0)[-1] == (k.DISTURB_DUE, 0, 9.0, MENDS, 0.0)
    assert due(rows, MENDS, 9.0) == [*blows(0.0, now=9.0), (k.DISTURB_DUE, 0, 16.0, BREAKS, 0.0)]
    assert rows.disturbances[0].times == 1


def test_a_series_alternates_and_its_gaps_and_lengths_are_those_asked_for():
    rows = disturbance(gap=(k.EXPONENTIAL, 100.0), lasts=(k.EXPONENTIAL, 20.0))
    ref, now = ONLY_DRAWS, 0.0
    times: dict[int, list[float]] = {BREAKS: [], MENDS: []}
    for _ in range(8001):
        _, _, following, next_ref, _ = due(rows, ref, now)[-1]
        assert next_ref == (MENDS if ref == BREAKS else BREAKS)
        times[next_ref].append(following - now)
        ref, now = next_ref, following
    for which, mean in ((BREAKS, 100.0), (MENDS, 20.0)):
        assert stats.kstest(times[which], "expon", args=(0.0, mean)).pvalue > 0.01
    both = np.array([times[BREAKS][:4000], times[MENDS][:4000]])
    assert abs(np.corrcoef(both)[0, 1]) < 2.6 / np.sqrt(4000), "gap and length are independent"


def test_times_are_drawn_from_the_disturbances_own_sequence_and_from_nothing_else():
    rows = disturbance(gap=(k.UNIFORM, 0.0), lasts=(k.UNIFORM, 0.0))
    for row in rows.distributions:
        row.b = 1.0
    ref, now = ONLY_DRAWS, 0.0
    for draw in range(6):
        _, _, following, ref, _ = due(rows, ref, now)[-1]
        u = sequence_uniform(SEED, rows.units[0].identity, k.STATE_DRAWS, draw)
        assert following - now == pytest.approx(u, abs=1e-12)
        now = following
    unit = rows.units[0]
    assert (unit.state_draws, unit.demand_draws, unit.delay_draws, unit.loss_draws) == (6, 0, 0, 0)
