"""Welch's plot: where a scenario has settled, for the eye, beside where MSER-5 cuts the warm-up."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from vsmlab.errors import InputError, ModelError
from vsmlab.lab.arguments import argument
from vsmlab.lab.experiments.carrying_out import Done, Progress
from vsmlab.lab.experiments.local import Alone, Pool, processors
from vsmlab.lab.experiments.plan import MOST_REPLICATIONS, Plan, known_measures, names_of, whole
from vsmlab.lab.experiments.points import Design
from vsmlab.lab.experiments.sweep import MOST_WORKERS
from vsmlab.lab.experiments.watching import FOLLOWED, PRESENT
from vsmlab.lab.experiments.work import BINS, Line
from vsmlab.lab.loader import Loaded, Traces
from vsmlab.lab.pictures import Picture, picture_of
from vsmlab.lab.report.charts import Series, lines
from vsmlab.lab.report.numerals import duration
from vsmlab.lab.report.plot import Chart
from vsmlab.lab.report.surroundings import Setting
from vsmlab.lab.run import resolved
from vsmlab.lab.series import Floats
from vsmlab.lab.tables import did_you_mean
from vsmlab.mechanisms.intervals import WarmUp, mser5
from vsmlab.mechanisms.smoothing import welch_average

RUNS: Final = 10
NARROW: Final = 40
"""The window, if unsaid: this part of the series on either side, five per cent of it in all."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A warm-up, and what is left of the mean over all runs when it is left out.

    Attributes:
        rule: Whose it is.
        seconds: How long it is.
        observations: So many are left out.
        average: The moving average there; None where it has ended.
        rest: Mean of what remains.
    """

    rule: str
    seconds: float
    observations: int
    average: float | None
    rest: float


@dataclass(frozen=True, slots=True, eq=False)
class Settling:
    """How a measure settles, in the mean over several runs.

    Attributes:
        name: The scenario's.
        measure: What is followed, by its dotted path.
        horizon: Seconds.
        warmup: What the scenario leaves out, seconds.
        runs: How many the means are over.
        failed: Why each run failed that did.
        times: When each observation begins, seconds: a part of the run, or the coming of a task in the mean.
        mean: Mean of each observation over the runs.
        average: Welch's moving average of these means; the last ``window`` have none.
        window: Observations on either side that it is over.
        found: Where MSER-5 cuts the means, or why it does not.
    """

    name: str
    measure: str
    horizon: float
    warmup: float
    runs: int
    failed: tuple[str, ...]
    times: Floats
    mean: Floats
    average: Floats
    window: int
    found: WarmUp

    @property
    def seconds(self) -> float | None:
        """The warm-up that MSER-5 finds; None if it finds none."""
        return None if self.found.observations is None else float(self.times[self.found.observations])

    @property
    def observations(self) -> str:
        """What one observation is."""
        return "parts" if self.measure.endswith(PRESENT) else "tasks"

    def cuts(self) -> list[Cut]:
        """MSER-5's warm-up, if it finds one, the scenario's, and none at all where neither is that."""
        given = int(np.searchsorted(self.times, self.warmup))
        found = [] if self.seconds is None else [self._cut("MSER-5", self.seconds, self.found.observations)]
        if 0 < given < len(self.mean):
            found.append(self._cut("the scenario's", self.warmup, given))
        return found if any(cut.observations == 0 for cut in found) else [*found, self._cut("none", 0.0, 0)]

    def _cut(self, rule: str, seconds: float, first: int | None) -> Cut:
        first = first or 0
        average = float(self.average[first]) if first < len(self.average) else None
        return Cut(rule, seconds, first, average, float(self.mean[first:].mean()))

    def chart(self) -> Chart:
        """The means, thin; their moving average; MSER-5's warm-up, shaded; the mean of what is after it."""
        parts = self.observations == "parts"
        times = self.times + (self.horizon / len(self.times) / 2 if parts else 0.0)
        smooth, every, cut = times[: len(self.average)].tolist(), times.tolist(), self.seconds
        series = [
            Series(f"average over {2 * self.window + 1}", smooth, self.average.tolist()),
            Series(f"mean of {self.runs} runs", every, self.mean.tolist(), thin=True),
        ]
        if cut is not None:
            rest = self.cuts()[0].rest
            series.append(Series("mean of the rest", [cut, self.horizon], [rest, rest]))
        within = 0.0 < self.warmup < self.horizon
        setting = Setting(
            end=self.horizon,
            warmup=cut or 0.0,
            marks=((self.warmup, "the scenario's warm-up"),) if within else (),
        )
        told = "MSER-5 finds no warm-up" if cut is None else f"shaded: MSER-5, {duration(cut)}"
        told += f"; dashed: the scenario's warm-up, {duration(self.warmup)}" if within else ""
        return lines(
            f"Welch's plot of {self.measure}",
            series,
            quantity="tasks present" if parts else "wait",
            unit="" if parts else "s",
            setting=setting,
            foot=told,
        )

    def picture(self) -> Picture:
        """The chart as a drawing that stands alone."""
        return picture_of(self.chart())


def warmup(
    scenario: Loaded | str | Path | Mapping[str, object],
    *,
    measure: str | None = None,
    runs: int = RUNS,
    window: int | None = None,
    until: float | None = None,
    overrides: Sequence[str] = (),
    trace: Traces | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    tell: Callable[[str], None] | None = None,
) -> Settling:
    """Follow a measure over time in several runs, for Welch's plot of its warm-up.

    The runs have the seeds of the pilot runs that ``sweep(warmup="mser5")`` makes: with five of them and without
    a measure, the warm-up is the sweep's.

    Args:
        scenario: A loaded scenario, a YAML file, the name of a shipped one, or a mapping.
        measure: ``units.UNIT.mean_in_progress`` (each thousandth of the run is an observation; that of the root
            if unsaid) or ``units.UNIT.mean_wait_s`` (each task is one, in the order of coming).
        runs: How many, at least two.
        window: Observations on either side that the moving average is over; a fortieth of them if unsaid.
        until: Horizon in seconds, in place of the scenario's.
        overrides: ``a.b.c=VALUE`` each.
        trace: A file, or files by stream, in place of the demand's source.
        workers: Processes; as many as processors if unsaid.
        progress: Called after each run.
        tell: Told in a sentence what else takes long.

    Raises:
        InputError: If anything that was given is wrong.
        ModelError: If fewer than two runs came to their end, or there is nothing to average.

    Reference:
        Welch (1983), The statistical analysis of simulation results, source not checked.
    """
    loaded = resolved(scenario, until=until, overrides=overrides, trace=trace)
    whole("--runs", runs, 2, MOST_REPLICATIONS)
    if workers is not None:
        whole("--workers", workers, 1, MOST_WORKERS)
    followed = _checked(loaded, measure)
    if window is not None:
        parts = followed.endswith(PRESENT)
        _check_window(window, BINS if parts else None, "parts")
    made = _made(loaded, followed, runs, workers, progress, tell)
    failed = tuple(str(line["reason"]) for line in made if line["status"] != "done")
    done = [line for line in made if line["status"] == "done"]
    if len(done) < 2:
        raise ModelError(f"no mean over runs: {len(failed)} of {runs} failed: {failed[0]}")
    count = min(len(line["series"]) for line in done)
    if count < 2:
        right = "give a longer --until, or another --measure"
        raise ModelError(f"nothing to follow: in some run {count} tasks were started; {right}")
    if window is not None:
        _check_window(window, count, "parts" if followed.endswith(PRESENT) else "tasks")
    times, mean = (_mean([line[name][:count] for line in done]) for name in ("times", "series"))
    width = max(1, count // NARROW) if window is None else window
    return Settling(
        name=loaded.scenario.name,
        measure=followed,
        horizon=loaded.scenario.horizon,
        warmup=loaded.scenario.warmup,
        runs=len(done),
        failed=failed,
        times=times,
        mean=mean,
        average=welch_average(mean.tolist(), width),
        window=width,
        found=mser5(mean.tolist()),
    )


def _mean(series: Sequence[Sequence[float]]) -> Floats:
    """The mean of each observation, summed as the sweep sums its pilot runs."""
    return np.array([math.fsum(values) / len(series) for values in zip(*series, strict=True)])


def _checked(loaded: Loaded, measure: str | None) -> str:
    """A measure that can be followed; that of the root if unsaid."""
    known = known_measures(loaded)
    units = list(known["units"])
    if measure is None:
        return f"units.{units[0]}.{PRESENT}"
    can = [f"units.{unit}.{what}" for unit in units for what in FOLLOWED]
    if measure in can:
        return measure
    there = measure in names_of(known)
    wrong = "is not followed over time" if there else "there is no such measure"
    near = "" if there else did_you_mean(str(measure), can)
    right = near.strip() or " or ".join(f"units.UNIT.{what}" for what in FOLLOWED)
    raise InputError(argument("--measure"), "", wrong, given=repr(measure), right=right)


def _check_window(window: object, count: int | None, what: str) -> None:
    whole("--window", window, 1, MOST_REPLICATIONS)
    if count is not None and isinstance(window, int) and window > count // 2:
        right = f"1 to {count // 2:,}: the series has {count:,} {what}"
        raise InputError(argument("--window"), "", "wider than half the series", given=window, right=right)


def _made(
    loaded: Loaded,
    measure: str,
    runs: int,
    workers: int | None,
    progress: Progress | None,
    tell: Callable[[str], None] | None,
) -> list[Line]:
    """What became of each run, in the order of their seeds."""
    plan = Plan("warmup", loaded, Design("grid", (), ((),)), runs, None)
    tasks = [replace(task, watched=measure) for task in plan.pilots(0, runs)]
    base = replace(plan.base, engine=plan.engine(runs, tell))
    many = workers or min(processors(), runs)
    runner = Alone(base) if many == 1 else Pool(base, many)
    lines: dict[str, Line] = {}
    failed = 0
    try:
        for line in runner.run(tasks):
            lines[line["key"]] = line
            failed += line["status"] != "done"
            if progress is not None:
                progress(Done("runs", len(lines), runs, failed))
    finally:
        runner.close()
    return [lines[task.key] for task in tasks]
