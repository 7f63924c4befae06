"""What if this had been otherwise from then on? A finished run is gone through again and changed at a moment.

Up to the moment it is the run that it was, row for row, which is checked. Then every number that the changed
scenario builds otherwise takes its new value, as long as the run itself has not moved it meanwhile: how many
agents somebody has by then is what became of them and cannot be set, the period of a System can.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vsmlab.engines.compiled import Agenda
from vsmlab.engines.journal import LOCAL, Journal, origin
from vsmlab.engines.records import records_from
from vsmlab.engines.snapshot import AGENDA, TABLES, Pauses, Snapshot
from vsmlab.engines.start import Start
from vsmlab.errors import InputError, PeerError
from vsmlab.lab.build import build
from vsmlab.lab.loader import Loaded, again
from vsmlab.lab.places import scenarios_folder
from vsmlab.lab.record import Run
from vsmlab.laws import kinds as k
from vsmlab.laws.tables import ROWS, Message

Records = npt.NDArray[np.void]

NEVER_MOVED: Final = ("distributions", "samples", "instants", "windows", "cells", "conditions")
"""Tables that no law writes: they are those of the changed scenario."""
SENDER, NUMBER = Message._fields.index("sender"), Message._fields.index("number")


@dataclass(frozen=True)
class Branch:
    """Where a run leaves another.

    Args:
        of: Digest of the run that it leaves.
        at: Seconds.
        changes: ``a.b.c=VALUE`` each.
    """

    of: str
    at: float
    changes: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """As the manifest says it."""
        return {"of": self.of, "at": self.at, "changes": list(self.changes)}


def scenario_of(run: Run) -> Loaded:
    """The scenario of a finished run, with its data.

    Raises:
        InputError: If its data cannot be found, or users' own laws took part in it.
    """
    manifest, place = run.manifest, str(run.folder)
    if manifest["own_laws"] or manifest["processes"]:
        right = "branch a run of a scenario alone"
        raise InputError(place, "own_laws", "own laws or processes took part in it", right=right)
    failed: InputError | None = None
    for base in (Path.cwd(), scenarios_folder(), *run.folder.resolve().parents):
        try:
            loaded = again(manifest["scenario"], manifest["source"], base, {})
        except InputError as exc:
            failed = exc
            continue
        if loaded.text_sha256 == manifest["scenario_sha256"]:
            return loaded
    right = "stand in the folder that its scenario lies in"
    raise InputError(place, "scenario", "its data cannot be found from here", right=right) from failed


class Reached(Exception):  # noqa: N818 - no error: the moment of the branch
    """The moment has come."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self.snapshot = snapshot


def played(
    engine: Callable[..., Agenda], run: Run, parent: Loaded, after: Loaded, at: float
) -> Callable[[Start, float, Journal], Agenda]:
    """An engine that goes through a run up to a moment, changes it, and goes on.

    Args:
        engine: An engine's ``run``.
        run: The run that is left.
        parent: Its scenario.
        after: The changed scenario.
        at: The moment, in seconds.
    """

    def there(snapshot: Snapshot) -> None:
        raise Reached(snapshot)

    def both(start: Start, horizon: float, journal: Journal) -> Agenda:
        before, otherwise = build(parent), build(after)
        past = beginning(before, otherwise, at)
        try:
            engine(start, horizon, journal, past=past, pauses=Pauses(at, there))
        except Reached as moment:
            snapshot = moment.snapshot
        else:  # pragma: no cover - the moment was checked to be before the horizon
            raise AssertionError("the moment never came")
        check_same(run, at, snapshot)
        return engine(start, horizon, journal, past=changed(snapshot, before, otherwise, at))

    return both


def check_same(run: Run, at: float, snapshot: Snapshot) -> None:
    """Up to the moment, what was written is what the run had written.

    Raises:
        PeerError: If it is not: other laws, or other data.
    """
    wrong = f"{run.folder}: its journal is not what this vsmlab and its data make of the scenario"
    links = [link.hex() for link in snapshot.links]
    if run.manifest["segments"][: len(links)] != links:
        raise PeerError(f"{wrong}: other laws, or other data")
    who = snapshot.tables["units"]["identity"]
    mine = snapshot.pending
    for number, segment in enumerate(run.segments()):
        if number < len(links) - 1:
            continue
        before = segment[segment["due"] < at]
        here = mine[: len(before)]
        same = len(here) == len(before) and all(
            np.array_equal(here[name], before[name]) for name in ("due", "kind", "number", "task", "priority")
        )
        if not same or not np.array_equal(who[here["receiver"]], before["receiver"]):
            raise PeerError(f"{wrong}: other laws, or other data")
        mine = mine[len(before) :]
        if len(before) < len(segment):
            break
    if len(mine):
        raise PeerError(f"{wrong}: other laws, or other data")


def beginning(before: Start, after: Start, at: float) -> Snapshot:
    """Time zero of both: what was there as it was, what is new as it will be, and idle until the moment.

    Raises:
        InputError: If the changed scenario is another organisation.
    """
    known = len(before.identities)
    if after.identities[:known] != before.identities:
        right = "change numbers, knock out, or add disturbances"
        raise InputError(
            "", "--set", "it makes another organisation, not the same one otherwise", right=right
        )
    tables = {}
    for name in TABLES:
        was, will = tables_of(name, before), tables_of(name, after)
        if len(will) < len(was) and name not in NEVER_MOVED:
            right = "change numbers, knock out, or add disturbances"
            raise InputError("", "--set", f"it takes away what was there ({name})", right=right)
        tables[name] = np.concatenate([was, will[len(was) :]])
    for name in tables["ledger"].dtype.names or ():
        if name in tables:
            tables["ledger"][name] = len(tables[name])
    there = {(message.sender, message.number) for message in before.messages}
    acts = [row for row, role in enumerate(after.roles) if role == k.OPERATOR]
    to_come = [
        message
        for message in after.messages
        if message.due >= at
        and (message.sender >= known or message.sender in acts)
        and (message.sender, message.number) not in there
    ]
    agenda = np.array([tuple(message) for message in [*before.messages, *to_come]], AGENDA)
    return Snapshot(0.0, tables, agenda, np.empty(0, LOCAL), (origin(),), 0, 0)


def tables_of(name: str, start: Start) -> Records:
    """A table of a start as records."""
    return records_from(ROWS[name], getattr(start.state, name))


def changed(snapshot: Snapshot, before: Start, after: Start, at: float) -> Snapshot:
    """The run as it is at the moment, with what the changed scenario builds otherwise.

    Args:
        snapshot: The run at the moment.
        before: The scenario as it was, built.
        after: The changed one, built.
        at: The moment, in seconds.

    Raises:
        InputError: If the run has moved meanwhile what is to be set.
    """
    tables = {name: _table(name, snapshot.tables[name], before, after) for name in TABLES}
    return replace(snapshot, tables=tables, agenda=_agenda(snapshot.agenda, before, after, at))


def _table(name: str, now: Records, before: Start, after: Start) -> Records:
    was, will = tables_of(name, before), tables_of(name, after)
    if name in NEVER_MOVED:
        return will
    result = now.copy()
    if name == "ledger":  # the rest of it counts rows
        result["seed"] = will["seed"]
        return result
    common = len(was)
    for field in was.dtype.names or ():
        differ = np.flatnonzero(was[field] != will[field][:common])
        moved = differ[now[field][differ] != was[field][differ]]
        if len(moved):
            row = int(moved[0])
            where = (
                after.paths[int(was["unit"][row])] if "unit" in (was.dtype.names or ()) else f"{name} {row}"
            )
            wrong = f"{field} of {where} has moved since: it is {now[field][row]:g} by then"
            right = "change what the run itself does not change"
            raise InputError("", "--set", wrong, given=f"{will[field][row]:g}", right=right)
        result[field][differ] = will[field][differ]
    return result


def _agenda(now: Records, before: Start, after: Start, at: float) -> Records:
    """The messages under way; a first message that has not come yet comes when the changed scenario has it come."""
    first = {message: message for message in map(tuple, before.messages)}
    others = {(message.sender, message.number): tuple(message) for message in after.messages}
    kept = []
    for message in now.tolist():
        if message in first:
            other = others.get((message[SENDER], message[NUMBER]))
            if other is None:
                continue
            message = other if other[0] >= at else message
        kept.append(message)
    return np.array(kept, AGENDA)
