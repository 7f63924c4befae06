import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsmlab.mechanisms.general_service import (
    dm1_busy_on_arrival,
    dm1_mean_wait,
    gamma_moments,
    kingman_bound,
    mdc_mean_wait,
    mg1_mean_wait,
    mg1_wait_second_moment,
)


def near(value):
    return pytest.approx(value, abs=6e-7)


def mdc_wait_by_its_chain(servers, load):
    """The embedded chain of M/D/c (service time 1) by plain iteration, for comparison."""
    size = 400
    poisson = [math.exp(-load)]
    for k in range(1, 80):
        poisson.append(poisson[-1] * load / k)
    states = [1.0] + [0.0] * (size - 1)
    for _ in range(600):
        after = [0.0] * (size + 80)
        for n, p in enumerate(states):
            if p > 1e-18:
                start = max(n - servers, 0)
                for k, q in enumerate(poisson):
                    after[start + k] += p * q
        states = after[:size]
    return sum((n - servers) * p for n, p in enumerate(states) if n > servers) / load


def test_pollaczek_khinchine_as_in_the_table():
    assert [mg1_mean_wait(0.8, 1.0, cv2) for cv2 in (0.0, 0.25, 1.0, 4.0)] == [
        near(2.0),
        near(2.5),
        near(4.0),
        near(10.0),
    ]


def test_the_spread_of_waits_at_bursty_service():
    second = mg1_wait_second_moment(0.8, 1.0, *gamma_moments(1.0, 4.0))
    assert second == near(260.0)
    assert math.sqrt(second - 10.0**2) == pytest.approx(12.6491, abs=5e-5)


def test_exponential_service_has_the_moments_of_mm1():
    assert gamma_moments(2.0, 1.0) == (8.0, 48.0)
    mean = mg1_mean_wait(0.8, 1.0, 1.0)
    assert mg1_wait_second_moment(0.8, 1.0, 2.0, 6.0) == pytest.approx(2 * 0.8 / 0.2**2)
    assert mean == pytest.approx(4.0)


def test_crommelin_as_in_the_table_and_by_another_way():
    assert mdc_mean_wait(3, 2.4, 1.0) == near(0.553900)
    assert mdc_mean_wait(1, 0.8, 1.0) == pytest.approx(2.0, rel=1e-14)
    assert mdc_mean_wait(2, 1.2, 1.0) == pytest.approx(mdc_wait_by_its_chain(2, 1.2), rel=1e-11)
    assert mdc_mean_wait(3, 0.0, 1.0) == 0.0


@given(st.integers(1, 40), st.floats(0.02, 0.98), st.floats(0.1, 10.0))
def test_crommelin_scales_with_time_and_lies_below_exponential_service(servers, utilisation, service_time):
    from vsmlab.mechanisms.queueing import mmc_mean_wait

    wait = mdc_mean_wait(servers, servers * utilisation, 1.0)
    scaled = mdc_mean_wait(servers, servers * utilisation / service_time, service_time)
    assert scaled == pytest.approx(service_time * wait, rel=1e-6, abs=1e-9)
    assert -1e-12 <= wait <= mmc_mean_wait(servers, servers * utilisation, 1.0) + 1e-12


def test_regular_arrivals_as_in_the_table():
    assert dm1_busy_on_arrival(0.8, 1.0) == near(0.628630)
    assert dm1_mean_wait(0.8, 1.0) == near(1.692731)
    assert dm1_mean_wait(0.0, 1.0) == 0.0


@given(st.floats(0.05, 0.995))
def test_regular_arrivals_find_the_server_busy_less_often_than_time_does(load):
    busy = dm1_busy_on_arrival(load, 1.0)
    assert busy == pytest.approx(math.exp(-(1.0 - busy) / load), rel=1e-9, abs=1e-15)
    assert busy < load


def test_kingman_bounds_the_wait():
    assert kingman_bound(0.8, 1.0, 1.0 / 0.64, 1.0) == near(5.125)
    assert kingman_bound(0.8, 1.0, 1.0 / 0.64, 1.0) >= mg1_mean_wait(0.8, 1.0, 1.0)
    assert kingman_bound(0.8, 1.0, 0.0, 1.0) >= dm1_mean_wait(0.8, 1.0)


@pytest.mark.parametrize(
    "call",
    [
        lambda: mg1_mean_wait(1.0, 1.0, 1.0),
        lambda: mg1_wait_second_moment(2.0, 1.0, 2.0, 6.0),
        lambda: mdc_mean_wait(3, 3.0, 1.0),
        lambda: dm1_mean_wait(1.5, 1.0),
        lambda: kingman_bound(1.0, 1.0, 1.0, 1.0),
    ],
)
def test_queues_without_a_steady_state_are_refused(call):
    with pytest.raises(ValueError, match="unstable"):
        call()
