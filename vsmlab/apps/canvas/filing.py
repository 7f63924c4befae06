"""Where a canvas reads and writes: scenarios of the lab, files of one's own, drafts beside the runs."""

from __future__ import annotations

import hashlib
import math
import re
import time
from collections.abc import Callable, Hashable
from dataclasses import replace
from pathlib import Path
from typing import Final

from vsmlab.apps.catalogue import file_meant
from vsmlab.apps.lab import Lab
from vsmlab.errors import InputError, VsmLabError
from vsmlab.lab import drawing as d
from vsmlab.lab.places import scenarios_folder

NEW: Final = "new-system"
"""Name of a drawing that begins with nothing."""
MOST_BYTES: Final = 1_000_000
AGAIN: Final = 5.0
"""Seconds after which a draft that could not be kept is tried again."""
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,63}", re.ASCII)


class ChangedError(InputError):
    """The file has been changed since it was opened: by another window, or another program."""


class Filing:
    """The files of one canvas.

    Args:
        lab: Its folders.
        anywhere: Whether files outside of them may be opened: they are named by who owns the process, not by a page.
        clock: Seconds.

    Attributes:
        offered: A draft that says something else than what was opened, and is not answered yet.
        beside: Whether another window was seen to draw on the same scenario.
        trouble: What is wrong with keeping drafts just now, as a sentence; empty if nothing is.
    """

    def __init__(
        self, lab: Lab, *, anywhere: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.lab, self._anywhere, self._clock = lab, anywhere, clock
        self.offered: d.Draft | None = None
        self.beside = False
        self.trouble = ""
        self._not_before = -math.inf  # when keeping is tried again
        self._drafts = d.Drafts(lab.drafts)
        self._draft_name = NEW
        self._stamp: str | None = None  # of the draft that this window kept last
        self._met: str | None = None  # of the draft that was there when this window began
        self._kept: d.Drawing | None = None

    def open(self, source: str) -> d.Drawing:
        """The drawing of a scenario, by its name or its file; a new one where none is named.

        Raises:
            InputError: If it cannot be drawn.
        """
        drawing = d.skeleton(NEW) if not source else d.open_file(self._path(source))
        self._draft_name = Path(source).stem if source else NEW
        if not _NAME.fullmatch(self._draft_name):
            self._draft_name = NEW
        self._kept, self._stamp, self._met = drawing, None, self._drafts.stamp(self._draft_name)
        self.offered = self._other(drawing)
        return drawing

    def _path(self, source: str) -> Path:
        try:
            return file_meant(self.lab.here, source)[0].absolute()
        except InputError:
            path = Path(source)
            if self._anywhere and path.suffix in (".yaml", ".yml"):
                return path.absolute()
            raise

    def _other(self, drawing: d.Drawing) -> d.Draft | None:
        """The latest draft of what was opened that says something else; what this window keeps itself is none."""
        for draft in self._drafts.list():
            if draft.name.partition("~")[0] != self._draft_name.partition("~")[0] or self._is_mine(
                draft.name
            ):
                continue
            try:
                found = self._drafts.restore(draft.name)
            except VsmLabError:
                continue  # gone, or none that can be drawn
            if found != drawing and not self._of_another(found, drawing):
                return draft
        return None

    def _is_mine(self, name: str) -> bool:
        return self._stamp is not None and name == self._draft_name

    def _of_another(self, draft: d.Drawing, drawing: d.Drawing) -> bool:
        """Whether one of the two is a shipped scenario, and the other a file of one's own of the same name."""
        kinds = {self._whose(draft), self._whose(drawing)}
        return kinds == {"own", "shipped"}

    def _whose(self, drawing: d.Drawing) -> str:
        if self.file_of(drawing) is not None:
            return "own"
        shipped = drawing.origin is not None and _is_shipped(Path(drawing.origin.name))
        return "shipped" if shipped else ""

    def is_older(self, drawing: d.Drawing) -> bool:
        """Whether the file of a drawing has been written since the draft that is offered was kept."""
        file = self.file_of(drawing)
        if file is None or self.offered is None:
            return False
        try:
            return file.stat().st_mtime > self.offered.saved
        except OSError:
            return False

    def file_of(self, drawing: d.Drawing) -> Path | None:
        """The file of one's own that a drawing was opened from or saved to; None where it was neither."""
        if drawing.origin is None:
            return None
        path = Path(drawing.origin.name)
        own = path.is_absolute() and path.parent.resolve() == self.lab.here.resolve()
        return path if own and path.suffix == ".yaml" and _NAME.fullmatch(path.stem) else None

    def known_as(self, drawing: d.Drawing) -> str:
        """What other pages call a drawing that is saved as it is, or shipped; empty where it is neither."""
        if drawing.edited or drawing.origin is None:
            return ""
        file, path = self.file_of(drawing), Path(drawing.origin.name)
        if file is not None:
            return file.name
        return path.stem if _is_shipped(path) else ""

    def asked_for(self, drawing: d.Drawing) -> dict[str, str]:
        """How other pages are asked for a drawing, as it is; empty while this window has no draft of it."""
        known = self.known_as(drawing)
        if known:
            return {"scenario": known}
        return {} if self._stamp is None or self.trouble else {"draft": self._draft_name}

    # Drafts

    def restore(self) -> d.Drawing:
        """The drawing of the draft that was offered; it takes the place of what this window has kept meanwhile.

        Raises:
            InputError: If it is gone.
        """
        if self.offered is None:
            raise InputError("draft", "", "no draft waits for an answer")
        name = self.offered.name
        stamp = self._drafts.stamp(name)
        drawing = self._drafts.restore(name)
        if not self._is_mine(name):
            self._forget()
        self.offered, self._kept, self._draft_name, self._stamp = None, drawing, name, stamp
        return drawing

    def discard(self) -> None:
        """Forget the draft that was offered; the one before it is offered then, if there is one.

        Raises:
            InputError: If it cannot be removed.
        """
        if self.offered is not None and not self._is_mine(self.offered.name):
            self._drafts.discard(self.offered.name)
        self.offered = None if self._kept is None else self._other(self._kept)

    def keep(self, drawing: d.Drawing) -> bool:
        """Keep what was drawn since as a draft; what cannot be kept is in `trouble`, and is tried again after a while.

        A draft that waits for an answer stays, and so does one that another window has kept meanwhile: this one goes
        to a name of its own from there.
        """
        if drawing is self._kept or self._clock() < self._not_before:
            return False
        if not drawing.edited:
            done = self._forget()
        else:
            done = self._keep(drawing)
        if done:
            self._kept = drawing
        return done

    def _keep(self, drawing: d.Drawing) -> bool:
        name, mine = self._draft_name, self._stamp
        try:
            self._draft_name, self._stamp = self._drafts.keep(name, drawing, mine)
        except (VsmLabError, OSError, ValueError) as exc:
            return self._failed("Draft not kept", exc)
        if self._draft_name != name and (mine is not None or self._drafts.stamp(name) != self._met):
            self.beside = True  # somebody has kept that draft since; one that was left there is nobody's
        self.trouble = ""
        return True

    def _forget(self) -> bool:
        """The draft of this window is not needed any more; another window's stays. Whether that is done."""
        if self._stamp is not None and self._drafts.stamp(self._draft_name) == self._stamp:
            try:
                self._drafts.discard(self._draft_name)
            except VsmLabError as exc:
                return self._failed("Draft not removed", exc)
        self._stamp, self.trouble = None, ""
        return True

    def _failed(self, what: str, exc: Exception) -> bool:
        why = (
            exc.wrong + (f" ({exc.right})" if exc.right else "") if isinstance(exc, InputError) else str(exc)
        )
        self.trouble, self._not_before = f"{what}: {why}", self._clock() + AGAIN
        return False

    def stamp(self) -> Hashable:
        """What is different when there is something new to be said of drafts."""
        return (self.beside, self.trouble, self._stamp is None, self._draft_name, self.offered)

    # Files

    def save(self, drawing: d.Drawing, name: str = "") -> d.Drawing:
        """Write it: to its own file, or under another name.

        Args:
            drawing: What is written.
            name: Name of a new file in the lab's folder, without its ending; its own file if empty.

        Raises:
            ChangedError: If its own file has been changed since.
            InputError: If it cannot be written.
        """
        own = self.file_of(drawing)
        file = self.lab.here / f"{name}.yaml" if name else own
        if file is None:
            raise InputError("", "", "it has no file yet", right="give it a name")
        expecting = None
        if own is not None and own.name == file.name and drawing.origin is not None:
            expecting = drawing.origin.sha256
        try:
            saved = d.save(
                f"{name}.yaml" if name else file.name, drawing, folder=self.lab.here, expecting=expecting
            )
        except InputError as exc:
            if expecting is not None and _sha256(file) != expecting:
                raise ChangedError(exc.source, exc.place, exc.wrong, right=exc.right) from exc
            raise
        self._forget()
        self._stamp = None  # a draft that could not be removed is nobody's
        self._draft_name, self._kept, self._met = file.stem, saved, self._drafts.stamp(file.stem)
        return saved

    def named(self, drawing: d.Drawing, name: str) -> d.Drawing:
        """A drawing as it is to be called in a new file: one that was never in a file takes its name from it.

        Args:
            drawing: What is to be saved.
            name: Name of the file, without its ending; its own file if empty.
        """
        return d.named(drawing, NEW, name) if drawing.origin is None and _NAME.fullmatch(name) else drawing

    def reopen(self, drawing: d.Drawing) -> d.Drawing:
        """What its own file says now.

        Raises:
            InputError: If it cannot be drawn.
        """
        file = self.file_of(drawing)
        if file is None:
            raise InputError("", "", "it has no file yet")
        found = d.open_file(file)
        self._kept = found
        self._forget()
        return found

    def read(self, data: bytes, name: str) -> d.Drawing:
        """The drawing of a file that was dropped or chosen: it is no file of ours, and is not written to.

        Raises:
            InputError: If it is too large, or no scenario.
        """
        if len(data) > MOST_BYTES:
            right = f"at most {MOST_BYTES // 1_000_000} MB"
            raise InputError(name[:100], "", "the file is too large", right=right)
        drawing = d.open_text(data, name, self.lab.here)
        origin = drawing.origin
        assert origin is not None
        return replace(drawing, origin=replace(origin, name=f"import {origin.name}"))


def _is_shipped(path: Path) -> bool:
    return path.parent.resolve() == scenarios_folder().resolve()


def _sha256(file: Path) -> str | None:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return None
