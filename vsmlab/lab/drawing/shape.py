"""The shape of a drawing's document: what every command and view may rely on, valid or not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from vsmlab.errors import InputError
from vsmlab.lab.plain import plain_mapping
from vsmlab.lab.scenario.base import NAME_PATTERN, RESERVED_NAMES
from vsmlab.lab.scenario.organisation import SYSTEMS
from vsmlab.lab.yaml_reader import kind_of

Document = dict[str, Any]
"""A scenario as plain values, resolved, with lists where the file may say one thing."""

MAX_DEPTH = 64
_NAME = re.compile(NAME_PATTERN.removesuffix("$"), re.ASCII)
_RIGHT_NAME = "a name has small letters, digits and hyphens and begins with a letter"


def shaped(given: Mapping[str, object], source: str = "drawing") -> Document:
    """A copy of a scenario's plain values in the one form that drawings use.

    Short ways to say a list are spelled out, whole numbers are whole, and what is null is left out. Values may
    still be wrong: `problems` names them.

    Raises:
        InputError: Where there is no organisation to be drawn, or a part is of another kind than it can be.
    """
    document = _tidy(plain_mapping(given, source))
    assert isinstance(document, dict)
    _Shape(source).of(document)
    return document


def check_name(name: object, source: str, place: str) -> str:
    """A name that can be part of a path.

    Raises:
        InputError: If it cannot.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name) or len(name) > 64:
        raise InputError(source, place, "not a name", given=_short(name), right=_RIGHT_NAME)
    if name in RESERVED_NAMES:
        raise InputError(source, place, f"{name!r} is a reserved name", right="choose another name")
    return name


def _short(value: object) -> str:
    text = repr(value) if isinstance(value, str) else kind_of(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _tidy(value: object) -> object:
    if isinstance(value, dict):
        return {key: _tidy(part) for key, part in value.items() if part is not None or key in _SAID}
    if isinstance(value, list):
        return [_tidy(part) for part in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


_SAID = frozenset({"management", *SYSTEMS})
"""What may not be followed by nothing."""


class _Shape:
    """One check, which spells out what is short on the way."""

    def __init__(self, source: str) -> None:
        self._source = source

    def of(self, document: Document) -> None:
        environment = self._mapping(document, "environment", "", needed=True)
        demand = self._mapping(environment, "demand", "environment", needed=True)
        for name in demand:
            place = f"environment.demand.{name}"
            self._name(name, place)
            self._stream(self._mapping(demand, name, "environment.demand"), place)
        for entry in self._list(environment, "disturbances", "environment"):
            self._texts(entry, ("kind", "unit", "of", "channel", "stream"), "environment.disturbances")
        organisation = self._mapping(document, "organisation", "", needed=True)
        if organisation.get("name") != "desk":  # a role, but no part of a path
            self._name(organisation.get("name"), "organisation.name")
        self._node(organisation, "organisation", 1)
        self._channels(document, "")
        policy = self._mapping(document, "policy", "")
        self._mapping(policy, "agents", "policy")
        knockout = document.get("knockout")
        if isinstance(knockout, list):
            document["knockout"] = [
                {"system": entry} if isinstance(entry, str) else entry for entry in knockout
            ]
        for entry in self._list(document, "knockout", ""):
            self._texts(entry, ("system", "channel", "of"), "knockout")
        for entry in self._list(document, "operator", ""):
            self._texts(entry, ("kind", "unit", "of", "channel", "stream", "system", "who"), "operator")
        for entry in self._list(document, "expect", ""):
            self._texts(entry, ("measure",), "expect")

    def _stream(self, stream: Document, place: str) -> None:
        if isinstance(stream.get("to"), str):
            stream["to"] = [{"unit": stream["to"]}]
        rank = stream.get("rank")
        if isinstance(rank, int) and not isinstance(rank, bool):
            stream["rank"] = [{"rank": rank}]
        for entry in self._list(stream, "to", place):
            self._texts(entry, ("unit",), f"{place}.to")
        self._list(stream, "rank", place)

    def _node(self, node: Document, place: str, depth: int) -> None:
        if depth > MAX_DEPTH:
            right = f"at most {MAX_DEPTH} levels of recursion"
            raise InputError(self._source, place, "the organisation is too deep", right=right)
        for system in ("management", *SYSTEMS):
            if system in node:
                node[system] = self._removable(node[system], f"{place}.{system}")
        essential = self._mapping(node, "essential", place)
        for name in list(essential):
            self._mapping(essential, name, f"{place}.essential")
        self._channels(node, place)
        for entry in self._list(node, "next", place):
            self._texts(entry, ("unit",), f"{place}.next")
        operations = self._mapping(node, "operations", place)
        for name in operations:
            self._name(name, f"{place}.operations.{name}")
            child = self._mapping(operations, name, f"{place}.operations")
            self._node(child, f"{place}.operations.{name}", depth + 1)
        spawn = self._mapping(node, "spawn", place)
        self._texts(spawn, ("name",), f"{place}.spawn")
        if "child" in spawn:
            self._node(self._mapping(spawn, "child", f"{place}.spawn"), f"{place}.spawn.child", depth + 1)

    def _channels(self, owner: Document, place: str) -> None:
        channels = self._mapping(owner, "channels", place)
        for kind in list(channels):
            self._mapping(channels, kind, f"{place}.channels" if place else "channels")

    def _removable(self, value: object, place: str) -> object:
        if value is True or value == "on":
            return {}
        if value is False or value == "off":
            return "off"
        if not isinstance(value, dict):
            right = "`off` removes it, {} keeps its defaults"
            raise InputError(self._source, place, "not a System", given=_short(value), right=right)
        return value

    def _mapping(self, owner: Document, key: str, place: str, *, needed: bool = False) -> Document:
        return self._part(owner, key, place, dict, "a mapping", dict if needed else None)  # type: ignore[no-any-return]

    def _list(self, owner: Document, key: str, place: str) -> list[Document]:
        entries: list[Document] = self._part(owner, key, place, list, "a list", None, empty=list)
        for index, entry in enumerate(entries):
            if not isinstance(entry, dict):
                where = f"{place}.{key}.{index}" if place else f"{key}.{index}"
                raise InputError(
                    self._source,
                    where,
                    "not a mapping",
                    given=_short(entry),
                    right="a list of mappings is needed",
                )
        return entries

    def _part(
        self,
        owner: Document,
        key: str,
        place: str,
        kind: type,
        called: str,
        needed: Callable[[], Any] | None,
        empty: Callable[[], Any] = dict,
    ) -> Any:  # noqa: ANN401 - a mapping or a list, as it was asked for
        if key not in owner:
            if needed is None:
                return empty()
            raise InputError(
                self._source, f"{place}.{key}" if place else key, "missing", right="it is needed"
            )
        value = owner[key]
        if not isinstance(value, kind):
            where = f"{place}.{key}" if place else key
            right = f"{called} is needed"
            raise InputError(self._source, where, f"not {called}", given=_short(value), right=right)
        return value

    def _texts(self, entry: Document, fields: tuple[str, ...], place: str) -> None:
        for field in fields:
            if field in entry and not isinstance(entry[field], str):
                given = _short(entry[field])
                raise InputError(self._source, f"{place}.{field}", "not text", given=given, right="give text")

    def _name(self, name: object, place: str) -> None:
        check_name(name, self._source, place if len(place) <= 200 else place[:200])
