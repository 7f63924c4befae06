"""vsmlab's whole model: viable systems in viable systems, with everything that a scenario has by default."""

from __future__ import annotations

from typing import Any

FAN = 3


def scenario(size: dict) -> dict[str, Any]:
    """A scenario of so many levels of recursion; every elementary operation has three agents."""
    depth = size["depth"]
    operations = FAN**depth
    return {
        "version": 1,
        "name": "deep",
        "title": f"{depth} levels of recursion, {operations} elementary operations",
        "horizon": size["horizon"],
        "warmup": 0,
        "seed": size["seed"],
        "environment": {
            "demand": {
                "work": {
                    "arrivals": {"poisson": {"rate": 0.25 * operations}},
                    "work": {"exponential": {"mean": 8.0}},
                    "to": "deep",
                }
            }
        },
        "organisation": {"name": "deep", **_node(depth)},
    }


def _node(depth: int) -> dict[str, Any]:
    if depth == 0:
        return {"agents": 3}
    children = {f"part{k}": _node(depth - 1) for k in range(FAN)}
    return {"system2": {"period": 5, "gain": 0.4}, "system3": {"period": 30}, "operations": children}
