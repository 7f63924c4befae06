"""Adding: what an item of the palette becomes where it is dropped."""

from __future__ import annotations

import copy
from collections.abc import Collection, Sequence

from vsmlab.errors import InputError
from vsmlab.lab.check_systems import is_numbered
from vsmlab.lab.drawing.drawing import Drawing, a_point, changed
from vsmlab.lab.drawing.following import follow, stays
from vsmlab.lab.drawing.palette import DISTURBANCES, palette
from vsmlab.lab.drawing.shape import Document
from vsmlab.lab.drawing.things import (
    ENVIRONMENT,
    Thing,
    agents_in,
    is_on,
    leaf,
    level_of,
    nodes,
    root_of,
    senders,
    thing,
    viable,
)
from vsmlab.lab.scenario.base import RESERVED_NAMES
from vsmlab.lab.scenario.organisation import SYSTEMS
from vsmlab.lab.tables import did_you_mean
from vsmlab.laws import kinds as k

LIMITS = {
    "mean_wait_s": 60,
    "p95_wait_s": 60,
    "mean_queue": 20,
    "utilisation": 0.95,
    "shed_share": 0.05,
    "failed_share": 0.05,
}
"""What a new essential variable may not pass, in the order in which they are added."""


def add(
    drawing: Drawing, kind: str, level: str, at: Sequence[float] | None = None, onto: str | None = None
) -> Drawing:
    """Add one item of the palette.

    Args:
        drawing: What it is added to.
        kind: The item's kind.
        level: Path of the level that it is dropped on.
        at: Where, across and down; by System if unsaid.
        onto: Id of the node that it is dropped on.

    Returns:
        A drawing whose ``made`` names what is new.

    Raises:
        InputError: If it cannot be there, and why.
    """
    kinds = [item.kind for item in palette()]
    if kind not in kinds:
        right = f"{did_you_mean(kind, kinds)}one of {', '.join(kinds)}"
        raise refused("there is no such item", right, repr(kind)[:60])
    point = None if at is None else a_point(at)
    document = copy.deepcopy(drawing.document)
    level_of(document, level)
    target = None if onto is None else thing(document, onto)
    said: list[str] = []
    made = _add(document, kind, level, target, said)
    places, more = follow(drawing.document, document, stays, drawing.places)
    if point is not None and kind not in ("agent", "essential"):
        places[made] = point
    return changed(drawing, document, places=places, said=(*said, *more), made=(made,))


def refused(wrong: str, right: str = "", given: object = None) -> InputError:
    """A gesture that is refused, in one sentence."""
    return InputError("", "", wrong, given=given, right=right)


def _add(document: Document, kind: str, level: str, onto: Thing | None, said: list[str]) -> str:
    if kind in ("operation", "system"):
        return _operation(document, kind, level, onto)
    if kind in SYSTEMS:
        return _system(document, kind, level)
    if kind in DISTURBANCES:
        return _disturbance(document, kind, level, onto)
    return {"agent": _agent, "stream": _stream, "policy": _policy, "essential": _essential}[kind](
        document, level, onto, said
    )


def free_name(wish: str, taken: Collection[str], family: str | None = None) -> str:
    """A name that is not taken: the wish, or it with -2, -3 and so on.

    Args:
        wish: What it should be called.
        taken: Names that there are.
        family: Name of children made at run time, which no sibling may have.
    """
    number, stem = 1, wish[:58].rstrip("-")
    while True:
        name = stem if number == 1 else f"{stem}-{number}"
        numbered = family is not None and is_numbered(name, family)
        if name not in taken and name not in RESERVED_NAMES and not numbered:
            return name
        if numbered and number > 1:
            stem, number = f"{wish[:50].rstrip('-')}-x", 0
        number += 1


def family_of(node: Document) -> str | None:
    """What children of a node are called that are made at run time."""
    return node["spawn"].get("name", "child") if "spawn" in node else None


def host(document: Document, level: str) -> Document:
    """The viable system that a level shows.

    Raises:
        InputError: If it is a lone operation.
    """
    node = level_of(document, level).node
    if not viable(node):
        wrong = f"{level} is a lone operation, with nothing below it and no Systems 2 to 5"
        raise refused(wrong, "begin with a new drawing, which has all Systems")
    return node


def _operation(document: Document, kind: str, level: str, onto: Thing | None) -> str:
    if onto is not None and onto.kind == "system":
        level = onto.id
    node = host(document, level)
    new: Document = {"agents": 1}
    if any("work" not in stream for stream in document["environment"]["demand"].values()):
        new["work"] = 1
    name = free_name("operation" if kind == "operation" else "division", node["operations"], family_of(node))
    node["operations"][name] = new if kind == "operation" else {"operations": {"operation": new}}
    return f"{level}.{name}"


def _system(document: Document, kind: str, level: str) -> str:
    node = host(document, level)
    if is_on(node, kind):
        raise refused(f"{leaf(level)} has this System already", "a viable system has one of each")
    node.pop(kind)
    return f"{level}.{kind}"


def _agent(document: Document, level: str, onto: Thing | None, said: list[str]) -> str:
    found = level_of(document, level)
    if onto is None and not viable(found.node):
        onto = thing(document, level)
    if onto is None or onto.kind != "operation":
        raise refused("an agent serves in an operation", "drop it on one")
    agents = onto.says.get("agents", 0)
    if isinstance(agents, bool) or not isinstance(agents, int):
        raise refused("its number of agents is not a number", "mend that first", agents)
    onto.says["agents"] = agents + 1
    return onto.id


def _stream(document: Document, level: str, onto: Thing | None, said: list[str]) -> str:
    goal = level
    if onto is not None and onto.kind in ("operation", "system"):
        goal = onto.id
    demand = document["environment"]["demand"]
    name = free_name("demand", demand)
    demand[name] = {"arrivals": {"poisson": {"rate": 0.1}}, "work": 1, "to": [{"unit": goal}]}
    return f"{ENVIRONMENT}.{name}"


def _policy(document: Document, level: str, onto: Thing | None, said: list[str]) -> str:
    root = root_of(document)
    if not viable(document["organisation"]):
        raise refused("a lone operation has no System 5 that limits could belong to")
    if level != root:
        raise refused("limits hold for the whole organisation", f"drop it at {root}")
    if "agents" in document.get("policy", {}):
        raise refused("policy has its limits already", "change them there")
    total = agents_in(document["organisation"])
    document.setdefault("policy", {})["agents"] = {"total": total}
    return f"{root}.system5.policy"


def _essential(document: Document, level: str, onto: Thing | None, said: list[str]) -> str:
    path = level if onto is None or onto.kind == "desk" else onto.id
    known = nodes(document)
    if path not in known:
        raise refused("it belongs to an operation or a viable system", "drop it on one")
    node = known[path].node
    if not viable(node) and node.get("management") == "off":
        raise refused(f"{leaf(path)} has no local management, which would judge it", "switch that on first")
    essential = node.setdefault("essential", {})
    name = next((name for name in LIMITS if name not in essential), None)
    if name is None:
        raise refused(f"{leaf(path)} has every essential variable already", "change them there")
    essential[name] = {"max": LIMITS[name]}
    said.append(f"{name} of {leaf(path)} may not pass {LIMITS[name]:g}.")
    return f"{path}.desk" if viable(node) and path == level else path


def _disturbance(document: Document, kind: str, level: str, onto: Thing | None) -> str:
    entry: Document = {"kind": kind}
    entry.update(_times(document))
    if kind == "demand":
        entry |= _of_demand(document, onto)
    elif kind in ("cut", "delay"):
        entry |= _of_channel(document, onto) | ({"adds": 5} if kind == "delay" else {})
    elif kind == "loss":
        entry["unit"] = _lost(document, level, onto)
    else:
        entry["unit"] = _victim(document, level, onto)
        factors = {"slow": 0.5, "bias": 2}
        if kind in factors:
            entry["factor"] = factors[kind]
    entries = document["environment"].setdefault("disturbances", [])
    if kind == "bias":  # an operation lies with one probability
        for one in entries:
            if one.get("kind") == "bias" and one.get("unit") == entry["unit"] and "probability" in one:
                entry["probability"] = one["probability"]
    entries.append(entry)
    return f"{ENVIRONMENT}.disturbances.{len(entries) - 1}"


def _times(document: Document) -> Document:
    """When a new disturbance comes: a quarter into what is measured, for a tenth of it."""
    begin, end = (
        value if isinstance(value, int | float) and not isinstance(value, bool) else 0
        for value in (document.get("warmup", 0), document.get("horizon", 0))
    )
    length = max(end - begin, 1)
    return {"time": max(round(begin + length / 4, 3), 0), "lasts": max(round(length / 10, 3), 0.001)}


def _of_demand(document: Document, onto: Thing | None) -> Document:
    streams = list(document["environment"]["demand"])
    if onto is not None and onto.kind == "stream":
        return {"stream": leaf(onto.id), "factor": 2}
    if not streams:
        raise refused("there is no stream whose demand could change", "add one first")
    return {"stream": streams[0], "factor": 2}


_STRUCK_FIRST = ("account", "s2", "bargain", "s3star", "s4_s3", "s34_s5", "s5_34", "env_op")


def _of_channel(document: Document, onto: Thing | None) -> Document:
    paths: list[str | None] = [None]
    if onto is not None:
        paths = [f"{onto.id}.management", onto.level if onto.kind == "desk" else onto.id, None]
    for path in paths:
        for channel in _STRUCK_FIRST + k.CHANNEL_NAMES:
            found = senders(document, channel)
            if path in found:
                return {"channel": channel, "of": path}
            if path is None and found:
                return {"channel": channel}
    raise refused("nobody sends on a channel that could be struck")


def _lost(document: Document, level: str, onto: Thing | None) -> str:
    if onto is not None and onto.kind == "system":
        return onto.id
    host(document, level)
    return level


def _victim(document: Document, level: str, onto: Thing | None) -> str:
    if onto is not None and onto.kind == "operation":
        return onto.id
    for path, _, node in nodes(document).values():
        if not viable(node) and f"{path}.".startswith(f"{level}."):
            return path
    raise refused("there is no operation that it could strike", "add one first")
