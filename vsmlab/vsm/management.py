"""Local management of an operation: it hears, keeps accounts, passes on, and may offload on its own."""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.kinds import (
    ACCOUNT,
    ACCOUNT_DUE,
    ACCOUNTS,
    CAPABILITY,
    CARRIED,
    COMPLETED,
    DAMP,
    GRANTED,
    HEARTBEAT,
    HEARTBEAT_DUE,
    LOAD,
    MGMT_OP,
    OFFERED,
    OFFLOAD_DUE,
    OP_OP,
    PRESENT,
    RECALLED,
    REHOME,
    RETURNED,
    S2,
    SETTING,
    SUSPENDED,
    WAITING,
)
from vsmlab.laws.sending import remind, send
from vsmlab.laws.tables import Management, Message, State, Unit


@law
def hear_operation(state: State, unit: Unit, now: float, message: Message) -> None:
    """Keep what the operation says, or what a sibling's management says of its load."""
    management = state.managements[unit.at]
    if message.kind == CAPABILITY:
        management.capability = message.value
    elif message.sender != management.operation:
        hear_sibling(state, management, message)
    elif message.ref == PRESENT:
        management.present = message.value
    elif message.ref == OFFERED:
        span = max(0.0, now - management.heard)
        management.heard = now
        management.weight = forgetting(span, now, management.memory)
        management.offered = smoothed(management, management.offered, message.value)
    elif message.ref == CARRIED:
        management.carried = smoothed(management, management.carried, message.value)
    elif message.ref == WAITING:
        management.waiting = message.value
    elif message.ref == COMPLETED:
        management.completed = max(management.completed, message.value)
    elif message.value > management.returned:
        management.returned = message.value
        if management.system3 >= 0 and management.silent == 0:
            send(state, unit, now, ACCOUNT, ACCOUNTS, management.system3, RETURNED, management.returned)


@law
def hear_potentiality(state: State, unit: Unit, now: float, message: Message) -> None:
    """Keep what the operation could do with all that it was granted."""
    state.managements[unit.at].potentiality = message.value


@law
def smoothed(management: Management, old: float, new: float) -> float:
    """Exponential smoothing (an attenuator): what is older than ``memory`` seconds fades."""
    if old < 0.0:
        return new
    return old + management.weight * (new - old)


@law
def forgetting(span: float, age: float, memory: float) -> float:
    """Weight of what was seen in the last ``span`` seconds: a plain mean at first, then fading with ``memory``."""
    if age <= span:
        return 1.0
    return max(span / age, span / (span + memory))


@law
def hear_sibling(state: State, management: Management, message: Message) -> None:
    """A sibling's management has said how much it has to do."""
    row = management.first_link
    while row >= 0:
        link = state.links[row]
        if link.to == message.sender:
            link.load, link.heard = message.value, message.due
        row = link.next


@law
def heartbeat_due(state: State, unit: Unit, now: float, message: Message) -> None:
    """Tell System 2 that we are alive, and how much we have to do with what."""
    management = state.managements[unit.at]
    remind(state, unit, HEARTBEAT_DUE, now + management.heartbeat_every, 0)
    if management.silent > 0:
        return
    management.heartbeats += 1
    send(state, unit, now, S2, HEARTBEAT, management.system2, 0, float(management.heartbeats))
    send(state, unit, now, S2, LOAD, management.system2, PRESENT, management.present)
    send(state, unit, now, S2, LOAD, management.system2, COMPLETED, management.completed)
    send(state, unit, now, S2, CAPABILITY, management.system2, 0, management.capability)


@law
def account_due(state: State, unit: Unit, now: float, message: Message) -> None:
    """Account to System 3 for what it granted, and repeat to the operation what was granted."""
    management = state.managements[unit.at]
    remind(state, unit, ACCOUNT_DUE, now + management.account_every, 0)
    if management.silent > 0:
        return
    to = management.system3
    if management.offered >= 0.0 and management.carried >= 0.0:
        send(state, unit, now, ACCOUNT, ACCOUNTS, to, OFFERED, management.offered)
        send(state, unit, now, ACCOUNT, ACCOUNTS, to, CARRIED, management.carried)
        send(state, unit, now, ACCOUNT, ACCOUNTS, to, WAITING, management.waiting)
    if management.returned > 0.0:
        send(state, unit, now, ACCOUNT, ACCOUNTS, to, RETURNED, management.returned)
    if management.granted > 0.0:
        send(state, unit, now, MGMT_OP, SETTING, management.operation, GRANTED, management.granted)
    if management.recalled > 0.0:
        send(state, unit, now, MGMT_OP, SETTING, management.operation, RECALLED, management.recalled)


@law
def granted(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 3 grants, recalls or pays; what is new is passed on to the operation."""
    management = state.managements[unit.at]
    if message.ref == GRANTED:
        if message.value <= management.granted:
            return
        management.granted = message.value
    elif message.ref == RECALLED:
        if message.value <= management.recalled:
            return
        management.recalled = message.value
    send(state, unit, now, MGMT_OP, SETTING, management.operation, message.ref, message.value)


@law
def intervened_with(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 3 steps in: local autonomy is suspended for a while, here and at the operation."""
    management = state.managements[unit.at]
    management.suspended_until = max(management.suspended_until, now + message.value)
    send(state, unit, now, MGMT_OP, SETTING, management.operation, SUSPENDED, message.value)


@law
def told_to_rehome(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 3 wants the work done elsewhere: pass it on, even where nothing is said upwards any more."""
    send(state, unit, now, MGMT_OP, REHOME, state.managements[unit.at].operation, message.ref, message.value)


@law
def limited(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 2 limits the rate of starts; pass it on."""
    send(state, unit, now, MGMT_OP, SETTING, state.managements[unit.at].operation, message.ref, message.value)


@law
def damped(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 2 speaks: give that much to this sibling, or keep your own offloading within this gain."""
    management = state.managements[unit.at]
    if message.ref >= 0:
        send(state, unit, now, MGMT_OP, DAMP, management.operation, message.ref, message.value)
    else:
        management.allowed_gain = message.value
        management.allowed_until = now + 4.0 * management.offload_period


@law
def offload_due(state: State, unit: Unit, now: float, message: Message) -> None:
    """Local autonomy: give a share of what is above the least loaded sibling to that sibling.

    Every sibling does so by itself, on reports that are old when they come, so together they act with the
    sum of their gains. System 2 says how much of its own gain each may use; without a word from it for
    four periods, a management uses its own. While System 3 has suspended it, it uses none.
    """
    management = state.managements[unit.at]
    remind(state, unit, OFFLOAD_DUE, now + management.offload_period, 0)
    if management.silent > 0:
        return
    lightest = -1
    row = management.first_link
    while row >= 0:
        link = state.links[row]
        send(state, unit, now, OP_OP, LOAD, link.to, PRESENT, management.present)
        if link.heard >= 0.0 and (lightest < 0 or link.load < state.links[lightest].load):
            lightest = row
        row = link.next
    if lightest < 0:
        return
    gain = management.offload_gain
    if now < management.allowed_until:
        gain = min(gain, management.allowed_gain)
    if now < management.suspended_until:
        gain = 0.0
    gap = management.present - state.links[lightest].load
    amount = float(int(0.5 + gain * gap))
    if gap > management.offload_above and amount >= 1.0:
        management.offloads += 1
        to = state.links[lightest].address
        send(state, unit, now, MGMT_OP, DAMP, management.operation, to, amount)
