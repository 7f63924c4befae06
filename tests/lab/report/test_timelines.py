"""Timelines: bars and signs where their times are, named in words, and any name only ever text."""

from xml.etree import ElementTree

import pytest

from vsmlab.lab.report.surroundings import Setting
from vsmlab.lab.report.timelines import MOST_LINES, MOST_ROWS, Happening, Line, Sort, Stretch, timeline

SVG = "{http://www.w3.org/2000/svg}"
EVIL = "<script>alert('&\"')</script>"
PAIN, DOUBT = Sort("pain", 1), Sort("doubt", 0, "narrow")
WHOLE = Setting(end=100.0)


def drawn(chart):
    return ElementTree.fromstring(chart.svg)


def of_class(chart, *kinds):
    return [part for part in drawn(chart).iter() if set(kinds) <= set(part.get("class", "").split())]


def bars(chart, sort):
    """Bars in rows, without the legend's."""
    found = of_class(chart, "stretch", f"s{sort.colour}")
    return [part for part in found if part.find(f"{SVG}title") is not None]


def texts(chart):
    return ["".join(part.itertext()) for part in drawn(chart).iter(f"{SVG}text")]


def shares(chart, sort):
    """Begin and width of each bar, as a share of the axis."""
    (axis,) = of_class(chart, "axis")
    left, right = float(axis.get("x1")), float(axis.get("x2"))
    return [
        (
            round((float(one.get("x")) - left) / (right - left), 3),
            round(float(one.get("width")) / (right - left), 3),
        )
        for one in bars(chart, sort)
    ]


def test_a_bar_lies_where_its_times_are():
    chart = timeline("t", [Line("a", (Stretch(PAIN, 20.0, 50.0, "it hurts"),))], [PAIN], setting=WHOLE)
    assert shares(chart, PAIN) == [(0.2, 0.3)]


def test_what_has_not_ended_reaches_to_the_end_and_says_so():
    chart = timeline("t", [Line("a", (Stretch(PAIN, 75.0, None, "it hurts"),))], [PAIN], setting=WHOLE)
    assert shares(chart, PAIN) == [(0.75, 0.25)]
    assert "a: it hurts, from 75 s to the end" in chart.summary
    assert chart.table.rows == (("a", "it hurts", 75.0, None, None),)


def test_a_narrow_bar_lies_over_a_wide_one_of_the_same_row():
    stretches = (Stretch(DOUBT, 0.0, 50.0, "doubt"), Stretch(PAIN, 0.0, 50.0, "pain"))
    chart = timeline("t", [Line("a", stretches)], [PAIN, DOUBT], setting=WHOLE)
    order = [part.get("class") for part in of_class(chart, "stretch") if part.find(f"{SVG}title") is not None]
    assert order == ["stretch s1", "stretch s0"]
    (wide,), (narrow,) = bars(chart, PAIN), bars(chart, DOUBT)
    assert float(wide.get("height")) > 2 * float(narrow.get("height"))


def test_what_is_too_short_to_be_seen_is_seen():
    chart = timeline("t", [Line("a", (Stretch(PAIN, 50.0, 50.0001, "a blink"),))], [PAIN], setting=WHOLE)
    assert float(bars(chart, PAIN)[0].get("width")) >= 2.0


def test_the_legend_names_every_sort_and_the_sign():
    chart = timeline(
        "t",
        [Line("a", (), (Happening(5.0, "handed back"),))],
        [PAIN, DOUBT],
        setting=WHOLE,
        happening="hand-back",
    )
    assert {"pain", "doubt", "hand-back"} <= set(texts(chart))
    assert chart.table.rows == (("a", "handed back", 5.0, None, None),)
    assert "a: hand-back at 5 s" in chart.summary


def test_the_table_has_each_row_in_the_order_of_time():
    line = Line(
        "a", (Stretch(PAIN, 30.0, 40.0, "later"), Stretch(PAIN, 10.0, 20.0, "first")), (Happening(25.0, "x"),)
    )
    chart = timeline("t", [line], [PAIN], setting=WHOLE)
    assert [row[1] for row in chart.table.rows] == ["first", "x", "later"]


def test_beyond_so_many_rows_the_rest_is_in_the_table():
    many = [Line(f"u-{k}", (Stretch(PAIN, 1.0, 2.0, "pain"),)) for k in range(MOST_ROWS + 3)]
    chart = timeline("t", many, [PAIN], setting=WHOLE)
    assert len(bars(chart, PAIN)) == MOST_ROWS
    assert "and 3 rows more in the table" in texts(chart)
    assert len(chart.table.rows) == MOST_ROWS + 3


def test_a_table_of_very_many_lines_says_how_many_are_left_out():
    line = Line(
        "a", tuple(Stretch(PAIN, float(k) / 10, k / 10 + 0.05, "pain") for k in range(MOST_LINES + 7))
    )
    chart = timeline("t", [line], [PAIN], setting=WHOLE)
    assert len(chart.table.rows) == MOST_LINES
    assert "7 lines more" in chart.table.note


def test_hostile_names_stay_text():
    sort = Sort(EVIL, 2)
    spans = Setting(end=100.0, spans=((10.0, 20.0, EVIL),), marks=((30.0, EVIL),))
    line = Line(EVIL, (Stretch(sort, 1.0, 2.0, EVIL),), (Happening(3.0, EVIL),))
    chart = timeline(EVIL, [line], [sort], setting=spans, happening=EVIL)
    assert EVIL not in chart.svg
    assert not list(drawn(chart).iter(f"{SVG}script"))
    assert texts(chart).count(EVIL) >= 2


@pytest.mark.parametrize("lines", [[], [Line("a")]])
def test_nothing_at_all_is_drawn_without_failing(lines):
    chart = timeline("t", lines, [], setting=WHOLE)
    assert drawn(chart).tag == f"{SVG}svg"
    assert chart.table.rows == ()


def test_what_was_broken_is_shaded_and_names_that_would_overlap_are_titles():
    spans = ((10.0, 60.0, "a long name of a trouble"), (12.0, 50.0, "another long name of it"))
    chart = timeline("t", [Line("a")], [], setting=Setting(end=100.0, spans=spans))
    shaded = of_class(chart, "span")
    assert [part.find(f"{SVG}title").text for part in shaded] == [
        "a long name of a trouble, 10 s to 60 s",
        "another long name of it, 12 s to 50 s",
    ]
    assert "a long name of a trouble" in texts(chart)
    assert "another long name of it" not in texts(chart)
