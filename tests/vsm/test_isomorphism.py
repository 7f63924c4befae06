"""Beer's recursive system theorem, held: a viable system is the same at the root, as a child and as a grandchild."""

from typing import Any

import numpy as np
import pytest

import vsmlab
from vsmlab.engines import simpy_engine
from vsmlab.engines.journal import Journal
from vsmlab.engines.start import Start
from vsmlab.lab.build import build, layout
from vsmlab.lab.loader import load
from vsmlab.laws import kinds as k
from vsmlab.laws.identity import identity

Plain = dict[str, Any]
ABOVE = {"root": [], "child": ["top"], "grandchild": ["top", "middle"]}
"""The systems above the system under test, outermost first."""
SYSTEMS = ("system2", "system3", "audit", "system4", "system5")
HORIZON = 300.0
BURSTS = {"markov": {"rates": [1.0, 7.0], "leave": [0.02, 0.05]}}


def system(**more: Any) -> Plain:
    """The viable system under test, with Systems 2 to 5 at work and an inner system of its own."""
    offload = {"autonomy": {"offload": {"gain": 0.5, "period": 3.0}}}
    return {
        "desk": {"routing": "least-reported"},
        "system2": {"period": 3.0, "gain": 0.4},
        "system3": {"period": 10.0, "move_takes": 1.0},
        "audit": {"every": {"exponential": {"mean": 10.0}}, "takes": 5.0},
        "system4": {"period": 10.0, "looks_ahead": 30.0, "indicators_every": 5.0},
        "system5": {"period": 20.0, "climbs_after": 5.0},
        "essential": {"mean_wait_s": {"max": 1.0, "window": 10.0, "climbs_after": 5.0}},
        "operations": {
            "a": {"agents": 3, **offload, "next": [{"unit": "b", "probability": 0.3}]},
            "b": {"agents": 3, **offload, "queue": {"discipline": "random", "limit": 50}},
            "inner": {"operations": {"c": {"agents": 1}, "d": {"agents": 1}}},
        },
        **more,
    }


def whole(
    place: str, metasystem: str = "off", knockout: list[str] | None = None, loss: float = 0.05, **more: Any
) -> Plain:
    """A scenario with the system under test, called `fleet`, at a place."""
    names = [*ABOVE[place], "fleet"]
    node = system(**more)
    for name in reversed(names[1:]):
        rest = {"idle": {"agents": 2}}
        node = {**dict.fromkeys(SYSTEMS, metasystem), "operations": {name: node, **rest}}
    path = ".".join(names)
    failure = {"probability": 0.1, "attempts": 2, "backoff": 0.5, "patience": {"exponential": {"mean": 30.0}}}
    return {
        "version": 1,
        "name": place,
        "title": place,
        "horizon": HORIZON,
        "seed": 11,
        "environment": {
            "demand": {
                "mixed": {
                    "arrivals": BURSTS,
                    "work": {"lognormal": {"mean": 1.0, "cv2": 2.0}},
                    "to": path,
                    "failure": failure,
                },
                "direct": {"arrivals": {"poisson": {"rate": 1.0}}, "work": 1.0, "to": f"{path}.a"},
            }
        },
        "organisation": {"name": names[0], **node},
        "channels": {
            "op_mgmt": {"delay": {"uniform": {"min": 0.1, "max": 0.3}}},
            "s2": {"delay": 0.5, "loss": loss},
        },
        "knockout": [
            f"{'.'.join(names[:depth])}.{role}" for depth in range(1, len(names)) for role in knockout or []
        ],
    }


def prefix_of(place: str) -> str:
    """What a path inside the system begins with, at this place, before `fleet`."""
    return "".join(f"{name}." for name in ABOVE[place])


def relabelled(place: str, monkeypatch: pytest.MonkeyPatch, **more: Any) -> Start:
    """Build the system at a place, with the names, and so the identities and phases, that it has at the root."""
    prefix = prefix_of(place)
    with monkeypatch.context() as patch:
        patch.setattr(layout, "identity", lambda path: identity(path.removeprefix(prefix)))
        start = build(load(whole(place, **more)))
    for unit, path in zip(start.state.units, start.paths, strict=True):  # type: ignore[call-overload]
        if path.startswith(prefix):
            unit.depth -= len(ABOVE[place])
    return start


def rows_inside(start: Start, place: str) -> np.ndarray:
    """The journal's rows between receivers of the system, with its demand."""
    segments: list[np.ndarray] = []
    simpy_engine.run(start, HORIZON, kept := Journal(start.identities, [segments.append]))
    rows = np.concatenate(segments)
    assert kept.count == len(rows)
    inside = [
        number
        for number, path in zip(start.identities, start.paths, strict=True)
        if path.startswith((f"{prefix_of(place)}fleet", "environment."))
    ]
    return rows[np.isin(rows["receiver"], inside) & np.isin(rows["sender"], inside)]


def said(rows: np.ndarray, *, numbers: bool) -> list[tuple[Any, ...]]:
    """What the rows say; a sender's count of its messages only where it speaks to nobody else."""
    columns = ["due", "value", "ref", "task", "receiver", "sender", "kind", "priority"]
    return rows[[*columns, "number"] if numbers else columns].tolist()


@pytest.mark.parametrize("routing", ["least-reported", "shares", "round-robin"])
@pytest.mark.parametrize("place", ["child", "grandchild"])
def test_the_same_system_writes_the_same_rows_wherever_it_stands(place, routing, monkeypatch):
    more = {"desk": {"routing": routing}}
    at_root = rows_inside(relabelled("root", monkeypatch, **more), "root")
    below = rows_inside(relabelled(place, monkeypatch, **more), place)
    assert len(at_root) > 20_000
    assert len(np.unique(at_root["kind"])) > 25
    assert said(at_root, numbers=True) == said(below, numbers=True)


@pytest.mark.parametrize("place", ["child", "grandchild"])
def test_a_metasystem_that_answers_nothing_changes_nothing_inside(place, monkeypatch):
    """All that is new is that the system reminds itself to speak to the one above, and that pain may climb to it.

    Without chance on System 2's channel: what it says to the one above would shift its own draws there.
    """
    at_root = rows_inside(relabelled("root", monkeypatch, loss=0.0), "root")
    silent = relabelled(place, monkeypatch, loss=0.0, metasystem="on", knockout=list(SYSTEMS))
    own = [identity(f"fleet.{role}") for role in SYSTEMS]
    rows = rows_inside(silent, place)
    kinds = [k.HEARTBEAT_DUE, k.ACCOUNT_DUE, k.CLIMB, k.CLIMBED, k.EXPIRED]
    new = np.isin(rows["kind"], kinds) & np.isin(rows["receiver"], own)
    assert new.sum() > 100
    rows = rows[~new]
    # the environment shows itself to more who look
    at_root, rows = (each[each["kind"] != k.INDICATOR_DUE] for each in (at_root, rows))
    assert said(at_root, numbers=False) == said(rows, numbers=False)


def test_a_metasystem_that_answers_is_felt_inside(monkeypatch):
    """Else the tests above could not fail."""
    alone = rows_inside(relabelled("child", monkeypatch), "child")
    led = rows_inside(relabelled("child", monkeypatch, metasystem="on"), "child")
    assert said(alone, numbers=False) != said(led, numbers=False)


# -- one suite of behaviour, at every place, with the names that it really has there ------------------------


@pytest.fixture(scope="module", params=ABOVE)
def place(request):
    return request.param


@pytest.fixture(scope="module")
def run(place):
    return vsmlab.run(whole(place, metasystem="on"))


@pytest.fixture(scope="module")
def path(place):
    return f"{prefix_of(place)}fleet"


@pytest.fixture(scope="module")
def events(run):
    return run.table("events")


def test_the_system_counts_its_tasks_exactly(run, path):
    unit = run.measures["units"][path]
    came = unit["in_progress_at_start"] + unit["arrivals"] + unit["moved_in"]
    gone = unit["served"] + unit["shed"] + unit["failed"] + unit["abandoned"] + unit["moved_out"]
    assert came == gone + unit["in_progress"]
    assert unit["arrivals"] > 500
    assert unit["served"] > 300


def test_its_desk_sends_on_every_task_that_comes(events, path):
    came = events[(events["receiver"] == path) & events["kind"].isin(["arrive", "hand-on", "transfer"])]
    sent = events[(events["sender"] == path) & (events["kind"] == "route")]
    assert len(came) == len(sent) > 300


def test_its_system_3_makes_and_loses_no_agents(events, place, path):
    """What its operations hold never exceeds what the system has: 8, and what was granted from above."""
    changes = events[(events["kind"] == "agents") & events["receiver"].str.startswith(path)]
    held = {f"{path}.{name}": agents for name, agents in {"a": 3, "b": 3, "inner.c": 1, "inner.d": 1}.items()}
    most = 8 + 2 * len(ABOVE[place])
    for receiver, present in zip(changes["receiver"], changes["ref"], strict=True):
        held[receiver] = present
        assert 0 <= sum(held.values()) <= most
    assert len(changes) > 3


def test_its_system_3_moves_agents_by_bargain(events, path):
    grants = events[(events["kind"] == "grant") & (events["sender"] == f"{path}.system3")]
    assert {f"{path}.a.management", f"{path}.inner.system3"} <= set(grants["receiver"])


def test_its_system_2_speaks_to_each_operation_in_turn_and_to_none_above(events, path):
    damped = events[(events["kind"] == "damp") & (events["sender"] == f"{path}.system2")]
    assert set(damped["receiver"]) == {
        f"{path}.a.management",
        f"{path}.b.management",
        f"{path}.inner.system2",
    }


def test_it_speaks_only_to_those_that_it_is_linked_with(events, path):
    """Nothing jumps a level: below, to its own operations; above, only to the metasystem next above."""
    mother = path.rpartition(".")[0]
    spoken = events[events["sender"].isin([f"{path}.{role}" for role in ("system2", "system3")])]
    spoken = spoken[~spoken["kind"].isin(["agents", "bargained", "intervened", "lost", "expired"])]
    for receiver in set(spoken["receiver"]) - {path, *(f"{path}.{role}" for role in SYSTEMS)}:
        inner = receiver.removeprefix(f"{path}.")
        assert inner in {"a.management", "b.management", "inner.system2", "inner.system3"} or receiver in {
            f"{mother}.system2",
            f"{mother}.system3",
        }


def test_without_its_system_3_nobody_inside_bargains_with_it(place, path):
    without = vsmlab.run({**whole(place, metasystem="on"), "knockout": [f"{path}.system3"]}).table("events")
    unheard = without[without["kind"] == "unanswered"]
    assert set(unheard["receiver"]) == {f"{path}.system3"}
    spoken = without[without["sender"] == f"{path}.system3"]
    assert set(spoken["kind"]) <= {"unanswered", "bargain-due", "account-due"}  # its first reminders
    changes = without[(without["kind"] == "agents") & without["receiver"].isin([f"{path}.a", f"{path}.b"])]
    assert len(changes) == 0


def test_its_system_2_is_missed_when_it_is_knocked_out(place, path):
    without = vsmlab.run({**whole(place, metasystem="on"), "knockout": [f"{path}.system2"]}).table("events")
    unheard = without[without["kind"] == "unanswered"]
    assert set(unheard["receiver"]) == {f"{path}.system2"}
    assert not ((without["kind"] == "damp") & (without["sender"] == f"{path}.system2")).any()
