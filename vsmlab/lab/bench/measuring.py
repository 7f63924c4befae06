"""Measure: every peer does the work once in turn, and again, so that what else the machine does falls on all."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from vsmlab.errors import InputError, PeerError
from vsmlab.lab.bench.starting import start_times
from vsmlab.lab.bench.works import LOOSE, NEARLY, NEEDS, OTHER, OURS, Effort, Outcome, Work, works

LIMIT_S: Final = 1800.0
"""Longest that one process may take."""
ERLANG_C_WITHIN: Final = 0.25
"""How far a mean wait may be from Erlang C's: a blunder is further, chance at these sizes is not."""
VERSIONS: Final = (
    "vsmlab", "numpy", "numba", "llvmlite", "pyarrow", "simpy", "mesa", "ciw", "asimpy", "cimba",
)  # fmt: skip
Told = Callable[[str], None]


def folder() -> Path:
    """Where the works of the benchmark are.

    Raises:
        InputError: If this installation came without them.
    """
    here = Path(__file__).resolve()
    for place in (here.parents[2] / "_shipped" / "benchmarks", here.parents[3] / "benchmarks"):
        if (place / "one.py").is_file():
            return place
    right = "run it from the source, or install vsmlab from its wheel"
    raise InputError("", "benchmarks", "there is no such folder", given=str(here.parents[3]), right=right)


def absent_peers(names: Sequence[str]) -> dict[str, str]:
    """Peers that cannot be measured here, and why."""
    found = {}
    for name in names:
        missing = [module for module in NEEDS.get(name, ()) if find_spec(module) is None]
        if missing:
            extra = "fast" if name == "compiled" else "bench"
            found[name] = f"{', '.join(missing)} cannot be imported; pip install 'vsmlab[{extra}]'"
    return found


def once(work: Work, peer: str, *, digest: bool) -> dict[str, Any]:
    """One peer, one work, in a process of its own.

    Raises:
        PeerError: If it fails.
    """
    asked = {
        "work": work.kind,
        "peer": peer,
        "size": dict(work.size),
        "journal": work.journal,
        "digest": digest,
    }
    call = [sys.executable, str(folder() / "one.py"), json.dumps(asked)]
    try:
        done = subprocess.run(call, capture_output=True, text=True, timeout=LIMIT_S, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as exc:
        raise PeerError(f"{peer} on {work.name}: not done after {LIMIT_S:g} s") from exc
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or ["no word"])[-1]
        raise PeerError(f"{peer} on {work.name}: {said}")
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def measure_engines(effort: Effort, *, tell: Told = lambda _: None, wanted: Sequence[Work] = ()) -> Outcome:
    """Measure everything.

    Args:
        effort: How much.
        tell: Told in a sentence what is being done.
        wanted: Only these works, and no start-up; everything if none.

    Raises:
        PeerError: If one of our own engines fails.
    """
    plan = list(wanted) or works(effort)
    outcome = Outcome(machine(), asdict(effort))
    outcome.absent = absent_peers(sorted({peer for work in plan for peer in work.peers}))
    for number, work in enumerate(plan, 1):
        tell(f"{number} of {len(plan)}: {work.name}, journal {work.journal}")
        _measure(work, effort.repetitions, outcome)
    if not wanted and "compiled" not in outcome.absent:
        tell("start-up")
        outcome.starts = start_times(effort.repetitions, cold=effort.cold)
    return outcome


def _measure(work: Work, repetitions: int, outcome: Outcome) -> None:
    peers = [peer for peer in work.peers if peer not in outcome.absent]
    runs: dict[str, list[dict[str, Any]]] = {}
    for peer in list(peers):
        try:
            if peer == "compiled":
                once(
                    work, peer, digest=False
                )  # compiles, if it must: its own time and memory are another matter
            runs[peer] = [once(work, peer, digest="digest" in work.same)]
        except PeerError as exc:
            if peer in OURS:
                raise
            outcome.absent[peer] = str(exc)
            peers.remove(peer)
    for _ in range(repetitions - 1):
        for peer in peers:
            runs[peer].append(once(work, peer, digest=False))
    checks, other = check_same(work, {peer: told[0] for peer, told in runs.items()})
    outcome.other_work += [
        {"work": work.name, "journal": work.journal, "peer": peer, "why": why} for peer, why in other.items()
    ]
    for peer, told in runs.items():
        outcome.results.append(
            {"work": work.name, "journal": work.journal, "size": dict(work.size), "peer": peer}
            | summary(told)
            | {"same_work": checks.get(peer, OTHER)}
        )
    for first, second in work.ratios:
        if first in checks and second in checks:
            pairs = list(zip(runs[first], runs[second], strict=True))
            outcome.ratios[work.ratio_name(first, second)] = paired_ratio(
                [(one["cpu_s"] / one["events"], other["cpu_s"] / other["events"]) for one, other in pairs]
            )


def paired_ratio(pairs: Sequence[tuple[float, float]]) -> dict[str, float]:
    """How many times less the first of each pair is than the second: the median over pairs, and its spread.

    >>> paired_ratio([(1.0, 2.0), (1.0, 3.0), (2.0, 8.0)])
    {'median': 3.0, 'lowest': 2.0, 'highest': 4.0, 'pairs': 3}
    """
    ratios = [second / first for first, second in pairs]
    return {
        "median": statistics.median(ratios),
        "lowest": min(ratios),
        "highest": max(ratios),
        "pairs": len(ratios),
    }


def summary(told: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Medians over a peer's repetitions."""
    seconds = [one["cpu_s"] for one in told]
    middle, events = statistics.median(seconds), told[0]["events"]
    return {
        "events": events,
        "cpu_s": middle,
        "lowest_cpu_s": min(seconds),
        "highest_cpu_s": max(seconds),
        "ns_per_event": 1e9 * middle / events if events else None,
        "peak_bytes": statistics.median(one["peak_bytes"] for one in told),
        "before_bytes": statistics.median(one["before_bytes"] for one in told),
        "written_bytes": told[0]["written_bytes"],
        "wait": told[0].get("wait"),
    }


def check_same(work: Work, first: dict[str, dict[str, Any]]) -> tuple[dict[str, str], dict[str, str]]:
    """In what each peer's work is the same as that of the first, and of those that did other work, why.

    The same is "digest", "sums", "events", "in the mean", or "nearly".
    """
    same: dict[str, str] = {}
    other: dict[str, str] = {}
    reference = next(iter(first), "")
    for peer, told in first.items():
        best, wrong = "", ""
        if peer in LOOSE and abs(told["events"] - (there := first[reference]["events"])) < NEARLY * there:
            same[peer] = "nearly"
            continue
        for what in work.same:
            mine, theirs = told.get(what), first[reference].get(what)
            if mine is None or theirs is None:
                continue
            if mine != theirs:
                wrong = wrong or f"{peer} has {what} {mine}, {reference} has {theirs}"
            best = what
        if told.get("wait") is not None:
            expected = _erlang_c_wait()
            if abs(told["wait"] / expected - 1.0) > ERLANG_C_WITHIN:
                wrong = wrong or f"{peer} has a mean wait of {told['wait']:g} s, Erlang C {expected:g} s"
            best = "in the mean"
        (other if wrong else same)[peer] = wrong or best
    return same, other


def _erlang_c_wait() -> float:
    """The mean wait of the M/M/c of ``benchmarks/mmc``: 2.4 arrivals a second, three servers of one second."""
    from vsmlab.mechanisms.queueing import erlang_c

    return erlang_c(3, 2.4) / (3 - 2.4)


def machine() -> dict[str, Any]:
    """Where it was measured."""
    versions = {}
    for name in VERSIONS:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "system": platform.system(),
        "versions": versions,
        "when": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    }


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
