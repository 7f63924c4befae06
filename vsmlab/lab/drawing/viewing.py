"""What one level of a drawing shows: nodes with ports and badges, and links. A pure function of the drawing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from vsmlab.lab.drawing.channels import cut, strands, streams_at
from vsmlab.lab.drawing.drawing import Drawing
from vsmlab.lab.drawing.layout import standing
from vsmlab.lab.drawing.ports import JOINS, Port, ports_of
from vsmlab.lab.drawing.problems import Problem, problems
from vsmlab.lab.drawing.shape import Document
from vsmlab.lab.drawing.things import (
    ENVIRONMENT,
    Thing,
    agents_in,
    leaf,
    level_of,
    nodes,
    parent,
    viable,
)
from vsmlab.lab.report.system import CHANNEL_NAMES

TITLES = {
    "system2": "System 2: coordination",
    "system3": "System 3: control",
    "audit": "System 3*: audit",
    "system4": "System 4: intelligence",
    "system5": "System 5: policy",
    "policy": "Limits",
}


class Node(NamedTuple):
    """A node of the picture. Title and badges are text, never markup.

    Attributes:
        id: What commands call it.
        kind: As in `Thing`.
        title: What it is called.
        badges: Short words about it, such as `4 agents` or `3 problems`.
        place: Across and down, in points.
        placed: Whether somebody placed it.
        ports: Where lines begin and end.
        opens: The level that opens from it; empty where none does.
        out: Whether it is knocked out.
        problems: How many problems it has.
    """

    id: str
    kind: str
    title: str
    badges: tuple[str, ...]
    place: tuple[float, float]
    placed: bool
    ports: tuple[Port, ...]
    opens: str
    out: bool
    problems: int


class Link(NamedTuple):
    """A link of the picture: all that goes over one line between two nodes.

    Attributes:
        id: What `disconnect` calls it.
        line: What kind of line it is: `demand`, `hand-off`, `command`, `coordination` and so on.
        source: Id of the node that it is drawn from.
        source_port: Port there.
        target: Id of the node that it is drawn to.
        target_port: Port there.
        kinds: Kinds of channel on it.
        label: What is on it, in words.
        both_ways: Whether something comes back on it.
        cut: The kinds of channel on it that are cut.
        removable: Whether `disconnect` does anything.
    """

    id: str
    line: str
    source: str
    source_port: str
    target: str
    target_port: str
    kinds: tuple[str, ...]
    label: str
    both_ways: bool
    cut: tuple[str, ...]
    removable: bool


class View(NamedTuple):
    """What one level shows.

    Attributes:
        level: Its path.
        nodes: What there is.
        links: What joins them.
    """

    level: str
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]


class Crumb(NamedTuple):
    """One step of the way to a level."""

    level: str
    title: str


def breadcrumb(drawing: Drawing, level: str) -> tuple[Crumb, ...]:
    """The levels above, the root first, and the level itself.

    Raises:
        InputError: If there is no such level.
    """
    level_of(drawing.document, level)
    names = level.split(".")
    return tuple(Crumb(".".join(names[: end + 1]), name) for end, name in enumerate(names))


def view(drawing: Drawing, level: str) -> View:
    """The nodes and links of one viable system, or of a lone operation.

    Raises:
        InputError: If there is no such level.
    """
    wrong, kept = problems(drawing), drawing.__dict__.setdefault("_views", {})
    if level in kept and kept[level][:2] == (wrong, drawing.places):
        known: View = kept[level][2]
        return known
    level_of(drawing.document, level)
    found = _view(drawing, level, wrong)
    drawing.__dict__["_views"] = {
        **kept,
        level: (wrong, drawing.places, found),
    }  # others may have the one before
    return found


def _view(drawing: Drawing, level: str, wrong: tuple[Problem, ...]) -> View:
    seen = seen_at(drawing, level)
    places = standing(seen)
    troubles: dict[str, int] = {}
    for problem in wrong:
        for name in {problem.node, *_above(problem.node)} - {None, ""}:
            troubles[str(name)] = troubles.get(str(name), 0) + 1
    shown = []
    for one in seen:
        out = knocked_out(drawing.document, one)
        shown.append(
            Node(
                one.id,
                one.kind,
                title(one),
                _badges(drawing.document, one, out, troubles.get(one.id, 0)),
                drawing.places.get(one.id, places[one.id]),
                one.id in drawing.places,
                ports_of(one.kind),
                one.id if one.kind == "system" else "",
                out,
                troubles.get(one.id, 0),
            )
        )
    lines: dict[str, tuple[Link, ...]] = drawing.__dict__.setdefault("_links", {})
    if level not in lines:
        lines[level] = tuple(links(drawing.document, level, {one.id for one in seen}))
    return View(level, tuple(shown), lines[level])


def seen_at(drawing: Drawing, level: str) -> list[Thing]:
    """The things that one level shows: environment, disturbances, its Systems, its operations."""
    document, known = drawing.document, drawing.things
    streams = streams_at(document, level)
    inside = [one for one in known.values() if one.level == level]
    strikes = {
        name: struck(document, known[name].says, level) for name in known if known[name].kind == "disturbance"
    }
    near = {*streams, *(one.id for one in inside)}
    disturbances = [
        known[name]
        for name, target in strikes.items()
        if target in near or (level == drawing.root and not _elsewhere(document, known[name].says, level))
    ]
    return [*(known[name] for name in streams), *disturbances, *inside]


def _elsewhere(document: Document, entry: Document, level: str) -> bool:
    """Whether a disturbance strikes something that a level below shows."""
    path = entry.get("unit", entry.get("of", ""))
    if not path:
        return False
    known = nodes(document)
    return path in known or parent(path) in known


def struck(document: Document, entry: Document, level: str) -> str:
    """The node of a level that a disturbance strikes; empty where it strikes none there."""
    if "stream" in entry:
        return f"{ENVIRONMENT}.{entry['stream']}"
    path = str(entry.get("unit", entry.get("of", "")))
    if not path:
        return ""
    if path.startswith(f"{ENVIRONMENT}."):
        return path
    if leaf(path) in TITLES and parent(path) == level:
        return path
    if leaf(path) == "management":
        path = parent(path)
    if path == level:
        known = nodes(document)
        return f"{level}.desk" if viable(known[level].node) else level
    return path if parent(path) == level else ""


def _above(name: str | None) -> list[str]:
    """The child systems that a thing lies in."""
    found, here = [], parent(name or "")
    while here:
        found.append(here)
        here = parent(here)
    return found


def title(one: Thing) -> str:
    """What a thing is called."""
    if one.kind == "desk":
        return f"{leaf(one.level)}: desk"
    if one.kind == "disturbance":
        return str(one.says.get("kind", "disturbance"))
    return TITLES.get(one.kind, leaf(one.id))


def knocked_out(document: Document, one: Thing) -> bool:
    """Whether a System is there and answers nothing."""
    return one.kind in TITLES and any(
        entry.get("system") in (one.id, leaf(one.id)) for entry in document.get("knockout", [])
    )


def _badges(document: Document, one: Thing, out: bool, troubles: int) -> tuple[str, ...]:
    says: Mapping[str, object] = one.says
    found: list[str] = []
    if one.kind == "operation":
        found.append(_many(says.get("agents", 0), "agent"))
        if document.get("knockout") and any(
            entry.get("system") in (f"{one.id}.management", "management") for entry in document["knockout"]
        ):
            found.append("management knocked out")
        if says.get("management") == "off":
            found.append("no management")
    elif one.kind == "system":
        found += [
            _many(len(one.says.get("operations", {})), "operation"),
            _many(agents_in(one.says), "agent"),
        ]
    elif one.kind == "desk":
        found += [_many(agents_in(one.says), "agent")]
        if "spawn" in says:
            found.append("may spawn children")
    elif one.kind == "stream":
        found.append(_arrivals(one.says))
    elif one.kind == "disturbance":
        found += _strikes(one.says)
    if one.kind in ("operation", "desk", "system") and one.says.get("essential"):
        found.append(_many(len(one.says["essential"]), "essential variable"))
    if out:
        found.append("knocked out")
    if troubles:
        found.append(_many(troubles, "problem"))
    return tuple(found)


def _many(number: object, what: str) -> str:
    return f"{_short(number)} {what}{'' if number == 1 else 's'}"


def _short(value: object) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 24 else text[:23] + "…"


def _arrivals(stream: Document) -> str:
    arrivals = stream.get("arrivals")
    if isinstance(arrivals, dict) and arrivals:
        kind = next(iter(arrivals))
        said = arrivals[kind]
        if kind == "poisson" and isinstance(said, dict):
            return f"{_short(said.get('rate', '?'))} a second"
        return {"renewal": "regular gaps", "markov": "rates by chance", "linear": "a rate that changes"}.get(
            kind, "arrivals"
        )
    return "a trace" if "trace" in stream else "a profile" if "profile" in stream else "no arrivals"


def _strikes(entry: Document) -> list[str]:
    found = []
    if "time" in entry:
        found.append(f"at {_short(entry['time'])} s")
    if "every" in entry:
        found.append("again and again")
    if isinstance(entry.get("lasts"), int | float):
        found.append(f"lasts {_short(entry['lasts'])} s")
    if "channel" in entry:
        found.append(f"channel {_short(entry['channel'])}")
    return found


def links(document: Document, level: str, seen: set[str]) -> list[Link]:
    """The links of one level, of all that goes over one line between two nodes one each."""
    known = nodes(document)
    together: dict[tuple[str, frozenset[str]], list[tuple[str, str, str, tuple[str, ...], str]]] = {}
    for one in strands(document, level):
        if one.source in seen and one.target in seen:
            key = (one.line, frozenset((one.source, one.target)))
            if one.line == "hand-off":  # there and back are two ways of a task
                key = (f"{one.line} {one.source}", key[1])
            together.setdefault(key, []).append((one.source, one.target, one.channel, one.senders, one.entry))
    found = []
    for (line, _), parts in together.items():
        line = line.partition(" ")[0]
        source, target = parts[0][:2]
        kinds = tuple(dict.fromkeys(channel for _, _, channel, _, _ in parts if channel))
        gone = tuple(
            kind
            for kind in kinds
            if all(
                cut(document, known, kind, sender) for part in parts if part[2] == kind for sender in part[3]
            )
            and any(part[3] for part in parts if part[2] == kind)
        )
        entries = [part[4] for part in parts if part[4]]
        source_port, target_port = _ports(line)
        found.append(
            Link(
                f"{source}>{target}:{line}",
                line,
                source,
                source_port,
                target,
                target_port,
                kinds,
                _label(document, line, kinds, gone, entries),
                any(part[0] == target for part in parts) and source != target,
                gone,
                line != "limits",
            )
        )
    for index, entry in enumerate(document["environment"].get("disturbances", [])):
        name = f"{ENVIRONMENT}.disturbances.{index}"
        target = struck(document, entry, level)
        if name in seen and target in seen:
            found.append(
                Link(
                    f"{name}>{target}:strike",
                    "strike",
                    name,
                    "strike",
                    target,
                    "strike",
                    (),
                    "strikes",
                    False,
                    (),
                    False,
                )
            )
    return found


def _ports(line: str) -> tuple[str, str]:
    return next((join.source_port, join.target_port) for join in JOINS if join.line == line)


def _label(
    document: Document, line: str, kinds: tuple[str, ...], gone: tuple[str, ...], entries: list[str]
) -> str:
    if line in ("demand", "hand-off") and entries:
        words = ", ".join(_way(at(document, place), line) for place in entries[:3])
        words += ", ..." if len(entries) > 3 else ""
    else:
        words = ", ".join(CHANNEL_NAMES[kind][0] for kind in kinds) or line
    return f"{words} (cut: {', '.join(CHANNEL_NAMES[kind][0] for kind in gone)})" if gone else words


def at(document: Document, place: str) -> Document:
    """What a document says at a dotted place that is there."""
    here: object = document
    for part in place.split("."):
        here = here[int(part)] if isinstance(here, list) else here[part]  # type: ignore[index]
    assert isinstance(here, dict)
    return here


def _way(entry: Document, line: str) -> str:
    if "probability" in entry:
        return _share(entry["probability"])
    when = entry.get("when")
    if isinstance(when, dict) and when:
        return "if " + " and ".join(_condition(column, bounds) for column, bounds in list(when.items())[:3])
    return "demand" if line == "demand" else "hand-over"


def _share(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{100 * value:g} %"
    return _short(value)


def _condition(column: str, bounds: object) -> str:
    if not isinstance(bounds, dict):
        return _short(column)
    low, high = bounds.get("min"), bounds.get("max")
    if low is not None and high is not None:
        return f"{_short(low)} <= {_short(column)} <= {_short(high)}"
    return f"{_short(column)} <= {_short(high)}" if high is not None else f"{_short(column)} >= {_short(low)}"


__all__ = ["Crumb", "Link", "Node", "View", "at", "breadcrumb", "links", "seen_at", "struck", "title", "view"]
