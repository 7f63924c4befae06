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
    SHARE,
    SUSPENDED,
    WAITING,
)
from vsmlab.laws.sending import note, remind, send
from vsmlab.laws.tables import Message, State, System3, Unit

from .bargain import believed, demanded, unheard
from .granting import above, hand_out, held, pay_debt, rearrange, repeat_grants
from .homeostat import inside_and_outside, propose_agents, tell_system4
from .retiring import ask_again, hear_leaver, wind_down
from .zombies import look_after_suspects


@law
def hear_account(state: State, unit: Unit, now: float, message: Message) -> None:
    """An operation accounts for what it was given; agents that come back are granted anew, or passed up."""
    system3 = state.system3s[unit.at]
    row = system3.first_link
    while row >= 0 and state.links[row].to != message.sender:
        row = state.links[row].next
    if row < 0:
        if message.ref == RETURNED:
            hear_leaver(state, unit, system3, now, message)
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
def hear_discrepancy(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 3* says how many times what is an operation's reports are; 1 when that is over. Nobody hides work.

    What was found is the latest word: it is repeated at each later inspection, so a lost one does no lasting harm.
    """
    row = state.system3s[unit.at].first_link
    while row >= 0:
        link = state.links[row]
        if link.address == message.ref:
            link.bias = max(1.0, message.value)
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
    row = system3.first_link
    while row >= 0:
        link = state.links[row]
        if total > 0 and system3.desk >= 0:
            send(state, unit, now, MGMT_OP, SHARE, system3.desk, link.address, link.target / total)
        if system3.budget > 0.0:
            part = system3.budget * (1e-9 + demanded(system3, link)) / wanted
            send(state, unit, now, BARGAIN, GRANT, link.to, BUDGET, part)
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
    """Each operation promises to carry what it says is offered, as far as it is believed and as its agents can."""
    row = system3.first_link
    while row >= 0:
        link = state.links[row]
        link.promised = 0.0
        if link.heard >= 0.0:
            link.promised = min(believed(link, link.offered), held(link))
        row = link.next


@law
def bargain_due(state: State, unit: Unit, now: float, message: Message) -> None:
    """The bargain of this period: judge the last one, repeat, bargain anew, and tell Systems 4 and 5."""
    system3 = state.system3s[unit.at]
    remind(state, unit, BARGAIN_DUE, now + system3.period, 0)
    if system3.closing == 1:
        wind_down(state, unit, system3, now)
        return
    ask_again(state, unit, system3, now)
    judge(state, unit, system3, now)
    look_after_suspects(state, unit, system3, now)
    repeat_grants(state, unit, system3, now)
    bargain(state, unit, system3, now)
    if unheard(state, system3) == 0:
        tell_system4(state, unit, system3, now)
        propose_agents(state, unit, system3, now)


@law
def bargain(state: State, unit: Unit, system3: System3, now: float) -> None:
    """Set targets, recall and grant; announce the shares and the budget; take the operations' promises."""
    if system3.moves == 1:
        rearrange(state, unit, system3, now)
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
    rearrange(state, unit, system3, now)


@law
def account_for(state: State, unit: Unit, now: float, message: Message) -> None:
    """Account to the System 3 above for the whole of this system."""
    system3 = state.system3s[unit.at]
    remind(state, unit, ACCOUNT_DUE, now + system3.account_every, 0)
    offered, carried, waiting = 0.0, 0.0, 0.0
    row = system3.first_link
    while row >= 0:
        link = state.links[row]
        offered += link.offered
        carried += link.carried
        waiting += link.waiting
        row = link.next
    to = above(state, unit)
    if unheard(state, system3) == 0:
        wanted = inside_and_outside(system3, offered, now)
        send(state, unit, now, ACCOUNT, ACCOUNTS, to, OFFERED, wanted)
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
