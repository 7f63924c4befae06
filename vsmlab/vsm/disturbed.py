"""What a disturbance does to whom it strikes: agents hang, crash or slow down, reports go wrong, channels break.

An agent that hangs keeps what it has taken and gets nowhere; one that crashed has lost what it was doing, and
its operation says nothing at all. Faults that overlap count: what was struck twice is well when mended twice.
Of a speed, a bias, a share of lies and a delay the last word holds (own choices, as all of this is).
"""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.kinds import (
    BIAS,
    CRASH,
    CRASHED,
    CUT,
    DELAY,
    DISTURBED,
    FAULT_STEP,
    HANG,
    HUNG,
    KNOCK_OUT,
    KNOCKED_OUT,
    LIE,
    PREEMPTED,
    SILENT_HANG,
    SLOW,
    STALE,
    WELL,
)
from vsmlab.laws.sending import channel_to, note, revoke
from vsmlab.laws.tables import Message, Operation, State, Unit
from vsmlab.laws.tasks import join_queue, leave_service
from vsmlab.world.service import attempt_work, await_answer, work_left

from .agents import count_busy, release, start_waiting
from .vitals import count_queue


@law
def counted(faults: int, value: float) -> int:
    """One fault more of a kind, or one less: what was never struck is not mended below nought."""
    if value > 0.0:
        return faults + 1
    return max(0, faults - 1)


@law
def break_channels(state: State, unit: Unit, channel: int, fault: int, value: float) -> None:
    """Cut or slow down all channels of this kind, and the pattern of those that are made later."""
    channel_to(state, unit, channel, -1)
    row = unit.first_channel
    while row >= 0:
        way = state.channels[row]
        if way.kind == channel:
            if fault == CUT:
                way.cuts = counted(way.cuts, value)
            else:
                way.extra = value
        row = way.next


@law
def strike_channels(state: State, unit: Unit, now: float, message: Message) -> None:
    """A receiver's channels are cut, slow, or mended; or it is knocked out, for good: its reminders find nobody."""
    fault = message.ref % FAULT_STEP
    note(state, unit, DISTURBED, -1, message.ref, message.value)
    if fault in (CUT, DELAY):
        break_channels(state, unit, message.ref // FAULT_STEP, fault, message.value)
    elif fault == KNOCK_OUT and unit.off == 0:
        unit.off = KNOCKED_OUT


@law
def strike_management(state: State, unit: Unit, now: float, message: Message) -> None:
    """Local management of an operation that crashed or fell silent says nothing either; it still passes on."""
    management = state.managements[unit.at]
    fault = message.ref % FAULT_STEP
    if fault in (CRASH, SILENT_HANG):
        management.silent = counted(management.silent, message.value)
    strike_channels(state, unit, now, message)


@law
def lose_work(state: State, unit: Unit, operation: Operation, now: float, row: int) -> None:
    """What was done on a task in service is lost: it will be begun anew, and what its agent answers is void."""
    task = state.tasks[row]
    revoke(state, task.done_ticket)
    task.done_ticket = -1
    leave_service(state, operation, row)
    count_busy(operation, now, -1)
    task.left, task.served = -1.0, 0.0
    note(state, unit, PREEMPTED, task.identity, task.rank, attempt_work(state, operation, task))


@law
def set_pace(state: State, unit: Unit, operation: Operation, now: float, speed: float) -> None:
    """Agents change their speed, hang, crash or are well again; what is left of each task is done at the new pace.

    Work is conserved: the sum of speed times time in service is the work that the task needs, whatever the
    changes of speed in between. Only a crash loses work.
    """
    health = WELL
    if operation.crashes > 0:
        health = CRASHED
    elif operation.hangs > 0:
        health = HUNG
    row = operation.serving
    while row >= 0:
        task = state.tasks[row]
        task.left = work_left(operation, task, now)
        revoke(state, task.done_ticket)
        task.done_ticket = -1
        row = task.next
    before = operation.state
    operation.state, operation.speed = health, speed
    if health == CRASHED:
        crash(state, unit, operation, now)
        return
    row = operation.serving
    while row >= 0:
        await_answer(state, unit, operation, now, row)
        row = state.tasks[row].next
    if before == CRASHED:
        release(state, unit, operation, now)
        start_waiting(state, unit, operation, now)


@law
def crash(state: State, unit: Unit, operation: Operation, now: float) -> None:
    """Whoever was in service stands in the queue again, where its discipline puts it."""
    while operation.serving >= 0:
        row = operation.serving
        lose_work(state, unit, operation, now, row)
        count_queue(operation, now)
        join_queue(state, operation, row)


@law
def strike_operation(state: State, unit: Unit, now: float, message: Message) -> None:
    """The world strikes an operation, or mends it."""
    operation = state.operations[unit.at]
    fault = message.ref % FAULT_STEP
    value = message.value
    strike_channels(state, unit, now, message)
    if fault == STALE:
        operation.stale = counted(operation.stale, value)
    elif fault == BIAS:
        operation.bias = value
    elif fault == LIE:
        operation.lie = value
    elif fault == SLOW:
        set_pace(state, unit, operation, now, operation.full_speed * value)
    elif fault in (HANG, SILENT_HANG, CRASH):
        if fault == CRASH:
            operation.crashes = counted(operation.crashes, value)
        else:
            operation.hangs = counted(operation.hangs, value)
        if fault != HANG:
            operation.silent = counted(operation.silent, value)
        set_pace(state, unit, operation, now, operation.speed)
