"""The copy of a pattern, field by field: every reference moved, everything else as it was, and nothing forgotten."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest
from family import BORN_AT, Family, scenario

from vsmlab.lab.build import build
from vsmlab.lab.build.blueprint import SPANS, path_of_child
from vsmlab.lab.loader import load
from vsmlab.laws.identity import child_identity, identity
from vsmlab.laws.tables import ROWS
from vsmlab.vsm.references import (
    BEGUN_ANEW,
    CONSTANT,
    NONE,
    PLAIN,
    REFERENCES,
    TIMES_KEPT,
)

COPIED = list(REFERENCES)

# -- nothing is forgotten ------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", COPIED)
def test_every_whole_number_is_declared_once_as_a_reference_or_as_plain(table):
    """A new field fails here until somebody has said what becomes of it in a child system."""
    fields = {name for name, kind in ROWS[table].__annotations__.items() if kind == "int"}
    declared = [*REFERENCES[table], *PLAIN[table]]
    declared += [name for name in BEGUN_ANEW.get(table, ()) if name in fields]
    assert sorted(declared) == sorted(fields)


@pytest.mark.parametrize("table", COPIED)
def test_every_moment_is_declared_as_begun_anew_or_kept(table):
    """Real numbers that are named like a moment: what a child must not take over from the time before its birth."""
    fields = {name for name, kind in ROWS[table].__annotations__.items() if kind == "float"}
    moments = {
        name
        for name in fields
        if re.search(r"(since|until|heard|_at|^at|time|due|beat|progress|idle|free)", name)
    }
    moments -= {"beat_every", "heartbeat_every"}
    declared = {*BEGUN_ANEW.get(table, ()), *TIMES_KEPT.get(table, ())} & fields
    assert moments - declared - {"lying_at", "honest_at", "freedom", "freed"} == set()


def test_every_table_is_copied_or_holds_nothing_of_a_pattern():
    worlds = {
        "streams",
        "changes",
        "watches",
        "tallies",
        "disturbances",
        "targets",
        "instants",
        "windows",
        "cells",
    }
    constant = {"distributions", "samples", "conditions", "blueprints", "beginnings"}
    made_later = {"tasks", "tickets", "corrections", "signals", "effects", "ledger"}
    assert set(ROWS) == {*COPIED, *worlds, *constant, *made_later}
    assert {*SPANS, "units", "channels"} == set(COPIED)


# -- the copy is right ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["whole", "without 5", "without 3*", "everything"])
def family(request: pytest.FixtureRequest) -> Family:
    child = {"without 5": {"system5": "off"}, "without 3*": {"audit": "off"}}.get(request.param, {})
    return Family(everything=request.param == "everything", **child)


def differences(family: Family, counts: dict[str, int], mother: int) -> list[str]:
    """Fields of the copy that are not what they are to be."""
    state, around, wrong = family.state, family.around(mother), []
    for table in COPIED:
        if table == "channels":
            continue
        rows = getattr(state, table)
        for old, new in family.pairs(table, counts):
            role = rows[old].role if table == "units" else -1
            for field in ROWS[table].__annotations__:
                if field in BEGUN_ANEW.get(table, ()) or field == "first_channel":
                    continue
                value = getattr(rows[old], field)
                expected = family.expected(table, field, value, counts, around, role)
                if field == "last_next":
                    expected = rows[new].first_next + value - rows[old].first_next
                if getattr(rows[new], field) != expected:
                    found = getattr(rows[new], field)
                    wrong.append(f"{table}[{new}].{field} is {found}, not {expected} (pattern: {value})")
    return wrong


def test_every_field_of_the_copy_is_the_patterns_or_moved_with_it(family):
    assert differences(family, family.before, family.mother) == []


def test_every_reference_was_put_to_the_test():
    """Each declared reference is really one somewhere in the pattern of these tests."""
    family = Family(everything=True)
    for table, fields in REFERENCES.items():
        for field, what in fields.items():
            if what not in (NONE, CONSTANT, "channels") and table != "channels":
                rows = getattr(family.state, table)
                said = {getattr(rows[old], field) for old, _ in family.pairs(table, family.before)}
                assert max(said) >= 0, f"{table}.{field}: {said}"


def test_a_child_of_a_child_is_tied_to_its_own_mother(family):
    """The pattern was laid out for the crew: in a grandchild, the child stands in the crew's place."""
    state, counts = family.state, family.counts()
    child3 = family.before["units"] + family.pattern.system3 - family.pattern.first_unit
    family.spawn(child3, 1)
    assert differences(family, counts, child3) == []
    desk, grandchild = state.units[child3], state.units[counts["units"]]
    assert grandchild.depth == desk.depth + 1 == 3
    assert state.desks[grandchild.at].parent == state.system3s[desk.at].parent == family.before["units"]
    ties = [state.units[new].first_tie for _, new in family.pairs("units", counts)]
    partners = {state.links[tie].to for tie in ties if tie >= 0} - {-1}
    child = state.system3s[desk.at]
    around = {child.parent, child.system2, child3, child.signals_to, child.audit} - {-1}
    assert partners == (around if child.system5 >= 0 else around - {child.signals_to})
    assert around - {child.signals_to} <= set(range(family.before["units"], counts["units"]))


def test_what_a_child_begins_anew(family):
    state = family.state
    mother = state.units[family.mother]
    for place, (old, new) in enumerate(family.pairs("units", family.before)):
        unit = state.units[new]
        assert unit.identity == child_identity(mother.identity, 1, place)
        assert (unit.row, unit.role, unit.depth) == (new, state.units[old].role, state.units[old].depth)
        assert (unit.numbers, unit.tickets, unit.announced) == (0, 0, 0)
        assert (unit.demand_draws, unit.delay_draws, unit.loss_draws, unit.state_draws) == (0, 0, 0, 0)
        assert unit.announcing == int(unit.first_tie >= 0)
    for table, fields in BEGUN_ANEW.items():
        if table == "units":
            continue
        for (_, new), field in product(family.pairs(table, family.before), fields):
            assert getattr(getattr(state, table)[new], field) == BORN_AT


def test_channel_patterns_are_copied_and_belong_to_the_copy():
    family = Family()
    state, checked = family.state, 0
    for old, new in family.pairs("units", family.before):
        chains: list[list[tuple[Any, ...]]] = []
        for unit in (old, new):
            row, found = state.units[unit].first_channel, []
            while row >= 0:
                channel = state.channels[row]
                assert channel.owner == unit
                values = (
                    getattr(channel, name)
                    for name in ROWS["channels"].__annotations__
                    if name not in ("owner", "next")
                )
                found.append(tuple(values))
                row = channel.next
            chains.append(sorted(found))
        assert chains[0] == chains[1]
        checked += len(chains[0])
    assert checked >= 10


def test_the_ledger_counts_every_row(family):
    ledger = family.state.ledger[0]
    for table in COPIED:
        assert getattr(ledger, table) == len(getattr(family.state, table)), table


def test_the_pattern_itself_is_left_as_it_was():
    one, other = Family(), build(load(scenario()))
    for table in COPIED:
        for row, each in enumerate(getattr(other.state, table)):
            values = [getattr(each, name) for name in ROWS[table].__annotations__]
            assert values == [
                getattr(getattr(one.state, table)[row], name) for name in ROWS[table].__annotations__
            ]


# -- who is who ----------------------------------------------------------------------------------------------


def test_identities_of_children_are_unlike_and_fill_62_bits():
    mothers = [identity(f"m{n}") for n in range(20)]
    made = [child_identity(*each) for each in product(mothers, range(1, 40), range(40))]
    assert len(set(made)) == len(made) == 20 * 39 * 40
    assert all(0 <= number < 2**62 for number in made)
    for bit in range(62):
        share = sum(number >> bit & 1 for number in made) / len(made)
        assert abs(share - 0.5) < 0.012  # 4 deviations of a fair bit are 0.0113


def test_a_receiver_is_called_by_its_mother_and_its_ordinal():
    assert path_of_child("top.crew.child", "top.crew.child", "top.crew", 2) == "top.crew.child-2"
    assert (
        path_of_child("top.crew.child.a", "top.crew.child", "top.crew.child-2", 1)
        == "top.crew.child-2.child-1.a"
    )
