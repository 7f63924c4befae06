"""What each page of the lab costs in memory: of the server with all that it started, opened again and again.

``make bench-memory`` or ``python tools/bench_memory.py [OPENINGS] [RUNS]``: starts ``vsmlab app`` in a folder with so
many runs (copies of one) and one of the flagship scenario with its journal, opens each page in windows that are closed
again, plays the live page for ten seconds as fast as it can. It needs a Chromium, whose own memory does not count: on
a Binder it is on somebody else's machine.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "apps"))

OPENINGS = 4
RUNS = 300
FULL_SPEED = 41


def prepare(runs: Path, copies: int) -> None:
    """A run of the flagship scenario, and many of a small one."""
    from vsmlab import run

    run("llm-fleet", out=runs / "fleet")
    run("oscillating-siblings", out=runs / "siblings-0", until=900.0)
    for number in range(1, copies - 1):
        shutil.copytree(runs / "siblings-0", runs / f"siblings-{number}")


def play(page: Any) -> None:  # noqa: ANN401 - Playwright has no types here
    """Let the live page go on for ten seconds as fast as it can."""
    speed = page.get_by_label("Speed").first
    speed.evaluate(
        "(one, place) => { one.value = place; one.dispatchEvent(new Event('input', {bubbles: true}));"
        " one.dispatchEvent(new Event('change', {bubbles: true})); }",
        FULL_SPEED,
    )
    page.get_by_role("button", name="Play").first.click()
    page.wait_for_timeout(10_000)


def main() -> None:
    """Print a line for each page."""
    from browser import SHEET, launched, open_page, serving, window  # type: ignore[import-not-found]

    from vsmlab.lab.nightly.processes import descendants, resident

    openings = int(sys.argv[1]) if len(sys.argv) > 1 else OPENINGS
    copies = int(sys.argv[2]) if len(sys.argv) > 2 else RUNS
    drawn = ".react-flow__node"
    pages: list[tuple[str, str, dict[str, str], bool]] = [
        ("/", SHEET, {}, False),
        ("/canvas", drawn, {}, False),
        ("/canvas", drawn, {"scenario": "llm-fleet"}, False),
        ("/live", "svg.diagram", {"scenario": "oscillating-siblings"}, True),
        ("/live", "svg.diagram", {"scenario": "llm-fleet"}, True),
        ("/spawning", SHEET, {}, False),
        ("/sweep", SHEET, {"scenario": "llm-fleet"}, False),
        ("/runs", SHEET, {}, False),
        ("/run", SHEET, {"name": "fleet"}, False),
        ("/compare", SHEET, {"a": "fleet", "b": "siblings-0"}, False),
    ]
    with tempfile.TemporaryDirectory() as folder, launched() as chromium:
        here = Path(folder) / "here"
        (here / "runs").mkdir(parents=True)
        prepare(here / "runs", copies)
        with serving(here) as served:
            server = served.process.pid

            def held() -> int:
                return resident([server, *descendants(server)])[0]

            print(f"{'started':34} {held() / 1e6:5.0f} MB")
            for route, wait_for, said, plays in pages:
                seen = []
                for _ in range(openings):
                    with window(chromium, served) as page:
                        open_page(page, served, route, wait_for=wait_for, **said)
                        if plays:
                            play(page)
                        seen.append(held())
                name = route + "".join(f" {value}" for value in said.values())
                print(f"{name:34} " + ", ".join(f"{one / 1e6:4.0f}" for one in seen) + " MB")
            print(f"{'every window closed':34} {held() / 1e6:5.0f} MB")


if __name__ == "__main__":
    main()
