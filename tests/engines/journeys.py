"""Small scenarios in memory, run on the reference engine, and what their journal says of each task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from vsmlab.engines import simpy_engine
from vsmlab.engines.journal import ROW, Journal
from vsmlab.engines.start import Start
from vsmlab.lab.build import build
from vsmlab.lab.loader import load
from vsmlab.laws import kinds as k
from vsmlab.laws.identity import identity

Mapping = dict[str, Any]


def scenario(organisation: Mapping, demand: Mapping, *, horizon: float, **rest: Any) -> Mapping:
    """A scenario as a mapping; the organisation's name is ``desk`` where it has none."""
    frame = {"version": 1, "name": "test", "title": "A test", "horizon": horizon, "seed": 1}
    named = {"name": "desk", **organisation}
    return {**frame, "environment": {"demand": demand}, "organisation": named, **rest}


def stream(*, to: Any = "desk", work: Any = 1.0, **rest: Any) -> Mapping:
    """A demand stream: Poisson arrivals, one a second, unless said otherwise."""
    if not {"arrivals", "trace", "profile"} & set(rest):
        rest["arrivals"] = {"poisson": {"rate": 1.0}}
    return {"to": to, **({} if work is None else {"work": work}), **rest}


@dataclass(frozen=True)
class Story:
    """What happened: the journal's rows, and the agenda and tables as the horizon left them."""

    rows: npt.NDArray[np.void]
    agenda: simpy_engine.Agenda
    start: Start
    digest: str

    def of(self, *kinds: int, at: str | None = None) -> npt.NDArray[np.void]:
        """Rows of these kinds, in order, where asked for those of one receiver."""
        chosen = np.isin(self.rows["kind"], kinds)
        if at is not None:
            chosen &= self.rows["receiver"] == identity(at)
        return self.rows[chosen]

    def dues(self, *kinds: int, at: str | None = None) -> list[float]:
        """When rows of these kinds happened."""
        return self.of(*kinds, at=at)["due"].tolist()

    def life(self, number: int, name: str = "work") -> list[tuple[float, str]]:
        """The facts about one task of a stream (counted from 1) but old tickets: when and what."""
        task = ((identity(f"environment.{name}") & 0xFFFFFF) << 38) | number
        kind = self.rows["kind"]
        mine = self.rows[(self.rows["task"] == task) & (kind >= k.FACTS) & (kind != k.EXPIRED)]
        return [(row["due"].item(), k.NAME_OF[row["kind"].item()]) for row in mine]


def tell(mapping: Mapping, *, engine: Any = simpy_engine, **own: Any) -> Story:
    """Run a scenario in memory on one of the engines' modules; ``own`` goes to its ``run``."""
    loaded = load(mapping)
    start = build(loaded)
    segments: list[npt.NDArray[np.void]] = []
    journal = Journal(start.identities, [lambda rows: segments.append(rows.copy())])
    agenda = engine.run(start, loaded.scenario.horizon, journal, **own)
    rows = np.concatenate(segments) if segments else np.empty(0, ROW)
    return Story(rows, agenda, start, journal.digest)
