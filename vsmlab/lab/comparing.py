"""Two runs beside each other: what differs between their scenarios, and between what was measured."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from vsmlab.lab.record import Run
from vsmlab.lab.report.charts import Series, lines
from vsmlab.lab.report.context import Context, context_of, over_time
from vsmlab.lab.report.plot import Chart
from vsmlab.lab.scenario import Scenario

_PARTS: Final = (
    "units", "channels", "systems", "variety", "cohesion", "autonomy", "homeostat", "algedonic", "viability",
)  # fmt: skip
_SAID_APART: Final = ("name", "title", "shows", "lesson", "expect", "version", "engine")
"""Parts of a scenario that change nothing of what happens."""


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
    """

    path: str
    left: float | None
    right: float | None

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
        changes: Where their scenarios differ, by path. Seeds belong to them; names and words do not.
        moved: Their measures, those that moved most first.
        same_journal: Whether the same happened, row for row.
    """

    changes: tuple[Change, ...]
    moved: tuple[Moved, ...]
    same_journal: bool


def compare(left: Run, right: Run) -> Comparison:
    """What differs between two runs.

    Args:
        left: The run to compare with.
        right: The run that is compared.
    """
    return Comparison(
        tuple(scenario_changes(left.manifest["scenario"], right.manifest["scenario"])),
        tuple(measures_moved(left.measures, right.measures)),
        left.digest == right.digest,
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


def measures_moved(left: Mapping[str, Any], right: Mapping[str, Any]) -> list[Moved]:
    """Numbers of two ``measures.json``, those that moved most first; equal ones are in it, too."""
    one, other = _numbers(left), _numbers(right)
    paths = [*one, *(path for path in other if path not in one)]
    moved = [Moved(path, one.get(path), other.get(path)) for path in paths]
    moved = [entry for entry in moved if entry.left is not None or entry.right is not None]
    return sorted(moved, key=lambda entry: (-entry.size, entry.path))


def overlaid(left: Run, right: Run, names: tuple[str, str] = ("A", "B")) -> list[Chart]:
    """The same quantities of both runs over time, over each other: tasks inside, and agents.

    Raises:
        PeerError: If the files of one are not what this version of vsmlab writes.
    """
    both = (context_of(left), context_of(right))
    longer = max(both, key=lambda context: context.history.horizon)
    charts = []
    for title, quantity, of, steps in (
        ("Tasks inside, mean of each part of the run", "tasks", _present, False),
        ("Agents that are there", "agents", _agents, True),
    ):
        found = [of(name, context) for name, context in zip(names, both, strict=True)]
        charts.append(lines(title, found, quantity=quantity, steps=steps, setting=longer.setting))
    return charts


def _present(name: str, context: Context) -> Series:
    edges = context.edges
    return over_time(name, (edges[:-1] + edges[1:]) / 2, context.history.mean_present(0, edges))


def _agents(name: str, context: Context) -> Series:
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
