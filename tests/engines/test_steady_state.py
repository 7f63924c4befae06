"""Long runs against the formulas of queueing theory: the interval must be narrow and hold the value.

Every run is one seed, fixed; there are about thirty intervals, each at the level 1 - 0.01/40. They run compiled where
that can be: that both engines write the same journal, row for row, is what other files test.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from estimating import (
    Floats,
    Interval,
    area_by_batch,
    batch_sums,
    controlled,
    demand_controls,
    endless_room_controls,
    ratio,
)
from journeys import Story, scenario, stream
from journeys import tell as told

from vsmlab.engines import compiled, simpy_engine
from vsmlab.laws import kinds as k
from vsmlab.mechanisms.birth_death import erlang_a, mmck
from vsmlab.mechanisms.general_service import dm1_busy_on_arrival, mdc_mean_wait, mg1_mean_wait
from vsmlab.mechanisms.networks import feedback_sojourn, jackson, tandem_sojourn
from vsmlab.mechanisms.priorities import mg1_preemptive_sojourns, mg1_priority_waits, mmc_priority_waits
from vsmlab.mechanisms.queueing import erlang_c, mmc_mean_wait

LEVEL = 1.0 - 0.01 / 40
BATCHES = 120
Streams = dict[str, tuple[float, float]]
"""By name, arrivals a second and mean work."""
LEAVING = (k.SERVED, k.HANDED_ON, k.ABANDONED, k.MOVED_OUT, k.FAILED)


def tell(mapping: Any) -> Story:
    """Run a scenario on the quickest engine."""
    return told(mapping, engine=compiled if compiled.available() else simpy_engine)


class Steady:
    """A run cut into batches of time after a warm-up, with the controls of its demand."""

    def __init__(self, story: Story, horizon: float, streams: Streams, *, poisson: bool = True) -> None:
        self.story = story
        self.edges = np.linspace(0.02 * horizon, horizon, BATCHES + 1)
        self.controls = demand_controls(story, self.edges, streams)
        self.length = float(self.edges[1] - self.edges[0])
        if poisson:
            load = sum(rate * mean for rate, mean in streams.values())
            for stretch in (1.0, 5.0):
                self.controls += endless_room_controls(story, self.edges, load, stretch)

    def number(self, at: str | None = None) -> Interval:
        """Time average of the number present."""
        rows = self.story.of(k.ACCEPTED, *LEAVING, at=at)
        steps = np.where(rows["kind"] == k.ACCEPTED, 1.0, -1.0)
        return controlled(area_by_batch(rows["due"], steps, self.edges) / self.length, self.controls, LEVEL)

    def busy(self) -> Interval:
        """Time average of the busy agents."""
        rows = self.story.of(k.STARTED, *LEAVING)
        started = set(rows["task"][rows["kind"] == k.STARTED].tolist())
        ends = np.array([task in started for task in rows["task"].tolist()])
        steps = np.where(rows["kind"] == k.STARTED, 1.0, -1.0) * ends
        return controlled(area_by_batch(rows["due"], steps, self.edges) / self.length, self.controls, LEVEL)

    def mean(self, times: Floats, values: Floats) -> Interval:
        """Mean of values of tasks by the batch in which they came."""
        tops = batch_sums(times, values, self.edges)
        return ratio(tops, np.histogram(times, bins=self.edges)[0].astype(float), self.controls, LEVEL)

    def waits(self, prefix: int | None = None) -> tuple[Floats, Floats]:
        """Arrivals, and seconds until service began or the task gave up."""
        rows = self.story.of(k.ACCEPTED, k.STARTED, k.ABANDONED)
        return spans(rows, k.ACCEPTED, prefix)

    def sojourns(self, prefix: int | None = None) -> tuple[Floats, Floats]:
        """Births and seconds until the task was served."""
        return spans(self.story.of(k.BORN, k.SERVED), k.BORN, prefix)

    def share(self, fact: int) -> Interval:
        """Share of births that end so."""
        born, ends = self.story.of(k.BORN), self.story.of(fact)
        fates = np.isin(born["task"], ends["task"]).astype(float)
        return self.mean(born["due"], fates)


def spans(rows: Any, opening: int, prefix: int | None) -> tuple[Floats, Floats]:
    """When each task opened, and how long until its next fact; tasks without one are left out."""
    rows = rows[np.argsort(rows["task"], kind="stable")]
    opens = np.flatnonzero(rows["kind"][:-1] == opening)
    opens = opens[rows["task"][opens + 1] == rows["task"][opens]]
    if prefix is not None:
        opens = opens[rows["task"][opens] >> 38 == prefix]
    return rows["due"][opens], rows["due"][opens + 1] - rows["due"][opens]


def lone(
    tasks: float,
    arrivals: float,
    agents: int,
    work: Any,
    *,
    queue: Any = None,
    mean: float = 1.0,
    **more: Any,
) -> Steady:
    """One operation with Poisson arrivals."""
    horizon = tasks / arrivals
    organisation = {"agents": agents, **({"queue": queue} if queue else {})}
    demand = {"work": stream(arrivals={"poisson": {"rate": arrivals}}, work=work, **more)}
    return Steady(tell(scenario(organisation, demand, horizon=horizon)), horizon, {"work": (arrivals, mean)})


EXPONENTIAL = {"exponential": {"mean": 1.0}}
PRECISIONS = [
    pytest.param((1.0, 0.05), id="quick"),
    pytest.param((10.0, 0.02), id="long", marks=pytest.mark.slow),
]
both = pytest.mark.parametrize("effort", PRECISIONS)
Effort = tuple[float, float]


@both
@pytest.mark.parametrize(("agents", "load"), [(1, 0.5), (3, 0.6)])
def test_exponential_service_waits_as_erlang_says(agents: int, load: float, effort: Effort) -> None:
    times, precision = effort
    rate = load * agents
    steady = lone((30_000 + 25_000 * agents) * times, rate, agents, EXPONENTIAL)
    came, waits = steady.waits()
    steady.mean(came, waits).check(mmc_mean_wait(agents, rate, 1.0), precision, "mean wait")
    must_wait = (waits > 0.0).astype(float)
    steady.mean(came, must_wait).check(erlang_c(agents, rate), precision, "P(wait)")


@both
def test_constant_service_at_three_agents_waits_as_crommelin_says(effort: Effort) -> None:
    times, precision = effort
    steady = lone(70_000 * times, 1.8, 3, 1.0)
    steady.mean(*steady.waits()).check(mdc_mean_wait(3, 1.8, 1.0), precision, "mean wait")


@both
@pytest.mark.parametrize(("name", "cv2"), [("gamma", 0.25), ("lognormal", 0.5)])
def test_general_service_waits_as_pollaczek_and_khinchine_say(name: str, cv2: float, effort: Effort) -> None:
    times, precision = effort
    steady = lone(50_000 * times, 0.5, 1, {name: {"mean": 1.0, "cv2": cv2}})
    steady.mean(*steady.waits()).check(mg1_mean_wait(0.5, 1.0, cv2), precision, "mean wait")


@both
@pytest.mark.parametrize(("agents", "room", "rate"), [(1, 5, 0.8), (3, 8, 2.4)])
def test_a_bounded_room_sheds_what_its_chain_says(
    agents: int, room: int, rate: float, effort: Effort
) -> None:
    times, precision = effort
    steady = lone(80_000 * times, rate, agents, EXPONENTIAL, queue={"limit": room - agents})
    chain = mmck(agents, room, rate, 1.0)
    steady.share(k.SHED).check(chain.lost, 1.2 * precision, "share shed")
    steady.number().check(chain.mean_number, precision, "number present")
    steady.mean(*steady.waits()).check(chain.mean_wait, precision, "mean wait")


@both
@pytest.mark.parametrize("rate", [2.4, 3.6])
def test_impatient_tasks_give_up_as_erlang_a_says(rate: float, effort: Effort) -> None:
    times, precision = effort
    patience = {"patience": {"exponential": {"mean": 2.0}}}
    steady = lone(60_000 * times, rate, 3, EXPONENTIAL, failure=patience)
    chain = erlang_a(3, rate, 1.0, 0.5)
    steady.share(k.ABANDONED).check(chain.abandoned, precision, "share abandoned")
    steady.mean(*steady.waits()).check(chain.mean_wait, precision, "mean wait")
    steady.busy().check(3.0 * chain.utilisation, precision, "busy agents")


def ranked(tasks: float, rates: list[float], agents: int, *, preemptive: bool) -> tuple[Steady, list[int]]:
    """One operation with a stream of each rank."""
    horizon = tasks / sum(rates)
    demand = {
        f"rank{rank}": stream(arrivals={"poisson": {"rate": rate}}, work=EXPONENTIAL, rank=rank)
        for rank, rate in enumerate(rates)
    }
    story = tell(scenario({"agents": agents, "queue": {"preemptive": preemptive}}, demand, horizon=horizon))
    at = dict(zip(story.start.paths, story.start.identities, strict=True))
    prefixes = [at[f"environment.{name}"] & 0xFFFFFF for name in demand]
    return Steady(
        story, horizon, {name: (rate, 1.0) for name, rate in zip(demand, rates, strict=True)}
    ), prefixes


@both
@pytest.mark.parametrize(("rates", "agents"), [([0.25, 0.35], 1), ([0.7, 1.1], 3)])
def test_two_ranks_wait_as_cobham_says(rates: list[float], agents: int, effort: Effort) -> None:
    times, precision = effort
    steady, prefixes = ranked((45_000 + 45_000 * agents) * times, rates, agents, preemptive=False)
    if agents == 1:
        expected = mg1_priority_waits(rates, [1.0, 1.0], [2.0, 2.0])
    else:
        expected = mmc_priority_waits(agents, rates, 1.0)
    for prefix, oracle in zip(prefixes, expected, strict=True):
        steady.mean(*steady.waits(prefix)).check(oracle, precision, "mean wait")


@both
def test_two_ranks_stay_as_long_as_preemptive_resume_says(effort: Effort) -> None:
    times, precision = effort
    rates = [0.25, 0.35]
    steady, prefixes = ranked(50_000 * times, rates, 1, preemptive=True)
    expected = mg1_preemptive_sojourns(rates, [1.0, 1.0], [2.0, 2.0])
    for prefix, oracle in zip(prefixes, expected, strict=True):
        steady.mean(*steady.sojourns(prefix)).check(oracle, precision, "mean sojourn")


def network(tasks: float, rate: float, operations: dict[str, Any], first: str) -> Steady:
    """Operations under a desk without Systems 2 and 3, and no management to talk to."""
    plain = {name: {"agents": 1, "management": "off", **node} for name, node in operations.items()}
    organisation = {"name": "net", "system2": "off", "system3": "off", "operations": plain}
    horizon = tasks / rate
    demand = {"work": stream(to=f"net.{first}", arrivals={"poisson": {"rate": rate}}, work=EXPONENTIAL)}
    return Steady(tell(scenario(organisation, demand, horizon=horizon)), horizon, {"work": (rate, 1.0)})


@both
def test_two_stations_in_a_row_are_as_burke_says(effort: Effort) -> None:
    times, precision = effort
    steady = network(
        40_000 * times,
        0.5,
        {
            "a": {"next": [{"unit": "b", "probability": 1.0}]},
            "b": {"work": {"exponential": {"mean": 0.8}}},
        },
        "a",
    )
    steady.mean(*steady.sojourns()).check(tandem_sojourn(0.5, [1.0, 1.25]), precision, "sojourn")
    steady.number("net.a").check(1.0, precision, "number at the first")
    steady.number("net.b").check(0.4 / 0.6, precision, "number at the second")


@both
def test_a_network_with_loops_is_as_jackson_says(effort: Effort) -> None:
    times, precision = effort
    steady = network(
        50_000 * times,
        1.0,
        {
            "a": {"work": {"exponential": {"mean": 0.4}}, "next": [{"unit": "b", "probability": 0.8}]},
            "b": {"work": {"exponential": {"mean": 0.5}}, "next": [{"unit": "a", "probability": 0.25}]},
        },
        "a",
    )
    oracle = jackson([1.0, 0.0], [[0.0, 0.8], [0.25, 0.0]], [2.5, 2.0])
    assert oracle.utilisations == pytest.approx((0.5, 0.5))
    for place, expected in zip("ab", oracle.mean_numbers, strict=True):
        steady.number(f"net.{place}").check(expected, precision, f"number at {place}")
    steady.mean(*steady.sojourns()).check(oracle.sojourn, precision, "sojourn")


@both
def test_a_task_that_returns_with_probability_one_half_doubles_the_load(effort: Effort) -> None:
    times, precision = effort
    steady = network(60_000 * times, 0.25, {"a": {"next": [{"unit": "a", "probability": 0.5}]}}, "a")
    oracle = feedback_sojourn(0.25, 1.0, 0.5)
    steady.number("net.a").check(0.25 * oracle, precision, "number present")
    steady.mean(*steady.sojourns()).check(oracle, precision, "sojourn")


@both
def test_balking_makes_the_number_present_poisson(effort: Effort) -> None:
    times, precision = effort
    steady = lone(70_000 * times, 1.0, 1, EXPONENTIAL, balks=True)
    steady.number().check(1.0, precision, "number present")
    rows = steady.story.of(k.ACCEPTED, k.SERVED)
    level = np.cumsum(np.where(rows["kind"] == k.ACCEPTED, 1, -1))
    poisson = [0.36787944, 0.36787944, 0.18393972, 0.06131324]
    for number, oracle in enumerate(poisson):
        here = (level == number).astype(float)
        share = area_by_batch(rows["due"], np.diff(here, prepend=float(number == 0)), steady.edges)
        if number == 0:
            share = share + steady.length  # the system was empty before the first row
        interval = controlled(share / steady.length, steady.controls, LEVEL)
        interval.check(oracle, precision * (1 + number), f"P({number} present)")


def seen_busy(story: Story) -> tuple[Floats, Floats]:
    """Arrivals, and whether somebody was there before them."""
    accepted = story.of(k.ACCEPTED)
    return accepted["due"], (accepted["value"] > 0.0).astype(float)


@both
def test_poisson_arrivals_see_time_averages(effort: Effort) -> None:
    times, precision = effort
    steady = lone(50_000 * times, 0.6, 1, EXPONENTIAL)
    steady.mean(*seen_busy(steady.story)).check(0.6, precision, "busy as arrivals see it")
    accepted = steady.story.of(k.ACCEPTED)
    steady.mean(accepted["due"], accepted["value"]).check(1.5, precision, "number as arrivals see it")
    steady.busy().check(0.6, precision, "busy in time")
    steady.number().check(1.5, precision, "number in time")


@both
def test_even_arrivals_do_not_see_time_averages(effort: Effort) -> None:
    times, precision = effort
    horizon = 40_000 * times / 0.8
    demand = {"work": stream(arrivals={"renewal": 1.25}, work=EXPONENTIAL)}
    story = tell(scenario({"agents": 1}, demand, horizon=horizon))
    steady = Steady(story, horizon, {"work": (0.8, 1.0)}, poisson=False)
    steady.controls = steady.controls[1:]  # the number of arrivals is no chance
    seen, busy = steady.mean(*seen_busy(steady.story)), steady.busy()
    seen.check(dm1_busy_on_arrival(0.8, 1.0), precision, "busy as arrivals see it")
    busy.check(0.8, precision, "busy in time")
    assert busy.mean - busy.half > seen.mean + seen.half


def test_agents_that_are_three_per_cent_slower_are_found_out() -> None:
    """The sharpness of this file: a slip of 3 % in the service moves the wait by 6 %, and is seen."""
    rate, horizon = 0.5, 60_000 / 0.5
    demand = {"work": stream(arrivals={"poisson": {"rate": rate}}, work=EXPONENTIAL)}
    slow = scenario({"agents": 1, "speed": 0.97}, demand, horizon=horizon)
    steady = Steady(tell(slow), horizon, {"work": (rate, 1.0)})
    with pytest.raises(AssertionError, match="oracle"):
        steady.mean(*steady.waits()).check(mmc_mean_wait(1, rate, 1.0), 0.05)
