"""SimPy with bare callbacks: a timeout for each event, no process and no resource."""

from __future__ import annotations

import random
from pathlib import Path

import simpy
from simpy.events import Timeout

from .waits import Queue


class Run(Queue):
    def __init__(self, size: dict, journal: str, path: Path | None) -> None:
        env = self.env = simpy.Environment()

        def after(delay, function) -> None:
            Timeout(env, delay).callbacks.append(function)

        super().__init__(size["customers"], random.Random(size["seed"]).expovariate, lambda: env._now, after)

    def run(self, horizon: float) -> None:
        self.env.run()
