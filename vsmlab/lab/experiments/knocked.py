"""What a knock-out study found: effects with their intervals, corrected for all that were looked at together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vsmlab.lab.experiments.results import Sweep
from vsmlab.lab.knockouts import Effect
from vsmlab.mechanisms.intervals import Estimate, mean_interval

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Row:
    """What one knock-out did to one measure, corrected for all that were looked at together.

    Attributes:
        effect: The runs with and without.
        holm: Holm's p over all knock-outs times measures.
        alone: For a pair, how much more it does than both alone, added; None for a single one.
    """

    effect: Effect
    holm: float
    alone: Estimate | None = None


class Knockouts(Sweep):
    """The folder of a finished knock-out study."""

    def effects(self, measures: str | Sequence[str] | None = None) -> list[Row]:
        """What each knock-out did to each measure.

        Args:
            measures: Dotted paths; those that were asked for if unsaid.
        """
        wanted = self.shown if measures is None else [measures] if isinstance(measures, str) else measures
        differences = self.differences(list(wanted))
        labels = [self.design.name(point) for point in range(len(self.design.points))]
        rows = []
        for one in differences:
            name = labels[one.point]
            effect = Effect(self.asked["name"], name, one.measure, one.first, one.second)
            parts = [labels.index(part) for part in name.split(" + ")] if " + " in name else []
            alone = self._beyond(one.point, parts, one.measure) if parts else None
            rows.append(Row(effect, one.holm, alone))
        return rows

    def _beyond(self, both: int, parts: Sequence[int], measure: str) -> Estimate:
        """A pair's effect less the effects of its parts: pair - one - other + whole, by seed."""
        found = [self.values(point, measure) for point in (both, *parts, 0)]
        common = sorted(set.intersection(*(set(values) for values in found)))
        pair, one, other, none = found
        return mean_interval([pair[r] - one[r] - other[r] + none[r] for r in common])

    def ranking(self, measures: str | Sequence[str] | None = None) -> pd.DataFrame:
        """`effects` as a table: both means, difference, ratio, 95 % intervals, Holm's p."""
        import pandas as pd

        rows = []
        for row in self.effects(measures):
            effect, more, ratio = row.effect, row.effect.difference, row.effect.ratio
            there, missing = mean_interval(effect.having), mean_interval(effect.missing)
            beyond = row.alone or Estimate(None, None, None, 0, "")
            rows.append({
                "without": effect.knockout, "measure": effect.measure,
                "there": there.value, "knocked out": missing.value,
                "more": more.value, "from": more.low, "to": more.high,
                "ratio": ratio.value, "ratio from": ratio.low, "ratio to": ratio.high,
                "Holm's p": row.holm, "n": more.n,
                "more than both alone": beyond.value, "alone from": beyond.low, "alone to": beyond.high,
            })  # fmt: skip
        return pd.DataFrame(rows)
