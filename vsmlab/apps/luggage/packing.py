"""Everything of the user's as one zip, made piece by piece as it is sent."""

from __future__ import annotations

import time
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import IO, Final

from vsmlab.apps.luggage.items import Packed

PIECE: Final = 1 << 18
_PACKED_ALREADY: Final = (".parquet",)
_TOO_WELL: Final = 50
"""A file that packs better than this is not packed: it would be taken for one that swells when it is brought back."""


class _Pieces:
    """A file that cannot be gone back in, and gives away what was written."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def pack(files: Iterable[Packed]) -> Iterator[bytes]:
    """A zip of these files, in pieces; one that is gone meanwhile is left out.

    A file that grows while it is read is taken as far as it was when it was its turn.
    """
    out = _Pieces()
    with zipfile.ZipFile(out, "w", allowZip64=True) as packed:  # type: ignore[call-overload]  # it only writes
        for one in files:
            try:
                source = one.path.open("rb")
            except OSError:
                continue
            with source:
                left = one.path.stat().st_size if one.path.exists() else one.size
                entry = zipfile.ZipInfo(one.name, time.localtime()[:6])
                stored = one.path.suffix in _PACKED_ALREADY or _packs_too_well(source)
                entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
                entry.external_attr = 0o100644 << 16
                entry.file_size = left
                with packed.open(entry, "w") as target:
                    while left > 0 and (data := source.read(min(PIECE, left))):
                        target.write(data)
                        left -= len(data)
                        yield out.taken()
            yield out.taken()
    yield out.taken()


def _packs_too_well(source: IO[bytes]) -> bool:
    """Whether its beginning says that it has nearly nothing in it."""
    begin = source.read(PIECE)
    source.seek(0)
    return len(begin) == PIECE and len(zlib.compress(begin, 1)) * _TOO_WELL < PIECE
