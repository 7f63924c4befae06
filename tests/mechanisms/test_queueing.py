import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsmlab.mechanisms.queueing import (
    erlang_b,
    erlang_c,
    mean_waiting,
    mmc_mean_wait,
    mmc_relaxation_time,
    mmc_wait_exceeds,
    mmc_wait_quantile,
)
from vsmlab.mechanisms.subset import LAWS

near = lambda value: pytest.approx(value, abs=6e-7)  # noqa: E731


def test_erlang_b_and_c_have_their_published_values():
    assert erlang_b(3, 2.4) == near(0.268406)
    assert erlang_c(3, 2.4) == near(0.647191)
    assert erlang_b(0, 5.0) == 1.0
    assert erlang_c(1, 0.8) == pytest.approx(0.8, rel=1e-15)


def test_erlang_b_is_the_truncated_poisson_distribution():
    for servers, load in [(1, 0.3), (5, 7.0), (20, 11.5)]:
        weights = [load**k / math.factorial(k) for k in range(servers + 1)]
        assert erlang_b(servers, load) == pytest.approx(weights[-1] / sum(weights), rel=1e-13)


def test_single_and_triple_servers_wait_as_the_table_says():
    assert mmc_mean_wait(1, 0.8, 1.0) == pytest.approx(4.0, rel=1e-14)
    assert mmc_mean_wait(3, 2.4, 1.0) == near(1.078652)
    assert mean_waiting(3, 2.4) == near(2.588764)
    assert [mmc_wait_quantile(3, 2.4, 1.0, p) for p in (0.5, 0.95, 0.99)] == [
        near(0.430056),
        near(4.267697),
        near(6.950094),
    ]


def test_pooling_beats_splitting_as_the_table_says():
    assert mmc_mean_wait(6, 4.8, 1.0) == near(0.431477)
    assert mmc_mean_wait(3, 2.4, 1.0) == near(1.078652)


@given(st.integers(1, 30), st.floats(0.01, 0.99), st.floats(0.1, 10.0), st.floats(0.0, 0.999))
def test_the_quantile_and_the_tail_of_the_wait_agree(servers, utilisation, service_rate, probability):
    arrival_rate = servers * utilisation * service_rate
    wait = mmc_wait_quantile(servers, arrival_rate, service_rate, probability)
    tail = mmc_wait_exceeds(servers, arrival_rate, service_rate, wait)
    if wait > 0.0:
        assert tail == pytest.approx(1.0 - probability, rel=1e-9)
    else:
        assert tail <= 1.0 - probability + 1e-12


def test_relaxation_times():
    assert mmc_relaxation_time(1, 0.8, 1.0) == pytest.approx(89.7, abs=0.05)
    assert mmc_relaxation_time(3, 2.4, 1.0) == pytest.approx(29.91, abs=0.005)


@given(st.integers(1, 200), st.floats(0.0, 0.99))
def test_the_law_is_erlang_c_where_the_queue_is_stable(servers, utilisation):
    load = servers * utilisation
    if load <= servers - 0.001:
        exact = erlang_c(servers, load) * load / (servers - load)
        assert mean_waiting(servers, load) == pytest.approx(exact, rel=1e-12)


@given(st.floats(0.0, 400.0))
def test_the_law_falls_and_is_convex_in_the_servers_at_any_load(load):
    costs = [mean_waiting(servers, load) for servers in range(int(load) + 12)]
    drops = [before - after for before, after in pairwise(costs)]
    assert all(drop >= 0.0 for drop in drops)
    for first, second in pairwise(drops):
        assert second <= first * (1.0 + 1e-9) + 1e-9


@given(st.integers(0, 50), st.floats(0.0, 100.0), st.floats(0.0, 1.0))
def test_the_law_rises_with_the_load_and_stays_finite(servers, load, more):
    assert 0.0 <= mean_waiting(servers, load) <= mean_waiting(servers, load + more) < math.inf


def test_any_overload_costs_more_than_any_stable_queue():
    worst_stable = max(mean_waiting(c, c - 0.001) for c in (1, 10, 100, 1000))
    assert mean_waiting(1, 1.1) - mean_waiting(2, 1.1) > worst_stable


def test_unstable_or_impossible_queues_are_refused_with_what_would_be_right():
    with pytest.raises(ValueError, match=r"unstable: 3\.2 erlangs offered to 3 servers"):
        erlang_c(3, 3.2)
    with pytest.raises(ValueError, match="at least 1 is needed"):
        erlang_c(0, 0.0)
    with pytest.raises(ValueError, match="at least 0"):
        erlang_b(-1, 1.0)
    with pytest.raises(ValueError, match=r"\[0, 1\)"):
        mmc_wait_quantile(3, 2.4, 1.0, 1.0)


@pytest.mark.fast_extra
def test_the_compiled_law_has_the_same_bits():
    numba = pytest.importorskip("numba")
    compiled = numba.njit(LAWS["mean_waiting"])
    for servers in range(12):
        for step in range(60):
            load = step * 0.31
            assert compiled(servers, load) == mean_waiting(servers, load)
