"""What the environment shows of itself: work demanded lately and, where something foreshows it, work to come.

A leading indicator shows what is expected of the demand process with all that is known to change it, never
a draw that lies ahead: nothing foresees chance.
"""

from __future__ import annotations

from vsmlab.laws import law
from vsmlab.laws.chance import inside, sequence_draw
from vsmlab.laws.kinds import (
    DEMANDED,
    ENV_S4,
    FORESHOWN,
    INDICATOR,
    INDICATOR_DUE,
    LINEAR,
    MARKOV,
    POISSON,
    PROFILE,
    RENEWAL,
    STATE_DRAWS,
)
from vsmlab.laws.sending import remind, send
from vsmlab.laws.tables import Message, State, Stream, Task, Unit, Watch
from vsmlab.mechanisms.numbers import normal_quantile

from .demand_changes import factor


@law
def says_work(stream: Stream) -> bool:
    """Whether the stream says what its tasks need; where it does not, those who serve them do."""
    return (
        stream.work >= 0
        or stream.work_constant != 0.0
        or stream.work_0 != 0.0
        or stream.work_1 != 0.0
        or stream.work_2 != 0.0
        or stream.work_3 != 0.0
    )


@law
def count_for_watches(state: State, stream: Stream, way: int, task: Task) -> None:
    """Count a task that is born for everyone who is shown its way: its work, or the mean of those who serve it."""
    if stream.first_watch == stream.last_watch:
        return
    row = state.choices[way].first_tally
    while row >= 0:
        watch = state.watches[state.tallies[row].watch]
        watch.work += task.work if says_work(stream) else watch.weight
        row = state.tallies[row].next


@law
def markov_rate(state: State, stream: Stream) -> float:
    """The mean rate of a Markov-modulated process in the long run: its rates by the time spent in each stage."""
    stages = stream.last - stream.first
    tasks, time = 0.0, 0.0
    for stage in range(stages):
        stay = 1.0 / state.samples[stream.last + stage].value
        tasks += state.samples[stream.first + stage].value * stay
        time += stay
    return tasks / time


@law
def linear_rate(state: State, stream: Stream, time: float) -> float:
    """The rate that is linear between given times and constant after the last, by bisection of the times."""
    low, high = stream.first, stream.last
    while high - low > 1:
        middle = (low + high) // 2
        if state.samples[middle].value <= time:
            low = middle
        else:
            high = middle
    points = stream.last - stream.first
    rate = state.samples[low + points].value
    if high == stream.last or time <= state.samples[low].value:
        return rate
    begin, end = state.samples[low].value, state.samples[high].value
    return rate + (state.samples[high + points].value - rate) * (time - begin) / (end - begin)


@law
def profile_rate(state: State, stream: Stream, time: float) -> float:
    """Tasks a second in the window that this time lies in, by bisection; none between windows."""
    low, high = stream.first, stream.last
    while high - low > 1:
        middle = (low + high) // 2
        if state.windows[middle].start <= time:
            low = middle
        else:
            high = middle
    if low == stream.last:
        return 0.0
    window = state.windows[low]
    if time < window.start or time >= window.end:
        return 0.0
    return window.count / (window.end - window.start)


@law
def expected_rate(state: State, stream: Stream, time: float) -> float:
    """Tasks a second to expect at a time: the process's own rate times what changes and season make of it.

    Equation: r(t) f(t), with r the mean rate of the process (of a Markov-modulated one its long-run mean, of
    a renewal process one over its mean gap), times what an operator asks for. A trace says nothing of what is to
    come: 0.
    """
    rate = 0.0
    if stream.process == POISSON:
        rate = stream.rate
    elif stream.process == RENEWAL:
        if stream.mean_gap > 0.0:
            rate = 1.0 / stream.mean_gap
    elif stream.process == MARKOV:
        rate = markov_rate(state, stream)
    elif stream.process == LINEAR:
        rate = linear_rate(state, stream, time)
    elif stream.process == PROFILE:
        rate = profile_rate(state, stream, time)
    rate = rate * factor(state, stream, time)
    if stream.operated == 1:
        rate = rate * stream.asked
    return rate


@law
def show_demand(state: State, unit: Unit, watch: Watch, now: float) -> None:
    """Show what was demanded since it was last shown: work born, over the time. Nothing where no time passed."""
    span = now - watch.since
    if span > 0.0:
        demanded = watch.work / span
        watch.work, watch.since = 0.0, now
        send(state, unit, now, ENV_S4, INDICATOR, watch.to, DEMANDED, demanded)


@law
def foreshow(state: State, unit: Unit, stream: Stream, watch: Watch, now: float) -> None:
    """Show what is expected ``lead`` seconds ahead, as well as it can be seen.

    Equation: r(t + lead) f(t + lead) weight (1 + noise Z), Z standard normal, and never below 0. Own choice.
    """
    foreseen = expected_rate(state, stream, now + watch.lead) * watch.weight
    if watch.noise > 0.0:
        z = normal_quantile(inside(sequence_draw(state, unit, STATE_DRAWS)))
        foreseen = max(0.0, foreseen * (1.0 + watch.noise * z))
    send(state, unit, now, ENV_S4, INDICATOR, watch.to, FORESHOWN, foreseen)


@law
def show_indicator(state: State, unit: Unit, now: float, message: Message) -> None:
    """The environment shows itself to the System 4 whose turn (``ref``) it is."""
    stream = state.streams[unit.at]
    watch = state.watches[stream.first_watch + message.ref]
    remind(state, unit, INDICATOR_DUE, now + watch.every, message.ref)
    if watch.lead > 0.0:
        foreshow(state, unit, stream, watch, now)
    else:
        show_demand(state, unit, watch, now)


@law
def answer_probe(state: State, unit: Unit, now: float, message: Message) -> None:
    """A System 4 looks: show it at once what was demanded since it was last shown."""
    stream = state.streams[unit.at]
    for row in range(stream.first_watch, stream.last_watch):
        watch = state.watches[row]
        if watch.to == message.sender and watch.lead <= 0.0:
            show_demand(state, unit, watch, now)
