"""An operator asks for more or less of a stream while it runs.

Poisson arrivals at a constant rate have no memory: what is left until the next one is exponential, and so it is when
it is stretched or shrunk with the rate. The arrival that was drawn is therefore re-timed, and from then on the
process is exactly that of the new rate. All other streams are given by copies (``demand_changes.py``).
"""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.kinds import NEXT_ARRIVAL
from vsmlab.laws.sending import remind
from vsmlab.laws.tables import State, Stream, Unit

from .demand_changes import is_memoryless

NOTHING, AWAITED, HELD_BACK = 0, 1, 2
"""Whether a stream's next arrival is drawn and on its way, or drawn and held back while nothing is asked for."""


@law
def await_arrival(state: State, unit: Unit, stream: Stream, now: float, time: float) -> None:
    """The next task will arrive at this time (below zero: none will), unless nothing is asked for.

    Each time that an arrival is re-timed the reminder's ``ref`` is one more; what was to come before finds that.
    """
    stream.awaited = NOTHING
    if time < 0.0:
        return
    if stream.operated == 1 and stream.asked <= 0.0 and is_memoryless(stream):
        stream.awaited, stream.left = HELD_BACK, time - now
        return
    stream.awaited, stream.awaited_until = AWAITED, time
    remind(state, unit, NEXT_ARRIVAL, time, 1 + stream.turn)


@law
def ask_for(state: State, unit: Unit, stream: Stream, now: float, times: float) -> None:
    """From now on there are so many times the tasks that the scenario says.

    Equation: the arrival due at T comes at t + (T - t) f / f', with f what was asked for and f' what is; at
    f' = 0 it is held back, with (T - t) f kept. Exact: a Poisson process in the time that it takes to bring
    about one arrival (Cinlar 1975, source not checked).
    """
    before = 1.0
    if stream.operated == 1:
        before = stream.asked
    stream.operated, stream.asked = 1, times
    if not is_memoryless(stream) or times == before:
        return
    left = stream.left
    if stream.awaited == NOTHING:
        return
    if stream.awaited == AWAITED:
        left = (stream.awaited_until - now) * before
        stream.turn += 1
    if times > 0.0:
        await_arrival(state, unit, stream, now, now + left / times)
    else:
        stream.awaited, stream.left = HELD_BACK, left
