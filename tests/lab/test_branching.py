"""A branch is the run that it leaves up to a moment, row for row, and what the changed scenario makes of it after."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

import vsmlab
from vsmlab.cli.main import app
from vsmlab.engines import compiled
from vsmlab.errors import InputError, PeerError

UNTIL, AT = 1_200.0, 600.0
CRASH = "environment.disturbances=[{kind: crash, time: 800, unit: press.crew-4, lasts: 200}]"
QUIET = ["environment.disturbances=[]"]
ENGINES = ["simpy", *(["compiled"] if compiled.available() else [])]


@pytest.fixture(scope="module")
def parent(tmp_path_factory):
    out = tmp_path_factory.mktemp("parent") / "run"
    return vsmlab.run("zombies", until=UNTIL, overrides=QUIET, out=out)


def rows(run: vsmlab.Run) -> np.ndarray:
    return np.concatenate(list(run.segments()))


@pytest.mark.parametrize("engine", ENGINES)
def test_where_nothing_that_matters_is_changed_it_is_the_same_run(parent, engine):
    same = vsmlab.branch(parent, at=AT, overrides=["title=Another title"], engine=engine)
    assert same.digest == parent.digest
    assert same.measures == parent.measures
    assert same.manifest["branch"] == {"of": parent.digest, "at": AT, "changes": ["title=Another title"]}


@pytest.mark.parametrize(
    ("changes", "straight"),
    [
        ([f"horizon={2 * UNTIL}"], {"until": 2 * UNTIL, "overrides": QUIET}),
        (
            [CRASH],
            {"until": UNTIL, "overrides": [CRASH]},
        ),
    ],
    ids=["a later end", "a crash to come"],
)
def test_a_change_of_what_is_still_to_come_gives_the_run_that_had_it_from_the_beginning(
    parent, changes, straight
):
    """An exact oracle: what lies after the moment alone cannot have mattered before."""
    whole = vsmlab.run("zombies", **straight)
    runs = [vsmlab.branch(parent, at=AT, overrides=changes, engine=engine) for engine in ENGINES]
    assert {run.digest for run in runs} == {whole.digest}
    assert whole.digest != parent.digest


@pytest.mark.parametrize(
    "change",
    ["knockout=[system2]", "organisation.system3.period=45", "seed=99", "channels.s2.delay=9"],
)
def test_up_to_the_moment_it_is_the_run_that_it_leaves_and_then_it_is_not(parent, change):
    runs = [vsmlab.branch(parent, at=AT, overrides=[change], engine=engine) for engine in ENGINES]
    assert len({run.digest for run in runs}) == 1, "both engines make the same of it"
    before, after = (rows(run) for run in (parent, runs[0]))
    past = before["due"] < AT
    assert past.sum() > 10_000
    assert (after[: past.sum()] == before[past]).all()
    assert (after["due"][past.sum() :] >= AT).all()
    assert runs[0].digest != parent.digest
    assert runs[0].verify().good


def test_who_is_knocked_out_says_nothing_from_then_on(parent):
    run = vsmlab.branch(parent, at=AT, overrides=["knockout=[system2]"])
    said = run.table("events")
    said = said[(said["sender"] == "press.system2") & (said["number"] >= 0)]
    sent_before = said[said["due"] < AT + 60.0]  # what was under way arrives
    assert len(sent_before) == len(said)
    assert len(sent_before) > 100


def test_children_that_were_born_before_stay_and_have_names():
    hurried = ["environment.demand.calls.arrivals.linear.times=[0, 100, 300, 500, 550, 3000]"]
    hurried += ["organisation.spawn.dwell=20", "warmup=50"]
    grown = vsmlab.run("spawning", until=900.0, overrides=hurried)
    assert len(grown.manifest["places"]) > 5
    for engine in ENGINES:
        same = vsmlab.branch(grown, at=700.0, overrides=["title=Another"], engine=engine)
        assert same.digest == grown.digest
        assert same.manifest["places"] == grown.manifest["places"]
    more = "environment.disturbances=[{kind: crash, time: 800, unit: crew.front, lasts: 20}]"
    with pytest.raises(InputError, match="another organisation"):
        vsmlab.branch(grown, at=700.0, overrides=[more])


@pytest.mark.parametrize(
    ("at", "changes", "says"),
    [
        (0.0, ["seed=3"], "no moment of both runs"),
        (UNTIL, ["seed=3"], "no moment of both runs"),
        (float("nan"), ["seed=3"], "no moment of both runs"),
        (AT, ["horizon=500"], "no moment of both runs"),
        (AT, ["organisation.operations.crew-9={agents: 2}"], "not the same one otherwise"),
        (AT, ["organisation.nonsense=6"], "nonsense"),
        (AT, ["knockout=[press.system9]"], "system9"),
    ],
)
def test_what_cannot_be_changed_in_the_middle_is_refused(parent, tmp_path, at, changes, says):
    with pytest.raises(InputError, match=says) as caught:
        vsmlab.branch(parent, at=at, overrides=changes, out=tmp_path / "branch")
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_what_the_run_has_moved_meanwhile_cannot_be_set(tmp_path):
    """System 3 has moved agents of `bargain`: how many there are is what became of them."""
    moved = vsmlab.run("bargain", until=1_500.0, overrides=["warmup=100"])
    with pytest.raises(InputError, match=r"agents of .* has moved since: it is \d+ by then"):
        vsmlab.branch(
            moved,
            at=1_200.0,
            overrides=["organisation.operations.sales.agents=9", "policy.agents.total=null"],
            out=tmp_path / "run",
        )
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_is_not_what_its_scenario_makes_is_refused(parent, tmp_path):
    """Another seed's journal in its place, its digest mended so that only the replay can tell."""
    forged = tmp_path / "forged"
    forged.mkdir()
    other = vsmlab.run("zombies", seed=1, until=UNTIL, overrides=QUIET, out=tmp_path / "other")
    for name in ("events.parquet", "measures.json"):
        (forged / name).write_bytes((other.folder / name).read_bytes())
    manifest = dict(parent.manifest) | {key: other.manifest[key] for key in ("digest", "segments")}
    (forged / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(PeerError, match="other laws, or other data"):
        vsmlab.branch(forged, at=AT, overrides=["title=Another"])


def test_a_run_of_own_processes_is_refused(tmp_path):
    def idle(env, organisation):
        yield env.timeout(1.0)

    own = vsmlab.run("mm3", until=300.0, overrides=["warmup=0"], processes=[idle], out=tmp_path / "run")
    with pytest.raises(InputError, match="own laws or processes"):
        vsmlab.branch(own, at=100.0, overrides=["seed=2"])


def test_the_fleet_is_found_with_its_data_and_branched_in_the_shell(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    vsmlab.run("llm-fleet", until=240.0, overrides=["warmup=10"], out=tmp_path / "runs" / "day")
    command = ["branch", "runs/day", "--at", "120", "--knockout", "system3", "--no-report", "--json"]
    answer = CliRunner().invoke(app, command)
    assert answer.exit_code == 0, answer.output
    said = json.loads(answer.stdout)
    assert said["folder"] == "runs/llm-fleet-from-120"
    assert CliRunner().invoke(app, ["verify", said["folder"]]).exit_code == 0


def test_the_command_wants_a_change(parent):
    answer = CliRunner().invoke(app, ["branch", str(parent.folder), "--at", "10"])
    assert answer.exit_code != 0
    assert "nothing is changed" in str(answer.exception)
