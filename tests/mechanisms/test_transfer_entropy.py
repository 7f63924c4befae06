import math

import numpy as np
import pytest

from vsmlab.mechanisms.transfer_entropy import (
    chi_square_p,
    gaussian_transfer_entropy,
    null_bias,
    plugin_transfer,
    safe_transitions,
    transfer_entropy,
)


def h(p):
    return -p * math.log2(p) - (1.0 - p) * math.log2(1.0 - p) if 0.0 < p < 1.0 else 0.0


def copied(chance, n, error):
    """A source at random and a target that repeats it one step later, sometimes wrongly."""
    source = chance.integers(0, 2, n)
    target = np.concatenate([[0], source[:-1] ^ (chance.random(n - 1) < error)])
    return source.tolist(), target.tolist()


def steered(chance, n, weight):
    source, noise = chance.normal(size=n), chance.normal(size=n)
    return source, np.concatenate([[0.0], weight * source[:-1]]) + noise


def driven(chance, n):
    """Two series that follow one driver, the source at once and the target a step later."""
    driver = chance.integers(0, 2, n + 1)
    source, target = driver[1:] ^ (chance.random(n) < 0.1), driver[:-1] ^ (chance.random(n) < 0.1)
    return source.tolist(), target.tolist(), driver[1:].tolist()


def table_of(source, target):
    table = np.zeros((2, 2, 2), int)
    for told, held, coming in zip(source, target, target[1:], strict=False):
        table[held, told, coming] += 1
    return table


def hits(transfers, truth):
    return sum(one.estimate.low - 1e-9 <= truth <= one.estimate.high for one in transfers)


def test_the_exact_transfer_of_a_noisy_copy():
    for error in (0.0, 0.1, 0.5):
        joint = [[[0.25 * (1 - error), 0.25 * error], [0.25 * error, 0.25 * (1 - error)]]] * 2
        assert plugin_transfer(joint) == pytest.approx(1.0 - h(error), abs=1e-12)
    joint = [[[0.225, 0.025], [0.025, 0.225]]] * 2
    assert plugin_transfer(joint) == pytest.approx(0.531004, abs=5e-7)
    own_past_tells_all = [[[0.25, 0.0], [0.25, 0.0]], [[0.0, 0.25], [0.0, 0.25]]]
    assert plugin_transfer(own_past_tells_all) == 0.0


def test_the_bias_and_the_law_of_nothing_are_those_worked_out():
    assert null_bias(100, 2) == pytest.approx(0.01443, abs=5e-6)
    assert chi_square_p(0.0432, 100, 2) == pytest.approx(0.05, abs=2e-4)
    assert chi_square_p(0.00864, 500, 2) == pytest.approx(0.05, abs=1e-4)
    assert chi_square_p(0.0, 100, 2) == 1.0
    assert chi_square_p(0.3, 100, 0) == 1.0
    chance = np.random.default_rng(81)
    raw = np.sort(
        [
            plugin_transfer(table_of(chance.integers(0, 2, 101), chance.integers(0, 2, 101)))
            for _ in range(4000)
        ]
    )
    assert raw.mean() == pytest.approx(0.01488, abs=0.0008)  # simulated for the notes
    assert raw[3800] == pytest.approx(0.0444, abs=0.0025)


def test_the_estimate_counts_what_a_loop_would_count():
    source, target = copied(np.random.default_rng(82), 500, 0.2)
    found = transfer_entropy(source, target)
    assert found.raw == pytest.approx(plugin_transfer(table_of(source, target)), abs=1e-12)
    assert found.estimate.n == 499
    assert found.estimate.value == found.raw - found.chance
    assert found == transfer_entropy(source, target)
    assert found.chance == pytest.approx(null_bias(499, 2), rel=0.25)
    named = transfer_entropy([f"s{x}" for x in source], [(y,) for y in target])
    assert named == found


def test_intervals_of_a_noisy_copy_cover_as_often_as_they_should():
    chance = np.random.default_rng(83)
    found = [transfer_entropy(*copied(chance, 501, 0.1), resamples=199) for _ in range(400)]
    assert 368 <= hits(found, 1.0 - h(0.1)) <= 390
    assert max(one.estimate.high - one.estimate.low for one in found) < 0.25  # exact: 0.17
    assert np.mean([one.estimate.value for one in found]) == pytest.approx(0.531004, abs=0.008)
    assert all(one.p == 1 / 201 and one.chi_square_p < 1e-9 for one in found)


@pytest.mark.slow
def test_intervals_of_a_faint_copy_cover_too():
    chance = np.random.default_rng(84)
    found = [transfer_entropy(*copied(chance, 501, 0.45), resamples=199) for _ in range(200)]
    assert hits(found, 1.0 - h(0.45)) >= 184
    assert max(one.estimate.high for one in found) < 0.1


@pytest.mark.slow
def test_nothing_goes_the_other_way_and_chance_is_called_so_as_often_as_said():
    chance = np.random.default_rng(85)
    found = [transfer_entropy(*copied(chance, 501, 0.1)[::-1], resamples=199) for _ in range(400)]
    assert 10 <= sum(one.p <= 0.05 for one in found) <= 32  # 99 % binomial about 20
    assert 10 <= sum(one.chi_square_p <= 0.05 for one in found) <= 34
    assert np.mean([one.estimate.value for one in found]) == pytest.approx(0.0, abs=0.0005)
    assert np.mean([one.raw for one in found]) == pytest.approx(null_bias(500, 2), rel=0.15)
    assert sum(one.estimate.low < 1e-9 for one in found) >= 380


def test_slow_series_that_have_nothing_to_do_with_each_other_are_not_said_to_talk():
    chance = np.random.default_rng(86)
    alarms = 0
    for _ in range(200):
        pair = []
        for _ in range(2):
            fresh = chance.random(600) < 0.2
            fresh[0] = True
            since = np.maximum.accumulate(np.where(fresh, np.arange(600), 0))
            pair.append(chance.integers(0, 2, 600)[since].tolist())
        alarms += transfer_entropy(*pair, resamples=19).p <= 0.05
    assert alarms <= 19  # 99 % binomial about 10


def test_a_common_driver_invents_a_channel_unless_it_is_a_condition():
    chance = np.random.default_rng(87)
    alarms = 0
    for _ in range(100):
        source, target, driver = driven(chance, 900)
        bare = transfer_entropy(source, target, resamples=19)
        assert bare.p == 1 / 201
        assert bare.estimate.value == pytest.approx(1.0 - h(0.18), abs=0.09)
        held = transfer_entropy(source, target, driver=driver, resamples=19)
        assert held.estimate.value < 0.03
        alarms += held.p <= 0.05
    assert alarms <= 11  # 99 % binomial about 5


def test_a_real_channel_is_still_seen_beside_a_common_driver():
    chance = np.random.default_rng(88)
    driver = chance.integers(0, 2, 4000)
    source = driver ^ (chance.random(4000) < 0.3)
    target = np.concatenate([[0], source[:-1] ^ (chance.random(3999) < 0.1)])
    found = transfer_entropy(source.tolist(), target.tolist(), driver=driver.tolist(), resamples=99)
    assert found.estimate.value == pytest.approx(h(0.3 * 0.9 + 0.7 * 0.1) - h(0.1), abs=0.04)
    assert found.p == 1 / 201


def test_longer_pasts_see_what_one_step_does_not():
    chance = np.random.default_rng(89)
    source = chance.integers(0, 2, 4000)
    noise = chance.random(4000) < 0.1
    late = np.concatenate([[0, 0], source[:-2]]) ^ noise
    assert transfer_entropy(source.tolist(), late.tolist(), resamples=19).estimate.value < 0.005
    seen = transfer_entropy(source.tolist(), late.tolist(), source_past=2, own_past=2, resamples=99)
    assert seen.estimate.value == pytest.approx(0.531004, abs=0.04)
    both = np.concatenate([[0, 0], source[1:-1] ^ source[:-2]]) ^ noise  # the exclusive or of two steps
    assert transfer_entropy(source.tolist(), both.tolist(), resamples=19).estimate.value < 0.005
    seen = transfer_entropy(source.tolist(), both.tolist(), source_past=2, resamples=19)
    assert seen.estimate.value == pytest.approx(0.531004, abs=0.04)
    echo = np.zeros(4000, int)
    for t in range(2, 4000):
        echo[t] = echo[t - 2] ^ noise[t]
    copy = np.concatenate([echo[1:], [0]])  # the source runs a step ahead, and the target's own past knows it
    ahead = np.roll(copy, 2)
    assert transfer_entropy(ahead.tolist(), echo.tolist(), resamples=19).estimate.value > 0.4
    assert transfer_entropy(ahead.tolist(), echo.tolist(), own_past=2, resamples=19).estimate.value < 0.005


def test_too_few_steps_are_said_so():
    assert safe_transitions(2, 2) == 400
    assert safe_transitions(3, 2, own_past=2, source_past=2, given=4) == 50 * 8 * 9 * 4
    source, target = copied(np.random.default_rng(90), 400, 0.1)
    short = transfer_entropy(source, target)
    assert (short.estimate.value, short.raw, short.p) == (None, None, None)
    assert short.estimate.reason == "399 steps: not estimable below 400"
    assert transfer_entropy([*source, 0], [*target, 1]).estimate.value is not None
    assert transfer_entropy([], []).estimate.value is None
    assert "never changes" in transfer_entropy([0] * 500, [0, 1] * 250).estimate.reason
    assert "target never changes" in gaussian_transfer_entropy(range(500), [4.0] * 500).estimate.reason
    assert "not estimable below 150" in gaussian_transfer_entropy(range(100), range(100)).estimate.reason
    assert "exactly" in gaussian_transfer_entropy(range(500), range(500)).estimate.reason
    with pytest.raises(ValueError, match="equally long"):
        transfer_entropy([0, 1], [0])
    with pytest.raises(ValueError, match="at least 1"):
        transfer_entropy(source, target, own_past=0)


def test_gaussian_transfer_is_half_the_logarithm_of_the_ratio_of_variances():
    chance = np.random.default_rng(91)
    truth = 0.5 * math.log2(1.25)
    assert truth == pytest.approx(0.160964, abs=5e-7)
    found = [gaussian_transfer_entropy(*steered(chance, 301, 0.5), resamples=119) for _ in range(200)]
    assert 182 <= hits(found, truth) <= 197
    assert np.mean([one.estimate.value for one in found]) == pytest.approx(truth, abs=0.008)
    assert max(one.estimate.high - one.estimate.low for one in found) < 0.26
    assert all(one.p == 1 / 201 for one in found)


@pytest.mark.slow
def test_gaussian_transfer_the_other_way_is_none():
    chance = np.random.default_rng(92)
    found = [gaussian_transfer_entropy(*steered(chance, 301, 0.5)[::-1], resamples=19) for _ in range(200)]
    assert sum(one.p <= 0.05 for one in found) <= 19
    assert np.mean([one.raw for one in found]) == pytest.approx(null_bias(300, 1), rel=0.25)
    assert np.mean([one.estimate.value for one in found]) == pytest.approx(0.0, abs=0.0008)


def test_gaussian_transfer_given_a_driver_is_not_deceived():
    chance = np.random.default_rng(93)
    driver = chance.normal(size=2001)
    source = driver[1:] + 0.5 * chance.normal(size=2000)
    target = driver[:-1] + 0.5 * chance.normal(size=2000)
    assert gaussian_transfer_entropy(source, target, resamples=99).estimate.low > 0.5
    held = gaussian_transfer_entropy(source, target, driver=driver[1:], resamples=99)
    assert held.p > 0.05
    assert held.estimate.high < 0.01
