import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsmlab.mechanisms.viability import (
    Spell,
    excursions,
    kaplan_meier,
    mean_exit,
    restricted_mean,
    share_inside,
    survival_at,
)


def watched(lasted, until):
    """Spells of which each is watched until its own end of the watch."""
    return [Spell(float(min(t, c)), bool(t <= c)) for t, c in zip(lasted, until, strict=True)]


def walk_survival(limit, horizon):
    """Exact probability that a fair walk from 0 has not reached a limit after 0, 1, ... steps."""
    inside = np.zeros(2 * limit - 1)
    inside[limit - 1] = 1.0
    lasting = []
    for _ in range(horizon):
        lasting.append(inside.sum())
        inside = 0.5 * (np.append(inside[1:], 0.0) + np.append(0.0, inside[:-1]))
    return np.array(lasting)


def exits(chance, limit, walks, horizon):
    """Steps until each of many fair walks reached a limit; cut off at the horizon."""
    paths = np.cumsum(chance.choice([-1, 1], (walks, horizon)), axis=1)
    out = np.abs(paths) >= limit
    ended = out.any(axis=1)
    steps = np.where(ended, out.argmax(axis=1) + 1, horizon)
    return [Spell(float(step), bool(end)) for step, end in zip(steps, ended, strict=True)]


def test_a_fair_walk_leaves_after_twenty_five_steps_on_average():
    assert mean_exit(-5, 5) == 25.0
    assert mean_exit(-3, 7, start=2) == 25.0
    assert mean_exit(-5, 5, start=5) == 0.0
    assert mean_exit(4, 4, start=4) == 0.0


@given(st.integers(1, 12), st.integers(1, 12), st.sampled_from([0.1, 0.3, 0.5, 0.55, 0.9]))
def test_the_mean_exit_solves_its_equations(below, above, up):
    size = below + above - 1
    matrix = np.eye(size) - up * np.eye(size, k=1) - (1.0 - up) * np.eye(size, k=-1)
    exact = np.linalg.solve(matrix, np.ones(size))
    for place in range(size):
        start = place + 1 - below
        assert mean_exit(-below, above, start=start, up=up) == pytest.approx(exact[place], rel=1e-9)


def test_a_walk_must_start_between_its_limits():
    with pytest.raises(ValueError, match="start between"):
        mean_exit(-5, 5, start=6)
    with pytest.raises(ValueError, match="up in"):
        mean_exit(-5, 5, up=1.0)
    assert mean_exit(-10_000, 10_000, up=0.9) == pytest.approx(12_500.0)  # no power overflows


def test_the_curve_by_hand():
    """Ends at 1, 3, 3 and 5; cut off at 2, 3 and 6."""
    spells = [
        Spell(t, e)
        for t, e in [(1, True), (2, False), (3, True), (3, True), (3, False), (5, True), (6, False)]
    ]
    curve = kaplan_meier(spells)
    assert curve.times == (1.0, 3.0, 5.0)
    assert curve.at_risk == (7, 5, 2)
    assert curve.ended == (1, 2, 1)
    assert curve.survival == pytest.approx((6 / 7, 6 / 7 * 3 / 5, 6 / 7 * 3 / 5 / 2))
    at = survival_at(curve, 4.0)
    assert at.value == curve.survival[1]
    spread = math.sqrt(1 / (7 * 6) + 2 / (5 * 3)) / -math.log(18 / 35)
    assert at.low == pytest.approx((18 / 35) ** math.exp(1.959964 * spread), rel=1e-6)
    assert at.high == pytest.approx((18 / 35) ** math.exp(-1.959964 * spread), rel=1e-6)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), st.integers(0, 9))
def test_without_censoring_the_curve_is_the_share_that_lasts_longer(lasted, time):
    curve = kaplan_meier([Spell(t, True) for t in lasted])
    share = sum(t > time for t in lasted) / len(lasted)
    assert survival_at(curve, time).value == pytest.approx(share, abs=1e-12)
    mean = sum(min(t, time + 0.5) for t in lasted) / len(lasted)
    assert restricted_mean([Spell(t, True) for t in lasted], time + 0.5).value == pytest.approx(mean)


def test_the_restricted_mean_of_a_published_session():
    """R's survfit and Stata give 37.857 with standard error 10.739, without the factor m / (m - 1)."""
    lasted = [10, 15, 23, 30, 35, 52, 100]
    estimate = restricted_mean([Spell(t, t < 100) for t in lasted], 100.0)
    assert estimate.value == pytest.approx(37.85714, abs=1e-5)
    quantile = 2.570582  # Student's t, 5 degrees, 97.5 %
    assert estimate.half_width / quantile / math.sqrt(6 / 5) == pytest.approx(10.73888, abs=1e-4)


@pytest.mark.parametrize(("n", "time"), [(40, 0.6), (100, 1.2)])
def test_intervals_of_survival_cover_as_often_as_they_should(n, time):
    chance = np.random.default_rng(121)
    hits = 0
    for _ in range(1000):
        spells = watched(chance.exponential(1.0, n), chance.uniform(0.0, 3.0, n))
        estimate = survival_at(kaplan_meier(spells), time)
        hits += estimate.low <= math.exp(-time) <= estimate.high
        assert 0.0 < estimate.low < estimate.value < estimate.high < 1.0
        assert estimate.high - estimate.low < 0.42
    assert 931 <= hits <= 967


@pytest.mark.parametrize(("n", "horizon"), [(40, 1.0), (100, 2.0)])
def test_intervals_of_the_restricted_mean_cover_as_often_as_they_should(n, horizon):
    chance = np.random.default_rng(122)
    hits = given_one = 0
    averages = []
    for _ in range(1000):
        spells = watched(chance.exponential(1.0, n), chance.uniform(0.0, 3.0, n))
        estimate = restricted_mean(spells, horizon)
        given_one += estimate.low is not None
        hits += estimate.low is not None and estimate.low <= 1.0 - math.exp(-horizon) <= estimate.high
        averages.append(np.mean([spell.lasted for spell in spells if spell.lasted < horizon]))
    assert given_one >= 985
    assert 931 <= hits + (1000 - given_one) * 0.95 <= 967
    assert np.mean(averages) < 0.85 * (1.0 - math.exp(-horizon))  # what averaging them would say


def test_walks_cut_off_early_still_tell_the_exact_survival_and_mean():
    chance = np.random.default_rng(123)
    exact = walk_survival(5, 2000)
    assert exact.sum() == pytest.approx(25.0, abs=1e-9)
    hits = means = 0
    for _ in range(400):
        whole = exits(chance, 5, 60, 60)
        cut = chance.integers(10, 90, 60)
        spells = [
            Spell(min(one.lasted, float(c)), one.ended and one.lasted <= c)
            for one, c in zip(whole, cut, strict=True)
        ]
        at = survival_at(kaplan_meier(spells), 20.0)
        hits += at.low <= exact[20] <= at.high
        mean = restricted_mean(spells, 40.0)
        means += mean.low <= exact[:40].sum() <= mean.high
    assert 368 <= hits <= 390
    assert 368 <= means <= 390


def test_what_censoring_hides_is_not_guessed():
    assert survival_at(kaplan_meier([]), 1.0).reason == "no spells"
    assert restricted_mean([], 1.0).value is None
    cut = [Spell(3.0, False), Spell(2.0, True), Spell(4.0, False)]
    curve = kaplan_meier(cut)
    assert survival_at(curve, 5.0).value is None
    assert "longer than 4" in survival_at(curve, 5.0).reason
    assert "longer than 4" in restricted_mean(cut, 5.0).reason
    early = survival_at(curve, 1.0)
    assert (early.value, early.high) == (1.0, 1.0)
    assert early.low == pytest.approx(0.025 ** (1 / 3))  # three still lasted when the first ended
    never = survival_at(kaplan_meier([Spell(4.0, False)] * 3), 2.0)
    assert (never.value, never.low, never.reason) == (1.0, None, "none ended: no variance")
    over = survival_at(kaplan_meier([Spell(1.0, True), Spell(2.0, True)]), 7.0)
    assert (over.value, over.reason) == (0.0, "all had ended: no variance")
    assert "1 ended" in restricted_mean(cut, 3.5).reason
    assert restricted_mean(cut, 3.5).value == pytest.approx(2.0 + 1.5 * 2 / 3)
    assert "0 ended" in restricted_mean([Spell(4.0, False)] * 3, 3.0).reason
    with pytest.raises(ValueError, match="for ever"):
        kaplan_meier([Spell(math.inf, False)])
    with pytest.raises(ValueError, match="above 0"):
        restricted_mean(cut, 0.0)


def test_exits_and_recoveries_of_a_trajectory():
    seen = excursions([0.0, 2.0, 5.0, 6.0, 9.0], [1.0, 4.0, 2.0, 5.0, 6.0], 10.0, most=3.0, slots=10)
    assert seen.first_exit == Spell(2.0, True)
    assert seen.recoveries == (Spell(3.0, True), Spell(4.0, False))
    assert seen.slots == pytest.approx((1, 1, 0, 0, 0, 1, 0, 0, 0, 0))
    assert seen.share == pytest.approx(0.3)
    at_once = excursions([1.0, 4.0], [9.0, 1.0], 6.0, most=3.0)
    assert at_once.first_exit == Spell(0.0, True)
    assert at_once.recoveries == (Spell(3.0, True),)
    never = excursions([1.0, 4.0], [2.0, 3.0], 6.0, least=2.0, most=3.0)  # the limits are within
    assert never.first_exit == Spell(5.0, False)
    assert never.recoveries == ()
    for times, values, end in [
        ([], [], 1.0),
        ([0.0, 0.0], [1.0, 1.0], 1.0),
        ([0.0], [1.0, 2.0], 1.0),
        ([0.0], [1.0], 0.0),
    ]:
        with pytest.raises(ValueError, match="rising"):
            excursions(times, values, end)


def test_always_within_has_no_interval_from_one_run():
    inside = share_inside(excursions([0.0], [1.0], 10.0, most=2.0))
    assert (inside.value, inside.low) == (1.0, None)
    assert "always within" in inside.reason
    assert "always outside" in share_inside(excursions([0.0], [3.0], 10.0, most=2.0)).reason
    half = share_inside(excursions([0.0, 50.0], [1.0, 3.0], 100.0, most=2.0))
    assert half.value == 0.5
    assert "correlated" in half.reason


def test_the_share_of_time_of_a_machine_that_fails_and_is_mended():
    """Mean time between failures 100, to repair 10: .909091, whatever the distributions."""
    chance = np.random.default_rng(124)
    hits = refused = 0
    shares = []
    for _ in range(400):
        gaps = np.ravel(np.column_stack([chance.exponential(100.0, 400), chance.gamma(4.0, 2.5, 400)]))
        times = np.concatenate([[0.0], np.cumsum(gaps)])
        times = times[times < 30_000.0]
        estimate = share_inside(
            excursions(times.tolist(), [k % 2 for k in range(len(times))], 30_000.0, most=0.5)
        )
        shares.append(estimate.value)
        refused += estimate.low is None
        hits += estimate.low is not None and estimate.low <= 100.0 / 110.0 <= estimate.high
        assert estimate.low is None or estimate.high - estimate.low < 0.035
    assert np.mean(shares) == pytest.approx(0.909091, abs=0.001)
    assert refused <= 40  # one in twenty by the test for correlation, and room
    assert 0.92 <= hits / (400 - refused) <= 0.975
