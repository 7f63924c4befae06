"""Rows for the interpreted engine: slotted objects made from the row classes, in lists that grow by themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vsmlab.laws.tables import ROWS, State

ZERO = {"int": 0, "float": 0.0}


def fields_of(row_class: type) -> dict[str, str]:
    """Field names of a row class with ``int`` or ``float``."""
    return dict(row_class.__annotations__)


def row_type(row_class: type) -> type:
    """A slotted class with the fields of the row class, every field zero to begin with."""
    fields = fields_of(row_class)
    made = type(row_class.__name__, (), {"__slots__": tuple(fields), "__doc__": row_class.__doc__})
    zeros = [(name, ZERO[kind]) for name, kind in fields.items()]
    body = "\n".join(f" self.{name}={zero!r}" for name, zero in zeros)
    scope: dict[str, Any] = {}
    exec(f"def __init__(self):\n{body}\n", scope)  # noqa: S102 - field names of our own classes
    made.__init__ = scope["__init__"]  # type: ignore[misc]
    return made


class Rows(list[Any]):
    """A table as a list that knows how to make a row; laws make room through ``reach``."""

    __slots__ = ("fresh",)

    def __init__(self, fresh: Callable[[], Any], size: int = 0) -> None:
        super().__init__(fresh() for _ in range(size))
        self.fresh = fresh

    def add(self) -> int:
        """Append a row; returns its number."""
        self.append(self.fresh())
        return len(self) - 1


def empty_state(make: Callable[[type], type] = row_type) -> State:
    """Every table, empty; the effects are a plain list, to which interpreted laws append."""
    tables: dict[str, Any] = {name: Rows(make(row_class)) for name, row_class in ROWS.items()}
    tables["effects"] = []
    tables["ledger"] = Rows(make(ROWS["ledger"]), 1)
    return State(**tables)
