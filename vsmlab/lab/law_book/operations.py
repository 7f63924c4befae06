"""The law book on System 1: operations, their agents and queues, and local management."""

from __future__ import annotations

from typing import Final

from .entry import UNCHECKED, Chapter, Entry

OPERATION: Final = Chapter(
    "System 1: an operation serves",
    "An elementary operation holds a queue, agents in parallel, perhaps a token bucket and a budget.",
    (
        Entry(
            "accept",
            "a task that comes by `arrive`, `route` or `hand-on` is shed (why_refused) or accepted\n"
            "a task that comes by `transfer` is always accepted\n"
            "queue empty, an agent idle, a token there: it starts at once; else it waits",
            "our own choice: a sibling that was told to give must not be refused, or the task would have no home",
            ("Node.agents", "Queue.limit"),
        ),
        Entry(
            "why_refused",
            "no budget:  budget < cost of the task\n"
            "balked:     u (n + 1) >= 1, n tasks present, u of the task        so P(joins) = 1/(n + 1)\n"
            "queue full: waiting >= limit, and no agent with a token is idle, nor to be taken (preemptive)\n"
            "too long:   waiting + 1 > max_wait * agents / mean service, unless suspended",
            "balking: birth-death chain with arrival rate lambda/(n+1), Poisson number present (textbook). "
            "The threshold on the expected wait is our own: the simplest autonomy that refuses by itself",
            ("Stream.balks", "Queue.limit", "Autonomy.max_wait", "Autonomy.budget"),
        ),
        Entry(
            "defer",
            "too long, and defer > 0: accepted, held back for defer seconds, then in the queue as the same task",
            "our own choice after theory A4: what is put off must come back as the same task, or the balance breaks",
            ("Autonomy.max_wait", "Autonomy.defer"),
        ),
        Entry(
            "budget_left",
            "budget(t) = budget(s) + rate * (t - s), less the cost of every task accepted",
            "our own choice: money comes in at the granted rate, so that a grant is one number",
            ("Autonomy.budget", "System3.budget_usd_per_s"),
        ),
        Entry(
            "done",
            "mean service <- mean service + max(0.02, 1 / (10 + tasks done)) (observed - mean service)\n"
            "served: the task leaves for good, or goes on by `next`; the agent takes the next task",
            "exponential smoothing; the weight 0.02 (about the last 50 tasks) is our own choice",
            ("Node.next",),
        ),
        Entry(
            "next_choice",
            "visits >= max_visits, or no way on: it leaves\n"
            "by condition: the first entry whose ranges all hold\n"
            "by chance: the first j with u < p_1 + ... + p_j; it leaves with 1 - sum p",
            "probabilistic routing of a network of queues (Jackson 1957, " + UNCHECKED + ")",
            ("Next.unit", "Next.probability", "Next.when", "Node.max_visits"),
        ),
        Entry(
            "failed_attempt",
            "attempts spent: failed for good; else it is tried again after a backoff drawn for this attempt\n"
            "a retry is the same task: no new arrival",
            "our own choice of what counts as what (docs/anatomy.md)",
            ("Failure.probability", "Failure.attempts", "Failure.backoff"),
        ),
        Entry(
            "retry",
            "after the backoff the task stands in the queue again, whatever the queue's limit",
            "our own choice: it was accepted once, so the limit does not apply again",
            ("Failure.backoff",),
        ),
        Entry(
            "abandon",
            "deadline: leaves at birth + deadline, waiting, in service or backing off\n"
            "patience: leaves when it has waited that long, moved or not; once started it is patient",
            "reneging of Erlang A (Palm 1937; Mandelbaum and Zeltyn 2007, " + UNCHECKED + ")",
            ("Failure.deadline", "Failure.patience"),
        ),
        Entry(
            "give_away",
            "the first n waiting tasks go to the sibling, each by itself; epoch <- epoch + 1",
            "our own choice: the oldest go first, because the sibling can start them sooner. The epoch fences "
            "the old holder, as fencing tokens do",
        ),
        Entry(
            "set_number",
            "granted G:  agents += G - (granted so far)     if G is larger\n"
            "recalled R: owed   += R - (recalled so far)    if R is larger\n"
            "token rate and burst, rate of the budget, autonomy suspended until now + s",
            "totals since the beginning: docs/decisions/0003",
        ),
        Entry(
            "take_agents",
            "agents += G - (granted so far); they begin at once",
            "our own choice: agents travel with the grant, the delay is System 3's `move_takes`",
            ("System3.move_takes",),
        ),
    ),
)

AGENTS: Final = Chapter(
    "Queue, agents, token bucket",
    "Who starts when. These hold for every operation, whatever its management says.",
    (
        Entry(
            "goes_before",
            "a before b: rank(a) < rank(b), or equal ranks and key(a) < key(b); equal keys keep their order",
            "head-of-the-line priorities (Cobham 1954, " + UNCHECKED + ")",
            ("Stream.rank", "Queue.discipline"),
        ),
        Entry(
            "set_key",
            "fifo: order of coming; lifo: its negative; random: u, see random_place; edf: the deadline, else never",
            "textbook disciplines; earliest deadline first: Liu and Layland (1973, " + UNCHECKED + ")",
            ("Queue.discipline",),
        ),
        Entry(
            "random_place",
            "int(u (m + 1)) places before the end of the m who wait with the same rank",
            "insertion at a uniform place keeps every order equally likely (textbook)",
            ("Queue.discipline",),
        ),
        Entry(
            "begin_waiting",
            "preemptive, all agents busy, a token there, rank below that of the least urgent in service, first in\n"
            "the queue: "
            "it takes that agent; else it waits",
            "preemptive resume (textbook)",
            ("Queue.preemptive",),
        ),
        Entry(
            "preempt",
            "left = max(0, finish - now) * speed; the task waits again with the work that is left",
            "preemptive resume (textbook)",
            ("Queue.preemptive",),
        ),
        Entry(
            "least_urgent",
            "of those in service the highest rank; among equals the latest start",
            "our own choice: the latest start has lost least",
            ("Queue.preemptive",),
        ),
        Entry(
            "has_room",
            "busy < agents, and level >= 1 where there is a bucket\n"
            "only a token missing: wait (1 - level) / rate for it",
            "our own choice: a start of service costs one token",
            ("Node.agents", "Node.limit"),
        ),
        Entry(
            "refill",
            "level(t) = min(burst, level(s) + rate * (t - s))\n"
            "so in any window of length t at most burst + rate * t starts",
            "token bucket (Cruz 1991; Le Boudec and Thiran 2001, " + UNCHECKED + ")",
            ("TokenBucket.rate", "TokenBucket.burst"),
        ),
        Entry(
            "token",
            "level <- max(refilled, 1): the reminder was set for the moment of the whole token; rounding must "
            "not lose it",
            "our own choice",
            ("TokenBucket.rate",),
        ),
        Entry(
            "release",
            "idle agents go back until nothing is owed; busy ones finish their task first",
            "our own choice: an agent is never taken from its task",
        ),
    ),
)

MANAGEMENT: Final = Chapter(
    "Local management",
    "Each operation's management knows what it was told, passes it on, and may offload by itself.",
    (
        Entry(
            "observe",
            "carried = busy agent-seconds in the window / window\n"
            "offered = arrivals in the window * mean service / window        (erlangs)",
            "offered and carried load as in telephony (Erlang)",
            ("Report.every",),
        ),
        Entry(
            "report",
            "present, offered, carried, waiting work; capability = agents * speed;\n"
            "potentiality = (granted - recalled) * speed        (erlangs: seconds of work a second)",
            "Beer, Brain of the Firm (2nd edition 1981), actuality, capability, potentiality; as quoted by others",
            ("Report.every", "Report.phase"),
        ),
        Entry(
            "hear_operation",
            "keeps the last number of each kind; offered and carried are smoothed",
            "an attenuator (Beer); see smoothed",
            ("Management.memory",),
        ),
        Entry("hear_potentiality", "keeps the last number", "our own choice"),
        Entry(
            "smoothed",
            "w = max(s / t, s / (s + memory)), s seconds since the last report, t since the beginning\n"
            "kept <- kept + w (new - kept): at first the mean over time, then fading",
            "exponential smoothing; the weight makes the memory one of time, not of reports (our own choice)",
            ("Management.memory",),
        ),
        Entry(
            "heartbeat_due",
            "every heartbeat_every: a heartbeat, present, capability to System 2",
            "our own choice of what is told",
            ("Management.heartbeat_every",),
        ),
        Entry(
            "account_due",
            "every account_every: offered, carried, waiting, returned to System 3; and the "
            "operation is told again what was granted and recalled",
            "accountability for what was granted (Beer); repeating it: docs/decisions/0003",
            ("Management.account_every",),
        ),
        Entry("granted", "larger than what is known: pass it on; else nothing", "docs/decisions/0003"),
        Entry(
            "intervened_with",
            "gain of its own offloading 0, the operation's threshold off, for `suspend` seconds",
            "corporate intervention suspends local autonomy (Beer); how is our own choice",
            ("System3.suspend",),
        ),
        Entry("limited", "passes the rate or burst of the bucket on to the operation", "our own choice"),
        Entry(
            "damped",
            "to a sibling: pass it on; to none: own gain at most this, for four periods; it ends no intervention",
            "System 2 damps, it does not command (Beer)",
            ("Offload.period",),
        ),
        Entry(
            "offload_due",
            "gap = own present - present of the least loaded sibling, as last heard\n"
            "gap > above: give int(1/2 + gain * gap) tasks to it\n"
            "n siblings doing so act as one loop of gain n * gain; stable while that times the delay is below pi/2",
            "our own choice: the plainest autonomy that oscillates without System 2",
            ("Offload.gain", "Offload.period", "Offload.above"),
        ),
    ),
)
