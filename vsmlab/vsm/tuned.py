"""What a receiver does when an operator turns one of its dials: from now on its laws go by the new number.

What was decided, said or drawn before stays as it was: a period holds from the next reminder on, a loss for what is
sent from now on. A value is not looked at here: it was checked when the act was read.
"""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.dials import (
    ACCOUNT_EVERY,
    AUDIT_PACE,
    AUDIT_THRESHOLD,
    CHANNEL_DELAY,
    CHANNEL_LOSS,
    DEMAND,
    OFFLOAD_GAIN,
    REPORT_EVERY,
    SPEED,
    SYSTEM2_GAIN,
    SYSTEM2_PERIOD,
    SYSTEM2_SETTLE,
    SYSTEM2_THRESHOLD,
    SYSTEM3_AFTER,
    SYSTEM3_BAND,
    SYSTEM3_DRAIN,
    SYSTEM3_FLOOR,
    SYSTEM3_GAIN,
    SYSTEM3_MOVE_TAKES,
    SYSTEM3_PERIOD,
    SYSTEM3_SUSPEND,
    SYSTEM4_COVER,
    SYSTEM4_PERIOD,
    SYSTEM5_EMERGENCY,
    SYSTEM5_OUTSIDE,
    SYSTEM5_PATIENCE,
    SYSTEM5_PERIOD,
    SYSTEM5_TOLERANCE,
)
from vsmlab.laws.kinds import DELAY, DIAL_STEP, TUNED
from vsmlab.laws.sending import channel_to, note
from vsmlab.laws.tables import Message, Operation, State, Unit
from vsmlab.world.operated import ask_for

from .disturbed import break_channels, set_pace
from .system5 import give_to_outside


@law
def set_loss(state: State, unit: Unit, kind: int, loss: float) -> None:
    """All channels of this kind lose messages with this probability, and those that are made later."""
    channel_to(state, unit, kind, -1)
    row = unit.first_channel
    while row >= 0:
        way = state.channels[row]
        if way.kind == kind:
            way.loss = loss
        row = way.next


@law
def tune_channels(state: State, unit: Unit, now: float, message: Message) -> None:
    """A dial was turned: a fact. Those of channels every receiver has that sends on them."""
    note(state, unit, TUNED, -1, message.ref, message.value)
    dial, channel = message.ref % DIAL_STEP, message.ref // DIAL_STEP
    if dial == CHANNEL_DELAY:
        break_channels(state, unit, channel, DELAY, message.value)
    elif dial == CHANNEL_LOSS:
        set_loss(state, unit, channel, message.value)


@law
def tune_stream(state: State, unit: Unit, now: float, message: Message) -> None:
    """A demand stream: how much of it there is."""
    tune_channels(state, unit, now, message)
    if message.ref == DEMAND:
        ask_for(state, unit, state.streams[unit.at], now, message.value)


@law
def go_at(state: State, unit: Unit, operation: Operation, now: float, speed: float) -> None:
    """Agents work at another full speed; one that is slow stays slow by the same factor. Work is conserved."""
    slowed = operation.speed / operation.full_speed
    operation.full_speed = speed
    set_pace(state, unit, operation, now, speed * slowed)


@law
def tune_operation(state: State, unit: Unit, now: float, message: Message) -> None:
    """An operation: speed of its agents, seconds between its reports."""
    tune_channels(state, unit, now, message)
    operation = state.operations[unit.at]
    if message.ref == SPEED:
        go_at(state, unit, operation, now, message.value)
    elif message.ref == REPORT_EVERY:
        operation.report_every = message.value


@law
def tune_management(state: State, unit: Unit, now: float, message: Message) -> None:
    """Local management: seconds between its accounts, the gain of its own offloading."""
    tune_channels(state, unit, now, message)
    management = state.managements[unit.at]
    if message.ref == ACCOUNT_EVERY:
        management.account_every = message.value
    elif message.ref == OFFLOAD_GAIN:
        management.offload_gain = message.value


@law
def tune_system2(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 2: gain, threshold, period, and what it takes a report to show a correction."""
    tune_channels(state, unit, now, message)
    system2 = state.system2s[unit.at]
    if message.ref == SYSTEM2_GAIN:
        system2.gain = message.value
    elif message.ref == SYSTEM2_THRESHOLD:
        system2.threshold = message.value
    elif message.ref == SYSTEM2_PERIOD:
        system2.period = message.value
    elif message.ref == SYSTEM2_SETTLE:
        system2.settle = message.value


@law
def tune_system3(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 3: the terms of its bargain, and when it steps outside it."""
    tune_channels(state, unit, now, message)
    system3 = state.system3s[unit.at]
    dial, value = message.ref, message.value
    if dial == SYSTEM3_PERIOD:
        system3.period = value
    elif dial == SYSTEM3_GAIN:
        system3.gain = value
    elif dial == SYSTEM3_DRAIN:
        system3.drain = value
    elif dial == SYSTEM3_FLOOR:
        system3.floor = int(value)
    elif dial == SYSTEM3_MOVE_TAKES:
        system3.move_takes = value
    elif dial == SYSTEM3_BAND:
        system3.band = value
    elif dial == SYSTEM3_AFTER:
        system3.after = int(value)
    elif dial == SYSTEM3_SUSPEND:
        system3.suspend = value


@law
def tune_audit(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 3*: how seldom it looks, and how sure it must be."""
    tune_channels(state, unit, now, message)
    audit = state.audits[unit.at]
    if message.ref == AUDIT_PACE:
        audit.paced, audit.pace = 1, message.value
    elif message.ref == AUDIT_THRESHOLD:
        audit.threshold = message.value


@law
def tune_system4(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 4: period and cover of its forecasts."""
    tune_channels(state, unit, now, message)
    system4 = state.system4s[unit.at]
    if message.ref == SYSTEM4_PERIOD:
        system4.period = message.value
    elif message.ref == SYSTEM4_COVER:
        system4.cover = message.value


@law
def tune_system5(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 5: the weight of outside and then, what it lets pass and for how long, how long an emergency lasts."""
    tune_channels(state, unit, now, message)
    system5 = state.system5s[unit.at]
    dial, value = message.ref, message.value
    if dial == SYSTEM5_OUTSIDE:
        if value != system5.outside:
            give_to_outside(state, unit, system5, now, value)
    elif dial == SYSTEM5_PERIOD:
        system5.period = value
    elif dial == SYSTEM5_TOLERANCE:
        system5.tolerance = value
    elif dial == SYSTEM5_PATIENCE:
        system5.patience = value
    elif dial == SYSTEM5_EMERGENCY:
        system5.emergency = value
