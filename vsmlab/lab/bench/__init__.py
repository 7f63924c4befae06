"""Our engines against their peers: the same work, each peer in a process of its own, in turns."""

from vsmlab.lab.bench.measuring import measure_engines
from vsmlab.lab.bench.page import write_page
from vsmlab.lab.bench.works import FULL, QUICK, Effort, Outcome

__all__ = ["FULL", "QUICK", "Effort", "Outcome", "measure_engines", "write_page"]
