"""How System 3 divides whole agents: least expected waiting, or proportional fairness.

The optimal rule gives each operation one agent more than its offered load needs and then the next agent
where it takes most away from the queues: exact, since the mean number waiting in an M/M/c queue is convex in
c (Fox 1966; Dyer and Proll 1977). The proportional rule maximises the sum of w log x (Kelly, Maulloo and Tan
1998) in whole agents. Both work on what was reported, not on what is. Where the desk is free to send any task
to any operation, what each says of its load is what the desk made of it: ``pooled`` operations count as alike.
"""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.kinds import OPTIMAL
from vsmlab.laws.tables import Link, State, System3
from vsmlab.mechanisms.queueing import mean_waiting


@law
def believed(link: Link, told: float) -> float:
    """What System 3 makes of what it is told: divided by how much System 3* found it to be exaggerated (own choice)."""
    return told / max(1.0, link.bias)


@law
def demanded(system3: System3, link: Link) -> float:
    """Erlangs to provide for: what is offered, and what waits, to be worked off within ``drain`` seconds."""
    offered = believed(link, link.offered)
    if system3.drain <= 0.0:
        return offered
    return offered + believed(link, link.waiting) / system3.drain


@law
def first_leaver(system3: System3) -> int:
    """The first link to a child system that is, or was, being retired; -1 if there never was one."""
    if system3.retired == 0:
        return -1
    return system3.retiring


@law
def at_hand(state: State, system3: System3) -> int:
    """Agents that this system may divide: granted to it, less those that it has to return; none while it ends.

    A child system that is retired gives its agents back, and as many leave as came with it.
    """
    if system3.closing == 1:
        return 0
    total = system3.pool - int(system3.recalled - system3.returned) - system3.leaving
    row = first_leaver(system3)
    while row >= 0:
        link = state.links[row]
        total += int(link.initial + link.granted - link.returned)
        row = link.next
    row = system3.first_link
    while row >= 0:
        link = state.links[row]
        total += int(link.initial + link.granted - link.returned)
        row = link.next
    return total


@law
def pooled_demand(state: State, system3: System3) -> float:
    """Erlangs to provide for in each of several interchangeable operations: the mean of what they say."""
    total = 0.0
    row = system3.first_link
    while row >= 0:
        total += demanded(system3, state.links[row])
        row = state.links[row].next
    return total / system3.children


@law
def gain_of_one_more(system3: System3, load: float, agents: int) -> float:
    """What one agent more than ``agents`` is worth to an operation that needs ``load`` erlangs."""
    if system3.rule == OPTIMAL:
        return mean_waiting(agents, load) - mean_waiting(agents + 1, load)
    return load / (agents + 0.5)


@law
def divide(state: State, system3: System3, agents: int) -> None:
    """Give everyone the floor, then one agent at a time where it is worth most; ties to the first."""
    left = agents
    row = system3.first_link
    while row >= 0:
        link = state.links[row]
        link.target = min(system3.floor, left)
        left -= link.target
        row = link.next
    common = pooled_demand(state, system3)
    while left > 0:
        best, most = -1, -1.0
        row = system3.first_link
        while row >= 0:
            link = state.links[row]
            load = common if system3.pooled == 1 else demanded(system3, link)
            worth = gain_of_one_more(system3, load, link.target)
            if best < 0 or worth > most:
                best, most = row, worth
            row = link.next
        given = 1
        if most == 0.0:
            given = left  # one more is worth nothing to anyone: what is left goes to the first
        state.links[best].target += given
        left -= given


@law
def set_best_targets(state: State, system3: System3) -> None:
    """Targets at their best at once; as things are, until everyone has been heard."""
    if system3.first_link < 0:
        return
    agents = max(0, at_hand(state, system3))
    divide(state, system3, agents)
    if unheard(state, system3) > 0:
        keep_as_is(state, system3, agents)


@law
def set_targets(state: State, system3: System3) -> None:
    """The targets of this period: from what each has towards what is best, by the gain and at most so many moves."""
    set_best_targets(state, system3)
    held_back = system3.gain < 1.0 or system3.max_moves >= 0
    if held_back and system3.first_link >= 0 and unheard(state, system3) == 0:
        step_towards(state, system3)


@law
def unheard(state: State, system3: System3) -> int:
    """Operations that have not accounted for anything yet."""
    silent = 0
    row = system3.first_link
    while row >= 0:
        if state.links[row].heard < 0.0:
            silent += 1
        row = state.links[row].next
    return silent


@law
def keep_as_is(state: State, system3: System3, agents: int) -> None:
    """Until everyone has been heard: leave things as they are, as far as the agents at hand allow."""
    left = agents
    row = system3.first_link
    while row >= 0:
        link = state.links[row]
        link.target = min(left, max(0, int(link.initial + link.granted - link.recalled)))
        left -= link.target
        row = link.next
    if left > 0:
        state.links[system3.first_link].target += left


@law
def step_towards(state: State, system3: System3) -> None:
    """Move one agent at a time from the most over its target to the most under it, while moves are left."""
    apart = 0
    row = system3.first_link
    while row >= 0:
        link = state.links[row]
        apart += max(0, link.target - int(link.initial + link.granted - link.recalled))
        row = link.next
    moves = apart
    if system3.gain < 1.0:
        moves = int(system3.gain * apart + 0.999999)
    if system3.max_moves >= 0:
        moves = min(moves, system3.max_moves)
    undo = apart - moves
    while undo > 0:
        over, under, most, least = -1, -1, 0, 0
        row = system3.first_link
        while row >= 0:
            link = state.links[row]
            gap = link.target - int(link.initial + link.granted - link.recalled)
            if gap > most:
                over, most = row, gap
            if gap < least:
                under, least = row, gap
            row = link.next
        if over < 0 or under < 0:
            return
        state.links[over].target -= 1
        state.links[under].target += 1
        undo -= 1
