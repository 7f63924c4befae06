"""The pattern of a child system that may be spawned: laid out once, like any subtree, and never run itself."""

from __future__ import annotations

from vsmlab.lab.scenario import Spawn

from . import metasystem, operations, surroundings
from .blueprint import blueprint
from .layout import Layout, Place


def draw_up(layout: Layout) -> None:
    """A blueprint for every system that may spawn children, and for the children of its children."""
    waiting = [place for place in layout.places if place.node.spawn is not None]
    while waiting:
        waiting += _draw(layout, waiting.pop(0))


def _draw(layout: Layout, place: Place) -> list[Place]:
    """Lay out the child of one system; returns those of its nodes that have a pattern of their own."""
    spawn = place.node.spawn
    if spawn is None or place.system3 < 0:
        return []
    before = layout.tables.counts()
    first, layout.first = layout.first, []
    path = f"{place.path}.{spawn.name}"
    made = layout.lay_out((".".join((path, *names)), node) for names, node in spawn.child.subtree())
    layout.places[layout.by_path[place.path]].children.remove(made[0])
    layout.pattern_places.update(made)
    places = [layout.places[here] for here in made]
    operations.connect(layout, places)
    metasystem.connect(layout, places)
    surroundings.look_within(layout, places)
    beginnings, layout.first = layout.first, first
    drawn = blueprint(layout.tables, layout.state, before, layout.tables.counts(), beginnings, places[0])
    layout.state.blueprints[drawn].agents = spawn.child.all_agents
    layout.state.blueprints[drawn].at_most = spawn.at_most
    layout.state.system3s[layout.state.units[place.system3].at].blueprint = drawn
    if spawn.child.spawn is None:
        _inherit(layout, places[0], spawn, drawn)
    return [each for each in places if each.node.spawn is not None]


def _inherit(layout: Layout, root: Place, spawn: Spawn, drawn: int) -> None:
    """A child that says nothing else spawns children as its parent does: the same structure again."""
    if root.system3 >= 0:
        layout.state.system3s[layout.state.units[root.system3].at].blueprint = drawn
    if root.system4 >= 0:
        metasystem.may_propose(layout.state.system4s[layout.state.units[root.system4].at], spawn)
    if root.system5 >= 0:
        system5 = layout.state.system5s[layout.state.units[root.system5].at]
        system5.most_children, system5.child_agents = spawn.at_most, spawn.child.all_agents
