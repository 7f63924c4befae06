"""What every page of the lab works on: folders, jobs, and where things are; one for a server."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from vsmlab.apps.arrivals import Arrivals
from vsmlab.apps.jobs import Jobs
from vsmlab.errors import InputError

_NAME = re.compile(r"[^./\\\x00\ud800-\udfff][^/\\\x00\ud800-\udfff]{0,254}")


@dataclass(frozen=True, slots=True)
class Lab:
    """The lab that a server shows.

    Args:
        runs: Folders of runs; new runs go to the first.
        here: Folder whose scenarios are shown beside the shipped ones, and that new ones are written to.
        jobs: Runs that are going on.
        arrivals: Files that browsers sent and pages have not taken yet.
    """

    runs: tuple[Path, ...] = (Path("runs"),)
    here: Path = field(default_factory=Path.cwd)
    jobs: Jobs = field(default_factory=Jobs)
    arrivals: Arrivals = field(default_factory=Arrivals)

    @property
    def drafts(self) -> Path:
        """Folder of what was drawn and not saved."""
        return self.runs[0].parent / ".drafts"

    def run_folder(self, name: str) -> Path:
        """The folder of a run, by the name that pages call it: ``NAME``, or ``NUMBER~NAME`` in a further folder.

        Raises:
            InputError: If there is no such folder of runs, or the name is none of a folder in it.
        """
        number, sign, rest = name.partition("~")
        at, plain = (int(number), rest) if sign and number.isdecimal() and len(number) < 4 else (0, name)
        wrong = InputError("", "run", "there is no such run", given=name, right="see the list of runs")
        if at >= len(self.runs) or not _NAME.fullmatch(plain):
            raise wrong
        folder = self.runs[at] / plain
        if not folder.is_dir() or folder.is_symlink():
            raise wrong
        return folder

    def run_name(self, folder: Path) -> str:
        """What pages call the run in this folder."""
        at = self.runs.index(folder.parent)
        return folder.name if at == 0 and "~" not in folder.name else f"{at}~{folder.name}"


def address(route: str, **said: str | Sequence[str]) -> str:
    """The address of a page, from any other: all stand beside each other, below whatever prefix a proxy gives them.

    >>> address("/run", name="a b&c")
    './run?name=a+b%26c'
    """
    return f".{route}?{urlencode(said, doseq=True, errors='replace')}" if said else f".{route}"


def is_text(name: str) -> bool:
    r"""Whether a file's name is text: on Linux it may be any bytes, and what is no UTF-8 cannot be said to a browser.

    >>> is_text("caf\u00e9"), is_text("caf\udce9")
    (True, False)
    """
    return not any("\ud800" <= char <= "\udfff" for char in name)
