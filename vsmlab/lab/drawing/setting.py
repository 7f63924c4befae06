"""Setting values, moving, knocking out, and renaming."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence

from vsmlab.errors import InputError
from vsmlab.lab.checks import ROLES
from vsmlab.lab.drawing.adding import refused
from vsmlab.lab.drawing.drawing import Drawing, a_point, changed
from vsmlab.lab.drawing.following import follow, renamed, stays
from vsmlab.lab.drawing.shape import Document, check_name
from vsmlab.lab.drawing.things import ENVIRONMENT, Thing, leaf, nodes, parent, roles, thing, things
from vsmlab.lab.overlay import Override, apply_override
from vsmlab.lab.plain import plain_mapping
from vsmlab.lab.scenario.organisation import SYSTEMS
from vsmlab.lab.tables import did_you_mean

MAX_PLACE = 4096


def set_value(drawing: Drawing, place: str, value: object) -> Drawing:
    """Set one value by its dotted place in the scenario, such as ``organisation.operations.chat.agents``.

    The value may be wrong: `problems` says so. None is the same as `unset`.

    Args:
        drawing: What it is set in.
        place: The place; its last part may be a field that was left to its default.
        value: A plain value.

    Raises:
        InputError: If there is no such place, or the value would leave nothing to be drawn there.
    """
    if value is None:
        return unset(drawing, place)
    path = _path(place)
    if path == ["organisation", "name"]:
        return rename(drawing, drawing.root, value if isinstance(value, str) else "")
    document = _opened_up(drawing.document, path)
    plain = plain_mapping({"value": value}, "drawing")["value"]
    try:
        apply_override(document, Override(tuple(path), plain))
    except InputError as exc:
        raise InputError("drawing", place, exc.wrong, given=exc.given, right=exc.right) from exc
    return _settled(drawing, document)


def unset(drawing: Drawing, place: str) -> Drawing:
    """Leave a value to its default, or take an entry out of a list.

    Args:
        drawing: What it is unset in.
        place: The dotted place; one that says nothing is left as it is.

    Raises:
        InputError: If what is drawn could not be without it.
    """
    path = _path(place)
    document = _opened_up(drawing.document, path)
    here: object = document
    if path[:2] == ["environment", "disturbances"] and len(path) == 3:
        raise refused("a disturbance is deleted, not unset", f"delete {place}")
    for part in path[:-1]:
        here = _below(here, part)
        if here is None:
            return changed(drawing)
    last = path[-1]
    if isinstance(here, dict):
        here.pop(last, None)
    elif isinstance(here, list) and last.isascii() and last.isdecimal() and int(last) < len(here):
        del here[int(last)]
    return _settled(drawing, document)


def _opened_up(document: Document, path: Sequence[str]) -> Document:
    """A document that may be changed along a path; what lies aside is the same as before."""
    found = dict(document)
    here: dict[str, object] | list[object] = found
    for part in path[:-1]:
        inside = _below(here, part)
        if not isinstance(inside, dict | list):
            break
        copied: dict[str, object] | list[object] = dict(inside) if isinstance(inside, dict) else list(inside)
        if isinstance(here, dict):
            here[part] = copied
        else:
            here[int(part)] = copied
        here = copied
    return found


def _below(here: object, part: str) -> object:
    if isinstance(here, dict):
        return here.get(part)
    if isinstance(here, list) and part.isascii() and part.isdecimal() and int(part) < len(here):
        return here[int(part)]
    return None


def _path(place: str) -> list[str]:
    parts = place.split(".")
    if not all(parts) or len(place) > MAX_PLACE or not place.isprintable():
        right = "write it as organisation.operations.chat.agents"
        raise InputError("", "", "not a place", given=repr(place)[:80], right=right)
    if parts[0] in ("picture", "extends", "templates"):
        raise refused(f"{parts[0]} is no part of the drawing's values", "move nodes to change the picture")
    return parts


def _settled(drawing: Drawing, document: Document) -> Drawing:
    """The drawing with what else follows: a System that was switched off takes what named it."""
    made = changed(drawing, document)
    if set(made.things) >= set(drawing.things):
        return made
    document = copy.deepcopy(made.document)
    places, said = follow(drawing.document, document, stays, drawing.places)
    return changed(drawing, document, places=places, said=tuple(said))


def move(drawing: Drawing, points: Mapping[str, Sequence[float]]) -> Drawing:
    """Place nodes.

    Args:
        drawing: What they are moved in.
        points: Across and down, in points, by id.

    Raises:
        InputError: If one is not there, or a point is none.
    """
    known = drawing.things
    for name in points:
        if name not in known:
            thing(drawing.document, name)  # says what there is
    placed = {name: a_point(point) for name, point in points.items()}
    return changed(drawing, places={**drawing.places, **placed})


def rename(drawing: Drawing, name: str, new: str) -> Drawing:
    """Rename an operation, child system, stream or the organisation; all that named it follows.

    Args:
        drawing: What it is renamed in.
        name: Its id.
        new: The new name: small letters, digits and hyphens.

    Raises:
        InputError: If the name cannot be, or is taken.
    """
    one = things(drawing.document).get(name)
    if one is None:
        one = thing(drawing.document, name)
    if one.kind == "desk":
        one = Thing(one.level, "system", "", one.place, one.says)
    if one.kind not in ("operation", "system", "stream"):
        raise refused("it has no name of its own", "operations, systems and streams have")
    if not (one.place == "organisation" and new == "desk"):
        check_name(new, "", "")
    if new == leaf(one.id):
        return changed(drawing)
    document = copy.deepcopy(drawing.document)
    if one.kind == "stream":
        old_path, new_path = one.id, f"{ENVIRONMENT}.{new}"
        document["environment"]["demand"] = _renamed(document["environment"]["demand"], leaf(one.id), new)
    elif not parent(one.id):
        old_path, new_path = one.id, new
        document["organisation"]["name"] = new
    else:
        above = nodes(document)[parent(one.id)].node
        old_path, new_path = one.id, f"{parent(one.id)}.{new}"
        above["operations"] = _renamed(above["operations"], leaf(one.id), new)
    places, said = follow(drawing.document, document, renamed(old_path, new_path), drawing.places)
    made = f"{new_path}.desk" if name.endswith(".desk") else new_path
    return changed(drawing, document, places=places, said=tuple(said), made=(made,))


def _renamed(siblings: Document, old: str, new: str) -> Document:
    if new in siblings:
        raise refused("the name is taken", f"another is called {new}: choose another name")
    return {new if name == old else name: part for name, part in siblings.items()}


def knock_out(drawing: Drawing, name: str) -> Drawing:
    """Knock out a System, or an operation's local management: it is there, and answers nothing.

    Args:
        drawing: What it is in.
        name: Its id; ``fleet.chat.management`` is the management of an operation.

    Raises:
        InputError: If it cannot be knocked out, or is already.
    """
    _removable(drawing.document, name)
    entries = drawing.document.get("knockout", [])
    if any(entry.get("system") in (name, leaf(name)) for entry in entries):
        raise refused("it is knocked out already", "restore it first")
    document = copy.deepcopy(drawing.document)
    document.setdefault("knockout", []).append({"system": name})
    return changed(drawing, document, said=(f"{name} is there and answers nothing.",))


def restore(drawing: Drawing, name: str) -> Drawing:
    """Take the knock-out of a System away; where every one of its role is out, the others stay so.

    Args:
        drawing: What it is in.
        name: Its id, as for `knock_out`.

    Raises:
        InputError: If it is not knocked out.
    """
    role = _removable(drawing.document, name)
    entries = drawing.document.get("knockout", [])
    if not any(entry.get("system") in (name, role) for entry in entries):
        raise refused("it is not knocked out", given=repr(name)[:80])
    document = copy.deepcopy(drawing.document)
    kept = [entry for entry in document["knockout"] if entry.get("system") not in (name, role)]
    if any(entry.get("system") == role for entry in entries):
        named = {entry.get("system") for entry in kept}
        others = [path for path in _of_role(document, role) if path != name and path not in named]
        kept += [{"system": path} for path in others]
    document["knockout"] = kept
    if not kept:
        del document["knockout"]
    return changed(drawing, document, said=(f"{name} answers again.",))


def _of_role(document: Document, role: str) -> list[str]:
    return [path for path in roles(document) if leaf(path) == role and parent(path)]


def _removable(document: Document, name: str) -> str:
    role = leaf(name)
    if role in ROLES and name in _of_role(document, role):
        return role
    one = things(document).get(name)
    if one is not None and one.kind in ("operation", "system", "stream", "desk"):
        right = "knock out one of its Systems or its management, or let a disturbance strike it"
        raise refused(f"{leaf(name)} is no System that can be knocked out", right)
    known = [path for role in ("management", *SYSTEMS) for path in _of_role(document, role)]
    raise refused("there is no such System", f"{did_you_mean(name, known)}it may be off", repr(name)[:80])
