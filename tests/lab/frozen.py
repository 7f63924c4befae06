"""What version 1 of the scenario and of the journal says, told from the code, and stored (decision 0019).

Add what is new to the stored file with ``python tests/lab/frozen.py``: it refuses where something frozen differs.
"""

import json
import sys
import tempfile
import warnings
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import vsmlab
from vsmlab.dispatch import TABLE
from vsmlab.engines.journal import DIGEST_ROW, FORMAT, ROW, SEGMENT
from vsmlab.lab import expansion, loader, profiles, record, traces, yaml_reader
from vsmlab.lab.build import demand
from vsmlab.lab.journal_file import schema
from vsmlab.lab.law_book.anatomy_text import CHANNELS_SAY, PRIORITIES_SAY, ROLES_SAY
from vsmlab.lab.law_book.fields import MODELS
from vsmlab.lab.law_book.units_text import UNIT_OF
from vsmlab.lab.loader import load
from vsmlab.lab.measures.fields import PARTS, TOP
from vsmlab.lab.measures.fold import channel_table
from vsmlab.lab.scenario import RESERVED_NAMES, intelligence
from vsmlab.lab.schema import json_schema
from vsmlab.laws import kinds as k
from vsmlab.laws.dials import ANY_SENDER, DIALS
from vsmlab.laws.identity import child_identity, identity

sys.path.insert(0, str(Path(__file__).parent))  # where this is run as a module

from broken import Record, broken

FILE = Path(__file__).with_name("version-1.json")
FOLDER = Path(__file__).with_name("version-1")
SCENARIOS = ("everything.yaml", "shop.yaml")
"""Scenarios of version 1, never to be changed: every field, and what is there where little is said."""

# -- what the code says now ------------------------------------------------------------------------------


def told() -> Record:
    """Everything that is frozen, by section and name, as plain values."""
    found: Record = {
        "scenario": _fields(),
        "short forms": _forms(),
        "limits": _limits(),
        "reserved names": dict.fromkeys(sorted(RESERVED_NAMES), "no name of an operation or stream"),
        "resolved": dict(chain.from_iterable(_resolved(name) for name in SCENARIOS)),
        "journal": _journal(),
        "journal file": _journal_file(),
        "manifest": _manifest(),
        "needed to read a run": _needed(),
        "measures": _measures(),
        "messages": {kind.name: _kind(kind) for kind in k.MESSAGES},
        "ways": _ways(),
        "facts": {fact.name: _kind(fact) for fact in k.NOTES},
        "roles": {
            name: {"number": number, "path": ROLES_SAY[name][0], "says": ROLES_SAY[name][1]}
            for number, name in enumerate(k.ROLE_NAMES)
        },
        "channels": {
            name: {"number": number, "joins": CHANNELS_SAY[name][0], "says": CHANNELS_SAY[name][1]}
            for number, name in enumerate(k.CHANNEL_NAMES)
        },
        "priorities": {str(number): {"says": says} for number, says in sorted(PRIORITIES_SAY.items())},
        "numbers in messages": _numbers(),
    }
    plain: Record = json.loads(json.dumps(found))
    return plain


def _fields() -> dict[str, Any]:
    """Every field of a model: what the file may say, what holds where it says nothing, the unit."""
    written = _definitions()
    found = {}
    for model, cls in MODELS.items():
        own = cls.model_json_schema()
        own = own if "properties" in own else own["$defs"][model]
        properties = own["properties"] | _properties(written[model])
        for name, info in cls.model_fields.items():
            entry: dict[str, Any] = {"allowed": _bare(properties[name])}
            if info.is_required():
                entry["required"] = True
            else:
                entry["default"] = _plain(info.get_default(call_default_factory=True, validated_data={}))
            if f"{model}.{name}" in UNIT_OF:
                entry["unit"] = UNIT_OF[f"{model}.{name}"]
            found[f"{model}.{name}"] = entry
    return found


def _forms() -> dict[str, Any]:
    """What a file may write besides the models' fields: numbers for amounts, paths for lists, `like`, `count`."""
    found: dict[str, Any] = {}
    for model, definition in sorted(_definitions().items()):
        if model == "Template":
            continue  # it is Node, with nothing required
        if model in MODELS:
            extra = set(_properties(definition)) - set(MODELS[model].model_fields)
            found |= {f"{model}.{name}": {"allowed": _bare(_properties(definition)[name])} for name in extra}
        if "properties" not in definition:
            found[model] = {"allowed": _bare(definition)}
    return dict(sorted(found.items()))


def _definitions() -> dict[str, Any]:
    whole = json_schema()
    return {**whole["$defs"], "Scenario": whole}


def _properties(definition: dict[str, Any]) -> dict[str, Any]:
    for part in (definition, *definition.get("anyOf", ())):
        if "properties" in part:
            return dict(part["properties"])
    return {}


WORDS = ("title", "description", "default", "properties", "required", "$defs")
"""Parts of a JSON Schema that are told elsewhere, or limit nothing."""


def _bare(part: Any) -> Any:
    """A JSON Schema without words, and without what is told field by field."""
    if isinstance(part, dict):
        return {name: _bare(value) for name, value in sorted(part.items()) if name not in WORDS}
    return [_bare(value) for value in part] if isinstance(part, list) else part


def _plain(value: Any) -> Any:
    """A default as plain values; of a part only what it sets itself, for the rest is told at its own fields."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_unset=True)
    return [_plain(part) for part in value] if isinstance(value, tuple) else value


def _limits() -> dict[str, Any]:
    """How large a scenario and its files may be."""
    most = {
        "bytes of a scenario file": yaml_reader.MAX_BYTES,
        "levels of a scenario file": yaml_reader.MAX_DEPTH,
        "values of a scenario file": yaml_reader.MAX_VALUES,
        "digits of a number": yaml_reader.MAX_DIGITS,
        "letters of a key": yaml_reader.MAX_KEY,
        "scenarios that extend each other": loader.MAX_EXTENDS,
        "nodes": expansion.MAX_NODES,
        "levels of recursion": expansion.MAX_DEPTH,
        "operations by count": expansion.MAX_COUNT,
        "templates": expansion.MAX_TEMPLATES,
        "templates like each other": expansion.MAX_CHAIN,
        "values after templates and counts": expansion.MAX_VALUES,
        "showings that a leading indicator is ahead": intelligence.MAX_LEADS,
        "columns of a task": demand.MAX_COLUMNS,
        "rows of a trace": traces.MAX_ROWS,
        "bytes of a trace": traces.MAX_BYTES,
        "rows of a profile": profiles.MAX_ROWS,
        "bytes of a profile": profiles.MAX_BYTES,
        "tasks of a profile": profiles.MAX_TASKS,
        "quantiles of a profile": profiles.MAX_QUANTILES,
    }
    return {what: {"most": value} for what, value in most.items()}


def _resolved(name: str) -> Iterator[tuple[str, Any]]:
    """A stored scenario with every default spelled out, one value at a time."""
    values = load(FOLDER / name).scenario.model_dump(mode="json", exclude_none=True)
    return ((f"{name}: {path}", value) for path, value in _leaves(values, ""))


def _leaves(part: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(part, dict | list):
        for name, value in part.items() if isinstance(part, dict) else enumerate(part):
            yield from _leaves(value, f"{path}.{name}" if path else str(name))
    else:
        yield path, part


def _journal() -> dict[str, Any]:
    fields = {name: DIGEST_ROW.fields[name] for name in DIGEST_ROW.names}
    return {
        "first bytes of the digest": FORMAT.decode(),
        "rows of a segment": SEGMENT,
        "bytes of a row of the digest": DIGEST_ROW.itemsize,
        **{f"digest {name}": f"{dtype.str} at byte {offset}" for name, (dtype, offset) in fields.items()},
        **{f"row {name}": ROW[name].str for name in ROW.names},
        "identity of fleet.chat": identity("fleet.chat"),
        "identity of the first child of fleet.system3": child_identity(identity("fleet.system3"), 1, 0),
    }


def _journal_file() -> dict[str, Any]:
    """Columns and metadata of events.parquet."""
    said = schema({1: "fleet"})
    metadata = {key.decode(): value.decode() for key, value in said.metadata.items()}
    return {
        **{f"column {field.name}": str(field.type) for field in said},
        "metadata vsmlab": metadata["vsmlab"],
        "metadata names": json.loads(metadata["names"]),
        **{f"metadata {key}": "JSON: a mapping" for key in metadata if key not in ("vsmlab", "names")},
    }


MAPPINGS = ("scenario", "versions", "files", "counts.kinds")
"""Mappings of the manifest whose keys are names."""


def _manifest() -> dict[str, Any]:
    """Every key of a manifest with its types, from a short run with an own law that fails and an own process."""

    def deaf(state: object, unit: object, now: float, message: object) -> None:
        raise ValueError("deaf")

    def visitor(env: Any, organisation: Any) -> Iterator[Any]:
        yield env.timeout(1.0)

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        run = vsmlab.run(
            FOLDER / "everything.yaml",
            until=12.0,
            laws={"load@system2": deaf},
            processes=[visitor],
            out=Path(folder) / "run",
        )
    shapes: dict[str, set[str]] = {}
    for path, kind in _shapes(run.manifest, ""):
        shapes.setdefault(path, set()).add(kind)
    return {path: " or ".join(sorted(kinds)) for path, kinds in shapes.items()}


def _shapes(part: Any, path: str) -> Iterator[tuple[str, str]]:
    if path in MAPPINGS:
        yield path, "mapping"
        if path != "scenario":
            for value in part.values():
                yield from _shapes(value, f"{path}.*")
    elif isinstance(part, dict):
        for name, value in part.items():
            yield from _shapes(value, f"{path}.{name}" if path else name)
    elif isinstance(part, list):
        yield path, "list"
        for value in part:
            row = enumerate(value) if isinstance(value, list) else ((None, value),)
            for place, inner in row:
                yield from _shapes(inner, f"{path}[]" if place is None else f"{path}[][{place}]")
    else:
        names = {bool: "true or false", int: "whole number", float: "number", str: "text"}
        yield path, names.get(type(part), "null")


def _needed() -> dict[str, Any]:
    """What a run must have to be read at all."""
    needed = {
        "file": record.FILES,
        "key of manifest.json": record.MANIFEST,
        "key of measures.json": record.MEASURES,
    }
    return {f"{what} {name}": "needed" for what, names in needed.items() for name in names}


def _measures() -> dict[str, Any]:
    parts = {"": TOP, **{f"{part}.": fields for part, fields in PARTS.items()}}
    return {
        f"{part}{name}": {"unit": unit, "says": says}
        for part, fields in parts.items()
        for name, (unit, says) in fields.items()
    }


def _kind(kind: k.Kind) -> dict[str, Any]:
    return {
        "number": kind.number,
        "priority": kind.priority,
        "ref": kind.ref,
        "value": kind.value,
        "address": kind.address,
        "says": kind.says,
    }


def _ways() -> dict[str, Any]:
    """The channel of a message, which the journal does not say: it follows from kind, sender and receiver."""
    table, found = channel_table(), {}
    for line in TABLE:
        told = f"{k.NAME_OF[line.kind]} to {k.ROLE_NAMES[line.role]}"
        found[told] = k.CHANNEL_NAMES[line.channel] if line.channel != k.NO_CHANNEL else "none"
        for sender, name in enumerate(k.ROLE_NAMES):
            channel = int(table[line.kind, sender, line.role])
            if channel != line.channel:
                found[f"{told} from {name}"] = k.CHANNEL_NAMES[channel]
    return found


def _numbers() -> dict[str, Any]:
    """What the whole numbers in `ref` and `value` stand for."""
    tables = {
        "which": k.WHICH_NAMES,
        "fault": k.FAULT_NAMES,
        "essential variable": k.ESSENTIAL_NAMES,
        "suspicion": k.SUSPICIONS,
        "why shed": k.SHED_REASONS,
        "why abandoned": k.ABANDON_REASONS,
        "why lost": k.LOSS_REASONS,
    }
    found: dict[str, Any] = {
        f"{what} {name}": {"of": what, "number": number}
        for what, names in tables.items()
        for number, name in enumerate(names)
    }
    for dial in DIALS:
        role = "sender" if dial.role == ANY_SENDER else k.ROLE_NAMES[dial.role]
        found[f"dial {dial.name} of {role}"] = {"of": "dial", "number": dial.number, "unit": dial.unit}
    return found | {
        "channel of a fault, times": k.FAULT_STEP,
        "serial of a finding, times": k.FINDING_STEP,
        "channel of a dial, times": k.DIAL_STEP,
    }


# -- the stored file -------------------------------------------------------------------------------------


def stored() -> Record:
    """What is frozen."""
    found: Record = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def written(record: Record) -> str:
    """As it is stored: sorted by section and name, one entry a line."""
    sections = []
    for section, entries in sorted(record.items()):
        lines = [
            f"  {json.dumps(name)}: {json.dumps(entries[name], sort_keys=True)}" for name in sorted(entries)
        ]
        sections.append(f" {json.dumps(section)}: {{\n" + ",\n".join(lines) + "\n }")
    return "{\n" + ",\n".join(sections) + "\n}\n"


def renew() -> int:
    """Write down what is new; if anything frozen differs say what, and write nothing."""
    now = told()
    wrong = broken(stored(), now) if FILE.is_file() else []
    if wrong:
        sys.stderr.write("\n".join([*wrong, "frozen (decision 0019): nothing was written"]) + "\n")
        return 1
    FILE.write_text(written(now), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(renew())
