"""What must hold between an act of the operator and the organisation: whom it concerns, and what its dial admits."""

from __future__ import annotations

from vsmlab.errors import InputError
from vsmlab.lab.check_disturbances import check_targets
from vsmlab.lab.outline import ROLE_OF, Outline, some
from vsmlab.lab.scenario import Act
from vsmlab.lab.tables import did_you_mean
from vsmlab.laws import kinds as k
from vsmlab.laws.dials import DEMAND, DIALS, Dial, channel_dials, dials_of


def check_act(outline: Outline, act: Act, place: str) -> None:
    """Refuse an act that concerns nobody, or sets what cannot be set.

    Args:
        outline: Who is there from the start; what is born during a run has no path that could be named beforehand.
        act: The act.
        place: Where it stands.

    Raises:
        InputError: With the first thing that does not fit.
    """
    check_targets(outline, act, place)
    if act.system is not None:
        _check_system(outline, act.system, f"{place}.system")
    if act.kind == "demand" and act.factor is not None:
        _check_value(outline, DIALS[DEMAND], act.factor, f"{place}.factor")
    if act.kind == "set":
        dial = _dial(outline, act, place)
        if act.value is not None:
            _check_value(outline, dial, act.value, f"{place}.value")


def _check_system(outline: Outline, path: str, place: str) -> None:
    known = [name for name, role in outline.roles.items() if role in ROLE_OF.values()]
    if path not in known:
        wrong = "nothing that can be taken away" if path in outline.roles else "no System of this path"
        right = f"{did_you_mean(path, known)}Systems: {some(known) or 'none'}"
        raise InputError(outline.source, place, wrong, given=repr(path), right=right)


def _dial(outline: Outline, act: Act, place: str) -> Dial:
    who, name = str(act.who), str(act.dial)
    role = outline.roles.get(who)
    if role is None:
        right = f"{did_you_mean(who, outline.roles)}receivers: {some(outline.roles)}"
        raise InputError(
            outline.source, f"{place}.who", "no receiver of this path", given=repr(who), right=right
        )
    of_channels = {dial.name: dial for dial in channel_dials()}
    mine = {dial.name: dial for dial in dials_of(role)}
    if name not in mine | of_channels:
        known = [*mine, *of_channels]
        wrong, right = f"{who} has no such dial", f"{did_you_mean(name, known)}dials: {', '.join(known)}"
        raise InputError(outline.source, f"{place}.dial", wrong, given=repr(name), right=right)
    sends = [k.CHANNEL_NAMES[channel] for channel in k.SENDS[role]]
    if name in mine:
        if act.channel is not None:
            right = f"leave it out: {', '.join(of_channels)} are dials of a channel"
            raise InputError(
                outline.source, f"{place}.channel", f"{name} is no dial of a channel", right=right
            )
        return mine[name]
    if act.channel not in sends:
        wrong = "missing" if act.channel is None else f"nothing is sent on {act.channel} there"
        right = f"channels of {who}: {', '.join(sends)}"
        raise InputError(outline.source, f"{place}.channel", wrong, right=right)
    return of_channels[name]


def _check_value(outline: Outline, dial: Dial, value: float, place: str) -> None:
    if not dial.admits(value):
        right = f"{dial.name} is {dial.range} ({dial.unit})"
        raise InputError(outline.source, place, "out of range", given=f"{value:g}", right=right)
