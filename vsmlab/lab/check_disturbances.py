"""What must hold between disturbances and what they strike: operations, systems, channels, streams."""

from __future__ import annotations

from vsmlab.errors import InputError
from vsmlab.lab.outline import Outline, some
from vsmlab.lab.scenario import Act, Disturbance
from vsmlab.lab.tables import did_you_mean


def check_disturbances(outline: Outline) -> None:
    """Refuse a disturbance that strikes nothing, and a stream that is called like one.

    Raises:
        InputError: With the first thing that does not fit.
    """
    environment = outline.scenario.environment
    for name in environment.demand:
        if any(path == f"environment.{name}" for path, _ in environment.disturbing()):
            wrong = f"a disturbance is called {name!r}"
            right = "choose another name: disturbances are called by their kind and numbered from -1"
            raise InputError(outline.source, f"environment.demand.{name}", wrong, right=right)
    for index, disturbance in enumerate(environment.disturbances):
        check_targets(outline, disturbance, f"environment.disturbances.{index}")
    _check_one_probability(outline)


def check_targets(outline: Outline, entry: Disturbance | Act, place: str) -> None:
    """Refuse what strikes nothing, or asks for more of a stream that is not there.

    Args:
        outline: Who is there.
        entry: A disturbance, or an act.
        place: Where it stands.

    Raises:
        InputError: With the first thing that does not fit.
    """
    if entry.unit is not None:
        _check_unit(outline, entry, entry.unit, f"{place}.unit")
    if entry.channel is not None and entry.kind != "set":
        _check_sender(outline, entry, outline.senders(entry.channel), place)
    streams = outline.scenario.environment.demand
    if entry.stream is not None and entry.stream not in streams:
        right = f"{did_you_mean(entry.stream, list(streams))}streams: {some(streams)}"
        given = repr(entry.stream)
        raise InputError(outline.source, f"{place}.stream", "unknown stream", given=given, right=right)


def _check_unit(outline: Outline, disturbance: Disturbance | Act, path: str, place: str) -> None:
    viable = disturbance.kind == "loss"
    known = [name for name, node in outline.nodes.items() if node.viable == viable]
    if path in known:
        return
    what = "viable system" if viable else "operation"
    wrong, right = f"no {what} of this path", f"{did_you_mean(path, known)}{what}s: {some(known) or 'none'}"
    if path in outline.nodes:
        wrong = "not a viable system" if viable else "not an elementary operation"
        only = "loss strikes every operation of a viable system"
        right = f"{only}; {right}"
    raise InputError(outline.source, place, wrong, given=repr(path), right=right)


def _check_sender(outline: Outline, disturbance: Disturbance | Act, senders: list[str], place: str) -> None:
    if not senders:
        wrong = f"nobody sends on {disturbance.channel} in this organisation"
        raise InputError(outline.source, f"{place}.channel", wrong, right="leave it out")
    if disturbance.of is not None and disturbance.of not in senders:
        wrong = f"nothing is sent on {disturbance.channel} there"
        right = f"{did_you_mean(disturbance.of, senders)}senders: {some(senders)}"
        given = repr(disturbance.of)
        raise InputError(outline.source, f"{place}.of", wrong, given=given, right=right)


def _check_one_probability(outline: Outline) -> None:
    """An operation lies with one probability, whichever of its biases is on."""
    known: dict[str, tuple[int, float]] = {}
    for index, disturbance in enumerate(outline.scenario.environment.disturbances):
        if disturbance.kind != "bias" or disturbance.unit is None:
            continue
        first, probability = known.setdefault(disturbance.unit, (index, disturbance.probability))
        if probability != disturbance.probability:
            place = f"environment.disturbances.{index}.probability"
            wrong = f"disturbance {first} has another for {disturbance.unit}"
            right = "an operation is biased with one probability"
            given = f"{disturbance.probability:g}"
            raise InputError(outline.source, place, wrong, given=given, right=right)
