"""A finished experiment: its table, what each point gave, and what differs between points, with intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vsmlab.errors import InputError, PeerError
from vsmlab.lab.experiments.points import Design
from vsmlab.lab.experiments.sensitivity import Share, sobol_shares
from vsmlab.lab.experiments.store import FIXED, TABLE, read_asked
from vsmlab.lab.tables import did_you_mean
from vsmlab.mechanisms.intervals import (
    Estimate,
    holm,
    mean_interval,
    paired_difference,
    paired_p_value,
)
from vsmlab.mechanisms.pairing import Gain, variance_ratio
from vsmlab.mechanisms.stopping import relative_half_width

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Difference:
    """What a measure is more at one point than at another, run by run with the same seeds.

    Attributes:
        point: Number of the point.
        against: Number of the point that it is compared with.
        measure: Dotted path.
        first: The measure at `against`, by seed.
        second: The measure at `point`, by the same seeds.
        p: Two-sided p of the paired t test, by itself.
        holm: The same, corrected for all differences that were asked for together.
    """

    point: int
    against: int
    measure: str
    first: tuple[float, ...]
    second: tuple[float, ...]
    p: float
    holm: float

    @property
    def estimate(self) -> Estimate:
        """Mean difference with Student's 95 % interval."""
        return paired_difference(self.first, self.second)

    @property
    def gain(self) -> Gain:
        """What common random numbers gained: the ratio of variances, independent over paired."""
        return variance_ratio(self.first, self.second)


class Sweep:
    """The folder of a finished sweep.

    Args:
        folder: A folder that ``vsmlab.sweep`` or ``vsmlab sweep`` wrote.

    Raises:
        InputError: If it is none, or not finished.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.asked: dict[str, Any] = read_asked(self.folder)
        if not (self.folder / TABLE).is_file():
            right = "give the command that began it again: it goes on from there"
            raise InputError(str(folder), TABLE, "the sweep is not finished", right=right)
        self.design = Design(
            self.asked["design"],
            tuple(self.asked["settings"]),
            tuple(tuple(values) for values in self.asked["points"]),
            tuple(self.asked["labels"]),
        )

    def __repr__(self) -> str:
        """Name, points and runs."""
        name, points = self.asked["name"], len(self.design.points)
        return f"Sweep({name!r}, points={points}, runs={len(self.table)}, failed={len(self.failed)})"

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a run: its point, replication and seed, the settings, what ran it, every measure kept."""
        import pandas as pd

        try:
            return pd.read_parquet(self.folder / TABLE)
        except (OSError, ValueError) as exc:
            raise PeerError(f"{self.folder / TABLE}: cannot be read: {exc}") from exc

    @property
    def measures(self) -> list[str]:
        """Dotted paths of the measures in the table."""
        beside = {*FIXED, *self.asked["settings"]}
        return [name for name in self.table.columns if name not in beside]

    @property
    def failed(self) -> pd.DataFrame:
        """The rows of the runs that failed: ``reason`` says why."""
        return self.table[self.table["status"] != "done"]

    def values(self, point: int, measure: str) -> dict[int, float]:
        """A measure at a point by replication, where it has a value.

        Raises:
            InputError: If there is no such point or measure.
        """
        if not 0 <= point < len(self.design.points):
            right = f"0 to {len(self.design.points) - 1}"
            raise InputError("", "point", "there is no such point", given=point, right=right)
        if measure not in self.table.columns or measure in FIXED:
            right = did_you_mean(measure, self.measures).strip("; ") or "see `measures`"
            raise InputError("", "measure", "not in the table", given=repr(measure), right=right)
        return self._values.get((point, measure)) or self._read(point, measure)

    @cached_property
    def _values(self) -> dict[tuple[int, str], dict[int, float]]:
        return {}

    def _read(self, point: int, measure: str) -> dict[int, float]:
        rows = self.table[self.table["point"] == point]
        pairs = zip(rows["replication"].tolist(), rows[measure].tolist(), strict=True)
        found = {int(r): float(value) for r, value in pairs if value is not None and math.isfinite(value)}
        self._values[point, measure] = found
        return found

    def mean(self, point: int, measure: str) -> Estimate:
        """A measure at a point: its mean over the replications with Student's 95 % interval."""
        return mean_interval(list(self.values(point, measure).values()))

    def means(self, measures: str | Sequence[str]) -> pd.DataFrame:
        """A row for each point and measure: mean, 95 % interval, relative half-width, replications."""
        import pandas as pd

        rows = []
        for measure in _listed(measures):
            for point, values in enumerate(self.design.points):
                mean = self.mean(point, measure)
                rows.append({
                    "point": point, **dict(zip(self.design.settings, values, strict=True)), "measure": measure,
                    "mean": mean.value, "from": mean.low, "to": mean.high,
                    "relative half-width": relative_half_width(mean), "n": mean.n, "why not": mean.reason,
                })  # fmt: skip
        return pd.DataFrame(rows)

    def differences(self, measures: str | Sequence[str], *, against: int = 0) -> list[Difference]:
        """What each other point has more of each measure than one point, paired by seed.

        Holm's correction is over all of them together: points times measures.

        Args:
            measures: Dotted paths.
            against: The point to compare with.
        """
        found: list[Difference] = []
        for measure in _listed(measures):
            below = self.values(against, measure)
            for point in range(len(self.design.points)):
                if point == against:
                    continue
                above = self.values(point, measure)
                both = sorted(set(below) & set(above))
                first, second = tuple(below[r] for r in both), tuple(above[r] for r in both)
                p = paired_p_value(first, second)
                found.append(Difference(point, against, measure, first, second, p, p))
        corrected = holm([one.p for one in found])
        return [
            Difference(one.point, one.against, one.measure, one.first, one.second, one.p, p)
            for one, p in zip(found, corrected, strict=True)
        ]

    def compare(self, measures: str | Sequence[str], *, against: int = 0) -> pd.DataFrame:
        """`differences` as a table: difference, 95 % interval, p, Holm's p, variance ratio, pairs."""
        import pandas as pd

        rows = []
        for one in self.differences(measures, against=against):
            estimate, gain = one.estimate, one.gain
            rows.append({
                "point": self.design.name(one.point), "against": self.design.name(one.against),
                "measure": one.measure, "more": estimate.value, "from": estimate.low, "to": estimate.high,
                "p": one.p, "Holm's p": one.holm, "variance ratio": gain.ratio, "n": estimate.n,
                "why not": estimate.reason or gain.reason,
            })  # fmt: skip
        return pd.DataFrame(rows)

    def sensitivity(self, measure: str) -> list[Share]:
        """Which setting moves a measure, of a ``saltelli`` design: Sobol's indices with 95 % intervals.

        They are of the mean over the replications: what is left of chance in it adds to the total indices.

        Raises:
            InputError: If the design is another, or the measure has no value at some point.
        """
        if self.asked["design"] != "saltelli":
            given = self.asked["design"]
            raise InputError("", "design", "has no Sobol indices", given=given, right="design='saltelli'")
        means = [self.mean(point, measure).value for point in range(len(self.design.points))]
        known = [value for value in means if value is not None]
        if len(known) < len(means):
            name = self.design.name(means.index(None))
            raise InputError("", "measure", f"{measure} has no value at {name}")
        return sobol_shares(known, len(self.design.settings), seed=self.asked["seed"])

    @property
    def shown(self) -> list[str]:
        """The measures that were asked for by name, else the mean wait and the performance of the root."""
        asked = self.asked["measures"]
        if asked is not None:
            return [name for name in asked if name in self.table.columns]
        root = self.asked["scenario"]["organisation"]["name"]
        names = [f"units.{root}.{name}" for name in ("mean_wait_s", "performance")]
        return [name for name in names if name in self.table.columns]


def _listed(measures: str | Sequence[str]) -> list[str]:
    return [measures] if isinstance(measures, str) else list(measures)
