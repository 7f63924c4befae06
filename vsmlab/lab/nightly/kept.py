"""The contract between a notebook and whoever executes it: an output that holds measures.

A notebook calls ``vsmlab.notebook.keep({...})``; what is displayed then has, beside plain text, JSON under a
type of its own. Nothing else of a notebook is read, and nothing but an executed notebook is needed to read it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

MIME: Final = "application/vnd.vsmlab.measures+json"


def plain_measures(measures: Mapping[str, Any], at: str = "") -> dict[str, Any]:
    """Measures as plain numbers, nested as they are; None is not estimable.

    Raises:
        ValueError: If a name is not text, or a value neither a finite number nor None nor a mapping of such.
    """
    plain: dict[str, Any] = {}
    for name, value in measures.items():
        if not isinstance(name, str) or not name:  # type: ignore[redundant-expr] # a cell may say anything
            raise ValueError(f"{at or 'measures'}: a measure's name is text, given {name!r}")
        path = f"{at}.{name}" if at else name
        if isinstance(value, Mapping):
            plain[name] = plain_measures(value, path)
        elif value is None:
            plain[name] = None
        else:
            plain[name] = _number(value, path)
    return plain


def _number(value: Any, path: str) -> int | float:  # noqa: ANN401 - whatever a cell computed
    own: Any = value.item() if hasattr(value, "item") else value  # NumPy's numbers
    if isinstance(own, bool) or not isinstance(own, int | float):
        raise ValueError(f"{path}: a measure is a number or None, given {value!r}")
    if not math.isfinite(own):
        raise ValueError(f"{path}: a measure is finite, given {own}; None says that it is not estimable")
    found: int | float = own
    return found


def kept_in(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """What an executed notebook kept: all its outputs of that type, later ones over earlier ones."""
    found: dict[str, Any] = {}
    for cell in notebook.get("cells", []):
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if isinstance(data.get(MIME), Mapping):
                found |= data[MIME]
    return found
