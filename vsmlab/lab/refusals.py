"""From what pydantic found wrong to one message that a person understands."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from vsmlab.errors import InputError
from vsmlab.lab.scenario import Model, Node, Scenario
from vsmlab.lab.scenario.base import COLUMN_PATTERN, NAME_PATTERN
from vsmlab.lab.tables import did_you_mean
from vsmlab.lab.yaml_reader import kind_of

_NAME = "a name has small letters, digits and hyphens and begins with a letter"
_WRONG = {
    "missing": "missing",
    "int_type": "not a whole number",
    "int_from_float": "not a whole number",
    "int_parsing_size": "too large a number",
    "float_type": "not a number",
    "finite_number": "not a finite number",
    "bool_type": "not true or false",
    "string_type": "not text",
    "model_type": "not a mapping",
    "model_attributes_type": "not a mapping",
    "dict_type": "not a mapping",
    "tuple_type": "not a list",
    "greater_than": "out of range",
    "greater_than_equal": "out of range",
    "less_than": "out of range",
    "less_than_equal": "out of range",
}
_NEEDED = {
    "missing": "it is needed",
    "int_type": "a whole number is needed",
    "int_from_float": "a whole number is needed",
    "float_type": "a number is needed",
    "bool_type": "true or false is needed",
    "string_type": "text is needed",
    "model_type": "a mapping is needed",
    "model_attributes_type": "a mapping is needed",
    "dict_type": "a mapping is needed",
    "tuple_type": "a list is needed",
}
_BOUNDS = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}


def refuse(found: ValidationError, raw: object, source: str) -> InputError:
    """The one thing to say about a scenario that failed validation: a misspelling first, else the deepest.

    Args:
        found: What pydantic found.
        raw: What was validated.
        source: What the error calls it.
    """
    errors = found.errors(include_url=False)
    deep = {error["loc"][:end] for error in errors for end in range(len(error["loc"]))}
    errors = [error for error in errors if error["type"] != "too_short" or error["loc"] not in deep]
    first = min(errors, key=lambda error: (_class(error), -len(error["loc"])))
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    loc = in_file([part for part in first["loc"] if part != "[key]"], raw)
    place, wrong, given, right = _said(first, loc)
    return InputError(source, place, wrong, given=given, right=f"{right}{more}".strip())


def refuse_each(found: ValidationError, raw: object, source: str) -> list[InputError]:
    """Everything to say about a scenario that failed validation, in the order of the models; see `refuse`."""
    said = []
    for error in found.errors(include_url=False):
        place, wrong, given, right = _said(
            error, in_file([part for part in error["loc"] if part != "[key]"], raw)
        )
        said.append(InputError(source, place, wrong, given=given, right=right))
    return said


def _class(error: ErrorDetails) -> int:
    if error["type"] == "missing":
        return 2
    return 0 if error["type"] == "extra_forbidden" or "[key]" in error["loc"] else 1


def in_file(loc: Sequence[str | int], raw: object) -> list[str | int]:
    """A place in the models as the place in the file, where a number may stand for a whole distribution."""
    found: list[str | int] = []
    here = raw
    for index, part in enumerate(loc):
        if not isinstance(here, dict | list):
            break
        if isinstance(here, list):
            here = here[int(part)] if str(part).isdecimal() and int(part) < len(here) else None
        elif part in here:
            here = here[str(part)]
        elif part == "columns" and index + 1 < len(loc) and loc[index + 1] in here:
            continue  # the columns of a linear function stand beside its constant
        else:
            return [*found, part]
        found.append(part)
    return found


def _said(error: ErrorDetails, loc: Sequence[str | int]) -> tuple[str, str, str | None, str]:
    """Place, what is wrong, what was given, what would be right."""
    context: Mapping[str, Any] = error.get("ctx", {})
    if error["type"] == "scenario":
        given = context["given"]
        place = _dotted([*loc, *context["at"]])
        return place, context["wrong"], None if given is None else str(given), context["right"]
    if error["type"] == "extra_forbidden":
        return _unknown_field(loc)
    if "[key]" in error["loc"]:
        return _wrong_key(loc, error)
    given = None if error["type"] == "missing" else shown(error["input"])
    return _dotted(loc), _wrong(error), given, _right(error, loc)


def _unknown_field(loc: Sequence[str | int]) -> tuple[str, str, str | None, str]:
    name = str(loc[-1])
    known = fields_at(loc[:-1]) or []
    right = f"{did_you_mean(name, known)}known: {', '.join(known)}"
    return _dotted(loc), "unknown field", shown(name), right


def fields_at(loc: Sequence[str | int]) -> list[str] | None:
    """The fields that a scenario may have at a place; None where there are names or values instead."""
    part = _annotation(loc)
    if not (isinstance(part, type) and issubclass(part, Model)):
        return None
    return [*part.model_fields, *(["like", "count"] if issubclass(part, Node) else [])]


def _wrong_key(loc: Sequence[str | int], error: ErrorDetails) -> tuple[str, str, str | None, str]:
    name = str(loc[-1])
    if error["type"] == "literal_error":
        words = _words(error)
        what = "channel" if loc[-2:-1] == ["channels"] else "essential variable"
        right = f"{did_you_mean(name, words)}{what}s: {', '.join(words)}"
        return _dotted(loc[:-1]), f"unknown {what}", repr(name), right
    return _dotted(loc[:-1]), "not a name", shown(name), _right(error, loc)


def _wrong(error: ErrorDetails) -> str:
    kind = error["type"]
    if kind in _WRONG:
        return _WRONG[kind]
    if kind.endswith("too_long"):
        return "too long"
    if kind.endswith("too_short"):
        return "too short"
    return {"literal_error": "unknown word", "string_pattern_mismatch": "not a name"}.get(kind, error["msg"])


def _right(error: ErrorDetails, loc: Sequence[str | int]) -> str:
    kind, about = error["type"], _description(loc)
    context: Mapping[str, Any] = error.get("ctx", {})
    if kind == "literal_error":
        known = _words(error)
        return f"{did_you_mean(str(error['input']), known)}one of {', '.join(known)}"
    if kind == "string_pattern_mismatch":
        if context["pattern"] == NAME_PATTERN:
            return _NAME
        if context["pattern"] == COLUMN_PATTERN:
            return "a column's name has small letters, digits and underscores and begins with a letter"
        return f"names joined by dots are needed: {about}" if about else "names joined by dots are needed"
    for bound, words in _BOUNDS.items():
        if bound in context:
            rule = f"it must be {words} {_number(context[bound])}"
            return f"{rule}: {about}" if about else rule
    for bound, words in (("min_length", "at least"), ("max_length", "at most")):
        if bound in context:
            rule = f"{words} {context[bound]}"
            return f"{rule}: {about}" if about else rule
    rule = _NEEDED.get(kind, "")
    return f"{rule}: {about}" if rule and about else rule or about


def _words(error: ErrorDetails) -> list[str]:
    """The words of which one was expected."""
    expected: str = error["ctx"]["expected"]
    return expected.replace("'", "").replace(" or ", ", ").split(", ")


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def shown(value: object) -> str:
    """How a message shows what was given: one short line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        text = repr(value)
        return text if len(text) <= 60 else text[:57] + "..."
    return kind_of(value)


def _dotted(loc: Sequence[str | int]) -> str:
    parts = [str(part) for part in loc]
    return ".".join(part if part.isprintable() and len(part) <= 64 else shown(part) for part in parts)


def _description(loc: Sequence[str | int]) -> str:
    """What the field says of itself, in small letters as the end of a sentence."""
    for end in range(len(loc), 0, -1):
        owner = _annotation(loc[: end - 1])
        if isinstance(owner, type) and issubclass(owner, Model):
            field = owner.model_fields.get(str(loc[end - 1]))
            about = (field.description or "") if field is not None else ""
            return (
                about[:1].lower() + about[1:].rstrip(".") if not about[1:2].isupper() else about.rstrip(".")
            )
    return ""


def _annotation(loc: Sequence[str | int]) -> object:
    """The type that the models give to a place; None where there is none."""
    here: object = Scenario
    for part in loc:
        here = _plain(here)
        if isinstance(here, type) and issubclass(here, Model):
            field = here.model_fields.get(str(part))
            here = None if field is None else field.annotation
        elif get_origin(here) is dict:
            here = get_args(here)[1]
        elif get_origin(here) is tuple:
            here = get_args(here)[0]
        else:
            return None
    return _plain(here)


def _plain(annotation: object) -> object:
    """A type without what is annotated to it, and without None."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in (Union, types.UnionType):
            annotation = next(part for part in get_args(annotation) if part is not type(None))
        else:
            return annotation
