import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsmlab.mechanisms.variety import (
    entropy,
    entropy_chao_shen,
    entropy_miller_madow,
    entropy_plugin,
    mutual_information,
    table_game,
    triple_vector,
)


def h(p):
    return -p * math.log2(p) - (1.0 - p) * math.log2(1.0 - p)


def zipf_counts(chance, kinds, messages):
    weights = [1.0 / k for k in range(1, kinds + 1)]
    counts = [0] * kinds
    for kind in chance.choices(range(kinds), weights, k=messages):
        counts[kind] += 1
    return counts


def test_known_entropies():
    for bits in range(6):
        assert entropy_plugin([1] * 2**bits) == bits
    geometric = [0.3 * 0.7**k for k in range(200)]
    assert entropy_plugin(geometric) == pytest.approx(h(0.3) / 0.3, rel=1e-12)
    assert entropy_plugin([5, 0]) == 0.0


def test_the_bias_of_the_three_estimators_is_that_of_the_table():
    chance = random.Random(41)
    truth = entropy_plugin([1.0 / k for k in range(1, 65)])
    assert truth == pytest.approx(4.864, abs=5e-4)
    expected = {64: (-0.672, -0.369, -0.075), 256: (-0.203, -0.060, 0.047)}
    for messages, biases in expected.items():
        samples = [zipf_counts(chance, 64, messages) for _ in range(400)]
        for estimator, bias in zip(
            (entropy_plugin, entropy_miller_madow, entropy_chao_shen), biases, strict=True
        ):
            mean = sum(estimator(counts) for counts in samples) / len(samples)
            assert mean - truth == pytest.approx(bias, abs=0.045)


def test_the_estimator_follows_the_size_of_the_sample():
    counts = zipf_counts(random.Random(42), 64, 256)
    assert entropy(counts, kinds=64).method == "entropy, Miller-Madow"
    assert entropy(counts, kinds=65).method == "entropy, Chao-Shen"
    assert entropy(counts, kinds=256).value is not None
    assert entropy(counts, kinds=257).value is None
    assert "not estimable" in entropy(counts, kinds=257).reason
    assert "different kinds" in entropy([1, 1, 1]).reason
    assert entropy([]).reason == "no messages"
    assert entropy([9]).value == 0.0
    with pytest.raises(ValueError, match="possible"):
        entropy([1, 1], kinds=1)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=20).filter(any))
def test_estimates_of_entropy_are_finite_and_not_negative(counts):
    for estimator in (entropy_plugin, entropy_miller_madow, entropy_chao_shen):
        assert 0.0 <= estimator(counts) < math.inf
    assert entropy_plugin(counts) <= math.log2(len(counts)) + 1e-12


def test_the_information_through_a_noisy_channel():
    noisy = [[0.45, 0.05], [0.05, 0.45]]
    assert mutual_information(noisy) == pytest.approx(1.0 - h(0.1), rel=1e-12)
    assert mutual_information(noisy) == pytest.approx(0.531004, abs=5e-7)
    assert mutual_information([[1, 2], [2, 4]]) == pytest.approx(0.0, abs=1e-15)
    with pytest.raises(ValueError, match="shorter"):
        mutual_information([[1, 2], [3]])


@pytest.mark.parametrize(("responses", "bits"), [(1, 4.0), (2, 3.0), (4, 2.0), (8, 1.0), (16, 0.0)])
def test_requisite_variety_is_met_with_equality_by_powers_of_two(responses, bits):
    game = table_game(16, responses)
    assert game.outcome_entropy == game.bound == bits
    assert game.outcomes == 16 // responses


@pytest.mark.parametrize("responses", sorted(set(range(1, 17)) - {1, 2, 4, 8, 16}))
def test_requisite_variety_is_a_strict_bound_for_other_numbers_of_responses(responses):
    game = table_game(16, responses)
    assert game.outcome_entropy > game.bound + 1e-9
    assert game.outcomes == math.ceil(16 / responses)


def test_three_responses_as_worked():
    game = table_game(16, 3)
    assert game.outcomes == 6
    assert game.outcome_entropy == pytest.approx(2.5141, abs=5e-5)
    assert game.bound == pytest.approx(2.4206, abs=5e-5)


def test_no_other_regulator_leaves_less_entropy():
    from itertools import product

    for disturbances, responses in [(4, 2), (5, 2), (5, 3), (6, 3)]:
        least = min(
            entropy_plugin(
                [[(d - r) % disturbances for d, r in enumerate(play)].count(e) for e in range(disturbances)]
            )
            for play in product(range(responses), repeat=disturbances)
        )
        assert table_game(disturbances, responses).outcome_entropy == pytest.approx(least, abs=1e-12)


def test_more_responses_than_disturbances_are_of_no_use():
    assert table_game(16, 40).outcome_entropy == 0.0
    with pytest.raises(ValueError, match="at least one"):
        table_game(16, 0)


def test_the_worked_triple_vectors():
    vector = triple_vector(40, 60, 100)
    assert vector.productivity == pytest.approx(0.6667, abs=5e-5)
    assert (vector.latency, vector.performance, vector.reason) == (0.6, 0.4, "")
    vector = triple_vector(200, 500, 1000)
    assert (vector.productivity, vector.latency, vector.performance) == (0.4, 0.5, 0.2)


@given(st.floats(0.1, 1e6), st.floats(0.1, 1e6), st.floats(0.1, 1e6), st.booleans())
def test_performance_is_the_product_of_productivity_and_latency(actuality, capability, potentiality, cost):
    vector = triple_vector(actuality, capability, potentiality, cost=cost)
    assert vector.performance == pytest.approx(vector.productivity * vector.latency, rel=1e-12)


def test_costs_are_inverted():
    vector = triple_vector(100, 60, 40, cost=True)
    assert (vector.productivity, vector.performance) == (0.6, 0.4)
    assert vector.latency == pytest.approx(2 / 3)
    assert vector.reason == ""
    assert triple_vector(0, 60, 40, cost=True).productivity is None


def test_a_missing_or_outgrown_base_is_said():
    nothing = triple_vector(0, 0, 10)
    assert (nothing.productivity, nothing.latency, nothing.performance) == (None, 0.0, 0.0)
    assert "a base is 0" in nothing.reason
    assert "set capability anew" in triple_vector(70, 60, 100).reason
    assert "set potentiality anew" in triple_vector(40, 60, 50).reason
    with pytest.raises(ValueError, match="at least 0"):
        triple_vector(-1, 2, 3)
    with pytest.raises(ValueError, match="finite"):
        triple_vector(1, math.nan, 3)
