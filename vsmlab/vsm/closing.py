"""The last days of an operation, its management and its desk: work is handed over, agents go back, then silence.

The desk above shuts the door first and asks next, from desk to desk down to the operations, each of which is
told who takes its work over. So nothing that is handed over can come back to who hands it over.
"""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.kinds import (
    ACCOUNT,
    DAMP,
    DESK,
    ENDED,
    ENV_OP,
    INSPECT,
    INVOKE,
    LEFT,
    MANAGEMENT,
    MGMT_OP,
    OP_ENV,
    OP_MGMT,
    OPERATION,
    POLICY,
    RATE,
    RETIRE,
    RETIRED,
    RETIRING,
    SYSTEM3,
    UNANSWERED,
)
from vsmlab.laws.sending import note, redeem, send
from vsmlab.laws.tables import Audit, Desk, Message, Operation, State, System2, System5, Unit
from vsmlab.laws.tasks import leave_queue

from .algedonic import end_signals, forget_signals
from .announcing import farewell, find_link, last_of, upward
from .passing import pass_on
from .retiring import end_here, retire_system
from .vitals import count_queue
from .zombies import give_back

# -- the operation ------------------------------------------------------------------------------------------


@law
def hand_over(state: State, unit: Unit, operation: Operation, now: float) -> None:
    """Everything that waits moves to the desk that takes the work over, each task in a new epoch."""
    while operation.queue > 0:
        row = operation.head
        count_queue(operation, now)
        leave_queue(state, operation, row)
        give_back(state, unit, operation, now, row, operation.successor)


@law
def retire_operation(state: State, unit: Unit, now: float, message: Message) -> None:
    """The desk asks the operation to hand its work over to ``ref``; management, to end when its agents are back.

    What is in service, or between two attempts, is waited for. Who is silent now is asked again later.
    """
    operation = state.operations[unit.at]
    if operation.silent > 0:
        return
    if message.sender == operation.management:
        operation.dismissed = max(operation.dismissed, int(message.value) + 1)
    elif operation.closing == 0:
        operation.closing, operation.successor = 1, message.ref
    if operation.closing == 1:
        hand_over(state, unit, operation, now)
    if unit.off != ENDED and is_through(operation):
        unit.off = ENDED
        farewell(state, unit, now)
        if operation.management >= 0:
            say_all_is_over(state, unit, operation, now)
        send(state, unit, now, OP_ENV, RETIRED, operation.desk, unit.row, 0.0)
    elif unit.off == ENDED:
        if message.sender == operation.management:
            say_all_is_over(state, unit, operation, now)
        else:
            send(state, unit, now, OP_ENV, RETIRED, operation.desk, unit.row, 0.0)


@law
def is_through(operation: Operation) -> bool:
    """Whether nothing is here any more, and every agent that was ever granted has gone back."""
    if operation.closing == 0 or operation.queue + operation.busy + operation.retrying > 0:
        return False
    return operation.management < 0 or 0 < operation.dismissed <= operation.returned + 1


@law
def say_all_is_over(state: State, unit: Unit, operation: Operation, now: float) -> None:
    """It is over here: say so, with the agents given back."""
    send(state, unit, now, OP_MGMT, RETIRED, operation.management, unit.row, float(operation.returned))


# -- management ---------------------------------------------------------------------------------------------


@law
def retire_management(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 3 wants all agents back, and the end: pass it on. Management ends with its operation, not before."""
    to = state.managements[unit.at].operation
    send(state, unit, now, MGMT_OP, RETIRE, to, message.ref, message.value)


@law
def operation_ended(state: State, unit: Unit, now: float, message: Message) -> None:
    """The operation has ended, and so has its management: tell System 3."""
    management = state.managements[unit.at]
    if message.sender != management.operation:
        return
    unit.off = ENDED
    management.returned = max(management.returned, message.value)
    end_signals(state, unit, management, now)
    send(state, unit, now, ACCOUNT, RETIRED, management.system3, message.ref, management.returned)


# -- the desk -----------------------------------------------------------------------------------------------


@law
def retire_at_desk(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 3 has the desk shut the door to a child, and ask it to hand over; or the desk is itself asked to.

    A desk that is asked by its own System 3, by its own address, says whether it has ended.
    """
    desk = state.desks[unit.at]
    if unit.off == ENDED:
        send(state, unit, now, OP_ENV, RETIRED, message.sender, unit.row, 0.0)
    elif message.sender == desk.parent:
        if desk.closing == 0:
            desk.closing, desk.successor = 1, message.ref
        ask_below(state, unit, desk, now)
        end_desk_if_through(state, unit, desk, now)
    else:
        shut_door(state, unit, desk, now, message.ref)


@law
def shut_door(state: State, unit: Unit, desk: Desk, now: float, address: int) -> None:
    """Nothing goes to this child any more; it is asked to hand its work over to this desk."""
    row = desk.first_link
    while row >= 0:
        link = state.links[row]
        if link.address == address and link.stage != LEFT:
            link.stage = RETIRING
            send(state, unit, now, ENV_OP, RETIRE, link.to, unit.row, 0.0)
        row = link.next


@law
def ask_below(state: State, unit: Unit, desk: Desk, now: float) -> None:
    """Ask all below to hand over to who takes the work over."""
    row = desk.first_link
    while row >= 0:
        link = state.links[row]
        if link.stage != LEFT:
            send(state, unit, now, ENV_OP, RETIRE, link.to, desk.successor, 0.0)
        row = link.next


@law
def end_desk_if_through(state: State, unit: Unit, desk: Desk, now: float) -> None:
    """A desk has ended when all below it have."""
    if unit.off == ENDED:
        return
    row = desk.first_link
    while row >= 0:
        if state.links[row].stage != LEFT:
            return
        row = state.links[row].next
    unit.off = ENDED
    send(state, unit, now, OP_ENV, RETIRED, desk.parent, unit.row, 0.0)


@law
def ask_leavers_again(state: State, unit: Unit, desk: Desk, now: float) -> None:
    """Whenever System 3 says shares: who has been asked to go and has not said that it went is asked again."""
    row = desk.first_link
    while row >= 0:
        link = state.links[row]
        if link.stage == RETIRING and desk.closing == 0:
            send(state, unit, now, ENV_OP, RETIRE, link.to, unit.row, 0.0)
        row = link.next


@law
def ended_below_desk(state: State, unit: Unit, now: float, message: Message) -> None:
    """Someone below has ended: forget who was asked to go; a desk that is itself to end waits for all."""
    desk = state.desks[unit.at]
    row = find_link(state, desk.first_link, message.sender)
    if row < 0:
        return
    if desk.closing == 1:
        state.links[row].stage = LEFT
        end_desk_if_through(state, unit, desk, now)
    else:
        desk.first_link = without(state, desk.first_link, row)
        desk.last_link = last_of(state, desk.first_link)
        desk.children -= 1
        if desk.turn >= desk.children:
            desk.turn = 0


# -- others who knew who has ended --------------------------------------------------------------------------


@law
def without(state: State, first: int, gone: int) -> int:
    """Take a row out of a chain of links; returns the first row of what is left."""
    if first == gone:
        return state.links[gone].next
    row = first
    while state.links[row].next != gone:
        row = state.links[row].next
    state.links[row].next = state.links[gone].next
    return first


@law
def ended_below_system2(state: State, unit: Unit, now: float, message: Message) -> None:
    """A child's System 2 has ended: it is one less to coordinate, and its part of the common rate is free."""
    system2: System2 = state.system2s[unit.at]
    row = find_link(state, system2.first_link, message.sender)
    if row >= 0:
        system2.unassigned += state.links[row].rate + state.links[row].freed
        forget_corrections(state, row)
        system2.first_link = without(state, system2.first_link, row)
        system2.children -= 1


@law
def forget_corrections(state: State, row: int) -> None:
    """Give back what was remembered of corrections to someone who is gone."""
    ledger = state.ledger[0]
    link = state.links[row]
    while link.first_correction >= 0:
        kept = link.first_correction
        link.first_correction = state.corrections[kept].next
        state.corrections[kept].next = ledger.free_correction
        ledger.free_correction = kept
    link.last_correction = -1


@law
def ended_below_system5(state: State, unit: Unit, now: float, message: Message) -> None:
    """A child's System 5 has ended: no more policy goes there, and whatever hurt it is over."""
    system5: System5 = state.system5s[unit.at]
    forget_signals(state, unit, system5, now, message.sender)
    row = find_link(state, system5.first_link, message.sender)
    if row >= 0:
        system5.first_link = without(state, system5.first_link, row)
        system5.last_link = last_of(state, system5.first_link)


@law
def ended_below_audit(state: State, unit: Unit, now: float, message: Message) -> None:
    """An operation of a child system has ended: nothing is left to look at."""
    audit: Audit = state.audits[unit.at]
    before = -1
    row = audit.first_audited
    while row >= 0 and state.auditeds[row].to != message.sender:
        before = row
        row = state.auditeds[row].next
    if row < 0:
        return
    following = state.auditeds[row].next
    if before < 0:
        audit.first_audited = following
    else:
        state.auditeds[before].next = following
    if following < 0:
        audit.last_audited = before
    audit.children -= 1


# -- after the end ------------------------------------------------------------------------------------------


@law
def after_the_end(state: State, unit: Unit, now: float, message: Message) -> None:
    """Who has ended passes tasks on, says that it has ended to whoever still speaks to it, and does nothing else."""
    if message.ticket >= 0:
        if redeem(state, unit, message) == 1:
            note(state, unit, UNANSWERED, message.token, message.kind, message.value)
    elif message.task >= 0 and unit.role == OPERATION:
        pass_on(state, unit, now, message, state.operations[unit.at].successor)
    elif message.task >= 0:
        pass_on(state, unit, now, message, state.desks[unit.at].successor)
    elif message.kind == RETIRE:
        retire_again(state, unit, now, message)
    elif message.kind == RETIRED and unit.role == MANAGEMENT:
        operation_ended(state, unit, now, message)
    elif message.kind in (INVOKE, INSPECT, DAMP, RATE, POLICY):
        send(state, unit, now, upward(unit.role), RETIRED, message.sender, unit.row, 0.0)
    else:
        note(state, unit, UNANSWERED, message.token, message.kind, message.value)


@law
def retire_again(state: State, unit: Unit, now: float, message: Message) -> None:
    """Who asks once more did not hear that all is over."""
    if unit.role == OPERATION:
        retire_operation(state, unit, now, message)
    elif unit.role == MANAGEMENT:
        retire_management(state, unit, now, message)
    elif unit.role == DESK:
        retire_at_desk(state, unit, now, message)
    elif unit.role == SYSTEM3:
        retire_system(state, unit, now, message)
    else:
        end_here(state, unit, now, message)
