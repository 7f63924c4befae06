"""How long it takes until the canvas is there: from asking for the page to its first nodes, several openings.

``make bench-canvas`` or ``python tools/bench_canvas.py [OPENINGS]``; it needs a Chromium.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "apps"))

SCENARIOS = ("", "llm-fleet", "zombies")


def main() -> None:
    """Print a line for each scenario."""
    from browser import launched, serving, window  # type: ignore[import-not-found]

    openings = int(sys.argv[1]) if len(sys.argv) > 1 else 6
    with (
        tempfile.TemporaryDirectory() as folder,
        launched() as chromium,
        serving(Path(folder) / "here") as lab,
    ):
        for scenario in SCENARIOS:
            taken = []
            for _ in range(openings):
                with window(chromium, lab) as page:  # a new one knows nothing of the page yet
                    begin = time.perf_counter()
                    page.goto(lab.address("/canvas", **({"scenario": scenario} if scenario else {})))
                    page.locator(".react-flow__node").first.wait_for(state="visible")
                    taken.append(time.perf_counter() - begin)
            first, rest = taken[0], taken[1:]
            shown = ", ".join(f"{seconds:.2f}" for seconds in rest)
            middle = statistics.median(taken)
            name = scenario or "a new canvas"
            print(
                f"{name:12}  first {first:.2f} s, then {shown} s; median {middle:.2f} s, longest {max(taken):.2f} s"
            )


if __name__ == "__main__":
    main()
