"""System 4 looks outside and ahead: it is shown the environment, forecasts, and says what that would take.

It never sees the organisation. What is demanded it is shown by the environment, what its system can do it is
told by System 3, how many children there are by System 5. It gives System 3 an outlook and System 5 proposals.
"""

from __future__ import annotations

import math

from vsmlab.laws import law
from vsmlab.laws.kinds import (
    AGENTS_THEN,
    CAPABILITY,
    CHILD,
    DEVIATION,
    EXPECTED,
    FORECAST,
    FORESHOWN,
    LOAD,
    LOOK_AHEAD,
    OFFERED,
    OUTLOOK,
    POTENTIALITY,
    PROBE,
    PROPOSAL,
    RETIREMENT,
    S4_ENV,
    S4_S3,
    S34_S5,
    SPREAD,
)
from vsmlab.laws.sending import note, remind, send, send_later
from vsmlab.laws.tables import Message, Source, State, System4, Unit

from .forecasting import expect_demand, judge_foreshown, keep_foreshown, learn_demand

NEVER_SINCE = -1.0
SLOW_TO_RETIRE = 5.0


@law
def source_of(state: State, system4: System4, stream: int) -> int:
    """The row of what is known of this stream (-1: of what System 3 says is offered); -1 if nothing is."""
    row = system4.first_source
    while row >= 0 and state.sources[row].of != stream:
        row = state.sources[row].next
    return row


@law
def hear_indicator(state: State, unit: Unit, now: float, message: Message) -> None:
    """The environment shows what was demanded lately, or foreshows what will be."""
    system4 = state.system4s[unit.at]
    row = source_of(state, system4, message.sender)
    if row < 0:
        return
    source = state.sources[row]
    if message.ref == FORESHOWN:
        keep_foreshown(state, source, now, message.value)
        return
    whole = now - source.since >= 0.75 * source.every
    if whole:
        judge_foreshown(state, source, now, message.value)
    surprise = learn_demand(state, system4, source, now, message.value)
    if whole:
        look_again(state, unit, system4, source, now, surprise)


@law
def look_again(
    state: State, unit: Unit, system4: System4, source: Source, now: float, surprise: float
) -> None:
    """What is far from the forecast is looked at again, half a period later: enough to tell chance from change.

    Equation: |e| / sqrt(Q) > probe_beyond. Own choice; a look in between never brings about another.
    """
    if system4.probe_beyond > 0.0 and source.number > 1 and abs(surprise) > system4.probe_beyond:
        send_later(state, unit, now, 0.5 * source.every, S4_ENV, PROBE, source.of, 0, 0.0)


@law
def hear_system3(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 3 says what is offered, what its system can serve and what it could.

    A System 4 that no stream of the environment is shown to forecasts from what is offered.
    """
    system4 = state.system4s[unit.at]
    if message.kind == CAPABILITY:
        system4.capability = message.value
    elif message.kind == POTENTIALITY:
        system4.potentiality = message.value
    elif message.kind == LOAD and message.ref == OFFERED:
        system4.offered = message.value
        row = source_of(state, system4, -1)
        if row >= 0:
            learn_demand(state, system4, state.sources[row], now, message.value)


@law
def hear_children(state: State, unit: Unit, now: float, message: Message) -> None:
    """System 5 says how many children it ever decided on, or retirements; what it says again changes nothing.

    A decision takes time to show: whoever was counted as too busy or too idle is watched anew.
    """
    system4 = state.system4s[unit.at]
    births, retirements = system4.births, system4.retirements
    if message.ref == CHILD:
        system4.births = max(births, int(message.value))
    elif message.ref == RETIREMENT:
        system4.retirements = max(retirements, int(message.value))
    if system4.births != births or system4.retirements != retirements:
        system4.children = max(0, system4.births - system4.retirements)
        system4.above_since = system4.below_since = NEVER_SINCE


@law
def agents_for(system4: System4) -> float:
    """Agents for the work expected, with a margin for what is not known, busy for the share that is aimed at.

    Equation: (mean + cover deviation) / staffing. Own choice.
    """
    work = max(0.0, system4.expected + system4.cover * system4.deviation)
    if system4.staffing > 0.0:
        work = work / system4.staffing
    return work


@law
def look_ahead(state: State, unit: Unit, now: float, message: Message) -> None:
    """Forecast the demand of all streams at the horizon; tell System 3, and propose to System 5.

    Equation: means and variances of the streams add up. Until each has been seen once nothing is said.
    """
    system4 = state.system4s[unit.at]
    remind(state, unit, LOOK_AHEAD, now + system4.period, 0)
    mean, variance = 0.0, 0.0
    row = system4.first_source
    if row < 0:
        return
    while row >= 0:
        source = state.sources[row]
        if source.number == 0:
            return
        one, spread = expect_demand(state, system4, source, now + system4.horizon)
        mean += one
        variance += spread
        row = source.next
    system4.expected, system4.deviation = max(0.0, mean), math.sqrt(variance)
    note(state, unit, FORECAST, -1, int(system4.horizon), system4.expected)
    note(state, unit, SPREAD, -1, int(system4.horizon), system4.deviation)
    tell_outlook(state, unit, system4, now)
    if system4.proposes_children == 1 and system4.system5 >= 0:
        weigh_children(state, unit, system4, now)


@law
def tell_outlook(state: State, unit: Unit, system4: System4, now: float) -> None:
    """Tell System 3 what to expect and how far that may be wrong; tell it and System 5 the agents this takes."""
    agents = agents_for(system4)
    if system4.system3 >= 0:
        send(state, unit, now, S4_S3, OUTLOOK, system4.system3, EXPECTED, system4.expected)
        send(state, unit, now, S4_S3, OUTLOOK, system4.system3, DEVIATION, system4.deviation)
        send(state, unit, now, S4_S3, OUTLOOK, system4.system3, AGENTS_THEN, agents)
    if system4.system5 >= 0:
        send(state, unit, now, S34_S5, PROPOSAL, system4.system5, AGENTS_THEN, agents)


@law
def weigh_children(state: State, unit: Unit, system4: System4, now: float) -> None:
    """Capability against potentiality: propose a child where even all there could be will not do, for long.

    Equation: expected > above * max(capability, potentiality) for ``dwell`` seconds: a child; expected < below
    * capability for five times as long, while there are children: retire one. The gap between the two limits
    is hysteresis. What was proposed is proposed again only after the same time. Own choice (theory A11).
    """
    able, could = system4.capability, max(system4.capability, system4.potentiality)
    if could <= 0.0:
        return
    if system4.expected <= system4.spawn_above * could or system4.children >= system4.most_children:
        system4.above_since = NEVER_SINCE
    elif system4.above_since < 0.0:
        system4.above_since = now
    elif now - system4.above_since >= system4.dwell:
        system4.above_since = now
        send(state, unit, now, S34_S5, PROPOSAL, system4.system5, CHILD, 1.0)
    if system4.expected >= system4.spawn_below * able or system4.children == 0:
        system4.below_since = NEVER_SINCE
    elif system4.below_since < 0.0:
        system4.below_since = now
    elif now - system4.below_since >= SLOW_TO_RETIRE * system4.dwell:
        system4.below_since = now
        send(state, unit, now, S34_S5, PROPOSAL, system4.system5, RETIREMENT, 1.0)
