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
from vsmlab.vsm import (
    agents,
    algedonic,
    announcing,
    audit,
    closing,
    decisions,
    desk,
    disturbed,
    homeostat,
    inspected,
    management,
    reporting,
    retiring,
    settings,
    system1,
    system2,
    system3,
    system4,
    system5,
    tuned,
    vitals,
    zombies,
)
from vsmlab.vsm.closing import after_the_end
from vsmlab.world import demand, disturbances, indicators, service

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
    Answer(k.SHARE, k.DESK, desk.told_share, k.MGMT_OP, "system3"),
    Answer(k.OPENING, k.DESK, desk.told_opening, k.MGMT_OP, "system3"),
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
    Answer(k.SUSPECT, k.SYSTEM3, zombies.hear_suspicion, k.S2, "system2"),
    Answer(k.REHOME, k.MANAGEMENT, management.told_to_rehome, k.INTERVENE, "system3"),
    Answer(k.REHOME, k.SYSTEM3, zombies.rehome_below, k.INTERVENE, "system3"),
    Answer(k.REHOME, k.OPERATION, zombies.rehome, k.MGMT_OP, "management"),
    Answer(k.DISTURB_DUE, k.WORLD, disturbances.disturbance_due, k.NO_CHANNEL, "itself"),
    Answer(k.DISTURB, k.OPERATION, disturbed.strike_operation, k.NO_CHANNEL, "world or operator"),
    Answer(k.DISTURB, k.MANAGEMENT, disturbed.strike_management, k.NO_CHANNEL, "world or operator"),
    *(
        Answer(k.DISTURB, role, disturbed.strike_channels, k.NO_CHANNEL, "world or operator")
        for role in (k.DESK, k.SYSTEM2, k.SYSTEM3, k.AUDIT, k.SYSTEM4, k.SYSTEM5, k.STREAM)
    ),
    *(
        Answer(k.TUNE, role, law_of_role, k.NO_CHANNEL, "operator")
        for role, law_of_role in (
            (k.OPERATION, tuned.tune_operation),
            (k.MANAGEMENT, tuned.tune_management),
            (k.DESK, tuned.tune_channels),
            (k.SYSTEM2, tuned.tune_system2),
            (k.SYSTEM3, tuned.tune_system3),
            (k.STREAM, tuned.tune_stream),
            (k.AUDIT, tuned.tune_audit),
            (k.SYSTEM4, tuned.tune_system4),
            (k.SYSTEM5, tuned.tune_system5),
        )
    ),
    Answer(k.INSPECT_DUE, k.AUDIT, audit.inspect_due, k.NO_CHANNEL, "itself"),
    Answer(k.INSPECT, k.OPERATION, inspected.open_inspection, k.S3STAR, "audit"),
    Answer(k.INSPECTED, k.OPERATION, inspected.end_inspection, k.NO_CHANNEL, "itself"),
    Answer(k.FINDING, k.AUDIT, audit.hear_finding, k.S3STAR, "operation"),
    Answer(k.DISCREPANCY, k.SYSTEM3, system3.hear_discrepancy, k.S3STAR, "audit"),
    Answer(k.OUTLOOK, k.SYSTEM3, homeostat.hear_outlook, k.S4_S3, "system4"),
    Answer(k.BALANCE_DUE, k.SYSTEM3, homeostat.balance, k.NO_CHANNEL, "itself"),
    Answer(k.HIRED, k.SYSTEM3, homeostat.hired, k.NO_CHANNEL, "itself"),
    Answer(k.INDICATOR_DUE, k.STREAM, indicators.show_indicator, k.NO_CHANNEL, "itself"),
    Answer(k.PROBE, k.STREAM, indicators.answer_probe, k.S4_ENV, "system4"),
    Answer(k.INDICATOR, k.SYSTEM4, system4.hear_indicator, k.ENV_S4, "stream"),
    Answer(k.LOOK_AHEAD, k.SYSTEM4, system4.look_ahead, k.NO_CHANNEL, "itself"),
    Answer(k.LOAD, k.SYSTEM4, system4.hear_system3, k.S3_S4, "system3"),
    Answer(k.CAPABILITY, k.SYSTEM4, system4.hear_system3, k.S3_S4, "system3"),
    Answer(k.POTENTIALITY, k.SYSTEM4, system4.hear_system3, k.S3_S4, "system3"),
    Answer(k.DECISION, k.SYSTEM4, system4.hear_children, k.S5_34, "system5"),
    Answer(k.DECISION, k.SYSTEM3, decisions.decided, k.S5_34, "system5"),
    Answer(k.PROPOSAL, k.SYSTEM5, system5.hear_proposal, k.S34_S5, "system3 or system4"),
    Answer(k.GOVERN, k.SYSTEM5, system5.govern, k.NO_CHANNEL, "itself"),
    Answer(k.POLICY, k.SYSTEM5, system5.hear_policy, k.INTERVENE, "system5"),
    Answer(k.VITAL_DUE, k.OPERATION, vitals.vital_due, k.NO_CHANNEL, "itself"),
    Answer(k.VITAL, k.MANAGEMENT, algedonic.hear_vital, k.OP_MGMT, "operation"),
    Answer(k.CLIMB, k.MANAGEMENT, algedonic.climb_from_unit, k.NO_CHANNEL, "itself"),
    Answer(k.PAIN, k.SYSTEM5, algedonic.hear_signal, k.ALGEDONIC, "management or system5"),
    Answer(k.PLEASURE, k.SYSTEM5, algedonic.hear_signal, k.ALGEDONIC, "management or system5"),
    Answer(k.CLIMB, k.SYSTEM5, algedonic.climb_from_system, k.NO_CHANNEL, "itself"),
    Answer(k.ANNOUNCE_DUE, k.DESK, announcing.introduce, k.NO_CHANNEL, "itself"),
    Answer(k.ANNOUNCE, k.DESK, announcing.announced_to_desk, k.OP_ENV, "desk"),
    Answer(k.INVOKE, k.DESK, announcing.known, k.ENV_OP, "desk"),
    Answer(k.ANNOUNCE_DUE, k.SYSTEM2, announcing.introduce, k.NO_CHANNEL, "itself"),
    Answer(k.ANNOUNCE, k.SYSTEM2, announcing.announced_to_system2, k.S2, "system2"),
    Answer(k.INVOKE, k.SYSTEM2, announcing.known, k.S2, "system2"),
    Answer(k.ANNOUNCE_DUE, k.SYSTEM3, announcing.introduce, k.NO_CHANNEL, "itself"),
    Answer(k.ANNOUNCE, k.SYSTEM3, announcing.announced_to_system3, k.ACCOUNT, "system3"),
    Answer(k.INVOKE, k.SYSTEM3, announcing.known, k.BARGAIN, "system3"),
    Answer(k.ANNOUNCE_DUE, k.SYSTEM5, announcing.introduce, k.NO_CHANNEL, "itself"),
    Answer(k.ANNOUNCE, k.SYSTEM5, announcing.announced_to_system5, k.ALGEDONIC, "system5"),
    Answer(k.INVOKE, k.SYSTEM5, announcing.known, k.INTERVENE, "system5"),
    Answer(k.ANNOUNCE_DUE, k.OPERATION, announcing.introduce, k.NO_CHANNEL, "itself"),
    Answer(k.ANNOUNCE, k.AUDIT, announcing.announced_to_audit, k.S3STAR, "operation"),
    Answer(k.INVOKE, k.OPERATION, announcing.known, k.S3STAR, "audit"),
    Answer(k.RESULT, k.DESK, announcing.answered, k.OP_ENV, "desk"),
    Answer(k.RETIRE, k.DESK, closing.retire_at_desk, k.ENV_OP, "desk; system3 (mgmt_op)"),
    Answer(k.RETIRE, k.OPERATION, closing.retire_operation, k.ENV_OP, "desk; management (mgmt_op)"),
    Answer(k.RETIRE, k.MANAGEMENT, closing.retire_management, k.INTERVENE, "system3"),
    Answer(k.RETIRE, k.SYSTEM3, retiring.retire_system, k.INTERVENE, "system3"),
    Answer(k.RETIRE, k.SYSTEM2, retiring.end_here, k.INTERVENE, "system3"),
    Answer(k.RETIRE, k.AUDIT, retiring.end_here, k.INTERVENE, "system3"),
    Answer(k.RETIRE, k.SYSTEM4, retiring.end_here, k.S3_S4, "system3"),
    Answer(k.RETIRE, k.SYSTEM5, retiring.end_here, k.S34_S5, "system3"),
    Answer(k.RETIRED, k.MANAGEMENT, closing.operation_ended, k.OP_MGMT, "operation"),
    Answer(k.RETIRED, k.DESK, closing.ended_below_desk, k.OP_ENV, "operation or desk"),
    Answer(k.RETIRED, k.SYSTEM2, closing.ended_below_system2, k.S2, "system2"),
    Answer(
        k.RETIRED,
        k.SYSTEM3,
        retiring.heard_retired,
        k.ACCOUNT,
        "management or system3; its own systems (op_env, s2, s3star, s4_s3, s5_34)",
    ),
    Answer(k.RETIRED, k.SYSTEM5, closing.ended_below_system5, k.ALGEDONIC, "system5"),
    Answer(k.RETIRED, k.AUDIT, closing.ended_below_audit, k.S3STAR, "operation"),
)


@law
def unanswered(state: State, unit: Unit, now: float, message: Message) -> None:
    """The receiver is knocked out: a fact, and what the message carried is lost. Who has ended still passes it on."""
    if unit.off == k.ENDED:
        after_the_end(state, unit, now, message)
        return
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
    "system4": (k.LOOK_AHEAD,),
    "desk": (k.ARRIVE, k.ROUTE, k.HAND_ON, k.TRANSFER),
}
"""What a bare role stands for in ``laws={"system2": mine}``: the kinds that its deciding law answers."""
