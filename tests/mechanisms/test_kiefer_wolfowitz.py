import itertools
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsmlab.mechanisms.kiefer_wolfowitz import area, mean_wait, start_times, waits

gaps_and_services = st.lists(st.tuples(st.floats(0.0, 5.0), st.floats(0.0, 8.0)), min_size=1, max_size=60)


def path(drawn):
    arrivals, now = [], 0.0
    for gap, _ in drawn:
        now += gap
        arrivals.append(now)
    return arrivals, [service for _, service in drawn]


def start_times_by_events(arrivals, services, servers):
    """A queue played event by event; ends of service go before arrivals at the same time."""
    starts, queue, ends = {}, [], []
    coming = list(range(len(arrivals)))
    while coming or ends:
        if ends and (not coming or min(ends) <= arrivals[coming[0]]):
            now = min(ends)
            ends.remove(now)
        else:
            now = arrivals[coming[0]]
            queue.append(coming.pop(0))
        while queue and len(ends) < servers:
            task = queue.pop(0)
            starts[task] = now
            ends.append(now + services[task])
    return [starts[task] for task in range(len(arrivals))]


@given(gaps_and_services, st.integers(1, 5))
def test_starts_are_those_of_a_queue_played_event_by_event_bit_for_bit(drawn, servers):
    arrivals, services = path(drawn)
    assert start_times(arrivals, services, servers) == start_times_by_events(arrivals, services, servers)


@given(gaps_and_services)
def test_one_server_obeys_lindley(drawn):
    arrivals, services = path(drawn)
    wait = 0.0
    expected = [wait]
    for (_, service), (gap, _) in itertools.pairwise(drawn):
        wait = max(0.0, wait + service - gap)
        expected.append(wait)
    assert waits(arrivals, services, 1) == pytest.approx(expected, abs=1e-9)


@given(gaps_and_services, st.integers(1, 4))
def test_one_more_server_delays_nobody(drawn, servers):
    arrivals, services = path(drawn)
    fewer, more = start_times(arrivals, services, servers), start_times(arrivals, services, servers + 1)
    assert all(b <= a for a, b in zip(fewer, more, strict=True))


@given(gaps_and_services, st.integers(1, 3), st.floats(0.0, 100.0), st.floats(0.0, 100.0))
def test_the_area_of_a_window_is_the_integral_of_the_number_present(drawn, servers, begin, length):
    arrivals, services = path(drawn)
    starts = start_times(arrivals, services, servers)
    ends = [start + service for start, service in zip(starts, services, strict=True)]
    end = begin + length
    marks = sorted({begin, end, *(t for t in (*arrivals, *ends) if begin < t < end)})
    integral = math.fsum(
        (right - left) * sum(a <= left and e >= right for a, e in zip(arrivals, ends, strict=True))
        for left, right in itertools.pairwise(marks)
    )
    assert area(arrivals, ends, begin, end) == pytest.approx(integral, rel=1e-12, abs=1e-9)


def test_the_mean_wait_counts_who_arrives_and_starts_in_the_window():
    arrivals, services = [0.0, 1.0, 2.0, 3.0], [5.0, 5.0, 5.0, 5.0]
    assert mean_wait(arrivals, services, 1) == (0.0 + 4.0 + 8.0 + 12.0) / 4
    assert mean_wait(arrivals, services, 1, begin=1.0, end=11.0) == (4.0 + 8.0) / 2
    assert mean_wait(arrivals, services, 1, begin=50.0) == 0.0


def test_a_long_path_is_quick_and_its_mean_is_that_of_theory():
    chance = random.Random(5)
    now, arrivals, services = 0.0, [], []
    for _ in range(200_000):
        now += chance.expovariate(1.5)
        arrivals.append(now)
        services.append(chance.expovariate(1.0))
    assert mean_wait(arrivals, services, 3, begin=100.0) == pytest.approx(
        0.157895, rel=0.05
    )  # Erlang C, a = 1.5


def test_impossible_paths_are_refused():
    with pytest.raises(ValueError, match="at least 1"):
        start_times([], [], 0)
    with pytest.raises(ValueError, match="one each"):
        start_times([1.0], [], 1)
    with pytest.raises(ValueError, match="order of time"):
        start_times([1.0, 0.5], [1.0, 1.0], 1)
    with pytest.raises(ValueError, match="ends before"):
        area([], [], 2.0, 1.0)
    with pytest.raises(ValueError, match="cannot go"):
        area([2.0], [1.0], 0.0, 5.0)
