import math

import numpy as np
import pytest
from small_runs import every, measured, shop, told

from vsmlab.lab.measures.axioms import VERTICAL, intersection
from vsmlab.laws import kinds as k
from vsmlab.mechanisms.variety import entropy_miller_madow

MM = 1.0 / (2.0 * math.log(2.0))
ALL = {
    "system3": {"period": 8.0, "may_move": "nothing"},
    "system4": {"period": 8.0},
    "system5": {"period": 8.0},
}
QUIET = {"horizon": 512.0, "warmup": 0.0}  # 64 periods of 8 s, each of four windows
TWO = [1.0, 8.0]
FOUR = [1.0, 2.0, 4.0, 8.0]


def bits(letters, periods=64):
    """Of so many letters in turn, one a period."""
    return math.log2(letters) + (letters - 1) * MM / periods


def axioms(*lines, **rest):
    mapping = shop(**QUIET, organisation={**ALL, **rest})
    measures = told(mapping, [one for part in lines for one in part])
    return [measures["variety"]["shop"][f"axiom_{number}"] for number in (1, 2, 3)], measures


def says(kind, sender, receiver, ref, values, period=8.0):
    return every(period, 512.0, kind, f"shop.{sender}", f"shop.{receiver}", ref, values)


THREE = says(k.LOAD, "system3", "system4", k.OFFERED, FOUR)
FOUR_SAYS = says(k.OUTLOOK, "system4", "system3", k.EXPECTED, TWO)
FIVE = says(k.DECISION, "system5", "system3", k.OUTSIDE, TWO)


def test_systems_3_and_4_are_held_against_each_other_in_bits_a_period():
    (_, second, _), _ = axioms(THREE, FOUR_SAYS)
    assert second["a_bits"] == pytest.approx(bits(4))
    assert second["b_bits"] == pytest.approx(bits(2))
    assert second["period_s"] == 8.0
    assert second["value"] == pytest.approx((bits(4) - bits(2)) / bits(4))
    assert second["holds"] is False


def test_equal_varieties_balance_and_that_is_known():
    (_, second, _), _ = axioms(THREE, says(k.PROPOSAL, "system4", "system5", k.AGENTS_THEN, FOUR))
    assert second["value"] == pytest.approx(0.0)
    assert second["interval"] == pytest.approx([0.0, 0.0])
    assert second["holds"] is True


def test_system_5_absorbs_what_axiom_2_leaves():
    (_, _, third), _ = axioms(THREE, FOUR_SAYS, FIVE)
    left = bits(4) - bits(2)
    assert third["a_bits"] == pytest.approx(bits(2))
    assert third["b_bits"] == pytest.approx(left)
    assert third["value"] == pytest.approx((bits(2) - left) / max(bits(2), left))
    assert third["holds"] is True


def test_it_is_the_same_whichever_of_systems_3_and_4_says_more():
    more = says(k.OUTLOOK, "system4", "system3", k.EXPECTED, FOUR)
    less = says(k.LOAD, "system3", "system4", k.OFFERED, TWO)
    (_, _, third), _ = axioms(more, less, FIVE)
    assert third["b_bits"] == pytest.approx(bits(4) - bits(2))


def test_a_system_5_that_decides_nothing_leaves_all_of_it():
    (_, _, third), measures = axioms(THREE, FOUR_SAYS)
    assert third["value"] == -1.0
    assert third["interval"] is None
    assert third["holds"] is None
    assert measures["not_estimable"]["variety.shop.axiom_3.interval"] == "one side said nothing"


def test_what_is_repeated_within_a_period_is_no_variety():
    often = [line for step in range(8) for line in says(k.LOAD, "system3", "system4", k.OFFERED, FOUR)]
    (_, second, _), _ = axioms(often, FOUR_SAYS)
    assert second["a_bits"] == pytest.approx(bits(4))


def test_the_letter_of_a_period_is_what_is_said_most_often_in_it():
    stray = says(k.LOAD, "system3", "system4", k.OFFERED, [64.0, 1024.0, 4096.0])
    (_, second, _), _ = axioms(stray, THREE, THREE, FOUR_SAYS)
    assert second["a_bits"] == pytest.approx(bits(4))


def test_what_is_left_of_a_period_at_the_end_is_dropped():
    lines = says(
        k.LOAD, "system3", "system4", k.OFFERED, FOUR, 6.0
    )  # 85 periods of three windows, one is left
    late = [(511.5, *lines[0][1:-1], 64.0)]
    (_, second, _), _ = axioms(lines, late, FOUR_SAYS, system4={"period": 6.0})
    assert second["a_bits"] == pytest.approx(entropy_miller_madow([22, 21, 21, 21]))


def test_what_is_said_only_in_what_is_left_is_no_variety():
    (_, second, _), _ = axioms([(511.5, *THREE[0][1:])], FOUR_SAYS, system4={"period": 6.0})
    assert second["a_bits"] == 0.0


def test_how_far_a_count_has_come_is_no_variety():
    beats = says(k.HEARTBEAT, "left.management", "system2", 0, [float(2**step) for step in range(8)])
    (first, _, _), _ = axioms(beats)
    assert first["system2_bits"] == 0.0


@pytest.mark.parametrize(
    ("component", "line"),
    [
        ("intervention", (k.INTERVENTION, "system3", "left.management", k.SUSPENDED)),
        ("bargain", (k.ACCOUNTS, "left.management", "system3", k.OFFERED)),
        ("bargain", (k.GRANT, "system3", "right.management", k.GRANTED)),
        ("system2", (k.LOAD, "left.management", "system2", k.PRESENT)),
        ("system2", (k.DAMP, "system2", "left.management", 0)),
        ("audit", (k.INSPECT, "audit", "left", 0)),
        ("audit", (k.FINDING, "left", "audit", k.CLAIMED)),
        ("between_operations", (k.LOAD, "left.management", "right.management", k.PRESENT)),
    ],
)
def test_each_vertical_component_is_counted_by_itself(component, line):
    kind, sender, receiver, ref = line
    (first, _, _), _ = axioms(says(kind, sender, receiver, ref, FOUR), audit={})
    wanted = {name: bits(4) if name == component else 0.0 for name in VERTICAL}
    assert {name: first[f"{name}_bits"] for name in VERTICAL} == pytest.approx(wanted)
    assert first["b_bits"] == pytest.approx(bits(4))
    assert first["a_bits"] == 0.0  # nobody came


@pytest.mark.parametrize("silence", [THREE, FOUR_SAYS])
def test_what_goes_on_elsewhere_is_no_vertical_variety(silence):
    (first, _, _), _ = axioms(silence)
    assert first["b_bits"] == 0.0


def test_the_operations_vary_by_the_entropy_of_their_loads():
    measures = measured(shop(horizon=2000.0, warmup=200.0))
    first = measures["variety"]["shop"]["axiom_1"]
    assert (
        2.5 < first["a_bits"] < 5.0
    )  # two operations of nearly Poisson load with a mean of 2: 2.0 bits each
    assert first["b_bits"] == pytest.approx(sum(first[f"{name}_bits"] for name in VERTICAL))


def test_a_system_that_is_not_there_is_named():
    _, measures = axioms(system4="off")
    assert measures["not_estimable"]["variety.shop.axiom_2.value"] == "there is no System 4"
    assert measures["not_estimable"]["variety.shop.axiom_3.value"] == "there is no System 4"


def test_environments_intersect_by_the_information_that_siblings_arrivals_share():
    both = np.tile([1.0, 8.0], 100)
    assert intersection(np.stack([both, both])) == pytest.approx(1.0 + MM / 200.0)
    apart = np.stack([both, np.repeat([1.0, 8.0], 100)])
    assert intersection(apart) == pytest.approx(0.0, abs=0.01)
    three = np.stack([both, both, both])
    assert intersection(three) == pytest.approx(2.0 * (1.0 + MM / 200.0))
    assert intersection(both[None]) == 0.0
