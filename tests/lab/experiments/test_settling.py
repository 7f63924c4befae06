"""Welch's plot: what is followed, what it is the mean of, where MSER-5 cuts it, what is refused."""

import json
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from scipy.linalg import expm
from small_sweeps import BREAKS, TINY

import vsmlab
from vsmlab.errors import InputError, ModelError
from vsmlab.lab.experiments.settling import warmup
from vsmlab.lab.series import history
from vsmlab.mechanisms.intervals import mser5

WAITS = "units.desk.mean_wait_s"
LATE = {
    "version": 1,
    "name": "late",
    "title": "A queue that grows",
    "horizon": 12_000,
    "environment": {
        "demand": {
            "mail": {"arrivals": {"renewal": {"constant": 10.0}}, "work": {"constant": 25.0}, "to": "desk"}
        }
    },
    "organisation": {"name": "desk", "agents": 1},
}


@pytest.fixture(scope="module")
def emptied():
    """M/M/3 from empty, at a load of 80 %."""
    return warmup("mm3", until=300.0, runs=100, overrides=["warmup=100"])


def present_from_empty(seconds, steps=200, room=60):
    """Mean number in M/M/3 over the first seconds, from its exact probabilities."""
    rates = np.zeros((room + 1, room + 1))
    for n in range(room):
        rates[n, n + 1] = 2.4
        rates[n + 1, n] = min(n + 1, 3)
    rates -= np.diag(rates.sum(axis=1))
    one, chance, found = expm(rates * seconds / steps), np.eye(room + 1)[0], [0.0]
    for _ in range(steps):
        chance = chance @ one
        found.append(float(chance @ np.arange(room + 1)))
    return np.trapezoid(found) / steps


def test_the_mean_of_m_m_3_rises_from_empty_as_its_exact_probabilities_say(emptied):
    assert emptied.runs == 100
    assert len(emptied.mean) == 1000
    for seconds in (3, 15):
        first = emptied.mean[: int(seconds / 0.3)].mean()
        assert first == pytest.approx(present_from_empty(seconds), rel=0.1)
    rest = emptied.cuts()[0].rest
    assert emptied.mean[0] < 0.15 * rest
    assert emptied.average[0] == pytest.approx(emptied.mean[0])
    assert rest == pytest.approx(4.99, rel=0.2)  # the long-run mean: 2.4 + 2.589


def test_the_cut_of_m_m_3_is_mser_5_s_and_leaves_the_rise_out(emptied):
    assert emptied.found == mser5(emptied.mean.tolist())
    assert emptied.found.observations > 0
    assert emptied.seconds == pytest.approx(emptied.found.observations * 0.3)
    mine, scenarios, none = emptied.cuts()
    assert (mine.rule, scenarios.rule, none.rule) == ("MSER-5", "the scenario's", "none")
    assert (scenarios.seconds, scenarios.observations) == (100.0, 334)
    assert mine.rest == emptied.mean[mine.observations :].mean() > none.rest
    assert mine.average == emptied.average[mine.observations]


def test_with_five_runs_it_is_the_warm_up_that_a_sweep_finds(tmp_path):
    mine = warmup(TINY, until=200.0, runs=5, workers=1, overrides=["organisation.agents=3"])
    found = vsmlab.sweep(
        TINY, over={"organisation.agents": [3]}, warmup="mser5", until=200.0, replications=1, workers=1,
        measure=["units.hall.served"], out=tmp_path / "w",
    )  # fmt: skip
    assert mine.seconds == json.loads((found.folder / "warmup.json").read_text())["seconds"]
    assert mine.measure == "units.hall.mean_in_progress"


def test_the_wait_of_each_task_is_followed_and_that_of_a_line_is_averaged_to_the_line():
    """One agent that needs 25 seconds for what comes each 10: task i (from 0) waits 15 i seconds."""
    late = warmup(LATE, measure=WAITS, runs=2, window=30, workers=1)
    line = 15.0 * np.arange(len(late.mean))
    assert len(late.mean) == 480
    assert late.mean.tolist() == line.tolist()
    assert late.times.tolist() == (10.0 * np.arange(1, 481)).tolist()
    assert late.average.tolist() == pytest.approx(line[:450].tolist(), abs=1e-9)
    assert late.seconds is None
    assert "still settling" in late.found.reason
    assert "MSER-5 finds no warm-up" in late.picture().svg


def test_waits_are_the_means_over_runs_in_the_order_of_coming():
    found = warmup(TINY, measure="units.hall.mean_wait_s", runs=3, workers=1)
    waits = []
    for r in range(3):
        past = history(vsmlab.run(TINY, seed=4 + 2**62 + r))
        entered, waited = past.waits(0)
        assert sorted(entered) == entered.tolist()
        waits.append((entered, waited))
    count = min(len(waited) for _, waited in waits)
    assert found.mean == pytest.approx(np.mean([waited[:count] for _, waited in waits], axis=0))
    assert found.times == pytest.approx(np.mean([entered[:count] for entered, _ in waits], axis=0))


def test_an_operation_within_is_followed_too_and_workers_change_nothing():
    given = {"measure": "units.shops.left.mean_in_progress", "runs": 3, "until": 60.0}
    shops = TINY | {
        "organisation": {"name": "shops", "operations": {"left": {"agents": 1}, "right": {"agents": 1}}}
    }
    shops["environment"] = {"demand": {"people": TINY["environment"]["demand"]["people"] | {"to": "shops"}}}
    alone, together = (warmup(shops, workers=workers, **given) for workers in (1, 2))
    assert alone.mean.tolist() == together.mean.tolist()
    assert 0.0 < alone.mean.mean() < warmup(shops, workers=1, runs=3, until=60.0).mean.mean()


def test_the_figure_stands_alone_and_names_what_it_shows(emptied):
    picture = emptied.picture()
    root = ElementTree.fromstring(picture.svg)
    shown = ["".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text")]
    for text in (
        "mean of 100 runs",
        "average over 51",
        "mean of the rest",
        "the scenario's warm-up",
        "warm-up",
    ):
        assert text in shown
    assert "Welch's plot of units.desk.mean_in_progress" in shown
    assert any(text.startswith("shaded: MSER-5, ") for text in shown)
    assert not re.search(r"@import|url\(|\ssrc=|<script|<image", picture.svg)
    assert len(root.findall(".//*[@class='line thin s1']")) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"runs": 1}, r"\(--runs\): not possible, given 1; 2 to"),
        ({"runs": True}, "--runs"),
        ({"window": 501}, "wider than half the series, given 501; 1 to 500: the series has 1,000 parts"),
        ({"window": 0}, "--window"),
        ({"window": 2.5}, "--window"),
        ({"window": 300, "measure": "units.hall.mean_wait_s"}, r"wider than half.* tasks"),
        ({"measure": "units.hal.mean_wait_s"}, "no such measure.*did you mean units.hall.mean_wait_s"),
        ({"measure": "wait"}, "no such measure"),
        ({"measure": "units.hall.utilisation"}, "not followed over time.*units.UNIT.mean_in_progress"),
        ({"workers": 0}, "--workers"),
    ],
)
def test_what_is_wrong_is_refused(wrong, said):
    with pytest.raises(InputError, match=said):
        warmup(TINY, **{"workers": 1, "runs": 2} | wrong)


def test_runs_that_fail_are_told_and_two_must_not():
    found = warmup(TINY, runs=8, workers=1, overrides=[f"{BREAKS}=1e308", "horizon=4", "warmup=0"])
    assert found.runs + len(found.failed) == 8
    assert found.failed
    with pytest.raises(ModelError, match=r"no mean over runs: [12] of 2 failed: "):
        warmup(TINY, runs=2, workers=1, overrides=[f"{BREAKS}=1.7e308", "horizon=100"])


def test_a_run_in_which_nothing_starts_has_nothing_to_follow():
    rare = ["environment.demand.people.arrivals.poisson.rate=1e-9"]
    with pytest.raises(ModelError, match="nothing to follow"):
        warmup(TINY, measure="units.hall.mean_wait_s", runs=2, workers=1, overrides=rare)
