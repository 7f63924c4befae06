"""A zip that somebody brings, looked at before anything of it is written: what is in it, and whether it may be."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from vsmlab.apps.index import FILES
from vsmlab.apps.luggage.items import DATA_KINDS, KEY, PLAIN_NAME, SWEEP_FILES, data_name
from vsmlab.errors import InputError
from vsmlab.lab.drawing.drafts import DRAFT_NAME
from vsmlab.lab.experiments.store import JOURNALS

MOST_BYTES: Final = 1_000_000_000
MOST_ENTRIES: Final = 20_000
MOST_INSIDE: Final = 4_000_000_000
MOST_RATIO: Final = 200
_MOST_LIST: Final = 16_000_000
_SMALL: Final = 1_000_000
"""Files below are not asked how well they were packed."""
_END: Final = b"PK\x05\x06"
_END_BYTES: Final = 22
_LARGE: Final = b"PK\x06\x07"
_LARGE_BYTES: Final = 20
_ENTRY: Final = b"PK\x01\x02"
_ENTRY_BYTES: Final = 46
_MOST_SAID: Final = 65_535


@contextmanager
def opened(file: Path) -> Iterator[zipfile.ZipFile]:
    """A zip, its list of entries checked.

    Raises:
        InputError: In one sentence, if anything about it is not as it should be.
    """
    _check_end(file)
    try:
        with zipfile.ZipFile(file) as packed:
            _check_list(packed)
            yield packed
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, NotImplementedError, EOFError) as exc:
        raise InputError("", "zip", f"it is damaged ({exc})", right="download it anew") from exc
    except (UnicodeError, struct.error, RuntimeError, ValueError, ArithmeticError) as exc:
        raise InputError("", "zip", f"it cannot be read ({type(exc).__name__})") from exc


def _check_end(file: Path) -> None:
    """What the end of a zip says of its list, before the list is read into memory."""
    size = file.stat().st_size
    if size > MOST_BYTES:
        raise InputError("", "zip", "too large", given=f"{size:,} bytes", right=f"at most {MOST_BYTES:,}")
    with file.open("rb") as opened_file:
        opened_file.seek(max(0, size - _END_BYTES - _MOST_SAID))
        tail = opened_file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_BYTES:
        raise InputError("", "zip", "this is no zip", right="bring one that was downloaded here")
    if tail[max(0, at - _LARGE_BYTES) : at].startswith(_LARGE):
        # it would say anew, and larger, what is checked here; within the limits no zip needs it
        raise InputError(
            "", "zip", "it is of the large kind (zip64)", right="bring one that was downloaded here"
        )
    _, _, _, _, entries, listed, _, _ = struct.unpack("<4s4H2LH", tail[at : at + _END_BYTES])
    if entries > MOST_ENTRIES:  # also what a zip of the large kind says here
        right = f"at most {MOST_ENTRIES:,}"
        raise InputError("", "zip", "too many files in it", given=f"{entries:,}", right=right)
    if listed > _MOST_LIST:
        raise InputError("", "zip", "its list of files is too long", given=f"{listed:,} bytes")
    begins = max(0, size - len(tail) + at - listed)  # where zipfile looks for it, whatever else the end says
    with file.open("rb") as opened_file:
        opened_file.seek(begins)
        found = _count(opened_file.read(listed))
    if found != entries:
        raise InputError(
            "",
            "zip",
            "it is damaged (its list has more or fewer files than it says)",
            right="download it anew",
        )


def _count(listing: bytes) -> int:
    """Entries in a zip's list, which is not believed how many it has."""
    found = at = 0
    while listing[at : at + 4] == _ENTRY and found <= MOST_ENTRIES:
        if len(listing) < at + _ENTRY_BYTES:
            break
        at += _ENTRY_BYTES + sum(struct.unpack("<3H", listing[at + 28 : at + 34]))
        found += 1
    return found


def _check_list(packed: zipfile.ZipFile) -> None:
    entries = packed.infolist()
    if len(entries) > MOST_ENTRIES:
        right = f"at most {MOST_ENTRIES:,}"
        raise InputError("", "zip", "too many files in it", given=f"{len(entries):,}", right=right)
    inside = sum(entry.file_size for entry in entries)
    if inside > MOST_INSIDE:
        right = f"at most {MOST_INSIDE:,}"
        raise InputError("", "zip", "too large when unpacked", given=f"{inside:,} bytes", right=right)
    known: set[str] = set()
    for entry in entries:
        _check_entry(entry)
        name = entry.filename.rstrip("/")
        if name in known:
            raise _refused("a name that two files have", entry)
        known.add(name)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    if not name or "\x00" in name or "\\" in name or name != entry.filename:
        raise _refused("a name that is no plain path", entry)
    parts = name.rstrip("/").split("/")
    if name.startswith("/") or (len(name) > 1 and name[1] == ":"):
        raise _refused("a path that begins at the root", entry)
    if any(part in ("", ".", "..") for part in parts):
        raise _refused("a path that leads elsewhere", entry)
    mode = entry.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise _refused("a link, or no plain file", entry)
    if entry.flag_bits & 0x1:
        raise _refused("an encrypted file", entry)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _refused("a file packed in a way that is not read", entry)
    if entry.file_size > max(_SMALL, MOST_RATIO * entry.compress_size):
        raise _refused("a file that swells when it is unpacked", entry)
    if name.endswith("/") and entry.file_size:
        raise _refused("a folder with something in it", entry)
    if not _may_be(parts, folder=name.endswith("/")):
        raise _refused("a file that vsmlab does not write", entry)


def _may_be(parts: list[str], *, folder: bool) -> bool:
    """Whether vsmlab packs such a file."""
    if folder:
        return parts[0] in ("scenarios", "drafts", "runs", "sweeps") and len(parts) <= 4
    if not all(PLAIN_NAME.fullmatch(part) for part in parts[:2]):
        return False
    match parts:
        case ["scenarios", _, _, *_]:
            return data_name("/".join(parts[1:])) is not None
        case ["scenarios", name]:
            return Path(name).suffix in (".yaml", ".yml", *DATA_KINDS)
        case ["drafts", name]:
            return DRAFT_NAME.fullmatch(name) is not None
        case ["runs", _, name]:
            return name in FILES
        case ["sweeps", _, name]:
            return name in SWEEP_FILES
        case ["sweeps", _, inside, key, name]:
            return inside == JOURNALS and KEY.fullmatch(key) is not None and name in FILES
        case _:
            return False


def _refused(why: str, entry: zipfile.ZipInfo) -> InputError:
    shown = "".join(char if char.isprintable() else "\ufffd" for char in entry.orig_filename)
    return InputError("", "zip", f"{why} is in it; nothing was taken", given=shown)
