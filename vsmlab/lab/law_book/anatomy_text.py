"""What the tables of the code cannot say of receivers, channels, chance and the life of a task."""

from __future__ import annotations

from typing import Final

ROLES_SAY: Final[dict[str, tuple[str, str]]] = {
    "operation": (
        "`fleet.chat`",
        "an elementary operation: queue, agents, tasks in service, token bucket, budget",
    ),
    "management": (
        "`fleet.chat.management`",
        "local management: what the operation told it, grants, thresholds",
    ),
    "desk": ("`fleet`", "the desk of a viable system: what each operation reported, the shares"),
    "system2": ("`fleet.system2`", "coordination: what it was told of each sibling, corrections under way"),
    "system3": ("`fleet.system3`", "control: accounts, grants, targets, promises, agents in hand"),
    "stream": ("`environment.requests`", "a demand stream: its process, what its tasks are, where they go"),
    "environment": ("`fleet.chat.environment`", "the part of the world that an operation touches: it serves"),
    "audit": ("`fleet.audit`", "System 3*: what each operation of the subtree claimed, and what was counted"),
    "system4": ("`fleet.system4`", "intelligence: a forecast of each stream, what was foreshown"),
    "system5": ("`fleet.system5`", "policy: limits, weights of 3 and 4, signals that came up, proposals"),
    "world": ("`environment.crash-1`", "a disturbance: whom it strikes, when, for how long"),
    "process": ("`process.rush`", "a user's own SimPy process, under its function's name"),
    "operator": ("`operator`", "a person who intervenes while it runs: what they did is in the scenario"),
}
"""Example path, and what the receiver holds."""

CHANNELS_SAY: Final[dict[str, tuple[str, str]]] = {
    "env_op": ("a stream or the desk above, to a desk or operation", "tasks come; each level adds its delay"),
    "op_env": (
        "an operation to its environment; an operation or desk to the desk above",
        "what was served; load and capability for desks that route by reports",
    ),
    "op_mgmt": ("an operation to its management", "reports"),
    "mgmt_op": (
        "management to its operation; System 3 to its desk",
        "settings, tasks to give away or back, shares, openings",
    ),
    "bargain": ("System 3 to a management or to the System 3 of a child", "agents and budget granted"),
    "account": ("a management or the System 3 of a child to System 3", "accounts for what was granted"),
    "intervene": (
        "System 3 to a management or to the System 3 of a child; System 5 to the System 5 of a child",
        "corporate intervention, re-homing, retirement; policy",
    ),
    "s2": (
        "both ways between System 2 and a management or the System 2 of a child",
        "loads up, damping down",
    ),
    "op_op": (
        "an operation to a sibling, or to the desk that both share; a management to a sibling's",
        "tasks handed on, moved or given back; how much a sibling has to do",
    ),
    "s3star": (
        "System 3* and any operation of its subtree, both ways; System 3* to System 3",
        "inspections, findings",
    ),
    "s3_s4": ("System 3 to System 4", "what is offered, capability and potentiality"),
    "s4_s3": ("System 4 to System 3", "what to expect, its deviation, agents for it"),
    "s4_env": ("System 4 to a stream", "probes"),
    "env_s4": ("a stream to System 4", "indicators: work demanded, or foreshown"),
    "s34_s5": ("Systems 3 and 4 to System 5", "proposals"),
    "s5_34": ("System 5 to Systems 3 and 4", "decisions"),
    "algedonic": (
        "management to the System 5 above; System 5 to the System 5 above",
        "pain and pleasure, past everything else",
    ),
}
"""Whom it joins, and what it is for."""

DRAWS_SAY: Final[dict[str, str]] = {
    "DEMAND_DRAWS": "gaps between arrivals, classes of a profile",
    "DELAY_DRAWS": "delay on a channel",
    "LOSS_DRAWS": "loss on a channel",
    "STATE_DRAWS": "audits, disturbances, what is shown of the environment, reports that lie",
    "WORK_DRAWS": "work",
    "ROUTING_DRAWS": "routing by shares; one draw for each depth",
    "FAILURE_DRAWS": "whether an attempt fails",
    "BACKOFF_DRAWS": "the wait before the next attempt",
    "PATIENCE_DRAWS": "patience",
    "COLUMN_DRAWS": "columns of a task of a profile",
    "BALKING_DRAWS": "whether it joins where `balks` is set",
    "ORDER_DRAWS": "its place in a random queue",
    "NEXT_DRAWS": "where it goes on to",
    "AUDIT_DRAWS": "whether an inspector notices it",
}

LIFE: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "comes to an operation's door, from the environment, a desk or a hand-on",
        "`accepted` or `shed`",
        "arrivals (decision 0002); a task that goes from one visit to the next inside a subtree does not arrive there "
        "again",
    ),
    ("is refused by queue limit, threshold, balking or budget", "`shed`", "shed, and in arrivals"),
    ("an agent begins", "`started`", "ends its waiting"),
    ("makes way for a more urgent one", "`preempted`", "waits again; the work that is left is kept"),
    (
        "an attempt fails, another is to come",
        "`attempt-failed`, later `requeued`",
        "still in progress, no new arrival",
    ),
    ("the attempts are spent", "`failed`", "failed"),
    ("deadline or patience is over", "`abandoned`", "abandoned"),
    (
        "work ends and it goes on by `next`",
        "`handed-on`",
        "served here, arrivals there; neither where a subtree holds both",
    ),
    (
        "a waiting task is moved to a sibling",
        "`moved-out`, then `accepted` with 2",
        "moved_out here, moved_in there; neither where a subtree holds both",
    ),
    ("work ends for good", "`served`", "served"),
    (
        "is lost with its message, or reaches a System that is knocked out",
        "`lost`, `unanswered`, `refused`",
        "between two visits inside a subtree: failed there; before its first visit it never arrived",
    ),
)
"""What becomes of a task, the facts that tell it, and what it is counted as."""

PRIORITIES_SAY: Final[dict[int, str]] = {
    0: "the algedonic channel: pain and pleasure go before everything else",
    1: "answers of the world: what ended at a time is over before anything else happens then",
    2: "ordinary messages",
    3: "reminders: what is heard at a time is known before a receiver acts on its own",
}
