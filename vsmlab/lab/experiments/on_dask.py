"""Runs on a cluster of ``dask.distributed`` (extra ``dask``): the same runs, in batches."""

from __future__ import annotations

import json
import math
from collections import deque
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from vsmlab.errors import InputError, PeerError
from vsmlab.lab.arguments import argument
from vsmlab.lab.experiments.local import DEATHS
from vsmlab.lab.experiments.work import Base, Line, Task, Worker

if TYPE_CHECKING:
    from distributed import Client, Future

BATCH: Final = 1.0
"""Seconds of work in a batch: a task costs the scheduler some milliseconds, so less than 1 %."""
MOST_IN_BATCH: Final = 500
AHEAD: Final = 3
"""Batches a thread of the cluster has at hand; the rest wait here, so that the scheduler is not flooded."""
MOST_LOSSES: Final = 100
"""Answers that may be lost with the worker that had them, before the cluster is taken for gone."""
WAIT: Final = 20.0
"""Seconds to wait for the scheduler and for a first worker."""


@lru_cache(maxsize=2)
def _worker(base: str) -> Worker:
    return Worker(json.loads(base))


def make(base: str, tasks: list[dict[str, Any]]) -> list[Line] | str:
    """Make a batch of runs, on a worker of the cluster; a text says why this worker can make none."""
    try:
        worker = _worker(base)
    except PeerError as exc:
        return str(exc)
    return [worker(task) for task in tasks]


def connected(address: str, *, wait: float = WAIT) -> Client:
    """A connection to a Dask scheduler that has workers.

    Args:
        address: Of the scheduler, such as ``tcp://10.0.0.5:8786``.
        wait: Seconds to wait for the scheduler, and then for a first worker.

    Raises:
        InputError: If there is no scheduler at the address, it has no workers, or Dask is not installed.
    """
    try:
        from distributed import Client
    except ImportError as exc:
        right = "install the extra: pip install 'vsmlab[dask]'"
        raise InputError(argument("--dask"), "", "Dask is not installed", right=right) from exc
    try:
        client = Client(address, timeout=wait, set_as_default=False)
    except (OSError, ValueError, ImportError) as exc:
        right = "the address of a running scheduler, such as tcp://127.0.0.1:8786"
        wrong = "there is no scheduler that answers"
        raise InputError(argument("--dask"), "", wrong, given=address, right=right) from exc
    try:
        client.wait_for_workers(1, timeout=wait)
    except TimeoutError as exc:
        client.close()
        wrong = "the scheduler has no workers"
        raise InputError(argument("--dask"), "", wrong, given=address, right="start some") from exc
    return client


class Cluster:
    """Runs on the workers of a Dask cluster.

    A worker that dies loses the batch that it is at: Dask gives the batch to others, and where they die of it,
    too, its runs are tried one by one, so that only the run that kills is recorded as failed.

    Args:
        base: What all runs share.
        client: What `connected` gave; it is closed in the end.
    """

    def __init__(self, base: Base, client: Client) -> None:
        self._base = json.dumps(base.plain())
        self._client = client
        self._mean = 0.0
        self._suspects: set[str] = set()
        self._losses = 0

    def run(self, tasks: Sequence[Task]) -> Iterator[Line]:
        """Make these runs in batches.

        Raises:
            PeerError: If a worker has another vsmlab or other files, or the cluster is gone.
        """
        from distributed import as_completed

        waiting, left = deque(tasks), len(tasks)
        given: dict[str, list[Task]] = {}
        deaths: dict[str, int] = {}
        futures = as_completed(loop=self._client.loop)
        self._fill(futures, waiting, given)
        while left:
            future: Future = next(futures)
            batch = given.pop(future.key)
            for line in self._answer(future, batch, waiting, deaths):
                left -= 1
                yield line
            self._fill(futures, waiting, given)

    def _answer(
        self, future: Future, batch: list[Task], waiting: deque[Task], deaths: dict[str, int]
    ) -> list[Line]:
        """What became of a batch; what did not come back waits again, to be tried run by run."""
        if future.status == "finished":
            found = future.result()
            if isinstance(found, str):
                raise PeerError(found)
            lines: list[Line] = found
            spent = math.fsum(line["wall_seconds"] for line in lines) / len(lines)
            self._mean = spent if self._mean <= 0.0 else 0.8 * self._mean + 0.2 * spent
            return lines
        if future.status in (
            "cancelled",
            "lost",
        ):  # made, but whoever had the answer died before it was fetched
            self._losses += 1
            if self._client.status != "running" or self._losses > MOST_LOSSES:
                raise PeerError("the cluster is gone; what was finished is kept: give the same command again")
            waiting.extendleft(reversed(batch))
            return []
        reason = _reason(future)
        lost = []
        for task in batch:
            deaths[task.key] = deaths.get(task.key, 0) + 1
            if len(batch) == 1 and deaths[task.key] >= DEATHS:
                line = {"key": task.key, "status": "failed", "reason": reason}
                lost.append({**line, "wall_seconds": 0.0, "cpu_seconds": 0.0})
            else:
                waiting.appendleft(task)
        self._suspects.update(task.key for task in batch)
        return lost

    def _fill(self, futures: Any, waiting: deque[Task], given: dict[str, list[Task]]) -> None:  # noqa: ANN401
        """Give the cluster batches of about a second: single runs as long as nobody knows how long one takes."""
        threads = max(1, sum(self._client.nthreads().values()))
        while waiting and len(given) < AHEAD * threads:
            size = 1 if self._mean <= 0.0 else max(1, math.ceil(BATCH / self._mean))
            size = min(size, MOST_IN_BATCH, max(1, len(waiting) // (2 * threads)))
            batch = [waiting.popleft()]
            while len(batch) < size and waiting and not {batch[0].key, waiting[0].key} & self._suspects:
                batch.append(waiting.popleft())
            plain = [task.plain() for task in batch]
            future = self._client.submit(make, self._base, plain, pure=False)
            given[future.key] = batch
            futures.add(future)

    def close(self) -> None:
        """Take back what is not made yet, and leave the cluster to itself."""
        self._client.close()


def _reason(future: Future) -> str:
    """Why a batch did not come back."""
    error = future.exception()
    if type(error).__name__ == "KilledWorker":
        return "its worker on the cluster ended again and again"
    return f"{type(error).__name__}: {error}"
