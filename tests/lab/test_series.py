"""A run over time, against what can be worked out by hand."""

import math

import numpy as np
import pytest

import vsmlab
from vsmlab.lab.record import Run
from vsmlab.lab.series import History, Steps, bins, history, summed


def fixed(organisation, to="top", every=10.0, work=4.0, **more):
    """Tasks at 10, 20, 30 ... seconds, each with the same work, for 60 seconds."""
    stream = {"arrivals": {"renewal": {"constant": every}}, "work": {"constant": work}, "to": to}
    return {
        "version": 1,
        "name": "fixed",
        "title": "fixed",
        "horizon": 60,
        "environment": {"demand": {"mail": stream}},
        "organisation": {"name": "top", **organisation},
        **more,
    }


def of(scenario) -> tuple[Run, History]:
    run = vsmlab.run(scenario)
    return run, history(run)


@pytest.fixture(scope="module")
def alone() -> History:
    return of(fixed({"agents": 1}))[1]


@pytest.fixture(scope="module")
def late() -> History:
    """One agent that needs 25 seconds: the second task waits from 20 to 35, the third from 30 to 60."""
    return of(fixed({"agents": 1}, work=25.0))[1]


EDGES = np.array([0.0, 20.0, 40.0, 60.0])


def test_demand_is_counted_in_parts_that_begin_with_their_edge(alone):
    assert {name: counts.tolist() for name, counts in alone.demand(EDGES).items()} == {
        "mail": [1.0, 2.0, 2.0]
    }


def test_load_is_work_over_time(alone):
    assert alone.load(EDGES)["mail"].tolist() == pytest.approx([0.2, 0.4, 0.4])


def test_tasks_are_present_from_their_arrival_until_they_are_served(alone):
    times = np.array([9.9, 10.0, 13.9, 14.0, 20.0])
    assert alone.present(0, times).tolist() == [0.0, 1.0, 1.0, 0.0, 1.0]


def test_the_mean_present_is_the_area_over_time(late):
    # 10 to 35, 20 to 60, 30 to 60, 40 to 60 and 50 to 60
    assert late.mean_present(0, EDGES).tolist() == pytest.approx([10 / 20, 45 / 20, 70 / 20])


def test_the_mean_present_over_the_whole_run_is_that_of_the_measures():
    run, past = of(fixed({"agents": 1}, work=25.0))
    whole = past.mean_present(0, np.array([0.0, 60.0]))[0]
    assert whole == pytest.approx(run.measures["units"]["top"]["mean_in_progress"])


def test_the_peak_is_the_first_time_of_the_most(late):
    assert late.peak(0) == (50.0, 4)


def test_waits_are_those_of_tasks_that_started(late):
    entered, waits = late.waits(0)
    assert entered.tolist() == [10.0, 20.0]
    assert waits.tolist() == [0.0, 15.0]


def test_quantiles_of_waits_are_missing_where_too_few_tasks_came(late):
    found = late.wait_quantiles(0, EDGES, (0.0, 1.0), fewest=1)
    assert found[1.0][:2].tolist() == [0.0, 15.0]
    assert math.isnan(found[1.0][2])
    assert all(math.isnan(value) for value in late.wait_quantiles(0, EDGES, (0.5,))[0.5])


PAIR = {"system2": "off", "operations": {"a": {"agents": 2}, "b": {"agents": 1}}}


def test_demand_for_named_operations_is_told_apart_by_them():
    to = [{"unit": "top.b"}]
    _, past = of(fixed(PAIR, to=to))
    assert list(past.demand(EDGES)) == ["b"]


def test_agents_are_those_of_the_scenario_when_nothing_moves_them():
    _, past = of(fixed(PAIR | {"system3": "off"}))
    assert past.agents == [3, 2, 1]
    assert past.agents_present(0).values.tolist() == [3.0]
    assert past.agents_held(1).values.tolist() == [2.0]
    assert past.offered(1) is None


def test_agents_held_and_present_end_alike_once_all_have_arrived():
    run = vsmlab.run("bargain", until=1200.0, overrides=["warmup=0"])
    past = history(run)
    for place in past.children(0):
        held, present = past.agents_held(place), past.agents_present(place)
        assert len(held.times) > 3
        assert abs(held.values[-1] - present.values[-1]) <= 2
        offered = past.offered(place)
        assert offered is not None
        assert (np.diff(offered.times) > 0).all()
    total = summed([past.agents_present(place) for place in past.children(0)])
    assert total.values.max() <= 12
    assert total.values.tolist() == past.agents_present(0).values.tolist()


def test_imbalances_of_siblings_add_up_to_nothing():
    run = vsmlab.run("oscillating-siblings", until=300.0, overrides=["warmup=50"])
    past = history(run)
    strayed = past.imbalance(0, np.linspace(0.0, 300.0, 50))
    assert len(strayed) == 4
    assert np.abs(sum(strayed.values())).max() < 1e-9


def test_tasks_moved_between_siblings_are_the_journals():
    run = vsmlab.run("oscillating-siblings", until=300.0, overrides=["warmup=0"])
    past = history(run)
    moved = past.moved(0, np.array([0.0, 300.0]))[0]
    assert moved == run.manifest["counts"]["kinds"]["moved-out"] > 0


def test_damping_is_counted_for_the_system_2_that_asks():
    run = vsmlab.run("llm-fleet", until=200.0)
    past = history(run)
    whole = np.array([0.0, 200.0])
    asking = [past.damping(past.index(path), whole)[0] for path in ("fleet.short", "fleet.standard.east")]
    assert min(asking) > 0
    assert past.damping(0, whole)[0] == 0  # the root has no System 2


def test_what_is_unusual_is_counted_by_kind_and_reason():
    _, past = of(fixed({"agents": 0, "queue": {"limit": 2}}))
    from vsmlab.laws.identity import identity
    from vsmlab.laws.kinds import QUEUE_FULL, SHED

    assert past.unusual == {(SHED, QUEUE_FULL, 0, identity("top")): 3}


def test_a_run_without_tasks_has_empty_series():
    _, past = of(fixed(PAIR, every=100.0))
    assert past.demand(EDGES) == {}
    assert past.load(EDGES) == {}
    assert past.peak(0) == (0.0, 0)
    assert past.mean_present(1, EDGES).tolist() == [0.0, 0.0, 0.0]
    assert [len(part) for part in past.waits(0)] == [0, 0]


@pytest.mark.parametrize("horizon", [1e-4, 0.3, 7.0, 59.0, 3600.0, 1e5, 3e7])
def test_bins_cut_a_run_into_equal_parts_of_a_round_length(horizon):
    edges = bins(horizon)
    assert edges[0] == 0.0
    assert edges[-1] == horizon
    assert 2 <= len(edges) <= 61
    widths = np.diff(edges)
    assert widths.min() > 0.0
    assert np.allclose(widths[:-1], widths[0])
    assert widths[-1] <= widths[0] * (1 + 1e-9)


def test_steps_hold_their_value_until_the_next_time():
    steps = Steps(np.array([0.0, 5.0]), np.array([1.0, 3.0]))
    assert steps.at(np.array([0.0, 4.9, 5.0, 9.0])).tolist() == [1.0, 1.0, 3.0, 3.0]
    assert summed([]).values.tolist() == [0.0]
