"""Tasks of a stream: who they are, what they are, and that the columns of a class hang together as measured."""

from __future__ import annotations

import math
from itertools import islice

import numpy as np
import pytest
from scipy import stats
from stream_rows import GOAL, drawn, numbers, stream, tasks

from vsmlab.laws import kinds as k
from vsmlab.laws.chance import task_draw
from vsmlab.laws.tables import Message
from vsmlab.laws.tasks import new_task
from vsmlab.world.demand import draw_columns, next_arrival, take_class

LISTS = ([1.0, 2.0, 4.0, 8.0, 9.0], [0.0, 5.0, 5.0, 7.0, 100.0], [1.0, 1.5, 2.0, 2.5, 3.0])


def heard(state, unit, now, ref):
    next_arrival(
        state, unit, now, Message(now, k.REMINDERS, 0, 0, 0, k.NEXT_ARRIVAL, 0, 0, -1, -1, -1, ref, 0.0, -1)
    )
    said = list(state.effects)
    state.effects.clear()
    return said


def test_the_first_reminder_only_draws_and_each_other_makes_one_task_and_draws_the_next():
    state, unit, row = stream(k.POISSON, rate=2.0, work_constant=3.5)
    gaps = [-math.log1p(-u) / 2.0 for u in drawn(state, unit, 3)]
    (first,) = heard(state, unit, 0.0, 0)
    assert first == (0, k.NEXT_ARRIVAL, 0, pytest.approx(gaps[0]), -1, -1, -1, 1, 0.0)
    assert row.count == 0
    now = first[3]
    for count in (1, 2):
        born, arrive, reminder = heard(state, unit, now, 1)
        task = state.tasks[arrive[4]]
        assert born == (0, k.BORN, 0, 0.0, -1, task.identity, -1, GOAL, 3.5)
        assert arrive == (0, k.ARRIVE, GOAL, now, arrive[4], task.identity, -1, 0, 0.0)
        assert reminder[1:3] == (k.NEXT_ARRIVAL, 0)
        assert reminder[3] == pytest.approx(now + gaps[count])
        assert (task.born, task.work, task.identity & (2**38 - 1)) == (now, 3.5, count)
        now = reminder[3]


def test_a_stream_that_has_come_to_its_end_reminds_itself_of_nothing_more():
    state, unit, _ = stream(k.TRACE, last=1)
    state.instants[state.instants.add()].time = 4.0
    assert [effect[1] for effect in heard(state, unit, 0.0, 0)] == [k.NEXT_ARRIVAL]
    assert [effect[1] for effect in heard(state, unit, 4.0, 1)] == [k.BORN, k.ARRIVE]


def test_a_tasks_row_that_served_another_leaves_no_trace_of_it():
    state, unit, _ = stream(k.POISSON, rate=1.0)
    fields = list(type(state.tasks.fresh()).__slots__)
    plain = {}
    for time, task in islice(tasks(state, unit), 3):
        plain[time] = {name: getattr(task, name) for name in fields}
        for name in fields:  # whatever became of it
            setattr(task, name, 77)
        task.next = -1
    clean, unit, _ = stream(k.POISSON, rate=1.0)
    for time, task in islice(tasks(clean, unit), 3):
        for name in fields:
            if name not in ("finish", "entered"):  # are set where service starts, and at a door
                assert getattr(task, name) == plain[time][name], name
        assert len(clean.tasks) == 1


# -- who a task is -----------------------------------------------------------------------------------------


def test_identities_are_unique_and_tell_the_origin_and_its_count():
    seen = {}
    for name in ("chat", "code", "batch"):
        state, unit, _ = stream(k.POISSON, name=name)
        for count in (1, 2, 3, 255, 2**20, 2**38 - 1):
            task = state.tasks[new_task(state, unit, count, 0.0)]
            assert (task.identity >> 38, task.identity & (2**38 - 1)) == (unit.identity & 0xFFFFFF, count)
            assert 0 <= task.identity < 2**62
            seen[task.identity] = (name, count)
    assert len(seen) == 18


# -- classes -----------------------------------------------------------------------------------------------


def cells(state, counts):
    first = len(state.cells)
    for count in counts:
        state.cells[state.cells.add()].remaining = count
    return first, first + len(counts)


def test_classes_are_taken_without_replacement_until_none_is_left():
    state, unit, _ = stream(k.PROFILE)
    cells(state, [9])  # of another window
    first, last = cells(state, [2, 0, 3, 1])
    taken = [take_class(state, unit, first, last) - first for _ in range(6)]
    assert sorted(taken) == [0, 0, 2, 2, 2, 3]
    assert [state.cells[row].remaining for row in range(first, last)] == [0, 0, 0, 0]
    assert state.cells[0].remaining == 9


def test_every_order_of_the_classes_of_a_window_is_equally_likely():
    state, unit, _ = stream(k.PROFILE)
    seen: dict[tuple[int, ...], int] = {}
    for _ in range(3_000):
        first, last = cells(state, [2, 1, 1])
        order = tuple(take_class(state, unit, first, last) - first for _ in range(4))
        seen[order] = seen.get(order, 0) + 1
    assert len(seen) == 12
    assert stats.chisquare(list(seen.values())).pvalue > 0.001


# -- columns -----------------------------------------------------------------------------------------------


def columns_of(rho, count, lists):
    """Columns of this many tasks of one class with these lists of quantiles, and the first draw of each."""
    state, unit, _ = stream(k.PROFILE)
    cell = state.cells[state.cells.add()]
    cell.correlation, cell.quantiles = rho, len(lists[0])
    for place, values in enumerate(lists):
        setattr(cell, f"column_{place}", numbers(state, values)[0])
    task = state.tasks[new_task(state, unit, 1, 0.0)]
    found, draws = np.empty((count, len(lists))), np.empty(count)
    for number in range(count):
        task.identity = (unit.identity & 0xFFFFFF) << 38 | number
        draw_columns(state, cell, task, len(lists))
        found[number] = [getattr(task, f"column_{place}") for place in range(len(lists))]
        draws[number] = task_draw(state, task, k.COLUMN_DRAWS, 0, 0)
    return found, draws


def quantile_function(values, levels):
    """Linear between the levels (j + 1/2)/n, constant beyond."""
    return np.interp(levels, (np.arange(len(values)) + 0.5) / len(values), values)


@pytest.mark.parametrize("rho", [-0.8, 0.0, 0.6])
def test_each_column_has_the_quantiles_of_its_class_whatever_the_correlation(rho):
    count = 5_000
    found, draws = columns_of(rho, count, LISTS)
    assert found[:, 0] == pytest.approx(quantile_function(LISTS[0], draws), rel=1e-12)
    for place, values in enumerate(LISTS):
        exact = quantile_function(values, (np.arange(200_000) + 0.5) / 200_000)
        assert exact.mean() == pytest.approx(np.mean(values), rel=1e-6), "the mean of the list"
        assert abs(found[:, place].mean() - exact.mean()) < 4.0 * exact.std() / math.sqrt(count)
        for at in values:
            below = (exact <= at).mean()
            assert (
                abs((found[:, place] <= at).mean() - below)
                < 4.0 * math.sqrt(below * (1.0 - below) / count) + 1e-5
            )


@pytest.mark.parametrize("rho", [-0.8, -0.3, 0.0, 0.6, 0.95])
def test_the_rank_correlation_is_that_of_the_copulas_parameter(rho):
    """Spearman's of a Gaussian copula is 6/pi asin(rho/2); two that hang on the first, on each other as rho^2."""
    count = 4_000
    even = [float(n) for n in range(1_000)]  # so long that there are next to no ties
    found, _ = columns_of(rho, count, [even] * 3)
    ranks = stats.spearmanr(found).statistic
    expected = 6.0 / math.pi * np.arcsin(np.array([rho, rho, rho * rho]) / 2.0)
    assert [ranks[0, 1], ranks[0, 2], ranks[1, 2]] == pytest.approx(expected, abs=4.0 / math.sqrt(count))


@pytest.mark.parametrize("rho", [-1.0, 1.0])
def test_where_the_correlation_is_full_one_column_tells_the_other(rho):
    found, draws = columns_of(rho, 500, LISTS[:2])
    levels = draws if rho > 0.0 else 1.0 - draws
    assert found[:, 1] == pytest.approx(quantile_function(LISTS[1], levels), rel=1e-9, abs=1e-9)


def test_a_fourth_column_has_its_own_list():
    found, _ = columns_of(0.5, 50, [*LISTS, [70.0, 71.0, 72.0, 73.0, 74.0]])
    assert ((found[:, 3] >= 70.0) & (found[:, 3] <= 74.0)).all()
    assert len(set(found[:, 3].tolist())) > 25
