"""Frames around small scenarios: a stream, a cell, and what every scenario must say."""

from typing import Any

Plain = dict[str, Any]


def scenario(name: str, demand: Plain, organisation: Plain, **more: Any) -> Plain:
    """The frame around a small scenario; `more` replaces any of it."""
    frame = {"version": 1, "name": name, "title": name, "horizon": 300, "seed": 7}
    return {
        **frame,
        "environment": {"demand": demand},
        "organisation": {"name": "top", **organisation},
        **more,
    }


def poisson(rate: float, to: Any, **more: Any) -> Plain:
    """A Poisson stream of one second's work."""
    return {"arrivals": {"poisson": {"rate": rate}}, "work": {"exponential": {"mean": 1.0}}, "to": to, **more}


def cell(*names: str, **more: Any) -> Plain:
    """A viable system of plain operations."""
    return {"operations": {name: {"agents": 2} for name in names}, **more}
