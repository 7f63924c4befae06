"""Draws: the sender's own sequence of each stream, or keyed by the task, its stage and its attempt.

What belongs to a task is keyed by the task, so that nothing else in the organisation can shift it;
everything else is drawn from the sender's own sequence. Each variate needs one uniform number.
"""

from __future__ import annotations

import math

from vsmlab.mechanisms.numbers import logarithm, natural_exp, normal_quantile
from vsmlab.mechanisms.philox import keyed_uniform, philox, sequence_uniform

from . import law
from .kinds import CONSTANT, DELAY_DRAWS, DEMAND_DRAWS, EXPONENTIAL, GAMMA, LOGNORMAL, LOSS_DRAWS, UNIFORM
from .tables import State, Task, Unit

M32 = 0xFFFFFFFF


@law
def sequence_draw(state: State, unit: Unit, stream: int) -> float:
    """The unit's next uniform number of this stream, in [0, 1)."""
    if stream == DELAY_DRAWS:
        draw = unit.delay_draws
        unit.delay_draws = draw + 1
    elif stream == LOSS_DRAWS:
        draw = unit.loss_draws
        unit.loss_draws = draw + 1
    elif stream == DEMAND_DRAWS:
        draw = unit.demand_draws
        unit.demand_draws = draw + 1
    else:
        draw = unit.state_draws
        unit.state_draws = draw + 1
    return sequence_uniform(state.ledger[0].seed, unit.identity, stream, draw)


@law
def task_draw(state: State, task: Task, stream: int, attempt: int, draw: int) -> float:
    """The uniform number that belongs to this task at its present stage."""
    return keyed_uniform(state.ledger[0].seed, task.identity, stream, task.stage, attempt, draw)


@law
def exponential(mean: float, u: float) -> float:
    """Exponential variate by inversion."""
    return 0.0 - mean * logarithm(1.0 - u)


@law
def inside(u: float) -> float:
    """``u`` moved off zero, where the quantile of an unbounded distribution is infinite."""
    return u if u > 0.0 else 5.551115123125783e-17


@law
def spare_uniform(seed: int, u: float, draw: int) -> float:
    """More uniform numbers that hang on ``u`` alone, under a key that no other draw has."""
    bits = int(u * 9007199254740992.0)
    a, b, _, _ = philox(bits & M32, bits >> 32, draw, 0x9A3A, seed & M32, (seed >> 32) | 0x80000000)
    return ((a >> 5) * 67108864.0 + (b >> 6)) / 9007199254740992.0


@law
def standard_gamma(seed: int, shape: float, u: float) -> float:
    """Gamma variate of scale one (Marsaglia and Tsang 2000; below shape 1 boosted by a power of a uniform)."""
    boost = 1.0
    k = shape
    if shape < 1.0:
        k = shape + 1.0
        boost = natural_exp(logarithm(1.0 - spare_uniform(seed, u, 0)) / shape)
    d = k - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    z = normal_quantile(inside(u))
    for trial in range(1, 64):
        v = 1.0 + c * z
        if v > 0.0:
            v = v * v * v
            w = 1.0 - spare_uniform(seed, u, 2 * trial)
            if logarithm(w) < 0.5 * z * z + d - d * v + d * logarithm(v):
                return boost * d * v
        z = normal_quantile(inside(spare_uniform(seed, u, 2 * trial + 1)))
    return boost * d


@law
def quantile(state: State, first: int, count: int, u: float) -> float:
    """Interpolate ``count`` quantiles of the samples; the j-th stands at level ``(j + 1/2) / count``."""
    place = u * count - 0.5
    if place <= 0.0:
        return state.samples[first].value
    low = int(place)
    if low >= count - 1:
        return state.samples[first + count - 1].value
    base = state.samples[first + low].value
    return base + (place - low) * (state.samples[first + low + 1].value - base)


@law
def variate(state: State, row: int, u: float) -> float:
    """A variate of the distribution in this row, from one uniform number in [0, 1)."""
    distribution = state.distributions[row]
    shape = distribution.shape
    if shape == CONSTANT:
        return distribution.a
    if shape == EXPONENTIAL:
        return exponential(distribution.a, u)
    if shape == UNIFORM:
        return distribution.a + u * (distribution.b - distribution.a)
    if shape == LOGNORMAL:
        return natural_exp(distribution.a + distribution.b * normal_quantile(inside(u)))
    if shape == GAMMA:
        return distribution.b * standard_gamma(state.ledger[0].seed, distribution.a, u)
    return quantile(state, distribution.first, distribution.last - distribution.first, u)


@law
def task_variate(state: State, row: int, task: Task, stream: int, attempt: int) -> float:
    """A variate that belongs to this task at its present stage and the given attempt."""
    if state.distributions[row].shape == CONSTANT:
        return state.distributions[row].a
    return variate(state, row, task_draw(state, task, stream, attempt, 0))
