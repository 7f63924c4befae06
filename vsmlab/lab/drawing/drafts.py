"""Drafts: what was drawn and not saved yet, kept beside, to go on with after a closed tab or a lost server."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from vsmlab.errors import InputError
from vsmlab.lab.drawing.drawing import Drawing, Origin, drawn
from vsmlab.lab.drawing.saving import write_whole
from vsmlab.lab.loader import resolve

_NAME = re.compile(r"[a-z][a-z0-9-]{0,63}(~[2-9])?", re.ASCII)
_WINDOWS = 9
_END = ".draft.json"
DRAFT_NAME = re.compile(_NAME.pattern + re.escape(_END), re.ASCII)
"""Names of the files that are kept."""
_MOST = 4_000_000
FORM = "vsmlab-draft-1"


class Draft(NamedTuple):
    """A draft that is there.

    Attributes:
        name: What it is called: the scenario's name, or ``NAME~2`` to ``NAME~9`` for further windows on it.
        title: The title of its scenario; text, never markup.
        saved: When it was kept, in seconds since 1970.
    """

    name: str
    title: str
    saved: float


class Kept(NamedTuple):
    """What was kept: under which name, and the stamp by which it is known again.

    Attributes:
        name: The draft's name.
        stamp: SHA-256 of its file.
    """

    name: str
    stamp: str


class Drafts:
    """The drafts of one folder: one for each scenario, and one for each further window that draws on it.

    Args:
        folder: The folder; it is made when the first draft is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, name: str, drawing: Drawing, expecting: str | None = None) -> Kept:
        """Keep a drawing as a draft, whole or not at all, and never over one that somebody else has kept.

        Args:
            name: The draft's name.
            drawing: The drawing, with problems too.
            expecting: The stamp of the draft that it takes the place of; None if there was none. Where
                another is there, the drawing goes to the next name that is free.

        Returns:
            The name and stamp that it was kept under.

        Raises:
            InputError: If it cannot be kept.
        """
        self._file(name)  # refused here if it is no name
        origin = drawing.origin
        said: dict[str, Any] = {"form": FORM, "title": str(drawing.document.get("title", ""))[:200]}
        said["scenario"] = drawing.plain()
        if origin is not None:
            said["origin"] = {
                "name": origin.name,
                "base": str(origin.base),
                "data": base64.b64encode(origin.data).decode(),
                "sha256": origin.sha256,
            }
        data = json.dumps(said, allow_nan=False).encode()
        if len(data) > _MOST:
            raise InputError("draft", "", "too large to be kept", right=f"at most {_MOST:,} bytes")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            wrong = f"the folder {self._folder.name} cannot be written to ({exc.strerror})"
            raise InputError("draft", "", wrong) from exc
        found = self.stamp(name)
        if found is not None and found != expecting:
            name = self._free(name.partition("~")[0])
        write_whole(self._file(name), data)
        return Kept(name, hashlib.sha256(data).hexdigest())

    def _free(self, name: str) -> str:
        for other in (name, *(f"{name}~{number}" for number in range(2, _WINDOWS + 1))):
            if self.stamp(other) is None:
                return other
        wrong = f"there are {_WINDOWS} drafts of it"
        raise InputError("draft", "", wrong, given=name, right="save it, or discard drafts")

    def stamp(self, name: str) -> str | None:
        """SHA-256 of a draft as it is now; None where there is none."""
        try:
            return hashlib.sha256(self._file(name).read_bytes()).hexdigest()
        except OSError:
            return None

    def list(self) -> tuple[Draft, ...]:
        """The drafts that can be restored, the latest first; what is no draft is left out."""
        found = []
        try:
            files = sorted(self._folder.glob(f"*{_END}")) if self._folder.is_dir() else []
        except OSError:
            files = []  # nobody may look there: whoever keeps one is told
        for file in files:
            name = file.name.removesuffix(_END)
            if _NAME.fullmatch(name):
                try:
                    found.append(Draft(name, str(self._read(name)["title"]), file.stat().st_mtime))
                except (InputError, OSError):
                    continue  # not ours, or gone meanwhile: it cannot be restored
        return tuple(sorted(found, key=lambda draft: (-draft.saved, draft.name)))

    def restore(self, name: str) -> Drawing:
        """The drawing of a draft.

        Args:
            name: The draft's name.

        Raises:
            InputError: If there is none, or it cannot be drawn.
        """
        said = self._read(name)
        document, places = drawn(said["scenario"], "draft")
        return Drawing(document, places, _origin(said.get("origin")))

    def discard(self, name: str) -> None:
        """Forget a draft, if there is one.

        Args:
            name: The draft's name.

        Raises:
            InputError: If it cannot be removed.
        """
        try:
            self._file(name).unlink(missing_ok=True)
        except OSError as exc:
            wrong = f"cannot be removed ({exc.strerror})"
            raise InputError("draft", "", wrong, given=name) from exc

    def _file(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            right = "small letters, digits and hyphens"
            raise InputError("draft", "", "not the name of a draft", given=repr(name)[:60], right=right)
        return self._folder / f"{name}{_END}"

    def _read(self, name: str) -> dict[str, Any]:
        file = self._file(name)
        try:
            if file.stat().st_size > _MOST:
                raise InputError("draft", "", "too large", given=name)
            said: object = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError as exc:
            raise InputError("draft", "", "there is no such draft", given=name) from exc
        except (OSError, ValueError, RecursionError) as exc:
            raise InputError("draft", "", "cannot be read", given=name) from exc
        right = isinstance(said, dict) and said.get("form") == FORM and "title" in said
        if right and isinstance(said, dict) and isinstance(said.get("scenario"), dict):
            return said
        raise InputError("draft", "", "not a draft", given=name)


def _origin(said: object) -> Origin | None:
    """The file that a draft was opened from, as it was then; None where that cannot be known any more."""
    if not isinstance(said, dict):
        return None
    try:
        data = base64.b64decode(said["data"], validate=True)
        name, base = str(said["name"]), Path(said["base"])
        document, places = drawn(resolve(data, name, base), name)
        return Origin(name, base, data, str(said["sha256"]), document, places)
    except (InputError, KeyError, TypeError, ValueError):
        return None


__all__ = ["DRAFT_NAME", "Draft", "Drafts", "Kept"]
