"""Runs told by their journal alone, quick enough for thirty paired seeds, and the judgement over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vsmlab.engines.choosing import choose, run_plainly
from vsmlab.engines.journal import ROW, Journal
from vsmlab.engines.start import Start
from vsmlab.lab.build import build
from vsmlab.lab.run import resolved
from vsmlab.laws import kinds as k
from vsmlab.mechanisms.intervals import holm, paired_difference, paired_p_value

SEEDS = range(30)


@dataclass(frozen=True)
class Story:
    """The journal of a run, and the organisation as the horizon left it."""

    rows: npt.NDArray[np.void]
    start: Start
    horizon: float

    def identity(self, path: str) -> int:
        return self.start.identities[self.start.paths.index(path)]

    def of(self, kind: int, *at: str) -> npt.NDArray[np.void]:
        """Rows of this kind, where asked for those of some receivers."""
        chosen = self.rows["kind"] == kind
        if at:
            chosen &= np.isin(self.rows["receiver"], [self.identity(path) for path in at])
        return self.rows[chosen]

    def first(self, kind: int, *at: str, since: float = 0.0) -> float:
        """When this fact first was, or the horizon if it never was."""
        dues = self.of(kind, *at)["due"]
        return min((due for due in dues.tolist() if due >= since), default=self.horizon)

    def mean_wait(self, *at: str, since: float) -> float:
        """Mean wait of the tasks accepted since then: until service starts, or the run ends.

        Only where a task is accepted once and stays: nothing is handed on, moved, or given up.
        """
        came, begun = self.of(k.ACCEPTED, *at), self.of(k.STARTED, *at)
        came = came[came["due"] >= since]
        started = dict(zip(begun["task"].tolist(), begun["due"].tolist(), strict=True))
        assert len(set(came["task"].tolist())) == len(came)
        waits = [started.get(row["task"].item(), self.horizon) - row["due"].item() for row in came]
        return sum(waits) / len(waits)


def story(scenario: str, seed: int, until: float, *overrides: str) -> Story:
    """Run a shipped scenario with this seed until then."""
    loaded = resolved(scenario, seed=seed, until=until, overrides=overrides)
    start = build(loaded)
    segments: list[npt.NDArray[np.void]] = []
    engine = choose("auto", start, until)
    run_plainly(engine, start, until, Journal(start.identities, [segments.append]))
    return Story(np.concatenate([np.empty(0, ROW), *segments]), start, until)


def prove(
    least: dict[str, float], whole: dict[str, Sequence[float]], without: dict[str, Sequence[float]]
) -> None:
    """What is taken away makes each measure larger by more than the least said, whole interval, Holm over all."""
    p_values = []
    for name, bound in least.items():
        difference = paired_difference(whole[name], without[name])
        assert difference.low is not None
        assert difference.low > bound >= 0.0, (name, difference)
        p_values.append(paired_p_value(whole[name], without[name]))
    assert max(holm(p_values)) < 0.001
