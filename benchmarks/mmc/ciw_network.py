"""Ciw: a network of one node. Its own random numbers, and a record of each customer."""

from __future__ import annotations

from pathlib import Path

import ciw

from . import ARRIVALS, SERVERS, SERVICE
from .waits import Waits


class Run(Waits):
    def __init__(self, size: dict, journal: str, path: Path | None) -> None:
        super().__init__()
        ciw.seed(size["seed"])
        network = ciw.create_network(
            arrival_distributions=[ciw.dists.Exponential(ARRIVALS)],
            service_distributions=[ciw.dists.Exponential(SERVICE)],
            number_of_servers=[SERVERS],
        )
        self.simulation, self.customers = ciw.Simulation(network), size["customers"]

    def run(self, horizon: float) -> None:
        self.simulation.simulate_until_max_customers(self.customers, method="Finish")
        self.waits = [record.waiting_time for record in self.simulation.get_all_records()][: self.customers]
