"""Two runs of unlike lengths beside each other: one time axis, totals per second, acts in words."""

from __future__ import annotations

import re

import pytest

import vsmlab
from vsmlab.lab.comparing import TOTALS, compare, overlaid
from vsmlab.lab.comparing_acts import by_hand
from vsmlab.lab.measures.fields import PARTS
from vsmlab.lab.pictures import compare_waits

ACTS = [
    {"time": 202.04, "kind": "demand", "stream": "customers", "factor": 2.0},
    {"time": 202.04, "kind": "slow", "unit": "desk", "factor": 0.5},
]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The same queue for 460 s, disturbed by hand, and for an hour."""
    folder = tmp_path_factory.mktemp("runs")
    loaded = vsmlab.load("mm3")
    played = {**loaded.raw, "operator": ACTS, "horizon": 460.0, "warmup": 300.0}
    return {
        "A": vsmlab.run(played, out=folder / "played"),
        "B": vsmlab.run("mm3", until=3600.0, overrides=["warmup=300"], out=folder / "plain"),
    }


def ticks(svg):
    """The numbers at the foot of a chart, in minutes."""
    return [
        float(text) for text in re.findall(r'text-anchor="middle" class="tick">([\d.]+)</text>', str(svg))
    ]


@pytest.mark.parametrize("order", ["AB", "BA"])
def test_all_charts_go_as_far_as_the_longer_run(runs, order):
    shown = {name: runs[name] for name in order}
    charts = [compare_waits(shown), *overlaid(*shown.values(), names=tuple(order))]
    for chart in charts:
        assert " from 0 s to 60 min. " in chart.summary
        assert max(ticks(chart.svg)) == 60.0
        assert "A ends, at 7.67 min" in chart.svg
        assert "A is measured" not in chart.svg


def test_both_runs_are_cut_into_the_same_parts(runs):
    drawn = compare_waits(runs).svg
    lines = [re.findall(r"[\d.]+", path) for path in re.findall(r'<path d="([^"]+)" class="line s\d"', drawn)]
    assert len(lines) == 2
    across = [{round(float(x), 1) for x in path[::2]} for path in lines]
    assert len(across[0]) >= 10, "the shorter one is no spike"
    last = max(across[0])
    assert {x for x in across[0] if x < last} <= across[1]


def test_another_warm_up_is_marked_and_not_shaded(runs, tmp_path):
    other = vsmlab.run("mm3", until=3600.0, overrides=["warmup=600"], out=tmp_path / "late")
    svg = compare_waits({"A": runs["A"], "B": other}).svg
    assert 'class="warmup"' not in svg
    assert "A is measured, at 5 min" in svg
    assert "B is measured, at 10 min" in svg
    assert 'class="warmup"' in compare_waits(runs).svg


def test_what_is_counted_is_per_second_where_one_is_measured_for_longer(runs):
    found = compare(runs["A"], runs["B"])
    assert found.windows == ((300.0, 460.0), (300.0, 3600.0))
    moved = {one.path: one for one in found.moved}
    served = moved["units.desk.served"]
    assert served.per_second
    assert served.left == runs["A"].measures["units"]["desk"]["served"] / 160.0
    assert served.left == pytest.approx(moved["units.desk.actuality"].left)
    assert moved["channels.env_op.messages"].right == pytest.approx(moved["channels.env_op.rate_per_s"].right)
    for mean in ("mean_wait_s", "utilisation", "in_progress", "mean_queue"):
        assert not moved[f"units.desk.{mean}"].per_second


def test_runs_measured_for_equally_long_are_compared_as_they_are(runs):
    found = compare(runs["B"], runs["B"])
    assert found.same_window
    assert not any(one.per_second for one in found.moved)
    assert found.by_hand.left == found.by_hand.right == ()


def test_means_shares_and_states_are_no_totals():
    assert {"arrivals", "served", "cost_usd"} <= TOTALS["units"]
    assert not {"in_progress", "mean_queue", "utilisation", "mean_wait_s"} & TOTALS["units"]
    assert {
        name for part in TOTALS.values() for name in part if name.startswith(("mean", "std", "p9"))
    } == set()
    assert set(TOTALS) <= set(PARTS)


def test_what_was_done_by_hand_is_told_in_words_and_is_no_field(runs):
    found = compare(runs["A"], runs["B"])
    assert [change.path for change in found.changes] == ["horizon"]
    assert found.by_hand.left == (
        "at 202 s: demand of customers changed: 2 times what the scenario says",
        "at 202 s: desk slowed: to 0.5 of its speed",
    )
    assert (found.by_hand.right, found.by_hand.both) == ((), 0)


def test_an_act_that_both_have_is_counted_once_for_each_time_it_was_done():
    found = by_hand({"operator": [ACTS[0], ACTS[0], ACTS[1]]}, {"operator": [ACTS[1], ACTS[0]]})
    assert (found.left, found.right, found.both) == (
        ("at 202 s: demand of customers changed: 2 times what the scenario says",),
        (),
        2,
    )


def test_an_act_that_cannot_be_read_is_told_as_it_is_written():
    assert by_hand({"operator": [{"kind": "wish"}]}, {}).left == ("{'kind': 'wish'}",)


def test_what_was_done_when_the_run_was_over_is_not_told():
    late = [{**ACTS[0], "time": 460.0}, {**ACTS[0], "time": 459.0}]
    found = by_hand({"horizon": 460.0, "operator": late}, {})
    assert [act.partition(": ")[0] for act in found.left] == ["at 7.65 min"]
