"""Files that a browser sent, until the page that asked for them takes them."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import tempfile
import threading
from pathlib import Path
from typing import Final

MOST_WAITING: Final = 4


class Arrivals:
    """Files by the name that a browser is told; what nobody takes goes when others come, or at the end."""

    def __init__(self) -> None:
        self._files: dict[str, Path] = {}
        self._lock = threading.Lock()

    @property
    def folder(self) -> Path:
        """Where they are kept."""
        return Path(tempfile.gettempdir())

    def place(self, size: int = 0) -> Path:
        """A new empty file, to be written to.

        Raises:
            OSError: If there is no room for so many bytes.
        """
        if shutil.disk_usage(self.folder).free < size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        handle = tempfile.NamedTemporaryFile(prefix="vsmlab-", suffix=".arriving", delete=False)  # noqa: SIM115
        handle.close()
        return Path(handle.name)

    def add(self, file: Path) -> str:
        """What a browser is told of a file that arrived whole."""
        token = secrets.token_urlsafe(16)
        with self._lock:
            self._files[token] = file
            for old in list(self._files)[:-MOST_WAITING]:
                self._files.pop(old).unlink(missing_ok=True)
        return token

    def take(self, token: str) -> Path | None:
        """The file, once; whoever takes it removes it."""
        with self._lock:
            return self._files.pop(token, None)

    def close(self) -> None:
        """Remove what nobody took."""
        with self._lock:
            for file in self._files.values():
                file.unlink(missing_ok=True)
            self._files.clear()
