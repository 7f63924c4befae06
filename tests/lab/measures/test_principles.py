import math

import numpy as np
import pytest
from small_runs import every, loops_of_shop, measured, shop, told

from vsmlab.lab.measures.principles import transduced
from vsmlab.lab.run import measures_of, resolved
from vsmlab.laws import kinds as k

MM = 1.0 / (2.0 * math.log(2.0))
QUIET = {"horizon": 512.0, "warmup": 0.0}  # 256 windows of 2 s
LEFT, HERS = "shop.left", "shop.left.management"


def principles(measures, path="shop"):
    return [measures["variety"][path][f"principle_{number}"] for number in (1, 2, 3, 4)]


def broken(**rest):
    """The run's worst violation, and its principles."""
    measures = measured(shop(**rest))
    return measures["variety"]["shop"]["worst"], principles(measures)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_healthy_organisation_keeps_all_four_principles(seed):
    measures = measured(shop(seed=seed, channels={"op_mgmt": {"capacity": 20.0, "quantise": 0.5}}))
    found = principles(measures)
    assert [one["holds"] for one in found] == [True] * 4
    assert found[0]["value"] == 0.0
    assert found[1]["value"] == pytest.approx(7.0 / 20.0, rel=0.03)  # seven messages a report
    assert found[2]["value"] < 1.0
    assert found[3]["value"] == pytest.approx(1.0, abs=1e-9)
    assert measures["variety"]["shop"]["worst"].startswith("No principle is violated")


def test_bits_a_second_are_rate_times_entropy_in_each_direction():
    lines = every(1.0, 512.0, k.LOAD, LEFT, HERS, k.PRESENT, [1.0, 2.0, 4.0, 8.0])
    lines += every(2.0, 512.0, k.SETTING, HERS, LEFT, k.MAX_WAIT, [1.0, -1.0])
    found = principles(told(shop(**QUIET), lines))[0]
    assert found["op_mgmt_bits_per_s"] == pytest.approx(1.0 * (2.0 + 3.0 * MM / 512.0))
    assert found["mgmt_op_bits_per_s"] == pytest.approx(0.5 * (1.0 + 1.0 * MM / 256.0))
    assert found["env_op_bits_per_s"] == 0.0


@pytest.mark.parametrize("limit", [{}, {"queue_limit": 3}])
def test_a_channel_of_a_quarter_of_the_capacity_it_needs_is_the_worst_violation(limit):
    worst, (_, second, _, _) = broken(channels={"op_mgmt": {"capacity": 1.75, **limit}})
    assert second["value"] == pytest.approx(4.0, rel=0.03)
    assert second["holds"] is False
    assert worst.startswith("Principle 2: The channel op_mgmt from shop.")
    assert "times its capacity of 1.75 messages a second" in worst


def test_a_burst_that_a_channel_cannot_carry_is_named_with_its_time():
    lines = every(1.0, 512.0, k.LOAD, LEFT, HERS, k.PRESENT, [1.0])
    lines += [(200.05 + step / 9.0, k.LOAD, LEFT, HERS, k.PRESENT, 1.0) for step in range(900)]
    measures = told(shop(**QUIET, channels={"op_mgmt": {"capacity": 2.0}}), lines)
    second = principles(measures)[1]
    assert second["value"] == pytest.approx(5.0)
    assert second["worst"] == "op_mgmt from shop.left to shop.left.management, from 200 s to 210 s"


def test_a_channel_that_loses_messages_is_named_with_their_share():
    worst, (first, *_) = broken(channels={"account": {"loss": 0.4}})
    assert first["value"] == pytest.approx(0.4, abs=0.06)
    assert first["interval"][0] < 0.4 < first["interval"][1]
    assert worst.startswith("Principle 1: 4")
    assert "over account from shop." in worst


def test_a_few_lost_messages_are_let_pass():
    _, found = broken(channels={"s2": {"loss": 0.03}})
    assert 0.0 < found[0]["value"] < 0.1
    assert found[0]["holds"] is True


def test_a_cut_is_named_with_its_beginning_and_its_end():
    cut = {"kind": "cut", "channel": "op_mgmt", "of": LEFT, "time": 200.0, "lasts": 120.0}
    worst, found = broken(environment={"disturbances": [cut]})
    assert found[3]["value"] == pytest.approx(121.0)
    assert found[3]["holds"] is False
    assert found[0]["value"] == pytest.approx(120.0 / 540.0, rel=0.02)
    assert worst == (
        "Principle 4: Nothing came over op_mgmt from shop.left to shop.left.management from 199 s to 320 s, 121 times "
        "its period of 1 s."
    )


def test_a_channel_that_falls_silent_for_good_is_silent_until_the_end():
    cut = {"kind": "cut", "channel": "account", "of": HERS, "time": 300.0}
    _, found = broken(environment={"disturbances": [cut]})
    assert found[3]["worst"].startswith("account from shop.left.management to shop.system3, from 29")
    assert found[3]["worst"].endswith("to 600 s")
    assert found[3]["value"] == pytest.approx(30.5, abs=0.5)


def test_a_channel_over_which_nothing_ever_came_is_silent_all_the_time():
    _, found = broken(channels={"s2": {"cut": True}})
    assert found[3]["value"] == pytest.approx(540.0 / 5.0)
    assert found[3]["worst"].endswith("to shop.system2, from 60 s to 600 s")
    assert found[3]["age_s"] == 540.0


def test_a_system_that_is_knocked_out_absorbs_nothing():
    worst, found = broken(knockout=[{"system": "system3"}])
    assert found[0]["value"] == 1.0
    assert found[3]["value"] == pytest.approx(54.0)
    assert "shop.system3" in worst
    assert "knocked out" in worst


def test_a_child_that_was_retired_is_not_taken_for_knocked_out():
    measures = measures_of(resolved("spawning"))
    assert measures["systems"]["crew"]["children_gone"] > 0
    assert "knocked out" not in measures["variety"]["crew"]["worst"]
    assert [one["holds"] for one in principles(measures, "crew")] == [True] * 4


def test_one_missed_cycle_is_let_pass_and_two_in_a_row_are_not():
    for missed, holds in ((1, True), (2, False)):
        lines = [
            line
            for line in loops_of_shop(512.0)
            if line[1] != k.ACCOUNTS or line[2] != HERS or not 100.0 < line[0] < 100.0 + 10.0 * missed
        ]
        fourth = principles(told(shop(**QUIET), lines))[3]
        assert fourth["value"] == pytest.approx(1.0 + missed)
        assert fourth["holds"] is holds


def test_the_age_of_what_is_known_counts_the_way_of_the_message_too():
    _, found = broken(channels={"op_mgmt": {"delay": 3.0}, "s2": {"delay": 4.0}, "account": {"delay": 7.0}})
    assert found[3]["value"] == pytest.approx(1.0, abs=1e-9)
    ages = {"op_mgmt": 4.0, "s2": 9.0, "account": 17.0}
    assert found[3]["age_s"] == pytest.approx(ages[found[3]["worst"].partition(" ")[0]])


def test_an_operation_that_cannot_keep_up_is_named_with_its_tasks():
    crowd = {"arrivals": {"poisson": {"rate": 8.0}}, "work": {"exponential": {"mean": 1.0}}, "to": LEFT}
    calm = {**crowd, "arrivals": {"poisson": {"rate": 1.0}}, "to": "shop.right"}
    apart = {"system2": {"period": 5.0, "share": False}}
    measures = measured(shop(environment={"demand": {"crowd": crowd, "calm": calm}}, organisation=apart))
    first = principles(measures)[0]
    assert first["value"] == pytest.approx(0.5, abs=0.05)
    assert first["worst"] == "env_op to shop.left"
    unit = measures["units"][LEFT]
    undone = unit["in_progress"] - unit["in_progress_at_start"]
    assert first["value"] == undone / unit["arrivals"]
    assert f"{undone} were not absorbed" in measures["variety"]["shop"]["worst"]


@pytest.mark.parametrize(("time", "holds"), [(110.0, True), (85.0, False)])
def test_a_queue_that_grew_no_more_than_chance_would_let_it_is_let_pass(time, holds):
    hang = {"kind": "hang", "unit": LEFT, "time": time}
    measures = measured(shop(horizon=120.0, environment={"disturbances": [hang]}))
    unit, first = measures["units"][LEFT], principles(measures)[0]
    assert unit["in_progress"] - unit["in_progress_at_start"] > 0.1 * unit["arrivals"]
    assert first["holds"] is holds


def test_reports_that_are_rounded_too_much_lose_what_varies():
    worst, found = broken(channels={"op_mgmt": {"quantise": 6.0}})
    assert found[2]["value"] > 1.0
    assert found[2]["loss_bits"] > 1.0
    assert worst.startswith("Principle 3: Reports of shop.")


@pytest.mark.parametrize(
    ("step", "possible", "gone"),
    [(1.0, math.log2(5.0), 0.0), (8.0, 1.0, 0.75 * math.log2(3.0)), (100.0, 0.0, 2.0)],
)
def test_what_a_transducer_can_tell_and_what_it_loses_is_exact(step, possible, gone):
    """Of 0, 1, 2 and 4 tasks, alike often, rounding to eights leaves 0, 0, 0 and 8."""
    found = transduced(np.array([0, 1, 2, 4] * 100), step)
    assert found == pytest.approx((2.0 + 3.0 * MM / 400.0, possible, gone))


def test_too_few_windows_tell_nothing_of_a_transducer():
    assert transduced(np.array([0, 1, 2, 4]), 1.0) is None


def test_what_cannot_be_judged_says_why():
    short = measured(shop(horizon=3.0, warmup=0.0))
    first, second, third, fourth = principles(short)
    assert first["value"] is None
    assert fourth["value"] == pytest.approx(1.0, abs=0.01)
    why = short["not_estimable"]
    assert "nothing came 20 times" in why["variety.shop.principle_1.value"]
    assert why["variety.shop.principle_2.value"] == "no channel's capacity is limited"
    assert (second["holds"], third["holds"]) == (True, True)
