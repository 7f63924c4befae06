"""The homeostat of Systems 3 and 4: how many agents, between what is now and what will be then.

System 3 (inside and now) and System 4 (outside and then) each pull at one number, the commitment, towards
what they wish. Who is hired begins only ``hire_takes`` seconds later, so the pull acts on agents as they were
committed to that long ago: with u the commitment, d the delay, k the gains and u* the wishes,
``u'(t) = k3 (u3* - u(t - d)) + k4 (u4* - u(t - d))``. It rests at the mean of the wishes weighted by the gains
and settles only while (k3 + k4) d < pi/2, without a swing up to 1/e. System 5 sets the gains, never the number.

Source: Beer (1979) for the homeostat; the equation is our own choice, its bounds are Hayes' (1950, source not
checked). Below the root nobody hires: there the same two sides meet in what System 3 accounts for as offered.
"""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.kinds import (
    AGENTS_NOW,
    AGENTS_THEN,
    BALANCE_DUE,
    CAPABILITY,
    COMMITTED,
    DEVIATION,
    EXPECTED,
    GRANTED,
    HIRED,
    HIRES,
    LOAD,
    OFFERED,
    POTENTIALITY,
    PROPOSAL,
    S3_S4,
    S34_S5,
)
from vsmlab.laws.sending import note, remind, send
from vsmlab.laws.tables import Message, State, System3, Unit

from .bargain import at_hand, believed, demanded, unheard
from .granting import held, rearrange


@law
def hear_outlook(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 4 says what work to expect, how far that may be wrong, and how many agents it would take."""
    system3 = state.system3s[unit.at]
    if message.ref == EXPECTED:
        system3.outlook, system3.outlook_heard = message.value, now
    elif message.ref == DEVIATION:
        system3.deviation = message.value
    elif message.ref == AGENTS_THEN:
        system3.wish_then, system3.then_heard = message.value, now


@law
def fresh(system3: System3, heard: float, now: float) -> bool:
    """Whether what System 4 said has been said lately enough to act on (own choice: three of its periods)."""
    return heard >= 0.0 and now - heard <= system3.outlook_lasts


@law
def wish_now(state: State, system3: System3) -> float:
    """Agents that the load of now would keep busy for the share of their time that is aimed at."""
    total = 0.0
    row = system3.first_link
    while row >= 0:
        total += demanded(system3, state.links[row])
        row = state.links[row].next
    if system3.staffing > 0.0:
        total = total / system3.staffing
    return total


@law
def inside_and_outside(system3: System3, offered: float, now: float) -> float:
    """Erlangs to account for: what is offered now, and for its part what System 4 expects then.

    Equation: (1 - w) offered + w max(0, expected + cover deviation), with w the part that System 5 gives to
    outside and then; 0 until System 5 has spoken, and whenever System 4 has fallen silent. Own choice.
    """
    if system3.heard_outside == 0 or not fresh(system3, system3.outlook_heard, now):
        return offered
    expected = max(0.0, system3.outlook + system3.cover * system3.deviation)
    return (1.0 - system3.outside) * offered + system3.outside * expected


@law
def tell_system4(state: State, unit: Unit, system3: System3, now: float) -> None:
    """Tell System 4 what is offered, what those at work can serve, and what all could: agents are erlangs.

    Capability is the agents of operations that are not suspected. Potentiality is all there are, and those
    who were hired and have not begun (Beer 1979's three levels of achievement, in our units).
    """
    if system3.system4 < 0:
        return
    offered, able = 0.0, 0.0
    row = system3.first_link
    while row >= 0:
        link = state.links[row]
        offered += believed(link, link.offered)
        if link.suspected == 0:
            able += held(link)
        row = link.next
    could = float(at_hand(state, system3) + max(0, system3.under_way))
    send(state, unit, now, S3_S4, LOAD, system3.system4, OFFERED, offered)
    send(state, unit, now, S3_S4, CAPABILITY, system3.system4, 0, able)
    send(state, unit, now, S3_S4, POTENTIALITY, system3.system4, 0, could)


@law
def propose_agents(state: State, unit: Unit, system3: System3, now: float) -> None:
    """Tell System 5 how many agents the load of now would take; where they are hired, also how many there are."""
    if system3.system5 < 0:
        return
    send(state, unit, now, S34_S5, PROPOSAL, system3.system5, AGENTS_NOW, wish_now(state, system3))
    if system3.hires == 1:
        send(state, unit, now, S34_S5, PROPOSAL, system3.system5, GRANTED, float(ordered(system3)))


@law
def leaving(system3: System3) -> int:
    """Agents whose notice is over and who have not been able to leave yet."""
    return int(system3.recalled - system3.returned)


@law
def ordered(system3: System3) -> int:
    """Agents there will be when all that is under way has come to pass."""
    return system3.agents - leaving(system3) + system3.under_way


@law
def commit(
    commitment: float,
    period: float,
    gain_now: float,
    wish_now: float,
    gain_then: float,
    wish_then: float,
    present: float,
) -> float:
    """The commitment after one period in which both sides pulled at it.

    The law of the homeostat: u + period (k3 (u3* - p) + k4 (u4* - p)), with p the agents present.
    """
    return commitment + period * (gain_now * (wish_now - present) + gain_then * (wish_then - present))


@law
def balance(state: State, unit: Unit, now: float, message: Message) -> None:
    """Let both sides pull at the commitment; hire, or give notice to, whole agents that it has gained or lost.

    Present are the agents at work and the part of an agent that nobody can hire: the commitment less what is
    under way, which neither side sees. System 4's side is at rest while it is silent.
    """
    system3 = state.system3s[unit.at]
    remind(state, unit, BALANCE_DUE, now + system3.balance_period, 0)
    if unheard(state, system3) > 0:
        return
    gain_then = 0.0
    if fresh(system3, system3.then_heard, now):
        gain_then = system3.gain_then
    commitment = commit(
        system3.commitment,
        system3.balance_period,
        system3.gain_now,
        wish_now(state, system3),
        gain_then,
        system3.wish_then,
        system3.commitment - system3.under_way,
    )
    if system3.agents_most >= 0:
        commitment = min(commitment, float(system3.agents_most))
    system3.commitment = max(commitment, float(max(0, system3.agents_least)))
    more = int(system3.commitment - ordered(system3))
    if more != 0:
        system3.under_way += more
        remind(state, unit, HIRED, now + system3.hire_takes, more)
    note(state, unit, COMMITTED, -1, ordered(system3), system3.commitment)


@law
def hired(state: State, unit: Unit, now: float, message: Message) -> None:
    """Agents who were hired begin; those whose notice is over are recalled, and leave when they come back."""
    system3 = state.system3s[unit.at]
    system3.under_way -= message.ref
    if message.ref > 0:
        system3.pool += message.ref
        system3.agents += message.ref
        note(state, unit, HIRES, -1, system3.agents, float(message.ref))
    else:
        system3.recalled -= message.ref
    rearrange(state, unit, system3, now)


@law
def take_in(state: State, unit: Unit, system3: System3, now: float, many: int) -> None:
    """Agents come with a child system, or (below zero) go with it: the commitment goes with them."""
    system3.agents += many
    system3.commitment += many
    note(state, unit, HIRES, -1, system3.agents, float(many))
