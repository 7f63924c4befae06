"""Plays a session in a thread of its own, a bounded slice at a time; nobody else ever touches that session.

Orders go in by a queue and are carried out between two slices. What can be seen comes out as a frame that does not
change any more, so whoever looks never waits for the session.
"""

from __future__ import annotations

import math
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

from vsmlab.apps.live.doing import Deed
from vsmlab.apps.live.recorder import Happening, Recorder, Slice
from vsmlab.apps.live.watching import Seen, Watched, look
from vsmlab.errors import VsmLabError
from vsmlab.lab.loader import Loaded
from vsmlab.lab.report import write_report
from vsmlab.lab.run import free_folder
from vsmlab.lab.scenario import Act
from vsmlab.lab.series import bins
from vsmlab.lab.sessions import Readings, Session

SLICE: Final = 0.012
"""Seconds of the wall that one slice should take."""
BREATH: Final = 0.002
"""Seconds between two slices in which the page's own thread gets Python's lock without asking twice."""
LOOK_EVERY: Final = 0.08
"""Seconds of the wall between two frames at most, while it plays."""
PAUSE: Final = 0.25
"""Seconds that it sleeps when nothing is to be done, unless it is woken."""
NEAR: Final = 60.0
"""What is awaited is found within this part of the time that the diagram's numbers are about."""
FASTEST: Final = math.inf


@dataclass(frozen=True, slots=True)
class Said:
    """What the player says: the last message of all, by number."""

    number: int = 0
    text: str = ""
    wrong: bool = False
    run: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """A session as it looked at a moment.

    Args:
        readings: None while it is being built.
        horizon: Where it ends, seconds.
        playing: Whether it goes on.
        speed: Model seconds a second; infinity is as fast as it can.
        busy: What takes long just now; else empty.
        acts: What the operator did.
        lately: What went over channels in the last seconds of the run.
        ever: Paths of all operations that have been there, in the order in which they came.
        seen: What was asked for beyond: dials, messages, a story.
        said: The last thing it said.
        wrong: The error that ended it; else empty.
        forked: When the second session began, None without one.
        seeking: Whether it goes on until something happens.
        number: Grows with every frame.
    """

    readings: Readings | None = None
    horizon: float = 0.0
    playing: bool = False
    speed: float = 10.0
    busy: str = "building the organisation"
    acts: tuple[Act, ...] = ()
    lately: Slice = field(default_factory=Slice)
    ever: tuple[str, ...] = ()
    seen: Seen = field(default_factory=Seen)
    said: Said = field(default_factory=Said)
    wrong: str = ""
    forked: float | None = None
    seeking: bool = False
    number: int = 0

    @property
    def over(self) -> bool:
        """Whether it has come to its end."""
        return self.readings is not None and self.readings.now >= self.horizon


class Player:
    """Plays one session.

    Args:
        loaded: Its scenario.
        runs: Folder that saved runs go to.
        clock: Seconds on the wall.
    """

    def __init__(self, loaded: Loaded, runs: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.loaded, self.runs, self._clock = loaded, runs, clock
        self.frame = Frame(horizon=loaded.scenario.horizon)
        over = float(bins(loaded.scenario.horizon)[1])
        self.recorder, self.other = Recorder(over), Recorder(over)
        self.lock = threading.Lock()
        """Held while the recorders change."""
        self._session: Session | None = None
        self._second: Session | None = None
        self._orders: deque[Callable[[], None]] = deque()
        self._awake = threading.Event()
        self._closed = False
        self._playing, self._speed = False, 10.0
        self._forked: float | None = None
        self._watched = Watched()
        self._said = Said()
        self._awaited: int | None = None
        self._step = 0.05
        self._since: tuple[float, float] = (0.0, 0.0)
        self._looked = -math.inf
        self._thread: threading.Thread | None = None

    # -- the thread --------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to work in a thread."""
        self._thread = threading.Thread(target=self._work, daemon=True, name="vsmlab-live")
        self._thread.start()

    def close(self) -> None:
        """End the thread; after the slice that it is in."""
        self._closed = True
        self._awake.set()

    @property
    def alive(self) -> bool:
        """Whether the thread works."""
        return self._thread is not None and self._thread.is_alive()

    def join(self, seconds: float) -> None:
        """Wait for the thread's end."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _work(self) -> None:
        try:
            while not self._closed:
                pause = self.turn()
                if pause > 0.0 and not self._orders:
                    self._awake.wait(pause)
                    self._awake.clear()
        except Exception as exc:  # noqa: BLE001 - whatever it is, the page says it
            where = traceback.extract_tb(exc.__traceback__)[-1]
            what = str(exc) if isinstance(exc, VsmLabError) else f"{type(exc).__name__}: {exc} ({where.name})"
            self.frame = replace(self.frame, wrong=what, playing=False, busy="", number=self.frame.number + 1)

    def turn(self) -> float:
        """Do what was asked for, play a slice and look; returns the seconds that it may sleep then."""
        if self._session is None:
            self._session = Session(self.loaded)
            self._look(self._session)
        session, asked = self._session, bool(self._orders)
        while self._orders:
            try:
                self._orders.popleft()()
            except (VsmLabError, OSError) as exc:
                self._say(str(exc), wrong=True)
        pause = self._play(session) if self._playing else PAUSE
        if asked or (self._clock() - self._looked >= LOOK_EVERY and session.now != self._now_shown):
            self._look(session)
        return pause

    @property
    def _now_shown(self) -> float:
        return -1.0 if self.frame.readings is None else self.frame.readings.now

    def _play(self, session: Session) -> float:
        began = self._clock()
        goal = math.inf
        if self._speed < FASTEST and self._awaited is None:
            wall, model = self._since
            goal = model + self._speed * (began - wall)
            if goal - session.now > 2.0 * self._speed:  # it cannot keep up: no debt is carried on
                self._pace(session)
                goal = session.now + 0.1 * self._speed
        step = self._step if self._awaited is None else min(self._step, self.recorder.over / NEAR)
        until = min(goal, session.now + step)
        if until > session.now:
            session.advance(until)
            if self._second is not None:
                self._second.advance(session.now)
            took = self._clock() - began
            self._step *= min(2.0, max(0.25, SLICE / max(took, 1e-4)))
            self._sample(session)
        if self._awaited is not None and self.recorder.happened > self._awaited:
            self._stand_at(self._first_since(self._awaited))
            self._look(session)
            return PAUSE
        if session.finished:
            self._playing, self._awaited = False, None
            self._say(f"The run is over: {session.count:,} rows of the journal.")
            self._look(session)
            return PAUSE
        return BREATH if goal > session.now else min(0.05, 0.1 / self._speed + 0.008)

    def _first_since(self, before: int) -> Happening:
        """The first thing that happened after so many."""
        known = self.recorder.happenings
        return known[max(before - self.recorder.happened, -len(known))]

    def _stand_at(self, what: Happening) -> None:
        """What was awaited has come to pass."""
        self._playing, self._awaited = False, None
        self._say(f"At {what.time:,.1f} s: {what.text}. It stands where that was first seen.")

    def _pace(self, session: Session) -> None:
        self._since = (self._clock(), session.now)

    def _sample(self, session: Session) -> Readings:
        read = session.readings()
        with self.lock:
            self.recorder.sample(session, read)
            if self._second is not None:
                self.other.sample(self._second, self._second.readings())
        return read

    def _look(self, session: Session, *, busy: str = "") -> None:
        """Make a frame."""
        self._looked = self._clock()
        read = session.readings()
        if not len(self.recorder.samples):
            read = self._sample(session)
        self.frame = Frame(
            readings=read,
            horizon=session.horizon,
            playing=self._playing,
            speed=self._speed,
            busy=busy,
            acts=session.acts,
            lately=self.recorder.lately(),
            ever=tuple(self.recorder.ever()),
            seen=look(session, self._watched, self.frame.seen),
            said=self._said,
            forked=self._forked,
            seeking=self._awaited is not None,
            number=self.frame.number + 1,
        )

    def _say(self, text: str, *, wrong: bool = False, run: str = "") -> None:
        self._said = Said(self._said.number + 1, text, wrong, run)

    # -- orders ------------------------------------------------------------------------------------------

    def _order(self, do: Callable[[Session], None]) -> None:
        def carry_out() -> None:
            if self._session is not None:
                do(self._session)

        self._orders.append(carry_out)
        self._awake.set()

    def play(self) -> None:
        """Go on."""
        self._order(self._do_play)

    def pause(self) -> None:
        """Stand still."""
        self._order(self._do_pause)

    def step(self) -> None:
        """Go to the next moment at which anything is due, and stand still."""
        self._order(self._do_step)

    def set_speed(self, speed: float) -> None:
        """Model seconds a second; infinity is as fast as it can."""
        self._order(partial(self._do_speed, speed))

    def act(self, act: Mapping[str, object], says: str) -> None:
        """Do something now; ``says`` is what is told of it."""
        self._order(partial(self._do_act, act, says))

    def deed(self, choose: Callable[[Readings], Deed | None]) -> None:
        """Do what is chosen by how things stand when its turn comes: two that double make four times."""
        self._order(partial(self._do_deed, choose))

    def next_event(self) -> None:
        """Go on, as fast as it can, until the next thing happens that is worth a line."""
        self._order(self._do_next_event)

    def back(self) -> None:
        """Stand where it stood before the last act."""
        self._order(self._do_back)

    def reset(self) -> None:
        """Stand at time zero."""
        self._order(self._do_reset)

    def save(self) -> None:
        """Keep what was played as a run."""
        self._order(self._do_save)

    def fork(self) -> None:
        """Let a second session go on from now without what will be done to the first; drop one that is there."""
        self._order(self._do_fork)

    def watch(self, watched: Watched) -> None:
        """Look at this too."""
        self._order(partial(self._do_watch, watched))

    def _do_play(self, session: Session) -> None:
        self._playing, self._awaited = not session.finished, None
        self._pace(session)

    def _do_next_event(self, session: Session) -> None:
        self._do_play(session)
        self._awaited = self.recorder.happened

    def _do_pause(self, session: Session) -> None:
        self._playing, self._awaited = False, None

    def _do_step(self, session: Session) -> None:
        self._do_pause(session)
        self._one_moment(session)

    def _one_moment(self, session: Session) -> None:
        """Handle all that is due at the next moment, in the second session too."""
        session.step()
        if self._second is not None:
            self._second.advance(session.now)
        self._sample(session)

    def _do_speed(self, speed: float, session: Session) -> None:
        self._speed = speed
        self._pace(session)

    def _do_act(self, act: Mapping[str, object], says: str, session: Session) -> None:
        done = session.act(act)
        self._one_moment(session)  # it is due at this very moment: who stands still sees it at once, too
        self._say(f"At {done.time:,.1f} s: {says}")

    def _do_deed(self, choose: Callable[[Readings], Deed | None], session: Session) -> None:
        found = choose(session.readings())
        if found is None:
            self._say("That cannot be done any more: it stands otherwise by now.", wrong=True)
        elif found.already:
            self._say(found.already, wrong=True)
        else:
            self._do_act(found.act, found.says, session)

    def _do_back(self, session: Session) -> None:
        if not session.acts:
            self._say("Nothing was done that could be undone.", wrong=True)
            return
        before, goal = len(session.acts), session.acts[-1].time
        self._return(session, goal)
        undone = before - len(session.acts)
        what = (
            "the last act is undone" if undone == 1 else f"the last {undone} acts, of one moment, are undone"
        )
        self._say(f"Back at {goal:.1f} s: {what}.")

    def _return(self, session: Session, goal: float) -> None:
        self._playing, self._awaited = False, None
        self._look(session, busy=f"going back to {goal:.1f} s")
        session.back_to(goal)
        self._second = self._forked = None
        with self.lock:
            self.recorder.go_back(goal, session.count)
            self.other.begin_anew(0)

    def _do_reset(self, session: Session) -> None:
        self._return(session, 0.0)
        with self.lock:
            self.recorder.begin_anew(0)
        self._say("Back at the beginning; what was done is undone.")

    def _do_save(self, session: Session) -> None:
        self._look(session, busy="saving: the same is run again and compared, row for row")
        self.runs.mkdir(parents=True, exist_ok=True)
        folder = free_folder(self.runs, f"{self.loaded.scenario.name}-played")
        run = session.save(folder)
        self._look(session, busy="the replay is the same run; writing its report")
        said = f"Saved as {folder.name}: replayed, it is the same run, row for row ({run.digest[:12]})."
        try:
            write_report(run)
        except VsmLabError as exc:  # the run itself is kept
            said += f" Its report could not be written: {exc}"
        self._pace(session)
        self._say(said, run=str(folder))

    def _do_fork(self, session: Session) -> None:
        if self._second is not None:
            self._second = self._forked = None
            self._say("The second session is dropped.")
        else:
            self._look(session, busy="making a second session that stands here too")
            self._second = Session(session.scenario())
            self._second.advance(session.now)
            self._forked = session.now
            self._say(
                f"From {session.now:.1f} s on a second session goes on as if nothing more were done: the broken lines."
            )
        with self.lock:
            self.other.begin_anew(0 if self._second is None else self._second.count, session.now)
        self._pace(session)

    def _do_watch(self, watched: Watched, session: Session) -> None:
        self._watched = watched
