"""What System 3 is measured against: the best fixed split of the agents, known in hindsight, and one pool.

Both are computed exactly, over the tasks and the work that this very run drew (first attempts, no faults):
each class of tasks has one first-in-first-out queue before its agents (Kiefer and Wolfowitz 1955).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vsmlab.lab.scenario import Node
from vsmlab.laws import kinds as k
from vsmlab.mechanisms.allocation import best_split
from vsmlab.mechanisms.kiefer_wolfowitz import start_times

from . import visits as v
from .units import Folded, Window


@dataclass(frozen=True, slots=True)
class Baselines:
    """Mean waits in seconds of tasks that arrive in the window.

    Args:
        split: Agents of each child in the best fixed split.
        split_wait: Its mean wait.
        pool_wait: The mean wait of one pool of all agents.
        as_given_wait: The mean wait with the agents left as the scenario gives them, one queue a child.
    """

    split: dict[str, int]
    split_wait: float
    pool_wait: float
    as_given_wait: float


def mean_wait_of(times: list[float], works: list[float], servers: int, window: Window) -> float:
    """Mean wait of all tasks that arrive in the window, whenever they start."""
    starts = start_times(times, works, servers)
    waits = [
        start - time for start, time in zip(starts, times, strict=True) if window.start <= time < window.end
    ]
    return math.fsum(waits) / len(waits) if waits else 0.0


def why_not_comparable(nodes: Sequence[Node]) -> str:
    """Why queues before agents alone are no baseline for this organisation; empty if they are."""
    for node in nodes:
        if node.next:
            return "tasks are handed on, so no one queue serves them"
        if node.work is not None:
            return "the work of tasks is drawn by the operations, not by the demand"
        if node.limit is not None or (node.system2 is not None and node.system2.limit is not None):
            return "starts of service are limited, so agents alone do not say who waits"
    if len({node.speed for node in nodes if not node.viable}) > 1:
        return "agents work at different speeds"
    return ""


def why_not_this_run(rare: npt.NDArray[np.void]) -> str:
    """Why a run cannot be compared with queues that have always the same agents; empty if it can.

    What hangs or crashes in the run does not in the baselines: they show a day without faults.

    Args:
        rare: Rare rows of its journal.
    """
    if (rare["kind"] == k.HIRES).any():
        return "agents came or went, and those of a fixed split are always the same"
    return ""


def baselines(folded: Folded, agents: list[int], nodes: Sequence[Node]) -> Baselines | str:
    """The baselines at the root, or why they cannot be computed.

    Args:
        folded: The run.
        agents: Agents of each node's subtree at the start.
        nodes: The scenario's nodes, in the same order.
    """
    reason = why_not_comparable(nodes)
    if reason:
        return reason
    speed = next((node.speed for node in nodes if not node.viable), 1.0)
    children = [here for here, row in enumerate(folded.places) if row[1] == 0]
    births, window = folded.births, folded.window
    if len(children) < 2:
        return "the root has fewer than two operations"
    if not len(births.task) or not (births.work > 0.0).all():
        return "the work of tasks is drawn by the operations, not by the demand"
    table = v.ancestors(folded.places)
    if table.shape[1] < 2:
        return "the root has no operations"
    to = table[births.goal, 1]
    if (to < 0).any():
        return "tasks come to the root's own desk, so no task belongs to one child"
    order = np.argsort(births.time, kind="stable")
    times, works, to = births.time[order], births.work[order] / speed, to[order]
    total = sum(agents[child] for child in children)
    used = [child for child in children if (to == child).any()]
    if total < len(used) or total > 2000:
        return f"{total} agents for {len(used)} classes"
    counted = [int(((to == c) & window.holds(times)).sum()) for c in used]
    if not sum(counted):
        return "no task arrived in the window"

    def wait_of(child: int, servers: int) -> float:
        mine = to == child
        return mean_wait_of(times[mine].tolist(), works[mine].tolist(), servers, window)

    costs = []
    for child, count in zip(used, counted, strict=True):
        column: list[float] = []
        for servers in range(1, total - len(used) + 2):
            settled = len(column) > 1 and column[-1] == 0.0
            column.append(0.0 if settled or not count else wait_of(child, servers) * count)
        costs.append(column)
    split, cost = best_split(costs, total)
    given = sum(wait_of(c, agents[c]) * n for c, n in zip(used, counted, strict=True) if n and agents[c] > 0)
    pool = mean_wait_of(times.tolist(), works.tolist(), total, window)
    names = [folded.places[child][0] for child in used]
    return Baselines(
        split=dict(zip(names, split, strict=True)),
        split_wait=cost / sum(counted),
        pool_wait=pool,
        as_given_wait=given / sum(counted),
    )
