"""Tasks between operations: handing on, moving, channels that delay, crowd, round, lose or are cut."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from journeys import Story, scenario, stream, tell

from vsmlab.laws import kinds as k
from vsmlab.laws.identity import identity

QUIET = {"system2": "off", "system3": "off"}


def plain(**nodes: dict[str, Any]) -> dict[str, Any]:
    """Operations without management, one agent each."""
    return {name: {"agents": 1, "management": "off", **node} for name, node in nodes.items()}


def net(operations: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {"name": "net", **QUIET, "operations": operations, **rest}


def route_of(story: Story, number: int = 1) -> list[tuple[float, str, str]]:
    """When, where and what became of one task."""
    return story_of(story, ((identity("environment.work") & 0xFFFFFF) << 38) | number)


def story_of(story: Story, task: int) -> list[tuple[float, str, str]]:
    """The same by the task's identity."""
    at = dict(zip(story.start.identities, story.start.paths, strict=True))
    mine = story.rows[(story.rows["task"] == task) & (story.rows["kind"] >= k.FACTS)]
    mine = mine[mine["kind"] != k.EXPIRED]
    return [(row["due"].item(), at[row["receiver"].item()], k.NAME_OF[row["kind"].item()]) for row in mine]


def fates(story: Story, at: str) -> Counter[str]:
    return Counter(k.NAME_OF[int(row["kind"])] for row in story.rows[story.rows["receiver"] == identity(at)])


# -- next --------------------------------------------------------------------------------------------------


def test_a_served_task_goes_on_and_counts_as_an_arrival_there(listed: Any) -> None:
    operations = plain(a={"next": [{"unit": "b", "probability": 1.0}]}, b={"work": 3.0})
    story = tell(scenario(net(operations), {"work": listed([0.0], 2.0, to="net.a")}, horizon=50))
    assert route_of(story) == [
        (0.0, "environment.work", "born"),
        (0.0, "net.a", "accepted"),
        (0.0, "net.a", "started"),
        (2.0, "net.a", "handed-on"),
        (2.0, "net.b", "accepted"),
        (2.0, "net.b", "started"),
        (5.0, "net.b", "served"),
    ]
    assert story.of(k.ACCEPTED)["ref"].tolist() == [0, 1]
    assert story.of(k.SERVED)["ref"].tolist() == [1]  # its stage
    assert story.of(k.HANDED_ON)["ref"].tolist() == [identity("net.b")]


def test_ways_on_are_taken_with_their_probabilities_and_the_rest_leaves() -> None:
    ways = [{"unit": "b", "probability": 0.5}, {"unit": "c", "probability": 0.3}]
    operations = plain(a={"next": ways, "agents": 9}, b={"agents": 9}, c={"agents": 9})
    demand = {"work": stream(to="net.a", work=0.1, arrivals={"poisson": {"rate": 5.0}})}
    story = tell(scenario(net(operations), demand, horizon=2000))
    served = len(story.of(k.SERVED))
    shares = [fates(story, f"net.{name}")["served"] / served for name in "abc"]
    assert shares == pytest.approx([0.2, 0.5, 0.3], abs=0.02)


def test_the_first_condition_that_holds_decides_and_without_one_the_task_leaves(listed: Any) -> None:
    ways = [
        {"unit": "b", "when": {"size": {"max": 10}}},
        {"unit": "c", "when": {"size": {"max": 20}, "age": {"min": 5}}},
    ]
    operations = plain(a={"next": ways}, b={}, c={})
    columns = {"size": [10, 20, 20, 21, 0], "age": [0, 5, 4, 9, 9]}
    tasks = listed([0.0, 2.0, 4.0, 6.0, 8.0], 0.5, to="net.a", columns=columns)
    story = tell(scenario(net(operations), {"work": tasks}, horizon=50))
    assert [route_of(story, n)[-1][1] for n in range(1, 6)] == ["net.b", "net.c", "net.a", "net.a", "net.b"]


def test_a_task_may_go_on_to_an_operation_beside_the_system_it_is_in(listed: Any) -> None:
    inner = {**QUIET, "operations": plain(a={"next": [{"unit": "net.out", "probability": 1.0}]})}
    organisation = net({"in": inner, **plain(out={})})
    story = tell(scenario(organisation, {"work": listed([0.0], 1.0, to="net.in")}, horizon=50))
    assert [place for _, place, what in route_of(story) if what in ("handed-on", "served")] == [
        "net.in.a",
        "net.out",
    ]
    assert len(story.of(k.ROUTE, at="net.out")) == 1  # by way of the desk of the system that they share


def test_a_task_handed_to_a_viable_system_is_routed_inside_it(listed: Any) -> None:
    inner = {**QUIET, "operations": plain(x={}, y={}), "desk": {"routing": "round-robin"}}
    organisation = net({**plain(a={"next": [{"unit": "in", "probability": 1.0}]}), "in": inner})
    tasks = listed([0.0, 5.0, 10.0], 1.0, to="net.a")
    story = tell(scenario(organisation, {"work": tasks}, horizon=50))
    assert [route_of(story, n)[-1][1] for n in (1, 2, 3)] == ["net.in.x", "net.in.y", "net.in.x"]
    assert fates(story, "net.in.x")["accepted"] == 2


@pytest.mark.parametrize(("visits", "expected"), [(1, 1), (3, 3)])
def test_a_task_leaves_after_the_most_visits(visits: int, expected: int, listed: Any) -> None:
    operations = plain(a={"next": [{"unit": "a", "probability": 1.0}], "max_visits": visits})
    story = tell(scenario(net(operations), {"work": listed([0.0], 1.0, to="net.a")}, horizon=50))
    assert fates(story, "net.a")["started"] == expected
    assert fates(story, "net.a")["served"] == 1


def test_visits_of_all_operations_count_towards_the_most(listed: Any) -> None:
    operations = plain(
        a={"next": [{"unit": "b", "probability": 1.0}], "max_visits": 3},
        b={"next": [{"unit": "a", "probability": 1.0}]},
    )
    story = tell(scenario(net(operations), {"work": listed([0.0], 1.0, to="net.a")}, horizon=50))
    assert fates(story, "net.a")["accepted"] == 2
    assert fates(story, "net.b")["accepted"] == 1
    assert fates(story, "net.a")["served"] == 1


def test_the_deadline_holds_over_all_stages_and_the_attempts_for_each(listed: Any) -> None:
    operations = plain(a={"next": [{"unit": "b", "probability": 1.0}]}, b={"work": 9.0})
    failure = {"deadline": 6.0}
    story = tell(
        scenario(net(operations), {"work": listed([0.0], 2.0, to="net.a", failure=failure)}, horizon=50)
    )
    assert route_of(story)[-1] == (6.0, "net.b", "abandoned")


# -- channels ----------------------------------------------------------------------------------------------


def test_each_level_adds_the_delay_of_its_channel(listed: Any) -> None:
    inner = {**QUIET, "operations": {"deep": {**QUIET, "operations": plain(a={})}}}
    organisation = net({"in": inner})
    channels = {"env_op": {"delay": 0.5}, "op_env": {"delay": 0.25}}
    story = tell(
        scenario(organisation, {"work": listed([0.0], 2.0, to="net")}, horizon=50, channels=channels)
    )
    assert route_of(story)[1][0] == 2.0  # environment, net, net.in, net.in.deep
    assert story.dues(k.DELIVER) == [4.25]


def test_a_channel_is_overridden_by_the_node_that_sends(listed: Any) -> None:
    organisation = net(
        plain(a={"channels": {"op_env": {"delay": 3.0}}}, b={}), desk={"routing": "round-robin"}
    )
    channels = {"op_env": {"delay": 1.0}}
    tasks = listed([0.0, 0.0], 2.0, to="net")
    story = tell(scenario(organisation, {"work": tasks}, horizon=50, channels=channels))
    assert story.dues(k.DELIVER) == [3.0, 5.0]


def test_a_cut_channel_loses_every_task_and_says_so(listed: Any) -> None:
    operations = plain(a={"next": [{"unit": "b", "probability": 1.0}]}, b={})
    cut = [{"channel": "op_op", "of": "net.a"}]
    tasks = listed([0.0, 1.0, 2.0], 0.5, to="net.a")
    story = tell(scenario(net(operations), {"work": tasks}, horizon=50, knockout=cut))
    lost = story.of(k.LOST)
    assert lost["ref"].tolist() == [k.OP_OP] * 3
    assert lost["value"].tolist() == [k.BY_CUT] * 3
    assert len(story.of(k.ACCEPTED, at="net.b")) == 0


def test_a_lossy_channel_loses_its_share_and_each_task_is_accounted_for() -> None:
    operations = plain(a={"next": [{"unit": "b", "probability": 1.0}], "agents": 9}, b={"agents": 9})
    demand = {"work": stream(to="net.a", work=0.1, arrivals={"poisson": {"rate": 4.0}})}
    channels = {"op_op": {"loss": 0.25, "delay": {"exponential": {"mean": 1.0}}}}
    story = tell(scenario(net(operations), demand, horizon=2000, channels=channels))
    sent, lost, came = len(story.of(k.HANDED_ON)), len(story.of(k.LOST)), len(story.of(k.HAND_ON))
    assert lost / sent == pytest.approx(0.25, abs=0.02)
    assert sent == lost + came + sum(message.kind == k.HAND_ON for message in story.agenda.messages)


def passages(sends: list[float], capacity: float, limit: int | None) -> list[float | None]:
    """A line with room: one message in passing, at most ``limit`` waiting for it (None: any number)."""
    outs: list[float] = []
    answers: list[float | None] = []
    for now in sends:
        here = sum(out > now + 1e-9 for out in outs)
        if limit is not None and here > limit:
            answers.append(None)
            continue
        outs.append(max([now, *outs[-1:]]) + 1.0 / capacity)
        answers.append(outs[-1])
    return answers


@pytest.mark.parametrize("limit", [None, 0, 1, 3])
@pytest.mark.parametrize(
    "sends", [[0.0] * 6, [0.3 * n for n in range(12)], [0.0, 0.5, 2.0, 2.5, 2.6, 2.7, 2.8]]
)
def test_a_channels_capacity_makes_messages_wait_in_line_and_its_limit_loses_the_rest(
    limit: int | None, sends: list[float], listed: Any
) -> None:
    line = {"capacity": 1.0, **({} if limit is None else {"queue_limit": limit})}
    tasks = listed(sends, 0.1, to="net.a")
    story = tell(
        scenario(net(plain(a={"agents": 50})), {"work": tasks}, horizon=90, channels={"env_op": line})
    )
    expected = passages(sends, 1.0, limit)
    assert story.dues(k.ARRIVE) == pytest.approx([out for out in expected if out is not None], abs=1e-9)
    lost = story.of(k.LOST)
    assert lost["due"].tolist() == [now for now, out in zip(sends, expected, strict=True) if out is None]
    assert set(lost["value"].tolist()) <= {k.BY_CAPACITY}


def test_a_transducer_rounds_what_is_said(listed: Any) -> None:
    organisation = net({"a": {"agents": 3, "report": {"every": 1, "phase": 0.5}}})
    tasks = listed([0.0] * 7, 40.0, to="net.a")
    story = tell(scenario(organisation, {"work": tasks}, horizon=5, channels={"op_mgmt": {"quantise": 5.0}}))
    heard = story.of(k.LOAD, at="net.a.management")
    assert set(heard["value"][heard["ref"] == k.PRESENT].tolist()) == {5.0}
    assert all(value % 5.0 == 0.0 for value in heard["value"].tolist())


# -- moving ------------------------------------------------------------------------------------------------


def moving(**work: Any) -> Story:
    """Two operations with all demand at one of them, and a System 2 that shares load."""
    organisation = {
        "name": "net",
        "system3": "off",
        "system2": {"period": 1.0, "gain": 1.0},
        "operations": {"a": {"agents": 1, "speed": 1.0}, "b": {"agents": 4}},
    }
    demand = {"work": stream(**{"to": "net.a", "work": {"exponential": {"mean": 1.0}}, **work})}
    return tell(scenario(organisation, demand, horizon=400, channels={"op_op": {"delay": 0.5}}))


def test_a_moved_task_keeps_what_it_is_and_its_epoch_is_counted() -> None:
    story = moving(arrivals={"poisson": {"rate": 3.0}}, failure={"deadline": 60.0})
    moved, came = story.of(k.MOVED_OUT), story.of(k.TRANSFER)
    assert len(moved) > 100
    born = dict(zip(story.of(k.BORN)["task"].tolist(), story.of(k.BORN)["value"].tolist(), strict=True))
    assert came["task"].tolist() == moved["task"].tolist()[: len(came)]
    epochs: Counter[int] = Counter()
    for row in came:
        epochs[int(row["task"])] += 1
        assert row["ref"] == epochs[int(row["task"])]
    accepted = story.of(k.ACCEPTED)
    again = accepted[accepted["ref"] == 2]
    assert again["task"].tolist() == came["task"].tolist()
    for row in story.of(k.STARTED, at="net.b"):
        assert row["value"] == born[int(row["task"])]
    for task, times in Counter(story.of(k.SERVED)["task"].tolist()).items():
        assert times == 1, task


def test_a_moved_task_takes_its_deadline_along_and_its_old_reminder_is_void() -> None:
    story = moving(arrivals={"poisson": {"rate": 6.0}}, failure={"deadline": 3.0}, work=2.0)
    born = dict(zip(story.of(k.BORN)["task"].tolist(), story.dues(k.BORN), strict=True))
    moved = set(story.of(k.MOVED_OUT)["task"].tolist())
    late = [row for row in story.of(k.ABANDONED, at="net.b") if int(row["task"]) in moved]
    assert late
    for row in late:
        came = [
            due for due, at, what in story_of(story, int(row["task"])) if (at, what) == ("net.b", "accepted")
        ]
        assert row["due"] == max(born[int(row["task"])] + 3.0, came[-1])
    old = story.of(k.EXPIRED, at="net.a")
    assert moved & set(old["task"].tolist())


def test_patience_goes_on_while_a_waiting_task_is_moved() -> None:
    story = moving(arrivals={"poisson": {"rate": 7.0}}, failure={"patience": 4.0}, work=2.0)
    came: dict[int, float] = {}
    for row in story.of(k.ACCEPTED):
        came.setdefault(int(row["task"]), float(row["due"]))
    gone = story.of(k.ABANDONED)
    assert len(gone) > 20
    for row in gone:
        assert row["due"] == pytest.approx(came[int(row["task"])] + 4.0, abs=0.5 + 1e-9)


def test_a_task_that_was_served_already_does_not_lose_patience_when_it_is_moved(listed: Any) -> None:
    """Patience is for waiting: a task interrupted in service, or between attempts, has been served before."""
    rank = [{"rank": 0, "when": {"urgent": {"min": 1}}}, {"rank": 5}]
    organisation = {
        "name": "net",
        "system3": "off",
        "system2": {"period": 0.5, "gain": 1.0, "threshold": 0.1},
        "operations": {"a": {"agents": 1, "queue": {"preemptive": True}}, "b": {"agents": 1}},
    }
    # The first task waits for the second from 0.1 to 1, then is served until it is interrupted at 20.
    tasks = listed(
        [0.0, 0.1, 20.0, 20.0, 20.0, 20.0],
        [1.0, 30.0, 50.0, 50.0, 50.0, 50.0],
        to="net.a",
        columns={"urgent": [0, 0, 1, 1, 1, 1]},
        rank=rank,
        failure={"patience": 5.0},
    )
    blocked = {"channel": "op_op", "of": "net.b"}
    story = tell(scenario(organisation, {"work": tasks}, horizon=200, knockout=[blocked]))
    assert "abandoned" not in [what for _, _, what in route_of(story, 2)]


def test_a_moved_task_is_let_in_whatever_the_limit_there() -> None:
    organisation = {
        "name": "net",
        "system3": "off",
        "system2": {"period": 1.0, "gain": 1.0},
        "operations": {
            "a": {"agents": 1},
            "b": {"agents": 2, "queue": {"limit": 0}, "autonomy": {"max_wait": 0}},
        },
    }
    demand = {"work": stream(to="net.a", work=1.0, arrivals={"poisson": {"rate": 3.0}})}
    story = tell(scenario(organisation, demand, horizon=100))
    assert len(story.of(k.TRANSFER, at="net.b")) > 10
    assert len(story.of(k.SHED)) == 0
