"""SimPy as its documentation teaches it: a process for each customer, who requests a resource."""

from __future__ import annotations

import random
from pathlib import Path

import simpy

from . import ARRIVALS, SERVERS, SERVICE
from .waits import Waits


class Run(Waits):
    def __init__(self, size: dict, journal: str, path: Path | None) -> None:
        super().__init__()
        env = self.env = simpy.Environment()
        servers, draw, waits = (
            simpy.Resource(env, SERVERS),
            random.Random(size["seed"]).expovariate,
            self.waits,
        )

        def customer():
            came = env.now
            with servers.request() as request:
                yield request
                waits.append(env.now - came)
                yield env.timeout(draw(SERVICE))

        def source():
            for _ in range(size["customers"]):
                yield env.timeout(draw(ARRIVALS))
                env.process(customer())

        env.process(source())

    def run(self, horizon: float) -> None:
        self.env.run()
