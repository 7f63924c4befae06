"""How an event's cost grows: ``python growth.py '{"depth": ...}'`` builds and runs one depth and prints a line of JSON.

The reduced organisation is built as records and run on the compiled engine; the journal's digest is made, and
its rows are let go. Importing and compiling are outside the clock, building has its own.
"""

from __future__ import annotations

import gc
import json
import sys
import time

from loops import CHAINED
from one import peak_bytes
from recursive.kinds import shape
from recursive.ours import MODEL, Mine

from vsmlab.engines.compiled.machine_code import compiled_loop

PER_SYSTEM = 2.4
"""Events a second of one system, or a little less: what the horizon is found with."""


def measure(asked: dict) -> dict:
    """Build and run once; returns what it took."""
    compiled_loop(MODEL)
    systems, _ = shape(asked["depth"])
    horizon = asked["events"] / (PER_SYSTEM * systems)
    begin = time.process_time()
    run = Mine(asked, CHAINED, None)
    built = time.process_time()
    gc.collect()
    whole, loop = time.process_time(), time.thread_time()
    run.run(horizon)
    return {
        "systems": systems,
        "build_cpu_s": built - begin,
        "events": run.handled,
        "cpu_s": time.process_time() - whole,
        "loop_cpu_s": time.thread_time() - loop,
        "peak_bytes": peak_bytes(),
        "digest": run.journal.digest,
    }


if __name__ == "__main__":
    print(json.dumps(measure(json.loads(sys.argv[1]))))
