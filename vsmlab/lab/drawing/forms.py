"""The form of one node: its own fields as JSON Schema, with what they say now."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any, NamedTuple

from vsmlab.lab.drawing.drawing import Drawing
from vsmlab.lab.drawing.things import parent, thing
from vsmlab.lab.law_book.units_text import UNIT_OF
from vsmlab.lab.scenario.disturbances import ALLOWED, ALWAYS, NEEDED
from vsmlab.lab.scenario.organisation import ELEMENTARY_FIELDS
from vsmlab.lab.schema import json_schema

Schema = dict[str, Any]
DEPTH = 6
"""Levels of a form; what lies deeper is a mapping of anything."""

_MODELS = {
    "stream": "Stream",
    "operation": "Node",
    "system": "Node",
    "desk": "Node",
    "system2": "System2",
    "system3": "System3",
    "audit": "Audit",
    "system4": "System4",
    "system5": "System5",
    "policy": "Policy",
    "disturbance": "Disturbance",
    "scenario": "Scenario",
}
_FIELDS = {
    "operation": ("essential", "channels", *ELEMENTARY_FIELDS),
    "system": ("desk", "essential", "channels", "spawn"),
    "desk": ("desk", "essential", "channels", "spawn"),
    "scenario": (
        "name",
        "title",
        "shows",
        "lesson",
        "horizon",
        "warmup",
        "seed",
        "engine",
        "channels",
        "knockout",
        "expect",
    ),
}
"""The fields of a node that are not nodes themselves; all of its model where it is not named."""
FIRST = {
    "stream": ("arrivals", "work", "to", "failure"),
    "operation": ("agents", "work", "speed", "queue", "essential"),
    "system": ("desk", "essential"),
    "desk": ("desk", "essential", "spawn"),
    "system2": ("period", "gain", "threshold"),
    "system3": ("period", "may_move", "move_takes", "gain"),
    "audit": ("every", "takes", "sample", "threshold"),
    "system4": ("period", "looks_ahead", "method", "leading"),
    "system5": ("period", "outside", "tolerance", "climbs_after"),
    "policy": ("agents", "spawn"),
    "disturbance": ("unit", "channel", "stream", "factor", "time", "every", "lasts"),
    "scenario": ("name", "title", "horizon", "warmup", "seed"),
}
"""The fields worth showing first, by kind of node."""


class Form(NamedTuple):
    """What a form needs.

    Attributes:
        id: The node; empty for the scenario as a whole.
        kind: Its kind, or `scenario`.
        place: Dotted place of its fields: ``set_value(f"{place}.{field}", value)`` writes one back.
        schema: JSON Schema of an object, without references. A property may have `unit`.
        values: What is said now; the rest has its default.
        first: The fields worth showing first.
    """

    id: str
    kind: str
    place: str
    schema: Schema
    values: dict[str, Any]
    first: tuple[str, ...]

    def at(self, field: str) -> str:
        """The dotted place of one of its fields."""
        return f"{self.place}.{field}" if self.place else field


def form(drawing: Drawing, node_id: str) -> Form:
    """The form of one node, or of the scenario as a whole.

    Args:
        drawing: The drawing.
        node_id: The node's id; empty for the scenario.

    Raises:
        InputError: If there is no such node.
    """
    if not node_id:
        kind, place, says = "scenario", "", drawing.document
    else:
        one = thing(drawing.document, node_id)
        kind, place, says = one.kind, one.place, one.says
    whole = _model(_MODELS[kind])
    names = _FIELDS.get(kind, tuple(whole["properties"]))
    if kind == "disturbance":
        own = str(says.get("kind", ""))
        names = (
            "kind",
            *NEEDED.get(own, ()),
            *ALLOWED.get(own, ()),
            *(name for name in ALWAYS if name != "kind"),
        )
    if kind == "operation" and not parent(node_id):
        names = ("name", *names)
        whole = _model("Organisation")
    properties = {name: copy.deepcopy(whole["properties"][name]) for name in names}
    schema: Schema = {"type": "object", "title": whole["title"], "properties": properties}
    needed = [name for name in whole.get("required", ()) if name in names]
    if needed:
        schema["required"] = needed
    values = {name: copy.deepcopy(says[name]) for name in names if name in says}
    spawn = values.get("spawn")
    if isinstance(spawn, dict):  # of a policy it may be anything
        spawn.pop("child", None)
    return Form(node_id, kind, place, schema, values, tuple(name for name in FIRST[kind] if name in names))


@cache
def _whole() -> Schema:
    return json_schema()


@cache
def _model(name: str) -> Schema:
    whole = _whole()
    part = whole if name == "Scenario" else whole["$defs"][name]
    resolved = _resolved(
        {key: value for key, value in part.items() if key not in ("$defs", "anyOf")}, name, DEPTH
    )
    resolved.setdefault("title", name)
    return resolved


def _resolved(part: Schema, model: str, depth: int) -> Schema:
    """A part of the schema without references, bounded in depth."""
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        outer = {key: value for key, value in part.items() if key != "$ref"}
        if depth <= 0 or name in ("Node", "Organisation", "Template"):
            return {"type": "object", **outer}
        return {**_resolved(_whole()["$defs"][name], name, depth - 1), **outer}
    found = dict(part)
    if "anyOf" in found:
        kinds = [_resolved(one, model, depth) for one in found.pop("anyOf") if one != {"type": "null"}]
        if len(kinds) == 1:
            found = {**kinds[0], **found}
        else:
            found["anyOf"] = kinds
        if found.get("default", 0) is None:
            del found["default"]
    if "properties" in found:
        found["properties"] = {
            name: _field(one, model, name, depth) for name, one in found["properties"].items()
        }
    for key in ("items", "additionalProperties"):
        if isinstance(found.get(key), dict):
            found[key] = _resolved(found[key], model, depth - 1)
    if "prefixItems" in found:
        found["prefixItems"] = [_resolved(one, model, depth - 1) for one in found["prefixItems"]]
    if "patternProperties" in found:
        each = found["patternProperties"]
        found["patternProperties"] = {name: _resolved(one, model, depth - 1) for name, one in each.items()}
    return found


def _field(part: Schema, model: str, name: str, depth: int) -> Schema:
    if model in ("Node", "Organisation") and name == "operations":
        return {"type": "object"}
    if model == "Spawn" and name == "child":
        return {"type": "object"}
    found = _resolved(part, model, depth)
    unit = UNIT_OF.get(f"{model}.{name}") or UNIT_OF.get(f"Node.{name}" if model == "Organisation" else "")
    unit = unit or (UNIT_OF.get(f"Distribution.{name}") if model == "Work" else None)
    return {**found, "unit": unit} if unit else found
