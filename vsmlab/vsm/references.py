"""What each row that is copied into a child system says of other rows: data that a test holds the copying to.

A field is a reference, or a number that is copied as it is, or one that a child begins anew. A new field must
be entered here before the tests pass, so that none is forgotten when a system is spawned.
"""

from __future__ import annotations

from typing import Final

PARTY: Final = "party"
"""A receiver of the pattern or of the system around it: in its place stands the one that spawns."""
NONE: Final = "none"
"""Always -1 in a pattern, which holds no tasks, tickets, corrections or signals."""
CONSTANT: Final = "constant"
"""A row of a table that nobody writes to: the copy uses the same one."""
PLACE: Final = "place"
"""A receiver's row in the table of its role."""

REFERENCES: Final[dict[str, dict[str, str]]] = {
    "units": {"row": "units", "at": PLACE, "first_channel": "channels", "first_tie": "links"},
    "operations": {
        "unit": "units", "environment": "units", "management": "units", "desk": PARTY, "inspector": PARTY,
        "successor": PARTY, "first_vital": "vitals", "first_next": "choices", "last_next": "choices",
        "head": NONE, "tail": NONE, "serving": NONE, "bucket_ticket": NONE, "work": CONSTANT,
    },
    "environments": {"unit": "units", "operation": "units"},
    "managements": {
        "unit": "units", "operation": "units", "system2": PARTY, "system3": PARTY, "system5": PARTY,
        "first_link": "links", "first_essential": "essentials",
    },
    "desks": {
        "unit": "units", "parent": PARTY, "successor": PARTY, "first_link": "links", "last_link": "links",
    },
    "system2s": {"unit": "units", "parent": PARTY, "system3": PARTY, "first_link": "links"},
    "system3s": {
        "unit": "units", "parent": PARTY, "desk": PARTY, "account_to": PARTY, "system4": "units",
        "system5": PARTY, "system2": "units", "audit": "units", "signals_to": PARTY, "first_link": "links",
        "retiring": "links", "blueprint": CONSTANT,
    },
    "audits": {
        "unit": "units", "system3": PARTY, "parent": PARTY, "first_audited": "auditeds",
        "last_audited": "auditeds", "gap": CONSTANT,
    },
    "system4s": {"unit": "units", "system3": PARTY, "system5": PARTY, "first_source": "sources"},
    "system5s": {
        "unit": "units", "system3": PARTY, "system4": "units", "parent": PARTY, "first_link": "links",
        "last_link": "links", "first_signal": NONE,
    },
    "links": {
        "owner": "units", "to": PARTY, "address": PARTY, "next": "links", "first_correction": NONE,
        "last_correction": NONE,
    },
    "channels": {"owner": "units", "to": NONE, "next": "channels", "delay": CONSTANT},
    "choices": {
        "goal": "units", "hop": "units", "first": CONSTANT, "last": CONSTANT, "first_tally": CONSTANT,
    },
    "auditeds": {"owner": "units", "to": "units", "branch": "units", "next": "auditeds"},
    "sources": {
        "owner": "units", "of": "units", "next": "sources", "first_season": "memories", "first_lead": "memories",
    },
    "memories": {"owner": "units"},
    "vitals": {"owner": "units", "next": "vitals"},
    "essentials": {"owner": "units", "next": "essentials", "ticket": NONE},
}  # fmt: skip
"""By table, then by field: the table of the row that it names, or one of the words above."""

BEGUN_ANEW: Final[dict[str, tuple[str, ...]]] = {
    "units": (
        "identity", "depth", "numbers", "tickets", "announced", "announcing", "demand_draws", "delay_draws",
        "loss_draws", "state_draws",
    ),
    "operations": ("budget_since", "bucket_since", "window_since", "busy_since", "queue_since"),
    "managements": ("heard",),
    "links": ("beat", "progressed", "idle"),
    "vitals": ("since",),
}  # fmt: skip
"""Fields that a child begins with a value of its own: who it is, and when it was born."""

PLAIN: Final[dict[str, tuple[str, ...]]] = {
    "units": ("role", "off"),
    "operations": (
        "reports_to_desk", "agents", "busy", "owed", "granted", "recalled", "returned", "queue", "retrying",
        "discipline", "limit", "preemptive", "order", "max_visits", "has_budget", "bucket", "window_arrivals",
        "completed", "state", "hangs", "crashes", "silent", "stale", "inspection", "counted", "noticed",
        "closing", "dismissed",
    ),
    "environments": ("delivered",),
    "managements": ("heartbeats", "offloads", "pains", "silent"),
    "desks": ("routing", "children", "turn", "closing"),
    "system2s": ("children", "predicts", "staggers", "shares", "limited", "heartbeats"),
    "system3s": (
        "children", "rule", "pooled", "moves", "max_moves", "floor", "after", "pool", "heard_outside", "hires",
        "agents", "under_way", "agents_least", "agents_most", "rehomings", "spawned", "max_depth",
        "retired", "refused", "closing", "leaving", "rounds", "ended",
    ),
    "audits": ("children", "serial", "paced"),
    "system4s": ("method", "proposes_children", "children", "births", "retirements", "most_children"),
    "system5s": (
        "hires", "weighed", "agents_least", "agents_most", "most_children", "births", "retirements",
        "child_agents", "alarms",
    ),
    "links": ("target", "misses", "closed", "suspected", "stage", "born"),
    "channels": ("kind", "queue_limit", "cut", "cuts"),
    "choices": (),
    "auditeds": ("serial", "asked", "flagged", "told", "inspections"),
    "sources": ("number", "seasons", "season_part", "season_known", "leads", "lead_number", "lead_seen"),
    "memories": ("count", "seen", "learned"),
    "vitals": ("number", "what", "starts", "late", "arrivals", "sheds", "ends", "failures"),
    "essentials": ("number", "what", "state", "sign", "pain_told", "pleasure_told"),
}  # fmt: skip
"""Whole numbers that are what they are: counts, switches, kinds."""

TIMES_KEPT: Final[dict[str, tuple[str, ...]]] = {
    "operations": ("max_wait", "suspended_until"),
    "managements": ("allowed_until", "suspended_until", "max_wait", "max_wait_in_pain"),
    "system3s": ("outlook_heard", "then_heard", "emergency_until", "heard_outside"),
    "system4s": ("above_since", "below_since"),
    "system5s": ("now_heard", "then_heard", "apart_since", "decided_at", "emergency_until"),
    "links": ("heard", "reopen_at", "since"),
    "channels": ("free_at",),
    "auditeds": ("since_claimed", "since_counted"),
    "sources": ("since", "lead_due", "lead_next"),
    "memories": ("time",),
    "essentials": ("since",),
}  # fmt: skip
"""Moments (and what is named like one) at which nothing has happened yet in a pattern: the copy keeps that."""
