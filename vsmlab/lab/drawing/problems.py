"""Everything that `load` and a run would refuse of a drawing, each at its node and field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from vsmlab.errors import InputError, PeerError
from vsmlab.lab.build import build
from vsmlab.lab.checks import check
from vsmlab.lab.drawing.drawing import Drawing
from vsmlab.lab.drawing.shape import Document
from vsmlab.lab.drawing.things import ENVIRONMENT, root_of
from vsmlab.lab.places import inside
from vsmlab.lab.refusals import refuse_each
from vsmlab.lab.scenario import Scenario
from vsmlab.lab.scenario.organisation import SYSTEMS

MOST = 200
"""Problems that are looked for; who has more should begin with these."""


class Problem(NamedTuple):
    """One thing that is wrong.

    Attributes:
        node: Id of the node that it is said at; None where it belongs to the scenario as a whole.
        field: Dotted place in the scenario.
        wrong: What is wrong, as a clause.
        given: What was given; None if showing it does not help.
        right: What would be right, as a clause; may be empty.
    """

    node: str | None
    field: str
    wrong: str
    given: str | None
    right: str


def problems(drawing: Drawing) -> tuple[Problem, ...]:
    """All that is wrong, as far as it can be found at once; none means that it loads and can be run."""
    known: tuple[Problem, ...] | None = drawing.__dict__.get("_problems")
    if known is None:
        found = dict.fromkeys(_problem(drawing, error) for error in _refusals(drawing))
        known = tuple(found)[:MOST]
        drawing.__dict__["_problems"] = known  # a drawing never changes, so neither does this
    return known


def _refusals(drawing: Drawing) -> list[InputError]:
    plain = drawing.plain()
    try:
        scenario = Scenario.model_validate(plain)
    except ValidationError as exc:
        return refuse_each(exc, plain, "")
    known: list[InputError] | None = drawing.__dict__.get("_refused")
    if known is None:  # else nothing but texts has changed since
        known = drawing.__dict__["_refused"] = _whole(drawing, scenario)
    return known


def _whole(drawing: Drawing, scenario: Scenario) -> list[InputError]:
    """What is wrong with a scenario whose fields are right each by itself."""
    try:
        loaded = drawing.load()
    except InputError as exc:
        return [exc, *_further(drawing, scenario)]
    try:
        build(loaded)
    except InputError as exc:
        return [exc]
    except PeerError as exc:
        return [InputError("", "", str(exc))]
    return []


def _further(drawing: Drawing, scenario: Scenario) -> Iterator[InputError]:
    """What is wrong with each part, with the others of its kind away: the checks end with the first."""
    files: dict[str, Path] = {}
    missing = False
    environment = scenario.environment
    for name, stream in environment.demand.items():
        told, field = (
            (stream.profile, "profile") if stream.trace is None else (stream.trace.file, "trace.file")
        )
        if told is not None:
            try:
                files[name] = inside(drawing.base, told, "", f"environment.demand.{name}.{field}")
            except InputError as exc:
                missing = True
                yield exc
    if missing:
        return  # without its columns nothing can be said of who uses them
    alone = environment.model_copy(update={"disturbances": ()})
    bare = scenario.model_copy(update={"knockout": (), "operator": (), "expect": (), "environment": alone})
    yield from _checked(bare, files)
    for name, stream in environment.demand.items():
        one = alone.model_copy(update={"demand": {name: stream}})
        for error in _checked(bare.model_copy(update={"environment": one}), files):
            if error.place.startswith(f"environment.demand.{name}."):
                yield error
    for index, disturbance in enumerate(environment.disturbances[:MOST]):
        one = alone.model_copy(update={"disturbances": (disturbance,)})
        whole = bare.model_copy(update={"environment": one})
        yield from _numbered(whole, files, "environment.disturbances", index)
    for index, knockout in enumerate(scenario.knockout[:MOST]):
        yield from _numbered(bare.model_copy(update={"knockout": (knockout,)}), files, "knockout", index)
    for index, act in enumerate(scenario.operator[:MOST]):
        yield from _numbered(bare.model_copy(update={"operator": (act,)}), files, "operator", index)
    for index, expected in enumerate(scenario.expect[:MOST]):
        yield from _numbered(bare.model_copy(update={"expect": (expected,)}), files, "expect", index)


def _checked(scenario: Scenario, files: Mapping[str, Path]) -> Iterator[InputError]:
    try:
        check(scenario, "", files)
    except InputError as exc:
        yield exc


def _numbered(scenario: Scenario, files: Mapping[str, Path], field: str, index: int) -> Iterator[InputError]:
    for error in _checked(scenario, files):
        first = f"{field}.0"
        if error.place == first or error.place.startswith(f"{first}."):
            place = f"{field}.{index}{error.place[len(first) :]}"
            yield InputError("", place, error.wrong, given=error.given, right=error.right)


def _problem(drawing: Drawing, error: InputError) -> Problem:
    given = None if error.given is None else str(error.given)
    place = error.place
    if place.endswith(": next"):  # said by who builds it, who knows paths
        path = place.removesuffix(": next")
        one = drawing.things.get(path)
        place = f"{one.place}.next" if one is not None else place
    return Problem(node_at(drawing.document, place), place, error.wrong, given, error.right)


def node_at(document: Document, place: str) -> str | None:
    """The id of the node that a dotted place of the scenario belongs to; None where none does."""
    parts = place.split(".")
    if parts[:2] == ["environment", "demand"] and len(parts) > 2:
        return f"{ENVIRONMENT}.{parts[2]}" if parts[2] in document["environment"]["demand"] else None
    if parts[:2] == ["environment", "disturbances"] and len(parts) > 2:
        return ".".join(parts[:3])
    if parts[0] == "policy":
        return f"{root_of(document)}.system5.policy" if "policy" in document else None
    if parts[0] == "knockout" and len(parts) > 1 and parts[1].isdecimal():
        entries = document.get("knockout", [])
        entry = entries[int(parts[1])] if int(parts[1]) < len(entries) else {}
        named = str(entry.get("system", ""))
        return named if "." in named and named.rpartition(".")[2] in SYSTEMS else None
    return _node_of(document, parts) if parts[0] == "organisation" else None


def _node_of(document: Document, parts: list[str]) -> str:
    here, path, rest = document["organisation"], root_of(document), parts[1:]
    while len(rest) >= 2 and rest[0] == "operations" and rest[1] in here.get("operations", {}):
        here, path, rest = here["operations"][rest[1]], f"{path}.{rest[1]}", rest[2:]
    if rest and rest[0] in SYSTEMS and "operations" in here and here.get(rest[0], {}) != "off":
        return f"{path}.{rest[0]}"
    return f"{path}.desk" if "operations" in here else path


__all__ = ["MOST", "Problem", "node_at", "problems"]
