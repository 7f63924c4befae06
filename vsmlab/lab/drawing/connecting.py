"""Connecting and disconnecting: routes and hand-offs are made, channels follow from their ends and can be cut."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable

from vsmlab.errors import InputError
from vsmlab.lab.checks import profile_columns, resolve_next
from vsmlab.lab.drawing.adding import refused
from vsmlab.lab.drawing.channels import Strand, cut, strands
from vsmlab.lab.drawing.drawing import Drawing, changed
from vsmlab.lab.drawing.following import spelled
from vsmlab.lab.drawing.ports import WORDS, Join, join_of, joins_between, never
from vsmlab.lab.drawing.shape import Document
from vsmlab.lab.drawing.things import Thing, is_on, leaf, nodes, parent, root_of, senders, things
from vsmlab.lab.places import inside
from vsmlab.lab.report.system import CHANNEL_NAMES


def connect(drawing: Drawing, source: str, source_port: str, target: str, target_port: str) -> Drawing:
    """Draw a line: a route of a stream, a hand-off, whom a disturbance strikes; or mend a channel that is cut.

    Args:
        drawing: What it is drawn in.
        source: Id of the node that it goes from.
        source_port: Port there.
        target: Id of the node that it goes to.
        target_port: Port there.

    Raises:
        InputError: With the sentence that `why_not` gives.
    """
    reason = why_not(drawing, source, source_port, target, target_port)
    if reason is not None:
        raise refused(reason.rstrip("."))
    document = copy.deepcopy(drawing.document)
    known = things(document)
    one, other = known[source], known[target]
    join = join_of(one.kind, source_port, other.kind, target_port)
    if join is None:  # drawn the other way
        one, other = other, one
        join = join_of(one.kind, target_port, other.kind, source_port)
    assert join is not None
    if join.line == "demand":
        said = _route(document, one, other, _columns(drawing, one.says))
    elif join.line == "hand-off":
        said = _hand_on(document, one, other)
    elif join.line == "strike":
        said = _strike(document, one, other)
    else:
        said = _mend(document, _found(document, join.line, one, other))
    return changed(drawing, document, said=tuple(said))


def why_not(drawing: Drawing, source: str, source_port: str, target: str, target_port: str) -> str | None:
    """Why a line cannot be drawn, in one sentence of Beer's terms; None where it can be.

    Args:
        drawing: What it would be drawn in.
        source: Id of the node that it goes from.
        source_port: Port there.
        target: Id of the node that it goes to.
        target_port: Port there.
    """
    known = drawing.things
    if source not in known or target not in known:
        return "One end of it is not there any more."
    one, other = known[source], known[target]
    join = join_of(one.kind, source_port, other.kind, target_port)
    if join is None:
        turned = join_of(other.kind, target_port, one.kind, source_port)
        if turned is not None and turned.channels and turned.line not in ("demand", "hand-off"):
            one, other, join = other, one, turned
    if join is None:
        if source == target:
            return "A node has no channel to itself."
        possible = joins_between(one.kind, other.kind)
        if possible:
            ports = " or ".join(f"{join.source_port} to {join.target_port}" for join in possible)
            return f"From {WORDS[one.kind]} to {WORDS[other.kind]} it goes {ports}."
        return never(one.kind, other.kind)
    rule = {"demand": _why_no_route, "hand-off": _why_no_hand_off, "strike": _why_no_strike}.get(join.line)
    return rule(drawing, one, other) if rule is not None else _why_no_channel(drawing, join, one, other)


def disconnect(drawing: Drawing, links: Iterable[str]) -> Drawing:
    """Take links away: a route or hand-off is deleted, a channel is cut for who sends on it.

    Args:
        drawing: What they are in.
        links: Ids of links, as `view` gives them.

    Raises:
        InputError: If one is not there or must stay, and why.
    """
    document = copy.deepcopy(drawing.document)
    said = disconnected(document, list(dict.fromkeys(links)))
    return changed(drawing, document, said=tuple(said))


def disconnected(document: Document, links: Iterable[str], near: Collection[str] = ()) -> list[str]:
    """Take links away in place, but for those of nodes that go themselves; says what was done."""
    said: list[str] = []
    entries: dict[str, list[int]] = {}
    before = things(document)
    for name in links:
        ends, _, line = name.rpartition(":")
        source, _, target = ends.partition(">")
        if source in near or target in near:
            continue
        if source not in before or target not in before:
            raise refused("there is no such link", given=repr(name)[:80])
        one, other = before[source], before[target]
        if line in ("strike", "limits"):
            right = "delete the disturbance" if line == "strike" else "delete the limits"
            raise refused("it cannot be without this link", right)
        found = _found(document, line, one, other)
        if not found:
            raise refused("there is no such link", given=repr(name)[:80])
        for strand in found:
            if strand.entry:
                place, _, index = strand.entry.rpartition(".")
                entries.setdefault(place, []).append(int(index))
            else:
                said += _cut(document, strand)
    for place, numbers in entries.items():
        said += _without(document, place, set(numbers))
    return said


def _is(strand: Strand, line: str, source: str, target: str) -> bool:
    ends = (strand.source, strand.target)
    turned = line != "hand-off" and ends == (target, source)
    return strand.line == line and (ends == (source, target) or turned)


def _found(document: Document, line: str, one: Thing, other: Thing) -> list[Strand]:
    level = _level(one, other)
    return [strand for strand in strands(document, level) if _is(strand, line, one.id, other.id)]


def _level(one: Thing, other: Thing) -> str:
    """The level at which two nodes stand; where they differ, the first's."""
    return other.level if not one.level else one.level


# -- routes ----------------------------------------------------------------------------------------------


def _goal(one: Thing) -> str:
    """The path that a node stands for as a receiver of tasks."""
    return one.level if one.kind == "desk" else one.id


def _why_no_route(drawing: Drawing, stream: Thing, other: Thing) -> str | None:
    routes = stream.says.get("to", [])
    if any(route.get("unit") == _goal(other) for route in routes):
        return f"{leaf(stream.id)} goes there already."
    return None


def _columns(drawing: Drawing, stream: Document) -> list[str]:
    """What is known of a task on arrival."""
    trace = stream.get("trace")
    if isinstance(trace, dict):
        return [str(name) for name in trace.get("columns", {})]
    if isinstance(stream.get("profile"), str):
        try:
            return list(profile_columns(inside(drawing.base, stream["profile"], "", "")))
        except InputError:
            return []  # said as a problem of the stream
    return []


def _route(document: Document, stream: Thing, other: Thing, columns: list[str]) -> list[str]:
    goal, name = _goal(other), leaf(stream.id)
    routes = stream.says.setdefault("to", [])
    if not columns or not routes:
        gone = [str(route.get("unit", "")) for route in routes]
        stream.says["to"] = [{"unit": goal}]
        if not gone:
            return []
        return [
            f"{name} goes to {goal} in place of {', '.join(gone)}: nothing is known of a task to choose by."
        ]
    routes.insert(len(routes) - 1, {"unit": goal, "when": {columns[0]: {"max": 0}}})
    return [f"{name} goes to {goal} where {columns[0]} is at most 0: set the condition that is meant."]


def _without(document: Document, place: str, numbers: set[int]) -> list[str]:
    """Routes of a stream or hand-offs of an operation, without some of them."""
    owner_place, _, field = place.rpartition(".")
    owner: Document = document
    for part in owner_place.split("."):
        owner = owner[part]
    entries: list[Document] = owner[field]
    kept = [entry for index, entry in enumerate(entries) if index not in numbers]
    gone = ", ".join(str(entries[index].get("unit", "")) for index in sorted(numbers))
    name = leaf(owner_place)
    if field == "next":
        owner[field] = kept
        if not kept:
            del owner[field]
        return [f"{name} no longer hands on to {gone}."]
    if not kept:
        right = "draw it to somewhere else first, or delete the stream"
        raise refused(f"the stream {name} would have nowhere to go", right)
    said = [f"{name} no longer goes to {gone}."]
    if kept[-1].pop("when", None) is not None:
        said.append(f"{name} sends everything else to {kept[-1].get('unit', '')}.")
    owner[field] = kept
    return said


# -- hand-offs -------------------------------------------------------------------------------------------


def _why_no_hand_off(drawing: Drawing, one: Thing, other: Thing) -> str | None:
    if one.kind == "system":
        return "A child system hands on through its operations: open it and draw it from one of them."
    goal, known = _goal(other), nodes(drawing.document)
    if any(resolve_next(one.id, entry.get("unit", ""), known) == goal for entry in one.says.get("next", [])):
        return f"{leaf(one.id)} hands on to {leaf(goal)} already."
    mother = parent(goal)
    if mother and goal != one.id and not one.id.startswith(f"{mother}."):
        return "A task is handed to a sibling, or to a sibling of a system that the operation is part of."
    if any("when" in entry for entry in one.says.get("next", [])):
        return f"{leaf(one.id)} hands on by conditions: add another in its form."
    if _left(one) <= 0:
        return f"{leaf(one.id)} hands on every task already: lower one of its probabilities first."
    return None


def _left(one: Thing) -> float:
    shares = [entry.get("probability", 0) for entry in one.says.get("next", [])]
    numbers = [share for share in shares if isinstance(share, int | float) and not isinstance(share, bool)]
    return round(1.0 - sum(numbers), 9)


def _hand_on(document: Document, one: Thing, other: Thing) -> list[str]:
    goal = _goal(other)
    share = min(0.5, _left(one))
    unit = spelled(one.id, goal, nodes(document))
    one.says.setdefault("next", []).append({"unit": unit, "probability": share})
    return [f"{leaf(one.id)} hands {100 * share:g} % of its tasks on to {leaf(goal)}."]


# -- disturbances ----------------------------------------------------------------------------------------


def _why_no_strike(drawing: Drawing, one: Thing, other: Thing) -> str | None:
    kind = one.says.get("kind")
    if kind == "demand":
        return None if other.kind == "stream" else "A change of demand strikes a stream of the environment."
    if kind == "loss":
        if other.kind in ("system", "desk"):
            return None
        return "A loss strikes a whole viable system, not one of its parts."
    if kind in ("cut", "delay"):
        sender = _sends(drawing.document, other, str(one.says.get("channel", "")))
        name = CHANNEL_NAMES.get(str(one.says.get("channel")), ("that channel",))[0]
        return (
            None if sender else f"Nothing is sent there on {name}: strike who sends, or change the channel."
        )
    return None if other.kind == "operation" else f"A {kind} strikes an operation."


def _sends(document: Document, one: Thing, channel: str) -> str:
    """The receiver of a node that sends on a channel; empty where none does."""
    found = senders(document, channel)
    for path in (one.level if one.kind == "desk" else one.id, f"{one.id}.management"):
        if path in found:
            return path
    return ""


def _strike(document: Document, one: Thing, other: Thing) -> list[str]:
    if other.kind == "stream" and one.says.get("kind") == "demand":
        one.says["stream"] = leaf(other.id)
    elif one.says.get("kind") in ("cut", "delay"):
        one.says["of"] = _sends(document, other, str(one.says.get("channel", "")))
    else:
        one.says["unit"] = _goal(other)
    return [f"The disturbance {one.says.get('kind', '')} strikes {leaf(_goal(other))}."]


# -- channels --------------------------------------------------------------------------------------------


def _why_no_channel(drawing: Drawing, join: Join, one: Thing, other: Thing) -> str | None:
    document = drawing.document
    if one.level and other.level and one.level != other.level:
        return "Channels join the Systems of one level: open the child system to draw there."
    found = _found(document, join.line, one, other)
    if not found:
        return _why_none(document, join, one, other)
    known = nodes(document)
    sent = [(strand.channel, sender) for strand in found for sender in strand.senders]
    if any(cut(document, known, channel, sender) for channel, sender in sent):
        return None
    return "It is there already: a channel is there where both its ends are."


def _why_none(document: Document, join: Join, one: Thing, other: Thing) -> str:
    for end in (one, other):
        if end.kind == "operation" and not is_on(end.says, "management", root=end.id == root_of(document)):
            return f"{leaf(end.id)} has no local management, which would speak on this channel: switch it on."
        if end.kind == "system":
            return f"{leaf(end.id)} has no System of its own for this channel: open it and add one."
    if join.line == "intelligence":
        return "System 4 is shown the streams that come straight into its own system, and this one does not."
    return f"Nothing goes from {WORDS[one.kind]} to {WORDS[other.kind]} here."


def _cut(document: Document, strand: Strand) -> list[str]:
    """Knock out what each sender of a strand says on its channel."""
    entries, known = document.setdefault("knockout", []), nodes(document)
    said = []
    for sender in strand.senders:
        if not cut(document, known, strand.channel, sender):
            entries.append({"channel": strand.channel, "of": sender})
            said.append(f"{sender} is not heard on {CHANNEL_NAMES[strand.channel][0]} any more.")
    if not entries:
        del document["knockout"]
    return said


def _mend(document: Document, found: list[Strand]) -> list[str]:
    """Take away all that cuts these strands."""
    said = []
    known = nodes(document)
    for strand in found:
        name = CHANNEL_NAMES[strand.channel][0]
        for sender in strand.senders:
            if not cut(document, known, strand.channel, sender):
                continue
            kept = []
            for entry in document.get("knockout", []):
                hit = entry.get("channel") == strand.channel and entry.get("of") in (None, sender)
                if hit and entry.get("of") is None:
                    said.append(f"Nobody's {name} is cut any more.")
                if not hit:
                    kept.append(entry)
            document["knockout"] = kept
            if not kept:
                del document["knockout"]
            owner = sender if sender in known else parent(sender)
            for settings in (known[owner].node if owner in known else {}, document):
                settings.get("channels", {}).get(strand.channel, {}).pop("cut", None)
            said.append(f"{sender} is heard on {name} again.")
    return said


__all__ = ["connect", "disconnect", "disconnected", "why_not"]
