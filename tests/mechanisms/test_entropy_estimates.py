import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsmlab.mechanisms.entropy_estimates import (
    corrected_entropies,
    corrected_informations,
    entropies,
    entropy_difference,
    entropy_estimate,
    evenly_thinned,
    information_estimate,
    informations,
)
from vsmlab.mechanisms.variety import entropy_miller_madow, entropy_plugin, mutual_information

EIGHT = [0.4, 0.2, 0.15, 0.1, 0.05, 0.05, 0.03, 0.02]
H8 = entropy_plugin(EIGHT)
ZIPF = [1.0 / k for k in range(1, 65)]
H64 = entropy_plugin(ZIPF)


def h(p):
    return -p * math.log2(p) - (1.0 - p) * math.log2(1.0 - p)


def drawn(chance, weights, n):
    return chance.choice(len(weights), n, p=np.array(weights) / sum(weights)).tolist()


def sticky(chance, weights, n, stay):
    """A chain that repeats its symbol with probability `stay`: its long-run shares are the weights."""
    fresh = chance.random(n) >= stay
    fresh[0] = True
    since = np.maximum.accumulate(np.where(fresh, np.arange(n), 0))
    return np.array(drawn(chance, weights, n))[since].tolist()


def noisy(chance, n, error):
    said = chance.integers(0, 2, n)
    return said.tolist(), (said ^ (chance.random(n) < error)).tolist()


def hits(estimates, truth):
    return sum(one.low is not None and one.low - 1e-12 <= truth <= one.high + 1e-12 for one in estimates)


def widest(estimates):
    assert sum(one.low is None for one in estimates) <= len(estimates) // 100  # chance made neighbours alike
    return max(one.high - one.low for one in estimates if one.low is not None)


@given(st.lists(st.lists(st.integers(0, 50), min_size=4, max_size=4).filter(any), min_size=1, max_size=6))
def test_many_tables_at_once_give_what_one_gives(rows):
    tables = np.array(rows)
    for table, plugin, corrected in zip(rows, entropies(tables), corrected_entropies(tables), strict=True):
        assert plugin == pytest.approx(entropy_plugin(table), abs=1e-12)
        assert corrected == pytest.approx(entropy_miller_madow(table), abs=1e-12)
    square = tables.reshape(-1, 2, 2)
    for table, information in zip(square, informations(square), strict=True):
        assert information == pytest.approx(mutual_information(table.tolist()), abs=1e-12)


def test_known_entropies_in_order():
    assert entropy_estimate([0, 1, 2, 3] * 25, kinds=4).value == 2.0  # cut to what four kinds can have
    assert entropy_estimate("ab" * 200).value == pytest.approx(1.0 + 1.0 / (800.0 * math.log(2.0)))
    one = entropy_estimate([7] * 50)
    assert (one.value, one.low, one.reason) == (0.0, None, "all messages are of one kind")


def test_an_estimate_is_the_same_on_every_call_and_for_every_name_of_the_symbols():
    series = sticky(np.random.default_rng(71), EIGHT, 400, 0.5)
    first = entropy_estimate(series)
    assert first == entropy_estimate(series)
    assert first == entropy_estimate([f"kind {symbol}" for symbol in series])
    assert first != entropy_estimate(series, seed=8)
    assert first.low < first.value < first.high


def test_below_one_message_a_kind_nothing_is_estimated_and_below_four_by_coverage():
    series = drawn(np.random.default_rng(72), ZIPF, 256)
    assert "not estimable" in entropy_estimate(series, kinds=257).reason
    assert entropy_estimate(series, kinds=257).value is None
    assert "Chao-Shen" in entropy_estimate(series, kinds=256).method
    assert "Chao-Shen" in entropy_estimate(series, kinds=65).method
    assert "Miller-Madow" in entropy_estimate(series, kinds=64).method
    assert entropy_estimate([]).reason == "no messages"
    assert "different kinds" in entropy_estimate(range(30)).reason


def test_a_series_of_too_few_blocks_has_a_value_and_no_interval():
    slow = [symbol for symbol in "abcab" for _ in range(40)]
    estimate = entropy_estimate(slow)
    assert estimate.value == pytest.approx(1.5291, abs=1e-4)
    assert estimate.low is None
    assert "20 are needed" in estimate.reason


def test_intervals_of_independent_messages_cover_as_often_as_they_should():
    chance = np.random.default_rng(73)
    estimates = [entropy_estimate(drawn(chance, EIGHT, 300), resamples=199) for _ in range(400)]
    assert 368 <= hits(estimates, H8) <= 390
    assert widest(estimates) < 0.6  # exact: 2 * 1.96 * 0.068 = 0.27
    assert np.mean([one.value for one in estimates]) == pytest.approx(H8, abs=0.01)


def test_intervals_of_messages_that_repeat_each_other_cover_where_single_messages_would_not():
    chance = np.random.default_rng(74)
    series = [sticky(chance, EIGHT, 2400, 0.6) for _ in range(400)]
    estimates = [entropy_estimate(one, resamples=199) for one in series]
    assert 368 <= hits(estimates, H8) <= 390
    assert widest(estimates) < 0.4
    apart = [entropy_estimate(chance.permutation(one).tolist(), resamples=199) for one in series[:100]]
    assert hits(apart, H8) < 75  # the same messages with their order lost


@pytest.mark.parametrize(("n", "bias"), [(64, -0.075), (128, 0.043)])
def test_intervals_by_coverage_reckon_with_kinds_that_were_not_seen(n, bias):
    chance = np.random.default_rng(75)
    estimates = [entropy_estimate(drawn(chance, ZIPF, n), kinds=64, resamples=199) for _ in range(300)]
    given_one = [one for one in estimates if one.low is not None]
    assert len(given_one) > 250
    assert 0.91 <= hits(given_one, H64) / len(given_one) <= 0.98
    assert np.mean([one.value for one in estimates]) - H64 == pytest.approx(bias, abs=0.045)


def test_an_interval_stays_within_what_the_kinds_can_have():
    chance = np.random.default_rng(76)
    estimates = [entropy_estimate(drawn(chance, [1.0] * 8, 400), kinds=8, resamples=199) for _ in range(100)]
    assert hits(estimates, 3.0) >= 95
    assert all(one.high <= 3.0 and one.value <= 3.0 and one.low > 2.93 for one in estimates)


def test_intervals_of_a_difference_cover_and_are_narrow():
    chance = np.random.default_rng(77)
    truth = H8 - entropy_plugin([0.6, 0.25, 0.1, 0.05])  # neighbours told apart no more
    estimates = []
    for _ in range(400):
        series = drawn(chance, EIGHT, 500)
        estimates.append(entropy_difference(series, [symbol // 2 for symbol in series], resamples=199))
    assert 368 <= hits(estimates, truth) <= 390
    assert widest(estimates) < 0.2  # unpaired: 0.28


def test_a_difference_wants_equal_numbers():
    assert "must be equal" in entropy_difference([0, 1] * 10, [0, 1]).reason
    assert "not estimable below 16" in entropy_difference([0, 1, 2, 3], [0, 0, 1, 1]).reason
    assert entropy_difference([], []).reason == "no messages"
    same = entropy_difference("abac" * 30, "xyxz" * 30)
    assert same.value == same.low == same.high == 0.0


def test_thinning_keeps_even_distances():
    assert evenly_thinned(range(10), 4) == [0, 2, 5, 7]
    assert evenly_thinned("abc", 3) == ["a", "b", "c"]
    assert evenly_thinned("abc", 0) == []
    with pytest.raises(ValueError, match="4 of 3"):
        evenly_thinned("abc", 4)


@pytest.mark.parametrize("error", [0.1, 0.3, pytest.param(0.42, marks=pytest.mark.slow)])
def test_intervals_of_the_information_through_a_noisy_channel_cover(error):
    chance = np.random.default_rng(78)
    estimates = [information_estimate(*noisy(chance, 400, error), resamples=199) for _ in range(300)]
    assert 277 <= hits(estimates, 1.0 - h(error)) <= 297
    assert np.mean([one.value for one in estimates]) == pytest.approx(1.0 - h(error), abs=0.008)
    assert widest(estimates) < 0.26


@pytest.mark.slow
def test_where_there_is_no_information_the_interval_holds_zero_and_little_more():
    chance = np.random.default_rng(79)
    estimates = [information_estimate(*noisy(chance, 400, 0.5), resamples=199) for _ in range(300)]
    assert sum(one.low < 1e-12 for one in estimates) >= 281
    assert max(one.high for one in estimates) < 0.07
    raw = [corrected_informations(np.array([[[100, 100], [100, 100]]]))[0]]
    assert raw == [pytest.approx(-1.0 / (800.0 * math.log(2.0)))]
    assert "not estimable below 16" in information_estimate([0, 1] * 5, [0, 1] * 5).reason
