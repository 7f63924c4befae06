"""Deleting: a thing goes with all that named it, and what must stay is refused with the reason."""

from __future__ import annotations

import copy
from collections.abc import Iterable

from vsmlab.lab.drawing.adding import refused
from vsmlab.lab.drawing.connecting import disconnected
from vsmlab.lab.drawing.drawing import Drawing, changed
from vsmlab.lab.drawing.following import follow, without
from vsmlab.lab.drawing.shape import Document
from vsmlab.lab.drawing.things import Thing, leaf, nodes, parent, thing
from vsmlab.lab.drawing.viewing import title
from vsmlab.lab.scenario.organisation import SYSTEMS


def delete(drawing: Drawing, ids: Iterable[str]) -> Drawing:
    """Delete nodes and links, at once or not at all.

    An operation goes with its routes, hand-offs, disturbances, knock-outs, expectations and places; a System is
    switched `off`; a link is cut or taken away as `disconnect` does; ``fleet.essential.mean_wait_s`` is an
    essential variable.

    Args:
        drawing: What they are deleted from.
        ids: Ids of nodes and links.

    Returns:
        A drawing whose ``said`` tells what went with them.

    Raises:
        InputError: If one of them must stay, and why.
    """
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        raise refused("nothing is selected", "select what is to be deleted")
    document = copy.deepcopy(drawing.document)
    said = []
    lines = [name for name in wanted if ">" in name]
    if lines:
        said += disconnected(document, lines, near=set(wanted))
    essential = [name for name in wanted if ".essential." in name]
    for name in essential:
        _essential(document, name)
    chosen = [thing(document, name) for name in wanted if name not in lines and name not in essential]
    before = copy.deepcopy(document)
    gone = {one.id for one in chosen}
    outer = [one for one in chosen if not any(path in gone for path in _above(one.id))]
    numbers = {int(leaf(one.id)) for one in outer if one.kind == "disturbance"}
    moved = without({one.id for one in outer if one.kind not in ("policy", "disturbance")})
    places, more = follow(before, _cut_out(document, outer), moved, drawing.places, numbers)
    said += [f"{title(one)} is gone." for one in outer]
    return changed(drawing, document, places=places, said=(*said, *more))


def _above(name: str) -> list[str]:
    found, here = [], parent(name)
    while here:
        found.append(here)
        here = parent(here)
    return found


def _essential(document: Document, name: str) -> None:
    path, _, variable = name.partition(".essential.")
    known = nodes(document)
    if path not in known or variable not in known[path].node.get("essential", {}):
        raise refused("there is no such essential variable", given=repr(name)[:80])
    essential = known[path].node["essential"]
    del essential[variable]
    if not essential:
        del known[path].node["essential"]


def _cut_out(document: Document, chosen: list[Thing]) -> Document:
    """Take away the things themselves, but for disturbances."""
    demand = document["environment"]["demand"]
    known = nodes(document)
    for one in chosen:
        if one.kind == "stream":
            if len(demand) == 1:
                right = "an organisation without an environment has nothing to be viable in"
                raise refused(f"{leaf(one.id)} is the last stream", right)
            del demand[leaf(one.id)]
        elif one.kind in ("operation", "system"):
            if not parent(one.id):
                raise refused(f"{one.id} is the organisation itself", "delete what is in it")
            siblings = known[parent(one.id)].node["operations"]
            if len(siblings) == 1:
                right = "a viable system has at least one: delete the system itself, or add another first"
                raise refused(f"{leaf(one.id)} is the last operation of {parent(one.id)}", right)
            del siblings[leaf(one.id)]
        elif one.kind in SYSTEMS:
            known[one.level].node[one.kind] = "off"
        elif one.kind == "policy":
            del document["policy"]
        elif one.kind == "desk":
            right = "tasks come to a viable system through it"
            raise refused(f"the desk of {leaf(one.level)} cannot be deleted", right)
    return document
