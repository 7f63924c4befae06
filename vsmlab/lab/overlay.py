"""Laying one part of a scenario over another: for `extends`, for `like`, and for `--set`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vsmlab.errors import InputError
from vsmlab.lab.arguments import argument
from vsmlab.lab.refusals import fields_at
from vsmlab.lab.tables import did_you_mean
from vsmlab.lab.yaml_reader import kind_of, parse_value

CHOICES: tuple[frozenset[str], ...] = (
    frozenset({"arrivals", "profile", "trace"}),
    frozenset({"poisson", "renewal", "markov", "linear"}),
    frozenset({"constant", "exponential", "gamma", "lognormal", "uniform", "empirical", "linear"}),
)
"""Fields of which one excludes the others: naming one takes away what it lies over."""


def merge(below: Mapping[str, object], above: Mapping[str, object]) -> dict[str, object]:
    """One mapping laid over another, at every depth; neither is changed.

    Mappings merge, anything else replaces, null takes away what lies below it, and of fields that exclude
    each other (an arrival process, a kind of distribution) the one above wins.
    """
    merged = dict(below)
    for key, value in above.items():
        _drop_rivals(merged, key, above)
        lower = merged.get(key)
        if value is None and key in merged:
            del merged[key]
        elif isinstance(lower, dict) and isinstance(value, dict):
            merged[key] = merge(lower, value)
        else:
            merged[key] = value
    return merged


def _drop_rivals(merged: dict[str, object], key: str, above: Mapping[str, object]) -> None:
    for choice in CHOICES:
        # the kinds of a distribution are all that a mapping may have; sources stand beside other fields
        whole = "arrivals" in choice or (set(merged) <= choice and set(above) <= choice)
        if key in choice and whole:
            for rival in choice - set(above):
                merged.pop(rival, None)


@dataclass(frozen=True, slots=True)
class Override:
    """One ``a.b.c=VALUE`` of the command line."""

    path: tuple[str, ...]
    value: object

    @property
    def place(self) -> str:
        """The dotted path that it sets."""
        return ".".join(self.path)


def read_override(text: str) -> Override:
    """What ``a.b.c=VALUE`` says; VALUE is read like a value in the file.

    Raises:
        InputError: If it has another form.
    """
    path, equals, value = text.partition("=")
    parts = tuple(part.strip() for part in path.split("."))
    if not equals or not all(parts) or not path.isprintable() or not value.strip():
        right = "write it as organisation.operations.chat.agents=12"
        raise InputError(argument("--set"), "", "is not PATH=VALUE", given=repr(text), right=right)
    return Override(parts, parse_value(value, argument(f"--set {path.strip()}")))


def apply_override(raw: dict[str, object], override: Override) -> None:
    """Set one value in a resolved scenario, in place.

    Raises:
        InputError: If the way to it does not exist.
    """
    here: object = raw
    for depth, key in enumerate(override.path[:-1]):
        here = _step(here, key, override, depth)
    key, depth = override.path[-1], len(override.path) - 1
    if isinstance(here, list):
        here[_index(here, key, override, depth)] = override.value
    elif isinstance(here, dict):
        if key in ("count", "like", "extends", "templates"):
            right = "it is resolved before --set: set the operations that came of it"
            raise _refuse(override, depth, f"{key!r} cannot be set", right)
        _drop_rivals(here, key, {key: override.value})
        here[key] = override.value
    else:
        raise _not_a_mapping(here, override, depth)


def _step(here: object, key: str, override: Override, depth: int) -> object:
    if isinstance(here, list):
        return here[_index(here, key, override, depth)]
    if not isinstance(here, dict):
        raise _not_a_mapping(here, override, depth)
    if key not in here:
        fields = fields_at(override.path[:depth])
        known = [str(name) for name in here] if fields is None else fields
        may_be_new = depth > 0 and override.path[depth - 1] in ("channels", "essential")
        if key not in known and not may_be_new:
            right = f"{did_you_mean(key, known)}known: {', '.join(known[:20]) or 'none'}"
            raise _refuse(override, depth, f"there is no {key!r}", right)
        _drop_rivals(here, key, {key: {}})
        here[key] = {}  # a field that the file leaves to its default
    return here[key]


def _index(items: Sequence[object], key: str, override: Override, depth: int) -> int:
    if not (key.isascii() and key.isdecimal() and len(key) < 9 and int(key) < len(items)):
        right = f"0 to {len(items) - 1}" if items else "the list is empty"
        raise _refuse(override, depth, f"there is no entry {key!r}", right)
    return int(key)


def _not_a_mapping(here: object, override: Override, depth: int) -> InputError:
    above = ".".join(override.path[:depth])
    right = f"set {above} as a whole" if above else "give a path"
    return _refuse(override, depth, f"{above} has nothing below it: it is {kind_of(here)}", right)


def _refuse(override: Override, depth: int, wrong: str, right: str) -> InputError:
    return InputError(argument(f"--set {'.'.join(override.path[: depth + 1])}"), "", wrong, right=right)
