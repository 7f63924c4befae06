"""The laws rebuilt for numba: every row a record, every law calling compiled laws, one `handle` over all of them.

All tables lie in one record, so that a law gets the whole state as one pointer.
"""

import types
from collections.abc import Callable, Mapping
from dis import get_instructions
from heapq import heapify, heappop, heappush
from typing import Any

import numba
import numpy as np

from vsmlab.dispatch import TABLE
from vsmlab.engines.journal import Journal
from vsmlab.engines.start import Start
from vsmlab.laws.kinds import DISTURB, FACTS, PRIORITIES
from vsmlab.laws.tables import ROWS, Message

ROOM = 4096
"""Rows of each table: more than the runs of the tests need of any."""

Law = Callable[..., Any]


def lean(function: Law) -> Any:
    """A law for other laws to call. A constant argument is a number like any other.

    Left to itself numba compiles a law anew for every constant that it is ever called with.
    """
    law = numba.njit(function, no_cpython_wrapper=True, no_cfunc_wrapper=True)
    template = law.get_call_template

    def plain(args: Any, named: Any) -> Any:
        return template(tuple(numba.types.unliteral(arg) for arg in args), named)

    law.get_call_template = plain
    return law


def record_of(row_class: type) -> np.dtype[np.void]:
    """A row class as a record."""
    kinds = {name: getattr(kind, "__forward_arg__", kind) for name, kind in row_class.__annotations__.items()}
    return np.dtype([(name, {"int": np.int64, "float": np.float64}[kind]) for name, kind in kinds.items()])


TABLES = np.dtype([(name, record_of(row_class), (ROOM,)) for name, row_class in ROWS.items()])
LETTER = record_of(Message)
TYPES = {row_class.__name__: numba.from_dtype(record_of(row_class)) for row_class in ROWS.values()}
TYPES |= {"State": numba.from_dtype(TABLES), "Message": numba.from_dtype(LETTER)}
TYPES |= {"int": numba.int64, "float": numba.float64, "bool": numba.boolean}


def rebuilt(laws: Mapping[str, Law]) -> dict[str, Any]:
    """Each law with globals in which the others are compiled ones."""
    scopes: dict[str, dict[str, Any]] = {}
    compiled = {}
    for name, function in laws.items():
        scope = scopes.setdefault(function.__module__, dict(function.__globals__))
        compiled[name] = lean(types.FunctionType(function.__code__, scope, name))
    for scope in scopes.values():
        scope.update({name: law for name, law in compiled.items() if name in scope})
    return compiled


def called_by(law: Any, compiled: Mapping[str, Any]) -> list[str]:
    """The laws that a law calls."""
    scope = law.py_func.__globals__
    named = [each.argval for each in get_instructions(law.py_func) if each.opname == "LOAD_GLOBAL"]
    return [name for name in dict.fromkeys(named) if name in compiled and scope.get(name) is compiled[name]]


def bottom_up(compiled: Mapping[str, Any]) -> list[str]:
    """The laws, each after those that it calls."""
    order: list[str] = []

    def visit(name: str) -> None:
        if name not in order:
            for other in called_by(compiled[name], compiled):
                if other != name:
                    visit(other)
            order.append(name)

    for name in compiled:
        visit(name)
    return order


def compile_each(laws: Mapping[str, Law]) -> tuple[dict[str, Any], dict[str, str]]:
    """Compile every law for the row types; also the laws that cannot be, with the compiler's words.

    A law that only calls one that cannot be compiled is not blamed.
    """
    compiled = rebuilt(laws)
    blamed: dict[str, str] = {}
    spoilt: set[str] = set()
    for name in bottom_up(compiled):
        if spoilt.intersection(called_by(compiled[name], compiled)):
            spoilt.add(name)
            continue
        annotated = laws[name].__annotations__.items()
        kinds = [
            kind if isinstance(kind, str) else kind.__name__ for key, kind in annotated if key != "return"
        ]
        if "Any" in kinds:  # `reach` takes any table: its callers compile it
            continue
        try:
            compiled[name].compile(tuple(TYPES[kind] for kind in kinds))
        except Exception as exc:  # noqa: BLE001 - whatever numba refuses with
            spoilt.add(name)
            blamed[name] = f"{type(exc).__name__}: {exc}"
    return compiled, blamed


def handle_of(compiled: Mapping[str, Any]) -> Any:
    """One function that hands a message to the law that answers it, written from the table of `dispatch`."""
    lines = [
        "def handle(tables, letters):",
        "    state, message = tables[0], letters[0]",
        "    unit = state.units[message.to]",
        "    state.ledger[0].sent = 0",
        f"    if unit.off != 0 and message.kind != {DISTURB}:",
        "        unanswered(state, unit, message.due, message)",
    ]
    for line in TABLE:
        lines += [
            f"    elif unit.role == {line.role} and message.kind == {line.kind}:",
            f"        {line.law.__name__}(state, unit, message.due, message)",
        ]
    lines += ["    else:", "        refused(state, unit, message.due, message)"]
    scope: dict[str, Any] = dict(compiled)
    exec("\n".join(lines), scope)
    return numba.njit(scope["handle"])


def tables_of(start: Start) -> Any:
    """The state of a built organisation as records."""
    tables = np.zeros(1, TABLES)
    for table in ROWS:
        rows: Any = getattr(start.state, table)
        for row, each in enumerate(rows):
            for name in record_of(ROWS[table]).names or ():
                tables[table][0, row][name] = getattr(each, name)
    return tables


def run_compiled(handle: Any, start: Start, horizon: float, journal: Journal) -> int:
    """A plain agenda around the compiled laws; returns the messages handled."""
    tables, letter = tables_of(start), np.zeros(1, LETTER)
    units, effects, ledger = tables["units"][0], tables["effects"][0], tables["ledger"][0, :1]
    who, rows = start.identities, journal.rows
    agenda = list(start.messages)
    heapify(agenda)
    handled = 0
    while agenda and agenda[0].due < horizon:
        message = heappop(agenda)
        row = journal.count
        rows.append(
            (message.due, message.value, message.number, message.ref, message.token, message.to,
             message.sender, message.kind, message.priority, message.cause)
        )  # fmt: skip
        letter[0] = tuple(message)
        handle(tables, letter)
        handled += 1
        assert ledger["fault"][0] == 0
        assert max(ledger[name][0] for name in ("units", "links", "tasks", "tickets", "channels")) < ROOM
        who.extend(units["identity"][len(who) : ledger["units"][0]].tolist())
        for sender, kind, to, due, task, token, ticket, ref, value in effects[: ledger["sent"][0]].tolist():
            if kind >= FACTS:
                rows.append((message.due, value, -1, ref, token, to, sender, kind, message.priority, row))
            else:
                number = int(units["numbers"][sender])
                units["numbers"][sender] = number + 1
                key = (due, PRIORITIES[kind], who[to], who[sender], number)
                heappush(agenda, Message(*key, kind, to, sender, task, token, ticket, ref, value, row))
    journal.finish()
    return handled
