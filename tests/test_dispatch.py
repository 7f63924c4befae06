"""The table of who answers what: nothing is swallowed, neither by who has no law nor by who is knocked out."""

from __future__ import annotations

from typing import Any

import pytest

from vsmlab.dispatch import TABLE, answers, refused, unanswered
from vsmlab.engines import simpy_engine
from vsmlab.engines.journal import Journal
from vsmlab.engines.rows import empty_state
from vsmlab.engines.start import Start
from vsmlab.lab.build import build
from vsmlab.lab.loader import load
from vsmlab.laws import kinds as k
from vsmlab.laws.tables import Message
from vsmlab.laws.tasks import new_task

ANSWERED = {(line.kind, line.role) for line in TABLE}
PAIR = {
    "version": 1,
    "name": "pair",
    "title": "Two operations",
    "horizon": 60,
    "seed": 3,
    "environment": {"demand": {"a": {"arrivals": {"poisson": {"rate": 2.0}}, "work": 1.0, "to": "pair"}}},
    "organisation": {"name": "pair", "operations": {"one": {"agents": 2}, "two": {"agents": 2}}},
}


@pytest.mark.parametrize("law", [refused, unanswered])
@pytest.mark.parametrize("carries", [False, True])
def test_what_is_not_answered_is_a_fact_and_what_it_carried_is_lost(law, carries):
    state = empty_state()
    state.units.add()
    unit = state.units[0]
    state.ledger[0].free_task = -1
    row = new_task(state, unit, 5, 0.0) if carries else -1
    token = state.tasks[row].identity if carries else -1
    law(state, unit, 9.0, Message(9.0, 2, 0, 0, 0, k.LOAD, 0, 0, row, token, -1, 3, 2.5, -1))
    fact = k.REFUSED if law is refused else k.UNANSWERED
    assert list(state.effects) == [(0, fact, 0, 0.0, -1, token, -1, k.LOAD, 2.5)]
    assert state.ledger[0].free_task == row, "the row of a lost task serves another"


def test_every_line_answers_in_its_place_and_everything_else_is_refused():
    table = answers()
    assert len(ANSWERED) == len(TABLE), "two laws for one kind at one role"
    for line in TABLE:
        assert table[line.role][line.kind] is line.law
    for role in range(k.ROLES):
        for kind in range(k.KINDS):
            assert (table[role][kind] is refused) is ((kind, role) not in ANSWERED)


def test_ones_own_law_takes_the_place_of_one_line_and_of_no_other():
    def own(*_: Any) -> None:
        pass

    place = (k.COORDINATE, k.SYSTEM2)
    table, plain = answers({place: own}), answers()
    changed = {
        (kind, role)
        for role in range(k.ROLES)
        for kind in range(k.KINDS)
        if table[role][kind] is not plain[role][kind]
    }
    assert changed == {place}
    assert table[k.SYSTEM2][k.COORDINATE] is own


def journal_rows(start: Start, horizon: float) -> list[Any]:
    segments: list[Any] = []
    simpy_engine.run(start, horizon, Journal(start.identities, [segments.append]))
    return [row for segment in segments for row in segment]


def test_on_the_clock_a_message_without_a_law_is_refused_and_the_run_goes_on():
    start = build(load(PAIR))
    stray = start.paths.index("pair.one.environment")
    start.messages.append(
        Message(30.0, 2, start.identities[stray], start.identities[stray], 10**6, k.RATE, stray, stray,
                -1, -1, -1, 4, 1.5, -1)
    )  # fmt: skip
    rows = journal_rows(start, 60.0)
    (fact,) = [row for row in rows if row["kind"] == k.REFUSED]
    assert (fact["due"], fact["ref"], fact["value"]) == (30.0, k.RATE, 1.5)
    assert fact["receiver"] == start.identities[stray]
    assert max(row["due"] for row in rows) > 59.0


def test_on_the_clock_every_message_to_who_is_knocked_out_is_unanswered_and_none_of_its_own_follows():
    start = build(load({**PAIR, "knockout": ["pair.system3"]}))
    system3 = start.identities[start.paths.index("pair.system3")]
    rows = journal_rows(start, 60.0)
    to = [row for row in rows if row["receiver"] == system3 and row["kind"] < k.FACTS]
    facts = [row for row in rows if row["kind"] == k.UNANSWERED]
    assert [(row["due"], row["kind"], row["value"]) for row in to] == [
        (row["due"], row["ref"], row["value"]) for row in facts
    ]
    assert len(to) > 5
    later = [row for row in rows if row["sender"] == system3 and row["kind"] < k.FACTS]
    assert [row["kind"] for row in later] == [k.BARGAIN_DUE], "its first reminder came from the build"
