"""What an operation tells its management and its desk, periodically: load, capability, potentiality."""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.kinds import (
    CAPABILITY,
    CARRIED,
    LOAD,
    OFFERED,
    OP_ENV,
    OP_MGMT,
    POTENTIALITY,
    PRESENT,
    REPORT,
    RETURNED,
    WAITING,
)
from vsmlab.laws.sending import remind, send
from vsmlab.laws.tables import Message, Operation, State, Unit

from .agents import count_busy


@law
def observe(operation: Operation, now: float) -> float:
    """Close the window: returns the erlangs carried in it, and keeps the erlangs offered."""
    count_busy(operation, now, 0)
    span = now - operation.window_since
    carried = 0.0
    if span > 0.0:
        carried = operation.busy_area / span
        operation.offered = operation.window_arrivals * operation.mean_service / span
    operation.window_since, operation.window_arrivals, operation.busy_area = now, 0, 0.0
    return carried


@law
def report(state: State, unit: Unit, now: float, message: Message) -> None:
    """Tell management what is here, what was asked, what was done, and what could be done.

    Capability is told as work a second: how many tasks that is depends on the mix, which siblings share.
    """
    operation = state.operations[unit.at]
    remind(state, unit, REPORT, now + operation.report_every, 0)
    carried = observe(operation, now)
    present = float(operation.queue + operation.busy + operation.retrying)
    capability = operation.agents * operation.speed
    if operation.management >= 0:
        to = operation.management
        send(state, unit, now, OP_MGMT, LOAD, to, PRESENT, present)
        send(state, unit, now, OP_MGMT, LOAD, to, OFFERED, operation.offered)
        send(state, unit, now, OP_MGMT, LOAD, to, CARRIED, carried)
        send(state, unit, now, OP_MGMT, LOAD, to, WAITING, operation.queue * operation.mean_service)
        send(state, unit, now, OP_MGMT, CAPABILITY, to, 0, capability)
        send(
            state,
            unit,
            now,
            OP_MGMT,
            POTENTIALITY,
            to,
            0,
            (operation.granted - operation.recalled) * operation.speed,
        )
        if operation.returned > 0:
            send(state, unit, now, OP_MGMT, LOAD, to, RETURNED, float(operation.returned))
    if operation.reports_to_desk == 1:
        send(state, unit, now, OP_ENV, LOAD, operation.desk, PRESENT, present)
        send(state, unit, now, OP_ENV, CAPABILITY, operation.desk, 0, capability)
