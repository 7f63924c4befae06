"""How the live page keeps up: events a second that it shows, frames a second, and how soon a click is answered.

``python tools/bench_live.py [--scenario NAME] [--place 41]``: starts the lab, opens the page in a headless Chromium,
plays two hundred times as fast as the clock (some 10,000 events a second) and clicks on operations and Systems in the
diagram, one after another; a click is answered when the panel beside the diagram shows what was clicked on. It needs
playwright and a Chromium.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "apps"))

FRAMES = """() => { window.frames_ = []; let last = performance.now();
  const next = () => { const now = performance.now(); window.frames_.push(now - last); last = now;
    requestAnimationFrame(next); }; requestAnimationFrame(next); }"""
CLICK = """(paths) => new Promise((done) => {
  const find = (at) => { for (const one of at.querySelectorAll("*")) {
    if (one.matches(".view")) return one;
    if (one.shadowRoot) { const found = find(one.shadowRoot); if (found) return found; } } };
  const root = find(document), head = () => root.querySelector("[data-part=choice] h2")?.textContent;
  const path = paths.find((one) => one !== head() && root.querySelector(`svg [data-path="${one}"]`));
  const began = performance.now();
  root.querySelector(`svg [data-path="${path}"]`).dispatchEvent(new MouseEvent("click", { bubbles: true }));
  const look = () => head() === path ? done(performance.now() - began) : setTimeout(look, 4);
  look(); })"""


def main() -> int:
    """Measure, and say what was measured."""
    from browser import launched, open_page, serving, until, window  # type: ignore[import-not-found]

    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--scenario", default="algedonic-escalation")
    asked.add_argument("--level", nargs="*", default=["hospital", "emergency"], help="how far down, by name")
    asked.add_argument("--seconds", type=float, default=10.0)
    asked.add_argument(
        "--place", type=int, default=23, help="of the speed: 23 is 200 times, 41 is as fast as it can"
    )
    given = asked.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        launched() as chromium,
        serving(Path(folder) / "here") as served,
        window(chromium, served) as page,
    ):
        open_page(page, served, "/live", scenario=given.scenario)
        page.locator("svg.diagram").wait_for()
        for name in given.level:
            page.get_by_role("button", name=f"Into {name}").click()
            page.locator(".crumbs [aria-current=page]", has_text=name).wait_for()
        paths = page.eval_on_selector_all(
            "svg.diagram [role=button][data-path]",
            "all => all.map(one => one.dataset.path).filter(one => one.includes('.') && !one.startsWith('channel'))",
        )
        slider = page.get_by_label("Speed")
        slider.evaluate(
            "(one, at) => { one.value = at; one.dispatchEvent(new Event('change', {bubbles: true})); }",
            given.place,
        )
        page.get_by_role("button", name="Play", exact=True).click()
        until(lambda: shown(page, "rows") > 1000, "it plays")
        page.evaluate(FRAMES)
        rows, flushes, began, clicks = shown(page, "rows"), flushed(page), time.monotonic(), []
        while time.monotonic() - began < given.seconds:
            clicks.append(float(page.evaluate(CLICK, paths)))
            page.wait_for_timeout(120)
        took = time.monotonic() - began
        rows, flushes = shown(page, "rows") - rows, flushed(page) - flushes
        frames = sorted(page.evaluate("window.frames_"))
        over = page.get_by_role("button", name="Pause", exact=True).count() == 0
    clicks.sort()
    late = clicks[int(0.95 * len(clicks))]
    print(
        f"{given.scenario}, {took:.1f} s"
        + (" (the run came to its end: less was to be shown)" if over else "")
    )
    print(f"events shown     {rows / took:>10,.0f} a second ({rows:,} rows of the journal)")
    print(f"flushes          {flushes / took:>10.1f} a second (a tick is 100 ms)")
    print(
        f"click to answer  {statistics.median(clicks):>10.0f} ms median, {late:.0f} ms p95, {len(clicks)} clicks"
    )
    print(f"frames           {len(frames) / took:>10.1f} a second, {frames[len(frames) // 2]:.0f} ms median, "
          f"{frames[int(0.95 * len(frames))]:.0f} ms p95")  # fmt: skip
    return 0


def shown(page: Any, what: str) -> int:  # noqa: ANN401 - a window
    """A count as the page has it."""
    return int(page.locator(f"[data-count={what}]").inner_text().replace(",", ""))


def flushed(page: Any) -> int:  # noqa: ANN401 - a window
    """Flushes that have reached the page."""
    return int(page.locator(".view").get_attribute("data-flush"))


if __name__ == "__main__":
    sys.exit(main())
