"""A mapping that a program made, as the plain values that a file would have given."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Integral, Real
from pathlib import PurePath

from vsmlab.errors import InputError
from vsmlab.lab.yaml_reader import MAX_DEPTH, MAX_DIGITS, MAX_KEY, MAX_VALUES


def plain_mapping(given: Mapping[str, object], source: str) -> dict[str, object]:
    """A deep copy of a mapping in dicts, lists, text, numbers, bools and None.

    Numbers of numpy become Python's, tuples lists, paths text.

    Raises:
        InputError: If it holds anything else, a number that is not finite, or too much.
    """
    copied = _Copy(source).of(given, "", 0)
    assert isinstance(copied, dict)
    return copied


class _Copy:
    """One copy, counted on the way."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._values = 0

    def of(self, value: object, place: str, depth: int) -> object:
        self._values += 1
        if self._values > MAX_VALUES:
            raise InputError(self._source, place, "too many values", right=f"at most {MAX_VALUES:,}")
        if depth > MAX_DEPTH:
            raise InputError(self._source, place, "nested too deeply", right=f"at most {MAX_DEPTH} levels")
        if isinstance(value, Mapping):
            return self._mapping(value, place, depth)
        if isinstance(value, list | tuple):
            return [self.of(part, f"{place}.{index}", depth + 1) for index, part in enumerate(value)]
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, Real):
            return self._number(value, place)
        if isinstance(value, str | PurePath):
            return self._text(str(value), place)
        right = "give text, numbers, true or false, lists and mappings"
        raise InputError(self._source, place, "not a plain value", given=type(value).__name__, right=right)

    def _mapping(self, value: Mapping[object, object], place: str, depth: int) -> dict[str, object]:
        copied = {}
        for key, part in value.items():
            if not isinstance(key, str):
                raise InputError(self._source, place, "a key that is not text", given=repr(key)[:60])
            name = str(key)
            if not name.isprintable() or len(name) > MAX_KEY:
                right = f"at most {MAX_KEY} printable characters"
                raise InputError(
                    self._source, place, "a key that is no name", given=repr(name)[:60], right=right
                )
            copied[name] = self.of(part, f"{place}.{name}" if place else name, depth + 1)
        return copied

    def _number(self, value: Real, place: str) -> int | float:
        if isinstance(value, Integral):
            number = int(value)
            if abs(number) >= 10**MAX_DIGITS:
                right = f"at most {MAX_DIGITS} digits"
                raise InputError(self._source, place, "too long a number", right=right)
            return number
        real = float(value) + 0.0  # no -0.0
        if not math.isfinite(real):
            right = "give a finite number"
            raise InputError(self._source, place, "a number that is not finite", given=str(real), right=right)
        return real

    def _text(self, text: str, place: str) -> str:
        if any("\ud800" <= char <= "\udfff" for char in text):
            raise InputError(self._source, place, "text with half a character", right="give whole characters")
        return text
