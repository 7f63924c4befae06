"""What of a frozen version is gone or differs, one line each; what is new and optional is let pass (decision 0019)."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any, NamedTuple

Record = dict[str, dict[str, Any]]
"""What a version says, by section and name, as plain values (``frozen.told``)."""

DEMANDS = ("reserved names", "needed to read a run")
"""Sections that may only shrink: what is new in them refuses what was right, what is gone refuses nothing."""


def broken(stored: Record, now: Record) -> list[str]:
    """What is frozen and is gone or differs, one line each; what is new and optional is let pass."""
    found = []
    for section, entries in stored.items():
        for name, old in entries.items():
            if name in now.get(section, {}):
                found += [
                    f"{section}: {name}: {wrong}" for wrong in _changed(section, old, now[section][name])
                ]
            elif section not in DEMANDS:
                found.append(f"{section}: {name} is gone")
    return found + [line for section in stored for line in _added(section, stored, now)]


def _changed(section: str, old: Any, new: Any) -> Iterator[str]:
    if not isinstance(old, dict) or not isinstance(new, dict):
        if old != new:
            yield f"{old!r} became {new!r}"
        return
    told_already = ()
    if "required" in new and "required" not in old:
        told_already = ("default",)
        yield f"the default {old.get('default')!r} is gone, it is required"
    for key, value in old.items():
        if key == "allowed":
            yield from narrowed(value, new[key])
        elif key == "most":
            if new[key] < value:
                yield f"the limit {value} became {new[key]}"
        elif key not in ("says", "required", *told_already) and new.get(key) != value:
            yield f"{key} {value!r} became {new.get(key)!r}"


def _added(section: str, stored: Record, now: Record) -> Iterator[str]:
    """What is new and yet breaks what is there: a field that is required, a name or number that was in use."""
    old, new = stored[section], now.get(section, {})
    models = {name.partition(".")[0] for name in old} if section == "scenario" else set()
    shared = ("messages", "facts") if section in ("messages", "facts") else (section,)
    entries = [(name, entry) for part in shared for name, entry in stored.get(part, {}).items()]
    taken = {_number(entry): name for name, entry in entries if _number(entry)}
    for name in new.keys() - old.keys():
        entry = new[name] if isinstance(new[name], dict) else {}
        if section in DEMANDS:
            yield f"{section}: {name} is new: what had no need of it is refused now"
        if name.partition(".")[0] in models and "required" in entry:
            yield f"scenario: {name}: new and required"
        if _number(entry) in taken:
            yield f"{section}: {name}: number {entry['number']} is that of {taken[_number(entry)]}"


def _number(entry: Any) -> tuple[str, int] | None:
    """The number of what has one, and in which table."""
    return (entry.get("of", ""), entry["number"]) if isinstance(entry, dict) and "number" in entry else None


class _Bound(NamedTuple):
    """A keyword of JSON Schema that limits from one side."""

    keyword: str
    sign: int
    strict: str | None = None


BOUNDS = (
    _Bound("minimum", 1, "exclusiveMinimum"),
    _Bound("maximum", -1, "exclusiveMaximum"),
    *(_Bound(f"min{what}", 1) for what in ("Length", "Items", "Properties")),
    *(_Bound(f"max{what}", -1) for what in ("Length", "Items", "Properties")),
)
INNER = ("items", "additionalProperties", "propertyNames")
KNOWN = {"type", "enum", "const", "pattern", "patternProperties", *INNER}
KNOWN |= {keyword for bound in BOUNDS for keyword in (bound.keyword, bound.strict)}
"""Keywords that can be compared; any other must stay as it is."""


def narrowed(old: Any, new: Any) -> list[str]:
    """What a JSON Schema allowed and no longer allows, in words; nothing if all of it is still allowed."""
    found, before, after = [], _ways_to_say(old), _ways_to_say(new)
    for one in before:
        tried = [_refused(one, other) for other in after]
        if [] not in tried:
            same = [
                reasons
                for other, reasons in zip(after, tried, strict=True)
                if all(other.get(key) == one.get(key) for key in ("type", "$ref"))
            ]
            told = tried if len(before) == len(after) == 1 else same
            found += told[0] if len(told) == 1 else [f"{_short(one)} is no longer allowed"]
    return found


def _ways_to_say(part: Any) -> list[dict[str, Any]]:
    if part in (True, False):
        return [{}] if part else []
    return list(part["anyOf"]) if "anyOf" in part else [part]


def _refused(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Why one way of saying it does not cover another."""
    found = []
    if "$ref" in new or "$ref" in old:
        same = old.get("$ref") == new.get("$ref")
        return [] if same or not new else [f"{_short(old)} became {_short(new)}"]
    kinds = (old.get("type"), new.get("type"))
    if "type" in new and kinds[0] != kinds[1] and kinds != ("integer", "number"):
        found.append(f"type {kinds[0]} became {kinds[1]}")
    known, kept = _values(old), _values(new)
    if kept is not None:
        lost = [value for value in known or () if value not in kept]
        found += [f"{value!r} is no longer allowed" for value in lost]
        found += ["only some values are still allowed"] if known is None else []
    for bound in BOUNDS:
        before, after = _bound(old, bound), _bound(new, bound)
        if after is not None and (before is None or after > before):
            found.append(f"{bound.keyword} {_said(old, bound)} became {_said(new, bound)}")
    if "pattern" in new and new["pattern"] != old.get("pattern"):
        found.append(f"pattern {old.get('pattern')} became {new['pattern']}")
    for keyword in new.keys() - KNOWN:
        if new[keyword] != old.get(keyword):
            found.append(f"{keyword} {old.get(keyword)} became {new[keyword]}")
    for keyword in INNER:
        if keyword in new:
            found += narrowed(old.get(keyword, True), new[keyword])
    patterns = new.get("patternProperties", {})
    if patterns and patterns.keys() != old.get("patternProperties", {}).keys():
        found.append(f"names {list(old.get('patternProperties', {}))} became {list(patterns)}")
    else:
        found += chain.from_iterable(
            narrowed(old["patternProperties"][key], patterns[key]) for key in patterns
        )
    return found


def _values(part: dict[str, Any]) -> list[Any] | None:
    return [part["const"]] if "const" in part else part.get("enum")


def _bound(part: dict[str, Any], bound: _Bound) -> tuple[float, bool] | None:
    """A bound such that a greater one is narrower."""
    limits = [(bound.sign * part[bound.keyword], False)] if bound.keyword in part else []
    if bound.strict in part:
        limits.append((bound.sign * part[bound.strict], True))
    return max(limits, default=None)


def _said(part: dict[str, Any], bound: _Bound) -> str:
    limit = _bound(part, bound)
    return "none" if limit is None else f"{bound.sign * limit[0]:g}{' (exclusive)' if limit[1] else ''}"


def _short(part: dict[str, Any]) -> str:
    name = re.sub(r"^#/\$defs/", "", part.get("$ref", "")) or part.get("type")
    return str(name or (f"one of {_values(part)}" if _values(part) else part))
