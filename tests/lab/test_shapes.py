"""Shapes of an organisation differ in nothing but their shape, and what is expected of them is what they do."""

import math

import pytest

from vsmlab.lab.loader import load, vary
from vsmlab.lab.run import measures_of
from vsmlab.lab.shapes import SPOKEN, Shape, expected_wait, shaped, watch
from vsmlab.laws import kinds as k
from vsmlab.mechanisms.intervals import mean_interval
from vsmlab.mechanisms.queueing import mmc_mean_wait

BOTH = ("system2", "system3")
SHORT = ["horizon=150", "warmup=30"]


def test_a_tree_has_as_many_agents_streams_and_work_as_a_pool():
    for shape in (Shape(0, 1), Shape(1, 8), Shape(2, 2), Shape(3, 2)):
        scenario = load(shaped(shape, BOTH, agents=16, drift=0.5)).scenario
        leaves = [node for _, node in scenario.nodes() if not node.viable]
        assert [node.agents for node in leaves] == [16 // shape.operations] * shape.operations
        assert len(scenario.environment.demand) == 16
        assert {stream.work.exponential.mean for stream in scenario.environment.demand.values()} == {4.0}


def test_every_viable_system_has_the_systems_named_and_no_others():
    viable = [node for _, node in load(shaped(Shape(3, 2), ["system2"])).scenario.nodes() if node.viable]
    assert len(viable) == 7
    assert all(node.system2 is not None for node in viable)
    assert {
        getattr(node, name) for node in viable for name in ("system3", "audit", "system4", "system5")
    } == {None}


def test_the_load_goes_round_and_its_sum_stays():
    streams = load(shaped(Shape(1, 4), agents=8, drift=0.5)).scenario.environment.demand.values()
    for time in (0.0, 77.0, 301.0):
        angles = [2 * math.pi * (time / one.season.period + one.season.phase) for one in streams]
        assert (
            math.fsum(one.season.amplitude * math.sin(a) for one, a in zip(streams, angles, strict=True))
            < 1e-12
        )


def test_without_a_metasystem_depth_changes_nothing_at_all():
    flat, tree = (
        watch(shaped(shape, agents=16, drift=0.5), [1, 2], overrides=SHORT)
        for shape in (Shape(1, 8), Shape(3, 2))
    )
    assert flat == tree
    assert flat[0].messages == 0.0
    assert flat[0] != flat[1]


@pytest.mark.parametrize("systems", [("system2",), BOTH])
def test_what_is_watched_is_what_the_measures_say(systems):
    loaded = load(shaped(Shape(2, 2), systems, agents=16, drift=0.5), overrides=[*SHORT, "seed=3"])
    seen = watch(loaded, [3])[0]
    measures = measures_of(loaded)
    whole, channels = measures["units"]["org"], measures["channels"]
    said = sum(channels.get(k.CHANNEL_NAMES[one], {"messages": 0})["messages"] for one in SPOKEN)
    assert seen.messages == said / whole["arrivals"]
    assert said > 0
    if systems == ("system2",):  # no agent is ever under way, so that all sixteen are there to be busy
        free = whole["mean_in_progress"] - 16 * whole["utilisation"]
        assert seen.wait_s == pytest.approx(free * 120.0 / whole["arrivals"], rel=1e-9)


def test_even_demand_waits_as_erlang_says_but_for_the_empty_beginning():
    for shape, servers in ((Shape(1, 4), 4), (Shape(4, 2), 1)):
        erlang = mmc_mean_wait(servers, servers * 0.5 / 4.0, 0.25)
        assert expected_wait(shape, agents=16, load=0.5) == pytest.approx(erlang, rel=1e-3)
        assert expected_wait(shape, agents=16, load=0.5, begin=0.0, end=50.0) < 0.95 * erlang


def test_drifting_demand_waits_as_the_equations_say():
    changed = {"agents": 16, "drift": 0.6}
    found = mean_interval([one.wait_s for one in watch(shaped(Shape(2, 2), **changed), range(30))])
    exact = expected_wait(Shape(2, 2), **changed)
    assert exact > 2 * expected_wait(Shape(2, 2), agents=16)
    assert found.low < exact < found.high
    assert found.half_width < 0.3 * exact


def test_who_is_told_more_seldom_is_sent_fewer_messages():
    often, seldom = (
        watch(shaped(Shape(2, 2), BOTH, agents=16, account_every=every), [1], overrides=SHORT)[0].messages
        for every in (5.0, 30.0)
    )
    assert seldom < often


def test_what_cannot_be_divided_or_followed_is_refused():
    with pytest.raises(ValueError, match="10 agents, 4 operations"):
        shaped(Shape(2, 2), agents=10)
    with pytest.raises(ValueError, match="2 agents, 4 operations"):
        shaped(Shape(2, 2), agents=2)
    with pytest.raises(ValueError, match="longer than 400 tasks"):
        expected_wait(Shape(1, 2), agents=16, load=1.5)


def test_a_shape_is_a_scenario_that_may_be_varied():
    varied = vary(load(shaped(Shape(2, 2), BOTH, agents=16)), overrides=["organisation.system3=off"])
    assert varied.scenario.organisation.system3 is None
    assert varied.scenario.name == "tree-2x2"
