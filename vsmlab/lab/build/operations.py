"""Rows of desks and elementary operations: queues, local management, essential variables, ways on."""

from __future__ import annotations

from collections.abc import Sequence

from vsmlab.errors import InputError
from vsmlab.lab.scenario import Essential
from vsmlab.laws import kinds as k
from vsmlab.laws.tables import Operation

from . import demand
from .layout import Layout, Place


def connect(layout: Layout, places: Sequence[Place]) -> None:
    """Fill in the desks and operations of these nodes."""
    reporting = _reporting_desks(layout)
    for place in places:
        here = layout.by_path[place.path]
        if place.node.viable:
            _desk(layout, place, here in reporting)
        else:
            _operation(layout, place, here in reporting)
            _management(layout, place)
            _essentials(layout, place)


def _reporting_desks(layout: Layout) -> set[int]:
    """Nodes that tell their load to the desk above: below a desk that routes by reports, all the way down."""
    found: set[int] = set()
    for here, place in enumerate(layout.places):
        above = layout.above(place)
        if above is not None and (above.node.desk.routing == "least-reported" or place.parent in found):
            found.add(here)
    return found


def _desk(layout: Layout, place: Place, reports: bool) -> None:
    desk = layout.state.desks[layout.state.units[place.address].at]
    desk.routing = k.ROUTING_NAMES.index(place.node.desk.routing)
    desk.parent = layout.places[place.parent].address if place.parent >= 0 else -1
    children = layout.children(place)
    desk.first_link = layout.chain(place.address, [(child.address, child) for child in children])
    desk.last_link, desk.children = desk.first_link, len(children)
    idle = all(child.node.all_agents == 0 for child in children)
    row = desk.first_link
    while row >= 0:
        link = layout.state.links[row]
        if idle:
            link.share = 1.0
        desk.last_link, row = row, link.next
    desk.report_every = 1.0
    if reports:
        layout.begin(layout.phase(place.address, desk.report_every), k.REPORT, place.address)


def _operation(layout: Layout, place: Place, reports_to_desk: bool) -> None:
    node = place.node
    operation = layout.state.operations[layout.state.units[place.address].at]
    operation.environment, operation.management = place.environment, place.management
    layout.state.environments[layout.state.units[place.environment].at].operation = place.address
    operation.desk = layout.places[place.parent].address if place.parent >= 0 else -1
    operation.reports_to_desk = int(reports_to_desk)
    operation.agents = operation.granted = node.agents
    operation.speed = operation.full_speed = node.speed
    operation.head = operation.tail = operation.serving = -1
    operation.discipline = k.DISCIPLINE_NAMES.index(node.queue.discipline)
    operation.limit = -1 if node.queue.limit is None else node.queue.limit
    operation.preemptive = int(node.queue.preemptive)
    operation.work = -1 if node.work is None else layout.tables.distribution(node.work)
    operation.mean_service = _expected_service(layout, place)
    operation.max_visits = node.max_visits or 0
    operation.max_wait = -1.0 if node.autonomy.max_wait is None else node.autonomy.max_wait
    operation.defer = node.autonomy.defer or 0.0
    operation.has_budget = int(node.autonomy.budget)
    operation.bucket_ticket = -1
    if node.limit is not None:
        operation.bucket, operation.bucket_rate = 1, node.limit.rate
        operation.bucket_burst = operation.bucket_level = node.limit.burst
    operation.report_every = node.report.every
    operation.bias, operation.lie, operation.inspector, operation.first_vital = 1.0, 1.0, -1, -1
    operation.sample = _noticed(layout, place)
    _next(layout, place, operation)
    if place.management >= 0 or operation.reports_to_desk:
        phase = node.report.phase
        due = layout.phase(place.address, node.report.every) if phase is None else phase
        layout.begin(due, k.REPORT, place.address)


def _noticed(layout: Layout, place: Place) -> float:
    """Share of the tasks that an inspector notices: as the nearest System 3* does."""
    here = layout.above(place)
    while here is not None and here.node.audit is None:
        here = layout.above(here)
    return 1.0 if here is None or here.node.audit is None else here.node.audit.sample


def _expected_service(layout: Layout, place: Place) -> float:
    """What the operation takes a task to need before it has seen one: what the scenario says on average."""
    node = place.node
    if node.work is not None:
        return max(demand.mean_of(node.work), 1e-6) / node.speed
    mine = [way for way in layout.expected if f"{place.path}.".startswith(f"{way[0]}.")] or layout.expected
    share = sum(weight for _, weight, _ in mine)
    mean = sum(weight * work for _, weight, work in mine) / share if share > 0.0 else 1.0
    return max(mean, 1e-6) / node.speed


def _next(layout: Layout, place: Place, operation: Operation) -> None:
    ways = []
    for entry in place.node.next:
        target = _resolve_next(layout, place, entry.unit)
        hop = layout.places[target.parent].address if target.parent >= 0 else target.address
        probability = -1.0 if entry.when is not None else float(entry.probability or 0.0)
        ways.append((target.address, hop, probability, entry.when or {}))
    # column names by position; conditions of a hand-on need the streams to agree on them
    columns = max((demand.columns_of(source) for source in layout.sources.values()), key=len, default=[])
    operation.first_next, operation.last_next = layout.tables.choices(ways, columns)


def _resolve_next(layout: Layout, place: Place, unit: str) -> Place:
    """A sibling by name, or a node by its path: itself, a sibling, or a sibling of a system it is part of."""
    above = layout.above(place)
    siblings = {c.path.rpartition(".")[2]: c for c in layout.children(above)} if above is not None else {}
    target = siblings.get(unit) or (layout.places[layout.by_path[unit]] if unit in layout.by_path else None)
    mother = "" if target is None else target.path.rpartition(".")[0]
    if target is None or not (target is place or mother == "" or place.path.startswith(mother + ".")):
        raise InputError(
            layout.loaded.source,
            f"{place.path}: next",
            "a task cannot be handed on there",
            given=unit,
            right="name a sibling, or a sibling of a system that this operation is part of",
        )
    return target


def _management(layout: Layout, place: Place) -> None:
    if place.management < 0 or place.node.management is None:
        return
    management = layout.state.managements[layout.state.units[place.management].at]
    above = layout.above(place)
    management.operation = place.address
    management.system2 = -1 if above is None else above.system2
    management.system3 = -1 if above is None else above.system3
    management.system5 = layout.nearest(place, "system5")
    management.offered = management.carried = -1.0
    management.granted = float(place.node.agents)
    management.capability = place.node.agents * place.node.speed
    settings, autonomy = place.node.management, place.node.autonomy
    management.memory = settings.memory
    management.account_every, management.heartbeat_every = settings.account_every, settings.heartbeat_every
    management.first_link = management.first_essential = -1
    management.max_wait = -1.0 if autonomy.max_wait is None else autonomy.max_wait
    management.max_wait_in_pain = -1.0 if autonomy.in_pain is None else autonomy.in_pain.max_wait
    offload = autonomy.offload
    if offload is not None and above is not None:
        management.offload_gain, management.offload_period = offload.gain, offload.period
        management.offload_above = offload.above
        siblings = [c for c in layout.children(above) if c is not place and c.management >= 0]
        management.first_link = layout.chain(place.management, [(s.management, s) for s in siblings])
        layout.begin(layout.phase(place.management, offload.period), k.OFFLOAD_DUE, place.management)
    if management.system2 >= 0:
        due = layout.phase(place.management, settings.heartbeat_every)
        layout.begin(due, k.HEARTBEAT_DUE, place.management)
    if management.system3 >= 0:
        due = layout.phase(place.management, settings.account_every)
        layout.begin(due, k.ACCOUNT_DUE, place.management)


def essentials_of(layout: Layout, place: Place) -> dict[str, Essential]:
    """The essential variables of an operation: its own, and those of the systems above that it does not name."""
    found: dict[str, Essential] = {}
    here: Place | None = place
    while here is not None:
        for name, essential in here.node.essential.items():
            found.setdefault(name, essential)
        here = layout.above(here)
    return {name: found[name] for name in k.ESSENTIAL_NAMES if name in found}


UNBOUNDED = 1e300
LATE_SHARE = 0.05
"""A 95th percentile lies above its limit where more than this share of the tasks does."""


def _essentials(layout: Layout, place: Place) -> None:
    if place.management < 0:
        return
    vitals, judged = [], []
    for name, given in essentials_of(layout, place).items():
        what = k.ESSENTIAL_NAMES.index(name)
        row = layout.tables.add("vitals")
        vital = layout.state.vitals[row]
        vital.owner, vital.number, vital.what, vital.window = place.address, what, what, given.window
        vital.limit = given.max if given.max is not None else 0.0
        vitals.append(row)
        row = layout.tables.add("essentials")
        essential = layout.state.essentials[row]
        essential.owner, essential.number, essential.what = place.management, what, what
        essential.least = -UNBOUNDED if given.min is None else given.min
        essential.most = UNBOUNDED if given.max is None else given.max
        if what == k.P95_WAIT:  # told is the share of tasks that waited longer than `max`
            essential.most = LATE_SHARE
        good = given.good
        essential.good_least, essential.good_most = 1.0, -1.0
        if good is not None:
            essential.good_least = -UNBOUNDED if good.min is None else good.min
            essential.good_most = UNBOUNDED if good.max is None else good.max
        essential.climbs_after, essential.ticket = given.climbs_after, -1
        judged.append(row)
        layout.begin(given.window, k.VITAL_DUE, place.address, what)
    operation = layout.state.operations[layout.state.units[place.address].at]
    management = layout.state.managements[layout.state.units[place.management].at]
    operation.first_vital = layout.chained("vitals", vitals)
    management.first_essential = layout.chained("essentials", judged)
