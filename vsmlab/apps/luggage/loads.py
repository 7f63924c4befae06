"""All that is the user's, in as many zips as can be brought back, each item whole in one; what is too much is said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from vsmlab.apps.lab import Lab
from vsmlab.apps.luggage.checking import MOST_BYTES, MOST_ENTRIES
from vsmlab.apps.luggage.items import Left, Packed, everything
from vsmlab.lab.experiments.store import JOURNALS

_AROUND: Final = 160
"""Bytes that a zip has for a file, besides its name twice and what is in it."""
_END: Final = 1_000
_WORDS: Final = {"scenarios": "scenarios", "drafts": "draft", "runs": "run", "sweeps": "experiment"}


@dataclass(slots=True)
class Loads:
    """What is taken along.

    Attributes:
        zips: The files of each zip, in order; as a rule there is one.
        left: What stays here.
    """

    zips: list[list[Packed]] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    @property
    def files(self) -> list[Packed]:
        """All of them."""
        return [one for files in self.zips for one in files]


def loads(lab: Lab, *, journals: bool, most_bytes: int = MOST_BYTES, most_files: int = MOST_ENTRIES) -> Loads:
    """All files of the user's, in zips that unpacking takes.

    What a zip comes to is reckoned as if nothing in it were packed, so it is never more than allowed.
    """
    made = Loads()
    files = everything(lab, journals=journals, left=made.left)
    room = [0, 0]
    for kind, name, item in _items(files):
        taken = item
        if not _fits(taken, most_bytes, most_files) and kind == "sweeps":
            taken = [one for one in item if f"/{JOURNALS}/" not in one.name]
            made.left.append(
                Left(f"the journals of experiment {name}", "too much for a zip: copy its folder")
            )
        if not _fits(taken, most_bytes, most_files):
            called = f"{_WORDS[kind]} {name}".strip()
            made.left.append(Left(called, "too much for a zip: copy it yourself"))
            continue
        size = _size(taken)
        if not made.zips or room[0] + size > most_bytes or room[1] + len(taken) > most_files:
            made.zips.append([])
            room = [_END, 0]
        made.zips[-1] += taken
        room = [room[0] + size, room[1] + len(taken)]
    return made


def _items(files: Iterable[Packed]) -> list[tuple[str, str, list[Packed]]]:
    """Files that belong together; scenarios are one, as several may read the same table."""
    found: dict[tuple[str, str], list[Packed]] = {}
    for one in files:
        kind, name = one.name.split("/")[:2]
        found.setdefault((kind, "" if kind == "scenarios" else name), []).append(one)
    return [(kind, name, item) for (kind, name), item in found.items()]


def _size(files: Iterable[Packed]) -> int:
    return sum(one.size + one.size // 1000 + 2 * len(one.name.encode()) + _AROUND for one in files)


def _fits(files: list[Packed], most_bytes: int, most_files: int) -> bool:
    return _size(files) + _END <= most_bytes and len(files) <= most_files
