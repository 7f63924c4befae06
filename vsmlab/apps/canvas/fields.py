"""A form as markup: every field of a node by its kind, with unit, default, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from vsmlab.apps.canvas.values import begin, each_of, kind_of, shown, way_of, without_nothing
from vsmlab.lab.drawing import Form, Problem
from vsmlab.lab.drawing.forms import Schema
from vsmlab.lab.report.markup import Markup, element, join

_SIMPLE: Final = frozenset({"choice", "boolean", "integer", "number", "text", "numbers", "texts", "plain"})
_LONG: Final = frozenset({"shows", "lesson"})
_NUMERIC: Final = {"integer": "numeric", "number": "decimal"}


class Refused(NamedTuple):
    """What was typed and could not be taken.

    Attributes:
        place: Dotted place of the field; the node's id where it is a name.
        typed: What was typed.
        why: Why it could not be.
    """

    place: str
    typed: str
    why: Markup


class Fields:
    """The fields of one form.

    Args:
        form: The form.
        problems: What is wrong with it.
        refused: What was typed last, if it could not be taken.

    Attributes:
        schemas: The schema of every place that it shows: what may be said there.
        left: Problems that belong to none of its fields.
        placed: Whether what was refused is said at a field of it.
    """

    def __init__(self, form: Form, problems: Iterable[Problem], refused: Refused | None = None) -> None:
        self.form, self._refused, self.placed = form, refused, False
        self.left = list(problems)
        self.schemas: dict[str, Schema] = {}
        properties = form.schema["properties"]
        needed = form.schema.get("required", ())
        first = [name for name in form.first if name in properties]
        rest = [name for name in properties if name not in first]
        self.first = join(self._of(name, properties[name], name in needed) for name in first)
        said_wrong = len(self.left)
        self.rest = join(self._of(name, properties[name], name in needed) for name in rest)
        self.rest_wrong = len(self.left) < said_wrong
        self.rest_names = rest

    def _of(self, name: str, schema: Schema, needed: bool) -> Markup:
        place = self.form.at(name)
        return self._field(name, schema, place, self.form.values.get(name), needed=needed)

    def _field(self, name: str, schema: Schema, place: str, value: Any, *, needed: bool = False) -> Markup:  # noqa: ANN401
        self.schemas[place] = schema
        kind = kind_of(schema)
        if kind in _SIMPLE:
            return self._simple(name, schema, place, value, kind, needed)
        if not _fits(kind, schema, value):
            return self._as_said(name, schema, place, value)
        build = {
            "amount": self._amount,
            "one-of": self._amount,
            "switch": self._switch,
            "entries": self._entries,
            "mapping": self._mapping,
            "fieldset": self._fieldset,
        }[kind]
        inner = build(schema, place, value)
        legend = element("legend", _words(name), _unit(schema) if kind == "amount" else None)
        hint = element("p", schema["description"], class_="hint") if "description" in schema else None
        return element(
            "fieldset",
            legend,
            self._unset(name, place) if value is not None and not needed else None,
            element("div", hint, inner, self._wrong(place, exact=True), class_="body"),
            class_=f"field {kind}",
            data_place=place,
            data_key=f"{kind}-{place}",
        )

    def _as_said(self, name: str, schema: Schema, place: str, value: Any) -> Markup:  # noqa: ANN401
        """What is of another kind than it can be, as it is said: it can be corrected, unset or begun anew."""
        plain = {"unit": schema["unit"]} if "unit" in schema else {}  # a hint goes when one presses below it
        anew = element(
            "button", "Begin anew", type="button", data_do="begin", data_at=place, class_="plain",
            aria_label=f"Begin {_words(name)} anew",
        )  # fmt: skip
        return element("div", self._simple(name, plain, place, value, "plain", needed=False), anew)

    # One value

    def _simple(self, name: str, schema: Schema, place: str, value: Any, kind: str, needed: bool) -> Markup:  # noqa: ANN401
        refused = self._refused_at(place)
        wrong = self._wrong(place) if refused is None else wrong_here(refused.why, place)
        hint = (
            element("small", schema["description"], class_="hint", id=f"hint-{place}")
            if "description" in schema
            else None
        )
        said = [f"hint-{place}"] if hint is not None else []
        said += [f"wrong-{place}"] if wrong else []
        told = " ".join(said) or None
        control = self._control(
            name,
            schema,
            place,
            value if refused is None else refused.typed,
            kind,
            wrong=bool(wrong),
            told=told,
        )
        label = element("label", _words(name), _unit(schema), for_=f"at-{place}")
        unset = self._unset(name, place) if value is not None and not needed else None
        return element(
            "div",
            element("div", label, unset, class_="top"),
            control,
            hint,
            wrong,
            class_="field wrong-field" if wrong else "field",
            data_place=place,
            data_key=f"{kind}-{place}",
        )

    def _control(
        self,
        name: str,
        schema: Schema,
        place: str,
        value: Any,  # noqa: ANN401 - a plain value
        kind: str,
        *,
        wrong: bool,
        told: str | None,
    ) -> Markup:
        default = without_nothing(schema.get("default"))
        common: dict[str, Any] = {
            "id": f"at-{place}",
            "data_set": place,
            "data_kind": kind,
            "aria_describedby": told,
            "aria_invalid": "true" if wrong else None,
        }
        if kind in ("choice", "boolean"):
            choices = [shown(one) for one in schema["enum"]] if kind == "choice" else ["true", "false"]
            words = {"true": "yes", "false": "no"} if kind == "boolean" else {}
            empty = f"default: {words.get(shown(default), shown(default))}" if default is not None else "–"
            return select(
                shown(value), [("", empty), *((one, words.get(one, one)) for one in choices)], **common
            )
        hint = f"default {shown(default)}" if default not in (None, "") and kind != "plain" else None
        if name in _LONG:
            return element("textarea", shown(value), placeholder=hint, rows="4", **common)
        return element(
            "input", value=shown(value), placeholder=hint, inputmode=_NUMERIC.get(kind), type="text",
            autocomplete="off", spellcheck="false", **common,
        )  # fmt: skip

    # Several ways to say one thing

    def _amount(self, schema: Schema, place: str, value: Any) -> Markup:  # noqa: ANN401
        ways = way_of(schema, "one-of")["properties"]
        names = list(ways)
        plain = kind_of(schema) == "amount"
        if plain:
            names = ["number", *(name for name in names if name != "constant")]
        now = ""
        if isinstance(value, dict):
            now = next((name for name in ways if name in value), "")
            now = "number" if plain and now == "constant" else now
        elif value is not None:
            now = "number"
        default = without_nothing(schema.get("default"))
        empty = f"default: {_brief(default)}" if default not in (None, {}) else "unsaid"
        choices = [("", empty), *((name, "always" if name == "number" else name) for name in names)]
        label = element("label", "kind", for_=f"kind-{place}", class_="quiet")
        chosen = select(now, choices, id=f"kind-{place}", data_choose=place)
        inner: list[Markup] = [element("div", label, chosen, class_="field small-field")]
        if now == "number":
            at = f"{place}.constant" if isinstance(value, dict) else place
            said = value["constant"] if isinstance(value, dict) else value
            number = {"type": "number", **({"unit": schema["unit"]} if "unit" in schema else {})}
            inner.append(self._simple("value", number, at, said, "number", needed=True))
        elif now:
            part = ways[now]
            inside = {**part, "unit": schema.get("unit")} if kind_of(part) == "number" else part
            if kind_of(part) == "fieldset" and isinstance(value[now], dict):
                inner += self._inner(part, f"{place}.{now}", value[now], schema.get("unit"))
            else:
                inner.append(self._field(now, inside, f"{place}.{now}", value[now], needed=True))
        return element("div", *inner, class_="inline")

    def _switch(self, schema: Schema, place: str, value: Any) -> Markup:  # noqa: ANN401
        off = value == "off"
        label = element("label", "it is", for_=f"at-{place}", class_="quiet")
        chosen = select(
            "off" if off else "on", [("on", "there"), ("off", "off")], id=f"at-{place}", data_switch=place
        )
        inner = [element("div", label, chosen, class_="field small-field")]
        if not off:
            said = value if isinstance(value, dict) else {}
            inner += self._inner(way_of(schema, "fieldset"), place, said)
        return element("div", *inner, class_="inline")

    # Several things

    def _fieldset(self, schema: Schema, place: str, value: Any) -> Markup:  # noqa: ANN401
        if value is None and schema.get("required"):
            return element("button", "Add", type="button", data_do="begin", data_at=place)
        return element(
            "div", *self._inner(schema, place, value if isinstance(value, dict) else {}), class_="inline"
        )

    def _inner(
        self, schema: Schema, place: str, value: dict[str, Any], unit: str | None = None
    ) -> list[Markup]:
        needed = schema.get("required", ())
        found = []
        for name, part in schema.get("properties", {}).items():
            own = {**part, "unit": unit} if unit and part.get("unit") == "of the amount" else part
            found.append(self._field(name, own, f"{place}.{name}", value.get(name), needed=name in needed))
        return found

    def _entries(self, schema: Schema, place: str, value: Any) -> Markup:  # noqa: ANN401
        items = way_of(schema, "entries").get("items", {})
        self.schemas[place] = schema
        rows = []
        for index, entry in enumerate(value if isinstance(value, list) else []):
            at = f"{place}.{index}"
            if not isinstance(entry, dict):
                rows.append(element("li", self._as_said(f"entry {index + 1}", items, at, entry)))
                self.schemas[at] = items
                continue
            drop = _remove(at, f"entry {index + 1}")
            rows.append(
                element(
                    "li",
                    element("div", *self._inner(items, at, entry), class_="inline"),
                    drop,
                    self._wrong(at, exact=True),
                )
            )
        more = element("button", "Add an entry", type="button", data_do="append", data_at=place)
        return join([element("ol", *rows, class_="entries") if rows else "", more])

    def _mapping(self, schema: Schema, place: str, value: Any) -> Markup:  # noqa: ANN401
        each = each_of(schema) or {}
        said = value if isinstance(value, dict) else {}
        rows = [self._field(str(key), each, f"{place}.{key}", part) for key, part in said.items()]
        known = [name for name in schema.get("propertyNames", {}).get("enum", ()) if name not in said]
        name = f"name-{place}"
        if known:
            control = select("", [("", "–"), *((one, one) for one in known)], id=name, name_="name")
        else:
            control = element(
                "input", type="text", id=name, name_="name", autocomplete="off", spellcheck="false"
            )
        add = element(
            "form",
            element("label", "add", for_=name, class_="quiet"),
            control,
            element("button", "Add", type="submit", aria_label=f"Add to {_words(place.rpartition('.')[2])}"),
            data_do="enter",
            data_at=place,
            class_="row small-field",
        )
        refused = self._refused_at(place)
        return join([*rows, add, wrong_here(refused.why, place) if refused is not None else ""])

    # What is around a field

    def _unset(self, name: str, place: str) -> Markup:
        return element(
            "button", "Unset", type="button", data_do="unset", data_at=place, class_="plain",
            aria_label=f"Unset {_words(name)}",
        )  # fmt: skip

    def _refused_at(self, place: str) -> Refused | None:
        refused = self._refused
        if refused is None or refused.place != place:
            return None
        self.placed = True
        return refused

    def _wrong(self, place: str, *, exact: bool = False) -> Markup:
        """What is wrong here; said once."""
        here = [
            one
            for one in self.left
            if one.field == place or (not exact and one.field.startswith(f"{place}."))
        ]
        self.left = [one for one in self.left if one not in here]
        if not here:
            return Markup("")
        return wrong_here(join((said(one) for one in here), " "), place)


def _fits(kind: str, schema: Schema, value: Any) -> bool:  # noqa: ANN401 - a plain value
    """Whether the control of a kind can show what is said; nothing said can be shown by any."""
    if value is None:
        return True
    if kind in ("amount", "one-of") and isinstance(value, dict):
        return not value or any(name in value for name in way_of(schema, "one-of")["properties"])
    if kind == "amount":
        return not isinstance(value, list)
    if kind == "switch":
        return value == "off" or isinstance(value, dict)
    return isinstance(value, list if kind == "entries" else dict)


def wrong_here(why: Markup, place: str) -> Markup:
    """What is wrong, at its field."""
    return element("p", why, class_="wrong-text", id=f"wrong-{place}")


def said(problem: Problem) -> str:
    """A problem in a sentence."""
    text = problem.wrong
    if problem.given is not None:
        text += f" ({problem.given[:80]})"
    if problem.right:
        text += f": {problem.right}"
    return f"{text[:1].upper()}{text[1:]}."


def select(now: str, choices: Iterable[tuple[str, str]], **attributes: Any) -> Markup:  # noqa: ANN401
    """A choice of one; what is said and not among the choices is shown nevertheless."""
    listed = list(choices)
    if now not in [value for value, _ in listed]:
        listed.append((now, now))
    options = [
        element("option", words, value=value, selected="selected" if value == now else None)
        for value, words in listed
    ]
    return element("select", *options, **attributes)


def _remove(place: str, what: str) -> Markup:
    return element(
        "button",
        "Remove",
        type="button",
        data_do="unset",
        data_at=place,
        class_="plain",
        aria_label=f"Remove {what}",
    )


def _words(name: str) -> str:
    return name.replace("_", " ")


def _unit(schema: Schema) -> Markup | None:
    """Unit and range, as far as they are said."""
    said = " ".join(part for part in (str(schema.get("unit") or ""), span_of(schema)) if part)
    return element("span", f" {said}", class_="unit") if said else None


def span_of(schema: Schema) -> str:
    """The range of a number; empty where it has none.

    >>> span_of({"minimum": 0, "maximum": 1}), span_of({"exclusiveMinimum": 0}), span_of({"type": "string"})
    ('0 to 1', '> 0', '')
    >>> span_of({"minimum": 0, "maximum": 1_000_000})
    '0 to 1,000,000'
    """
    low, above, high = (schema.get(name) for name in ("minimum", "exclusiveMinimum", "maximum"))
    high = (
        high if isinstance(high, int | float) and high < 1e9 else None
    )  # what no number of a form comes near to
    if low is not None and high is not None:
        return f"{_bound(low)} to {_bound(high)}"
    parts = [f"≥ {_bound(low)}" if low is not None else "", f"> {_bound(above)}" if above is not None else ""]
    parts.append(f"≤ {_bound(high)}" if high is not None else "")
    return ", ".join(part for part in parts if part)


def _bound(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:g}"


def _brief(value: object) -> str:
    if isinstance(value, dict) and len(value) == 1:
        name, part = next(iter(value.items()))
        return (
            f"{name} {shown(part['mean'])}"
            if isinstance(part, dict) and list(part) == ["mean"]
            else str(name)
        )
    return shown(value)[:30]


__all__ = ["Fields", "Refused", "begin", "said", "select", "wrong_here"]
