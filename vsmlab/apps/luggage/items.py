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
PLAIN_NAME: Final = re.compile(r"[^./\\\x00-\x1f\x7f\ud800-\udfff][^/\\\x00-\x1f\x7f\ud800-\udfff]{0,199}")
_DEEPEST: Final = 4
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


@dataclass(frozen=True, slots=True)
class Left:
    """What is not taken along, and why.

    Attributes:
        called: What it is.
        why: The reason.
    """

    called: str
    why: str


def everything(lab: Lab, *, journals: bool, left: list[Left] | None = None) -> list[Packed]:
    """All files of the user's, in the order of the zip.

    Args:
        lab: Its folders.
        journals: With the journals of runs. A run without its journal can be read, but not brought back.
        left: Told of what a user would miss.
    """
    left = [] if left is None else left
    found = [
        *_scenarios(lab, left),
        *_drafts(lab),
        *_runs(lab, journals, left),
        *_sweeps(lab, journals, left),
    ]
    return list({one.name: one for one in found}.values())


_NO_NAME: Final = "its name is too long, or no plain text: rename it"


def _said(name: str) -> str:
    return name.encode("utf-8", "replace").decode()


def _file(path: Path, name: str) -> Iterator[Packed]:
    try:
        if not path.is_symlink() and path.is_file():
            yield Packed(path, name, path.stat().st_size)
    except OSError:
        return


def files_of_run(folder: Path, where: str) -> Iterator[Packed]:
    """The files of a run, below this name in the zip."""
    for name in FILES:
        yield from _file(folder / name, f"{where}/{name}")


def _inside(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.is_symlink())
    except OSError:
        return []


def _scenarios(lab: Lab, left: list[Left]) -> Iterator[Packed]:
    for path in _inside(lab.here):
        if path.suffix not in (".yaml", ".yml") or not looks_like_scenario(path):
            continue
        if not PLAIN_NAME.fullmatch(path.name):
            left.append(Left(f"scenario {_said(path.name)}", _NO_NAME))
            continue
        yield from _file(path, f"scenarios/{path.name}")
        try:
            named = texts_in(read_yaml(path))
        except InputError:
            continue  # it is broken, and taken along as it is
        for name in sorted(named):
            yield from _data(lab.here, name, path.name, left)


def _data(here: Path, name: str, scenario: str, left: list[Left]) -> Iterator[Packed]:
    """A table that a scenario may read, if it is one and lies in the folder or below."""
    if Path(name).suffix not in DATA_KINDS or "\n" in name:
        return
    plain = data_name(name)
    if plain is None:
        left.append(
            Left(
                f"table {_said(name)[:200]} of scenario {scenario}",
                "it does not lie below the folder of the scenario",
            )
        )
    elif is_linked(here, plain):
        left.append(Left(f"table {plain} of scenario {scenario}", "it is a link, or behind one"))
    else:
        yield from _file(here / plain, f"scenarios/{plain}")


def data_name(name: str) -> str | None:
    """The file that a scenario may mean by a text, from its own folder; None if it is no table there or below.

    >>> data_name("./data/t.csv"), data_name("../t.csv"), data_name("t.txt")
    ('data/t.csv', None, None)
    """
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or not 1 <= len(parts) <= _DEEPEST or Path(name).suffix not in DATA_KINDS:
        return None
    return "/".join(parts) if all(PLAIN_NAME.fullmatch(part) for part in parts) else None


def is_linked(here: Path, name: str) -> bool:
    """Whether a link leads to a file below a folder."""
    path = here / name
    return any(one.is_symlink() for one in (path, *path.parents) if one != here and here in one.parents)


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


def _runs(lab: Lab, journals: bool, left: list[Left]) -> Iterator[Packed]:
    taken: set[str] = set()
    for folder in lab.runs:
        for path in _inside(folder):
            if path.name.startswith(".") or not path.is_dir():
                continue
            if not (path / FILES[0]).is_file():
                left.append(Left(f"run {_said(path.name)}", "it is no whole run"))
                continue
            if not PLAIN_NAME.fullmatch(path.name):
                left.append(Left(f"run {_said(path.name)}", _NO_NAME))
                continue
            name, number = path.name, 1
            while name in taken:  # two folders of runs may have one of the same name
                number += 1
                name = f"{path.name}-{number}"
            taken.add(name)
            for one in files_of_run(path, f"runs/{name}"):
                if journals or one.path.name != JOURNAL:
                    yield one


def _sweeps(lab: Lab, journals: bool, left: list[Left]) -> Iterator[Packed]:
    for path in _inside(sweeps_of(lab)):
        if path.name.startswith(".") or not path.is_dir() or not (path / ASKED).is_file():
            continue
        if not PLAIN_NAME.fullmatch(path.name):
            left.append(Left(f"experiment {_said(path.name)}", _NO_NAME))
            continue
        for file in SWEEP_FILES:
            yield from _file(path / file, f"sweeps/{path.name}/{file}")
        for kept in _inside(path / JOURNALS) if journals else ():
            if kept.is_dir() and KEY.fullmatch(kept.name):
                yield from files_of_run(kept, f"sweeps/{path.name}/{JOURNALS}/{kept.name}")
