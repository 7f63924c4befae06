"""Fields of the scenario's models as a reader needs them: type, default, range, meaning."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from vsmlab.lab import scenario as models
from vsmlab.lab.scenario.base import Model
from vsmlab.lab.scenario.organisation import REMOVABLE_FIELDS

MODELS: dict[str, type[Model]] = {
    name: model
    for name in models.__all__
    if isinstance(model := getattr(models, name), type) and issubclass(model, Model) and model is not Model
}
"""Every part of a scenario, by name."""


class Field(NamedTuple):
    """One field: what it may be, what it is if unsaid, what it means."""

    kind: str
    default: str
    allowed: str
    says: str


def field_of(place: str) -> Field:
    """The field at ``Model.field``.

    Raises:
        KeyError: If there is no such model or field.
    """
    model, _, name = place.partition(".")
    info = MODELS[model].model_fields[name]
    schema = _properties(model)[name]
    default = "on, with its defaults" if model == "Node" and name in REMOVABLE_FIELDS else _default(info)
    return Field(_kind(schema), default, _allowed(schema), str(info.description or ""))


@cache
def _properties(model: str) -> dict[str, Any]:
    schema = MODELS[model].model_json_schema()
    own = schema if "properties" in schema else schema["$defs"][model]  # a model that contains itself
    properties: dict[str, Any] = own["properties"]
    return properties


def _kind(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return _linked(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " or ".join(_kind(part) for part in schema["anyOf"] if part.get("type") != "null")
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}" if "items" in schema else "list"
    if schema.get("type") == "object":
        inner: object = schema.get("additionalProperties") or next(
            iter(schema.get("patternProperties", {}).values()), {}
        )
        return f"mapping to {_kind(inner)}" if isinstance(inner, dict) and inner else "mapping"
    if "enum" in schema or "const" in schema:
        return "one of"
    names = {"number": "number", "integer": "whole number", "boolean": "true or false", "string": "text"}
    return names.get(schema.get("type", ""), "value")


def _linked(model: str) -> str:
    return f"[{model}](#{model.lower()})"


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "required"
    value = info.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, BaseModel):
        plain = value.model_dump(mode="json", exclude_unset=True)
        if list(plain) == ["constant"]:
            return f"{plain['constant']:g}"
        return f"`{plain}`" if plain else "its defaults"
    if value is None:
        return "none"
    if isinstance(value, tuple | dict | str) and not value:
        return "empty"
    if isinstance(value, tuple):
        return f"`{[part.model_dump(mode='json', exclude_unset=True) for part in value]}`"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _allowed(schema: dict[str, Any]) -> str:
    for part in schema.get("anyOf", []):
        if said := _allowed(part):
            return said
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    bounds = []
    for key, sign in (
        ("minimum", ">="),
        ("exclusiveMinimum", ">"),
        ("maximum", "<="),
        ("exclusiveMaximum", "<"),
    ):
        if key in schema:
            bounds.append(f"{sign} {schema[key]:,}" if abs(schema[key]) < 2**62 else f"{sign} 2^63 - 1")
    if schema.get("type") == "array" and isinstance(schema.get("items"), dict):
        inner = _allowed(schema["items"])
        if inner:
            bounds.append(f"each {inner}")
    return ", ".join(bounds)


def numeric_fields() -> list[str]:
    """``Model.field`` of every field that is a number, a list of numbers, or an amount."""
    found = []
    for name, model in MODELS.items():
        for field, info in model.model_fields.items():
            if _is_numeric(info.annotation):
                found.append(f"{name}.{field}")
    return found


def _is_numeric(annotation: Any) -> bool:  # noqa: ANN401 - whatever a field is annotated with
    if annotation in (int, float) or annotation in (models.Distribution, models.Work, models.Cost):
        return True
    return any(_is_numeric(part) for part in get_args(annotation) if part is not type(None))
