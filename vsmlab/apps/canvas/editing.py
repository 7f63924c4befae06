"""Editing the form of what is selected: every change of a field is one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from vsmlab.apps.canvas.fields import Fields, Refused
from vsmlab.apps.canvas.sketch import Sketch
from vsmlab.apps.canvas.values import alternative, begin, each_of, kind_of, mean_of, read, way_of
from vsmlab.errors import InputError, VsmLabError
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
        self._fields: tuple[d.Drawing, str, Refused | None, Fields] | None = None
        self._refused: tuple[d.Drawing, str, Refused] | None = None
        actions: dict[str, Callable[[Given], None]] = {
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
        self.actions = {name: self._attempt(action) for name, action in actions.items()}

    def _attempt(self, action: Callable[[Given], None]) -> Callable[[Given], None]:
        """The same, but that what is refused is said at its field too, beside what was typed."""

        def act(given: Given) -> None:
            told, self._refused = self._sketch.told, None
            before = told.text
            try:
                action(given)
            except VsmLabError as exc:
                self._sketch.refuse(str(exc))
            if told.wrong and told.text is not before:
                place = given.get("at", given.get("id", ""))
                typed = given.get("value", given.get("name", ""))
                self._refused = (self._sketch.now, self._form, Refused(place, typed, told.text))

        return act

    @property
    def _form(self) -> str:
        """Id of the only node that is selected; empty for the scenario."""
        selected = [name for name in self._sketch.selected if self._sketch.node(name)]
        return selected[0] if len(selected) == 1 else ""

    @property
    def refused(self) -> Refused | None:
        """What was typed in the form last and could not be taken; None once anything else was done."""
        if (
            self._refused is None
            or self._refused[0] is not self._sketch.now
            or self._refused[1] != self._form
        ):
            return None
        return self._refused[2]

    @property
    def at_field(self) -> bool:
        """Whether what was told last stands at a field of the form too."""
        refused = self.refused
        return refused is not None and (
            self._sketch.told.text is refused.why
            and (self.fields.placed or refused.place == self._form != "")
        )

    @property
    def fields(self) -> Fields:
        """The form of what is selected, or of the scenario."""
        name, now, refused = self._form, self._sketch.now, self.refused
        known = self._fields
        if known is None or known[0] is not now or known[1:3] != (name, refused):
            wrong = [one for one in d.problems(now) if (one.node or "") == name]
            known = self._fields = (now, name, refused, Fields(d.form(now, name), wrong, refused))
        return known[3]

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
        value, mean = begin(self._schema(place)), mean_of(_said(self._sketch.now.document, place))
        if isinstance(value, dict) and "mean" in value and mean is not None:
            value["mean"] = mean  # `exponential: 3` meant a mean of 3
        self._sketch.set(place, value)

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
