"""A user's own SimPy process and a user's own laws: part of the run, named in it, and isolated when they fail."""

import hashlib
import inspect
import math
import re

import pytest
from small_scenarios import cell, poisson, scenario

import vsmlab
from vsmlab.errors import InputError, PeerError
from vsmlab.laws import kinds as k
from vsmlab.laws.sending import note, send
from vsmlab.vsm import system2

QUIET = scenario("quiet", {"walk-in": poisson(1.0, "top.a")}, cell("a", "b"), horizon=30)


def weather(env, organisation):
    """Every second a task of half a second's work; it looks before it speaks."""
    while True:
        if organisation.look("top.b")["queue"] < 5:
            organisation.tell("top.b", "arrive", 0.5)
        yield env.timeout(1.0)


def gossip(env, organisation):
    yield env.timeout(2.0)
    organisation.tell("top.system2", "load", 99.0, ref=k.PRESENT)


def journal(run):
    return run.table("events")


# -- processes --------------------------------------------------------------------------------------------


def test_a_process_takes_part_under_its_own_name():
    run = vsmlab.run(QUIET, processes=[weather, gossip])
    events = journal(run)
    told = events[events["sender"] == "process.weather"]
    arrived = told[told["kind"] == "arrive"]
    assert arrived["due"].tolist() == [float(second) for second in range(30)]
    assert (arrived["receiver"] == "top.b").all()
    assert (told["kind"] == "born").sum() == 30
    assert (events[events["sender"] == "process.gossip"]["kind"] == "load").tolist() == [True]
    assert run.manifest["processes"] == ["weather", "gossip"]
    assert run.manifest["failures"] == []
    assert run.verify().good
    assert run.measures["units"]["top.b"]["served"] >= 28


def test_a_process_leaves_the_draws_of_the_others_as_they_were():
    alone, together = (journal(vsmlab.run(QUIET, processes=ps)) for ps in ([], [weather]))
    for kind in ("born", "started"):
        one, other = (t[(t["kind"] == kind) & (t["receiver"] != "top.b")] for t in (alone, together))
        other = other[other["sender"] != "process.weather"]
        assert (
            one[["due", "value", "task"]].to_numpy().tolist()
            == other[["due", "value", "task"]].to_numpy().tolist()
        )


def test_two_runs_with_a_process_write_the_same_journal():
    first, second = (vsmlab.run(QUIET, processes=[weather]).digest for _ in range(2))
    assert first == second != vsmlab.run(QUIET).digest


def test_at_equal_times_a_process_goes_before_the_agenda():
    seen = []

    def clock(env, organisation):
        while True:
            seen.append((env.now, organisation.look("top.a")["window_arrivals"]))
            organisation.tell("top.b", "arrive", 0.1)
            yield env.timeout(1.0)

    every_second = {"arrivals": {"renewal": 1.0}, "work": 0.1, "to": "top.a"}
    bare = {"operations": {name: {"agents": 1, "management": "off"} for name in ("a", "b")}}
    mapping = scenario(
        "clock", {"tick": every_second}, {**bare, "system2": "off", "system3": "off"}, horizon=5
    )
    events = journal(vsmlab.run(mapping, processes=[clock]))
    # at second n the n-th arrival is due too: the process does not see it yet
    assert seen == [(float(n), max(0, n - 1)) for n in range(5)]
    for second in (1.0, 2.0, 3.0, 4.0):
        here = events[(events["due"] == second) & (events["kind"].isin(["born"]))]
        assert here["sender"].tolist() == ["process.clock", "environment.tick"]


def test_what_it_looks_at_cannot_be_changed():
    def vandal(env, organisation):
        organisation.look("top.a")["agents"] = 99
        yield env.timeout(1.0)

    with pytest.raises(PeerError, match=r"vandal.*does not support item assignment"):
        vsmlab.run(QUIET, processes=[vandal])


def test_every_receiver_can_be_looked_at():
    seen = {}

    def looker(env, organisation):
        yield env.timeout(5.0)
        seen.update({path: organisation.look(path) for path in organisation.paths})

    vsmlab.run(QUIET, processes=[looker])
    assert set(seen) >= {
        "top",
        "top.a",
        "top.a.management",
        "top.system2",
        "environment.walk-in",
        "process.looker",
    }
    assert seen["top.a"]["agents"] == 2
    assert all(math.isfinite(value) for numbers in seen.values() for value in numbers.values())


def test_two_processes_of_one_name_are_refused(tmp_path):
    with pytest.raises(
        InputError, match=r"processes: two processes with one name, given weather; a process's name"
    ):
        vsmlab.run(QUIET, processes=[weather, weather], out=tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_a_process_without_a_usable_name_is_refused():
    with pytest.raises(InputError, match="a process without a usable name"):
        vsmlab.run(QUIET, processes=[lambda env, organisation: iter(())])


WRONG = {
    "path": (("top.bb", "arrive", 1.0), r"no such receiver, given top\.bb; did you mean 'top\.b'\?"),
    "far path": (("nowhere", "arrive", 1.0), "no such receiver, given nowhere"),
    "kind": (
        ("top.b", "arive", 1.0),
        r"no such kind of message to tell, given arive; did you mean 'arrive'\?",
    ),
    "reminder": (("top.system3", "bargain-due", 1.0), "no such kind of message to tell"),
    "world's answer": (("top.a", "done", 1.0), "no such kind of message to tell"),
    "nan": (("top.b", "arrive", float("nan")), "tell arrive: not a finite number, given nan"),
    "infinity": (("top.system2", "load", float("inf")), "tell load: not a finite number, given inf"),
    "negative work": (("top.b", "arrive", -1.0), "negative work, given -1.0; seconds of work, at least 0"),
}


@pytest.mark.parametrize(("told", "says"), WRONG.values(), ids=WRONG)
def test_what_a_process_tells_wrongly_is_refused_clearly_where_it_says_it(told, says):
    caught = []

    def careless(env, organisation):
        try:
            organisation.tell(*told)
        except InputError as exc:
            caught.append(str(exc))
        yield env.timeout(1.0)

    with_it = vsmlab.run(QUIET, processes=[careless])
    assert len(caught) == 1
    assert re.search(says, caught[0])
    events = journal(with_it)
    assert not (events["sender"] == "process.careless").any()


def test_a_message_that_its_receiver_has_no_law_for_is_a_fact():
    def astray(env, organisation):
        organisation.tell("top.system3", "heartbeat", 4.0)
        organisation.tell("top.system2", "arrive", 4.0)
        yield env.timeout(1.0)

    events = journal(vsmlab.run(QUIET, processes=[astray]))
    refused = events[events["kind"] == "refused"]
    assert sorted(zip(refused["receiver"], refused["ref"], strict=True)) == [
        ("top.system2", k.ARRIVE),
        ("top.system3", k.HEARTBEAT),
    ]


def test_a_process_that_fails_fails_the_run_and_leaves_no_folder(tmp_path):
    def broken(env, organisation):
        yield env.timeout(3.0)
        raise ZeroDivisionError("a user's mistake")

    with pytest.raises(PeerError, match=r"broken.*ZeroDivisionError: a user's mistake"):
        vsmlab.run(QUIET, processes=[broken], out=tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_word_that_nobody_catches_fails_the_run_and_leaves_no_folder(tmp_path):
    def careless(env, organisation):
        organisation.tell("top.zz", "arrive", 1.0)
        yield env.timeout(3.0)

    with pytest.raises((InputError, PeerError), match="no such receiver"):
        vsmlab.run(QUIET, processes=[careless], out=tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_something_that_is_no_generator_is_refused_clearly(tmp_path):
    def plain(env, organisation):
        return 3

    with pytest.raises((InputError, PeerError), match=r"plain.*generator"):
        vsmlab.run(QUIET, processes=[plain], out=tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


# -- laws -------------------------------------------------------------------------------------------------


def deaf(state, unit, now, message):
    """System 2 hears nothing, and says so."""
    note(state, unit, k.INTERVENED, -1, 0, message.value)


def busy(state, unit, now, message):
    """System 2 coordinates as ever, and shouts first."""
    send(state, unit, now, k.S2, k.HEARTBEAT, unit.row, 0, 7.0)
    system2.coordinate(state, unit, now, message)


def failing(state, unit, now, message):
    """It sends, and then it fails."""
    send(state, unit, now, k.S2, k.HEARTBEAT, unit.row, 0, 7.0)
    raise KeyError("a user's mistake")


def test_an_own_law_takes_the_place_of_one_kind_at_one_role():
    events = journal(vsmlab.run(QUIET, laws={"load@system2": deaf}))
    loads = events[(events["kind"] == "load") & (events["receiver"] == "top.system2")]
    noted = events[events["kind"] == "intervened"]
    assert len(noted) == len(loads) > 5
    assert not (events["kind"] == "damp").any() or (events[events["kind"] == "damp"]["ref"] == -1).all()


def test_a_bare_role_stands_for_the_law_that_decides():
    events = journal(vsmlab.run(QUIET, laws={"system2": busy}))
    shouts = events[
        (events["kind"] == "heartbeat") & (events["value"] == 7.0) & (events["sender"] == "top.system2")
    ]
    turns = events[events["kind"] == "coordinate"]
    assert len(shouts) == len(turns) > 5


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("lod@system2", r"laws: there is no such law, given lod@system2; did you mean 'load@system2'\?"),
        ("system22", r"did you mean 'system2'\?"),
        ("load@stream", "did you mean"),
        ("zzz", "a law is named kind@role, such as load@system2"),
    ],
)
def test_an_unknown_place_for_a_law_is_refused_with_what_was_meant(name, says, tmp_path):
    with pytest.raises(InputError, match=says):
        vsmlab.run(QUIET, laws={name: deaf}, out=tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_function_is_no_law():
    with pytest.raises(InputError, match=r"laws\.system2: not a function, given '?3"):
        vsmlab.run(QUIET, laws={"system2": 3})


def test_a_law_that_fails_is_recorded_and_what_it_sent_is_taken_back():
    with pytest.warns(RuntimeWarning, match="own laws failed: law failing at"):
        run = vsmlab.run(QUIET, laws={"load@system2": failing})
    events = journal(run)
    loads = events[(events["kind"] == "load") & (events["receiver"] == "top.system2")]
    failed = events[events["kind"] == "law-failed"]
    assert len(failed) == len(loads) > 5
    assert (failed["receiver"] == "top.system2").all()
    assert (failed["ref"] == k.LOAD).all()
    assert not ((events["kind"] == "heartbeat") & (events["sender"] == "top.system2")).any()
    assert "law failing at" in run.manifest["failures"][0]
    assert "KeyError" in run.manifest["failures"][0]
    assert len(run.manifest["failures"]) == min(100, len(failed))
    assert run.verify().good


def test_a_failing_law_leaves_everyone_else_at_work():
    with pytest.warns(RuntimeWarning, match="own laws failed"):
        run = vsmlab.run(QUIET, laws={"load@system2": failing})
    calm = vsmlab.run(QUIET)
    assert run.measures["units"]["top.a"]["arrivals"] == calm.measures["units"]["top.a"]["arrivals"]
    assert run.measures["units"]["top.a"]["served"] > 20


def test_the_manifest_says_which_law_it_was_by_the_hash_of_its_source():
    told = vsmlab.run(QUIET, laws={"load@system2": deaf, "system2": busy}).manifest["own_laws"]
    assert [entry["place"] for entry in told] == ["load@system2", "system2"]
    assert [entry["law"] for entry in told] == ["deaf", "busy"]
    assert told[0]["source_sha256"] == hashlib.sha256(inspect.getsource(deaf).encode()).hexdigest()
    assert told[1]["source_sha256"] == hashlib.sha256(inspect.getsource(busy).encode()).hexdigest()


def test_own_laws_keep_the_run_the_same_every_time_and_the_same_law_changes_nothing():
    one, other = (vsmlab.run(QUIET, laws={"system2": busy}).digest for _ in range(2))
    assert one == other != vsmlab.run(QUIET).digest
    assert vsmlab.run(QUIET, laws={"system2": system2.coordinate}).digest == vsmlab.run(QUIET).digest


def test_own_laws_of_one_run_are_gone_in_the_next():
    before = vsmlab.run(QUIET).digest
    vsmlab.run(QUIET, laws={"system2": busy})
    assert vsmlab.run(QUIET).digest == before
