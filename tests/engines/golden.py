"""Golden digests: what every shipped scenario's journal was, over its first stretch.

Renew them, after a change that is meant to change journals, with ``python -m tests.engines.golden``.
"""

import json
from pathlib import Path

from vsmlab.engines import simpy_engine
from vsmlab.engines.journal import Journal
from vsmlab.lab.build import build
from vsmlab.lab.loader import load, shipped_scenarios

FILE = Path(__file__).with_name("golden.json")
STRETCH = 120.0
"""Seconds of each scenario, or its horizon where that is shorter."""


def stretch(name: str) -> dict[str, int | float | str]:
    """Seconds, rows and digest of a shipped scenario's first stretch."""
    loaded = load(name)
    start = build(loaded)
    seconds = min(STRETCH, loaded.scenario.horizon)
    journal = Journal(start.identities)
    simpy_engine.run(start, seconds, journal)
    return {"seconds": seconds, "rows": journal.count, "digest": journal.digest}


def renew() -> None:
    """Write the digests of all shipped scenarios."""
    found = {shipped.name: stretch(shipped.name) for shipped in shipped_scenarios()}
    FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    renew()
