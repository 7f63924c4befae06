"""Who is who: every receiver and every source of draws is known by a 62-bit number made from its path."""

from __future__ import annotations

import hashlib


def identity(path: str) -> int:
    """Identity of what a path names, the same on every machine and in every run.

    Args:
        path: Names joined by dots, from the root's name, such as ``"fleet.chat"``.

    Returns:
        The first 62 bits of the path's SHA-256, read big-endian: ``0 <= identity < 2**62``.

    >>> identity("fleet.chat")
    2973142049799243102
    """
    return int.from_bytes(hashlib.sha256(path.encode()).digest()[:8], "big") >> 2
