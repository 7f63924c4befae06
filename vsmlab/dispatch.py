"""Which law answers which kind of message at which role: one table, read by every engine and by the docs.

A receiver that is knocked out answers nothing; what was sent to it is a fact. A message that its receiver
has no law for is refused, and that is a fact too: nothing is swallowed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from vsmlab.laws import kinds as k
from vsmlab.laws import law
from vsmlab.laws.sending import note
from vsmlab.laws.tables import Message, State, Unit
from vsmlab.laws.tasks import drop_task
from vsmlab.vsm import agents, desk, management, reporting, settings, system1, system2, system3
from vsmlab.world import demand, service

Law = Callable[[State, Unit, float, Message], None]


class Answer(NamedTuple):
    """One line of the table: this law answers this kind at this role; it came on this channel."""

    kind: int
    role: int
    law: Law
    channel: int
    sender: str


TABLE: Final[tuple[Answer, ...]] = (
    Answer(k.NEXT_ARRIVAL, k.STREAM, demand.next_arrival, k.NO_CHANNEL, "itself"),
    Answer(k.ARRIVE, k.OPERATION, system1.accept, k.ENV_OP, "stream"),
    Answer(k.ARRIVE, k.DESK, desk.route, k.ENV_OP, "stream"),
    Answer(k.ROUTE, k.OPERATION, system1.accept, k.ENV_OP, "desk"),
    Answer(k.ROUTE, k.DESK, desk.route, k.ENV_OP, "desk"),
    Answer(k.DONE, k.OPERATION, system1.done, k.NO_CHANNEL, "environment"),
    Answer(k.FAILED_ATTEMPT, k.OPERATION, system1.failed_attempt, k.NO_CHANNEL, "environment"),
    Answer(k.DELIVER, k.ENVIRONMENT, service.deliver, k.OP_ENV, "operation"),
    Answer(k.HAND_ON, k.OPERATION, system1.accept, k.OP_OP, "operation"),
    Answer(k.HAND_ON, k.DESK, desk.route, k.OP_OP, "operation"),
    Answer(k.TRANSFER, k.OPERATION, system1.accept, k.OP_OP, "operation"),
    Answer(k.TRANSFER, k.DESK, desk.route, k.OP_OP, "operation"),
    Answer(k.DEADLINE, k.OPERATION, system1.abandon, k.NO_CHANNEL, "itself"),
    Answer(k.PATIENCE, k.OPERATION, system1.abandon, k.NO_CHANNEL, "itself"),
    Answer(k.RETRY, k.OPERATION, system1.retry, k.NO_CHANNEL, "itself"),
    Answer(k.TOKEN, k.OPERATION, agents.token, k.NO_CHANNEL, "itself"),
    Answer(k.REPORT, k.OPERATION, reporting.report, k.NO_CHANNEL, "itself"),
    Answer(k.REPORT, k.DESK, desk.pass_report, k.NO_CHANNEL, "itself"),
    Answer(
        k.LOAD,
        k.MANAGEMENT,
        management.hear_operation,
        k.OP_MGMT,
        "operation; a sibling's management (op_op)",
    ),
    Answer(k.LOAD, k.DESK, desk.hear_operations, k.OP_ENV, "operation or desk"),
    Answer(k.LOAD, k.SYSTEM2, system2.hear_sibling_load, k.S2, "management or system2"),
    Answer(k.CAPABILITY, k.MANAGEMENT, management.hear_operation, k.OP_MGMT, "operation"),
    Answer(k.CAPABILITY, k.DESK, desk.hear_operations, k.OP_ENV, "operation or desk"),
    Answer(k.CAPABILITY, k.SYSTEM2, system2.hear_sibling_load, k.S2, "management or system2"),
    Answer(k.POTENTIALITY, k.MANAGEMENT, management.hear_potentiality, k.OP_MGMT, "operation"),
    Answer(k.SETTING, k.OPERATION, settings.set_number, k.MGMT_OP, "management"),
    Answer(k.SETTING, k.DESK, desk.told_shares, k.MGMT_OP, "system3"),
    Answer(k.HEARTBEAT_DUE, k.MANAGEMENT, management.heartbeat_due, k.NO_CHANNEL, "itself"),
    Answer(k.HEARTBEAT_DUE, k.SYSTEM2, system2.beat, k.NO_CHANNEL, "itself"),
    Answer(k.HEARTBEAT, k.SYSTEM2, system2.hear_sibling_load, k.S2, "management or system2"),
    Answer(k.OFFLOAD_DUE, k.MANAGEMENT, management.offload_due, k.NO_CHANNEL, "itself"),
    Answer(k.COORDINATE, k.SYSTEM2, system2.coordinate, k.NO_CHANNEL, "itself"),
    Answer(k.DAMP, k.MANAGEMENT, management.damped, k.S2, "system2"),
    Answer(k.DAMP, k.OPERATION, settings.give_away, k.MGMT_OP, "management"),
    Answer(k.DAMP, k.SYSTEM2, system2.told_by_parent, k.S2, "system2"),
    Answer(k.RATE, k.MANAGEMENT, management.limited, k.S2, "system2"),
    Answer(k.RATE, k.SYSTEM2, system2.told_by_parent, k.S2, "system2"),
    Answer(k.ACCOUNT_DUE, k.MANAGEMENT, management.account_due, k.NO_CHANNEL, "itself"),
    Answer(k.ACCOUNT_DUE, k.SYSTEM3, system3.account_for, k.NO_CHANNEL, "itself"),
    Answer(k.ACCOUNTS, k.SYSTEM3, system3.hear_account, k.ACCOUNT, "management or system3"),
    Answer(k.BARGAIN_DUE, k.SYSTEM3, system3.bargain_due, k.NO_CHANNEL, "itself"),
    Answer(k.GRANT, k.MANAGEMENT, management.granted, k.BARGAIN, "system3"),
    Answer(k.GRANT, k.SYSTEM3, system3.granted_from_above, k.BARGAIN, "system3"),
    Answer(k.INTERVENTION, k.MANAGEMENT, management.intervened_with, k.INTERVENE, "system3"),
    Answer(k.INTERVENTION, k.SYSTEM3, system3.stepped_in, k.INTERVENE, "system3"),
)


@law
def unanswered(state: State, unit: Unit, now: float, message: Message) -> None:
    """The receiver is knocked out: a fact, and what the message carried is lost."""
    note(state, unit, k.UNANSWERED, message.token, message.kind, message.value)
    if message.task >= 0:
        drop_task(state, message.task)


@law
def refused(state: State, unit: Unit, now: float, message: Message) -> None:
    """No law answers this kind here: a fact."""
    note(state, unit, k.REFUSED, message.token, message.kind, message.value)
    if message.task >= 0:
        drop_task(state, message.task)


def answers(replaced: dict[tuple[int, int], Law] | None = None) -> list[list[Law]]:
    """The table as rows of roles and columns of kinds, with a user's own laws in their places."""
    table: list[list[Law]] = [[refused] * k.KINDS for _ in range(k.ROLES)]
    for line in TABLE:
        table[line.role][line.kind] = line.law
    for (kind, role), own in (replaced or {}).items():
        table[role][kind] = own
    return table


DECIDES: Final = {
    "system2": (k.COORDINATE,),
    "system3": (k.BARGAIN_DUE,),
    "desk": (k.ARRIVE, k.ROUTE, k.HAND_ON, k.TRANSFER),
}
"""What a bare role stands for in ``laws={"system2": mine}``: the kinds that its deciding law answers."""
