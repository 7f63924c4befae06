"""Which engine runs an organisation: what was asked for, or what is done sooner. Both write the same journal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vsmlab.errors import InputError
from vsmlab.laws.kinds import TRACE
from vsmlab.laws.tables import Stream
from vsmlab.world.indicators import expected_rate

from . import compiled, simpy_engine
from .journal import Journal
from .start import Start

ENGINES: Final = ("auto", "simpy", "compiled")
AT_ONCE: Final = 5_000
"""Messages from which on loading machine code that is there pays (some 0.05 s of processor time)."""
AT_FIRST: Final = 2_500_000
"""Messages from which on compiling it pays (some 20 s, against 8 microseconds a message on SimPy)."""

MESSAGES_A_TASK: Final = 8.0
MESSAGES_A_SECOND: Final = 1.5
POINTS: Final = 64


def choose(wanted: str, start: Start, horizon: float, *, own: bool = False) -> str:
    """The engine to take: "simpy" or "compiled".

    Args:
        wanted: One of ``ENGINES``.
        start: The built organisation.
        horizon: Seconds.
        own: Whether users' own laws or processes take part: they are Python, which SimPy alone runs.

    Raises:
        InputError: If the compiled engine is wanted where it cannot be.
    """
    if wanted not in ENGINES:
        raise InputError("", "engine", "unknown engine", given=repr(wanted), right=", ".join(ENGINES))
    if wanted == "compiled" and own:
        right = "leave engine out, or say engine: simpy"
        raise InputError(
            "", "engine", "own laws and processes are not compiled", given="compiled", right=right
        )
    if wanted != "auto":
        return wanted
    if own or not compiled.available():
        return "simpy"
    pays = AT_ONCE if compiled.is_compiled() else AT_FIRST
    return "compiled" if expected_messages(start, horizon) >= pays else "simpy"


def expected_messages(start: Start, horizon: float) -> float:
    """About how many messages a run will handle: within a factor of three on every shipped scenario.

    Equation: 8 a task that is born, and 1.5 a second for each receiver that there is at the start.
    """
    tasks = 0.0
    for row in range(len(start.state.streams)):  # type: ignore[arg-type]
        stream: Stream = start.state.streams[row]
        if stream.process == TRACE:
            tasks += stream.last - stream.first
            continue
        times = (horizon * (point + 0.5) / POINTS for point in range(POINTS))
        tasks += horizon / POINTS * sum(expected_rate(start.state, stream, time) for time in times)
    return MESSAGES_A_TASK * tasks + MESSAGES_A_SECOND * horizon * len(start.identities)


def run_plainly(
    engine: str,
    start: Start,
    horizon: float,
    journal: Journal,
    *,
    progress: Callable[[float], None] | None = None,
    tell: Callable[[str], None] | None = None,
) -> int:
    """Run without own laws and processes on "simpy" or "compiled"; returns the messages handled."""
    if engine == "compiled":
        return compiled.run(start, horizon, journal, progress=progress, tell=tell).handled
    return simpy_engine.run(start, horizon, journal, progress=progress).handled
