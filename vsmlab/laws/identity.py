"""Who is who: every receiver and every source of draws is known by a 62-bit number made from its path.

Who is born during a run has no path that was hashed before: its number is made from its mother's.
"""

from __future__ import annotations

import hashlib

from vsmlab.mechanisms.philox import philox

from . import law

M32 = 0xFFFFFFFF


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


@law
def child_identity(mother: int, ordinal: int, place: int) -> int:
    """Identity of a receiver of a spawned child system, as good as a hash: 62 bits of Philox 4x32-10.

    Args:
        mother: Identity of the System 3 that spawns it.
        ordinal: Which of its children, from 1.
        place: Which receiver of the pattern that the child is a copy of, from 0.

    >>> child_identity(identity("fleet.system3"), 1, 0)
    3392796637905006862
    """
    a, b, _, _ = philox(mother & M32, (mother >> 32) & M32, ordinal, place, 0x6368696C, 0x64726E21)
    return (a << 30) | (b >> 2)
