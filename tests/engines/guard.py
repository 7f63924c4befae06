"""Guarded tables: they refuse, and name, every row that the law being run has no business with."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from vsmlab.dispatch import Law, unanswered
from vsmlab.dispatch import answers as plain_answers
from vsmlab.engines import simpy_engine
from vsmlab.engines.journal import Journal
from vsmlab.engines.rows import empty_state, fields_of
from vsmlab.engines.start import Start
from vsmlab.lab.build import build
from vsmlab.lab.loader import Loaded
from vsmlab.laws import LAWS
from vsmlab.laws import kinds as k
from vsmlab.laws.tables import State

ROLE_TABLES = (
    "operations", "managements", "desks", "system2s", "system3s", "streams", "environments", None,
    "audits", "system4s", "system5s", "disturbances", None,
)  # fmt: skip
"""By role; a process of the user's own has no table, nor has an operator."""
OWNED = ("links", "channels", "auditeds", "sources", "memories", "vitals", "essentials", "watches")
"""Tables whose rows say whose they are."""
CONSTANT = (
    "distributions", "samples", "instants", "windows", "choices", "conditions", "changes", "tallies",
    "targets", "blueprints", "beginnings",
)  # fmt: skip
ANYONE, FREE, CARRIED = -1, -2, -3
WORLD = (k.DONE, k.FAILED_ATTEMPT)

BORN = {
    "units": ("make_room_for_units", "copy_units", "moved_unit", "spawn"),
    **{
        table: ("make_room_for_units", "moved_place", f"copy_{table}")
        for table in ROLE_TABLES
        if table not in (None, "streams", "disturbances")
    },
    "links": ("make_room_for_rows", "moved_link", "copy_links", "new_link"),
    "choices": ("make_room_for_rows", "moved_choice", "copy_choices"),
    "auditeds": ("make_room_for_rows", "moved_audited", "copy_what_is_watched", "announced_to_audit"),
    "sources": ("make_room_for_rows", "moved_source", "copy_what_system4_knows"),
    "memories": ("make_room_for_rows", "moved_memory", "copy_what_system4_knows"),
    "vitals": ("make_room_for_rows", "moved_vital", "copy_what_is_watched"),
    "essentials": ("make_room_for_rows", "moved_essential", "copy_what_is_watched"),
}
"""Tables that grow when a child system is made, and who may look at how many rows there are."""
MAKERS = {
    "tasks": "task", "tickets": "ticket", "channels": "", "corrections": "correction", "signals": "signal",
    **dict.fromkeys(BORN, ""),
}  # fmt: skip
"""Tables whose rows come and go, and what their free list is called in the ledger (none: rows stay)."""
READERS = {
    "seed": ("sequence_draw", "task_draw", "variate"),
    "tasks": ("new_task",),
    "free_task": ("new_task", "drop_task"),
    "tickets": ("take_ticket",),
    "free_ticket": ("take_ticket", "redeem"),
    "channels": ("channel_to", "copy_channels"),
    "corrections": ("remember",),
    "free_correction": ("remember", "under_way", "forget_corrections"),
    "signals": ("new_signal",),
    "free_signal": ("new_signal", "drop_signal"),
    **BORN,
}
"""Who may look at the ledger: how many tasks there are in the world is nobody else's business."""
ALLOCATORS = frozenset(LAWS[name].__code__ for names in READERS.values() for name in names)


class TelepathyError(AssertionError):
    """A law touched what does not belong to the receiver of its message."""


class WrongNumberError(TypeError):
    """A float in a whole-number field, the reverse, or a number that is none."""


class EnoughError(Exception):
    """The run has shown enough."""


def strict(row_class: type) -> type:
    """A row class that refuses a float in a whole-number field, the reverse, NaN and infinity."""
    kinds = {name: int if kind == "int" else float for name, kind in fields_of(row_class).items()}

    def assign(self: Any, name: str, value: Any) -> None:
        if type(value) is not kinds[name]:
            raise WrongNumberError(f"{row_class.__name__}.{name} = {value!r} is not {kinds[name].__name__}")
        if not (-(2**63) <= value < 2**63 if type(value) is int else abs(value) < 1e301):
            raise WrongNumberError(f"{row_class.__name__}.{name} = {value!r} is out of range")
        object.__setattr__(self, name, value)

    def fresh(self: Any) -> None:
        for name, kind in kinds.items():
            object.__setattr__(self, name, kind(0))

    body = {"__slots__": tuple(kinds), "__setattr__": assign, "__init__": fresh}
    return type(row_class.__name__, (), body)


def freeze(rows: list[Any]) -> None:
    """Make rows of a table read-only."""

    def refuse(self: Any, name: str, value: Any) -> None:
        raise TelepathyError(f"{type(self).__name__}.{name} = {value!r}: the table is constant")

    if rows:
        frozen = type(type(rows[0]).__name__, (type(rows[0]),), {"__slots__": (), "__setattr__": refuse})
        for row in rows:
            object.__setattr__(row, "__class__", frozen)


class Guarded:
    """A table that gives only what belongs to the receiver of the message being handled."""

    def __init__(self, watch: "Watch", name: str, rows: list[Any]) -> None:
        self.watch, self.name, self.rows = watch, name, rows
        self.fresh = getattr(rows, "fresh", None)
        self.owner = watch.owners.setdefault(name, {})

    def __getitem__(self, row: int) -> Any:
        owner = self.owner.get(row)
        if owner != self.watch.me and owner != ANYONE and not self._new(row, sys._getframe(1).f_code):
            self.watch.refuse(f"{self.name}[{row}]", owner)
        return self.rows[row]

    def _new(self, row: int, caller: Any) -> bool:
        """Whether an allocator is looking at the head of its own free list, or a world's row at its door."""
        if self.name == "environments" and 0 <= row < len(self.rows):
            return bool(self.rows[row].operation == self.watch.me)
        free = MAKERS.get(self.name)
        head = getattr(self.watch.ledger, f"free_{free}") if free else -1
        return row >= 0 and row == head and caller in ALLOCATORS

    def __len__(self) -> int:
        return len(self.rows)

    def append(self, row: Any) -> None:
        self.rows.append(row)


class GuardedLedger:
    """The ledger, for those who allocate and those who draw; it sees every row that is taken or given back."""

    def __init__(self, watch: "Watch") -> None:
        object.__setattr__(self, "watch", watch)

    def __getitem__(self, row: int) -> "GuardedLedger":
        return self

    def __getattr__(self, name: str) -> int:
        return self._read(name, sys._getframe(1).f_code)

    def __setattr__(self, name: str, value: int) -> None:
        old = self._read(name, sys._getframe(1).f_code)
        table = next(t for t, free in MAKERS.items() if name in (t, f"free_{free}"))
        owner, rows = self.watch.owners[table], getattr(self.watch.start.state, table)
        if name == table:
            assert value == old + 1, f"{table}: {value - old} rows at once"
            owner[old] = self.watch.me
        elif old < 0 or (value >= 0 and rows[value].next == old):
            if owner.get(value) != self.watch.me:
                self.watch.refuse(f"{table}[{value}] (given back)", owner.get(value))
            owner[value] = FREE
        else:
            assert rows[old].next == value, f"{table}: the free list is torn at {old}"
            assert owner[old] == FREE
            owner[old] = self.watch.me
        setattr(self.watch.ledger, name, value)

    def _read(self, name: str, caller: Any) -> int:
        if not any(LAWS[reader].__code__ is caller for reader in READERS.get(name, ())):
            self.watch.refuse(f"ledger.{name}", None)
        return int(getattr(self.watch.ledger, name))


class GuardedEffects:
    """What a law sends: in its own name, not into the past, and only tasks that it holds."""

    def __init__(self, watch: "Watch", effects: list[Any]) -> None:
        self.watch, self.effects = watch, effects

    def append(self, effect: Any) -> None:
        watch = self.watch
        sender, kind, to, due, task, *numbers, value = effect
        own = watch.owners["units"].get(sender) == watch.me or (
            kind in WORLD and watch.role == k.OPERATION and watch.mine.environment == sender
        )
        if not own or (kind >= k.FACTS and to != sender):
            watch.refuse(f"a message of kind {kind} in the name", sender)
        if kind < k.FACTS and due < watch.now:
            watch.refuse(f"the past: {k.NAME_OF[kind]} due at {due!r}", None)
        if task >= 0:
            owner = watch.owners["tasks"]
            if owner.get(task) != watch.me:
                watch.refuse(f"tasks[{task}] (sent on)", owner.get(task))
            owner[task] = CARRIED
        for number in (sender, kind, to, task, *numbers):
            if type(number) is not int:
                raise WrongNumberError(f"{number!r} in a whole-number field of a message of kind {kind}")
        for number in (due, value):
            if type(number) is not float or not abs(number) < 1e301:
                raise WrongNumberError(f"{number!r} in a real field of a message of kind {kind}")
        self.effects.append(effect)

    def __len__(self) -> int:
        return len(self.effects)

    def __delitem__(self, which: slice) -> None:
        del self.effects[which]


class Watch:
    """One run under guard: what was refused, what was answered, which laws ran.

    Args:
        start: A built organisation of strict rows.
        limit: Messages to handle at most.
    """

    def __init__(self, start: Start, limit: int) -> None:
        self.start, self.limit = start, limit
        self.me = self.role = -1
        self.now = 0.0
        self.mine: Any = None
        self.law = ""
        self.own_names: dict[tuple[int, int], str] = {}
        self.ledger: Any = start.state.ledger[0]
        self.findings: list[str] = []
        self.answered: set[tuple[int, int]] = set()
        self.refused: set[str] = set()
        self.ran: set[Any] = set()
        self.handled = self.adopted = 0
        self.owners: dict[str, dict[int, int]] = {}
        self._allot(start.state)
        self._lay_patterns_aside(start.state)
        for name in CONSTANT:
            freeze(getattr(start.state, name))
        tables: dict[str, Any] = {
            name: Guarded(self, name, getattr(start.state, name)) for name in State._fields
        }
        self.view = State(
            **{
                **tables,
                "ledger": GuardedLedger(self),
                "effects": GuardedEffects(self, start.state.effects),  # type: ignore[arg-type]
            }
        )

    def _allot(self, state: Any) -> None:
        """Whose each row is at the start."""
        own = self.owners
        for name in State._fields:
            own[name] = {}
        for name in ("distributions", "samples", "blueprints", "beginnings"):
            own[name] = dict.fromkeys(range(len(getattr(state, name))), ANYONE)
        self._adopt(state)
        for stream in state.streams:
            table = {k.PROFILE: "windows", k.TRACE: "instants"}.get(stream.process)
            if table:
                own[table].update(dict.fromkeys(range(stream.first, stream.last), stream.unit))
            own["changes"].update(dict.fromkeys(range(stream.first_change, stream.last_change), stream.unit))
            for span in (
                range(stream.first_goal, stream.last_goal),
                range(stream.first_rank, stream.last_rank),
            ):
                own["choices"].update(dict.fromkeys(span, stream.unit))
        for row, unit in own["windows"].items():
            window = state.windows[row]
            own["cells"].update(dict.fromkeys(range(window.first, window.last), unit))
        for each in state.disturbances:
            own["targets"].update(dict.fromkeys(range(each.first_target, each.last_target), each.unit))
        for row, unit in own["choices"].items():
            choice = state.choices[row]
            own["conditions"].update(dict.fromkeys(range(choice.first, choice.last), unit))
            tally = choice.first_tally
            while tally >= 0:
                own["tallies"][tally] = unit
                tally = state.tallies[tally].next

    def _adopt(self, state: Any) -> None:
        """Rows that say whose they are: those there from the start, and those of a child system just made."""
        own = self.owners
        born = range(self.adopted, len(state.units))
        own["units"].update({row: row for row in born})
        for name in (*ROLE_TABLES, *OWNED):
            for row, each in enumerate(getattr(state, name)) if name else ():
                whose = each.unit if name in ROLE_TABLES else each.owner
                if whose in born:
                    own[name][row] = whose
        for each in state.operations:
            if each.unit in born:
                own["choices"].update(dict.fromkeys(range(each.first_next, each.last_next), each.unit))
        self.adopted = len(state.units)

    def _lay_patterns_aside(self, state: Any) -> None:
        """A pattern is there to be copied by whoever spawns, and to be changed by nobody."""
        for pattern in state.blueprints:
            inside = range(pattern.first_unit, pattern.first_unit + pattern.units)
            for name, owner in self.owners.items():
                rows = [row for row, unit in owner.items() if unit in inside]
                freeze([getattr(state, name)[row] for row in rows])
                owner.update(dict.fromkeys(rows, ANYONE))

    def path(self, row: int) -> str:
        """What a receiver is called; who was born during the run has a number."""
        return self.start.paths[row] if row < len(self.start.paths) else f"newborn {row}"

    def refuse(self, what: str, owner: int | None) -> None:
        """Record and raise: who touched what of whom, when."""
        words = {None: "nobody", FREE: "nobody (free)", CARRIED: "a message under way"}
        whose = self.path(owner) if owner is not None and owner >= 0 else words[owner]
        said = f"{self.law} at {self.path(self.me)} ({self.now:g} s) touched {what} of {whose}"
        self.findings.append(said)
        raise TelepathyError(said)

    def watched(self, law: Law, name: str | None = None) -> Law:
        """The law under guard."""
        name = name or law.__name__

        def handle(state: State, unit: Any, now: float, message: Any) -> None:
            if self.handled >= self.limit:
                raise EnoughError
            self.handled += 1
            self.me, self.role, self.now, self.law = message.to, unit.role, now, name
            table = ROLE_TABLES[unit.role]
            self.mine = getattr(state, table)[unit.at] if table else None
            if message.task >= 0:
                assert self.owners["tasks"][message.task] == CARRIED
                self.owners["tasks"][message.task] = self.me
            self.answered.add((message.kind, unit.role))
            if name in ("refused", "unanswered"):
                self.refused.add(f"{k.NAME_OF[message.kind]} at {self.path(self.me)}: {name}")
            law(self.view, unit, now, message)
            if len(self.start.state.units) > self.adopted:  # type: ignore[arg-type]
                self._adopt(self.start.state)

        return handle

    def table(self, replaced: dict[tuple[int, int], Law] | None = None) -> list[list[Law]]:
        """Every law, under guard; the engine wraps a user's own, which keeps its name all the same."""
        own = self.own_names
        rows = enumerate(plain_answers(replaced))
        return [
            [self.watched(law, own.get((kind, role))) for kind, law in enumerate(row)] for role, row in rows
        ]

    def note_laws(self, frame: Any, event: str, _: object) -> None:
        """A profile function: which functions ran."""
        if event == "call":
            self.ran.add(frame.f_code)


@contextmanager
def profiled(function: Callable[..., None]) -> Iterator[None]:
    """Call the function at every call of a Python function, as ``sys.setprofile`` does."""
    before = sys.getprofile()
    sys.setprofile(function)
    try:
        yield
    finally:
        sys.setprofile(before)


def run_guarded(
    loaded: Loaded, limit: int, own_laws: dict[tuple[int, int], Law] | None = None
) -> tuple[Watch, list[str]]:
    """Run a scenario under guard for so many messages; also the failures of own laws."""
    watch = Watch(build(loaded, state=empty_state(strict)), limit)
    watch.own_names = {place: law.__name__ for place, law in (own_laws or {}).items()}
    journal = Journal(watch.start.identities)
    agendas: list[simpy_engine.Agenda] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simpy_engine, "answers", watch.table)
        patch.setattr(simpy_engine, "unanswered", watch.watched(unanswered))
        original = simpy_engine.Agenda.__init__

        def remembered(self: Any, *args: Any, **more: Any) -> None:
            agendas.append(self)
            original(self, *args, **more)

        patch.setattr(simpy_engine.Agenda, "__init__", remembered)
        with profiled(watch.note_laws), suppress(EnoughError):
            simpy_engine.run(watch.start, loaded.scenario.horizon, journal, own_laws=own_laws)
    return watch, agendas[0].failures
