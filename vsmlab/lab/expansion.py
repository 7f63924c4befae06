"""From what a scenario abbreviates to what it means: templates with `like`, and `count`."""

from __future__ import annotations

from collections.abc import Mapping

from vsmlab.errors import InputError
from vsmlab.lab.overlay import merge
from vsmlab.lab.tables import did_you_mean
from vsmlab.lab.yaml_reader import kind_of

MAX_NODES = 20_000
MAX_DEPTH = 64
MAX_COUNT = 1_000
MAX_TEMPLATES = 1_000
MAX_CHAIN = 32
MAX_VALUES = 1_000_000

Raw = dict[str, object]


def expand(raw: Mapping[str, object], source: str) -> Raw:
    """A scenario without `templates`, `like` and `count`: every node says what it is.

    Raises:
        InputError: If a template is unknown or uses itself, if a count or the whole is too large, or if two
            operations get one name.
    """
    resolved = {key: value for key, value in raw.items() if key != "templates"}
    templates = _templates(raw.get("templates", {}), source)
    organisation = raw.get("organisation")
    if isinstance(organisation, dict):
        expansion = _Expansion(templates, source)
        node = expansion.node(organisation, "organisation", 1)
        if "count" in node:
            right = "only an operation can be there several times"
            raise InputError(source, "organisation.count", "there is one organisation", right=right)
        resolved["organisation"] = node
    return resolved


def _templates(templates: object, source: str) -> dict[str, Raw]:
    if not isinstance(templates, dict):
        right = "templates are a mapping from names to nodes"
        raise InputError(source, "templates", "not a mapping", given=kind_of(templates), right=right)
    if len(templates) > MAX_TEMPLATES:
        right = f"at most {MAX_TEMPLATES:,} templates"
        raise InputError(source, "templates", "too many", given=f"{len(templates):,}", right=right)
    for name, template in templates.items():
        if not isinstance(template, dict):
            right = "a template is a node, with any of its fields"
            raise InputError(
                source, f"templates.{name}", "not a mapping", given=kind_of(template), right=right
            )
    uses = {
        name: _likes(template, f"templates.{name}", templates, source) for name, template in templates.items()
    }
    _refuse_cycles(uses, source)
    return templates


def _likes(node: object, place: str, templates: Mapping[str, object], source: str) -> dict[str, None]:
    """The templates that a node of a template names anywhere, in order."""
    found: dict[str, None] = {}
    if isinstance(node, dict):
        if "like" in node:
            found[_known(node["like"], place, templates, source)] = None
        operations = node.get("operations")
        if isinstance(operations, dict):
            for name, child in operations.items():
                found |= _likes(child, f"{place}.operations.{name}", templates, source)
        spawn = node.get("spawn")
        if isinstance(spawn, dict):
            found |= _likes(spawn.get("child"), f"{place}.spawn.child", templates, source)
    return found


def _known(name: object, place: str, templates: Mapping[str, object], source: str) -> str:
    if not isinstance(name, str):
        right = "`like` names a template"
        raise InputError(source, f"{place}.like", "not a name", given=kind_of(name), right=right)
    if name not in templates:
        names = ", ".join(list(templates)[:20]) or "there are none"
        right = f"{did_you_mean(name, templates)}templates: {names}"
        raise InputError(source, f"{place}.like", "unknown template", given=repr(name), right=right)
    return name


def _refuse_cycles(uses: Mapping[str, Mapping[str, None]], source: str) -> None:
    """Walk the templates depth first, on a list of our own: a chain may be longer than Python's stack."""
    finished: set[str] = set()
    for first in uses:
        trail = [first]
        waiting = [iter(uses[first])] if first not in finished else []
        while waiting:
            name = next(waiting[-1], None)
            if name is None:
                waiting.pop()
                finished.add(trail.pop())
            elif name in trail:
                cycle = " -> ".join([*trail[trail.index(name) :], name])
                right = "a template cannot be made from itself"
                raise InputError(source, f"templates.{trail[-1]}", "cyclic like", given=cycle, right=right)
            elif name not in finished:
                trail.append(name)
                waiting.append(iter(uses[name]))


class _Expansion:
    """One expansion, with what it has made so far."""

    def __init__(self, templates: dict[str, Raw], source: str) -> None:
        self._templates = templates
        self._source = source
        self._nodes = 0
        self._values = 0

    def node(self, given: Raw, place: str, depth: int) -> Raw:
        """A copy of a node with its template laid under it and its operations expanded; `count` stays."""
        self._nodes += 1
        if self._nodes > MAX_NODES:
            right = f"at most {MAX_NODES:,} systems and operations"
            raise InputError(self._source, place, "the organisation is too large", right=right)
        if depth > MAX_DEPTH:
            right = f"at most {MAX_DEPTH} levels of recursion"
            raise InputError(self._source, place, "the organisation is too deep", right=right)
        whole = self._with_template(given, place)
        node: Raw = {}
        for field, value in whole.items():
            if field == "operations" and isinstance(value, dict):
                node[field] = self._operations(value, f"{place}.operations", depth + 1)
            elif field == "spawn" and isinstance(value, dict) and isinstance(value.get("child"), dict):
                node[field] = self._spawn(value, f"{place}.spawn", depth + 1)
            else:
                node[field] = self._copy(value, place)
        return node

    def _with_template(self, given: Raw, place: str) -> Raw:
        layers = [given]
        while "like" in layers[-1]:
            if len(layers) > MAX_CHAIN:
                right = f"at most {MAX_CHAIN} templates, each like the next"
                raise InputError(self._source, f"{place}.like", "too long a chain", right=right)
            layers.append(self._templates[_known(layers[-1]["like"], place, self._templates, self._source)])
        whole: Raw = {}
        for layer in reversed(layers):
            whole = merge(whole, {key: value for key, value in layer.items() if key != "like"})
        return whole

    def _spawn(self, given: Raw, place: str, depth: int) -> Raw:
        """What a system may spawn; the child is a node like any other, and there once."""
        child = self.node(given["child"], f"{place}.child", depth)  # type: ignore[arg-type]
        if "count" in child:
            right = "`at_most` says how many children there may be"
            raise InputError(self._source, f"{place}.child.count", "there is one pattern", right=right)
        return {name: child if name == "child" else self._copy(part, place) for name, part in given.items()}

    def _operations(self, given: Raw, place: str, depth: int) -> Raw:
        expanded: Raw = {}
        for name, child in given.items():
            here = f"{place}.{name}"
            if not isinstance(child, dict):
                self._add(expanded, name, child, here)
                continue
            nodes_before = self._nodes
            node = self.node(child, here, depth)
            if "count" not in node:
                self._add(expanded, name, node, here)
                continue
            count = node.pop("count")
            if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MAX_COUNT:
                right = f"a whole number from 1 to {MAX_COUNT}"
                raise InputError(self._source, f"{here}.count", "not a count", given=repr(count), right=right)
            each = self._nodes - nodes_before
            self._nodes += each * (count - 1)
            if self._nodes > MAX_NODES:
                right = f"at most {MAX_NODES:,} systems and operations"
                raise InputError(self._source, f"{here}.count", "the organisation is too large", right=right)
            for number in range(1, count + 1):
                twin = self._copy(node, here) if number > 1 else node
                self._add(expanded, f"{name}-{number}", twin, here)
        return expanded

    def _add(self, operations: Raw, name: str, node: object, place: str) -> None:
        if name in operations:
            right = "`count` numbers its operations from -1: choose another name"
            raise InputError(self._source, place, f"two operations are called {name!r}", right=right)
        operations[name] = node

    def _copy(self, value: object, place: str) -> object:
        self._values += 1
        if self._values > MAX_VALUES:
            right = f"at most {MAX_VALUES:,} values after templates and counts"
            raise InputError(self._source, place, "the organisation is too large", right=right)
        if isinstance(value, dict):
            return {key: self._copy(part, place) for key, part in value.items()}
        if isinstance(value, list):
            return [self._copy(part, place) for part in value]
        return value
