"""Rows of Systems 2 to 5 of every viable system: parameters, and links to those whom each hears from."""

from __future__ import annotations

import math
from collections.abc import Sequence

from vsmlab.lab.scenario import Node, Spawn
from vsmlab.lab.scenario import System4 as System4Settings
from vsmlab.laws import kinds as k
from vsmlab.laws.tables import System3, System4
from vsmlab.mechanisms.sequential_tests import sprt_limits, sprt_steps

from .layout import Layout, Place


def connect(layout: Layout, places: Sequence[Place]) -> None:
    """Fill in the Systems 2 to 5 of these nodes."""
    for place in places:
        if place.node.viable:
            _system2(layout, place)
            _system3(layout, place)
            _audit(layout, place)
            _system4(layout, place)
            _system5(layout, place)


def _parent(layout: Layout, place: Place, system: str) -> int:
    above = layout.above(place)
    return -1 if above is None else int(getattr(above, system))


def _system2(layout: Layout, place: Place) -> None:
    settings = place.node.system2
    if settings is None:
        return
    system2 = layout.state.system2s[layout.state.units[place.system2].at]
    heard = [(max(child.management, child.system2), child) for child in layout.children(place)]
    heard = [pair for pair in heard if pair[0] >= 0]
    system2.first_link, system2.children = layout.chain(place.system2, heard), len(heard)
    system2.parent, system2.system3 = _parent(layout, place, "system2"), place.system3
    system2.period, system2.gain, system2.threshold = settings.period, settings.gain, settings.threshold
    system2.predicts, system2.staggers = int(settings.predict), int(settings.stagger)
    system2.shares = int(settings.share)
    system2.settle = settings.period if settings.settle is None else settings.settle
    system2.beat_every = max((_beat_every(child) for _, child in heard), default=settings.period)
    system2.suspect_after, system2.stuck_after = settings.suspect_after, settings.stuck_after
    if settings.limit is not None:
        system2.limited, system2.rate, system2.burst = 1, settings.limit.rate, settings.limit.burst
        system2.unassigned = system2.own_rate = settings.limit.rate
    if heard or place.node.spawn is not None:
        layout.begin(layout.phase(place.system2, settings.period), k.COORDINATE, place.system2)
    if system2.parent >= 0:
        layout.begin(layout.phase(place.system2, settings.period), k.HEARTBEAT_DUE, place.system2)


def _beat_every(child: Place) -> float:
    """Seconds between two heartbeats of a sibling."""
    node: Node = child.node
    if node.viable:
        return node.system2.period if node.system2 is not None else 0.0
    return node.management.heartbeat_every if node.management is not None else 0.0


def _system3(layout: Layout, place: Place) -> None:
    settings = place.node.system3
    if settings is None:
        return
    system3 = layout.state.system3s[layout.state.units[place.system3].at]
    children = layout.children(place)
    heard = [(max(child.management, child.system3), child) for child in children]
    heard = [pair for pair in heard if pair[0] >= 0]
    system3.first_link, system3.children = layout.chain(place.system3, heard), len(heard)
    system3.parent = place.address
    above = _parent(layout, place, "system3")
    system3.account_to = above
    system3.granted = float(place.node.all_agents)
    system3.desk = place.address if len(heard) == len(children) else -1
    system3.period, system3.rule = settings.period, k.RULE_NAMES.index(settings.rule)
    system3.pooled = int(settings.pooled)
    system3.moves, system3.move_takes = int(settings.may_move == "agents"), settings.move_takes
    system3.max_moves = -1 if settings.max_moves is None else settings.max_moves
    system3.gain, system3.floor = settings.gain, settings.floor
    system3.drain = settings.period if settings.drain is None else settings.drain
    system3.budget = settings.budget_usd_per_s or 0.0
    system3.band, system3.after, system3.suspend = settings.band, settings.after, settings.suspend
    system3.account_every = settings.account_period
    system3.system4, system3.system5 = place.system4, place.system5
    system3.outlook_heard, system3.blueprint, system3.retiring = -1.0, -1, -1
    system3.then_heard = -1.0
    if place.node.system4 is not None:
        system3.outlook_lasts = 3.0 * place.node.system4.period
    system3.staffing, system3.cover = settings.staffing, settings.cover
    system3.balance_period = settings.balance_period
    system3.gain_now, system3.gain_then = settings.gain_now, settings.gain_then
    system3.probation, system3.emergency_until = settings.probation, -1.0
    system3.max_depth = layout.scenario.policy.spawn.max_depth
    _hiring(layout, place, system3)
    if heard or place.node.spawn is not None:
        layout.begin(layout.phase(place.system3, settings.period), k.BARGAIN_DUE, place.system3)
    if above >= 0:
        layout.begin(layout.phase(place.system3, settings.account_period), k.ACCOUNT_DUE, place.system3)


def agent_limits(layout: Layout) -> tuple[int, int]:
    """Fewest and most agents that policy allows; both what there is where it allows no other number."""
    present = layout.scenario.organisation.all_agents
    agents = layout.scenario.policy.agents
    if agents is None or (agents.least is None and agents.most is None):
        return present, present
    least = present if agents.least is None else agents.least
    return least, present if agents.most is None else agents.most


def may_hire(layout: Layout) -> bool:
    """Whether policy lets the root hire and lay off."""
    agents = layout.scenario.policy.agents
    return agents is not None and (agents.least is not None or agents.most is not None)


def _hiring(layout: Layout, place: Place, system3: System3) -> None:
    system3.agents = place.node.all_agents
    system3.commitment = float(place.node.all_agents)
    if place.parent < 0:
        system3.agents_least, system3.agents_most = agent_limits(layout)
    agents = layout.scenario.policy.agents
    if place.parent < 0 and may_hire(layout) and agents is not None:
        system3.hires, system3.hire_takes = 1, agents.hire_takes
        layout.begin(layout.phase(place.system3, system3.balance_period), k.BALANCE_DUE, place.system3)


def _audit(layout: Layout, place: Place) -> None:
    settings = place.node.audit
    if settings is None:
        return
    audit = layout.state.audits[layout.state.units[place.audit].at]
    audit.system3 = place.system3
    audit.gap = layout.tables.distribution(settings.every)
    audit.takes, audit.sample = settings.takes, settings.sample
    audit.reference, audit.threshold = settings.reference, settings.threshold
    lies = settings.lies
    audit.wrong_beyond = 2.0
    audit.lie_step, audit.honest_step = sprt_steps(lies.honest, lies.lying)
    audit.lying_at, audit.honest_at = sprt_limits(lies.alpha, lies.beta)
    rows = []
    for child in layout.children(place):
        for operation in layout.operations_below(child) if child.node.viable else [child]:
            row = layout.tables.add("auditeds")
            audited = layout.state.auditeds[row]
            audited.owner, audited.to, audited.branch, audited.next = (
                place.audit, operation.address, child.address, -1,
            )  # fmt: skip
            audited.ratio, audited.serial, audited.asked = 1.0, -1, -1
            audited.claimed = audited.counted = -1.0
            rows.append(row)
    audit.first_audited = layout.chained("auditeds", rows)
    audit.last_audited, audit.children = (rows[-1] if rows else -1), len(rows)
    audit.parent = _parent(layout, place, "audit")
    layout.begin(0.0, k.INSPECT_DUE, place.audit)


def _system4(layout: Layout, place: Place) -> None:
    settings = place.node.system4
    if settings is None:
        return
    system4 = layout.state.system4s[layout.state.units[place.system4].at]
    system4.system3, system4.system5 = place.system3, place.system5
    system4.period, system4.horizon = settings.period, settings.looks_ahead
    system4.method = k.METHOD_NAMES.index(settings.method)
    system4.alpha, system4.beta, system4.damping = settings.alpha, settings.beta, settings.damping
    system4.gamma = 0.0 if settings.season is None else settings.season.gamma
    system4.keep_level, system4.keep_growth = settings.discount_level, settings.discount_growth
    system4.cover, system4.probe_beyond = settings.cover, settings.probe_beyond
    system4.staffing = place.node.system3.staffing if place.node.system3 is not None else 1.0
    system4.first_source = -1
    system4.above_since = system4.below_since = -1.0
    spawn = place.node.spawn
    if spawn is not None:
        may_propose(system4, spawn)
    layout.begin(layout.phase(place.system4, settings.period), k.LOOK_AHEAD, place.system4)


def may_propose(system4: System4, spawn: Spawn) -> None:
    """Let System 4 propose children."""
    system4.proposes_children, system4.most_children = 1, spawn.at_most
    system4.spawn_above, system4.spawn_below, system4.dwell = spawn.above, spawn.below, spawn.dwell


def source(layout: Layout, place: Place, settings: System4Settings, of: int, foreshown: bool) -> int:
    """What System 4 will know of one stream (-1: of what System 3 says is offered)."""
    row = layout.tables.add("sources")
    made = layout.state.sources[row]
    made.owner, made.of, made.next = place.system4, of, -1
    made.every = settings.indicators_every
    made.since = -1.0
    made.first_season = made.first_lead = -1
    if settings.season is not None:
        made.seasons, made.bin = settings.season.bins, settings.season.period / settings.season.bins
        made.first_season = _memories(layout, place, made.seasons)
    if foreshown and settings.leading is not None:
        made.lead = settings.leading.lead
        made.leads = math.ceil(settings.leading.lead / settings.leading.every) + 1
        made.first_lead = _memories(layout, place, made.leads)
    return row


def _memories(layout: Layout, place: Place, count: int) -> int:
    first = layout.tables.count("memories")
    for _ in range(count):
        layout.state.memories[layout.tables.add("memories")].owner = place.system4
    return first


def _room_for_agents(layout: Layout, place: Place) -> int:
    """Agents up to which this System 5 may let child systems bring more; -1 where policy does not limit them.

    Only the root knows how many there are in all, so below it no child brings agents where policy limits them.
    """
    if layout.scenario.policy.agents is None:
        return -1
    return agent_limits(layout)[1] if place.parent < 0 else 0


def _system5(layout: Layout, place: Place) -> None:
    settings = place.node.system5
    if settings is None:
        return
    system5 = layout.state.system5s[layout.state.units[place.system5].at]
    system5.system3, system5.system4 = place.system3, place.system4
    system5.parent = layout.nearest(place, "system5")
    system5.period, system5.tolerance, system5.patience = (
        settings.period,
        settings.tolerance,
        settings.patience,
    )
    system5.outside, system5.climbs_after = settings.outside, settings.climbs_after
    system5.emergency, system5.emergency_until = settings.emergency, -1.0
    agents = layout.scenario.policy.agents
    if place.parent < 0 and may_hire(layout) and agents is not None:
        system5.hires = 1
        period = place.node.system3.balance_period if place.node.system3 is not None else 0.0
        system5.delay = max(agents.hire_takes + period, 1e-3)
        system5.safe_gain = 0.36787944117144233 / system5.delay
        system5.agents_least = agent_limits(layout)[0]
    system5.agents_most = _room_for_agents(layout, place)
    system5.agents = float(place.node.all_agents) if place.parent < 0 else 0.0
    system5.now_heard = system5.then_heard = system5.apart_since = -1.0
    below = [(child.system5, child) for child in layout.children(place) if child.system5 >= 0]
    system5.first_link = layout.chain(place.system5, below)
    system5.last_link = system5.first_link
    while system5.last_link >= 0 and layout.state.links[system5.last_link].next >= 0:
        system5.last_link = layout.state.links[system5.last_link].next
    system5.first_signal = -1
    system5.most_children = 0 if place.node.spawn is None else place.node.spawn.at_most
    system5.child_agents = 0 if place.node.spawn is None else place.node.spawn.child.all_agents
    layout.begin(layout.phase(place.system5, settings.period), k.GOVERN, place.system5)
