"""Sweeps from Python: what is in the table, what is refused, what is not run again."""

import json
import re

import pandas as pd
import pytest
from small_sweeps import AGENTS, BREAKS, TINY, WAIT, said

import vsmlab
from vsmlab.errors import InputError, ModelError
from vsmlab.lab.expectations import look_up
from vsmlab.lab.experiments.carrying_out import Interrupted
from vsmlab.lab.experiments.plan import PILOT
from vsmlab.lab.experiments.sensitivity import sobol_shares
from vsmlab.mechanisms.intervals import holm, mean_interval, mser5, paired_difference


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweeps") / "agents"
    return vsmlab.sweep(TINY, over=AGENTS, replications=4, workers=1, out=folder)


def test_there_is_one_row_a_run_with_everything_that_vsmlab_run_would_say(done):
    assert len(done.table) == 12
    assert done.table["status"].eq("done").all()
    for row in done.table.sample(3, random_state=1).to_dict("records"):
        overrides = [f"organisation.agents={row['organisation.agents']}"]
        run = vsmlab.run(TINY, seed=row["seed"], overrides=overrides)
        assert (run.digest, run.manifest["engine"]) == (row["digest"], row["engine"])
        for measure in done.measures:
            value = look_up(run.measures, measure)[0]
            assert row[measure] == value or (value is None and pd.isna(row[measure]))
    assert len(done.measures) > 20


def test_the_seeds_are_the_scenarios_and_the_next_at_every_point(done):
    assert [set(seeds) for _, seeds in done.table.groupby("point")["seed"]] == [{4, 5, 6, 7}] * 3
    arrivals = done.table.pivot_table(index="seed", columns="point", values="units.hall.arrivals")
    assert arrivals.nunique(axis=1).eq(1).all(), "the same demand at every point: common random numbers"
    assert arrivals[0].nunique() > 1


def test_means_and_differences_are_those_of_the_table(done):
    waits = [done.table.loc[done.table["point"] == point, WAIT].tolist() for point in range(3)]
    assert done.mean(1, WAIT) == mean_interval(waits[1])
    found = done.differences(WAIT)
    assert [one.estimate for one in found] == [paired_difference(waits[0], waits[k]) for k in (1, 2)]
    assert [one.holm for one in found] == holm([one.p for one in found])
    assert done.compare(WAIT)["more"].tolist() == [one.estimate.value for one in found]
    assert done.differences(WAIT, against=2)[0].estimate.value == -found[1].estimate.value
    both = done.differences([WAIT, "units.hall.served"])
    assert [one.holm for one in both] == holm([one.p for one in both])
    assert done.means(WAIT)["organisation.agents"].tolist() == [1, 2, 3]


def test_what_is_there_is_not_run_again_and_more_replications_go_on(done, tmp_path):
    copied = tmp_path / "copy"
    first = vsmlab.sweep(
        TINY, over=AGENTS, replications=2, workers=1, out=copied, progress=(made := []).append
    )
    assert [one.done for one in made] == list(range(7))
    assert len(first.table) == 6
    again = vsmlab.sweep(
        TINY, over=AGENTS, replications=4, workers=1, out=copied, progress=(made := []).append
    )
    assert [one.done for one in made] == list(range(6, 13))
    pd.testing.assert_frame_equal(said(again.table), said(done.table))
    fewer = vsmlab.sweep(
        TINY, over=AGENTS, replications=2, workers=1, out=copied, progress=(made := []).append
    )
    assert [one.done for one in made] == [6]
    assert len(fewer.table) == 12, "nothing is thrown away"


def test_the_table_is_the_same_with_one_worker_and_with_two(done, tmp_path):
    two = vsmlab.sweep(TINY, over=AGENTS, replications=4, workers=2, out=tmp_path / "two")
    pd.testing.assert_frame_equal(said(two.table), said(done.table))
    assert sorted(path.name for path in two.folder.iterdir()) == ["experiment.json", "runs.parquet"]


def test_a_run_that_fails_is_recorded_with_its_reason_and_the_rest_goes_on(tmp_path):
    over = {BREAKS: [1.0, 1.5e308]}
    found = vsmlab.sweep(TINY, over=over, replications=3, workers=1, measure=[WAIT], out=tmp_path / "s")
    assert list(found.failed["point"]) == [1, 1, 1]
    assert found.failed["reason"].str.contains("a law divided by zero").all()
    assert found.failed["digest"].isna().all()
    assert found.mean(0, WAIT).n == 3
    assert found.mean(1, WAIT).reason == "no observations"
    again = vsmlab.sweep(
        TINY,
        over=over,
        replications=3,
        workers=1,
        measure=[WAIT],
        out=tmp_path / "s",
        progress=(made := []).append,
    )
    assert (made[0].done, made[-1].done, made[-1].failed) == (3, 6, 3), "what failed is tried again"
    pd.testing.assert_frame_equal(said(again.table), said(found.table))


def test_a_target_is_reached_by_as_many_replications_as_each_point_needs(tmp_path):
    served = "units.hall.utilisation"
    found = vsmlab.sweep(
        TINY,
        over={"organisation.agents": [1, 3]},
        target=f"{served}<=6%",
        at_most=45,
        workers=1,
        out=tmp_path / "t",
    )
    runs = found.table.groupby("point").size().tolist()
    assert runs[0] == 20, "one clerk is always busy"
    assert 20 < runs[1] <= 45
    assert (runs[1] - 20) % 5 == 0
    widths = found.means(served)["relative half-width"]
    assert (widths <= 0.06).all()
    earlier = found.table[(found.table["point"] == 1) & (found.table["replication"] < runs[1] - 5)][served]
    assert mean_interval(earlier.tolist()).half_width > 0.06 * earlier.mean(), "it did not stop too late"


def test_a_target_out_of_reach_ends_at_the_most(tmp_path):
    found = vsmlab.sweep(
        TINY, over={"organisation.agents": [3]}, target=f"{WAIT}<=0.1%", at_most=22, measure=[WAIT], workers=1,
        out=tmp_path / "t",
    )  # fmt: skip
    assert len(found.table) == 22


def test_the_warm_up_is_found_by_pilot_runs_with_seeds_of_their_own(tmp_path):
    found = vsmlab.sweep(
        TINY, over={"organisation.agents": [2, 3]}, warmup="mser5", until=200.0, replications=2, workers=1,
        out=tmp_path / "w",
    )  # fmt: skip
    told = json.loads((found.folder / "warmup.json").read_text())
    assert told["seconds"] == max(told["by_point"])
    assert all(seconds < 100 for seconds in told["by_point"])
    run = vsmlab.run(TINY, seed=4, until=200.0, overrides=[f"warmup={told['seconds']}"])
    assert found.table[WAIT][0] == run.measures["units"]["hall"]["mean_wait_s"]
    assert set(found.table["seed"]) == {4, 5}
    assert PILOT > 2**60


def test_a_queue_that_never_settles_has_no_warm_up(tmp_path):
    with pytest.raises(ModelError, match=r"still settling.*longer --until, or --warmup SECONDS"):
        vsmlab.sweep(
            TINY,
            over={BREAKS: [3.0]},
            warmup="mser5",
            until=200.0,
            replications=2,
            workers=1,
            out=tmp_path / "w",
        )
    assert mser5([0.0] * 100).observations is not None


def test_journals_are_kept_on_request_and_verify(tmp_path):
    found = vsmlab.sweep(
        TINY,
        over={"organisation.agents": [2]},
        replications=2,
        workers=1,
        keep_journals=True,
        out=tmp_path / "j",
    )
    for row in found.table.to_dict("records"):
        run = vsmlab.Run(found.folder / "journals" / row["key"])
        assert run.verify().good
        assert run.digest == row["digest"]


def test_duckdb_queries_all_journals_that_were_kept(tmp_path):
    duckdb = pytest.importorskip("duckdb")
    found = vsmlab.sweep(TINY, over=AGENTS, replications=2, workers=1, keep_journals=True, out=tmp_path / "j")
    rows = duckdb.sql(
        f"""
        select runs."organisation.agents" as agents, count(*) as rows
        from read_parquet('{found.folder}/journals/*/events.parquet', filename=true) as events
        join read_parquet('{found.folder}/runs.parquet') as runs
          on runs.key = parse_path(events.filename)[-2]
        group by agents order by agents
        """
    ).fetchall()
    wanted = [
        sum(vsmlab.Run(found.folder / "journals" / key).manifest["counts"]["rows"] for key in keys)
        for _, keys in found.table.groupby("organisation.agents")["key"]
    ]
    assert [rows_ for _, rows_ in rows] == wanted


def test_a_list_and_a_hypercube_are_swept_like_a_grid(tmp_path):
    rows = [{"organisation.agents": 1, "warmup": 5}, {"organisation.agents": 3, "warmup": 20}]
    found = vsmlab.sweep(TINY, rows=rows, replications=1, measure=[WAIT], workers=1, out=tmp_path / "l")
    assert found.table[["organisation.agents", "warmup"]].to_dict("records") == rows
    found = vsmlab.sweep(
        TINY, design="lhs", points=4, range={"organisation.agents": "1:4:int", BREAKS: "0.5:2:log"}, replications=1,
        measure=[WAIT], workers=1, out=tmp_path / "h",
    )  # fmt: skip
    assert sorted(found.table["organisation.agents"]) == [1, 2, 3, 4]
    assert found.table[BREAKS].between(0.5, 2).all()


def test_an_interrupted_sweep_keeps_what_it_has(done, tmp_path):
    def stop(one):
        if one.done == 5:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted, match="5 of 12 runs are kept") as end:
        vsmlab.sweep(TINY, over=AGENTS, replications=4, workers=1, out=tmp_path / "i", progress=stop)
    assert isinstance(end.value, KeyboardInterrupt)
    with pytest.raises(InputError, match="not finished"):
        vsmlab.Sweep(tmp_path / "i")
    again = vsmlab.sweep(
        TINY, over=AGENTS, replications=4, workers=1, out=tmp_path / "i", progress=(made := []).append
    )
    assert made[0].done == 5
    pd.testing.assert_frame_equal(said(again.table), said(done.table))


def test_a_folder_named_by_the_question_is_found_again(tmp_path):
    few = {"over": {"organisation.agents": [2]}, "measure": [WAIT], "workers": 1, "under": tmp_path}
    first = vsmlab.sweep(TINY, replications=1, **few)
    assert vsmlab.sweep(TINY, replications=2, **few).folder == first.folder
    assert vsmlab.sweep(TINY, replications=1, until=50.0, **few).folder != first.folder


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"over": {"organisation.agent": [1]}}, "agent"),
        ({"over": {"organisation.nobody.agents": [1]}}, "argument over (--over organisation.nobody"),
        ({"over": {"organisation.agents": [1, -1]}}, "--over organisation.agents"),
        ({"over": {"horizon": [60, 60.0]}}, "means the same as"),
        ({"over": {"warmup": [10, 60]}}, "nothing is left to measure"),
        ({"over": {"knockout": [["system2"]]}}, "there is no system2"),
        ({"over": {}}, "nothing is varied"),
        ({"over": AGENTS, "replications": 0}, "(--replications): not possible, given 0"),
        ({"over": AGENTS, "replications": 2.5}, "(--replications): not possible"),
        ({"over": AGENTS, "measure": ["units.hall.mean_weight_s"]}, "did you mean units.hall.mean_wait_s?"),
        ({"over": AGENTS, "measure": ["units.hall"]}, "not a number"),
        ({"over": AGENTS, "measure": []}, "none is named"),
        ({"over": AGENTS, "measure": WAIT}, "not a list of texts"),
        ({"over": AGENTS, "target": WAIT}, "is not MEASURE<=P%"),
        ({"over": AGENTS, "target": f"{WAIT}<=0%"}, "is not MEASURE<=P%"),
        ({"over": AGENTS, "target": f"{WAIT}<=120%"}, "is not MEASURE<=P%"),
        ({"over": AGENTS, "target": "units.hall.nothing<=5%"}, "there is no such measure"),
        (
            {"over": AGENTS, "target": f"{WAIT}<=5%", "at_most": 10},
            "(--at-most): not possible, given 10; 20 to",
        ),
        ({"over": AGENTS, "target": f"{WAIT}<=5%", "replications": 10}, "(--replications): not possible"),
        ({"over": AGENTS, "target": f"{WAIT}<=5%", "replications": 50, "at_most": 40}, "20 to 40"),
        ({"over": AGENTS, "at_most": 40}, "goes with --target"),
        ({"over": AGENTS, "warmup": "soon"}, "not a warm-up"),
        ({"over": AGENTS, "warmup": 60.0}, "nothing is left to measure"),
        ({"over": AGENTS, "workers": 0}, "(--workers): not possible"),
        ({"over": AGENTS, "workers": 2, "dask": "tcp://127.0.0.1:1"}, "does not go with --dask"),
    ],
)
def test_what_is_wrong_is_refused_before_anything_is_made(tmp_path, given, told):
    with pytest.raises(InputError, match=re.escape(told)) as error:
        vsmlab.sweep(TINY, out=tmp_path / "never", **given)
    assert "\n" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"over": {"organisation.agents": [1, 2]}}, "differs in its points"),
        ({"over": {"warmup": [1, 2, 3]}}, "differs in its settings"),
        ({"measure": [WAIT]}, "differs in its measures"),
        ({"until": 61.0}, "differs in its scenario"),
        ({"overrides": ["seed=5"]}, "differs in its scenario"),
        ({"warmup": "mser5"}, "differs in its"),
        ({"keep_journals": True}, "differs in its journals kept or not"),
    ],
)
def test_the_folder_of_another_sweep_is_refused_and_stays_as_it_was(done, change, told):
    before = {path.name: path.read_bytes() for path in done.folder.iterdir()}
    given = {"over": AGENTS, "replications": 4, "workers": 1, "out": done.folder} | change
    with pytest.raises(InputError, match=re.escape(told)):
        vsmlab.sweep(TINY, **given)
    assert {path.name: path.read_bytes() for path in done.folder.iterdir()} == before


def test_a_folder_or_file_that_is_no_sweep_is_refused(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("dear to me")
    with pytest.raises(InputError, match="exists and is no sweep"):
        vsmlab.sweep(TINY, over=AGENTS, out=tmp_path / "mine")
    with pytest.raises(InputError, match="a file of this name exists"):
        vsmlab.sweep(TINY, over=AGENTS, out=tmp_path / "mine" / "thesis.txt")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]
    with pytest.raises(InputError, match="not a sweep"):
        vsmlab.Sweep(tmp_path / "mine")


def test_a_measure_or_point_that_is_not_in_the_table_is_refused(done):
    with pytest.raises(InputError, match="did you mean"):
        done.mean(0, "units.hall.mean_weit_s")
    with pytest.raises(InputError, match="no such point"):
        done.differences(WAIT, against=3)


def test_sobol_indices_are_of_the_means_at_the_points_of_a_saltelli_design(tmp_path):
    found = vsmlab.sweep(
        TINY, design="saltelli", points=8, range={BREAKS: "0.5:1.5", "organisation.agents": "2:3:int"},
        replications=2, measure=[WAIT, "units.hall.arrivals"], workers=1, out=tmp_path / "s",
    )  # fmt: skip
    assert len(found.design.points) == 8 * 4
    means = found.table.groupby("point")[WAIT].mean().tolist()
    by_hand = sobol_shares(means, 2, seed=4)
    assert [share.first.value for share in found.sensitivity(WAIT)] == pytest.approx(
        [share.first.value for share in by_hand]
    )
    assert len(set(means)) > 20
    assert found.sensitivity("units.hall.arrivals")[0].first.reason == "the result does not vary"
    with pytest.raises(InputError, match="has no Sobol indices"):
        vsmlab.sweep(
            TINY, over={"organisation.agents": [2]}, replications=1, workers=1, out=tmp_path / "g"
        ).sensitivity(WAIT)
