"""Mesa's discrete events, whichever of its two interfaces is there: that of 3.5 and later, or the experimental one."""

from __future__ import annotations

from collections.abc import Callable

import mesa


class Clock:
    """Schedules functions on a Mesa model. Mesa holds them weakly, so what waits is held here."""

    def __init__(self) -> None:
        self.model = mesa.Model()
        if hasattr(self.model, "schedule_event"):
            self.model._default_schedule.stop()
            self.schedule, self.now, self.run = self._new, self._new_now, self.model.run_until
        else:
            from mesa.experimental.devs import DEVSimulator

            self.simulator = DEVSimulator()
            self.simulator.setup(self.model)
            self.schedule, self.now, self.run = self._old, self._old_now, self.simulator.run_until
        self.waiting: dict[int, Callable[[], None]] = {}

    def _new(self, delay: float, function: Callable[..., None], given: list) -> None:
        def once() -> None:
            del self.waiting[id(once)]
            function(*given)

        self.waiting[id(once)] = once
        self.model.schedule_event(once, after=delay)

    def _new_now(self) -> float:
        return self.model.time

    def _old(self, delay: float, function: Callable[..., None], given: list) -> None:
        self.simulator.schedule_event_relative(function, delay, function_args=given)

    def _old_now(self) -> float:
        return self.simulator.time
