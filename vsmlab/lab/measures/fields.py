"""Every field of ``measures.json``: its unit and what it means."""

from __future__ import annotations

from typing import Final

Fields = dict[str, tuple[str, str]]

TOP: Final[Fields] = {
    "window_s": ("s", "start and end of what is measured: warm-up to horizon, the end exclusive"),
    "units": ("", "by path: every operation and every viable system (over its subtree)"),
    "channels": ("", "by kind of channel, over all senders"),
    "systems": ("", "by path of a viable system: what its Systems 2 to 5 did"),
    "variety": (
        "",
        "by path of a viable system: Beer's four principles and three axioms, and the worst violation",
    ),
    "cohesion": ("", "by path of a viable system: Beer's law of cohesion between it and its operations"),
    "autonomy": ("", "by path of an operation: how free it was, and what it mended by itself"),
    "homeostat": (
        "",
        "by path of a viable system: how Systems 3 and 4 balance, and whether their commitment hunts",
    ),
    "algedonic": ("", "by path of a node with essential variables: pain and pleasure, and how they climb"),
    "viability": ("", "by path of a node with essential variables: how it keeps within their limits"),
    "not_estimable": ("", "why a measure has no value, by its dotted path; the measure itself is null"),
}

UNITS: Final[Fields] = {
    "in_progress_at_start": ("tasks", "present when the window opens"),
    "arrivals": ("tasks", "came to the door in the window: accepted or shed"),
    "moved_in": ("tasks", "moved here from outside this unit"),
    "served": ("tasks", "work ended here, for good or to go on outside this unit"),
    "shed": ("tasks", "refused"),
    "failed": ("tasks", "all attempts spent, or lost on the way inside this unit"),
    "abandoned": ("tasks", "left at their deadline or out of patience"),
    "moved_out": ("tasks", "moved to outside this unit"),
    "in_progress": ("tasks", "present when the window closes"),
    "cost_usd": ("USD", "cost of the work that ended in the window"),
    "waiting_at_end": ("tasks", "came in the window and were never started in it; in no average"),
    "mean_wait_s": (
        "s",
        "wait before service, of tasks that came and were started; over all visits of a stay",
    ),
    "p50_wait_s": ("s", "median of those waits"),
    "p95_wait_s": ("s", "95 % of those waits are shorter"),
    "p99_wait_s": ("s", "99 % of those waits are shorter"),
    "mean_wait_interval_s": (
        "s",
        "95 % interval of the mean wait by batch means; null where a run is too short",
    ),
    "mean_sojourn_s": ("s", "time from coming to leaving, of tasks that came and were served in the window"),
    "mean_in_progress": ("tasks", "mean number present: area under it over the window's length (Little)"),
    "mean_queue": ("tasks", "mean number waiting for an agent"),
    "utilisation": ("share", "busy agent-seconds over agent-seconds"),
    "actuality": ("tasks/s", "served a second"),
    "capability": ("tasks/s", "what the agents present could serve of what was served, never idle"),
    "potentiality": ("tasks/s", "the same with every agent that was granted"),
    "productivity": ("ratio", "actuality over capability"),
    "latency_index": ("ratio", "capability over potentiality"),
    "performance": ("ratio", "actuality over potentiality"),
}

CHANNELS: Final[Fields] = {
    "messages": ("messages", "handled in the window"),
    "rate_per_s": ("messages/s", "over all senders"),
    "lost": ("messages", "lost by cut, chance or capacity"),
    "mean_delay_s": ("s", "from sending to handling"),
    "entropy_bits": ("bits", "variety of a message: entropy of its symbol (codebook above)"),
    "bits_per_s": ("bits/s", "rate times entropy"),
    "capacity_bits_per_s": (
        "bits/s",
        "capacity of all channels of the kind, one a sender and receiver, times entropy; null without a limit",
    ),
    "utilisation": ("share", "rate over capacity, in messages; null without a limit"),
}

SYSTEMS: Final[Fields] = {
    "coordinations": ("count", "times that System 2 looked at its operations"),
    "damping_messages": ("messages", "sent by System 2 on s2"),
    "reports_heard": ("messages", "loads heard by System 2"),
    "bargains": ("count", "times that System 3 bargained"),
    "grants": ("messages", "sent by System 3 on the bargain channel, repeats included"),
    "agents_moved": ("agents", "granted to operations that held fewer before"),
    "interventions": ("count", "times that System 3 stepped outside the bargain"),
    "accounts_heard": ("messages", "accounts heard by System 3"),
    "suspected": ("count", "times that System 2 began to suspect an operation, or suspected it otherwise"),
    "rehomings": ("count", "times that an operation of the subtree gave its tasks back"),
    "tasks_rehomed": ("tasks", "tasks given back then"),
    "hires": ("agents", "that came: hired, or with a child system"),
    "lay_offs": ("agents", "that left"),
    "agents_at_end": ("agents", "present at the operations of the subtree when the run ends"),
    "children_spawned": ("count", "child systems that System 3 made"),
    "children_gone": ("count", "child systems that ended"),
    "depth_refusals": ("count", "children refused because the limit of recursion is reached"),
    "audits": ("count", "inspections by System 3* whose count came in"),
    "findings": ("count", "times that System 3* became sure that an operation claims too much, or how much"),
    "discrepancies": ("messages", "discrepancies that System 3 heard of, repeats included"),
    "first_discrepancy_s": ("s", "when System 3 first heard of one, from the start of the run"),
    "forecasts": ("count", "forecasts by System 4"),
    "forecast_rmse_erlangs": (
        "erlangs",
        "root mean square of what the environment showed nearest to the time forecast less the forecast",
    ),
    "forecast_skill": (
        "ratio",
        "1 less its mean square over that of saying what was shown last; 0: as good as that",
    ),
    "forecast_coverage": ("share", "forecasts that are off by no more than 1.96 of their own deviations"),
    "proposals": ("messages", "proposals that System 5 heard"),
    "decisions": (
        "count",
        "times that System 5 weighed 3 against 4 anew or decided on a child, repeats not included",
    ),
    "refused_proposals": ("count", "proposals of children or their end that System 5 refused"),
    "alarms": ("count", "emergencies that System 5 declared"),
    "imbalance_rms": (
        "tasks",
        "how far the operations' tasks stray from their common mean (root mean square), whatever their size",
    ),
    "oscillation_g": (
        "share",
        "share of the strongest period in the variance of the most straying operation",
    ),
    "oscillation_p": (
        "probability",
        "of so strong a period in white noise (Fisher 1929); load is never white, so compare, do not test",
    ),
    "oscillation_period_s": ("s", "that period"),
    "best_fixed_split": (
        "agents",
        "root only: agents of each child in the best fixed split, known in hindsight",
    ),
    "best_fixed_split_wait_s": (
        "s",
        "its mean wait: one first-in-first-out queue a child, first attempts, no faults",
    ),
    "one_pool_wait_s": ("s", "mean wait of one pool of all agents"),
    "as_given_split_wait_s": ("s", "mean wait with the agents left as the scenario gives them"),
    "gain_over_best_fixed_split": ("ratio", "mean wait of the best fixed split over that of the run"),
    "wait_over_one_pool_s": ("s", "mean wait of the run less that of one pool"),
}

_OF_A_PRINCIPLE = "value, holds (null where that cannot be said), interval, worst channel, says"

VARIETY: Final[Fields] = {
    "principle_1": (
        "share",
        "greatest share of what came to an operation (tasks) or went over a channel (messages) that was not absorbed; "
        f"0.1 is let pass; with it the bits a second in four directions: {_OF_A_PRINCIPLE}",
    ),
    "principle_2": (
        "ratio",
        "greatest number of messages sent over what a limited channel can carry in that time, below 1 if it holds: "
        f"{_OF_A_PRINCIPLE}",
    ),
    "principle_3": (
        "ratio",
        "entropy of an operation's load over the bits that its rounded reports can tell apart, at most 1 if it holds; "
        f"with it the bits lost (loss_bits): {_OF_A_PRINCIPLE}",
    ),
    "principle_4": (
        "periods",
        "longest silence of a periodic loop in periods, at most 2 if it holds; with it the greatest age of what was "
        f"known there (age_s): {_OF_A_PRINCIPLE}",
    ),
    "axiom_1": (
        "ratio",
        "(a - b) / max(a, b) of the variety of the operations (a_bits) and of the six vertical channels (b_bits, and "
        "each), in bits a period (period_s); holds if its interval lies within 0.2 of 0",
    ),
    "axiom_2": ("ratio", "the same of what System 3 and what System 4 dispose of"),
    "axiom_3": ("ratio", "the same of what System 5 disposes of and the difference of Systems 3 and 4"),
    "worst": ("", "the worst violation in one sentence: a principle's if one is violated, else an axiom's"),
}

COHESION: Final[Fields] = {
    "gap": (
        "ratio",
        "(a - m) / max(a, m): bits a period that the operations that are viable systems account for to System 3 (a), "
        "and that their own Systems 3, 4 and 5 dispose of (m)",
    ),
    "interval": ("", "95 % interval of the gap, from blocks of periods"),
    "holds": ("", "whether the interval lies within 0.2 of 0; null where it lies on both sides"),
    "cost": ("share", "bits of intervention over all bits that the metasystem said to its operations"),
    "worst": ("", "the pair that is furthest out of balance, in one sentence"),
    "pairs": ("", "by path of the operation: gap, interval, holds, access_bits (a) and disposed_bits (m)"),
}

AUTONOMY: Final[Fields] = {
    "information": (
        "share",
        "1 less the share of the state's entropy (tasks present, by power of two) that what comes from above tells",
    ),
    "information_interval": ("share", "95 % interval of it, from blocks of periods"),
    "absorbed": (
        "share",
        "pains and disturbances that were over before an intervention, a recall of agents or an order to hand over",
    ),
    "absorbed_interval": ("share", "95 % interval of it (Wilson)"),
    "troubles": ("count", "those pains and disturbances"),
    "interventions": ("count", "interventions, recalls of agents and orders to hand over in the window"),
}

_INTERVAL: Final = "95 % interval of it"
_BLOCKS: Final = f"{_INTERVAL}, from blocks of periods"
_BATCHES: Final = f"{_INTERVAL}, by batch means"
_COUNTS: Final = f"{_INTERVAL}, as if they came independently (Garwood)"

HOMEOSTAT: Final[Fields] = {
    "imbalance": (
        "ratio",
        "(V4 - V3) / (V3 + V4): bits a period that System 4 says to 3 and 5, and System 3 to 4 and 5; below 0 System "
        "3 says more",
    ),
    "imbalance_interval": ("ratio", _BLOCKS),
    "residual_bits": ("bits", "|V3 - V4| a period of System 4: what System 5 has to absorb"),
    "residual_bits_interval": ("bits", _BLOCKS),
    "u_std": ("agents", "standard deviation of the commitment, where agents are hired"),
    "u_std_interval": ("agents", _BATCHES),
    "hunting_amplitude": (
        "agents",
        "standard deviation of the commitment about its moving mean over ten delays of hiring",
    ),
    "hunting_amplitude_interval": ("agents", _BATCHES),
    "u_crossings_per_hour": ("1/h", "how often the commitment crosses that moving mean"),
    "u_crossings_per_hour_interval": ("1/h", _BATCHES),
    "decisions_per_hour": ("1/h", "decisions of System 5, as counted in systems"),
    "decisions_per_hour_interval": ("1/h", _COUNTS),
    "interventions_per_hour": ("1/h", "times that System 3 stepped outside the bargain"),
    "interventions_per_hour_interval": ("1/h", _COUNTS),
}

ALGEDONIC: Final[Fields] = {
    "felt": ("count", "pains that began in the window, at the operation or, for a system, at its System 5"),
    "eased_before_climbing": ("share", "pains that were over before they climbed"),
    "eased_before_climbing_interval": ("share", f"{_INTERVAL} (Wilson)"),
    "climbed": ("count", "pains that went up from here"),
    "mean_time_to_level_s": (
        "s",
        "by how many recursions above: from when a signal was felt here to when it was felt there; pains and "
        "pleasures, those before the window included",
    ),
    "time_in_pain_share": ("share", "of the window in which at least one pain was felt here"),
    "pleasure_felt": ("count", "pleasures that began in the window"),
    "longest_pain_s": ("s", "longest of those pains, up to the end of the run"),
}

VIABILITY: Final[Fields] = {
    "variables": ("count", "essential variables watched, of all operations in the subtree"),
    "inside_share": (
        "share",
        "of the time in which all of them were within their limits: each measurement holds for the time that it was "
        "taken over",
    ),
    "inside_share_interval": ("share", _BATCHES),
    "first_exit_s": ("s", "from the start of the window to the first exit; null if there was none"),
    "first_exit_censored": ("", "true if there was none"),
    "exits": ("count", "times that the limits were left"),
    "mean_recovery_s": (
        "s",
        "mean time outside, up to the longest one seen, by Kaplan and Meier: the last may be cut off",
    ),
    "mean_recovery_interval_s": ("s", f"{_INTERVAL}, by Greenwood's variance"),
    "survival": (
        "s",
        "how long it keeps within, by Kaplan and Meier over all spells: median_s, mean_s up to the longest spell "
        "(up_to_s) with mean_interval, spells, and how many of them were cut off (censored)",
    ),
}

PARTS: Final[dict[str, Fields]] = {
    "units": UNITS,
    "channels": CHANNELS,
    "systems": SYSTEMS,
    "variety": VARIETY,
    "cohesion": COHESION,
    "autonomy": AUTONOMY,
    "homeostat": HOMEOSTAT,
    "algedonic": ALGEDONIC,
    "viability": VIABILITY,
}
