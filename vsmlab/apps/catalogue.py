"""The scenarios that the front page shows: those in the current folder, and the shipped ones, the simplest first."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Hashable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from vsmlab.apps.drawings import picture
from vsmlab.errors import InputError, VsmLabError
from vsmlab.lab.begin_here import BEGIN_HERE, step_of
from vsmlab.lab.loader import load
from vsmlab.lab.places import scenarios_folder
from vsmlab.lab.report.markup import Markup
from vsmlab.lab.yaml_reader import read_yaml

MOST_FILES: Final = 200
_LARGEST: Final = 1_000_000
_NOTHING: Final = Markup("")
_LAST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A scenario of the gallery.

    Attributes:
        name: Its name; of a broken file, the file's.
        source: What ``load`` takes.
        title: One line.
        shows: What there is to see.
        lesson: What it teaches.
        agents: Agents at the beginning.
        systems: Viable systems at the beginning.
        levels: Levels of recursion.
        picture: Its root, drawn.
        shipped: Whether it travels with vsmlab.
        wrong: Why it cannot be run; empty if it can.
    """

    name: str
    source: str
    title: str
    shows: str = ""
    lesson: str = ""
    agents: int = 0
    systems: int = 0
    levels: int = 0
    picture: Markup = _NOTHING
    shipped: bool = False
    wrong: str = ""

    @property
    def one_line(self) -> str:
        """The lesson's first sentence; where there is none, what there is to see."""
        return first_sentence(self.lesson or self.shows)

    @property
    def called(self) -> str:
        """What addresses and buttons of any page call it: a shipped one's name, the file's name of one's own."""
        return self.name if self.shipped else Path(self.source).name

    def matches(self, wanted: str) -> bool:
        """Whether every word that is looked for is somewhere in its name, title, story, lesson, or what it is about."""
        step = step_of(self.name) if self.shipped else None
        about = () if step is None else (step[1].adds, step[1].words)
        said = " ".join((self.name, self.title, self.shows, self.lesson, *about)).casefold()
        return all(word in said for word in wanted.casefold().split())


def gallery(here: Path) -> list[Entry]:
    """The scenarios in a folder by name, then the shipped ones, the simplest first."""
    shipped = _shipped()
    known = {path.resolve() for path in shipped.values()}
    files = sorted(path for path in here.glob("*.y*ml") if path.suffix in (".yaml", ".yml"))
    mine = [path for path in files if not path.name.startswith(".") and path.resolve() not in known]
    found = [_entry(path, shipped=False) for path in mine[:MOST_FILES] if looks_like_scenario(path)]
    return found + [_entry(path, shipped=True) for path in shipped.values()]


def stamps_of(here: Path) -> Hashable:
    """Changes when the gallery may have: the files that it is made of, with when each was written and how large."""
    found: list[tuple[str, int, int]] = []
    folders = (here, scenarios_folder(), *notebook_folders(here))
    for folder in folders:
        with suppress(OSError), os.scandir(folder) as inside:
            for one in inside:
                if one.name.endswith((".yaml", ".yml", ".ipynb")):
                    with suppress(OSError):
                        status = one.stat()
                        found.append((one.path, status.st_mtime_ns, status.st_size))
    return tuple(sorted(found))


def _shipped() -> dict[str, Path]:
    """The files of the shipped scenarios, in the order in which they are best met."""
    files = {path.stem: path for path in sorted(scenarios_folder().glob("*.yaml"))}
    order = {step.name: at for at, step in enumerate(BEGIN_HERE)}
    return dict(sorted(files.items(), key=lambda one: order.get(one[0], len(order))))


def find(here: Path, asked: str) -> Entry:
    """The entry of the gallery that an address or a button means.

    Raises:
        InputError: If it is not, or not any more, in the gallery.
    """
    path, shipped = file_meant(here, asked)
    return _entry(path, shipped=shipped)


def file_meant(here: Path, asked: str) -> tuple[Path, bool]:
    """The file of a scenario, and whether it is a shipped one: every page finds scenarios by this one rule.

    Args:
        here: The folder of one's own.
        asked: A shipped scenario's name; else a file in the folder, by its name with its ending or without; or a
            whole path to one of the two.

    Raises:
        InputError: If there is none in the gallery.
    """
    shipped = _shipped()
    if asked in shipped:
        return shipped[asked], True
    name = Path(asked).name
    if name and asked == str((here / name).absolute()):
        ways = [here / name]
    elif Path(asked).stem in shipped and asked == str(shipped[Path(asked).stem].absolute()):
        return shipped[Path(asked).stem], True
    else:
        ways = [here / f"{asked}{ending}" for ending in ("", ".yaml", ".yml")] if name == asked else []
    for path in ways:
        known = path.suffix in (".yaml", ".yml") and not path.name.startswith(".") and "\\" not in path.name
        if known and looks_like_scenario(path):
            return path.absolute(), False
    right = "see the list of scenarios; one of your own lies in the folder that the lab was started in"
    raise InputError("", "scenario", "not in the gallery", given=asked[:100], right=right)


def looks_like_scenario(path: Path) -> bool:
    """Whether a YAML file means to be a scenario: other files of that kind are left alone."""
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return False
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return bool(re.search(r"^(organisation|extends):", text, re.M)) and bool(
        re.search(r"^version:", text, re.M)
    )


def _entry(path: Path, *, shipped: bool) -> Entry:
    try:
        status = path.stat()
        return _read(path, shipped, status.st_mtime_ns, status.st_size)
    except OSError as exc:
        return Entry(path.stem, str(path), path.name, wrong=f"cannot be read ({exc.strerror})")


@lru_cache(maxsize=512)
def _read(path: Path, shipped: bool, changed: int, size: int) -> Entry:
    """Read and draw a scenario; done again when the file has changed."""
    source = path.stem if shipped else str(path)
    try:
        scenario = load(path).scenario
    except VsmLabError as exc:
        title = path.name
        with suppress(VsmLabError):  # what is wrong is said below
            title = str(read_yaml(path).get("title", title))
        return Entry(path.stem, source, title, shipped=shipped, wrong=str(exc))
    nodes = list(scenario.nodes())
    return Entry(
        name=path.stem if shipped else scenario.name,
        source=source,
        title=scenario.title,
        shows=" ".join(scenario.shows.split()),
        lesson=" ".join(scenario.lesson.split()),
        agents=scenario.organisation.all_agents,
        systems=sum(node.viable for _, node in nodes),
        levels=1 + max((node_path.count(".") for node_path, _ in nodes), default=0),
        picture=picture(scenario),
        shipped=shipped,
    )


def first_sentence(text: str) -> str:
    """The first sentence of a text, or all of it.

    >>> first_sentence("It waits 1.0787 s. Nobody knows why."), first_sentence("no full stop")
    ('It waits 1.0787 s.', 'no full stop')
    """
    found = re.match(r".+?[.!?](?=\s|$)", text, re.S)
    return found.group(0) if found else text


def notebook_folders(here: Path) -> list[Path]:
    """Where notebooks lie: beside the shipped scenarios, and in the current folder."""
    folders = [scenarios_folder().parent / "notebooks", here / "notebooks"]
    return [folder for at, folder in enumerate(folders) if folder.is_dir() and folder not in folders[:at]]


def notebook_of(name: str, here: Path) -> Path | None:
    """The notebook that belongs to a scenario: the one that names it first, or earliest in its list.

    A notebook says in its metadata which scenarios it is on, ``{"vsmlab": {"scenarios": [NAME, ...]}}``, the main one
    first; of one without, whichever its code names.
    """
    found: list[tuple[int, int, Path]] = []
    for folder in notebook_folders(here):
        for path in sorted(folder.glob("*.ipynb")):
            with suppress(OSError):
                named = _named_in(path, path.stat().st_mtime_ns)
                if name in named:
                    found.append((named[name], len(found), path))
    return min(found)[2] if found else None


@lru_cache(maxsize=256)
def _named_in(path: Path, changed: int) -> dict[str, int]:
    """The scenarios that a notebook is on, with their place in its list; those that only its code names come last."""
    try:
        book = json.loads(path.read_text(encoding="utf-8"))
        said = book.get("metadata", {}).get("vsmlab", {}).get("scenarios")
        if isinstance(said, list):
            return {name: at for at, name in enumerate(said) if isinstance(name, str)}
        cells = book.get("cells", [])
        code = "\n".join("".join(cell["source"]) for cell in cells if cell.get("cell_type") == "code")
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return {}
    return dict.fromkeys(re.findall(r"[\"']([a-z][a-z0-9-]*)[\"']", code), _LAST)
