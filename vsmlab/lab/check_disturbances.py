"""What must hold between disturbances and what they strike: operations, systems, channels, streams."""

from __future__ import annotations

from vsmlab.errors import InputError
from vsmlab.lab.outline import Outline, some
from vsmlab.lab.scenario import Disturbance
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
    senders: dict[str, list[str]] = {}
    for index, disturbance in enumerate(environment.disturbances):
        place = f"environment.disturbances.{index}"
        if disturbance.unit is not None:
            _check_unit(outline, disturbance, disturbance.unit, f"{place}.unit")
        if disturbance.channel is not None:
            if disturbance.channel not in senders:
                senders[disturbance.channel] = outline.senders(disturbance.channel)
            _check_sender(outline, disturbance, senders[disturbance.channel], place)
        if disturbance.stream is not None and disturbance.stream not in environment.demand:
            streams = list(environment.demand)
            right = f"{did_you_mean(disturbance.stream, streams)}streams: {some(streams)}"
            given = repr(disturbance.stream)
            raise InputError(outline.source, f"{place}.stream", "unknown stream", given=given, right=right)
    _check_one_probability(outline)


def _check_unit(outline: Outline, disturbance: Disturbance, path: str, place: str) -> None:
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


def _check_sender(outline: Outline, disturbance: Disturbance, senders: list[str], place: str) -> None:
    if not senders:
        wrong = f"nobody sends on {disturbance.channel} in this organisation"
        raise InputError(outline.source, f"{place}.channel", wrong, right="leave the disturbance out")
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
