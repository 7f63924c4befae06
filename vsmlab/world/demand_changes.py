"""How demand changes: a season and changes multiply a stream's rate, arrival by arrival.

A process whose arrivals are Poisson given its rate is made at ``peak`` times its rate, and each candidate is
kept with probability factor over peak: exactly the process of the product rate (Lewis and Shedler 1979,
source not checked). Recorded or renewed arrivals keep their times; each counts so many times as the factor
says, its fraction by chance, so that the mean is right. So does every arrival of a stream of which an operator
asks more or less, unless it is Poisson at a constant rate: that is re-timed (``operated.py``).
"""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.chance import sequence_draw
from vsmlab.laws.kinds import DEMAND_DRAWS, POISSON, PROFILE, RENEWAL, TRACE
from vsmlab.laws.tables import Change, State, Stream, Unit
from vsmlab.mechanisms.numbers import sine

FOR_EVER = 1e300


@law
def varies(stream: Stream) -> bool:
    """Whether anything changes the stream's demand; where nothing does, nothing is drawn for it."""
    return stream.season > 0.0 or stream.first_change < stream.last_change


@law
def is_copied(stream: Stream) -> bool:
    """Whether a change of demand copies or omits this stream's arrivals, instead of changing their rate."""
    return stream.process == RENEWAL or stream.process == PROFILE or stream.process == TRACE


@law
def is_memoryless(stream: Stream) -> bool:
    """Whether what an operator asks for changes the stream's rate exactly: Poisson arrivals at a constant rate."""
    return stream.process == POISSON and not varies(stream)


@law
def is_asked_by_copies(stream: Stream) -> bool:
    """Whether an operator asks for more or less of this stream, and gets it by copies of its arrivals."""
    return stream.operated == 1 and not is_memoryless(stream)


@law
def factor_of(change: Change, time: float) -> float:
    """What one change makes of demand: 1 outside it, its factor within, on a straight line while it begins."""
    if time < change.start or time >= change.end:
        return 1.0
    if change.over <= 0.0 or time >= change.start + change.over:
        return change.factor
    return 1.0 + (change.factor - 1.0) * (time - change.start) / change.over


@law
def factor(state: State, stream: Stream, time: float) -> float:
    """What all changes and the season make of demand at a time.

    Equation: product of the changes, times 1 + amplitude sin(2 pi (t / period + phase)). Own choice.
    """
    product = 1.0
    for row in range(stream.first_change, stream.last_change):
        product = product * factor_of(state.changes[row], time)
    if stream.season > 0.0:
        product = product * (1.0 + stream.season * sine(time / stream.season_period + stream.season_phase))
    return max(0.0, product)


@law
def silent_until(state: State, stream: Stream, time: float) -> float:
    """Until when a change keeps the stream silent from this time on; the time itself if none does."""
    end = time
    for row in range(stream.first_change, stream.last_change):
        change = state.changes[row]
        if change.factor <= 0.0 and factor_of(change, time) <= 0.0:
            end = max(end, change.end)
    return end


@law
def copies_at(state: State, unit: Unit, stream: Stream, time: float) -> int:
    """How many tasks an arrival at this time counts for: the factor's whole part, one more by its fraction.

    Equation: floor(f) + Bernoulli(f - floor(f)). Own choice: the times stay those that were recorded.
    """
    many = 1.0
    if is_asked_by_copies(stream):
        many = stream.asked
    if varies(stream) and is_copied(stream):
        many = many * factor(state, stream, time)
    elif many == 1.0:
        return 1
    whole = int(many)
    if sequence_draw(state, unit, DEMAND_DRAWS) < many - whole:
        whole += 1
    return whole
