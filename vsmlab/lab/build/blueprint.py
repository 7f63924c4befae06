"""From a subtree that has been laid out to the pattern of a child system: which rows it is, and whom it is to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from vsmlab.errors import InputError
from vsmlab.laws import kinds as k
from vsmlab.laws.sending import ROOM
from vsmlab.laws.tables import Blueprint, State

SPANS: Final = {
    "operations": "first_operation", "managements": "first_management", "desks": "first_desk",
    "system2s": "first_system2", "system3s": "first_system3", "audits": "first_audit",
    "system4s": "first_system4", "system5s": "first_system5", "environments": "first_environment",
    "links": "first_link", "choices": "first_choice", "auditeds": "first_audited", "sources": "first_source",
    "memories": "first_memory", "vitals": "first_vital", "essentials": "first_essential",
}  # fmt: skip
"""The tables of which a child gets copies, and the blueprint's field for the first row of each."""
EMPTY: Final = ("tasks", "tickets", "corrections", "signals", "streams", "disturbances", "changes", "watches")
"""Tables of which a pattern has no rows: it has never run, and demand and disturbances are the world's."""


class Rows(Protocol):
    """The receivers of the pattern's root, by row (-1: it has none), and how deep it lies."""

    @property
    def address(self) -> int:
        """Its desk."""
        ...

    @property
    def system2(self) -> int:
        """Its System 2."""
        ...

    @property
    def system3(self) -> int:
        """Its System 3."""
        ...

    @property
    def audit(self) -> int:
        """Its System 3*."""
        ...

    @property
    def system4(self) -> int:
        """Its System 4."""
        ...

    @property
    def system5(self) -> int:
        """Its System 5."""
        ...

    @property
    def depth(self) -> int:
        """How deep it lies; the root is 0."""
        ...


class Growing(Protocol):
    """Tables that can be added to."""

    def add(self, table: str) -> int:
        """A new row; returns its number."""
        ...

    def count(self, table: str) -> int:
        """Rows made so far."""
        ...


def blueprint(
    tables: Growing,
    state: State,
    first_counts: Mapping[str, int],
    last_counts: Mapping[str, int],
    first_messages: Sequence[tuple[float, int, int, int]],
    rows_of_pattern: Rows,
) -> int:
    """Make a subtree that has just been laid out the pattern of a child system.

    It is given the ties by which a child announces itself: its desk, System 2, System 3 and System 5 to those
    of the system around it, its operations to that system's audit.

    Args:
        tables: The tables, with nothing added since the subtree.
        state: The same.
        first_counts: Rows of every table before the subtree was laid out.
        last_counts: Rows of every table after it.
        first_messages: First reminders of its receivers: due time, kind, receiver, ``ref``.
        rows_of_pattern: The receivers of its root.

    Returns:
        The row of the blueprint. Its ``agents`` and ``at_most`` are left to the caller.

    Raises:
        InputError: If the pattern has more rows of a table than one law may make at once.
    """
    for table in EMPTY:
        assert last_counts[table] == first_counts[table], f"a pattern has {table}"
    made: Blueprint = state.blueprints[row := tables.add("blueprints")]
    made.first_unit = first_counts["units"]
    made.units = last_counts["units"] - first_counts["units"]
    root = rows_of_pattern
    made.depth, made.desk = root.depth, root.address
    made.system2, made.system3, made.audit = root.system2, root.system3, root.audit
    made.system4, made.system5 = root.system4, root.system5
    _surroundings(state, made)
    _tie(tables, state, made)
    for table, field in SPANS.items():
        setattr(made, field, first_counts[table])
        setattr(made, table, tables.count(table) - first_counts[table])
        if getattr(made, table) > ROOM // 4:
            raise InputError(
                "scenario",
                "spawn.child",
                f"a child with {getattr(made, table):,} {table}",
                right=f"at most {ROOM // 4:,} of each kind of row can be made at once",
            )
    made.first_beginning = tables.count("beginnings")
    for due, kind, to, ref in first_messages:
        beginning = state.beginnings[tables.add("beginnings")]
        beginning.unit, beginning.kind, beginning.wait, beginning.ref = to, kind, due, ref
    made.last_beginning = tables.count("beginnings")
    return row


def _surroundings(state: State, made: Blueprint) -> None:
    """Who is around the pattern: in a copy, those of the system that spawns stand in their places."""
    units: Any = state.units
    mother = state.system3s[units[made.system3].at].account_to if made.system3 >= 0 else -1
    made.mother_desk = state.desks[units[made.desk].at].parent
    made.mother_system3 = mother
    made.mother_system2 = _of_system3(state.system2s, mother)
    made.mother_audit = _of_system3(state.audits, mother)
    made.mother_system5 = _above(state, made)
    inside = [each.unit for each in _rows(state.system3s) if _is_inside(made, each.unit)]
    for receiver in [mother, *inside]:
        if receiver >= 0:
            system3 = state.system3s[units[receiver].at]
            system3.system2 = _of_system3(state.system2s, receiver)
            system3.audit = _of_system3(state.audits, receiver)
            system3.signals_to = system3.system5 if system3.system5 >= 0 else made.mother_system5


def _is_inside(made: Blueprint, row: int) -> bool:
    """Whether this receiver is of the pattern."""
    return made.first_unit <= row < made.first_unit + made.units


def _of_system3(rows: Any, system3: int) -> int:  # noqa: ANN401 - System 2 or audit
    """The System 2, or the audit, of the node with this System 3; -1 if it has none."""
    return next((each.unit for each in rows if each.system3 == system3 >= 0), -1)


def _above(state: State, made: Blueprint) -> int:
    """The System 5 outside to which signals from within the pattern would go; -1 if there is none."""
    units: Any = state.units
    found = [each.parent for each in _rows(state.system5s) if _is_inside(made, each.unit)]
    found += [each.system5 for each in _rows(state.managements) if _is_inside(made, each.unit)]
    outside = [row for row in found if row >= 0 and not _is_inside(made, row)]
    assert len(set(outside)) <= 1, f"signals go to {[units[row].identity for row in outside]}"
    return outside[0] if outside else -1


def _rows(table: Any) -> list[Any]:  # noqa: ANN401 - any table
    return list(table)


def _tie(tables: Growing, state: State, made: Blueprint) -> None:
    """Who of the pattern is to announce itself to whom, by what address, with how many agents."""
    units: Any = state.units
    agents = state.system3s[units[made.system3].at].granted if made.system3 >= 0 else 0.0
    ties = [
        (made.desk, made.mother_desk, 0.0),
        (made.system2, made.mother_system2, 0.0),
        (made.system3, made.mother_system3, agents),
        (made.system5, made.mother_system5, 0.0),
    ]
    for row in range(made.first_unit, made.first_unit + made.units):
        units[row].first_tie = -1
        if units[row].role == k.OPERATION:
            ties.append((row, made.mother_audit, 0.0))
    for owner, to, initial in ties:
        if owner >= 0 and to >= 0:
            link = state.links[row := tables.add("links")]
            link.owner, link.to, link.address, link.next = owner, to, made.desk, -1
            link.heard, link.initial, link.bias = -1.0, initial, 1.0
            link.first_correction = link.last_correction = -1
            units[owner].first_tie = row


def path_of_child(path: str, pattern: str, mother: str, ordinal: int) -> str:
    """What a receiver of a spawned child is called.

    Args:
        path: The receiver of the pattern that it is a copy of.
        pattern: The pattern's root, ``<system>.<name of its children>``.
        mother: The system that spawned it, which may itself be a spawned one.
        ordinal: Which of its children, from 1.

    >>> path_of_child("crew.child.a.management", "crew.child", "crew.child-2", 1)
    'crew.child-2.child-1.a.management'
    """
    return f"{mother}.{pattern.rpartition('.')[2]}-{ordinal}{path[len(pattern) :]}"
