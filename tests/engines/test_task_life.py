"""The life of a task at one operation, line by line: what is counted, when, and what an old ticket does."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from journeys import Story, scenario, stream, tell

from vsmlab.laws import kinds as k


def lone(demand: dict[str, Any], *, horizon: float = 100.0, **node: Any) -> Story:
    """One operation with one stream called ``work``."""
    return tell(scenario({"agents": 1, **node}, {"work": demand}, horizon=horizon))


def names(story: Story, number: int = 1) -> list[str]:
    return [name for _, name in story.life(number)]


def expired(story: Story) -> list[tuple[float, str]]:
    """When old tickets came, and what they were for."""
    return [(row["due"].item(), k.NAME_OF[row["ref"].item()]) for row in story.of(k.EXPIRED)]


# -- attempts ----------------------------------------------------------------------------------------------


def test_a_failing_task_is_tried_again_after_the_backoff_and_arrives_only_once(listed: Any) -> None:
    failure = {"probability": 1.0, "attempts": 3, "backoff": 5.0}
    story = lone(listed([0.0], 2.0, failure=failure))
    assert story.life(1) == [
        (0.0, "born"),
        (0.0, "accepted"),
        (0.0, "started"),
        (2.0, "attempt-failed"),
        (7.0, "requeued"),
        (7.0, "started"),
        (9.0, "attempt-failed"),
        (14.0, "requeued"),
        (14.0, "started"),
        (16.0, "failed"),
    ]
    assert story.of(k.STARTED)["ref"].tolist() == [0, 1, 2]
    assert story.of(k.FAILED)["ref"].tolist() == [3]
    assert story.of(k.FAILED_ATTEMPT)["ref"].tolist() == [0, 1, 2]


def test_while_a_task_backs_off_its_agent_serves_another_and_the_retry_stands_in_line(listed: Any) -> None:
    failure = {"probability": 1.0, "attempts": 2, "backoff": 1.0}
    story = lone(listed([0.0, 0.5], [1.0, 4.0], failure=failure), horizon=20.0)
    assert story.life(1) == [
        (0.0, "born"), (0.0, "accepted"), (0.0, "started"), (1.0, "attempt-failed"),
        (2.0, "requeued"), (5.0, "started"), (6.0, "failed"),
    ]  # fmt: skip
    assert (5.0, "attempt-failed") in story.life(2)


def test_each_attempt_draws_its_own_work_and_its_own_fate() -> None:
    failure = {"probability": 0.5, "attempts": 40}
    story = lone(stream(work={"exponential": {"mean": 0.1}}, failure=failure), horizon=3000)
    attempts = len(story.of(k.STARTED))
    assert attempts / len(story.of(k.SERVED)) == pytest.approx(2.0, abs=0.1)
    spent = story.of(k.STARTED)["value"]
    assert len(set(spent.tolist())) == attempts
    assert spent.mean() == pytest.approx(0.1, rel=0.06)


def test_two_attempts_at_one_half_fail_a_quarter_of_the_tasks() -> None:
    failure = {"probability": 0.5, "attempts": 2, "backoff": {"exponential": {"mean": 2.0}}}
    story = lone(stream(work=0.1, failure=failure), horizon=4000)
    assert len(story.of(k.FAILED)) / len(story.of(k.BORN)) == pytest.approx(0.25, abs=0.025)
    assert len(story.of(k.ACCEPTED)) == len(story.of(k.BORN))


def test_a_retry_is_let_in_whatever_the_limit_of_the_queue(listed: Any) -> None:
    failure = {"probability": 1.0, "attempts": 2, "backoff": 1.0}
    story = lone(listed([0.0, 0.5, 1.5], [1.0, 9.0, 9.0], failure=failure), queue={"limit": 1}, horizon=30.0)
    assert names(story, 1)[4:6] == ["requeued", "started"]
    assert story.life(1)[4][0] == 2.0  # one task in service, one waiting: the queue was full
    assert len(story.of(k.SHED)) == 0


# -- deadlines and patience --------------------------------------------------------------------------------


def test_a_deadline_ends_a_task_in_the_queue_in_service_and_in_its_backoff(listed: Any) -> None:
    late = {"deadline": 3.0}
    waiting = lone(listed([0.0, 0.5], [2.9, 9.0], failure=late), horizon=30.0)
    assert waiting.life(1)[-1] == (2.9, "served")
    assert waiting.life(2)[-1] == (3.5, "abandoned")
    assert waiting.of(k.ABANDONED)["ref"].tolist() == [k.OVER_DEADLINE]
    served = lone(listed([0.0, 1.0, 1.0], [2.0, 9.0, 1.0], failure=late), horizon=30.0)
    assert served.life(2) == [(1.0, "born"), (1.0, "accepted"), (2.0, "started"), (4.0, "abandoned")]
    assert served.life(3)[-1] == (4.0, "abandoned")
    backing = {"probability": 1.0, "attempts": 9, "backoff": 5.0, "deadline": 3.0}
    resting = lone(listed([0.0, 2.0], [1.0, 0.5], failure=backing), horizon=30.0)
    assert [name for _, name in resting.life(1)][-2:] == ["attempt-failed", "abandoned"]
    assert resting.life(1)[-1][0] == 3.0
    assert expired(resting) == [(6.0, "retry"), (7.5, "retry")]
    assert resting.agenda.state.operations[0].retrying == 0


def test_the_agent_of_a_task_over_its_deadline_takes_the_next_one(listed: Any) -> None:
    story = lone(listed([0.0, 3.0], [50.0, 1.0], failure={"deadline": 5.0}), horizon=100.0)
    assert story.life(2) == [(3.0, "born"), (3.0, "accepted"), (5.0, "started"), (6.0, "served")]
    assert expired(story) == [(8.0, "deadline"), (50.0, "done")]
    assert story.agenda.state.operations[0].busy == 0


def test_patience_counts_only_while_a_task_waits(listed: Any) -> None:
    story = lone(listed([0.0, 1.0, 2.0], [9.0, 9.0, 9.0], failure={"patience": 8.5}), horizon=100.0)
    assert story.life(1)[-1] == (9.0, "served")  # it never waited
    assert story.life(2)[-2:] == [(9.0, "started"), (18.0, "served")]  # patient until 9.5
    assert story.life(3)[-1] == (10.5, "abandoned")
    assert story.of(k.ABANDONED)["ref"].tolist() == [k.IMPATIENT]
    assert expired(story) == [(9.5, "patience")]


def test_a_deferred_task_that_comes_back_and_waits_has_its_patience(listed: Any) -> None:
    tasks = listed([0.0, 1.0], [30.0, 1.0], failure={"patience": 4.0})
    story = lone(tasks, autonomy={"max_wait": 2.0, "defer": 10.0})
    assert [what for _, what in story.life(2)][2:] == ["deferred", "requeued", "abandoned"]
    assert story.life(2)[-1][0] == 15.0


def test_a_task_served_at_its_very_deadline_is_served(listed: Any) -> None:
    story = lone(listed([0.0], [3.0], failure={"deadline": 3.0}))
    assert names(story)[-1] == "served"


def test_an_old_ticket_does_nothing_even_when_its_row_serves_another_task(listed: Any) -> None:
    times = [0.0, 0.1, 10.0, 10.1, 20.0, 20.1]
    story = lone(listed(times, [5.0, 5.0] * 3, failure={"deadline": 6.0, "patience": 4.0}), horizon=60.0)
    ends = [story.life(number)[-1] for number in range(1, 7)]
    assert ends == [(5.0, "served"), (4.1, "abandoned"), (15.0, "served"), (14.1, "abandoned"),
                    (25.0, "served"), (24.1, "abandoned")]  # fmt: skip
    assert [name for _, name in expired(story)] == ["deadline"] * 6
    state = story.agenda.state
    assert state.ledger[0].tasks <= 2
    assert len(story.agenda.messages) == 0
    assert len(expired(story)) == len(story.of(k.DEADLINE))


# -- the door ----------------------------------------------------------------------------------------------


def test_beyond_the_queue_limit_tasks_are_shed(listed: Any) -> None:
    story = lone(listed([0.0, 0.1, 0.2, 0.3, 5.0], 4.0), queue={"limit": 2}, horizon=60.0)
    assert [names(story, n)[1] for n in range(1, 6)] == [
        "accepted",
        "accepted",
        "accepted",
        "shed",
        "accepted",
    ]
    assert story.of(k.SHED)["ref"].tolist() == [k.QUEUE_FULL]


def test_where_nobody_may_wait_a_task_without_a_token_is_shed(listed: Any) -> None:
    story = lone(listed([0.0, 2.0], 1.0), queue={"limit": 0}, limit={"rate": 0.1, "burst": 1}, horizon=60.0)
    assert names(story, 2) == ["born", "shed"]


def test_more_urgent_work_enters_a_full_queue_only_where_it_is_served_at_once(listed: Any) -> None:
    rank = [{"rank": 0, "when": {"urgent": {"min": 1}}}, {"rank": 5}]
    tasks = listed([0.0, 0.1, 0.2], 4.0, columns={"urgent": [0, 0, 1]}, rank=rank)
    for preemptive, outcome in [(False, "shed"), (True, "started")]:
        story = lone(tasks, queue={"limit": 1, "preemptive": preemptive}, horizon=60.0)
        assert outcome in names(story, 3)
        assert len(story.of(k.SERVED)) == (3 if preemptive else 2)


@pytest.mark.parametrize("speed", [1.0, 4.0])
def test_local_autonomy_refuses_what_would_wait_too_long(speed: float, listed: Any) -> None:
    # Two agents that need 4 s a task: the n-th in line expects n * 2 s, and 5 s are borne.
    node = {"agents": 2, "speed": speed, "work": 4.0 * speed, "autonomy": {"max_wait": 5.0}}
    story = lone(listed([0.1 * n for n in range(6)], 4.0), horizon=60.0, **node)
    assert [names(story, n)[1] for n in range(1, 7)] == ["accepted"] * 4 + ["shed"] * 2
    assert set(story.of(k.SHED)["ref"].tolist()) == {k.TOO_LONG}


def test_a_task_balks_with_the_odds_of_those_present(listed: Any) -> None:
    crowd = listed([0.001 * n for n in range(4000)], 1e6, balks=True)
    story = lone(crowd, horizon=10.0)
    accepted = story.of(k.ACCEPTED)["value"].tolist()
    assert accepted == [float(n) for n in range(len(accepted))]
    # n present after about n^2 / 2 tries: 4000 tries give about 89.
    assert 75 <= len(accepted) <= 104
    assert set(story.of(k.SHED)["ref"].tolist()) == {k.BALKED}


def test_without_a_budget_granted_nothing_that_costs_is_accepted(listed: Any) -> None:
    story = lone(listed([1.0, 2.0], 1.0, cost_usd=0.5), autonomy={"budget": True})
    assert [names(story, n)[1] for n in (1, 2)] == ["shed", "shed"]
    assert set(story.of(k.SHED)["ref"].tolist()) == {k.NO_BUDGET}
    free = lone(listed([1.0, 2.0], 1.0), autonomy={"budget": True})
    assert len(free.of(k.SERVED)) == 2


def test_what_is_accepted_on_a_budget_never_costs_more_than_came_in() -> None:
    operations = {
        "a": {"agents": 5, "autonomy": {"budget": True}},
        "b": {"agents": 5, "autonomy": {"budget": True}},
    }
    organisation = {
        "name": "net",
        "operations": operations,
        "system3": {"period": 10, "budget_usd_per_s": 2.0},
    }
    demand = {"work": stream(to="net", work=1.0, cost_usd=1.0, arrivals={"poisson": {"rate": 4.0}})}
    story = tell(scenario(organisation, demand, horizon=600))
    spent = 0.0
    for row in story.of(k.ACCEPTED):
        spent += 1.0
        assert spent <= 2.0 * row["due"] + 1e-9
    assert spent > 0.85 * 2.0 * 600
    assert k.NO_BUDGET in story.of(k.SHED)["ref"]


# -- the token bucket --------------------------------------------------------------------------------------


def most_over(starts: list[float], rate: float, burst: float) -> float:
    """By how much the worst window passes the bucket: over all i <= j of (j - i + 1) - burst - rate (t_j - t_i)."""
    worst, least = -burst, float("inf")
    for place, time in enumerate(starts):
        least = min(least, place - rate * time)
        worst = max(worst, place + 1 - rate * time - least - burst)
    return worst


@pytest.mark.parametrize(("rate", "burst"), [(0.7, 1.0), (1.3, 4.0), (0.31, 2.5)])
@pytest.mark.parametrize("preemptive", [False, True])
def test_starts_stay_within_the_token_bucket_in_every_window(
    rate: float, burst: float, preemptive: bool
) -> None:
    demand = {
        f"s{rank}": stream(
            work={"exponential": {"mean": 0.8}},
            arrivals={"markov": {"rates": [0.1, 2.0], "leave": [0.1, 0.1]}},
            rank=rank,
            failure={"probability": 0.2, "attempts": 3, "patience": {"exponential": {"mean": 30.0}}},
        )
        for rank in range(2)
    }
    node = {"agents": 3, "limit": {"rate": rate, "burst": burst}, "queue": {"preemptive": preemptive}}
    story = tell(scenario(node, demand, horizon=3000))
    starts = story.dues(k.STARTED)
    assert -1.0 < most_over(starts, rate, burst) <= 1e-9
    if not preemptive:
        assert len(starts) > 0.5 * rate * 3000


def test_a_waiting_task_starts_when_the_token_comes(listed: Any) -> None:
    story = lone(listed([0.0, 0.0, 0.0, 0.0], 0.1), agents=4, limit={"rate": 0.25, "burst": 2}, horizon=60.0)
    assert story.dues(k.STARTED) == pytest.approx([0.0, 0.0, 4.0, 8.0], abs=1e-9)


# -- costs and other facts ---------------------------------------------------------------------------------


def test_a_task_costs_what_its_columns_say(listed: Any) -> None:
    cost = {"linear": {"constant": 0.25, "size": 0.5}}
    story = lone(listed([0.0, 1.0], 0.5, columns={"size": [3, 8]}, cost_usd=cost))
    assert story.of(k.SERVED)["value"].tolist() == [1.75, 4.25]


def test_every_served_task_is_delivered_to_its_environment(listed: Any) -> None:
    story = lone(listed([float(n) for n in range(20)], 0.5, failure={"probability": 0.4}))
    assert len(story.of(k.DELIVER)) == len(story.of(k.SERVED)) == story.agenda.state.environments[0].delivered
    assert story.of(k.DELIVER)["task"].tolist() == story.of(k.SERVED)["task"].tolist()
    assert 0 < len(story.of(k.FAILED)) < 20


def test_no_operation_ever_has_more_in_service_than_agents() -> None:
    demand = stream(work={"exponential": {"mean": 1.0}}, arrivals={"poisson": {"rate": 4.0}},
                    failure={"probability": 0.3, "attempts": 2, "deadline": 3.0})  # fmt: skip
    story = lone(demand, agents=3, horizon=300.0)
    busy, serving = 0, set()
    ends = (k.SERVED, k.ATTEMPT_FAILED, k.FAILED, k.ABANDONED)
    for row, following in pairwise(story.of(k.STARTED, *ends)):
        task = int(row["task"])
        if row["kind"] == k.STARTED:
            assert task not in serving
            serving.add(task)
        else:
            serving.discard(task)
        if following["due"] > row["due"]:
            assert len(serving) <= 3
            busy = max(busy, len(serving))
    assert busy == 3
