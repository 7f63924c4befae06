"""Essential variables: what an operation measures of itself, window by window, for its local management to judge.

A variable is essential if the operation is in danger outside its limits (Ashby 1956, chapter 10). Which
variables, windows and limits there are is the scenario's choice. An operation without any counts nothing.
"""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.kinds import (
    FAILED_SHARE,
    MEAN_QUEUE,
    MEAN_WAIT,
    OP_MGMT,
    P95_WAIT,
    SHED_SHARE,
    VITAL,
    VITAL_DUE,
)
from vsmlab.laws.sending import remind, send
from vsmlab.laws.tables import Message, Operation, State, Unit, Vital


@law
def count_arrival(state: State, operation: Operation, shed: int) -> None:
    """A task came to the door, and was shed (1) or not (0)."""
    row = operation.first_vital
    while row >= 0:
        vital = state.vitals[row]
        vital.arrivals += 1
        vital.sheds += shed
        row = vital.next


@law
def count_start(state: State, operation: Operation, wait: float) -> None:
    """A task was started here for the first time in its visit, after this wait, moves between siblings included."""
    row = operation.first_vital
    while row >= 0:
        vital = state.vitals[row]
        vital.starts += 1
        vital.waits += wait
        if wait > vital.limit:
            vital.late += 1
        row = vital.next


@law
def count_end(state: State, operation: Operation, failed: int) -> None:
    """Work on a task ended, and came to nothing for good (1) or was done (0)."""
    row = operation.first_vital
    while row >= 0:
        vital = state.vitals[row]
        vital.ends += 1
        vital.failures += failed
        row = vital.next


@law
def count_queue(operation: Operation, now: float) -> None:
    """Keep the area under the number waiting, in task-seconds. It is to be called before that number changes."""
    if operation.first_vital >= 0:
        operation.queued += operation.queue * (now - operation.queue_since)
        operation.queue_since = now


@law
def ratio(part: float, whole: float) -> float:
    """A part over the whole; nothing of nothing is 0."""
    if whole <= 0.0:
        return 0.0
    return part / whole


@law
def mean_wait(state: State, operation: Operation, vital: Vital, now: float) -> float:
    """Mean wait of those who were started in the window; if nobody was, of those who wait, until now.

    So an operation that starts nobody is seen to be in trouble, and one to which nobody comes is not.
    """
    if vital.starts > 0:
        return vital.waits / vital.starts
    waits, waiting = 0.0, 0
    row = operation.head
    while row >= 0:
        task = state.tasks[row]
        if task.entered >= 0.0:
            waits += now - task.entered
            waiting += 1
        row = task.next
    return ratio(waits, float(waiting))


@law
def late_share(state: State, operation: Operation, vital: Vital, now: float) -> float:
    """Share of late ones: the 95th percentile of waits is beyond the limit if and only if this is above 0.05.

    Equation: (late starts + late waiting) / (starts + late waiting), where late is a wait above the limit
    (own choice; a quantile against a limit needs two counts and no memory of the single waits). Whoever
    waits and is late already will be a late start whatever happens; of the others it is not known yet.
    """
    waiting = 0
    row = operation.head
    while row >= 0:
        task = state.tasks[row]
        if task.entered >= 0.0 and now - task.entered > vital.limit:
            waiting += 1
        row = task.next
    return ratio(float(vital.late + waiting), float(vital.starts + waiting))


@law
def vital_value(state: State, operation: Operation, vital: Vital, now: float) -> float:
    """The variable over its window: seconds, a mean number waiting, or a share."""
    idle = now - operation.busy_since
    if vital.what == MEAN_WAIT:
        value = mean_wait(state, operation, vital, now)
    elif vital.what == P95_WAIT:
        value = late_share(state, operation, vital, now)
    elif vital.what == MEAN_QUEUE:
        value = ratio(operation.queued - vital.queue_area, now - vital.since)
    elif vital.what == SHED_SHARE:
        value = ratio(float(vital.sheds), float(vital.arrivals))
    elif vital.what == FAILED_SHARE:
        value = ratio(float(vital.failures), float(vital.ends))
    else:
        worked = operation.worked + operation.busy * idle - vital.busy_area
        manned = operation.manned + operation.agents * idle - vital.agent_area
        value = ratio(worked, manned)
    return max(0.0, value)


@law
def begin_window(operation: Operation, vital: Vital, now: float) -> None:
    """Count anew from now on."""
    vital.since = now
    vital.starts, vital.late, vital.waits = 0, 0, 0.0
    vital.arrivals, vital.sheds, vital.ends, vital.failures = 0, 0, 0, 0
    vital.queue_area = operation.queued
    vital.busy_area = operation.worked + operation.busy * (now - operation.busy_since)
    vital.agent_area = operation.manned + operation.agents * (now - operation.busy_since)


@law
def vital_due(state: State, unit: Unit, now: float, message: Message) -> None:
    """Tell management the variable over its window, and begin the next.

    What is silent tells nothing: its window stays open until it speaks again.
    """
    operation = state.operations[unit.at]
    row = operation.first_vital
    while row >= 0:
        vital = state.vitals[row]
        if vital.number == message.ref:
            remind(state, unit, VITAL_DUE, now + vital.window, vital.number)
            if operation.silent == 0 and operation.management >= 0:
                count_queue(operation, now)
                value = vital_value(state, operation, vital, now)
                send(state, unit, now, OP_MGMT, VITAL, operation.management, vital.number, value)
                begin_window(operation, vital, now)
        row = vital.next
