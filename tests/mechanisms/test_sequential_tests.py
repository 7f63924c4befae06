"""CUSUM, Wald's test, memoryless audits and the inspection game, against theory and against one another."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsmlab.mechanisms.sequential_tests import (
    InspectionGame,
    cusum_run_length,
    cusum_run_length_siegmund,
    cusum_step,
    found_by,
    mean_delay,
    sample_finds,
    sprt_exactly,
    sprt_limits,
    sprt_step,
    sprt_steps,
    wald_bounds,
    wald_mean_number,
)

HONEST, LYING, ALPHA, BETA = 0.05, 0.2, 0.05, 0.1


def near(value, within=6e-7):
    return pytest.approx(value, abs=within)


def test_steps_and_limits_of_walds_test_as_in_the_table():
    assert sprt_steps(HONEST, LYING) == (near(1.386294), near(-0.171850))
    assert sprt_limits(ALPHA, BETA) == (near(2.89037, 6e-6), near(-2.25129, 6e-6))


def test_walds_mean_numbers_as_in_the_table_and_exact_ones_beside_them():
    wald = [wald_mean_number(HONEST, LYING, ALPHA, BETA, p) for p in (HONEST, LYING)]
    assert wald == [near(21.23, 0.006), near(17.00, 0.006)]
    false_alarms, honest_number = sprt_exactly(HONEST, LYING, ALPHA, BETA, HONEST)
    power, lying_number = sprt_exactly(HONEST, LYING, ALPHA, BETA, LYING)
    assert (false_alarms, power) == (near(0.0309, 1.2e-3), near(0.911, 2e-3)), "as simulated 200,000 times"
    assert (honest_number, lying_number) == (near(23.6, 0.06), near(21.0, 0.06))
    for approximate, exact in zip(wald, (honest_number, lying_number), strict=True):
        assert 0.1 < 1.0 - approximate / exact < 0.2, "overshoot: 10 to 20 per cent"


@given(
    honest=st.floats(0.01, 0.3),
    apart=st.floats(0.1, 0.6),
    alpha=st.floats(0.01, 0.3),
    beta=st.floats(0.01, 0.3),
)
def test_errors_keep_walds_inequalities(honest, apart, alpha, beta):
    lying = honest + apart
    most_alarms, most_misses = wald_bounds(alpha, beta)
    assert sprt_exactly(honest, lying, alpha, beta, honest)[0] <= most_alarms + 1e-12
    assert 1.0 - sprt_exactly(honest, lying, alpha, beta, lying)[0] <= most_misses + 1e-12


def test_the_exact_chain_is_what_the_step_does():
    """Every course that the test can take in thirty observations; the rest may end either way."""
    (wrong, right), (up, down) = sprt_steps(HONEST, LYING), sprt_limits(ALPHA, BETA)
    alarm, going = 0.0, {0.0: 1.0}
    for _ in range(30):
        after: dict[float, float] = {}
        for level, weight in going.items():
            for bad in (True, False):
                to = sprt_step(level, bad, wrong, right)
                if to >= up:
                    alarm += 0.5 * weight
                elif to > down:
                    after[to] = after.get(to, 0.0) + 0.5 * weight
        going = after
    exact = sprt_exactly(HONEST, LYING, ALPHA, BETA, 0.5)[0]
    assert alarm <= exact <= alarm + sum(going.values()) < alarm + 1e-3


@pytest.mark.parametrize(
    ("threshold", "false_alarms", "found", "near_false", "near_found"),
    [(4.0, 335.37, 8.383, 338.1, 8.34), (5.0, 930.89, 10.376, 938.2, 10.34)],
)
def test_run_lengths_of_the_cusum_as_in_the_table(threshold, false_alarms, found, near_false, near_found):
    assert cusum_run_length(0.0, 0.5, threshold) == near(false_alarms, 0.006)
    assert cusum_run_length(1.0, 0.5, threshold) == near(found, 6e-4)
    assert cusum_run_length_siegmund(0.0, 0.5, threshold) == near(near_false, 0.06)
    assert cusum_run_length_siegmund(1.0, 0.5, threshold) == near(near_found, 6e-3)


def test_the_step_runs_as_long_as_the_chain_says():
    draws, lengths = np.random.default_rng(5), []
    for _ in range(6000):
        level, n = 0.0, 0
        while level <= 4.0:
            level = cusum_step(level, 1.0 + float(draws.standard_normal()), 0.5)
            n += 1
        lengths.append(n)
    error = np.std(lengths) / math.sqrt(len(lengths))
    assert np.mean(lengths) == pytest.approx(cusum_run_length(1.0, 0.5, 4.0), abs=3.0 * error)
    assert error < 0.07


def test_without_drift_siegmunds_approximation_is_the_square_of_the_distance():
    assert cusum_run_length_siegmund(0.5, 0.5, 4.0) == near(5.166**2)
    assert cusum_run_length_siegmund(0.5 + 1e-6, 0.5, 4.0) == pytest.approx(5.166**2, rel=1e-4)
    assert cusum_run_length(0.5, 0.5, 4.0) == pytest.approx(5.166**2, rel=0.02)


@given(st.lists(st.floats(-9.0, 9.0), max_size=30), st.floats(0.0, 2.0))
def test_the_cusum_is_the_largest_sum_of_what_came_last(deviations, reference):
    level = 0.0
    for z in deviations:
        level = cusum_step(level, z, reference)
    tails = [math.fsum(z - reference for z in deviations[i:]) for i in range(len(deviations))]
    assert level == pytest.approx(max([0.0, *tails]), abs=1e-9)


def test_poisson_audits_find_a_standing_fault_as_in_the_table():
    assert found_by(0.1, 0.8, 10.0) == near(0.550671)
    assert mean_delay(0.1, 0.8) == near(12.5, 1e-12)
    survives = [1.0 - found_by(0.1, 0.8, 0.01 * (i + 0.5)) for i in range(40_000)]
    assert 0.01 * math.fsum(survives) == pytest.approx(mean_delay(0.1, 0.8), rel=1e-5), "its own mean"
    assert found_by(0.0, 0.8, 10.0) == 0.0


def test_an_audit_of_five_out_of_twenty_finds_one_of_three_as_in_the_table():
    assert sample_finds(20, 3, 5) == near(0.600877)
    assert sample_finds(20, 3, 18) == 1.0
    assert sample_finds(20, 0, 18) == 0.0


@given(*[st.floats(0.1, 10.0)] * 3, st.floats(0.01, 0.99))
def test_in_equilibrium_neither_side_of_the_inspection_game_gains_by_doing_otherwise(
    gain, penalty, loss, part
):
    game = InspectionGame(gain, penalty, part * loss, loss)
    p, q = game.audit_probability, game.cheating_probability
    assert (1.0 - p) * gain - p * penalty == near(0.0, 1e-9), "to cheat, and not to"
    assert -q * loss == pytest.approx(-game.cost), "not to look, and to look"
    assert (p, q) == (gain / (gain + penalty), pytest.approx(part))


@pytest.mark.parametrize(
    "impossible",
    [
        lambda: sprt_steps(0.2, 0.05),
        lambda: sprt_steps(0.0, 0.5),
        lambda: sprt_limits(0.5, 0.5),
        lambda: sprt_limits(0.0, 0.5),
        lambda: wald_bounds(0.7, 0.4),
        lambda: wald_mean_number(0.05, 0.2, 0.05, 0.1, 0.1),
        lambda: cusum_run_length(0.0, 0.5, 0.0),
        lambda: cusum_run_length(0.0, 0.5, 4.0, states=1),
        lambda: found_by(-0.1, 0.5, 1.0),
        lambda: found_by(0.1, 1.5, 1.0),
        lambda: found_by(0.1, 0.5, -1.0),
        lambda: mean_delay(0.0, 0.5),
        lambda: mean_delay(0.1, 0.0),
        lambda: sample_finds(3, 4, 1),
        lambda: sample_finds(3, 1, 4),
        lambda: InspectionGame(1.0, 1.0, 2.0, 1.0),
        lambda: InspectionGame(0.0, 1.0, 0.5, 1.0),
    ],
)
def test_impossible_arguments_are_refused(impossible):
    with pytest.raises(ValueError, match=r"\d"):
        impossible()
