"""cimba as its README teaches it: a process of arrivals, servers that take from a store. Its own random numbers."""

# No `from __future__ import annotations`: cimba reads the annotations of its models when it compiles them.
from pathlib import Path

import cimba as cb
import cimba.random as chance

from . import ARRIVALS, SERVERS, SERVICE

GAP, TIME = 1.0 / ARRIVALS, 1.0 / SERVICE


class Station(cb.Model):
    customers: cb.Param[int]
    queue: cb.Store[float]
    waited: float = 0.0
    began: int = 0
    mean: cb.Output[float]
    count: cb.Output[float]

    @cb.process
    def arrivals(self):
        for _ in range(self.customers):
            cb.hold(chance.exponential(GAP))
            self.queue.put(cb.now())

    @cb.process(copies=SERVERS)
    def server(self):
        while True:
            came = self.queue.get()
            self.waited += cb.now() - came
            self.began += 1
            cb.hold(chance.exponential(TIME))

    @cb.on_end
    def tell(self):
        self.mean = self.waited / self.began
        self.count = float(self.began)


class Run:
    model = Station

    def __init__(self, size: dict, journal: str, path: Path | None) -> None:
        small, self.station = self.model(), self.model()
        small.customers, self.station.customers = 10, size["customers"]
        cb.Experiment(small, seed=1).run(workers=1)  # compiles outside the clock
        self.experiment = cb.Experiment(self.station, seed=size["seed"])

    def run(self, horizon: float) -> None:
        self.results = self.experiment.run(workers=1)

    def _told(self, name: str) -> float:
        return float(getattr(self.results[self.station], name).values.ravel()[0])

    @property
    def handled(self) -> int:
        return 2 * int(self._told("count"))

    @property
    def wait(self) -> float:
        return self._told("mean")
