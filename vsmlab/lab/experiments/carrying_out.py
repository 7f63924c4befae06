"""Carrying an experiment out: warm-up, replications, stopping, and the table in the end."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vsmlab.errors import ModelError
from vsmlab.lab.experiments.local import Alone, Pool, Runner, processors
from vsmlab.lab.experiments.plan import Plan
from vsmlab.lab.experiments.points import Value
from vsmlab.lab.experiments.store import JOURNALS, WARMUP, Store, write_whole
from vsmlab.lab.experiments.work import BINS, Base, Line, Task
from vsmlab.mechanisms.intervals import mser5
from vsmlab.mechanisms.stopping import narrow_enough, next_stop

if TYPE_CHECKING:
    import pyarrow as pa
    from distributed import Client

PILOTS: Final = 5
"""Runs of each point whose mean series shows where the warm-up ends."""


@dataclass(frozen=True, slots=True)
class Done:
    """How far an experiment is.

    Attributes:
        doing: ``warm-up`` or ``runs``.
        done: Runs that are there.
        total: Runs that are known to be needed.
        failed: Runs among them that failed.
    """

    doing: str
    done: int
    total: int
    failed: int


Progress = Callable[[Done], None]


class Interrupted(KeyboardInterrupt):
    """An experiment was interrupted; what was finished is kept.

    Attributes:
        folder: Where.
        done: Runs that are there.
        total: Runs that were known to be needed.
    """

    def __init__(self, folder: Path, done: int, total: int) -> None:
        self.folder, self.done, self.total = folder, done, total
        super().__init__(f"interrupted: {done} of {total} runs are kept in {folder}")


def carry_out(
    plan: Plan,
    folder: Path,
    *,
    workers: int | None = None,
    dask: str | None = None,
    progress: Progress | None = None,
    tell: Callable[[str], None] | None = None,
) -> None:
    """Make all runs of a plan that are not there yet, and write the table.

    Args:
        plan: What to run.
        folder: Where; made, or gone on with.
        workers: Processes on this machine; as many as processors if unsaid.
        dask: Address of a Dask scheduler whose workers make the runs instead.
        progress: Called after each run.
        tell: Told in a sentence what else takes long.

    Raises:
        InputError: If the folder is another experiment's, or there is no such cluster.
        ModelError: If a warm-up was to be found and some point does not settle.
        Interrupted: On Ctrl-C.
    """
    client = None
    if dask is not None:
        from vsmlab.lab.experiments.on_dask import connected

        client = connected(dask)
    try:
        store = Store(folder, plan.asked())
        try:
            _Experiment(plan, store, workers, client, progress, tell).whole()
        finally:
            store.close()
    finally:
        if client is not None:
            client.close()


class _Experiment:
    """One carrying out."""

    def __init__(
        self,
        plan: Plan,
        store: Store,
        workers: int | None,
        client: Client | None,
        progress: Progress | None,
        tell: Callable[[str], None] | None,
    ) -> None:
        self._plan, self._store, self._progress, self._tell = plan, store, progress, tell
        self._workers, self._client = workers, client
        self._runner: Runner | None = None
        self._done = Done("runs", 0, 0, 0)
        self._tasks: list[list[Task]] = [[] for _ in plan.points]
        self._warmup: float | None = None

    def whole(self) -> None:
        with self._runners():
            if self._plan.settle:
                self._warmup = self._settled()
            self._replicate()
            self._store.finish(self._table())

    @contextmanager
    def _runners(self) -> Iterator[None]:
        """Whatever makes the runs is ended with the experiment, however that ends."""
        try:
            yield
        except KeyboardInterrupt:
            raise Interrupted(self._store.folder, self._done.done, self._done.total) from None
        finally:
            if self._runner is not None:
                self._runner.close()

    def _started(self, tasks: Sequence[Task]) -> Runner:
        """The runner, once there is something to run."""
        if self._runner is None:
            points = len(self._plan.points)
            most = self._plan.target.most if self._plan.target is not None else self._plan.replications
            journals = self._store.folder / JOURNALS if self._plan.journals else None
            base: Base = replace(
                self._plan.base,
                engine=self._plan.engine(most * points, self._tell),
                journals=None if journals is None else str(journals.resolve()),
            )
            workers = self._workers or min(processors(), len(tasks))
            if self._client is not None:
                from vsmlab.lab.experiments.on_dask import Cluster

                self._runner = Cluster(base, self._client)
            else:
                self._runner = Alone(base) if workers == 1 else Pool(base, workers)
        return self._runner

    def _make(self, doing: str, wanted: Sequence[Task]) -> None:
        """Have these runs: those that are not there are made."""
        every = list({task.key: task for task in wanted}.values())
        missing = [task for task in every if not self._store.has(task.key)]
        self._report(Done(doing, len(every) - len(missing), len(every), 0))
        if not missing:
            return
        for line in self._started(missing).run(missing):
            self._store.add(line)
            failed = self._done.failed + (line["status"] != "done")
            self._report(replace(self._done, done=self._done.done + 1, failed=failed))

    def _report(self, done: Done) -> None:
        self._done = done
        if self._progress is not None:
            self._progress(done)

    # -- warm-up ----------------------------------------------------------------------------------------

    def _settled(self) -> float:
        """Seconds after which every point has settled, by MSER-5 on the mean series of its pilot runs."""
        there = self._store.folder / WARMUP
        if there.is_file():
            return float(json.loads(there.read_text(encoding="utf-8"))["seconds"])
        plan = self._plan
        pilots = [plan.pilots(point, PILOTS) for point in range(len(plan.points))]
        self._make("warm-up", [task for r in range(PILOTS) for tasks in pilots for task in (tasks[r],)])
        cuts = []
        for point, tasks in enumerate(pilots):
            lines = [self._store.lines[task.key] for task in tasks]
            series = [line["series"] for line in lines if line["status"] == "done"]
            name = plan.design.name(point)
            if not series:
                raise ModelError(f"no warm-up at {name}: its pilot runs failed: {lines[0]['reason']}")
            mean = [math.fsum(values) / len(series) for values in zip(*series, strict=True)]
            found = mser5(mean)
            if found.observations is None:
                raise ModelError(
                    f"no warm-up at {name}: {found.reason}; give a longer --until, or --warmup SECONDS"
                )
            cuts.append(found.observations * plan.points[point].scenario.horizon / BINS)
        seconds = max(cuts)
        told = {"rule": "mser5", "seconds": seconds, "by_point": cuts, "pilots": PILOTS}
        write_whole(there, json.dumps(told, indent=1).encode() + b"\n")
        return seconds

    # -- replications -----------------------------------------------------------------------------------

    def _replicate(self) -> None:
        """All replications; with a target, as many as each point needs."""
        plan, every = self._plan, range(len(self._plan.points))
        target = plan.target
        n, going = plan.replications, list(every)
        while going:
            for point in going:
                have = len(self._tasks[point])
                self._tasks[point] += plan.tasks(point, range(have, n), self._warmup)
            self._make("runs", self._by_replication())
            if target is None:
                break
            going = [point for point in going if not self._suffices(point)]
            going = [] if n >= target.most else going
            n = next_stop(n, plan.replications, target.most)
        for point in every:  # what an earlier call made beyond is not thrown away
            while self._store.has((more := self._next(point)).key):
                self._tasks[point].append(more)

    def _next(self, point: int) -> Task:
        have = len(self._tasks[point])
        return self._plan.tasks(point, range(have, have + 1), self._warmup)[0]

    def _by_replication(self) -> list[Task]:
        """First replications first, so that what is there when it is interrupted can be compared."""
        most = max(len(tasks) for tasks in self._tasks)
        return [tasks[r] for r in range(most) for tasks in self._tasks if r < len(tasks)]

    def _suffices(self, point: int) -> bool:
        target = self._plan.target
        assert target is not None
        lines = [self._store.lines[task.key] for task in self._tasks[point]]
        values = [line["values"].get(target.measure) for line in lines if line["status"] == "done"]
        return narrow_enough([value for value in values if value is not None], target.relative)

    # -- the table --------------------------------------------------------------------------------------

    def _table(self) -> pa.Table:
        """One row a run, by point and replication."""
        import pyarrow as pa

        rows: list[tuple[int, int, Task, Line]] = [
            (point, replication, task, self._store.lines[task.key])
            for point, tasks in enumerate(self._tasks)
            for replication, task in enumerate(tasks)
        ]
        columns: dict[str, Any] = {
            "point": pa.array([point for point, *_ in rows], pa.int32()),
            "replication": pa.array([r for _, r, *_ in rows], pa.int32()),
            "seed": pa.array([task.seed for _, _, task, _ in rows], pa.int64()),
        }
        design = self._plan.design
        for number, name in enumerate(design.settings):
            column = [design.name(p) if design.labels else design.points[p][number] for p, *_ in rows]
            columns[name] = _column(column)
        columns["key"] = pa.array([task.key for _, _, task, _ in rows], pa.string())
        for name in ("status", "reason", "engine", "digest"):
            columns[name] = pa.array([line.get(name) for *_, line in rows], pa.string())
        for name in ("wall_seconds", "cpu_seconds"):
            columns[name] = pa.array([line[name] for *_, line in rows], pa.float64())
        values = [line.get("values", {}) for *_, line in rows]
        kept = self._plan.measures
        for name in sorted({name for found in values for name in found}) if kept is None else kept:
            columns[name] = pa.array([found.get(name) for found in values], pa.float64())
        table = pa.table(columns)
        return table.replace_schema_metadata({"vsmlab": "runs 1", "settings": json.dumps(design.settings)})


def _column(values: Sequence[Value]) -> pa.Array:
    """Values of a setting: whole numbers, numbers, true or false, text; what is mixed is told as JSON."""
    import pyarrow as pa

    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int, float}:
        whole = kinds == {int} and all(abs(v) < 2**63 for v in values if isinstance(v, int))
        if whole:
            return pa.array(values, pa.int64())
        return pa.array([None if v is None else float(v) for v in values], pa.float64())  # type: ignore[arg-type]
    if kinds in ({bool}, {str}):
        return pa.array(values, pa.bool_() if kinds == {bool} else pa.string())
    return pa.array([json.dumps(value, ensure_ascii=False) for value in values], pa.string())
