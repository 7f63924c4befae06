"""asimpy as its documentation teaches it: a process for each customer, who enters a resource."""

from __future__ import annotations

import random
from pathlib import Path

import asimpy

from . import ARRIVALS, SERVERS, SERVICE
from .waits import Waits


class Run(Waits):
    def __init__(self, size: dict, journal: str, path: Path | None) -> None:
        super().__init__()
        env = self.env = asimpy.Environment()
        servers, draw, waits = (
            asimpy.Resource(env, SERVERS),
            random.Random(size["seed"]).expovariate,
            self.waits,
        )

        class Customer(asimpy.Process):
            async def run(self) -> None:
                came = self.now
                async with servers:
                    waits.append(self.now - came)
                    await self.timeout(draw(SERVICE))

        class Source(asimpy.Process):
            async def run(self) -> None:
                for _ in range(size["customers"]):
                    await self.timeout(draw(ARRIVALS))
                    Customer(env)

        Source(env)

    def run(self, horizon: float) -> None:
        self.env.run()
