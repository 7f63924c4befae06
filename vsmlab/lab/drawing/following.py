"""What names something follows it when it is renamed, and goes with it when it is deleted."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping

from vsmlab.errors import InputError
from vsmlab.lab.checks import ROLES, resolve_next
from vsmlab.lab.drawing.drawing import Places
from vsmlab.lab.drawing.shape import Document
from vsmlab.lab.drawing.things import ENVIRONMENT, agents_in, leaf, nodes, parent, roles, senders, things
from vsmlab.lab.measures.fields import PARTS

Moved = Callable[[str], str | None]
"""The new path of a node, System or stream; None where it is gone."""


def stays(path: str) -> str | None:
    """Nothing moved."""
    return path


def without(gone: set[str]) -> Moved:
    """Where everything is when these and all below them are gone."""

    def moved(path: str) -> str | None:
        here = path
        while here:
            if here in gone:
                return None
            here = parent(here)
        return path

    return moved


def renamed(old: str, new: str) -> Moved:
    """Where everything is when one path has become another."""

    def moved(path: str) -> str | None:
        return new + path[len(old) :] if path == old or path.startswith(f"{old}.") else path

    return moved


def follow(
    before: Document,
    after: Document,
    moved: Moved,
    places: Mapping[str, tuple[float, float]],
    dropped: Container[int] = (),
) -> tuple[Places, list[str]]:
    """Let everything in `after` that named something in `before` name it still, or go with it.

    What named nothing before is left as it is: it was a problem, and stays one.

    Args:
        before: The document before a change; it stays as it is.
        after: The document with the change itself made; it is completed in place.
        moved: Where everything is now.
        places: Where things stood before.
        dropped: Numbers of disturbances that go of their own.

    Returns:
        Where things stand now, and what else was done, in sentences.

    Raises:
        InputError: If a stream would have nowhere to go.
    """
    one = _Following(before, after, moved)
    one.next()
    one.demand()
    struck = one.disturbances(dropped)
    one.acts()
    one.knockouts()
    one.expect()
    one.agents()
    known = things(after)
    kept: Places = {}
    for name, point in places.items():
        new = struck.get(name, "") if name.startswith(f"{ENVIRONMENT}.disturbances.") else moved(name)
        if new and new in known:
            kept[new] = point
    return kept, one.said


class _Following:
    """One change that is being followed."""

    def __init__(self, before: Document, after: Document, moved: Moved) -> None:
        self._before, self._after, self._moved = before, after, moved
        self._old_nodes, self._new_nodes = nodes(before), nodes(after)
        self._old_roles, self._new_roles = roles(before), roles(after)
        self.said: list[str] = []

    def _now(self, path: str) -> str | None:
        """Where a receiver is now; itself where there was none."""
        if path not in self._old_roles:
            return path
        new = self._moved(path)
        return new if new in self._new_roles else None

    def next(self) -> None:
        for path, (_, _, node) in self._old_nodes.items():
            here = self._moved(path)
            if not node.get("next") or here is None or here not in self._new_nodes:
                continue
            entries = self._new_nodes[here].node.get("next", [])
            kept = []
            for entry in entries:
                unit = entry.get("unit", "")
                target = resolve_next(path, unit, self._old_nodes)
                if target not in self._old_nodes:
                    kept.append(entry)
                elif (goal := self._now(target)) is None:
                    self.said.append(f"{here} no longer hands on to {unit}.")
                else:
                    entry["unit"] = spelled(here, goal, self._new_nodes, unit)
                    kept.append(entry)
            self._new_nodes[here].node["next"] = kept
            if not kept:
                del self._new_nodes[here].node["next"]

    def demand(self) -> None:
        for name, stream in self._after["environment"]["demand"].items():
            routes, kept = stream.get("to", []), []
            for route in routes:
                unit = route.get("unit", "")
                goal = self._now(unit)
                if goal is None:
                    self.said.append(f"{name} no longer goes to {unit}.")
                else:
                    kept.append(route if goal == unit else {**route, "unit": goal})
            if routes and not kept:
                right = "let it go elsewhere first, or delete the stream too"
                raise InputError("", "", f"the stream {name} would have nowhere to go", right=right)
            if len(kept) < len(routes) and kept[-1].pop("when", None) is not None:
                self.said.append(f"{name} sends everything else to {kept[-1]['unit']}.")
            if routes:
                stream["to"] = kept

    def disturbances(self, dropped: Container[int]) -> dict[str, str]:
        environment = self._after["environment"]
        kept: list[Document] = []
        struck = {}
        for index, entry in enumerate(environment.get("disturbances", [])):
            if index in dropped:
                continue
            new = self._disturbance(entry)
            if new is None:
                self.said.append(f"The disturbance {entry.get('kind', '')} of {_target(entry)} is gone too.")
                continue
            struck[f"{ENVIRONMENT}.disturbances.{index}"] = f"{ENVIRONMENT}.disturbances.{len(kept)}"
            kept.append(new)
        if kept:
            environment["disturbances"] = kept
        else:
            environment.pop("disturbances", None)
        return struck

    def acts(self) -> None:
        """What the operator did to what is gone was not done."""
        kept = []
        for entry in self._after.get("operator", []):
            new = self._disturbance(entry)
            if new is None:
                self.said.append(f"The operator's {entry.get('kind', '')} of {_target(entry)} is gone too.")
            else:
                kept.append(new)
        if kept:
            self._after["operator"] = kept
        else:
            self._after.pop("operator", None)

    def _disturbance(self, entry: Document) -> Document | None:
        new = dict(entry)
        for field in ("unit", "of", "system", "who"):
            if field in entry:
                goal = self._now(entry[field])
                if goal is None:
                    return None
                new[field] = goal
        if "stream" in entry:
            goal = self._now(f"{ENVIRONMENT}.{entry['stream']}")
            if goal is None:
                return None
            new["stream"] = leaf(goal) if goal.startswith(f"{ENVIRONMENT}.") else entry["stream"]
        channel = entry.get("channel")
        lost = channel is not None and senders(self._before, channel) and not senders(self._after, channel)
        return None if lost else new

    def knockouts(self) -> None:
        kept = []
        for entry in self._after.get("knockout", []):
            new: Document | None = dict(entry)
            for field in ("system", "of"):
                if new is None or field not in entry:
                    continue
                if entry[field] in ROLES:
                    was, is_ = (
                        any(leaf(path) == entry[field] for path in known)
                        for known in (self._old_roles, self._new_roles)
                    )
                    new = None if was and not is_ else new
                    continue
                goal = self._now(entry[field])
                new = None if goal is None else {**new, field: goal}
            if new is None:
                self.said.append(f"The knock-out of {_target(entry)} is gone too.")
            else:
                kept.append(new)
        if kept:
            self._after["knockout"] = kept
        else:
            self._after.pop("knockout", None)

    def expect(self) -> None:
        kept = []
        for entry in self._after.get("expect", []):
            measure = entry.get("measure", "")
            family, _, rest = measure.partition(".")
            path = _measured(rest, self._old_nodes) if family in PARTS and family != "channels" else ""
            goal = self._now(path) if path else ""
            if goal is None:
                self.said.append(f"What was expected of {measure} is gone too.")
            else:
                kept.append({**entry, "measure": f"{family}.{goal}{rest[len(path) :]}"} if goal else entry)
        if kept:
            self._after["expect"] = kept
        else:
            self._after.pop("expect", None)

    def agents(self) -> None:
        """Keep policy's sum of agents right where it was right."""
        old, new = agents_in(self._before["organisation"]), agents_in(self._after["organisation"])
        agents = self._after.get("policy", {}).get("agents", {})
        if old != new and agents.get("total") == old:
            agents["total"] = new
            self.said.append(f"Policy's sum of agents is {new} now.")


def spelled(path: str, target: str, known: Mapping[str, object], wish: str = "") -> str:
    """How an operation names the one that it hands on to: a sibling by its name, another by its path.

    Raises:
        InputError: If it cannot, because a sibling of this name stands before it.
    """
    short = leaf(target) if parent(target) == parent(path) and parent(path) else target
    for unit in (wish, short, target) if wish and "." in wish else (short, target):
        if unit and resolve_next(path, unit, known) == target:
            return unit
    right = "choose another name"
    raise InputError("", "", f"{path} could no longer name {target}", right=right)


def _measured(rest: str, known: Mapping[str, object]) -> str:
    path = parent(rest)
    while path and path not in known:
        path = parent(path)
    return path


def _target(entry: Document) -> str:
    named = (entry.get(field) for field in ("system", "unit", "of", "who", "stream", "channel"))
    return str(next((name for name in named if name), "everything"))
