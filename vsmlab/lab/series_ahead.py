"""System 4 and the homeostat over time: what came and what was foreseen, who wished for how many agents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vsmlab.lab.series import Floats, History, Steps, summed
from vsmlab.lab.series_noted import Rows
from vsmlab.laws import kinds as k


@dataclass(frozen=True, slots=True, eq=False)
class Foresight:
    """What one System 4 heard and foresaw, erlangs.

    Args:
        demanded: Work demanded lately, of all streams it is shown; what System 3 told it was offered, if none.
        shown: Whether the environment itself showed that demand.
        times: Times that the forecasts are for.
        means: What was expected for those times.
        spreads: Its deviation.
        ahead: Seconds from each forecast to its time.
        foreshown: What its leading indicators showed, at the time that it was shown for; None without one.
        capability: What System 3 said it could serve; None if it said nothing.
    """

    demanded: Steps | None
    shown: bool
    times: Floats
    means: Floats
    spreads: Floats
    ahead: Floats
    foreshown: Steps | None
    capability: Steps | None


def foresight(past: History, path: str, lead: float) -> Foresight | None:
    """What the System 4 of a viable system heard and foresaw; None if it foresaw nothing.

    Args:
        past: The run.
        path: The viable system.
        lead: Seconds that its leading indicators run ahead.
    """
    heard = past.noted.at(f"{path}.system4", k.FORECAST, k.SPREAD, k.INDICATOR, k.LOAD, k.CAPABILITY)
    kind = heard["kind"]
    means, spreads = heard[kind == k.FORECAST], heard[kind == k.SPREAD]
    means = means[: len(spreads)]
    if not len(means):
        return None
    of_streams = heard[(kind == k.INDICATOR) & (heard["ref"] == k.DEMANDED)]
    foreshown = heard[(kind == k.INDICATOR) & (heard["ref"] == k.FORESHOWN)].copy()
    foreshown["due"] += lead
    offered = heard[(kind == k.LOAD) & (heard["ref"] == k.OFFERED)]
    return Foresight(
        _of_senders(of_streams) or _of_senders(offered),
        bool(len(of_streams)),
        means["due"] + means["ref"],
        means["value"],
        spreads["value"][: len(means)],
        means["ref"].astype(np.float64),
        _of_senders(foreshown),
        _of_senders(heard[kind == k.CAPABILITY]),
    )


def _of_senders(rows: Rows) -> Steps | None:
    """The sum of what each sender said last, from when all had spoken."""
    if not len(rows):
        return None
    each = [rows[rows["sender"] == one] for one in np.unique(rows["sender"])]
    total = summed([Steps(one["due"], one["value"]) for one in each])
    whole = total.times >= max(float(one["due"][0]) for one in each)
    return Steps(total.times[whole], total.values[whole])


@dataclass(frozen=True, slots=True, eq=False)
class Homeostat:
    """Systems 3 and 4 of one viable system between them, agents.

    Args:
        wish_now: What System 3 wished for, as System 5 heard it; None if it heard nothing.
        wish_then: What System 4 wished for.
        committed: What the two committed the system to, before rounding; None where nobody hires.
        agents: Agents of the whole system.
        weighed: When System 5 weighed the two anew, and the part that it gave to outside and then.
        alarms: When System 5 declared an emergency.
    """

    wish_now: Steps | None
    wish_then: Steps | None
    committed: Steps | None
    agents: Steps
    weighed: list[tuple[float, float]]
    alarms: list[float]


def homeostat(past: History, place: int) -> Homeostat | None:
    """Systems 3 and 4 of a viable system; None if neither wished nor committed itself to anything."""
    path = past.places[place][0]
    proposed = past.noted.at(f"{path}.system5", k.PROPOSAL)
    decided = past.noted.at(f"{path}.system5", k.WEIGHED, k.ALARMED)
    noted = past.noted.at(f"{path}.system3", k.COMMITTED, k.HIRES)
    committed, hires = noted[noted["kind"] == k.COMMITTED], noted[noted["kind"] == k.HIRES]
    now, then = (_of_senders(proposed[proposed["ref"] == which]) for which in (k.AGENTS_NOW, k.AGENTS_THEN))
    if now is None and then is None and not len(committed):
        return None
    outside = decided[(decided["kind"] == k.WEIGHED) & (decided["ref"] == k.OUTSIDE)]
    start = float(past.agents[place])
    return Homeostat(
        now,
        then,
        Steps(committed["due"], committed["value"]) if len(committed) else None,
        Steps(np.append(0.0, hires["due"]), np.append(start, hires["ref"].astype(np.float64))),
        [(float(row["due"]), float(row["value"])) for row in outside],
        [float(time) for time in decided["due"][decided["kind"] == k.ALARMED]],
    )
