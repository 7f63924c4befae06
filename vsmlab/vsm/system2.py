"""System 2 damps, it does not command: it shares load between siblings without oscillation, and limits rates.

Each sibling is one delayed loop, x' = -g x(t - d): it settles without overshoot while the gain times the
delay stays within 1/e, oscillates beyond, and never settles from pi/2 on. So System 2 corrects a part of a
deviation (gain), knows what it has already corrected though no report shows it yet (prediction, after Smith
1959), and looks at its siblings one after the other (staggering). A threshold only saves messages.
"""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.kinds import (
    CAPABILITY,
    CLEARED,
    COMPLETED,
    COORDINATE,
    DAMP,
    HEARTBEAT,
    HEARTBEAT_DUE,
    LOAD,
    PRESENT,
    RATE,
    S2,
    TOKEN_BURST,
    TOKEN_RATE,
)
from vsmlab.laws.room import reach
from vsmlab.laws.sending import remind, send
from vsmlab.laws.tables import Link, Message, State, System2, Unit

from .zombies import hear_life, look_for_zombies


@law
def correction(gain: float, deviation: float, under_way: float) -> float:
    """What to take away now from a deviation, given what earlier corrections will still take away.

    The law of the damping loop: ``gain`` times the predicted deviation.
    """
    return gain * (deviation - under_way)


@law
def under_way(state: State, link: Link, settle: float) -> float:
    """Corrections that the last report cannot show yet: made later than ``settle`` before it was heard."""
    ledger = state.ledger[0]
    row = link.first_correction
    while row >= 0 and state.corrections[row].time < link.heard - settle:
        link.first_correction = state.corrections[row].next
        state.corrections[row].next = ledger.free_correction
        ledger.free_correction = row
        row = link.first_correction
    if row < 0:
        link.last_correction = -1
    total = 0.0
    while row >= 0:
        total += state.corrections[row].amount
        row = state.corrections[row].next
    return total


@law
def remember(state: State, link: Link, now: float, amount: float) -> None:
    """Keep a correction of this link's load until a report can show it."""
    ledger = state.ledger[0]
    row = ledger.free_correction
    if row >= 0:
        ledger.free_correction = state.corrections[row].next
    else:
        row = ledger.corrections
        ledger.corrections = row + 1
        reach(state.corrections, row)
    kept = state.corrections[row]
    kept.time, kept.amount, kept.next = now, amount, -1
    if link.last_correction >= 0:
        state.corrections[link.last_correction].next = row
    else:
        link.first_correction = row
    link.last_correction = row


@law
def expected_load(state: State, system2: System2, link: Link) -> float:
    """The sibling's load as it will be when all corrections have arrived; as reported, without prediction."""
    if system2.predicts == 0:
        return link.load
    return max(0.0, link.load - under_way(state, link, system2.settle))


@law
def hear_sibling_load(state: State, unit: Unit, now: float, message: Message) -> None:
    """Keep what an operation, or the System 2 of a child system, says of itself."""
    system2 = state.system2s[unit.at]
    row = system2.first_link
    while row >= 0:
        link = state.links[row]
        if link.to == message.sender:
            hear_life(system2, link, now, message)
            if message.kind == CAPABILITY:
                link.capability = message.value
            elif message.kind == HEARTBEAT:
                link.sent = message.value
            elif message.ref == PRESENT:
                link.load, link.heard = message.value, now
            return
        row = link.next


@law
def share_load(state: State, unit: Unit, system2: System2, now: float, link: Link) -> None:
    """Where a sibling has more than its part, ask it to give some to the one that lacks most.

    Whoever is suspected only to seem to live neither gives nor gets.
    """
    load, capability = 0.0, 0.0
    row = system2.first_link
    while row >= 0:
        other = state.links[row]
        if other.suspected == CLEARED:
            load += expected_load(state, system2, other)
            capability += other.capability
        row = other.next
    if capability <= 0.0 or link.heard < 0.0 or link.suspected != CLEARED:
        return
    part = load / capability
    mine = expected_load(state, system2, link) - part * link.capability
    if mine <= system2.threshold:
        return
    neediest, lack = -1, 0.0
    row = system2.first_link
    while row >= 0:
        other = state.links[row]
        short = part * other.capability - expected_load(state, system2, other)
        if short > lack and other.heard >= 0.0 and other.suspected == CLEARED:
            neediest, lack = row, short
        row = other.next
    if neediest < 0 or system2.gain <= 0.0 or mine + lack <= 1.0:
        return  # one task moved would leave them as uneven as they are
    amount = float(int(0.5 + correction(system2.gain, min(mine, lack), 0.0)))
    if amount < 1.0:
        amount = 1.0
    send(state, unit, now, S2, DAMP, link.to, state.links[neediest].address, amount)
    remember(state, link, now, amount)
    remember(state, state.links[neediest], now, -amount)


@law
def allow_gain(state: State, unit: Unit, system2: System2, now: float, link: Link) -> None:
    """Siblings that act by themselves act with the sum of their gains: allow each its part of the whole.

    Where System 2 shares load itself, nothing is left for the siblings to offload on their own.
    """
    gain = 0.0
    if system2.shares == 0:
        gain = system2.gain / system2.children
    send(state, unit, now, S2, DAMP, link.to, -1, gain)


@law
def limit_rate(state: State, unit: Unit, system2: System2, now: float, link: Link) -> None:
    """Divide the common rate by reported load; a rise is given only from what others have let go of before.

    Where the common rate itself fell, what is assigned beyond it is paid first, by those who have to fall.
    """
    total = 0.0
    row = system2.first_link
    while row >= 0:
        total += 1.0 + state.links[row].load
        row = state.links[row].next
    wanted = system2.rate * (1.0 + link.load) / total
    if link.freed > 0.0:
        system2.unassigned += link.freed
        link.freed = 0.0
    if link.rate <= 0.0:
        send(state, unit, now, S2, RATE, link.to, TOKEN_BURST, max(1.0, system2.burst / system2.children))
    if wanted < link.rate:
        fall = link.rate - wanted
        paid = min(fall, max(0.0, 0.0 - system2.unassigned))
        system2.unassigned += paid
        link.freed = fall - paid
        link.rate = wanted
    else:
        rise = max(0.0, min(wanted - link.rate, system2.unassigned))
        system2.unassigned -= rise
        link.rate += rise
    send(state, unit, now, S2, RATE, link.to, TOKEN_RATE, link.rate)


@law
def attend(state: State, unit: Unit, system2: System2, now: float, link: Link) -> None:
    """Look at one sibling."""
    look_for_zombies(state, unit, system2, now, link)
    if system2.children > 1:
        allow_gain(state, unit, system2, now, link)
        if system2.shares == 1:
            share_load(state, unit, system2, now, link)
    if system2.limited == 1:
        limit_rate(state, unit, system2, now, link)


@law
def coordinate(state: State, unit: Unit, now: float, message: Message) -> None:
    """Attend to the sibling whose turn it is, or to all at once where System 2 does not stagger."""
    system2 = state.system2s[unit.at]
    turn = message.ref
    row = system2.first_link
    place = 0
    while row >= 0:
        if system2.staggers == 0 or place == turn:
            attend(state, unit, system2, now, state.links[row])
        place += 1
        row = state.links[row].next
    step, following = system2.period, 0
    if system2.staggers == 1:
        step = system2.period / max(1, system2.children)
        following = turn + 1 if turn + 1 < system2.children else 0
    remind(state, unit, COORDINATE, now + step, following)


@law
def told_by_parent(state: State, unit: Unit, now: float, message: Message) -> None:
    """The System 2 above asks this system to give to a sibling system: the most loaded operation is asked."""
    system2 = state.system2s[unit.at]
    if message.kind == RATE:
        if message.ref == TOKEN_RATE:
            allowed = message.value if system2.own_rate <= 0.0 else min(message.value, system2.own_rate)
            system2.unassigned += allowed - system2.rate
            system2.limited, system2.rate = 1, allowed
        else:
            system2.burst = message.value
        return
    if message.ref < 0:
        return
    heaviest = -1
    row = system2.first_link
    while row >= 0:
        if heaviest < 0 or state.links[row].load > state.links[heaviest].load:
            heaviest = row
        row = state.links[row].next
    if heaviest < 0:
        return
    send(state, unit, now, S2, DAMP, state.links[heaviest].to, message.ref, message.value)
    remember(state, state.links[heaviest], now, message.value)


@law
def beat(state: State, unit: Unit, now: float, message: Message) -> None:
    """Tell the System 2 above that we are alive, and how much this system has to do with what."""
    system2 = state.system2s[unit.at]
    remind(state, unit, HEARTBEAT_DUE, now + system2.period, 0)
    system2.heartbeats += 1
    load, capability, completed = 0.0, 0.0, 0.0
    row = system2.first_link
    while row >= 0:
        load += state.links[row].load
        capability += state.links[row].capability
        completed += state.links[row].completed
        row = state.links[row].next
    send(state, unit, now, S2, HEARTBEAT, system2.parent, 0, float(system2.heartbeats))
    send(state, unit, now, S2, LOAD, system2.parent, PRESENT, load)
    send(state, unit, now, S2, LOAD, system2.parent, COMPLETED, completed)
    send(state, unit, now, S2, CAPABILITY, system2.parent, 0, capability)
