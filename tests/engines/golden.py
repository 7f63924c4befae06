"""Golden digests: what every shipped scenario's journal was, over its first stretch, and small whole organisations'.

Renew them, after a change that is meant to change journals, with ``python tests/engines/golden.py``.
"""

import json
import sys
from pathlib import Path

from vsmlab.engines import simpy_engine
from vsmlab.engines.journal import Journal
from vsmlab.lab.build import build
from vsmlab.lab.loader import load, shipped_scenarios

sys.path.insert(0, str(Path(__file__).parent))  # where this is run as a module

from small_scenarios import loaded_small

FILE = Path(__file__).with_name("golden.json")
STRETCH = 120.0
"""Seconds of each scenario, or its horizon where that is shorter."""


WHOLE = ("small-whole", "small-faults", "small-children")
"""Small scenarios in which every law is at work within a few minutes."""


def stretch(name: str) -> dict[str, int | float | str]:
    """Seconds, rows and digest of a scenario's first stretch; small whole organisations are run to their end."""
    loaded = loaded_small(name) if name in WHOLE else load(name)
    start = build(loaded)
    seconds = min(STRETCH, loaded.scenario.horizon)
    if name in WHOLE:
        seconds = loaded.scenario.horizon
    journal = Journal(start.identities)
    simpy_engine.run(start, seconds, journal)
    return {"seconds": seconds, "rows": journal.count, "digest": journal.digest}


def renew() -> None:
    """Write the digests of all shipped scenarios."""
    found = {name: stretch(name) for name in [*(shipped.name for shipped in shipped_scenarios()), *WHOLE]}
    FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    renew()
