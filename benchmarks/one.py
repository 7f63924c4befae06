"""One peer, one work, in a process of its own: ``python one.py '{"work": ..., "peer": ...}'`` prints a line of JSON.

Building is outside the clock, so is compiling. A quick peer does the work several times, until the clock has
something to tell; what is told is the mean of a run.
"""

from __future__ import annotations

import gc
import importlib
import json
import sys
import tempfile
import time
from pathlib import Path

ENOUGH = 0.25
"""Processor seconds after which the work is not repeated."""
AT_MOST = 12

PEERS = {
    "compiled": ("ours", "compiled"),
    "simpy-engine": ("ours", "simpy_engine"),
    "simpy-idiomatic": ("simpy_idiomatic", "Run"),
    "simpy-mailbox": ("simpy_mailbox", "Run"),
    "simpy-callbacks": ("simpy_callbacks", "Run"),
    "mesa": ("mesa_events", "Run"),
    "asimpy": ("asimpy_processes", "Run"),
    "ciw": ("ciw_network", "Run"),
    "cimba": ("cimba_model", "Run"),
    "cimba-events": ("cimba_events", "Run"),
    "bare-callbacks": ("bare_callbacks", "Run"),
}


def peak_bytes() -> int:
    """The most memory that this process had; what Linux tells of itself, since ``getrusage`` inherits."""
    try:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return 1024 * int(line.split()[1])
    except OSError:
        pass
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def warm_parquet(folder: Path) -> None:
    """Write a row, so that what pyarrow imports at its first write is outside the clock, as all imports are."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"a": pa.array(np.zeros(1))}), folder / "warm.parquet", compression="zstd")


def measure(asked: dict) -> dict:
    """Do the work; returns what it took and what it made."""
    module, name = PEERS[asked["peer"]]
    make = getattr(importlib.import_module(f"{asked['work']}.{module}"), name)
    size, journal = asked["size"], asked["journal"]
    spent, times, before = 0.0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        if journal == "disk":
            warm_parquet(Path(folder))
        while not times or (spent < ENOUGH and times < AT_MOST):
            path = Path(folder) / f"journal-{times}.parquet" if journal == "disk" else None
            run = make(size, journal, path)
            gc.collect()
            before = before or peak_bytes()
            begin = time.process_time()
            run.run(size.get("horizon", 0.0))
            spent += time.process_time() - begin
            times += 1
            written = path.stat().st_size if path is not None else 0
            if path is not None:
                path.unlink()
    told = {"cpu_s": spent / times, "runs": times, "events": run.handled, "before_bytes": before}
    told |= {"peak_bytes": peak_bytes(), "written_bytes": written}
    for extra in ("wait", "rows"):
        if hasattr(run, extra):
            told[extra] = getattr(run, extra)
    if asked.get("digest"):
        told["digest"] = run.digest() if hasattr(run, "digest") else None
    if hasattr(run, "sums"):
        told["sums"] = run.sums()
    return told


if __name__ == "__main__":
    print(json.dumps(measure(json.loads(sys.argv[1]))))
