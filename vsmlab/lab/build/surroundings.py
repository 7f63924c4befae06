"""Rows of the world around the organisation: streams of demand, what is shown of them, and what breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from vsmlab.errors import InputError
from vsmlab.lab.scenario import Stream
from vsmlab.laws import kinds as k
from vsmlab.laws import tables

from . import demand as demand_rows
from .blows import Ground, blow_of
from .layout import Layout, Place
from .metasystem import source

FOR_EVER = 1e300
DESTINATION_BITS = 0xFFFFFF


def demand(layout: Layout) -> None:
    """The streams, each a receiver of its own."""
    prefixes: dict[int, str] = {}
    for name, stream in layout.scenario.environment.demand.items():
        row = layout.receiver(f"environment.{name}", k.STREAM, -1, 0)
        prefix = layout.state.units[row].identity & DESTINATION_BITS
        if prefix in prefixes:
            wrong = f"its tasks would be mistaken for those of {prefixes[prefix]!r} (same hash)"
            place = f"environment.demand.{name}"
            raise InputError(layout.loaded.source, place, wrong, right="rename one")
        prefixes[prefix] = name
        goals = {path: layout.places[here].address for path, here in layout.by_path.items()}
        mine = layout.state.streams[layout.state.units[row].at]
        demand_rows.fill(layout.tables, mine, stream, name, goals, layout.sources[name], layout.loaded)
        _changes(layout, mine, name, stream)
        layout.begin(0.0, k.NEXT_ARRIVAL, row, 0)


# -- how demand changes -----------------------------------------------------------------------------------


def _changes(layout: Layout, mine: tables.Stream, name: str, stream: Stream) -> None:
    """Season and changes of a stream's demand, and the most that they make of it together."""
    mine.first_change = layout.tables.count("changes")
    spans: list[tuple[float, float, float, float]] = []
    for entry in layout.scenario.environment.disturbances:
        if entry.kind == "demand" and entry.stream == name:
            row = layout.state.changes[layout.tables.add("changes")]
            lasts = None if entry.lasts is None else entry.lasts.constant
            row.start, row.factor, row.over = entry.time or 0.0, entry.factor or 0.0, entry.over
            row.end = FOR_EVER if lasts is None else row.start + lasts
            spans.append((row.start, row.end, row.over, row.factor))
    mine.last_change = layout.tables.count("changes")
    mine.peak = _highest(spans)
    mine.season_period = 1.0
    if stream.season is not None:
        mine.season, mine.season_period = stream.season.amplitude, stream.season.period
        mine.season_phase = stream.season.phase
        mine.peak *= 1.0 + stream.season.amplitude
    arrivals = stream.arrivals
    if arrivals is not None and arrivals.renewal is not None:
        mine.mean_gap = demand_rows.mean_of(arrivals.renewal)


def _factor(span: tuple[float, float, float, float], time: float) -> float:
    start, end, over, factor = span
    if not start <= time < end:
        return 1.0
    return factor if over <= 0.0 or time >= start + over else 1.0 + (factor - 1.0) * (time - start) / over


def _highest(spans: list[tuple[float, float, float, float]]) -> float:
    """A bound on the product of all changes at any time; 1 where there is none."""
    marks = sorted({0.0, *(m for s, e, over, _ in spans for m in (s, s + over, e) if m < FOR_EVER)})
    best = 1.0
    for begin, end in zip(marks, [*marks[1:], FOR_EVER], strict=True):
        last = np.nextafter(end, 0.0)
        best = max(best, float(np.prod([max(_factor(s, begin), _factor(s, last)) for s in spans])))
    return best


# -- what is shown of demand ------------------------------------------------------------------------------


def show(layout: Layout) -> None:
    """For every System 4: what it is shown of each stream that comes straight into its system, and how often."""
    streams = list(layout.scenario.environment.demand.items())
    rows = {name: layout.paths.index(f"environment.{name}") for name, _ in streams}
    tallies: dict[int, list[int]] = {}
    watches: dict[str, list[tuple[Place, list[str]]]] = {name: [] for name, _ in streams}
    shown: dict[str, list[int]] = {}
    for name, stream in streams:
        for place in layout.places:
            if place.system4 >= 0:
                inside = [e.unit for e in stream.to if f"{e.unit}.".startswith(f"{place.path}.")]
                if inside:
                    watches[name].append((place, inside))
    for name, stream in streams:
        mine = layout.state.streams[layout.state.units[rows[name]].at]
        mine.first_watch = layout.tables.count("watches")
        for place, inside in watches[name]:
            settings = place.node.system4
            if settings is None:
                continue
            weight = _weight(layout, name, set(inside))
            foreshown = settings.leading is not None and stream.trace is None
            shown.setdefault(place.path, []).append(source(layout, place, settings, rows[name], foreshown))
            watch = _watch(layout, rows[name], place, settings.indicators_every, weight)
            for choice in range(mine.first_goal, mine.last_goal):
                goal = layout.state.choices[choice].goal
                if layout.paths[goal] in inside:
                    tallies.setdefault(choice, []).append(watch)
            if foreshown and settings.leading is not None:
                leading = settings.leading
                ahead = layout.state.watches[_watch(layout, rows[name], place, leading.every, weight)]
                ahead.lead, ahead.noise = leading.lead, leading.noise
        mine.last_watch = layout.tables.count("watches")
        for turn in range(mine.last_watch - mine.first_watch):
            every = layout.state.watches[mine.first_watch + turn].every
            lead = layout.state.watches[mine.first_watch + turn].lead
            layout.begin(0.0 if lead > 0.0 else every, k.INDICATOR_DUE, rows[name], turn)
    for choice, found in tallies.items():
        chain = []
        for watch in found:
            row = layout.tables.add("tallies")
            layout.state.tallies[row].watch = watch
            chain.append(row)
        layout.state.choices[choice].first_tally = layout.chained("tallies", chain)
    for place in layout.places:
        if place.path in shown:
            system4 = layout.state.system4s[layout.state.units[place.system4].at]
            system4.first_source = layout.chained("sources", shown[place.path])
    look_within(layout, [place for place in layout.places if place.path not in shown])


def look_within(layout: Layout, places: Sequence[Place]) -> None:
    """A System 4 to which no stream comes straight goes by what its System 3 says is offered."""
    for place in places:
        if place.system4 >= 0 and place.node.system4 is not None:
            system4 = layout.state.system4s[layout.state.units[place.system4].at]
            system4.first_source = source(layout, place, place.node.system4, -1, False)


def _watch(layout: Layout, stream: int, place: Place, every: float, weight: float) -> int:
    row = layout.tables.add("watches")
    watch = layout.state.watches[row]
    watch.owner, watch.to, watch.every, watch.weight = stream, place.system4, every, weight
    return row


def _weight(layout: Layout, name: str, goals: set[str]) -> float:
    """Erlangs into these goals for each task a second of the whole stream: share of the tasks times their mean work."""
    stream = layout.scenario.environment.demand[name]
    ways = demand_rows.expected_work(stream, layout.sources[name])
    if not ways:
        here = [layout.places[layout.by_path[goal]] for goal in goals]
        works = [
            demand_rows.mean_of(op.node.work)
            for place in here
            for op in (layout.operations_below(place) if place.node.viable else [place])
            if op.node.work is not None
        ]
        return sum(works) / len(works) if works else 1.0
    total = sum(share for _, share, _ in ways)
    return sum(share * mean for goal, share, mean in ways if goal in goals) / total


# -- what breaks ------------------------------------------------------------------------------------------


def disturb(layout: Layout) -> None:
    """One receiver of the world for every disturbance of the organisation; those of demand lie in the streams."""
    numbers: Counter[str] = Counter()
    rows = {path: row for row, path in enumerate(layout.paths)}
    roles = {path: layout.state.units[row].role for path, row in rows.items()}
    ground = Ground(rows, roles, [place.path for place in layout.places if not place.node.viable])
    for entry in layout.scenario.environment.disturbances:
        numbers[entry.kind] += 1
        if entry.kind == "demand":
            continue
        unit = layout.receiver(f"environment.{entry.kind}-{numbers[entry.kind]}", k.WORLD, -1, 0)
        row = layout.state.disturbances[layout.state.units[unit].at]
        row.gap = -1 if entry.every is None else layout.tables.distribution(entry.every)
        row.lasts = -1 if entry.lasts is None else layout.tables.distribution(entry.lasts)
        blow = blow_of(entry, ground)
        row.fault, row.amount, row.mended = blow.fault, blow.amount, blow.mended
        row.first_target = layout.tables.count("targets")
        for to in blow.targets:
            layout.state.targets[layout.tables.add("targets")].to = to
        row.last_target = layout.tables.count("targets")
        if entry.kind == "bias":
            struck = layout.places[layout.by_path[str(entry.unit)]].address
            layout.state.operations[layout.state.units[struck].at].lie = entry.probability
        # the first of a disturbance that comes again and again is drawn: `ref` 2 only draws
        layout.begin(entry.time or 0.0, k.DISTURB_DUE, unit, 1 if entry.every is None else 2)
