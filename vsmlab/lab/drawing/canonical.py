"""One way to say a document: fields in the schema's order, defaults left out, the short forms kept."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import ValidationError

from vsmlab.lab.scenario import Cost, Distribution, Knockout, Model, Node, Scenario, Stream
from vsmlab.lab.scenario.organisation import SYSTEMS


def canonical(plain: Mapping[str, Any]) -> dict[str, Any]:
    """A scenario's plain values as a file should say them; parts that are wrong are said as they are."""
    said = _short(_trimmed(plain, Scenario), Scenario)
    assert isinstance(said, dict)
    return said


def _trimmed(value: object, annotation: object) -> object:
    """Without what has its default, as far as the parts are right."""
    kind = _bare(annotation)
    if isinstance(kind, type) and issubclass(kind, Model):
        try:
            return kind.model_validate(value).model_dump(mode="json", exclude_defaults=True)
        except ValidationError:
            if not isinstance(value, dict):
                return value
            fields = kind.model_fields
            return {
                name: _trimmed(part, fields[name].annotation) if name in fields else part
                for name, part in value.items()
            }
    inner = get_args(kind)
    if isinstance(value, dict) and get_origin(kind) is dict:
        return {name: _trimmed(part, inner[1]) for name, part in value.items()}
    if isinstance(value, list) and get_origin(kind) is tuple and len(inner) == 2 and inner[1] is ...:
        return [_trimmed(part, inner[0]) for part in value]
    return value


def _short(value: object, annotation: object) -> object:
    """In the schema's order, and said shortly."""
    kind = _bare(annotation)
    inner = get_args(kind)
    if isinstance(value, list):
        each = inner[0] if get_origin(kind) is tuple and len(inner) == 2 and inner[1] is ... else None
        return [_short(part, each) for part in value]
    if not isinstance(value, dict):
        return _number(value)
    if get_origin(kind) is dict:
        return {name: _short(part, inner[1]) for name, part in value.items()}
    if not (isinstance(kind, type) and issubclass(kind, Model)):
        return {name: _short(part, None) for name, part in value.items()}
    fields = kind.model_fields
    order = [name for name in fields if name in value] + [name for name in value if name not in fields]
    if issubclass(kind, Node):  # who it is stands first, what is in it last
        order.sort(key=lambda name: {"name": 0, "operations": 2}.get(name, 1))
    said = {name: _short(value[name], fields[name].annotation if name in fields else None) for name in order}
    return _shortened(said, kind)


def _shortened(said: dict[str, Any], kind: type[Model]) -> object:
    if issubclass(kind, Distribution | Cost) and list(said) == ["constant"]:
        return said["constant"]
    if kind is Knockout and list(said) == ["system"]:
        return said["system"]
    if kind is Stream:
        for field, name in (("to", "unit"), ("rank", "rank")):
            entries = said.get(field)
            if isinstance(entries, list) and len(entries) == 1 and list(entries[0]) == [name]:
                said[field] = entries[0][name]
    if issubclass(kind, Node) and "operations" in said:
        said = {name: part for name, part in said.items() if name not in SYSTEMS or part != {}}
    return said


def _number(value: object) -> object:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


def _bare(annotation: object) -> object:
    """A type without what is annotated to it, and without None."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in (Union, types.UnionType):
            annotation = next(part for part in get_args(annotation) if part is not type(None))
        else:
            return annotation
