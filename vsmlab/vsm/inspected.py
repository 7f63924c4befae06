"""An operation under inspection: System 3* notices some of what arrives, beside what the reports claim of it.

Claims and counts cover the same time: the whole windows between two reports, from the first report after the
inspector came to the last one before it left. The operation does not learn what was counted, and cannot know
when it will be looked at.
"""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.chance import task_draw
from vsmlab.laws.kinds import (
    AUDIT_DRAWS,
    CLAIMED,
    COUNTED,
    EXPIRED,
    FINDING,
    FINDING_STEP,
    INSPECTED,
    REFUSED,
    S3STAR,
)
from vsmlab.laws.sending import note, remind, send
from vsmlab.laws.tables import Message, Operation, State, Task, Unit


@law
def open_inspection(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 3* comes to look. One inspector at a time; a later inspection of the same one takes its place.

    It stays for at least two reports, so that one whole window lies within (own choice).
    """
    operation = state.operations[unit.at]
    if operation.inspector == message.sender and message.ref <= operation.inspection:
        return  # said twice
    if operation.inspector >= 0 and operation.inspector != message.sender:
        note(state, unit, REFUSED, message.token, message.kind, message.value)
        return
    operation.inspector, operation.inspection = message.sender, message.ref
    operation.claimed, operation.counted, operation.noticed = -1.0, 0, 0
    stays = max(message.value, 2.0 * operation.report_every)
    remind(state, unit, INSPECTED, now + stays, message.ref)


@law
def notice(state: State, operation: Operation, task: Task) -> None:
    """The inspector notices an arriving task with probability ``sample``: a binomial sample of the arrivals.

    The draw belongs to the task, so that an audit shifts nobody's chances (own choice).
    """
    if operation.claimed < 0.0:
        return  # the first whole window has not begun
    if operation.sample >= 1.0 or task_draw(state, task, AUDIT_DRAWS, 0, 0) < operation.sample:
        operation.noticed += 1


@law
def keep_claim(operation: Operation, claims: float) -> None:
    """A report claims so many arrivals for the window that ends now; below zero: there was no report.

    What was noticed in a window for which nothing was claimed is not compared with anything.
    """
    if operation.inspector < 0:
        return
    if operation.claimed < 0.0:
        operation.claimed = 0.0
    elif claims >= 0.0:
        operation.claimed += claims
        operation.counted += operation.noticed
    operation.noticed = 0


@law
def end_inspection(state: State, unit: Unit, now: float, message: Message) -> None:
    """The inspector leaves with two numbers of one serial: tasks claimed, and tasks counted over the share noticed.

    Dividing by the share here (Horvitz and Thompson 1952, source not checked: an unbiased estimate) makes the
    finding good for inspectors who sample otherwise.
    """
    operation = state.operations[unit.at]
    if operation.inspector < 0 or message.ref != operation.inspection:
        note(state, unit, EXPIRED, message.token, message.kind, 0.0)
        return
    to, serial = operation.inspector, FINDING_STEP * operation.inspection
    counted = operation.counted / max(1e-9, min(1.0, operation.sample))
    send(state, unit, now, S3STAR, FINDING, to, serial + CLAIMED, max(0.0, operation.claimed))
    send(state, unit, now, S3STAR, FINDING, to, serial + COUNTED, counted)
    operation.inspector = -1
