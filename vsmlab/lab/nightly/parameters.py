"""The parameters of a notebook: what its cell tagged ``parameters`` assigns, and of what type."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vsmlab.errors import InputError
from vsmlab.lab.tables import did_you_mean
from vsmlab.lab.yaml_reader import kind_of

MAX_BYTES = 100_000_000


def read_notebook(path: Path, source: str, place: str) -> dict[str, Any]:
    """A notebook's JSON.

    Raises:
        InputError: If it is none, said of the place that names it.
    """
    right = "give a notebook of format 4 (.ipynb)"
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(
                source, place, "too large a notebook", given=str(path), right=f"at most {MAX_BYTES:,} bytes"
            )
        book = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as exc:
        raise InputError(source, place, "not a notebook", given=str(path), right=right) from exc
    cells = book.get("cells") if isinstance(book, dict) else None
    if (
        not isinstance(cells, list)
        or not all(isinstance(cell, dict) for cell in cells)
        or book.get("nbformat") != 4
    ):
        raise InputError(source, place, "not a notebook", given=str(path), right=right)
    found: dict[str, Any] = book
    return found


def parameters_of(book: Mapping[str, Any]) -> dict[str, object]:
    """Names that the cell tagged ``parameters`` assigns, with the values that are written there.

    A value that is not written out (a call, another name) is ``...``: its type is not known.
    """
    for cell in book["cells"]:
        if cell.get("cell_type") == "code" and "parameters" in cell.get("metadata", {}).get("tags", []):
            return _assigned("".join(cell.get("source", "")))
    return {}


def _assigned(source: str) -> dict[str, object]:
    try:
        lines = ast.parse(source).body
    except SyntaxError:
        return {}
    found: dict[str, object] = {}
    for line in lines:
        if isinstance(line, ast.Assign):
            targets, value = line.targets, line.value
        elif isinstance(line, ast.AnnAssign) and line.value is not None:
            targets, value = [line.target], line.value
        else:
            continue
        for target in targets:
            if isinstance(target, ast.Name):
                try:
                    found[target.id] = ast.literal_eval(value)
                except ValueError:
                    found[target.id] = ...
    return found


def checked(given: Mapping[str, Any], known: Mapping[str, object], source: str, place: str) -> dict[str, Any]:
    """Parameters as the notebook takes them: a whole number where a real one stands becomes real.

    Raises:
        InputError: If the notebook has no such parameter, or has one of another type.
    """
    taken: dict[str, Any] = {}
    for name, value in given.items():
        at = f"{place}.{name}"
        if name not in known:
            right = f"{did_you_mean(name, known)}it has {', '.join(known) or 'no cell tagged parameters'}"
            raise InputError(source, at, "the notebook has no such parameter", given=name, right=right)
        default = known[name]
        if default is ... or default is None or value is None or _type(value) == _type(default):
            taken[name] = value
        elif _type(default) is float and _type(value) is int:
            taken[name] = float(value)
        else:
            right = f"{kind_of(default)} stands in the notebook: {default!r}"
            if _type(default) is int and _type(value) is float:
                right = f"a whole number stands in the notebook: {default!r}"
            raise InputError(source, at, "of another type", given=repr(value), right=right)
    return taken


def _type(value: object) -> type:
    return list if isinstance(value, list | tuple) else type(value)
