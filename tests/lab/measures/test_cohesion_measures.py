import math

import pytest
from small_runs import every, measured, shop, told

from vsmlab.laws import kinds as k

MM = 1.0 / (2.0 * math.log(2.0))
TWO, FOUR = [1.0, 8.0], [1.0, 2.0, 4.0, 8.0]
QUIET = {"horizon": 512.0, "warmup": 0.0}


def bits(letters, periods=64):
    return math.log2(letters) + (letters - 1) * MM / periods


def two_recursions(**rest):
    """A shop of two branches, each of two counters."""
    system3 = {"period": 8.0, "account_period": 8.0}
    without = dict.fromkeys(("audit", "system4"), "off")
    branch = {"operations": {"one": {"agents": 2}, "two": {"agents": 2}}, "system3": system3, **without}
    organisation = {"operations": {"east": branch, "west": branch}, "system3": system3, "system5": {}}
    stream = {"arrivals": {"poisson": {"rate": 2.0}}, "work": {"exponential": {"mean": 1.0}}}
    demand = {name: {**stream, "to": f"shop.{name}"} for name in ("east", "west")}
    return shop(organisation=organisation, environment={"demand": demand}, **rest)


def cohesion(*lines):
    every_line = [line for part in lines for line in part]
    return told(two_recursions(**QUIET), every_line)


def accounts(branch, values):
    return every(8.0, 512.0, k.ACCOUNTS, f"shop.{branch}.system3", "shop.system3", k.OFFERED, values)


def grants(branch, values):
    own = f"shop.{branch}.system3"
    return every(8.0, 512.0, k.GRANT, own, f"shop.{branch}.one.management", k.GRANTED, values)


def test_a_pair_balances_if_as_much_is_accounted_for_as_is_regulated():
    found = cohesion(accounts("east", FOUR), grants("east", FOUR))["cohesion"]["shop"]
    pair = found["pairs"]["shop.east"]
    assert (pair["gap"], pair["interval"], pair["holds"]) == (0.0, [0.0, 0.0], True)
    assert (pair["access_bits"], pair["disposed_bits"]) == pytest.approx((bits(4), bits(4)))
    assert found["pairs"]["shop.west"]["gap"] is None
    assert (found["gap"], found["holds"]) == (0.0, True)


def test_the_pair_that_is_furthest_out_of_balance_is_named():
    lines = [accounts("east", FOUR), grants("east", TWO), accounts("west", TWO), grants("west", TWO)]
    found = cohesion(*lines)["cohesion"]["shop"]
    gap = (bits(4) - bits(2)) / bits(4)
    assert found["pairs"]["shop.east"]["gap"] == pytest.approx(gap)
    assert found["pairs"]["shop.east"]["holds"] is False
    assert found["pairs"]["shop.west"]["holds"] is True
    both = (bits(4) + bits(2) - 2 * bits(2)) / (bits(4) + bits(2))
    assert found["gap"] == pytest.approx(both)
    assert found["worst"] == (
        f"In 8 s System 3 of shop hears {bits(4):.3g} bits of what goes on in shop.east, more than the {bits(2):.3g} "
        "bits with which shop.east regulates itself."
    )


def test_what_a_branch_accounts_for_is_not_what_it_disposes_of():
    pain = every(8.0, 512.0, k.PAIN, "shop.east.system5", "shop.system5", k.MEAN_WAIT, FOUR)
    found = cohesion(accounts("east", FOUR), pain)["cohesion"]["shop"]["pairs"]["shop.east"]
    assert (found["access_bits"], found["disposed_bits"]) == (pytest.approx(bits(4)), 0.0)
    assert found["gap"] == 1.0
    assert found["holds"] is None


def test_without_a_viable_system_below_there_is_no_pair():
    measures = measured(shop())
    assert measures["cohesion"]["shop"]["pairs"] == {}
    assert measures["not_estimable"]["cohesion.shop.gap"] == "no operation here is a viable system"


def test_the_cost_is_the_part_of_interventions_in_all_that_is_said_downwards():
    down = every(1.0, 512.0, k.GRANT, "shop.system3", "shop.east.system3", k.GRANTED, [1.0])[:448]
    steps = every(8.0, 512.0, k.INTERVENTION, "shop.system3", "shop.east.system3", k.SUSPENDED, [60.0])
    found = cohesion(down, steps)["cohesion"]["shop"]
    often, seldom = 448 / 512, 64 / 512
    wanted = seldom * math.log2(1 / seldom) / (seldom * math.log2(1 / seldom) + often * math.log2(1 / often))
    assert found["cost"] == pytest.approx(wanted)


def test_nothing_said_downwards_has_no_cost():
    measures = cohesion(accounts("east", FOUR))
    assert measures["cohesion"]["shop"]["cost"] is None
    assert measures["not_estimable"]["cohesion.shop.cost"] == "nothing was said downwards"


def test_an_organisation_of_two_recursions_has_a_gap_for_each_pair():
    measures = measured(two_recursions())
    assert set(measures["cohesion"]) == {"shop", "shop.east", "shop.west"}
    for pair in measures["cohesion"]["shop"]["pairs"].values():
        assert -1.0 <= pair["gap"] <= 1.0
        assert pair["access_bits"] > 1.0
