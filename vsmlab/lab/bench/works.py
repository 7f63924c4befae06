"""What is measured: the works, their sizes, who does them, and which ratios are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from vsmlab.errors import InputError

Size = Mapping[str, float]

OURS: Final = ("compiled", "simpy-engine")
NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "compiled": ("numba", "llvmlite"),
    "mesa": ("mesa",),
    "asimpy": ("asimpy",),
    "ciw": ("ciw",),
    "cimba": ("cimba", "numba"),
    "cimba-events": ("cimba", "numba"),
}
"""What must be importable for a peer."""

LOOSE: Final = ("bare-callbacks",)
"""Peers that order what is due at one time otherwise, and so do nearly the same work."""
NEARLY: Final = 0.01
"""How many events more or less such a peer may have, as a share."""

OTHER: Final = "other work"
"""What a result says of a peer that did not do the same work; it has no ratio."""

OFF, MEMORY, DISK = "off", "memory", "disk"
"""Journals: none is kept; kept in memory; written to Parquet, with the digest."""
WITH_JOURNAL: Final = " with journal"
"""How the name of a ratio ends where the journal is on disk."""


@dataclass(frozen=True, slots=True)
class Work:
    """One work that several peers do.

    Attributes:
        name: Its name in the results.
        kind: The folder of ``benchmarks/`` that has it.
        size: How much of it.
        journal: Which journal is written.
        peers: Who does it.
        ratios: Pairs of (first, second): how many times less processor time the first takes.
        same: What must be equal of all peers: ``events``, ``sums``, ``digest`` ...
    """

    name: str
    kind: str
    size: Size
    journal: str
    peers: tuple[str, ...]
    ratios: tuple[tuple[str, str], ...]
    same: tuple[str, ...] = ("events",)

    def ratio_name(self, first: str, second: str) -> str:
        """The name of one of its ratios."""
        return f"{self.name}: {first}/{second}{WITH_JOURNAL if self.journal == DISK else ''}"


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured.

    Attributes:
        repetitions: How often everybody does each work.
        horizons: Seconds simulated of the reduced organisation, by depth.
        customers: Customers of M/M/c for everybody.
        many_customers: Customers for those who are compiled.
        deep: Depth of vsmlab's whole model.
        deep_horizon: Seconds simulated of it.
        cold: Whether compiling without a cache is timed.
    """

    repetitions: int
    horizons: Mapping[int, float]
    customers: int
    many_customers: int
    deep: int
    deep_horizon: float
    cold: bool

    def __post_init__(self) -> None:
        for name, value, least in (
            ("repetitions", self.repetitions, 1),
            ("customers", self.customers, 2),
            ("many_customers", self.many_customers, 2),
            ("deep", self.deep, 1),
        ):
            if value < least:
                raise InputError("bench", name, "too small", given=value, right=f"{least} or more")
        if self.deep > 6:
            raise InputError("bench", "deep", "too deep to be built", given=self.deep, right="1 to 6")
        if not self.horizons:
            raise InputError("bench", "horizons", "no depth is named", given="{}", right="such as {3: 800}")
        for depth, seconds in {**self.horizons, self.deep: self.deep_horizon}.items():
            if not 1 <= depth <= 8:
                raise InputError("bench", "horizons", "not a depth", given=depth, right="1 to 8")
            if not 0.0 < seconds < 1e9:
                raise InputError("bench", "horizons", "not a horizon", given=seconds, right="seconds above 0")


FULL: Final = Effort(7, {3: 800.0, 4: 200.0, 5: 50.0}, 60_000, 1_000_000, 4, 300.0, True)
QUICK: Final = Effort(3, {3: 240.0, 4: 60.0, 5: 15.0}, 20_000, 400_000, 4, 60.0, False)

SEED: Final = 2026
PYTHON_PEERS: Final = ("simpy-idiomatic", "simpy-callbacks", "mesa", "asimpy")


def works(effort: Effort) -> list[Work]:
    """Everything that is measured, in order."""
    made = []
    for depth, horizon in effort.horizons.items():
        size = {"depth": depth, "horizon": horizon, "seed": SEED}
        peers = (*OURS, *PYTHON_PEERS, "simpy-mailbox", "cimba")
        named = f"recursive-depth{depth}"
        against = tuple(("compiled", peer) for peer in peers if peer != "compiled")
        made.append(Work(named, "recursive", size, MEMORY, peers, against, ("events", "sums", "digest")))
        made.append(
            Work(
                named, "recursive", size, DISK, (*OURS, "simpy-idiomatic", "simpy-callbacks"),
                (("compiled", "simpy-engine"), ("compiled", "simpy-idiomatic"), ("compiled", "simpy-callbacks")),
                ("events", "sums"),
            )
        )  # fmt: skip
    few = {"customers": effort.customers, "seed": SEED}
    many = {"customers": effort.many_customers, "seed": SEED}
    slow = (*OURS, *PYTHON_PEERS, "ciw")
    made.append(Work("mmc", "mmc", few, OFF, slow, tuple(("compiled", peer) for peer in slow[1:])))
    quick = ("compiled", "cimba", "cimba-events")
    made.append(Work("mmc", "mmc", many, OFF, quick, tuple(("compiled", peer) for peer in quick[1:])))
    deep = {"depth": effort.deep, "horizon": effort.deep_horizon, "seed": SEED}
    named = f"vsmlab-depth{effort.deep}"
    of_ours = (*OURS, "bare-callbacks")
    pairs = (("compiled", "simpy-engine"), ("simpy-engine", "bare-callbacks"))
    made.append(Work(named, "whole", deep, MEMORY, of_ours, pairs))
    made.append(Work(named, "whole", deep, DISK, OURS, pairs[:1]))
    return made


@dataclass(slots=True)
class Outcome:
    """What a bench run found.

    Attributes:
        machine: Processor, versions, and when.
        effort: What was asked for.
        results: For each work and peer: medians, spread, memory, checks.
        ratios: By name: median, lowest, highest, repetitions.
        absent: Peers that are not here, with the reason.
        other_work: Peers that did other work: which work, its journal, who, and in what it differs.
        starts: Start-up and compile times.
        remarks: What the reader should know of a comparison.
    """

    machine: dict[str, Any]
    effort: dict[str, Any]
    results: list[dict[str, Any]] = field(default_factory=list)
    ratios: dict[str, dict[str, float]] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    other_work: list[dict[str, str]] = field(default_factory=list)
    starts: dict[str, float | None] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The outcome for `--json`: ``ratios`` has the medians, ``spread`` the rest."""
        return {
            "machine": self.machine,
            "effort": self.effort,
            "ratios": {name: told["median"] for name, told in self.ratios.items()},
            "spread": self.ratios,
            "results": self.results,
            "absent": self.absent,
            "other_work": self.other_work,
            "starts": self.starts,
            "remarks": self.remarks,
        }
