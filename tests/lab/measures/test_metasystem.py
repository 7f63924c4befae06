"""What Systems 2 to 5 did, counted from hand-made journals and in the scenario with the zombies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small_runs import shop, told

from vsmlab.lab.measures.intelligence import Shown
from vsmlab.lab.run import measures_of, resolved
from vsmlab.laws import kinds as k

STREAM, SYSTEM4 = "environment.left", "shop.system4"


def whole(**rest: Any) -> dict[str, Any]:
    systems = {"audit": {}, "system4": {"period": 60.0, "looks_ahead": 100.0}, "system5": {}}
    return shop(organisation=systems, **rest)


def noted(
    time: float, kind: int, who: str, ref: int, value: float
) -> tuple[float, int, str, str, int, float]:
    return (time, kind, who, who, ref, value)


def of(lines: list[tuple[float, int, str, str, int, float]]) -> dict[str, Any]:
    found: dict[str, Any] = told(whole(), lines)["systems"]["shop"]
    return found


def test_suspicions_and_rehomed_tasks_are_counted_in_the_window():
    left, system2 = "shop.left", "shop.system2"
    found = of(
        [
            noted(30.0, k.SUSPECTED, system2, 0, 1.0), noted(100.0, k.SUSPECTED, system2, 0, 2.0),
            noted(120.0, k.SUSPECTED, system2, 0, 0.0), noted(101.0, k.REHOMED, left, 7, 4.0),
            noted(130.0, k.REHOMED, left, 2, 0.0), noted(30.0, k.REHOMED, left, 50, 0.0),
        ]
    )  # fmt: skip
    assert (found["suspected"], found["rehomings"], found["tasks_rehomed"]) == (1, 2, 9)


def test_audits_end_with_a_count_and_the_first_discrepancy_is_told_in_seconds_of_the_run():
    audit, system3, left = "shop.audit", "shop.system3", "shop.left"
    lines = [
        (100.0, k.FINDING, left, audit, k.CLAIMED + k.FINDING_STEP, 90.0),
        (100.0, k.FINDING, left, audit, k.COUNTED + k.FINDING_STEP, 60.0),
        (200.0, k.FINDING, left, audit, k.COUNTED + 2 * k.FINDING_STEP, 60.0),
        noted(200.0, k.FOUND, audit, 0, 1.5), noted(300.0, k.FOUND, audit, 0, 1.0),
        (201.0, k.DISCREPANCY, audit, system3, 0, 1.5), (301.0, k.DISCREPANCY, audit, system3, 0, 1.0),
    ]  # fmt: skip
    found = of(lines)
    assert (found["audits"], found["findings"], found["discrepancies"]) == (2, 1, 2)
    assert found["first_discrepancy_s"] == 201.0
    assert told(whole(), [])["systems"]["shop"]["first_discrepancy_s"] is None


def test_decisions_are_counted_once_however_often_they_are_said():
    three, five = "shop.system3", "shop.system5"
    proposed = [(t, k.PROPOSAL, three, five, k.AGENTS_NOW, 4.0) for t in (50.0, 100.0, 110.0)]
    told_only = [(100.0, k.PROPOSAL, three, five, k.GRANTED, 4.0)]
    weighed = [noted(200.0, k.WEIGHED, five, which, 0.1) for which in (k.GAIN_NOW, k.GAIN_THEN, k.OUTSIDE)]
    decided = [noted(300.0, k.DECIDED, five, k.CHILD, 1.0), noted(310.0, k.DECIDED, five, k.RETIREMENT, -1.0)]
    found = of([*proposed, *told_only, *weighed, *decided, noted(400.0, k.ALARMED, five, 0, 60.0)])
    assert (found["proposals"], found["decisions"], found["refused_proposals"], found["alarms"]) == (
        2,
        2,
        1,
        1,
    )


def test_agents_come_and_go_and_children_are_made_ended_and_refused():
    three = "shop.system3"
    found = of(
        [
            noted(30.0, k.HIRES, three, 9, 1.0), noted(100.0, k.HIRES, three, 12, 3.0),
            noted(150.0, k.HIRES, three, 13, 1.0), noted(200.0, k.HIRES, three, 11, -2.0),
            noted(210.0, k.DEPTH_REFUSED, three, 2, 1.0), (220.0, k.AGENTS, "shop.left", "shop.left", 6, 6.0),
        ]
    )  # fmt: skip
    assert (found["hires"], found["lay_offs"], found["depth_refusals"]) == (4, 2, 1)
    assert (found["children_spawned"], found["children_gone"]) == (0, 0)
    assert found["agents_at_end"] == 6 + 4


def test_a_run_in_which_agents_came_is_not_compared_with_a_fixed_split():
    lines = [noted(100.0, k.HIRES, "shop.system3", 9, 1.0)]
    reason = told(whole(), lines)["not_estimable"]["systems.shop.best_fixed_split"]
    assert reason.startswith("agents came or went")


def test_forecasts_are_judged_by_what_was_shown_nearest_to_their_time():
    """Demand 2 until 300 s, then 6; 100 s ahead it says 3, 5 and 6, and never knows it within one erlang."""
    shown = [
        (t, k.INDICATOR, STREAM, SYSTEM4, k.DEMANDED, 2.0 if t <= 300.0 else 6.0)
        for t in np.arange(50.0, 600.0, 50.0)
    ]
    foreshown = [(120.0, k.INDICATOR, STREAM, SYSTEM4, k.FORESHOWN, 99.0)]
    forecasts = [
        (t, v, d) for t, v, d in ((120.0, 3.0, 1.0), (260.0, 5.0, 0.4), (420.0, 6.0, 1.0), (560.0, 0.0, 9.0))
    ]
    said = [
        noted(t, kind, SYSTEM4, 100, value)
        for t, v, d in forecasts
        for kind, value in ((k.FORECAST, v), (k.SPREAD, d))
    ]
    found = of([*shown, *foreshown, *said])
    assert found["forecasts"] == 4  # the time of the last never came
    errors, naive = np.array([-1.0, 1.0, 0.0]), np.array([0.0, 4.0, 0.0])
    assert found["forecast_rmse_erlangs"] == pytest.approx(np.sqrt((errors**2).mean()))
    assert found["forecast_skill"] == pytest.approx(1.0 - (errors**2).sum() / (naive**2).sum())
    assert found["forecast_coverage"] == pytest.approx(2.0 / 3.0)


def test_nearest_and_last_shown():
    shown = Shown(np.array([10.0, 20.0, 40.0]), np.array([1.0, 2.0, 4.0]))
    assert shown.nearest(np.array([0.0, 15.0, 15.1, 30.0, 31.0, 99.0])).tolist() == [
        1.0,
        1.0,
        2.0,
        2.0,
        4.0,
        4.0,
    ]
    assert shown.last(np.array([9.0, 10.0, 39.0, 99.0])).tolist() == [np.inf, 1.0, 2.0, 4.0]
    assert Shown(np.array([5.0]), np.array([3.0])).nearest(np.array([0.0, 9.0])).tolist() == [3.0, 3.0]


def test_a_system_4_that_is_shown_nothing_has_no_judgement():
    measures = told(
        whole(), [noted(100.0, k.FORECAST, SYSTEM4, 100, 1.0), noted(100.0, k.SPREAD, SYSTEM4, 100, 1.0)]
    )
    assert measures["systems"]["shop"]["forecast_skill"] is None
    assert measures["not_estimable"]["systems.shop.forecast_skill"] == "the environment shows it no demand"


def test_with_zombies_work_is_given_back_and_agents_stay():
    measures = measures_of(resolved("zombies", until=1300.0))
    found = measures["systems"]["press"]
    assert found["suspected"] >= 1
    assert found["rehomings"] >= 1
    assert found["tasks_rehomed"] >= found["rehomings"]
    assert found["agents_at_end"] == 20


def test_a_slope_is_forecast_better_than_by_the_last_value():
    found = measures_of(resolved("demand-slope", until=4800.0))["systems"]["works"]
    assert found["forecast_skill"] > 0.6
    assert 0.7 < found["forecast_coverage"] <= 1.0
    assert found["hires"] > found["lay_offs"]
