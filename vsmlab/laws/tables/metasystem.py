"""Rows of Systems 2 to 5: what each has been told, and what it goes by."""

from __future__ import annotations


class System2:
    """Coordination: what it was told of each sibling, and the corrections that are still under way."""

    unit: int
    parent: int
    first_link: int
    children: int
    period: float
    gain: float
    threshold: float
    predicts: int
    staggers: int
    shares: int
    settle: float
    limited: int
    own_rate: float
    rate: float
    burst: float
    unassigned: float
    heartbeats: int
    system3: int
    beat_every: float
    suspect_after: float
    stuck_after: float


class System3:
    """Control: the resource bargain with its operations, and with the System 3 above."""

    unit: int
    parent: int
    desk: int
    first_link: int
    children: int
    period: float
    rule: int
    pooled: int
    moves: int
    move_takes: float
    max_moves: int
    gain: float
    drain: float
    floor: int
    budget: float
    band: float
    after: int
    suspend: float
    pool: int
    granted: float
    recalled: float
    returned: float
    account_every: float
    account_to: int
    system4: int
    system5: int
    outlook: float
    deviation: float
    outlook_heard: float
    outside: float
    heard_outside: int
    wish_then: float
    then_heard: float
    outlook_lasts: float
    hires: int
    hire_takes: float
    balance_period: float
    staffing: float
    cover: float
    gain_now: float
    gain_then: float
    commitment: float
    agents: int
    under_way: int
    agents_least: int
    agents_most: int
    emergency_until: float
    probation: float
    rehomings: int
    blueprint: int
    spawned: int
    max_depth: int
    retiring: int
    system2: int
    audit: int
    signals_to: int
    retired: int
    refused: int
    closing: int
    leaving: int
    rounds: int
    ended: int


class Audit:
    """System 3*: whom it may look at, and how it tells a claim from what is."""

    unit: int
    system3: int
    gap: int
    paced: int
    pace: float
    takes: float
    sample: float
    reference: float
    threshold: float
    wrong_beyond: float
    lie_step: float
    honest_step: float
    lying_at: float
    honest_at: float
    first_audited: int
    last_audited: int
    children: int
    serial: int
    parent: int


class Audited:
    """What System 3* knows of one operation, over all its inspections."""

    owner: int
    to: int
    branch: int
    next: int
    serial: int
    asked: int
    claimed: float
    counted: float
    cusum: float
    sprt: float
    since_claimed: float
    since_counted: float
    run_claimed: float
    run_counted: float
    flagged: int
    told: int
    clears_below: float
    ratio: float
    rate: float
    inspections: int


class System4:
    """Intelligence: what it was shown of the environment, what it expects, and what it makes of it."""

    unit: int
    system3: int
    system5: int
    period: float
    horizon: float
    method: int
    alpha: float
    beta: float
    damping: float
    gamma: float
    keep_level: float
    keep_growth: float
    cover: float
    staffing: float
    probe_beyond: float
    first_source: int
    offered: float
    capability: float
    potentiality: float
    expected: float
    deviation: float
    proposes_children: int
    spawn_above: float
    spawn_below: float
    dwell: float
    above_since: float
    below_since: float
    children: int
    births: int
    retirements: int
    most_children: int


class Source:
    """What System 4 knows of one stream of the environment: a forecast of its demand, in erlangs."""

    owner: int
    of: int
    next: int
    every: float
    observed: float
    since: float
    number: int
    level: float
    growth: float
    c_level: float
    c_both: float
    c_growth: float
    scale: float
    freedom: float
    residual: float
    first_season: int
    seasons: int
    season_part: int
    season_known: int
    bin: float
    first_lead: int
    leads: int
    lead: float
    lead_number: int
    lead_next: float
    lead_due: float
    lead_error: float
    lead_seen: int


class Memory:
    """What a System 4 remembers: a part of a season, its index and what was last seen of it; or what was
    foreshown, and for when.
    """

    owner: int
    value: float
    time: float
    raw: float
    total: float
    count: int
    seen: int
    learned: int


class System5:
    """Policy: limits, the weights of 3 and 4, the signals that have come up, and what it was proposed."""

    unit: int
    system3: int
    system4: int
    parent: int
    period: float
    tolerance: float
    patience: float
    outside: float
    safe_gain: float
    delay: float
    hires: int
    weighed: int
    now_wish: float
    now_heard: float
    then_wish: float
    then_heard: float
    apart_since: float
    first_link: int
    last_link: int
    first_signal: int
    climbs_after: float
    emergency: float
    agents_least: int
    agents_most: int
    most_children: int
    births: int
    retirements: int
    decided_at: float
    agents: float
    child_agents: int
    alarms: int
    emergency_until: float


class Signal:
    """A signal of pain or pleasure that has come up to a System 5."""

    owner: int
    origin: int
    what: int
    sign: int
    state: int
    amount: float
    since: float
    ticket: int
    told: int
    through: int
    next: int


class Link:
    """What a receiver has been told about another. It belongs to ``owner``."""

    owner: int
    to: int
    address: int
    next: int
    heard: float
    load: float
    offered: float
    carried: float
    waiting: float
    capability: float
    share: float
    sent: float
    granted: float
    recalled: float
    returned: float
    initial: float
    target: int
    promised: float
    misses: int
    first_correction: int
    last_correction: int
    rate: float
    freed: float
    closed: int
    bias: float
    completed: float
    progressed: float
    beat: float
    idle: float
    since: float
    suspected: int
    reopen_at: float
    stage: int
    born: int


class Correction:
    """A correction by System 2 that the reports do not show yet (a Smith predictor's memory)."""

    time: float
    amount: float
    next: int


class Blueprint:
    """A pattern child system: which rows of every table a spawned child gets a copy of, and who is around it.

    ``mother_`` are the receivers of the system for which it was laid out; those of the system that spawns
    take their places in the copy.
    """

    first_unit: int
    units: int
    depth: int
    agents: int
    first_beginning: int
    last_beginning: int
    desk: int
    system2: int
    system3: int
    system4: int
    system5: int
    audit: int
    at_most: int
    mother_desk: int
    mother_system2: int
    mother_system3: int
    mother_system5: int
    mother_audit: int
    first_operation: int
    operations: int
    first_management: int
    managements: int
    first_desk: int
    desks: int
    first_system2: int
    system2s: int
    first_system3: int
    system3s: int
    first_audit: int
    audits: int
    first_system4: int
    system4s: int
    first_system5: int
    system5s: int
    first_environment: int
    environments: int
    first_link: int
    links: int
    first_choice: int
    choices: int
    first_audited: int
    auditeds: int
    first_source: int
    sources: int
    first_memory: int
    memories: int
    first_vital: int
    vitals: int
    first_essential: int
    essentials: int


class Beginning:
    """The first reminder of a receiver of a pattern child: how long after its birth."""

    unit: int
    kind: int
    wait: float
    ref: int
