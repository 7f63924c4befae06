"""Editing the form of what is selected: every change of a field is one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from vsmlab.apps.canvas.fields import Fields
from vsmlab.apps.canvas.sketch import Sketch
from vsmlab.apps.canvas.values import alternative, begin, each_of, kind_of, read, way_of
from vsmlab.errors import InputError
from vsmlab.lab import drawing as d

Given = Mapping[str, str]


class Editing:
    """The form of one canvas.

    Args:
        sketch: What is drawn.

    Attributes:
        actions: What can be done in a form, by the name that controls tell.
    """

    def __init__(self, sketch: Sketch) -> None:
        self._sketch = sketch
        self._fields: tuple[d.Drawing, str, Fields] | None = None
        self.actions: dict[str, Callable[[Given], None]] = {
            "set": self._set,
            "unset": lambda given: self._sketch.unset(given.get("at", "")),
            "choose": self._choose,
            "switch": lambda given: self._sketch.set(
                given.get("at", ""), "off" if given.get("value") == "off" else {}
            ),
            "begin": self._begin,
            "append": self._append,
            "enter": self._enter,
            "rename": lambda given: self._sketch.rename(given.get("id", ""), given.get("value", "").strip()),
        }

    @property
    def fields(self) -> Fields:
        """The form of what is selected, or of the scenario."""
        selected = [name for name in self._sketch.selected if self._sketch.node(name)]
        name = selected[0] if len(selected) == 1 else ""
        now = self._sketch.now
        if self._fields is None or self._fields[0] is not now or self._fields[1] != name:
            wrong = [one for one in d.problems(now) if (one.node or "") == name]
            self._fields = (now, name, Fields(d.form(now, name), wrong))
        return self._fields[2]

    def _set(self, given: Given) -> None:
        place, text = given.get("at", ""), given.get("value", "")
        if not (text if given.get("kind") == "text" else text.strip()):
            self._sketch.unset(place)
        else:
            self._sketch.set(place, read(given.get("kind", "text"), text))

    def _choose(self, given: Given) -> None:
        place, name = given.get("at", ""), given.get("value", "")
        schema = self._schema(place)
        if not name:
            self._sketch.unset(place)
            return
        names = {"number", *way_of(schema, "one-of").get("properties", {})}
        if name in names:
            self._sketch.set(place, alternative(schema, name, _said(self._sketch.now.document, place)))

    def _begin(self, given: Given) -> None:
        place = given.get("at", "")
        self._sketch.set(place, begin(self._schema(place)))

    def _append(self, given: Given) -> None:
        place = given.get("at", "")
        items = way_of(self._schema(place), "entries").get("items", {})
        now = _said(self._sketch.now.document, place)
        self._sketch.set(place, [*(now if isinstance(now, list) else []), begin(items)])

    def _enter(self, given: Given) -> None:
        place, name = given.get("at", ""), given.get("name", "").strip()
        each = each_of(self._schema(place))
        if not name or each is None:
            raise InputError("", "", "give it a name")
        value = begin(each)
        if kind_of(each) == "fieldset" and not value and "max" in each.get("properties", {}):
            value = {"max": 1}
        self._sketch.set(f"{place}.{name}", value)

    def _schema(self, place: str) -> dict[str, Any]:
        found = self.fields.schemas.get(place)
        if found is None:
            raise InputError("", place[:100], "there is no such field here")
        return found


def _said(document: Any, place: str) -> Any:  # noqa: ANN401 - plain values
    """What a document says at a dotted place; None where it says nothing."""
    here = document
    for part in place.split("."):
        if isinstance(here, dict):
            here = here.get(part)
        elif isinstance(here, list) and part.isdecimal() and int(part) < len(here):
            here = here[int(part)]
        else:
            return None
    return here
