"""The folder of an experiment: what was asked, the runs as they finish, and in the end one table.

``experiment.json`` says what was asked. A finished run is one line of ``runs.part.jsonl``, appended whole; a line
that a kill cut off is dropped by the next who comes. At the end the lines become ``runs.parquet``, written
under another name and renamed. Whatever stands under a final name is whole.
"""

from __future__ import annotations

import fcntl
import json
import math
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from vsmlab.errors import InputError, PeerError
from vsmlab.lab.experiments.work import Line
from vsmlab.lab.strict_json import read_json

if TYPE_CHECKING:
    import pyarrow as pa

ASKED: Final = "experiment.json"
PART: Final = "runs.part.jsonl"
TABLE: Final = "runs.parquet"
WARMUP: Final = "warmup.json"
JOURNALS: Final = "journals"
FORMAT: Final = 1
TOLD: Final = ("status", "reason", "engine", "digest", "wall_seconds", "cpu_seconds")
"""What a row says of a run beside its point and its measures."""
FIXED: Final = ("point", "replication", "seed", "key", *TOLD)

QUESTION: Final = {
    "kind": "kind", "scenario_sha256": "scenario", "files": "files", "settings": "settings", "points": "points",
    "measures": "measures", "warmup": "warm-up", "journals": "journals kept or not", "code": "version of vsmlab",
}  # fmt: skip
"""What makes two experiments one, and what each part is called."""


class Values(Mapping[str, float]):
    """The measures of a run, in little memory: most runs of an experiment share their names.

    Args:
        places: Place of each name.
        numbers: A number at each place; none where it is NaN.
    """

    __slots__ = ("_numbers", "_places")

    def __init__(self, places: dict[str, int], numbers: npt.NDArray[np.float64]) -> None:
        self._places, self._numbers = places, numbers

    def __getitem__(self, name: str) -> float:
        """The number of this name."""
        number = float(self._numbers[self._places[name]])
        if math.isnan(number):
            raise KeyError(name)
        return number

    def __iter__(self) -> Iterator[str]:
        """Names of numbers that there are."""
        return (name for name, place in self._places.items() if not math.isnan(self._numbers[place]))

    def __len__(self) -> int:
        """How many numbers there are."""
        return int((~np.isnan(self._numbers)).sum())


class Store:
    """The finished runs of one experiment, by key.

    Args:
        folder: Where they are kept; made, or gone on with.
        asked: What is asked, in plain values.

    Raises:
        InputError: If the folder holds something else, or another experiment, or is being written; nothing in
            it has been changed then.
    """

    def __init__(self, folder: Path, asked: Mapping[str, Any]) -> None:
        self.folder = folder
        self.lines: dict[str, Line] = {}
        self._places: dict[tuple[str, ...], dict[str, int]] = {}
        self._check(asked)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._part: IO[bytes] = (folder / PART).open("ab+")
        except OSError as exc:
            wrong = f"cannot be made ({exc.strerror})"
            raise InputError("", "out", wrong, given=str(folder), right="name another folder") from exc
        try:
            fcntl.flock(self._part, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            self._part.close()
            wrong = "another sweep is writing here"
            raise InputError(
                "", "out", wrong, given=str(folder), right="wait for it, or name a new one"
            ) from exc
        try:
            for name in (ASKED, WARMUP, TABLE):  # what a kill left half written
                for left in folder.glob(f".{name}.*"):
                    left.unlink()
            if not (folder / ASKED).exists():
                write_whole(folder / ASKED, json.dumps(asked, indent=1, ensure_ascii=False).encode() + b"\n")
            self._read()
        except BaseException:
            self._part.close()
            raise

    def _check(self, asked: Mapping[str, Any]) -> None:
        """Refuse a folder that is not this experiment's, before anything is changed."""
        folder = self.folder
        if not folder.exists():
            return
        if not folder.is_dir():
            raise InputError(
                "", "out", "a file of this name exists", given=str(folder), right="name a new one"
            )
        if not (folder / ASKED).exists():
            if any(path.name != PART and not path.name.startswith(".") for path in folder.iterdir()):
                wrong = "the folder exists and is no sweep"
                raise InputError("", "out", wrong, given=str(folder), right="name a new one")
            return
        there = read_asked(folder)
        for name, called in QUESTION.items():
            if there.get(name) != asked[name]:
                wrong = f"the folder is of another experiment, which differs in its {called}"
                raise InputError("", "out", wrong, given=str(folder), right="name a new one")

    def _read(self) -> None:
        """What is there already; a last line without its end is cut off."""
        for row in read_rows(self.folder) if (self.folder / TABLE).exists() else ():
            self.lines[row["key"]] = row
        self._part.seek(0)
        good = 0
        for number, text in enumerate(self._part, start=1):
            if not text.endswith(b"\n"):
                break
            try:
                line = read_json(text)
                self._keep(line)
            except (ValueError, KeyError, TypeError) as exc:
                raise PeerError(f"{self.folder / PART}: line {number} is not what vsmlab writes") from exc
            good += len(text)
        self._part.truncate(good)
        self._part.seek(0, os.SEEK_END)

    def has(self, key: str) -> bool:
        """Whether this run is there and did not fail: a run that failed is tried again."""
        return key in self.lines and self.lines[key]["status"] == "done"

    def add(self, line: Line) -> None:
        """Keep what became of a run. Once this returns, no kill of this process loses it."""
        if self.has(line["key"]):
            return  # made twice, because a worker was believed dead: the runs are the same
        self._part.write(json.dumps(line, ensure_ascii=False, allow_nan=False).encode() + b"\n")
        self._part.flush()
        self._keep(line)

    def _keep(self, line: Line) -> None:
        values = line.get("values", {})
        places = self._places.setdefault(tuple(values), {name: k for k, name in enumerate(values)})
        told = Values(places, np.fromiter(values.values(), np.float64, len(values)))
        self.lines[line["key"]] = {**line, "values": told}

    def finish(self, table: pa.Table) -> Path:
        """Write the table of all runs and drop the lines that it is made of."""
        import pyarrow.parquet as pq

        path = self.folder / TABLE
        hidden = path.with_name(f".{TABLE}.{secrets.token_hex(4)}")
        try:
            pq.write_table(table, hidden, compression="zstd")
            hidden.replace(path)
        finally:
            hidden.unlink(missing_ok=True)
        (self.folder / PART).unlink(missing_ok=True)
        return path

    def close(self) -> None:
        """Let others write here."""
        self._part.close()


def read_asked(folder: Path) -> dict[str, Any]:
    """What was asked in an experiment's folder.

    Raises:
        InputError: If it is none.
        PeerError: If it cannot be read.
    """
    path = folder / ASKED
    if not path.is_file():
        wrong = "not a sweep" if folder.is_dir() else "there is no such folder"
        raise InputError(str(folder), ASKED, wrong, right="name a folder that `vsmlab sweep` wrote")
    try:
        asked = read_json(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as exc:
        raise PeerError(f"{path}: cannot be read: {exc}") from exc
    if not isinstance(asked, dict) or asked.get("format") != FORMAT:
        raise PeerError(f"{path}: not what this vsmlab writes")
    return asked


def read_rows(folder: Path) -> list[Line]:
    """The rows of a finished table as lines.

    Raises:
        PeerError: If the table cannot be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = folder / TABLE
    try:
        table = pq.read_table(path)
        settings = json.loads((table.schema.metadata or {})[b"settings"])
    except (pa.ArrowException, OSError, KeyError, ValueError) as exc:
        raise PeerError(f"{path}: not a table that can be read: {exc}") from exc
    measures = [name for name in table.column_names if name not in FIXED and name not in settings]
    places = {name: place for place, name in enumerate(measures)}
    numbers = np.empty((table.num_rows, len(measures)))
    for name, place in places.items():
        numbers[:, place] = table.column(name).to_numpy()  # none becomes NaN
    told = table.select(["key", *TOLD]).to_pylist()
    return [{**row, "values": Values(places, numbers[k])} for k, row in enumerate(told)]


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under another name and rename it: it is there whole or not at all."""
    hidden = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        hidden.write_bytes(content)
        hidden.replace(path)
    finally:
        hidden.unlink(missing_ok=True)
