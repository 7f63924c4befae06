"""What a System is worth: the same seeds with it and with it knocked out, and what differs, with an interval."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vsmlab.errors import InputError
from vsmlab.lab.expectations import look_up
from vsmlab.lab.loader import Loaded, vary
from vsmlab.lab.run import measures_of, resolved
from vsmlab.lab.scenario import Knockout
from vsmlab.lab.yaml_reader import parse_value
from vsmlab.mechanisms.intervals import Estimate, holm, mean_interval, paired_difference, paired_p_value

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Effect:
    """What one knock-out did to one measure.

    Attributes:
        scenario: Name of the scenario.
        knockout: What was taken away, as the scenario says it: ``system3``, ``channel algedonic``.
        measure: Dotted path of the measure.
        having: The measure with everything there, by seed.
        missing: The measure with it knocked out, by the same seeds.
    """

    scenario: str
    knockout: str
    measure: str
    having: tuple[float, ...]
    missing: tuple[float, ...]

    @property
    def name(self) -> str:
        """Scenario and knock-out."""
        return f"{self.scenario}: {self.knockout}"

    @property
    def difference(self) -> Estimate:
        """Mean over the seeds of knocked out minus there, with Student's 95 % interval."""
        return paired_difference(self.having, self.missing)

    @property
    def ratio(self) -> Estimate:
        """Geometric mean over the seeds of knocked out over there, with a 95 % interval."""
        return paired_ratio(self.having, self.missing)

    @property
    def p(self) -> float:
        """Two-sided p of the paired t test that the mean difference is 0."""
        return paired_p_value(self.having, self.missing)


def measured(
    scenario: Loaded | str | Path | Mapping[str, object],
    measures: Sequence[str],
    seeds: Sequence[int],
    *,
    overrides: Sequence[str] = (),
) -> dict[str, list[float]]:
    """Measures of runs that leave no folder, by measure and then by seed.

    Args:
        scenario: A loaded scenario, a YAML file, the name of a shipped one, or a mapping.
        measures: Dotted paths into the measures, such as ``units.desk.mean_wait_s``.
        seeds: One run each.
        overrides: ``a.b.c=VALUE`` each.

    Raises:
        InputError: If an argument is wrong or a measure of a run has no value.
    """
    loaded = resolved(scenario, overrides=overrides)
    found: dict[str, list[float]] = {measure: [] for measure in measures}
    for seed in seeds:
        plain = measures_of(vary(loaded, overrides=[f"seed={seed}"]))
        for measure, values in found.items():
            value, reason = look_up(plain, measure)
            if value is None:
                raise InputError(loaded.source, measure, f"has no value with seed {seed}: {reason}")
            values.append(value)
    return found


def paired(
    scenario: Loaded | str | Path | Mapping[str, object],
    knockouts: Sequence[str],
    measures: str | Sequence[str],
    seeds: Sequence[int],
    *,
    overrides: Sequence[str] = (),
) -> list[Effect]:
    """What each knock-out by itself does to measures, over the same seeds: common random numbers.

    Args:
        scenario: As for `measured`. What it knocks out itself stays so throughout.
        knockouts: One at a time, each as in a scenario: ``system3``, ``shop.system5``,
            ``{channel: algedonic}``.
        measures: Dotted path of a measure, or of several.
        seeds: Two or more, for an interval.
        overrides: ``a.b.c=VALUE`` each, for all runs alike: a shorter horizon, say.

    Raises:
        InputError: As for `measured`.

    >>> short = ["horizon=300", "warmup=60"]
    >>> effect, = paired("bargain", ["system3"], "units.crew.mean_wait_s", [1, 2, 3], overrides=short)
    >>> effect.name, effect.difference.n
    ('bargain: system3', 3)
    """
    whole = resolved(scenario, overrides=overrides)
    wanted = [measures] if isinstance(measures, str) else list(measures)
    having = measured(whole, wanted, seeds)
    effects = []
    for knockout in knockouts:
        out = json.dumps(also_out(whole, parse_value(knockout, "knockouts")))
        without = vary(whole, overrides=[f"knockout={out}"])
        name = called(without.scenario.knockout[-1])
        for measure, values in measured(without, wanted, seeds).items():
            effects.append(Effect(whole.scenario.name, name, measure, tuple(having[measure]), tuple(values)))
    return effects


def also_out(loaded: Loaded, *entries: object) -> list[object]:
    """What a scenario knocks out itself, and more: the value of its field ``knockout``."""
    return [*(entry.model_dump(exclude_none=True) for entry in loaded.scenario.knockout), *entries]


def called(knockout: Knockout) -> str:
    """A knock-out in words: ``system3``, ``channel algedonic``."""
    return knockout.system or f"channel {knockout.channel}"


def paired_ratio(first: Sequence[float], second: Sequence[float]) -> Estimate:
    """Geometric mean of `second` over `first`, pair by pair, with a 95 % interval from Student's on logarithms.

    >>> round(paired_ratio([1.0, 2.0, 4.0], [2.0, 4.0, 8.0]).value, 6)
    2.0
    """
    method = "paired ratio, Student t on logarithms"
    if len(first) != len(second):
        raise ValueError(f"{len(first)} and {len(second)} runs: pairs are needed")
    if first and min(*first, *second) <= 0.0:
        return Estimate(None, None, None, len(first), method, "not all values are above 0")
    steps = mean_interval([math.log(b) - math.log(a) for a, b in zip(first, second, strict=True)])
    value, low, high = (None if x is None else math.exp(x) for x in (steps.value, steps.low, steps.high))
    return Estimate(value, low, high, steps.n, method, steps.reason)


def table(effects: Sequence[Effect]) -> pd.DataFrame:
    """A row for each effect: both means, difference, ratio, 95 % intervals, Holm's p over all rows."""
    import pandas as pd

    rows = []
    for effect, p in zip(effects, holm([effect.p for effect in effects]), strict=True):
        more, ratio = effect.difference, effect.ratio
        rows.append({
            "scenario": effect.scenario, "without": effect.knockout, "measure": effect.measure,
            "there": math.fsum(effect.having) / len(effect.having),
            "knocked out": math.fsum(effect.missing) / len(effect.missing),
            "more": more.value, "from": more.low, "to": more.high,
            "ratio": ratio.value, "ratio from": ratio.low, "ratio to": ratio.high, "Holm's p": p,
        })  # fmt: skip
    return pd.DataFrame(rows).set_index(["scenario", "without", "measure"])
