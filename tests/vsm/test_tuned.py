"""Dials: what an operator sets is what the laws go by from then on, and nothing else is."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from receivers import hear, organisation, row_of

from vsmlab.dispatch import TABLE
from vsmlab.engines import simpy_engine
from vsmlab.engines.journal import Journal
from vsmlab.engines.start import Start
from vsmlab.lab.build import build
from vsmlab.lab.loader import load
from vsmlab.laws import kinds as k
from vsmlab.laws.dials import ANY_SENDER, CHANNEL_DELAY, CHANNEL_LOSS, DIALS, SPEED, Dial
from vsmlab.laws.sending import channel_to
from vsmlab.vsm.tuned import tune_channels

LAWS = {line.role: line.law for line in TABLE if line.kind == k.TUNE}
OWN = [dial for dial in DIALS if dial.role != ANY_SENDER]
BESIDES = {"pace": {"paced"}, "asked": {"operated"}, "full_speed": {"speed"}}
"""What says that a dial was turned at all; and agents who are not slow work at full speed."""


def fields(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in type(row).__slots__}


def called(dial: Dial) -> str:
    return f"{k.ROLE_NAMES[dial.role]}-{dial.name}" if dial.role != ANY_SENDER else dial.name


@pytest.mark.parametrize("dial", OWN, ids=called)
def test_every_dial_sets_its_field_and_no_other(dial):
    state = organisation(dial.role)
    row = row_of(state, 0)
    for name in type(row).__slots__:
        if name.startswith("first_") or name in ("serving", "head", "tail"):
            setattr(row, name, -1)
    if dial.role == k.OPERATION:
        row.full_speed = row.speed = 1.0
    before = fields(row)
    value = 3.0 if dial.whole or dial.unit != "share" else 0.75
    said = hear(state, 0, LAWS[dial.role], kind=k.TUNE, ref=dial.number, value=value)
    assert [(one.name, one.ref, one.value) for one in said] == [("tuned", dial.number, value)]
    after = fields(row)
    assert after[dial.field] == value
    assert type(after[dial.field]) is (int if dial.whole else float)
    changed = {name for name in after if after[name] != before[name]}
    assert changed - BESIDES.get(dial.field, set()) == {dial.field}


@pytest.mark.parametrize("number", [CHANNEL_DELAY, CHANNEL_LOSS])
def test_a_dial_of_a_channel_holds_for_those_made_later_too(number):
    state = organisation(k.SYSTEM2, k.MANAGEMENT, k.MANAGEMENT)
    unit, field = state.units[0], DIALS[number].field
    ways = [channel_to(state, unit, k.S2, 1), channel_to(state, unit, k.ALGEDONIC, 1)]
    hear(state, 0, tune_channels, kind=k.TUNE, ref=number + k.DIAL_STEP * k.S2, value=0.25)
    ways.append(channel_to(state, unit, k.S2, 2))
    assert [getattr(state.channels[way], field) for way in ways] == [0.25, 0.0, 0.25]


def test_every_role_that_sends_answers_and_the_numbers_are_those_of_the_table():
    assert set(LAWS) == {role for role in range(k.ROLES) if k.SENDS[role] and role != k.PROCESS}
    assert [dial.number for dial in DIALS] == list(range(len(DIALS)))
    assert len({(dial.role, dial.name) for dial in DIALS}) == len(DIALS)


# -- in a whole organisation ------------------------------------------------------------------------------

WHOLE: dict[str, Any] = {
    "version": 1,
    "name": "dialled",
    "title": "An organisation with every System",
    "horizon": 240,
    "seed": 5,
    "environment": {
        "demand": {
            "calls": {
                "arrivals": {"markov": {"rates": [1.0, 7.0], "leave": [0.05, 0.05]}},
                "work": {"exponential": {"mean": 1.0}},
                "to": "top",
            },
            "others": {"arrivals": {"poisson": {"rate": 1.5}}, "work": {"exponential": {"mean": 1.0}}, "to": "top.b"},
        }
    },
    "organisation": {
        "name": "top",
        "essential": {"mean_wait_s": {"max": 0.5, "window": 5.0, "climbs_after": 3.0}},
        "system2": {"period": 4.0, "stagger": False, "gain": 0.4, "threshold": 1.0, "settle": 4.0, "share": True},
        "system3": {
            "period": 8.0, "drain": 8.0, "band": 0.1, "after": 2, "suspend": 10.0, "gain": 1.0, "move_takes": 2.0,
        },
        "audit": {"every": {"exponential": {"mean": 2.0}}, "takes": 2.0, "sample": 0.5, "threshold": 4.0},
        "system4": {"period": 5.0, "indicators_every": 5.0, "looks_ahead": 10.0},
        "system5": {
            "period": 5.0, "tolerance": 1.0, "patience": 5.0, "outside": 0.5, "climbs_after": 2.0, "emergency": 5.0,
        },
        "operations": {
            "a": {"agents": 2, "autonomy": {"offload": {"gain": 0.5, "period": 2.0}}},
            "b": {"agents": 3, "report": {"every": 1.0}, "autonomy": {"offload": {"gain": 0.5, "period": 2.0}}},
        },
    },
    "policy": {"agents": {"least": 2, "most": 9, "hire_takes": 5.0}},
}  # fmt: skip
BUILT: dict[tuple[str, str], tuple[float, dict[str, Any]]] = {
    ("top.a.management", "offload_gain"): (
        1.5,
        {"operations.a.autonomy.offload.gain": 1.5, "system2": "off"},
    ),
    ("top.system2", "gain"): (1.2, {"system2.gain": 1.2}),
    ("top.system2", "threshold"): (4.0, {"system2.threshold": 4.0}),
    ("top.system2", "settle"): (0.5, {"system2.settle": 0.5}),
    ("top.system3", "gain"): (0.3, {"system3.gain": 0.3}),
    ("top.system3", "drain"): (1.0, {"system3.drain": 1.0}),
    ("top.system3", "floor"): (2.0, {"system3.floor": 2}),
    ("top.system3", "move_takes"): (6.0, {"system3.move_takes": 6.0}),
    ("top.system3", "band"): (0.9, {"system3.band": 0.9}),
    ("top.system3", "after"): (5.0, {"system3.after": 5}),
    ("top.system3", "suspend"): (33.0, {"system3.suspend": 33.0}),
    ("top.audit", "pace"): (2.0, {"audit.every.exponential.mean": 4.0}),
    ("top.audit", "threshold"): (0.5, {"audit.threshold": 0.5}),
    ("top.system4", "cover"): (2.0, {"system4.cover": 2.0}),
    ("top.system5", "outside"): (0.9, {"system5.outside": 0.9}),
    ("top.system5", "tolerance"): (9.0, {"system5.tolerance": 9.0}),
    ("top.system5", "patience"): (60.0, {"system5.patience": 60.0}),
    ("top.system5", "emergency"): (20.0, {"system5.emergency": 20.0}),
    ("environment.others", "demand"): (2.0, {}),
    ("top.system2", "channel_loss s2"): (0.3, {"channels": {"s2": {"loss": 0.3}}}),
    ("top.system3", "channel_delay bargain"): (1.5, {"channels": {"bargain": {"delay": 1.5}}}),
}
"""By receiver and dial: what it is set to, and the scenario that says the same of its own."""


def built(changes: dict[str, Any], acts: list[dict[str, Any]] | None = None) -> Start:
    """The organisation with these fields of its root otherwise, and these acts."""
    values = copy.deepcopy(WHOLE)
    for path, value in changes.items():
        *way, last = path.split(".")
        here = values["organisation"]
        for name in way:
            here = here[name]
        here[last] = value
    return build(load({**values, "operator": acts or []}))


def journal(start: Start, horizon: float = 240.0) -> np.ndarray:
    """Its rows, but those that say that a dial is turned and who caused what."""
    found: list[Any] = []
    simpy_engine.run(start, horizon, Journal(start.identities, [found.append]))
    rows = np.concatenate(found)
    rows = rows[~np.isin(rows["kind"], [k.TUNE, k.TUNED])]
    rows["cause"] = 0
    return rows


@pytest.mark.parametrize(("who", "dial"), BUILT)
def test_a_dial_set_at_once_is_the_scenario_built_with_that_value(who, dial):
    value, changes = BUILT[who, dial]
    name, _, channel = dial.partition(" ")
    act = {"time": 0.0, "kind": "set", "who": who, "dial": name, "value": value}
    if channel:
        act["channel"] = channel
    without = {path: change for path, change in changes.items() if change == "off"}
    turned, plain = journal(built(without, [act])), journal(built(without))
    if dial == "demand":
        other = copy.deepcopy(WHOLE["environment"])
        other["demand"]["others"]["arrivals"]["poisson"]["rate"] = 3.0
        wanted = build(load({**WHOLE, "environment": other}))
        # what System 4 is told of it, and what operations expect at first, comes from what the scenario says
        rows, others = turned[turned["kind"] == k.BORN], journal(wanted)
        assert np.array_equal(rows["due"], others["due"][others["kind"] == k.BORN])
    else:
        assert np.array_equal(turned, journal(built(changes)))
    assert not np.array_equal(turned, plain), "the dial does nothing here, so nothing was shown"


PERIODS = {
    ("top.b", "report_every"): k.REPORT,
    ("top.b.management", "account_every"): k.ACCOUNT_DUE,
    ("top.system2", "period"): k.COORDINATE,
    ("top.system3", "period"): k.BARGAIN_DUE,
    ("top.system4", "period"): k.LOOK_AHEAD,
    ("top.system5", "period"): k.GOVERN,
}


@pytest.mark.parametrize(("who", "dial"), PERIODS)
def test_a_period_holds_from_the_next_reminder_on(who, dial):
    start = built({}, [{"time": 50.0, "kind": "set", "who": who, "dial": dial, "value": 3.25}])
    me = start.identities[start.paths.index(who)]
    rows = journal(start)
    dues = rows["due"][(rows["kind"] == PERIODS[who, dial]) & (rows["receiver"] == me)]
    gaps = np.diff(dues[dues >= 50.0])
    assert len(gaps) > 20
    assert gaps == pytest.approx(3.25)
    assert not any(gap == pytest.approx(3.25) for gap in np.diff(dues[dues < 50.0]))


def test_every_dial_is_tried_here():
    names = {dial for _, dial in [*BUILT, *PERIODS]}
    tried = {(k.ROLE_NAMES.index(role_of(who)), dial.partition(" ")[0]) for who, dial in [*BUILT, *PERIODS]}
    assert {"channel_loss s2", "channel_delay bargain"} <= names
    assert {(dial.role, dial.name) for dial in OWN} - tried == {(k.OPERATION, DIALS[SPEED].name)}


def role_of(who: str) -> str:
    last = who.rpartition(".")[2]
    return "stream" if who.startswith("environment") else last if last in k.ROLE_NAMES else "operation"


LONE: dict[str, Any] = {
    "version": 1, "name": "lone", "title": "One agent", "horizon": 60,
    "environment": {"demand": {"calls": {"arrivals": {"renewal": 20.0}, "work": 10.0, "to": "top"}}},
    "organisation": {"name": "top", "agents": 1},
}  # fmt: skip


def served(*acts: dict[str, Any]) -> list[float]:
    rows = journal(build(load({**LONE, "operator": list(acts)})), 60.0)
    return [float(due) for due in rows["due"][rows["kind"] == k.SERVED]]


def test_a_new_speed_is_kept_to_from_then_on_and_work_is_conserved():
    speed = {"kind": "set", "dial": "speed", "who": "top"}
    slow = {"kind": "slow", "unit": "top"}
    assert served() == [30.0, 50.0]
    assert served({"time": 25.0, **speed, "value": 2.0}) == [27.5, 45.0]
    assert served({"time": 22.0, **slow, "factor": 0.5}, {"time": 26.0, **speed, "value": 3.0}) == [
        pytest.approx(26.0 + 6.0 / 1.5), pytest.approx(40.0 + 10.0 / 1.5),
    ]  # fmt: skip
    mended = {"time": 27.0, **slow, "mends": True}
    assert served({"time": 22.0, **slow, "factor": 0.5}, {"time": 26.0, **speed, "value": 3.0}, mended) == [
        pytest.approx(27.0 + 4.5 / 3.0), pytest.approx(40.0 + 10.0 / 3.0),
    ]  # fmt: skip


# -- knocked out ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("system", ["a.management", "system2", "system3", "audit", "system4", "system5"])
def test_who_is_knocked_out_says_nothing_from_then_on_for_good(system):
    start = built({}, [{"time": 50.0, "kind": "knockout", "system": f"top.{system}"}])
    me = start.identities[start.paths.index(f"top.{system}")]
    rows = journal(start)
    plain = journal(built({}))
    assert np.array_equal(rows[rows["due"] < 50.0], plain[plain["due"] < 50.0])
    mine = rows[(rows["sender"] == me) & (rows["due"] > 50.0)]
    struck = rows[(rows["kind"] == k.DISTURBED) & (rows["receiver"] == me)]
    assert [(row["due"], row["ref"]) for row in struck] == [(50.0, k.KNOCK_OUT)]
    assert set(mine["kind"][mine["kind"] >= k.FACTS].tolist()) == {k.UNANSWERED}
    sent = mine[(mine["kind"] < k.FACTS) & (mine["receiver"] == me)]
    assert len(sent) <= 4, "the reminders that were under way, and none after"
