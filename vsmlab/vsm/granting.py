"""Whole agents on their way: granted, recalled and returned, each told as a total since the beginning.

They are never made or lost on the way: a message may be repeated, late or lost and nothing goes wrong. Only
the root hires and lays off, and there those who are paid back have left the organisation.
"""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.kinds import ACCOUNT, ACCOUNTS, BARGAIN, BARGAINED, GRANT, GRANTED, HIRES, RECALLED, RETURNED
from vsmlab.laws.sending import note, send, send_later
from vsmlab.laws.tables import Link, State, System3, Unit

from .bargain import set_best_targets, set_targets


@law
def held(link: Link) -> float:
    """Agents that the operation was granted and has not been asked to return."""
    return link.initial + link.granted - link.recalled


@law
def pay_debt(state: State, unit: Unit, system3: System3, now: float) -> None:
    """Agents in hand go first to the System 3 above, where it has recalled some; from the root they leave."""
    lay_off(state, unit, system3)
    owed = int(system3.recalled - system3.returned)
    paid = min(owed, system3.pool)
    if paid > 0:
        system3.pool -= paid
        system3.returned += paid
        if above(state, unit) >= 0:
            send(state, unit, now, ACCOUNT, ACCOUNTS, above(state, unit), RETURNED, system3.returned)
        else:
            system3.agents -= paid
            note(state, unit, HIRES, -1, system3.agents, -float(paid))


@law
def lay_off(state: State, unit: Unit, system3: System3) -> None:
    """As many agents as came with a child system leave when it is retired, as soon as they are in hand."""
    many = min(system3.leaving, system3.pool)
    if many > 0:
        system3.leaving -= many
        system3.pool -= many
        system3.agents -= many
        system3.commitment -= many
        note(state, unit, HIRES, -1, system3.agents, -float(many))


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
def rearrange(state: State, unit: Unit, system3: System3, now: float) -> None:
    """What is owed is paid, targets are set anew, and agents are recalled and handed out to meet them.

    In an emergency nothing holds back: the best targets are the targets, at full gain and with any number
    of moves (our own choice, after Beer's rule that the algedonic signal goes past every loop).
    """
    pay_debt(state, unit, system3, now)
    if now < system3.emergency_until:
        set_best_targets(state, system3)
    else:
        set_targets(state, system3)
    recall(state, unit, system3, now)
    hand_out(state, unit, system3, now)
