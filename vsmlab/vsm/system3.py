"""System 3: the resource bargain, accountability for what was given, and intervention outside it.

Agents are whole and are never made or lost. What was granted, recalled and returned is told as a total
since the beginning, so that a message may be repeated or lost and nothing goes wrong.
"""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.kinds import (
    ACCOUNT,
    ACCOUNT_DUE,
    ACCOUNTS,
    BARGAIN,
    BARGAIN_DUE,
    BARGAINED,
    BUDGET,
    CARRIED,
    GRANT,
    GRANTED,
    INTERVENE,
    INTERVENED,
    INTERVENTION,
    MGMT_OP,
    OFFERED,
    RECALLED,
    RETURNED,
    SETTING,
    SUSPENDED,
    WAITING,
)
from vsmlab.laws.sending import note, remind, send, send_later
from vsmlab.laws.tables import Link, Message, State, System3, Unit

from .bargain import demanded, set_targets


@law
def held(link: Link) -> float:
    """Agents that the operation was granted and has not been asked to return."""
    return link.initial + link.granted - link.recalled


@law
def hear_account(state: State, unit: Unit, now: float, message: Message) -> None:
    """An operation accounts for what it was given; agents that come back are granted anew, or passed up."""
    system3 = state.system3s[unit.at]
    row = system3.first_link
    while row >= 0 and state.links[row].to != message.sender:
        row = state.links[row].next
    if row < 0:
        return
    link = state.links[row]
    if message.ref == OFFERED:
        link.heard = now
        link.offered = message.value
    elif message.ref == CARRIED:
        link.carried = message.value
    elif message.ref == WAITING:
        link.waiting = message.value
    elif message.ref == RETURNED and message.value > link.returned:
        system3.pool += int(message.value - link.returned)
        link.returned = message.value
        pay_debt(state, unit, system3, now)
        hand_out(state, unit, system3, now)


@law
def pay_debt(state: State, unit: Unit, system3: System3, now: float) -> None:
    """Agents in hand go first to the System 3 above, where it has recalled some."""
    owed = int(system3.recalled - system3.returned)
    paid = min(owed, system3.pool)
    if paid > 0:
        system3.pool -= paid
        system3.returned += paid
        send(state, unit, now, ACCOUNT, ACCOUNTS, above(state, unit), RETURNED, system3.returned)


@law
def above(state: State, unit: Unit) -> int:
    """The System 3 that this one accounts to; -1 at the root."""
    return state.system3s[unit.at].account_to


@law
def hand_out(state: State, unit: Unit, system3: System3, now: float) -> None:
    """Agents in hand go to those whose target is above what they hold, the furthest below first."""
    while system3.pool > 0:
        best, gap = -1, 0.0
        row = system3.first_link
        while row >= 0:
            link = state.links[row]
            short = link.target - held(link)
            if short > gap:
                best, gap = row, short
            row = link.next
        if best < 0:
            return
        link = state.links[best]
        given = min(system3.pool, int(gap))
        system3.pool -= given
        link.granted += given
        note(state, unit, BARGAINED, -1, link.address, held(link))
        tell_grant(state, unit, system3, now, link)


@law
def tell_grant(state: State, unit: Unit, system3: System3, now: float, link: Link) -> None:
    """Agents travel with the grant."""
    send_later(
        state, unit, now, system3.move_takes, BARGAIN, GRANT, link.to, GRANTED, link.initial + link.granted
    )


@law
def recall(state: State, unit: Unit, system3: System3, now: float) -> None:
    """Ask those who hold more than their target for the difference."""
    row = system3.first_link
    while row >= 0:
        link = state.links[row]
        excess = int(held(link)) - link.target
        if excess > 0:
            link.recalled += excess
            note(state, unit, BARGAINED, -1, link.address, held(link))
            send(state, unit, now, BARGAIN, GRANT, link.to, RECALLED, link.recalled)
        row = link.next


@law
def repeat_grants(state: State, unit: Unit, system3: System3, now: float) -> None:
    """Say again what was granted and recalled: a message may have been lost."""
    row = system3.first_link
    while row >= 0:
        link = state.links[row]
        if link.granted > 0.0:
            tell_grant(state, unit, system3, now, link)
        if link.recalled > 0.0:
            send(state, unit, now, BARGAIN, GRANT, link.to, RECALLED, link.recalled)
        row = link.next


@law
def announce(state: State, unit: Unit, system3: System3, now: float) -> None:
    """Tell the desk the shares, and each operation its part of the budget, in proportion to the bargain."""
    total, wanted = 0, 0.0
    row = system3.first_link
    while row >= 0:
        total += state.links[row].target
        wanted += 1e-9 + demanded(system3, state.links[row])
        row = state.links[row].next
    place = 0
    row = system3.first_link
    while row >= 0:
        link = state.links[row]
        if total > 0 and system3.desk >= 0:
            send(state, unit, now, MGMT_OP, SETTING, system3.desk, place, link.target / total)
        if system3.budget > 0.0:
            part = system3.budget * (1e-9 + demanded(system3, link)) / wanted
            send(state, unit, now, BARGAIN, GRANT, link.to, BUDGET, part)
        place += 1
        row = link.next


@law
def judge(state: State, unit: Unit, system3: System3, now: float) -> None:
    """Accountability: work carried over work promised. Outside the band for long, System 3 intervenes."""
    row = system3.first_link
    while row >= 0:
        link = state.links[row]
        if link.promised > 0.0:
            accountability = link.carried / link.promised
            if accountability < 1.0 - system3.band:
                link.misses += 1
            else:
                link.misses = 0
            if link.misses >= system3.after:
                link.misses = 0
                note(state, unit, INTERVENED, -1, link.address, accountability)
                send(state, unit, now, INTERVENE, INTERVENTION, link.to, SUSPENDED, system3.suspend)
        row = link.next


@law
def promise(state: State, system3: System3) -> None:
    """Each operation promises to carry what it says is offered, as far as the agents it is granted can."""
    row = system3.first_link
    while row >= 0:
        link = state.links[row]
        link.promised = 0.0
        if link.heard >= 0.0:
            link.promised = min(link.offered, held(link))
        row = link.next


@law
def bargain_due(state: State, unit: Unit, now: float, message: Message) -> None:
    """The bargain of this period: judge the last one, set targets, recall, grant, announce, promise."""
    system3 = state.system3s[unit.at]
    remind(state, unit, BARGAIN_DUE, now + system3.period, 0)
    judge(state, unit, system3, now)
    repeat_grants(state, unit, system3, now)
    if system3.moves == 1:
        set_targets(state, system3)
        recall(state, unit, system3, now)
        pay_debt(state, unit, system3, now)
        hand_out(state, unit, system3, now)
    announce(state, unit, system3, now)
    promise(state, system3)


@law
def granted_from_above(state: State, unit: Unit, now: float, message: Message) -> None:
    """The System 3 above grants or recalls agents, or pays a budget: this system is one of its operations."""
    system3 = state.system3s[unit.at]
    if message.ref == GRANTED:
        if message.value > system3.granted:
            system3.pool += int(message.value - system3.granted)
            system3.granted = message.value
    elif message.ref == RECALLED:
        if message.value > system3.recalled:
            system3.recalled = message.value
    elif message.ref == BUDGET:
        system3.budget = message.value
        return
    pay_debt(state, unit, system3, now)
    set_targets(state, system3)
    recall(state, unit, system3, now)
    hand_out(state, unit, system3, now)


@law
def account_for(state: State, unit: Unit, now: float, message: Message) -> None:
    """Account to the System 3 above for the whole of this system."""
    system3 = state.system3s[unit.at]
    remind(state, unit, ACCOUNT_DUE, now + system3.account_every, 0)
    offered, carried, waiting = 0.0, 0.0, 0.0
    unheard = 0
    row = system3.first_link
    while row >= 0:
        link = state.links[row]
        if link.heard < 0.0:
            unheard += 1
        offered += link.offered
        carried += link.carried
        waiting += link.waiting
        row = link.next
    to = above(state, unit)
    if unheard == 0:
        send(state, unit, now, ACCOUNT, ACCOUNTS, to, OFFERED, offered)
        send(state, unit, now, ACCOUNT, ACCOUNTS, to, CARRIED, carried)
        send(state, unit, now, ACCOUNT, ACCOUNTS, to, WAITING, waiting)
    if system3.returned > 0.0:
        send(state, unit, now, ACCOUNT, ACCOUNTS, to, RETURNED, system3.returned)


@law
def stepped_in(state: State, unit: Unit, now: float, message: Message) -> None:
    """The System 3 above intervenes: pass it to every operation."""
    system3 = state.system3s[unit.at]
    row = system3.first_link
    while row >= 0:
        link = state.links[row]
        send(state, unit, now, INTERVENE, INTERVENTION, link.to, message.ref, message.value)
        row = link.next
