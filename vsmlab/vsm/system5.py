"""System 5 closes the loop: it weighs 3 against 4, decides what they propose within policy, and hears pain.

It never says how many agents there should be. It says with what weight System 3 (inside and now) and
System 4 (outside and then) may each pull at that number, and sees to it that together they pull no harder
than the delay of hiring lets them: the sum of their gains times the delay is kept at 1/e, up to which such a
loop settles without a swing. Everything it has decided it says again each period: a message may be lost.
"""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.kinds import (
    AGENTS_LEAST,
    AGENTS_MOST,
    AGENTS_NOW,
    AGENTS_THEN,
    ALARMED,
    CHILD,
    DECIDED,
    DECISION,
    EMERGENCY,
    GAIN_NOW,
    GAIN_THEN,
    GOVERN,
    GRANTED,
    INTERVENE,
    OUTSIDE,
    POLICY,
    RETIREMENT,
    S5_34,
    WEIGHED,
)
from vsmlab.laws.sending import note, remind, send
from vsmlab.laws.tables import Message, State, System5, Unit


@law
def alarm(state: State, unit: Unit, now: float) -> None:
    """Pain has come up to here: declare an emergency, in which System 3 bargains at once and without restraint.

    Pain that comes while an emergency lasts does not make it longer; it only has System 3 told again.
    (Beer 1979: the algedonic signal wakes System 5; the length of the emergency is our own choice.)
    """
    system5 = state.system5s[unit.at]
    if system5.emergency <= 0.0:
        return
    if now >= system5.emergency_until:
        system5.emergency_until = now + system5.emergency
        system5.alarms += 1
        note(state, unit, ALARMED, -1, 0, system5.emergency)
    decide(state, unit, now, system5.system3, EMERGENCY, system5.emergency_until - now)


@law
def decide(state: State, unit: Unit, now: float, to: int, which: int, amount: float) -> None:
    """Tell a decision to System 3 or 4, if there is one."""
    if to >= 0:
        send(state, unit, now, S5_34, DECISION, to, which, amount)


@law
def hear_proposal(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 3 or 4 says how many agents it wishes for, or proposes a child system or the retirement of one."""
    system5 = state.system5s[unit.at]
    if message.ref == AGENTS_NOW:
        system5.now_wish, system5.now_heard = message.value, now
        compare(system5, now)
    elif message.ref == AGENTS_THEN:
        system5.then_wish, system5.then_heard = message.value, now
        compare(system5, now)
    elif message.ref == GRANTED:
        system5.agents = message.value
    elif message.ref == CHILD:
        decide_child(state, unit, system5, now)
    elif message.ref == RETIREMENT:
        decide_retirement(state, unit, system5, now)


@law
def compare(system5: System5, now: float) -> None:
    """Keep since when 3 and 4 have wished for numbers that differ by more than the tolerance."""
    if system5.now_heard < 0.0 or system5.then_heard < 0.0:
        return
    if abs(system5.now_wish - system5.then_wish) <= system5.tolerance:
        system5.apart_since = -1.0
    elif system5.apart_since < 0.0:
        system5.apart_since = now


@law
def govern(state: State, unit: Unit, now: float, message: Message) -> None:
    """Step in where 3 and 4 have been apart for longer than patience lasts; say again what was decided."""
    system5 = state.system5s[unit.at]
    remind(state, unit, GOVERN, now + system5.period, 0)
    apart = system5.apart_since >= 0.0 and now - system5.apart_since >= system5.patience
    if system5.weighed == 0 and apart:
        system5.weighed = 1
        note_weights(state, unit, system5)
    if system5.weighed == 1:
        tell_weights(state, unit, system5, now)
    tell_limits(state, unit, system5, now)
    tell_children(state, unit, system5, now)
    if now < system5.emergency_until:
        decide(state, unit, now, system5.system3, EMERGENCY, system5.emergency_until - now)
    pass_policy(state, unit, system5, now)


@law
def weight_now(system5: System5) -> float:
    """The gain of System 3: its part of what is safe. Equation: k3 = (1 - outside) / (e d)."""
    return system5.safe_gain * (1.0 - system5.outside)


@law
def weight_then(system5: System5) -> float:
    """The gain of System 4: its part of what is safe. Equation: k4 = outside / (e d)."""
    return system5.safe_gain * system5.outside


@law
def note_weights(state: State, unit: Unit, system5: System5) -> None:
    """System 5 weighs 3 against 4: a fact."""
    if system5.hires == 1:
        note(state, unit, WEIGHED, -1, GAIN_NOW, weight_now(system5))
        note(state, unit, WEIGHED, -1, GAIN_THEN, weight_then(system5))
    note(state, unit, WEIGHED, -1, OUTSIDE, system5.outside)


@law
def tell_weights(state: State, unit: Unit, system5: System5, now: float) -> None:
    """Tell System 3 with what weight each may pull, and what part of its accounts is outside and then.

    Sources: Beer (1979) for the balance of 3 and 4 by 5; that 5 sets weights and never the number itself,
    and the bound of the sum of the gains by the delay (Hayes 1950, source not checked), are our own choice.
    """
    if system5.hires == 1:
        decide(state, unit, now, system5.system3, GAIN_NOW, weight_now(system5))
        decide(state, unit, now, system5.system3, GAIN_THEN, weight_then(system5))
    decide(state, unit, now, system5.system3, OUTSIDE, system5.outside)


@law
def tell_limits(state: State, unit: Unit, system5: System5, now: float) -> None:
    """Tell System 3 how many agents policy allows and asks for."""
    if system5.hires == 1:
        decide(state, unit, now, system5.system3, AGENTS_LEAST, float(system5.agents_least))
        decide(state, unit, now, system5.system3, AGENTS_MOST, float(system5.agents_most))


@law
def tell_children(state: State, unit: Unit, system5: System5, now: float) -> None:
    """Tell Systems 3 and 4 how many child systems were ever decided on, and how many retirements."""
    if system5.births > 0:
        decide(state, unit, now, system5.system3, CHILD, float(system5.births))
        decide(state, unit, now, system5.system4, CHILD, float(system5.births))
    if system5.retirements > 0:
        decide(state, unit, now, system5.system3, RETIREMENT, float(system5.retirements))
        decide(state, unit, now, system5.system4, RETIREMENT, float(system5.retirements))


@law
def pass_policy(state: State, unit: Unit, system5: System5, now: float) -> None:
    """Tell the System 5 of every child system the part that is to be given to outside and then."""
    row = system5.first_link
    while row >= 0:
        link = state.links[row]
        send(state, unit, now, INTERVENE, POLICY, link.to, OUTSIDE, system5.outside)
        row = link.next


@law
def hear_policy(state: State, unit: Unit, now: float, message: Message) -> None:
    """The System 5 above passes policy down: what it says is in force here from now on, and below."""
    system5 = state.system5s[unit.at]
    outside = min(1.0, max(0.0, message.value))
    if message.ref == OUTSIDE and outside != system5.outside:
        give_to_outside(state, unit, system5, now, outside)


@law
def give_to_outside(state: State, unit: Unit, system5: System5, now: float, outside: float) -> None:
    """From now on this part is given to outside and then, here and below."""
    system5.outside = outside
    if system5.weighed == 1:
        note_weights(state, unit, system5)
        tell_weights(state, unit, system5, now)
    pass_policy(state, unit, system5, now)


@law
def just_decided(system5: System5, now: float) -> bool:
    """Whether the last decision on children is so young that those who propose may not have heard of it."""
    return system5.births > 0 and now - system5.decided_at < system5.period


@law
def decide_child(state: State, unit: Unit, system5: System5, now: float) -> None:
    """One child system more, if policy has room for it and its agents and there is no emergency (own choice)."""
    if just_decided(system5, now):
        tell_children(state, unit, system5, now)
        return
    room = system5.births - system5.retirements < system5.most_children
    if system5.agents_most >= 0:
        room = room and system5.agents + system5.child_agents <= system5.agents_most
    if not room or now < system5.emergency_until:
        note(state, unit, DECIDED, -1, CHILD, -1.0)
        return
    system5.births += 1
    system5.decided_at = now
    system5.agents += system5.child_agents
    note(state, unit, DECIDED, -1, CHILD, float(system5.births))
    tell_children(state, unit, system5, now)


@law
def decide_retirement(state: State, unit: Unit, system5: System5, now: float) -> None:
    """One child system less, if there is one and no emergency needs all hands (own choice)."""
    if just_decided(system5, now):
        tell_children(state, unit, system5, now)
        return
    if system5.births <= system5.retirements or now < system5.emergency_until:
        note(state, unit, DECIDED, -1, RETIREMENT, -1.0)
        return
    system5.retirements += 1
    system5.decided_at = now
    if system5.hires == 0:  # else System 3 says how many there are
        system5.agents -= system5.child_agents
    note(state, unit, DECIDED, -1, RETIREMENT, float(system5.retirements))
    tell_children(state, unit, system5, now)
