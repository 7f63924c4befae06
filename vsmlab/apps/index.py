"""The runs in the folders of runs: what each was, what came of it, and notes that people make."""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import shutil
import threading
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from vsmlab.apps.lab import Lab, is_text
from vsmlab.errors import InputError, VsmLabError
from vsmlab.lab.record import Run
from vsmlab.lab.run import free_folder

NOTES: Final = "notes.txt"
TRASH: Final = ".trash"
MOST_NOTES: Final = 20_000
MOST_ZIP: Final = 500_000_000
FILES: Final = ("manifest.json", "measures.json", "events.parquet", "report.html", NOTES)
"""What a run's folder has that may be shown or downloaded; anything else in it is left alone."""
_MOST_KNOWN: Final = 32_768
_SEEN: Final = ("manifest.json", "measures.json", NOTES, "report.html")
"""Files whose change shows in the table."""


@dataclass(frozen=True, slots=True)
class Row:
    """A run, as a table shows it.

    Attributes:
        name: What pages call it.
        changed: When its manifest was written.
        wrong: Why it cannot be read; empty if it can.
        scenario: Name of its scenario.
        measures: The root's: ``served``, ``mean_wait_s``, ``p95_wait_s``, ``utilisation``, ``performance``.
        met: Expectations that were met, and all of them.
        notes: What somebody noted.
        report: Whether its report is there.
    """

    name: str
    folder: Path
    changed: float
    wrong: str = ""
    scenario: str = ""
    title: str = ""
    seed: int | None = None
    engine: str = ""
    digest: str = ""
    served: float | None = None
    mean_wait_s: float | None = None
    p95_wait_s: float | None = None
    utilisation: float | None = None
    performance: float | None = None
    met: tuple[int, int] = (0, 0)
    notes: str = ""
    report: bool = False

    @property
    def when(self) -> str:
        """When it was written, to the minute, in local time."""
        return datetime.fromtimestamp(self.changed, UTC).astimezone().strftime("%Y-%m-%d %H:%M")

    def matches(self, wanted: str) -> bool:
        """Whether every word that is looked for is somewhere in it."""
        said = " ".join(
            (self.name, self.scenario, self.title, self.engine, self.digest, self.notes, self.wrong)
        )
        said = f"{said} seed {self.seed}".casefold()
        return all(word in said for word in wanted.casefold().split())


SORTS: Final = (
    "name", "scenario", "seed", "engine", "digest", "served", "mean_wait_s", "p95_wait_s", "utilisation",
    "performance", "changed", "notes",
)  # fmt: skip


_Stamps = tuple[tuple[int, int, int], ...]
_known: dict[tuple[Path, str, int], tuple[_Stamps, Row]] = {}
"""Rows as they were when their files had these stamps, by folder of runs, folder, and place of the former."""


def rows(lab: Lab) -> list[Row]:
    """Every run in the folders of runs, the newest first; only those whose files have changed are read again."""
    found: list[Row] = []
    for at, folder in enumerate(lab.runs):
        try:
            with os.scandir(folder) as inside:
                names = sorted(
                    one.name for one in inside
                    if not one.name.startswith(".") and one.is_dir(follow_symlinks=False)
                )  # fmt: skip
        except OSError:
            continue  # a folder of runs that is not there yet has none
        found += [_row_again(lab, folder, name, at) for name in names]
    return sorted(found, key=lambda one: -one.changed)


def folders_changed(lab: Lab) -> tuple[int, ...]:
    """When a run last came into a folder of runs, or went out of it."""
    found = []
    for folder in lab.runs:
        try:
            found.append(folder.stat().st_mtime_ns)
        except OSError:
            found.append(0)
    return tuple(found)


def _row_again(lab: Lab, folder: Path, name: str, at: int) -> Row:
    """The same as `row`, from what is known where no file of it has changed."""
    key = (folder, name, at)
    stamps = _stamps(f"{folder}{os.sep}{name}")
    known = _known.get(key)
    if known is not None and known[0] == stamps:
        return known[1]
    found = row(lab, folder / name)
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    _known[key] = (stamps, found)
    return found


def _stamps(folder: str) -> _Stamps:
    """When the folder and the files that a table shows of it were written, and how large they are."""
    found = []
    for name in ("", *_SEEN):
        try:
            status = os.stat(f"{folder}{os.sep}{name}")  # noqa: PTH116 - a path for each took a third of the time
            found.append((status.st_mtime_ns, status.st_size, status.st_ctime_ns))
        except OSError:
            found.append((0, 0, 0))
    return tuple(found)


def row(lab: Lab, folder: Path) -> Row:
    """A run as a table shows it; broken ones with their reason."""
    if not is_text(folder.name):
        shown, changed_at = folder.name.encode("utf-8", "replace").decode(), folder.lstat().st_mtime
        return Row(shown, folder, changed_at, wrong="its name is not UTF-8: rename the folder")
    try:
        manifest = folder / "manifest.json"
        changed = manifest.stat().st_mtime_ns if manifest.is_file() else folder.stat().st_mtime_ns
        measures = folder / "measures.json"
        stamp = (changed, measures.stat().st_mtime_ns if measures.is_file() else 0)
        known = _read(folder, stamp)
    except OSError as exc:
        known = Row("", folder, 0.0, wrong=f"cannot be read ({exc.strerror})")
    return replace(
        known,
        name=lab.run_name(folder),
        notes=read_notes(folder),
        report=(folder / "report.html").is_file(),
    )


def wrong_with(folder: Path) -> str:
    """Why a folder is no run that can be shown; empty if it is one."""
    return _read(folder, (0, 0)).wrong


@lru_cache(maxsize=32_768)
def _read(folder: Path, stamp: tuple[int, int]) -> Row:
    try:
        run = Run(folder)
        root = run.manifest["places"][0][0]
        unit, verdicts = run.measures["units"][root], run.verdicts
        return Row(
            "",
            folder,
            stamp[0] / 1e9,
            scenario=str(run.manifest["name"]),
            title=str(run.manifest["title"]),
            seed=int(run.manifest["seed"]),
            engine=str(run.manifest["engine"]),
            digest=run.digest,
            served=_number(unit["served"]),
            mean_wait_s=_number(unit["mean_wait_s"]),
            p95_wait_s=_number(unit["p95_wait_s"]),
            utilisation=_number(unit["utilisation"]),
            performance=_number(unit["performance"]),
            met=(sum(verdict.passed for verdict in verdicts), len(verdicts)),
        )
    except VsmLabError as exc:
        return Row("", folder, stamp[0] / 1e9, wrong=str(exc))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as exc:
        wrong = f"not what vsmlab writes ({type(exc).__name__}: {exc})"
        return Row("", folder, stamp[0] / 1e9, wrong=wrong)


def _number(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r} is no number")
    return float(value)


def ordered(found: Iterable[Row], by: str, *, down: bool) -> list[Row]:
    """Runs in the order of a column; those without a value come last, either way."""
    key = by if by in SORTS else "changed"
    all_of = list(found)
    with_one = [one for one in all_of if getattr(one, key) not in (None, "")]
    without = [one for one in all_of if getattr(one, key) in (None, "")]
    with_one.sort(key=lambda one: getattr(one, key), reverse=down)
    return with_one + without


# Notes, trash and archive

_one_at_a_time: Final = threading.Lock()
"""Between looking at notes and writing them, no other window of this server writes."""


def read_notes(folder: Path) -> str:
    """What somebody noted of a run."""
    file = folder / NOTES
    try:
        if file.is_symlink() or not file.is_file():
            return ""
        with file.open("rb") as opened:
            return opened.read(4 * MOST_NOTES).decode("utf-8", "replace")[:MOST_NOTES]
    except OSError:
        return ""


def sha256_of(text: str) -> str:
    """What tells notes from others."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


class ChangedNotesError(InputError):
    """Notes that somebody else has changed since.

    Attributes:
        now: What they are.
    """

    def __init__(self, now: str) -> None:
        self.now = now
        super().__init__("", "notes", "they have been changed since", right="look at them first")


def write_notes(folder: Path, text: str, had: str | None = None) -> None:
    """Keep notes of a run, whole or not at all; no text, no file.

    Args:
        folder: The run.
        text: The notes.
        had: What `sha256_of` said of the notes that these take the place of; None if that does not matter.

    Raises:
        ChangedNotesError: If they are others by now.
        InputError: If they are too long, or cannot be written.
    """
    text = text.replace("\r\n", "\n").encode("utf-8", "replace").decode()
    if len(text) > MOST_NOTES:
        right = f"at most {MOST_NOTES:,} characters"
        raise InputError("", "notes", "too long", given=f"{len(text):,} characters", right=right)
    with _one_at_a_time:
        if had is not None and (now := read_notes(folder)) != text and sha256_of(now) != had:
            raise ChangedNotesError(now)
        _put_notes(folder, text)


def _put_notes(folder: Path, text: str) -> None:
    file, hidden = folder / NOTES, folder / f".{NOTES}.{secrets.token_hex(4)}"
    try:
        if not text.strip():
            file.unlink(missing_ok=True)
            return
        hidden.write_text(text, encoding="utf-8")
        hidden.replace(file)
    except OSError as exc:
        raise InputError("", "notes", f"cannot be written ({exc.strerror})", given=str(file)) from exc
    finally:
        hidden.unlink(missing_ok=True)


def throw_away(folder: Path) -> Path:
    """Move a run to the trash beside it, from where it can be taken back.

    Raises:
        InputError: If it cannot be moved.
    """
    trash = folder.parent / TRASH
    try:
        trash.mkdir(exist_ok=True)
        target = free_folder(trash, folder.name)
        os.rename(folder, target)  # noqa: PTH104 - fails across file systems, as it should
    except OSError as exc:
        raise InputError("", "run", f"cannot be moved ({exc.strerror})", given=str(folder)) from exc
    return target


def archive(folder: Path) -> bytes:
    """A run's files as a zip.

    Raises:
        InputError: If they are too large for that.
    """
    files = [
        folder / name for name in FILES if (folder / name).is_file() and not (folder / name).is_symlink()
    ]
    size = sum(file.stat().st_size for file in files)
    if size > MOST_ZIP:
        right = f"at most {MOST_ZIP:,}; copy the folder"
        raise InputError("", "run", "too large for a download", given=f"{size:,} bytes", right=right)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        for file in files:
            with file.open("rb") as source, opened.open(f"{folder.name}/{file.name}", "w") as target:
                shutil.copyfileobj(source, target)
    return packed.getvalue()
