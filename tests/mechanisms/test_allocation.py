import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsmlab.mechanisms.allocation import (
    best_split,
    greedy_agents,
    kelly_fraction,
    kelly_growth,
    largest_remainder,
    proportional_shares,
    square_root_capacity,
    water_filling,
)
from vsmlab.mechanisms.queueing import mean_waiting


def every_split(agents, classes, least=0):
    if classes == 1:
        yield (agents,)
        return
    for first in range(least, agents - least * (classes - 1) + 1):
        for rest in every_split(agents - first, classes - 1, least):
            yield (first, *rest)


def waiting(loads, split):
    return sum(mean_waiting(servers, load) for servers, load in zip(split, loads, strict=True))


def test_water_filling_as_worked():
    assert water_filling([1.0, 2.0, 4.0], 4.0) == (3.5, [2.5, 1.5, 0.0])
    level, powers = water_filling([1.0, 2.0, 4.0], 8.0)
    assert (level, powers) == (5.0, [4.0, 3.0, 1.0])
    bits = sum(0.5 * math.log2(1.0 + p / n) for p, n in zip(powers, (1.0, 2.0, 4.0), strict=True))
    assert bits == pytest.approx(1.98289, abs=5e-6)


@given(st.lists(st.floats(0.01, 100.0), min_size=1, max_size=8), st.floats(0.0, 200.0))
def test_water_filling_spends_the_budget_up_to_one_level(noise, budget):
    level, powers = water_filling(noise, budget)
    assert sum(powers) == pytest.approx(budget, abs=1e-9)
    for power, bottom in zip(powers, noise, strict=True):
        assert power == 0.0 or power + bottom == pytest.approx(level)
        assert power > 0.0 or bottom >= level - 1e-12


def test_shares_are_proportional_until_a_limit_binds():
    assert proportional_shares([1.0, 3.0], 8.0) == [2.0, 6.0]
    assert proportional_shares([1.0, 1.0, 2.0], 8.0, caps=[9.0, 1.0, 9.0]) == pytest.approx(
        [7 / 3, 1, 14 / 3]
    )
    assert proportional_shares([1.0, 1.0, 2.0], 8.0, floors=[4.0, 0.0, 0.0]) == pytest.approx(
        [4, 4 / 3, 8 / 3]
    )
    assert proportional_shares([1.0, 1.0], 8.0, caps=[1.0, 2.0]) == [1.0, 2.0]
    assert proportional_shares([0.0, 1.0], 8.0, floors=[1.0, 0.0]) == [1.0, 7.0]
    assert proportional_shares([1.0, 1.0], 2.0, floors=[1.0, 1.0]) == [1.0, 1.0]


claimants = st.lists(
    st.tuples(st.floats(0.01, 10.0), st.floats(0.0, 5.0), st.floats(0.0, 10.0)), min_size=1, max_size=6
)


@given(claimants, st.floats(0.0, 30.0))
def test_no_transfer_between_claimants_improves_a_fair_division(drawn, spare):
    weights = [w for w, _, _ in drawn]
    floors = [low for _, low, _ in drawn]
    caps = [low + more for _, low, more in drawn]
    budget = sum(floors) + spare
    shares = proportional_shares(weights, budget, floors=floors, caps=caps)
    assert all(low - 1e-9 <= x <= high + 1e-9 for x, low, high in zip(shares, floors, caps, strict=True))
    assert sum(shares) == pytest.approx(min(budget, sum(caps)), abs=1e-9)
    for i, j in product(range(len(drawn)), repeat=2):
        # i could give and j could take: then i must have no greater share per weight than j
        if shares[i] > floors[i] + 1e-6 and shares[j] < caps[j] - 1e-6:
            assert shares[i] / weights[i] <= shares[j] / weights[j] * (1.0 + 1e-9) + 1e-6


def test_impossible_divisions_are_refused():
    with pytest.raises(ValueError, match="floors cost 4"):
        proportional_shares([1.0, 1.0], 3.0, floors=[2.0, 2.0])
    with pytest.raises(ValueError, match="0 <= floor <= cap"):
        proportional_shares([1.0], 3.0, floors=[2.0], caps=[1.0])
    with pytest.raises(ValueError, match="positive noise"):
        water_filling([0.0], 1.0)
    with pytest.raises(ValueError, match="not all 0"):
        largest_remainder([0.0, 0.0], 3)
    with pytest.raises(ValueError, match="at least 2 each"):
        greedy_agents([1.0, 1.0], 3, floor=2)
    with pytest.raises(ValueError, match="more capacity"):
        square_root_capacity([1.0, 4.0], 5.0)
    with pytest.raises(ValueError, match="above 0"):
        kelly_fraction(0.5, 0.0)
    with pytest.raises(ValueError, match="at least one each"):
        best_split([[1.0], [1.0]], 1)
    with pytest.raises(ValueError, match="1 to 3"):
        best_split([[1.0, 1.0], [1.0, 1.0, 1.0]], 4)


@given(
    st.lists(st.floats(0.0, 100.0), min_size=1, max_size=8).filter(lambda s: sum(s) > 0.01),
    st.integers(0, 200),
)
def test_largest_remainder_keeps_the_total_and_the_quota(shares, total):
    counts = largest_remainder(shares, total)
    assert sum(counts) == total
    for count, share in zip(counts, shares, strict=True):
        assert abs(count - share / sum(shares) * total) < 1.0 + 1e-9


def test_greedy_agents_as_worked():
    assert greedy_agents([2.4, 4.5], 9) == [3, 6]
    assert waiting([2.4, 4.5], (3, 6)) == pytest.approx(3.85372, abs=5e-6)
    assert greedy_agents([2.4, 4.5], 10) == [4, 6]
    assert waiting([2.4, 4.5], (4, 6)) == pytest.approx(1.69552, abs=5e-6)
    costs = sorted(waiting([2.4, 4.5], split) for split in every_split(10, 2))
    assert costs[0] == waiting([2.4, 4.5], (4, 6))
    assert costs[1] == waiting([2.4, 4.5], (3, 7)) == pytest.approx(2.97976, abs=5e-6)


@given(st.lists(st.floats(0.0, 6.0), min_size=1, max_size=3), st.integers(0, 14), st.integers(0, 1))
def test_greedy_is_exactly_optimal_at_any_load(loads, agents, floor):
    if agents < floor * len(loads):
        return
    greedy = greedy_agents(loads, agents, floor=floor)
    assert sum(greedy) == agents
    least = min(waiting(loads, split) for split in every_split(agents, len(loads), floor))
    assert waiting(loads, greedy) <= least * (1.0 + 1e-9) + 1e-12


def test_weights_draw_agents_and_equal_queues_are_served_in_order():
    assert greedy_agents([2.0, 2.0], 7) == [4, 3]
    assert greedy_agents([2.0, 2.0], 7, weights=[1.0, 100.0]) == [3, 4]
    assert greedy_agents([], 0) == []


def test_the_worse_overload_is_relieved_first():
    assert greedy_agents([4.0, 4.0], 4) == [2, 2]
    assert greedy_agents([2.5, 10.0], 8)[1] > 4


whole_costs = st.integers(1, 3).flatmap(
    lambda classes: st.integers(classes, 9).flatmap(
        lambda agents: st.tuples(
            st.lists(
                st.lists(st.integers(0, 50), min_size=agents, max_size=agents),
                min_size=classes,
                max_size=classes,
            ),
            st.just(agents),
        )
    )
)


@given(whole_costs)
def test_the_best_split_is_best_for_costs_of_any_shape(case):
    costs, agents = case
    split, total = best_split(costs, agents)
    assert sum(split) == agents
    assert total == sum(cost[c - 1] for cost, c in zip(costs, split, strict=True))
    assert total == min(
        sum(cost[c - 1] for cost, c in zip(costs, other, strict=True))
        for other in every_split(agents, len(costs), 1)
    )


def test_the_best_split_agrees_with_greedy_on_convex_costs_and_bears_infinite_ones():
    loads = [2.4, 4.5, 0.7]
    costs = [[mean_waiting(c, load) for c in range(1, 15)] for load in loads]
    assert best_split(costs, 14)[0] == greedy_agents(loads, 14, floor=1)
    assert best_split([[math.inf, 1.0], [2.0, 1.0]], 3) == ([2, 1], 3.0)


def test_kleinrocks_square_root_rule():
    assert square_root_capacity([1.0, 4.0], 8.0) == ([2.0, 6.0], 0.6)


@given(st.floats(0.05, 2.95))
def test_no_other_division_of_capacity_has_less_delay(extra):
    delay = (1.0 / extra + 4.0 / (3.0 - extra)) / 5.0
    assert delay >= 0.6 - 1e-12


def test_kellys_bet_grows_fastest():
    assert kelly_fraction(0.6, 1.0) == pytest.approx(0.2, rel=1e-14)
    assert kelly_growth(0.6, 1.0, 0.2) == pytest.approx(0.0201355, abs=5e-8)
    assert all(kelly_growth(0.6, 1.0, f / 100) <= kelly_growth(0.6, 1.0, 0.2) for f in range(100))
    assert kelly_fraction(0.4, 1.0) == 0.0
