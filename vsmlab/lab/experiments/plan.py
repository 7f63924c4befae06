"""What an experiment will run: its points checked, its measures known, its runs addressed, its engine chosen."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from vsmlab.engines import compiled
from vsmlab.engines.choosing import AT_FIRST, AT_ONCE, expected_messages
from vsmlab.errors import InputError
from vsmlab.lab.arguments import argument
from vsmlab.lab.build import build
from vsmlab.lab.expectations import look_up
from vsmlab.lab.experiments.points import Design
from vsmlab.lab.experiments.store import FORMAT, QUESTION
from vsmlab.lab.experiments.work import Base, Task, base_of, identity_of, key_of
from vsmlab.lab.loader import Loaded, vary
from vsmlab.lab.measures.all import all_measures, fold_of
from vsmlab.lab.tables import did_you_mean
from vsmlab.mechanisms.stopping import FEWEST

SEEDS: Final = 2**63
PILOT: Final = 2**62
"""Pilot runs have seeds of their own, so far from the others: the warm-up does not hang on what is measured."""
MOST_REPLICATIONS: Final = 1_000_000
_TARGET: Final = re.compile(r"\s*(\S+?)\s*<=\s*([0-9.eE+-]+)\s*(%?)\s*")


@dataclass(frozen=True, slots=True)
class Target:
    """How narrow the interval of a measure shall be.

    Attributes:
        measure: Its dotted path.
        relative: Wished half-width over the mean.
        most: Replications at most.
    """

    measure: str
    relative: float
    most: int


@dataclass(frozen=True)
class Plan:
    """An experiment as it will be carried out.

    Attributes:
        kind: ``sweep`` or ``knockout``.
        loaded: The scenario.
        design: The points.
        replications: Runs at each point; with a target, before it is first asked whether they suffice.
        measures: Dotted paths to keep; every number if None.
        target: When to stop; None after the replications.
        settle: Whether the warm-up is to be found by MSER-5; else it is the scenario's.
        journals: Whether each run's folder is kept.
    """

    kind: str
    loaded: Loaded
    design: Design
    replications: int
    measures: tuple[str, ...] | None
    target: Target | None = None
    settle: bool = False
    journals: bool = False
    points: tuple[Loaded, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Check every point as a run of it would, before there is any."""
        known: dict[str, str] = {}
        points = []
        for number in range(len(self.design.points)):
            here = self._at(number)
            points.append(here)
            identity = identity_of(here.scenario)
            name = self.design.name(number)
            if identity in known and self.design.kind not in ("knockouts", "saltelli"):
                wrong = f"{name} means the same as {known[identity]}"
                raise InputError(argument("--over"), "", wrong, right="leave one of them out")
            known[identity] = name
        object.__setattr__(self, "points", tuple(points))

    def _at(self, number: int) -> Loaded:
        try:
            here = vary(self.loaded, overrides=self.design.overrides(number))
            build(here)
        except InputError as exc:
            source, place = exc.source.replace("overrides (--set", "over (--over"), exc.place
            if "--over" not in source:
                source = f"at the point {self.design.name(number)}: {source}"
            raise InputError(source, place, exc.wrong, given=exc.given, right=exc.right) from exc
        return here

    @cached_property
    def base(self) -> Base:
        """What all runs share, but for the engine and where journals go."""
        return base_of(self.loaded, measures=self.measures)

    def seed(self, replication: int, *, pilot: bool = False) -> int:
        """The seed of a replication, the same at every point: the scenario's, the next, and so on."""
        return (self.loaded.scenario.seed + replication + (PILOT if pilot else 0)) % SEEDS

    def tasks(self, point: int, replications: range, warmup: float | None) -> list[Task]:
        """The runs of a point.

        Args:
            point: Its number.
            replications: Which.
            warmup: The warm-up that was found, seconds; None for the scenario's.
        """
        extra = [] if warmup is None else [f"warmup={warmup!r}"]
        here = self.points[point] if warmup is None else vary(self.points[point], overrides=extra)
        overrides, identity = tuple(self.design.overrides(point) + extra), identity_of(here.scenario)
        return [
            Task(key_of(identity, self.seed(r), self.base), overrides, self.seed(r)) for r in replications
        ]

    def pilots(self, point: int, many: int) -> list[Task]:
        """Runs of a point from which the warm-up is found: their own seeds, and nothing left out."""
        overrides = tuple(self.design.overrides(point))
        identity = identity_of(self.points[point].scenario)
        seeds = [self.seed(r, pilot=True) for r in range(many)]
        return [Task(key_of(identity, s, self.base, series=True), overrides, s, series=True) for s in seeds]

    def engine(self, runs: int, tell: Callable[[str], None] | None = None) -> str:
        """The engine that so many runs are done soonest with; the laws are compiled first where that pays."""
        wanted = self.loaded.scenario.engine
        if wanted != "auto" or not compiled.available():
            return wanted
        start = build(self.points[0])
        messages = runs * expected_messages(start, self.points[0].scenario.horizon)
        if messages < (AT_ONCE if compiled.is_compiled() else AT_FIRST):
            return "simpy"
        compiled.prepare(tell=tell)
        return "compiled"

    @property
    def name(self) -> str:
        """A folder's name that tells this question from others: the scenario, and a hash of what is asked."""
        asked = self.asked()
        told = json.dumps({part: asked[part] for part in QUESTION}, sort_keys=True, ensure_ascii=False)
        kind = "" if self.kind == "sweep" else f"-{self.kind}"
        return f"{self.loaded.scenario.name}{kind}-{hashlib.sha256(told.encode()).hexdigest()[:8]}"

    def asked(self) -> dict[str, Any]:
        """What is asked, in plain values, as the experiment's folder keeps it."""
        from importlib.metadata import version

        scenario = self.loaded.scenario
        return {
            "format": FORMAT,
            "kind": self.kind,
            "name": scenario.name,
            "title": scenario.title,
            "scenario": self.loaded.raw,
            "scenario_sha256": hashlib.sha256(
                f"{identity_of(scenario)} {scenario.seed}".encode()
            ).hexdigest(),
            "source": Path(self.loaded.source).name,
            "files": self.base.digests,
            "seed": scenario.seed,
            "horizon": scenario.horizon,
            "design": self.design.kind,
            "settings": list(self.design.settings),
            "points": [list(values) for values in self.design.points],
            "labels": list(self.design.labels),
            "measures": None if self.measures is None else list(self.measures),
            "warmup": "mser5" if self.settle else self.loaded.scenario.warmup,
            "journals": self.journals,
            "versions": {name: version(name) for name in ("vsmlab", "numpy", "scipy")},
            "code": self.base.code,
        }


def read_target(text: str, at_most: int | None) -> Target:
    """What ``MEASURE<=5%`` says.

    Raises:
        InputError: If it has another form, or not more than the fewest replications are allowed.
    """
    right = "MEASURE<=5%, such as units.fleet.mean_wait_s<=5%"
    found = _TARGET.fullmatch(str(text))
    try:
        relative = float(found[2]) / (100.0 if found[3] else 1.0) if found else 0.0
    except ValueError:
        relative = 0.0
    if found is None or not 0.0 < relative < 1.0:
        raise InputError(argument("--target"), "", "is not MEASURE<=P%", given=repr(text), right=right)
    most = 1000 if at_most is None else at_most
    whole("--at-most", most, FEWEST, MOST_REPLICATIONS)
    return Target(found[1], relative, most)


def whole(option: str, given: object, least: int, most: int) -> int:
    """A whole number within bounds.

    Raises:
        InputError: If it is none.
    """
    if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= most:
        raise InputError(argument(option), "", "not possible", given=given, right=f"{least} to {most:,}")
    return given


def known_measures(loaded: Loaded) -> dict[str, Any]:
    """The measures of a run in which nothing happens: their names, most without a value."""
    start = build(loaded)
    return all_measures(fold_of(start, loaded.scenario), start, loaded.scenario)


def check_measures(loaded: Loaded, measures: Sequence[str]) -> None:
    """Refuse a measure that no run of this scenario can have; what is born during a run may have any.

    Raises:
        InputError: With the first such measure.
    """
    known = known_measures(loaded)
    for path in measures:
        value, reason = look_up(known, path)
        if value is not None or reason not in ("there is no such measure", "not a number"):
            continue
        if path.startswith(("units.", "systems.")) and _may_be_born(loaded) and reason != "not a number":
            continue
        near = did_you_mean(path, names_of(known)) or "see measures.json of a run"
        raise InputError(argument("--measure"), "", reason, given=repr(path), right=near.strip("; "))


def names_of(measures: Mapping[str, Any], above: str = "") -> list[str]:
    """The dotted path of every measure, with a value or without."""
    found = []
    for name, value in measures.items():
        path = f"{above}.{name}" if above else name
        if isinstance(value, Mapping):
            found += [] if path == "not_estimable" else names_of(value, path)
        elif not isinstance(value, str | list):
            found.append(path)
    return found


def _may_be_born(loaded: Loaded) -> bool:
    return any(getattr(node, "spawn", None) is not None for _, node in loaded.scenario.nodes())
