"""Reading YAML from strangers: one document of plain values, bounded, without surprises.

Scalars follow the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/, chapter 10.3): ``on``, ``off``,
``yes`` and ``no`` are text, ``0777`` is 777, ``1e-3`` is a number, dates and ``12:30:00`` are text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import yaml

from vsmlab.errors import InputError

MAX_BYTES = 1_000_000
MAX_DEPTH = 64
MAX_VALUES = 100_000
MAX_DIGITS = 40
MAX_KEY = 200

_NULL = re.compile(r"null|Null|NULL|~|")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_DECIMAL = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_REAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_SCENARIO = "a scenario is a mapping that begins with version: 1"
_WHOLE: tuple[tuple[re.Pattern[str], int], ...] = ((_DECIMAL, 10), (_OCTAL, 8), (_HEXADECIMAL, 16))


class _Mark(Protocol):
    line: int
    column: int


class _Events(yaml.SafeLoader):
    """The parser of PyYAML; what it composes and constructs is not used."""


def read_yaml(
    path: Path, source: str = "", *, what: str = "scenario file", begins: str = _SCENARIO
) -> dict[str, object]:
    """The mapping in a YAML file.

    Args:
        path: A regular file of at most 1 MB in UTF-8.
        source: What errors call the file; its path where empty.
        what: What kind of file it ought to be.
        begins: What would be right where it is empty or no mapping.

    Raises:
        InputError: If it cannot be read, or is not one bounded mapping of plain values.
    """
    source = source or str(path)
    try:
        if path.is_dir():
            raise InputError(source, "", "is a folder", right=f"give the {what} itself")
        if not path.exists():
            raise InputError(source, "", "there is no such file", right=f"give the path of a {what}")
        if not path.is_file():
            raise InputError(source, "", "is not a regular file", right=f"give a {what}")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) and exc.strerror else "not a path"
        raise InputError(source, "", f"cannot be read ({reason})", right="give a readable file") from exc
    return parse_mapping(data, source, begins)


def parse_mapping(data: bytes, source: str, begins: str = _SCENARIO) -> dict[str, object]:
    """The mapping in the bytes of a YAML document; see ``read_yaml``."""
    if len(data) > MAX_BYTES:
        raise InputError(source, "", "is too large", right=f"at most {MAX_BYTES:,} bytes are read")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        given = f"byte 0x{data[exc.start]:02x}"
        raise InputError(
            source, f"line {line}", "is not UTF-8", given=given, right="save it as UTF-8"
        ) from exc
    if not text.strip():
        raise InputError(source, "", "is empty", right=begins)
    value = parse_value(text, source)
    if not isinstance(value, dict):
        raise InputError(source, "", "is not a mapping", given=kind_of(value), right=begins)
    return value


def parse_value(text: str, source: str) -> object:
    """The value of one YAML document: None, a bool, a number, text, a list, or a dict with text as keys.

    Raises:
        InputError: With line and column, if the text is not YAML or not plain and bounded.
    """
    try:
        return _Composer(text, source).document()
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        problem = exc.problem or exc.context or "not YAML"
        raise InputError(source, _place(mark), f"is not YAML ({problem})", right=_hint(problem)) from exc
    except yaml.reader.ReaderError as exc:
        line = text.count("\n", 0, exc.position) + 1
        given = f"U+{exc.character:04X}" if isinstance(exc.character, int) else repr(exc.character)
        right = "write it as text without control characters"
        raise InputError(source, f"line {line}", "a forbidden character", given=given, right=right) from exc
    except (yaml.YAMLError, ValueError, OverflowError) as exc:
        raise InputError(source, "", "is not YAML", right="check brackets, quotes and escapes") from exc


def kind_of(value: object) -> str:
    """What a value is called in a message: ``"a list"``, ``"a number"`` and so on."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    names: tuple[tuple[type, str], ...] = ((str, "text"), (int, "a number"), (float, "a number"))
    names += ((list, "a list"), (tuple, "a list"), (dict, "a mapping"))
    return next((name for kind, name in names if isinstance(value, kind)), type(value).__name__)


def _place(mark: _Mark | None) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""


def _hint(problem: str) -> str:
    if "\\t" in problem:
        return "indent with spaces, not tabs"
    if "mapping values are not allowed" in problem:
        return "quote text that has a colon in it"
    return "check indentation, brackets, quotes and colons"


class _Composer:
    """Values from the events of the parser, counted and bounded on the way."""

    def __init__(self, text: str, source: str) -> None:
        self._source = source
        self._events = _Events(text)
        self._next: Callable[[], yaml.Event] = self._events.get_event
        self._values = 0

    def document(self) -> object:
        self._next()  # the stream begins
        if isinstance(first := self._next(), yaml.StreamEndEvent):
            raise self._refuse(first, "nothing is there", "give a value")
        value = self._value(self._next(), 0)
        self._next()  # the document ends
        if not isinstance(event := self._next(), yaml.StreamEndEvent):
            raise self._refuse(event, "a second document", "give one document, without `---` after it")
        return value

    def _refuse(self, event: yaml.Event, wrong: str, right: str, given: object = None) -> InputError:
        return InputError(self._source, _place(event.start_mark), wrong, given=given, right=right)

    def _value(self, event: yaml.Event, depth: int) -> object:
        self._values += 1
        if self._values > MAX_VALUES:
            raise self._refuse(event, "too many values", f"at most {MAX_VALUES:,} are read")
        if depth > MAX_DEPTH:
            raise self._refuse(event, "nested too deeply", f"at most {MAX_DEPTH} levels are read")
        if isinstance(event, yaml.AliasEvent):
            raise self._refuse(event, "an alias", "use templates with `like`", f"*{event.anchor}")
        assert isinstance(event, yaml.NodeEvent)
        if event.anchor is not None:
            raise self._refuse(event, "an anchor", "use templates with `like`", f"&{event.anchor}")
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        assert isinstance(event, yaml.CollectionStartEvent)
        self._no_tag(event, event.tag)
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(event := self._next(), yaml.SequenceEndEvent):
                items.append(self._value(event, depth + 1))
            return items
        mapping: dict[str, object] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._value(event, depth + 1)
            if not isinstance(key, str):
                right = "a key is text: quote it" if not isinstance(key, list | dict) else "a key is text"
                raise self._refuse(event, "a key that is not text", right, _shown(key))
            if not key.isprintable() or len(key) > MAX_KEY:
                right = f"at most {MAX_KEY} printable characters"
                raise self._refuse(event, "a key that is no name", right, _shown(key))
            if key in mapping:
                raise self._refuse(event, "a key that is there twice", "keep one of them", _shown(key))
            mapping[key] = self._value(self._next(), depth + 1)
        return mapping

    def _no_tag(self, event: yaml.Event, tag: str | None) -> None:
        if tag is not None:
            raise self._refuse(event, "a tag", "leave it out: values are plain", _shown(tag))

    def _scalar(self, event: yaml.ScalarEvent) -> object:
        self._no_tag(event, event.tag)
        text: str = event.value
        if not event.implicit[0]:  # quoted, or a block
            if any("\ud800" <= char <= "\udfff" for char in text):
                raise self._refuse(event, "half a character", "leave out escapes \\ud800 to \\udfff")
            return text
        if _NULL.fullmatch(text):
            return None
        if _TRUE.fullmatch(text) or _FALSE.fullmatch(text):
            return text[0] in "tT"
        for pattern, base in _WHOLE:
            if pattern.fullmatch(text):
                if len(text) > MAX_DIGITS:
                    raise self._refuse(event, "too long a number", f"at most {MAX_DIGITS} digits", text)
                return int(text[2:] if base != 10 else text, base)
        if _NOT_FINITE.fullmatch(text):
            raise self._refuse(event, "a number that is not finite", "give a finite number", text)
        if _REAL.fullmatch(text):
            number = float(text) + 0.0  # no -0.0
            if number in (float("inf"), float("-inf")):
                raise self._refuse(event, "too large a number", "at most about 1.8e308", text)
            return number
        return text


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
