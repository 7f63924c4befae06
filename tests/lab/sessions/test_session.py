"""A session is a run: what was played, with everything that was done, replays row for row on both engines."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[2] / "engines"))

from organisations import whole_organisations
from small_scenarios import loaded_small

import vsmlab
from vsmlab.engines import compiled
from vsmlab.engines.choosing import run_plainly
from vsmlab.engines.journal import ROW, Journal
from vsmlab.errors import InputError, PeerError
from vsmlab.lab.build import build
from vsmlab.lab.loader import Loaded, load
from vsmlab.lab.scenario import Act
from vsmlab.lab.sessions import Session
from vsmlab.laws import kinds as k

ENGINES = ["simpy", *(["compiled"] if compiled.available() else [])]
RANDOM = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


def digest(loaded: Loaded, seconds: float, engine: str) -> str:
    start = build(loaded)
    journal = Journal(start.identities)
    run_plainly(engine, start, seconds, journal)
    return journal.digest


def replays(session: Session) -> None:
    """On every engine, and where the run was to go on."""
    for until in (session.now, None):
        loaded = session.scenario(until=until)
        for engine in ENGINES:
            assert digest(loaded, session.now, engine) == session.digest


@st.composite
def anything(draw: Any, session: Session) -> dict[str, Any]:
    """Anything that may be done to an organisation."""
    kinds = ["crash", "hang", "slow", "stale", "bias", "cut", "delay", "loss", "demand", "knockout", "set"]
    kind = draw(st.sampled_from(kinds))
    act: dict[str, Any] = {"kind": kind}
    readings = session.readings()
    mends = kind not in ("demand", "knockout", "set") and draw(st.booleans())
    if kind == "set":
        dial = draw(st.sampled_from(session.dials()))
        least, most = max(dial.least, 0.05), min(dial.most, 20.0)
        value = draw(st.floats(least, most))
        act |= {"who": dial.who, "dial": dial.dial, "value": float(round(value)) if dial.whole else value}
        act["value"] = min(max(act["value"], dial.least), dial.most)
        return act if dial.channel is None else act | {"channel": dial.channel}
    if kind == "demand":
        return act | {"stream": draw(st.sampled_from(sorted(readings.streams))), "factor": draw(FACTORS)}
    if kind == "knockout":
        return act | {"system": draw(st.sampled_from(sorted(session.dials_of_systems())))}
    if kind in ("cut", "delay"):
        act["channel"] = draw(st.sampled_from(["account", "op_mgmt", "s2", "env_op", "bargain"]))
        act |= {"adds": 0.7} if kind == "delay" and not mends else {}
    elif kind == "loss":
        act["unit"] = "org"
    else:
        act["unit"] = draw(st.sampled_from(sorted(readings.operations) or ["org"]))
        act |= {"factor": 0.4 if kind == "slow" else 2.5} if kind in ("slow", "bias") and not mends else {}
        act |= {"probability": 0.6} if kind == "bias" and not mends else {}
    return act | ({"mends": True} if mends else {})


FACTORS = st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.7])


class Played(Session):
    """A session that also says which Systems there are."""

    def dials_of_systems(self) -> list[str]:
        return [path for path in self.readings().systems if path in self._ground.rows] or ["org"]


@RANDOM
@given(st.data())
def test_what_was_played_replays_on_both_engines_whatever_was_done(data):
    scenario = data.draw(whole_organisations())
    try:
        session = Played(load(scenario))
    except InputError:
        assume(False)
    done = 0
    for _ in range(data.draw(st.integers(1, 7))):
        if data.draw(st.booleans()):
            session.step()
        else:
            session.advance(session.now + data.draw(st.sampled_from([0.3, 2.0, 9.0])))
        if not session.finished and data.draw(st.integers(0, 3)):
            before = session.digest
            try:
                session.act(data.draw(anything(session)))
                done += 1
            except InputError:
                assert session.digest == before, "a refusal changes nothing"
    session.advance(session.now + 5.0)
    assert len(session.acts) == done
    replays(session)


@pytest.mark.parametrize("name", ["small-operated", "small-children", "small-faults", "small-whole"])
def test_without_an_act_it_is_the_run_however_it_is_moved_on(name):
    loaded = loaded_small(name)
    session = Session(loaded)
    for n in range(25):
        session.step() if n % 3 else session.advance(session.now + 0.5 * n)
    session.advance(110.0)
    assert session.digest == digest(loaded, 110.0, "simpy")
    session.advance(1e9)
    assert session.finished
    assert session.now == session.horizon == 300.0
    assert session.digest == digest(loaded, 300.0, "simpy")
    replays(session)


def pair() -> Session:
    return Session(loaded_small("small-pair"))


def test_a_step_goes_to_the_next_moment_and_what_is_done_then_comes_after_it():
    session = pair()
    session.advance(20.0)
    due = session.next_due
    assert session.step() == np.nextafter(due, np.inf)
    assert session.next_due > due
    act = session.act({"kind": "crash", "unit": "top.a"})
    assert act == Act(time=session.now, kind="crash", unit="top.a")
    session.step()
    assert session.readings().operations["top.a"].health == ("crashed", "silent")
    replays(session)


def test_it_goes_back_to_a_time_and_what_was_done_then_or_later_is_undone():
    session = pair()
    session.advance(30.0)
    there = session.digest
    session.act({"kind": "demand", "stream": "walk-in", "factor": 3.0})
    session.advance(60.0)
    session.act({"kind": "knockout", "system": "top.system3"})
    later = session.digest
    session.advance(90.0)
    assert session.back_to(60.0) == 60.0
    assert session.digest == later
    assert [act.kind for act in session.acts] == ["demand"]
    session.back_to(30.0)
    assert (session.digest, session.acts) == (there, ())
    session.reset()
    assert (session.now, session.count, session.acts) == (0.0, 0, ())
    session.advance(30.0)
    assert session.digest == there
    with pytest.raises(InputError, match="from 0 to 30"):
        session.back_to(31.0)


def test_acts_of_the_scenario_come_to_pass_and_go_with_those_of_the_session():
    session = Session(loaded_small("small-operated"))
    session.advance(115.5)
    session.act({"kind": "crash", "unit": "top.west"})
    session.advance(240.0)
    assert (
        len(session.scenario().scenario.operator) == len(loaded_small("small-operated").scenario.operator) + 1
    )
    assert set(session.readings().systems.values()) == {"on", "off"}
    replays(session)
    session.back_to(115.5)
    assert session.digest == digest(loaded_small("small-operated"), 115.5, "simpy")


def test_what_is_saved_is_the_run_that_was_played(tmp_path):
    session = pair()
    with pytest.raises(InputError, match="nothing has been played"):
        session.save(tmp_path / "run")
    session.advance(40.0)
    session.act({"kind": "set", "who": "top.system2", "dial": "gain", "value": 0.1})
    session.act({"kind": "crash", "unit": "top.b"})
    session.advance(77.7)
    run = session.save(tmp_path / "run")
    assert (run.digest, run.folder) == (session.digest, tmp_path / "run")
    assert run.manifest["scenario"]["operator"][1] == {"time": 40.0, "kind": "crash", "unit": "top.b"}
    assert vsmlab.run(run.manifest["scenario"]).digest == session.digest
    with pytest.raises(InputError, match="exists already"):
        session.save(tmp_path / "run")


@pytest.mark.parametrize("wrong", ["left out", "earlier", "other"])
def test_a_replay_that_is_another_run_is_noticed_and_not_kept(wrong, tmp_path):
    session = pair()
    session.advance(40.0)
    session.act({"kind": "crash", "unit": "top.b"})
    session.advance(80.0)
    act = session._acts[0]
    other = {"left out": [], "earlier": [{"time": 39.0}], "other": [{"unit": "top.a"}]}[wrong]
    session._acts = [act.model_copy(update=change) for change in other]
    with pytest.raises(PeerError, match="another run"):
        session.save(tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_done_is_refused_with_its_place_and_changes_nothing():
    session = pair()
    session.advance(10.0)
    before, rows = session.digest, session.count
    wrong: list[tuple[Any, str]] = [
        ({"kind": "crash", "unit": "top.z"}, r"act: unit: no operation of this path, given 'top.z'"),
        ({"kind": "crush"}, r"act: kind: .*did you mean crash"),
        ({"kind": "set", "who": "top.system2", "dial": "gain", "value": 99.0}, r"act: value: .*from 0 to 10"),
        ({"kind": "set", "who": "top.system2", "dial": "gain", "value": "high"}, r"act: value: not a number"),
        ({"kind": "crash", "unit": "top.a", "colour": "red"}, r"act: colour: unknown field"),
        ("crash", "not a mapping"),
    ]
    for act, said in wrong:
        with pytest.raises(InputError, match=said):
            session.act(act)
    assert (session.digest, session.count, session.acts) == (before, rows, ())
    session.advance(300.0)
    with pytest.raises(InputError, match="the run is over"):
        session.act({"kind": "crash", "unit": "top.a"})
    with pytest.raises(InputError, match="not a time"):
        session.advance(float("nan"))
    with pytest.raises(InputError, match="no receiver of this path"):
        session.dials("top.z")


def test_readings_are_what_the_run_measures(tmp_path):
    loaded = loaded_small("small-faults")
    session = Session(loaded)
    for until in (37.0, 120.0, 299.0, 300.0):
        session.advance(until)
        session.readings()
    readings = session.readings()
    run = vsmlab.run(loaded, out=tmp_path / "run", engine="simpy")
    assert readings.rows == run.manifest["counts"]["rows"]
    assert readings.handled == run.manifest["counts"]["messages"]
    for path, mine in readings.operations.items():
        said = run.measures["units"][path]
        assert mine.queue + mine.in_service <= said["in_progress"]
        assert (mine.shed, mine.failed, mine.abandoned) == (said["shed"], said["failed"], said["abandoned"])
        assert mine.served == said["served"]
        assert (mine.moved_in, mine.moved_out) == (said["moved_in"], said["moved_out"])
        assert mine.arrivals == said["arrivals"]
        assert mine.utilisation == pytest.approx(said["utilisation"], rel=1e-9)
    for name, channel in readings.channels.items():
        said = run.measures["channels"].get(name, {"messages": 0, "lost": 0})
        assert (channel.messages, channel.lost) == (said["messages"], said["lost"])


def test_readings_name_who_was_born_who_is_off_what_is_cut_and_where_it_hurts():
    session = Session(loaded_small("small-children"))
    felt = born = 0
    while not session.finished:
        session.advance(session.now + 10.0)
        readings = session.readings()
        felt = max(felt, len(readings.alarms))
        born = max(born, len(readings.children))
        assert all(path in session.names().values() for path in readings.operations)
    assert felt > 0
    assert born > 0
    assert any(path.startswith("top.branch-1.") for path in readings.systems)
    session = pair()
    session.advance(5.0)
    session.act({"kind": "cut", "channel": "account"})
    session.act({"kind": "knockout", "system": "top.system4"})
    session.advance(6.0)
    readings = session.readings()
    assert readings.channels["account"].cut == len([p for p in session.names().values() if sends_account(p)])
    assert {path for path, state in readings.systems.items() if state == "off"} == {"top.system4"}


def sends_account(path: str) -> bool:
    return path.endswith((".management", ".system3"))


def test_the_last_rows_are_kept_and_all_are_counted():
    session = Session("llm-fleet", until=400.0, keep=1000)
    whole = Session("llm-fleet", until=400.0)
    for one in (session, whole):
        one.advance(150.0)
        one.readings()
        one.advance(390.0)
    assert session.count == whole.count > 65_536
    assert session.first_kept == session.count // 65_536 * 65_536 - 65_536
    assert whole.first_kept == 0
    rows = whole.rows()
    assert (len(rows), rows.dtype) == (whole.count, ROW)
    assert np.array_equal(session.rows(), rows[session.first_kept :])
    assert np.array_equal(whole.rows(70_001), rows[70_001:])
    assert np.array_equal(session.rows(session.count - 10), rows[-10:])
    assert len(whole.rows(whole.count + 5)) == 0
    assert session.readings() == whole.readings()
    names = whole.names()
    assert {names[int(each)] for each in np.unique(rows["receiver"])} <= set(names.values())
    assert sum(reading.messages for reading in whole.readings().channels.values()) > 10_000


def test_dials_say_where_they_stand():
    session = pair()
    (gain,) = [dial for dial in session.dials("top.system2") if dial.dial == "gain"]
    assert (gain.value, gain.least, gain.most, gain.channel) == (0.4, 0.0, 10.0, None)
    session.act({"kind": "set", "who": "top.system2", "dial": "gain", "value": 0.9})
    session.act({"kind": "set", "who": "top.system2", "dial": "channel_loss", "channel": "s2", "value": 0.25})
    session.act({"kind": "demand", "stream": "walk-in", "factor": 2.0})
    session.advance(1.0)
    values = {(dial.who, dial.dial, dial.channel): dial.value for dial in session.dials()}
    assert values["top.system2", "gain", None] == 0.9
    assert values["top.system2", "channel_loss", "s2"] == 0.25
    assert values["environment.walk-in", "demand", None] == 2.0
    assert session.readings().streams["walk-in"].asked == 2.0
    assert values["top.audit", "pace", None] == 1.0
    assert {dial.dial for dial in session.dials("top")} == {"channel_delay", "channel_loss"}


def test_it_is_part_of_the_package():
    assert vsmlab.Session is Session
    assert k.NAME_OF[k.TUNE] == "tune"
