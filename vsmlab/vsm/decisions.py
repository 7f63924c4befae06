"""System 3 does as System 5 has decided: weights, limits, an emergency, child systems."""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.kinds import (
    AGENTS_LEAST,
    AGENTS_MOST,
    CHILD,
    EMERGENCY,
    GAIN_NOW,
    GAIN_THEN,
    OUTSIDE,
    RETIREMENT,
)
from vsmlab.laws.tables import Message, State, System3, Unit

from .spawning import retire_children, spawn_children
from .system3 import bargain


@law
def decided(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 5 has decided; what is said again changes nothing."""
    system3 = state.system3s[unit.at]
    if message.ref == GAIN_NOW:
        system3.gain_now = max(0.0, message.value)
    elif message.ref == GAIN_THEN:
        system3.gain_then = max(0.0, message.value)
    elif message.ref == OUTSIDE:
        system3.outside, system3.heard_outside = min(1.0, max(0.0, message.value)), 1
    elif message.ref == AGENTS_LEAST:
        system3.agents_least = int(message.value)
    elif message.ref == AGENTS_MOST:
        system3.agents_most = int(message.value)
    elif message.ref == EMERGENCY:
        hasten(state, unit, system3, now, message.value)
    elif message.ref == CHILD:
        spawn_children(state, unit, system3, now, int(message.value))
    elif message.ref == RETIREMENT:
        retire_children(state, unit, system3, now, int(message.value))


@law
def hasten(state: State, unit: Unit, system3: System3, now: float, seconds: float) -> None:
    """An emergency: bargain at once, and until it is over without restraint; one that lasts is not begun anew."""
    begins = now >= system3.emergency_until
    system3.emergency_until = max(system3.emergency_until, now + seconds)
    if begins and seconds > 0.0:
        bargain(state, unit, system3, now)
