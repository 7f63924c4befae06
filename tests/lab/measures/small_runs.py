"""A small organisation whose channels can be broken in known ways, and hand-made journals for it."""

from __future__ import annotations

from typing import Any

import numpy as np

from vsmlab.engines.journal import ROW
from vsmlab.lab.build import build
from vsmlab.lab.loader import load
from vsmlab.lab.measures.all import all_measures, fold_of
from vsmlab.lab.run import measures_of
from vsmlab.laws import kinds as k


def shop(**rest: Any) -> dict[str, Any]:
    """Two operations that report every second, a System 2 and a System 3, well staffed."""
    children = {"agents": 4, "report": {"every": 1.0, "phase": 0.0}, "management": {"account_every": 10.0}}
    organisation = {
        "name": "shop",
        "operations": {"left": children, "right": children},
        "system2": {"period": 5.0},
        "system3": {"period": 10.0, "account_period": 10.0, "may_move": "nothing"},
        **dict.fromkeys(("audit", "system4", "system5"), "off"),
        **rest.pop("organisation", {}),
    }
    stream = {"arrivals": {"poisson": {"rate": 2.0}}, "work": {"exponential": {"mean": 1.0}}}
    demand = {name: {**stream, "to": f"shop.{name}"} for name in ("left", "right")}
    frame = {"version": 1, "name": "shop", "title": "A shop", "horizon": 600.0, "warmup": 60.0, "seed": 7}
    environment = {"demand": demand, **rest.pop("environment", {})}
    return {**frame, "environment": environment, "organisation": organisation, **rest}


def measured(mapping: dict[str, Any]) -> dict[str, Any]:
    """The measures of a run of it."""
    return measures_of(load(mapping))


Line = tuple[float, int, str, str, int, float]
"""Due, kind, sender, receiver, ref and value of a row."""


def told(mapping: dict[str, Any], lines: list[Line], *, segment: int = 1000) -> dict[str, Any]:
    """The measures of a journal of these messages and facts alone, each sent when it is handled."""
    loaded = load(mapping)
    start = build(loaded)
    fold = fold_of(start, loaded.scenario)
    who = dict(zip(start.paths, start.identities, strict=True))
    rows = np.zeros(len(lines), ROW)
    for row, (due, kind, sender, receiver, ref, value) in zip(rows, sorted(lines), strict=True):
        row["due"], row["kind"], row["ref"], row["value"] = due, kind, ref, value
        row["sender"], row["receiver"], row["task"], row["cause"] = who[sender], who[receiver], -1, -1
    for begin in range(0, len(rows), segment):
        fold(rows[begin : begin + segment])
    return all_measures(fold, start, loaded.scenario)


def every(period: float, horizon: float, *line: Any) -> list[Line]:
    """One message again and again, in the middle of each period; values in turn where there are several."""
    kind, sender, receiver, ref, values = line
    return [
        ((turn + 0.5) * period, kind, sender, receiver, ref, values[turn % len(values)])
        for turn in range(round(horizon / period))
    ]


def loops_of_shop(horizon: float) -> list[Line]:
    """What keeps every periodic loop of the shop alive, and says nothing new."""
    lines: list[Line] = []
    for name in ("shop.left", "shop.right"):
        own = f"{name}.management"
        lines += every(1.0, horizon, k.LOAD, name, own, k.PRESENT, [1.0])
        lines += every(5.0, horizon, k.HEARTBEAT, own, "shop.system2", 0, [1.0])
        lines += every(10.0, horizon, k.ACCOUNTS, own, "shop.system3", k.CARRIED, [1.0])
    return lines
