"""From a scenario to the tables and first messages that an engine starts from."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from vsmlab.engines.rows import empty_state
from vsmlab.engines.start import Start
from vsmlab.errors import InputError
from vsmlab.lab import build_demand
from vsmlab.lab.build_values import Tables
from vsmlab.lab.loader import Loaded
from vsmlab.lab.scenario import Channel, Knockout, Node
from vsmlab.lab.scenario.coordination import ChannelKind
from vsmlab.laws import kinds as k
from vsmlab.laws.identity import identity
from vsmlab.laws.tables import Message, Operation, State, Unit


@dataclass(frozen=True, slots=True)
class Place:
    """A node of the organisation and the rows of its receivers (-1: it has none)."""

    path: str
    node: Node
    parent: int
    depth: int
    children: list[int]
    address: int = -1
    management: int = -1
    system2: int = -1
    system3: int = -1
    environment: int = -1


def build(loaded: Loaded, *, state: State | None = None) -> Start:
    """Lay out the organisation and its environment as rows.

    Args:
        loaded: A validated scenario.
        state: Empty tables of another kind than the interpreted engine's, for tests.

    Returns:
        The state at time zero, the first messages, and the names of all receivers.

    Raises:
        InputError: If a file that the scenario names is wrong, or a hand-on leads nowhere.
    """
    builder = _Builder(loaded, state if state is not None else empty_state())
    builder.lay_out()
    builder.connect()
    builder.demand()
    builder.channels()
    builder.knock_out()
    return builder.start()


class _Builder:
    def __init__(self, loaded: Loaded, state: State) -> None:
        self.loaded, self.scenario = loaded, loaded.scenario
        self.tables = Tables(state)
        self.state = state
        self.places: list[Place] = []
        self.by_path: dict[str, int] = {}
        self.paths: list[str] = []
        self.owner: list[int] = []
        self.first: list[tuple[float, int, int, int]] = []
        streams = self.scenario.environment.demand
        self.sources = {name: build_demand.source_of(s, name, loaded) for name, s in streams.items()}
        ways = [build_demand.expected_work(stream, self.sources[name]) for name, stream in streams.items()]
        self.expected = [way for stream_ways in ways for way in stream_ways]

    # -- receivers ------------------------------------------------------------------------------------

    def receiver(self, path: str, role: int, place: int, depth: int) -> int:
        """A new receiver; its row in the table of its role is made with it."""
        row = self.tables.add("units")
        unit: Unit = self.state.units[row]
        unit.row, unit.identity, unit.role, unit.depth = row, identity(path), role, depth
        unit.first_channel = -1
        table = ("operations", "managements", "desks", "system2s", "system3s", "streams", "environments", "")[
            role
        ]
        if table:
            unit.at = self.tables.add(table)
            getattr(self.state, table)[unit.at].unit = row
        self.paths.append(path)
        self.owner.append(place)
        return row

    def lay_out(self) -> None:
        """One receiver for every System of every node."""
        for path, node in self.scenario.nodes():
            mother = self.by_path.get(path.rpartition(".")[0], -1)
            depth = 0 if mother < 0 else self.places[mother].depth + 1
            here = len(self.places)
            rows: dict[str, int] = {
                "address": self.receiver(path, k.DESK if node.viable else k.OPERATION, here, depth)
            }
            if node.viable:
                if node.system2 is not None:
                    rows["system2"] = self.receiver(f"{path}.system2", k.SYSTEM2, here, depth)
                if node.system3 is not None:
                    rows["system3"] = self.receiver(f"{path}.system3", k.SYSTEM3, here, depth)
            else:
                rows["environment"] = self.receiver(f"{path}.environment", k.ENVIRONMENT, here, depth)
                named = "management" in node.model_fields_set
                if node.management is not None and (mother >= 0 or named):
                    rows["management"] = self.receiver(f"{path}.management", k.MANAGEMENT, here, depth)
            self.places.append(Place(path, node, mother, depth, children=[], **rows))
            self.by_path[path] = here
            if mother >= 0:
                self.places[mother].children.append(here)

    def phase(self, row: int, period: float) -> float:
        """A first due time within the period that depends on who it is, so that periods do not coincide."""
        return (self.state.units[row].identity % 1_000_003) / 1_000_003 * period

    def begin(self, due: float, kind: int, to: int, ref: int = 0) -> None:
        """A reminder that starts a periodic law."""
        self.first.append((due, kind, to, ref))

    # -- each kind of receiver ------------------------------------------------------------------------

    def connect(self) -> None:
        """Fill in every receiver: parameters, and links to those it hears from."""
        reporting = self._reporting_desks()
        for here, place in enumerate(self.places):
            if place.node.viable:
                self._desk(place, reporting)
                self._system2(place)
                self._system3(place)
            else:
                self._operation(place, here, reporting)
                self._management(place)

    def _reporting_desks(self) -> set[int]:
        """Nodes that tell their load to the desk above: below a desk that routes by reports, all the way down."""
        found: set[int] = set()
        for here, place in enumerate(self.places):
            if place.parent >= 0:
                above = self.places[place.parent]
                if above.node.desk.routing == "least-reported" or place.parent in found:
                    found.add(here)
        return found

    def link(self, owner: int, to: int, child: Place) -> int:
        """What ``owner`` will have been told about a child."""
        row = self.tables.add("links")
        link = self.state.links[row]
        link.owner, link.to, link.address, link.next = owner, to, child.address, -1
        link.heard, link.first_correction, link.last_correction = -1.0, -1, -1
        link.initial = float(child.node.all_agents)
        link.target, link.share = child.node.all_agents, float(child.node.all_agents)
        return row

    def chain(self, owner: int, pairs: list[tuple[int, Place]]) -> int:
        """Links in the order of the file; returns the first row."""
        rows = [self.link(owner, to, child) for to, child in pairs]
        for row, following in pairwise(rows):
            self.state.links[row].next = following
        return rows[0] if rows else -1

    def children(self, place: Place) -> list[Place]:
        return [self.places[child] for child in place.children]

    def _desk(self, place: Place, reporting: set[int]) -> None:
        desk = self.state.desks[self.state.units[place.address].at]
        desk.routing = k.ROUTING_NAMES.index(place.node.desk.routing)
        desk.parent = self.places[place.parent].address if place.parent >= 0 else -1
        desk.first_link = self.chain(
            place.address, [(child.address, child) for child in self.children(place)]
        )
        desk.last_link = desk.first_link + len(place.children)
        if all(child.node.all_agents == 0 for child in self.children(place)):
            for row in range(desk.first_link, desk.last_link):
                self.state.links[row].share = 1.0
        desk.report_every = 1.0
        if self.by_path[place.path] in reporting:
            self.begin(self.phase(place.address, desk.report_every), k.REPORT, place.address)

    def _system2(self, place: Place) -> None:
        settings = place.node.system2
        if settings is None:
            return
        system2 = self.state.system2s[self.state.units[place.system2].at]
        heard = [(max(child.management, child.system2), child) for child in self.children(place)]
        heard = [pair for pair in heard if pair[0] >= 0]
        system2.first_link, system2.children = self.chain(place.system2, heard), len(heard)
        system2.parent = self.places[place.parent].system2 if place.parent >= 0 else -1
        system2.period, system2.gain, system2.threshold = settings.period, settings.gain, settings.threshold
        system2.predicts, system2.staggers = int(settings.predict), int(settings.stagger)
        system2.shares = int(settings.share)
        system2.settle = settings.period if settings.settle is None else settings.settle
        if settings.limit is not None:
            system2.limited, system2.rate, system2.burst = 1, settings.limit.rate, settings.limit.burst
            system2.unassigned = system2.own_rate = settings.limit.rate
        if heard:
            self.begin(self.phase(place.system2, settings.period), k.COORDINATE, place.system2)
        if system2.parent >= 0:
            self.begin(self.phase(place.system2, settings.period), k.HEARTBEAT_DUE, place.system2)

    def _system3(self, place: Place) -> None:
        settings = place.node.system3
        if settings is None:
            return
        system3 = self.state.system3s[self.state.units[place.system3].at]
        heard = [(max(child.management, child.system3), child) for child in self.children(place)]
        heard = [pair for pair in heard if pair[0] >= 0]
        system3.first_link, system3.children = self.chain(place.system3, heard), len(heard)
        system3.parent = place.address
        above = self.places[place.parent].system3 if place.parent >= 0 else -1
        system3.account_to = above
        system3.granted = float(place.node.all_agents)
        system3.desk = place.address if len(heard) == len(place.children) else -1
        system3.period, system3.rule = settings.period, k.RULE_NAMES.index(settings.rule)
        system3.pooled = int(settings.pooled)
        system3.moves, system3.move_takes = int(settings.may_move == "agents"), settings.move_takes
        system3.max_moves = -1 if settings.max_moves is None else settings.max_moves
        system3.gain, system3.floor = settings.gain, settings.floor
        system3.drain = settings.period if settings.drain is None else settings.drain
        system3.budget = settings.budget_usd_per_s or 0.0
        system3.band, system3.after, system3.suspend = settings.band, settings.after, settings.suspend
        system3.account_every = settings.account_period
        if heard:
            self.begin(self.phase(place.system3, settings.period), k.BARGAIN_DUE, place.system3)
        if above >= 0:
            self.begin(self.phase(place.system3, settings.account_period), k.ACCOUNT_DUE, place.system3)

    def _operation(self, place: Place, here: int, reporting: set[int]) -> None:
        node = place.node
        operation = self.state.operations[self.state.units[place.address].at]
        operation.environment, operation.management = place.environment, place.management
        self.state.environments[self.state.units[place.environment].at].operation = place.address
        operation.desk = self.places[place.parent].address if place.parent >= 0 else -1
        operation.reports_to_desk = int(here in reporting)
        operation.agents = operation.granted = node.agents
        operation.speed = node.speed
        operation.head = operation.tail = operation.serving = -1
        operation.discipline = k.DISCIPLINE_NAMES.index(node.queue.discipline)
        operation.limit = -1 if node.queue.limit is None else node.queue.limit
        operation.preemptive = int(node.queue.preemptive)
        operation.work = -1 if node.work is None else self.tables.distribution(node.work)
        operation.mean_service = self._expected_service(place)
        operation.max_visits = node.max_visits or 0
        operation.max_wait = -1.0 if node.autonomy.max_wait is None else node.autonomy.max_wait
        operation.defer = node.autonomy.defer or 0.0
        operation.has_budget = int(node.autonomy.budget)
        operation.bucket_ticket = -1
        if node.limit is not None:
            operation.bucket, operation.bucket_rate = 1, node.limit.rate
            operation.bucket_burst = operation.bucket_level = node.limit.burst
        operation.report_every = node.report.every
        self._next(place, operation)
        if place.management >= 0 or operation.reports_to_desk:
            phase = node.report.phase
            due = self.phase(place.address, node.report.every) if phase is None else phase
            self.begin(due, k.REPORT, place.address)

    def _expected_service(self, place: Place) -> float:
        """What the operation takes a task to need before it has seen one: what the scenario says on average."""
        node = place.node
        if node.work is not None:
            return max(build_demand.mean_of(node.work), 1e-6) / node.speed
        mine = [way for way in self.expected if f"{place.path}.".startswith(f"{way[0]}.")] or self.expected
        share = sum(weight for _, weight, _ in mine)
        mean = sum(weight * work for _, weight, work in mine) / share if share > 0.0 else 1.0
        return max(mean, 1e-6) / node.speed

    def _next(self, place: Place, operation: Operation) -> None:
        ways = []
        for entry in place.node.next:
            target = self.resolve_next(place, entry.unit)
            hop = self.places[target.parent].address if target.parent >= 0 else target.address
            probability = -1.0 if entry.when is not None else float(entry.probability or 0.0)
            ways.append((target.address, hop, probability, entry.when or {}))
        first, last = self.tables.choices(ways, self._columns_in_common())
        operation.first_next, operation.last_next = first, last

    def _columns_in_common(self) -> list[str]:
        """Column names by position; conditions of a hand-on need the streams to agree on them."""
        return max((build_demand.columns_of(source) for source in self.sources.values()), key=len, default=[])

    def resolve_next(self, place: Place, unit: str) -> Place:
        """A sibling by name, or a node by its path: itself, a sibling, or a sibling of a system it is part of."""
        siblings = {} if place.parent < 0 else {
            self.places[c].path.rpartition(".")[2]: self.places[c] for c in self.places[place.parent].children
        }  # fmt: skip
        target = siblings.get(unit) or (self.places[self.by_path[unit]] if unit in self.by_path else None)
        mother = "" if target is None else target.path.rpartition(".")[0]
        if target is None or not (target is place or mother == "" or place.path.startswith(mother + ".")):
            raise InputError(
                self.loaded.source,
                f"{place.path}: next",
                "a task cannot be handed on there",
                given=unit,
                right="name a sibling, or a sibling of a system that this operation is part of",
            )
        return target

    def _management(self, place: Place) -> None:
        if place.management < 0 or place.node.management is None:
            return
        management = self.state.managements[self.state.units[place.management].at]
        above = self.places[place.parent] if place.parent >= 0 else None
        management.operation = place.address
        management.system2 = -1 if above is None else above.system2
        management.system3 = -1 if above is None else above.system3
        management.offered = management.carried = -1.0
        management.granted = float(place.node.agents)
        management.capability = place.node.agents * place.node.speed
        settings = place.node.management
        management.memory = settings.memory
        management.account_every, management.heartbeat_every = (
            settings.account_every,
            settings.heartbeat_every,
        )
        management.first_link = -1
        offload = place.node.autonomy.offload
        if offload is not None and above is not None:
            management.offload_gain, management.offload_period = offload.gain, offload.period
            management.offload_above = offload.above
            siblings = [
                child for child in self.children(above) if child is not place and child.management >= 0
            ]
            management.first_link = self.chain(place.management, [(s.management, s) for s in siblings])
            self.begin(self.phase(place.management, offload.period), k.OFFLOAD_DUE, place.management)
        if management.system2 >= 0:
            self.begin(
                self.phase(place.management, settings.heartbeat_every), k.HEARTBEAT_DUE, place.management
            )
        if management.system3 >= 0:
            self.begin(self.phase(place.management, settings.account_every), k.ACCOUNT_DUE, place.management)

    # -- environment, channels, knock-outs -------------------------------------------------------------

    def demand(self) -> None:
        """The streams, each a receiver of its own."""
        prefixes: dict[int, str] = {}
        for name, stream in self.scenario.environment.demand.items():
            row = self.receiver(f"environment.{name}", k.STREAM, -1, 0)
            prefix = self.state.units[row].identity & 0xFFFFFF
            if prefix in prefixes:
                wrong = f"its tasks would be mistaken for those of {prefixes[prefix]!r} (same hash)"
                raise InputError(self.loaded.source, f"environment.demand.{name}", wrong, right="rename one")
            prefixes[prefix] = name
            goals = {path: self.places[here].address for path, here in self.by_path.items()}
            mine = self.state.streams[self.state.units[row].at]
            build_demand.fill(self.tables, mine, stream, name, goals, self.sources[name], self.loaded)
            self.begin(0.0, k.NEXT_ARRIVAL, row, 0)

    def channels(self) -> None:
        """A pattern of each channel that is not plain, for everyone who sends on it."""
        cuts = [entry for entry in self.scenario.knockout if entry.channel is not None]
        for entry in cuts:
            self._sends(entry)
        for row, path in enumerate(self.paths):
            here = self.owner[row]
            given: dict[ChannelKind, Channel] = dict(self.scenario.channels)
            if here >= 0:
                given.update(self.places[here].node.channels)
            cut = {entry.channel for entry in cuts if entry.of in (None, path)}
            for kind in sorted({*given, *(c for c in cut if c is not None)}, key=k.CHANNEL_NAMES.index):
                self.tables.channel(self.state.units[row], kind, given.get(kind), cut=kind in cut)

    def _sends(self, entry: Knockout) -> None:
        """Refuse to cut a channel of one who never sends on it: it would look as if the channel did not matter."""
        kind = k.CHANNEL_NAMES.index(str(entry.channel))
        senders = [p for r, p in enumerate(self.paths) if kind in k.SENDS[self.state.units[r].role]]
        if entry.of is not None and entry.of not in senders:
            right = f"senders: {', '.join(senders[:12])}{' ...' if len(senders) > 12 else ''}"
            wrong = f"nothing is sent on {entry.channel} there"
            raise InputError(self.loaded.source, "knockout", wrong, given=entry.of, right=right)

    def knock_out(self) -> None:
        """Systems that are there and answer nothing."""
        for entry in self.scenario.knockout:
            if entry.system is None:
                continue
            rows = [r for r, path in enumerate(self.paths) if entry.system in (path, path.rpartition(".")[2])]
            rows = [r for r in rows if self.state.units[r].role in (k.MANAGEMENT, k.SYSTEM2, k.SYSTEM3)]
            if not rows:
                right = "name a System such as 'fleet.system3', or a role such as 'system2'"
                raise InputError(
                    self.loaded.source, "knockout", "nothing to knock out", given=entry.system, right=right
                )
            for row in rows:
                self.state.units[row].off = 1

    def start(self) -> Start:
        """Number the first messages and hand over."""
        ledger = self.state.ledger[0]
        ledger.seed, ledger.free_task, ledger.free_ticket, ledger.free_correction = (
            self.scenario.seed,
            -1,
            -1,
            -1,
        )
        ledger.units, ledger.links = len(self.paths), self.tables.count("links")
        ledger.channels = self.tables.count("channels")
        messages = []
        for due, kind, to, ref in self.first:
            unit = self.state.units[to]
            messages.append(
                Message(due, k.PRIORITIES[kind], unit.identity, unit.identity, unit.numbers, kind, to, to,
                        -1, -1, -1, ref, 0.0, -1)
            )  # fmt: skip
            unit.numbers += 1
        return Start(
            state=self.state,
            messages=messages,
            paths=self.paths,
            roles=[self.state.units[row].role for row in range(len(self.paths))],
            identities=[self.state.units[row].identity for row in range(len(self.paths))],
            places=[
                (p.path, p.parent, p.depth, p.address, p.node.viable, p.node.agents) for p in self.places
            ],
        )
