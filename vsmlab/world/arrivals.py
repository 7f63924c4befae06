"""When a stream's next task arrives: Poisson, renewal, Markov-modulated, piecewise-linear, profile or trace."""

from __future__ import annotations

import math

from vsmlab.laws import law
from vsmlab.laws.chance import exponential, sequence_draw, variate
from vsmlab.laws.kinds import DEMAND_DRAWS, LINEAR, MARKOV, POISSON, PROFILE, RENEWAL
from vsmlab.laws.tables import State, Stream, Unit
from vsmlab.mechanisms.numbers import logarithm, natural_exp

from .demand_changes import FOR_EVER, factor, is_copied, is_memoryless, silent_until, varies

NEVER = -1.0


@law
def next_markov(state: State, unit: Unit, stream: Stream, now: float, peak: float) -> float:
    """Markov-modulated Poisson process: in each stage its own rate; after the last stage comes the first."""
    stages = stream.last - stream.first
    time = now
    for _ in range(1_000_000):
        rate = peak * state.samples[stream.first + stream.stage].value
        leave = state.samples[stream.last + stream.stage].value
        time = time + exponential(1.0 / (rate + leave), sequence_draw(state, unit, DEMAND_DRAWS))
        if sequence_draw(state, unit, DEMAND_DRAWS) * (rate + leave) < rate:
            return time
        stream.stage += 1
        if stream.stage == stages:
            stream.stage = 0
    return NEVER


@law
def next_linear(state: State, unit: Unit, stream: Stream, now: float, peak: float) -> float:
    """Poisson process of piecewise-linear rate, by inverting the expected number of arrivals exactly."""
    points = stream.last - stream.first
    wanted = exponential(1.0 / peak, sequence_draw(state, unit, DEMAND_DRAWS))
    time = now
    while stream.stage + 1 < points:
        start = state.samples[stream.first + stream.stage].value
        end = state.samples[stream.first + stream.stage + 1].value
        low = state.samples[stream.last + stream.stage].value
        high = state.samples[stream.last + stream.stage + 1].value
        slope = (high - low) / (end - start)
        rate = low + slope * (time - start)
        expected = 0.5 * (rate + high) * (end - time)
        if wanted < expected:
            return time + 2.0 * wanted / (rate + math.sqrt(max(0.0, rate * rate + 2.0 * slope * wanted)))
        wanted = wanted - expected
        time = end
        stream.stage += 1
    rate = state.samples[stream.last + points - 1].value
    if rate <= 0.0:
        return NEVER
    return time + wanted / rate


@law
def next_in_profile(state: State, unit: Unit, stream: Stream) -> float:
    """The exact number of each window, spread uniformly within it: the next of the remaining order statistics."""
    while stream.remaining == 0:
        if stream.place == stream.last:
            return NEVER
        window = state.windows[stream.place]
        stream.remaining, stream.elapsed = window.count, window.start
        stream.place += 1
    window = state.windows[stream.place - 1]
    u = sequence_draw(state, unit, DEMAND_DRAWS)
    step = 1.0 - natural_exp(logarithm(1.0 - u) / stream.remaining)
    stream.elapsed = stream.elapsed + (window.end - stream.elapsed) * step
    stream.remaining -= 1
    return stream.elapsed


@law
def next_candidate(state: State, unit: Unit, stream: Stream, now: float, peak: float) -> float:
    """When the next task would arrive if demand were ``peak`` times what it is; below zero if none ever does."""
    if stream.process == POISSON:
        return now + exponential(1.0 / (peak * stream.rate), sequence_draw(state, unit, DEMAND_DRAWS))
    if stream.process == RENEWAL:
        return now + variate(state, stream.gap, sequence_draw(state, unit, DEMAND_DRAWS))
    if stream.process == MARKOV:
        return next_markov(state, unit, stream, now, peak)
    if stream.process == LINEAR:
        return next_linear(state, unit, stream, now, peak)
    if stream.process == PROFILE:
        return next_in_profile(state, unit, stream)
    if stream.place == stream.last:
        return NEVER
    stream.place += 1
    return state.instants[stream.place - 1].time


@law
def next_thinned(state: State, unit: Unit, stream: Stream, now: float) -> float:
    """Thinning: of the arrivals at the peak's rate, each is kept with probability factor over peak.

    Equation: P(kept at t) = f(t) / peak, which makes a Poisson process of rate r(t) f(t). Lewis and Shedler
    (1979, source not checked). A Poisson stream has no memory, so it goes on where a silence ends.
    """
    time = now
    while time >= 0.0:
        time = next_candidate(state, unit, stream, time, stream.peak)
        if time >= 0.0:
            end = silent_until(state, stream, time)
            if end >= FOR_EVER:
                return NEVER
            if end > time and stream.process == POISSON:
                time = end
            elif sequence_draw(state, unit, DEMAND_DRAWS) * stream.peak < factor(state, stream, time):
                return time
    return NEVER


@law
def next_time(state: State, unit: Unit, stream: Stream, now: float) -> float:
    """When the next task arrives; below zero if none ever does."""
    if is_copied(stream) or not varies(stream):
        peak = 1.0
        if stream.operated == 1 and stream.asked > 0.0 and is_memoryless(stream):
            peak = stream.asked
        return next_candidate(state, unit, stream, now, peak)
    return next_thinned(state, unit, stream, now)
