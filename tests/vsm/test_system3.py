"""System 3: the bargain against exact allocations (theory of A6), and agents that are never made or lost."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsmlab.engines import simpy_engine
from vsmlab.engines.journal import Journal
from vsmlab.engines.rows import empty_state
from vsmlab.lab.build import build
from vsmlab.lab.expectations import judge
from vsmlab.lab.loader import load, vary
from vsmlab.lab.run import measures_of
from vsmlab.laws import kinds as k
from vsmlab.laws.tables import State, System3
from vsmlab.mechanisms.allocation import greedy_agents
from vsmlab.mechanisms.intervals import paired_difference
from vsmlab.mechanisms.queueing import mean_waiting
from vsmlab.vsm.bargain import at_hand, set_targets


def system_with(loads: list[float], agents: list[int], **settings_: float) -> tuple[State, System3]:
    """A System 3 that has heard these loads from operations that hold these agents."""
    state = empty_state()
    state.system3s.add()
    system3 = state.system3s[0]
    system3.first_link, system3.children = 0, len(loads)
    system3.gain, system3.max_moves, system3.rule = 1.0, -1, k.OPTIMAL
    for name, value in settings_.items():
        setattr(system3, name, value)
    for row, (load_, held) in enumerate(zip(loads, agents, strict=True)):
        state.links.add()
        link = state.links[row]
        link.next = row + 1 if row + 1 < len(loads) else -1
        link.offered, link.initial, link.heard = load_, float(held), 1.0
    return state, system3


def targets(state: State, system3: System3) -> list[int]:
    return [state.links[row].target for row in range(system3.children)]


@pytest.mark.parametrize(("agents", "best", "queue"), [(9, [3, 6], 3.85372), (10, [4, 6], 1.69552)])
def test_the_bargain_is_the_optimal_whole_number_allocation(agents, best, queue):
    state, system3 = system_with([2.4, 4.5], [agents, 0])
    set_targets(state, system3)
    assert targets(state, system3) == best
    assert sum(mean_waiting(c, a) for c, a in zip(best, (2.4, 4.5), strict=True)) == pytest.approx(
        queue, abs=5e-6
    )


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(
    loads=st.lists(st.floats(0.05, 12.0), min_size=1, max_size=5),
    spare=st.integers(0, 12),
    floor=st.integers(0, 2),
)
def test_the_bargain_equals_the_greedy_oracle_and_gives_out_every_agent(loads, spare, floor):
    total = sum(int(load_) + 1 for load_ in loads) + floor * len(loads) + spare
    state, system3 = system_with(loads, [total] + [0] * (len(loads) - 1), floor=floor)
    set_targets(state, system3)
    assert sum(targets(state, system3)) == total
    assert targets(state, system3) == greedy_agents(loads, total, floor=floor)


def test_no_other_split_of_the_agents_waits_less():
    loads, total = [0.7, 2.2, 3.9], 11
    state, system3 = system_with(loads, [total, 0, 0], floor=1)
    set_targets(state, system3)
    ours = sum(mean_waiting(c, a) for c, a in zip(targets(state, system3), loads, strict=True))
    others = [
        sum(mean_waiting(c, a) for c, a in zip(split, loads, strict=True))
        for split in product(range(1, total), repeat=3)
        if sum(split) == total
    ]
    assert ours == pytest.approx(min(others), rel=1e-12)


def test_the_proportional_rule_shares_by_load():
    state, system3 = system_with([1.0, 2.0, 5.0], [16, 0, 0], rule=k.PROPORTIONAL)
    set_targets(state, system3)
    assert targets(state, system3) == [2, 4, 10]


def test_pooled_operations_are_treated_alike_whatever_they_say():
    state, system3 = system_with([0.5, 6.0], [4, 4], pooled=1)
    set_targets(state, system3)
    assert targets(state, system3) == [4, 4]


def test_moves_are_capped_and_smoothed():
    state, system3 = system_with([1.0, 7.0], [8, 4], max_moves=2)
    set_targets(state, system3)
    assert targets(state, system3) == [6, 6]
    state, system3 = system_with([1.0, 7.0], [8, 4], gain=0.5)
    free, _ = system_with([1.0, 7.0], [8, 4])
    set_targets(free, system3_of(free))
    whole = 8 - free.links[0].target
    set_targets(state, system3)
    assert 8 - state.links[0].target == -(-whole // 2)


def system3_of(state: State) -> System3:
    return state.system3s[0]


def test_until_all_have_reported_nothing_is_moved():
    state, system3 = system_with([1.0, 7.0], [8, 4])
    state.links[1].heard = -1.0
    set_targets(state, system3)
    assert targets(state, system3) == [8, 4]


def test_agents_that_were_recalled_and_not_returned_still_count():
    state, system3 = system_with([3.0, 3.0], [6, 6])
    state.links[0].recalled, state.links[0].returned = 3.0, 1.0
    system3.pool, system3.recalled = 1, 2.0
    assert at_hand(state, system3) == 1 + 5 + 6 - 2


def agents_everywhere(state: State, messages: list) -> int:
    """Agents at operations, in the hands of Systems 3, and under way; what was said twice counts once."""
    at_operations = sum(operation.agents for operation in state.operations)
    in_hand = sum(system3.pool for system3 in state.system3s)
    down = up = 0
    for system3 in state.system3s:
        row = system3.first_link
        while row >= 0:
            link = state.links[row]
            child = state.units[link.to]
            if child.role == k.MANAGEMENT:
                operation = state.operations[state.units[state.managements[child.at].operation].at]
                down += int(link.initial + link.granted) - operation.granted
                up += operation.returned - int(link.returned)
            else:
                below = state.system3s[child.at]
                down += int(link.initial + link.granted - below.granted)
                up += int(below.returned - link.returned)
            row = link.next
    return at_operations + in_hand + down + up


@pytest.mark.parametrize("loss", [0.0, 0.3])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_agents_are_conserved_whatever_the_channels_lose(loss, seed):
    loaded = load(
        "llm-fleet-quiet",
        overrides=[f"seed={seed}", "horizon=900", f"channels.bargain.loss={loss}", f"channels.account.loss={loss}",
                   f"channels.op_mgmt.loss={loss}", f"channels.mgmt_op={{loss: {loss}}}"],
    )  # fmt: skip
    start = build(loaded)
    seen = []
    agenda = simpy_engine.run(
        start,
        900.0,
        Journal(start.identities),
        progress=lambda _: seen.append(agents_everywhere(start.state, [])),
    )
    assert set(seen) == {36}
    moved = sum(operation.returned for operation in agenda.state.operations)
    assert moved > 20, "the test would pass if nothing ever moved"


def knocked_out(name: str, measure, seed: int, knockout: str, *more: str) -> tuple[float, float]:
    """A measure with a system and without it, on the same draws."""
    whole = load(name, overrides=[f"seed={seed}", *more])
    without = vary(whole, overrides=[f"knockout=[{knockout}]"])
    return measure(measures_of(whole)), measure(measures_of(without))


def test_without_system3_capacity_is_misplaced():
    """30 paired seeds on `bargain`; waiting without System 3 is longer, and the interval excludes zero by far."""
    pairs = [
        knocked_out(
            "bargain", lambda m: m["units"]["crew"]["mean_wait_s"], seed, "crew.system3", "horizon=1500"
        )
        for seed in range(30)
    ]
    difference = paired_difference([a for a, _ in pairs], [b for _, b in pairs])
    assert difference.low is not None
    assert difference.low > 2.0
    assert np.mean([a for a, _ in pairs]) < 3.0


@pytest.mark.parametrize(("knockout", "met"), [([], True), (["knockout=[fleet.system3]"], False)])
def test_the_fleet_meets_its_expectation_only_with_system3(knockout, met):
    loaded = load("llm-fleet", overrides=knockout)
    assert all(verdict.passed for verdict in judge(loaded.scenario.expect, measures_of(loaded))) is met
