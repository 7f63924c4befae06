"""What a form's controls say, and what a field says before anybody has said anything."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Final

from vsmlab.errors import InputError
from vsmlab.lab.drawing.forms import Schema

MOST_TEXT: Final = 20_000


def kind_of(schema: Schema) -> str:
    """The control that a field takes.

    One of: choice, boolean, integer, number, text, numbers, texts, amount, one-of, switch, entries, mapping,
    fieldset, plain.
    """
    if "enum" in schema:
        return "choice"
    ways = schema.get("anyOf", [])
    if ways:
        return _kind_of_ways(ways)
    kind = schema.get("type")
    if kind in ("boolean", "integer", "number"):
        return str(kind)
    if kind == "string":
        return "text"
    if kind == "array":
        return {"number": "numbers", "integer": "numbers", "string": "texts", "object": "entries"}.get(
            str(schema.get("items", {}).get("type")), "plain"
        )
    if kind == "object":
        properties = schema.get("properties", {})
        if (
            "exponential" in properties
            or "poisson" in properties
            or set(properties) == {"constant", "linear"}
        ):
            return "one-of"
        if properties:
            return "fieldset"
        return "mapping" if each_of(schema) is not None else "plain"
    return "plain"


def _kind_of_ways(ways: list[Schema]) -> str:
    kinds = [kind_of(one) for one in ways]
    if "one-of" in kinds and "number" in kinds:
        return "amount"
    if "entries" in kinds:
        return "entries"
    if "fieldset" in kinds and "choice" in kinds:
        return "switch"
    return "plain"


def way_of(schema: Schema, kind: str) -> Schema:
    """The way of several to say a field that is of this kind; the schema itself where there is one."""
    return next((one for one in schema.get("anyOf", []) if kind_of(one) == kind), schema)


def each_of(schema: Schema) -> Schema | None:
    """What every value of a mapping is; None where it is no mapping."""
    patterns = schema.get("patternProperties", {})
    found = next(iter(patterns.values()), schema.get("additionalProperties"))
    return found if isinstance(found, dict) and found else None


def begin(schema: Schema) -> Any:  # noqa: ANN401 - a plain value
    """A value to begin with: its default, or the least that could be meant."""
    default = without_nothing(schema.get("default"))
    if default is not None:
        return default
    kind = kind_of(schema)
    if kind == "choice":
        return schema["enum"][0]
    if kind == "boolean":
        return True
    if kind in ("integer", "number"):
        return 1 if schema.get("minimum", 0) <= 1 <= schema.get("maximum", math.inf) else schema["minimum"]
    if kind in ("numbers", "texts"):
        return [begin(schema["items"])] * max(1, int(schema.get("minItems", 1)))
    if kind == "text":
        return ""
    if kind == "amount":
        return 1
    if kind == "one-of":
        return alternative(schema, next(iter(schema["properties"])), None)
    if kind == "switch":
        return {}
    if kind == "entries":
        return []
    if kind == "fieldset":
        return {name: begin(schema["properties"][name]) for name in schema.get("required", ())}
    return {}


def alternative(schema: Schema, name: str, now: object) -> Any:  # noqa: ANN401 - a plain value
    """What is said when another of several kinds is chosen; a mean stays what it was.

    Args:
        schema: Of a field that is said by exactly one of its properties, or by a number.
        name: The property; ``number`` for the number itself.
        now: What is said now.
    """
    mean = mean_of(now)
    if name == "number":
        return 1 if mean is None else mean
    part = way_of(schema, "one-of")["properties"][name]
    said = begin(part)
    if mean is not None:
        if kind_of(part) == "number":
            said = mean
        elif name == "uniform":
            said = {"min": 0, "max": 2 * mean}
        elif isinstance(said, dict) and "mean" in said:
            said["mean"] = mean
    elif name == "uniform":
        said = {"min": 0, "max": 2}
    return {name: said}


def mean_of(value: object) -> float | int | None:
    """The mean of an amount as far as it is said; None where it is not."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if not isinstance(value, dict):
        return None
    if "constant" in value:
        return mean_of(value["constant"])
    for part in value.values():
        if isinstance(part, dict) and "mean" in part:
            return mean_of(part["mean"])
        if isinstance(part, dict) and {"min", "max"} <= set(part):
            ends = (mean_of(part["min"]), mean_of(part["max"]))
            return None if None in ends else (ends[0] + ends[1]) / 2  # type: ignore[operator]
    return None


def read(kind: str, text: str) -> Any:  # noqa: ANN401 - a plain value
    """What somebody typed or chose; what is no number stays text, and the form says so.

    Args:
        kind: As `kind_of` gives it.
        text: What the control says.

    Raises:
        InputError: If it is no JSON where JSON is needed, or too long.

    >>> read("number", "12.50"), read("numbers", "1, 2.5"), read("integer", "many")
    (12.5, [1, 2.5], 'many')
    """
    if len(text) > MOST_TEXT:
        raise InputError("", "", "too long", right=f"at most {MOST_TEXT:,} characters")
    plain = text.strip()
    if kind == "boolean":
        return plain == "true"
    if kind in ("integer", "number"):
        return _number(plain)
    if kind == "numbers":
        return [_number(part) for part in plain.replace(",", " ").split()]
    if kind == "texts":
        return [part.strip() for part in plain.split(",") if part.strip()]
    if kind == "plain":
        try:
            return json.loads(plain)
        except (ValueError, RecursionError) as exc:
            raise InputError("", "", "not JSON", given=plain[:60], right='write it as {"name": 1}') from exc
    return text


def _number(text: str) -> int | float | str:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        value = float(text)
    except ValueError:
        return text
    return value if math.isfinite(value) else text


def shown(value: object) -> str:
    """A value as a control shows it.

    >>> shown(0.5), shown([1, 2]), shown(True), shown(None)
    ('0.5', '1, 2', 'true', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, list) and not any(isinstance(part, dict | list) for part in value):
        return ", ".join(shown(part) for part in value)
    if isinstance(value, dict | list):
        return json.dumps(value)
    return str(value)


def without_nothing(value: Any) -> Any:  # noqa: ANN401 - plain values in, plain values out
    """A default without what it leaves unsaid; an amount that is always the same is its number."""
    if not isinstance(value, Mapping):
        return value
    found = {key: without_nothing(part) for key, part in value.items() if part is not None}
    return found["constant"] if list(found) == ["constant"] else found
