"""The scenarios that the front page shows: the shipped ones, and those in the current folder."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from vsmlab.apps.drawings import picture
from vsmlab.errors import InputError, VsmLabError
from vsmlab.lab.loader import load
from vsmlab.lab.places import scenarios_folder
from vsmlab.lab.report.markup import Markup
from vsmlab.lab.yaml_reader import read_yaml

MOST_FILES: Final = 200
_LARGEST: Final = 1_000_000
_NOTHING: Final = Markup("")


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

    def matches(self, wanted: str) -> bool:
        """Whether every word that is looked for is somewhere in its name, title, sight or lesson."""
        said = " ".join((self.name, self.title, self.shows, self.lesson)).casefold()
        return all(word in said for word in wanted.casefold().split())


def gallery(here: Path) -> list[Entry]:
    """The shipped scenarios by name, then those in a folder."""
    shipped = sorted(scenarios_folder().glob("*.yaml"))
    known = {path.resolve() for path in shipped}
    found = [_entry(path, shipped=True) for path in shipped]
    files = sorted(path for path in here.glob("*.y*ml") if path.suffix in (".yaml", ".yml"))
    mine = [path for path in files if not path.name.startswith(".") and path.resolve() not in known]
    found += [_entry(path, shipped=False) for path in mine[:MOST_FILES] if looks_like_scenario(path)]
    return found


def find(here: Path, source: str) -> Entry:
    """The entry of the gallery that is meant.

    Raises:
        InputError: If it is not, or not any more, in the gallery.
    """
    for entry in gallery(here):
        if entry.source == source:
            return entry
    raise InputError("", "scenario", "not in the gallery", given=source, right="reload the page")


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
    """The first notebook whose code names the scenario."""
    for folder in notebook_folders(here):
        for path in sorted(folder.glob("*.ipynb")):
            try:
                if name in _named_in(path, path.stat().st_mtime_ns):
                    return path
            except OSError:
                continue
    return None


@lru_cache(maxsize=256)
def _named_in(path: Path, changed: int) -> frozenset[str]:
    """Texts in quotes in a notebook's code that could be a scenario's name."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8")).get("cells", [])
        code = "\n".join("".join(cell["source"]) for cell in cells if cell.get("cell_type") == "code")
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return frozenset()
    return frozenset(re.findall(r"[\"']([a-z][a-z0-9-]*)[\"']", code))
