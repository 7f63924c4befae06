"""What can be seen in a document: every node of the picture by its id, with its place in the scenario."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from vsmlab.errors import InputError
from vsmlab.lab.drawing.shape import Document
from vsmlab.lab.outline import ROLE_OF
from vsmlab.lab.scenario.organisation import SYSTEMS
from vsmlab.lab.tables import did_you_mean
from vsmlab.laws import kinds as k

ENVIRONMENT = "environment"


class Thing(NamedTuple):
    """One thing that can be seen, selected and changed.

    Attributes:
        id: What commands call it: the path of an operation, child system or System, ``environment.requests``,
            ``environment.disturbances.0``, ``fleet.desk``, ``fleet.system5.policy``.
        kind: `operation`, `system`, `desk`, `system2` to `system5`, `audit`, `policy`, `stream`, `disturbance`.
        level: Path of the viable system in which it is seen; empty for what lies in the environment.
        place: Dotted place in the scenario of what it says.
        says: What the document says there; not to be changed.
    """

    id: str
    kind: str
    level: str
    place: str
    says: Any


class Found(NamedTuple):
    """A node of the organisation."""

    path: str
    place: str
    node: Document


def root_of(document: Document) -> str:
    """The name of the organisation."""
    return str(document["organisation"]["name"])


def nodes(document: Document) -> dict[str, Found]:
    """Every operation and viable system by path, parents before children, in the order of the document."""
    return {found.path: found for found in _walk(root_of(document), "organisation", document["organisation"])}


def _walk(path: str, place: str, node: Document) -> Iterator[Found]:
    yield Found(path, place, node)
    for name, child in node.get("operations", {}).items():
        yield from _walk(f"{path}.{name}", f"{place}.operations.{name}", child)


def viable(node: Document) -> bool:
    """Whether a node is a viable system."""
    return "operations" in node


def is_on(node: Document, system: str, *, root: bool = False) -> bool:
    """Whether a node has this System, or an operation its management."""
    if system != "management":
        return viable(node) and node.get(system, {}) != "off"
    if viable(node):
        return False
    if root and "management" not in node:
        return bool(node.get("essential"))
    return bool(node.get("management", {}) != "off")


def parent(path: str) -> str:
    """The path above; empty for the root."""
    return path.rpartition(".")[0]


def leaf(path: str) -> str:
    """The last name of a path."""
    return path.rpartition(".")[2]


def things(document: Document) -> dict[str, Thing]:
    """Everything that can be seen, at any level, by id."""
    root = root_of(document)
    found: dict[str, Thing] = {}

    def add(name: str, kind: str, level: str, place: str, says: object) -> None:
        found[name] = Thing(name, kind, level, place, says)

    for name, stream in document["environment"]["demand"].items():
        add(f"{ENVIRONMENT}.{name}", "stream", "", f"environment.demand.{name}", stream)
    for index, entry in enumerate(document["environment"].get("disturbances", ())):
        place = f"environment.disturbances.{index}"
        add(place, "disturbance", "", place, entry)
    for path, place, node in nodes(document).values():
        level = parent(path) or ("" if viable(node) else path)
        add(path, "system" if viable(node) else "operation", level, place, node)
        if not viable(node):
            continue
        add(f"{path}.desk", "desk", path, place, node)
        for system in SYSTEMS:
            if is_on(node, system):
                add(f"{path}.{system}", system, path, f"{place}.{system}", node.get(system, {}))
    if "policy" in document:
        add(f"{root}.system5.policy", "policy", root, "policy", document["policy"])
    return found


def thing(document: Document, name: str) -> Thing:
    """One thing by its id.

    Raises:
        InputError: If there is none.
    """
    known = things(document)
    if name not in known:
        right = f"{did_you_mean(name, known)}it may have been deleted or renamed"
        raise InputError("", "", "there is nothing of this name", given=repr(name)[:80], right=right)
    return known[name]


def level_of(document: Document, level: str) -> Found:
    """The viable system, or lone operation, that a level shows.

    Raises:
        InputError: If there is none of this path.
    """
    known = nodes(document)
    if level in known and (viable(known[level].node) or not parent(level)):
        return known[level]
    levels = [path for path, found in known.items() if viable(found.node)]
    right = f"{did_you_mean(level, levels)}open a viable system"
    raise InputError("", "", "no viable system of this path", given=repr(level)[:80], right=right)


def roles(document: Document) -> dict[str, int]:
    """The role of every receiver of the organisation that may send, and of every stream, by path."""
    root = root_of(document)
    found: dict[str, int] = {}
    for path, _, node in nodes(document).values():
        found[path] = k.DESK if viable(node) else k.OPERATION
        for system, role in ROLE_OF.items():
            if is_on(node, system, root=path == root):
                found[f"{path}.{system}"] = role
    streams = document["environment"]["demand"]
    return found | {f"{ENVIRONMENT}.{name}": k.STREAM for name in streams}


def senders(document: Document, channel: str) -> list[str]:
    """The paths of all who send on a kind of channel."""
    if channel not in k.CHANNEL_NAMES:
        return []
    number = k.CHANNEL_NAMES.index(channel)
    return [path for path, role in roles(document).items() if number in k.SENDS[role]]


def agents_in(node: Document) -> int:
    """Agents of a subtree, as far as they are whole numbers."""
    own = node.get("agents", 0)
    own = own if isinstance(own, int) and not isinstance(own, bool) else 0
    return own + sum(agents_in(child) for child in node.get("operations", {}).values())
