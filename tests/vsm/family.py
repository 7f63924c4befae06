"""A crew whose System 3 has made a child by copying its pattern, and whose child may make one of its own."""

from __future__ import annotations

from typing import Any

from vsmlab.lab.build import build
from vsmlab.lab.build.blueprint import SPANS
from vsmlab.lab.loader import load
from vsmlab.laws import kinds as k
from vsmlab.laws.tables import ROWS
from vsmlab.vsm.recursion import copy_pattern
from vsmlab.vsm.references import CONSTANT, NONE, PARTY, PLACE, REFERENCES

BORN_AT = 1234.5

INNER = {"operations": {"x": {"agents": 1}, "y": {"agents": 2}}, "system5": "off"}
CHILD = {
    "operations": {
        "a": {"agents": 2, "autonomy": {"offload": {"gain": 0.5}}, "work": {"exponential": {"mean": 2.0}}},
        "b": {"agents": 1, "autonomy": {"offload": {"gain": 0.5}}},
        "inner": INNER,
        "other": {"operations": {"z": {"agents": 1}}},
    },
    "essential": {"mean_wait_s": {"max": 5.0}, "utilisation": {"max": 0.9, "good": {"max": 0.7}}},
    "system4": {"season": {"period": 600.0, "bins": 4}},
    "system2": {"limit": {"rate": 5.0, "burst": 3.0}},
    "channels": {"account": {"delay": 0.5}, "op_mgmt": {"loss": 0.1}},
}


def scenario(**child: Any) -> dict[str, Any]:
    """A crew that may spawn such children, below a root that may not."""
    crew = {"operations": {"front": {"agents": 3}}, "spawn": {"child": {**CHILD, **child}, "at_most": 3}}
    return {
        "version": 1,
        "name": "recursion",
        "title": "A pattern",
        "horizon": 100,
        "seed": 4,
        "environment": {
            "demand": {"calls": {"arrivals": {"poisson": {"rate": 1.0}}, "work": 1.0, "to": "top.crew"}}
        },
        "organisation": {"name": "top", "operations": {"crew": crew, "other": {"agents": 1}}},
        "policy": {"spawn": {"max_depth": 4}},
    }


class Family:
    """A built organisation in which the crew's System 3 has made a child, and that child one of its own."""

    def __init__(self, *, everything: bool = False, **child: Any) -> None:
        self.start = build(load(scenario(**child)))
        self.state: Any = self.start.state
        self.pattern = self.state.blueprints[0]
        if everything:
            self.say_everything()
        self.mother = self.start.paths.index("top.crew.system3")
        self.before = self.counts()
        self.spawn(self.mother, 1)
        self.between = self.counts()

    def say_everything(self) -> None:
        """Let the pattern also say what patterns do not say today: work handed on, streams watched, and so on."""
        state, pattern = self.state, self.pattern
        pattern.first_choice, pattern.choices = 1, 1
        state.choices[1].goal = state.choices[1].hop = pattern.first_unit + 3
        operation = state.operations[pattern.first_operation]
        operation.first_next, operation.last_next = 1, 2
        operation.inspector, operation.successor = pattern.audit, pattern.mother_desk
        state.desks[pattern.first_desk].successor = pattern.mother_desk
        system3 = state.system3s[pattern.first_system3]
        system3.retiring = pattern.first_link + 1
        source = state.sources[pattern.first_source]
        source.of, source.next, source.first_lead = (
            pattern.first_unit, pattern.first_source, pattern.first_memory
        )  # fmt: skip

    def counts(self) -> dict[str, int]:
        """Rows of every table."""
        return {name: len(getattr(self.state, name)) for name in ROWS}

    def spawn(self, unit: int, ordinal: int) -> None:
        """Copy the pattern in the name of this System 3."""
        system3 = self.state.system3s[self.state.units[unit].at]
        copy_pattern(self.state, self.state.units[unit], system3, self.pattern, BORN_AT, ordinal)

    def pairs(self, table: str, counts: dict[str, int]) -> list[tuple[int, int]]:
        """Rows of the pattern with their copies, which begin at this count."""
        if table == "units":
            first, many = self.pattern.first_unit, self.pattern.units
        else:
            first, many = getattr(self.pattern, SPANS[table]), getattr(self.pattern, table)
        return [(first + row, counts[table] + row) for row in range(many)]

    def around(self, mother: int) -> dict[int, int]:
        """Who stands in whose place in a child of this System 3."""
        units, pattern = self.state.units, self.pattern
        system3 = self.state.system3s[units[mother].at]
        mine = (system3.parent, system3.system2, mother, system3.signals_to, system3.audit)
        theirs = (
            pattern.mother_desk, pattern.mother_system2, pattern.mother_system3, pattern.mother_system5,
            pattern.mother_audit,
        )  # fmt: skip
        return dict(zip(theirs, mine, strict=True))

    def expected(
        self, table: str, field: str, value: int, counts: dict[str, int], around: dict[int, int], role: int
    ) -> int:
        """What a field of the copy is to say, by what the pattern says."""
        what = REFERENCES[table].get(field, "")
        if what in ("", CONSTANT, NONE) or value < 0:
            return value
        if what == PARTY and value in around:
            return around[value]
        target = {PARTY: "units", PLACE: ROLE_TABLES.get(role, "")}.get(what, what)
        return dict(self.pairs(target, counts)).get(value, value) if target else value


ROLE_TABLES = {
    k.OPERATION: "operations", k.MANAGEMENT: "managements", k.DESK: "desks", k.SYSTEM2: "system2s",
    k.SYSTEM3: "system3s", k.ENVIRONMENT: "environments", k.AUDIT: "audits", k.SYSTEM4: "system4s",
    k.SYSTEM5: "system5s",
}  # fmt: skip
