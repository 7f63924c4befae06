"""Single queues, task by task: what must hold exactly on any path, whatever was drawn."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from journeys import Story, scenario, stream, tell
from scipy.stats import chisquare

from vsmlab.laws import kinds as k
from vsmlab.mechanisms.kiefer_wolfowitz import area, start_times

ARRIVALS: dict[str, dict[str, Any]] = {
    "poisson": {"poisson": {"rate": 1.0}},
    "even": {"renewal": 1.0},
    "bursty-renewal": {"renewal": {"gamma": {"mean": 1.0, "cv2": 6.0}}},
    "modulated": {"markov": {"rates": [0.1, 3.0], "leave": [0.05, 0.1]}},
    "ramp": {"linear": {"times": [0, 200, 400], "rates": [0.2, 2.0, 0.5]}},
}
WORKS: dict[str, Any] = {
    "constant": 0.9,
    "exponential": {"exponential": {"mean": 0.9}},
    "gamma": {"gamma": {"mean": 0.9, "cv2": 4.0}},
    "lognormal": {"lognormal": {"mean": 0.9, "cv2": 2.0}},
    "uniform": {"uniform": {"min": 0.0, "max": 1.8}},
    "empirical": {"empirical": {"quantiles": [0.1, 0.2, 0.4, 2.5]}},
}


def lone(
    queue: Any = None, *, agents: int = 1, demand: Any = None, horizon: float = 800, **rest: Any
) -> Story:
    """One operation with one stream or the given ones."""
    streams = demand if demand is not None else {"work": stream(work={"exponential": {"mean": 0.9}})}
    return tell(
        scenario({"agents": agents, **({"queue": queue} if queue else {})}, streams, horizon=horizon, **rest)
    )


def visits(story: Story) -> dict[int, tuple[float, float, float]]:
    """Arrival, first start and end of each task that was served, by its identity."""
    starts: dict[int, float] = {}
    for row in story.of(k.STARTED):
        starts.setdefault(int(row["task"]), float(row["due"]))
    came = dict(zip(story.of(k.ACCEPTED)["task"].tolist(), story.dues(k.ACCEPTED), strict=True))
    ended = zip(story.of(k.SERVED)["task"].tolist(), story.dues(k.SERVED), strict=True)
    return {task: (came[task], starts[task], end) for task, end in ended}


@pytest.mark.parametrize("work", WORKS)
@pytest.mark.parametrize("arrivals", ARRIVALS)
@pytest.mark.parametrize("agents", [1, 2, 3, 5])
def test_every_start_is_the_later_of_the_arrival_and_the_earliest_free_agent(
    arrivals: str, work: str, agents: int
) -> None:
    process = dict(ARRIVALS[arrivals])
    demand = {f"s{n}": stream(arrivals=process, work=WORKS[work]) for n in range(agents)}
    story = lone(agents=agents, demand=demand, horizon=150.0, seed=agents)
    accepted, started = story.of(k.ACCEPTED), story.of(k.STARTED)
    assert len(started) > 40 * agents
    services = dict(zip(started["task"].tolist(), started["value"].tolist(), strict=True))
    known = [services.get(task, 0.0) for task in accepted["task"].tolist()]
    expected = start_times(accepted["due"].tolist(), known, agents)
    assert started["task"].tolist() == accepted["task"].tolist()[: len(started)]
    assert started["due"].tolist() == expected[: len(started)]  # every bit
    assert all(start >= 150.0 for start in expected[len(started) :])


@pytest.mark.parametrize("agents", [1, 3])
def test_an_agent_of_another_speed_divides_the_work_and_nothing_else(agents: int) -> None:
    demand = {"work": stream(work={"exponential": {"mean": 0.9}}, arrivals={"poisson": {"rate": 1.6}})}
    story = tell(scenario({"agents": agents, "speed": 2.5}, demand, horizon=300))
    born = dict(zip(story.of(k.BORN)["task"].tolist(), story.of(k.BORN)["value"].tolist(), strict=True))
    for row in story.of(k.STARTED):
        assert row["value"] == born[int(row["task"])] / 2.5
    accepted, started = story.of(k.ACCEPTED), story.of(k.STARTED)
    services = started["value"].tolist() + [0.0] * (len(accepted) - len(started))
    assert start_times(accepted["due"].tolist(), services, agents)[: len(started)] == started["due"].tolist()


def busy_steps(story: Story) -> list[tuple[float, int]]:
    """When a lone agent became busy or idle, without the moments at which it went from one task to the next."""
    steps: list[tuple[float, int]] = []
    busy = 0
    for row in story.of(k.STARTED, k.SERVED, k.PREEMPTED):
        busy += 1 if row["kind"] == k.STARTED else -1
        due = float(row["due"])
        if steps and steps[-1][0] == due:
            steps.pop()
        if not steps or steps[-1][1] != busy:
            steps.append((due, busy))
    return steps


def test_an_agent_is_busy_at_the_same_times_whatever_the_order_of_service() -> None:
    demand = {
        "a": stream(work={"gamma": {"mean": 0.9, "cv2": 2.0}}, arrivals={"poisson": {"rate": 0.6}}, rank=1),
        "b": stream(work={"uniform": {"min": 0.1, "max": 1.1}}, arrivals={"poisson": {"rate": 0.5}}),
    }
    for name in demand:
        demand[name]["failure"] = {"deadline": 1e7}
    ways: list[dict[str, Any]] = [
        {"discipline": "fifo"},
        {"discipline": "lifo"},
        {"discipline": "random"},
        {"discipline": "edf"},
        {"discipline": "fifo", "preemptive": True},
        {"discipline": "lifo", "preemptive": True},
    ]
    stories = [lone(way, demand=demand, horizon=2000) for way in ways]
    orders = {tuple(story.of(k.STARTED)["task"].tolist()) for story in stories}
    assert len(orders) == len(ways) - 1  # earliest deadline is first come, first served here
    reference = busy_steps(stories[0])
    for story in stories[1:]:
        steps = busy_steps(story)
        assert [busy for _, busy in steps] == [busy for _, busy in reference]
        assert [time for time, _ in steps] == pytest.approx([time for time, _ in reference], rel=1e-12)


def queue_replayed(story: Story, choose: Any) -> None:
    """At every start after a wait, the task started is the one that ``choose`` takes from those waiting."""
    waiting: dict[int, int] = {}
    for place, row in enumerate(story.of(k.ACCEPTED, k.STARTED, k.PREEMPTED)):
        task = int(row["task"])
        if row["kind"] == k.STARTED:
            assert task == choose(waiting)
            del waiting[task]
        else:
            waiting[task] = place


def test_last_come_is_first_served() -> None:
    queue_replayed(lone({"discipline": "lifo"}), lambda waiting: max(waiting, key=waiting.__getitem__))


def test_the_earliest_deadline_is_served_first_and_tasks_without_one_last() -> None:
    demand = {
        f"s{n}": stream(
            work={"exponential": {"mean": 0.9}},
            arrivals={"poisson": {"rate": 0.25}},
            failure={} if patience is None else {"deadline": patience},
        )
        for n, patience in enumerate([400.0, 460.0, 500.0, None])
    }
    story = lone({"discipline": "edf"}, demand=demand, horizon=2000)
    limits = {0: 400.0, 1: 460.0, 2: 500.0}
    origin = {
        unit.identity & 0xFFFFFF: path
        for unit, path in zip(story.start.state.units, story.start.paths, strict=True)
    }
    born = dict(zip(story.of(k.BORN)["task"].tolist(), story.dues(k.BORN), strict=True))

    def due(task: int) -> float:
        number = int(origin[task >> 38][-1])
        return born[task] + limits.get(number, math.inf)

    queue_replayed(story, lambda waiting: min(waiting, key=lambda task: (due(task), waiting[task])))
    assert len(story.of(k.ABANDONED)) == 0


@pytest.mark.parametrize("discipline", ["fifo", "lifo"])
def test_a_lower_rank_number_goes_first_and_within_a_rank_the_discipline_rules(discipline: str) -> None:
    demand = {
        f"s{rank}": stream(
            work={"exponential": {"mean": 0.9}}, arrivals={"poisson": {"rate": 0.34}}, rank=rank
        )
        for rank in range(3)
    }
    story = lone({"discipline": discipline}, demand=demand, horizon=1500)
    origin = {
        unit.identity & 0xFFFFFF: path
        for unit, path in zip(story.start.state.units, story.start.paths, strict=True)
    }
    sign = 1 if discipline == "fifo" else -1

    def key(waiting: dict[int, int], task: int) -> tuple[int, int]:
        return int(origin[task >> 38][-1]), sign * waiting[task]

    queue_replayed(story, lambda waiting: min(waiting, key=lambda task: key(waiting, task)))


def test_a_random_queue_takes_each_of_those_waiting_alike() -> None:
    """Service in random order, not a priority drawn once: that one would let newcomers pass those who wait."""
    story = lone({"discipline": "random"}, horizon=20_000)
    waiting: list[int] = []
    places: dict[int, list[int]] = {}
    for row in story.of(k.ACCEPTED, k.STARTED):
        task = int(row["task"])
        if row["kind"] == k.ACCEPTED:
            waiting.append(task)
        else:
            if 2 <= len(waiting) <= 9:
                places.setdefault(len(waiting), [0] * len(waiting))[waiting.index(task)] += 1
            waiting.remove(task)
    assert sorted(places) == list(range(2, 10))
    for counts in places.values():
        assert chisquare(counts).pvalue > 0.01 / len(places)


@pytest.mark.parametrize("discipline", ["fifo", "lifo", "edf", "random"])
@pytest.mark.parametrize("agents", [1, 2])
def test_interrupted_service_is_resumed_and_adds_up_to_the_work_drawn(discipline: str, agents: int) -> None:
    demand = {
        f"s{rank}": stream(
            work={"gamma": {"mean": 0.9, "cv2": 2.0}}, arrivals={"poisson": {"rate": 0.3 * agents}}, rank=rank
        )
        for rank in range(3)
    }
    organisation = {"agents": agents, "speed": 1.7, "queue": {"discipline": discipline, "preemptive": True}}
    for source in demand.values():
        source["arrivals"] = {"poisson": {"rate": 0.5 * agents}}
    story = tell(scenario(organisation, demand, horizon=1500))
    assert len(story.of(k.PREEMPTED)) > 100
    born = dict(zip(story.of(k.BORN)["task"].tolist(), story.of(k.BORN)["value"].tolist(), strict=True))
    begun: dict[int, float] = {}
    pieces: dict[int, list[float]] = {}
    ended = set()
    for row in story.of(k.STARTED, k.PREEMPTED, k.SERVED):
        task = int(row["task"])
        if row["kind"] == k.STARTED:
            begun[task] = float(row["due"])
        else:
            pieces.setdefault(task, []).append(float(row["due"]) - begun.pop(task))
            if row["kind"] == k.SERVED:
                ended.add(task)
            else:
                left = born[task] - 1.7 * math.fsum(pieces[task])
                assert row["value"] == pytest.approx(left, abs=1e-11)
    assert max(len(pieces[task]) for task in ended) >= 3
    for task in ended:
        assert 1.7 * math.fsum(pieces[task]) == pytest.approx(born[task], rel=1e-12, abs=1e-11)


def test_a_more_urgent_task_never_waits_while_a_less_urgent_one_is_served() -> None:
    demand = {
        f"s{rank}": stream(
            work={"exponential": {"mean": 0.9}}, arrivals={"poisson": {"rate": 0.6}}, rank=rank
        )
        for rank in range(3)
    }
    story = tell(scenario({"agents": 2, "queue": {"preemptive": True}}, demand, horizon=1500))
    origin = {
        unit.identity & 0xFFFFFF: path
        for unit, path in zip(story.start.state.units, story.start.paths, strict=True)
    }
    waiting: set[int] = set()
    serving: set[int] = set()
    facts = story.of(k.ACCEPTED, k.STARTED, k.PREEMPTED, k.SERVED)

    def rank(task: int) -> int:
        return int(origin[task >> 38][-1])

    for row, following in pairwise(facts):
        task = int(row["task"])
        if row["kind"] in (k.ACCEPTED, k.PREEMPTED):
            serving.discard(task)
            waiting.add(task)
        elif row["kind"] == k.STARTED:
            waiting.discard(task)
            serving.add(task)
        else:
            serving.discard(task)
        if following["due"] > row["due"] and waiting:
            assert len(serving) == 2
            assert min(map(rank, waiting)) >= max(map(rank, serving))


def test_the_queue_of_a_rush_is_the_fluid_triangle(listed: Any) -> None:
    rush = [n / 3.0 for n in range(30)]
    calm = [10.0 + n for n in range(20)]
    story = lone(demand={"work": listed(rush + calm, 0.5)}, horizon=40)
    present, path = 0, [(0.0, 0)]
    for row in story.of(k.ACCEPTED, k.SERVED):
        present += 1 if row["kind"] == k.ACCEPTED else -1
        path.append((float(row["due"]), present))
    # In by t: the fluid's 3t, up to one task more; out by t: 2t, up to one task less. So |N - fluid| <= 2.
    for time, number in path:
        fluid = time if time < 10.0 else max(0.0, 20.0 - time)
        assert abs(number - fluid) <= 2.0
    assert 10 <= max(number for _, number in path) <= 12
    busy = story.of(k.STARTED)["due"].tolist()
    idle = next(start for start, following in pairwise(busy) if following > start + 0.5 + 1e-9)
    # The agent works without a pause until it has done the 30 tasks and those that come meanwhile:
    # n tasks end at n/2, and the next comes at n - 20. It is idle first when n/2 < n - 20, after n = 41.
    assert idle + 0.5 == pytest.approx(20.5, abs=1e-12)
    came, left = story.dues(k.ACCEPTED), story.dues(k.SERVED)
    whole = area(came, left + [40.0] * (len(came) - len(left)), 0.0, 20.0)
    assert whole == pytest.approx(100.0, abs=2.0 * 20.0)
    # Exactly: sum over tasks of (departure - arrival), with departures at n/2.
    exact = math.fsum(min((n + 1) / 2.0, 20.0) - time for n, time in enumerate(rush + calm[:10]))
    assert whole == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("work", ["constant", "exponential", "gamma"])
def test_no_task_waits_longer_because_there_is_one_agent_more(work: str) -> None:
    demand = {"work": stream(work=WORKS[work], arrivals={"poisson": {"rate": 1.05}})}
    waits = []
    for agents in range(1, 6):
        story = lone(agents=agents, demand=demand, horizon=1500)
        known = {task: start - came for task, (came, start, _) in visits(story).items()}
        waits.append(known)
    for fewer, more in pairwise(waits):
        common = fewer.keys() & more.keys()
        assert len(common) > 1000
        assert all(more[task] <= fewer[task] + 1e-9 for task in common)
    assert sum(waits[0].values()) > 10 * sum(waits[2].values())


@given(
    gaps=st.lists(st.sampled_from([0.0, 0.125, 0.5, 1.0, 3.0]), min_size=1, max_size=25),
    works=st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0, 4.0]), min_size=25, max_size=25),
    agents=st.integers(1, 4),
)
def test_ties_and_tasks_without_work_start_where_the_recursion_says(
    gaps: list[float], works: list[float], agents: int
) -> None:
    times = [sum(gaps[: n + 1]) for n in range(len(gaps))]
    own = {"agents": agents, "work": None}
    story = tell_list(own, times, works)
    started = story.of(k.STARTED)["due"].tolist()
    assert started == start_times(times, works[: len(times)], agents)
    assert len(story.of(k.SERVED)) == len(times)


def tell_list(organisation: dict[str, Any], times: list[float], works: list[float]) -> Story:
    """Run a list of tasks without a file: the trace's rows are put into the tables directly."""
    from vsmlab.engines import simpy_engine
    from vsmlab.engines.journal import Journal
    from vsmlab.lab.build import build
    from vsmlab.lab.loader import load

    organisation = {name: value for name, value in organisation.items() if value is not None}
    mapping = scenario(organisation, {"work": stream(work=1.0)}, horizon=10_000.0)
    start = build(load(mapping))
    source = start.state.streams[0]
    source.process, source.first, source.place, source.last = k.TRACE, 0, 0, len(times)
    source.work, source.work_0, source.work_constant, source.columns = -1, 1.0, 0.0, 1
    for time, work in zip(times, works, strict=False):
        instant = start.state.instants[start.state.instants.add()]  # type: ignore[attr-defined]
        instant.time, instant.column_0 = time, work
    import numpy as np

    segments: list[Any] = []
    journal = Journal(start.identities, [segments.append])
    agenda = simpy_engine.run(start, 10_000.0, journal)
    return Story(np.concatenate(segments), agenda, start, journal.digest)
