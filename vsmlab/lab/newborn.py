"""Who was born during a run: paths, roles and places of spawned child systems, worked out when it is over.

A child is a copy of a pattern that was laid out once. Its receivers are known by numbers that are made from their
mother's (`laws.identity.child_identity`), so who is whose child is found without asking anyone.
"""

from __future__ import annotations

from vsmlab.engines.start import PlaceRow, Start
from vsmlab.lab.build.blueprint import path_of_child
from vsmlab.lab.scenario import Node, Scenario
from vsmlab.laws import kinds as k
from vsmlab.laws.identity import child_identity
from vsmlab.laws.tables import Blueprint


def name_newborn(start: Start) -> None:
    """Add those who were born to the paths, roles and places of a run that is over; once is enough.

    A place's agents are those that it was born with; nobody was there before (``units.agent_steps``).
    """
    count = len(start.identities)
    if len(start.paths) == count:
        return
    mothers = _mothers(start)
    places = {place[0]: here for here, place in enumerate(start.places)}
    while len(start.paths) < count:
        first = len(start.paths)
        mother, ordinal = mothers[start.identities[first]]
        _name_child(start, first, mother, ordinal, places)


def _mothers(start: Start) -> dict[int, tuple[int, int]]:
    """The System 3 that bore each child, and the child's number, by the identity of the child's first receiver."""
    return {
        child_identity(start.identities[system3.unit], ordinal, 0): (system3.unit, ordinal)
        for system3 in start.state.system3s  # type: ignore[attr-defined]
        for ordinal in range(1, system3.spawned + 1)
    }


def _name_child(start: Start, first: int, mother: int, ordinal: int, places: dict[str, int]) -> None:
    """Name one child, whose receivers are in the same order as those of its pattern."""
    state, units = start.state, start.state.units
    blueprint: Blueprint = state.blueprints[state.system3s[units[mother].at].blueprint]
    pattern, above = start.paths[blueprint.desk], start.paths[mother].rpartition(".")[0]
    for place in range(blueprint.units):
        row, copied = first + place, blueprint.first_unit + place
        path = path_of_child(start.paths[copied], pattern, above, ordinal)
        role = units[row].role
        start.paths.append(path)
        start.roles.append(role)
        if role in (k.DESK, k.OPERATION):
            agents = state.operations[units[copied].at].agents if role == k.OPERATION else 0
            parent = places[path.rpartition(".")[0]]
            places[path] = len(start.places)
            start.places.append((path, parent, units[row].depth, row, role == k.DESK, agents))


def nodes_of(places: list[PlaceRow], scenario: Scenario) -> dict[str, Node]:
    """The scenario's node of every place, those that were born included, by path.

    A child for which nothing else is said spawns children as the system that bore it does.
    """
    nodes = dict(scenario.nodes())
    spawns = {path: node.spawn for path, node in nodes.items()}
    for path, *_ in places:
        if path not in nodes:
            above, _, name = path.rpartition(".")
            spawn, node = spawns[above], nodes[above].operations.get(name)
            if node is None:
                assert spawn is not None, f"{path} was born to a system that spawns nobody"
                node = spawn.child
                spawns[path] = node.spawn or spawn
            else:
                spawns[path] = node.spawn
            nodes[path] = node
    return nodes
