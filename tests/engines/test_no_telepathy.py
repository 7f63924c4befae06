"""No law touches a row that is not its receiver's, whatever the scenario; and every law was seen at work."""

import re
import sys
from functools import cache

import pytest
from guard import Watch, WrongNumberError, run_guarded, strict
from small_scenarios import loaded_small, small_scenarios

from vsmlab.dispatch import TABLE
from vsmlab.lab.loader import load, shipped_scenarios
from vsmlab.laws import LAWS
from vsmlab.laws import kinds as k
from vsmlab.laws.sending import post
from vsmlab.laws.tables import ROWS
from vsmlab.vsm.desk import route
from vsmlab.vsm.system1 import done

SHIPPED = [shipped.name for shipped in shipped_scenarios()]
SMALL = list(small_scenarios())
LIMIT = 12_000
"""Messages of each scenario under guard."""


@cache
def watched(name: str) -> Watch:
    """A scenario's run under guard: each once."""
    return run_guarded(load(name) if name in SHIPPED else loaded_small(name), LIMIT)[0]


@pytest.mark.parametrize("name", [*SHIPPED, *SMALL])
def test_a_law_touches_only_what_is_its_receivers(name):
    watch = watched(name)
    assert watch.findings == []
    assert watch.handled > 1_000


@pytest.mark.parametrize("name", [*SHIPPED, *SMALL])
def test_no_message_comes_to_a_receiver_that_has_no_law_for_it(name):
    refused = {said for said in watched(name).refused if said.endswith(": refused")}
    assert not refused


def test_every_line_of_the_table_was_answered():
    seen = set().union(*(watched(name).answered for name in [*SHIPPED, *SMALL]))
    lines = {f"{k.NAME_OF[line.kind]}@{k.ROLE_NAMES[line.role]}": (line.kind, line.role) for line in TABLE}
    assert {line for line, place in lines.items() if place not in seen} == set()


def test_every_law_was_exercised():
    ran = set().union(*(watched(name).ran for name in [*SHIPPED, *SMALL]))
    missing = set()
    for name, source in LAWS.items():
        if source.__module__.startswith(("vsmlab.laws", "vsmlab.vsm", "vsmlab.world", "vsmlab.dispatch")):
            called = getattr(sys.modules[source.__module__], name)
            if called.__code__ not in ran:
                missing.add(f"{source.__module__}.{name}")
    # Only a user's process or law can send a message astray: test_own_processes has it.
    assert missing <= {"vsmlab.dispatch.refused"}


def sibling(state, unit, now, message):
    state.units[unit.row + 1]


def operation(state, unit, now, message):
    _ = state.operations[1].queue


def link(state, unit, now, message):
    _ = state.links[0].load


def channel(state, unit, now, message):
    _ = state.channels[0].free_at


def task(state, unit, now, message):
    _ = state.tasks[0].work


def ticket(state, unit, now, message):
    _ = state.tickets[0].valid


def last(state, unit, now, message):
    _ = state.system2s[-1]


def census(state, unit, now, message):
    _ = state.ledger[0].tasks


def seeds(state, unit, now, message):
    state.ledger[0].seed = 3


def drift(state, unit, now, message):
    state.distributions[0].a = 9.0


def voice(state, unit, now, message):
    post(state, unit.row + 1, k.HEARTBEAT, unit.row, now, -1, -1, -1, 0, 1.0)


def past(state, unit, now, message):
    post(state, unit.row, k.COORDINATE, unit.row, now - 1.0, -1, -1, -1, 0, 1.0)


def hostage(state, unit, now, message):
    post(state, unit.row, k.ROUTE, 0, now, 0, -1, -1, 0, 0.0)


def whole(state, unit, now, message):
    state.system2s[unit.at].children = 2.0


def real(state, unit, now, message):
    state.system2s[unit.at].gain = 1


def nothing(state, unit, now, message):
    state.system2s[unit.at].gain = float("nan")


def sent_whole(state, unit, now, message):
    post(state, unit.row, k.COORDINATE, unit.row, now, -1, -1, -1, 0, 1)


WRONG = {
    sibling: r"TelepathyError: sibling at top\.system2 \(.*\) touched units\[2\] of top\.system3",
    operation: r"touched operations\[1\] of top\.b",
    link: r"touched links\[0\] of top",
    channel: r"touched channels\[0\] of",
    task: r"touched tasks\[0\] of",
    ticket: r"touched tickets\[0\] of",
    last: r"touched system2s\[-1\] of nobody",
    census: r"touched ledger\.tasks of nobody",
    seeds: r"touched ledger\.seed of nobody",
    drift: r"Distribution\.a = 9\.0: the table is constant",
    voice: r"touched a message of kind 18 in the name of top\.system3",
    past: r"touched the past: coordinate",
    hostage: r"touched tasks\[0\] \(sent on\) of",
    whole: r"WrongNumberError: System2\.children = 2\.0 is not int",
    real: r"WrongNumberError: System2\.gain = 1 is not float",
    nothing: r"WrongNumberError: System2\.gain = nan is out of range",
    sent_whole: r"WrongNumberError: 1 in a real field of a message of kind 20",
}


@pytest.mark.parametrize("wrong", WRONG, ids=lambda law: law.__name__)
def test_a_law_that_does_is_caught_and_named(wrong):
    loaded = loaded_small("small-pair")
    watch, failures = run_guarded(loaded, 2_000, {(k.COORDINATE, k.SYSTEM2): wrong})
    assert failures
    assert all(re.search(WRONG[wrong], failure) for failure in failures), failures[0]
    if "TelepathyError" in failures[0] and wrong is not drift:
        assert watch.findings


def test_a_task_is_not_touched_after_it_was_dropped():
    def late(state, unit, now, message):
        row = state.tickets[message.ticket].about
        done(state, unit, now, message)
        state.tasks[row].work = 0.0

    _, failures = run_guarded(loaded_small("small-pair"), 2_000, {(k.DONE, k.OPERATION): late})
    assert re.search(r"late at top\.[ab] .* touched tasks\[\d+\] of nobody \(free\)", failures[0])


def test_a_task_is_not_touched_after_it_was_sent_on():
    def greedy(state, unit, now, message):
        route(state, unit, now, message)
        state.tasks[message.task].rank = 0

    _, failures = run_guarded(loaded_small("small-pair"), 2_000, {(k.ARRIVE, k.DESK): greedy})
    assert re.search(r"greedy at top \(.*touched tasks\[0\] of a message under way", failures[0])


@pytest.mark.parametrize("row_class", ROWS.values(), ids=ROWS)
def test_a_strict_row_has_every_field_and_refuses_the_other_kind(row_class):
    row = strict(row_class)()
    for name, kind in row_class.__annotations__.items():
        right, wrong = (3, 3.0) if kind == "int" else (3.0, 3)
        setattr(row, name, right)
        for bad in (wrong, True, 2**63, float("nan"), float("inf"), "3", None):
            with pytest.raises(WrongNumberError):
                setattr(row, name, bad)
        assert getattr(row, name) == right
