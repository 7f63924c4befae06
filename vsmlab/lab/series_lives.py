"""What befell units over time: audits of their claims, suspicions, tasks handed back, children and their stages."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from vsmlab.lab.series import History, Rows, Steps
from vsmlab.laws import kinds as k


@dataclass(frozen=True, slots=True)
class Found:
    """System 3* was sure of something: that claims are too high, or (ratio 1) that they are right again."""

    time: float
    path: str
    ratio: float


@dataclass(frozen=True, slots=True, eq=False)
class Audits:
    """What one System 3* worked out.

    Args:
        checked: Its statistic (CUSUM, in deviations) by the operation's path, after each inspection.
        found: What it was sure of, in order.
        told: What it told System 3, claimed over counted, by the path it spoke of.
    """

    checked: dict[str, Steps]
    found: list[Found]
    told: dict[str, Steps]


def audits(past: History, path: str) -> Audits | None:
    """What the System 3* of a viable system worked out; None if no inspection came to an end."""
    noted = past.noted
    rows = noted.at(f"{path}.audit", k.CHECKED, k.FOUND)
    checked, found = rows[rows["kind"] == k.CHECKED], rows[rows["kind"] == k.FOUND]
    if not len(checked):
        return None
    told = noted.at(f"{path}.system3", k.DISCREPANCY)
    return Audits(
        _by_ref(past, checked),
        [Found(float(row["due"]), noted.name(row["ref"]), float(row["value"])) for row in found],
        _by_ref(past, told),
    )


def _by_ref(past: History, rows: Rows) -> dict[str, Steps]:
    """Steps by the path of what each row speaks of, in the order of places."""
    order = {row[0]: here for here, row in enumerate(past.places)}
    parts: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in rows:
        parts[past.noted.name(row["ref"])].append((float(row["due"]), float(row["value"])))
    return {
        path: Steps.of(parts[path])
        for path in sorted(parts, key=lambda one: (order.get(one, len(order)), one))
    }


@dataclass(frozen=True, slots=True)
class Suspicion:
    """System 2 suspected an operation for a while."""

    path: str
    why: str
    begin: float
    end: float
    cleared: bool


def suspicions(past: History) -> list[Suspicion]:
    """All suspicions of all Systems 2, in order of begin; one that was not cleared lasts to the end."""
    open_ones: dict[tuple[int, int], tuple[float, str]] = {}
    found = []
    for row in past.noted.of(k.SUSPECTED):
        key, time, why = (int(row["receiver"]), int(row["ref"])), float(row["due"]), int(row["value"])
        if key in open_ones:
            begin, said = open_ones.pop(key)
            found.append(Suspicion(past.noted.name(key[1]), said, begin, time, why == k.CLEARED))
        if why != k.CLEARED:
            open_ones[key] = (time, k.SUSPICIONS[why])
    for (_, operation), (begin, said) in open_ones.items():
        found.append(Suspicion(past.noted.name(operation), said, begin, past.horizon, False))
    return sorted(found, key=lambda one: (one.begin, one.path))


@dataclass(frozen=True, slots=True)
class Handed:
    """An operation gave its tasks back to its desk."""

    time: float
    path: str
    tasks: int
    in_service: int


def handed_back(past: History) -> list[Handed]:
    """Whenever an operation gave tasks back, in order."""
    return [
        Handed(float(row["due"]), past.noted.name(row["receiver"]), int(row["ref"]), int(row["value"]))
        for row in past.noted.of(k.REHOMED)
        if row["ref"] > 0
    ]


@dataclass(frozen=True, slots=True)
class Child:
    """A child system from its birth to its end; what never came is None.

    Args:
        path: Its path.
        spawned: When it was made, seconds.
        announced: When its mother first heard of it.
        working: When it answered its mother's call: from then on it is given tasks.
        retiring: When it was told to hand its work over.
        gone: When its mother knew that it had ended.
        came_back: Agents that came back then.
    """

    path: str
    spawned: float
    announced: float | None
    working: float | None
    retiring: float | None
    gone: float | None
    came_back: int | None


def children(past: History) -> list[Child]:
    """Every child system that was made during the run, in order of birth."""
    noted = past.noted
    first: dict[tuple[str, int], float] = {}
    ended: dict[str, tuple[float, int]] = {}
    for row in noted.of(k.ANNOUNCE, k.RESULT, k.RETIRE, k.GONE):
        kind, time = int(row["kind"]), float(row["due"])
        if kind == k.GONE:
            ended[noted.name(row["ref"])] = time, int(row["value"])
            continue
        who = noted.name(row["receiver"] if kind == k.RETIRE else row["sender"])
        first.setdefault((who, kind), time)
    found = []
    for row in noted.of(k.SPAWNED):
        path = noted.name(row["ref"])
        inside = (path, *(f"{path}.{system}" for system in ("system3", "system2", "system5")))
        announced = [first[who, k.ANNOUNCE] for who in inside if (who, k.ANNOUNCE) in first]
        gone, back = ended.get(path, (None, None))
        found.append(
            Child(
                path,
                float(row["due"]),
                min(announced, default=None),
                first.get((path, k.RESULT)),
                first.get((f"{path}.system3", k.RETIRE)),
                gone,
                back,
            )
        )
    return found


def refused_for_depth(past: History) -> list[tuple[float, str, int, int]]:
    """When whose child was refused because of the limit of depth: time, path, depth, limit."""
    return [
        (float(row["due"]), past.noted.name(row["receiver"]).rpartition(".")[0], int(row["ref"]), int(row["value"]))
        for row in past.noted.of(k.DEPTH_REFUSED)
    ]  # fmt: skip
