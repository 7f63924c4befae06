"""The reference engine: where a run ends, what goes first at one time, how often SimPy is called, what is refused."""

from itertools import groupby

import numpy as np
import pytest
import simpy
from small_scenarios import cell, loaded_small, poisson, scenario, small_scenarios

from vsmlab import load
from vsmlab.engines import simpy_engine
from vsmlab.engines.journal import Journal
from vsmlab.errors import ModelError
from vsmlab.lab.build import build
from vsmlab.laws import kinds as k
from vsmlab.laws.sending import note, remind

CLOCKWORK = {"renewal": 1.0}
SECOND = {"arrivals": CLOCKWORK, "work": 1.0}


def rows_of(loaded, horizon, **more):
    start = build(loaded)
    segments = []
    kept = Journal(start.identities, [segments.append])
    simpy_engine.run(start, horizon, kept, **more)
    return np.concatenate(segments)


def clockwork(systems="off"):
    """Everything happens at whole seconds: twenty operations report, serve and are asked at once."""
    names = [f"unit-{number}" for number in range(20)]
    operations = {name: {"agents": 1, "report": {"every": 1.0, "phase": 0.0}} for name in names}
    demand = {name: {**SECOND, "to": f"top.{name}"} for name in names}
    return load(
        scenario("clockwork", demand, {"operations": operations, "system2": systems, "system3": systems})
    )


def test_the_end_of_a_run_is_exclusive():
    loaded = clockwork()
    assert rows_of(loaded, 5.0)["due"].max() == 4.0
    assert rows_of(loaded, np.nextafter(5.0, 6.0))["due"].max() == 5.0


def test_a_longer_run_begins_with_the_shorter():
    short, long = rows_of(clockwork("on"), 5.0), rows_of(clockwork("on"), 9.0)
    assert (long[: len(short)] == short).all()


def test_at_one_time_messages_go_by_priority_receiver_sender_and_number():
    rows = rows_of(clockwork(), 30.0)
    handled = rows[rows["kind"] < k.FACTS]
    most = 0
    for _, group in groupby(
        zip(handled, np.flatnonzero(rows["kind"] < k.FACTS), strict=True), lambda p: p[0]["due"]
    ):
        here = list(group)
        most = max(most, len(here))
        waiting = {}
        for row, index in here:  # what was on the agenda when each was taken may not have gone before it
            key = (row["priority"], row["receiver"], row["sender"], row["number"])
            waiting[index] = (key, int(row["cause"]))
        taken = sorted(waiting)
        for place, index in enumerate(taken):
            present = [other for other in taken[place:] if waiting[other][1] < index]
            assert waiting[index][0] == min(waiting[other][0] for other in present)
    assert most >= 100


@pytest.mark.parametrize("name", [name for name in small_scenarios() if name != "small-profile"])
def test_time_never_runs_backwards_and_causes_come_before(name):
    rows = rows_of(loaded_small(name), 60.0)
    assert (np.diff(rows["due"]) >= 0.0).all()
    assert (rows["cause"] < np.arange(len(rows))).all()
    caused = rows["cause"] >= 0
    assert (rows["due"][rows["cause"][caused]] <= rows["due"][caused]).all()
    facts = rows["kind"] >= k.FACTS
    assert (rows["number"][facts] == -1).all()
    assert (rows["due"][facts] == rows["due"][rows["cause"][facts]]).all()


def test_simpy_is_woken_once_for_each_due_time(monkeypatch):
    steps = []
    original = simpy.Environment.step

    def counted(self):
        steps.append(self.peek())
        original(self)

    monkeypatch.setattr(simpy.Environment, "step", counted)
    rows = rows_of(clockwork(), 30.0)
    assert len(rows) > 3_000
    assert steps == [float(second) for second in range(31)]  # the last is SimPy's own end of the run


def test_a_busy_organisation_is_woken_once_for_each_due_time_too(monkeypatch):
    steps = []
    original = simpy.Environment.step
    monkeypatch.setattr(
        simpy.Environment, "step", lambda self: (steps.append(self.peek()), original(self))[1]
    )
    rows = rows_of(loaded_small("small-bargain"), 60.0)
    assert len(steps) - 1 == len(np.unique(rows["due"][rows["kind"] < k.FACTS]))


def test_progress_is_told_about_a_hundred_times_and_changes_nothing():
    told = []
    loaded = loaded_small("small-pair")
    quiet, shown = rows_of(loaded, 60.0), rows_of(loaded, 60.0, progress=told.append)
    assert (quiet == shown).all()
    assert len(told) == 100
    assert told == sorted(told)
    assert told[-1] == 60.0


def own(value, kind=k.HEARTBEAT):
    def law(state, unit, now, message):
        note(state, unit, k.INTERVENED, -1, 0, value)

    return {(kind, k.SYSTEM2): law}


def test_minus_zero_never_enters_the_journal():
    rows = rows_of(loaded_small("small-pair"), 20.0, own_laws=own(-0.0))
    noted = rows[rows["kind"] == k.INTERVENED]
    assert len(noted) > 3
    for column in ("value", "due"):
        assert not np.signbit(rows[column][rows[column] == 0.0]).any()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_none_is_refused_with_its_row(value):
    with pytest.raises(ModelError, match=r"journal row \d+ has value (nan|-?inf): a law divided by zero"):
        rows_of(loaded_small("small-pair"), 20.0, own_laws=own(value))


def test_a_message_that_is_never_due_is_never_handled():
    def law(state, unit, now, message):
        remind(state, unit, k.COORDINATE, 1e300, 0)

    rows = rows_of(loaded_small("small-pair"), 60.0, own_laws={(k.COORDINATE, k.SYSTEM2): law})
    assert (rows["kind"] == k.COORDINATE).sum() == 1


def test_where_nothing_happens_the_journal_is_empty():
    late = poisson(1e-9, "top")
    silent = {
        **cell("a"),
        "system2": "off",
        "system3": "off",
        "audit": "off",
        "system4": "off",
        "system5": "off",
        "operations": {"a": {"agents": 1, "management": "off"}},
    }
    rows = rows_of(load(scenario("silence", {"late": late}, silent)), 60.0)
    assert rows["kind"].tolist() == [k.NEXT_ARRIVAL]
