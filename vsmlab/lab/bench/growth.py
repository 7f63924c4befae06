"""How the compiled engine's cost grows with the organisation: from 85 systems to more than a million."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from vsmlab.errors import InputError, PeerError
from vsmlab.lab.bench.measuring import LIMIT_S, absent_peers, folder
from vsmlab.lab.bench.works import SEED
from vsmlab.lab.report.table import Table

MEBIBYTE: Final = 2**20
DEEPEST: Final = 10


@dataclass(frozen=True, slots=True)
class Growth:
    """How much of it is measured.

    Attributes:
        depths: Of the reduced organisation; every cost is told against that of the first.
        events: About so many at each depth.
        repetitions: How often each depth is built and run.
    """

    depths: tuple[int, ...]
    events: int
    repetitions: int

    def __post_init__(self) -> None:
        if not self.depths:
            raise InputError("growth", "depths", "no depth is named", given="()", right="such as (3, 4)")
        for name, values, most in (
            ("depths", self.depths, DEEPEST),
            ("events", (self.events,), 10**9),
            ("repetitions", (self.repetitions,), 1_000),
        ):
            for value in values:
                if not 1 <= value <= most:
                    raise InputError("growth", name, "out of range", given=value, right=f"1 to {most}")


GROWTH: Final = Growth(tuple(range(3, DEEPEST + 1)), 10_000_000, 3)
QUICK_GROWTH: Final = Growth(tuple(range(3, 9)), 1_000_000, 2)


def measure_growth(growth: Growth, *, tell: Callable[[str], None] = lambda _: None) -> list[dict[str, Any]]:
    """Build and run each depth in a process of its own, all depths in turn, and again.

    Returns:
        Of each depth medians over the repetitions, and how many times more an event costs than at the first
        depth, as the median over repetitions in which both were measured one after the other.

    Raises:
        PeerError: If the compiled engine is not here, a process fails, or one depth has two digests.
    """
    missing = absent_peers(["compiled"])
    if missing:
        raise PeerError(f"growth: the compiled engine is not here: {missing['compiled']}")
    tell("compiling, if it must be")
    _once(1, 1)
    runs: dict[int, list[dict[str, Any]]] = {depth: [] for depth in growth.depths}
    for number in range(growth.repetitions):
        for depth in growth.depths:
            tell(f"{number + 1} of {growth.repetitions}: depth {depth}")
            runs[depth].append(_once(depth, growth.events))
    first = runs[growth.depths[0]]
    return [_row(depth, told, first) for depth, told in runs.items()]


def _once(depth: int, events: int) -> dict[str, Any]:
    asked = json.dumps({"depth": depth, "events": events, "seed": SEED})
    call = [sys.executable, str(folder() / "growth.py"), asked]
    try:
        done = subprocess.run(call, capture_output=True, text=True, timeout=LIMIT_S, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as exc:
        raise PeerError(f"growth at depth {depth}: not done after {LIMIT_S:g} s") from exc
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or ["no word"])[-1]
        raise PeerError(f"growth at depth {depth}: {said}")
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def _row(depth: int, told: list[dict[str, Any]], first: list[dict[str, Any]]) -> dict[str, Any]:
    if len({one["digest"] for one in told}) > 1:
        raise PeerError(f"growth at depth {depth}: two runs of one seed wrote two journals")

    def middle(name: str) -> float:
        return float(statistics.median(one[name] for one in told))

    def an_event(one: dict[str, Any], what: str) -> float:
        return 1e6 * float(one[what]) / int(one["events"])

    row: dict[str, Any] = {
        "depth": depth,
        "systems": told[0]["systems"],
        "build_cpu_s": middle("build_cpu_s"),
    }
    row["events"] = told[0]["events"]
    for what, name in (("cpu_s", "event"), ("loop_cpu_s", "loop")):
        row[f"us_per_{name}"] = statistics.median(an_event(one, what) for one in told)
        row[f"{name}_ratio"] = statistics.median(
            an_event(one, what) / an_event(least, what) for one, least in zip(told, first, strict=True)
        )
    return row | {"peak_bytes": middle("peak_bytes"), "digest": told[0]["digest"]}


def growth_table(rows: list[dict[str, Any]]) -> Table:
    """One line a depth."""
    columns = (
        "depth", "systems", "build CPU [s]", "events", "an event, CPU [us]", "times the first",
        "without journal's digest [us]", "times the first", "peak RSS [MiB]",
    )  # fmt: skip
    drawn = tuple(
        (
            one["depth"],
            one["systems"],
            one["build_cpu_s"],
            one["events"],
            one["us_per_event"],
            one["event_ratio"],
            one["us_per_loop"],
            one["loop_ratio"],
            one["peak_bytes"] / MEBIBYTE,
        )
        for one in rows
    )
    return Table("Growth of the reduced organisation on the compiled engine", columns, drawn)
