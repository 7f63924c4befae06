import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsmlab.mechanisms.birth_death import asymptotic_variance, erlang_a, mmck, stationary
from vsmlab.mechanisms.queueing import erlang_b, erlang_c, mmc_mean_wait


def near(value):
    return pytest.approx(value, abs=6e-7)


@given(st.lists(st.tuples(st.floats(0.01, 100.0), st.floats(0.01, 100.0)), max_size=40))
def test_the_stationary_distribution_balances_every_edge(rates):
    births, deaths = [b for b, _ in rates], [d for _, d in rates]
    states = stationary(births, deaths)
    assert math.fsum(states) == pytest.approx(1.0, rel=1e-12)
    for k, (birth, death) in enumerate(rates):
        assert states[k] * birth == pytest.approx(states[k + 1] * death, rel=1e-9)


def test_discouraged_arrivals_are_poisson_in_number():
    states = stationary([1.0 / (n + 1) for n in range(40)], [1.0] * 40)
    assert states[0] == near(0.367879)
    assert sum(n * p for n, p in enumerate(states)) == pytest.approx(1.0, rel=1e-12)


def test_bounded_rooms_as_in_the_table():
    small = mmck(1, 5, 0.8, 1.0)
    assert (small.lost, small.mean_number, small.mean_wait) == (
        near(0.088819),
        near(1.868332),
        near(1.563065),
    )
    large = mmck(3, 8, 2.4, 1.0)
    assert (large.lost, large.mean_wait) == (near(0.051080), near(0.471802))


def test_a_room_without_a_queue_is_erlang_b_and_a_vast_one_is_erlang_c():
    assert mmck(3, 3, 2.4, 1.0).lost == pytest.approx(erlang_b(3, 2.4), rel=1e-13)
    vast = mmck(3, 400, 2.4, 1.0)
    assert vast.mean_wait == pytest.approx(mmc_mean_wait(3, 2.4, 1.0), rel=1e-12)
    assert vast.must_wait == pytest.approx(erlang_c(3, 2.4), rel=1e-12)
    assert vast.utilisation == pytest.approx(0.8, rel=1e-12)


def test_impatience_as_in_the_table():
    queue = erlang_a(3, 2.4, 1.0, 0.5)
    assert (queue.must_wait, queue.abandoned, queue.mean_wait) == (
        near(0.478047),
        near(0.119855),
        near(0.239711),
    )
    crowded = erlang_a(3, 3.6, 1.0, 0.5)
    assert (crowded.abandoned, crowded.mean_wait, crowded.utilisation) == (
        near(0.259227),
        near(0.518454),
        near(0.888928),
    )


def test_the_call_centre_example():
    queue = erlang_a(50, 48.0, 1.0, 0.5)
    assert queue.abandoned == pytest.approx(0.0309, abs=5e-5)
    assert 60.0 * queue.mean_wait == pytest.approx(3.71, abs=5e-3)
    assert queue.mean_queue == pytest.approx(2.97, abs=5e-3)
    assert queue.utilisation == pytest.approx(0.930, abs=5e-4)


def test_endless_patience_is_erlang_c():
    patient = erlang_a(3, 2.4, 1.0, 1e-9)
    assert patient.mean_wait == pytest.approx(mmc_mean_wait(3, 2.4, 1.0), rel=1e-6)
    assert patient.abandoned == pytest.approx(0.0, abs=1e-8)


@given(st.integers(1, 20), st.floats(0.1, 60.0), st.floats(0.05, 5.0))
def test_what_is_not_abandoned_keeps_the_servers_busy(servers, arrival_rate, patience_rate):
    queue = erlang_a(servers, arrival_rate, 1.0, patience_rate)
    assert servers * queue.utilisation == pytest.approx(arrival_rate * (1.0 - queue.abandoned), rel=1e-9)


def test_how_long_to_observe_a_single_server():
    states = 1200
    variance = asymptotic_variance([0.8] * states, [1.0] * states, range(states + 1))
    assert variance == pytest.approx(2 * 0.8 * 1.8 / 0.2**4, rel=1e-9)


def test_how_long_to_observe_three_servers():
    states = 600
    deaths = [float(min(k, 3)) for k in range(1, states + 1)]
    waiting = [max(0, k - 3) for k in range(states + 1)]
    assert asymptotic_variance([2.4] * states, deaths, waiting) == pytest.approx(533.40, abs=5e-3)


def test_impossible_chains_and_rooms_are_refused():
    with pytest.raises(ValueError, match="one of each"):
        stationary([1.0], [])
    with pytest.raises(ValueError, match="positive"):
        stationary([0.0], [1.0])
    with pytest.raises(ValueError, match="servers <= capacity"):
        mmck(3, 2, 1.0, 1.0)
    with pytest.raises(ValueError, match="patience"):
        erlang_a(3, 1.0, 1.0, 0.0)
    with pytest.raises(ValueError, match="values for"):
        asymptotic_variance([1.0], [1.0], [0.0])
