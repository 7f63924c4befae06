"""Random gestures on a drawing, for property tests: numbers choose what is done and to what."""

import copy

from hypothesis import strategies as st

from vsmlab.errors import InputError
from vsmlab.lab import drawing as d
from vsmlab.lab.drawing.ports import joins_between
from vsmlab.lab.places import scenarios_folder

SCENARIOS = sorted(scenarios_folder().glob("*.yaml"))
QUICK = [path for path in SCENARIOS if path.stem != "llm-fleet-flat"]
VALUES = [
    0,
    1,
    3,
    -1,
    2.5,
    "off",
    "on",
    "<script>alert(1)</script>",
    "é☃" * 20,
    "a\nb",
    True,
    {},
    [],
    "x: y #z",
    "x" * 150,
]
NAMES = [
    "a",
    "chat",
    "system2",
    "<script>",
    "",
    "ü",
    "n" * 64,
    "n" * 65,
    "operation",
    "a.b",
    "worker-2",
    "child-1",
    "policy",
]

gestures = st.lists(st.tuples(*(st.integers(0, 10_000) for _ in range(6))), max_size=8)


def fields(value, place=""):
    """Dotted places of everything in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        here = f"{place}.{key}" if place else str(key)
        yield here
        yield from fields(part, here)


def pick(things, number):
    things = list(things)
    return things[number % len(things)] if things else None


def gesture(now, numbers, clips):
    """What one gesture gives."""
    what, a, b, c, e, f = numbers
    level = pick(d.levels(now), a)
    ids = list(now.things)
    shown = d.view(now, level)
    places = list(fields(now.document))
    point = (e * 7.13 - 900, f - 500)
    match what % 16:
        case 0 | 1:
            at = point if e % 2 else None
            return d.add(now, pick(d.palette(), b).kind, level, at, pick([None, *ids], c))
        case 2:
            return d.delete(now, {pick(ids, b), pick(ids, c)})
        case 3:
            chosen = [pick(shown.links, b), pick(shown.links, c)]
            return d.delete(
                now, [link.id for link in chosen if link] + ([pick(ids, e)] if f % 3 == 0 else [])
            )
        case 4:
            return d.move(now, {pick(ids, b): point, pick(ids, c): (f, e)})
        case 6:
            known = {node.id: node.kind for node in shown.nodes}
            pairs = [(x, y) for x in known for y in known]
            ways = [(x, j, y) for x, y in pairs for j in joins_between(known[x], known[y])]
            way = pick(ways, b * 97 + c)
            return d.connect(now, way[0], way[1].source_port, way[2], way[1].target_port) if way else now
        case 5:
            one, other = pick(shown.nodes, b), pick(shown.nodes, c)
            out = pick([port for port in one.ports if port.direction == "out"], e)
            into = pick([port for port in other.ports if port.direction == "in"], f)
            if out is None or into is None:
                return now
            return d.connect(now, one.id, out.name, other.id, into.name)
        case 7:
            link = pick(shown.links, b)
            return d.disconnect(now, [link.id]) if link else now
        case 8:
            return d.set_value(now, pick(places, b), copy.deepcopy(pick(VALUES, c)))
        case 9:
            return d.unset(now, pick(places, b))
        case 10:
            return d.rename(now, pick(ids, b), pick(NAMES, c))
        case 11:
            clips.append(d.copy(now, [pick(ids, b), pick(ids, c), pick(ids, e)]))
            return d.paste(now, level, clips[-1], point if f % 2 else None)
        case 12:
            return d.paste(now, level, pick(clips, b), point if c % 2 else None) if clips else now
        case 13:
            return d.lay_out(now, level)
        case 14:
            return d.knock_out(now, pick(ids, b))
        case _:
            out = [entry["system"] for entry in now.document.get("knockout", []) if "system" in entry]
            return d.restore(now, pick([*out, *ids] if e % 4 == 0 else out or ids, b))


def tried(now, numbers, clips):
    """What one gesture gives; the same drawing where it is refused."""
    try:
        return gesture(now, numbers, clips)
    except InputError as exc:
        told = str(exc)
    if not told or "\n" in told or len(told) > 1000:
        raise AssertionError(told)
    return now
