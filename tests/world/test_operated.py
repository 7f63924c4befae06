"""An operator asks for more or less of a stream: exactly so where it is Poisson, by copies elsewhere."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from vsmlab.engines import compiled
from vsmlab.engines.choosing import run_plainly
from vsmlab.engines.journal import Journal
from vsmlab.lab.build import build
from vsmlab.lab.loader import load
from vsmlab.laws import kinds as k

sys.path.insert(0, str(Path(__file__).parents[1] / "engines"))

from frames import poisson, scenario

SEEDS = 600
RATE, FROM, HORIZON = 2.0, 10.0, 25.0


def births(
    stream: dict[str, Any], acts: list[dict[str, Any]], seed: int, engine: str = "simpy"
) -> np.ndarray:
    """When the tasks of one stream are born."""
    return made(json.dumps(stream), json.dumps(acts))(seed, engine)


@cache
def made(stream: str, acts: str) -> Any:
    """Runs a scenario of one stream, by seed."""
    given = scenario(
        "one", {"calls": json.loads(stream)}, {"agents": 3, "management": "off"}, horizon=HORIZON
    )
    loaded = load(
        {**given, "operator": [{"kind": "demand", "stream": "calls", **act} for act in json.loads(acts)]}
    )

    def run(seed: int, engine: str) -> np.ndarray:
        start, found = build(loaded), []
        start.state.ledger[0].seed = seed
        run_plainly(engine, start, HORIZON, Journal(start.identities, [found.append]))
        rows = np.concatenate(found)
        return rows["due"][rows["kind"] == k.BORN]

    return run


@cache
def doubled() -> list[np.ndarray]:
    """Many runs of a Poisson stream that is asked for twice from a moment on: births from then on, as waits."""
    acts = [{"time": FROM, "factor": 2.0}]
    runs = [births(poisson(RATE, "top"), acts, seed) for seed in range(SEEDS)]
    return [times[times >= FROM] - FROM for times in runs]


def test_asked_for_twice_as_much_a_poisson_stream_is_one_of_twice_the_rate():
    counts = np.array([len(times) for times in doubled()])
    mean = 2.0 * RATE * (HORIZON - FROM)
    assert abs(counts.sum() - SEEDS * mean) < 4.0 * np.sqrt(SEEDS * mean)
    spread = float(((counts - mean) ** 2 / mean).sum())
    low, high = stats.chi2.interval(0.999, SEEDS)
    assert low < spread < high


def test_gaps_after_the_change_are_exponential_with_the_new_mean():
    for number in (1, 2, 5):  # the first gap is the one that was re-timed
        gaps = [np.diff(times, prepend=0.0)[number - 1] for times in doubled()]
        assert stats.kstest(gaps, stats.expon(scale=1.0 / (2.0 * RATE)).cdf).pvalue > 1e-3


def test_gaps_that_are_not_re_timed_would_be_found():
    plain = [births(poisson(RATE, "top"), [], seed) for seed in range(SEEDS // 4)]
    gaps = [times[times >= FROM][0] - FROM for times in plain]
    assert stats.kstest(gaps, stats.expon(scale=1.0 / (2.0 * RATE)).cdf).pvalue < 1e-6


def test_asked_for_as_much_as_before_nothing_is_otherwise():
    for stream in (
        poisson(RATE, "top"),
        {**poisson(RATE, "top"), "season": {"period": 9.0, "amplitude": 0.5}},
    ):
        plain = births(stream, [], 3)
        assert np.array_equal(births(stream, [{"time": 5.0, "factor": 1.0}], 3), plain)
        back = births(stream, [{"time": 5.0, "factor": 1.0}, {"time": 6.0, "factor": 1.0}], 3)
        assert np.array_equal(back, plain)


def test_a_stream_that_is_silenced_keeps_what_was_left():
    stream = poisson(RATE, "top")
    plain = births(stream, [], 4)
    silent = births(stream, [{"time": 5.0, "factor": 0.0}, {"time": 9.0, "factor": 1.0}], 4)
    before = plain < 5.0
    assert np.array_equal(silent[: before.sum()], plain[before])
    later = silent[before.sum() :]
    assert later == pytest.approx(plain[~before][: len(later)] + 4.0, abs=1e-9)
    assert len(births(stream, [{"time": 0.0, "factor": 0.0}], 4)) == 0


def test_asked_for_from_the_very_beginning_it_is_the_stream_of_that_rate():
    asked = births(poisson(RATE, "top"), [{"time": 0.0, "factor": 2.0}], 6)
    assert np.array_equal(asked, births(poisson(2.0 * RATE, "top"), [], 6))
    held = births(poisson(RATE, "top"), [{"time": 0.0, "factor": 0.0}, {"time": 2.0, "factor": 1.0}], 6)
    plain = births(poisson(RATE, "top"), [], 6)
    assert held == pytest.approx(plain[: len(held)] + 2.0, abs=1e-9)


OTHERS = {
    "renewal": {**poisson(1.0, "top"), "arrivals": {"renewal": 0.5}},
    "markov": {**poisson(1.0, "top"), "arrivals": {"markov": {"rates": [1.0, 6.0], "leave": [0.3, 0.3]}}},
    "linear": {
        **poisson(1.0, "top"),
        "arrivals": {"linear": {"times": [0, 10, 20], "rates": [1.0, 6.0, 2.0]}},
    },
    "season": {**poisson(4.0, "top"), "season": {"period": 9.0, "amplitude": 0.5}},
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_streams_are_given_by_copies(name):
    stream = OTHERS[name]
    once = births(stream, [], 8)
    twice = births(stream, [{"time": 0.0, "factor": 2.0}], 8)
    if name == "renewal":  # the draws of the copies come in between those of the others' times
        assert np.array_equal(twice, np.repeat(once, 2))
    _, many = np.unique(twice, return_counts=True)
    assert set(many.tolist()) == {2}
    assert len(births(stream, [{"time": 0.0, "factor": 0.0}], 8)) == 0
    part = [births(stream, [{"time": 0.0, "factor": 1.5}], seed) for seed in range(40)]
    counts = np.concatenate([np.unique(times, return_counts=True)[1] for times in part])
    assert set(counts.tolist()) == {1, 2}
    assert abs((counts == 2).mean() - 0.5) < 4.0 * np.sqrt(0.25 / len(counts))


@pytest.mark.skipif(not compiled.available(), reason="needs the extra `fast`")
def test_both_engines_give_the_same():
    acts = [{"time": 2.0, "factor": 0.0}, {"time": 3.0, "factor": 3.3}, {"time": 9.0, "factor": 0.4}]
    for stream in (poisson(RATE, "top"), *OTHERS.values()):
        assert np.array_equal(births(stream, acts, 9), births(stream, acts, 9, "compiled"))
