"""Plain values as YAML that a person likes to read, and that reads back as the same values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vsmlab.lab.drawing.canonical import canonical
from vsmlab.lab.drawing.drawing import Drawing

WIDTH = 110
_BLOCKS = frozenset({"environment", "environment.demand", "channels", "picture", "picture.places"})
"""Places of mappings that always have a line for each of their entries."""
_LISTS = frozenset({"disturbances", "expect", "to"})
"""Lists that always have a line for each of their entries."""
_WORDS = frozenset({"null", "true", "false", "off", "on", "yes", "no"})
_MARKS = frozenset(",[]{}:#&*!|>'\"%@`?")


def to_yaml(drawing: Drawing) -> str:
    """The drawing as the text of a scenario file: one text for one drawing.

    Loading it gives the same `scenario_sha256`; opening and writing it again gives the same bytes.

    Args:
        drawing: Any, with problems too.
    """
    return "\n".join(_mapping(canonical(drawing.plain()), 0, "")) + "\n"


def _mapping(values: Mapping[str, object], indent: int, above: str) -> Iterator[str]:
    for key, value in values.items():
        place = f"{above}.{key}" if above else key
        yield from _entry(f"{' ' * indent}{_scalar(key, flow=True)}:", value, indent, key, place)


def _entry(head: str, value: object, indent: int, key: str, place: str) -> Iterator[str]:
    """A key and its value, which may go on in the lines below."""
    if isinstance(value, str):
        yield from _text(head, value, indent)
    elif isinstance(value, dict) and value and (_blocks(value, key, place) or not _fits(head, value)):
        yield head
        yield from _mapping(value, indent + 2, place)
    elif isinstance(value, list) and value and (_lines(value, key) or not _fits(head, value)):
        yield head
        for part in value:
            yield from _item(part, indent + 2)
    else:
        yield f"{head} {_flow(value)}"


def _blocks(value: dict[str, object], key: str, place: str) -> bool:
    stream = place.rpartition(".")[0] == "environment.demand"
    return place in _BLOCKS or stream or key == "operations" or "operations" in value or "child" in value


def _lines(value: list[object], key: str) -> bool:
    return key in _LISTS and any(isinstance(part, dict) for part in value)


def _item(value: object, indent: int) -> Iterator[str]:
    dash = f"{' ' * indent}-"
    if isinstance(value, dict) and value and not _fits(dash, value):
        first = True
        for line in _mapping(value, indent + 2, "-"):
            yield f"{dash} {line[indent + 2 :]}" if first else line
            first = False
    elif isinstance(value, str):
        yield f"{dash} {_scalar(value, flow=False)}"
    else:
        yield f"{dash} {_flow(value)}"


def _fits(head: str, value: object) -> bool:
    return len(head) + 1 + len(_flow(value)) <= WIDTH


def _flow(value: object) -> str:
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{_scalar(name, flow=True)}: {_flow(part)}" for name, part in value.items())
            + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(_flow(part) for part in value) + "]"
    return _scalar(value, flow=True)


def _scalar(value: object, *, flow: bool) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value if _plain(value, flow=flow) else _quoted(value)
    return repr(value)


def _plain(text: str, *, flow: bool) -> bool:
    """Whether a text can stand without quotes."""
    if not text or not text.isprintable() or not text[0].isalpha() or text[-1] in " :":
        return False
    if text.casefold() in _WORDS and text not in ("off", "on"):
        return False
    if flow and _MARKS & set(text):
        return False
    return ": " not in text and " #" not in text


def _quoted(text: str) -> str:
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
    return '"' + "".join(escapes.get(char) or _escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char.isprintable():
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"


def _text(head: str, text: str, indent: int) -> Iterator[str]:
    """A text after its key: as it is, folded, or line by line."""
    inside = " " * (indent + 2)
    lines = text.removesuffix("\n").split("\n")
    if len(lines) > 1 or text.endswith("\n"):
        if _literal(lines):
            yield f"{head} |" if text.endswith("\n") else f"{head} |-"
            yield from (f"{inside}{line}" if line else "" for line in lines)
            return
    elif len(head) + 1 + len(text) > WIDTH and _foldable(text):
        yield f"{head} >-"
        yield from (inside + line for line in _folded(text, WIDTH - len(inside)))
        return
    yield f"{head} {_scalar(text, flow=False)}"


def _literal(lines: list[str]) -> bool:
    return (
        bool(lines[0])
        and bool(lines[-1])
        and all(line.isprintable() and line == line.rstrip() for line in lines)
        and not lines[0].startswith(" ")
    )


def _foldable(text: str) -> bool:
    return text.isprintable() and "  " not in text and text == text.strip() and " " in text


def _folded(text: str, width: int) -> Iterator[str]:
    line = ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line
