"""What holds in every organisation: counts balance, areas agree, agents are conserved, the journal is in order."""

from __future__ import annotations

import heapq
import json
import math
from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from journeys import Story, scenario, stream
from ledger import Ledger
from organisations import organisations

import vsmlab
from vsmlab.engines import compiled, simpy_engine
from vsmlab.engines.journal import ROW, Journal
from vsmlab.lab.build import build
from vsmlab.lab.loader import load
from vsmlab.lab.measures.all import all_measures, fold_of
from vsmlab.laws import kinds as k
from vsmlab.laws.sending import note
from vsmlab.vsm import system1

COUNTED = (
    "in_progress_at_start", "arrivals", "moved_in", "served", "shed", "failed", "abandoned", "moved_out",
    "in_progress",
)  # fmt: skip


def run_of(mapping: dict[str, Any]) -> tuple[Story, dict[str, Any]]:
    """The journal and the measures, in memory."""
    loaded = load(mapping)
    start = build(loaded)
    segments: list[Any] = []
    fold = fold_of(start, loaded.scenario)
    journal = Journal(start.identities, [segments.append, fold])
    agenda = simpy_engine.run(start, loaded.scenario.horizon, journal)
    if compiled.available():
        again = build(loaded)
        quick = Journal(again.identities)
        compiled.run(again, loaded.scenario.horizon, quick)
        assert (quick.count, quick.digest) == (journal.count, journal.digest)
    rows = np.concatenate(segments) if segments else np.empty(0, ROW)
    return Story(rows, agenda, start, journal.digest), all_measures(fold, start, loaded.scenario)


def check_order(story: Story) -> None:
    """Each message handled was the first of those pending; causes come before; senders number without gaps."""
    pending: list[tuple[float, int, int, int, int]] = []
    waiting: dict[int, list[tuple[float, int, int, int, int]]] = defaultdict(list)
    numbers: dict[int, list[int]] = defaultdict(list)
    columns = ("due", "priority", "receiver", "sender", "number", "kind", "cause")
    listed = list(zip(*(story.rows[name].tolist() for name in columns), strict=True))
    handled = -1
    for place, (due, priority, receiver, sender, number, kind, cause) in enumerate(listed):
        assert cause < place
        if kind < k.FACTS:
            waiting[cause].append((due, priority, receiver, sender, number))
            numbers[sender].append(number)
        else:
            assert number == -1
            assert (cause, due) == (handled, listed[handled][0])  # a fact follows the message that it is of
        if kind < k.FACTS:
            handled = place
    for message in waiting[-1]:
        heapq.heappush(pending, message)
    before = -math.inf
    for place, (due, priority, receiver, sender, number, kind, _) in enumerate(listed):
        assert due >= before
        before = due
        if kind < k.FACTS:
            assert heapq.heappop(pending) == (due, priority, receiver, sender, number)
            for message in waiting[place]:
                assert message[0] >= due
                heapq.heappush(pending, message)
    units = story.start.state.units
    for message in story.agenda.messages:
        numbers[message.origin].append(message.number)
        assert message.due >= before
    for unit in units:
        assert sorted(numbers[unit.identity]) == list(range(unit.numbers))


def check_agents(story: Story) -> None:
    """Nobody is made or lost: at work, in a pool, or on the way, the agents are those of the scenario."""
    state, start = story.start.state, story.start
    total = sum(row[5] for row in start.places if not row[4])
    present = sum(operation.agents for operation in state.operations)
    spare = sum(system3.pool for system3 in state.system3s)
    under_way = 0.0
    for operation in state.operations:
        assert operation.agents == operation.granted - operation.returned >= 0
        assert 0 <= operation.busy <= operation.agents
        assert operation.owed == operation.recalled - operation.returned >= 0
    for system3 in state.system3s:
        assert system3.pool >= 0
        row = system3.first_link
        while row >= 0:
            link = state.links[row]
            below = state.units[link.to]
            if below.role == k.MANAGEMENT:
                held = state.operations[state.units[state.managements[below.at].operation].at]
            else:
                held = state.system3s[below.at]
            down, up = link.initial + link.granted - held.granted, held.returned - link.returned
            assert down >= 0
            assert up >= 0
            under_way += down + up
            row = link.next
    assert present + spare + under_way == total


def check_units(story: Story, measures: dict[str, Any], mapping: dict[str, Any]) -> None:
    """Every unit's counts and areas are those of a bookkeeper who only reads the journal."""
    begin, end = mapping["warmup"], mapping["horizon"]
    book = Ledger(story.start, begin, end)
    last = 0.0
    for row in story.rows:
        if row["due"] > last:
            last = float(row["due"])
            for busy, agents in zip(book.busy, book.agents, strict=True):
                assert busy.value <= agents.value
        book.read(row)
    for here, (path, _, _, address, viable, _) in enumerate(story.start.places):
        unit = measures["units"][path]
        expected = dict.fromkeys(COUNTED, 0) | dict(book.counts[here])
        expected["in_progress_at_start"] = book.present[here].before
        expected["in_progress"] = book.present[here].value
        assert {name: unit[name] for name in COUNTED} == expected, path
        ins = unit["in_progress_at_start"] + unit["arrivals"] + unit["moved_in"]
        outs = sum(unit[name] for name in COUNTED[3:])
        assert ins == outs
        length = end - begin
        area = book.present[here].area()
        assert unit["mean_in_progress"] * length == pytest.approx(area, rel=1e-12, abs=1e-300)
        operations = [o for o, row in enumerate(story.start.places) if not row[4] and here in book.above[o]]
        waiting = math.fsum(book.waiting[o].area() for o in operations)
        busy = math.fsum(book.busy[o].area() for o in operations)
        agents = math.fsum(book.agents[o].area() for o in operations)
        assert unit["mean_queue"] * length == pytest.approx(waiting, rel=1e-12, abs=1e-300)
        assert (unit["utilisation"] or 0.0) * agents == pytest.approx(busy, rel=1e-12, abs=1e-300)
        if not viable:
            operation = story.start.state.operations[story.start.state.units[address].at]
            assert operation.queue == book.waiting[here].value
            assert operation.busy == book.busy[here].value
            assert operation.retrying == book.resting[here].value
            assert operation.agents == book.agents[here].value


def check_everything(mapping: dict[str, Any]) -> None:
    story, measures = run_of(mapping)
    for name in ("due", "value"):
        assert np.isfinite(story.rows[name]).all()
    json.dumps(measures, allow_nan=False)
    check_order(story)
    check_units(story, measures, mapping)
    check_agents(story)
    again = vsmlab.run(mapping)
    assert not again.manifest["failures"]
    assert again.digest == story.digest
    assert again.measures == json.loads(json.dumps(measures))
    assert again.verify().good


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(mapping=organisations())
def test_every_identity_holds_in_any_organisation(mapping: dict[str, Any]) -> None:
    check_everything(mapping)


def two_crowds(**rest: Any) -> dict[str, Any]:
    """A system of two operations beside an operation; the demand goes from one to the other and back."""
    told_often = {"account_every": 1.0}
    inner = {
        "operations": {name: {"agents": 3, "management": told_often} for name in "xy"},
        "system3": {"period": 1.0, "account_period": 1.0},
    }
    organisation = {
        "name": "org",
        "system3": {"period": 2.0, "account_period": 1.0, "move_takes": 0.5},
        "operations": {"a": inner, "b": {"agents": 5, "management": told_often}},
    }
    demand = {
        name: stream(
            to=to,
            work={"exponential": {"mean": 1.0}},
            arrivals={"linear": {"times": [0, 20, 40], "rates": rates}},
        )
        for name, to, rates in [("one", "org.a.x", [6.0, 0.5, 6.0]), ("two", "org.b", [0.5, 6.0, 0.5])]
    }
    return scenario(organisation, demand, **{"horizon": 60.0, "warmup": 5.0, **rest})


FAULTS: dict[str, dict[str, Any]] = {
    "none": {},
    "rounded": {"quantise": 3.0},
    "lossy": {"loss": 0.3},
    "slow": {"delay": {"exponential": {"mean": 3.0}}},
    "crowded": {"capacity": 2.0, "queue_limit": 1},
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("channel", ["bargain", "account", "op_mgmt", "mgmt_op"])
def test_agents_are_neither_made_nor_lost_by_a_bad_channel(channel: str, fault: str) -> None:
    mapping = two_crowds(channels={channel: FAULTS[fault]})
    check_everything(mapping)
    story, _ = run_of(mapping)
    told = channel != "op_mgmt" or fault != "crowded"  # where little is heard, little is moved
    assert len(story.of(k.AGENTS)) > (3 if told else -1)


@pytest.mark.parametrize(
    "knocked", ["org.system3", "org.a.system3", "org.a.x.management", "org.b.management"]
)
def test_agents_are_neither_made_nor_lost_by_a_system_that_is_knocked_out(knocked: str) -> None:
    check_everything(two_crowds(knockout=[knocked]))


def test_a_system_whose_operations_have_no_management_keeps_its_agents() -> None:
    inner = {"operations": {name: {"agents": 3, "management": "off"} for name in "xy"}}
    organisation = {"name": "org", "operations": {"a": {"agents": 3}, "b": inner}}
    demand = {"work": stream(to="org", arrivals={"poisson": {"rate": 7.0}})}
    mapping = scenario(organisation, demand, horizon=200.0, warmup=20.0)
    check_everything(mapping)
    story, _ = run_of(mapping)
    assert len(story.of(k.GRANT, at="org.b.system3")) > 0
    assert not set(story.of(k.REFUSED)["ref"].tolist()) - {k.INSPECT}  # one inspector at a time


def test_the_bookkeeper_notices_a_law_that_counts_a_task_twice() -> None:
    def twice(state: Any, unit: Any, now: float, message: Any) -> None:
        system1.accept(state, unit, now, message)
        if message.due > 40.0:
            note(state, unit, k.SHED, message.token, 0, 0.0)

    loaded = load(two_crowds())
    start = build(loaded)
    segments: list[Any] = []
    journal = Journal(start.identities, [segments.append])
    simpy_engine.run(start, 60.0, journal, own_laws={(k.ARRIVE, k.OPERATION): twice})
    book = Ledger(start, 5.0, 60.0)
    with pytest.raises(AssertionError):
        book.read_all(np.concatenate(segments))
