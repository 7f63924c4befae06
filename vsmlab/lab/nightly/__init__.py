"""Executions by the clock: notebooks and scenarios run again and again, their measures kept, watched and drawn."""

from vsmlab.lab.nightly.document import Nightly
from vsmlab.lab.nightly.history import Execution, read_history
from vsmlab.lab.nightly.nights import Night, carry_out
from vsmlab.lab.nightly.reading import Planned, read_nightly

__all__ = ["Execution", "Night", "Nightly", "Planned", "carry_out", "read_history", "read_nightly"]
