"""Opening: a file, a shipped scenario or a text that was dropped, with what writing it anew would lose."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import yaml

from vsmlab.errors import InputError
from vsmlab.lab.drawing.drawing import Drawing, Origin, drawn
from vsmlab.lab.loader import resolve
from vsmlab.lab.yaml_reader import MAX_BYTES, parse_mapping


def open_file(path: str | Path) -> Drawing:
    """The drawing of a scenario file. It may have problems, but there must be something to be drawn.

    Args:
        path: The file.

    Raises:
        InputError: If it cannot be read, or what it says cannot be drawn.
    """
    file, name = Path(path), os.fspath(path)
    try:
        if not file.is_file():
            raise InputError(name, "", "there is no such file", right="give the path of a scenario file")
        with file.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except (OSError, ValueError) as exc:
        raise InputError(name, "", "cannot be read", right="give a readable file") from exc
    return _opened(data, name, file.resolve().parent, file)


def open_text(text: str | bytes, name: str = "dropped", folder: Path | None = None) -> Drawing:
    """The drawing of a scenario's text: a file that was dropped on the canvas.

    Args:
        text: YAML, at most 1 MB.
        name: What errors call it.
        folder: Folder that its paths start from; the current one if unsaid.

    Raises:
        InputError: If it is no scenario that can be drawn.
    """
    shown = "".join(char if char.isprintable() else "?" for char in name)[:100] or "dropped"
    try:
        data = text.encode() if isinstance(text, str) else bytes(text)
    except UnicodeEncodeError as exc:
        raise InputError(shown, "", "text with half a character", right="save it as UTF-8") from exc
    return _opened(data, shown, (folder or Path.cwd()).resolve(), None)


def _opened(data: bytes, name: str, base: Path, file: Path | None) -> Drawing:
    document, places = drawn(resolve(data, name, base, file), name)
    sha256 = hashlib.sha256(data).hexdigest()
    return Drawing(document, places, Origin(name, base, data, sha256, document, places))


def losses(drawing: Drawing) -> tuple[str, ...]:
    """What the file that it was opened from has, and would not have when it is saved; empty if not edited."""
    origin = drawing.origin
    if origin is None or not drawing.edited:
        return ()
    raw = parse_mapping(origin.data, origin.name)
    found = []
    comments = _comments(origin.data.decode("utf-8-sig"))
    if comments:
        found.append(f"{comments} {'comment is' if comments == 1 else 'comments are'} not kept.")
    if "extends" in raw:
        found.append("It no longer extends another scenario: all that it took from there is written out.")
    if "templates" in raw:
        found.append("Templates are not kept: each node says itself what it is.")
    if _has(raw.get("organisation"), "count") or _has(raw.get("templates"), "count"):
        found.append("Operations by `count` are written out one by one.")
    return tuple(found)


def _has(value: Any, key: str) -> bool:  # noqa: ANN401 - plain values
    if isinstance(value, dict):
        return key in value or any(_has(part, key) for part in value.values())
    return isinstance(value, list) and any(_has(part, key) for part in value)


def _comments(text: str) -> int:
    """How many comments there are: number signs outside of what the scanner finds."""
    number, end = 0, 0
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        start = token.start_mark.index
        if start > end:
            number += sum("#" in line for line in text[end:start].splitlines())
        end = max(end, token.end_mark.index)
    return number + sum("#" in line for line in text[end:].splitlines())
