"""A name for sources: what was made by one version of them is not taken for another's."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def sources_sha256(places: Iterable[Path], *more: str) -> str:
    """SHA-256 of Python files, and of those in folders, by name and content, and of what else matters.

    Args:
        places: Files and folders.
        more: Texts, such as versions.
    """
    digest = hashlib.sha256()
    for place in places:
        for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
            digest.update(
                path.relative_to(place.parent).as_posix().encode() + b"\0" + path.read_bytes() + b"\0"
            )
    for text in more:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()
