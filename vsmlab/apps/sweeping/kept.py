"""Earlier experiments in the folder of sweeps: what each asked, how far it came, and how it is gone on with."""

from __future__ import annotations

import json
import math
import re
import statistics
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from vsmlab.apps.lab import Lab
from vsmlab.apps.sweeping.asking import MOST_RUNS, MOST_SEEDS, SEEDS, order_of
from vsmlab.apps.sweeping.work import WANTED, plan_of
from vsmlab.errors import InputError, VsmLabError
from vsmlab.lab.experiments.knocked import Knockouts
from vsmlab.lab.experiments.results import Sweep
from vsmlab.lab.experiments.store import ASKED, PART, QUESTION, TABLE, read_asked
from vsmlab.lab.places import scenarios_folder
from vsmlab.lab.report.numerals import counted
from vsmlab.lab.strict_json import read_json

SWEEPS: Final = "sweeps"
MOST_SHOWN: Final = 100
_NAME: Final = re.compile(r"[^./\\\x00][^/\\\x00]{0,254}")


@dataclass(frozen=True, slots=True)
class Kept:
    """An experiment that is kept.

    Attributes:
        name: Its folder's.
        changed: When it was last written.
        wrong: Why it cannot be read; empty if it can.
        varied: What was varied, in words.
        done: Runs that are there.
        wanted: Seeds that were asked for; 0 where that is not known.
        finished: Whether its table is there.
    """

    name: str
    changed: float
    wrong: str = ""
    kind: str = "sweep"
    scenario: str = ""
    varied: str = ""
    points: int = 0
    done: int = 0
    failed: int = 0
    wanted: int = 0
    finished: bool = False

    @property
    def when(self) -> str:
        """When it was written, to the minute, in local time."""
        return datetime.fromtimestamp(self.changed, UTC).astimezone().strftime("%Y-%m-%d %H:%M")


def sweeps_of(lab: Lab) -> Path:
    """The folder that ``vsmlab sweep`` writes to, too."""
    return lab.here / SWEEPS


def folder_of(lab: Lab, name: str) -> Path:
    """The folder of an experiment.

    Raises:
        InputError: If there is none of this name.
    """
    folder = sweeps_of(lab) / name
    if not _NAME.fullmatch(name) or not folder.is_dir() or folder.is_symlink():
        raise InputError("", "experiment", "there is no such experiment", given=name, right="see the list")
    return folder


def all_kept(lab: Lab) -> list[Kept]:
    """Every experiment in the folder, the newest first."""
    try:
        inside = sorted(sweeps_of(lab).iterdir())
    except OSError:
        return []
    found = []
    for folder in inside:
        asked = folder / ASKED
        if folder.name.startswith(".") or folder.is_symlink() or not asked.is_file():
            continue
        stamps = []
        for name in (ASKED, PART, TABLE, WANTED):
            try:
                status = (folder / name).stat()
                stamps.append((status.st_mtime_ns, status.st_size))
            except OSError:
                stamps.append((0, 0))
        found.append(_read(folder, tuple(stamps)))
    return sorted(found, key=lambda one: -one.changed)


@lru_cache(maxsize=512)
def _read(folder: Path, stamps: tuple[tuple[int, int], ...]) -> Kept:
    changed = max(time for time, _ in stamps) / 1e9
    try:
        asked = read_asked(folder)
        finished = (folder / TABLE).is_file()
        done, failed = _counted(folder)
        return Kept(
            folder.name,
            changed,
            kind=str(asked["kind"]),
            scenario=str(asked["name"]),
            varied=_varied(asked),
            points=len(asked["points"]),
            done=done,
            failed=failed,
            wanted=wanted_of(folder),
            finished=finished,
        )
    except VsmLabError as exc:
        return Kept(folder.name, changed, wrong=str(exc))
    except (KeyError, TypeError, ValueError, OSError) as exc:
        return Kept(folder.name, changed, wrong=f"not what vsmlab writes ({type(exc).__name__}: {exc})")


def _varied(asked: dict[str, Any]) -> str:
    if asked["kind"] == "knockout":
        return f"{counted(len(asked['points']) - 1, 'knock-out')}, one at a time"
    told = []
    for number, path in enumerate(asked["settings"]):
        values = list(dict.fromkeys(json.dumps(point[number]) for point in asked["points"]))
        shown = ", ".join(value.strip('"') for value in values[:6])
        told.append(f"{path} = {shown}{' …' if len(values) > 6 else ''}")
    return "; ".join(told)


def _counted(folder: Path) -> tuple[int, int]:
    """Runs that are there, and those among them that failed."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    status: dict[str, str] = {}
    try:
        if (folder / TABLE).is_file():
            table = pq.read_table(folder / TABLE, columns=["key", "status"])
            status = dict(zip(table["key"].to_pylist(), table["status"].to_pylist(), strict=True))
    except (pa.ArrowException, KeyError) as exc:
        raise ValueError(f"its table cannot be read ({type(exc).__name__})") from exc
    if (folder / PART).is_file():
        with (folder / PART).open("rb") as lines:
            for line in lines:
                if line.endswith(b"\n"):
                    said = read_json(line)
                    status[said["key"]] = said["status"]
    failed = sum(one != "done" for one in status.values())
    return len(status), failed


def wanted_of(folder: Path) -> int:
    """How many seeds were asked for; 0 where that is not known."""
    try:
        said = read_json((folder / WANTED).read_text(encoding="utf-8"))["replications"]
    except (OSError, ValueError, KeyError, TypeError):
        return 0
    return said if isinstance(said, int) and not isinstance(said, bool) and 0 < said <= MOST_SEEDS else 0


def opened(folder: Path) -> Sweep:
    """A finished experiment.

    Raises:
        InputError: If it is not finished.
    """
    kind = read_asked(folder).get("kind")
    return Knockouts(folder) if kind == "knockout" else Sweep(folder)


def going_on(lab: Lab, name: str, seeds: str) -> dict[str, Any]:
    """What the worker is told so that an experiment is gone on with: what is there is not run again.

    Args:
        lab: Its folders.
        name: The experiment.
        seeds: Seeds of each point, as somebody wrote it; what was asked for if empty.

    Raises:
        InputError: If it is another experiment by now: another vsmlab, or other files.
    """
    folder = folder_of(lab, name)
    asked = read_asked(folder)
    many = seeds.strip() or str(wanted_of(folder) or SEEDS)
    if not (many.isascii() and many.isdecimal() and len(many) < 9 and 1 <= int(many) <= MOST_SEEDS):
        raise InputError("", "seeds", "not a number of seeds", given=many, right=f"1 to {MOST_SEEDS:,}")
    if len(asked["points"]) * int(many) > MOST_RUNS:
        raise InputError("", "seeds", "too many runs", given=many, right=f"at most {MOST_RUNS:,}")
    order = {
        "experiment": str(asked["kind"]),
        "plain": asked["scenario"],
        "source": str(asked["source"]),
        "files": {},
        "design": asked["design"],
        "settings": asked["settings"],
        "points": asked["points"],
        "labels": asked["labels"],
        "replications": int(many),
        "measures": asked["measures"],
        "settle": asked["warmup"] == "mser5",
        "journals": bool(asked["journals"]),
    }
    wrong: VsmLabError | None = None
    for base in (lab.here, scenarios_folder()):
        try:
            plan = plan_of({**order, "base": str(base)})
        except VsmLabError as exc:  # its files do not lie here
            wrong = wrong or exc
            continue
        now = json.loads(json.dumps(plan.asked()))
        differs = [called for part, called in QUESTION.items() if now[part] != asked.get(part)]
        if not differs:
            return {**order_of(plan, folder.parent), "folder": str(folder.absolute())}
        right = "begin it anew: it gets a folder of its own"
        wrong = InputError(
            "", name, f"it cannot be gone on with: another {' and '.join(differs)} by now", right=right
        )
    assert wrong is not None
    raise wrong


def pace(lab: Lab, scenario: str) -> float | None:
    """Seconds of work for a second of model time, by the newest finished experiment with a scenario."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for one in all_kept(lab):
        if one.scenario != scenario or not one.finished:
            continue
        folder = sweeps_of(lab) / one.name
        try:
            took = pq.read_table(folder / TABLE, columns=["wall_seconds"])["wall_seconds"].to_pylist()
            horizon = float(read_asked(folder)["horizon"])
        except (pa.ArrowException, OSError, ValueError, KeyError, TypeError, VsmLabError):
            continue
        known = [value for value in took if value is not None and value > 0.0]
        if known and math.isfinite(horizon) and horizon > 0.0:
            return statistics.fmean(known) / horizon
    return None
