"""How long the compiled engine takes to be ready: with its machine code in the cache, and without."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from vsmlab.errors import PeerError

READY: Final = "from vsmlab.engines import compiled; compiled.prepare()"
IMPORTED: Final = "from vsmlab.engines import compiled"
TRIVIAL: Final = "import numba\n\n@numba.njit(cache=True)\ndef one(x):\n    return x + 1\n\none(1)\n"


def start_times(repetitions: int, *, cold: bool) -> dict[str, float | None]:
    """Processor seconds of whole processes, medians.

    Args:
        repetitions: How often each warm start is timed.
        cold: Whether compiling into an empty cache is timed too (once).

    Returns:
        ``warm_s`` (our machine code loaded and ready), ``trivial_s`` (a cached function of numba that adds one),
        ``above_trivial_s``, ``import_s`` (our modules alone), ``cold_s`` (None if it was not timed).
    """
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "trivial.py"
        script.write_text(TRIVIAL, encoding="utf-8")
        kinds = {
            "warm_s": [sys.executable, "-c", READY],
            "trivial_s": [sys.executable, str(script)],
            "import_s": [sys.executable, "-c", IMPORTED],
        }
        for call in kinds.values():
            _cpu_of(call)  # fills the caches
        found: dict[str, list[float]] = {name: [] for name in kinds}
        for _ in range(max(3, repetitions)):
            for name, call in kinds.items():
                found[name].append(_cpu_of(call))
        medians: dict[str, float | None] = {name: statistics.median(times) for name, times in found.items()}
        above = [warm - trivial for warm, trivial in zip(found["warm_s"], found["trivial_s"], strict=True)]
        medians["above_trivial_s"] = statistics.median(above)
        medians["cold_s"] = (
            _cpu_of([sys.executable, "-c", READY], cache=Path(folder) / "cache") if cold else None
        )
    return medians


def _cpu_of(call: list[str], cache: Path | None = None) -> float:
    """Processor seconds of one process."""
    surroundings = dict(os.environ)
    if cache is not None:
        surroundings["VSMLAB_CACHE"] = str(cache)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(call, capture_output=True, text=True, env=surroundings, check=False)  # noqa: S603
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise PeerError(f"start-up: {(done.stderr.strip().splitlines() or ['no word'])[-1]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
