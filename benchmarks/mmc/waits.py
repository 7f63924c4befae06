"""What every peer tells of its run of M/M/c: how long each customer waited."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from . import ARRIVALS, SERVERS, SERVICE


class Waits:
    """The wait of each customer; an arrival and an end of service are an event each."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    @property
    def handled(self) -> int:
        return 2 * len(self.waits)

    @property
    def wait(self) -> float:
        return sum(self.waits) / len(self.waits)


class Queue(Waits):
    """The two rules with callbacks, for peers whose users schedule functions.

    Args:
        customers: How many come.
        draw: Draws an exponential number of a rate.
        now: Tells the time.
        after: Schedules a function after a delay.
    """

    def __init__(
        self,
        customers: int,
        draw: Callable[[float], float],
        now: Callable[[], float],
        after: Callable[[float, Callable], None],
    ) -> None:
        super().__init__()
        self.left, self.free, self.queue = customers, SERVERS, deque()
        self.draw, self.now, self.after = draw, now, after
        after(draw(ARRIVALS), self.arrive)

    def arrive(self, *_: object) -> None:
        self.left -= 1
        if self.left > 0:
            self.after(self.draw(ARRIVALS), self.arrive)
        if self.free:
            self.free -= 1
            self.waits.append(0.0)
            self.after(self.draw(SERVICE), self.done)
        else:
            self.queue.append(self.now())

    def done(self, *_: object) -> None:
        if self.queue:
            self.waits.append(self.now() - self.queue.popleft())
            self.after(self.draw(SERVICE), self.done)
        else:
            self.free += 1
