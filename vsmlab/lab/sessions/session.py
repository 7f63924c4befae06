"""A session: a run on the reference engine that a person moves on, looks at, and intervenes in.

What they do is a message from the operator, due now, and an act of the scenario. So the scenario with its acts
replays what was played, row for row, on any engine; saving a session proves it.
"""

from __future__ import annotations

import math
import secrets
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import simpy
from pydantic import ValidationError

from vsmlab.engines.journal import Journal, Segment
from vsmlab.engines.simpy_engine import Agenda
from vsmlab.errors import InputError, PeerError
from vsmlab.lab.build import build
from vsmlab.lab.build.operator import bring_in, ground_of, messages_of
from vsmlab.lab.check_acts import check_act
from vsmlab.lab.loader import Loaded, Traces, again
from vsmlab.lab.outline import outline
from vsmlab.lab.record import Run
from vsmlab.lab.refusals import refuse
from vsmlab.lab.run import resolved, run
from vsmlab.lab.scenario import Act, Scenario
from vsmlab.mechanisms.philox import forget_blocks

from .kept import Kept, identified
from .readings import DialReading, Gauges, Readings

KEPT_ROWS: Final = 200_000
FORGET_AFTER: Final = 500_000
"""Messages after which buffers of draws are emptied."""


class Session:
    """A run that stands still until it is moved on.

    Everything due before ``now`` has been handled, and nothing that is due then or later.

    Args:
        scenario: As for ``vsmlab.run``; its own acts come to pass when they are due.
        seed: In place of the scenario's.
        until: Horizon in seconds, in place of the scenario's.
        overrides: ``a.b.c=VALUE`` each.
        trace: As for ``vsmlab.run``.
        keep: Rows of the journal that are kept at least.

    Raises:
        InputError: If anything that was given is wrong.
    """

    def __init__(
        self,
        scenario: Loaded | str | Path | Mapping[str, object],
        *,
        seed: int | None = None,
        until: float | None = None,
        overrides: Sequence[str] = (),
        trace: Traces | None = None,
        keep: int = KEPT_ROWS,
    ) -> None:
        self._loaded = resolved(scenario, seed=seed, until=until, overrides=overrides, trace=trace)
        self._outline = outline(self._loaded.scenario, "act")
        self._keep = keep
        self._acts: list[Act] = []
        self._begin()

    def _begin(self) -> None:
        """Stand at time zero, with what was done still to come."""
        self._start = build(self._loaded)
        self._operator = bring_in(self._start)
        self._ground = ground_of(self._start)
        for act in self._acts:
            self._start.messages.extend(messages_of(act, self._start, self._ground, self._operator))
        self._kept = Kept(self._start, self._keep)
        self._gauges = Gauges(
            self._start, self._kept, self._ground, list(self._loaded.scenario.environment.demand)
        )
        self._journal = Journal(self._start.identities, [self._kept])
        self._env = simpy.Environment()
        self._agenda = Agenda(self._env, self._start, self._journal)
        self._forgotten = 0

    # -- where it stands ---------------------------------------------------------------------------------

    @property
    def now(self) -> float:
        """Seconds since the run began."""
        return float(self._env.now)

    @property
    def horizon(self) -> float:
        """Seconds at which it ends."""
        return self._loaded.scenario.horizon

    @property
    def finished(self) -> bool:
        """Whether it has come to its horizon."""
        return self.now >= self.horizon

    @property
    def handled(self) -> int:
        """Messages handled so far."""
        return self._agenda.handled

    @property
    def count(self) -> int:
        """Rows of the journal so far."""
        return self._journal.count

    @property
    def next_due(self) -> float:
        """When anything is next due; infinity if nothing is."""
        return self._agenda.next_due

    @property
    def digest(self) -> str:
        """The digest that a run to this moment has."""
        probe = Journal(self._start.identities)
        probe.closed, probe.links[:] = self._journal.closed, self._journal.links
        probe.rows = list(self._journal.rows)
        probe.finish()
        return probe.digest

    @property
    def acts(self) -> tuple[Act, ...]:
        """What was done in this session, in order."""
        return tuple(self._acts)

    # -- moving on and back ------------------------------------------------------------------------------

    def advance(self, until: float) -> float:
        """Handle all that is due before a time, at most to the horizon.

        Args:
            until: Seconds; nothing happens if it has come already.

        Returns:
            The time reached.

        Raises:
            InputError: If it is no time.
        """
        if math.isnan(until):
            raise InputError("", "until", "not a time", given=until, right="seconds of the run")
        until = min(float(until), self.horizon)
        if until > self.now:
            try:
                self._env.run(until=until)
            except simpy.exceptions.SimPyException as exc:  # pragma: no cover - we give it no process
                raise PeerError(f"SimPy stopped at {self.now:g} s: {exc}") from exc
            if self.handled - self._forgotten > FORGET_AFTER:
                forget_blocks()
                self._forgotten = self.handled
        return self.now

    def step(self) -> float:
        """Handle all that is due at the next moment at which anything is; returns the time reached.

        It then stands the least bit after that moment, so that what is done next comes after it, also on replay.
        """
        return self.advance(math.nextafter(self.next_due, math.inf))

    def back_to(self, time: float) -> float:
        """Stand where it stood at a time, by replay. What was done then or later is undone.

        Args:
            time: Seconds, not after now.

        Returns:
            The time reached.

        Raises:
            InputError: If it has not come yet.
        """
        if not 0.0 <= time <= self.now:
            right = f"seconds from 0 to {self.now:g}, which is now"
            raise InputError("", "time", "no moment that was", given=time, right=right)
        self._acts = [act for act in self._acts if act.time < time]
        self._begin()
        return self.advance(time)

    def reset(self) -> None:
        """Stand at time zero; what was done is undone."""
        self.back_to(0.0)

    # -- intervening -------------------------------------------------------------------------------------

    def act(self, act: Act | Mapping[str, object]) -> Act:
        """Do something now.

        Args:
            act: As in a scenario's ``operator``; its time, if it says one, is replaced by now.

        Returns:
            The act as it was done.

        Raises:
            InputError: If it cannot be done; nothing has changed then. The place is the act's own field.
        """
        if self.finished:
            raise InputError("act", "", "the run is over", right="go back, or reset")
        try:
            done = self._read(act)
            check_act(self._outline, done, "operator.0")
        except InputError as exc:
            place = exc.place.removeprefix("operator.0").lstrip(".")
            raise InputError("act", place, exc.wrong, given=exc.given, right=exc.right) from None
        self._acts.append(done)
        self._agenda.take_messages(messages_of(done, self._start, self._ground, self._operator))
        return done

    def _read(self, act: Act | Mapping[str, object]) -> Act:
        values = act.model_dump(mode="json", exclude_defaults=True) if isinstance(act, Act) else act
        if not isinstance(values, Mapping):
            raise InputError(
                "act", "", "not a mapping", given=repr(values), right="such as {'kind': 'crash', ...}"
            )
        values = {**values, "time": self.now}
        try:
            return Act.model_validate(values)
        except ValidationError:
            raw = {**self._loaded.raw, "operator": [values]}
            try:
                Scenario.model_validate(raw)
            except ValidationError as exc:
                raise refuse(exc, raw, "act") from None
            raise

    # -- looking -----------------------------------------------------------------------------------------

    def readings(self) -> Readings:
        """What it looks like now."""
        self._look()
        return self._gauges.read(self.now, self.handled, self.count)

    def dials(self, who: str | None = None) -> list[DialReading]:
        """The dials that can be turned, with where they stand and how far they go.

        Args:
            who: Path of one receiver; of every one that was there from the start if unsaid.

        Raises:
            InputError: If there is no such receiver.
        """
        if who is not None and who not in self._ground.rows:
            raise InputError("", "who", "no receiver of this path", given=repr(who))
        return self._gauges.dials(who)

    def rows(self, since: int = 0) -> Segment:
        """Rows of the journal from a number on, with identities, as far as they are kept: at least the last 200,000.

        The first of them has the number ``max(since, first_kept)``.
        """
        return self._kept.since(since, self._pending(max(since, self._journal.closed)))

    def channels_of(self, rows: Segment) -> npt.NDArray[np.int64]:
        """Number of the channel that each of these rows was a message of; -1 where it is none."""
        self._look()
        return self._kept.channels_of(rows)

    @property
    def first_kept(self) -> int:
        """Number of the oldest row that is kept."""
        return self._kept.first

    def names(self) -> dict[int, str]:
        """Path of every receiver by its identity, those included that were born."""
        self._gauges.meet_newborn()
        return dict(zip(self._start.identities, self._start.paths, strict=True))

    def _pending(self, since: int) -> Segment:
        """Rows that are not closed, from this number on."""
        return identified(self._journal.rows[since - self._journal.closed :], self._start.identities)

    def _look(self) -> None:
        """Count what has been written since it was last looked at."""
        self._gauges.meet_newborn()
        self._kept.count(self._pending(self._kept.counted))

    # -- keeping -----------------------------------------------------------------------------------------

    def scenario(self, *, until: float | None = None) -> Loaded:
        """The scenario that replays this session: with everything that was done.

        Args:
            until: Horizon in seconds; the session's own if unsaid, so that the run goes on after what was played.
        """
        raw = dict(self._loaded.raw)
        acts = [*self._loaded.scenario.operator, *self._acts]
        if acts:
            raw["operator"] = [act.model_dump(mode="json", exclude_defaults=True) for act in acts]
        if until is not None:
            raw["horizon"] = until
            if self._loaded.scenario.warmup >= until:
                raw["warmup"] = 0.0  # no row depends on it
        return again(raw, self._loaded.source, self._loaded.base, self._loaded.files)

    def save(self, folder: str | Path, *, engine: str | None = None) -> Run:
        """Run the scenario that replays this session to now, and keep that run if it is the same, row for row.

        Args:
            folder: Folder to write, which must not exist.
            engine: As for ``vsmlab.run``.

        Returns:
            The finished run.

        Raises:
            InputError: If the folder exists or cannot be made, or nothing has been played.
            PeerError: If the replay is another run; nothing is left of it then.
        """
        folder = Path(folder)
        if self.now <= 0.0:
            raise InputError("", "save", "nothing has been played", right="advance first")
        if folder.exists():
            raise InputError("", "folder", "exists already", given=str(folder), right="name a new one")
        hidden = folder.parent / f".{folder.name}.{secrets.token_hex(4)}"
        replay = run(self.scenario(until=self.now), engine=engine, out=hidden)
        try:
            if replay.digest != self.digest:
                raise PeerError(
                    f"the replay at {self.now:g} s is another run ({replay.digest[:12]}) than what was played "
                    f"({self.digest[:12]})"
                )
            hidden.replace(folder)
        except BaseException:
            shutil.rmtree(hidden, ignore_errors=True)
            raise
        return Run(folder)
