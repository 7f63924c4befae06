"""How System 4 forecasts one stream of demand: Holt's method or a dynamic linear model, a season, a leading indicator.

Both methods know a level and its growth for each indicator period, and how far they were wrong so far. Time is
counted in indicator periods: one that was lost makes a step longer, a look in between makes it shorter, and a
short look says less. For whole steps the laws are those of ``mechanisms.forecast_models``, number for number.
"""

from __future__ import annotations

import math

from vsmlab.laws import law
from vsmlab.laws.kinds import DLM
from vsmlab.laws.tables import Source, State, System4
from vsmlab.mechanisms.numbers import logarithm, natural_exp

LEAST_SCALE = 1e-9
LEARNS_LEAD = 0.1
FIRST_FREEDOM = 3.0


@law
def trend_sums(damping: float, steps: float) -> tuple[float, float, float, float, float, float]:
    """What a damped growth adds up to in so many steps, which need not be whole.

    Returns:
        With ``s_j = phi + ... + phi^j`` and k the steps: ``s_k``, ``phi^k`` and, over j = 1..k, the sums of
        ``s_j``, ``s_j^2``, ``s_j phi^j`` and ``phi^2j``; in closed form, so that k may have a fraction.

    Reference:
        Gardner and McKenzie (1985) for the damping, source not checked; the sums are geometric series.
    """
    if damping > 0.999999:
        line = 0.5 * steps * (steps + 1.0)
        return steps, 1.0, line, line * (2.0 * steps + 1.0) / 3.0, line, steps
    if damping <= 0.0:
        return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    power = natural_exp(steps * logarithm(damping))
    ratio = damping / (1.0 - damping)
    once = ratio * max(0.0, 1.0 - power)
    twice = damping * damping * (1.0 - power * power) / (1.0 - damping * damping)
    return (
        once,
        power,
        ratio * max(0.0, steps - once),
        ratio * ratio * max(0.0, steps - 2.0 * once + twice),
        ratio * max(0.0, once - twice),
        twice,
    )


@law
def season_part(source: Source, time: float) -> int:
    """Which part of the season a time belongs to, from 0; seasons begin with the run."""
    if source.bin <= 0.0 or time < 0.0:
        return 0
    return int(time / source.bin) % source.seasons


@law
def season_index(state: State, source: Source, time: float) -> float:
    """By how many erlangs this part of the season lies above the level; 0 until the whole season is known."""
    if source.season_known == 0:
        return 0.0
    return state.memories[source.first_season + season_part(source, time)].value


@law
def learn_season(state: State, source: Source, gamma: float, now: float, value: float) -> None:
    """Count what was demanded for its part of the season; when a part is over, learn from it."""
    if source.seasons <= 0:
        return
    part = season_part(source, now - 0.5 * source.every)
    over = state.memories[source.first_season + source.season_part]
    if part != source.season_part and over.count > 0:
        end_part(state, source, gamma)
        if source.season_known == 0 and all_known(state, source):
            source.season_known = 1
            source.level -= season_index(state, source, now - 0.5 * source.every)
    source.season_part = part
    here = state.memories[source.first_season + part]
    here.total += value
    here.count += 1


@law
def end_part(state: State, source: Source, gamma: float) -> None:
    """The part in the middle of the season that just ended is compared with the mean of that whole season.

    Equation: s_c += gamma (y_c - mean(y_{c-m/2} / 2, ..., y_{c+m/2} / 2) - s_c), the first time outright.
    Classical decomposition by a centred moving average (textbook), a part at a time. Our own choice against
    Holt-Winters, whose indices learn from errors that a trend has already followed: with growth and a season
    much longer than the trend's memory that diverges (tests). A moving average cannot, and no straight line
    passes for a season.
    """
    m = source.seasons
    newest = state.memories[source.first_season + source.season_part]
    before, was_seen = newest.raw, newest.seen
    newest.raw = newest.total / newest.count
    newest.total, newest.count, newest.seen = 0.0, 0, newest.seen + 1
    if was_seen == 0:
        return
    total, parts = 0.0, 0
    for row in range(source.first_season, source.first_season + m):
        if state.memories[row].seen > 0:
            total += state.memories[row].raw
            parts += 1
    if m % 2 == 0:
        total += 0.5 * (before - newest.raw)
    middle = state.memories[source.first_season + (source.season_part - m // 2 + m) % m]
    if middle.seen == 0:
        return
    apart = middle.raw - total / parts
    if middle.learned == 0:
        middle.value = apart
    else:
        middle.value += gamma * (apart - middle.value)
    middle.learned += 1


@law
def all_known(state: State, source: Source) -> bool:
    """Whether every part of the season that was ever seen has an index."""
    for row in range(source.first_season, source.first_season + source.seasons):
        if state.memories[row].seen > 0 and state.memories[row].learned == 0:
            return False
    return True


@law
def level_spread(system4: System4, source: Source, steps: float) -> float:
    """The variance of the level after so many steps without an observation, by the dynamic linear model.

    Equation: element (1, 1) of G^k C G'^k + sum over j = 1..k of G^j D G'^j, G = ((1, phi), (0, phi)),
    D = diag(C_ii (1 / delta_i - 1)): a discount for each component, and forecasts with the evolution of the
    next step kept for all (West and Harrison 1997, source not checked).
    """
    s, _, _, ss, _, _ = trend_sums(system4.damping, steps)
    from_level = source.c_level * (1.0 / system4.keep_level - 1.0)
    from_growth = source.c_growth * (1.0 / system4.keep_growth - 1.0)
    return (
        source.c_level
        + 2.0 * s * source.c_both
        + s * s * source.c_growth
        + steps * from_level
        + ss * from_growth
    )


@law
def error_spread(system4: System4, source: Source, steps: float) -> float:
    """The variance of the level after so many steps, in units of one error's, by Holt's method.

    Equation: sum over j = 1..k-1 of (alpha + beta s_j)^2, s_j = phi + ... + phi^j (Hyndman et al. 2008,
    source not checked).
    """
    before = max(0.0, steps - 1.0)
    _, _, s, ss, _, _ = trend_sums(system4.damping, before)
    alpha, beta = system4.alpha, system4.beta
    return alpha * alpha * before + 2.0 * alpha * beta * s + beta * beta * ss


@law
def trend_mean(state: State, system4: System4, source: Source, time: float) -> float:
    """What to expect at a time: level, growth so far, and the season. Levels are of the middle of a period."""
    s, _, _, _, _, _ = trend_sums(system4.damping, steps_to(source, time))
    return source.level + s * source.growth + season_index(state, source, time)


@law
def steps_to(source: Source, time: float) -> float:
    """Periods from the middle of the last one observed to a time."""
    return max(0.0, (time - source.since) / source.every + 0.5)


@law
def trend_variance(system4: System4, source: Source, time: float) -> float:
    """How far the trend's forecast may be wrong: variance of an observed period at that time, Student's."""
    steps = steps_to(source, time)
    if system4.method == DLM:
        spread = level_spread(system4, source, steps) + source.scale
    else:
        spread = source.scale * (1.0 + error_spread(system4, source, steps))
    return spread * heavy_tails(source)


@law
def heavy_tails(source: Source) -> float:
    """Variance of Student's t with n degrees of freedom: n / (n - 2); below three as with three."""
    n = max(FIRST_FREEDOM, source.freedom)
    return n / (n - 2.0)


@law
def begin_forecast(source: Source, value: float, now: float) -> None:
    """The first observation is the level; a tenth of it the first guess of the noise, soon unlearned (own choice)."""
    source.level, source.growth = value, 0.0
    source.scale = max(1e-4, 0.01 * value * value)
    source.c_level, source.c_both, source.c_growth = source.scale, 0.0, 0.04 * source.scale
    source.freedom = 1.0
    source.observed, source.since, source.number, source.residual = value, now, 1, 0.0


@law
def learn_dlm(system4: System4, source: Source, steps: float, noise: float, value: float) -> float:
    """One step of the dynamic linear model of linear growth, with discounts and unknown variance; returns e / sqrt Q.

    Equation: a = G m, R = G (C + D) G', f = a_1, Q = R_11 + S v, A = R_.1 / Q, m = a + A e,
    S' = (n S + S e^2 / Q) / (n + 1), C = (S' / S)(R - A A' Q), n += 1; D = diag(C_ii (1 / delta_i - 1)), v the
    noise of this look in that of a whole period. ``value`` is without its season. West and Harrison (1997),
    source not checked; steps that are not whole are our own choice.
    """
    s, p, _, _, sp, pp = trend_sums(system4.damping, steps)
    from_growth = source.c_growth * (1.0 / system4.keep_growth - 1.0)
    r_level = level_spread(system4, source, steps)
    r_both = p * (source.c_both + s * source.c_growth) + sp * from_growth
    r_growth = p * p * source.c_growth + pp * from_growth
    q = r_level + source.scale * noise
    error = value - (source.level + s * source.growth)
    gain_level, gain_growth = r_level / q, r_both / q
    n = source.freedom
    scale = max(LEAST_SCALE, source.scale * (n + error * error / q) / (n + 1.0))
    ratio = scale / source.scale
    source.level = source.level + s * source.growth + gain_level * error
    source.growth = p * source.growth + gain_growth * error
    source.c_level = ratio * (r_level - gain_level * r_level)
    source.c_both = ratio * (r_both - gain_level * r_both)
    source.c_growth = max(0.0, ratio * (r_growth - gain_growth * r_both))
    source.scale, source.freedom = scale, n + 1.0
    return error / math.sqrt(q)


@law
def learn_holt(system4: System4, source: Source, steps: float, noise: float, value: float) -> float:
    """One step of Holt's method with damped growth, in error form; returns the error in deviations.

    Equation: e = y - (l + phi b), l' = l + phi b + alpha e, b' = phi b + beta e; S' = (n S + e^2) / (n + 1).
    Forecastable iff 0 < alpha < 2 and 0 < beta < 4 - 2 alpha, without damping (Hyndman et al. 2008, chapter 10,
    source not checked). A look at a part of a period counts for that part: our own choice.
    """
    s, p, _, _, _, _ = trend_sums(system4.damping, steps)
    before = source.level + s * source.growth
    error = value - before
    source.level = before + system4.alpha * error / noise
    source.growth = p * source.growth + system4.beta * error / noise
    q = source.scale * (error_spread(system4, source, steps) + noise)
    n = source.freedom
    source.scale = max(LEAST_SCALE, (n * source.scale + error * error / noise) / (n + 1.0))
    source.freedom = n + 1.0
    return error / math.sqrt(q)


@law
def learn_demand(state: State, system4: System4, source: Source, now: float, value: float) -> float:
    """Take in what was demanded over the last period; returns how many deviations that was from the forecast.

    What comes again at once, or too soon to say anything new, is passed over: it returns 0.
    """
    if source.number == 0:
        begin_forecast(source, value, now)
        return 0.0
    steps = (now - source.since) / source.every
    if steps < 0.01:
        return 0.0
    noise = max(1.0, 1.0 / steps)
    rest = value - season_index(state, source, now - 0.5 * source.every)
    if system4.method == DLM:
        residual = learn_dlm(system4, source, steps, noise, rest)
    else:
        residual = learn_holt(system4, source, steps, noise, rest)
    learn_season(state, source, system4.gamma, now, value)
    source.observed, source.since, source.residual = value, now, residual
    source.number += 1
    return residual


# -- a leading indicator -----------------------------------------------------------------------------------


@law
def keep_foreshown(state: State, source: Source, now: float, value: float) -> None:
    """Remember what was foreshown, and for when: in a ring, over the oldest."""
    if source.leads <= 0:
        return
    memory = state.memories[source.first_lead + source.lead_number % source.leads]
    memory.value, memory.time = value, now + source.lead
    source.lead_number += 1


@law
def foreshown_before(state: State, source: Source, time: float) -> int:
    """The memory of the last time up to this one for which something was foreshown; -1 if there is none."""
    found, best = -1, 0.0
    for row in range(source.first_lead, source.first_lead + min(source.leads, source.lead_number)):
        memory = state.memories[row]
        if memory.time <= time and (found < 0 or memory.time > best):
            found, best = row, memory.time
    return found


@law
def foreshown_after(state: State, source: Source, time: float) -> int:
    """The memory of the first time after this one for which something was foreshown; -1 if there is none."""
    found, best = -1, 0.0
    for row in range(source.first_lead, source.first_lead + min(source.leads, source.lead_number)):
        memory = state.memories[row]
        if memory.time > time and (found < 0 or memory.time < best):
            found, best = row, memory.time
    return found


@law
def between(state: State, before: int, after: int, time: float) -> float:
    """What was foreshown for a time between two that are remembered, on the straight line from one to the other."""
    one, other = state.memories[before], state.memories[after]
    return one.value + (other.value - one.value) * (time - one.time) / (other.time - one.time)


@law
def judge_foreshown(state: State, source: Source, now: float, value: float) -> None:
    """Learn how far what was foreshown for the last period was wrong: a mean of squares that forgets slowly.

    Equation: v += (e^2 - v) max(1 / (n + 2), 0.1), from the trend's own variance on; own choice. What is
    foreshown for the middle of the next period is kept for the next time.
    """
    half = 0.5 * source.every
    if source.lead_due > 0.0 and abs(now - half - source.lead_due) <= 0.5 * half:
        if source.lead_seen == 0:
            source.lead_error = source.scale
        error = value - source.lead_next
        rate = max(1.0 / (source.lead_seen + 2.0), LEARNS_LEAD)
        source.lead_error += (error * error - source.lead_error) * rate
        source.lead_seen += 1
    source.lead_due = 0.0
    before, after = foreshown_before(state, source, now + half), foreshown_after(state, source, now + half)
    if before >= 0 and after >= 0:
        source.lead_next, source.lead_due = between(state, before, after, now + half), now + half


@law
def expect_demand(state: State, system4: System4, source: Source, time: float) -> tuple[float, float]:
    """Mean and variance of the demand to expect at a time, from the trend and from what foreshows it.

    Equation: weights w = v1 / (v1 + v2) and 1 - w by inverse variance; the variance of the sum is
    (1 - w)^2 v1 + w^2 v2 + 2 w (1 - w) c, where c is the noise of the demand itself, which both miss alike
    (Bates and Granger 1969, source not checked). Beyond the last time foreshown the trend's growth and
    uncertainty from there on are added; what was foreshown for a time that is over says nothing any more; a
    foreshowing that was never put to the test counts as much as the trend: own choice.
    """
    mean, variance = trend_mean(state, system4, source, time), trend_variance(system4, source, time)
    if source.leads <= 0 or source.lead_number == 0:
        return mean, variance
    before, after = foreshown_before(state, source, time), foreshown_after(state, source, time)
    if before < 0 or (after < 0 and state.memories[before].time <= source.since):
        return mean, variance
    beyond = 0.0
    if after >= 0:
        foreshown = between(state, before, after, time)
    else:
        last = state.memories[before].time
        foreshown = state.memories[before].value + mean - trend_mean(state, system4, source, last)
        beyond = max(0.0, variance - trend_variance(system4, source, last))
    other = variance
    if source.lead_seen > 0:
        other = max(LEAST_SCALE, source.lead_error) + beyond
    weight = variance / (variance + other)
    shared = min(source.scale, min(variance, other))
    rest = 1.0 - weight
    return (
        rest * mean + weight * foreshown,
        rest * rest * variance + weight * weight * other + 2.0 * weight * rest * shared,
    )
