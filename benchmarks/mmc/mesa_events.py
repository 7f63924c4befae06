"""Mesa: an event of its simulator for each arrival and each end of service."""

from __future__ import annotations

import random
from pathlib import Path

from mesa_clock import Clock

from . import ARRIVALS
from .waits import Queue


class Run(Queue):
    def __init__(self, size: dict, journal: str, path: Path | None) -> None:
        clock = self.clock = Clock()
        self.until = 1.5 * size["customers"] / ARRIVALS + 1000.0
        draw = random.Random(size["seed"]).expovariate
        super().__init__(
            size["customers"], draw, clock.now, lambda delay, function: clock.schedule(delay, function, [])
        )

    def run(self, horizon: float) -> None:
        self.clock.run(self.until)
