"""A drawing: a scenario as plain values, and where what is seen of it stands. It never changes."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from vsmlab.errors import InputError
from vsmlab.lab.drawing.shape import Document, shaped
from vsmlab.lab.drawing.things import Thing, root_of, things
from vsmlab.lab.loader import Loaded, again
from vsmlab.lab.yaml_reader import MAX_KEY

Places = dict[str, tuple[float, float]]
_WORDS = frozenset({"title", "shows", "lesson"})
MAX_COORDINATE = 1_000_000
MAX_PLACES = 20_000


@dataclass(frozen=True)
class Origin:
    """The file that a drawing was opened from.

    Args:
        name: What errors call it.
        base: Folder that its paths start from.
        data: Its bytes, as they were read.
        sha256: Their SHA-256: what `save` is told to expect.
        document: What they say.
        places: The places that they say.
    """

    name: str
    base: Path
    data: bytes
    sha256: str
    document: Document
    places: Places


@dataclass(frozen=True)
class Drawing:
    """A scenario that is being drawn. Two are equal when document and places are.

    Args:
        document: The scenario as plain values, `extends`, templates and counts resolved, without its picture.
            It is not to be changed: commands make new drawings.
        places: Where things stand that were placed, by id.
        origin: The file that it was opened from; None for a new one.
        said: What the command that made it did besides, in sentences.
        made: Ids of what the command that made it added.
    """

    document: Document
    places: Places = field(default_factory=dict)
    origin: Origin | None = field(default=None, compare=False, repr=False)
    said: tuple[str, ...] = field(default=(), compare=False)
    made: tuple[str, ...] = field(default=(), compare=False)

    @cached_property
    def things(self) -> dict[str, Thing]:
        """Everything that can be seen, by id."""
        return things(self.document)

    @property
    def root(self) -> str:
        """Path of the organisation: the first level."""
        return root_of(self.document)

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return str(self.document.get("name", ""))

    @property
    def base(self) -> Path:
        """Folder that its paths start from."""
        return Path.cwd() if self.origin is None else self.origin.base

    @property
    def edited(self) -> bool:
        """Whether it differs from the file that it was opened from; a new one does."""
        origin = self.origin
        return origin is None or (self.document, self.places) != (origin.document, origin.places)

    def plain(self) -> Document:
        """A copy of the whole as `vsmlab.load` reads it, with the picture; places of nothing are left out."""
        whole = copy.deepcopy(self.document)
        kept = {
            name: list(self.places[name])
            for name in self.things
            if name in self.places and len(name) <= MAX_KEY
        }
        if kept:
            whole["picture"] = {"places": kept}
        return whole

    def load(self) -> Loaded:
        """The checked scenario, ready to be run.

        Raises:
            InputError: With one thing that is wrong; `problems` has all.
        """
        name = "drawing" if self.origin is None else self.origin.name
        return again(self.plain(), name, self.base, {})


def drawn(given: Mapping[str, object], source: str = "drawing") -> tuple[Document, Places]:
    """Document and places of a scenario's plain values.

    Raises:
        InputError: As for `shaped`; or if the picture is none.
    """
    document = shaped(given, source)
    picture = document.pop("picture", {})
    said = picture.get("places", {}) if isinstance(picture, dict) else None
    if not isinstance(picture, dict) or set(picture) - {"places"} or not isinstance(said, dict):
        raise InputError(source, "picture", "not a picture", right="it has places, by path")
    known = things(document)
    places = {}
    for name, point in said.items():
        found = a_point(point, source, f"picture.places.{name}")
        if name in known:
            places[name] = found
    return document, places


def a_point(point: object, source: str = "drawing", place: str = "") -> tuple[float, float]:
    """Across and down as two bounded numbers, to a tenth of a point.

    Raises:
        InputError: If they are none.
    """
    if isinstance(point, list | tuple) and len(point) == 2:
        x, y = (_coordinate(part) for part in point)
        if x is not None and y is not None:
            return (x, y)
    right = f"two numbers, across and down, from -{MAX_COORDINATE:,} to {MAX_COORDINATE:,}"
    raise InputError(source, place, "not a point", given=repr(point)[:60], right=right)


def _coordinate(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not math.isfinite(value) or abs(value) > MAX_COORDINATE:
        return None
    rounded = round(value, 1) + 0.0
    return int(rounded) if rounded == int(rounded) else rounded


def changed(
    drawing: Drawing,
    document: Document | None = None,
    *,
    places: Mapping[str, tuple[float, float]] | None = None,
    said: tuple[str, ...] = (),
    made: tuple[str, ...] = (),
) -> Drawing:
    """The drawing that a command gives.

    Args:
        drawing: The one before.
        document: Another document; it becomes the drawing's own.
        places: Other places.
        said: What else was done.
        made: What was added.

    Raises:
        InputError: If the document cannot be drawn.
    """
    document = drawing.document if document is None else shaped(document)
    places = drawing.places if places is None else dict(places)
    if len(places) > MAX_PLACES:
        raise InputError("", "", "too many places", right=f"at most {MAX_PLACES:,}")
    found = replace(drawing, document=document, places=dict(places), said=said, made=made)
    same = document is drawing.document or document == drawing.document
    if same or without_words(document) == without_words(drawing.document):
        kept = ("things", "_views", "_links", "_refused", *(("_problems",) if same else ()))
        found.__dict__.update({name: drawing.__dict__[name] for name in kept if name in drawing.__dict__})
    return found


def without_words(document: Document) -> Document:
    """A document without its texts for readers, which nothing that is drawn or checked as a whole depends on."""
    return {name: part for name, part in document.items() if name not in _WORDS}
