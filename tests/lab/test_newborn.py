"""Child systems that are born in a run: their names, their places, and the books that balance for them too."""

from __future__ import annotations

from typing import Any

import pytest

import vsmlab
from vsmlab.lab.record import Run
from vsmlab.lab.report.of_run import write_report
from vsmlab.lab.series import history

HURRIED = (
    "environment.demand.calls.arrivals.linear.times=[0, 100, 300, 700, 800, 3000]",
    "organisation.spawn.dwell=20",
    "warmup=50",
)


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Run:
    """Two children are made; when demand has fallen at least one of them is retired."""
    folder = tmp_path_factory.mktemp("newborn") / "run"
    return vsmlab.run("spawning", until=1700.0, overrides=HURRIED, out=folder)


def test_children_are_places_and_units_with_the_names_of_their_pattern(run):
    paths = [place[0] for place in run.manifest["places"]]
    assert paths[:3] == ["crew", "crew.front", "crew.back"]
    assert paths[3:6] == ["crew.branch-1", "crew.branch-1.desk-a", "crew.branch-1.desk-b"]
    assert list(run.measures["units"]) == sorted(paths, key=paths.index)
    assert {"crew", "crew.branch-1"} <= set(run.measures["systems"])
    for path, parent, depth, _, viable, agents in run.manifest["places"][3:]:
        assert run.manifest["places"][parent][0] == path.rpartition(".")[0]
        assert depth == path.count(".")
        assert (viable, agents) == ((True, 0) if depth == 1 else (False, 2))


def test_every_task_is_accounted_for_at_children_too(run):
    """The balance of each unit, exactly, also where a child was retired."""
    assert run.measures["systems"]["crew"]["children_gone"] >= 1
    for unit in run.measures["units"].values():
        came = unit["in_progress_at_start"] + unit["arrivals"] + unit["moved_in"]
        went = sum(
            unit[name] for name in ("served", "shed", "failed", "abandoned", "moved_out", "in_progress")
        )
        assert came == went
    served = run.measures["units"]["crew.branch-1"]["served"]
    assert served == sum(run.measures["units"][f"crew.branch-1.desk-{one}"]["served"] for one in "ab")
    assert served > 100


def test_agents_of_a_child_are_there_from_its_birth_on(run):
    """Four agents for less than the run: the utilisation would be far too low if they counted from its start."""
    events = run.table("events")
    born = events[events["kind"] == "spawned"].iloc[0]
    gone = events[events["kind"] == "gone"]
    assert run.measures["systems"]["crew"]["children_spawned"] == len(events[events["kind"] == "spawned"])
    assert run.measures["systems"]["crew"]["children_gone"] == len(gone)
    past = history(run)
    place = past.index("crew.branch-1")
    present, held = past.agents_present(place), past.agents_held(place)
    for steps in (present, held):
        assert steps.at(born["due"] - 1e-3) == 0.0
        assert steps.at(born["due"] + 1e-3) == 4.0
    assert run.measures["units"]["crew.branch-1"]["utilisation"] > 0.4
    assert past.agents[past.index("crew")] == 8


def test_the_journal_names_who_was_born(run):
    names = set(run.names.values())
    assert {"crew.branch-1", "crew.branch-1.system5", "crew.branch-1.desk-a.management"} <= names
    assert run.manifest["counts"]["receivers"] == len(names)
    assert run.table("events")["receiver"].notna().all()
    assert not [use for use in run.manifest["channel_use"] if "?" in use]
    assert run.verify().good


def test_the_report_shows_the_child_systems(run):
    page = write_report(run).read_text(encoding="utf-8")
    assert "crew.branch-1" in page


def test_a_run_without_children_names_nobody_else():
    plain: dict[str, Any] = vsmlab.run("spawning", until=700.0).manifest
    assert [place[0] for place in plain["places"]] == ["crew", "crew.front", "crew.back"]
