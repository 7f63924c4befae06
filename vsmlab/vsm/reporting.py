"""What an operation tells its management and its desk, periodically: load, capability, potentiality.

Reports may be false: too high by a factor, always or now and then, or a repetition of old ones. Then what is
told is not what is, and only System 3* can know.
"""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.chance import sequence_draw
from vsmlab.laws.kinds import (
    CAPABILITY,
    CARRIED,
    COMPLETED,
    CRASHED,
    LOAD,
    OFFERED,
    OP_ENV,
    OP_MGMT,
    POTENTIALITY,
    PRESENT,
    REPORT,
    RETURNED,
    STATE_DRAWS,
    WAITING,
)
from vsmlab.laws.sending import remind, send
from vsmlab.laws.tables import Message, Operation, State, Unit

from .agents import count_busy
from .inspected import keep_claim


@law
def observe(operation: Operation, now: float) -> float:
    """Close the window: returns the erlangs carried in it, and keeps the erlangs offered."""
    count_busy(operation, now, 0)
    span = now - operation.window_since
    carried = 0.0
    if span > 0.0:
        carried = operation.busy_area / span
        operation.offered = operation.window_arrivals * operation.mean_service / span
    operation.carried_before += operation.busy_area
    operation.window_since, operation.window_arrivals, operation.busy_area = now, 0, 0.0
    return carried


@law
def exaggeration(state: State, unit: Unit, operation: Operation) -> float:
    """By how much this report is too high: by the bias if it lies, and it lies with probability ``lie``.

    An honest operation draws nothing, and neither does one that always lies.
    """
    if operation.bias == 1.0 or operation.bias <= 0.0 or operation.lie <= 0.0:
        return 1.0
    if operation.lie < 1.0 and sequence_draw(state, unit, STATE_DRAWS) >= operation.lie:
        return 1.0
    return operation.bias


@law
def make_up(operation: Operation, carried: float, factor: float) -> None:
    """What will be told: what asks for agents is multiplied by the factor. Stale reports say what the last one said."""
    if operation.stale > 0:
        return
    operation.told_present = factor * (operation.queue + operation.busy + operation.retrying)
    operation.told_offered = factor * operation.offered
    operation.told_waiting = factor * operation.queue * operation.mean_service
    operation.told_carried = carried
    operation.told_completed = float(operation.completed)


@law
def claimed_arrivals(operation: Operation, arrivals: int, span: float, factor: float) -> float:
    """Tasks that the report says have arrived in its window: erlangs told over the service time, times the window."""
    if operation.stale > 0:
        return operation.told_offered * span / max(1e-9, operation.mean_service)
    return arrivals * factor


@law
def report(state: State, unit: Unit, now: float, message: Message) -> None:
    """Tell management what is here, what was asked, what was done, and what could be done.

    Capability is told as work a second: how many tasks that is depends on the mix, which siblings share. One
    that has crashed, or has fallen silent, tells nothing.
    """
    operation = state.operations[unit.at]
    remind(state, unit, REPORT, now + operation.report_every, 0)
    arrivals, span = operation.window_arrivals, now - operation.window_since
    carried = observe(operation, now)
    if operation.silent > 0 or operation.state == CRASHED:
        keep_claim(operation, -1.0)
        return
    factor = exaggeration(state, unit, operation)
    make_up(operation, carried, factor)
    keep_claim(operation, claimed_arrivals(operation, arrivals, span, factor))
    if operation.management >= 0:
        tell_management(state, unit, operation, now)
    if operation.reports_to_desk == 1:
        send(state, unit, now, OP_ENV, LOAD, operation.desk, PRESENT, operation.told_present)
        send(state, unit, now, OP_ENV, CAPABILITY, operation.desk, 0, operation.agents * operation.speed)


@law
def tell_management(state: State, unit: Unit, operation: Operation, now: float) -> None:
    """Say each number in a message of its own. Agents, and what they could do, are told as they are."""
    to = operation.management
    send(state, unit, now, OP_MGMT, LOAD, to, PRESENT, operation.told_present)
    send(state, unit, now, OP_MGMT, LOAD, to, OFFERED, operation.told_offered)
    send(state, unit, now, OP_MGMT, LOAD, to, CARRIED, operation.told_carried)
    send(state, unit, now, OP_MGMT, LOAD, to, WAITING, operation.told_waiting)
    send(state, unit, now, OP_MGMT, LOAD, to, COMPLETED, operation.told_completed)
    send(state, unit, now, OP_MGMT, CAPABILITY, to, 0, operation.agents * operation.speed)
    could = (operation.granted - operation.recalled) * operation.speed
    send(state, unit, now, OP_MGMT, POTENTIALITY, to, 0, could)
    if operation.returned > 0:
        send(state, unit, now, OP_MGMT, LOAD, to, RETURNED, float(operation.returned))
