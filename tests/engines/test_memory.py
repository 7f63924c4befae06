"""The journal streams: a run of ten million rows stays under a gigabyte (slow)."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

PROGRAM = """
import json, resource, vsmlab
run = vsmlab.run("mm3", until=530_000.0)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"rows": run.manifest["counts"]["rows"], "peak_bytes": peak * 1024, "good": run.verify().good}))
"""


@pytest.mark.slow
def test_ten_million_rows_stay_under_a_gigabyte():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=900
    )
    said = json.loads(done.stdout)
    assert said["rows"] > 10_000_000
    assert said["good"]
    assert said["peak_bytes"] < 1_000_000_000
