"""The JSON Schema of a scenario file: the models, and the shorter ways in which a file may say the same."""

from __future__ import annotations

from typing import Any

from vsmlab.lab.expansion import MAX_COUNT
from vsmlab.lab.scenario import Scenario
from vsmlab.lab.scenario.base import COLUMN_PATTERN, NAME_PATTERN
from vsmlab.lab.scenario.organisation import REMOVABLE_FIELDS

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]

_NUMBER: Schema = {"type": "number", "minimum": 0}


def json_schema() -> Schema:
    """JSON Schema (draft 2020-12) of a scenario file, before templates and counts are resolved.

    It says what each part may be; what must hold between the parts is checked when a scenario is loaded.
    """
    schema = Scenario.model_json_schema()
    definitions: Schema = schema["$defs"]
    for name in ("Distribution", "Work", "Cost"):
        definitions[name] = {"title": name, "anyOf": [{**_NUMBER, "title": "Constant"}, definitions[name]]}
    definitions["Linear"] = {
        "title": "Linear",
        "description": definitions["Linear"]["description"],
        "type": "object",
        "propertyNames": {"pattern": COLUMN_PATTERN},
        "additionalProperties": _NUMBER,
    }
    definitions["Knockout"] = {"title": "Knockout", "anyOf": [{"type": "string"}, definitions["Knockout"]]}
    stream = definitions["Stream"]["properties"]
    _also(stream, "to", {"type": "string", "title": "Path"})
    _also(stream, "rank", {"type": "integer", "minimum": 0, "maximum": 9})
    for name in ("Node", "Organisation"):
        _abbreviated_node(definitions[name], counted=name == "Node")
    return {"$schema": DIALECT, **_abbreviated_scenario(schema)}


def _also(properties: Schema, field: str, other: Schema) -> None:
    """Let a field be written in another way too; its description and default stay where readers look."""
    given = properties[field]
    outer = {key: given.pop(key) for key in ("title", "description", "default") if key in given}
    properties[field] = {**outer, "anyOf": [other, given]}


def _abbreviated_node(node: Schema, *, counted: bool) -> None:
    properties = node["properties"]
    for field in REMOVABLE_FIELDS:
        parts = [part for part in properties[field]["anyOf"] if part != {"type": "null"}]
        properties[field]["anyOf"] = [*parts, {"enum": ["off", "on", True, False]}]
        properties[field].pop("default", None)
    properties["like"] = {"type": "string", "description": "Template that is laid under this node."}
    if counted:
        about = "That many operations of this kind, called -1 to -n."
        properties["count"] = {"type": "integer", "minimum": 1, "maximum": MAX_COUNT, "description": about}
    node["anyOf"] = [{"required": [field]} for field in ("agents", "operations", "like")]


def _abbreviated_scenario(schema: Schema) -> Schema:
    """A scenario that extends another needs less of its own, and so does a template."""
    template = {**schema["$defs"]["Node"]}
    template.pop("anyOf", None)
    schema["$defs"]["Template"] = {**template, "title": "Template"}
    schema["properties"]["extends"] = {
        "type": "string",
        "description": "Scenario file over which this one is laid.",
    }
    schema["properties"]["templates"] = {
        "type": "object",
        "description": "Nodes, or parts of nodes, to be used by `like`.",
        "propertyNames": {"pattern": NAME_PATTERN},
        "additionalProperties": {"$ref": "#/$defs/Template"},
    }
    schema["anyOf"] = [{"required": schema.pop("required")}, {"required": ["extends"]}]
    return schema
