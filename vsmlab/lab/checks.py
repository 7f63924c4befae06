"""What must hold between the parts of a scenario: paths exist, columns are known, sums agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from vsmlab.errors import InputError
from vsmlab.lab.check_acts import check_act
from vsmlab.lab.check_disturbances import check_disturbances
from vsmlab.lab.check_systems import check_systems
from vsmlab.lab.measures.fields import PARTS
from vsmlab.lab.outline import ROLE_OF, Outline, outline, some
from vsmlab.lab.scenario import Knockout, Scenario, Stream
from vsmlab.lab.scenario.quantities import Linear, When
from vsmlab.lab.tables import did_you_mean, open_parquet
from vsmlab.laws.identity import identity

ROLES = tuple(ROLE_OF)
"""Bare roles that a knock-out may name: every one of them."""


def check(scenario: Scenario, source: str, files: Mapping[str, Path]) -> None:
    """Refuse a scenario whose parts do not fit together.

    Args:
        scenario: A scenario that is valid part by part.
        source: What errors call it.
        files: The file of each stream that has one.

    Raises:
        InputError: With the first thing that does not fit.
    """
    whole = outline(scenario, source)
    organisation = _Organisation(whole)
    for name, stream in scenario.environment.demand.items():
        organisation.check_stream(name, stream, files.get(name))
    organisation.check_next()
    check_systems(whole)
    check_disturbances(whole)
    for index, knockout in enumerate(scenario.knockout):
        organisation.check_knockout(f"knockout.{index}", knockout)
    for index, act in enumerate(scenario.operator):
        check_act(whole, act, f"operator.{index}")
    for index, expected in enumerate(scenario.expect):
        organisation.check_measure(f"expect.{index}.measure", expected.measure)
    paths = [*scenario.receivers(), *(f"environment.{name}" for name in scenario.environment.demand)]
    check_identities(paths, source)


def check_identities(paths: Iterable[str], source: str, identify: Callable[[str], int] = identity) -> None:
    """Refuse two receivers that would be known by one number.

    Raises:
        InputError: Naming both.
    """
    known: dict[int, str] = {}
    for path in paths:
        number = identify(path)
        if number in known:
            wrong = f"{path} and {known[number]} have one identity, {number}"
            raise InputError(source, "organisation", wrong, right="give one of them another name")
        known[number] = path


def profile_columns(path: Path) -> tuple[str, ...]:
    """The quantities of a windowed profile, from its schema alone.

    Raises:
        InputError: If it is not a Parquet file.
    """
    from vsmlab.lab.profiles import MAX_ROWS  # brings numpy, which most scenarios do not need here

    names: list[str] = open_parquet(path, str(path), max_rows=MAX_ROWS).schema_arrow.names
    return tuple(name.removesuffix("_q") for name in names if name.endswith("_q"))


class _Organisation:
    """The nodes by path, and what can be reached from where."""

    def __init__(self, whole: Outline) -> None:
        self._source = whole.source
        self._nodes, self._everything, self._places = whole.nodes, whole.everything, whole.places
        self._receivers = dict.fromkeys(whole.scenario.receivers())
        self._streams = [f"environment.{name}" for name in whole.scenario.environment.demand]
        self._columns_at: dict[str, dict[tuple[str, ...], str]] = {}
        self._known_reach: dict[frozenset[str], tuple[str, ...]] = {}

    def check_stream(self, name: str, stream: Stream, file: Path | None) -> None:
        place = f"environment.demand.{name}"
        columns = _columns(stream, file)
        for index, route in enumerate(stream.to):
            self._find(route.unit, f"{place}.to.{index}.unit")
            self._check_when(route.when, columns, f"{place}.to.{index}.when")
        for index, rule in enumerate(stream.rank):
            self._check_when(rule.when, columns, f"{place}.rank.{index}.when")
        if stream.work is not None:
            self._check_linear(stream.work.linear, columns, f"{place}.work.linear")
        self._check_linear(stream.cost_usd.linear, columns, f"{place}.cost_usd.linear")
        for path in self._reached(frozenset(route.unit for route in stream.to)):
            node = self._everything[path]
            if any(entry.when is not None for entry in node.next):
                self._columns_at.setdefault(path, {}).setdefault(columns, name)
            if stream.work is None and node.work is None:
                right = f"give {place} a work, or {path} its own"
                wrong = f"tasks reach {path}, and neither says how much work they are"
                raise InputError(self._source, f"{place}.work", wrong, right=right)

    def check_next(self) -> None:
        for path, node in self._nodes.items():
            for index, entry in enumerate(node.next):
                place = f"{self._places[path]}.next.{index}"
                self._after(path, entry.unit, f"{place}.unit")
                for columns, stream in self._columns_at.get(path, {}).items():
                    self._check_when(entry.when, columns, f"{place}.when", f" of {stream}, which comes here")

    def check_knockout(self, place: str, knockout: Knockout) -> None:
        name = knockout.system or knockout.of
        if name is None or name in self._receivers or knockout.of in self._streams:
            return
        if knockout.system in ROLES:
            if not any(path.endswith(f".{name}") for path in self._receivers):
                right = "every one is off already: leave the knock-out out"
                raise InputError(self._source, place, f"there is no {name}", right=right)
            return
        known = [*(ROLES if knockout.of is None else self._streams), *self._receivers]
        right = f"{did_you_mean(name, known)}known: {some(known)}"
        raise InputError(self._source, place, "nothing of this path", given=repr(name), right=right)

    def check_measure(self, place: str, measure: str) -> None:
        family, _, rest = measure.partition(".")
        if family not in PARTS or family == "channels":
            return
        if not any(rest.startswith(f"{path}.") for path in self._nodes):
            path = rest.rpartition(".")[0] or rest
            right = f"{did_you_mean(path, self._nodes)}paths: {some(self._nodes)}"
            raise InputError(self._source, place, "no system of this path", given=repr(measure), right=right)
        names = list(PARTS[family])
        paths = sorted((path for path in self._nodes if rest.startswith(f"{path}.")), key=len)
        name = rest[len(paths[-1]) + 1 :].partition(".")[0]
        if name not in names:
            right = f"{did_you_mean(name, names)}measures: {', '.join(names)}"
            raise InputError(self._source, place, "no measure of this name", given=repr(measure), right=right)

    def _reached(self, starts: frozenset[str]) -> tuple[str, ...]:
        """The operations that tasks can come to from these nodes, by desks and by `next`."""
        if starts not in self._known_reach:
            seen: dict[str, None] = {}
            waiting = sorted(starts)
            while waiting:
                path = waiting.pop()
                if path in seen:
                    continue
                seen[path] = None
                node = self._everything[path]
                waiting.extend(f"{path}.{child}" for child in node.operations)
                if node.spawn is not None:
                    waiting.append(f"{path}.{node.spawn.name}")
                for index, entry in enumerate(node.next):
                    place = f"{self._places[path]}.next.{index}.unit"
                    waiting.append(self._after(path, entry.unit, place))
            self._known_reach[starts] = tuple(path for path in seen if not self._everything[path].viable)
        return self._known_reach[starts]

    def _after(self, path: str, unit: str, place: str) -> str:
        return self._find(resolve_next(path, unit, self._nodes), place, unit)

    def _find(self, path: str, place: str, given: str = "") -> str:
        if path not in self._nodes:
            name = given or path
            right = f"{did_you_mean(name, self._nodes)}paths: {some(self._nodes)}"
            raise InputError(self._source, place, "no operation of this path", given=repr(name), right=right)
        return path

    def _check_when(self, when: When | None, columns: tuple[str, ...], place: str, whose: str = "") -> None:
        for column in when or {}:
            self._check_column(column, columns, place, whose)

    def _check_linear(self, linear: Linear | None, columns: tuple[str, ...], place: str) -> None:
        for column in linear.columns if linear is not None else ():
            self._check_column(column, columns, place)

    def _check_column(self, column: str, columns: tuple[str, ...], place: str, whose: str = "") -> None:
        if column not in columns:
            whose = whose or " of this stream"
            known = f"columns{whose}: {', '.join(columns) or 'none'}"
            right = f"{did_you_mean(column, columns)}{known}"
            raise InputError(
                self._source, f"{place}.{column}", "unknown column", given=repr(column), right=right
            )


def resolve_next(path: str, unit: str, nodes: Mapping[str, object]) -> str:
    """The path that `next` means at an operation: a sibling of this name, else the path itself.

    >>> resolve_next("fleet.chat", "check", {"fleet.chat": 0, "fleet.check": 0})
    'fleet.check'
    """
    parent = path.rpartition(".")[0]
    sibling = f"{parent}.{unit}" if parent else unit
    return sibling if sibling in nodes else unit


def _columns(stream: Stream, file: Path | None) -> tuple[str, ...]:
    if stream.trace is not None:
        return tuple(stream.trace.columns)
    return profile_columns(file) if stream.profile is not None and file is not None else ()
