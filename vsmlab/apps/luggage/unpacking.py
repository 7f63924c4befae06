"""What was brought in a zip, put where it belongs: each item whole or not at all, and never over what is there."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from vsmlab.apps import index
from vsmlab.apps.catalogue import looks_like_scenario
from vsmlab.apps.lab import Lab
from vsmlab.apps.luggage.checking import opened
from vsmlab.apps.luggage.items import DATA_KINDS, JOURNAL, data_name, drafts_of, is_linked, texts_in
from vsmlab.apps.sweeping.kept import sweeps_of
from vsmlab.errors import InputError, VsmLabError
from vsmlab.lab.drawing.drafts import Drafts
from vsmlab.lab.experiments.store import ASKED, PART, TABLE, read_asked, read_rows
from vsmlab.lab.record import Run
from vsmlab.lab.yaml_reader import read_yaml

_SPARE: Final = 50_000_000
"""Bytes that are to be free besides."""
_PIECE: Final = 1 << 20

KINDS: Final = {"scenarios": "scenario", "drafts": "draft", "runs": "run", "sweeps": "experiment"}


@dataclass(slots=True)
class Came:
    """What came of a zip.

    Attributes:
        new: What came in, ``run mm3`` and so on.
        kept: What was there and was left as it is, ``run mm3`` and so on.
        out: What was left out, and why.
    """

    new: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    out: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Item:
    """A scenario, a draft, a run or an experiment in a zip."""

    kind: str
    name: str
    entries: tuple[zipfile.ZipInfo, ...]

    @property
    def called(self) -> str:
        return f"{'file' if self.is_data else KINDS[self.kind]} {self.name}"

    @property
    def is_data(self) -> bool:
        """Whether it is what scenarios read."""
        return self.kind == "scenarios" and Path(self.name).suffix in DATA_KINDS


def unpack(lab: Lab, file: Path) -> Came:
    """Bring a zip's items in.

    Raises:
        InputError: If the zip is refused as a whole; nothing was written then.
    """
    came = Came()
    with opened(file) as packed:
        items = _items(packed)
        if not items:
            raise InputError("", "zip", "there is nothing in it", right="bring one that was downloaded here")
        homes = {
            "scenarios": lab.here, "drafts": drafts_of(lab), "runs": lab.runs[0], "sweeps": sweeps_of(lab),
        }  # fmt: skip
        _check_room(packed, homes)
        try:
            with _stages(homes) as stages:
                ready = [item for item in items if _staged(packed, item, stages, homes, came)]
                for item in ready:
                    _placed(item, stages[item.kind], homes[item.kind], came)
        except OSError as exc:
            raise InputError("", "zip", f"it cannot be written here ({exc.strerror})") from exc
    return came


def _items(packed: zipfile.ZipFile) -> list[_Item]:
    """The items of a zip; the data of scenarios are one with each other, as several may read the same."""
    found: dict[tuple[str, str], list[zipfile.ZipInfo]] = {}
    for entry in packed.infolist():
        if not entry.is_dir():
            kind, name, *deeper = entry.filename.split("/")
            if kind == "scenarios":  # tables may lie in folders below
                name = "/".join([name, *deeper])
            found.setdefault((kind, name), []).append(entry)
    data = [key for key in found if key[0] == "scenarios" and Path(key[1]).suffix in DATA_KINDS]
    order = [*data, *(key for key in found if key not in data)]
    return [_Item(kind, name, tuple(found[kind, name])) for kind, name in order]


def _check_room(packed: zipfile.ZipFile, homes: dict[str, Path]) -> None:
    needed = sum(entry.file_size for entry in packed.infolist()) + _SPARE
    for home in {_nearest(home) for home in homes.values()}:
        free = shutil.disk_usage(home).free
        if free < needed:
            right = "make room, or take less along"
            raise InputError(
                "", "zip", "there is no room for it here", given=f"{needed:,} bytes", right=right
            )


def _nearest(folder: Path) -> Path:
    """The folder, or what is above it and there."""
    folder = folder.absolute()
    return next(one for one in (folder, *folder.parents) if one.is_dir())


@contextmanager
def _stages(homes: dict[str, Path]) -> Iterator[dict[str, Path]]:
    """A hidden folder for each kind, on the disk where it is to lie; gone in the end, with all that is still in it."""
    stages = {
        kind: _nearest(home) / f".arriving-{kind}-{secrets.token_hex(4)}" for kind, home in homes.items()
    }
    try:
        for stage in stages.values():
            stage.mkdir()
        yield stages
    finally:
        for stage in stages.values():
            shutil.rmtree(stage, ignore_errors=True)


def _staged(
    packed: zipfile.ZipFile, item: _Item, stages: dict[str, Path], homes: dict[str, Path], came: Came
) -> bool:
    """Unpack an item aside and look at it; whether it may come in."""
    there = os.path.lexists(homes[item.kind] / item.name)
    if there:
        came.kept.append(item.called)
        if not item.is_data:  # data is looked at all the same: a scenario may mean it
            return False
    if item.kind == "runs" and not any(entry.filename.endswith(f"/{JOURNAL}") for entry in item.entries):
        came.out.append((item.called, "its journal was not taken along; read its report in the zip"))
        return False
    stage = stages[item.kind]
    for entry in item.entries:
        path = stage.joinpath(*entry.filename.split("/")[1:])
        path.parent.mkdir(parents=True, exist_ok=True)
        with packed.open(entry) as source, path.open("xb") as written:
            left = entry.file_size
            while data := source.read(_PIECE):
                left -= len(data)
                if left < 0:
                    raise InputError("", "zip", "a file is larger than it says", given=entry.filename[:100])
                written.write(data)
    try:
        _look(item, stage / item.name, stage, homes[item.kind])
    except (VsmLabError, OSError) as exc:
        why = exc.wrong if isinstance(exc, InputError) else str(exc).replace(f"{stage}{os.sep}", "")
        came.out.append((item.called, why))
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as exc:
        came.out.append((item.called, f"not what vsmlab writes ({type(exc).__name__})"))
    else:
        return not there
    if item.kind == "scenarios":
        (stage / item.name).unlink(missing_ok=True)  # it reads nothing that comes in
    return False


def _look(item: _Item, path: Path, stage: Path, home: Path) -> None:
    """Refuse what vsmlab would not have written.

    Raises:
        VsmLabError: With the reason.
    """
    if item.kind == "runs":
        _look_at_run(path)
    elif item.kind == "sweeps":
        _look_at_sweep(path)
    elif item.kind == "drafts":
        Drafts(stage).restore(item.name.removesuffix(".draft.json"))
    elif path.suffix in (".yaml", ".yml"):
        if not looks_like_scenario(path):
            raise InputError("", "", "it is no scenario")
        for name in sorted(tables_in(path)):
            beside, here = stage / name, home / name
            if beside.is_file() and here.is_file() and _sha256(beside) != _sha256(here):
                raise InputError("", "", f"another {name} is here already")


def _look_at_run(folder: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    run = Run(folder)
    wrong = index.wrong_with(folder)
    if wrong:
        raise InputError("", "", wrong)
    try:
        pq.read_metadata(folder / JOURNAL)
    except (pa.ArrowException, OSError) as exc:
        raise InputError("", "", "its journal cannot be read") from exc
    found = run.verify()
    if not found.good:
        raise InputError("", "", f"its journal was changed: {found.says}")


def _look_at_sweep(folder: Path) -> None:
    asked = read_asked(folder)
    if not all(isinstance(asked[name], list) for name in ("settings", "points", "labels")):
        raise InputError("", "", f"not what vsmlab writes: {ASKED}")
    if (folder / TABLE).is_file():
        read_rows(folder)
    elif not (folder / PART).is_file():
        raise InputError("", "", "no run of it was finished")


def _placed(item: _Item, stage: Path, home: Path, came: Came) -> None:
    """Give an item its place, unless somebody was sooner."""
    if item.is_data and not _is_read(item.name, stage):
        came.out.append((item.called, "no scenario that came in reads it"))
        return
    source, target = stage / item.name, home / item.name
    if is_linked(home, item.name):
        came.out.append((item.called, "a link is where it belongs"))
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        if source.is_dir():
            if os.path.lexists(target):
                raise FileExistsError
            os.rename(source, target)  # noqa: PTH104 - Path.rename says the same
        else:
            os.link(source, target)  # fails where there is one: replace() would not
    except FileExistsError:
        came.kept.append(item.called)
        return
    came.new.append(item.called)


def _is_read(name: str, stage: Path) -> bool:
    for path in stage.iterdir():
        if path.suffix in (".yaml", ".yml"):
            try:
                if name in tables_in(path):
                    return True
            except VsmLabError:
                continue
    return False


def tables_in(scenario: Path) -> set[str]:
    """The tables in its folder, or below, that a scenario may read."""
    return {name for one in texts_in(read_yaml(scenario)) if (name := data_name(one)) is not None}


def _sha256(path: Path) -> str:
    with path.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()


def names(of: Sequence[str], most: int = 8) -> str:
    """Some names in words."""
    return ", ".join(of[:most]) + (f" and {len(of) - most} more" if len(of) > most else "")
