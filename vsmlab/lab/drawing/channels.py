"""Which channels there are at one level: they are there because both their ends are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from vsmlab.lab.checks import resolve_next
from vsmlab.lab.drawing.shape import Document
from vsmlab.lab.drawing.things import ENVIRONMENT, Found, is_on, nodes, parent, root_of, viable
from vsmlab.lab.scenario.organisation import SYSTEMS


class Strand(NamedTuple):
    """One kind of message from one node of the picture to another.

    Attributes:
        line: The line of the picture that it is part of: `demand`, `command`, `coordination` and so on.
        source: Id of the node that it is drawn from.
        target: Id of the node that it is drawn to.
        channel: Kind of the channel; empty where it is none.
        senders: Paths of the receivers that send on it.
        entry: Place in the scenario of the route or hand-off that it is; empty for what follows from the Systems.
    """

    line: str
    source: str
    target: str
    channel: str
    senders: tuple[str, ...]
    entry: str = ""


def strands(document: Document, level: str) -> list[Strand]:
    """Everything that goes from one node to another at one level, in the order of Beer's diagram."""
    known = nodes(document)
    if not viable(known[level].node):
        return list(_demand(document, level, known))
    return [
        *_demand(document, level, known),
        *_dealing(level, known),
        *_hand_offs(level, known),
        *_systems(level, known),
        *_metasystem(document, level, known),
    ]


def shown_at(level: str, path: str) -> str:
    """The node by which a level shows a path: the desk for itself, else the child that it lies in; or nothing.

    >>> shown_at("fleet", "fleet.short.east"), shown_at("fleet", "fleet"), shown_at("fleet.short", "fleet.long")
    ('fleet.short', 'fleet.desk', '')
    """
    if path == level:
        return f"{level}.desk"
    if not path.startswith(f"{level}."):
        return ""
    return f"{level}.{path[len(level) + 1 :].partition('.')[0]}"


def streams_at(document: Document, level: str) -> dict[str, list[tuple[int, str]]]:
    """The streams that come into a level, with each route that does: its number, and the node it comes to."""
    lone = not viable(nodes(document)[level].node)
    found: dict[str, list[tuple[int, str]]] = {}
    for name, stream in document["environment"]["demand"].items():
        ways = []
        for index, route in enumerate(stream.get("to", [])):
            unit = route.get("unit", "")
            if f"{level}.".startswith(f"{unit}."):
                ways.append((index, level if lone else f"{level}.desk"))
            elif shown := shown_at(level, unit):
                ways.append((index, shown))
        if ways or level == root_of(document):
            found[f"{ENVIRONMENT}.{name}"] = ways
    return found


def _demand(document: Document, level: str, known: dict[str, Found]) -> Iterator[Strand]:
    for stream, ways in streams_at(document, level).items():
        name = stream.partition(".")[2]
        for index, target in ways:
            if target in known or target.removesuffix(".desk") in known:
                yield Strand(
                    "demand", stream, target, "env_op", (stream,), f"environment.demand.{name}.to.{index}"
                )


def _children(level: str, known: dict[str, Found]) -> Iterator[Found]:
    for name in known[level].node.get("operations", {}):
        yield known[f"{level}.{name}"]


def _dealing(level: str, known: dict[str, Found]) -> Iterator[Strand]:
    desk = f"{level}.desk"
    for child in _children(level, known):
        yield Strand("dealing", desk, child.path, "env_op", (level,))
        yield Strand("dealing", child.path, desk, "op_env", (child.path,))


def _hand_offs(level: str, known: dict[str, Found]) -> Iterator[Strand]:
    for path, place, node in known.values():
        source = shown_at(level, path) if path != level else ""
        if not source:
            continue
        for index, entry in enumerate(node.get("next", [])):
            goal = resolve_next(path, entry.get("unit", ""), known)
            target = shown_at(level, goal)
            if goal in known and target and (target != source or goal == path == source):
                yield Strand("hand-off", source, target, "op_op", (path,), f"{place}.next.{index}")


def _on(path: str, node: Document) -> dict[str, str]:
    return {system: f"{path}.{system}" for system in SYSTEMS if is_on(node, system)}


def _elementary(path: str, node: Document) -> Iterator[str]:
    """The paths of the operations of a subtree that have none below them."""
    if not viable(node):
        yield path
    for name, child in node.get("operations", {}).items():
        yield from _elementary(f"{path}.{name}", child)


def _systems(level: str, known: dict[str, Found]) -> Iterator[Strand]:
    here = known[level].node
    on = _on(level, here)
    for path, _, node in _children(level, known):
        if viable(node):
            up = _on(path, node)
        else:
            managed = is_on(node, "management")
            up = dict.fromkeys(("system2", "system3", "system5"), f"{path}.management") if managed else {}
        if "system3" in on and "system3" in up:
            yield Strand("command", on["system3"], path, "bargain", (on["system3"],))
            yield Strand("command", on["system3"], path, "intervene", (on["system3"],))
            yield Strand("command", path, on["system3"], "account", (up["system3"],))
        if "system2" in on and "system2" in up:
            yield Strand("coordination", on["system2"], path, "s2", (on["system2"],))
            yield Strand("coordination", path, on["system2"], "s2", (up["system2"],))
        if "audit" in on:
            yield Strand("audit", on["audit"], path, "s3star", (on["audit"],))
            yield Strand("audit", path, on["audit"], "s3star", tuple(_elementary(path, node)))
        if "system5" in on and "system5" in up:
            if viable(node):
                yield Strand("intervention", on["system5"], path, "intervene", (on["system5"],))
            yield Strand("algedonic", path, on["system5"], "algedonic", (up["system5"],))


def _metasystem(document: Document, level: str, known: dict[str, Found]) -> Iterator[Strand]:
    here = known[level].node
    on = _on(level, here)
    two, three, audit, four, five = (on.get(system, "") for system in SYSTEMS)
    if two and three:
        yield Strand("suspicion", two, three, "s2", (two,))
    if audit and three:
        yield Strand("finding", audit, three, "s3star", (audit,))
    if three:
        yield Strand("shares", three, f"{level}.desk", "mgmt_op", (three,))
    if three and four:
        yield Strand("homeostat", three, four, "s3_s4", (three,))
        yield Strand("homeostat", four, three, "s4_s3", (four,))
    for system in (three, four):
        if system and five:
            yield Strand("proposals", system, five, "s34_s5", (system,))
            yield Strand("proposals", five, system, "s5_34", (five,))
    if four:
        for stream in straight_in(document, level):
            yield Strand("intelligence", stream, four, "env_s4", (stream,))
            yield Strand("intelligence", four, stream, "s4_env", (four,))
    if five and not parent(level) and "policy" in document:
        yield Strand("limits", f"{level}.system5.policy", five, "", ())


def straight_in(document: Document, level: str) -> list[str]:
    """The streams that come straight from the environment into the subtree of a level."""
    return [
        f"{ENVIRONMENT}.{name}"
        for name, stream in document["environment"]["demand"].items()
        if any(f"{route.get('unit', '')}.".startswith(f"{level}.") for route in stream.get("to", []))
    ]


def cut(document: Document, known: dict[str, Found], channel: str, sender: str) -> bool:
    """Whether what one receiver sends on a kind of channel is cut throughout the run."""
    for entry in document.get("knockout", []):
        if entry.get("channel") == channel and entry.get("of") in (None, sender):
            return True
    owner = sender if sender in known else parent(sender)
    own = known[owner].node.get("channels", {}) if owner in known else {}
    settings = own.get(channel, document.get("channels", {}).get(channel, {}))
    return settings.get("cut") is True
