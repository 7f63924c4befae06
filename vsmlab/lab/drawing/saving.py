"""Saving: whole or not at all, in one folder, and never over what somebody else has changed."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from vsmlab.errors import InputError
from vsmlab.lab.drawing.drawing import Drawing, Origin, drawn
from vsmlab.lab.drawing.yaml_text import to_yaml
from vsmlab.lab.loader import resolve

_FILE = re.compile(r"[a-z][a-z0-9-]{0,63}\.yaml", re.ASCII)


def to_bytes(drawing: Drawing) -> bytes:
    """What `save` writes: the file's own bytes where it was opened and not edited, else `to_yaml`."""
    if drawing.origin is not None and not drawing.edited:
        return drawing.origin.data
    return to_yaml(drawing).encode()


def save(path: str | Path, drawing: Drawing, *, folder: Path, expecting: str | None = None) -> Drawing:
    """Write the drawing to a file, whole or not at all.

    Args:
        path: The file, in the folder: ``name.yaml``.
        drawing: The drawing.
        folder: The only folder that is written to.
        expecting: SHA-256 of the file as it was opened or saved last; None for a file that is not there yet.

    Returns:
        The same drawing, with what was written as its origin.

    Raises:
        InputError: If the file lies elsewhere, was changed by somebody else, cannot be written, or would not
            read back as the same drawing. Nothing is changed then.
    """
    folder = folder.resolve()
    name = Path(path).name
    given = Path(path) if Path(path).is_absolute() else folder / path
    if not _FILE.fullmatch(name) or Path(os.path.normpath(given)) != folder / name:
        right = f"name.yaml in {folder}, with small letters, digits and hyphens"
        raise InputError(
            "drawing", "", "not a file that may be written", given=repr(str(path))[:80], right=right
        )
    data, file = to_bytes(drawing), folder / name
    drawn(resolve(data, name, folder, file), name)  # what is written can be read
    with _alone(folder):
        found = _sha256(file)
        if found != expecting:
            wrong = "it has been changed since it was opened" if expecting else "there is such a file already"
            right = "open it again, or save under another name"
            raise InputError(name, "", wrong if found else "it is not there any more", right=right)
        write_whole(file, data)
    sha256 = hashlib.sha256(data).hexdigest()
    origin = Origin(str(file), folder, data, sha256, drawing.document, drawing.places)
    return replace(drawing, origin=origin, said=(), made=())


def _sha256(file: Path) -> str | None:
    """What a file is now; None where there is none."""
    if file.is_symlink():
        raise InputError(file.name, "", "it is a link", right="save under another name")
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise InputError(file.name, "", f"cannot be read ({exc.strerror})") from exc


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else saves in this folder meanwhile."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as exc:
        raise InputError(str(folder), "", f"cannot be written to ({exc.strerror})") from exc
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write_whole(file: Path, data: bytes) -> None:
    """Write a file beside itself and let it take its place: whoever reads sees the old or the new.

    Raises:
        InputError: If it cannot be written.
    """
    try:
        handle, beside = tempfile.mkstemp(dir=file.parent, prefix=f".{file.stem[:40]}-", suffix=".part")
    except OSError as exc:
        raise InputError(file.name, "", f"cannot be written ({exc.strerror})") from exc
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        mode = file.stat().st_mode & 0o777 if file.exists() else 0o644
        Path(beside).chmod(mode)
        Path(beside).replace(file)
    except OSError as exc:
        Path(beside).unlink(missing_ok=True)
        raise InputError(file.name, "", f"cannot be written ({exc.strerror})") from exc
