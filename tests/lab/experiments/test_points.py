"""Points from what a user wrote, and what is refused."""

import re

import pytest

from vsmlab.errors import InputError
from vsmlab.lab.experiments.points import design


def test_values_are_read_like_those_of_a_scenario():
    found = design(over=["a.b=1,2.5", "c=[],[system2]", "d=off,{constant: 3}"])
    assert found.settings == ("a.b", "c", "d")
    assert len(found.points) == 8
    assert found.points[-1] == (2.5, ["system2"], {"constant": 3})
    assert found.overrides(7) == ["a.b=2.5", 'c=["system2"]', 'd={"constant": 3}']


def test_the_same_words_as_a_mapping_make_the_same_design():
    assert design(over={"a.b": [1, 2], "c": ("x",)}) == design(over=["a.b=1,2", "c=x"])
    texts = design(kind="lhs", points=4, ranges=["a=1:10:log", "b=0:3:int"], seed=3)
    assert texts == design(kind="lhs", points=4, ranges={"a": "1:10:log", "b": (0, 3, "int")}, seed=3)
    assert texts != design(kind="lhs", points=4, ranges=["a=1:10:log", "b=0:3:int"], seed=4)


def test_a_list_comes_from_csv_yaml_or_mappings(tmp_path):
    (tmp_path / "rows.csv").write_text("a.b, c\n1,x\n\n2.5,off\n", encoding="utf-8")
    (tmp_path / "rows.yaml").write_text("- {a.b: 1, c: x}\n- {c: off, a.b: 2.5}\n", encoding="utf-8")
    found = design(rows=tmp_path / "rows.csv")
    assert found.points == ((1, "x"), (2.5, "off"))
    assert design(rows=str(tmp_path / "rows.yaml")) == found
    assert design(rows=[{"a.b": 1, "c": "x"}, {"a.b": 2.5, "c": "off"}]) == found


def test_a_point_is_named_by_what_tells_it_apart():
    found = design(
        over={"organisation.system2.gain": [0.1], "organisation.system3.gain": [2], "x.period": [5]}
    )
    assert found.name(0) == "organisation.system2.gain=0.1, organisation.system3.gain=2, period=5"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "nothing is varied"),
        ({"over": []}, "nothing is varied"),
        ({"over": ["a"]}, "is not PATH=..."),
        ({"over": ["=1"]}, "is not PATH=..."),
        ({"over": ["a="]}, "a has no values"),
        ({"over": ["a=1,2,1"]}, "a has a value twice"),
        ({"over": ["a=1", "a=2"]}, "a is there twice"),
        ({"over": ["a=[1"]}, "not YAML"),
        ({"over": ["a..b=1"]}, "is not PATH=VALUE"),
        ({"over": ["seed=1,2"]}, "seed is not varied"),
        ({"over": ["engine=simpy,compiled"]}, "engine is not varied"),
        ({"over": "a=1"}, "not a mapping by path or a list"),
        ({"over": {"a": 3}}, "not a list of values"),
        ({"over": {"a": [object()]}}, "not a plain value"),
        ({"over": ["a=1"], "points": 3}, "has the points that it is given"),
        ({"over": ["a=1"], "ranges": ["b=0:1"]}, "one design at a time"),
        ({"over": ["a=1"], "kind": "lhs"}, "lhs does not go with --over"),
        ({"kind": "cube"}, "there is no such design"),
        ({"kind": "lhs", "points": 4}, "lhs without range"),
        ({"kind": "list"}, "list without rows"),
        ({"ranges": ["a=0:1"]}, "which design?"),
        ({"kind": "sobol", "ranges": ["a=0:1"]}, "how many points"),
        ({"kind": "sobol", "ranges": ["a=0:1"], "points": 6}, "take 4 or 8"),
        ({"kind": "lhs", "ranges": ["a=0:1"], "points": 0}, "0 points"),
        ({"kind": "lhs", "ranges": ["a=0:1"], "points": -1}, "-1 points"),
        ({"kind": "lhs", "ranges": ["a=1"], "points": 2}, "not a range"),
        ({"kind": "lhs", "ranges": ["a=2:1"], "points": 2}, "below the upper"),
        ({"kind": "lhs", "ranges": ["a=0:1:log"], "points": 2}, "above 0"),
        ({"kind": "lhs", "ranges": ["a=0:1:cube"], "points": 2}, "no such scale"),
        ({"kind": "lhs", "ranges": ["a=x:1"], "points": 2}, "not a range of numbers"),
        ({"kind": "lhs", "ranges": ["a=0:nan"], "points": 2}, "must be below"),
        ({"kind": "lhs", "ranges": ["a=0:3:int"], "points": 5}, "are the same"),
        ({"rows": "no-such.csv"}, "cannot be read"),
        ({"rows": []}, "there are no rows"),
        ({"rows": [{"a": 1}, {"b": 1}]}, "row 2 has other settings"),
        ({"rows": [{"a": 1}, {"a": 1}]}, "points 1 and 2 are the same"),
    ],
)
def test_what_is_no_design_is_refused_in_one_line(given, told):
    with pytest.raises(InputError, match=re.escape(told)) as error:
        design(**given)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("r.csv", "", "there are no rows"),
        ("r.csv", "a,a\n1,2\n", "a column without a name of its own"),
        ("r.csv", "a,b\n1\n", "1 cells under 2 columns"),
        ("r.csv", "a\n'1\n", "not YAML"),
        ("r.yaml", "a: 1\n", "is not a list of mappings"),
        ("r.yaml", "- 1\n", "is not a list of mappings"),
    ],
)
def test_a_file_of_rows_that_is_none_is_refused(tmp_path, name, text, told):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(told)):
        design(rows=tmp_path / name)
