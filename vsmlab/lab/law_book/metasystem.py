"""The law book on what holds operations together: desk, System 2, System 3."""

from __future__ import annotations

from typing import Final

from .entry import UNCHECKED, Chapter, Entry

DESK: Final = Chapter(
    "The desk",
    "A viable system takes tasks at its desk and routes them to its operations, one level down.",
    (
        Entry(
            "route",
            "the operation that the task asks for, else by the desk's rule",
            "our own choice",
            ("Desk.routing",),
        ),
        Entry(
            "by_shares",
            "operation i with probability share_i / sum of shares; u belongs to the task and the depth",
            "our own choice: shares are what System 3 announced, at first the agents",
            ("Desk.routing",),
        ),
        Entry("by_turns", "1, 2, ..., n, 1, ...", "round robin (textbook)", ("Desk.routing",)),
        Entry(
            "by_reports",
            "least (load + sent since + 1) / capability, as last reported; ties to the first",
            "join the shortest queue in expected time, on reports that are old when they come; our own choice",
            ("Desk.routing",),
        ),
        Entry(
            "hear_operations",
            "load as told, what was sent since starts at 0; capability as told",
            "our own choice",
        ),
        Entry(
            "pass_report",
            "sum of loads (and of what was sent since), sum of capabilities, to the desk above",
            "our own choice: a desk answers for its operations",
        ),
    ),
)

SYSTEM2: Final = Chapter(
    "System 2: coordination",
    "It damps oscillation between siblings. A sibling seen through a delay d is a loop x' = -g x(t - d): monotone "
    "while g d <= 1/e, damped up to pi/2, growing beyond (Hayes 1950; Hale and Verduyn Lunel 1993, source not "
    "checked; computed in `mechanisms/feedback.py`). Hysteresis does not damp, it only saves messages.",
    (
        Entry(
            "correction",
            "c = gain * (deviation - corrections under way)",
            "proportional damping; prediction after Smith (1959, " + UNCHECKED + ")",
            ("System2.gain",),
        ),
        Entry(
            "under_way",
            "sum of corrections made later than (report heard - settle)",
            "the memory of a Smith predictor (1959, " + UNCHECKED + ")",
            ("System2.settle", "System2.predict"),
        ),
        Entry(
            "expected_load",
            "max(0, load reported - corrections under way)",
            "Smith (1959, " + UNCHECKED + ")",
            ("System2.predict",),
        ),
        Entry(
            "share_load",
            "part_i = capability_i * sum of loads / sum of capabilities\n"
            "excess = expected_i - part_i; excess > threshold:\n"
            "give max(1, int(1/2 + gain * min(excess, largest lack))) tasks to whoever lacks most",
            "our own choice; damping, not command, is Beer's System 2",
            ("System2.gain", "System2.threshold", "System2.share"),
        ),
        Entry(
            "allow_gain",
            "each sibling's own offloading: gain / n where System 2 does not share load itself, else 0",
            "the gain of n siblings on one resource is their sum (feedback theory); dividing it is our own choice",
            ("System2.gain", "System2.share"),
        ),
        Entry(
            "limit_rate",
            "wanted_i = rate * (1 + load_i) / sum (1 + load_j)\n"
            "a fall is told at once and free one round later; a rise only from what is free: sum of rates <= rate\n"
            "where the common rate falls, falls pay for it first: within a round the sum is below it again",
            "our own choice; token buckets: Cruz (1991, " + UNCHECKED + ")",
            ("System2.limit",),
        ),
        Entry(
            "coordinate",
            "staggered: one sibling every period / n; else all n every period",
            "staggering keeps siblings from acting in phase, as one loop of gain n g; our own choice",
            ("System2.period", "System2.stagger"),
        ),
        Entry(
            "hear_sibling_load",
            "keeps the last load with its time, and the last capability",
            "our own choice",
        ),
        Entry(
            "beat",
            "every period: a heartbeat, sum of loads, sum of capabilities to the System 2 above",
            "our own choice: a child system speaks as one operation",
            ("System2.period",),
        ),
        Entry(
            "told_by_parent",
            "asked to give: the most loaded operation is asked; told a rate: it is divided anew",
            "our own choice: recursion, the same law at every level",
        ),
    ),
)

SYSTEM3: Final = Chapter(
    "System 3: the resource bargain",
    "Whole agents are divided each period by what was reported, never by what is. Agents are conserved.",
    (
        Entry(
            "bargain_due",
            "judge the last period, repeat grants, set targets, recall, pay what is owed above, hand out,\n"
            "announce shares and budgets, promise",
            "resource bargain and accountability (Beer, The Heart of Enterprise 1979, as quoted by others); the "
            "order is our own choice",
            ("System3.period", "System3.may_move"),
        ),
        Entry(
            "demanded",
            "demand_i = offered_i + waiting work_i / drain        (erlangs)",
            "our own choice: a backlog is demand, to be worked off in `drain` seconds",
            ("System3.drain",),
        ),
        Entry(
            "pooled_demand",
            "demand = mean of demand_j over the operations",
            "docs/decisions/0007: reported load follows capability",
            ("System3.pooled",),
        ),
        Entry(
            "gain_of_one_more",
            "optimal:      Lq(c, a) - Lq(c + 1, a)\n"
            "proportional: a / (c + 1/2)                      (Webster's rounding of shares a_i / sum a)",
            "optimal: Fox (1966), Dyer and Proll (1977); proportional: Kelly, Maulloo and Tan (1998); "
            + UNCHECKED
            + "; c + 1/2 is our own choice, unbiased rounding",
            ("System3.rule",),
        ),
        Entry(
            "divide",
            "everyone gets the floor; then one agent at a time to the largest gain_of_one_more, ties to the first\n"
            "for `optimal` this minimises the sum of Lq exactly, since Lq(c, a) is convex in c",
            "marginal allocation: Fox (1966, " + UNCHECKED + "); held here against exhaustive search",
            ("System3.rule", "System3.floor", "System3.pooled"),
        ),
        Entry(
            "mean_waiting",
            "Lq(c, a) = C(c, a) a / (c - a) up to a = c - 0.001, C: Erlang C\n"
            "+ 1e10 e (1 + e / (c + 1)) for the excess e above that",
            "Erlang (1917); the continuation past saturation is our own, convex in c",
        ),
        Entry(
            "at_hand",
            "pool - (recalled from above - returned) + sum of agents that the operations still have",
            "our own choice",
        ),
        Entry(
            "set_targets",
            "divide; until every operation was heard: targets as things are",
            "our own choice: no bargain on silence",
            ("System3.gain", "System3.max_moves"),
        ),
        Entry(
            "step_towards",
            "of m moves wanted, at most ceil(gain * m) and max_moves are made",
            "x <- x + g (x* - x), delayed: the bounds of System 2 hold (feedback theory)",
            ("System3.gain", "System3.max_moves"),
        ),
        Entry("keep_as_is", "targets as held, as far as the agents at hand allow", "our own choice"),
        Entry(
            "recall",
            "held_i > target_i: recalled_i += held_i - target_i, told as a total",
            "docs/decisions/0003",
            ("System3.may_move",),
        ),
        Entry(
            "hand_out",
            "agents in hand go to the largest target_i - held_i first, told as a total",
            "our own choice",
            ("System3.move_takes",),
        ),
        Entry("repeat_grants", "every period the totals are said again", "docs/decisions/0003"),
        Entry(
            "pay_debt",
            "min(recalled - returned, pool) agents go to the System 3 above first",
            "our own choice: what the whole needs comes before what the part wants (cohesion, Beer)",
        ),
        Entry(
            "announce",
            "share_i = target_i / sum of targets to the desk; budget_i = budget * demand_i / sum of demands",
            "proportional fairness: Kelly, Maulloo and Tan (1998, " + UNCHECKED + ")",
            ("System3.budget_usd_per_s", "Desk.routing"),
        ),
        Entry(
            "promise",
            "promised_i = min(offered_i, held_i)",
            "our own choice: nobody can promise more than is asked, or than agents can do",
        ),
        Entry(
            "judge",
            "accountability_i = carried_i / promised_i\n"
            "below 1 - band for `after` periods in a row: intervene for `suspend` seconds",
            "intervention apart from the bargain (Beer); band and patience are our own choice",
            ("System3.band", "System3.after", "System3.suspend"),
        ),
        Entry(
            "hear_account",
            "keeps offered, carried, waiting; returned totals add to the pool, paid and handed out",
            "docs/decisions/0003",
        ),
        Entry(
            "granted_from_above",
            "totals as for an operation; a budget is kept; then targets anew",
            "recursion: a viable system is an operation to its parent (Beer)",
        ),
        Entry(
            "account_for",
            "every account_period: sums of offered, carried, waiting; returned as a total",
            "recursion, as above",
            ("System3.account_period",),
        ),
        Entry("stepped_in", "passes the intervention to every operation", "recursion, as above"),
    ),
)
