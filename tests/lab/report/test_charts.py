import math
import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsmlab.lab.report.bars import Bar, Panel, bars
from vsmlab.lab.report.charts import Series, lines, quantile_band, stacked
from vsmlab.lab.report.decimation import kept_points
from vsmlab.lab.report.surroundings import Setting

SVG = "{http://www.w3.org/2000/svg}"
EVIL = "<script>alert('&\"')</script>"
TIMES = [float(t) for t in range(0, 3601, 30)]


def parsed(chart):
    return ElementTree.fromstring(chart.svg)


def texts(chart):
    return ["".join(one.itertext()) for one in parsed(chart).iter(f"{SVG}text")]


def of_class(chart, kind):
    return [one for one in parsed(chart).iter() if kind in one.get("class", "").split()]


def every_chart(name=EVIL):
    one, other = Series(name, TIMES, TIMES), Series("b", TIMES, [None, math.nan, *TIMES[2:]])
    setting = Setting(end=3600, warmup=120, levels=((36.0, name),), marks=((600.0, name),))
    yield lines(name, [one, other], quantity=name, unit=name, setting=setting)
    yield stacked(name, [one, Series("b", TIMES, TIMES)], quantity=name, setting=setting)
    yield quantile_band(name, TIMES, {0.1: TIMES, 0.5: TIMES, 0.9: TIMES}, quantity=name, setting=setting)
    yield bars(name, [name, "b"], [Panel(name, (Bar(1.0, 0.5, 2.0), Bar(None, why=name)))], interval=name)


@pytest.mark.parametrize("kind", range(4))
def test_every_chart_is_well_formed_and_shows_any_name_as_text(kind):
    chart = list(every_chart())[kind]
    drawing = parsed(chart)
    assert "<script" not in chart.svg
    assert not list(drawing.iter(f"{SVG}script"))
    assert drawing.get("role") == "img"
    assert EVIL in drawing.get("aria-label")
    assert drawing.find(f"{SVG}desc").text == chart.summary
    assert chart.table.rows


@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=1, max_size=3000), st.integers(5, 400))
def test_decimation_keeps_the_ends_the_extremes_and_gaps(values, most):
    kept = kept_points(values, most)
    assert kept == sorted(set(kept))
    assert len(kept) <= max(most, 5)
    assert {0, len(values) - 1} <= set(kept)
    known = [value for value in values if value is not None]
    left = [values[i] for i in kept if values[i] is not None]
    if known:
        assert (min(known), max(known)) == (min(left), max(left))
    assert (None in values) == (None in [values[i] for i in kept])


def test_a_long_series_is_drawn_with_at_most_four_hundred_points_and_keeps_its_spike():
    times = [float(t) for t in range(100_000)]
    values = [1.0] * len(times)
    values[61_803] = 1000.0
    chart = lines("spike", [Series("a", times, values)], quantity="x")
    path = of_class(chart, "line")[0].get("d")
    points = re.findall(r"[ML]([\d.]+),([\d.]+)", path)
    assert len(points) <= 400
    heights = [float(y) for _, y in points]
    assert min(heights) == pytest.approx(38.0)
    assert chart.table.rows[0][3:5] == (1000.0, 61_803.0)


def test_steps_hold_until_the_next_time_and_the_last_until_the_end():
    chart = lines(
        "steps", [Series("a", [0.0, 10.0], [1.0, 2.0])], quantity="x", steps=True, setting=Setting(end=20)
    )
    path = of_class(chart, "line")[0].get("d")
    assert re.fullmatch(r"M[\d.]+,[\d.]+H[\d.]+V[\d.]+H[\d.]+", path)


def test_a_line_breaks_where_nothing_is_known():
    chart = lines("gap", [Series("a", TIMES, [1.0, 2.0, None, 3.0, 4.0, *TIMES[5:]])], quantity="x")
    assert of_class(chart, "line")[0].get("d").count("M") == 2


def test_each_line_has_its_own_dashes_and_its_name_beside_it():
    chart = lines("many", [Series(f"n{k}", TIMES, TIMES) for k in range(8)], quantity="x")
    dashes = [one.get("stroke-dasharray") for one in of_class(chart, "line")]
    assert len(set(dashes)) == 8
    labels = [one for one in of_class(chart, "label") if one.tag == f"{SVG}text"]
    assert {"".join(one.itertext()) for one in labels} == {f"n{k}" for k in range(8)}
    places = sorted(float(one.get("y")) for one in labels)
    assert all(b - a > 12 for a, b in pairwise(places))


def test_lines_beyond_the_eighth_are_in_the_table_and_the_chart_says_so():
    chart = lines("many", [Series(f"n{k}", TIMES, TIMES) for k in range(11)], quantity="x")
    assert len(of_class(chart, "line")) == 8
    assert "and 3 more lines in the table" in texts(chart)
    assert len(chart.table.rows) == 11


def test_stacked_areas_beyond_the_seventh_are_one_and_the_total_stays():
    few = stacked("t", [Series("all", TIMES, [10.0] * len(TIMES))], quantity="x")
    many = stacked("t", [Series(f"n{k}", TIMES, [1.0] * len(TIMES)) for k in range(10)], quantity="x")
    assert len(of_class(many, "area")) == 8
    assert "others" in texts(many)
    assert [line for line in texts(few) if line[0].isdigit()] == [
        line for line in texts(many) if line[0].isdigit()
    ]


def test_stacked_areas_refuse_negative_values_and_other_times():
    with pytest.raises(ValueError, match="0 or more"):
        stacked("t", [Series("a", [0.0], [-1.0])], quantity="x")
    with pytest.raises(ValueError, match="other times"):
        stacked("t", [Series("a", [0.0], [1.0]), Series("b", [1.0], [1.0])], quantity="x")


def test_an_hour_is_told_in_minutes_and_waits_in_seconds():
    chart = lines("w", [Series("a", TIMES, [1.5] * len(TIMES))], quantity="wait", unit="s")
    assert {"wait (s)", "time (min)", "60"} <= set(texts(chart))
    assert "from 1.5 s to 1.5 s" in chart.summary


def test_a_chart_without_data_says_so():
    for series in ([], [Series("a", [], [])], [Series("a", [1.0], [None])]):
        assert "nothing to show" in texts(lines("none", series, quantity="x"))
    assert "nothing to show" in texts(stacked("none", [], quantity="x"))


def test_a_quantile_band_lies_between_its_quantiles_and_breaks_with_them():
    low, high = [1.0] * len(TIMES), [2.0] * len(TIMES)
    low[50] = None
    chart = quantile_band("q", TIMES, {0.05: low, 0.5: high, 0.95: high}, quantity="x")
    assert len(of_class(chart, "band")) == 2
    assert {"p5", "p50 (median)", "p95"} <= set(texts(chart))


def test_a_bar_shows_its_value_its_interval_and_what_is_not_estimable():
    panel = Panel("gain", (Bar(6.4, 5.9, 7.0), Bar(None, why="too few periods")), "s")
    chart = bars("b", ["run", "other"], [panel], interval="95 %")
    assert {"6.4 s", "not estimable"} <= set(texts(chart))
    assert "run 6.4 s [5.9 s to 7 s]" in chart.summary
    assert "not estimable: too few periods" in chart.summary
    assert chart.note == "Whiskers: 95 %."
    assert chart.table.rows == (("run", 6.4, 5.9, 7.0), ("other", None, None, None))


def test_values_on_a_logarithmic_axis_are_dots_and_zero_lies_at_its_beginning():
    panel = Panel("wait", (Bar(0.0), Bar(0.05), Bar(50.0)), "s", logarithmic=True)
    chart = bars("b", ["a", "b", "c"], [panel])
    places = [float(one.get("cx")) for one in of_class(chart, "dot")]
    assert places[0] == places[1] < places[2]
    assert not of_class(chart, "bar")


def test_panels_need_a_bar_for_every_row():
    with pytest.raises(ValueError, match="1 bars for 2 rows"):
        bars("b", ["a", "b"], [Panel("x", (Bar(1.0),))])
