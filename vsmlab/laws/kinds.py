"""The codebook: roles, channels, kinds of message, kinds of fact, and what their two numbers mean.

A message says one thing: one whole number (``ref``) and one real (``value``). The constants are for
laws, the tables for the journal, the measures and ``docs/anatomy.md``; there is no other copy.
"""

from __future__ import annotations

from typing import Final, NamedTuple

# Roles of receivers (``docs/anatomy.md``). Every System of a node is a receiver of its own.
OPERATION: Final = 0
MANAGEMENT: Final = 1
DESK: Final = 2
SYSTEM2: Final = 3
SYSTEM3: Final = 4
STREAM: Final = 5
ENVIRONMENT: Final = 6
PROCESS: Final = 7
AUDIT: Final = 8
SYSTEM4: Final = 9
SYSTEM5: Final = 10
WORLD: Final = 11
OPERATOR: Final = 12
ROLES: Final = 13
ROLE_NAMES: Final = (
    "operation", "management", "desk", "system2", "system3", "stream", "environment", "process", "audit",
    "system4", "system5", "world", "operator",
)  # fmt: skip

# Channels (Beer's connections; ``notes`` of theory A2). NO_CHANNEL is for reminders to oneself.
ENV_OP: Final = 0
OP_ENV: Final = 1
OP_MGMT: Final = 2
MGMT_OP: Final = 3
BARGAIN: Final = 4
ACCOUNT: Final = 5
INTERVENE: Final = 6
S2: Final = 7
OP_OP: Final = 8
S3STAR: Final = 9
S3_S4: Final = 10
S4_S3: Final = 11
S4_ENV: Final = 12
ENV_S4: Final = 13
S34_S5: Final = 14
S5_34: Final = 15
ALGEDONIC: Final = 16
NO_CHANNEL: Final = -1
CHANNELS: Final = 17
CHANNEL_NAMES: Final = (
    "env_op", "op_env", "op_mgmt", "mgmt_op", "bargain", "account", "intervene", "s2", "op_op", "s3star",
    "s3_s4", "s4_s3", "s4_env", "env_s4", "s34_s5", "s5_34", "algedonic",
)  # fmt: skip

# Priorities in the agenda, among messages of one due time. The algedonic channel goes past everything else.
PAINS: Final = 0
WORLD_ANSWERS: Final = 1
ORDINARY: Final = 2
REMINDERS: Final = 3

# Kinds of message.
NEXT_ARRIVAL: Final = 0
ARRIVE: Final = 1
ROUTE: Final = 2
DONE: Final = 3
FAILED_ATTEMPT: Final = 4
DELIVER: Final = 5
HAND_ON: Final = 6
TRANSFER: Final = 7
DEADLINE: Final = 8
PATIENCE: Final = 9
RETRY: Final = 10
TOKEN: Final = 11
REPORT: Final = 12
LOAD: Final = 13
CAPABILITY: Final = 14
POTENTIALITY: Final = 15
SETTING: Final = 16
HEARTBEAT_DUE: Final = 17
HEARTBEAT: Final = 18
OFFLOAD_DUE: Final = 19
COORDINATE: Final = 20
DAMP: Final = 21
RATE: Final = 22
ACCOUNT_DUE: Final = 23
ACCOUNTS: Final = 24
BARGAIN_DUE: Final = 25
GRANT: Final = 26
INTERVENTION: Final = 27
SHARE: Final = 28
OPENING: Final = 29
SUSPECT: Final = 30
REHOME: Final = 31
INSPECT_DUE: Final = 32
INSPECT: Final = 33
INSPECTED: Final = 34
FINDING: Final = 35
DISCREPANCY: Final = 36
INDICATOR_DUE: Final = 37
INDICATOR: Final = 38
PROBE: Final = 39
LOOK_AHEAD: Final = 40
OUTLOOK: Final = 41
PROPOSAL: Final = 42
GOVERN: Final = 43
DECISION: Final = 44
POLICY: Final = 45
PAIN: Final = 46
PLEASURE: Final = 47
CLIMB: Final = 48
VITAL: Final = 49
VITAL_DUE: Final = 50
BALANCE_DUE: Final = 51
HIRED: Final = 52
ANNOUNCE: Final = 53
INVOKE: Final = 54
RESULT: Final = 55
RETIRE: Final = 56
RETIRED: Final = 57
DISTURB: Final = 58
DISTURB_DUE: Final = 59
ANNOUNCE_DUE: Final = 60
TUNE: Final = 61
KINDS: Final = 62

# Facts: rows of the journal that never enter the agenda. Messages have the numbers below FACTS, facts those from it
# on, so that both may grow (decision 0019).
FACTS: Final = 1024
BORN: Final = 1024
ACCEPTED: Final = 1025
STARTED: Final = 1026
SERVED: Final = 1027
HANDED_ON: Final = 1028
MOVED_OUT: Final = 1029
SHED: Final = 1030
FAILED: Final = 1031
ABANDONED: Final = 1032
LOST: Final = 1033
EXPIRED: Final = 1034
UNANSWERED: Final = 1035
AGENTS: Final = 1036
BARGAINED: Final = 1037
PREEMPTED: Final = 1038
INTERVENED: Final = 1039
REFUSED: Final = 1040
LAW_FAILED: Final = 1041
ATTEMPT_FAILED: Final = 1042
REQUEUED: Final = 1043
DEFERRED: Final = 1044
CHECKED: Final = 1045
FOUND: Final = 1046
FORECAST: Final = 1047
SPREAD: Final = 1048
FELT: Final = 1049
EASED: Final = 1050
CLIMBED: Final = 1051
WEIGHED: Final = 1052
COMMITTED: Final = 1053
HIRES: Final = 1054
DECIDED: Final = 1055
SPAWNED: Final = 1056
DEPTH_REFUSED: Final = 1057
GONE: Final = 1058
SUSPECTED: Final = 1059
REHOMED: Final = 1060
DISTURBED: Final = 1061
ALARMED: Final = 1062
TUNED: Final = 1063

# Which quantity a ``load``, ``accounts``, ``setting`` or ``grant`` speaks of.
PRESENT: Final = 0
OFFERED: Final = 1
CARRIED: Final = 2
WAITING: Final = 3
RETURNED: Final = 4
GRANTED: Final = 5
RECALLED: Final = 6
TOKEN_RATE: Final = 7
TOKEN_BURST: Final = 8
BUDGET: Final = 9
SUSPENDED: Final = 10
COMPLETED: Final = 11
CLAIMED: Final = 12
COUNTED: Final = 13
DEMANDED: Final = 14
FORESHOWN: Final = 15
EXPECTED: Final = 16
DEVIATION: Final = 17
AGENTS_NOW: Final = 18
AGENTS_THEN: Final = 19
CHILD: Final = 20
RETIREMENT: Final = 21
GAIN_NOW: Final = 22
GAIN_THEN: Final = 23
OUTSIDE: Final = 24
EMERGENCY: Final = 25
AGENTS_MOST: Final = 26
AGENTS_LEAST: Final = 27
MAX_WAIT: Final = 28
WHICH_NAMES: Final = (
    "present", "offered", "carried", "waiting", "returned", "granted", "recalled", "token_rate", "token_burst",
    "budget", "suspended", "completed", "claimed", "counted", "demanded", "foreshown", "expected", "deviation",
    "agents_now", "agents_then", "child", "retirement", "gain_now", "gain_then", "outside", "emergency",
    "agents_most", "agents_least", "max_wait",
)  # fmt: skip

# What a disturbance does (``ref`` of DISTURB; for a channel plus FAULT_STEP times the channel). 0 or 1 mends it.
HANG: Final = 0
SILENT_HANG: Final = 1
CRASH: Final = 2
SLOW: Final = 3
STALE: Final = 4
BIAS: Final = 5
LIE: Final = 6
CUT: Final = 7
DELAY: Final = 8
KNOCK_OUT: Final = 9
FAULT_NAMES: Final = (
    "hang", "silent-hang", "crash", "slow", "stale", "bias", "lie", "cut", "delay", "knock-out",
)  # fmt: skip
FAULT_STEP: Final = 256
# A dial of a channel says which kind of channel (``ref`` of TUNE and TUNED); the dials are in ``dials.py``.
DIAL_STEP: Final = 256
# A finding says of which inspection it is (``ref`` of FINDING).
FINDING_STEP: Final = 1024
# State of an operation's agents.
WELL: Final = 0
HUNG: Final = 1
CRASHED: Final = 2
# Why System 2 suspects an operation (value of SUSPECT and SUSPECTED).
CLEARED: Final = 0
UNHEARD: Final = 1
STUCK: Final = 2
SUSPICIONS: Final = ("cleared", "unheard", "stuck")
# Essential variables of an operation (``ref`` of VITAL, PAIN and PLEASURE).
MEAN_WAIT: Final = 0
P95_WAIT: Final = 1
MEAN_QUEUE: Final = 2
UTILISATION: Final = 3
SHED_SHARE: Final = 4
FAILED_SHARE: Final = 5
ESSENTIAL_NAMES: Final = (
    "mean_wait_s", "p95_wait_s", "mean_queue", "utilisation", "shed_share", "failed_share",
)  # fmt: skip
# State of an algedonic signal.
CALM: Final = 0
TOLD: Final = 1
ABOVE: Final = 2
# Stage of a child system in the eyes of its parent (``Link.stage``).
STANDING: Final = 0
RETIRING: Final = 1
LEFT: Final = 2
CALLED: Final = 3
# A receiver that does nothing of itself (``Unit.off``): it was taken away, or its system has been retired.
KNOCKED_OUT: Final = 1
ENDED: Final = 2
# How a demand changes.
STEP: Final = 0
SLOPE: Final = 1
# Forecasting laws of System 4.
HOLT: Final = 0
DLM: Final = 1
METHOD_NAMES: Final = ("holt", "dlm")

# Why a task was shed (ref of SHED) or abandoned (ref of ABANDONED).
QUEUE_FULL: Final = 0
TOO_LONG: Final = 1
BALKED: Final = 2
NO_BUDGET: Final = 3
SHED_REASONS: Final = ("queue_full", "too_long", "balked", "no_budget")
OVER_DEADLINE: Final = 0
IMPATIENT: Final = 1
ABANDON_REASONS: Final = ("deadline", "patience")
# Why a message was lost (value of LOST).
BY_CUT: Final = 0
BY_CHANCE: Final = 1
BY_CAPACITY: Final = 2
LOSS_REASONS: Final = ("cut", "chance", "capacity")

# Routing rules of a desk, disciplines of a queue, rules of the bargain, arrival processes, distributions.
SHARES: Final = 0
ROUND_ROBIN: Final = 1
LEAST_REPORTED: Final = 2
ROUTING_NAMES: Final = ("shares", "round-robin", "least-reported")
FIFO: Final = 0
LIFO: Final = 1
RANDOM: Final = 2
EDF: Final = 3
DISCIPLINE_NAMES: Final = ("fifo", "lifo", "random", "edf")
OPTIMAL: Final = 0
PROPORTIONAL: Final = 1
RULE_NAMES: Final = ("optimal", "proportional")
POISSON: Final = 0
RENEWAL: Final = 1
MARKOV: Final = 2
LINEAR: Final = 3
PROFILE: Final = 4
TRACE: Final = 5
CONSTANT: Final = 0
EXPONENTIAL: Final = 1
GAMMA: Final = 2
LOGNORMAL: Final = 3
UNIFORM: Final = 4
EMPIRICAL: Final = 5

# Streams of chance. The first draw by the sender's own sequence, the others are keyed by the task.
DEMAND_DRAWS: Final = 0
DELAY_DRAWS: Final = 1
LOSS_DRAWS: Final = 2
STATE_DRAWS: Final = 3
WORK_DRAWS: Final = 16
ROUTING_DRAWS: Final = 17
FAILURE_DRAWS: Final = 18
BACKOFF_DRAWS: Final = 19
PATIENCE_DRAWS: Final = 20
COLUMN_DRAWS: Final = 21
BALKING_DRAWS: Final = 22
ORDER_DRAWS: Final = 23
NEXT_DRAWS: Final = 24
AUDIT_DRAWS: Final = 25


class Kind(NamedTuple):
    """One line of the codebook."""

    number: int
    name: str
    priority: int
    ref: str
    value: str
    says: str
    address: bool = False
    """Whether ``ref`` is the address of a receiver; the journal then keeps its identity."""


MESSAGES: Final[tuple[Kind, ...]] = (
    Kind(NEXT_ARRIVAL, "next-arrival", REMINDERS, "-", "-", "a stream's next task is due"),
    Kind(ARRIVE, "arrive", ORDINARY, "-", "-", "a task comes from the environment"),
    Kind(ROUTE, "route", ORDINARY, "-", "-", "a desk passes a task one level down"),
    Kind(DONE, "done", WORLD_ANSWERS, "attempt", "-", "the world has served the task"),
    Kind(FAILED_ATTEMPT, "failed-attempt", WORLD_ANSWERS, "attempt", "-", "the attempt came to nothing"),
    Kind(DELIVER, "deliver", ORDINARY, "-", "-", "a served task goes back to the environment"),
    Kind(HAND_ON, "hand-on", ORDINARY, "stage", "-", "a served task goes on to another operation"),
    Kind(TRANSFER, "transfer", ORDINARY, "epoch", "-", "a waiting task moves to a sibling"),
    Kind(DEADLINE, "deadline", REMINDERS, "ticket", "-", "the task's deadline"),
    Kind(PATIENCE, "patience", REMINDERS, "ticket", "-", "the end of the task's patience"),
    Kind(RETRY, "retry", REMINDERS, "ticket", "-", "the next attempt is due"),
    Kind(TOKEN, "token", REMINDERS, "ticket", "-", "the token bucket holds a token again"),
    Kind(REPORT, "report", REMINDERS, "-", "-", "an operation's or desk's report is due"),
    Kind(LOAD, "load", ORDINARY, "which", "amount", "tasks present; erlangs offered or carried; agents returned"),
    Kind(CAPABILITY, "capability", ORDINARY, "-", "erlangs", "what the present agents can serve"),
    Kind(POTENTIALITY, "potentiality", ORDINARY, "-", "erlangs", "what the granted agents could serve"),
    Kind(SETTING, "setting", ORDINARY, "which", "amount", "management sets a number of its operation or desk"),
    Kind(HEARTBEAT_DUE, "heartbeat-due", REMINDERS, "-", "-", "the next heartbeat is due"),
    Kind(HEARTBEAT, "heartbeat", ORDINARY, "-", "count", "I am alive"),
    Kind(OFFLOAD_DUE, "offload-due", REMINDERS, "-", "-", "local management looks at its siblings"),
    Kind(COORDINATE, "coordinate", REMINDERS, "turn", "-", "System 2 looks at its operations"),
    Kind(DAMP, "damp", ORDINARY, "sibling", "tasks, or the gain allowed",
         "give that many tasks to the sibling; to no sibling: offload with at most this gain", True),
    Kind(RATE, "rate", ORDINARY, "which", "amount", "the rate or burst of the token bucket"),
    Kind(ACCOUNT_DUE, "account-due", REMINDERS, "-", "-", "the next account is due"),
    Kind(ACCOUNTS, "account", ORDINARY, "which", "amount", "what became of the resources granted"),
    Kind(BARGAIN_DUE, "bargain-due", REMINDERS, "-", "-", "System 3 bargains anew"),
    Kind(GRANT, "grant", ORDINARY, "which", "amount", "agents granted or recalled so far; budget"),
    Kind(INTERVENTION, "intervene", ORDINARY, "which", "seconds", "local autonomy is suspended"),
    Kind(SHARE, "share", ORDINARY, "operation", "share", "System 3 tells the desk a share of the tasks", True),
    Kind(OPENING, "opening", ORDINARY, "operation", "1 open, 0 closed", "the desk may, or may not, route there", True),
    Kind(SUSPECT, "suspect", ORDINARY, "operation", "why: 0 cleared, 1 unheard, 2 stuck",
         "System 2 suspects that an operation only seems to live", True),
    Kind(REHOME, "rehome", ORDINARY, "desk", "-", "give every task back to this desk: they are needed elsewhere",
         True),
    Kind(INSPECT_DUE, "inspect-due", REMINDERS, "-", "-", "the next audit is due, at a time that nobody foresees"),
    Kind(INSPECT, "inspect", ORDINARY, "serial", "seconds", "System 3* looks at an operation for so long"),
    Kind(INSPECTED, "inspected", REMINDERS, "serial", "-", "the inspection is over"),
    Kind(FINDING, "finding", ORDINARY, f"which, and {FINDING_STEP} times the serial", "tasks",
         "tasks that the operation claimed, or an estimate from those counted"),
    Kind(DISCREPANCY, "discrepancy", ORDINARY, "operation", "claimed over counted",
         "what an operation reports is so many times what is; 1 when that is over", True),
    Kind(INDICATOR_DUE, "indicator-due", REMINDERS, "turn", "-", "the environment shows itself"),
    Kind(INDICATOR, "indicator", ORDINARY, "which", "erlangs", "work demanded lately, or foreshown for later"),
    Kind(PROBE, "probe", ORDINARY, "-", "-", "System 4 looks at once"),
    Kind(LOOK_AHEAD, "look-ahead", REMINDERS, "-", "-", "System 4 forecasts"),
    Kind(OUTLOOK, "outlook", ORDINARY, "which", "erlangs, or agents", "work to expect, its deviation; agents for it"),
    Kind(PROPOSAL, "proposal", ORDINARY, "which", "agents, or a number of children", "System 3 or 4 proposes"),
    Kind(GOVERN, "govern", REMINDERS, "-", "-", "System 5 weighs what it was told"),
    Kind(DECISION, "decision", ORDINARY, "which", "amount", "System 5 decides"),
    Kind(POLICY, "policy", ORDINARY, "which", "amount", "System 5 passes policy down"),
    Kind(PAIN, "pain", PAINS, "essential variable", "times its limit; 0 when it is over", "it hurts"),
    Kind(PLEASURE, "pleasure", PAINS, "essential variable", "times its limit; 0 when it is over", "it does good"),
    Kind(CLIMB, "climb", REMINDERS, "ticket", "-", "the time to mend it here is over"),
    Kind(VITAL, "vital", ORDINARY, "essential variable", "amount", "an essential variable over its window"),
    Kind(VITAL_DUE, "vital-due", ORDINARY, "essential variable", "-", "the window of an essential variable ends"),
    Kind(BALANCE_DUE, "balance-due", REMINDERS, "-", "-", "System 3 commits itself anew: hires or lays off"),
    Kind(HIRED, "hired", REMINDERS, "agents", "-", "agents that were hired begin; below zero: they leave"),
    Kind(ANNOUNCE, "announce", ORDINARY, "operation", "agents", "a child system, or a part of one, is there", True),
    Kind(INVOKE, "invoke", ORDINARY, "1 a call, 0 it was heard", "-", "a parent calls on a child system, or knows it"),
    Kind(RESULT, "result", ORDINARY, "1", "-", "the child system answers the call: it takes tasks"),
    Kind(RETIRE, "retire", ORDINARY, "child, or the desk that takes over",
         "agents to give back; to a System of one's own 1: end, 0: take leave",
         "hand your work over and end", True),
    Kind(RETIRED, "retired", ORDINARY, "operation", "agents given back", "the work is handed over: this has ended",
         True),
    Kind(DISTURB, "disturb", ORDINARY, f"fault, and {FAULT_STEP} times the channel", "amount",
         "something breaks, or is mended"),
    Kind(DISTURB_DUE, "disturb-due", REMINDERS, "1 breaks, 0 mends", "-", "a disturbance begins or ends"),
    Kind(ANNOUNCE_DUE, "announce-due", REMINDERS, "-", "-", "who was born announces itself to those around it"),
    Kind(TUNE, "tune", ORDINARY, f"dial, and {DIAL_STEP} times the channel", "amount", "the operator turns a dial"),
)  # fmt: skip

NOTES: Final[tuple[Kind, ...]] = (
    Kind(BORN, "born", 0, "destination", "work, seconds", "the environment makes a task", True),
    Kind(ACCEPTED, "accepted", 0, "how it came: 0 arrives, 1 handed on, 2 moved", "tasks present before",
         "an operation takes a task"),
    Kind(STARTED, "started", 0, "attempt", "service time, seconds", "an agent begins"),
    Kind(SERVED, "served", 0, "stage", "cost, usd", "work ends for good"),
    Kind(HANDED_ON, "handed-on", 0, "destination", "cost, usd", "work ends here and goes on", True),
    Kind(MOVED_OUT, "moved-out", 0, "destination", "-", "a waiting task leaves for a sibling", True),
    Kind(SHED, "shed", 0, "why", "how it came", "an operation refuses a task"),
    Kind(FAILED, "failed", 0, "attempts", "-", "the attempts are spent"),
    Kind(ABANDONED, "abandoned", 0, "why", "-", "deadline or patience is over"),
    Kind(LOST, "lost", 0, "channel", "why", "a channel loses a message"),
    Kind(EXPIRED, "expired", 0, "kind", "-", "an old ticket: nothing is done"),
    Kind(UNANSWERED, "unanswered", 0, "kind", "-", "a system that is knocked out answers nothing"),
    Kind(AGENTS, "agents", 0, "agents present", "agents granted and not recalled", "the agents change"),
    Kind(BARGAINED, "bargained", 0, "child", "agents granted and not recalled", "System 3 changes a grant", True),
    Kind(PREEMPTED, "preempted", 0, "rank", "work left, seconds",
         "a task in service waits again: it makes way, or its agent is gone"),
    Kind(INTERVENED, "intervened", 0, "child", "accountability", "System 3 steps outside the bargain", True),
    Kind(REFUSED, "refused", 0, "kind", "-", "a message that its receiver cannot act on"),
    Kind(ATTEMPT_FAILED, "attempt-failed", 0, "attempts so far", "-", "one attempt is spent, another is to come"),
    Kind(REQUEUED, "requeued", 0, "attempt", "-", "backoff or deferral is over: the task waits again"),
    Kind(DEFERRED, "deferred", 0, "how it came", "seconds", "an operation takes the task, but later"),
    Kind(LAW_FAILED, "law-failed", 0, "kind", "-", "a law from outside failed; what it sent is taken back"),
    Kind(CHECKED, "checked", 0, "operation", "CUSUM, in deviations", "System 3* compared claims with a count", True),
    Kind(FOUND, "found", 0, "operation", "claimed over counted; 1 when cleared", "System 3* is sure", True),
    Kind(FORECAST, "forecast", 0, "seconds ahead", "erlangs", "System 4 expects this demand"),
    Kind(SPREAD, "spread", 0, "seconds ahead", "erlangs", "the deviation of that forecast"),
    Kind(FELT, "felt", 0, "essential variable", "times its limit; below zero: pleasure", "a signal arises or arrives"),
    Kind(EASED, "eased", 0, "essential variable", "seconds that it lasted", "the signal is over here"),
    Kind(CLIMBED, "climbed", 0, "essential variable", "seconds since it was felt here", "the signal goes up"),
    Kind(WEIGHED, "weighed", 0, "which", "amount", "System 5 weighs 3 against 4"),
    Kind(COMMITTED, "committed", 0, "agents wanted", "agents, before rounding", "3 and 4 commit the system to agents"),
    Kind(HIRES, "hires", 0, "agents of the whole system", "agents that come, below zero: go", "agents come or go"),
    Kind(DECIDED, "decided", 0, "which", "amount; below zero: refused", "System 5 answers a proposal"),
    Kind(SPAWNED, "spawned", 0, "child", "depth", "a child system is made", True),
    Kind(DEPTH_REFUSED, "depth-refused", 0, "depth", "limit", "security: a child beyond the depth limit is refused"),
    Kind(GONE, "gone", 0, "child", "agents that came back", "a child system has ended", True),
    Kind(SUSPECTED, "suspected", 0, "operation", "why: 0 cleared, 1 unheard, 2 stuck", "System 2 suspects it",
         True),
    Kind(REHOMED, "rehomed", 0, "tasks", "of them in service", "the operation gave its tasks back"),
    Kind(DISTURBED, "disturbed", 0, f"fault, and {FAULT_STEP} times the channel", "amount",
         "something broke, or was mended"),
    Kind(ALARMED, "alarmed", 0, "-", "seconds", "System 5 declares an emergency"),
    Kind(TUNED, "tuned", 0, f"dial, and {DIAL_STEP} times the channel", "amount", "a dial was turned"),
)  # fmt: skip

SENDS: Final = {
    OPERATION: (OP_ENV, OP_MGMT, OP_OP, S3STAR),
    MANAGEMENT: (MGMT_OP, ACCOUNT, S2, OP_OP, ALGEDONIC),
    DESK: (ENV_OP, OP_ENV, OP_OP),
    SYSTEM2: (S2,),
    SYSTEM3: (BARGAIN, ACCOUNT, INTERVENE, MGMT_OP, S3_S4, S34_S5),
    STREAM: (ENV_OP, ENV_S4),
    ENVIRONMENT: (),
    PROCESS: (ENV_OP,),
    AUDIT: (S3STAR,),
    SYSTEM4: (S4_S3, S4_ENV, S34_S5),
    SYSTEM5: (S5_34, INTERVENE, ALGEDONIC),
    WORLD: (),
    OPERATOR: (),
}
"""The channels that a role sends on."""
PRIORITIES: Final = tuple(kind.priority for kind in MESSAGES)
NAME_OF: Final = {kind.number: kind.name for kind in MESSAGES + NOTES}
ADDRESSES: Final = frozenset(kind.number for kind in MESSAGES + NOTES if kind.address)
