"""No child system brings more agents than policy allows, at any depth."""

import numpy as np
import pytest
from small_scenarios import loaded_small

from vsmlab.engines import simpy_engine
from vsmlab.engines.journal import Journal
from vsmlab.lab.build import build
from vsmlab.laws import kinds as k


def children(agents):
    """The journal of five minutes in which a crew of two would have two children of two agents each."""
    policy = {"spawn": {"max_depth": 2}, **({"agents": agents} if agents else {})}
    start = build(loaded_small("small-children", policy=policy))
    segments = []
    simpy_engine.run(start, 300.0, Journal(start.identities, [segments.append]))
    return np.concatenate(segments)


@pytest.mark.parametrize(
    ("agents", "made", "most"),
    [(None, 2, 6), ({"total": 2}, 0, 2), ({"total": 2, "most": 4}, 1, 4), ({"total": 2, "most": 3}, 0, 3)],
)
def test_children_are_made_only_where_policy_has_room_for_their_agents(agents, made, most):
    rows = children(agents)
    assert (rows["kind"] == k.SPAWNED).sum() == made
    assert rows["ref"][rows["kind"] == k.HIRES].max(initial=2) <= most
    refused = ((rows["kind"] == k.DECIDED) & (rows["ref"] == k.CHILD) & (rows["value"] < 0.0)).sum()
    assert (refused > 0) == (agents is not None)


def test_below_the_root_no_child_brings_agents_where_policy_limits_them():
    for agents, room in ((None, -1), ({"total": 2, "most": 9}, 0)):
        policy = {"spawn": {"max_depth": 2}, **({"agents": agents} if agents else {})}
        start = build(loaded_small("small-children", policy=policy))
        inner = start.paths.index("top.branch.system5")
        system5 = start.state.system5s[start.state.units[inner].at]
        assert (system5.agents_most, system5.child_agents) == (room, 2)
