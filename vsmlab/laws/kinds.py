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
ROLES: Final = 8
ROLE_NAMES: Final = (
    "operation", "management", "desk", "system2", "system3", "stream", "environment", "process",
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
NO_CHANNEL: Final = -1
CHANNELS: Final = 9
CHANNEL_NAMES: Final = (
    "env_op", "op_env", "op_mgmt", "mgmt_op", "bargain", "account", "intervene", "s2", "op_op",
)  # fmt: skip

# Priorities in the agenda, among messages of one due time. 0 is kept for the algedonic channel.
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
KINDS: Final = 28

# Facts: rows of the journal that never enter the agenda.
FACTS: Final = 64
BORN: Final = 64
ACCEPTED: Final = 65
STARTED: Final = 66
SERVED: Final = 67
HANDED_ON: Final = 68
MOVED_OUT: Final = 69
SHED: Final = 70
FAILED: Final = 71
ABANDONED: Final = 72
LOST: Final = 73
EXPIRED: Final = 74
UNANSWERED: Final = 75
AGENTS: Final = 76
BARGAINED: Final = 77
PREEMPTED: Final = 78
INTERVENED: Final = 79
REFUSED: Final = 80
LAW_FAILED: Final = 81
ATTEMPT_FAILED: Final = 82
REQUEUED: Final = 83
DEFERRED: Final = 84

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
WHICH_NAMES: Final = (
    "present", "offered", "carried", "waiting", "returned", "granted", "recalled", "token_rate", "token_burst",
    "budget", "suspended",
)  # fmt: skip

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
    Kind(PREEMPTED, "preempted", 0, "rank", "work left, seconds", "a task makes way for a more urgent one"),
    Kind(INTERVENED, "intervened", 0, "child", "accountability", "System 3 steps outside the bargain", True),
    Kind(REFUSED, "refused", 0, "kind", "-", "a message that its receiver cannot act on"),
    Kind(ATTEMPT_FAILED, "attempt-failed", 0, "attempts so far", "-", "one attempt is spent, another is to come"),
    Kind(REQUEUED, "requeued", 0, "attempt", "-", "backoff or deferral is over: the task waits again"),
    Kind(DEFERRED, "deferred", 0, "how it came", "seconds", "an operation takes the task, but later"),
    Kind(LAW_FAILED, "law-failed", 0, "kind", "-", "a law from outside failed; what it sent is taken back"),
)  # fmt: skip

SENDS: Final = {
    OPERATION: (OP_ENV, OP_MGMT, OP_OP),
    MANAGEMENT: (MGMT_OP, ACCOUNT, S2, OP_OP),
    DESK: (ENV_OP, OP_ENV),
    SYSTEM2: (S2,),
    SYSTEM3: (BARGAIN, ACCOUNT, INTERVENE, MGMT_OP),
    STREAM: (ENV_OP,),
    ENVIRONMENT: (),
    PROCESS: (ENV_OP,),
}
"""The channels that a role sends on."""
PRIORITIES: Final = tuple(kind.priority for kind in MESSAGES)
NAME_OF: Final = {kind.number: kind.name for kind in MESSAGES + NOTES}
ADDRESSES: Final = frozenset(kind.number for kind in MESSAGES + NOTES if kind.address)
