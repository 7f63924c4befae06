"""Which engine is taken: what was asked for, else what is done sooner; and it changes nothing that is written."""

import json

import pytest
from typer.testing import CliRunner

import vsmlab
from vsmlab.cli.main import app
from vsmlab.engines import choosing, compiled, simpy_engine
from vsmlab.engines.choosing import choose, expected_messages
from vsmlab.engines.journal import Journal
from vsmlab.errors import InputError
from vsmlab.lab.build import build
from vsmlab.lab.loader import load, shipped_scenarios

SHIPPED = [shipped.name for shipped in shipped_scenarios()]


@pytest.mark.parametrize("name", SHIPPED)
def test_messages_are_estimated_within_a_factor_of_three(name):
    loaded = load(name)
    start = build(loaded)
    seconds = min(loaded.scenario.horizon, 1_800.0)
    estimated = expected_messages(start, seconds)
    handled = simpy_or_compiled(start, seconds)
    assert handled / 3.0 < estimated < handled * 3.0


def simpy_or_compiled(start, seconds):
    run = compiled.run if compiled.available() else simpy_engine.run
    return run(start, seconds, Journal(start.identities)).handled


@pytest.mark.parametrize(
    ("there", "installed", "seconds", "taken"),
    [
        (True, True, 10.0, "simpy"),
        (True, True, 10_000.0, "compiled"),
        (False, True, 10_000.0, "simpy"),
        (False, True, 1_000_000.0, "compiled"),
        (True, False, 1_000_000.0, "simpy"),
    ],
    ids=["too short to load it", "it is there", "too short to compile it", "worth compiling", "no numba"],
)
def test_auto_takes_what_is_done_sooner(monkeypatch, there, installed, seconds, taken):
    monkeypatch.setattr(compiled, "is_compiled", lambda: there)
    monkeypatch.setattr(compiled, "available", lambda: installed)
    assert choose("auto", build(load("mm3")), seconds) == taken


def test_what_was_asked_for_is_taken(monkeypatch):
    monkeypatch.setattr(compiled, "is_compiled", lambda: True)
    start = build(load("mm3"))
    assert choose("simpy", start, 1e9) == "simpy"
    assert choose("compiled", start, 1.0) == "compiled"


def test_own_laws_run_on_simpy_and_nowhere_else(monkeypatch):
    monkeypatch.setattr(compiled, "is_compiled", lambda: True)
    start = build(load("mm3"))
    assert choose("auto", start, 1e9, own=True) == "simpy"
    with pytest.raises(InputError, match="own laws and processes are not compiled"):
        choose("compiled", start, 1.0, own=True)


def test_an_unknown_engine_is_refused_by_name():
    with pytest.raises(InputError, match=r"engine.*'fast'.*auto"):
        vsmlab.run("mm3", until=100.0, overrides=["warmup=0"], engine="fast")
    with pytest.raises(InputError, match="unknown engine"):
        choosing.choose("fast", build(load("mm3")), 1.0)


@pytest.mark.fast_extra
def test_the_manifest_says_which_engine_and_nothing_else_differs(tmp_path):
    runs = [
        vsmlab.run("zombies", until=900.0, engine=engine, out=tmp_path / engine)
        for engine in ("simpy", "compiled")
    ]
    assert [run.manifest["engine"] for run in runs] == ["simpy", "compiled"]
    assert runs[0].digest == runs[1].digest
    assert runs[0].measures == runs[1].measures
    own = {"engine", "wall_seconds", "cpu_seconds", "scenario"}
    one, other = ({k: v for k, v in run.manifest.items() if k not in own} for run in runs)
    assert one == other
    assert runs[1].verify().good


@pytest.mark.fast_extra
def test_children_are_named_whichever_engine_bore_them(tmp_path):
    hurried = ["environment.demand.calls.arrivals.linear.times=[0, 100, 300, 500, 550, 3000]"]
    hurried += ["organisation.spawn.dwell=20", "warmup=50"]
    runs = [
        vsmlab.run("spawning", until=1_400.0, overrides=hurried, engine=engine, out=tmp_path / engine)
        for engine in ("simpy", "compiled")
    ]
    assert runs[0].manifest["places"] == runs[1].manifest["places"]
    assert any("branch-1" in place[0] for place in runs[1].manifest["places"])
    assert runs[0].measures == runs[1].measures


@pytest.mark.fast_extra
def test_the_command_takes_an_engine(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = CliRunner().invoke(
        app, ["run", "mm3", "--until", "3000", "--engine", "compiled", "--no-report", "--json"]
    )
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout)["engine"] == "compiled"


@pytest.mark.fast_extra
def test_who_interrupts_a_compiled_run_leaves_nothing_behind(tmp_path):
    def stop(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        vsmlab.run("mm3", until=20_000.0, engine="compiled", out=tmp_path / "run", progress=stop)
    assert list(tmp_path.iterdir()) == []
