"""A System 4 made by hand that knows one source, and noise that is the same for ever."""

from __future__ import annotations

from typing import Any

from receivers import organisation, row_of

from vsmlab.laws import kinds as k
from vsmlab.mechanisms.philox import sequence_uniform

EVERY = 30.0


def forecaster(method: int, *, seasons: int = 0, leads: int = 0, **fields: float) -> tuple[Any, Any, Any]:
    """A System 4 with one source: state, parameters and what it knows."""
    state: Any = organisation(k.SYSTEM4)
    system4 = row_of(state, 0)
    system4.method, system4.damping, system4.alpha, system4.beta = method, 1.0, 0.3, 0.1
    system4.keep_level, system4.keep_growth = 0.9, 0.95
    source = state.sources[state.sources.add()]
    source.every, source.of, source.next, source.since = EVERY, 1, -1, -1.0
    source.first_season = source.first_lead = -1
    for _ in range(seasons + leads):
        state.memories.add()
    if seasons:
        source.seasons, source.first_season = seasons, 0
    if leads:
        source.leads, source.first_lead = leads, seasons
    for name, value in fields.items():
        setattr(system4 if hasattr(system4, name) else source, name, value)
    return state, system4, source


def normal(count: int, seed: int) -> list[float]:
    """Sums of twelve uniforms less six: near enough to normal noise, and the same for ever."""
    draws = [sequence_uniform(seed, 5, k.STATE_DRAWS, n) for n in range(12 * count)]
    return [sum(draws[12 * n : 12 * n + 12]) - 6.0 for n in range(count)]
