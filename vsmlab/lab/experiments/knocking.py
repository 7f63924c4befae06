"""Knock-out studies: what each System and each channel is worth, alone and in pairs, on the same seeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vsmlab.errors import InputError
from vsmlab.lab.build import build
from vsmlab.lab.experiments.carrying_out import Progress
from vsmlab.lab.experiments.plan import Plan
from vsmlab.lab.experiments.points import Design
from vsmlab.lab.experiments.results import Sweep
from vsmlab.lab.experiments.sweep import carried_out, how, prepared
from vsmlab.lab.knockouts import Effect, also_out, called
from vsmlab.lab.loader import Loaded, Traces
from vsmlab.lab.scenario import Knockout
from vsmlab.laws import kinds as k
from vsmlab.mechanisms.intervals import Estimate, mean_interval

if TYPE_CHECKING:
    import pandas as pd

SYSTEMS: Final = ("system2", "system3", "audit", "system4", "system5")
"""Systems that are knocked out, by role; ``audit`` is System 3*."""
WHOLE: Final = "nothing"
"""What the point is called at which all is there."""
MEASURES: Final = ("mean_wait_s", "p95_wait_s", "served")
"""What is looked at in the root unless other measures are named."""


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


def knockout(
    scenario: Loaded | str | Path | Mapping[str, object],
    *,
    pairs: bool = False,
    by_path: bool = False,
    replications: int | None = None,
    until: float | None = None,
    overrides: Sequence[str] = (),
    trace: Traces | None = None,
    warmup: float | str | None = None,
    measure: Sequence[str] | None = None,
    out: str | Path | None = None,
    under: str | Path | None = None,
    keep_journals: bool = False,
    workers: int | None = None,
    dask: str | None = None,
    progress: Progress | None = None,
    tell: Callable[[str], None] | None = None,
) -> Knockouts:
    """Knock each System and each channel out, by itself, on the same seeds.

    What the scenario knocks out itself stays so throughout. The folder has the figure, ``knockouts.html`` and
    ``knockouts.svg``.

    Args:
        scenario: As for ``sweep``.
        pairs: Every two of them together, too.
        by_path: Each System of each node, too, not only all of a role together.
        replications: Seeds, 10 if unsaid.
        until: As for ``sweep``, like all that follows but the measures.
        overrides: ``a.b.c=VALUE`` each.
        trace: A file, or files by stream.
        warmup: Seconds, or ``"mser5"``.
        measure: Dotted paths; mean and 95th percentile of the wait and what was served in the root if unsaid.
        out: Folder.
        under: Folder in which one is named after what is asked.
        keep_journals: Keep the folder of each run, too.
        workers: Processes.
        dask: Address of a Dask scheduler.
        progress: Called after each run.
        tell: Told in a sentence what else takes long.

    Raises:
        InputError: If anything that was given is wrong, or there is nothing to knock out.
    """
    from vsmlab.lab.experiments.figure import write_figure

    loaded, settle = prepared(scenario, until, overrides, trace, warmup)
    root = loaded.scenario.organisation.name
    kept = [f"units.{root}.{name}" for name in MEASURES] if measure is None else measure
    plan = Plan(
        kind="knockout",
        loaded=loaded,
        design=knockouts_of(loaded, pairs=pairs, by_path=by_path),
        **how(loaded, replications, kept),
        settle=settle,
        journals=keep_journals,
    )
    study = carried_out(Knockouts, plan, out, under, workers, dask, progress, tell)
    write_figure(study)
    return study


def knockouts_of(loaded: Loaded, *, pairs: bool = False, by_path: bool = False) -> Design:
    """All that can be knocked out in an organisation, one at a time; the first point has everything.

    Raises:
        InputError: If there is nothing.
    """
    out_already = set(loaded.scenario.knockout)
    receivers = list(loaded.scenario.receivers())
    singles: list[Knockout] = []
    for role in SYSTEMS:
        paths = [path for path in receivers if path.rpartition(".")[2] == role]
        if paths:
            singles.append(Knockout(system=role))
        if by_path and len(paths) > 1:
            singles += [Knockout(system=path) for path in paths]
    sent = {channel for role in build(loaded).roles for channel in k.SENDS[role]}
    singles += [Knockout.model_validate({"channel": k.CHANNEL_NAMES[number]}) for number in sorted(sent)]
    singles = [entry for entry in singles if entry not in out_already]
    if not singles:
        raise InputError(loaded.source, "organisation", "there is nothing to knock out")
    sets: list[tuple[Knockout, ...]] = [(), *((entry,) for entry in singles)]
    sets += combinations(singles, 2) if pairs else []
    points = [
        (also_out(loaded, *(entry.model_dump(exclude_none=True) for entry in entries)),) for entries in sets
    ]
    labels = [" + ".join(called(entry) for entry in entries) or WHOLE for entries in sets]
    return Design("knockouts", ("knockout",), tuple(points), tuple(labels))
