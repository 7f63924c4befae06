"""When what was broken, from facts by hand and from whole runs."""

import numpy as np
import pytest

import vsmlab
from vsmlab.lab.scenario import Scenario
from vsmlab.lab.series import history
from vsmlab.lab.series_noted import NOTED_ROW, Noted, troubles
from vsmlab.laws import kinds as k

NAMES = {1: "top.a", 2: "top.a.management", 3: "top.system3"}
PLAIN = {
    "version": 1,
    "name": "small",
    "title": "small",
    "horizon": 200,
    "environment": {
        "demand": {"mail": {"arrivals": {"poisson": {"rate": 1.0}}, "work": {"constant": 1.0}, "to": "top"}}
    },
    "organisation": {"name": "top", "operations": {"a": {"agents": 2}, "b": {"agents": 2}}},
}


def struck(*blows):
    """Troubles of a run of 100 seconds from (time, who, fault, amount) each."""
    rows = np.zeros(len(blows), NOTED_ROW)
    for row, (time, who, ref, amount) in zip(rows, blows, strict=True):
        row["due"], row["receiver"], row["ref"], row["value"], row["kind"] = (
            time,
            who,
            ref,
            amount,
            k.DISTURBED,
        )
    scenario = Scenario.model_validate(PLAIN)
    return [(t.path, t.what, t.begin, t.end, t.mended) for t in troubles(Noted(rows, NAMES), scenario, 100.0)]


def test_a_fault_lasts_from_its_blow_until_it_is_mended():
    assert struck((10, 1, k.HANG, 1.0), (30, 1, k.HANG, 0.0)) == [("top.a", "hangs", 10.0, 30.0, True)]


def test_a_fault_that_is_never_mended_lasts_to_the_end():
    assert struck((10, 1, k.STALE, 1.0)) == [("top.a", "stale reports", 10.0, 100.0, False)]


def test_an_operation_and_its_management_that_crash_together_are_one_trouble():
    blows = [(10, 1, k.CRASH, 1.0), (10, 2, k.CRASH, 1.0), (20, 1, k.CRASH, 0.0), (20, 2, k.CRASH, 0.0)]
    assert struck(*blows) == [("top.a", "crashed", 10.0, 20.0, True)]


def test_who_was_struck_twice_is_well_when_mended_twice():
    blows = [(10, 1, k.HANG, 1.0), (15, 1, k.HANG, 1.0), (20, 1, k.HANG, 0.0), (40, 1, k.HANG, 0.0)]
    assert struck(*blows) == [("top.a", "hangs", 10.0, 40.0, True)]


@pytest.mark.parametrize(("fault", "said"), [(k.SLOW, "slow (× 0.5)"), (k.BIAS, "biased reports (× 0.5)")])
def test_a_factor_is_mended_when_it_is_one(fault, said):
    assert struck((10, 1, fault, 0.5), (20, 1, fault, 1.0)) == [("top.a", said, 10.0, 20.0, True)]


def test_a_channel_is_told_by_its_kind_and_its_sender():
    cut, delay = k.CUT + k.FAULT_STEP * k.BARGAIN, k.DELAY + k.FAULT_STEP * k.ACCOUNT
    assert struck((5, 3, cut, 1.0), (7, 2, delay, 4.0), (9, 2, delay, 0.0)) == [
        ("top.system3", "bargain cut", 5.0, 100.0, False),
        ("top.a.management", "account slow (+ 4 s)", 7.0, 9.0, True),
    ]


def test_a_change_of_demand_is_read_from_the_scenario_and_ends_with_the_run():
    changes = [
        {"kind": "demand", "stream": "mail", "time": 150, "factor": 3, "over": 20},
        {"kind": "demand", "stream": "mail", "time": 10, "factor": 2, "lasts": {"constant": 30}},
        {"kind": "demand", "stream": "mail", "time": 200, "factor": 2},
    ]
    scenario = Scenario.model_validate(
        PLAIN | {"horizon": 300, "environment": PLAIN["environment"] | {"disturbances": changes}}
    )
    nothing = Noted(np.zeros(0, NOTED_ROW), NAMES)
    assert [(t.path, t.what, t.begin, t.end) for t in troubles(nothing, scenario, 180.0)] == [
        ("environment.mail", "demand × 2", 10.0, 40.0),
        ("environment.mail", "demand × 3 within 20 s", 150.0, 180.0),
    ]


def test_rows_of_a_run_are_all_of_their_kinds_and_in_order():
    run = vsmlab.run("zombies", until=700.0, overrides=["warmup=20"])
    events = run.table("events")
    past = history(run)
    for name, kind in (("suspected", k.SUSPECTED), ("rehomed", k.REHOMED), ("forecast", k.FORECAST)):
        mine = events[events.kind == name]
        rows = past.noted.of(kind)
        assert rows["due"].tolist() == mine.due.tolist()
        assert [past.noted.name(who) for who in rows["receiver"]] == mine.receiver.tolist()
