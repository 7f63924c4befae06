"""Rows of a receiver itself, and of the operation: its queue, its management, its desk, its surroundings."""

from __future__ import annotations


class Unit:
    """A receiver of messages: who it is. ``at`` is its row in the table of its role."""

    row: int
    identity: int
    role: int
    at: int
    depth: int
    numbers: int
    tickets: int
    off: int
    first_channel: int
    demand_draws: int
    delay_draws: int
    loss_draws: int
    state_draws: int
    first_tie: int
    announcing: int
    announced: int


class Operation:
    """An elementary operation: its queue, its agents, its bucket and what it has observed of itself."""

    unit: int
    environment: int
    management: int
    desk: int
    reports_to_desk: int
    agents: int
    busy: int
    owed: int
    granted: int
    recalled: int
    returned: int
    speed: float
    head: int
    tail: int
    queue: int
    serving: int
    retrying: int
    discipline: int
    limit: int
    preemptive: int
    order: int
    work: int
    first_next: int
    last_next: int
    max_visits: int
    max_wait: float
    defer: float
    suspended_until: float
    has_budget: int
    budget: float
    budget_rate: float
    budget_since: float
    bucket: int
    bucket_rate: float
    bucket_burst: float
    bucket_level: float
    bucket_since: float
    bucket_ticket: int
    report_every: float
    window_since: float
    window_arrivals: int
    busy_area: float
    carried_before: float
    busy_since: float
    completed: int
    mean_service: float
    offered: float
    state: int
    hangs: int
    crashes: int
    silent: int
    full_speed: float
    stale: int
    bias: float
    lie: float
    told_present: float
    told_offered: float
    told_carried: float
    told_waiting: float
    told_completed: float
    inspector: int
    inspection: int
    sample: float
    counted: int
    claimed: float
    noticed: int
    first_vital: int
    worked: float
    manned: float
    queued: float
    queue_since: float
    closing: int
    successor: int
    dismissed: int


class Vital:
    """An essential variable as its operation measures it, over a window. The areas are those of the operation
    as they stood when the window began; ``limit`` is the wait that counts as late.
    """

    owner: int
    number: int
    what: int
    limit: float
    window: float
    since: float
    starts: int
    late: int
    waits: float
    arrivals: int
    sheds: int
    ends: int
    failures: int
    queue_area: float
    busy_area: float
    agent_area: float
    next: int


class Management:
    """Local management: what its operation told it, what it was granted, its own thresholds."""

    unit: int
    operation: int
    system2: int
    system3: int
    first_link: int
    present: float
    offered: float
    carried: float
    waiting: float
    capability: float
    potentiality: float
    returned: float
    granted: float
    recalled: float
    account_every: float
    memory: float
    heard: float
    weight: float
    heartbeat_every: float
    heartbeats: int
    offloads: int
    offload_gain: float
    offload_period: float
    offload_above: float
    allowed_gain: float
    allowed_until: float
    suspended_until: float
    completed: float
    first_essential: int
    system5: int
    max_wait: float
    max_wait_in_pain: float
    pains: int
    silent: int


class Essential:
    """An essential variable as local management judges it: its limits, and the signal that stands for it."""

    owner: int
    number: int
    what: int
    least: float
    most: float
    good_least: float
    good_most: float
    climbs_after: float
    state: int
    sign: int
    amount: float
    since: float
    ticket: int
    pain_told: int
    pleasure_told: int
    next: int


class Desk:
    """The desk of a viable system: takes tasks and routes them to its operations."""

    unit: int
    parent: int
    routing: int
    first_link: int
    last_link: int
    children: int
    turn: int
    report_every: float
    closing: int
    successor: int


class Environment:
    """The part of the world that an operation touches: it serves, and takes what is delivered."""

    unit: int
    operation: int
    delivered: int
