"""Runs that pages start: each in a process of its own, with how far it is, how long it will take, and an end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from vsmlab.errors import InputError

State = Literal["waiting", "running", "done", "failed", "cancelled"]

PATIENCE: Final = 5.0
"""Seconds that a worker has to clean up after it was told to end."""
MOST_KEPT: Final = 20
MOST_WAITING: Final = 50
MOST_TEXT: Final = 2000


@dataclass(slots=True)
class Job:
    """A run that was asked for.

    Attributes:
        number: Its number, from 1.
        title: What it is called.
        order: What the worker is told: scenario, seed, overrides, folder of runs; or an experiment.
        state: How it stands.
        share: Share of the horizon that was reached, 0 to 1; of an experiment, of its runs.
        had: The share that an earlier job had reached already.
        doing: What it does besides, in words.
        folder: The finished run.
        wrong: Why it failed.
        began: Clock when it began to run.
    """

    number: int
    title: str
    order: dict[str, Any]
    state: State = "waiting"
    share: float = 0.0
    had: float = 0.0
    doing: str = ""
    folder: Path | None = None
    wrong: str = ""
    began: float | None = None
    ended: float | None = None
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def over(self) -> bool:
        """Whether it ended, however."""
        return self.state in ("done", "failed", "cancelled")

    def seconds_left(self, now: float) -> float | None:
        """Seconds that it will still take, by what it took so far; None where that cannot be said yet."""
        if self.state != "running" or self.began is None or self.share - self.had < 0.01:
            return None
        return max(0.0, (now - self.began) * (1.0 - self.share) / (self.share - self.had))


class Jobs:
    """All runs of a server: some at a time, the others wait.

    Args:
        at_once: Runs at the same time; as many as processors, but one, if unsaid.
        command: How a worker is started.
        clock: Seconds.
    """

    def __init__(
        self,
        at_once: int | None = None,
        command: tuple[str, ...] = (sys.executable, "-m", "vsmlab.apps.work"),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._at_once = at_once or max(1, (os.cpu_count() or 2) - 1)
        self._command, self.clock = command, clock
        self._jobs: dict[int, Job] = {}
        self._waiting: deque[Job] = deque()
        self._lock = threading.RLock()
        self._count = 0
        self._closed = False
        self.version = 0
        """Grows with every change: who has shown this number needs not look again."""

    def begin(self, title: str, order: dict[str, Any]) -> Job:
        """Ask for a run.

        Raises:
            InputError: If too many wait already.
        """
        with self._lock:
            if len(self._waiting) >= MOST_WAITING or self._closed:
                right = "let some of them end, or cancel them"
                raise InputError("", "run", f"{MOST_WAITING} runs are waiting already", right=right)
            self._count += 1
            job = Job(self._count, title, order)
            self._jobs[job.number] = job
            for old in [one.number for one in self._jobs.values() if one.over][:-MOST_KEPT]:
                del self._jobs[old]
            self._waiting.append(job)
            self._next()
            return job

    def all(self) -> list[Job]:
        """Every job that is remembered, the newest first."""
        with self._lock:
            return list(reversed(self._jobs.values()))

    def cancel(self, number: int) -> None:
        """End a run; nothing is left of it, but of an experiment the runs that are finished.

        One that is over or unknown stays as it is.
        """
        with self._lock:
            job = self._jobs.get(number)
            if job is None or job.over:
                return
            job.state, job.ended = "cancelled", self.clock()
            if job in self._waiting:
                self._waiting.remove(job)
            process = job._process
            self.version += 1
        if process is not None:
            threading.Thread(target=_end, args=(process,), daemon=True).start()

    def forget(self, number: int) -> None:
        """Leave a run that is over out of the list."""
        with self._lock:
            job = self._jobs.get(number)
            if job is not None and job.over:
                del self._jobs[number]
                self.version += 1

    def close(self) -> None:
        """End everything, and wait for it."""
        with self._lock:
            self._closed = True
            self._waiting.clear()
            processes = [job._process for job in self._jobs.values() if job._process is not None]
        for process in processes:
            process.terminate()
        for process in processes:
            _end(process)

    def _next(self) -> None:
        running = sum(job._process is not None for job in self._jobs.values())
        while self._waiting and running < self._at_once and not self._closed:
            job = self._waiting.popleft()
            running += 1
            self._start(job)
        self.version += 1

    def _start(self, job: Job) -> None:
        """Start a worker. Its standard input stays open as long as we are there: it ends when that does."""
        try:
            process = subprocess.Popen(  # noqa: S603 - our own command, its order by standard input
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
                start_new_session=True,
            )
        except OSError as exc:
            job.state, job.wrong = "failed", f"no process could be started ({exc.strerror})"
            return
        job._process, job.state, job.began = process, "running", self.clock()
        threading.Thread(target=self._follow, args=(job, process), daemon=True).start()

    def _follow(self, job: Job, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(OSError, ValueError):  # it ended before it had read: what it said all the same follows
            process.stdin.write(json.dumps(job.order) + "\n")
            process.stdin.flush()
        with suppress(OSError, ValueError):  # it broke off: what its end says follows
            for line in process.stdout:
                self._hear(job, line)
        code = process.wait()
        for pipe in (process.stdin, process.stdout):
            try:
                pipe.close()
            except OSError:
                continue
        with self._lock:
            job._process = None
            if not job.over:
                job.state, job.wrong = "failed", job.wrong or f"its process ended with code {code}"
            job.ended = job.ended or self.clock()
            self._next()

    def _hear(self, job: Job, line: str) -> None:
        try:
            said = json.loads(line)
        except ValueError:
            return
        if not isinstance(said, dict):
            return
        with self._lock:
            if job.state != "running":
                return
            if "had" in said:
                job.had = job.share = min(1.0, max(0.0, float(said["had"])))
            if "share" in said:
                job.share = min(1.0, max(job.share, float(said["share"])))
            if "doing" in said:
                job.doing = str(said["doing"])[:MOST_TEXT]
            if "wrong" in said:
                job.state, job.wrong = "failed", str(said["wrong"])[:MOST_TEXT]
            if "folder" in said:
                job.state, job.share, job.folder = "done", 1.0, Path(said["folder"])
            self.version += 1


def job_asked_for(given: Mapping[str, str]) -> int:
    """The number of the job that a pressed button names; -1, which is none, where it is not a number."""
    number = given.get("job", "")
    return int(number) if number.isdecimal() and len(number) < 9 else -1


def _end(process: subprocess.Popen[str]) -> None:
    """End a worker: politely, then not."""
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
