"""Child systems made and retired at any time, over channels that lose and delay: no task, no agent, no unit astray."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest

from vsmlab.engines import simpy_engine
from vsmlab.engines.journal import Journal
from vsmlab.engines.start import Start
from vsmlab.lab.build import build
from vsmlab.lab.build.blueprint import path_of_child
from vsmlab.lab.loader import load
from vsmlab.laws import kinds as k
from vsmlab.laws.identity import child_identity, identity
from vsmlab.laws.sending import remind
from vsmlab.vsm.system5 import decide

ENDS = (k.SERVED, k.FAILED, k.ABANDONED, k.SHED)
UNSAFE = (k.ENV_OP, k.OP_OP)
"""Channels that carry tasks: where these lose nothing, nobody may."""
Plan = list[tuple[float, int]]
"""When System 5 decides on one child more (1), or one less (-1)."""


class Lived(NamedTuple):
    """A run and what is left of it."""

    start: Start
    rows: Any
    agenda: simpy_engine.Agenda

    @property
    def state(self) -> Any:
        """The tables at the end."""
        return self.start.state

    def of(self, *kinds: int) -> Any:
        """Rows of the journal of these kinds."""
        return self.rows[np.isin(self.rows["kind"], kinds)]


def deciding(plan: Plan) -> Callable[..., None]:
    """A System 5 that decides by plan, and says so again at each of its periods, as the law does."""

    def govern(state: Any, unit: Any, now: float, message: Any) -> None:
        system5 = state.system5s[unit.at]
        remind(state, unit, k.GOVERN, now + system5.period, 0)
        for sign, which in ((1, k.CHILD), (-1, k.RETIREMENT)):
            total = sum(1 for time, what in plan if what == sign and time <= now)
            if total > 0:
                decide(state, unit, now, system5.system3, which, float(total))

    return govern


def lived(raw: dict[str, Any], plan: Plan) -> Lived:
    """Run a scenario in which the root's System 5 (and each child's) decides by plan."""
    start = build(load(raw))
    segments: list[Any] = []
    journal = Journal(start.identities, [segments.append])
    own = {(k.GOVERN, k.SYSTEM5): deciding(plan)}
    agenda = simpy_engine.run(start, raw["horizon"], journal, own_laws=own)
    assert agenda.failures == []
    return Lived(start, np.concatenate(segments), agenda)


def family(seed: int) -> tuple[dict[str, Any], Plan]:
    """A random crew, its pattern, its channels, and when children come and go."""
    draw = random.Random(seed)
    child: dict[str, Any] = {
        "operations": {"a": {"agents": draw.choice([1, 2, 3])}, "b": {"agents": draw.choice([1, 2])}},
        "system3": {"period": draw.choice([3, 10]), "account_period": 5},
        "system5": {"period": 20},
        "system4": {"period": 30},
    }
    if draw.random() < 0.3:
        inner = {"x": {"agents": 1}, "y": {"agents": 1}}
        child["operations"]["inner"] = {"operations": inner, "system3": {"period": 4, "account_period": 4}}
    if draw.random() < 0.3:
        child["desk"] = {"routing": draw.choice(["round-robin", "least-reported"])}
    channels: dict[str, Any] = {}
    for kind in k.CHANNEL_NAMES:
        if draw.random() < 0.5 and kind not in ("env_s4", "s4_env"):
            delay = draw.choice([0.0, 0.5, {"exponential": {"mean": 2.0}}])
            loss = 0.0 if kind in ("env_op", "op_op") else draw.choice([0.0, 0.1, 0.4])
            channels[kind] = {"delay": delay, "loss": loss}
    failures = [
        {},
        {"probability": 0.3, "attempts": 3, "backoff": 10.0},
        {"deadline": 60.0, "patience": 30.0},
    ]
    raw = {
        "version": 1,
        "name": "family",
        "title": "Children come and go",
        "horizon": 500,
        "seed": seed,
        "environment": {
            "demand": {
                "calls": {
                    "arrivals": {"poisson": {"rate": draw.choice([1.0, 2.5, 4.0])}},
                    "work": {"exponential": {"mean": 4.0}},
                    "to": "crew",
                    "failure": draw.choice(failures),
                }
            }
        },
        "organisation": {
            "name": "crew",
            "spawn": {"child": child, "at_most": 3},
            "desk": {"routing": draw.choice(["shares", "round-robin", "least-reported"])},
            "system3": {
                "period": draw.choice([5, 10]),
                "account_period": 5,
                "move_takes": draw.choice([0, 3]),
                "may_move": draw.choice(["agents", "agents", "nothing"]),
            },
            "system5": {"period": 10},
            "operations": {"first": {"agents": 4, "queue": {"limit": 50}}, "second": {"agents": 2}},
        },
        "policy": {"spawn": {"max_depth": draw.choice([1, 1, 2])}},
        "channels": channels,
    }
    plan, time = [], draw.uniform(5.0, 60.0)
    for _ in range(draw.choice([1, 2])):
        plan.append((time, 1))
        if draw.random() < 0.8:
            plan.append((time + draw.uniform(10.0, 100.0), -1))
        time += draw.uniform(10.0, 100.0)
    return raw, plan


SEEDS = range(12)


@cache
def life_of(seed: int) -> Lived:
    """The life of a family, lived once."""
    return lived(*family(seed))


@pytest.fixture(params=SEEDS)
def life(request: pytest.FixtureRequest) -> Lived:
    return life_of(request.param)


def alive_tasks(life: Lived) -> list[int]:
    """Tasks that have not come to an end, by identity."""
    ledger, tasks = life.state.ledger[0], life.state.tasks
    free, row = set(), ledger.free_task
    while row >= 0:
        free.add(row)
        row = tasks[row].next
    return [tasks[row].identity for row in range(ledger.tasks) if row not in free]


def test_no_task_is_lost_or_doubled(life):
    born = set(life.of(k.BORN)["task"].tolist())
    ended = Counter(life.of(*ENDS)["task"].tolist())
    lost = life.of(k.LOST)
    assert not np.isin(lost["ref"][lost["task"] >= 0], UNSAFE).any()
    assert set(ended.values()) <= {1}
    alive = alive_tasks(life)
    assert len(alive) == len(set(alive))
    assert set(alive) | set(ended) == born
    assert not set(alive) & set(ended)
    held = sum(each.queue + each.busy + each.retrying for each in life.state.operations)
    assert held + sum(message.task >= 0 for message in life.agenda.messages) == len(alive)


def pattern_of(life: Lived) -> range:
    """The receivers of the pattern, who never live."""
    pattern = life.state.blueprints[0]
    return range(pattern.first_unit, pattern.first_unit + pattern.units)


def chain(life: Lived, row: int) -> list[Any]:
    """The links of a chain."""
    found = []
    while row >= 0:
        found.append(life.state.links[row])
        row = found[-1].next
    return found


def test_no_agent_is_made_or_lost_but_those_who_come_and_go_with_a_child(life):
    """Those at work, those in hand and those on their way are those there were and those who came, less who left."""
    state, pattern = life.state, pattern_of(life)
    below: dict[int, Any] = {each.unit: each for each in state.system3s}
    operations = {each.unit: each for each in state.operations}
    below |= {each.unit: operations[each.operation] for each in state.managements}
    total = sum(each.agents for each in state.operations if each.unit not in pattern)
    for system3 in state.system3s:
        if system3.unit in pattern:
            continue
        total += system3.pool
        leavers = chain(life, system3.retiring) if system3.retired else []
        for link in chain(life, system3.first_link) + leavers:
            down = link.initial + link.granted - below[link.to].granted
            up = below[link.to].returned - link.returned
            assert down >= 0
            assert up >= 0
            total += down + up
    assert total == 6 + life.of(k.HIRES)["value"].sum()


def of_child(life: Lived, desk: int) -> range:
    """The receivers of a child, by the row of its desk."""
    (pattern,) = life.state.blueprints
    first = desk - (pattern.desk - pattern.first_unit)
    return range(first, first + pattern.units)


def test_a_child_that_is_gone_is_wholly_gone(life):
    """Every receiver of it has ended, with no agent and no task, and each of its reminders came at most once more."""
    state = life.state
    rows = {unit.identity: unit.row for unit in state.units}
    gone = {rows[desk] for desk in life.of(k.GONE)["ref"].tolist()}
    assert len(gone) == len(life.of(k.GONE))
    ended = {row for desk in gone for row in of_child(life, desk)}
    not_ended = [row for row in ended if state.units[row].off != k.ENDED]
    assert {state.units[row].role for row in not_ended} <= {k.ENVIRONMENT}
    for each in state.operations:
        if each.unit in ended:
            assert (each.agents, each.queue, each.busy, each.retrying) == (0, 0, 0, 0)
    unanswered = life.of(k.UNANSWERED)
    reminders = [kind.number for kind in k.MESSAGES if kind.priority == k.REMINDERS and kind.ref != "ticket"]
    due = Counter((int(row["receiver"]), int(row["ref"])) for row in unanswered if row["ref"] in reminders)
    assert max(due.values(), default=0) <= 1


def test_no_task_goes_to_a_child_before_it_was_called_and_answered(life):
    """A causal edge for every child: announced, called, answered, and only then does the desk send a task."""
    children = set(life.of(k.SPAWNED)["ref"].tolist())
    first: dict[tuple[int, int, int], float] = {}
    for row in life.of(k.ANNOUNCE, k.INVOKE, k.RESULT, k.ROUTE):
        ends = (int(row["sender"]), int(row["receiver"]))
        up = row["kind"] in (k.ANNOUNCE, k.RESULT)
        first.setdefault((int(row["kind"]), *(ends if up else ends[::-1])), float(row["due"]))
    sent = [(child, mother) for kind, child, mother in first if kind == k.ROUTE and child in children]
    for child, mother in sent:
        if (k.ANNOUNCE, child, mother) in first:  # else a child's desk passes on what it takes no more
            times = [first[kind, child, mother] for kind in (k.ANNOUNCE, k.INVOKE, k.RESULT, k.ROUTE)]
            assert times == sorted(times)


def test_something_happened():
    """The fixtures above spawn, retire, hand over and meet the depth limit: else they would show nothing."""
    kinds: Counter[int] = Counter()
    for seed in SEEDS:
        kinds.update(life_of(seed).rows["kind"].tolist())
    assert kinds[k.SPAWNED] > 30
    assert kinds[k.GONE] > 15
    assert kinds[k.MOVED_OUT] > 100
    assert kinds[k.DEPTH_REFUSED] > 5


# -- one child, looked at closely ----------------------------------------------------------------------------


def busy(**more: Any) -> dict[str, Any]:
    """One crew with much to do, and channels that lose nothing but take their time."""
    raw, _ = family(3)
    child = {
        "operations": {"a": {"agents": 2}, "b": {"agents": 1}},
        "system3": {"period": 10, "account_period": 5, "may_move": "nothing"},
    }
    raw["organisation"] |= {
        "spawn": {"child": child, "at_most": 2, "above": 1e6, "below": 0.0},
        "desk": {"routing": "shares"},
        "system3": {"period": 10, "account_period": 5, "may_move": "nothing"},
    }
    raw["environment"]["demand"]["calls"] |= {"arrivals": {"poisson": {"rate": 2.6}}, "failure": {}}
    slow = {kind: {"delay": 0.3} for kind in ("env_op", "account", "intervene", "s2")}
    return {**raw, "channels": slow, "policy": {"spawn": {"max_depth": 1}}, "horizon": 400, **more}


@pytest.fixture(scope="module")
def one() -> Lived:
    return lived(busy(), [(20.0, 1), (200.0, -1)])


def test_a_child_has_complete_systems_and_names_that_can_be_computed(one):
    state, pattern, start = one.state, one.state.blueprints[0], one.start
    first = len(start.paths)
    mother = identity("crew.system3")
    names = [
        path_of_child(path, "crew.child", "crew", 1)
        for path in start.paths[pattern.first_unit :][: pattern.units]
    ]
    assert names[0] == "crew.child-1"
    roles = Counter(state.units[row].role for row in range(first, len(state.units)))
    assert roles == {
        k.DESK: 1, k.SYSTEM2: 1, k.SYSTEM3: 1, k.AUDIT: 1, k.SYSTEM4: 1, k.SYSTEM5: 1,
        k.OPERATION: 2, k.MANAGEMENT: 2, k.ENVIRONMENT: 2,
    }  # fmt: skip
    made = [child_identity(mother, 1, place) for place in range(pattern.units)]
    assert made == one.start.identities[first:]
    spoke = set(one.rows["sender"].tolist())
    silent = [name for name, who in zip(names, made, strict=True) if who not in spoke]
    assert silent == []


def test_its_agents_come_with_it_and_leave_with_it(one):
    hires = one.of(k.HIRES)
    assert hires["value"][0] == 3.0
    assert hires["value"][1:].sum() == -3.0
    assert (hires["ref"][0], hires["ref"][-1]) == (9, 6)


def test_it_works_and_hands_its_work_over(one):
    first = len(one.start.paths)
    child = {one.state.units[row].identity for row in range(first, len(one.state.units))}
    served = [row for row in one.of(k.SERVED) if int(row["receiver"]) in child]
    assert len(served) > 50
    retired = float(one.of(k.RETIRE)["due"].min())
    gone = float(one.of(k.GONE)["due"][0])
    started = [float(row["due"]) for row in one.of(k.STARTED) if int(row["receiver"]) in child]
    assert retired <= gone < retired + 60.0
    assert max(started) <= retired + 1.0


def test_the_parents_links_are_as_before(one):
    state = one.state
    desk, system2 = state.desks[0], state.system2s[0]
    assert desk.children == system2.children == 2
    assert [link.to for link in chain(one, desk.first_link)] == [each.unit for each in state.operations[:2]]
    assert one.state.audits[0].children == 2
    assert [link.stage for link in chain(one, state.system3s[0].retiring)] == [k.LEFT]


def test_shutting_comes_before_handing_over(one):
    """The desk's door is shut when the first task comes back, so that none goes there and back again."""
    desk, child = one.start.identities[0], set(one.start.identities[len(one.start.paths) :])
    asked = one.of(k.RETIRE)
    shut = float(asked["due"][asked["receiver"] == desk].min())
    back = [
        row for row in one.of(k.TRANSFER, k.ROUTE) if row["receiver"] == desk and int(row["sender"]) in child
    ]
    assert len(back) >= 10
    assert min(float(row["due"]) for row in back) >= shut
    routed = [row for row in one.of(k.ROUTE) if row["sender"] == desk and int(row["receiver"]) in child]
    sent = [float(one.rows["due"][row["cause"]]) for row in routed]
    assert max(sent) <= shut
    assert (
        max(float(row["due"]) for row in routed) > shut
    )  # the last ones came to a shut door and were passed on


def test_while_channels_to_system3_are_cut_a_child_waits_to_be_told_and_nothing_breaks():
    life = lived(busy(knockout=[{"channel": "intervene"}]), [(20.0, 1), (200.0, -1)])
    assert len(life.of(k.SPAWNED)) == 1
    assert len(life.of(k.GONE)) == 0
    test_no_task_is_lost_or_doubled(life)
    test_no_agent_is_made_or_lost_but_those_who_come_and_go_with_a_child(life)


@pytest.mark.parametrize("system", ["system2", "audit", "system4"])
def test_a_system_that_is_knocked_out_does_not_keep_its_child_from_ending(system):
    life = lived(busy(knockout=[system]), [(20.0, 1), (150.0, -1)])
    assert len(life.of(k.GONE)) == 1
    test_no_task_is_lost_or_doubled(life)


def test_what_is_said_is_the_same_in_every_run():
    one, other = (lived(*family(5)) for _ in range(2))
    assert (one.rows == other.rows).all()
