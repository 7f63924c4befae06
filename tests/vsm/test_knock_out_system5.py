"""Without System 5 the homeostat of 3 and 4 hunts, in the scenario made for it; with it, it settles."""

from __future__ import annotations

from itertools import pairwise

import pytest

from vsmlab.engines import simpy_engine
from vsmlab.engines.journal import Journal
from vsmlab.lab.build import build
from vsmlab.lab.expectations import judge
from vsmlab.lab.loader import load, vary
from vsmlab.lab.run import measures_of
from vsmlab.laws import kinds as k
from vsmlab.mechanisms.feedback import MONOTONE_LIMIT, STABLE_LIMIT
from vsmlab.mechanisms.intervals import holm, paired_difference, paired_p_value

IMBALANCE = "three-four-imbalance"


def test_the_scenario_is_beyond_the_limit_without_system5_and_within_the_safe_one_with_it():
    start = build(load(IMBALANCE))
    system3, system5 = start.state.system3s[0], start.state.system5s[0]
    assert (system3.gain_now + system3.gain_then) * system3.hire_takes > STABLE_LIMIT
    assert system5.safe_gain * (system3.hire_takes + system3.balance_period) == pytest.approx(MONOTONE_LIMIT)


def commitments(*overrides: str) -> list[tuple[float, float]]:
    """The commitment over time in the scenario."""
    start = build(load(IMBALANCE, overrides=["horizon=2400", *overrides]))
    segments: list = []
    simpy_engine.run(start, 2400.0, Journal(start.identities, [segments.append]))
    rows = [row for segment in segments for row in segment if row["kind"] == k.COMMITTED]
    return [(float(row["due"]), float(row["value"])) for row in rows]


def strays(path):
    """Mean square step of the commitment a minute, after the beginning: how much it hunts."""
    late = [value for due, value in path if due > 600.0][::6]
    return sum((b - a) ** 2 for a, b in pairwise(late)) / (len(late) - 1)


def test_in_the_scenario_3_and_4_hunt_between_the_limits_and_system5_ends_that():
    hunting, calm = commitments("knockout=[shop.system5]"), commitments()
    assert min(value for _, value in hunting) == 4.0, "down to the fewest that policy allows"
    assert min(value for due, value in calm if due > 600.0) > 9.6, "the load of the quiet half hour"
    assert strays(calm) < 1.0
    assert strays(hunting) > 100.0


def test_without_system5_they_hunt_and_everybody_waits():
    """30 paired seeds, Holm over the measures: waiting, and agents who have nothing to do."""
    pairs: dict[str, list[tuple[float, float]]] = {"mean_wait_s": [], "utilisation": []}
    for seed in range(30):
        loaded = load(IMBALANCE, overrides=[f"seed={seed}", "horizon=1500", "warmup=300"])
        whole = measures_of(loaded)["units"]["shop"]
        without = measures_of(vary(loaded, overrides=["knockout=[shop.system5]"]))["units"]["shop"]
        for name, values in pairs.items():
            values.append((whole[name], without[name]))
    least = {"mean_wait_s": 5.0, "utilisation": -0.2}
    p_values = []
    for name, values in pairs.items():
        first, second = [list(column) for column in zip(*values, strict=True)]
        difference = paired_difference(first, second)
        assert difference.low is not None
        assert difference.high is not None
        if least[name] > 0.0:
            assert difference.low > least[name]
        else:
            assert least[name] < difference.low < difference.high < -0.05
        p_values.append(paired_p_value(first, second))
    assert max(holm(p_values)) < 0.001


@pytest.mark.parametrize(("knockout", "met"), [([], True), (["knockout=[shop.system5]"], False)])
def test_the_scenario_meets_its_expectations_only_with_system5(knockout, met):
    loaded = load(IMBALANCE, overrides=knockout)
    verdicts = judge(loaded.scenario.expect, measures_of(loaded))
    assert [verdict.passed for verdict in verdicts] == [met, met]
