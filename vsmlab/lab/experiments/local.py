"""Runs on this machine: in this process, or in a pool of fresh ones that live as long as the experiment.

Workers are started by command, not by ``multiprocessing``: a user's script is not imported again and needs no
guard, and a worker hears that this process has died, however it died, because its standard input ends.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Final, Protocol

from vsmlab.errors import PeerError
from vsmlab.lab.experiments.work import Base, Line, Task, Worker

AHEAD: Final = 0.25
"""Seconds of work that a worker has at hand, so that it never waits for this process."""
MOST_AHEAD: Final = 64
DEATHS: Final = 2
"""So many workers may end on one run before it is recorded as failed."""
_PACKAGES: Final = Path(__file__).resolve().parents[3]
_ONE_THREAD: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


class Runner(Protocol):
    """Whatever makes runs: they come back in any order."""

    def run(self, tasks: Sequence[Task]) -> Iterator[Line]:
        """Make these runs; each comes back once, done or failed."""
        ...

    def close(self) -> None:
        """End all that was started."""
        ...


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Alone:
    """Runs one after the other in this process."""

    def __init__(self, base: Base) -> None:
        self._worker = Worker(base.plain())

    def run(self, tasks: Sequence[Task]) -> Iterator[Line]:
        """Make these runs, in order."""
        for task in tasks:
            yield self._worker(task.plain())

    def close(self) -> None:
        """Nothing was started."""


class _Process:
    """One worker: its process, and what it was given and has not answered, in order."""

    def __init__(self, base: str, heard: SimpleQueue[tuple[_Process, bytes]]) -> None:
        path = os.pathsep.join([str(_PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])])
        environment = {**dict.fromkeys(_ONE_THREAD, "1"), **os.environ, "PYTHONPATH": path}
        self.errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the worker lives
        self.tasks: deque[Task] = deque()
        self.answered = False
        self.process = subprocess.Popen(  # noqa: S603 - this Python, with nothing that a user said
            [sys.executable, "-m", "vsmlab.lab.experiments.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env=environment,
            process_group=0,  # Ctrl-C in a terminal is for this process, which then ends its workers
        )
        self.tell(base)
        threading.Thread(target=self._listen, args=(heard,), daemon=True).start()

    def _listen(self, heard: SimpleQueue[tuple[_Process, bytes]]) -> None:
        assert self.process.stdout is not None
        for text in self.process.stdout:
            heard.put((self, text))
        heard.put((self, b""))

    def tell(self, text: str) -> None:
        """A line to the worker; whether it lives is heard elsewhere."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(text.encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            return

    def give(self, task: Task) -> None:
        self.tasks.append(task)
        self.tell(json.dumps(task.plain()))

    def said(self) -> str:
        """Its last words."""
        self.errors.seek(0)
        lines = self.errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""

    def end(self) -> int:
        """End it if it lives; returns how it ended."""
        self.process.kill()
        code = self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.errors):
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:
                continue
        return code


class Pool:
    """A pool of worker processes.

    Args:
        base: What all runs share.
        workers: How many.
    """

    def __init__(self, base: Base, workers: int) -> None:
        self._base = json.dumps(base.plain())
        self._heard: SimpleQueue[tuple[_Process, bytes]] = SimpleQueue()
        self._workers = workers
        self._alive: list[_Process] = []
        self._mean = 0.0
        self._made = 0

    def run(self, tasks: Sequence[Task]) -> Iterator[Line]:
        """Make these runs. If a worker dies, what it had is given to others.

        Raises:
            PeerError: If workers cannot be started.
        """
        waiting, deaths, left = deque(tasks), dict.fromkeys((task.key for task in tasks), 0), len(tasks)
        while len(self._alive) < min(self._workers, left):
            self._alive.append(_Process(self._base, self._heard))
        for worker in self._alive:
            self._fill(worker, waiting)
        while left:
            worker, text = self._heard.get()
            if worker not in self._alive:
                continue
            if text:
                line: Line = json.loads(text)
                if "key" not in line:
                    raise PeerError(str(line["reason"]))
                worker.answered = True
                worker.tasks.popleft()
                self._learn(line["wall_seconds"])
                self._fill(worker, waiting)
                left -= 1
                yield line
                continue
            lost = self._buried(worker, deaths)
            if lost is not None:
                left -= 1
                yield lost
            waiting.extendleft(reversed(worker.tasks))
            if len(self._alive) < min(self._workers, left):
                self._alive.append(_Process(self._base, self._heard))
                self._fill(self._alive[-1], waiting)

    def _fill(self, worker: _Process, waiting: deque[Task]) -> None:
        """Give a worker some quarter of a second of work, or two runs."""
        ahead = 2 if self._mean <= 0.0 else min(MOST_AHEAD, max(2, math.ceil(AHEAD / self._mean)))
        ahead = min(ahead, max(1, math.ceil(len(waiting) / self._workers)))  # the last runs are shared evenly
        while waiting and len(worker.tasks) < ahead:
            worker.give(waiting.popleft())

    def _learn(self, seconds: float) -> None:
        self._made += 1
        self._mean += (seconds - self._mean) / min(self._made, 20)

    def _buried(self, worker: _Process, deaths: dict[str, int]) -> Line | None:
        """A worker has ended: the run that it was at is lost, if it is not the first time, for good."""
        self._alive.remove(worker)
        code, said = worker.process.wait(), worker.said()
        worker.end()
        if not worker.tasks or (code > 0 and not worker.answered):
            raise PeerError(f"a worker cannot work ({_how(code)}){': ' + said if said else ''}")
        at = worker.tasks[0]
        deaths[at.key] += 1
        if deaths[at.key] < DEATHS:
            return None
        worker.tasks.popleft()
        reason = f"its worker ended {DEATHS} times ({_how(code)}){': ' + said if said else ''}"
        return {"key": at.key, "status": "failed", "reason": reason, "wall_seconds": 0.0, "cpu_seconds": 0.0}

    def close(self) -> None:
        """End all workers at once; what they are at is lost."""
        for worker in self._alive:
            worker.end()
        self._alive = []


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"code {code}"
