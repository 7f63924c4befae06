"""What a user has: own scenarios, drafts, runs, experiments; where each lies, here and in a zip."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vsmlab.apps.catalogue import looks_like_scenario
from vsmlab.apps.index import FILES
from vsmlab.apps.lab import Lab
from vsmlab.apps.sweeping.kept import sweeps_of
from vsmlab.apps.sweeping.work import WANTED
from vsmlab.errors import InputError
from vsmlab.lab.drawing.drafts import DRAFT_NAME
from vsmlab.lab.experiments.figure import DRAWING, PAGE
from vsmlab.lab.experiments.store import ASKED, JOURNALS, PART, TABLE, WARMUP
from vsmlab.lab.yaml_reader import read_yaml

JOURNAL: Final = "events.parquet"
SWEEP_FILES: Final = (ASKED, PART, TABLE, WARMUP, WANTED, PAGE, DRAWING)
DATA_KINDS: Final = (".csv", ".parquet")
PLAIN_NAME: Final = re.compile(r"[^./\\\x00-\x1f\x7f][^/\\\x00-\x1f\x7f]{0,199}")
KEY: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Packed:
    """A file that is taken along.

    Attributes:
        path: Where it lies.
        name: Its name in the zip.
        size: Bytes.
    """

    path: Path
    name: str
    size: int


def drafts_of(lab: Lab) -> Path:
    """The folder of drafts, where the canvas keeps them."""
    return lab.runs[0].parent / ".drafts"


def everything(lab: Lab, *, journals: bool) -> list[Packed]:
    """All files of the user's, in the order of the zip.

    Args:
        lab: Its folders.
        journals: With the journals of runs. A run without its journal can be read, but not brought back.
    """
    found = [*_scenarios(lab), *_drafts(lab), *_runs(lab, journals), *_sweeps(lab, journals)]
    return list({one.name: one for one in found}.values())


def _file(path: Path, name: str) -> Iterator[Packed]:
    try:
        if not path.is_symlink() and path.is_file():
            yield Packed(path, name, path.stat().st_size)
    except OSError:
        return


def _inside(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.is_symlink())
    except OSError:
        return []


def _scenarios(lab: Lab) -> Iterator[Packed]:
    for path in _inside(lab.here):
        if path.suffix not in (".yaml", ".yml") or not PLAIN_NAME.fullmatch(path.name):
            continue
        if not looks_like_scenario(path):
            continue
        yield from _file(path, f"scenarios/{path.name}")
        try:
            named = texts_in(read_yaml(path))
        except InputError:
            continue  # it is broken, and taken along as it is
        for name in sorted(named):
            if is_data(name):
                yield from _file(lab.here / name, f"scenarios/{name}")


def is_data(name: str) -> bool:
    """Whether a scenario may mean a file of data beside it by this name."""
    return Path(name).suffix in DATA_KINDS and PLAIN_NAME.fullmatch(name) is not None


def texts_in(value: object) -> set[str]:
    """Every text that is a value in a scenario: the files that it reads are among them."""
    if isinstance(value, dict):
        return set().union(*(texts_in(inner) for inner in value.values()))
    if isinstance(value, list):
        return set().union(*(texts_in(inner) for inner in value))
    return {value} if isinstance(value, str) else set()


def _drafts(lab: Lab) -> Iterator[Packed]:
    for path in _inside(drafts_of(lab)):
        if DRAFT_NAME.fullmatch(path.name):
            yield from _file(path, f"drafts/{path.name}")


def _runs(lab: Lab, journals: bool) -> Iterator[Packed]:
    taken: set[str] = set()
    for folder in lab.runs:
        for path in _inside(folder):
            if not path.is_dir() or not PLAIN_NAME.fullmatch(path.name) or not (path / FILES[0]).is_file():
                continue
            name, number = path.name, 1
            while name in taken:  # two folders of runs may have one of the same name
                number += 1
                name = f"{path.name}-{number}"
            taken.add(name)
            for file in FILES:
                if journals or file != JOURNAL:
                    yield from _file(path / file, f"runs/{name}/{file}")


def _sweeps(lab: Lab, journals: bool) -> Iterator[Packed]:
    for path in _inside(sweeps_of(lab)):
        if not path.is_dir() or not PLAIN_NAME.fullmatch(path.name) or not (path / ASKED).is_file():
            continue
        for file in SWEEP_FILES:
            yield from _file(path / file, f"sweeps/{path.name}/{file}")
        for kept in _inside(path / JOURNALS) if journals else ():
            if kept.is_dir() and KEY.fullmatch(kept.name):
                for file in FILES:
                    yield from _file(kept / file, f"sweeps/{path.name}/{JOURNALS}/{kept.name}/{file}")
