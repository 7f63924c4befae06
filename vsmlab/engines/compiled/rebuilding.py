"""The laws rebuilt for numba from their one source, each calling the others as compiled ones."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dis import get_instructions
from typing import Any

import numba

from vsmlab.errors import ModelError

from .linking import LawCompiler
from .model import Law
from .row_types import copy_bytes, keep_room


def reach(table: Any, row: int) -> None:
    """What `room.reach` is here."""
    keep_room(table, row)


def copy_row(table: Any, to: int, source: int) -> None:
    """What `room.copy_row` is here."""
    copy_bytes(table, to, source)


OURS: Mapping[str, Law] = {"reach": reach, "copy_row": copy_row}
"""Laws of the tables themselves, of which each engine has its own."""


def lean(function: Law, *, bounds: bool = False) -> Any:
    """A law for other laws to call. A constant argument is a number like any other.

    Left to itself numba compiles a law anew for every constant that it is ever called with.
    """
    law = numba.njit(function, pipeline_class=LawCompiler, boundscheck=bounds)
    template = law.get_call_template

    def plain(args: Any, named: Any) -> Any:
        return template(tuple(numba.types.unliteral(arg) for arg in args), named)

    law.get_call_template = plain
    return law


def rebuilt(laws: Mapping[str, Law], *, bounds: bool) -> dict[str, Any]:
    """Each law with globals in which the others are compiled ones."""
    scopes: dict[str, dict[str, Any]] = {}
    compiled = {}
    for name, function in laws.items():
        source = OURS.get(name, function)
        scope = scopes.setdefault(source.__module__, dict(source.__globals__))
        compiled[name] = lean(types.FunctionType(source.__code__, scope, name), bounds=bounds)
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
    order: dict[str, None] = {}

    def visit(name: str) -> None:
        if name not in order:
            for other in called_by(compiled[name], compiled):
                if other != name:
                    visit(other)
            order[name] = None

    for name in compiled:
        visit(name)
    return list(order)


def compile_each(
    laws: Mapping[str, Law], annotated: Mapping[str, Any], *, bounds: bool = False
) -> dict[str, Any]:
    """Every law, compiled for the types that its annotations say.

    Args:
        laws: By name.
        annotated: The type that each annotation stands for.
        bounds: With a check of every row that is reached.

    Raises:
        ModelError: If a law cannot be compiled, naming each such law with the compiler's words; a law that
            only calls one that cannot be compiled is not blamed.
    """
    compiled = rebuilt(laws, bounds=bounds)
    blamed: dict[str, str] = {}
    spoilt: set[str] = set()
    for name in bottom_up(compiled):
        if spoilt.intersection(called_by(compiled[name], compiled)):
            spoilt.add(name)
            continue
        said = laws[name].__annotations__.items()
        kinds = [kind if isinstance(kind, str) else kind.__name__ for key, kind in said if key != "return"]
        if "Any" in kinds:  # of any table: its callers compile it
            continue
        try:
            compiled[name].compile(tuple(annotated[kind] for kind in kinds))
        except Exception as exc:  # noqa: BLE001 - whatever numba refuses with
            spoilt.add(name)
            blamed[name] = f"{type(exc).__name__}: {exc}"
    if blamed:
        words = "\n".join(f"{name}: {words}" for name, words in blamed.items())
        raise ModelError(f"outside the subset of Python that compiles: {words}")
    return compiled


def check_one_way(compiled: Mapping[str, Any]) -> None:
    """Every law is called with one kind of arguments, those that it says.

    Raises:
        ModelError: If some law was compiled twice: somebody gives it a whole number where it says a real one,
            or the reverse, and interpreted it would see another number than compiled.
    """
    for name, law in compiled.items():
        if name not in OURS and len(law.signatures) > 1:
            ways = "; ".join(map(str, law.signatures))
            raise ModelError(f"law {name} is called with different kinds of numbers: {ways}")
