"""Two runs beside each other: what differs between their scenarios, and between what was measured."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from vsmlab.lab.comparing_acts import ByHand, by_hand
from vsmlab.lab.comparing_times import common_edges, common_setting
from vsmlab.lab.measures.fields import PARTS
from vsmlab.lab.record import Run
from vsmlab.lab.report.charts import Series, lines
from vsmlab.lab.report.context import Context, context_of, over_time
from vsmlab.lab.report.plot import Chart
from vsmlab.lab.scenario import Scenario
from vsmlab.lab.series import Floats

_PARTS: Final = (
    "units", "channels", "systems", "variety", "cohesion", "autonomy", "homeostat", "algedonic", "viability",
)  # fmt: skip
_SAID_APART: Final = ("name", "title", "shows", "lesson", "expect", "version", "engine")
"""Parts of a scenario that change nothing of what happens."""
_BY_HAND: Final = "operator"
_ADD_UP: Final = ("tasks", "messages", "count", "agents", "USD")
"""Units of measures that grow with the time that is measured, unless they are one of these."""
_STATES: Final = (
    "in_progress_at_start", "in_progress", "waiting_at_end", "mean_in_progress", "mean_queue", "agents_at_end",
    "imbalance_rms", "best_fixed_split", "u_std", "hunting_amplitude", "variables",
)  # fmt: skip
TOTALS: Final = {
    part: frozenset(
        name
        for name, (unit, _) in PARTS[part].items()
        if unit in _ADD_UP and name not in _STATES and not name.endswith("_interval")
    )
    for part in _PARTS
}
"""By part of ``measures.json``: what is counted over the measured time, so that a longer time has more of it."""

Window = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Change:
    """A field of the scenario that is not the same.

    Attributes:
        path: Its dotted path.
        left: What the first run's scenario says; None where it says nothing.
        right: What the second's says.
    """

    path: str
    left: object
    right: object


@dataclass(frozen=True, slots=True)
class Moved:
    """A measure of both runs, or of one of them.

    Attributes:
        path: Its dotted path.
        left: In the first run; None where it was not estimable, or not there.
        right: In the second.
        per_second: Whether these are totals over the measured seconds, which are not as many in both.
    """

    path: str
    left: float | None
    right: float | None
    per_second: bool = False

    @property
    def difference(self) -> float | None:
        """Second less first."""
        return None if self.left is None or self.right is None else self.right - self.left

    @property
    def relative(self) -> float | None:
        """The difference as a share of the first; None where that is 0 or not known."""
        if self.left is None or self.right is None or self.left == 0.0:
            return None
        return (self.right - self.left) / abs(self.left)

    @property
    def size(self) -> float:
        """How much it moved: the difference over the larger of both, 0 to 2; below 0 where it cannot be said.

        >>> Moved("a", 1.0, 3.0).size == Moved("a", 3.0, 1.0).size
        True
        """
        if self.left is None or self.right is None:
            return -1.0
        largest = max(abs(self.left), abs(self.right))
        return 0.0 if largest == 0.0 else abs(self.right - self.left) / largest


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs beside each other.

    Attributes:
        changes: Where their scenarios differ, by path. Seeds belong to them; names and words do not, nor does
            what was done by hand.
        moved: Their measures, those that moved most first. Where not as many seconds are measured in both,
            what is counted over these is per second.
        same_journal: Whether the same happened, row for row.
        windows: From when to when each is measured, in seconds.
        by_hand: What was done by hand, in words.
    """

    changes: tuple[Change, ...]
    moved: tuple[Moved, ...]
    same_journal: bool
    windows: tuple[Window, Window]
    by_hand: ByHand

    @property
    def same_window(self) -> bool:
        """Whether both are measured from and to the same moments."""
        return self.windows[0] == self.windows[1]

    @property
    def per_second(self) -> bool:
        """Whether totals are per second, because not as many seconds are measured in both."""
        return _length(self.windows[0]) != _length(self.windows[1])


def compare(left: Run | str | Path, right: Run | str | Path) -> Comparison:
    """What differs between two runs: in their scenarios, in what was done by hand, and in what was measured.

    Args:
        left: The run to compare with, or its folder.
        right: The run that is compared, or its folder.

    Raises:
        InputError: If a folder is no run.
    """
    left, right = (run if isinstance(run, Run) else Run(run) for run in (left, right))
    scenarios = (left.manifest["scenario"], right.manifest["scenario"])
    windows = (_window(left), _window(right))
    changes = (change for change in scenario_changes(*scenarios) if change.path.partition(".")[0] != _BY_HAND)
    return Comparison(
        tuple(changes),
        tuple(measures_moved(left.measures, right.measures, windows)),
        left.digest == right.digest,
        windows,
        by_hand(*scenarios),
    )


def scenario_changes(left: Mapping[str, Any], right: Mapping[str, Any]) -> list[Change]:
    """Fields that two scenarios say otherwise, however they are spelled.

    >>> scenario_changes({"seed": 1, "a": {"b": 2}}, {"seed": 1, "a": {"b": 3}})
    [Change(path='a.b', left=2, right=3)]
    """
    one, other = dict(_leaves(_meant(left))), dict(_leaves(_meant(right)))
    paths = [*one, *(path for path in other if path not in one)]
    return [
        Change(path, one.get(path), other.get(path))
        for path in paths
        if one.get(path) != other.get(path) and path.partition(".")[0] not in _SAID_APART
    ]


def measures_moved(
    left: Mapping[str, Any], right: Mapping[str, Any], windows: tuple[Window, Window] | None = None
) -> list[Moved]:
    """Numbers of two ``measures.json``, those that moved most first; equal ones are in it, too.

    Args:
        left: The first.
        right: The second.
        windows: From when to when each is measured; totals are per second where one is longer.
    """
    one, other = _numbers(left), _numbers(right)
    long = (1.0, 1.0) if windows is None else (_length(windows[0]), _length(windows[1]))
    paths = [*one, *(path for path in other if path not in one)]
    moved = [_beside(path, one.get(path), other.get(path), long) for path in paths]
    moved = [entry for entry in moved if entry.left is not None or entry.right is not None]
    return sorted(moved, key=lambda entry: (-entry.size, entry.path))


def _beside(path: str, left: float | None, right: float | None, long: tuple[float, float]) -> Moved:
    if long[0] == long[1] or not _is_total(path):
        return Moved(path, left, right)
    one = None if left is None else left / long[0]
    other = None if right is None else right / long[1]
    return Moved(path, one, other, per_second=True)


def _is_total(path: str) -> bool:
    part, _, rest = path.partition(".")
    return rest.rpartition(".")[2] in TOTALS[part]


def _window(run: Run) -> Window:
    return float(run.manifest["warmup"]), float(run.manifest["horizon"])


def _length(window: Window) -> float:
    return window[1] - window[0]


def overlaid(left: Run, right: Run, names: tuple[str, str] = ("A", "B")) -> list[Chart]:
    """The same quantities of both runs over time, over each other: tasks inside, and agents.

    Raises:
        PeerError: If the files of one are not what this version of vsmlab writes.
    """
    both = dict(zip(names, (context_of(left), context_of(right)), strict=True))
    edges, setting = common_edges(both), common_setting(both)
    charts = []
    for title, quantity, of, steps in (
        ("Tasks inside, mean of each part of the run", "tasks", _present, False),
        ("Agents that are there", "agents", _agents, True),
    ):
        found = [of(name, context, edges[name]) for name, context in both.items()]
        charts.append(lines(title, found, quantity=quantity, steps=steps, setting=setting))
    return charts


def _present(name: str, context: Context, edges: Floats) -> Series:
    return over_time(name, (edges[:-1] + edges[1:]) / 2, context.history.mean_present(0, edges))


def _agents(name: str, context: Context, edges: Floats) -> Series:
    there = context.history.agents_present(0)
    times = [*there.times.tolist(), context.history.horizon]
    values = there.values.tolist()
    return Series(name, times, [*values, values[-1] if values else None])


def _meant(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """A scenario as it is meant; as it is written, where this version does not read it."""
    try:
        return Scenario.model_validate(dict(raw)).model_dump(mode="json", exclude_defaults=True)
    except ValidationError:
        return raw


def _leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping) and value:
        for name, part in value.items():
            yield from _leaves(part, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple) and value:
        for at, part in enumerate(value):
            yield from _leaves(part, f"{path}.{at}" if path else str(at))
    else:
        yield path, value


def _numbers(measures: Mapping[str, Any]) -> dict[str, float | None]:
    """Numbers by path; intervals and words are left out."""
    found: dict[str, float | None] = {}
    for part in _PARTS:
        for path, value in _leaves(measures.get(part) or {}, part):
            last = path.rpartition(".")[2]
            if last.isdecimal() or isinstance(value, bool | str):
                continue
            if value is None:
                found[path] = None
            elif isinstance(value, int | float) and math.isfinite(value):
                found[path] = float(value)
    return found
