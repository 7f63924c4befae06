"""Where a canvas reads and writes: scenarios of the lab, files of one's own, drafts beside the runs."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from vsmlab.apps.lab import Lab
from vsmlab.errors import InputError, VsmLabError
from vsmlab.lab import drawing as d
from vsmlab.lab.places import scenarios_folder

NEW: Final = "new-system"
"""Name of a drawing that begins with nothing."""
MOST_BYTES: Final = 1_000_000
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,63}", re.ASCII)


class ChangedError(InputError):
    """The file has been changed since it was opened: by another window, or another program."""


class Filing:
    """The files of one canvas.

    Args:
        lab: Its folders.
        anywhere: Whether files outside of them may be opened: they are named by who owns the process, not by a page.

    Attributes:
        offered: A draft that is newer than what was opened, and not answered yet.
    """

    def __init__(self, lab: Lab, *, anywhere: bool = False) -> None:
        self.lab, self._anywhere = lab, anywhere
        self.offered: d.Draft | None = None
        self._drafts = d.Drafts(lab.drafts)
        self._draft_name = NEW
        self._stamp: str | None = None  # of the draft that this window kept last
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
        self._kept, self._stamp = drawing, None
        self.offered = self._newer(drawing)
        return drawing

    def _path(self, source: str) -> Path:
        if _NAME.fullmatch(source):
            for folder in (self.lab.here, scenarios_folder()):
                if (folder / f"{source}.yaml").is_file():
                    return (folder / f"{source}.yaml").absolute()
        path = Path(source)
        folders = {self.lab.here.resolve(), scenarios_folder().resolve()}
        if path.suffix in (".yaml", ".yml") and (
            self._anywhere or path.absolute().parent.resolve() in folders
        ):
            return path.absolute()
        right = "open it from the list of scenarios, or import the file"
        raise InputError("", "scenario", "no scenario of the lab", given=source[:100], right=right)

    def _newer(self, drawing: d.Drawing) -> d.Draft | None:
        """The latest draft of what was opened, of this window or another, that says something else."""
        file = self.file_of(drawing)
        for draft in self._drafts.list():
            if draft.name.partition("~")[0] != self._draft_name:
                continue
            try:
                if file is not None and file.stat().st_mtime > draft.saved:
                    continue
                if self._drafts.restore(draft.name) != drawing:
                    return draft
            except (OSError, VsmLabError):
                continue  # gone, or none that can be drawn
        return None

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
        return path.stem if path.parent.resolve() == scenarios_folder().resolve() else ""

    def asked_for(self, drawing: d.Drawing) -> dict[str, str]:
        """How other pages are asked for a drawing, as it is; empty while a draft waits for an answer."""
        known = self.known_as(drawing)
        if known:
            return {"scenario": known}
        return {} if self.offered is not None else {"draft": self._draft_name}

    # Drafts

    def restore(self) -> d.Drawing:
        """The drawing of the draft that was offered.

        Raises:
            InputError: If it is gone.
        """
        name = self._draft_name if self.offered is None else self.offered.name
        stamp = self._drafts.stamp(name)
        drawing = self._drafts.restore(name)
        self.offered, self._kept, self._draft_name, self._stamp = None, drawing, name, stamp
        return drawing

    def discard(self) -> None:
        """Forget the draft that was offered; the one before it is offered then, if there is one."""
        if self.offered is not None:
            self._drafts.discard(self.offered.name)
        self.offered = None if self._kept is None else self._newer(self._kept)

    def keep(self, drawing: d.Drawing) -> bool:
        """Keep what was drawn since as a draft; nothing is kept over a draft that waits for an answer.

        A draft that another window has kept meanwhile stays: this one goes to a name of its own from there.

        Raises:
            InputError: If it cannot be kept.
        """
        if drawing is self._kept or self.offered is not None:
            return False
        self._kept = drawing
        if drawing.edited:
            self._draft_name, self._stamp = self._drafts.keep(self._draft_name, drawing, self._stamp)
        else:
            self._forget()
        return True

    def _forget(self) -> None:
        """The draft of this window is not needed any more; another window's stays."""
        if self._stamp is not None and self._drafts.stamp(self._draft_name) == self._stamp:
            self._drafts.discard(self._draft_name)
        self._stamp = None

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
        self._draft_name, self._kept = file.stem, saved
        return saved

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


def _sha256(file: Path) -> str | None:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return None
