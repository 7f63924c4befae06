"""A run taken up from a snapshot ends as the one that was never stopped, whichever engine went before or after."""

from __future__ import annotations

import io
import json
import zipfile
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from organisations import organisations
from small_scenarios import loaded_small

from vsmlab.engines import compiled, simpy_engine
from vsmlab.engines.journal import Journal
from vsmlab.engines.snapshot import Pauses, Snapshot, read_snapshot
from vsmlab.errors import PeerError
from vsmlab.lab.build import build
from vsmlab.lab.loader import Loaded, load

ENGINES: dict[str, Any] = {"simpy": simpy_engine.run}
if compiled.available():
    ENGINES["compiled"] = compiled.run

HURRIED = [
    "environment.demand.calls.arrivals.linear.times=[0, 100, 300, 500, 550, 3000]",
    "organisation.spawn.dwell=20",
    "warmup=50",
]
"""A child is made and retired within some twenty minutes."""

RUNS = {
    "whole": lambda: (loaded_small("small-whole"), loaded_small("small-whole").scenario.horizon),
    "children": lambda: (load("spawning", overrides=HURRIED), 1_400.0),
    "faults": lambda: (load("zombies"), 900.0),
    "several segments": lambda: (load("mm3"), 4_000.0),
}


def play(
    engine: str, loaded: Loaded, horizon: float, every: float | None = None, past: Snapshot | None = None
) -> tuple[Journal, int, list[Snapshot]]:
    start = build(loaded)
    journal = Journal(start.identities)
    kept: list[Snapshot] = []
    pauses = None if every is None else Pauses(every, kept.append)
    done = ENGINES[engine](start, horizon, journal, past=past, pauses=pauses)
    return journal, done.handled, kept


@pytest.mark.parametrize("before", ENGINES)
@pytest.mark.parametrize("run", RUNS)
def test_from_every_snapshot_every_engine_comes_to_the_same_end(run, before):
    loaded, horizon = RUNS[run]()
    straight, handled, _ = play("simpy", loaded, horizon)
    paused, _, kept = play(before, loaded, horizon, every=horizon / 4.5)
    assert paused.digest == straight.digest, "pauses change nothing"
    assert [snapshot.time for snapshot in kept] == pytest.approx([n * horizon / 4.5 for n in range(1, 5)])
    for snapshot in kept[::3]:
        again, said = read_snapshot(snapshot.dump(seed=7), "here")
        assert said["seed"] == 7
        for after in ENGINES:
            journal, messages, _ = play(after, loaded, horizon, past=again)
            assert (journal.digest, journal.count, messages) == (straight.digest, straight.count, handled)


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(organisations(), st.floats(0.01, 0.99), st.sampled_from(list(ENGINES)), st.sampled_from(list(ENGINES)))
def test_any_organisation_can_be_stopped_at_any_time(mapping, part, before, after):
    loaded = load(mapping)
    horizon = loaded.scenario.horizon
    straight, handled, _ = play("simpy", loaded, horizon)
    _, _, kept = play(before, loaded, horizon, every=part * horizon)
    snapshot, _ = read_snapshot(kept[0].dump(), "here")
    journal, messages, _ = play(after, loaded, horizon, past=snapshot)
    assert (journal.digest, messages) == (straight.digest, handled)


def test_both_engines_take_the_same_snapshot():
    loaded, horizon = RUNS["children"]()
    taken = [play(engine, loaded, horizon, every=horizon / 2.5)[2][-1] for engine in ENGINES]
    for one, other in pairwise(taken):
        for name, records in one.tables.items():
            if name not in ("ledger", "tasks", "tickets", "signals", "corrections"):
                assert (records == other.tables[name]).all(), name
        assert sorted(one.agenda.tolist()) == sorted(other.agenda.tolist())
        assert one.pending.tolist() == other.pending.tolist()
        assert one.links == other.links


def changed(content: bytes, **members: bytes) -> bytes:
    """The same archive with other members."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, members.get(name.removesuffix(".npy").replace("-", "_"), old.read(name)))
    return file.getvalue()


def as_npy(values: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, values, allow_pickle=True)
    return file.getvalue()


def test_what_is_no_snapshot_is_refused_in_one_line():
    loaded, horizon = RUNS["faults"]()
    (snapshot, *_) = play("simpy", loaded, horizon, every=horizon / 2.5)[2]
    good = snapshot.dump()
    other = np.frombuffer(json.dumps({"format": 2}).encode(), np.uint8)
    for content, says in (
        (b"", "not a checkpoint"),
        (b"nothing of the kind", "not a checkpoint"),
        (good[: len(good) // 2], "not a checkpoint"),
        (changed(good, said=as_npy(other)), "of format 2"),
        (changed(good, table_units=as_npy(np.zeros(3))), "other tables .units."),
        (changed(good, table_links=as_npy(np.array([{"a": 1}], dtype=object))), "not a checkpoint"),
    ):
        with pytest.raises(PeerError, match=says) as caught:
            read_snapshot(content, "place")
        assert str(caught.value).startswith("place: ")
        assert "\n" not in str(caught.value)
