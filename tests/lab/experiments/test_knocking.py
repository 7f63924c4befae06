"""Knock-out studies: what is knocked out, what it does, and how it is shown."""

import re

import pandas as pd
import pytest
from small_sweeps import SPENT, TINY

import vsmlab
from vsmlab.engines import compiled
from vsmlab.errors import InputError
from vsmlab.lab.experiments.figure import chart_of
from vsmlab.lab.experiments.knocking import knockouts_of
from vsmlab.lab.knockouts import paired
from vsmlab.lab.loader import load
from vsmlab.laws import kinds as k
from vsmlab.mechanisms.intervals import holm, mean_interval

WAIT = "units.crew.mean_wait_s"
SHORT = {"until": 240.0, "overrides": ["warmup=60", "engine=simpy"]}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study") / "k"
    return vsmlab.knockout("bargain", replications=3, workers=1, out=folder, **SHORT)


def test_every_system_that_is_there_and_every_channel_that_is_sent_on_is_knocked_out_once():
    design = knockouts_of(load("zombies"))
    labels = design.labels
    assert labels[0] == "nothing"
    assert labels[1:6] == ("system2", "system3", "audit", "system4", "system5")
    assert set(labels[6:]) <= {f"channel {name}" for name in k.CHANNEL_NAMES}
    assert len(set(labels)) == len(labels) == len(design.points)
    assert all(len(values[0]) == 1 for values in design.points[1:])


def test_systems_that_are_off_are_not_knocked_out_and_what_is_out_already_stays_out():
    labels = knockouts_of(load("oscillating-siblings")).labels
    assert "system2" in labels
    assert not {"system3", "audit", "system4", "system5"} & set(labels)
    out = load("oscillating-siblings", overrides=["knockout=[system2]"])
    design = knockouts_of(out)
    assert "system2" not in design.labels
    assert all({"system": "system2"} in values[0] for values in design.points)


def test_by_path_each_system_of_each_node_is_there_too():
    labels = knockouts_of(load("llm-fleet"), by_path=True).labels
    paths = [label for label in labels if "." in label]
    assert len(paths) > 5
    assert all(path.rpartition(".")[2] in labels for path in paths)


def test_pairs_are_every_two_of_the_single_ones():
    singles = knockouts_of(load("bargain")).labels[1:]
    pairs = knockouts_of(load("bargain"), pairs=True).labels[1 + len(singles) :]
    assert len(pairs) == len(singles) * (len(singles) - 1) // 2
    assert pairs[0] == f"{singles[0]} + {singles[1]}"


def test_an_elementary_operation_alone_has_channels_only():
    labels = knockouts_of(load(TINY)).labels
    assert labels[1:]
    assert all(label.startswith("channel ") for label in labels[1:])


def test_the_effects_are_those_of_pairing_runs_by_hand(study):
    rows = study.effects(WAIT)
    by_hand = paired("bargain", ["system3"], WAIT, [study.asked["seed"] + r for r in range(3)], overrides=[
        "horizon=240.0", *SHORT["overrides"],
    ])  # fmt: skip
    assert [row.effect for row in rows if row.effect.knockout == "system3"] == by_hand
    assert any(row.effect.difference.value != 0 for row in rows)


def test_holm_is_over_all_knock_outs_and_measures_together(study):
    rows = study.effects()
    assert len(rows) == 3 * (len(study.design.points) - 1)
    plain = [one.p for one in study.differences(study.shown)]
    assert [row.holm for row in rows] == holm(plain)
    assert study.ranking()["Holm's p"].tolist() == holm(plain)


def test_a_knock_out_that_leaves_nothing_to_measure_says_so(study):
    none = next(row for row in study.effects(WAIT) if row.effect.knockout == "channel env_op")
    assert none.effect.difference.reason == "no observations"
    assert "channel env_op not estimable" in chart_of(study, WAIT).summary


def test_the_figure_stands_alone_and_says_in_words_what_it_shows(study):
    svg = (study.folder / "knockouts.svg").read_text()
    assert svg.startswith("<svg")
    assert re.search(r'role="img"', svg)
    assert "<title" in svg
    assert "<desc" in svg
    assert "system3" in svg
    page = (study.folder / "knockouts.html").read_text()
    assert page.count("<svg") == 3
    assert "default-src 'none'" in page
    assert not re.search(r'(src|href)="http', page)
    assert "<script" not in page


def test_names_are_text_in_the_figure(tmp_path):
    named = TINY | {"title": "<script>alert(1)</script>"}
    found = vsmlab.knockout(named, replications=1, workers=1, out=tmp_path / "k")
    page = (found.folder / "knockouts.html").read_text()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_of_a_pair_it_is_told_what_it_does_beyond_both_alone(tmp_path):
    found = vsmlab.knockout(TINY, pairs=True, replications=3, workers=1, out=tmp_path / "k")
    served = "units.hall.served"
    labels = found.design.labels
    pair = next(
        row for row in found.effects(served) if row.effect.knockout == "channel env_op + channel s3star"
    )
    both, one, other, none = (
        found.values(labels.index(name), served)
        for name in (pair.effect.knockout, "channel env_op", "channel s3star", "nothing")
    )
    by_hand = [both[r] - one[r] - other[r] + none[r] for r in range(3)]
    assert pair.alone == mean_interval(by_hand)
    assert pair.alone.value == 0.0, "without any task nothing else matters"
    assert all(row.alone is None for row in found.effects(served) if "+" not in row.effect.knockout)


@pytest.mark.fast_extra
@pytest.mark.skipif(not compiled.available(), reason="needs the extra `fast`")
def test_the_compiled_engine_finds_the_same_effects(study):
    short = {"until": 240.0, "overrides": ["warmup=60", "engine=compiled"]}
    found = vsmlab.knockout("bargain", replications=3, workers=1, **short)
    assert set(found.table["engine"]) == {"compiled"}
    beside = ["engine", *SPENT]
    pd.testing.assert_frame_equal(found.table.drop(columns=beside), study.table.drop(columns=beside))


def test_what_is_wrong_is_refused_before_anything_is_made(tmp_path):
    for given, told in (
        ({"replications": 0}, "not possible"),
        ({"measure": ["units.crew.nothing"]}, "no such measure"),
        ({"until": 10.0}, "nothing is left to measure"),
    ):
        with pytest.raises(InputError, match=told):
            vsmlab.knockout("bargain", out=tmp_path / "never", **given)
    assert list(tmp_path.iterdir()) == []


def test_a_sweep_is_no_knock_out_study_of_the_same_folder(study):
    with pytest.raises(InputError, match="differs in its kind"):
        vsmlab.sweep(
            "bargain", over={"organisation.system3.period": [5]}, out=study.folder, workers=1, **SHORT
        )
