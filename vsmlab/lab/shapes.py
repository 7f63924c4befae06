"""The same agents and the same demand in organisations of other shapes: one pool, flat, or a tree of any depth."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from vsmlab.engines.choosing import choose, run_plainly
from vsmlab.engines.journal import Journal
from vsmlab.lab.build import build
from vsmlab.lab.loader import Loaded, vary
from vsmlab.lab.measures import visits as v
from vsmlab.lab.measures.all import fold_of, folded_run
from vsmlab.lab.measures.units import work_of
from vsmlab.lab.run import resolved
from vsmlab.lab.series import Floats
from vsmlab.laws import kinds as k

SYSTEMS: Final = ("system2", "system3", "audit", "system4", "system5")
SPOKEN: Final = (k.S2, k.ACCOUNT, k.BARGAIN, k.INTERVENE, k.MGMT_OP)
"""Channels on which Systems 2 and 3 hear or say something."""
PARTS: Final = MappingProxyType(
    {
        "system2": {"period": 2.0, "gain": 0.5, "threshold": 0.5, "settle": 3.0},
        "system3": {"period": 20.0, "move_takes": 2.0},
    }
)
"""Systems 2 and 3, the same at every level."""
DELAYS: Final = MappingProxyType({"op_op": 1.0, "op_mgmt": 0.2, "s2": 0.5, "account": 1.0, "bargain": 1.0})
"""Seconds on the way, by channel: a task that moves takes as long as an account."""

_ROOM: Final = 400
"""Tasks of one operation up to which probabilities are followed."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A tree in which every viable system has as many operations.

    Attributes:
        depth: Levels of viable systems; 0 is one pool, 1 a flat organisation.
        width: Operations of each.
    """

    depth: int
    width: int

    @property
    def operations(self) -> int:
        """How many elementary operations there are."""
        return int(self.width**self.depth)

    @property
    def name(self) -> str:
        """What it is called: ``pool``, ``flat 16``, and a tree by its widths.

        >>> [Shape(0, 1).name, Shape(1, 16).name, Shape(2, 4).name]
        ['pool', 'flat 16', '4x4']
        """
        if self.depth < 2:
            return f"flat {self.width}" if self.depth else "pool"
        return "x".join([str(self.width)] * self.depth)


@dataclass(frozen=True, slots=True)
class Watched:
    """What a run came to.

    Attributes:
        wait_s: Mean time of a task in nobody's hands: waiting, or on its way to another operation.
        messages: What Systems 2 and 3 heard and said, in messages a task.
    """

    wait_s: float
    messages: float


def shaped(
    shape: Shape,
    systems: Sequence[str] = (),
    *,
    agents: int = 64,
    load: float = 0.75,
    mean_work: float = 4.0,
    drift: float = 0.0,
    period: float = 400.0,
    account_every: float = 5.0,
) -> dict[str, Any]:
    """A scenario, as a mapping, of this shape.

    There is a stream of tasks for each agent, whatever the shape, and it comes to the operation where the
    agent is. So tasks, their times and their work are the same in every shape. With a drift each stream
    rises and falls a little after its neighbour: the load goes round the agents, and its sum stays.

    Args:
        shape: The tree.
        systems: Which of ``system2`` and ``system3`` each viable system has.
        agents: Of the whole organisation, as many in each operation.
        load: Mean share of their time that agents are busy.
        mean_work: Seconds of one agent for a task, exponential.
        drift: How far the load of one agent rises and falls, as a share.
        period: Seconds in which the load goes round once.
        account_every: Seconds between accounts to System 3, at every level.

    Raises:
        ValueError: If the agents cannot be divided evenly.
    """
    places = _places(shape)
    each, rest = divmod(agents, len(places))
    if rest or not each:
        raise ValueError(f"{agents} agents, {len(places)} operations: each must have as many")
    arrivals = {"poisson": {"rate": load / mean_work}}
    demand: dict[str, dict[str, object]] = {}
    for one in range(agents):
        stream: dict[str, object] = {
            "arrivals": arrivals,
            "work": {"exponential": {"mean": mean_work}},
            "to": places[one // each],
        }
        season = {"period": period, "amplitude": drift, "phase": one / agents}
        demand[f"stream-{one + 1}"] = stream | ({"season": season} if drift else {})
    metasystem: dict[str, object] = dict.fromkeys(SYSTEMS, "off")
    metasystem |= {name: dict(PARTS[name]) for name in systems}
    if "system3" in systems:
        metasystem["system3"] = {**PARTS["system3"], "account_period": account_every}
    node: dict[str, object] = {"agents": each, "report": {"every": 2.0}}
    node["management"] = {"account_every": account_every, "memory": 30.0} if shape.depth else "off"
    for _ in range(shape.depth):
        node = {**metasystem, "operations": {f"part-{one + 1}": node for one in range(shape.width)}}
    return {
        "version": 1,
        "name": shape.name.replace(" ", "-") if shape.depth < 2 else f"tree-{shape.name}",
        "title": f"{agents} agents: {shape.name}",
        "horizon": 600.0,
        "warmup": 200.0,
        "environment": {"demand": demand},
        "organisation": {"name": "org", **node},
        "channels": {name: {"delay": delay} for name, delay in DELAYS.items()},
    }


def watch(
    scenario: Loaded | Mapping[str, object], seeds: Sequence[int], *, overrides: Sequence[str] = ()
) -> list[Watched]:
    """What runs with these seeds come to, without the measures that this does not need.

    Args:
        scenario: As `shaped` gives it.
        seeds: One run each.
        overrides: ``a.b.c=VALUE`` each.

    Raises:
        InputError: If the scenario is wrong.
    """
    loaded = resolved(scenario, overrides=overrides)
    return [_watched(vary(loaded, overrides=[f"seed={seed}"])) for seed in seeds]


def expected_wait(
    shape: Shape,
    *,
    agents: int = 64,
    load: float = 0.75,
    mean_work: float = 4.0,
    drift: float = 0.0,
    period: float = 400.0,
    begin: float = 200.0,
    end: float = 600.0,
) -> float:
    """What `watch` finds on average where there is no metasystem: exact, from an empty beginning.

    Each operation is an M/M/c queue whose arrivals rise and fall in a sine wave. The probabilities of how
    many tasks are present are followed through time (Kolmogorov's equations, by fourth-order Runge-Kutta).

    Args:
        shape: As for `shaped`, and so are those that follow.
        agents: See there.
        load: See there.
        mean_work: See there.
        drift: See there.
        period: See there.
        begin: The warm-up, in seconds.
        end: The horizon.

    Raises:
        ValueError: If a queue gets so long that what is cut off, beyond 400 tasks, matters.

    >>> round(expected_wait(Shape(0, 1), agents=3, load=0.8, mean_work=1.0), 4)
    1.0786
    """
    each = agents // shape.operations
    swing = drift * math.sin(math.pi * each / agents) / (each * math.sin(math.pi / agents)) if drift else 0.0
    phase = (np.arange(shape.operations) * each + (each - 1) / 2) / agents
    mean_rate = each * load / mean_work
    deaths = np.minimum(np.arange(1, _ROOM + 1), each) / mean_work
    waiting = np.maximum(np.arange(_ROOM + 1) - each, 0)

    def change(time: float, chance: Floats) -> Floats:
        rate = mean_rate * (1.0 + swing * np.sin(2.0 * math.pi * (time / period + phase)))
        flow = rate[:, None] * chance[:, :-1] - deaths * chance[:, 1:]
        gained = np.zeros_like(chance)
        gained[:, 1:] = flow
        gained[:, :-1] -= flow
        return gained

    chance = np.zeros((shape.operations, _ROOM + 1))
    chance[:, 0] = 1.0
    steps = math.ceil(end * (mean_rate * (1.0 + swing) + each / mean_work))
    times = np.linspace(0.0, end, steps + 1)
    queue = [0.0]
    for now, then in pairwise(times):
        step = then - now
        first = change(now, chance)
        second = change(now + step / 2, chance + step / 2 * first)
        third = change(now + step / 2, chance + step / 2 * second)
        fourth = change(then, chance + step * third)
        chance = chance + step / 6 * (first + 2 * second + 2 * third + fourth)
        queue.append(float((chance @ waiting).sum()))
    if chance[:, -1].max() > 1e-6:
        raise ValueError(f"{shape.name} at a load of {load:g}: the queues get longer than {_ROOM} tasks")
    within = np.interp(np.linspace(begin, end, steps), times, queue)
    return float(np.trapezoid(within) / (steps - 1)) / (mean_rate * shape.operations)


def _places(shape: Shape) -> list[str]:
    places = ["org"]
    for _ in range(shape.depth):
        places = [f"{above}.part-{one + 1}" for above in places for one in range(shape.width)]
    return places


def _watched(loaded: Loaded) -> Watched:
    scenario, start = loaded.scenario, build(loaded)
    fold = fold_of(start, scenario)
    engine = choose(scenario.engine, start, scenario.horizon)
    run_plainly(engine, start, scenario.horizon, Journal(start.identities, [fold]))
    folded = folded_run(fold, start, scenario)
    stays = v.stays_at(0, folded.visits, v.ancestors(folded.places))
    present = folded.window.overlap(stays.entered, stays.left)
    works = work_of(folded, [1.0] * len(folded.places))
    busy = math.fsum(work.busy_s for work, row in zip(works, folded.places, strict=True) if not row[4])
    tasks = int(folded.window.holds(folded.births.time).sum())
    said = sum(fold.channels[channel].messages for channel in SPOKEN)
    return Watched((present - busy) / tasks, said / tasks)
