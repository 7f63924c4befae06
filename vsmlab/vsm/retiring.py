"""How a child system ends: it takes no more work, hands over what waits, gives its agents back, and is silent.

The System 3 that retires it asks again at every bargain until it is told that all is over, and everyone who is
asked passes it on to those below until they are through: so whatever is lost on the way is said again. A task
is nowhere twice: the desk above shuts its door before anything is handed to it (`closing`), and what is in
service is finished where it is.

Who has ended does nothing of itself any more; its reminders stop. To whoever does not know yet it answers that
it has ended (like TIME-WAIT in TCP, RFC 9293; own choice).
"""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.kinds import (
    ACCOUNT,
    AUDIT,
    BARGAIN,
    ENDED,
    GONE,
    GRANT,
    INTERVENE,
    LEFT,
    MGMT_OP,
    RECALLED,
    RETIRE,
    RETIRED,
    RETIRING,
    S2,
    S3_S4,
    S3STAR,
    S4_S3,
    S5_34,
    S34_S5,
    SYSTEM2,
    SYSTEM4,
)
from vsmlab.laws.sending import note, send
from vsmlab.laws.tables import Link, Message, State, System3, Unit

from .announcing import farewell, find_link
from .bargain import first_leaver
from .granting import hand_out, pay_debt, rearrange, repeat_grants, tell_grant
from .homeostat import take_in

ROUNDS = 8
"""So often System 3 asks its own Systems whether they have ended; one that is knocked out never answers."""
DESK_ENDED, SYSTEM2_ENDED, AUDIT_ENDED, SYSTEM4_ENDED, SYSTEM5_ENDED = 1, 2, 4, 8, 16
"""Which of its own Systems a System 3 knows to have ended: a sum of these."""
TAKE_LEAVE, END = 0.0, 1.0
"""What a System 3 asks of its own Systems: that System 2 is no longer coordinated from above; and the end."""


# -- the System 3 that retires a child ----------------------------------------------------------------------


@law
def youngest_child(state: State, system3: System3) -> int:
    """The link of the child that was born last and stands; -1 if there is none. Rows only grow, so it is the last."""
    youngest, address = -1, -1
    row = system3.first_link
    while row >= 0:
        link = state.links[row]
        if link.born == 1 and link.address > address:
            youngest, address = row, link.address
        row = link.next
    return youngest


@law
def take_from_bargain(state: State, system3: System3, gone: int) -> None:
    """Who is retired bargains no more; its link is kept apart, also when all is over: it may still be heard of."""
    if system3.first_link == gone:
        system3.first_link = state.links[gone].next
    else:
        row = system3.first_link
        while state.links[row].next != gone:
            row = state.links[row].next
        state.links[row].next = state.links[gone].next
    system3.children -= 1
    state.links[gone].next = first_leaver(system3)
    system3.retiring = gone
    system3.retired += 1


@law
def begin_retirement(state: State, unit: Unit, system3: System3, now: float, row: int) -> None:
    """Ask a child to go. As many agents as came with it will leave with it; the others share what is left."""
    take_from_bargain(state, system3, row)
    link = state.links[row]
    link.stage = RETIRING
    link.recalled = link.initial + link.granted
    system3.leaving += int(link.initial)
    ask_to_go(state, unit, system3, now, link)
    rearrange(state, unit, system3, now)


@law
def ask_to_go(state: State, unit: Unit, system3: System3, now: float, link: Link) -> None:
    """Have the desk shut the door, which asks the child to hand over; ask the child for all its agents."""
    send(state, unit, now, MGMT_OP, RETIRE, system3.parent, link.address, 0.0)
    if link.granted > 0.0:
        tell_grant(state, unit, system3, now, link)
    send(state, unit, now, BARGAIN, GRANT, link.to, RECALLED, link.recalled)
    send(state, unit, now, INTERVENE, RETIRE, link.to, link.address, link.recalled)


@law
def ask_again(state: State, unit: Unit, system3: System3, now: float) -> None:
    """At each bargain: whoever has not ended yet is asked again."""
    row = first_leaver(system3)
    while row >= 0:
        if state.links[row].stage == RETIRING:
            ask_to_go(state, unit, system3, now, state.links[row])
        row = state.links[row].next


@law
def take_back(state: State, unit: Unit, system3: System3, now: float, link: Link, returned: float) -> None:
    """Agents that came back, told as a total: they pay debts, and are granted anew."""
    if returned > link.returned:
        system3.pool += int(returned - link.returned)
        link.returned = returned
        pay_debt(state, unit, system3, now)
        hand_out(state, unit, system3, now)


@law
def hear_leaver(state: State, unit: Unit, system3: System3, now: float, message: Message) -> None:
    """A child that is being retired accounts for agents that it gives back."""
    row = find_link(state, first_leaver(system3), message.sender)
    if row >= 0:
        take_back(state, unit, system3, now, state.links[row], message.value)


@law
def heard_retired(state: State, unit: Unit, now: float, message: Message) -> None:
    """Someone has ended: a child or an operation, with what agents it gave back, or a System of one's own."""
    system3 = state.system3s[unit.at]
    through = all_have_left(state, system3)
    row = find_link(state, first_leaver(system3), message.sender)
    if row >= 0:
        heard_child_gone(state, unit, system3, now, state.links[row], message.value)
    if system3.closing == 0:
        return
    row = find_link(state, system3.first_link, message.sender)
    if row >= 0:
        link = state.links[row]
        take_back(state, unit, system3, now, link, message.value)
        if link.returned >= link.initial + link.granted:
            link.stage = LEFT
    tick_off(system3, message.sender)
    if all_have_left(state, system3) and not through:
        ask_own_systems(state, unit, system3, now)
    end_if_through(state, unit, system3, now)


@law
def heard_child_gone(
    state: State, unit: Unit, system3: System3, now: float, link: Link, returned: float
) -> None:
    """A child has ended, and all agents that it was ever given are back."""
    take_back(state, unit, system3, now, link, returned)
    if link.stage == RETIRING and link.returned >= link.initial + link.granted:
        link.stage = LEFT
        note(state, unit, GONE, -1, link.address, link.returned)


# -- the System 3 that is retired ---------------------------------------------------------------------------


@law
def retire_system(state: State, unit: Unit, now: float, message: Message) -> None:
    """This system is to end: all agents are called in, and everyone in it is asked to end."""
    system3 = state.system3s[unit.at]
    if unit.off == ENDED:
        say_ended(state, unit, system3, now)
        return
    system3.recalled = max(system3.recalled, message.value)
    if system3.closing == 0:
        system3.closing = 1
        wind_down(state, unit, system3, now)


@law
def wind_down(state: State, unit: Unit, system3: System3, now: float) -> None:
    """Call in all agents; ask all below to end, and one's own Systems; end when all are through."""
    repeat_grants(state, unit, system3, now)
    rearrange(state, unit, system3, now)
    ask_again(state, unit, system3, now)
    row = system3.first_link
    while row >= 0:
        link = state.links[row]
        if link.stage != LEFT:
            given = link.initial + link.granted
            send(state, unit, now, INTERVENE, RETIRE, link.to, link.address, given)
        row = link.next
    if all_have_left(state, system3):
        ask_own_systems(state, unit, system3, now)
    elif system3.system2 >= 0:
        send(state, unit, now, INTERVENE, RETIRE, system3.system2, system3.parent, TAKE_LEAVE)
    end_if_through(state, unit, system3, now)


@law
def all_have_left(state: State, system3: System3) -> bool:
    """Whether all operations and children have ended."""
    row = system3.first_link
    while row >= 0:
        if state.links[row].stage != LEFT:
            return False
        row = state.links[row].next
    row = first_leaver(system3)
    while row >= 0:
        if state.links[row].stage != LEFT:
            return False
        row = state.links[row].next
    return True


@law
def ask_own_systems(state: State, unit: Unit, system3: System3, now: float) -> None:
    """Have the other Systems of this node end, and the desk say when it has."""
    system3.rounds += 1
    own = system3.parent
    send(state, unit, now, MGMT_OP, RETIRE, own, own, END)
    if system3.system2 >= 0:
        send(state, unit, now, INTERVENE, RETIRE, system3.system2, own, END)
    if system3.audit >= 0:
        send(state, unit, now, INTERVENE, RETIRE, system3.audit, own, END)
    if system3.system4 >= 0:
        send(state, unit, now, S3_S4, RETIRE, system3.system4, own, END)
    if system3.system5 >= 0:
        send(state, unit, now, S34_S5, RETIRE, system3.system5, own, END)


@law
def tick_off(system3: System3, sender: int) -> None:
    """Keep which of one's own Systems have ended."""
    bit = 0
    if sender == system3.parent:
        bit = DESK_ENDED
    elif sender == system3.system2:
        bit = SYSTEM2_ENDED
    elif sender == system3.audit:
        bit = AUDIT_ENDED
    elif sender == system3.system4:
        bit = SYSTEM4_ENDED
    elif sender == system3.system5:
        bit = SYSTEM5_ENDED
    system3.ended = system3.ended | bit


@law
def own_systems_ended(system3: System3) -> bool:
    """Whether all Systems of this node have said that they ended, or been asked often enough."""
    if system3.rounds >= ROUNDS:
        return True
    expected = DESK_ENDED
    if system3.system2 >= 0:
        expected += SYSTEM2_ENDED
    if system3.audit >= 0:
        expected += AUDIT_ENDED
    if system3.system4 >= 0:
        expected += SYSTEM4_ENDED
    if system3.system5 >= 0:
        expected += SYSTEM5_ENDED
    return system3.ended == expected


@law
def end_if_through(state: State, unit: Unit, system3: System3, now: float) -> None:
    """When all below have ended and all agents are given back, so has this system; who is left over goes home."""
    if unit.off == ENDED or not own_systems_ended(system3) or not all_have_left(state, system3):
        return
    pay_debt(state, unit, system3, now)
    if system3.returned < system3.recalled:
        return
    if system3.pool > 0:
        left = system3.pool
        system3.pool, system3.leaving = 0, 0
        take_in(state, unit, system3, now, 0 - left)
    unit.off = ENDED
    say_ended(state, unit, system3, now)


@law
def say_ended(state: State, unit: Unit, system3: System3, now: float) -> None:
    """Tell the System 3 above that all is over, and how many agents were given back in all."""
    send(state, unit, now, ACCOUNT, RETIRED, system3.account_to, system3.parent, system3.returned)


# -- Systems 2, 3*, 4 and 5 of the node -----------------------------------------------------------------------


@law
def back_to_system3(role: int) -> int:
    """The channel on which a System answers its own System 3."""
    if role == SYSTEM2:
        return S2
    if role == AUDIT:
        return S3STAR
    if role == SYSTEM4:
        return S4_S3
    return S5_34


@law
def end_here(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 3 has this System end, at once; it says so, also to who knew it in the system above.

    System 2 takes leave of the System 2 above before that, so that no more work is shared with this system.
    """
    unit.announcing = 0
    farewell(state, unit, now)
    if message.value > 0.5:
        unit.off = ENDED
        send(state, unit, now, back_to_system3(unit.role), RETIRED, message.sender, message.ref, 0.0)
