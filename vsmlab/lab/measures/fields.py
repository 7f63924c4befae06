"""Every field of ``measures.json``: its unit and what it means."""

from __future__ import annotations

from typing import Final

Fields = dict[str, tuple[str, str]]

TOP: Final[Fields] = {
    "window_s": ("s", "start and end of what is measured: warm-up to horizon, the end exclusive"),
    "units": ("", "by path: every operation and every viable system (over its subtree)"),
    "channels": ("", "by kind of channel, over all senders"),
    "systems": ("", "by path of a viable system: what its Systems 2 and 3 did"),
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
    "best_fixed_split_wait_s": ("s", "its mean wait, one first-in-first-out queue a child, first attempts"),
    "one_pool_wait_s": ("s", "mean wait of one pool of all agents"),
    "as_given_split_wait_s": ("s", "mean wait with the agents left as the scenario gives them"),
    "gain_over_best_fixed_split": ("ratio", "mean wait of the best fixed split over that of the run"),
    "wait_over_one_pool_s": ("s", "mean wait of the run less that of one pool"),
}

PARTS: Final[dict[str, Fields]] = {"units": UNITS, "channels": CHANNELS, "systems": SYSTEMS}
