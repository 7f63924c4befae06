"""Local autonomy: a task that would wait too long is deferred, and comes back as the same task."""

from __future__ import annotations

from typing import Any

from journeys import Story, scenario, tell

from vsmlab.laws import kinds as k


def story_of(demand: dict[str, Any], **autonomy: float) -> Story:
    return tell(scenario({"agents": 1, "autonomy": autonomy}, {"work": demand}, horizon=100.0))


def test_a_deferred_task_comes_back_after_the_time_said_and_is_served_as_the_same_task(listed: Any) -> None:
    story = story_of(listed([0.0, 1.0], 10.0), max_wait=2.0, defer=30.0)
    assert story.life(2) == [
        (1.0, "born"),
        (1.0, "accepted"),
        (1.0, "deferred"),
        (31.0, "requeued"),
        (31.0, "started"),
        (41.0, "served"),
    ]
    assert len(story.of(k.SHED)) == 0


def test_without_deferral_the_same_task_is_shed(listed: Any) -> None:
    story = story_of(listed([0.0, 1.0], 10.0), max_wait=2.0)
    assert [name for _, name in story.life(2)] == ["born", "shed"]


def test_a_task_that_need_not_wait_long_is_not_deferred(listed: Any) -> None:
    story = story_of(listed([0.0, 1.0], 10.0), max_wait=20.0, defer=30.0)
    assert (10.0, "started") in story.life(2)
    assert len(story.of(k.DEFERRED)) == 0


def test_a_deadline_ends_a_deferral(listed: Any) -> None:
    demand = listed([0.0, 1.0], 10.0, failure={"deadline": 15.0})
    story = story_of(demand, max_wait=2.0, defer=30.0)
    assert story.life(2)[-1] == (16.0, "abandoned")
    assert [k.NAME_OF[row["ref"].item()] for row in story.of(k.EXPIRED)].count("retry") == 1
