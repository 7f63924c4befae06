"""Our engines against their peers: the same work, each peer in a process of its own, in turns."""

from vsmlab.lab.bench.growth import GROWTH, QUICK_GROWTH, Growth, growth_table, measure_growth
from vsmlab.lab.bench.measuring import measure_engines
from vsmlab.lab.bench.page import write_page
from vsmlab.lab.bench.works import FULL, QUICK, Effort, Outcome

__all__ = [
    "FULL",
    "GROWTH",
    "QUICK",
    "QUICK_GROWTH",
    "Effort",
    "Growth",
    "Outcome",
    "growth_table",
    "measure_engines",
    "measure_growth",
    "write_page",
]
