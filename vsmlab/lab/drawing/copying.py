"""Copy and paste: nodes as plain JSON, under new names where they are put down."""

from __future__ import annotations

import copy as copying
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from vsmlab.errors import InputError
from vsmlab.lab.checks import resolve_next
from vsmlab.lab.drawing.adding import family_of, free_name, host, refused
from vsmlab.lab.drawing.drawing import Drawing, a_point, changed
from vsmlab.lab.drawing.following import follow, spelled, stays
from vsmlab.lab.drawing.layout import standing
from vsmlab.lab.drawing.shape import Document, shaped
from vsmlab.lab.drawing.things import ENVIRONMENT, leaf, level_of, nodes, parent, thing

Clip = dict[str, Any]
"""What was copied, as plain JSON."""

FORM = "vsmlab-clip-1"
MAX_CLIP = 1_000_000
ASIDE = 40
"""How far a copy stands from where it was copied, in points."""


def copy(drawing: Drawing, ids: Iterable[str]) -> Clip:
    """Operations, child systems, streams and disturbances as a clip; what else is selected is left out.

    Args:
        drawing: What they are in.
        ids: Their ids.

    Raises:
        InputError: If none of them can be copied.
    """
    known = nodes(drawing.document)
    clip: Clip = {"form": FORM, "nodes": {}, "streams": {}, "disturbances": [], "places": {}}
    chosen = [thing(drawing.document, name) for name in dict.fromkeys(ids) if ">" not in name]
    auto = standing(chosen)
    for one in chosen:
        says = copying.deepcopy(one.says)
        if one.kind in ("operation", "system") and parent(one.id):
            _absolute(says, one.id, known)
            clip["nodes"][one.id] = says
        elif one.kind == "stream":
            clip["streams"][leaf(one.id)] = says
        elif one.kind == "disturbance":
            clip["disturbances"].append(says)
            clip["places"][f"{ENVIRONMENT}.disturbances.{len(clip['disturbances']) - 1}"] = list(
                drawing.places.get(one.id, auto[one.id])
            )
            continue
        else:
            continue
        clip["places"][one.id] = list(drawing.places.get(one.id, auto[one.id]))
    if not (clip["nodes"] or clip["streams"] or clip["disturbances"]):
        right = "select operations, child systems, streams or disturbances"
        raise refused("nothing that can be copied is selected", right)
    return clip


def _absolute(node: Document, path: str, known: Mapping[str, object]) -> None:
    for entry in node.get("next", []):
        entry["unit"] = resolve_next(path, entry.get("unit", ""), known)
    for name, child in node.get("operations", {}).items():
        _absolute(child, f"{path}.{name}", known)


def paste(
    drawing: Drawing, level: str, clip: Mapping[str, Any], at: Sequence[float] | None = None
) -> Drawing:
    """Put a clip down at a level, under free names; what it named and is not there is left out.

    Args:
        drawing: What it is put down in.
        level: Path of the level.
        clip: What `copy` gave, here or in another drawing.
        at: Where the first of it stands; beside where it was copied if unsaid.

    Returns:
        A drawing whose ``made`` names what is new.

    Raises:
        InputError: If it is no clip, or cannot be put down there.
    """
    read = _read(clip)
    document = copying.deepcopy(drawing.document)
    level_of(document, level)
    goals: dict[str, str] = {}
    said: list[str] = []
    made: dict[str, str] = {}
    if read["nodes"]:
        here = host(document, level)
        for path, node in read["nodes"].items():
            name = free_name(_stem(leaf(path)), here["operations"], family_of(here))
            here["operations"][name] = node
            goals[path] = made[path] = f"{level}.{name}"
    _hand_offs(document, goals, said)
    demand = document["environment"]["demand"]
    for name, stream in read["streams"].items():
        new = free_name(_stem(name), demand)
        stream["to"] = _routes(document, stream, goals, level)
        demand[new] = stream
        made[f"{ENVIRONMENT}.{name}"] = f"{ENVIRONMENT}.{new}"
    entries = document["environment"].setdefault("disturbances", [])
    for index, entry in enumerate(read["disturbances"]):
        for field in ("unit", "of"):
            if field in entry:
                entry[field] = _goal(entry[field], goals)
        stream = f"{ENVIRONMENT}.{entry.get('stream', '')}"
        if stream in made:
            entry["stream"] = leaf(made[stream])
        made[f"{ENVIRONMENT}.disturbances.{index}"] = f"{ENVIRONMENT}.disturbances.{len(entries)}"
        entries.append(entry)
    if not entries:
        del document["environment"]["disturbances"]
    places, more = follow(drawing.document, document, stays, drawing.places)
    placed = {new: read["places"][old] for old, new in made.items() if old in read["places"]}
    if placed:
        first = next(iter(placed.values()))
        x, y = a_point(at) if at is not None else (first[0] + ASIDE, first[1] + ASIDE)
        for name, point in placed.items():
            places[name] = a_point([x + point[0] - first[0], y + point[1] - first[1]])
    return changed(drawing, document, places=places, said=(*said, *more), made=tuple(made.values()))


def _stem(name: str) -> str:
    """A name without the number that an earlier copy gave it."""
    stem, _, number = name.rpartition("-")
    return stem if stem and number.isascii() and number.isdecimal() and len(number) < 4 else name


def _read(clip: Mapping[str, Any]) -> Clip:
    wrong = InputError("clipboard", "", "not something that was copied from a drawing", right="copy it again")
    if clip.get("form") != FORM:
        raise wrong
    try:
        text = json.dumps(clip, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as exc:
        raise wrong from exc
    if len(text) > MAX_CLIP:
        raise InputError("clipboard", "", "too much to paste", right=f"at most {MAX_CLIP:,} characters")
    read: Clip = json.loads(text)
    kinds = (("nodes", dict), ("streams", dict), ("disturbances", list), ("places", dict))
    if any(not isinstance(read.get(name), kind) for name, kind in kinds):
        raise wrong
    children = {f"n{index}": node for index, node in enumerate(read["nodes"].values())}
    names = [leaf(str(path)) for path in read["nodes"]]
    tried = shaped(
        {
            "environment": {"demand": read["streams"], "disturbances": read["disturbances"]},
            "organisation": {"name": "clip", "operations": {**{name: {} for name in names}, **children}},
        },
        "clipboard",
    )
    mended = tried["organisation"]["operations"]
    read["nodes"] = {path: mended[f"n{index}"] for index, path in enumerate(read["nodes"])}
    read["streams"] = tried["environment"]["demand"]
    read["disturbances"] = tried["environment"]["disturbances"]
    read["places"] = {name: a_point(point, "clipboard", "places") for name, point in read["places"].items()}
    return read


def _goal(path: str, goals: Mapping[str, str]) -> str:
    """Where what a clip names is, if it is part of the clip itself."""
    for old, new in goals.items():
        if path == old or path.startswith(f"{old}."):
            return new + path[len(old) :]
    return path


def _hand_offs(document: Document, goals: Mapping[str, str], said: list[str]) -> None:
    known = nodes(document)
    for new in goals.values():
        for path, _, node in known.values():
            if not f"{path}.".startswith(f"{new}.") or "next" not in node:
                continue
            kept = []
            for entry in node["next"]:
                goal = _goal(entry.get("unit", ""), goals)
                mother = parent(goal)
                reached = goal in known and (goal == path or not mother or path.startswith(f"{mother}."))
                if reached:
                    entry["unit"] = spelled(path, goal, known)
                    kept.append(entry)
                else:
                    said.append(f"{path} hands nothing on to {entry.get('unit', '')}: it is not there.")
            node["next"] = kept
            if not kept:
                del node["next"]


def _routes(document: Document, stream: Document, goals: Mapping[str, str], level: str) -> list[Document]:
    known = nodes(document)
    kept = [
        {**route, "unit": _goal(route.get("unit", ""), goals)}
        for route in stream.get("to", [])
        if _goal(route.get("unit", ""), goals) in known
    ]
    if kept:
        kept[-1].pop("when", None)
    return kept or [{"unit": level}]
