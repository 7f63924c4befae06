"""Algedonic signals: the unit feels pain or pleasure first; only what outlasts its time climbs a recursion.

A signal is calm, told to the unit, or above. The times to mend stand in for the levels' own, and nothing
that Systems 2, 3 and 4 have to do delays it: the time to level n is the sum of the times to mend below it
and of the delays of the algedonic channels (Beer 1979 and 1981: the unit is told first, and an alarm that is
not acted on in its time goes to the next recursion). A climb is a ticket, revoked when the signal ends, so
that a signal that was over in time never climbs. Whoever has once told a signal above says at every new
measurement how it is now: a lost beginning or a lost end is made good, and said twice it changes nothing.
"""

from __future__ import annotations

from typing import Final

from vsmlab.laws import law
from vsmlab.laws.kinds import (
    ABOVE,
    ALGEDONIC,
    CALM,
    CLIMBED,
    EASED,
    FELT,
    MAX_WAIT,
    MGMT_OP,
    PAIN,
    PLEASURE,
    SETTING,
    TOLD,
)
from vsmlab.laws.room import reach
from vsmlab.laws.sending import await_climb, note, redeem, revoke, send, tell_of
from vsmlab.laws.tables import Essential, Management, Message, Signal, State, System5, Unit

from .system5 import alarm

HOLDS, ENDS, OUTLASTS = 0, 1, 2
"""What happens to a signal: it is (still) there, it is over, its time to mend is over."""
TRANSITIONS: Final = (
    TOLD, CALM, CALM,  # calm: only a beginning counts
    TOLD, CALM, ABOVE,  # told
    ABOVE, CALM, ABOVE,  # above: only the end counts
)  # fmt: skip
"""The next state, by state (rows of three) and by what happens."""
MOST_TIMES = 1000.0
"""An amount says no more than a thousand times its limit."""
NO_LIMIT = -1e9
"""In place of a longest wait: below zero, however coarse a transducer rounds it."""


@law
def following(state_now: int, event: int) -> int:
    """The state of a signal after this event: the transition table."""
    return TRANSITIONS[3 * state_now + event]


@law
def times(larger: float, smaller: float) -> float:
    """How many times the smaller number the larger is; a thousand at most, also where the smaller is none."""
    if smaller <= 0.0 or larger >= MOST_TIMES * smaller:
        return MOST_TIMES
    return larger / smaller


@law
def judged(essential: Essential, value: float) -> float:
    """Pain above 0, pleasure below, 0 in between: how many times the limit that was passed (own choice).

    Pain: value / most, or least / value. Pleasure, where both good limits are kept: the smaller of
    good_most / value and value / good_least.
    """
    if value > essential.most:
        return times(value, essential.most)
    if value < essential.least:
        return times(essential.least, value)
    if essential.good_least <= value <= essential.good_most:
        return 0.0 - min(times(essential.good_most, value), times(value, essential.good_least))
    return 0.0


@law
def pass_up(
    state: State, unit: Unit, now: float, to: int, origin: int, what: int, sign: int, amount: float
) -> None:
    """Tell a System 5 of a signal, in the name of the management where it arose; amount 0: it is over."""
    kind = PAIN if sign > 0 else PLEASURE
    tell_of(state, unit, now, ALGEDONIC, kind, to, origin, what, amount)


# -- local management: what its operation measured, judged by its limits ----------------------------------


@law
def hear_vital(state: State, unit: Unit, now: float, message: Message) -> None:
    """The operation says what an essential variable was over its window."""
    management = state.managements[unit.at]
    row = management.first_essential
    while row >= 0:
        essential = state.essentials[row]
        if essential.number == message.ref:
            judge_vital(state, unit, management, now, row, message.value)
            repeat_above(state, unit, management, now, essential)
        row = essential.next
    if management.max_wait_in_pain >= 0.0:
        guide_operation(state, unit, management, now)


@law
def judge_vital(state: State, unit: Unit, management: Management, now: float, row: int, value: float) -> None:
    """Beyond its limits the variable hurts, within its good limits it pleases; what was felt before may be over."""
    essential = state.essentials[row]
    amount = judged(essential, value)
    sign = 0
    if amount > 0.0:
        sign = 1
    elif amount < 0.0:
        sign = -1
    if essential.state != CALM and sign != essential.sign:
        ease(state, unit, management, essential, now)
    if sign != 0:
        essential.sign, essential.amount = sign, abs(amount)
        if essential.state == CALM:
            feel(state, unit, management, now, row)


@law
def feel(state: State, unit: Unit, management: Management, now: float, row: int) -> None:
    """The unit is told first: from now on it has its time to mend, or to enjoy, before anyone else hears of it."""
    essential = state.essentials[row]
    essential.state = following(essential.state, HOLDS)
    essential.since = now
    if essential.sign > 0:
        management.pains += 1
    note(state, unit, FELT, unit.identity, essential.what, essential.sign * essential.amount)
    if management.system5 >= 0:
        essential.ticket = await_climb(state, unit, now + essential.climbs_after, row)


@law
def ease(state: State, unit: Unit, management: Management, essential: Essential, now: float) -> None:
    """The signal is over: if it had not climbed yet it never will."""
    revoke(state, essential.ticket)
    essential.ticket = -1
    essential.state = following(essential.state, ENDS)
    if essential.sign > 0:
        management.pains -= 1
    note(state, unit, EASED, unit.identity, essential.what, now - essential.since)


@law
def climb_from_unit(state: State, unit: Unit, now: float, message: Message) -> None:
    """The unit's time is over and the signal is still there: tell the System 5 of its system."""
    management = state.managements[unit.at]
    row = state.tickets[message.ticket].about
    if redeem(state, unit, message) == 0:
        return
    essential = state.essentials[row]
    essential.ticket = -1
    essential.state = following(essential.state, OUTLASTS)
    note(state, unit, CLIMBED, unit.identity, essential.what, now - essential.since)
    if essential.sign > 0:
        essential.pain_told = 1
    else:
        essential.pleasure_told = 1
    pass_up(
        state, unit, now, management.system5, unit.identity, essential.what, essential.sign, essential.amount
    )


@law
def repeat_above(state: State, unit: Unit, management: Management, now: float, essential: Essential) -> None:
    """What was once told above is told again as it is now: the amount, or that it is over."""
    up = essential.state == ABOVE
    if essential.pain_told == 1:
        amount = essential.amount if up and essential.sign > 0 else 0.0
        pass_up(state, unit, now, management.system5, unit.identity, essential.what, 1, amount)
    if essential.pleasure_told == 1:
        amount = essential.amount if up and essential.sign < 0 else 0.0
        pass_up(state, unit, now, management.system5, unit.identity, essential.what, -1, amount)


@law
def guide_operation(state: State, unit: Unit, management: Management, now: float) -> None:
    """Local autonomy: while something hurts, the operation is to refuse what would wait longer than this."""
    longest = management.max_wait if management.pains == 0 else management.max_wait_in_pain
    if longest < 0.0:
        longest = NO_LIMIT
    send(state, unit, now, MGMT_OP, SETTING, management.operation, MAX_WAIT, longest)


# -- System 5: the same machine for each signal that has come up ------------------------------------------


@law
def find_signal(state: State, system5: System5, origin: int, what: int, sign: int) -> int:
    """The row of a signal; -1 if nothing is known of it."""
    row = system5.first_signal
    while row >= 0:
        signal = state.signals[row]
        if signal.origin == origin and signal.what == what and signal.sign == sign:
            return row
        row = signal.next
    return -1


@law
def new_signal(state: State, unit: Unit, system5: System5, origin: int, what: int, sign: int) -> int:
    """A signal that System 5 did not know."""
    ledger = state.ledger[0]
    row = ledger.free_signal
    if row >= 0:
        ledger.free_signal = state.signals[row].next
    else:
        row = ledger.signals
        ledger.signals = row + 1
        reach(state.signals, row)
    signal = state.signals[row]
    signal.owner, signal.origin, signal.what, signal.sign = unit.row, origin, what, sign
    signal.state, signal.amount, signal.since, signal.ticket, signal.told = CALM, 0.0, 0.0, -1, 0
    signal.next = system5.first_signal
    system5.first_signal = row
    return row


@law
def drop_signal(state: State, system5: System5, gone: int) -> None:
    """Forget a signal that is over and that nobody above knows of."""
    if system5.first_signal == gone:
        system5.first_signal = state.signals[gone].next
    else:
        row = system5.first_signal
        while state.signals[row].next != gone:
            row = state.signals[row].next
        state.signals[row].next = state.signals[gone].next
    state.signals[gone].owner = -1
    state.signals[gone].next = state.ledger[0].free_signal
    state.ledger[0].free_signal = gone


@law
def hear_signal(state: State, unit: Unit, now: float, message: Message) -> None:
    """Pain or pleasure comes up from below, or is said to be over; what was passed on is told on as it is now."""
    system5 = state.system5s[unit.at]
    sign = 1 if message.kind == PAIN else -1
    origin = message.token if message.token >= 0 else message.origin
    row = find_signal(state, system5, origin, message.ref, sign)
    if row < 0:
        if message.value <= 0.0:
            return
        row = new_signal(state, unit, system5, origin, message.ref, sign)
    signal = state.signals[row]
    signal.through = message.sender
    if message.value > 0.0:
        signal.amount = message.value
        if signal.state == CALM:
            feel_below(state, unit, system5, now, row)
    elif signal.state != CALM:
        ease_below(state, unit, signal, now)
    if signal.told == 1:
        amount = signal.amount if signal.state == ABOVE else 0.0
        pass_up(state, unit, now, system5.parent, signal.origin, signal.what, signal.sign, amount)
    elif signal.state == CALM:
        drop_signal(state, system5, row)


@law
def feel_below(state: State, unit: Unit, system5: System5, now: float, row: int) -> None:
    """System 5 feels what its system could not mend by itself; of pain it makes an emergency."""
    signal = state.signals[row]
    signal.state = following(signal.state, HOLDS)
    signal.since = now
    note(state, unit, FELT, signal.origin, signal.what, signal.sign * signal.amount)
    if system5.parent >= 0:
        signal.ticket = await_climb(state, unit, now + system5.climbs_after, row)
    if signal.sign > 0:
        alarm(state, unit, now)


@law
def ease_below(state: State, unit: Unit, signal: Signal, now: float) -> None:
    """The signal from below is over: if it had not climbed yet it never will."""
    revoke(state, signal.ticket)
    signal.ticket = -1
    signal.state = following(signal.state, ENDS)
    note(state, unit, EASED, signal.origin, signal.what, now - signal.since)


@law
def forget_signals(state: State, unit: Unit, system5: System5, now: float, sender: int) -> None:
    """Whoever passed these signals on has ended: they are over, here and for whoever above was told of them."""
    row = system5.first_signal
    while row >= 0:
        signal = state.signals[row]
        following_row = signal.next
        if signal.through == sender:
            if signal.state != CALM:
                ease_below(state, unit, signal, now)
            if signal.told == 1:
                pass_up(state, unit, now, system5.parent, signal.origin, signal.what, signal.sign, 0.0)
            drop_signal(state, system5, row)
        row = following_row


@law
def end_signals(state: State, unit: Unit, management: Management, now: float) -> None:
    """The operation has ended, and so has whatever it felt: the System 5 that was told is told so."""
    row = management.first_essential
    while row >= 0:
        essential = state.essentials[row]
        if essential.state != CALM:
            ease(state, unit, management, essential, now)
        if management.system5 >= 0:
            repeat_above(state, unit, management, now, essential)
        row = essential.next


@law
def climb_from_system(state: State, unit: Unit, now: float, message: Message) -> None:
    """This system's time is over and the signal is still there: tell the System 5 above."""
    system5 = state.system5s[unit.at]
    row = state.tickets[message.ticket].about
    if redeem(state, unit, message) == 0:
        return
    signal = state.signals[row]
    signal.ticket = -1
    signal.state = following(signal.state, OUTLASTS)
    note(state, unit, CLIMBED, signal.origin, signal.what, now - signal.since)
    signal.told = 1
    pass_up(state, unit, now, system5.parent, signal.origin, signal.what, signal.sign, signal.amount)
